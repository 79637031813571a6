/*
 * A scripted world of registries for tests of the method "contacts": who is at
 * which address, what they say, and the contacts read off the evidence. Every
 * conversation is decided twice (trial.h).
 */
#ifndef ISSUER_TESTS_VALIDATORS_REGISTRIES_H
#define ISSUER_TESTS_VALIDATORS_REGISTRIES_H

#include "tests/validators/trial.h"
#include "validators/contacts.h"

/* Addresses of the servers of this world. */
#define IANA "192.0.32.59"
#define DATA "192.0.33.8"
#define JPRS "117.104.133.169"
#define REGISTRY "198.41.3.39"
#define REGISTRAR "198.41.3.40"
#define STRANGER "198.41.3.66"

#define HOST(name, address)                                                                        \
	{                                                                                          \
		name, DNS_TYPE_A, FAKE_ANSWER, {name ". 60 IN A " address}, 0                      \
	}

/* IANA's answers also name who runs the top-level domain: nobody's contact. */
#define REFER(tld, host)                                                                           \
	"% IANA WHOIS server\n\nrefer:        " host "\n\ndomain:       " tld "\n\n"               \
	"organisation: Some Registry\n\ncontact:      administrative\nname:         Registry "     \
	"Desk\n"                                                                                   \
	"e-mail:       tld-admin@registry.example\nphone:        +81 3 5215 8451\n\n"              \
	"contact:      technical\nname:         Registry Lab\ne-mail:       "                      \
	"tld@registry.example\n\n"                                                                 \
	"whois:        " host "\n\nstatus:       ACTIVE\n"

#define BANNER                                                                                     \
	"[ JPRS database provides information on network administration. Its use is    ]\r\n"      \
	"[ restricted to network administration purposes. For further information,     ]\r\n\r\n"

#define JP_GENERAL                                                                                 \
	BANNER "Domain Information:\r\n[Domain Name]                   EXAMPLE.JP\r\n\r\n"         \
	       "[Registrant]                    Sample K.K.\r\n\r\n"                               \
	       "Contact Information:\r\n[Name]                          Sample Desk\r\n"           \
	       "[Email]                         desk@sample.example\r\n"                           \
	       "[Phone]                         03-5555-0100\r\n"

#define JP_ORGANISATIONAL                                                                          \
	BANNER "Domain Information:\r\na. [Domain Name]                EXAMPLE.CO.JP\r\n"          \
	       "g. [Organization]               Mihon Co.,Ltd.\r\n"                                \
	       "l. [Organization Type]          Corporation\r\n"                                   \
	       "m. [Administrative Contact]     TM00001JP\r\n"                                     \
	       "n. [Technical Contact]          TM00001JP\r\n"                                     \
	       "n. [Technical Contact]          TM00002JP\r\n"                                     \
	       "[State]                         Connected (2027/01/31)\r\n"

#define JP_PERSON(handle, name, email)                                                             \
	BANNER "Contact Information:\r\na. [JPNIC Handle]               " handle "\r\n"            \
	       "c. [Last, First]                " name "\r\n"                                      \
	       "d. [E-Mail]                     " email "\r\n"                                     \
	       "o. [TEL]                        03-5555-0123\r\n"

#define THIN(referral)                                                                             \
	"   Domain Name: EXAMPLE.COM\r\n   Registrar WHOIS Server: " referral "\r\n"               \
	"   Registrar: Sample Registrar, Inc.\r\n"                                                 \
	"   Registrar Abuse Contact Email: abuse@registrar.example\r\n"                            \
	"   Registrar Abuse Contact Phone: +1.5555550111\r\n"

#define THICK                                                                                      \
	"Domain Name: EXAMPLE.COM\r\nRegistrar WHOIS Server: whois.registrar.example\r\n"          \
	"Registrar: Sample Registrar, Inc.\r\nRegistrar Abuse Contact Email: "                     \
	"abuse@registrar.example\r\nRegistrant Name: Robin Mihon\r\n"                              \
	"Registrant Email: robin@mihon.example\r\nRegistrant Phone: +1.5555550123\r\n"             \
	"Admin Name: Alex Mihon\r\nAdmin Email: alex@mihon.example\r\n"                            \
	"Tech Name: Toni Mihon\r\nTech Email: toni@mihon.example\r\n"

#define TOO_MANY "Number of queries exceeded: too many queries, try again later.\r\n"

/* The WHOIS servers of a thin registry that turned thick, for example.com. */
extern const struct fake_line com_lines[2];

/* A world with the hosts above and these WHOIS servers; no RDAP. */
void registries_begin(struct trial *trial, const struct fake_line *lines, size_t count);
/* Also drops what registries_found gave. */
void registries_end(struct trial *trial);
/* Runs, holds to the status, and reads the contacts off the evidence; until the next call. */
const struct contacts *registries_found(struct trial *trial, const char *domain,
					enum status status);
/* "registrant email phone source|admin …"; "-" where there is none. Static. */
const char *registries_shown(const struct contacts *contacts);

#endif

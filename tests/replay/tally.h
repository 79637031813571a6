/*
 * What the run met, counted: a replay that never had a torn sector or never
 * refused by CAA proves nothing about it, so a count of zero fails the run.
 * Faults are drawn from the lists here, so each one that exists is counted.
 */
#ifndef ISSUER_TESTS_REPLAY_TALLY_H
#define ISSUER_TESTS_REPLAY_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* clang-format off */
#define DNS_FAULTS(X) \
	X(LATE,           "DNS answers late") \
	X(TIMED_OUT,      "DNS never answers") \
	X(UNREACHABLE,    "DNS server unreachable") \
	X(SERVFAIL,       "DNS SERVFAIL") \
	X(REFUSED,        "DNS REFUSED") \
	X(NXDOMAIN,       "DNS NXDOMAIN, wrongly") \
	X(CUT,            "DNS packet cut") \
	X(WRONG_ID,       "DNS wrong id") \
	X(WRONG_QUESTION, "DNS wrong question") \
	X(TRUNCATED,      "DNS TC, asked again over TCP") \
	X(EMPTY,          "DNS packet empty")

#define HTTP_FAULTS(X) \
	X(SLOW,           "HTTP answers slowly") \
	X(TIMED_OUT,      "HTTP never answers") \
	X(CONNECT_FAILED, "HTTP connection refused") \
	X(TLS_FAILED,     "HTTP TLS handshake failed") \
	X(BROKEN,         "HTTP connection broken") \
	X(NOT_FOUND,      "HTTP 404, wrongly") \
	X(ERROR,          "HTTP 500") \
	X(WRONG_BODY,     "HTTP wrong body") \
	X(PART_OF_BODY,   "HTTP part of the body") \
	X(LONGER_BODY,    "HTTP body past the limit") \
	X(LOOP,           "HTTP redirect loop")

#define LINE_FAULTS(X) \
	X(LATE,           "WHOIS answers late") \
	X(TIMED_OUT,      "WHOIS never answers") \
	X(CONNECT_FAILED, "WHOIS connection refused") \
	X(BROKEN,         "WHOIS connection broken") \
	X(TOO_MANY,       "WHOIS too many queries") \
	X(EMPTY,          "WHOIS answer empty") \
	X(ANOTHER,        "WHOIS of another name")

#define MAIL_FAULTS(X) \
	X(REPLY_LOST,     "mail taken over, the reply lost") \
	X(DEFERRED,       "mail deferred") \
	X(CONNECT_FAILED, "mail server refuses the connection") \
	X(TIMED_OUT,      "mail server too slow: perhaps taken over")

#define DISK_FAULTS(X) \
	X(SECTOR_DROPPED, "sector writes dropped at power loss") \
	X(SECTOR_KEPT,    "sector writes kept at power loss") \
	X(SECTOR_TORN,    "sector writes torn at power loss") \
	X(NAME_DROPPED,   "names dropped at power loss") \
	X(NAME_KEPT,      "names kept at power loss")

#define OUTCOMES(X) \
	X(CREATED,          "orders created") \
	X(REPEATED,         "references repeated") \
	X(REFERENCE_REFUSED, "references refused for other content") \
	X(REFUSED,          "orders refused") \
	X(CANCELLED,        "orders cancelled") \
	X(GIVEN_UP,         "orders given up") \
	X(ISSUED,           "certificates issued") \
	X(REUSED,           "certificates on reused control") \
	X(BY_RECORD,        "certificates on control shown by a record") \
	X(FOR_ADDRESS,      "addresses in certificates") \
	X(FROM_ABOVE,       "certificates on control of a name above") \
	X(LAPSED,           "control shown again after the reuse period") \
	X(CAA_REFUSED,      "orders refused by CAA") \
	X(EVIDENCE_FILE,    "evidence kept in files") \
	X(DIED,             "power losses") \
	X(DIED_ISSUING,     "orders found in issuing after a power loss") \
	X(DIED_SIGNED,      "intents signed again after a power loss") \
	X(VOIDED,           "intents voided: a gate was shut, or too old") \
	X(DIED_CREATING,    "power losses while a home was made") \
	X(RESTARTED,        "clean restarts") \
	X(CLOCK_FORWARD,    "clock jumps forward") \
	X(CLOCK_BACK,       "clock jumps back") \
	X(STALLED,          "stalls of the machine") \
	X(LOCK_HELD,        "drives refused by another driver") \
	X(BESIDE,           "commands by a second process while a driver drives") \
	X(MAILED,           "reports taken over by the mail server") \
	X(MAILED_AGAIN,     "reports taken over again: the same bytes") \
	X(PUBLISHED_WRONG,  "pages published wrong") \
	X(AUDITED,          "journals verified") \
	X(DECIDED_AGAIN,    "evidence decided again") \
	X(ASKED,            "people asked by mail") \
	X(ASKED_AGAIN,      "mails that ask taken over again: the same bytes") \
	X(MAIL_REFUSED,     "mailboxes refused by the mail server") \
	X(REMINDED,         "people reminded") \
	X(SAID_YES,         "people said yes for the domain") \
	X(SAID_YES_NAMES,   "people said yes for the names alone") \
	X(SAID_NO,          "people said no") \
	X(SAID_NOT_ME,      "people said that it is not them") \
	X(SAID_LATE,        "answers after the method had failed") \
	X(SAID_TOO_LATE,    "answers refused: past the life of the value") \
	X(SAID_TO_VOID,     "answers refused: asked anew since") \
	X(SAID_WITHDRAWN,   "answers refused: the order was withdrawn") \
	X(SAID_EARLY,       "answers refused: the clock went back to before the question") \
	X(SAID_TOO_NARROW,  "answers refused: the domain itself is not some names alone") \
	X(SAID_TWICE,       "answers refused: given before, the same") \
	X(SAID_OTHERWISE,   "answers refused: given before, another") \
	X(SAID_WRONG_VALUE, "answers with a wrong value") \
	X(SAID_BY_OPERATOR, "answers read out to the operator") \
	X(SAID_BESIDE,      "answers while a driver drives") \
	X(SAID_BY_AGENT,    "yes of an agent that does not count") \
	X(DIED_ANSWERING,   "power losses before an answer was acknowledged") \
	X(DIED_ASKED,       "power losses while people are asked") \
	X(SCANNED,          "links opened by a mail scanner") \
	X(CONTACTS_CHANGED, "contacts published anew") \
	X(FELL_BACK,        "names fallen back on another method") \
	X(CHOSEN,           "names switched by an officer") \
	X(ADDRESSES_CHOSEN, "names switched to a few addresses alone") \
	X(WITHDRAWN,        "results withdrawn by an officer") \
	X(SENT_AGAIN,       "mails sent again for an officer") \
	X(BOUNCED,          "reports of mail that was not delivered") \
	X(BOUNCE_FORGED,    "such reports that name another address") \
	X(SWITCH_REFUSED,   "switches refused: the first method had not failed") \
	X(DECLARED_FAILED,  "methods declared failed by an officer") \
	X(LIFTED,           "rejections lifted") \
	X(NOBODY_TO_ASK,    "methods failed: nobody is published") \
	X(UNDELIVERABLE,    "methods failed: no address takes mail") \
	X(NOBODY_SAID_YES,  "methods failed: nobody said yes in time") \
	X(NO_CONTACTS_LEFT, "methods failed: nobody asked is a contact") \
	X(MANY_NAMES,       "orders of twenty names asked about with one set of mails") \
	X(BROKERED,         "brokered orders, about which nobody is asked") \
	X(BY_MAIL,          "certificates on control shown by mail") \
	X(BY_NARROW_MAIL,   "certificates on a yes for the names alone") \
	X(AFTER_NO,         "certificates after a no that was lifted") \
	X(VALUES_SOUGHT,    "values sought in store, files and views")
/* clang-format on */

enum tally_kind {
#define X(name, words) TALLY_DNS_##name,
	DNS_FAULTS(X)
#undef X
#define X(name, words) TALLY_HTTP_##name,
		HTTP_FAULTS(X)
#undef X
#define X(name, words) TALLY_LINE_##name,
			LINE_FAULTS(X)
#undef X
#define X(name, words) TALLY_MAIL_FAULT_##name,
				MAIL_FAULTS(X)
#undef X
#define X(name, words) TALLY_##name,
					DISK_FAULTS(X) OUTCOMES(X)
#undef X
						TALLY_COUNT
};

/* The faults alone, each NONE when all goes well. */
enum dns_fault {
#define X(name, words) DNS_FAULT_##name,
	DNS_FAULTS(X)
#undef X
		DNS_FAULT_NONE
};

enum http_fault {
#define X(name, words) HTTP_FAULT_##name,
	HTTP_FAULTS(X)
#undef X
		HTTP_FAULT_NONE
};

enum line_fault {
#define X(name, words) LINE_FAULT_##name,
	LINE_FAULTS(X)
#undef X
		LINE_FAULT_NONE
};

enum mail_fault {
#define X(name, words) MAIL_FAULT_##name,
	MAIL_FAULTS(X)
#undef X
		MAIL_FAULT_NONE
};

struct tally {
	int64_t counts[TALLY_COUNT];
};

void tally_add(struct tally *tally, enum tally_kind kind);
/* Adds the counts of other. */
void tally_merge(struct tally *tally, const struct tally *other);
void tally_print(const struct tally *tally);
/* Names each of the kinds (NULL: all there are) that is zero; returns how many are. */
size_t tally_missing(const struct tally *tally, const enum tally_kind *kinds, size_t count);

#endif

/*
 * issuer.yaml: how this installation is set up. Everything has a default; the
 * file may be absent.
 */
#ifndef ISSUER_POLICY_CONFIGURATION_H
#define ISSUER_POLICY_CONFIGURATION_H

#include "base/bytes.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/network.h"
#include "base/perspective.h"
#include "policy/message_template.h"
#include "policy/pack.h"

enum { CONFIGURATION_SUFFIXES_MAX = 32, CONFIGURATION_EXCLUDED_MAX = 256 };

enum kek_source { KEK_FILE };

struct configuration;

/* Reads the text of issuer.yaml; data NULL (an absent file) gives the defaults. Without servers in
 * it they are the nameserver lines of resolv_conf, the text of /etc/resolv.conf (empty: none). path
 * is only named in sentences. CONFIGURATION citing line or key. */
STATUS configuration_read(const char *path, struct slice text, struct slice resolv_conf,
			  struct configuration **ret, struct error *err);
void configuration_free(struct configuration *configuration);
void configuration_freep(struct configuration **configuration);

const struct network *configuration_network(const struct configuration *configuration);

/* dns.trust_anchors: where the validation of DNS answers starts (RFC 4035 section 4.4). */
enum trust_source {
	TRUST_ROOT, /* the IANA root's, built in */
	TRUST_FILE, /* the DS and DNSKEY records of a file */
	TRUST_NONE, /* nothing is validated here: the resolver is believed */
};
/* *ret_file is set for TRUST_FILE: as written, so relative to the home. */
enum trust_source configuration_trust(const struct configuration *configuration,
				      const char **ret_file);
/* names.private_suffixes as lower-case A-labels. */
const char *const *configuration_private_suffixes(const struct configuration *configuration,
						  size_t *ret_count);
/* names.excluded_prefixes: addresses that may not be ordered. */
const struct address_prefix *
configuration_excluded_prefixes(const struct configuration *configuration, size_t *ret_count);
enum kek_source configuration_kek(const struct configuration *configuration);

/* ca: what `init` puts into the local CA. */
struct configuration_ca {
	const char *organization; /* default "issuer" */
	const char *country;      /* NULL: none */
	const char *root_name;    /* default "issuer local root" */
	const char *issuing_name; /* default "issuer local CA" */
	const char *key_type;     /* default "ec-p256" */
	int root_years;           /* default 20 */
	int issuing_years;        /* default 10 */
};
const struct configuration_ca *configuration_ca(const struct configuration *configuration);

/* corroboration: the other network perspectives, and how we show who we are. Files as written: they
 * are relative to the folder of issuer.yaml. */
struct configuration_corroboration {
	const char *certificate;
	const char *key;
	const char *ca;             /* whose certificates the perspectives show */
	struct perspective primary; /* where this home looks from; its id is "primary" */
	const struct perspective *remotes;
	size_t remote_count;
};
/* NULL when there is none. */
const struct configuration_corroboration *
configuration_corroboration(const struct configuration *configuration);

/* perspective: what `perspective serve` listens with. */
struct configuration_perspective {
	struct endpoint listen;
	const char *certificate;
	const char *key;
	const char *client_ca; /* whose certificates controllers show */
	const char *pack;      /* whose limits checks have */
};
/* NULL when there is none. */
const struct configuration_perspective *
configuration_perspective(const struct configuration *configuration);

/* answers: the page on which people answer, and whose answers do not count. */
enum language { LANGUAGE_JA, LANGUAGE_EN, LANGUAGE_COUNT };
enum { ANSWER_PROXIES_MAX = 16, ANSWER_AGENTS_MAX = 64 };
struct configuration_answers {
	const char *url; /* https, as the public sees it, without "/" behind: a question is at
			    URL/answer/VALUE. NULL: there is no answers */
	bool serves;     /* `issuer serve` listens; false: somebody else's page leads here */
	struct endpoint listen;
	const char *certificate; /* PEM files seen from the home; NULL: plain, behind a proxy */
	const char *key;
	const struct address_prefix *proxies; /* whose X-Forwarded-For is believed */
	size_t proxy_count;
	const char *const *agent_domains; /* lower-case A-labels: mail domains of ourselves and of
					     resellers */
	size_t agent_domain_count;
	enum language language; /* of readers who prefer neither; default LANGUAGE_JA */
};
/* Never NULL. */
const struct configuration_answers *
configuration_answers(const struct configuration *configuration);

/* account: of the applicant "self". */
struct configuration_account {
	const char *uri; /* RFC 8657 section 3; NULL: not given */
	const char *key; /* file of a public key, seen from the home; NULL: not given */
};
const struct configuration_account *
configuration_account(const struct configuration *configuration);

/* mail: how this installation sends mail. */
struct configuration_mail {
	bool is_set;            /* false: it sends none, and the rest is empty */
	struct endpoint server; /* the port really used */
	const char *name;       /* whose the server's certificate must be; NULL: the address's */
	const char *from;       /* not yet held to RFC 5321 */
	const char *from_name;  /* shown beside it: UTF-8 in one line; NULL: none */
	const char *reply_to;   /* where answers go; not yet held to RFC 5321; NULL: from */
	enum message_languages languages; /* of mails that ask people */
	const char *bounces;         /* folder of mail about what was not delivered; NULL: none */
	enum mail_security starttls; /* default MAIL_TLS_REQUIRED */
	const char *user;            /* NULL: no login */
	const char *password_file;   /* with user; seen from the home */
	const char *ca_file;         /* PEM; default the system's */
	int timeout_ms;              /* one message, whole */
	int tries;                   /* of a mail that asks or tells a person */
	struct retry_rule retry;     /* likewise */
};
const struct configuration_mail *configuration_mail(const struct configuration *configuration);

/* iodef: reports of issuances that CAA prevented. */
enum iodef_send { IODEF_NEVER, IODEF_MAIL, IODEF_HTTPS, IODEF_BOTH };
struct configuration_iodef {
	enum iodef_send send; /* default IODEF_NEVER */
	const char *contact;  /* whom to ask: a mail address, by default mail's from; not yet held
				 to RFC 5321. NULL: IODEF_NEVER */
	const char *ca_file;  /* PEM; https servers are verified by it */
	int timeout_ms;       /* one report by https, whole */
	int tries;
	struct retry_rule retry;
};
const struct configuration_iodef *configuration_iodef(const struct configuration *configuration);

/* The text of a new home's issuer.yaml: every member, commented, with its default. Static. */
const char *configuration_template(void);

#endif

/*
 * What is sold, who issues it and who asks people: products, CAs and providers, rows of YAML
 * (policy/data/catalogue/ and the home's catalogue/).
 */
#ifndef ISSUER_POLICY_CATALOGUE_H
#define ISSUER_POLICY_CATALOGUE_H

#include "policy/message_template.h"
#include "policy/pack.h"

#include <stdbool.h>

enum trust { TRUST_PRIVATE, TRUST_PUBLIC };
enum product_mode { MODE_AUTHORITATIVE, MODE_BROKER };
enum product_class { CLASS_DV, CLASS_OV, CLASS_EV };

enum { PRODUCT_LIST_MAX = 16 };

/* Who makes the call of a gate organisation-call: this installation, or the CA upstream. */
enum caller { CALLER_US, CALLER_CA };

struct product_gate {
	const char *kind;                    /* "control"; known to the engine's gate table */
	const char *after[PRODUCT_LIST_MAX]; /* kinds that must be open first */
	size_t after_count;
	enum caller caller; /* organisation-call */
};

struct product {
	const char *id;
	const char *title;
	const char *citation;
	const char *ca;       /* a CA row */
	const char *pack;     /* a pack */
	const char *provider; /* a provider row: who asks people; NULL: this installation */
	enum product_class class;
	enum trust trust;
	enum product_mode mode;
	struct product_gate gates[PRODUCT_LIST_MAX];
	size_t gate_count;
	const char *methods[PRODUCT_LIST_MAX]; /* primary methods, the first is the default */
	size_t method_count;
	const char *fallbacks[PRODUCT_LIST_MAX]; /* any one of them when the first method failed */
	size_t fallback_count;
	const char *applicant_types[PRODUCT_LIST_MAX]; /* accepted ones; empty: all */
	size_t applicant_type_count;
	const char *key_types[PRODUCT_LIST_MAX]; /* accepted --key-type, the first is the default */
	size_t key_type_count;
	int names_max;
	int give_up_days; /* a pending order ends as failed after */
};

struct ca_row {
	const char *id;
	const char *title;
	const char *backend;                           /* "local" */
	const char *caa_identifiers[PRODUCT_LIST_MAX]; /* issuer domain names (RFC 8659 4.2) */
	size_t caa_identifier_count;
	const char *policy_oid;
	struct period validity; /* days */
	const char *base_url;   /* NULL: no CRL and OCSP URLs in certificates */
	int64_t backdate_ms;    /* notBefore = now - this (at most 48 h, BR 7.1.2.7) */
};

/* A provider or reseller, in whose name people are asked. */
struct provider {
	const char *id;        /* also the name of its folder of templates */
	const char *from;      /* not yet held to RFC 5321 */
	const char *from_name; /* NULL: none */
	const char *reply_to;  /* not yet held to RFC 5321; NULL: none */
	int languages;         /* enum message_languages */
};

#endif

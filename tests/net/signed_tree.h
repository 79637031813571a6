/*
 * A small signed name space in tables: zones with keys made on the spot, signed
 * by ldns, and a resolver's answers from them. Whatever is asked is noted, and a
 * lie can be told about any (name, type).
 */
#ifndef ISSUER_TESTS_NET_SIGNED_TREE_H
#define ISSUER_TESTS_NET_SIGNED_TREE_H

#include "net/dnssec.h"

#include <ldns/ldns.h>

enum { TREE_ZONES_MAX = 24, TREE_RECORDS_MAX = 16 };

/* 2026-11-22T12:00:00Z; signatures are valid from a day before to a day after. */
#define TREE_NOW_S INT64_C(1795348800)

enum tree_kind { TREE_NSEC, TREE_NSEC3, TREE_OPT_OUT, TREE_UNSIGNED };

/* What the parent says of the zone. */
enum tree_ds {
	TREE_DS_SHA256,
	TREE_DS_SHA1,
	TREE_DS_SHA384,
	TREE_DS_NONE,
	TREE_DS_OF_ANOTHER_KEY,
	TREE_DS_UNKNOWN_ALGORITHM,
	TREE_DS_UNKNOWN_DIGEST,
	TREE_DS_SHA1_GOOD_SHA256_WRONG, /* RFC 4509: the SHA-1 one does not count */
};

struct tree_zone {
	const char *apex; /* absolute: "example." */
	enum tree_kind kind;
	enum tree_ds ds;
	const char *records[TREE_RECORDS_MAX]; /* zone file lines with absolute names */
	ldns_signing_algorithm algorithm;      /* 0: ECDSAP256SHA256 */
	int key_bits;
	int iterations;     /* of NSEC3 */
	int64_t signed_for; /* the middle of the signatures' life; 0: TREE_NOW_S */
};

enum tree_lie_kind {
	LIE_NONE,
	LIE_NO_SIGNATURES,
	LIE_OTHER_DATA,
	LIE_NO_DENIAL,       /* neither NSEC nor NSEC3 */
	LIE_NO_SUCH_NAME,    /* NXDOMAIN and the zone's denials, whatever is there */
	LIE_SERVFAIL,        /* with an extended error */
	LIE_SILENCE,         /* no answer in time */
	LIE_MANY_SIGNATURES, /* false ones, before the good one */
	LIE_FOREIGN_SIGNER,  /* RRSIGs name another zone as signer */
	LIE_OTHER_ALIAS,     /* a CNAME that nobody signed, beside what is there */
};

struct tree_lie {
	const char *name; /* as steps have names; NULL: none */
	uint16_t type;
	enum tree_lie_kind kind;
};

struct tree;

/* count zones, the root's first, each after its parent. */
struct tree *tree_new(const struct tree_zone *zones, size_t count);
void tree_free(struct tree *tree);
void tree_lie(struct tree *tree, const struct tree_lie *lie);
/* The anchor of a zone as a line of an anchor file, DS or DNSKEY; the caller frees it. */
char *tree_anchor(const struct tree *tree, const char *apex, ldns_rr_type type);

/* Answers one step; the packet lives in out. */
struct event tree_answer(struct tree *tree, const struct step *step, struct buffer *out);

#endif

/*
 * An e-mail address that may be written to: the Mailbox of RFC 5321 section
 * 4.1.2 with the UTF-8 that RFC 6531 section 3.3 admits, at a domain name. Pure.
 * Stricter than the norm on purpose: no address literal and no single-label
 * domain, because mail goes only where the DNS says that it is received
 * (REQUIREMENTS DCV-13); no comments or folding, which are of message headers.
 */
#ifndef ISSUER_VALIDATORS_MAILBOX_H
#define ISSUER_VALIDATORS_MAILBOX_H

#include "csr/names.h"

/* RFC 5321 section 4.5.3.1: local part 64 octets, path 256 with its angle brackets. */
enum {
	MAILBOX_LOCAL_MAX = 64,
	MAILBOX_MAX = 254,
	MAILBOX_TEXT = MAILBOX_LOCAL_MAX + 1 + NAME_TEXT
};

struct mailbox {
	char text[MAILBOX_TEXT]; /* local part as given, "@", domain */
	char domain[NAME_TEXT];  /* lower-case A-labels */
	bool needs_smtputf8;     /* the local part is not ASCII (RFC 6531) */
};

/* The whole of text and nothing else; INPUT otherwise, with what is wrong. */
STATUS mailbox_parse(struct slice text, struct mailbox *ret, struct error *err);
/* The same mailbox as far as anybody but its host may say: local parts by octets without ASCII
 * case, domains without case. */
bool mailbox_same(const char *a, const char *b);
/* Why no mail of ours can be addressed to it, whatever its domain takes; NULL when one can. Its
 * local part would need SMTPUTF8, which is not served, or would be read as something else: RFC 2047
 * section 5, 'An "encoded-word" MUST NOT appear in any portion of an "addr-spec".' */
const char *mailbox_unwritable(const struct mailbox *mailbox);

#endif

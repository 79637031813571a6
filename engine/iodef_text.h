/*
 * What a report of a refused issuance says: the mail for people, and the IODEF
 * document (RFC 7970) for machines, alone or in a RID message (RFC 6545) as it is
 * posted (RFC 6546). Pure; whatever comes from outside is shown as printable
 * ASCII, and escaped.
 */
#ifndef ISSUER_ENGINE_IODEF_TEXT_H
#define ISSUER_ENGINE_IODEF_TEXT_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

enum { IODEF_TEXT_MAX = 64 * 1024 };

struct iodef_facts {
	const char *id;                 /* random: names the report, and is no number of ours */
	const char *name;               /* that was asked for */
	const char *found;              /* where the records that decided stand */
	const char *why;                /* one sentence: what in them decided */
	const char *issuer;             /* who does not issue */
	const char *const *identifiers; /* its issuer domain names */
	size_t identifier_count;
	const char *contact; /* whom to ask: a mail address */
	int64_t at;
};

/* A whole message from a mailbox to another; both are held to RFC 5321 before. */
void iodef_mail(const struct iodef_facts *facts, const char *from, const char *to,
		struct buffer *out);
/* The IODEF document. */
void iodef_document(const struct iodef_facts *facts, struct buffer *out);
/* A RID message of type Report with the document, for the server of that name. */
void iodef_message(const struct iodef_facts *facts, const char *host, struct buffer *out);

#endif

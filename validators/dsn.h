/*
 * Reports that a mail was not delivered: delivery status notifications (RFC 3464),
 * and what programs send instead of them (QSBMF of qmail, plain text). Pure, and
 * strict in one direction: only what says of an address that delivery failed for
 * good counts as failed. Delays, successes, answering machines (RFC 3834) and
 * whatever else a mailbox receives are something else.
 *
 * It is a claim of whoever sent it: the caller holds it to a Message-ID that only
 * readers of the mail know, and to the address that the mail went to.
 */
#ifndef ISSUER_VALIDATORS_DSN_H
#define ISSUER_VALIDATORS_DSN_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>

enum { DSN_RECIPIENTS_MAX = 32, DSN_IDS_MAX = 8, DSN_WORDS_MAX = 300, DSN_STATUS_TEXT = 12 };

/* RFC 3464 section 2.3.3, Action */
enum dsn_action {
	DSN_FAILED,
	DSN_DELAYED,
	DSN_DELIVERED,
	DSN_RELAYED,
	DSN_EXPANDED,
	DSN_ACTION_COUNT
};

struct dsn_recipient {
	const char *final;    /* as the reporting server knows it; NULL */
	const char *original; /* as the sender wrote it; NULL */
	enum dsn_action action;
	char status[DSN_STATUS_TEXT]; /* "5.1.1"; "" when it gives none */
	const char *words;            /* one line: why; values masked; NULL */
};

enum dsn_form { DSN_STANDARD, DSN_QMAIL, DSN_PLAIN };

struct dsn {
	enum dsn_form form;
	/* Of the mail reported on, without angle brackets: from its header fields sent back, then
	 * from what the report says it answers. */
	const char *ids[DSN_IDS_MAX];
	size_t id_count;
	struct dsn_recipient recipients[DSN_RECIPIENTS_MAX];
	size_t recipient_count;
};

/* NOT_APPLICABLE when it is no such report; INPUT when it is too long. */
STATUS dsn_read(struct slice message, struct arena *arena, struct dsn *ret, struct error *err);

/* Whether it says that the address got nothing and never will: failed, with a status of class 5. */
bool dsn_is_final(const struct dsn_recipient *recipient);
/* "failed", "delayed", … Static storage. */
const char *dsn_action_text(enum dsn_action action);

#endif

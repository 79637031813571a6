/*
 * Commands about the mails that ask people: reports that one was not delivered,
 * and sending one again. Each opens its own turn.
 *
 * A report is anybody's claim. It counts when it names the Message-ID of a mail of
 * ours, whose 128 random bits only those know who had the mail, when it says that
 * delivery failed for good, and when the address that failed is the one written to.
 * All it can do is mark that one message as not delivered.
 */
#ifndef ISSUER_ENGINE_PEOPLE_MAIL_COMMAND_H
#define ISSUER_ENGINE_PEOPLE_MAIL_COMMAND_H

#include "engine/receipt.h"

/* What came of a mail that was read for a report. */
#define BOUNCE_OUTCOMES(X)                                                                         \
	X(RECORDED, "bounced")    /* the message is marked as not delivered */                     \
	X(KNOWN, "known")         /* it was before: nothing changes */                             \
	X(NOT_FINAL, "not-final") /* a delay, a success, or a failure that may pass */             \
	X(NOT_OURS, "not-ours")   /* of another mail, or of an address that we did not write to */ \
	X(NO_REPORT, "no-report") /* another mail: of a person, an answering machine, … */

enum bounce_outcome {
#define X(name, text) BOUNCE_##name,
	BOUNCE_OUTCOMES(X)
#undef X
};

/* {outcome, message, order, recipient, action, status, words}: what it was taken for. INPUT when it
 * is too long. */
STATUS command_bounce(struct engine *engine, struct slice mail, json_t **ret, struct error *err);

/* Outcomes of a folder, by file: {files: [{file, outcome, …}], failed: [{file, detail}], left}.
 * A Maildir (with new and cur) is read from new; of another folder each file is a mail, and done
 * takes what was read. A file is moved after its report is committed: after a crash in between it
 * is read again, to no effect. left: there are more. */
STATUS command_collect(struct engine *engine, const char *folder, json_t **ret, struct error *err);

/* Sends the same bytes to the same recipient once more: ANSWER_CLOSED when no answer is awaited any
 * more, MAIL_UNDELIVERABLE when it bounced, BUSY when a sending of it is still under way. */
STATUS command_resend(struct engine *engine, int64_t message_id, const char *reason,
		      struct receipt *receipt, struct error *err);

#endif

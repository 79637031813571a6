/*
 * Asking people: an authorization whose attempt found out whom to ask writes to
 * each of them once, or has them called (call.h), and waits. Who answers, and what that does, is
 * answer.h.
 *
 *   pending ──attempt──► working ──whom──► asked ──yes──► valid
 *      │                    │                │
 *      └─ nobody in time ───┴─ nobody can ───┴─ nobody in time, given up,
 *                              be asked          all bounced ──► invalid
 *
 * Invalid means that the method has failed for the names that wait for it: the
 * way of each falls back (way.h). Sources: REQUIREMENTS DCV-04 to DCV-09, DCV-14.
 */
#ifndef ISSUER_ENGINE_PEOPLE_ASKING_H
#define ISSUER_ENGINE_PEOPLE_ASKING_H

#include "engine/drive/post.h"
#include "engine/turn.h"
#include "store/authorization.h"
#include "store/message.h"
#include "validators/recipient.h"

/* Whether the method asks a person. */
bool method_asks(const char *method);
/* Whether the method has failed: the authorization asked, or would have, and will not any more. */
bool asking_failed(const struct authorization *authorization);

/* ---- an attempt found out whom ---- */

/* Owned. */
struct asking_list {
	struct arena arena;
	struct recipient *rows;
	size_t count;
	/* Published too, but their domains take no mail (REQUIREMENTS DCV-13); what the DNS says of
	 * the first. */
	size_t undeliverable_count;
	const char *undeliverable;
};
/* Outside of a transaction: reads whom to ask from the evidence; nobody for other methods. */
STATUS asking_want(const struct verdict *verdict, struct slice evidence, struct asking_list *ret);
void asking_list_release(struct asking_list *list);

/* In the turn that ends the attempt, whose evidence is authorization->evidence_id: writes to
 * everybody of the list whom the authorization does not leave out, and sets state, code, sentence,
 * hint and not_before_at of the row, which the caller stores. Values of earlier attempts become
 * void. */
STATUS asking_begin(struct turn *turn, struct authorization *authorization,
		    const struct asking_list *list, struct error *err);
/* Whether mail can be sent and answered at all: CONFIGURATION with what to set. */
STATUS asking_is_possible(struct engine *engine, const char *method, struct error *err);

/* How an asking stands: "3 asked: 1 not delivered, 2 without an answer"; in the turn's arena.
 * *ret_left: somebody may still answer. */
STATUS asking_stands(struct turn *turn, const struct authorization *authorization, const char **ret,
		     bool *ret_left, struct error *err);

/* ---- time passes ---- */

/* An authorization of a method that is to ask: when it has failed if nobody answered; an earlier
 * time stays. */
STATUS asking_expect(struct turn *turn, const struct authorization *authorization,
		     struct error *err);
/* One that has failed, was left, or rests on a result that lapsed: all whom the method names are
 * looked up and asked anew, now. */
STATUS asking_anew(struct turn *turn, const struct authorization *authorization, struct error *err);
/* One that still waits, although nobody is left who could answer: the same as asking_anew. */
STATUS asking_again(struct turn *turn, int64_t authorization_id, struct error *err);
/* The duties. */
STATUS asking_remind(struct turn *turn, int64_t authorization_id, struct error *err);
STATUS asking_due(struct turn *turn, int64_t authorization_id, struct error *err);

/* ---- it ends ---- */

/* The method has failed: METHOD_UNAVAILABLE, MAIL_UNDELIVERABLE, ANSWER_TIMED_OUT, GIVEN_UP … The
 * values sent still count for who answers late; orders are due to be decided. */
STATUS asking_fail(struct turn *turn, struct authorization *authorization, enum status why,
		   const char *sentence, struct error *err);
/* Values sent count no more. */
STATUS asking_void(struct turn *turn, int64_t authorization_id, const char *reason,
		   struct error *err);
/* Whether somebody asked by that attempt may still answer, by mail or on the telephone; and whether
 * a mail of it was not delivered (told only when nobody may). */
STATUS asking_left(struct turn *turn, int64_t authorization_id, int64_t attempt, bool *ret,
		   bool *ret_bounced, struct error *err);
/* Whether one message of the authorization's last asking may still be answered; when none may (all
 * bounced, or went to somebody else), the method has failed. */
STATUS asking_check_left(struct turn *turn, int64_t authorization_id, struct error *err);

/* ---- the mails ---- */

/* Sends the same bytes to the same recipient once more; number: 2, 3 … */
STATUS asking_send_again(struct turn *turn, const struct message *message, int number,
			 struct error *err);
/* The mail to a recipient as it would be written now, and its value; nothing is kept. NOT_FOUND
 * when nobody waits for the authorization. */
STATUS asking_preview(struct turn *turn, const struct authorization *authorization,
		      const struct recipient *recipient, const char **ret_value, struct buffer *out,
		      struct error *err);
/* How often a message was sent or is to be. */
STATUS asking_count(struct turn *turn, int64_t message_id, int *ret, struct error *err);
/* Which sending of which message the key of an effect names; false when it is another's. */
bool asking_key_read(const char *key, int64_t *ret_message_id, int *ret_number);
/* The key of one sending, in the arena. */
const char *asking_key(int64_t message_id, int number, struct arena *arena);

/* The row of EFFECT_KIND_MAIL in post.c. */
STATUS asking_rule(struct turn *turn, const struct effect *effect, struct post_rule *ret,
		   struct error *err);
/* How the asking stands is told anew. */
STATUS asking_delayed(struct turn *turn, const struct effect *effect, struct error *err);
STATUS asking_sent(struct turn *turn, const struct effect *effect, enum effect_state state,
		   enum post_end end, const char *answer, struct error *err);

#endif

/*
 * Answers of people who were asked: what the person is shown, and what comes of
 * what they say. One answer is one turn: the message's state moves once (so a
 * value answers once, however often it is sent), the answer is kept as evidence,
 * and the orders that wait for it are due to be decided.
 *
 *   open ──yes────► a validation of the ADN, or of the names chosen alone
 *     ├────no─────► a rejection: holds the name whoever else said yes
 *     └────not-me─► nothing but that this address does not count
 *
 * Sources: REQUIREMENTS DCV-06, DCV-14, A6, A7; BR 3.2.2.4.4.
 */
#ifndef ISSUER_ENGINE_PEOPLE_ANSWER_H
#define ISSUER_ENGINE_PEOPLE_ANSWER_H

#include "engine/receipt.h"
#include "engine/people/question.h"

/* What a yes is for. */
enum answer_scope {
	ANSWER_FOR_DOMAIN, /* the ADN asked about, with the names below it */
	ANSWER_FOR_NAMES,  /* only the names that wait for it, and not those below them */
};

enum { ANSWER_PAGE_MAX = 32 * 1024 };

struct answer_params {
	const char *value;
	enum answer_said said;
	enum answer_scope scope;
	/* ANSWER_FOR_NAMES: those that the person saw, as displayed; others are not confirmed.
	 * NULL: those of the mail. */
	const char *const *shown;
	size_t shown_count;
	const char *channel; /* "page"; "operator": read out or sent back, and entered by staff */
	const char *client;  /* the address that the answer came from; NULL: none */
	const char *user_agent;  /* as sent; NULL */
	const char *language;    /* of the page: "ja", "en"; NULL */
	struct slice page;       /* the text of the page that was answered, UTF-8; may be empty */
	const char *actor;       /* NULL: "answer:m-<number>" */
	const char *note;        /* operator: how it came; NULL */
	struct receipt *receipt; /* in and out; NULL: none. When replayed, answered is all zero */
	/* channel "call": who took it, as what, and when; 0: now */
	const char *callee, *callee_role;
	int64_t at;
};

struct answered {
	int64_t message_id; /* 0: of a call */
	int64_t call_id;
	enum message_state state;
	bool by_agent; /* an address of ours or the reseller's, which the pack does not accept */
};

/* NOT_FOUND; ANSWER_CLOSED when it was answered before, withdrawn, or the value is too old (nothing
 * changes); NOT_APPLICABLE when the names cannot be confirmed alone; STALE while the clock stands
 * before the question; INPUT when a text is too long or not UTF-8. */
STATUS command_answer(struct engine *engine, const struct answer_params *params,
		      struct answered *ret, struct error *err);

/* ---- on the telephone (call.h) ---- */

/* An answer on its way: what is read before the turn that takes it. Owned. */
struct reply;
/* What was said in a call about a domain; by_hash is the SHA-256 of that call as evidence. params
 * must outlive the reply. Errors as command_answer. */
STATUS reply_of_call(struct engine *engine, const struct call *call,
		     const struct answer_params *params, struct digest by_hash, struct reply **ret,
		     struct error *err);
/* In the turn: the call's state moves, and everything else that an answer does. STALE when it has
 * to be read anew. */
STATUS reply_take(struct turn *turn, const struct reply *reply, struct error *err);
/* What the answer was worth. */
const struct verdict *reply_verdict(const struct reply *reply);
void reply_free(struct reply *reply);
void reply_freep(struct reply **reply);

#endif

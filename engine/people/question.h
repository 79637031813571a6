/*
 * Questions to people: what stands behind a mail or a call, found by the random
 * value that was given with it, and what whoever holds that value is shown.
 */
#ifndef ISSUER_ENGINE_PEOPLE_QUESTION_H
#define ISSUER_ENGINE_PEOPLE_QUESTION_H

#include "engine/turn.h"
#include "store/authorization.h"
#include "store/call.h"
#include "store/message.h"
#include "store/order.h"
#include "store/party.h"

enum answer_said { ANSWER_YES, ANSWER_NO, ANSWER_NOT_ME };
/* "yes", "no", "not-me"; USAGE. */
const char *answer_said_text(enum answer_said said);
STATUS answer_said_parse(const char *text, enum answer_said *ret, struct error *err);

/* What a message becomes by it. */
enum message_state answer_said_state(enum answer_said said);

/* Of a value as a person types it: in any case, with spaces and hyphens between its letters. */
struct digest question_value_digest(const char *text);

/* What a question is about, for whoever holds its value. */
struct question {
	int64_t message_id;       /* 0: it was put on the telephone */
	int64_t call_id;          /* 0: it was put by mail */
	enum message_state state; /* OPEN: may be answered now, if not expired */
	int64_t answered_at;      /* when it left OPEN; 0: it is open */
	bool expired;             /* the value is past its life */
	const char *recipient;
	const char *roles;          /* "registrant admin": as the registry calls them */
	const char *source;         /* who published the address */
	const char *applicant;      /* legal name */
	const char *country;        /* of the applicant; NULL */
	const char *product;        /* its title */
	const char *ca;             /* who would sign: its title */
	const char *domain;         /* the ADN asked about, A-labels */
	const char *domain_display; /* U-labels */
	const char **names;         /* that wait for it, as displayed: the certificate's */
	size_t name_count;
	bool may_narrow; /* the answer may be for the names alone instead of the whole domain */
	int64_t asked_at;
	int64_t until_at;
	int zone_s; /* of the pack: for showing dates */
};

/* Reads, and changes nothing. NOT_FOUND when nobody was ever asked with this value, by mail or on
 * the telephone. */
STATUS question_of_value(struct engine *engine, const char *value, struct arena *arena,
			 struct question *ret, struct error *err);

/* The same of a call about a domain, or an organisation (whose domain is ""). */
STATUS question_of_call(struct engine *engine, const struct call *call, struct arena *arena,
			struct question *ret, struct error *err);

/* ---- for answer.c ---- */

/* How a question was put. */
struct question_form {
	const char *noun;   /* "m", "t" */
	const char *member; /* of a reply: "message", "call" */
	enum entry_kind entry;
	/* Moves what was put from its state to what was said; STALE. */
	enum status (*move)(struct turn *turn, int64_t id, enum answer_said said,
			    int64_t evidence_id, const char **ret_from, const char **ret_to,
			    struct error *err);
};

/* What stands behind a question; in the arena. */
struct asked {
	const struct question_form *form;
	struct message message; /* a call is seen as one */
	bool unheard;           /* a call: nobody was told the value yet */
	struct digest by_hash;  /* of a call as evidence */
	struct authorization authorization;
	struct order order; /* for which it was written */
	struct applicant applicant;
	const struct policy *policy;
	const struct product *product;
	const struct pack *pack;
	const struct ca_row *ca;
	const char **names;    /* A-labels, each once, with "*." */
	const char **displays; /* of the names */
	int64_t *order_ids;    /* of the names: the first order that has them */
	size_t name_count;
	bool awaited;   /* the names are those that wait for it */
	bool withdrawn; /* the order ended without a certificate, and no other waits */
};

extern const struct question_form question_by_mail, question_by_phone;

/* What a message or call is about is read by asked_load. NOT_FOUND. */
STATUS asked_by_value(struct store *store, const char *value, struct arena *arena,
		      struct asked *ret, struct error *err);
struct asked asked_by_call(const struct call *call);
STATUS asked_load(struct engine *engine, struct arena *arena, struct asked *ret, struct error *err);

/* How many of the names are the ADN itself, without "*.": a yes for it is one for all names below
 * it, so there is no narrower answer. */
size_t asked_count_whole(const struct asked *asked);
/* Whether an answer may be for the names alone: none is the ADN, and none an alias of it. */
bool asked_may_narrow(const struct asked *asked);

#endif

/*
 * Messages that ask a person whether they agree: one for each recipient of one
 * asking (an authorization's attempt). The random value stands in the mail, which
 * is the intent of the effects that send it, "mail:m-<id>:<1, 2 …>"; here is only
 * its hash.
 */
#ifndef ISSUER_STORE_MESSAGE_H
#define ISSUER_STORE_MESSAGE_H

#include "base/digest.h"
#include "store/states.h"
#include "store/store.h"

struct message {
	int64_t id;
	int64_t authorization_id;
	int64_t attempt;       /* that found the recipient */
	int64_t order_id;      /* for which it was written; others may wait for it too */
	const char *recipient; /* the mailbox */
	const char *roles;     /* why they are asked: "registrant admin" */
	const char *source;    /* who named the address: "whois whois.jprs.jp" */
	int64_t contacts_id;   /* evidence that names the recipient */
	struct digest value_hash;
	const char *mail_id; /* of the Message-ID, before the "@"; random, as the network sees it */
	int64_t until_at;    /* the last instant at which the value counts */
	int64_t created_at;
	enum message_state state;
	int64_t state_at;
	int64_t evidence_id; /* the answer; 0: none */
	int64_t bounced_at;  /* 0: no report that it was not delivered */
	const char *bounce;  /* that report's words; NULL */
};

STATUS store_message_insert(struct store *store, const struct message *message, int64_t *ret_id,
			    struct error *err);
STATUS store_message_get(struct store *store, int64_t id, struct arena *arena, struct message *ret,
			 struct error *err);
/* NOT_FOUND without a sentence. */
STATUS store_message_of_value(struct store *store, struct digest value_hash, struct arena *arena,
			      struct message *ret, struct error *err);
STATUS store_message_of_mail(struct store *store, const char *mail_id, struct arena *arena,
			     struct message *ret, struct error *err);
/* The next by number after one, of all, of an order, of an authorization; NOT_FOUND without a
 * sentence at the end. */
STATUS store_message_next(struct store *store, int64_t after, struct arena *arena,
			  struct message *ret, struct error *err);
STATUS store_message_of_order(struct store *store, int64_t order_id, int64_t after,
			      struct arena *arena, struct message *ret, struct error *err);
STATUS store_message_of_authorization(struct store *store, int64_t authorization_id, int64_t after,
				      struct arena *arena, struct message *ret, struct error *err);
/* evidence_id 0: none. STALE when the message is not in state from. */
STATUS store_message_move(struct store *store, int64_t id, enum message_state from,
			  enum message_state to, int64_t evidence_id, int64_t at,
			  struct error *err);
/* The first report of non-delivery stays; *ret_first: whether this was it. */
STATUS store_message_bounce(struct store *store, int64_t id, int64_t at, const char *words,
			    bool *ret_first, struct error *err);

#endif

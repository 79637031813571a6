/*
 * What was put to a person: a mail, or a call, which is seen as a message here
 * (number the number called, value and life the call's), so that what is answered
 * is one story.
 */
#ifndef ISSUER_ENGINE_PEOPLE_POSED_H
#define ISSUER_ENGINE_PEOPLE_POSED_H

#include "store/call.h"
#include "store/message.h"

/* Borrows from the call. A voicemail is open: it was not answered. */
struct message posed_by_call(const struct call *call);

/* The next after a number of those put by the authorization's method, which are all mails or all
 * calls; NOT_FOUND without a sentence at the end. */
STATUS posed_next(struct store *store, int64_t authorization_id, int64_t after, struct arena *arena,
		  struct message *ret, struct error *err);

#endif

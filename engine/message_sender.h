/*
 * In whose name people are asked: the provider that the product names, or else
 * what issuer.yaml says under mail.
 */
#ifndef ISSUER_ENGINE_MESSAGE_SENDER_H
#define ISSUER_ENGINE_MESSAGE_SENDER_H

#include "engine/engine.h"

/* Borrowed from the engine. */
struct message_sender {
	const char *from;
	const char *from_name; /* NULL: none */
	const char *reply_to;  /* NULL: none */
	enum message_languages languages;
	const struct message_templates *templates;
};

/* CONFIGURATION when there is no mail server, or an address that nobody can be asked from. */
STATUS message_sender_of(struct engine *engine, const struct product *product,
			 struct message_sender *ret, struct error *err);

/* The Message-ID of a mail with that random id (struct message, mail_id), "ID@DOMAIN" of the
 * sender, without angle brackets. */
const char *message_id_of(const char *mail_id, const char *from, struct arena *arena);

#endif

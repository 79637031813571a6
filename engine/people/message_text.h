/*
 * The mail that asks a person whether they agree: Japanese and English, as text
 * and as HTML, composed once and sent as the same bytes ever after (BR 3.2.2.4.4).
 * Headers are ASCII and cannot be added to by any fact; lines end with CR LF and
 * have at most 76 characters, except one that an address makes longer.
 */
#ifndef ISSUER_ENGINE_PEOPLE_MESSAGE_TEXT_H
#define ISSUER_ENGINE_PEOPLE_MESSAGE_TEXT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "policy/message_template.h"

enum {
	MESSAGE_TEXT_MAX = 256 * 1024,
	MESSAGE_NAMES_SHOWN = 50, /* of a certificate; of others only how many there are */
	MESSAGE_FACT_SHOWN = 200, /* characters of one fact */
	MESSAGE_URL_MAX = 500,
	MESSAGE_VALUE_MAX = 128,
	MESSAGE_BOUNDARY_MAX = 60,
};

/* UTF-8; nothing here is trusted not to hold markup or line ends. */
struct message_facts {
	const char *from;       /* mailbox */
	const char *from_name;  /* shown beside it; NULL: none */
	const char *reply_to;   /* mailbox; NULL: none */
	const char *to;         /* mailbox */
	const char *message_id; /* without angle brackets */
	const char *boundary;   /* random, 16 to 60 ASCII letters and digits */
	enum message_languages languages;
	int64_t at; /* Date */
	const char *applicant;
	const char *country; /* NULL */
	const char *product; /* title; NULL */
	const char *ca;      /* title */
	const char *domain;  /* the ADN, A-labels */
	const char *domain_display;
	const char *const *names; /* that wait for it, as displayed */
	size_t name_count;
	const char *roles;  /* why this address: "registrant admin", "constructed", "dns-caa" */
	const char *source; /* who published it; NULL: nobody, it is constructed */
	const char *url;    /* of the answer page, with the value */
	const char *value;  /* the random value itself, for an answer by phone or mail */
	/* of a call; NULL otherwise */
	const char *number;   /* with how its source prints it */
	const char *person;   /* whom to ask for; NULL */
	const char *entitled; /* who may answer for the organisation; NULL: it is of a domain */
	int64_t agreed_at;    /* 0: no time */
	int64_t until_at;
	int zone_s;
};

/* Equal facts make equal bytes. INPUT when a mailbox, Message-ID, boundary, URL or value is not one
 * that can be written into the mail; what is only shown is made fit for it (base/utf8.h). */
STATUS message_compose(const struct message_templates *templates, const struct message_facts *facts,
		       struct buffer *out, struct error *err);

/* What an officer reads who calls somebody: about the domain, or with entitled for the
 * organisation. Of the facts about the mail only from and reply_to are looked at. */
void message_script(const struct message_templates *templates, const struct message_facts *facts,
		    enum message_language language, struct buffer *out);

#endif

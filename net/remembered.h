/*
 * Answers that stay true for a while (IANA's referrals, its table of RDAP
 * servers), so that they are not asked for again: in memory, and in a file of
 * the home (courtesy_home.h) for the next run. None is older than
 * REMEMBERED_AGE_MAX_MS, whatever the asker would take.
 */
#ifndef ISSUER_NET_REMEMBERED_H
#define ISSUER_NET_REMEMBERED_H

#include "net/courtesy_home.h"

#include <sys/queue.h>

enum {
	REMEMBERED_MAX = 64, /* a newer one takes the place of the oldest */
	REMEMBERED_OCTETS_MAX = 1 << 20,
	REMEMBERED_PARTS = 4,
	REMEMBERED_TOTAL_MAX = 4 << 20, /* in the file; the newest are written */
	REMEMBERED_FILE_MAX = 6 << 20,  /* base64 */
	/* RULES section 3 of BR 3.2.2.4.12: "neither server info nor bootstrap older than 48 h". */
	REMEMBERED_AGE_MAX_MS = 48 * 3600 * 1000,
};

/* A reply and its bytes. */
struct kept {
	TAILQ_ENTRY(kept) link;
	char *key;
	int64_t at_ms;        /* of the wall clock, which runs on while the machine sleeps */
	int64_t monotonic_ms; /* and of the one that is not set back */
	bool is_page;         /* http is the reply, else line */
	bool filed;           /* read from the file, and not yet held worth remembering */
	struct line_reply line;
	struct http_reply http;
	struct buffer parts[REMEMBERED_PARTS];
};

TAILQ_HEAD(keeps, kept);

struct remembered {
	struct keeps answers; /* oldest first */
	unsigned count;
	bool loaded;
};

void remembered_init(struct remembered *remembered);
void remembered_release(struct remembered *remembered);

/* Borrowed until something is added; NULL when there is none as young as the manners ask. */
struct kept *remembered_find(struct remembered *remembered, const struct courtesy_home *home,
			     const char *key, const struct manners *manners);
int64_t remembered_age(const struct kept *kept);

/* Take the place of an older answer to the same question. Nothing that is not a whole answer, and
 * worth remembering by the manners, is kept. */
void remembered_add_line(struct remembered *remembered, const struct courtesy_home *home,
			 const char *key, const struct manners *manners,
			 const struct line_reply *reply);
void remembered_add_page(struct remembered *remembered, const struct courtesy_home *home,
			 const char *key, const struct manners *manners,
			 const struct http_reply *reply);

#endif

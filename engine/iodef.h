/*
 * Reports to the owner of a domain of an issuance that its CAA records prevented
 * (RFC 8659 section 4.4, BR 4.2.2.1): one effect for each order, name and iodef
 * URL, whose intent is what will be sent, to the byte.
 * They are posts (post.h).
 */
#ifndef ISSUER_ENGINE_IODEF_H
#define ISSUER_ENGINE_IODEF_H

#include "engine/drive/post.h"
#include "store/authorization.h"
#include "validators/iodef.h"

/* Whom the records want told. Owned. */
struct iodef_wanted {
	struct arena arena;
	struct iodef_url urls[IODEF_URLS_MAX];
	size_t count;
};

/* Outside of a transaction: reads them from the evidence of a refusal, as far as the configuration
 * has reports sent; usually none. */
STATUS iodef_want(struct engine *engine, const struct verdict *verdict, struct slice evidence,
		  struct iodef_wanted *ret, struct error *err);
void iodef_wanted_release(struct iodef_wanted *wanted);

/* In the turn that records the refusal: writes the intents that are not there yet. */
STATUS iodef_intend(struct turn *turn, const struct authorization *authorization,
		    const struct verdict *verdict, const struct iodef_wanted *wanted,
		    struct error *err);
/* For the table of posts: how often they are tried, and whether they are sent at all. */
STATUS iodef_rule(struct turn *turn, const struct effect *effect, struct post_rule *ret,
		  struct error *err);

/* The parts of the key of a report's effect: "iodef:o-12:www.example.com:mailto:…". False when it
 * is another's. */
bool iodef_key_read(const struct effect *effect, struct arena *arena, const char **ret_name,
		    const char **ret_url);

#endif

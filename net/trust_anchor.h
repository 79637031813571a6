/*
 * Trust anchors (RFC 4035 section 4.4): the keys and key digests with which
 * validation starts, by the name of their zone. Those of the IANA root are built
 * in; others are read from a file of DS and DNSKEY records, one a line, also the
 * file that a resolver keeps by RFC 5011.
 */
#ifndef ISSUER_NET_TRUST_ANCHOR_H
#define ISSUER_NET_TRUST_ANCHOR_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

enum { TRUST_ANCHORS_MAX = 64, TRUST_ANCHOR_FILE_MAX = 1 << 20 };

struct trust_anchors;
struct ldns_struct_rr_list;

/* The root's. The caller frees it. */
struct trust_anchors *trust_anchors_root(void);
/* The records of a file; path is only named in sentences. INPUT naming the line when a record is
 * neither DS nor DNSKEY or cannot be read, or when there is none at all that may be trusted. */
STATUS trust_anchors_read(const char *path, struct slice text, struct trust_anchors **ret,
			  struct error *err);
/* All records, one a line, in the form that trust_anchors_read takes; into arena. */
const char *trust_anchors_text(const struct trust_anchors *anchors, struct arena *arena);
/* NULL is allowed. */
void trust_anchors_free(struct trust_anchors *anchors);
void trust_anchors_freep(struct trust_anchors **anchors);

/* All records; borrowed. */
const struct ldns_struct_rr_list *trust_anchors_records(const struct trust_anchors *anchors);

#endif

/*
 * What one run remembers of its resolvers: which of them keep the case of a
 * question (draft-vixie-dnsext-dns0x20), the DS and DNSKEY answers that many
 * look-ups share, until their TTL ends, and the signatures that were good. Bounded;
 * nothing survives the run.
 */
#ifndef ISSUER_NET_RESOLVER_MEMORY_H
#define ISSUER_NET_RESOLVER_MEMORY_H

#include "net/step.h"

enum {
	RESOLVER_ANSWERS_MAX = 1024, /* a newer one takes the place of an older one */
	RESOLVER_ANSWER_OCTETS_MAX = 8192,
	RESOLVER_ANSWER_LIFE_MAX_S = 3600,
};

struct resolver_memory;
struct signature_memory;

struct resolver_memory *resolver_memory_new(void);
/* NULL is allowed. */
void resolver_memory_free(struct resolver_memory *memory);
void resolver_memory_freep(struct resolver_memory **memory);

/* Of all look-ups of the run; borrowed. */
struct signature_memory *resolver_memory_signatures(struct resolver_memory *memory);

/* Whether a server repeats a question in the case in which it was asked. */
enum case_kept { CASE_NOT_SEEN, CASE_KEPT, CASE_CHANGED };
enum case_kept resolver_memory_case(const struct resolver_memory *memory,
				    const struct endpoint *server);
void resolver_memory_note_case(struct resolver_memory *memory, const struct endpoint *server,
			       enum case_kept kept);

/* Whether answers to such a question are remembered. */
bool resolver_memory_serves(const struct step_dns *question);
/* A remembered answer that still lives at now_ms (monotonic); its packet is borrowed until the next
 * call that remembers. false: none. */
bool resolver_memory_find(const struct resolver_memory *memory, const struct step_dns *question,
			  int64_t now_ms, struct event_dns *ret);
/* Forgets all answers, since one of them may be forged. */
void resolver_memory_forget(struct resolver_memory *memory);
/* Copies the answer; one that lives no second, or is too long, is not remembered. */
void resolver_memory_keep(struct resolver_memory *memory, const struct step_dns *question,
			  const struct event_dns *answer, uint32_t ttl_s, int64_t now_ms);

#endif

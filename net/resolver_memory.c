/*
 * What one run remembers of its resolvers: see resolver_memory.h. Answers lie in
 * slots by a hash of their question; two questions of one slot take turns.
 */
#include "net/resolver_memory.h"

#include "base/civil.h"
#include "base/memory.h"
#include "base/network.h"
#include "net/signature_memory.h"

#include <stdlib.h>
#include <string.h>

enum { TYPE_DS = 43, TYPE_DNSKEY = 48 };

struct slot {
	struct step_dns question;
	struct event_dns answer; /* its packet is owned; NULL: the slot is empty */
	uint8_t *packet;
	int64_t ends_ms; /* monotonic */
};

struct server_case {
	struct endpoint server;
	enum case_kept kept;
};

struct resolver_memory {
	struct slot slots[RESOLVER_ANSWERS_MAX];
	struct server_case servers[NETWORK_SERVERS_MAX];
	size_t server_count;
	struct signature_memory *signatures;
};

struct resolver_memory *resolver_memory_new(void)
{
	struct resolver_memory *memory = memory_new(1, sizeof(*memory));
	memory->signatures = signature_memory_new();
	return memory;
}

void resolver_memory_free(struct resolver_memory *memory)
{
	if (!memory)
		return;
	for (size_t i = 0; i < RESOLVER_ANSWERS_MAX; i++)
		free(memory->slots[i].packet);
	signature_memory_free(memory->signatures);
	free(memory);
}

struct signature_memory *resolver_memory_signatures(struct resolver_memory *memory)
{
	return memory->signatures;
}

void resolver_memory_freep(struct resolver_memory **memory)
{
	resolver_memory_free(*memory);
	*memory = NULL;
}

/* --- case --- */

static const struct server_case *find_server(const struct resolver_memory *memory,
					     const struct endpoint *server)
{
	for (size_t i = 0; i < memory->server_count; i++) {
		const struct server_case *known = &memory->servers[i];
		if (known->server.port == server->port &&
		    address_equal(&known->server.address, &server->address))
			return known;
	}
	return NULL;
}

enum case_kept resolver_memory_case(const struct resolver_memory *memory,
				    const struct endpoint *server)
{
	const struct server_case *known = find_server(memory, server);
	return known ? known->kept : CASE_NOT_SEEN;
}

/* The first that was seen stays: a forger must not talk us out of it. */
void resolver_memory_note_case(struct resolver_memory *memory, const struct endpoint *server,
			       enum case_kept kept)
{
	if (find_server(memory, server) || memory->server_count == NETWORK_SERVERS_MAX)
		return;
	memory->servers[memory->server_count++] = (struct server_case){*server, kept};
}

/* --- answers --- */

bool resolver_memory_serves(const struct step_dns *question)
{
	return question->records == DNS_RECORDS_SIGNED &&
	       (question->type == TYPE_DS || question->type == TYPE_DNSKEY);
}

/* FNV-1a over name and type: names come from outside, but a collision costs one more question. */
static size_t slot_number(const struct step_dns *question)
{
	uint32_t hash = UINT32_C(2166136261);
	for (const char *c = question->name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * UINT32_C(16777619);
	hash = (hash ^ question->type) * UINT32_C(16777619);
	return hash % RESOLVER_ANSWERS_MAX;
}

bool resolver_memory_find(const struct resolver_memory *memory, const struct step_dns *question,
			  int64_t now_ms, struct event_dns *ret)
{
	const struct slot *slot = &memory->slots[slot_number(question)];
	if (!slot->packet || now_ms >= slot->ends_ms || slot->question.type != question->type ||
	    strcmp(slot->question.name, question->name) != 0)
		return false;
	*ret = slot->answer;
	return true;
}

void resolver_memory_forget(struct resolver_memory *memory)
{
	for (size_t i = 0; i < RESOLVER_ANSWERS_MAX; i++) {
		free(memory->slots[i].packet);
		memory->slots[i] = (struct slot){0};
	}
}

void resolver_memory_keep(struct resolver_memory *memory, const struct step_dns *question,
			  const struct event_dns *answer, uint32_t ttl_s, int64_t now_ms)
{
	struct slot *slot = &memory->slots[slot_number(question)];
	size_t length = answer->answer.length;
	if (ttl_s == 0 || length > RESOLVER_ANSWER_OCTETS_MAX)
		return;
	if (ttl_s > RESOLVER_ANSWER_LIFE_MAX_S)
		ttl_s = RESOLVER_ANSWER_LIFE_MAX_S;
	uint8_t *packet = memory_new(length + 1, 1);
	memcpy(packet, answer->answer.data, length);
	free(slot->packet);
	*slot = (struct slot){
		.question = *question,
		.answer = *answer,
		.packet = packet,
		.ends_ms = now_ms + ttl_s * SECOND_MS,
	};
	slot->answer.answer = slice_of(packet, length);
}

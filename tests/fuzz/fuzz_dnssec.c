/*
 * Validated look-ups: net/dnssec. The input holds fields of two octets length
 * each: the name, a trust anchor, then the answers in the order in which they are
 * asked for. Nobody can sign but the zones of the seeds, whose addresses are all
 * in 192.0.2.0/24: no other address may be called secure. Signatures found good are
 * remembered from one input to the next, as a run does.
 */
#include "tests/fuzz/fuzz.h"

#include "net/dnssec.h"
#include "net/signature_memory.h"

#include <string.h>

enum { SEEDS_SIGNED_AT_S = 1795348800 };

static struct slice next_field(struct slice *left)
{
	if (left->length < 2)
		return SLICE_NONE;
	size_t length = (size_t)(left->data[0] << 8 | left->data[1]);
	if (length > left->length - 2)
		length = left->length - 2;
	struct slice field = slice_of(left->data + 2, length);
	*left = slice_of(field.data + length, left->length - 2 - length);
	return field;
}

static void check_end(const struct dnssec *dnssec)
{
	static const uint8_t documentation[] = {192, 0, 2};
	if (dnssec->found.aliases > DNSSEC_ALIASES_MAX + 1 || dnssec->reason[0] == '\0')
		__builtin_trap();
	for (size_t i = 0; i < dnssec->found.record_count; i++) {
		const struct dns_record *record = dnssec->found.records[i];
		if (dnssec->security == SECURITY_SECURE && record->type == DNS_TYPE_A &&
		    memcmp(record->rdata.data, documentation, sizeof(documentation)) != 0)
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_NONE;
	struct steps steps = {.arena = &arena};
	struct slice left = slice_of(data, size);
	struct trust_anchors *anchors = NULL;
	struct dnssec dnssec;
	static struct signature_memory *memory;
	if (!memory)
		memory = signature_memory_new();
	struct dnssec_shared shared = {.verified = memory};
	struct dnssec_params params = {
		.shared = &shared,
		.type = DNS_TYPE_A,
		.at_ms = SEEDS_SIGNED_AT_S * INT64_C(1000),
	};
	char name[NAME_TEXT];
	if (name_host(arena_bytes(&arena, next_field(&left)), name, NULL) != OK ||
	    trust_anchors_read("anchor", next_field(&left), &anchors, NULL) != OK) {
		arena_release(&arena);
		return 0;
	}
	params.name = name;
	params.anchors = anchors;
	dnssec_begin(&dnssec, &params, &steps);
	for (size_t i = 0; dnssec.security == SECURITY_ASKING; i++) {
		struct event event = {.kind = STEP_DNS, .id = dnssec.step_id};
		if (steps.count != 1 || i > DNSSEC_QUESTIONS_MAX)
			__builtin_trap();
		steps.count = 0;
		event.dns.answer = next_field(&left);
		event.dns.outcome = left.length > 0 || event.dns.answer.length > 0 ? DNS_ANSWERED
										   : DNS_TIMED_OUT;
		(void)dnssec_advance(&dnssec, &event, &steps);
	}
	check_end(&dnssec);
	dnssec_shared_release(&shared);
	trust_anchors_free(anchors);
	arena_release(&arena);
	return 0;
}

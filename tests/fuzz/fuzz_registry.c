/*
 * The conversation with registries: validators/registry, exchange, rdap_bootstrap,
 * dns_contact. The first octet says whether RDAP is asked; the others, cut at zero
 * octets, are the answers in the order of the questions. It must end, whatever
 * they say.
 */
#include "tests/fuzz/fuzz.h"

#include "base/civil.h"
#include "validators/contacts.h"
#include "validators/mailbox.h"

#include <string.h>

enum { QUESTIONS_MAX = 200 };

/* The next answer of the input. */
static struct slice next_answer(struct slice *left)
{
	size_t length = 0;
	while (length < left->length && left->data[length] != 0)
		length++;
	struct slice answer = slice_of(left->data, length);
	size_t taken = length < left->length ? length + 1 : length;
	if (left->length == 0)
		return SLICE_NONE;
	*left = slice_of(left->data + taken, left->length - taken);
	return answer;
}

/* Name servers say nothing of use: hosts are found only when they are addresses. */
static struct event answer_to(const struct step *step, struct slice *left)
{
	struct event event = {.kind = step->kind, .id = step->id, .at_ms = DAY_MS};
	struct slice answer = step->kind == STEP_DNS ? SLICE_NONE : next_answer(left);
	switch (step->kind) {
	case STEP_DNS:
		event.dns.outcome = DNS_SERVFAIL;
		break;
	case STEP_HTTP:
		event.http = (struct http_reply){.outcome = HTTP_ANSWERED,
						 .status = 200,
						 .headers = answer,
						 .body = answer,
						 .detail = ""};
		if (answer.length > 0 && answer.data[0] == 'H')
			event.http.status = 302;
		break;
	case STEP_TLS:
	case STEP_PERSPECTIVE:
		__builtin_trap();
	case STEP_LINE:
		event.line = (struct line_reply){
			.outcome = LINE_ANSWERED, .answer = answer, .detail = ""};
		break;
	}
	return event;
}

static void check(const struct validation *validation)
{
	const struct contacts *contacts = validation->state;
	const struct registry *registry = &contacts->registry;
	struct mailbox mailbox;
	if (!validation->finished || !registry->finished || !contacts->dns.finished)
		__builtin_trap();
	for (size_t i = 0; i < registry->contacts.count; i++) {
		const struct contact *row = &registry->contacts.rows[i];
		if (!row->source || row->role >= CONTACT_ROLE_COUNT ||
		    (row->email && mailbox_parse(slice_text(row->email), &mailbox, NULL) != OK))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct validation_task task = {
		.method = "contacts",
		.domain = "example.co.jp",
		.limits = {.redirects_max = 3, .body_max = 1 << 20}};
	struct arena arena = ARENA_NONE;
	struct slice left = size > 0 ? slice_of(data + 1, size - 1) : SLICE_NONE;
	struct network network = {.registry = {.whois_server = "192.88.98.1"}};
	struct validation validation;
	const char *value;
	if (size > 0 && data[0] == 'R')
		network.registry.rdap_bootstrap = "https://192.88.98.1/dns.json";
	validation_begin(&validation, &validator_contacts, &task, &network, &arena);
	for (int asked = 0; !validation.finished; asked++) {
		/* Answered in the order of asking. */
		struct step step = validation.steps.list[0];
		if (validation.steps.count == 0 || asked == QUESTIONS_MAX)
			__builtin_trap();
		memmove(validation.steps.list, validation.steps.list + 1,
			--validation.steps.count * sizeof(step));
		struct event event = answer_to(&step, &left);
		validator_contacts.advance(&validation, &event);
	}
	check(&validation);
	validation_release(&validation);
	(void)!dns_contact_value(DNS_CONTACT_EMAIL, slice_of(data, size), &arena, &value, NULL);
	(void)!dns_contact_value(DNS_CONTACT_PHONE, slice_of(data, size), &arena, &value, NULL);
	arena_release(&arena);
	return 0;
}

/*
 * What strangers send to the answer page: gateway/form (bodies, queries, cookies),
 * gateway/client, gateway/token, the language of a header, and what they wrote put
 * into a page. The first octet chooses.
 */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "gateway/answer_view.h"
#include "gateway/client.h"
#include "gateway/form.h"
#include "gateway/token.h"

#include <string.h>

static void must(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void escape(struct buffer *out, const char *text)
{
	for (; *text; text++)
		buffer_printf(out, "%%%02x", (unsigned char)*text);
}

/* What was read is text, and reads the same when it is written in full. */
static void read_form(struct slice bytes, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer again;
	struct form form = {.count = 0}, second = {.count = 0};
	struct error err;
	buffer_init(&again, 1 << 22);
	if (form_read(bytes, arena, &form, &err) != OK)
		return;
	must(form.count <= FORM_FIELDS_MAX);
	for (size_t i = 0; i < form.count; i++) {
		must(form_is_text(slice_text(form.fields[i].name)));
		must(form_is_text(slice_text(form.fields[i].value)));
		escape(&again, form.fields[i].name);
		buffer_append_text(&again, "=");
		escape(&again, form.fields[i].value);
		buffer_append_text(&again, "&");
	}
	must(form_read(buffer_slice(&again), arena, &second, &err) == OK);
	must(second.count == form.count);
	for (size_t i = 0; i < form.count; i++) {
		must(strcmp(form.fields[i].name, second.fields[i].name) == 0);
		must(strcmp(form.fields[i].value, second.fields[i].value) == 0);
	}
}

static void read_cookie(const char *header, struct arena *arena)
{
	const char *value = form_cookie(header, "__Host-answer", arena);
	must(!value || (value[0] && !strpbrk(value, " ,;=\"\r\n") && strstr(header, value)));
}

/* The client is the peer, or an address that the header names. */
static void read_forwarded(const char *header)
{
	static const struct address_prefix proxies[] = {{{ADDRESS_V4, {127}}, 8},
							{{ADDRESS_V6, {0xfd}}, 8}};
	const struct address peer = {ADDRESS_V4, {127, 0, 0, 1}};
	const struct address stranger = {ADDRESS_V4, {192, 0, 2, 1}};
	struct address client = client_address(&peer, header, proxies, 2);
	must(client.family == ADDRESS_V4 || client.family == ADDRESS_V6);
	client = client_address(&stranger, header, proxies, 2);
	must(address_equal(&client, &stranger));
}

/* None is good that was not made with the key. */
static void read_token(const char *text)
{
	static const uint8_t octets[TOKEN_KEY_BYTES] = {1, 2, 3};
	CLEANUP(secret_freep) struct secret *key = secret_new(slice_of(octets, sizeof(octets)));
	const struct token_of of = {.value = "value", .cookie = "cookie"};
	must(!token_is_good(key, &of, text, 0));
}

/* Markup in a page is ours alone: as many "<" as with nothing of theirs in it. */
static size_t count_tags(const char *foreign)
{
	const char *names[] = {foreign};
	struct answer_view view;
	struct question question = {
		.state = MESSAGE_OPEN,
		.recipient = foreign,
		.roles = "admin",
		.source = foreign,
		.applicant = foreign,
		.product = foreign,
		.ca = foreign,
		.domain = foreign,
		.domain_display = foreign,
		.names = names,
		.name_count = 1,
		.may_narrow = true,
	};
	size_t tags = 0;
	answer_view_init(&view, LANGUAGE_JA);
	if (answer_view_question(&view, &question, ANSWER_WORD_COUNT, NULL) == OK) {
		answer_view_question_end(&view, "token");
		must(form_is_text(buffer_slice(&view.text)));
		must(form_is_text(buffer_slice(&view.html)));
		for (const char *at = buffer_text(&view.html); (at = strchr(at, '<')); at++)
			tags++;
	}
	answer_view_release(&view);
	return tags;
}

static void show(const char *foreign)
{
	static size_t plain;
	size_t tags = count_tags(foreign);
	if (!plain)
		plain = count_tags("plain");
	/* A name that is written in two ways has two more pairs of tags. */
	must(tags == 0 || tags == plain || tags == plain + 2 || tags == plain + 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	if (size == 0)
		return 0;
	struct slice bytes = slice_of(data + 1, size - 1);
	const char *text = arena_bytes(&arena, bytes);
	switch (data[0]) {
	case 'f':
		read_form(bytes, &arena);
		break;
	case 'c':
		read_cookie(text, &arena);
		break;
	case 'x':
		read_forwarded(text);
		break;
	case 't':
		read_token(text);
		break;
	case 'l':
		must(language_of_header(text, LANGUAGE_EN) < LANGUAGE_COUNT);
		break;
	case 'v':
		show(text);
		break;
	default:
		break;
	}
	return 0;
}

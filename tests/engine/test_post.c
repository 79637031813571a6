/*
 * Intents of posts: what is written is read back to the byte, and nothing else is
 * read; an effect that is no post is not sent.
 */
#include "engine/drive/post.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct post_intent intent = {
	.to = "owner@example.com",
	.from = "ca@issuer.example",
	.id = "7f3a",
	.body = {(const uint8_t *)"Subject: x\r\n\0\r\n", 15},
};

static void test_what_is_written_is_read(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer out = {.maximum = POST_INTENT_MAX};
	struct post_intent back;
	post_intent_write(&intent, &out);
	assert_false(out.overflowed);
	assert_int_equal(post_intent_read(buffer_slice(&out), &arena, &back, NULL), OK);
	assert_string_equal(back.to, intent.to);
	assert_string_equal(back.from, intent.from);
	assert_string_equal(back.id, intent.id);
	assert_int_equal(back.body.length, intent.body.length);
	assert_memory_equal(back.body.data, intent.body.data, intent.body.length);
}

/* In a block of its own size: a read past the end is seen by the sanitizer. */
static enum status read_exactly(const uint8_t *bytes, size_t length, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct post_intent back;
	uint8_t *copy = malloc(length + 1);
	assert_non_null(copy);
	memmove(copy + 1, bytes, length);
	enum status status = post_intent_read(slice_of(copy + 1, length), &arena, &back, err);
	free(copy);
	return status;
}

static void test_a_damaged_intent_is_not_read(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer out = {.maximum = POST_INTENT_MAX};
	post_intent_write(&intent, &out);
	size_t length = out.length;
	for (size_t cut = 0; cut < length; cut++) {
		struct error err = NO_ERROR;
		assert_int_equal(read_exactly(out.data, cut, &err), STORE_DAMAGED);
	}
	buffer_append_byte(&out, 0);
	assert_int_equal(read_exactly(out.data, length + 1, NULL), STORE_DAMAGED);
	assert_int_equal(read_exactly(out.data, length, NULL), OK);
	out.data[0] = 0xff; /* a length beyond everything */
	assert_int_equal(read_exactly(out.data, length, NULL), STORE_DAMAGED);
}

static void test_a_body_has_its_limit(void **state)
{
	(void)state;
	struct post_intent longest = intent;
	uint8_t *body = calloc(1, POST_BODY_MAX + 1);
	assert_non_null(body);
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(buffer_release) struct buffer out = {.maximum = POST_INTENT_MAX};
		longest.body = slice_of(body, POST_BODY_MAX + more);
		post_intent_write(&longest, &out);
		assert_int_equal(out.overflowed, more == 1);
	}
	free(body);
}

static void test_only_posts_have_a_kind(void **state)
{
	(void)state;
	const struct post_kind *kind = NULL;
	struct error err = NO_ERROR;
	assert_int_equal(post_kind_find(EFFECT_KIND_REPORT_MAIL, &kind, &err), OK);
	assert_int_equal(kind->way, POST_BY_MAIL);
	assert_int_equal(post_kind_find(EFFECT_KIND_REPORT_POST, &kind, &err), OK);
	assert_int_equal(kind->way, POST_BY_HTTPS);
	assert_int_equal(post_kind_find(EFFECT_KIND_SIGN, &kind, &err), STORE_DAMAGED);
	assert_string_equal(err.sentence, "an effect of kind 1 cannot be sent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_a_damaged_intent_is_not_read),
		cmocka_unit_test(test_a_body_has_its_limit),
		cmocka_unit_test(test_only_posts_have_a_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

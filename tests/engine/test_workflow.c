/* The picture of the workflow is the one that was looked at last: workflow.dot. */
#include "engine/order/workflow.h"
#include "store/states.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DOT_MAX = 64 * 1024 };

static void draw(struct buffer *dot)
{
	buffer_init(dot, DOT_MAX);
	workflow_dot(dot);
	assert_false(dot->overflowed);
}

/* After a change of ORDER_STATES or ORDER_MOVES, look at the picture, then:
 * issuer workflow --dot >tests/engine/workflow.dot */
static void test_the_picture_is_as_it_was(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer dot;
	CLEANUP(buffer_release) struct buffer kept = {.maximum = DOT_MAX};
	char piece[4096];
	size_t length;
	FILE *file = fopen(ISSUER_SOURCE_DIR "/tests/engine/workflow.dot", "r");
	assert_non_null(file);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(&kept, piece, length);
	assert_int_equal(fclose(file), 0);
	draw(&dot);
	assert_string_equal(buffer_text(&dot), buffer_text(&kept));
}

static void test_every_state_and_move_is_drawn(void **state)
{
	(void)state;
	CLEANUP(buffer_release) struct buffer dot;
	char text[256];
	draw(&dot);
#define X(name, code, wire, kind, restart)                                                         \
	(void)snprintf(text, sizeof(text), "\t\"%s\" [shape=", wire);                              \
	assert_non_null(strstr(buffer_text(&dot), text));                                          \
	assert_non_null(strstr(buffer_text(&dot), restart));
	ORDER_STATES(X)
#undef X
	for (size_t i = 0; i < order_move_count; i++) {
		(void)snprintf(text, sizeof(text), "\"%s\" -> \"%s\" [label=\"%s\"]",
			       order_state_text(order_moves[i].from),
			       order_state_text(order_moves[i].to),
			       order_event_text(order_moves[i].event));
		assert_non_null(strstr(buffer_text(&dot), text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_picture_is_as_it_was),
		cmocka_unit_test(test_every_state_and_move_is_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The journal: what is written is read, links form a chain, an order finds its
 * own links, an undone event leaves no row, and a damaged body is refused.
 */
#include "store/audit.h"
#include "store/journal.h"
#include "store/order.h"
#include "tests/store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct journal_entry first = {
	.kind = ENTRY_ACT,
	.order_id = 7,
	.subject_id = INT64_MAX,
	.actor = "cli:root",
	.name = "order create",
	.to = "draft",
	.reason = "bücher, 日本語",
};
static const struct journal_entry second = {
	.kind = ENTRY_EVIDENCE,
	.subject_id = 3,
	.actor = "engine",
	.code = "page-missing",
};

static void append(struct shelf *shelf, const struct journal_entry *entry, int64_t at)
{
	struct journal_draft draft;
	journal_draft_init(&draft);
	journal_draft_add(&draft, entry);
	enum status status = store_journal_append(shelf->store, &draft, at, &shelf->error);
	journal_draft_release(&draft);
	shelf_ok(shelf, status);
}

static void same_text(const char *read, const char *written)
{
	assert_string_equal(read, written ? written : "");
}

static void same_entry(const struct journal_entry *read, const struct journal_entry *written)
{
	assert_int_equal(read->kind, written->kind);
	assert_int_equal(read->order_id, written->order_id);
	assert_int_equal(read->subject_id, written->subject_id);
	same_text(read->actor, written->actor);
	same_text(read->name, written->name);
	same_text(read->from, written->from);
	same_text(read->to, written->to);
	same_text(read->code, written->code);
	same_text(read->reason, written->reason);
}

static struct journal_link link_after(struct shelf *shelf, int64_t order_id, int64_t seq)
{
	struct journal_link link;
	shelf_ok(shelf, store_journal_read(shelf->store, order_id, seq, &shelf->arena, &link,
					   &shelf->error));
	return link;
}

static void test_what_is_written_is_read(void **state)
{
	struct shelf *shelf = *state;
	struct journal_draft draft;
	struct journal_body body;
	journal_draft_init(&draft);
	journal_draft_add(&draft, &first);
	journal_draft_add(&draft, &second);
	shelf_ok(shelf, store_journal_append(shelf->store, &draft, 1234, &shelf->error));
	journal_draft_release(&draft);

	struct journal_link link = link_after(shelf, 0, 0);
	shelf_ok(shelf, journal_body_read(link.body, &shelf->arena, &body, &shelf->error));
	assert_int_equal(body.seq, 1);
	assert_int_equal(body.at, 1234);
	assert_int_equal(body.count, 2);
	same_entry(&body.entries[0], &first);
	same_entry(&body.entries[1], &second);
}

static void test_links_form_a_chain(void **state)
{
	struct shelf *shelf = *state;
	struct digest before = {{0}}, head;
	int64_t seq = 0;
	assert_int_equal(store_journal_head(shelf->store, &seq, &head, &shelf->error), NOT_FOUND);
	for (int64_t i = 1; i <= 3; i++)
		append(shelf, i == 2 ? &second : &first, 100 * i);
	for (int64_t i = 1; i <= 3; i++) {
		struct journal_link link = link_after(shelf, 0, i - 1);
		assert_int_equal(link.seq, i);
		assert_int_equal(link.at, 100 * i);
		assert_true(digest_equal(link.previous, before));
		assert_true(digest_equal(
			link.hash, digest_of_two(slice_of(before.bytes, DIGEST_BYTES), link.body)));
		before = link.hash;
	}
	shelf_ok(shelf, store_journal_head(shelf->store, &seq, &head, &shelf->error));
	assert_int_equal(seq, 3);
	assert_true(digest_equal(head, before));
	struct journal_link none;
	assert_int_equal(
		store_journal_read(shelf->store, 0, 3, &shelf->arena, &none, &shelf->error),
		NOT_FOUND);
}

static void test_an_order_finds_its_links(void **state)
{
	struct shelf *shelf = *state;
	append(shelf, &first, 1);
	append(shelf, &second, 2);
	append(shelf, &first, 3);
	assert_int_equal(link_after(shelf, 7, 0).seq, 1);
	assert_int_equal(link_after(shelf, 7, 1).seq, 3);
	struct journal_link none;
	assert_int_equal(
		store_journal_read(shelf->store, 7, 3, &shelf->arena, &none, &shelf->error),
		NOT_FOUND);
	assert_int_equal(
		store_journal_read(shelf->store, 8, 0, &shelf->arena, &none, &shelf->error),
		NOT_FOUND);
}

static void test_an_undone_event_leaves_no_row(void **state)
{
	struct shelf *shelf = *state;
	struct journal_draft draft;
	struct journal_body body;
	journal_draft_init(&draft);
	journal_draft_add(&draft, &second);
	struct journal_mark mark = journal_draft_mark(&draft);
	journal_draft_add(&draft, &first);
	journal_draft_rewind(&draft, mark);
	assert_int_equal(draft.count, 1);
	shelf_ok(shelf, store_journal_append(shelf->store, &draft, 5, &shelf->error));
	journal_draft_release(&draft);
	struct journal_link link = link_after(shelf, 0, 0), none;
	shelf_ok(shelf, journal_body_read(link.body, &shelf->arena, &body, &shelf->error));
	assert_int_equal(body.count, 1);
	same_entry(&body.entries[0], &second);
	assert_int_equal(
		store_journal_read(shelf->store, 7, 0, &shelf->arena, &none, &shelf->error),
		NOT_FOUND);
}

static void test_a_cut_or_lengthened_body_is_refused(void **state)
{
	struct shelf *shelf = *state;
	struct journal_body body = {.seq = 42};
	append(shelf, &first, 1);
	struct slice whole = link_after(shelf, 0, 0).body;
	for (size_t length = 0; length < whole.length; length++) {
		struct slice cut = slice_of(whole.data, length);
		assert_int_equal(journal_body_read(cut, &shelf->arena, &body, &shelf->error),
				 JOURNAL_BROKEN);
	}
	CLEANUP(buffer_release) struct buffer longer = {.maximum = 4096};
	buffer_append_slice(&longer, whole);
	buffer_append_byte(&longer, 0);
	assert_int_equal(
		journal_body_read(buffer_slice(&longer), &shelf->arena, &body, &shelf->error),
		JOURNAL_BROKEN);
	assert_int_equal(body.seq, 42); /* untouched on failure */
}

/* Every single flipped bit is either refused or read as something else, and never out of bounds
 * (the sanitizers watch). */
static void test_a_flipped_bit_is_never_the_same(void **state)
{
	struct shelf *shelf = *state;
	append(shelf, &first, 1);
	struct slice whole = link_after(shelf, 0, 0).body;
	struct digest right = digest_of(whole);
	uint8_t *damaged = arena_new(&shelf->arena, whole.length, 1);
	memcpy(damaged, whole.data, whole.length);
	for (size_t bit = 0; bit < 8 * whole.length; bit++) {
		struct journal_body body;
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct slice bytes = slice_of(damaged, whole.length);
		enum status status = journal_body_read(bytes, &arena, &body, &shelf->error);
		assert_true(status == OK || status == JOURNAL_BROKEN);
		assert_false(digest_equal(digest_of(bytes), right));
		damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* ---- held against the records ---- */

static enum status audited(struct shelf *shelf, const struct journal_entry *entries, size_t count)
{
	shelf_ok(shelf, store_audit_begin(shelf->store, &shelf->error));
	for (size_t i = 0; i < count; i++)
		TRY(store_audit_add(shelf->store, &entries[i], &shelf->error));
	return store_audit_compare(shelf->store, &shelf->error);
}

static void test_the_audit_follows_every_move(void **state)
{
	struct shelf *shelf = *state;
	const struct journal_entry skipped[] = {
		{.kind = ENTRY_ORDER_STATE, .order_id = 1, .from = "draft", .to = "pending"},
		{.kind = ENTRY_ORDER_STATE, .order_id = 1, .from = "ready", .to = "issuing"},
	};
	const struct journal_entry unknown[] = {
		{.kind = ENTRY_ORDER_STATE, .order_id = 1, .from = "draft", .to = "done"},
	};
	const struct journal_entry without_record[] = {
		{.kind = ENTRY_ORDER_STATE, .order_id = 1, .from = "draft", .to = "pending"},
	};
	assert_int_equal(audited(shelf, NULL, 0), OK);
	assert_int_equal(audited(shelf, skipped, 2), JOURNAL_BROKEN);
	assert_non_null(strstr(shelf->error.sentence, "o-1"));
	assert_int_equal(audited(shelf, unknown, 1), JOURNAL_BROKEN);
	assert_int_equal(audited(shelf, without_record, 1), JOURNAL_BROKEN);
	/* Each audit begins with empty tables. */
	assert_int_equal(audited(shelf, NULL, 0), OK);
}

#define ON_A_SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_SHELF(test_what_is_written_is_read),
		ON_A_SHELF(test_links_form_a_chain),
		ON_A_SHELF(test_an_order_finds_its_links),
		ON_A_SHELF(test_an_undone_event_leaves_no_row),
		ON_A_SHELF(test_a_cut_or_lengthened_body_is_refused),
		ON_A_SHELF(test_a_flipped_bit_is_never_the_same),
		ON_A_SHELF(test_the_audit_follows_every_move),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Links, their bodies, and the draft of the next one: see journal.h. */
#include "store/journal.h"

#include "base/memory.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

/* ---- the draft ---- */

void journal_draft_init(struct journal_draft *draft)
{
	*draft = (struct journal_draft){0};
	buffer_init(&draft->rows, JOURNAL_BODY_MAX);
}

void journal_draft_release(struct journal_draft *draft)
{
	buffer_release(&draft->rows);
	free(draft->orders);
	*draft = (struct journal_draft){0};
}

void journal_draft_clear(struct journal_draft *draft)
{
	buffer_clear(&draft->rows);
	draft->count = 0;
	draft->order_count = 0;
}

static void append_text(struct buffer *out, const char *text)
{
	struct slice bytes = slice_text(text);
	buffer_append_u32(out, (uint32_t)bytes.length);
	buffer_append_slice(out, bytes);
}

void journal_draft_add(struct journal_draft *draft, const struct journal_entry *entry)
{
	buffer_append_u32(&draft->rows, (uint32_t)entry->kind);
	buffer_append_u64(&draft->rows, (uint64_t)entry->order_id);
	buffer_append_u64(&draft->rows, (uint64_t)entry->subject_id);
	append_text(&draft->rows, entry->actor);
	append_text(&draft->rows, entry->name);
	append_text(&draft->rows, entry->from);
	append_text(&draft->rows, entry->to);
	append_text(&draft->rows, entry->code);
	append_text(&draft->rows, entry->reason);
	draft->count++;
	if (!entry->order_id)
		return;
	if (draft->order_count == draft->order_room) {
		draft->order_room = draft->order_room ? draft->order_room * 2 : 64;
		draft->orders =
			memory_resize(draft->orders, draft->order_room, sizeof(*draft->orders));
	}
	draft->orders[draft->order_count++] = entry->order_id;
}

struct journal_mark journal_draft_mark(const struct journal_draft *draft)
{
	return (struct journal_mark){draft->rows.length, draft->count, draft->order_count};
}

void journal_draft_rewind(struct journal_draft *draft, struct journal_mark mark)
{
	draft->rows.length = mark.length;
	draft->rows.overflowed = 0;
	draft->count = mark.count;
	draft->order_count = mark.order_count;
}

/* ---- links ---- */

static enum status read_hash(sqlite3_stmt *row, int column, struct digest *ret, struct error *err)
{
	if (sqlite3_column_bytes(row, column) != DIGEST_BYTES)
		return fail(err, JOURNAL_BROKEN, "journal link %lld has a hash of %d octets",
			    (long long)sql_integer(row, 0), sqlite3_column_bytes(row, column));
	memcpy(ret->bytes, sqlite3_column_blob(row, column), DIGEST_BYTES);
	return OK;
}

enum status store_journal_head(struct store *store, int64_t *ret_seq, struct digest *ret_hash,
			       struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, JOURNAL_HEAD, &row, err, ""));
	TRY(read_hash(row, 1, ret_hash, err));
	*ret_seq = sql_integer(row, 0);
	return OK;
}

static enum status index_orders(struct store *store, const struct journal_draft *draft, int64_t seq,
				struct error *err)
{
	int64_t last = 0;
	for (size_t i = 0; i < draft->order_count; i++) {
		if (draft->orders[i] == last)
			continue;
		last = draft->orders[i];
		TRY(sql_run(store, JOURNAL_ORDER_INSERT, err, "ii", last, seq));
	}
	return OK;
}

enum status store_journal_append(struct store *store, const struct journal_draft *draft, int64_t at,
				 struct error *err)
{
	int64_t seq = 0;
	struct digest previous = {{0}};
	enum status status = store_journal_head(store, &seq, &previous, err);
	if (status != OK && status != NOT_FOUND)
		return status;
	seq++;
	struct buffer body;
	buffer_init(&body, JOURNAL_BODY_MAX + 64);
	buffer_append_u32(&body, JOURNAL_VERSION);
	buffer_append_u64(&body, (uint64_t)seq);
	buffer_append_u64(&body, (uint64_t)at);
	buffer_append_u32(&body, draft->count);
	buffer_append_slice(&body, buffer_slice(&draft->rows));
	if (body.overflowed || draft->rows.overflowed) {
		buffer_release(&body);
		return fail(err, INTERNAL, "one transaction has more than %d octets of journal",
			    JOURNAL_BODY_MAX);
	}
	struct slice before = slice_of(previous.bytes, DIGEST_BYTES);
	struct digest hash = digest_of_two(before, buffer_slice(&body));
	status = sql_run(store, JOURNAL_INSERT, err, "iibbb", seq, at, before, buffer_slice(&body),
			 slice_of(hash.bytes, DIGEST_BYTES));
	buffer_release(&body);
	TRY(status);
	return index_orders(store, draft, seq, err);
}

enum status store_journal_read(struct store *store, int64_t order_id, int64_t seq,
			       struct arena *arena, struct journal_link *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	if (order_id)
		TRY(sql_one(store, JOURNAL_OF_ORDER, &row, err, "ii", order_id, seq));
	else
		TRY(sql_one(store, JOURNAL_READ, &row, err, "i", seq));
	struct journal_link link = {
		.seq = sql_integer(row, 0),
		.at = sql_integer(row, 1),
		.body = sql_blob(row, 3, arena),
	};
	TRY(read_hash(row, 2, &link.previous, err));
	TRY(read_hash(row, 4, &link.hash, err));
	*ret = link;
	return OK;
}

/* ---- bodies ---- */

struct reader {
	struct slice rest;
	bool short_of_bytes;
};

static uint64_t read_number(struct reader *reader, size_t octets)
{
	if (reader->rest.length < octets) {
		reader->short_of_bytes = true;
		return 0;
	}
	uint64_t value = 0;
	for (size_t i = 0; i < octets; i++)
		value = value << 8 | reader->rest.data[i];
	reader->rest = slice_of(reader->rest.data + octets, reader->rest.length - octets);
	return value;
}

static const char *read_text(struct reader *reader, struct arena *arena)
{
	size_t length = (size_t)read_number(reader, 4);
	if (reader->short_of_bytes || reader->rest.length < length) {
		reader->short_of_bytes = true;
		return "";
	}
	const char *text = arena_bytes(arena, slice_of(reader->rest.data, length));
	reader->rest = slice_of(reader->rest.data + length, reader->rest.length - length);
	return text;
}

static void read_entry(struct reader *reader, struct arena *arena, struct journal_entry *ret)
{
	ret->kind = (enum entry_kind)read_number(reader, 4);
	ret->order_id = (int64_t)read_number(reader, 8);
	ret->subject_id = (int64_t)read_number(reader, 8);
	ret->actor = read_text(reader, arena);
	ret->name = read_text(reader, arena);
	ret->from = read_text(reader, arena);
	ret->to = read_text(reader, arena);
	ret->code = read_text(reader, arena);
	ret->reason = read_text(reader, arena);
}

/* The least that one entry takes: kind, two numbers, six lengths. */
enum { ENTRY_BYTES_MIN = 4 + 8 + 8 + 6 * 4 };

enum status journal_body_read(struct slice body, struct arena *arena, struct journal_body *ret,
			      struct error *err)
{
	struct reader reader = {.rest = body};
	uint64_t version = read_number(&reader, 4);
	if (version != JOURNAL_VERSION)
		return fail(err, JOURNAL_BROKEN, "a journal body has version %llu, known is %d",
			    (unsigned long long)version, JOURNAL_VERSION);
	struct journal_body parsed = {
		.seq = (int64_t)read_number(&reader, 8),
		.at = (int64_t)read_number(&reader, 8),
		.count = (size_t)read_number(&reader, 4),
	};
	if (reader.short_of_bytes || parsed.count > reader.rest.length / ENTRY_BYTES_MIN)
		return fail(err, JOURNAL_BROKEN, "a journal body ends early");
	parsed.entries = arena_new(arena, parsed.count, sizeof(*parsed.entries));
	for (size_t i = 0; i < parsed.count; i++)
		read_entry(&reader, arena, &parsed.entries[i]);
	if (reader.short_of_bytes || reader.rest.length)
		return fail(err, JOURNAL_BROKEN, "journal body %lld does not end where it should",
			    (long long)parsed.seq);
	*ret = parsed;
	return OK;
}

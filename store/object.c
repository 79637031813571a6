/* Records as digests: see object.h. */
#include "store/object.h"

#include "store/sql.h"

enum { OBJECT_MAX = 1024 * 1024 };

/* One more kind of record is one row here. */
static const struct object_row {
	enum entry_kind kind;
	enum statement row;
	enum statement count;
	/* Columns of the first version. Those that a migration added stand behind them and are NULL
	 * in older records, whose digests they do not change. 0: all. */
	int columns;
} object_rows[] = {
	{ENTRY_ORDER, OBJECT_ORDER, COUNT_ORDER, 14},
	{ENTRY_REQUEST, OBJECT_REQUEST, COUNT_REQUEST, 0},
	{ENTRY_AUTHORITY, OBJECT_AUTHORITY, COUNT_AUTHORITY, 0},
	{ENTRY_EVIDENCE, OBJECT_EVIDENCE, COUNT_EVIDENCE, 0},
	{ENTRY_VALIDATION, OBJECT_VALIDATION, COUNT_VALIDATION, 16},
	{ENTRY_EFFECT, OBJECT_EFFECT, COUNT_EFFECT, 0},
	{ENTRY_CERTIFICATE, OBJECT_CERTIFICATE, COUNT_CERTIFICATE, 0},
	{ENTRY_MESSAGE, OBJECT_MESSAGE, COUNT_MESSAGE, 0},
	{ENTRY_CALL, OBJECT_CALL, COUNT_CALL, 0},
	{ENTRY_REJECTION, OBJECT_REJECTION, COUNT_REJECTION, 0},
};

static const struct object_row *find(enum entry_kind kind)
{
	for (size_t i = 0; i < ARRAY_LENGTH(object_rows); i++)
		if (object_rows[i].kind == kind)
			return &object_rows[i];
	return NULL;
}

bool store_object_kind(size_t index, enum entry_kind *ret)
{
	if (index >= ARRAY_LENGTH(object_rows))
		return false;
	*ret = object_rows[index].kind;
	return true;
}

/* Type, length and bytes of every column, so that no two rows read alike. */
static void append_column(sqlite3_stmt *row, int column, struct buffer *out)
{
	int type = sqlite3_column_type(row, column);
	buffer_append_byte(out, (uint8_t)type);
	if (type == SQLITE_NULL)
		return;
	if (type == SQLITE_INTEGER) {
		buffer_append_u64(out, (uint64_t)sqlite3_column_int64(row, column));
		return;
	}
	const void *bytes = sqlite3_column_blob(row, column);
	size_t length = (size_t)sqlite3_column_bytes(row, column);
	buffer_append_u32(out, (uint32_t)length);
	buffer_append(out, bytes, length);
}

/* With its number before it, so that it never reads like another one that was left out. */
static void append_added(sqlite3_stmt *row, int column, struct buffer *out)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return;
	buffer_append_u32(out, (uint32_t)column);
	append_column(row, column, out);
}

enum status store_object_digest(struct store *store, enum entry_kind kind, int64_t id,
				struct digest *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	CLEANUP(buffer_release) struct buffer text = {.maximum = OBJECT_MAX};
	const struct object_row *object = find(kind);
	if (!object)
		return fail(err, INTERNAL, "entries of kind %s have no records",
			    entry_kind_text(kind));
	TRY(sql_one(store, object->row, &row, err, "i", id));
	int all = sqlite3_column_count(row);
	int first = object->columns ? object->columns : all;
	for (int column = 0; column < first; column++)
		append_column(row, column, &text);
	for (int column = first; column < all; column++)
		append_added(row, column, &text);
	if (text.overflowed)
		return fail(err, STORE_DAMAGED, "%s %lld is larger than %d octets",
			    entry_kind_text(kind), (long long)id, OBJECT_MAX);
	*ret = digest_of(buffer_slice(&text));
	return OK;
}

enum status store_object_count(struct store *store, enum entry_kind kind, int64_t *ret,
			       struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	const struct object_row *object = find(kind);
	if (!object)
		return fail(err, INTERNAL, "entries of kind %s have no records",
			    entry_kind_text(kind));
	TRY(sql_one(store, object->count, &row, err, ""));
	*ret = sql_integer(row, 0);
	return OK;
}

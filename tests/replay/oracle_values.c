/*
 * The values of mails, sought wherever somebody could read them: in every table but
 * where mails wait to be sent, in files, and in what is shown.
 */
#include "engine/view.h"
#include "store/sql.h"
#include "tests/replay/oracle_kept.h"

#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

struct search {
	struct oracle *oracle;
	const char *where; /* a table's or file's name */
	size_t length;     /* of every value */
};

static bool is_of_value(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
}

static void look_at(const struct search *search, const uint8_t *run)
{
	for (size_t i = 0; i < search->oracle->world->letter_count; i++)
		if (memcmp(run, search->oracle->world->letters[i].value, search->length) == 0)
			oracle_violate(search->oracle, VIOLATION_RULE,
				       "the value of a mail to %s stands in %s",
				       search->oracle->world->letters[i].to, search->where);
}

static void seek(const struct search *search, struct slice bytes)
{
	size_t run = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		run = is_of_value(bytes.data[i]) ? run + 1 : 0;
		if (run >= search->length)
			look_at(search, bytes.data + i + 1 - search->length);
	}
}

static void seek_row(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	const struct search *search = context;
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		int type = sqlite3_column_type(row, i);
		if (strcmp(search->where, "effect") == 0 &&
		    strcmp(sqlite3_column_name(row, i), "intent") == 0)
			continue;
		if (type == SQLITE_TEXT || type == SQLITE_BLOB)
			seek(search, slice_of(sqlite3_column_blob(row, i),
					      (size_t)sqlite3_column_bytes(row, i)));
	}
}

/* A statement of its own: there are as many as tables. */
static void seek_table(struct search *search, struct engine *engine)
{
	CLEANUP(memory_freep) char *sql = memory_printf("SELECT * FROM \"%s\"", search->where);
	sqlite3_stmt *row = NULL;
	if (sqlite3_prepare_v2(engine->store->db, sql, -1, &row, NULL) != SQLITE_OK)
		oracle_violate(search->oracle, VIOLATION_DAMAGED, "the table %s cannot be read",
			       search->where);
	while (row && sqlite3_step(row) == SQLITE_ROW)
		seek_row(search->oracle, row, search);
	(void)sqlite3_finalize(row);
}

struct tables {
	struct search *search;
	struct engine *engine;
	int64_t count;
};

static void take_table(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct tables *tables = context;
	tables->search->where = (const char *)sqlite3_column_text(row, 0);
	seek_table(tables->search, tables->engine);
	tables->count++;
}

static void seek_file(const char *path, struct slice bytes, void *context)
{
	struct search *search = context;
	search->where = path;
	if (!strstr(path, "/issuer.db"))
		seek(search, bytes);
}

static void seek_view(struct search *search, enum status status, json_t *view)
{
	char *text = status == OK ? json_dumps(view, JSON_ENCODE_ANY) : NULL;
	if (text)
		seek(search, slice_text(text));
	else
		oracle_violate(search->oracle, VIOLATION_RULE, "%s cannot be shown", search->where);
	free(text);
	json_decref(view);
}

static void seek_views(struct search *search, struct engine *engine)
{
	static const struct {
		const char *words;
		enum status (*view)(struct engine *engine, int64_t order_id, json_t **ret,
				    struct error *err);
	} views[] = {{"order show", view_order},
		     {"order explain", view_explain},
		     {"order history", view_history}};
	int64_t last = oracle_number(search->oracle, engine, "SELECT max(id) FROM orders", 0, 0);
	for (int64_t id = 1; id <= last; id++)
		for (size_t i = 0; i < ARRAY_LENGTH(views); i++) {
			json_t *view = NULL;
			search->where = views[i].words;
			enum status status = views[i].view(engine, id, &view, NULL);
			seek_view(search, status, view);
		}
	json_t *view = NULL;
	search->where = "status";
	enum status status = view_status(engine, &view, NULL);
	seek_view(search, status, view);
}

void oracle_seek_values(struct oracle *oracle, struct engine *engine)
{
	if (oracle->world->letter_count == 0 || oracle->violation != VIOLATION_NONE)
		return;
	struct search search = {.oracle = oracle,
				.length = strlen(oracle->world->letters[0].value)};
	struct tables tables = {&search, engine, 0};
	(void)oracle_ask(oracle, engine, "SELECT name FROM sqlite_master WHERE type = 'table'", 0,
			 take_table, &tables);
	disk_walk(oracle->disk, seek_file, &search);
	seek_views(&search, engine);
	oracle->tally->counts[TALLY_VALUES_SOUGHT] += (int64_t)oracle->world->letter_count;
}

/*
 * From text cells to values, and back to text: see column.h. Every refusal names
 * the file, the row, the key, the value seen and what would have been accepted.
 */
#include "policy/column.h"

#include "policy/nearest.h"
#include "policy/quantity.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 400 };

static const int64_t date_unset[] = {INT64_MIN, INT64_MAX};

/* One value --------------------------------------------------------------- */

static bool is_kebab(const char *text)
{
	size_t length = strlen(text);
	if (length == 0 || length > NEAREST_WORD_MAX || text[0] == '-' || text[length - 1] == '-')
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
	       !strstr(text, "--");
}

static bool is_printable(const char *text)
{
	size_t length = strlen(text);
	if (length == 0 || length > TEXT_MAX)
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x20 || c == 0x7f)
			return false;
	}
	return true;
}

/* -1 when it is none of the column's words. */
static int word_index(const struct column *column, const char *text)
{
	for (int i = 0; column->words[i]; i++) {
		if (strcmp(text, column->words[i]) == 0)
			return i;
	}
	return -1;
}

static enum status read_text(const struct column *column, const char *text, void *field)
{
	bool is_id = column->kind == COLUMN_ID || column->kind == COLUMN_IDS;
	if (is_id ? !is_kebab(text) : !is_printable(text))
		return INPUT;
	if (column->words && word_index(column, text) < 0)
		return INPUT;
	memcpy(field, &text, sizeof(text));
	return OK;
}

static enum status read_number(const struct column *column, const char *text,
			       enum status (*read)(const char *, int64_t *), void *field)
{
	int64_t value;
	TRY(read(text, &value));
	if (value < column->least || value > column->most)
		return INPUT;
	if (column->kind == COLUMN_DURATION) {
		memcpy(field, &value, sizeof(value));
		return OK;
	}
	if (value > INT_MAX)
		return INPUT;
	int number = (int)value;
	memcpy(field, &number, sizeof(number));
	return OK;
}

static enum status read_boolean(const char *text, void *field)
{
	bool value = strcmp(text, "true") == 0;
	if (!value && strcmp(text, "false") != 0)
		return INPUT;
	memcpy(field, &value, sizeof(value));
	return OK;
}

static enum status read_word(const struct column *column, const char *text, void *field)
{
	int word = word_index(column, text);
	if (word < 0)
		return INPUT;
	memcpy(field, &word, sizeof(word));
	return OK;
}

static enum status read_date(const char *text, int zone_s, void *field)
{
	struct civil date;
	TRY(civil_parse(text, &date));
	int64_t at_ms = civil_start(date, zone_s);
	memcpy(field, &at_ms, sizeof(at_ms));
	return OK;
}

static bool period_fits(const struct column *column, struct period period)
{
	unsigned unit = 1U << period.unit;
	return period.count >= column->least && period.count <= column->most &&
	       (column->period_units == 0 || (column->period_units & unit));
}

static enum status read_period(const struct column *column, const char *text, void *field)
{
	struct period period;
	TRY(quantity_period(text, &period));
	if (!period_fits(column, period))
		return INPUT;
	memcpy(field, &period, sizeof(period));
	return OK;
}

/* INPUT when the text is no value of the column. */
static enum status read_value(const struct column *column, const char *text,
			      const struct reading *reading, void *field)
{
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_ID:
	case COLUMN_TEXTS:
	case COLUMN_IDS:
		return read_text(column, text, field);
	case COLUMN_INTEGER:
		return read_number(column, text, quantity_integer, field);
	case COLUMN_TIMEOUT:
	case COLUMN_DURATION:
		return read_number(column, text, quantity_duration, field);
	case COLUMN_SIZE:
		return read_number(column, text, quantity_size, field);
	case COLUMN_BOOLEAN:
		return read_boolean(text, field);
	case COLUMN_WORD:
		return read_word(column, text, field);
	case COLUMN_DATE:
		return read_date(text, reading->zone_s, field);
	case COLUMN_PERIOD:
		return read_period(column, text, field);
	case COLUMN_GROUP:
	case COLUMN_ROWS:
		break;
	}
	return INTERNAL;
}

/* What would have been accepted ------------------------------------------- */

static void expect_words(const struct column *column, struct buffer *out)
{
	buffer_append_text(out, "one of");
	for (size_t i = 0; column->words[i]; i++)
		buffer_printf(out, "%s %s", i ? "," : "", column->words[i]);
}

static void expect_period(const struct column *column, struct buffer *out)
{
	char text[QUANTITY_TEXT];
	buffer_printf(out, "a period of %" PRId64 " to %" PRId64, column->least, column->most);
	const char *separator = " ";
	for (int unit = PERIOD_MONTHS; unit <= PERIOD_SECONDS; unit++) {
		if (column->period_units && !(column->period_units & (1U << unit)))
			continue;
		struct period two = {.unit = (enum period_unit)unit, .count = 2};
		buffer_printf(out, "%s%s", separator, quantity_period_text(two, text) + 2);
		separator = " or ";
	}
}

static void expect(const struct column *column, struct buffer *out)
{
	char least[QUANTITY_TEXT], most[QUANTITY_TEXT];
	if (column->words) {
		expect_words(column, out);
		return;
	}
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_TEXTS:
		buffer_printf(out, "a line of 1 to %d octets", TEXT_MAX);
		return;
	case COLUMN_ID:
	case COLUMN_IDS:
		buffer_append_text(out, "a word of lower-case letters, digits and hyphens");
		return;
	case COLUMN_INTEGER:
		buffer_printf(out, "a whole number from %" PRId64 " to %" PRId64, column->least,
			      column->most);
		return;
	case COLUMN_TIMEOUT:
	case COLUMN_DURATION:
		buffer_printf(out, "a length of time from %s to %s",
			      quantity_duration_text(column->least, least),
			      quantity_duration_text(column->most, most));
		return;
	case COLUMN_SIZE:
		buffer_printf(out, "a size from %s to %s", quantity_size_text(column->least, least),
			      quantity_size_text(column->most, most));
		return;
	case COLUMN_BOOLEAN:
		buffer_append_text(out, "true or false");
		return;
	case COLUMN_DATE:
		buffer_append_text(out, "a date like 2026-03-15");
		return;
	case COLUMN_PERIOD:
		expect_period(column, out);
		return;
	case COLUMN_WORD:
	case COLUMN_GROUP:
	case COLUMN_ROWS:
		return;
	}
}

static enum status fail_value(const struct column *column, const char *text,
			      const struct reading *reading, struct error *err)
{
	CLEANUP(buffer_release) struct buffer expected;
	buffer_init(&expected, TEXT_MAX);
	expect(column, &expected);
	(void)fail(err, reading->status, "%s is \"%.80s\", not %s", column->key, text,
		   buffer_text(&expected));
	size_t count = 0;
	while (column->words && column->words[count])
		count++;
	const char *nearest = count ? nearest_word(text, column->words, count) : NULL;
	return nearest ? fail_hint(err, reading->status, "the nearest known value is \"%s\"",
				   nearest)
		       : reading->status;
}

/* Mappings, rows, lists --------------------------------------------------- */

static enum status read_list(const struct column *column, const struct cell *cell,
			     const struct reading *reading, char *values, struct error *err)
{
	char *const *texts = cell->data;
	if ((int64_t)cell->count > column->most)
		return fail(err, reading->status,
			    "%s has %u entries, at most %" PRId64 " are allowed", column->key,
			    cell->count, column->most);
	for (size_t i = 0; i < cell->count; i++) {
		if (read_value(column, texts[i], reading,
			       values + column->offset + i * sizeof(char *)) != OK)
			return fail_value(column, texts[i], reading, err);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(texts[i], texts[j]) == 0)
				return fail(err, reading->status, "%s names \"%.80s\" twice",
					    column->key, texts[i]);
		}
	}
	size_t count = cell->count;
	memcpy(values + column->count_offset, &count, sizeof(count));
	return OK;
}

static enum status read_rows(const struct column *column, const struct cell *cell,
			     const struct reading *reading, void *field, struct error *err)
{
	const struct group *group = column->group;
	const struct cell *cells = cell->data;
	struct rows rows = {arena_new(reading->arena, cell->count, group->size), cell->count};
	for (size_t i = 0; i < rows.count; i++)
		TRY(group_read(group, cells + i * group->column_count, reading,
			       (char *)rows.at + i * group->size, err));
	memcpy(field, &rows, sizeof(rows));
	return OK;
}

static enum status read_cell(const struct column *column, const struct cell *cell,
			     const struct reading *reading, char *values, struct error *err)
{
	char *field = values + column->offset;
	if (column->kind == COLUMN_GROUP)
		return group_read(column->group, cell->data, reading, field, err);
	if (column->kind == COLUMN_ROWS)
		return read_rows(column, cell, reading, field, err);
	if (column->kind == COLUMN_TEXTS || column->kind == COLUMN_IDS)
		return read_list(column, cell, reading, values, err);
	if (read_value(column, cell->data, reading, field) != OK)
		return fail_value(column, cell->data, reading, err);
	return OK;
}

static bool is_needed(const struct group *group, enum column_need need, const void *values)
{
	switch (need) {
	case NEED_NEVER:
		return false;
	case NEED_ALWAYS:
		return true;
	case NEED_WHEN_USED:
	case NEED_WHEN_FETCHING:
	case NEED_WHEN_VALUED:
	case NEED_WHEN_CONNECTING:
		return group->needs && group->needs(values, need);
	}
	return true;
}

/* Keys that are not there; the row is asked last, when its values were read. */
static enum status require_keys(const struct group *group, const struct cell *cells,
				const struct reading *reading, const void *values,
				struct error *err)
{
	for (size_t i = 0; i < group->column_count; i++) {
		const struct column *column = &group->columns[i];
		if (cells[i].data || !is_needed(group, column->need, values))
			continue;
		return fail(err, reading->status, "%s is missing", column->key);
	}
	return OK;
}

static enum status read_cells(const struct group *group, const struct cell *cells,
			      const struct reading *reading, void *values, struct error *err)
{
	for (size_t i = 0; i < group->column_count; i++) {
		/* An empty list has no memory, and is like an absent one. */
		if (cells[i].data)
			TRY(read_cell(&group->columns[i], &cells[i], reading, values, err));
	}
	return require_keys(group, cells, reading, values, err);
}

static const char *row_id(const struct group *group, const struct cell *cells)
{
	for (size_t i = 0; group->id_key && i < group->column_count; i++) {
		if (strcmp(group->columns[i].key, group->id_key) == 0 && cells[i].data)
			return cells[i].data;
	}
	return NULL;
}

enum status group_read(const struct group *group, const struct cell *cells,
		       const struct reading *reading, void *ret, struct error *err)
{
	void *values = arena_new(reading->arena, 1, group->size);
	if (group->initial)
		memcpy(values, group->initial, group->size);
	enum status status = read_cells(group, cells, reading, values, err);
	if (status == OK) {
		memcpy(ret, values, group->size);
		return OK;
	}
	const char *id = row_id(group, cells);
	if (!group->what)
		(void)fail_prefix(err, "%s", reading->path);
	else if (id)
		(void)fail_prefix(err, "%s \"%.60s\"", group->what, id);
	else
		(void)fail_prefix(err, "%s", group->what);
	return status;
}

enum status group_load(const struct group *group, const struct reading *reading, void *ret,
		       struct error *err)
{
	struct slice text;
	const struct cell *cells;
	TRY(document_bytes(reading->path, reading->status, reading->arena, &text, err));
	TRY(document_read(text, reading->path, group, reading->status, reading->arena, &cells,
			  err));
	return group_read(group, cells, reading, ret, err);
}

/* Writing ----------------------------------------------------------------- */

/* The number, or INT64_MIN when it lies outside the column's range: it was never set. */
static int64_t number_at(const struct column *column, const void *field)
{
	int64_t value;
	if (column->kind == COLUMN_DURATION) {
		memcpy(&value, field, sizeof(value));
	} else {
		int number;
		memcpy(&number, field, sizeof(number));
		value = number;
	}
	return value < column->least || value > column->most ? INT64_MIN : value;
}

static const char *write_number(const struct column *column, const void *field, char *text)
{
	int64_t value = number_at(column, field);
	if (value == INT64_MIN)
		return NULL;
	if (column->kind == COLUMN_SIZE)
		return quantity_size_text(value, text);
	if (column->kind != COLUMN_INTEGER)
		return quantity_duration_text(value, text);
	(void)snprintf(text, QUANTITY_TEXT, "%" PRId64, value);
	return text;
}

static const char *write_date(const void *field, int zone_s, char *text)
{
	int64_t at_ms;
	memcpy(&at_ms, field, sizeof(at_ms));
	for (size_t i = 0; i < ARRAY_LENGTH(date_unset); i++) {
		if (at_ms == date_unset[i])
			return NULL;
	}
	return civil_text(civil_of(at_ms, zone_s), text);
}

static const char *write_period(const struct column *column, const void *field, char *text)
{
	struct period period;
	memcpy(&period, field, sizeof(period));
	return period_fits(column, period) ? quantity_period_text(period, text) : NULL;
}

/* NULL for a value that was never set; may use text[QUANTITY_TEXT]. */
static const char *write_value(const struct column *column, const void *field, int zone_s,
			       char *text)
{
	const char *borrowed;
	int word;
	bool truth;
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_ID:
	case COLUMN_TEXTS:
	case COLUMN_IDS:
		memcpy(&borrowed, field, sizeof(borrowed));
		return borrowed;
	case COLUMN_INTEGER:
	case COLUMN_TIMEOUT:
	case COLUMN_DURATION:
	case COLUMN_SIZE:
		return write_number(column, field, text);
	case COLUMN_BOOLEAN:
		memcpy(&truth, field, sizeof(truth));
		return truth ? "true" : "false";
	case COLUMN_WORD:
		memcpy(&word, field, sizeof(word));
		return column->words[word];
	case COLUMN_DATE:
		return write_date(field, zone_s, text);
	case COLUMN_PERIOD:
		return write_period(column, field, text);
	case COLUMN_GROUP:
	case COLUMN_ROWS:
		break;
	}
	return NULL;
}

static json_t *write_list(const struct column *column, const char *values, int zone_s)
{
	json_t *array = json_array();
	char text[QUANTITY_TEXT];
	size_t count;
	memcpy(&count, values + column->count_offset, sizeof(count));
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
			array, json_string(write_value(column,
						       values + column->offset + i * sizeof(char *),
						       zone_s, text)));
	return array;
}

static json_t *write_rows(const struct group *group, const void *field, int zone_s)
{
	struct rows rows;
	memcpy(&rows, field, sizeof(rows));
	json_t *array = json_array();
	for (size_t i = 0; i < rows.count; i++)
		(void)json_array_append_new(
			array, group_write(group, (const char *)rows.at + i * group->size, zone_s));
	return array;
}

json_t *group_write(const struct group *group, const void *values, int zone_s)
{
	json_t *object = json_object();
	char text[QUANTITY_TEXT];
	for (size_t i = 0; i < group->column_count; i++) {
		const struct column *column = &group->columns[i];
		const char *field = (const char *)values + column->offset;
		if (column->kind == COLUMN_GROUP)
			json_add(object, column->key, group_write(column->group, field, zone_s));
		else if (column->kind == COLUMN_ROWS)
			json_add(object, column->key, write_rows(column->group, field, zone_s));
		else if (column->kind == COLUMN_TEXTS || column->kind == COLUMN_IDS)
			json_add(object, column->key, write_list(column, values, zone_s));
		else
			json_add_text(object, column->key,
				      write_value(column, field, zone_s, text));
	}
	return object;
}

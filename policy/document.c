/*
 * Rule files read through libcyaml: see document.h. The schema that cyaml wants is
 * built from the column tables, every scalar a string. cyaml says what is wrong,
 * and where, only in its log; struct complaint keeps those lines for the sentence.
 * All memory comes from the caller's arena, so nothing is freed here.
 */
#include "policy/document.h"

#include "policy/column.h"
#include "policy/nearest.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ROWS_MAX = 512, /* rows of one list */
	FRAMES_MAX = 8, /* depth of a backtrace that is kept */
	LOG_LINE_MAX = 256,
	GROUP_COLUMNS_MAX = 32,
	LINE_TEXT = 32, /* "near line 123: " */
};

/* What cyaml logged: the first error, and where it stood, innermost frame first. */
struct complaint {
	char error[LOG_LINE_MAX];
	char frames[FRAMES_MAX][LOG_LINE_MAX]; /* the key of a mapping field; empty in a list */
	size_t frame_count;
	int line;
	bool second_document;
};

/* The bytes -------------------------------------------------------------- */

static enum status read_all(int descriptor, const char *path, enum status status,
			    struct buffer *text, struct error *err)
{
	uint8_t chunk[8192];
	for (;;) {
		ssize_t length = read(descriptor, chunk, sizeof(chunk));
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return fail(err, status, "could not read %s: %s", path, strerror(errno));
		if (length == 0)
			return OK;
		buffer_append(text, chunk, (size_t)length);
		if (text->overflowed)
			return fail(err, status, "%s is longer than %d bytes", path,
				    DOCUMENT_BYTES_MAX);
	}
}

enum status document_bytes(const char *path, enum status status, struct arena *arena,
			   struct slice *ret, struct error *err)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (descriptor < 0 && errno == ENOENT)
		return NOT_FOUND;
	if (descriptor < 0)
		return fail(err, status, "could not open %s: %s", path, strerror(errno));
	CLEANUP(buffer_release) struct buffer text;
	buffer_init(&text, DOCUMENT_BYTES_MAX);
	enum status read_status = read_all(descriptor, path, status, &text, err);
	(void)close(descriptor);
	TRY(read_status);
	*ret = slice_of(arena_bytes(arena, buffer_slice(&text)), text.length);
	return OK;
}

/* Length of the escape that yields a NUL at the backslash at text[at]; 0 when it is another. */
static size_t nul_escape(struct slice text, size_t at)
{
	static const char *const escapes[] = {"\\0", "\\x00", "\\u0000", "\\U00000000"};
	for (size_t i = 0; i < ARRAY_LENGTH(escapes); i++) {
		size_t length = strlen(escapes[i]);
		if (text.length - at >= length && memcmp(text.data + at, escapes[i], length) == 0)
			return length;
	}
	return 0;
}

/* cyaml cuts "a\0b" to "a" and does not say so. */
static bool holds_nul(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '\0')
			return true;
		if (text.data[i] != '\\')
			continue;
		if (nul_escape(text, i))
			return true;
		i++;
	}
	return false;
}

/* The schema ------------------------------------------------------------- */

static const struct cyaml_schema_value text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

static struct cyaml_schema_field *group_schema(const struct group *group, struct arena *arena);

static struct cyaml_schema_value row_schema(const struct group *group, struct arena *arena)
{
	return (struct cyaml_schema_value){
		.type = CYAML_MAPPING,
		.data_size = (uint32_t)(group->column_count * sizeof(struct cell)),
		.mapping = {.fields = group_schema(group, arena)},
	};
}

static struct cyaml_schema_value list_schema(const struct cyaml_schema_value *entry, uint32_t most)
{
	return (struct cyaml_schema_value){
		.type = CYAML_SEQUENCE,
		.data_size = entry->flags & CYAML_FLAG_POINTER ? (uint32_t)sizeof(char *)
							       : entry->data_size,
		.sequence = {.entry = entry, .min = 0, .max = most},
	};
}

/* What cyaml puts into the cell of a column. */
static struct cyaml_schema_value column_schema(const struct column *column, struct arena *arena)
{
	struct cyaml_schema_value *row;
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_ID:
	case COLUMN_INTEGER:
	case COLUMN_BOOLEAN:
	case COLUMN_WORD:
	case COLUMN_DATE:
	case COLUMN_PERIOD:
	case COLUMN_TIMEOUT:
	case COLUMN_DURATION:
	case COLUMN_SIZE:
		break;
	case COLUMN_TEXTS:
	case COLUMN_IDS:
		return list_schema(&text_entry, CYAML_UNLIMITED);
	case COLUMN_GROUP:
		return row_schema(column->group, arena);
	case COLUMN_ROWS:
		row = arena_new(arena, 1, sizeof(*row));
		*row = row_schema(column->group, arena);
		return list_schema(row, ROWS_MAX);
	}
	return text_entry;
}

/* Every key is optional to cyaml: column.c says which row lacks which key. */
static struct cyaml_schema_field *group_schema(const struct group *group, struct arena *arena)
{
	struct cyaml_schema_field *fields =
		arena_new(arena, group->column_count + 1, sizeof(*fields));
	for (size_t i = 0; i < group->column_count; i++) {
		fields[i] = (struct cyaml_schema_field){
			.key = group->columns[i].key,
			.data_offset =
				(uint32_t)(i * sizeof(struct cell) + offsetof(struct cell, data)),
			.count_offset =
				(uint32_t)(i * sizeof(struct cell) + offsetof(struct cell, count)),
			.count_size = sizeof(uint32_t),
			.value = column_schema(&group->columns[i], arena),
		};
		fields[i].value.flags = (enum cyaml_flag)(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL);
	}
	return fields;
}

/* What went wrong -------------------------------------------------------- */

static const char *after_prefix(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);
	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* "  in mapping field 'methods' (line: 2, column: 8)" */
static void note_frame(struct complaint *complaint, const char *frame)
{
	const char *line = strstr(frame, "(line: ");
	if (line && complaint->line == 0)
		complaint->line = (int)strtol(line + strlen("(line: "), NULL, 10);
	if (complaint->frame_count == FRAMES_MAX)
		return;
	char *key = complaint->frames[complaint->frame_count++];
	const char *quoted = after_prefix(frame, "  in mapping field '");
	if (quoted)
		(void)snprintf(key, LOG_LINE_MAX, "%.*s", (int)strcspn(quoted, "'"), quoted);
}

__attribute__((format(printf, 3, 0))) static void note_log(cyaml_log_t level, void *context,
							   const char *format, va_list args)
{
	struct complaint *complaint = context;
	char line[LOG_LINE_MAX];
	(void)vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	if (level == CYAML_LOG_WARNING)
		complaint->second_document |= strstr(line, "documents after first") != NULL;
	else if (after_prefix(line, "  in "))
		note_frame(complaint, line);
	else if (!complaint->error[0] && !strstr(line, "Backtrace:"))
		(void)snprintf(complaint->error, sizeof(complaint->error), "%s",
			       after_prefix(line, "Load: ") ? line + strlen("Load: ") : line);
}

/* The mapping that a complaint about a key is about: the frames but the innermost, outermost first.
 */
static const struct group *complaint_group(const struct complaint *complaint,
					   const struct group *group)
{
	for (size_t i = complaint->frame_count; i-- > 1;) {
		for (size_t c = 0; c < group->column_count; c++) {
			const struct column *column = &group->columns[c];
			if (column->group && strcmp(column->key, complaint->frames[i]) == 0) {
				group = column->group;
				break;
			}
		}
	}
	return group;
}

/* "near line 3: ", or nothing where cyaml gave no line (bytes that are not even UTF-8). */
static const char *near_line(const struct complaint *complaint, char text[LINE_TEXT])
{
	text[0] = '\0';
	if (complaint->line > 0)
		(void)snprintf(text, LINE_TEXT, "near line %d: ", complaint->line);
	return text;
}

static enum status fail_unknown_key(const struct complaint *complaint, const char *key,
				    const char *path, const struct group *group, enum status status,
				    struct error *err)
{
	const char *known[GROUP_COLUMNS_MAX];
	char line[LINE_TEXT];
	size_t count = 0;
	group = complaint_group(complaint, group);
	for (; count < group->column_count && count < GROUP_COLUMNS_MAX; count++)
		known[count] = group->columns[count].key;
	const char *nearest = nearest_word(key, known, count);
	(void)fail(err, status, "%s: %sunknown key \"%.60s\" in %s", path,
		   near_line(complaint, line), key, group->what ? group->what : "the file");
	return nearest ? fail_hint(err, status, "the nearest known key is \"%s\"", nearest)
		       : status;
}

/* cyaml's words and ours around the key that it was reading, or around the rest of its words. */
static const struct {
	const char *theirs;
	const char *before;
	const char *after;
	enum { NAME_THE_KEY, NAME_THE_REST } name;
} complaints[] = {
	{"Mapping field already seen: ", "the key \"", "\" stands twice", NAME_THE_REST},
	{"Expecting STRING", "\"", "\" takes one value, not a list or mapping", NAME_THE_KEY},
	{"Expecting SEQUENCE", "\"", "\" takes a list", NAME_THE_KEY},
	{"Expecting MAPPING", "\"", "\" takes a mapping", NAME_THE_KEY},
	{"libyaml: ", "not YAML: ", "", NAME_THE_REST},
};

static enum status fail_complaint(const struct complaint *complaint, enum cyaml_err failure,
				  const char *path, const struct group *group, enum status status,
				  struct error *err)
{
	char line[LINE_TEXT];
	const char *key = after_prefix(complaint->error, "Unexpected key: ");
	if (key)
		return fail_unknown_key(complaint, key, path, group, status, err);
	if (failure == CYAML_ERR_ALIAS)
		return fail(err, status, "%s: %saliases (*name) are not allowed", path,
			    near_line(complaint, line));
	for (size_t i = 0; i < ARRAY_LENGTH(complaints); i++) {
		const char *named = after_prefix(complaint->error, complaints[i].theirs);
		if (!named)
			continue;
		if (complaints[i].name == NAME_THE_KEY && complaint->frame_count == 0)
			return fail(err, status, "%s: the file is not a mapping", path);
		if (complaints[i].name == NAME_THE_KEY)
			named = complaint->frames[0];
		return fail(err, status, "%s: %s%s%.60s%s", path, near_line(complaint, line),
			    complaints[i].before, named, complaints[i].after);
	}
	return fail(err, status, "%s: %s%s%s%s", path, near_line(complaint, line),
		    cyaml_strerror(failure), complaint->error[0] ? ": " : "", complaint->error);
}

/* The reading ------------------------------------------------------------ */

/* One block: its room stands in front, as cyaml lengthens a list by one entry at a time. */
struct block {
	size_t capacity;
	max_align_t bytes[];
};

static void *allocate(void *context, void *memory, size_t size)
{
	if (size == 0)
		return NULL;
	struct block *old =
		memory ? (struct block *)((char *)memory - offsetof(struct block, bytes)) : NULL;
	if (old && size <= old->capacity)
		return memory;
	size_t capacity = 16;
	while (capacity < size)
		capacity *= 2;
	struct block *block = arena_new(context, 1, sizeof(*block) + capacity);
	block->capacity = capacity;
	if (old)
		memcpy(block->bytes, old->bytes, old->capacity);
	return block->bytes;
}

enum status document_read(struct slice text, const char *path, const struct group *group,
			  enum status status, struct arena *arena, const struct cell **ret,
			  struct error *err)
{
	if (holds_nul(text))
		return fail(err, status, "%s: a NUL character is not allowed", path);
	struct complaint complaint = {.line = 0};
	struct cyaml_config config = {
		.log_fn = note_log,
		.log_ctx = &complaint,
		.log_level = CYAML_LOG_WARNING,
		.mem_fn = allocate,
		.mem_ctx = arena,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	struct cyaml_schema_value schema = row_schema(group, arena);
	schema.flags = CYAML_FLAG_POINTER;
	void *cells = NULL;
	enum cyaml_err failure =
		cyaml_load_data(text.data, text.length, &config, &schema, &cells, NULL);
	if (failure != CYAML_OK)
		return fail_complaint(&complaint, failure, path, group, status, err);
	if (complaint.second_document)
		return fail(err, status, "%s: a second document (---) is not allowed", path);
	if (!cells)
		return fail(err, status, "%s: the file is empty", path);
	*ret = cells;
	return OK;
}

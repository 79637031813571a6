/* Texts of mails, read: see message_template.h. */
#include "policy/message_template.h"

#include "base/utf8.h"
#include "policy/document.h"

#include <string.h>

enum { PIECES_MAX = 16, LINES_MAX = 1000 };

enum file_kind {
	KIND_SUBJECT,
	KIND_TEXT,
	KIND_HTML,
	KIND_FRAME,
	KIND_ROLES,
	KIND_CALL,
	KIND_ORGANISATION_CALL,
	KIND_COUNT
};

static const struct {
	const char *name;
	enum file_kind kind;
} files[] = {
#define X(word, file, of) [TEMPLATE_##word] = {file, KIND_##of},
	TEMPLATE_FILES(X)
#undef X
};

static const char *const words[] = {
#define X(name, text) [TEMPLATE_##name] = text,
	TEMPLATE_WORDS(X)
#undef X
};

static const char *const roles[] = {
#define X(name, text) [TEMPLATE_ROLE_##name] = text,
	TEMPLATE_ROLES(X)
#undef X
};

#define BIT(word) (1U << TEMPLATE_##word)
/* What a person needs in order to know what is asked, and to answer. */
#define QUESTION (BIT(APPLICANT) | BIT(DOMAIN) | BIT(LINK))
#define OF_CALL (BIT(NUMBER) | BIT(PERSON) | BIT(TIME) | BIT(ENTITLED))
#define ALL ((1U << TEMPLATE_WORD_COUNT) - 1 - BIT(BODY) - OF_CALL)

/* The value is in no header: those stand in lists of mails, and in logs of servers. */
static const struct {
	unsigned may, must;
} kinds[] = {
	[KIND_SUBJECT] = {.may = BIT(APPLICANT) | BIT(PRODUCT) | BIT(CA) | BIT(DOMAIN),
			  .must = BIT(DOMAIN)},
	[KIND_TEXT] = {.may = ALL, .must = QUESTION},
	[KIND_HTML] = {.may = ALL, .must = QUESTION},
	[KIND_FRAME] = {.may = BIT(BODY), .must = BIT(BODY)},
	[KIND_ROLES] = {.may = 0, .must = 0},
	[KIND_CALL] = {.may = (ALL - BIT(ADDRESS) - BIT(LINK)) | BIT(NUMBER) | BIT(PERSON) |
			      BIT(TIME),
		       .must = BIT(APPLICANT) | BIT(DOMAIN) | BIT(NUMBER) | BIT(VALUE)},
	[KIND_ORGANISATION_CALL] = {.may = (ALL - BIT(ADDRESS) - BIT(LINK) - BIT(VALUE) -
					    BIT(DOMAIN) - BIT(UNTIL)) |
					   OF_CALL,
				    .must = BIT(APPLICANT) | BIT(NUMBER) | BIT(ENTITLED)},
};
_Static_assert(ARRAY_LENGTH(kinds) == KIND_COUNT, "each kind has its placeholders");

const char *const message_languages_names[] = {
	[MESSAGE_BOTH] = "both", [MESSAGE_ONLY_JA] = "ja", [MESSAGE_ONLY_EN] = "en", NULL};

const char *template_role_text(enum template_role role)
{
	return roles[role];
}

/* A file while it is read. */
struct template_reading {
	const char *path;
	enum file_kind kind;
	struct arena *arena;
	size_t line;
	unsigned seen; /* placeholders, as bits */
};

static enum template_word find_word(struct slice name)
{
	int word = 0;
	while (word < TEMPLATE_WORD_COUNT && !slice_equal(name, slice_text(words[word])))
		word++;
	return (enum template_word)word;
}

/* ---- lines ---- */

/* The placeholder that starts at the slice: its name, and its length with the braces. */
static enum status read_word(struct template_reading *reading, struct slice text,
			     enum template_word *ret, size_t *ret_length, struct error *err)
{
	ptrdiff_t end = slice_find(text, slice_text("}}"));
	if (end < 0)
		return fail(err, POLICY_ROW, "%s:%zu: a placeholder has no \"}}\" in its line",
			    reading->path, reading->line);
	struct slice name = slice_of(text.data + 2, (size_t)end - 2);
	enum template_word word = find_word(name);
	if (word == TEMPLATE_WORD_COUNT)
		return fail(err, POLICY_ROW, "%s:%zu: there is no placeholder \"{{%.*s}}\"",
			    reading->path, reading->line, name.length > 40 ? 40 : (int)name.length,
			    (const char *)name.data);
	if (!(kinds[reading->kind].may & 1U << word))
		return fail(err, POLICY_ROW, "%s:%zu: {{%s}} has no place in this file",
			    reading->path, reading->line, words[word]);
	reading->seen |= 1U << word;
	*ret = word;
	*ret_length = (size_t)end + 2;
	return OK;
}

static enum status read_line(struct template_reading *reading, struct slice text,
			     struct template_line *ret, struct error *err)
{
	struct template_piece pieces[PIECES_MAX];
	size_t count = 0;
	for (bool ended = false; !ended;) {
		ptrdiff_t at = slice_find(text, slice_text("{{"));
		if (count == PIECES_MAX)
			return fail(err, POLICY_ROW, "%s:%zu: a line has %d placeholders at most",
				    reading->path, reading->line, PIECES_MAX - 1);
		ended = at < 0;
		struct template_piece *piece = &pieces[count++];
		size_t length = ended ? text.length : (size_t)at;
		*piece = (struct template_piece){slice_of(text.data, length), TEMPLATE_WORD_COUNT};
		text = slice_of(text.data + length, text.length - length);
		if (slice_find(piece->text, slice_text("}}")) >= 0)
			return fail(err, POLICY_ROW, "%s:%zu: \"}}\" ends no placeholder",
				    reading->path, reading->line);
		if (ended)
			break;
		TRY(read_word(reading, text, &piece->word, &length, err));
		text = slice_of(text.data + length, text.length - length);
	}
	struct template_piece *kept = arena_new(reading->arena, count, sizeof(*kept));
	memcpy(kept, pieces, count * sizeof(*kept));
	*ret = (struct template_line){kept, count};
	return OK;
}

static enum status check_characters(const struct template_reading *reading, struct slice line,
				    struct error *err)
{
	while (line.length) {
		uint32_t point;
		size_t length = utf8_read(line, &point);
		if (length == 0)
			return fail(err, POLICY_ROW, "%s:%zu: not UTF-8", reading->path,
				    reading->line);
		if (!utf8_is_plain(point))
			return fail(err, POLICY_ROW, "%s:%zu: U+%04X cannot be seen", reading->path,
				    reading->line, point);
		line = slice_of(line.data + length, line.length - length);
	}
	return OK;
}

static struct slice cut_line(struct slice *text)
{
	ptrdiff_t at = slice_find(*text, slice_text("\n"));
	size_t length = at < 0 ? text->length : (size_t)at;
	struct slice line = slice_of(text->data, length);
	size_t taken = at < 0 ? length : length + 1;
	*text = slice_of(text->data + taken, text->length - taken);
	if (line.length && line.data[line.length - 1] == '\r')
		line.length--;
	return line;
}

static enum status check_seen(const struct template_reading *reading, struct error *err)
{
	unsigned missing = kinds[reading->kind].must & ~reading->seen;
	for (int word = 0; word < TEMPLATE_WORD_COUNT; word++) {
		if (missing & 1U << word)
			return fail(err, POLICY_ROW, "%s:%zu: {{%s}} is missing", reading->path,
				    reading->line, words[word]);
	}
	return OK;
}

static enum status read_lines(struct template_reading *reading, struct slice text,
			      struct template_text *ret, struct error *err)
{
	struct template_line *lines = arena_new(reading->arena, LINES_MAX, sizeof(*lines));
	while (text.length) {
		struct slice line = cut_line(&text);
		reading->line++;
		if (reading->line > (reading->kind == KIND_SUBJECT ? 1 : LINES_MAX))
			return fail(err, POLICY_ROW, "%s:%zu: one line too many", reading->path,
				    reading->line);
		TRY(check_characters(reading, line, err));
		TRY(read_line(reading, line, &lines[reading->line - 1], err));
	}
	*ret = (struct template_text){lines, reading->line};
	return check_seen(reading, err);
}

/* ---- roles ---- */

/* "role: words", one a line. */
static enum status read_roles(struct template_reading *reading, const struct template_text *text,
			      const char *ret[TEMPLATE_ROLE_COUNT], struct error *err)
{
	const char *found[TEMPLATE_ROLE_COUNT] = {NULL};
	for (size_t i = 0; i < text->count; i++) {
		struct slice line = text->lines[i].pieces[0].text;
		ptrdiff_t colon = slice_find(line, slice_text(": "));
		int role = 0;
		while (colon > 0 && role < TEMPLATE_ROLE_COUNT &&
		       !slice_equal(slice_of(line.data, (size_t)colon), slice_text(roles[role])))
			role++;
		if (colon <= 0 || role == TEMPLATE_ROLE_COUNT || found[role])
			return fail(err, POLICY_ROW,
				    "%s:%zu: not \"role: words\" of a role that has none yet",
				    reading->path, i + 1);
		found[role] =
			arena_bytes(reading->arena, slice_of(line.data + colon + 2,
							     line.length - (size_t)colon - 2));
	}
	for (int role = 0; role < TEMPLATE_ROLE_COUNT; role++) {
		if (!found[role])
			return fail(err, POLICY_ROW, "%s:%zu: role \"%s\" is missing",
				    reading->path, text->count, roles[role]);
	}
	memcpy(ret, found, sizeof(found));
	return OK;
}

/* ---- files ---- */

static enum status find_file(const char *const *folders, size_t count, const char *name,
			     struct arena *arena, const char **ret_path, struct slice *ret,
			     struct error *err)
{
	for (size_t left = count; left > 0; left--) {
		const char *path = arena_printf(arena, "%s/%s", folders[left - 1], name);
		enum status status = document_bytes(path, POLICY_ROW, arena, ret, err);
		if (status == NOT_FOUND)
			continue;
		*ret_path = path;
		return status;
	}
	return fail(err, POLICY_ROW, "there is no %s/%s", folders[0], name);
}

static enum status load_file(const char *const *folders, size_t count, enum template_file file,
			     struct arena *arena, struct message_templates *ret, struct error *err)
{
	struct template_reading reading = {.kind = files[file].kind, .arena = arena};
	struct slice text;
	TRY(find_file(folders, count, files[file].name, arena, &reading.path, &text, err));
	if (text.length > TEMPLATE_BYTES_MAX)
		return fail(err, POLICY_ROW, "%s: longer than %d octets", reading.path,
			    TEMPLATE_BYTES_MAX);
	TRY(read_lines(&reading, text, &ret->files[file], err));
	switch (reading.kind) {
	case KIND_SUBJECT:
	case KIND_TEXT:
	case KIND_CALL:
	case KIND_ORGANISATION_CALL:
	case KIND_COUNT:
		return OK;
	case KIND_HTML:
	case KIND_FRAME:
		return message_markup_check(reading.path, text, err);
	case KIND_ROLES:
		return read_roles(&reading, &ret->files[file],
				  ret->roles[file == TEMPLATE_ROLES_JA ? MESSAGE_JA : MESSAGE_EN],
				  err);
	}
	return OK;
}

enum status message_templates_load(const char *const *folders, size_t folder_count,
				   struct arena *arena, struct message_templates *ret,
				   struct error *err)
{
	struct message_templates templates = {.files = {{NULL, 0}}};
	for (int file = 0; file < TEMPLATE_FILE_COUNT; file++)
		TRY(load_file(folders, folder_count, (enum template_file)file, arena, &templates,
			      err));
	*ret = templates;
	return OK;
}

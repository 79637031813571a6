/*
 * Lines of WHOIS answers: see whois_lines.h. A line is a pair when something
 * that can be a label stands before its first ":", in brackets or before leader
 * dots; "http://…" and "09:45:08" are not.
 */
#include "validators/whois_lines.h"

#include <stdbool.h>
#include <string.h>

enum { TAB_COLUMNS = 8, LABEL_MAX = 64, LABEL_WORDS_MAX = 8, GAP_MIN = 3, ELLIPSIS = 3 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* A copy of [start, end) without blanks around it. */
static char *trimmed(const char *start, const char *end, struct arena *arena)
{
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	return arena_bytes(arena, slice_of(start, (size_t)(end - start)));
}

static size_t indent_of(const char *text)
{
	size_t column = 0;
	for (; is_blank(*text); text++)
		column = *text == '\t' ? (column / TAB_COLUMNS + 1) * TAB_COLUMNS : column + 1;
	return column;
}

static bool is_rule(const char *text)
{
	size_t length = strlen(text);
	return length >= 2 && strspn(text, "-=*_~+ ") == length;
}

/* --- labels --- */

/* The label without what is no word of it: "(...)", leader dots, stars before it. */
static char *clean_label(const char *label, struct arena *arena)
{
	char *out = arena_new(arena, strlen(label) + 1, 1);
	size_t at = 0;
	int depth = 0;
	for (const char *c = label + strspn(label, "*> \t"); *c; c++) {
		depth += *c == '(';
		if (depth == 0)
			out[at++] = *c;
		depth -= *c == ')' && depth > 0;
	}
	while (at > 0 && (out[at - 1] == '.' || is_blank(out[at - 1])))
		at--;
	out[at] = '\0';
	return out;
}

static bool can_be_label(const char *label)
{
	size_t words = 1;
	size_t length = strlen(label);
	if (length == 0 || length > LABEL_MAX || strpbrk(label, "@;\"<>"))
		return false;
	for (const char *c = label; *c; c++)
		words += *c == ' ' && c[1] != ' ';
	return words <= LABEL_WORDS_MAX && !(label[0] >= '0' && label[0] <= '9') && label[0] != '+';
}

/* "[Label] value", also behind an index such as "a." or "f". */
static bool read_bracketed(const char *text, struct whois_line *line, struct arena *arena)
{
	const char *open = text;
	size_t letters = strspn(open, "abcdefghijklmnopqrstuvwxyz");
	if (letters > 0 && letters <= 2 && strspn(open + letters, ". \t") > 0)
		open += letters + strspn(open + letters, ". \t");
	const char *close = *open == '[' ? strchr(open, ']') : NULL;
	if (!close)
		return false;
	char *label = clean_label(trimmed(open + 1, close, arena), arena);
	if (!can_be_label(label))
		return false;
	line->label = label;
	line->value = trimmed(close + 1, close + strlen(close), arena);
	line->value += strspn(line->value, ": \t");
	return true;
}

/* A value without leader dots, without the quotes and without the "!Tag" that some answers have
 * from YAML. */
static char *value_text(const char *start, struct arena *arena)
{
	size_t dots = strspn(start, ".");
	/* Dots alone are an empty field, which is no heading: one stays. */
	if (dots >= ELLIPSIS)
		start += start[dots + strspn(start + dots, " \t\r")] ? dots : dots - 1;
	char *value = trimmed(start, start + strlen(start), arena);
	size_t length = strlen(value);
	if (value[0] == '!' && !strpbrk(value, " \t"))
		return value + length;
	if (length < 2 || value[0] != '"' || strchr(value + 1, '"') != value + length - 1)
		return value;
	value[length - 1] = '\0';
	return value + 1;
}

/* "label: value"; a ":" within parentheses is part of a remark. */
static bool read_colon(const char *text, struct whois_line *line, struct arena *arena)
{
	int depth = 0;
	const char *colon = text;
	for (; *colon && (*colon != ':' || depth > 0); colon++) {
		depth += *colon == '(';
		depth -= *colon == ')' && depth > 0;
	}
	/* The fullwidth colon of Chinese and Japanese forms is left to the text. */
	if (*colon != ':' || strncmp(colon, "://", 3) == 0)
		return false;
	char *label = clean_label(trimmed(text, colon, arena), arena);
	if (!can_be_label(label))
		return false;
	line->label = label;
	line->value = value_text(colon + 1, arena);
	return true;
}

/* "Holder ....... Example Ltd": leader dots instead of a colon, more than an ellipsis has or with
 * blanks around them. */
static bool read_leader(const char *text, struct whois_line *line, struct arena *arena)
{
	const char *dots = strstr(text, "...");
	size_t count = dots ? strspn(dots, ".") : 0;
	const char *value = dots ? dots + count : NULL;
	if (!dots || dots == text || !is_blank(*value) || value[strspn(value, " \t")] == ':' ||
	    (count == ELLIPSIS && !is_blank(dots[-1])) || memchr(text, ':', (size_t)(dots - text)))
		return false;
	char *label = clean_label(trimmed(text, dots, arena), arena);
	if (!can_be_label(label))
		return false;
	line->label = label;
	line->value = value_text(value, arena);
	return true;
}

/* "Holder<tab>Example Ltd": a label and a value with a gap between them. */
static bool read_gap(const char *text, struct whois_line *line, struct arena *arena)
{
	const char *gap = text;
	for (; *gap; gap++)
		if (*gap == '\t' || strncmp(gap, "   ", GAP_MIN) == 0)
			break;
	if (!*gap || gap == text)
		return false;
	char *label = clean_label(trimmed(text, gap, arena), arena);
	if (!can_be_label(label))
		return false;
	line->label = label;
	line->value = trimmed(gap, gap + strlen(gap), arena);
	return true;
}

/* --- a line --- */

static struct whois_line read_line(const char *start, const char *end, struct arena *arena)
{
	char *text = trimmed(start, end, arena);
	char *whole = arena_bytes(arena, slice_of(start, (size_t)(end - start)));
	struct whois_line line = {.kind = LINE_TEXT, .indent = indent_of(whole), .value = text};
	if (!*text) {
		line.kind = LINE_BLANK;
	} else if (strchr("%#;", *text)) {
		line.kind = LINE_COMMENT;
		line.value = text + strspn(text, "%#; \t");
	} else if (strncmp(text, ">>>", 3) == 0 || strcmp(text, "--") == 0) {
		line.kind = LINE_END;
	} else if (read_bracketed(text, &line, arena) || read_leader(text, &line, arena) ||
		   read_colon(text, &line, arena)) {
		line.kind = LINE_PAIR;
	} else if (line.indent == 0 && read_gap(text, &line, arena)) {
		line.kind = LINE_PAIR;
	}
	if (line.kind == LINE_PAIR)
		line.means = whois_label_of(line.label);
	return line;
}

enum status whois_lines_read(const char *text, struct arena *arena, struct whois_lines *ret,
			     struct error *err)
{
	size_t most = 1;
	for (const char *c = text; *c; c++)
		most += *c == '\n';
	if (most > WHOIS_LINES_MAX)
		return fail(err, INPUT, "the answer has more than %d lines", WHOIS_LINES_MAX);
	struct whois_lines lines = {.lines = arena_new(arena, most, sizeof(*lines.lines))};
	for (const char *start = text; *start;) {
		const char *end = start + strcspn(start, "\n");
		struct whois_line line = read_line(start, end, arena);
		bool rule = line.kind != LINE_BLANK && line.kind != LINE_PAIR &&
			    is_rule(line.value) && line.kind != LINE_END;
		if (!rule)
			lines.lines[lines.count++] = line;
		start = *end ? end + 1 : end;
	}
	*ret = lines;
	return OK;
}

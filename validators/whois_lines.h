/*
 * A WHOIS answer as lines: what is a comment, what is a label with a value, what
 * is free text, how far each is indented, and what the labels mean
 * (whois_label.h). Pure.
 */
#ifndef ISSUER_VALIDATORS_WHOIS_LINES_H
#define ISSUER_VALIDATORS_WHOIS_LINES_H

#include "base/arena.h"
#include "base/error.h"
#include "validators/whois_label.h"

/* Registries send hundreds; more than this is no answer. */
enum { WHOIS_LINES_MAX = 20000 };

enum whois_line_kind {
	LINE_BLANK,
	LINE_COMMENT, /* after "%", "#" or ";" */
	LINE_PAIR,    /* "label: value", "[Label] value", "label......: value" */
	LINE_TEXT,
	LINE_END, /* ">>> Last update ... <<<": what follows is legal text */
};

struct whois_line {
	enum whois_line_kind kind;
	size_t indent;     /* columns, a tab goes to the next multiple of eight */
	const char *label; /* LINE_PAIR only: trimmed, without dots, brackets and parentheses */
	const char *value; /* LINE_PAIR: may be ""; LINE_TEXT and LINE_COMMENT: the text, trimmed */
	struct whois_label means; /* LINE_PAIR only: the label */
};

struct whois_lines {
	struct whois_line *lines;
	size_t count;
};

/* text: UTF-8 (whois_text.h). Lines of rules ("-----", "=====") are left out. The result lives in
 * the arena. INPUT for more than WHOIS_LINES_MAX. */
STATUS whois_lines_read(const char *text, struct arena *arena, struct whois_lines *ret,
			struct error *err);

#endif

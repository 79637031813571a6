/* Reports of mail that was not delivered: see dsn.h. */
#include "validators/dsn.h"

#include "base/mask.h"
#include "base/utf8.h"
#include "validators/mailbox.h"
#include "validators/mime_part.h"

#include <string.h>
#include <strings.h>

enum { TEXT_LINES_MAX = 400, ID_MAX = 250 };

static const char *const actions[] = {
	[DSN_FAILED] = "failed",   [DSN_DELAYED] = "delayed",   [DSN_DELIVERED] = "delivered",
	[DSN_RELAYED] = "relayed", [DSN_EXPANDED] = "expanded",
};
_Static_assert(ARRAY_LENGTH(actions) == DSN_ACTION_COUNT, "each action has its word");

const char *dsn_action_text(enum dsn_action action)
{
	return actions[action];
}

bool dsn_is_final(const struct dsn_recipient *recipient)
{
	return recipient->action == DSN_FAILED && recipient->status[0] == '5';
}

/* ---- pieces ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 3463 section 2: class "." subject "." detail, from the start of the text; its length or 0. */
static size_t status_length(const char *text)
{
	size_t at = 0;
	if (!text[0] || !strchr("245", text[0]))
		return 0;
	for (int part = 0; part < 3; part++) {
		size_t digits = 0;
		if (part > 0 && text[at++] != '.')
			return 0;
		while (digits < 4 && is_digit(text[at])) {
			at++;
			digits++;
		}
		if (digits == 0 || digits > 3)
			return 0;
	}
	return is_digit(text[at]) || (text[at] == '.' && is_digit(text[at + 1])) ? 0 : at;
}

static void take_status(const char *text, char status[DSN_STATUS_TEXT])
{
	size_t length = status_length(text);
	if (length > 0 && length < DSN_STATUS_TEXT) {
		memcpy(status, text, length);
		status[length] = '\0';
	}
}

/* The first code of a failure inside a text. */
static void find_status(const char *text, char status[DSN_STATUS_TEXT])
{
	for (const char *at = text; *at && !status[0]; at++) {
		bool starts = at == text || !(is_digit(at[-1]) || at[-1] == '.' || at[-1] == '-');
		if (starts && at[0] != '2')
			take_status(at, status);
	}
}

static const char *words_of(const char *text, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer out = {.maximum = 4 * DSN_WORDS_MAX + 8};
	if (!text || !text[0])
		return NULL;
	utf8_append_shown(&out, text, DSN_WORDS_MAX);
	mask_values((char *)out.data, out.length);
	return arena_text(arena, buffer_text(&out));
}

/* A mailbox, perhaps in angle brackets; NULL when it is none. */
static const char *mailbox_of(const char *text, struct arena *arena)
{
	struct mailbox mailbox;
	size_t length = strlen(text);
	if (length > 2 && text[0] == '<' && text[length - 1] == '>') {
		text++;
		length -= 2;
	}
	if (mailbox_parse(slice_of(text, length), &mailbox, NULL) != OK)
		return NULL;
	return arena_text(arena, mailbox.text);
}

/* "rfc822; a@example.jp": what follows the type, a mailbox. */
static const char *typed_mailbox(const char *value, struct arena *arena)
{
	const char *semicolon = value ? strchr(value, ';') : NULL;
	if (!semicolon ||
	    (strncasecmp(value, "rfc822", 6) != 0 && strncasecmp(value, "utf-8", 5) != 0))
		return NULL;
	return mailbox_of(semicolon + 1 + strspn(semicolon + 1, " \t"), arena);
}

/* Each "<id>" of a field's value. */
static void add_ids(const char *value, struct arena *arena, struct dsn *dsn)
{
	for (const char *at = value ? strchr(value, '<') : NULL; at; at = strchr(at + 1, '<')) {
		size_t length = strcspn(at + 1, "<> \t");
		if (at[1 + length] != '>' || length == 0 || length > ID_MAX ||
		    dsn->id_count == DSN_IDS_MAX)
			continue;
		const char *id = arena_bytes(arena, slice_of(at + 1, length));
		size_t known = 0;
		while (known < dsn->id_count && strcmp(dsn->ids[known], id) != 0)
			known++;
		if (known == dsn->id_count)
			dsn->ids[dsn->id_count++] = id;
	}
}

static void add_ids_of(struct slice head, const char *field, struct arena *arena, struct dsn *dsn)
{
	add_ids(mime_field(head, field, arena), arena, dsn);
}

/* ---- RFC 3464 ---- */

static bool parse_action(const char *text, enum dsn_action *ret)
{
	for (int i = 0; text && i < DSN_ACTION_COUNT; i++) {
		size_t length = strlen(actions[i]);
		if (strncasecmp(text, actions[i], length) == 0 &&
		    (text[length] == '\0' || strchr(" (", text[length]))) {
			*ret = (enum dsn_action)i;
			return true;
		}
	}
	return false;
}

/* Section 2.3: a group of fields with Final-Recipient and Action; others (the per-message fields)
 * are passed over. */
static void read_group(struct slice group, struct arena *arena, struct dsn *dsn)
{
	struct dsn_recipient found = {
		.final = typed_mailbox(mime_field(group, "Final-Recipient", arena), arena),
		.original = typed_mailbox(mime_field(group, "Original-Recipient", arena), arena),
	};
	const char *status = mime_field(group, "Status", arena);
	const char *diagnostic = mime_field(group, "Diagnostic-Code", arena);
	const char *semicolon = diagnostic ? strchr(diagnostic, ';') : NULL;
	if ((!found.final && !found.original) || dsn->recipient_count == DSN_RECIPIENTS_MAX ||
	    !parse_action(mime_field(group, "Action", arena), &found.action))
		return;
	if (status)
		take_status(status, found.status);
	found.words = words_of(semicolon ? semicolon + 1 + strspn(semicolon + 1, " ") : diagnostic,
			       arena);
	dsn->recipients[dsn->recipient_count++] = found;
}

static void read_status_part(const struct mime_part *part, struct arena *arena, struct dsn *dsn)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = MIME_MESSAGE_MAX};
	mime_decode(part, &text);
	for (struct slice rest = buffer_slice(&text); rest.length;) {
		struct mime_part group = mime_part_of(rest);
		read_group(group.head, arena, dsn);
		rest = group.body;
	}
}

/* The mail reported on, or its header fields alone. */
static void read_returned(const struct mime_part *part, struct arena *arena, struct dsn *dsn)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = MIME_MESSAGE_MAX};
	if (!mime_is_type(part->head, "message/rfc822") &&
	    !mime_is_type(part->head, "message/global") &&
	    !mime_is_type(part->head, "text/rfc822-headers") &&
	    !mime_is_type(part->head, "message/global-headers"))
		return;
	mime_decode(part, &text);
	add_ids_of(mime_part_of(buffer_slice(&text)).head, "Message-ID", arena, dsn);
}

static bool is_status_part(const struct mime_part *part)
{
	return mime_is_type(part->head, "message/delivery-status") ||
	       mime_is_type(part->head, "message/global-delivery-status");
}

static bool read_standard(const struct mime_part *parts, size_t count, struct arena *arena,
			  struct dsn *dsn)
{
	for (size_t i = 0; i < count; i++) {
		if (is_status_part(&parts[i]))
			read_status_part(&parts[i], arena, dsn);
		else
			read_returned(&parts[i], arena, dsn);
	}
	return dsn->recipient_count > 0;
}

/* ---- reports as plain text ---- */

/* Whether a program for mail sent it: nobody else's words are taken for a report. An answering
 * machine has the address of its owner, and says so or answers a person (RFC 3834 sections 2, 5).
 */
static bool is_from_mailer(struct slice head, struct arena *arena)
{
	const char *from = mime_field(head, "From", arena);
	const char *path = mime_field(head, "Return-Path", arena);
	if (!from || (path && strcmp(path, "<>") != 0))
		return false;
	if (mime_field(head, "X-Autoreply", arena) || mime_field(head, "X-Autorespond", arena))
		return false;
	const char *at = strchr(from, '<') ? strchr(from, '<') + 1 : from;
	return strncasecmp(at, "mailer-daemon@", 14) == 0 ||
	       strncasecmp(at, "postmaster@", 11) == 0 || strcasecmp(at, "mailer-daemon") == 0;
}

/* Where the mail reported on begins in a text: a line that starts its header fields, or says so. */
static size_t returned_at(struct slice text)
{
	static const char *const starts[] = {"--- Below this line", "Received:", "Return-Path:",
					     "Message-ID:",         "From:",     "-----"};
	struct slice rest = text, line;
	while (mime_line(&rest, &line)) {
		for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
			if (line.length >= strlen(starts[i]) &&
			    strncasecmp((const char *)line.data, starts[i], strlen(starts[i])) ==
				    0 &&
			    (starts[i][0] != '-' || line.data != text.data))
				return (size_t)(line.data - text.data);
		}
	}
	return text.length;
}

/* A line's text, in the arena. */
static const char *line_text(struct slice line, struct arena *arena)
{
	while (line.length && (line.data[0] == ' ' || line.data[0] == '\t'))
		line = slice_of(line.data + 1, line.length - 1);
	if (line.length > MIME_FIELD_MAX)
		line.length = MIME_FIELD_MAX;
	return arena_bytes(arena, line);
}

/* The address that a line is about: "<a@example.jp>:" of qmail, or the first or only word. */
static const char *address_of_line(const char *line, struct arena *arena)
{
	size_t length = strcspn(line, " \t,;");
	while (length && strchr(":.", line[length - 1]))
		length--;
	return length > MAILBOX_MAX + 2
		       ? NULL
		       : mailbox_of(arena_bytes(arena, slice_of(line, length)), arena);
}

/* Lines about one address: until the next address or the returned mail. The words are what follows
 * the address; without a status of class 5 in them nothing is final. */
static void read_paragraphs(struct slice text, struct arena *arena, struct dsn *dsn)
{
	CLEANUP(buffer_release) struct buffer words = {.maximum = 4 * DSN_WORDS_MAX};
	struct dsn_recipient *current = NULL;
	struct slice line;
	for (int lines = 0; lines < TEXT_LINES_MAX && mime_line(&text, &line); lines++) {
		const char *shown = line_text(line, arena);
		const char *address = address_of_line(shown, arena);
		if (address) {
			if (dsn->recipient_count == DSN_RECIPIENTS_MAX)
				break;
			current = &dsn->recipients[dsn->recipient_count++];
			*current = (struct dsn_recipient){.final = address, .action = DSN_FAILED};
			buffer_clear(&words);
			shown += strcspn(shown, " \t,;");
		}
		if (!current || !shown[0])
			continue;
		buffer_printf(&words, "%s%s", words.length ? " " : "",
			      shown + strspn(shown, " \t,;"));
		find_status(shown, current->status);
		current->words = words_of(buffer_text(&words), arena);
	}
}

static bool read_text(const struct mime_part *message, const struct mime_part *parts, size_t count,
		      struct arena *arena, struct dsn *dsn)
{
	CLEANUP(buffer_release) struct buffer text = {.maximum = MIME_MESSAGE_MAX};
	if (!is_from_mailer(message->head, arena) || count == 0 ||
	    !mime_is_type(parts[0].head, "text/plain"))
		return false;
	mime_decode(&parts[0], &text);
	struct slice all = buffer_slice(&text);
	if (!all.length)
		return false;
	size_t end = returned_at(all);
	/* QSBMF: each recipient stands in angle brackets. */
	static const char qmail[] = "Hi. This is the";
	dsn->form = all.length >= strlen(qmail) && memcmp(all.data, qmail, strlen(qmail)) == 0
			    ? DSN_QMAIL
			    : DSN_PLAIN;
	read_paragraphs(slice_of(all.data, end), arena, dsn);
	/* Fields quoted in the text, then parts with the mail. */
	add_ids_of(slice_of(all.data + end, all.length - end), "Message-ID", arena, dsn);
	for (size_t i = 1; i < count; i++)
		read_returned(&parts[i], arena, dsn);
	/* Without the mail's own fields it might be anybody's words about anything. */
	return dsn->id_count > 0 && dsn->recipient_count > 0;
}

enum status dsn_read(struct slice message, struct arena *arena, struct dsn *ret, struct error *err)
{
	if (message.length > MIME_MESSAGE_MAX)
		return fail(err, INPUT, "a mail of %zu octets is too long to be a report",
			    message.length);
	struct mime_part parts[MIME_PARTS_MAX];
	size_t count = mime_leaves(message, arena, parts);
	struct mime_part whole = mime_part_of(message);
	struct dsn dsn = {.form = DSN_STANDARD};
	if (!read_standard(parts, count, arena, &dsn)) {
		dsn = (struct dsn){.form = DSN_PLAIN};
		if (!read_text(&whole, parts, count, arena, &dsn))
			return fail(err, NOT_APPLICABLE,
				    "the mail is no report of mail that was not delivered");
	}
	add_ids_of(whole.head, "In-Reply-To", arena, &dsn);
	add_ids_of(whole.head, "References", arena, &dsn);
	*ret = dsn;
	return OK;
}

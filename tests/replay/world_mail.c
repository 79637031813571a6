/*
 * The mail server of the world, and what lies in its mailboxes. People find the
 * question in the text of the mail, as mail programs show it. See world.h.
 */
#include "tests/replay/world.h"

#include "base/memory.h"
#include "base/mime.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512 * 1024 };

/* ---- reading a mail ---- */

/* What stands behind a header's name, up to the end of the line. */
static void take_header(const char *message, const char *name, char *out, size_t room)
{
	const char *line = strstr(message, name);
	size_t length = line ? strcspn(line + strlen(name), "\r\n") : 0;
	(void)snprintf(out, room, "%.*s", (int)length, line ? line + strlen(name) : "");
}

/* The body of one part, decoded. */
static void append_part(const char *header, const char *body, struct buffer *text)
{
	const char *end = strstr(body, "\r\n--");
	struct slice lines = slice_of(body, end ? (size_t)(end - body) : strlen(body));
	if (strncmp(header, "base64", 6) == 0)
		mime_read_base64(lines, text);
	else
		mime_read_quoted_printable(lines, text);
	buffer_append_byte(text, '\n');
}

/* All parts of the mail, decoded, one after the other. */
static char *text_of(const char *message)
{
	static const char marker[] = "Content-Transfer-Encoding: ";
	CLEANUP(buffer_release) struct buffer text = {.maximum = TEXT_MAX};
	for (const char *at = message; (at = strstr(at, marker)) != NULL; at++) {
		const char *body = strstr(at, "\r\n\r\n");
		if (body)
			append_part(at + strlen(marker), body + 4, &text);
	}
	return memory_text(buffer_text(&text));
}

/* The value in the link; false: the mail asks nobody. */
static bool find_value(const char *text, char value[LETTER_VALUE_MAX])
{
	static const char prefix[] = WORLD_ANSWER_URL "/answer/";
	const char *link = strstr(text, prefix);
	if (!link)
		return false;
	link += strlen(prefix);
	size_t length = strspn(link, "abcdefghijklmnopqrstuvwxyz0123456789");
	(void)snprintf(value, LETTER_VALUE_MAX, "%.*s", (int)length, link);
	return true;
}

static bool is_of_name(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '@' || c == '*';
}

bool letter_names(const struct letter *letter, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = letter->text; (at = strstr(at, name)) != NULL; at++)
		if ((at == letter->text || !is_of_name(at[-1])) && !is_of_name(at[length]))
			return true;
	return false;
}

/* ---- what arrives ---- */

const struct letter *world_letter(const struct world *world, const char *value)
{
	for (size_t i = 0; i < world->letter_count; i++)
		if (strcmp(world->letters[i].value, value) == 0)
			return &world->letters[i];
	return NULL;
}

/* A mail with a Message-ID that came before is the same mail to the same person, and no value is
 * told to two people. */
static void compare(struct world *world, const struct letter *before, const struct letter *now)
{
	bool same_id = strcmp(before->id, now->id) == 0;
	bool same_to = strcmp(before->to, now->to) == 0;
	bool same_bytes = digest_equal(before->bytes, now->bytes);
	bool same_value = strcmp(before->value, now->value) == 0;
	if (same_id && (!same_to || !same_bytes))
		(void)snprintf(world->wrong_mail, sizeof(world->wrong_mail),
			       "%s is the id of two different mails", now->id);
	if (same_value && (!same_to || !same_bytes))
		(void)snprintf(world->wrong_mail, sizeof(world->wrong_mail),
			       "one value went to %s and to %s, or in two different mails",
			       before->to, now->to);
}

static void keep_letter(struct world *world, const struct letter *letter)
{
	for (size_t i = 0; i < world->letter_count; i++) {
		struct letter *before = &world->letters[i];
		compare(world, before, letter);
		if (strcmp(before->id, letter->id) != 0)
			continue;
		before->arrivals++;
		tally_add(world->tally, TALLY_ASKED_AGAIN);
		free(letter->text);
		return;
	}
	tally_add(world->tally, TALLY_ASKED);
	world->letters =
		memory_resize(world->letters, world->letter_count + 1, sizeof(*world->letters));
	world->letters[world->letter_count++] = *letter;
}

static bool is_known(const struct world *world, struct digest digest)
{
	for (size_t i = 0; i < world->mail_count; i++)
		if (digest_equal(world->mails[i], digest))
			return true;
	return false;
}

static void take_over(struct world *world, const struct mail_ask *ask)
{
	CLEANUP(memory_freep)
	char *message = memory_printf("%.*s", (int)ask->message.length, ask->message.data);
	struct letter letter = {
		.text = text_of(message), .bytes = digest_of(ask->message), .arrivals = 1};
	bool known = is_known(world, letter.bytes);
	if (!known && world->mail_count < WORLD_MAILS_MAX)
		world->mails[world->mail_count++] = letter.bytes;
	if (find_value(letter.text, letter.value)) {
		(void)snprintf(letter.to, sizeof(letter.to), "%s", ask->to);
		take_header(message, "Message-ID: ", letter.id, sizeof(letter.id));
		keep_letter(world, &letter);
		return;
	}
	tally_add(world->tally, known ? TALLY_MAILED_AGAIN : TALLY_MAILED);
	free(letter.text);
}

/* ---- the server ---- */

static const struct mail_reply accepted = {
	.outcome = MAIL_ACCEPTED, .code = 250, .text = "250 taken", .detail = ""};
static const struct mail_reply refused = {.outcome = MAIL_REFUSED,
					  .code = 550,
					  .text = "550 5.1.1 no such mailbox",
					  .detail = "no such mailbox"};
static const struct mail_reply faults[] = {
	[MAIL_FAULT_REPLY_LOST] =
		{.outcome = MAIL_BROKEN, .code = 354, .text = "", .maybe = true, .detail = "lost"},
	[MAIL_FAULT_DEFERRED] = {.outcome = MAIL_DEFERRED,
				 .code = 451,
				 .text = "451 later",
				 .detail = "later"},
	[MAIL_FAULT_CONNECT_FAILED] = {.outcome = MAIL_CONNECT_FAILED,
				       .text = "",
				       .detail = "connection refused"},
	[MAIL_FAULT_TIMED_OUT] = {.outcome = MAIL_TIMED_OUT,
				  .code = 354,
				  .text = "",
				  .maybe = true,
				  .detail = "slow"},
};
_Static_assert(ARRAY_LENGTH(faults) == MAIL_FAULT_NONE, "every fault has its reply");

static enum mail_fault draw_fault(struct world *world)
{
	if (!chance_percent(&world->mail_chance, 2 * world->fault_percent))
		return MAIL_FAULT_NONE;
	enum mail_fault fault = (enum mail_fault)chance_below(&world->mail_chance, MAIL_FAULT_NONE);
	tally_add(world->tally, (enum tally_kind)(TALLY_MAIL_FAULT_REPLY_LOST + (int)fault));
	return fault;
}

void world_mail(struct world *world, const struct mail_ask *ask, struct world_mail *ret)
{
	enum mail_fault fault = draw_fault(world);
	*ret = (struct world_mail){
		.reply = fault == MAIL_FAULT_NONE ? accepted : faults[fault],
		.after_ms = chance_between(&world->mail_chance, 5, 3000),
	};
	if (fault == MAIL_FAULT_NONE && world_refuses(ask->to)) {
		ret->reply = refused;
		tally_add(world->tally, TALLY_MAIL_REFUSED);
		return;
	}
	/* One whose reply is lost was taken over, one that the client tires of perhaps; nothing is
	 * for a mailbox that is not there. */
	if (!world_refuses(ask->to) &&
	    (fault == MAIL_FAULT_NONE || fault == MAIL_FAULT_REPLY_LOST ||
	     (fault == MAIL_FAULT_TIMED_OUT && chance_percent(&world->mail_chance, 50))))
		take_over(world, ask);
}

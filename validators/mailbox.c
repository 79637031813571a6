/*
 * E-mail addresses by the ABNF of RFC 5321: see mailbox.h. The local part is a
 * Dot-string or a Quoted-string, read from the left; the first "@" outside
 * quotes ends it.
 */
#include "validators/mailbox.h"

#include <string.h>
#include <strings.h>

enum { ASCII_END = 0x80, LABEL_MAX = 63 };

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 5322 section 3.2.3, "atext"; RFC 6531 section 3.3: "atext =/ UTF8-non-ascii". */
static bool is_atext(uint8_t c)
{
	return is_alnum(c) || c >= ASCII_END || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* --- UTF-8 --- */

/* The length of the well-formed sequence that starts here; 0 when there is none. Overlong forms and
 * surrogates are not well-formed (RFC 3629 section 4); the C1 controls are left out. */
static size_t utf8_sequence(struct slice text)
{
	static const struct {
		uint8_t first_low, first_high, second_low, second_high;
		size_t length;
	} forms[] = {
		{0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xc2, 0xa0, 0xbf, 2},
		{0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		if (text.data[0] < forms[i].first_low || text.data[0] > forms[i].first_high)
			continue;
		if (forms[i].length > text.length)
			return 0;
		for (size_t k = 1; k < forms[i].length; k++) {
			uint8_t low = k == 1 ? forms[i].second_low : 0x80;
			uint8_t high = k == 1 ? forms[i].second_high : 0xbf;
			if (text.data[k] < low || text.data[k] > high)
				return 0;
		}
		return forms[i].length;
	}
	return 0;
}

static bool is_utf8(struct slice text)
{
	while (text.length > 0) {
		size_t length = utf8_sequence(text);
		if (length == 0)
			return false;
		text = slice_of(text.data + length, text.length - length);
	}
	return true;
}

/* --- the local part --- */

/* Dot-string = Atom *("." Atom) */
static STATUS read_dot_string(struct slice text, size_t *ret_length, struct error *err)
{
	size_t length = 0;
	bool in_atom = false;
	for (; length < text.length && text.data[length] != '@'; length++) {
		uint8_t c = text.data[length];
		if (c == '.' && !in_atom)
			return fail(err, INPUT, "a dot of the local part stands beside nothing");
		if (c != '.' && !is_atext(c))
			return fail(err, INPUT, "octet 0x%02x cannot stand in a local part",
				    (unsigned)c);
		in_atom = c != '.';
	}
	if (length == 0)
		return fail(err, INPUT, "the local part is empty");
	if (!in_atom)
		return fail(err, INPUT, "a dot of the local part stands beside nothing");
	*ret_length = length;
	return OK;
}

/* Quoted-string = DQUOTE *QcontentSMTP DQUOTE; qtextSMTP is %d32-33 / %d35-91 / %d93-126 and
 * quoted-pairSMTP a backslash before %d32-126. */
static STATUS read_quoted(struct slice text, size_t *ret_length, struct error *err)
{
	size_t at = 1;
	for (; at < text.length && text.data[at] != '"'; at++) {
		bool quoted_pair = text.data[at] == '\\';
		if (quoted_pair && ++at == text.length)
			break;
		uint8_t c = text.data[at];
		if (c < 0x20 || c == 0x7f || (quoted_pair && c >= ASCII_END))
			return fail(err, INPUT, "octet 0x%02x cannot stand in a quoted local part",
				    (unsigned)c);
	}
	if (at >= text.length)
		return fail(err, INPUT, "the quoted local part does not end");
	*ret_length = at + 1;
	return OK;
}

/* --- the domain --- */

/* sub-domain = Let-dig [Ldh-str], at least two of them, each at most 63 octets */
static STATUS check_ldh(struct slice domain, struct error *err)
{
	size_t label = 0;
	size_t dots = 0;
	for (size_t i = 0; i <= domain.length; i++) {
		uint8_t c = i < domain.length ? domain.data[i] : '.';
		if (c != '.') {
			if (!is_alnum(c) && c != '-')
				return fail(err, INPUT, "octet 0x%02x cannot stand in the domain",
					    (unsigned)c);
			if (c == '-' && label == 0)
				return fail(err, INPUT, "a label of the domain begins with \"-\"");
			label++;
			continue;
		}
		if (label == 0 || label > LABEL_MAX)
			return fail(err, INPUT, "a label of the domain has %zu octets", label);
		if (domain.data[i - 1] == '-')
			return fail(err, INPUT, "a label of the domain ends with \"-\"");
		dots += i < domain.length;
		label = 0;
	}
	if (dots == 0)
		return fail(err, INPUT, "the domain has a single label");
	return OK;
}

static STATUS read_domain(struct slice domain, struct mailbox *mailbox, struct error *err)
{
	char text[MAILBOX_MAX + 1];
	memcpy(text, domain.data, domain.length);
	text[domain.length] = '\0';
	for (size_t i = 0; i < domain.length; i++) {
		if (domain.data[i] < ASCII_END)
			continue;
		struct name name;
		struct error why = NO_ERROR;
		if (name_normalise(text, &name, &why) != OK)
			return fail(err, INPUT, "%s", why.sentence);
		memcpy(mailbox->domain, name.ascii, sizeof(mailbox->domain));
		return check_ldh(slice_text(mailbox->domain), err);
	}
	TRY(check_ldh(domain, err));
	for (size_t i = 0; i <= domain.length; i++)
		mailbox->domain[i] =
			text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
	return OK;
}

enum status mailbox_parse(struct slice text, struct mailbox *ret, struct error *err)
{
	struct mailbox mailbox = {.needs_smtputf8 = false};
	size_t local = 0;
	if (text.length > MAILBOX_MAX)
		return fail(err, INPUT, "the address has %zu octets, more than %d", text.length,
			    MAILBOX_MAX);
	if (text.length == 0 || memchr(text.data, '\0', text.length) || !is_utf8(text))
		return fail(err, INPUT, "the address is empty or not UTF-8 text");
	if (text.data[0] == '"')
		TRY(read_quoted(text, &local, err));
	else
		TRY(read_dot_string(text, &local, err));
	if (local > MAILBOX_LOCAL_MAX)
		return fail(err, INPUT, "the local part has %zu octets, more than %d", local,
			    MAILBOX_LOCAL_MAX);
	if (local + 1 >= text.length || text.data[local] != '@')
		return fail(err, INPUT, "no domain follows the local part");
	TRY(read_domain(slice_of(text.data + local + 1, text.length - local - 1), &mailbox, err));
	memcpy(mailbox.text, text.data, text.length);
	for (size_t i = 0; i < local; i++)
		mailbox.needs_smtputf8 = mailbox.needs_smtputf8 || text.data[i] >= ASCII_END;
	*ret = mailbox;
	return OK;
}

bool mailbox_same(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

const char *mailbox_unwritable(const struct mailbox *mailbox)
{
	if (mailbox->needs_smtputf8)
		return "its local part is not ASCII, and mail to such addresses is not served";
	if (strstr(mailbox->text, "=?"))
		return "it has the form of an encoded word, and a header cannot hold it";
	return NULL;
}

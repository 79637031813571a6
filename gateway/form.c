/* Forms, queries and cookies: see form.h. */
#include "gateway/form.h"

#include <string.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

static int hex_digit(uint8_t octet)
{
	if (octet >= '0' && octet <= '9')
		return octet - '0';
	if (octet >= 'a' && octet <= 'f')
		return octet - 'a' + 10;
	if (octet >= 'A' && octet <= 'F')
		return octet - 'A' + 10;
	return -1;
}

/* How many octets the UTF-8 character at the start has; 0: it is none (RFC 3629 section 4), or a
 * control character that no form has. */
static size_t character_octets(struct slice text)
{
	static const struct {
		uint8_t first_least, first_most, second_least, second_most;
		size_t octets;
	} rows[] = {
		{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	const uint8_t first = text.data[0];
	if (first < 0x80)
		return (first >= ' ' && first != 0x7f) || first == '\t' || first == '\r' ||
				       first == '\n'
			       ? 1
			       : 0;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (first < rows[i].first_least || first > rows[i].first_most)
			continue;
		if (text.length < rows[i].octets || text.data[1] < rows[i].second_least ||
		    text.data[1] > rows[i].second_most)
			return 0;
		for (size_t j = 2; j < rows[i].octets; j++)
			if ((text.data[j] & 0xc0) != 0x80)
				return 0;
		return rows[i].octets;
	}
	return 0;
}

bool form_is_text(struct slice text)
{
	while (text.length > 0) {
		size_t octets = character_octets(text);
		if (octets == 0)
			return false;
		text = slice_of(text.data + octets, text.length - octets);
	}
	return true;
}

/* "+" is a space, "%" and two digits an octet. */
static enum status unescape(struct slice part, struct arena *arena, const char **ret,
			    struct error *err)
{
	uint8_t *out = arena_new(arena, part.length + 1, 1);
	size_t length = 0;
	for (size_t i = 0; i < part.length; i++) {
		uint8_t octet = part.data[i];
		if (octet == '%') {
			int high = i + 2 < part.length ? hex_digit(part.data[i + 1]) : -1;
			int low = i + 2 < part.length ? hex_digit(part.data[i + 2]) : -1;
			if (high < 0 || low < 0)
				return fail(err, INPUT, "the form has a %% without two digits");
			octet = (uint8_t)(high << 4 | low);
			i += 2;
		} else if (octet == '+') {
			octet = ' ';
		}
		out[length++] = octet;
	}
	if (!form_is_text(slice_of(out, length)))
		return fail(err, INPUT, "the form has bytes that are not text in UTF-8");
	*ret = (const char *)out;
	return OK;
}

static struct slice cut_at(struct slice *rest, char separator)
{
	const uint8_t *found = rest->length ? memchr(rest->data, separator, rest->length) : NULL;
	size_t length = found ? (size_t)(found - rest->data) : rest->length;
	struct slice part = slice_of(rest->data, length);
	size_t used = found ? length + 1 : length;
	*rest = rest->length ? slice_of(rest->data + used, rest->length - used) : SLICE_NONE;
	return part;
}

enum status form_read(struct slice text, struct arena *arena, struct form *ret, struct error *err)
{
	struct form form = {.count = 0};
	while (text.length > 0) {
		struct slice value = cut_at(&text, '&');
		if (value.length == 0)
			continue;
		if (form.count == FORM_FIELDS_MAX)
			return fail(err, INPUT, "the form has more than %d fields",
				    FORM_FIELDS_MAX);
		struct form_field *field = &form.fields[form.count++];
		struct slice name = cut_at(&value, '=');
		TRY(unescape(name, arena, &field->name, err));
		TRY(unescape(value, arena, &field->value, err));
	}
	*ret = form;
	return OK;
}

const char *form_value(const struct form *form, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < form->count; i++) {
		if (strcmp(form->fields[i].name, name) != 0)
			continue;
		if (value)
			return NULL;
		value = form->fields[i].value;
	}
	return value;
}

const char *form_cookie(const char *header, const char *name, struct arena *arena)
{
	const char *value = NULL;
	struct slice rest = header ? slice_text(header) : SLICE_NONE;
	while (rest.length > 0) {
		struct slice pair = cut_at(&rest, ';');
		while (pair.length > 0 && (pair.data[0] == ' ' || pair.data[0] == '\t'))
			pair = slice_of(pair.data + 1, pair.length - 1);
		if (!slice_equal(cut_at(&pair, '='), slice_text(name)))
			continue;
		if (value)
			return NULL;
		value = arena_bytes(arena, pair);
	}
	return value && value[0] && strspn(value, letters) == strlen(value) ? value : NULL;
}

/* CAA records by the ABNF of RFC 8659: see caa_record.h. */
#include "validators/caa_record.h"

enum { FLAG_CRITICAL = 0x80, FLAG_CRITICAL_OLD = 0x01 };

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char *lower_text(struct slice bytes, struct arena *arena)
{
	char *text = arena_bytes(arena, bytes);
	for (char *c = text; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return text;
}

enum status caa_record_read(struct slice rdata, struct arena *arena, struct caa_record *ret,
			    struct error *err)
{
	if (rdata.length < 2)
		return fail(err, INPUT, "a record of %zu octets is no CAA record", rdata.length);
	size_t tag = rdata.data[1];
	if (tag == 0)
		return fail(err, INPUT, "the tag is empty");
	if (tag > rdata.length - 2)
		return fail(err, INPUT, "the tag of %zu octets goes past the record", tag);
	/* RFC 8659 section 4.1: "Tags MAY contain ASCII characters "a" through "z", "A" through
	 * "Z", and the numbers 0 through 9.  Tags MUST NOT contain any other characters." */
	for (size_t i = 0; i < tag; i++)
		if (!is_alnum(rdata.data[2 + i]))
			return fail(err, INPUT, "octet 0x%02x cannot stand in a tag",
				    (unsigned)rdata.data[2 + i]);
	*ret = (struct caa_record){
		.flags = rdata.data[0],
		.tag = lower_text(slice_of(rdata.data + 2, tag), arena),
		.value = slice_of(rdata.data + 2 + tag, rdata.length - 2 - tag),
	};
	return OK;
}

bool caa_record_critical(const struct caa_record *record)
{
	return (record->flags & (FLAG_CRITICAL | FLAG_CRITICAL_OLD)) != 0;
}

/* --- the issue-value --- */

struct cursor {
	struct slice rest;
	struct arena *arena;
};

static int peek(const struct cursor *cursor)
{
	return cursor->rest.length > 0 ? cursor->rest.data[0] : -1;
}

static void skip(struct cursor *cursor, size_t count)
{
	cursor->rest = slice_of(cursor->rest.data + count, cursor->rest.length - count);
}

static void skip_blanks(struct cursor *cursor)
{
	while (peek(cursor) == ' ' || peek(cursor) == '\t')
		skip(cursor, 1);
}

/* label and tag have one form: (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT)). The length of the one
 * that starts here, 0 when there is none. */
static size_t word_length(struct slice text)
{
	size_t length = 0;
	for (size_t i = 0; i < text.length && (is_alnum(text.data[i]) || text.data[i] == '-'); i++)
		if (is_alnum(text.data[i]))
			length = i + 1;
	return text.length > 0 && is_alnum(text.data[0]) ? length : 0;
}

/* issuer-domain-name = label *("." label) */
static STATUS read_issuer(struct cursor *cursor, const char **ret, struct error *err)
{
	struct slice start = cursor->rest;
	size_t length = 0;
	for (;;) {
		size_t label = word_length(cursor->rest);
		if (label == 0)
			return fail(err, INPUT, "the issuer domain name is not one");
		length += label;
		skip(cursor, label);
		if (peek(cursor) != '.')
			break;
		length++;
		skip(cursor, 1);
	}
	*ret = lower_text(slice_of(start.data, length), cursor->arena);
	return OK;
}

/* parameter = tag *WSP "=" *WSP value; value = *(%x21-3A / %x3C-7E) */
static STATUS read_parameter(struct cursor *cursor, struct caa_parameter *ret, struct error *err)
{
	size_t tag = word_length(cursor->rest);
	if (tag == 0)
		return fail(err, INPUT, "a parameter has no tag");
	ret->tag = lower_text(slice_of(cursor->rest.data, tag), cursor->arena);
	skip(cursor, tag);
	skip_blanks(cursor);
	if (peek(cursor) != '=')
		return fail(err, INPUT, "the parameter \"%s\" has no \"=\"", ret->tag);
	skip(cursor, 1);
	skip_blanks(cursor);
	size_t length = 0;
	while (length < cursor->rest.length && cursor->rest.data[length] >= 0x21 &&
	       cursor->rest.data[length] <= 0x7e && cursor->rest.data[length] != ';')
		length++;
	ret->value = arena_bytes(cursor->arena, slice_of(cursor->rest.data, length));
	skip(cursor, length);
	return OK;
}

/* parameters = (parameter *WSP ";" *WSP parameters) / parameter: no semicolon after the last. */
static STATUS read_parameters(struct cursor *cursor, struct caa_issue *ret, struct error *err)
{
	size_t most = 1;
	for (size_t i = 0; i < cursor->rest.length; i++)
		most += cursor->rest.data[i] == ';';
	struct caa_parameter *parameters = arena_new(cursor->arena, most, sizeof(*parameters));
	ret->parameters = parameters;
	for (;;) {
		TRY(read_parameter(cursor, &parameters[ret->parameter_count++], err));
		skip_blanks(cursor);
		if (peek(cursor) != ';')
			return OK;
		skip(cursor, 1);
		skip_blanks(cursor);
	}
}

/* issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]] */
enum status caa_issue_read(struct slice value, struct arena *arena, struct caa_issue *ret,
			   struct error *err)
{
	struct cursor cursor = {.rest = value, .arena = arena};
	struct caa_issue issue = {.issuer = ""};
	skip_blanks(&cursor);
	if (peek(&cursor) >= 0 && peek(&cursor) != ';')
		TRY(read_issuer(&cursor, &issue.issuer, err));
	skip_blanks(&cursor);
	if (peek(&cursor) == ';') {
		skip(&cursor, 1);
		skip_blanks(&cursor);
		if (peek(&cursor) >= 0)
			TRY(read_parameters(&cursor, &issue, err));
	}
	if (peek(&cursor) >= 0)
		return fail(err, INPUT, "octet 0x%02x stands where the value should end",
			    (unsigned)peek(&cursor));
	*ret = issue;
	return OK;
}

/* The door to jansson: see json.h. */
#include "base/json.h"

#include "base/civil.h"
#include "base/encode.h"
#include "base/memory.h"

enum status json_read(struct slice text, json_t **ret, struct error *err)
{
	json_error_t where;
	json_t *value =
		json_loadb((const char *)text.data, text.length, JSON_REJECT_DUPLICATES, &where);
	if (!value)
		return fail(err, INPUT, "line %d, column %d: %s", where.line, where.column,
			    where.text);
	if (!json_is_object(value)) {
		json_decref(value);
		return fail(err, INPUT, "the text is not a JSON object");
	}
	*ret = value;
	return OK;
}

static int append(const char *bytes, size_t length, void *context)
{
	buffer_append(context, bytes, length);
	return 0;
}

void json_write_sorted(const json_t *value, struct buffer *out)
{
	if (json_dump_callback(value, append, out, JSON_COMPACT | JSON_SORT_KEYS) != 0)
		memory_exhausted();
}

void json_write(const json_t *value, struct buffer *out)
{
	if (json_dump_callback(value, append, out, JSON_COMPACT) != 0)
		memory_exhausted();
}

void json_releasep(json_t **value)
{
	json_decref(*value);
	*value = NULL;
}

void json_add(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		memory_exhausted();
}

void json_add_text(json_t *object, const char *name, const char *text)
{
	if (!text)
		return;
	json_t *value = json_string(text);
	/* Not UTF-8: bytes from outside are shown with the odd ones replaced. */
	if (!value) {
		struct buffer clean;
		buffer_init(&clean, 1 << 20);
		for (const char *c = text; *c; c++)
			buffer_append_byte(&clean, (uint8_t)*c < 0x80 ? (uint8_t)*c : '?');
		value = json_string(buffer_text(&clean));
		buffer_release(&clean);
	}
	json_add(object, name, value);
}

void json_add_integer(json_t *object, const char *name, int64_t value)
{
	json_add(object, name, json_integer(value));
}

void json_add_instant(json_t *object, const char *name, int64_t at_ms)
{
	char text[INSTANT_TEXT];
	if (at_ms)
		json_add_text(object, name, instant_text(at_ms, text));
}

void json_add_bytes(json_t *object, const char *name, struct slice bytes)
{
	struct buffer text;
	buffer_init(&text, bytes.length * 2 + 8);
	encode_base64(bytes, &text);
	json_add(object, name, json_stringn(buffer_text(&text), text.length));
	buffer_release(&text);
}

const char *json_get_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

int64_t json_get_integer(const json_t *object, const char *name, int64_t fallback)
{
	const json_t *value = json_object_get(object, name);
	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

int64_t json_get_instant(const json_t *object, const char *name)
{
	const char *text = json_get_text(object, name);
	int64_t at_ms = 0;
	return text && instant_parse(text, 0, &at_ms) == OK ? at_ms : 0;
}

enum status json_get_bytes(const json_t *object, const char *name, struct buffer *out)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return INPUT;
	return decode_base64(slice_of(json_string_value(value), json_string_length(value)), out);
}

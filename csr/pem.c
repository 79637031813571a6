/*
 * PEM (RFC 7468): written, and taken apart so that a wrong file is told by what
 * it holds. Text before and after the block is allowed, a second block is not.
 */
#include "csr/pem.h"

#include "base/encode.h"

#include <string.h>

enum { LINE_COLUMNS = 64 };

void pem_write(const char *label, struct slice der, struct buffer *out)
{
	CLEANUP(buffer_release) struct buffer text;
	buffer_init(&text, 2 * der.length + 4);
	encode_base64(der, &text);

	buffer_printf(out, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < text.length; at += LINE_COLUMNS) {
		size_t left = text.length - at;
		buffer_append(out, text.data + at, left < LINE_COLUMNS ? left : LINE_COLUMNS);
		buffer_append_byte(out, '\n');
	}
	buffer_printf(out, "-----END %s-----\n", label);
}

bool pem_is(struct slice bytes)
{
	return slice_find(bytes, slice_text("-----BEGIN ")) >= 0;
}

/* Cuts *rest after the mark; what stood before it goes to *ret. */
static bool take_until(struct slice *rest, const char *mark, struct slice *ret)
{
	ptrdiff_t at = slice_find(*rest, slice_text(mark));
	if (at < 0)
		return false;
	size_t skip = (size_t)at + strlen(mark);
	*ret = slice_of(rest->data, (size_t)at);
	*rest = slice_of(rest->data + skip, rest->length - skip);
	return true;
}

static bool label_is_one_of(struct slice label, const char *const *labels)
{
	for (; *labels; labels++)
		if (slice_equal(label, slice_text(*labels)))
			return true;
	return false;
}

enum status pem_read(struct slice text, const char *const *labels, enum status malformed,
		     struct buffer *out, struct error *err)
{
	struct slice ignored;
	struct slice label;
	struct slice body;
	struct slice end_label;
	if (!take_until(&text, "-----BEGIN ", &ignored) || !take_until(&text, "-----", &label))
		return fail(err, malformed, "there is no PEM block");
	if (!label_is_one_of(label, labels))
		return fail(err, malformed, "the PEM block is \"%.*s\", not \"%s\"",
			    (int)(label.length < 64 ? label.length : 64), (const char *)label.data,
			    labels[0]);
	if (!take_until(&text, "-----END ", &body) || !take_until(&text, "-----", &end_label) ||
	    !slice_equal(label, end_label))
		return fail(err, malformed, "the PEM block \"%s\" has no end", labels[0]);
	if (pem_is(text))
		return fail(err, malformed, "there is more than one PEM block");

	CLEANUP(buffer_release) struct buffer base64;
	CLEANUP(buffer_release) struct buffer der;
	buffer_init(&base64, body.length);
	buffer_init(&der, body.length);
	for (size_t i = 0; i < body.length; i++)
		if (!strchr(" \t\r\n\v\f", body.data[i]))
			buffer_append_byte(&base64, body.data[i]);
	if (decode_base64(buffer_slice(&base64), &der) != OK)
		return fail(err, malformed, "the PEM block \"%s\" is not base64", labels[0]);
	buffer_append_slice(out, buffer_slice(&der));
	return OK;
}

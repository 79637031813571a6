/* Where a redirect may lead: see redirect.h. */
#include "validators/redirect.h"

#include <string.h>

static const int followed_statuses[] = {301, 302, 307, 308};

/* BR 1.6.1, "Authorized Ports": "One of the following ports: 80 (http), 443 (https), 25 (smtp), 22
 * (ssh)." */
static const uint16_t authorized_ports[] = {80, 443, 25, 22};

bool redirect_status_followed(int status)
{
	for (size_t i = 0; i < ARRAY_LENGTH(followed_statuses); i++)
		if (followed_statuses[i] == status)
			return true;
	return false;
}

static bool port_authorized(uint16_t port)
{
	for (size_t i = 0; i < ARRAY_LENGTH(authorized_ports); i++)
		if (authorized_ports[i] == port)
			return true;
	return false;
}

/* Cuts the next line, without its CR LF or LF, off the front of *rest. */
static struct slice next_line(struct slice *rest)
{
	const uint8_t *newline = memchr(rest->data, '\n', rest->length);
	size_t taken = newline ? (size_t)(newline - rest->data) + 1 : rest->length;
	struct slice line = slice_of(rest->data, newline ? taken - 1 : taken);
	if (line.length > 0 && line.data[line.length - 1] == '\r')
		line.length--;
	*rest = slice_of(rest->data + taken, rest->length - taken);
	return line;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct slice trimmed(struct slice text)
{
	while (text.length > 0 && is_blank(text.data[0]))
		text = slice_of(text.data + 1, text.length - 1);
	while (text.length > 0 && is_blank(text.data[text.length - 1]))
		text.length--;
	return text;
}

static bool is_location(struct slice line)
{
	static const char name[] = "location:";
	size_t length = sizeof(name) - 1;
	return line.length >= length && strncasecmp((const char *)line.data, name, length) == 0;
}

/* The value of the only Location header. A folded value, which RFC 9112 section 5.2 forbids, is
 * refused, since parties disagree about what it says. */
static STATUS only_location(struct slice headers, struct slice *ret, struct error *err)
{
	struct slice value = SLICE_NONE;
	int count = 0;
	bool after_location = false;
	while (headers.length > 0) {
		struct slice line = next_line(&headers);
		if (after_location && line.length > 0 && is_blank(line.data[0]))
			return fail(err, REDIRECT_REFUSED,
				    "its Location header goes over two lines");
		after_location = is_location(line);
		if (!after_location)
			continue;
		count++;
		size_t name = strlen("location:");
		value = trimmed(slice_of(line.data + name, line.length - name));
	}
	if (count == 0)
		return fail(err, REDIRECT_REFUSED, "it has no Location header");
	if (count > 1)
		return fail(err, REDIRECT_REFUSED, "it has %d Location headers", count);
	if (memchr(value.data, '\0', value.length))
		return fail(err, REDIRECT_REFUSED, "its Location header holds a NUL");
	*ret = value;
	return OK;
}

enum status redirect_target(struct slice headers, const struct url *base, struct arena *arena,
			    struct url *ret, struct error *err)
{
	struct slice location;
	TRY(only_location(headers, &location, err));
	struct url url;
	struct error why = NO_ERROR;
	if (url_resolve(base, arena_bytes(arena, location), arena, &url, &why) != OK)
		return fail(err, REDIRECT_REFUSED, "%s", why.sentence);
	if (!port_authorized(url.port))
		return fail(err, REDIRECT_REFUSED,
			    "port %u is not an authorized port (80, 443, 25, 22)",
			    (unsigned)url.port);
	*ret = url;
	return OK;
}

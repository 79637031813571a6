/* URLs by libcurl's parser behind a strict door: see url.h. */
#include "net/url.h"

#include "base/memory.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3986 appendix A: unreserved, reserved and "%". The square brackets belong to hosts only,
 * which the parser looks after. */
static const char uri_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789-._~:/?#[]@!$&'()*+,;=%";

static void curl_url_release(CURLU **handle)
{
	curl_url_cleanup(*handle);
}

static void curl_text_release(char **text)
{
	curl_free(*text);
}

static uint16_t scheme_port(enum http_scheme scheme)
{
	return scheme == HTTP_TLS ? HTTPS_PORT : HTTP_PORT;
}

static const char *scheme_text(enum http_scheme scheme)
{
	return scheme == HTTP_TLS ? "https" : "http";
}

/* The length of "scheme" when the reference starts with one and a colon (RFC 3986 section 3.1). */
static size_t scheme_length(const char *reference)
{
	size_t length = strspn(reference, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					  "0123456789+-.");
	return reference[length] == ':' ? length : 0;
}

/* curl repairs what browsers repair ("http:/host", "///host", blanks); a rule about where a
 * redirect may lead cannot rest on a guess about what was meant. */
static STATUS check_reference(const char *reference, struct error *err)
{
	size_t length = strlen(reference);
	if (length == 0)
		return fail(err, INPUT, "the URL is empty");
	if (length > URL_TARGET_MAX + NAME_TEXT)
		return fail(err, INPUT, "the URL is %zu octets long", length);
	size_t clean = strspn(reference, uri_characters);
	if (clean < length)
		return fail(err, INPUT, "octet 0x%02x cannot stand in a URL",
			    (unsigned)(unsigned char)reference[clean]);
	size_t scheme = scheme_length(reference);
	const char *rest = scheme ? reference + scheme + 1 : reference;
	if (scheme && strncasecmp(reference, "http:", scheme + 1) != 0 &&
	    strncasecmp(reference, "https:", scheme + 1) != 0)
		return fail(err, INPUT, "the scheme \"%.*s\" is neither http nor https",
			    (int)(scheme > 20 ? 20 : scheme), reference);
	if (scheme && strncmp(rest, "//", 2) != 0)
		return fail(err, INPUT, "the URL has no host");
	if (strncmp(rest, "//", 2) == 0 && strchr("/?#", rest[2]))
		return fail(err, INPUT, "the host is empty");
	return OK;
}

/* curl reads "3" as the address 0.0.0.3 but "3." as a name: a host whose last label is a number
 * (decimal, octal or 0x) is an address to some and a name to others, so it is neither here. */
static bool ends_in_number(const char *host)
{
	const char *dot = strrchr(host, '.');
	const char *label = dot ? dot + 1 : host;
	bool hexadecimal = strncmp(label, "0x", 2) == 0;
	const char *digits = hexadecimal ? "0123456789abcdef" : "0123456789";
	const char *rest = hexadecimal ? label + 2 : label;
	return rest[strspn(rest, digits)] == '\0';
}

static STATUS read_host(CURLU *handle, struct url *ret, struct error *err)
{
	CLEANUP(curl_text_release) char *zone = NULL;
	if (curl_url_get(handle, CURLUPART_ZONEID, &zone, 0) == CURLUE_OK)
		return fail(err, INPUT, "the host has the scope zone \"%.40s\"", zone);
	CLEANUP(curl_text_release) char *host = NULL;
	if (curl_url_get(handle, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return fail(err, INPUT, "the host is empty");
	size_t length = strlen(host);
	if (host[0] == '[' && host[length - 1] == ']') {
		host[length - 1] = '\0';
		if (address_parse(host + 1, &ret->literal) != OK)
			return fail(err, INPUT, "the host [%.60s] is not an address", host + 1);
		(void)address_text(&ret->literal, ret->host);
		return OK;
	}
	if (address_parse(host, &ret->literal) == OK) {
		(void)address_text(&ret->literal, ret->host);
		return OK;
	}
	ret->literal = (struct address){.family = ADDRESS_NONE};
	TRY(name_host(host, ret->host, err));
	if (ends_in_number(ret->host))
		return fail(err, INPUT, "the host %.60s is neither a name nor an address", host);
	return OK;
}

static STATUS read_port(CURLU *handle, struct url *ret, struct error *err)
{
	CLEANUP(curl_text_release) char *port = NULL;
	ret->port = scheme_port(ret->scheme);
	if (curl_url_get(handle, CURLUPART_PORT, &port, 0) != CURLUE_OK)
		return OK;
	unsigned long number = strtoul(port, NULL, 10);
	if (number == 0 || number > UINT16_MAX)
		return fail(err, INPUT, "the port %.20s is not a port", port);
	ret->port = (uint16_t)number;
	return OK;
}

static STATUS read_target(CURLU *handle, struct arena *arena, struct url *ret, struct error *err)
{
	CLEANUP(curl_text_release) char *path = NULL;
	CLEANUP(curl_text_release) char *query = NULL;
	if (curl_url_get(handle, CURLUPART_PATH, &path, 0) != CURLUE_OK)
		return fail(err, INPUT, "the URL has no path");
	bool has_query = curl_url_get(handle, CURLUPART_QUERY, &query, 0) == CURLUE_OK;
	ret->target =
		arena_printf(arena, "%s%s%s", path, has_query ? "?" : "", has_query ? query : "");
	if (strlen(ret->target) > URL_TARGET_MAX)
		return fail(err, INPUT, "the path is %zu octets long, more than %d",
			    strlen(ret->target), URL_TARGET_MAX);
	return OK;
}

enum status url_resolve(const struct url *base, const char *reference, struct arena *arena,
			struct url *ret, struct error *err)
{
	TRY(check_reference(reference, err));
	/* A fragment is never sent; without it an empty reference means the base itself. */
	const char *sent = arena_bytes(arena, slice_of(reference, strcspn(reference, "#")));
	if (sent[0] == '\0') {
		*ret = *base;
		return OK;
	}
	CLEANUP(curl_url_release) CURLU *handle = curl_url();
	if (!handle)
		memory_exhausted();
	CURLUcode code = curl_url_set(handle, CURLUPART_URL, url_text(base, arena), 0);
	if (code == CURLUE_OK)
		code = curl_url_set(handle, CURLUPART_URL, sent, CURLU_DISALLOW_USER);
	if (code == CURLUE_USER_NOT_ALLOWED)
		return fail(err, INPUT, "the URL names a user");
	if (code != CURLUE_OK)
		return fail(err, INPUT, "the URL cannot be read: %s", curl_url_strerror(code));

	CLEANUP(curl_text_release) char *scheme = NULL;
	if (curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		return fail(err, INPUT, "the URL has no scheme");
	struct url url = {.scheme = strcmp(scheme, "https") == 0 ? HTTP_TLS : HTTP_PLAIN};
	TRY(read_host(handle, &url, err));
	TRY(read_port(handle, &url, err));
	TRY(read_target(handle, arena, &url, err));
	*ret = url;
	return OK;
}

const char *url_text(const struct url *url, struct arena *arena)
{
	bool v6 = url->literal.family == ADDRESS_V6;
	const char *port = url->port == scheme_port(url->scheme)
				   ? ""
				   : arena_printf(arena, ":%u", (unsigned)url->port);
	return arena_printf(arena, "%s://%s%s%s%s%s", scheme_text(url->scheme), v6 ? "[" : "",
			    url->host, v6 ? "]" : "", port, url->target);
}

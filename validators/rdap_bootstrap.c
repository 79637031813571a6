/*
 * The bootstrap table: see rdap_bootstrap.h. RFC 9224 section 3: "services" is
 * an array of Services, each two arrays: the Entries, and the base RDAP URLs that
 * serve them all. Section 4: "the longest match" of whole labels decides.
 */
#include "validators/rdap_bootstrap.h"

#include "base/json.h"

#include <string.h>
#include <strings.h>

enum { ENTRIES = 0, URLS = 1, SERVICE_PARTS = 2 };

enum status rdap_url(const char *text, struct arena *arena, struct url *ret, struct error *err)
{
	static const struct url base = {
		.scheme = HTTP_TLS, .host = "rdap.invalid", .port = HTTPS_PORT, .target = "/"};
	if (strncasecmp(text, "https://", 8) != 0)
		return fail(err, INPUT, "the URL does not begin with https://");
	return url_resolve(&base, text, arena, ret, err);
}

/* Entries are lower-case, but nobody promises it. */
static bool entry_covers(const char *entry, const char *name)
{
	size_t length = strlen(entry);
	size_t whole = strlen(name);
	if (length == 0 || length > whole || strcasecmp(name + whole - length, entry) != 0)
		return false;
	return length == whole || name[whole - length - 1] == '.';
}

/* The length of the longest entry of the service that covers the name; 0: none. */
static size_t covered_octets(const json_t *service, const char *name)
{
	size_t longest = 0;
	size_t i;
	const json_t *entry;
	json_array_foreach(json_array_get(service, ENTRIES), i, entry)
	{
		const char *text = json_string_value(entry);
		if (text && entry_covers(text, name) && strlen(text) > longest)
			longest = strlen(text);
	}
	return longest;
}

static bool https_url_of(const json_t *service, struct arena *arena, struct url *ret)
{
	size_t i;
	const json_t *element;
	json_array_foreach(json_array_get(service, URLS), i, element)
	{
		const char *text = json_string_value(element);
		if (text && rdap_url(text, arena, ret, NULL) == OK)
			return true;
	}
	return false;
}

enum status rdap_bootstrap_find(struct slice table, const char *name, struct arena *arena,
				struct url *ret, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	const json_t *best = NULL;
	size_t longest = 0;
	size_t i;
	const json_t *service;
	TRY(json_read(table, &object, err));
	const json_t *services = json_object_get(object, "services");
	if (!json_is_array(services))
		return fail(err, INPUT, "the table of RDAP servers has no services");
	json_array_foreach(services, i, service)
	{
		size_t octets = covered_octets(service, name);
		if (json_array_size(service) < SERVICE_PARTS)
			return fail(err, INPUT, "service %zu of the table names no URLs", i + 1);
		if (octets > longest) {
			longest = octets;
			best = service;
		}
	}
	if (!best)
		return fail(err, NOT_FOUND, "IANA names no RDAP server for %s", name);
	if (!https_url_of(best, arena, ret))
		return fail(err, NOT_FOUND, "IANA names no RDAP server with https for %s", name);
	return OK;
}

enum status rdap_domain_url(const struct url *base, const char *name, struct arena *arena,
			    struct url *ret, struct error *err)
{
	/* RFC 9224 section 3: base URLs "MUST have a trailing "/" character"; not all do. */
	size_t length = strlen(base->target);
	bool slash = length > 0 && base->target[length - 1] == '/';
	const char *target =
		arena_printf(arena, "%s%sdomain/%s", base->target, slash ? "" : "/", name);
	if (strlen(target) > URL_TARGET_MAX)
		return fail(err, INPUT, "the URL of the RDAP server is %zu octets long",
			    strlen(target));
	*ret = *base;
	ret->target = target;
	return OK;
}

bool rdap_bootstrap_reusable(struct slice table)
{
	return slice_find(table, slice_text("\"services\"")) >= 0;
}

/* Network perspectives in issuer.yaml: see perspective_part.h. */
#include "policy/perspective_part.h"

#include <string.h>

enum { HTTPS_PORT = 443, LATITUDE_MOST = 90, LONGITUDE_MOST = 180 };

struct remote_part {
	const char *id;
	const char *url;
	const char *address;
	struct place_part place;
	struct place_part resolver;
};

/* clang-format off */
#define GROUP(name, type, table, ...) \
	{.what = (name), .size = sizeof(struct type), .columns = (table), \
	 .column_count = ARRAY_LENGTH(table), __VA_ARGS__}

#define PLACE(type, member, need) \
	{"rir",       COLUMN_WORD, (need), AT(type, member region),    .words = region_names}, \
	{"latitude",  COLUMN_TEXT, (need), AT(type, member latitude)}, \
	{"longitude", COLUMN_TEXT, (need), AT(type, member longitude)}

static const struct column resolver_columns[] = {PLACE(place_part, , NEED_ALWAYS)};
static const struct group resolver_group = GROUP("resolver", place_part, resolver_columns, .initial = NULL);

static const struct column remote_columns[] = {
	{"id",       COLUMN_ID,    NEED_ALWAYS, AT(remote_part, id)},
	{"url",      COLUMN_TEXT,  NEED_ALWAYS, AT(remote_part, url)},
	{"address",  COLUMN_TEXT,  NEED_ALWAYS, AT(remote_part, address)},
	PLACE(remote_part, place., NEED_ALWAYS),
	{"resolver", COLUMN_GROUP, NEED_NEVER,  AT(remote_part, resolver), .group = &resolver_group},
};
static const struct group remote_group = GROUP("perspective", remote_part, remote_columns, .id_key = "id");

static const struct column corroboration_columns[] = {
	{"certificate",  COLUMN_TEXT,  NEED_ALWAYS, AT(corroboration_part, certificate)},
	{"key",          COLUMN_TEXT,  NEED_ALWAYS, AT(corroboration_part, key)},
	{"ca",           COLUMN_TEXT,  NEED_ALWAYS, AT(corroboration_part, ca)},
	PLACE(corroboration_part, place., NEED_ALWAYS),
	{"resolver",     COLUMN_GROUP, NEED_NEVER,  AT(corroboration_part, resolver), .group = &resolver_group},
	{"perspectives", COLUMN_ROWS,  NEED_ALWAYS, AT(corroboration_part, perspectives), .group = &remote_group},
};
const struct group corroboration_group =
	GROUP("corroboration", corroboration_part, corroboration_columns, .initial = NULL);

static const struct column perspective_columns[] = {
	{"listen",      COLUMN_TEXT, NEED_ALWAYS, AT(perspective_part, listen)},
	{"certificate", COLUMN_TEXT, NEED_ALWAYS, AT(perspective_part, certificate)},
	{"key",         COLUMN_TEXT, NEED_ALWAYS, AT(perspective_part, key)},
	{"client_ca",   COLUMN_TEXT, NEED_ALWAYS, AT(perspective_part, client_ca)},
	{"pack",        COLUMN_ID,   NEED_NEVER,  AT(perspective_part, pack)},
};
static const struct perspective_part perspective_initial = {.pack = "public-tls"};
const struct group perspective_group =
	GROUP("perspective", perspective_part, perspective_columns, .initial = &perspective_initial);
/* clang-format on */

static enum status take_place(const struct place_part *part, const char *whose, struct place *ret,
			      struct error *err)
{
	ret->region = part->region;
	if (place_degrees_parse(part->latitude, LATITUDE_MOST, &ret->latitude_udeg) != OK)
		return fail(err, CONFIGURATION,
			    "%s: latitude is \"%.40s\", not degrees from -90 to 90 like 35.68",
			    whose, part->latitude);
	if (place_degrees_parse(part->longitude, LONGITUDE_MOST, &ret->longitude_udeg) != OK)
		return fail(err, CONFIGURATION,
			    "%s: longitude is \"%.40s\", not degrees from -180 to 180 like 139.77",
			    whose, part->longitude);
	return OK;
}

/* Without a place of its own the resolver is where its perspective is. */
static enum status take_places(const struct place_part *place, const struct place_part *resolver,
			       struct perspective *ret, struct error *err)
{
	TRY(take_place(place, ret->id, &ret->place, err));
	return take_place(resolver->latitude ? resolver : place, ret->id, &ret->resolver, err);
}

static bool is_service_url(const char *url)
{
	size_t length = strlen(url);
	const char *scheme = "https://";
	return strncmp(url, scheme, strlen(scheme)) == 0 && length > strlen(scheme) &&
	       url[length - 1] != '/' && strcspn(url, " \t\"\\@?#") == length;
}

static enum status take_remote(const struct remote_part *part, struct perspective *ret,
			       struct error *err)
{
	struct perspective remote = {.id = part->id, .url = part->url};
	if (!is_service_url(part->url))
		return fail(err, CONFIGURATION, "%s: url is \"%.80s\", not like https://HOST:PORT",
			    part->id, part->url);
	if (endpoint_parse(part->address, HTTPS_PORT, &remote.address) != OK)
		return fail(err, CONFIGURATION,
			    "%s: address is \"%.80s\", not ADDR:PORT or [V6]:PORT", part->id,
			    part->address);
	TRY(take_places(&part->place, &part->resolver, &remote, err));
	*ret = remote;
	return OK;
}

enum status corroboration_take(const struct corroboration_part *part, struct perspective *remotes,
			       struct configuration_corroboration *ret, struct error *err)
{
	const struct remote_part *rows = part->perspectives.at;
	struct configuration_corroboration own;
	if (!part->certificate)
		return OK;
	own = (struct configuration_corroboration){
		.certificate = part->certificate,
		.key = part->key,
		.ca = part->ca,
		.primary = {.id = "primary"},
		.remotes = remotes,
		.remote_count = part->perspectives.count,
	};
	TRY(take_places(&part->place, &part->resolver, &own.primary, err));
	if (own.remote_count > PERSPECTIVES_MAX)
		return fail(err, CONFIGURATION, "perspectives has %zu rows, at most %d are allowed",
			    own.remote_count, PERSPECTIVES_MAX);
	for (size_t i = 0; i < own.remote_count; i++) {
		TRY(take_remote(&rows[i], &remotes[i], err));
		for (size_t j = 0; j < i; j++)
			if (strcmp(rows[i].id, rows[j].id) == 0)
				return fail(err, CONFIGURATION, "perspective \"%s\" stands twice",
					    rows[i].id);
	}
	*ret = own;
	return OK;
}

enum status perspective_take(const struct perspective_part *part,
			     struct configuration_perspective *ret, struct error *err)
{
	if (!part->listen)
		return OK;
	struct configuration_perspective own = {
		.certificate = part->certificate,
		.key = part->key,
		.client_ca = part->client_ca,
		.pack = part->pack,
	};
	if (endpoint_parse(part->listen, HTTPS_PORT, &own.listen) == OK) {
		*ret = own;
		return OK;
	}
	return fail(err, CONFIGURATION,
		    "perspective: listen is \"%.80s\", not ADDR:PORT or [V6]:PORT", part->listen);
}

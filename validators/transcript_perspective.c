/* Other network perspectives in a transcript: see transcript_perspective.h. */
#include "validators/transcript_perspective.h"

#include "base/json_text.h"
#include "validators/evidence_member.h"

#include <string.h>

enum { BYTES_MAX = 1 << 20, STATUS_MAX = 999 };

/* The members of "rule", written and read by one table. */
/* clang-format off */
static const struct rule_member {
	const char *name;
	size_t offset;
} rule_members[] = {
	{"remotes",           offsetof(struct quorum, remotes)},
	{"failures",          offsetof(struct quorum, failures)},
	{"many",              offsetof(struct quorum, many)},
	{"failures_many",     offsetof(struct quorum, failures_many)},
	{"contradictions",    offsetof(struct quorum, contradictions)},
	{"regions",           offsetof(struct quorum, regions)},
	{"distance_km",       offsetof(struct quorum, distance_km)},
	{"resolver_km",       offsetof(struct quorum, resolver_km)},
	{"resolver_regional", offsetof(struct quorum, resolver_regional)},
	{"missed",            offsetof(struct quorum, missed)},
	{"timeout_ms",        offsetof(struct quorum, timeout_ms)},
};
_Static_assert(sizeof(rule_members) / sizeof(rule_members[0]) ==
	       sizeof(struct quorum) / sizeof(int), "one member a number");
/* clang-format on */

static STATUS read_int(const json_t *object, const char *member, int64_t least, int *ret,
		       struct error *err)
{
	int64_t number = json_get_integer(object, member, INT64_MAX);
	if (number < least || number > INT32_MAX)
		return member_broken(err, member);
	*ret = (int)number;
	return OK;
}

static STATUS read_endpoint(const json_t *object, const char *member, struct endpoint *ret,
			    struct error *err)
{
	const char *text = json_get_text(object, member);
	if (!text || endpoint_parse(text, 0, ret) != OK)
		return member_broken(err, member);
	return OK;
}

/* --- the rule --- */

static void write_rule(struct buffer *out, const struct quorum *quorum)
{
	json_text_open(out, "rule", '{');
	for (size_t i = 0; i < ARRAY_LENGTH(rule_members); i++) {
		int value;
		memcpy(&value, (const char *)quorum + rule_members[i].offset, sizeof(value));
		json_text_integer(out, rule_members[i].name, value);
	}
	json_text_close(out, '}');
}

static STATUS read_rule(const json_t *object, struct quorum *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rule_members); i++) {
		int value = 0;
		TRY(read_int(object, rule_members[i].name, 0, &value, err));
		memcpy((char *)ret + rule_members[i].offset, &value, sizeof(value));
	}
	return OK;
}

/* --- who is asked --- */

static void write_place(struct buffer *out, const char *name, const struct place *place)
{
	json_text_open(out, name, '{');
	json_text_string(out, "rir", region_names[place->region]);
	json_text_integer(out, "latitude_udeg", place->latitude_udeg);
	json_text_integer(out, "longitude_udeg", place->longitude_udeg);
	json_text_close(out, '}');
}

static STATUS read_place(const json_t *object, struct place *ret, struct error *err)
{
	const char *rir = json_get_text(object, "rir");
	struct place place = {0};
	TRY(read_int(object, "latitude_udeg", -INT32_MAX, &place.latitude_udeg, err));
	TRY(read_int(object, "longitude_udeg", -INT32_MAX, &place.longitude_udeg, err));
	for (; rir && region_names[place.region]; place.region++) {
		if (strcmp(region_names[place.region], rir) != 0)
			continue;
		*ret = place;
		return OK;
	}
	return member_broken(err, "rir");
}

static void write_perspective(struct buffer *out, const char *name,
			      const struct perspective *perspective)
{
	char address[ENDPOINT_TEXT];
	json_text_open(out, name, '{');
	json_text_string(out, "id", perspective->id);
	json_text_string(out, "url", perspective->url);
	if (perspective->url)
		json_text_string(out, "address", endpoint_text(&perspective->address, address));
	write_place(out, "place", &perspective->place);
	write_place(out, "resolver", &perspective->resolver);
	json_text_close(out, '}');
}

static STATUS read_perspective(const json_t *object, struct arena *arena, struct perspective *ret,
			       struct error *err)
{
	TRY(member_text(object, "id", arena, &ret->id, err));
	TRY(read_place(json_object_get(object, "place"), &ret->place, err));
	return read_place(json_object_get(object, "resolver"), &ret->resolver, err);
}

static STATUS read_remote(const json_t *object, struct arena *arena, struct perspective *ret,
			  struct error *err)
{
	TRY(read_perspective(object, arena, ret, err));
	TRY(member_text(object, "url", arena, &ret->url, err));
	return read_endpoint(object, "address", &ret->address, err);
}

void transcript_plan_write(struct buffer *out, const struct corroboration_plan *plan)
{
	if (!plan)
		return;
	json_text_open(out, "corroboration", '{');
	write_rule(out, &plan->quorum);
	write_perspective(out, "primary", &plan->primary);
	json_text_open(out, "perspectives", '[');
	for (size_t i = 0; i < plan->remote_count; i++)
		write_perspective(out, NULL, &plan->remotes[i]);
	json_text_close(out, ']');
	json_text_close(out, '}');
}

enum status transcript_plan_read(const json_t *object, struct arena *arena,
				 const struct corroboration_plan **ret, struct error *err)
{
	const json_t *list = json_object_get(object, "perspectives");
	if (!object) {
		*ret = NULL;
		return OK;
	}
	if (!json_is_array(list) || json_array_size(list) > PERSPECTIVES_MAX)
		return member_broken(err, "perspectives");
	struct corroboration_plan *plan = arena_new(arena, 1, sizeof(*plan));
	struct perspective *remotes = arena_new(arena, PERSPECTIVES_MAX, sizeof(*remotes));
	TRY(read_rule(json_object_get(object, "rule"), &plan->quorum, err));
	TRY(read_perspective(json_object_get(object, "primary"), arena, &plan->primary, err));
	for (size_t i = 0; i < json_array_size(list); i++)
		TRY(read_remote(json_array_get(list, i), arena, &remotes[i], err));
	plan->remotes = remotes;
	plan->remote_count = json_array_size(list);
	*ret = plan;
	return OK;
}

/* --- questions and answers --- */

void transcript_answer_write(struct buffer *out, const struct step_perspective *ask,
			     const struct api_reply *reply)
{
	char address[ENDPOINT_TEXT];
	json_text_open(out, "perspective", '{');
	json_text_string(out, "id", ask->id);
	json_text_string(out, "url", ask->url);
	json_text_string(out, "address", endpoint_text(&ask->address, address));
	json_text_string(out, "request", ask->request);
	json_text_string(out, "outcome", http_outcome_text(reply->outcome));
	json_text_integer(out, "status", reply->status);
	json_text_bytes(out, "body", reply->body);
	json_text_bytes(out, "certificate", reply->certificate);
	json_text_string(out, "detail", reply->detail);
	json_text_close(out, '}');
}

enum status transcript_answer_read(const json_t *object, struct arena *arena,
				   struct step_perspective *ask, struct api_reply *reply,
				   struct error *err)
{
	const char *outcome = json_get_text(object, "outcome");
	TRY(member_text(object, "id", arena, &ask->id, err));
	TRY(member_text(object, "url", arena, &ask->url, err));
	TRY(member_text(object, "request", arena, &ask->request, err));
	TRY(read_endpoint(object, "address", &ask->address, err));
	if (!outcome || http_outcome_parse(outcome, &reply->outcome) != OK)
		return member_broken(err, "outcome");
	TRY(read_int(object, "status", 0, &reply->status, err));
	if (reply->status > STATUS_MAX)
		return member_broken(err, "status");
	TRY(member_bytes(object, "body", BYTES_MAX, arena, &reply->body, err));
	TRY(member_bytes(object, "certificate", BYTES_MAX, arena, &reply->certificate, err));
	return member_text(object, "detail", arena, &reply->detail, err);
}

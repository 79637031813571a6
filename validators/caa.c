/*
 * May this CA issue for the name? RFC 8659, BR 4.2.2.1, REQUIREMENTS CAA-01 and
 * CAA-02. Climbs from the name up to its top-level label; the first CAA RRset
 * met decides, and the tree above the target of an alias is never climbed.
 *
 *   www.example.com ── none ──> example.com ── none ──> com ── none ──> permitted
 *         │                           │
 *         └ found: judge it           └ could not be looked up: unknown
 *
 * Questions are asked side by side, the nearest ones first; they are judged in
 * the order of the climb, so a failure below the first hit decides.
 */
#include "validators/caa.h"

#include <stdio.h>
#include <string.h>

enum { QUESTIONS_AT_ONCE = 8, TRIES_LEAST = 2 };
_Static_assert((int)QUESTIONS_AT_ONCE <= (int)STEPS_MAX, "one activation may ask them all");

struct caa {
	struct lookup *climb; /* the name, its parent … its top-level label; in the arena */
	const char **names;
	size_t count;
	size_t asked;
	size_t judged; /* levels that the verdict rests on */
	const struct caa_opinion *opinions;
	size_t opinion_count;
};

static struct caa *state_of(struct validation *validation)
{
	return validation->state;
}

/* True when one that was begun has ended already, by an answer that another look-up asked for. */
static bool ask_more(struct validation *validation)
{
	struct caa *caa = state_of(validation);
	bool ended = false;
	size_t open = 0;
	for (size_t i = 0; i < caa->asked; i++)
		open += caa->climb[i].outcome == LOOKUP_ASKING;
	for (; caa->asked < caa->count && open < QUESTIONS_AT_ONCE; caa->asked++, open++) {
		struct lookup *lookup = &caa->climb[caa->asked];
		validation_lookup(validation, lookup, caa->names[caa->asked], DNS_TYPE_CAA);
		ended |= lookup->outcome != LOOKUP_ASKING;
	}
	return ended;
}

static void begin(struct validation *validation)
{
	struct caa *caa = state_of(validation);
	const char *domain = validation->task->domain;
	caa->count = 1;
	for (const char *c = domain; *c; c++)
		caa->count += *c == '.';
	caa->climb = arena_new(validation->arena, caa->count, sizeof(*caa->climb));
	caa->names = arena_new(validation->arena, caa->count, sizeof(*caa->names));
	for (size_t i = 0; i < caa->count; i++) {
		caa->names[i] = domain;
		const char *dot = strchr(domain, '.');
		domain = dot ? dot + 1 : domain;
	}
	(void)ask_more(validation);
}

/* --- the words --- */

/* "www.example.com CAA: no such record; example.com CAA: 1 record" */
static const char *shown_climb(struct validation *validation, size_t levels)
{
	const struct caa *caa = state_of(validation);
	const char *text = "";
	for (size_t i = 0; i < levels; i++)
		text = arena_printf(validation->arena, "%s%s%s", text, i > 0 ? "; " : "",
				    lookup_text(&caa->climb[i], validation->arena));
	return text;
}

/* How the deciding RRset was come upon; "" when it stands at the name itself. */
static const char *shown_way(struct validation *validation, const struct lookup *lookup)
{
	const struct caa *caa = state_of(validation);
	size_t level = (size_t)(lookup - caa->climb);
	if (level == 0 && lookup->cnames == 0)
		return "";
	return arena_printf(validation->arena, " (%s)", shown_climb(validation, level + 1));
}

/* --- the climb --- */

/* The smallest TTL of what the decision rests on: the RRset that decides and the emptiness of the
 * levels below it. */
static uint32_t smallest_ttl(const struct caa *caa, size_t levels)
{
	uint32_t ttl = UINT32_MAX;
	for (size_t i = 0; i < levels; i++)
		if (caa->climb[i].ttl < ttl)
			ttl = caa->climb[i].ttl;
	return ttl;
}

static void finish_found(struct validation *validation, size_t level)
{
	struct caa *caa = state_of(validation);
	const struct lookup *lookup = &caa->climb[level];
	struct verdict *verdict = &validation->verdict;
	verdict->ttl_s = smallest_ttl(caa, level + 1);
	memcpy(verdict->decided_by, lookup->canonical, sizeof(lookup->canonical));
	caa->judged = level + 1;
	caa_judge(validation, lookup, &caa->opinions, &caa->opinion_count);
	size_t length = strlen(verdict->sentence);
	(void)snprintf(verdict->sentence + length, sizeof(verdict->sentence) - length, "%s",
		       shown_way(validation, lookup));
}

static void finish_unknown(struct validation *validation, size_t level)
{
	struct caa *caa = state_of(validation);
	const struct lookup *lookup = &caa->climb[level];
	caa->judged = level + 1;
	validation_finish(validation, CAA_UNKNOWN, "CAA could not be looked up: %s",
			  shown_climb(validation, level + 1));
	validation_hint(validation, "%s; without that nothing is issued",
			lookup_advice(lookup, validation->arena));
}

/* BR 4.2.2.1: a failed look-up permits only when "the failure is outside the CA's infrastructure",
 * it "has been retried at least once" and the domain is "Insecure". A resolver that answers
 * SERVFAIL has itself failed elsewhere; one that does not answer may be at fault itself. An
 * insecure zone behind an alias says nothing of the domain that the alias stands in. */
static bool may_be_overlooked(const struct validation *validation, const struct lookup *lookup)
{
	return validation->task->limits.failure_permits && lookup->dns == DNS_SERVFAIL &&
	       lookup->tries >= TRIES_LEAST && lookup->cnames == 0;
}

static void failed(struct validation *validation, size_t level)
{
	struct lookup *lookup = &state_of(validation)->climb[level];
	if (may_be_overlooked(validation, lookup) && lookup_may_begin_zone(lookup))
		lookup_begin_zone(lookup, &validation->steps);
	if (lookup->outcome == LOOKUP_FAILED && lookup->zone != SECURITY_INSECURE)
		finish_unknown(validation, level);
}

/* Judges as far as the answers reach from the name upwards. */
static void climb(struct validation *validation)
{
	struct caa *caa = state_of(validation);
	for (size_t i = 0; i < caa->asked; i++) {
		if (caa->climb[i].outcome == LOOKUP_FAILED)
			failed(validation, i);
		if (validation->finished)
			return;
		switch (caa->climb[i].outcome) {
		case LOOKUP_ASKING:
			return;
		case LOOKUP_FOUND:
			finish_found(validation, i);
			return;
		case LOOKUP_FAILED: /* in an insecure zone: like nothing there */
		case LOOKUP_NO_DATA:
		case LOOKUP_NXDOMAIN:
			break;
		}
	}
	if (caa->asked < caa->count)
		return;
	caa->judged = caa->count;
	validation->verdict.ttl_s = smallest_ttl(caa, caa->count);
	validation_finish(validation, OK, "no CAA record restricts %s: %s",
			  validation->task->domain, shown_climb(validation, caa->count));
}

static void advance(struct validation *validation, const struct event *event)
{
	struct caa *caa = state_of(validation);
	/* An answer on the way from a trust anchor may be what several look-ups wait for. */
	for (size_t i = 0; i < caa->asked; i++)
		(void)lookup_advance(&caa->climb[i], event, &validation->steps);
	do
		climb(validation);
	while (!validation->finished && ask_more(validation));
}

const struct validator validator_caa = {
	.method = "caa",
	.evidence_kind = "dns",
	.state_size = sizeof(struct caa),
	.begin = begin,
	.advance = advance,
};

void caa_view(const struct validation *validation, struct caa_view *ret)
{
	const struct caa *caa = validation->state;
	*ret = (struct caa_view){
		.climb = caa->climb,
		.climb_count = caa->judged,
		.opinions = caa->opinions,
		.opinion_count = caa->opinion_count,
	};
}

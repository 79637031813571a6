/* The quorum of network perspectives: see quorum.h. */
#include "policy/quorum.h"

#include <stdbool.h>
#include <string.h>

/* ---- the set ---- */

static enum status check_distance(const struct quorum *quorum, const struct perspective *a,
				  const struct perspective *b, struct error *err)
{
	int km = place_distance_km(&a->place, &b->place);
	/* BR 3.2.2.9: perspectives "are considered distinct when the straight-line distance between
	 * them is at least 500 km". */
	if (km < quorum->distance_km)
		return fail(err, PERSPECTIVES_MISSING,
			    "the perspectives %s and %s are %d km apart, the rule wants %d km",
			    a->id, b->id, km, quorum->distance_km);
	km = place_distance_km(&a->resolver, &b->resolver);
	if (km < quorum->resolver_km)
		return fail(err, PERSPECTIVES_MISSING,
			    "the resolvers of the perspectives %s and %s are %d km apart, the rule "
			    "wants %d km",
			    a->id, b->id, km, quorum->resolver_km);
	return OK;
}

static enum status check_resolver(const struct quorum *quorum, const struct perspective *one,
				  struct error *err)
{
	if (!quorum->resolver_regional || one->resolver.region == one->place.region)
		return OK;
	return fail(err, PERSPECTIVES_MISSING,
		    "the perspective %s is in the region %s and its resolver in %s, the rule wants "
		    "one region",
		    one->id, region_names[one->place.region], region_names[one->resolver.region]);
}

static size_t regions_of(const struct perspective *remotes, const bool *counts, size_t count)
{
	bool seen[REGION_COUNT] = {false};
	size_t regions = 0;
	for (size_t i = 0; i < count; i++) {
		if (!counts[i] || seen[remotes[i].place.region])
			continue;
		seen[remotes[i].place.region] = true;
		regions++;
	}
	return regions;
}

enum status quorum_check(const struct quorum *quorum, const struct perspective *primary,
			 const struct perspective *remotes, size_t count, struct error *err)
{
	bool all[PERSPECTIVES_MAX];
	memset(all, true, sizeof(all));
	if (count < (size_t)quorum->remotes)
		return fail(err, PERSPECTIVES_MISSING,
			    "%zu remote perspectives are configured, the rule wants %d", count,
			    quorum->remotes);
	size_t regions = regions_of(remotes, all, count);
	if (regions < (size_t)quorum->regions)
		return fail(err, PERSPECTIVES_MISSING,
			    "the remote perspectives are in %zu RIR region%s, the rule wants %d",
			    regions, regions == 1 ? "" : "s", quorum->regions);
	TRY(check_resolver(quorum, primary, err));
	for (size_t i = 0; i < count; i++) {
		TRY(check_resolver(quorum, &remotes[i], err));
		TRY(check_distance(quorum, primary, &remotes[i], err));
		for (size_t j = 0; j < i; j++)
			TRY(check_distance(quorum, &remotes[j], &remotes[i], err));
	}
	return OK;
}

/* ---- the answers ---- */

static bool is_met(const struct quorum *quorum, const struct perspective *remotes,
		   const bool *corroborates, size_t count, size_t needed)
{
	size_t corroborating = 0;
	for (size_t i = 0; i < count; i++)
		corroborating += corroborates[i];
	return corroborating >= needed &&
	       regions_of(remotes, corroborates, count) >= (size_t)quorum->regions;
}

struct quorum_tally quorum_count(const struct quorum *quorum, const struct perspective *remotes,
				 const enum corroboration *answers, size_t count)
{
	/* BR 3.2.2.9, the quorum table: of 2 to 5 perspectives one may not corroborate, of 6 and
	 * more two. */
	size_t failures =
		(size_t)(count >= (size_t)quorum->many ? quorum->failures_many : quorum->failures);
	struct quorum_tally tally = {.needed = count > failures ? count - failures : 0};
	bool corroborates[PERSPECTIVES_MAX] = {false}, might[PERSPECTIVES_MAX] = {false};
	for (size_t i = 0; i < count; i++) {
		corroborates[i] = answers[i] == CORROBORATES;
		might[i] = answers[i] != CONTRADICTS;
		tally.corroborating += corroborates[i];
		tally.contradicting += answers[i] == CONTRADICTS;
	}
	tally.regions = regions_of(remotes, corroborates, count);
	if (tally.contradicting > (size_t)quorum->contradictions)
		tally.outcome = QUORUM_CONTRADICTED;
	else if (is_met(quorum, remotes, corroborates, count, tally.needed))
		tally.outcome = QUORUM_MET;
	else if (is_met(quorum, remotes, might, count, tally.needed))
		tally.outcome = QUORUM_UNREACHED;
	else
		tally.outcome = QUORUM_MISSED;
	return tally;
}

/*
 * The quorum of network perspectives (BR 3.2.2.9): the numbers of each date from
 * the shipped pack, the sets that may be asked, and every way to count answers.
 */
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Far from each other; regions in turn. */
static const struct perspective places[] = {
	{.id = "ashburn", .place = {REGION_ARIN, 39040000, -77490000}},
	{.id = "frankfurt", .place = {REGION_RIPE_NCC, 50110000, 8680000}},
	{.id = "osaka", .place = {REGION_APNIC, 34690000, 135500000}},
	{.id = "saopaulo", .place = {REGION_LACNIC, -23550000, -46630000}},
	{.id = "sydney", .place = {REGION_APNIC, -33860000, 151200000}},
	{.id = "dallas", .place = {REGION_ARIN, 32770000, -96790000}},
	{.id = "nairobi", .place = {REGION_AFRINIC, -1280000, 36810000}},
};
static const struct perspective singapore = {.id = "primary",
					     .place = {REGION_APNIC, 1350000, 103820000}};

static void take_places(struct perspective *remotes, struct perspective *primary)
{
	memcpy(remotes, places, sizeof(places));
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		remotes[i].resolver = remotes[i].place;
	*primary = singapore;
	primary->resolver = primary->place;
}

static int64_t instant(const char *text)
{
	int64_t at_ms;
	assert_int_equal(instant_parse(text, 0, &at_ms), OK);
	return at_ms;
}

static const struct quorum *quorum_at(const struct policy *policy, const char *at)
{
	const struct pack *pack = NULL;
	assert_int_equal(policy_pack(policy, "public-tls", &pack, NULL), OK);
	const struct quorum_rule *rule = pack_quorum(pack, instant(at));
	return rule ? &rule->quorum : NULL;
}

/* RULES 1.7, both sides of each date. */
static void the_numbers_of_each_date(void **state)
{
	static const struct {
		const char *at;
		int remotes, regions, missed;
	} rows[] = {
		{"2025-03-15T00:00:00Z", 2, 1, MISSED_PROCEED},
		{"2025-09-14T23:59:59Z", 2, 1, MISSED_PROCEED},
		{"2025-09-15T00:00:00Z", 2, 1, MISSED_REFUSE},
		{"2026-03-14T23:59:59Z", 2, 1, MISSED_REFUSE},
		{"2026-03-15T00:00:00Z", 3, 2, MISSED_REFUSE},
		{"2026-06-14T23:59:59Z", 3, 2, MISSED_REFUSE},
		{"2026-06-15T00:00:00Z", 4, 2, MISSED_REFUSE},
		{"2026-11-27T00:00:00Z", 4, 2, MISSED_REFUSE},
		{"2026-12-14T23:59:59Z", 4, 2, MISSED_REFUSE},
		{"2026-12-15T00:00:00Z", 5, 2, MISSED_REFUSE},
		{"2040-01-01T00:00:00Z", 5, 2, MISSED_REFUSE},
	};
	struct policy *policy = folder_load(*state);
	assert_null(quorum_at(policy, "2025-03-14T23:59:59Z"));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct quorum *quorum = quorum_at(policy, rows[i].at);
		assert_non_null(quorum);
		assert_int_equal(quorum->remotes, rows[i].remotes);
		assert_int_equal(quorum->regions, rows[i].regions);
		assert_int_equal(quorum->missed, rows[i].missed);
		assert_int_equal(quorum->distance_km, 500);
		assert_int_equal(quorum->resolver_km, 500);
		assert_int_equal(quorum->resolver_regional, 1);
	}
	const struct pack *agency = NULL;
	assert_int_equal(policy_pack(policy, "agency", &agency, NULL), OK);
	assert_null(pack_quorum(agency, instant("2026-11-27T00:00:00Z")));
	policy_free(policy);
}

/* Which methods of the shipped pack need nobody else (RULES 1.7). */
static void methods_that_nobody_else_need_see(void **state)
{
	static const char *const alone[] = {"constructed-email", "onion-csr", "registrar-contact"};
	struct policy *policy = folder_load(*state);
	const struct pack *pack = NULL;
	size_t found = 0;
	assert_int_equal(policy_pack(policy, "public-tls", &pack, NULL), OK);
	for (size_t i = 0; i < pack->method_count; i++) {
		bool listed = false;
		for (size_t k = 0; k < ARRAY_LENGTH(alone); k++)
			listed = listed || strcmp(pack->methods[i].id, alone[k]) == 0;
		assert_int_equal(pack->methods[i].corroborated, !listed);
		found += listed;
	}
	assert_int_equal(found, ARRAY_LENGTH(alone));
	policy_free(policy);
}

/* The answers as letters: + corroborates, - contradicts, ? cannot tell, . unreached. */
static enum corroboration answer_of(char letter)
{
	return letter == '+'   ? CORROBORATES
	       : letter == '-' ? CONTRADICTS
	       : letter == '?' ? CANNOT_TELL
			       : UNREACHED;
}

static void every_way_to_count(void **state)
{
	static const struct {
		const char *at;
		const char *answers; /* of places, in order */
		enum quorum_outcome outcome;
		size_t needed;
	} rows[] = {
		/* Four remotes: three needed. */
		{"2026-11-27T00:00:00Z", "++++", QUORUM_MET, 3},
		{"2026-11-27T00:00:00Z", "+++.", QUORUM_MET, 3},
		{"2026-11-27T00:00:00Z", "?+++", QUORUM_MET, 3},
		{"2026-11-27T00:00:00Z", "++..", QUORUM_UNREACHED, 3},
		{"2026-11-27T00:00:00Z", "++.?", QUORUM_UNREACHED, 3},
		{"2026-11-27T00:00:00Z", "....", QUORUM_UNREACHED, 3},
		/* One that sees something else stops: the house rule of the shipped pack. */
		{"2026-11-27T00:00:00Z", "+++-", QUORUM_CONTRADICTED, 3},
		{"2026-11-27T00:00:00Z", "----", QUORUM_CONTRADICTED, 3},
		/* Five need four, six and seven may miss two. */
		{"2026-12-15T00:00:00Z", "+++++", QUORUM_MET, 4},
		{"2026-12-15T00:00:00Z", "++++.", QUORUM_MET, 4},
		{"2026-12-15T00:00:00Z", "+++..", QUORUM_UNREACHED, 4},
		{"2026-12-15T00:00:00Z", "++++..", QUORUM_MET, 4},
		{"2026-12-15T00:00:00Z", "+++...", QUORUM_UNREACHED, 4},
		{"2026-12-15T00:00:00Z", "+++++..", QUORUM_MET, 5},
		{"2026-12-15T00:00:00Z", "++++...", QUORUM_UNREACHED, 5},
		{"2025-10-01T00:00:00Z", "+.", QUORUM_MET, 1},
	};
	struct policy *policy = folder_load(*state);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		enum corroboration answers[PERSPECTIVES_MAX];
		size_t count = strlen(rows[i].answers);
		for (size_t k = 0; k < count; k++)
			answers[k] = answer_of(rows[i].answers[k]);
		struct quorum_tally tally =
			quorum_count(quorum_at(policy, rows[i].at), places, answers, count);
		if (tally.outcome != rows[i].outcome || tally.needed != rows[i].needed)
			fail_msg("%s: outcome %d, %zu needed", rows[i].answers, tally.outcome,
				 tally.needed);
	}
	policy_free(policy);
}

/* BR alone, without the house rule: one of four may see something else, two may not. */
static void contradictions_as_far_as_the_baseline_allows(void **state)
{
	struct policy *policy = folder_load(*state);
	struct quorum quorum = *quorum_at(policy, "2026-11-27T00:00:00Z");
	quorum.contradictions = PERSPECTIVES_MAX;
	static const enum corroboration one[] = {CORROBORATES, CORROBORATES, CORROBORATES,
						 CONTRADICTS};
	static const enum corroboration two[] = {CORROBORATES, CORROBORATES, CONTRADICTS,
						 CONTRADICTS};
	assert_int_equal(quorum_count(&quorum, places, one, 4).outcome, QUORUM_MET);
	assert_int_equal(quorum_count(&quorum, places, two, 4).outcome, QUORUM_MISSED);
	policy_free(policy);
}

/* Three of four corroborate, but all from one region. */
static void one_region_is_not_enough(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct quorum *quorum = quorum_at(policy, "2026-11-27T00:00:00Z");
	struct perspective remotes[4];
	enum corroboration answers[4] = {CORROBORATES, CORROBORATES, CORROBORATES, UNREACHED};
	memcpy(remotes, places, sizeof(remotes));
	for (size_t i = 0; i < 3; i++)
		remotes[i].place.region = REGION_ARIN;
	struct quorum_tally tally = quorum_count(quorum, remotes, answers, 4);
	assert_int_equal(tally.outcome, QUORUM_UNREACHED);
	assert_int_equal(tally.regions, 1);
	answers[3] = CORROBORATES;
	assert_int_equal(quorum_count(quorum, remotes, answers, 4).outcome, QUORUM_MET);
	policy_free(policy);
}

static void check_refused(const struct quorum *quorum, const struct perspective *primary,
			  const struct perspective *remotes, size_t count, const char *words)
{
	struct error err = NO_ERROR;
	assert_int_equal(quorum_check(quorum, primary, remotes, count, &err), PERSPECTIVES_MISSING);
	if (!strstr(err.sentence, words))
		fail_msg("%s", err.sentence);
}

static void sets_that_may_not_be_asked(void **state)
{
	struct policy *policy = folder_load(*state);
	const struct quorum *quorum = quorum_at(policy, "2026-11-27T00:00:00Z");
	struct perspective remotes[ARRAY_LENGTH(places)], primary;
	struct error err = NO_ERROR;
	take_places(remotes, &primary);
	for (size_t count = 4; count <= ARRAY_LENGTH(places); count++)
		assert_int_equal(quorum_check(quorum, &primary, remotes, count, &err), OK);
	check_refused(quorum, &primary, remotes, 3, "3 remote perspectives are configured");
	check_refused(quorum_at(policy, "2026-12-15T00:00:00Z"), &primary, remotes, 4,
		      "the rule wants 5");
	/* Near the primary; near another; a resolver that is shared or in another region. */
	remotes[2].place = (struct place){REGION_APNIC, 1400000, 103900000};
	check_refused(quorum, &primary, remotes, 4, "primary and osaka are");
	take_places(remotes, &primary);
	remotes[3].place = (struct place){REGION_ARIN, 40000000, -77000000};
	remotes[3].resolver.region = REGION_ARIN;
	check_refused(quorum, &primary, remotes, 4, "ashburn and saopaulo are");
	take_places(remotes, &primary);
	remotes[1].resolver = (struct place){REGION_RIPE_NCC, 39040000, -77490000};
	check_refused(quorum, &primary, remotes, 4, "the resolvers of the perspectives ashburn");
	take_places(remotes, &primary);
	remotes[1].resolver.region = REGION_ARIN;
	check_refused(quorum, &primary, remotes, 4, "frankfurt is in the region ripe-ncc");
	take_places(remotes, &primary);
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		remotes[i].place.region = remotes[i].resolver.region = REGION_APNIC;
	check_refused(quorum, &primary, remotes, 4, "in 1 RIR region, the rule wants 2");
	policy_free(policy);
}

static void rows_that_cannot_be(void **state)
{
	struct folder *folder = *state;
	folder_replace(folder, "data/packs/public-tls.yaml", "    missed: proceed",
		       "    missed: maybe");
	folder_refuses(folder, POLICY_ROW, "missed is \"maybe\"", "refuse, proceed", NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_numbers_of_each_date), TEST(methods_that_nobody_else_need_see),
		TEST(every_way_to_count),       TEST(contradictions_as_far_as_the_baseline_allows),
		TEST(one_region_is_not_enough), TEST(sets_that_may_not_be_asked),
		TEST(rows_that_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The command line of the replay harness: which seeds, and what to make of them. See README.md. */
#include "tests/replay/story.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum mode { MODE_SEEDS, MODE_ONE, MODE_TWICE, MODE_SWEEP };
enum { JOBS_MAX = 64, SHOWN_FAILURES_MAX = 20 };

struct options {
	enum mode mode;
	uint64_t first, last;
	enum store_durability durability;
	int jobs;
	bool expect_violation;
	int64_t dies_at; /* MODE_ONE: 0: by chance */
};

/* What one job brings home. */
struct outcome {
	struct tally tally;
	int64_t passed;
	int64_t failed;
	int64_t losses; /* failures by loss or damage */
};

/* The seeds whose every write is a death in turn, and what they must have met. */
static const uint64_t swept_seeds[] = {77, 83, 99, 100};
static const enum tally_kind swept_kinds[] = {
	TALLY_ISSUED,         TALLY_EVIDENCE_FILE, TALLY_DIED_CREATING, TALLY_DIED_ISSUING,
	TALLY_DIED_SIGNED,    TALLY_SECTOR_KEPT,   TALLY_SECTOR_TORN,   TALLY_SECTOR_DROPPED,
	TALLY_NAME_DROPPED,   TALLY_NAME_KEPT,     TALLY_SAID_YES,      TALLY_DIED_ASKED,
	TALLY_DIED_ANSWERING,
};

static struct story_params params_of(const struct options *options, uint64_t seed)
{
	return (struct story_params){
		.seed = seed,
		.durability = options->durability,
		.data_dir = REPLAY_DATA_DIR,
	};
}

static const char *durability_option(enum store_durability durability)
{
	switch (durability) {
	case STORE_POWER_LOSS:
		return "";
	case STORE_CRASH:
		return " --durability crash";
	case STORE_NOTHING:
		return " --durability nothing";
	}
	return "";
}

static void play(const struct options *options, const struct story_params *params,
		 struct outcome *outcome)
{
	struct story_result result;
	story_play(params, &outcome->tally, &result);
	if (result.violation == VIOLATION_NONE) {
		outcome->passed++;
		return;
	}
	outcome->failed++;
	outcome->losses += result.violation != VIOLATION_RULE;
	if (outcome->failed > SHOWN_FAILURES_MAX ||
	    (options->expect_violation && outcome->failed > 1))
		return;
	printf("seed %" PRIu64 " failed at step %d: %s; replay with: replay --seed %" PRIu64 "%s",
	       params->seed, result.step, result.sentence, params->seed,
	       durability_option(options->durability));
	if (params->dies_at > 0)
		printf(" --dies-at %" PRId64, params->dies_at);
	printf("\n");
	(void)fflush(stdout);
}

/* ---- modes ---- */

static void play_seeds(const struct options *options, int job, struct outcome *outcome)
{
	for (uint64_t seed = options->first + (uint64_t)job; seed <= options->last;
	     seed += (uint64_t)options->jobs) {
		struct story_params params = params_of(options, seed);
		play(options, &params, outcome);
	}
}

/* Each swept seed is played once to count its operations, and then dies at each of them. */
static void play_sweep(const struct options *options, int job, struct outcome *outcome)
{
	for (size_t i = 0; i < sizeof(swept_seeds) / sizeof(swept_seeds[0]); i++) {
		struct story_params params = params_of(options, swept_seeds[i]);
		struct story_result result;
		struct tally ignored = {0};
		params.length = STORY_SHORT;
		params.dies_at = -1;
		story_play(&params, &ignored, &result);
		if (job == 0)
			printf("sweep of seed %" PRIu64 ": %" PRId64 " operations\n", params.seed,
			       result.operations);
		for (int64_t at = 1 + job; at <= result.operations; at += options->jobs) {
			params.dies_at = at;
			play(options, &params, outcome);
		}
	}
}

static void play_job(const struct options *options, int job, struct outcome *outcome)
{
	if (options->mode == MODE_SWEEP)
		play_sweep(options, job, outcome);
	else
		play_seeds(options, job, outcome);
}

/* ---- jobs ---- */

static pid_t start_job(const struct options *options, int job, int *ret_pipe)
{
	int ends[2];
	(void)fflush(stdout);
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		struct outcome outcome = {0};
		(void)close(ends[0]);
		play_job(options, job, &outcome);
		ssize_t written = write(ends[1], &outcome, sizeof(outcome));
		exit(written == (ssize_t)sizeof(outcome) ? 0 : 1);
	}
	(void)close(ends[1]);
	*ret_pipe = ends[0];
	return child;
}

/* False when the job did not end well. */
static bool end_job(pid_t child, int pipe_end, struct outcome *outcome)
{
	struct outcome brought;
	int status = 0;
	ssize_t taken = read(pipe_end, &brought, sizeof(brought));
	(void)close(pipe_end);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0 ||
	    taken != (ssize_t)sizeof(brought))
		return false;
	tally_merge(&outcome->tally, &brought.tally);
	outcome->passed += brought.passed;
	outcome->failed += brought.failed;
	outcome->losses += brought.losses;
	return true;
}

static bool play_all(const struct options *options, struct outcome *outcome)
{
	pid_t children[JOBS_MAX];
	int pipes[JOBS_MAX];
	bool well = true;
	if (options->jobs == 1) {
		play_job(options, 0, outcome);
		return true;
	}
	for (int i = 0; i < options->jobs; i++)
		children[i] = start_job(options, i, &pipes[i]);
	for (int i = 0; i < options->jobs; i++)
		well = end_job(children[i], pipes[i], outcome) && well;
	return well;
}

/* ---- one seed ---- */

static int play_one(const struct options *options)
{
	struct outcome outcome = {0};
	struct story_result result;
	struct story_params params = params_of(options, options->first);
	params.told = true;
	params.dies_at = options->dies_at;
	/* Only the short stories of the sweep die at a given operation. */
	params.length = options->dies_at ? STORY_SHORT : STORY_LONG;
	story_play(&params, &outcome.tally, &result);
	if (result.violation != VIOLATION_NONE)
		printf("seed %" PRIu64 " failed at step %d: %s\n", params.seed, result.step,
		       result.sentence);
	printf("replay: seed %" PRIu64 "%s, %" PRId64 " operations of the disk, %" PRId64
	       " certificates, journal %s\n",
	       params.seed, durability_option(options->durability), result.operations,
	       outcome.tally.counts[TALLY_ISSUED], result.head);
	return result.violation == VIOLATION_NONE ? 0 : 1;
}

static int play_twice(const struct options *options)
{
	int differ = 0;
	for (uint64_t seed = options->first; seed <= options->last; seed++) {
		struct story_params params = params_of(options, seed);
		struct story_result first, second;
		struct tally ignored = {0};
		story_play(&params, &ignored, &first);
		story_play(&params, &ignored, &second);
		bool same = first.head[0] && strcmp(first.head, second.head) == 0;
		printf("seed %" PRIu64 ": journal %s%s%s\n", seed, first.head,
		       same ? "" : ", the second time ", same ? "" : second.head);
		differ += !same;
	}
	printf("replay: %" PRIu64 " passed, %d failed\n",
	       options->last - options->first + 1 - (uint64_t)differ, differ);
	return differ ? 1 : 0;
}

/* A run that never met something proves nothing about it. */
static size_t never_met(const struct options *options, const struct tally *tally)
{
	if (options->expect_violation)
		return 0;
	tally_print(tally);
	if (options->mode == MODE_SWEEP)
		return tally_missing(tally, swept_kinds, ARRAY_LENGTH(swept_kinds));
	return tally_missing(tally, NULL, 0);
}

static int play_many(const struct options *options)
{
	struct outcome outcome = {0};
	bool well = play_all(options, &outcome);
	if (!well)
		printf("replay: a job ended early\n");
	size_t missing = never_met(options, &outcome.tally);
	if (options->expect_violation)
		printf("replay: something was lost or damaged in %" PRId64 " seeds, %s\n",
		       outcome.losses,
		       outcome.losses ? "as it has to be" : "and it had to be in some");
	printf("replay: %" PRId64 " passed, %" PRId64 " failed\n", outcome.passed, outcome.failed);
	if (options->expect_violation)
		return well && outcome.losses ? 0 : 1;
	return well && !missing && !outcome.failed ? 0 : 1;
}

/* ---- the command line ---- */

static void usage(void)
{
	printf("replay --seeds A-B | --seed N [--dies-at K] | --twice A-B | --sweep\n"
	       "  --durability power-loss|crash|nothing  what the store promises to survive\n"
	       "  --expect-violation                     passes when something is lost\n"
	       "  --jobs N                               processes\n");
	exit(2);
}

static void read_range(const char *text, struct options *options)
{
	char *end = NULL;
	options->first = options->last = strtoull(text, &end, 10);
	if (*end == '-')
		options->last = strtoull(end + 1, &end, 10);
	if (*end || options->last < options->first)
		usage();
}

static enum store_durability read_durability(const char *text)
{
	static const char *const words[] = {[STORE_POWER_LOSS] = "power-loss",
					    [STORE_CRASH] = "crash",
					    [STORE_NOTHING] = "nothing"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcmp(words[i], text) == 0)
			return (enum store_durability)i;
	usage();
	return STORE_POWER_LOSS;
}

enum option_code { SEEDS = 1, SEED, TWICE, SWEEP, DURABILITY, EXPECT, JOBS, DIES_AT };

static const struct option known[] = {
	{"seeds", required_argument, NULL, SEEDS},
	{"seed", required_argument, NULL, SEED},
	{"twice", required_argument, NULL, TWICE},
	{"sweep", no_argument, NULL, SWEEP},
	{"durability", required_argument, NULL, DURABILITY},
	{"expect-violation", no_argument, NULL, EXPECT},
	{"jobs", required_argument, NULL, JOBS},
	{"dies-at", required_argument, NULL, DIES_AT},
	{NULL, 0, NULL, 0},
};

static void read_seeds(enum mode mode, struct options *options)
{
	read_range(optarg, options);
	options->mode = mode;
}

static void read_option(int code, struct options *options)
{
	switch (code) {
	case SEEDS:
		read_seeds(MODE_SEEDS, options);
		return;
	case SEED:
		read_seeds(MODE_ONE, options);
		return;
	case TWICE:
		read_seeds(MODE_TWICE, options);
		return;
	case SWEEP:
		options->mode = MODE_SWEEP;
		return;
	case DURABILITY:
		options->durability = read_durability(optarg);
		return;
	case EXPECT:
		options->expect_violation = true;
		return;
	case JOBS:
		options->jobs = (int)strtol(optarg, NULL, 10);
		return;
	case DIES_AT:
		options->dies_at = strtoll(optarg, NULL, 10);
		return;
	default:
		usage();
	}
}

int main(int argc, char **argv)
{
	struct options options = {.mode = MODE_SEEDS, .first = 1, .last = 1000, .jobs = 1};
	for (int code; (code = getopt_long(argc, argv, "", known, NULL)) != -1;)
		read_option(code, &options);
	if (options.jobs < 1 || options.jobs > JOBS_MAX || optind < argc)
		usage();
	switch (options.mode) {
	case MODE_ONE:
		return play_one(&options);
	case MODE_TWICE:
		return play_twice(&options);
	case MODE_SEEDS:
	case MODE_SWEEP:
		return play_many(&options);
	}
	return 2;
}

/* Lives and deaths of one seed: see story.h. What people do is in people.c. */
#include "tests/replay/story.h"

#include "base/civil.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	DEATHS_MAX = 8,
	NEXT_DEATH_MAX = 260, /* operations */
	SOON_DEATH_MAX = 8,
	SHORT_STEPS = 9,
	LONG_STEPS_LEAST = 16,
	LONG_STEPS_MOST = 40,
	ASKING_STEPS = 24,  /* more of them: people take their time */
	ROUNDS_MAX = 60,    /* until everybody is served: */
	HOURLY_ROUNDS = 24, /* the later ones wait for people's times */
	AUDIT_PERCENT = 4,
	AUDITED_DEATHS = 3, /* one of so many */
	LOCK_WAIT_MS = 5000,
};

#define HOME "/replay/home"

void story_tell(const struct story *story, const char *format, ...)
{
	char instant[INSTANT_TEXT];
	if (!story->params.told)
		return;
	printf("%3d %s %6" PRId64 "  ", story->step,
	       instant_text(fake_environment_now(&story->environment), instant),
	       story->disk.operations);
	va_list args;
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	printf("\n");
}

void story_unexpected(struct story *story, const char *command, const struct error *err)
{
	bool damaged = err->status == STORE_DAMAGED || err->status == KEK_MISSING ||
		       err->status == HOME_MISSING;
	oracle_violate(&story->oracle, damaged ? VIOLATION_DAMAGED : VIOLATION_RULE, "%s: %s (%s)",
		       command, err->sentence, status_code(err->status));
}

struct home_params story_home(struct story *story)
{
	return (struct home_params){
		.environment = &story->environment.table,
		.home = HOME,
		.data_dir = story->data_dir,
		.actor = "cli:replay",
		.vfs = POWER_VFS_NAME,
		.durability = story->params.durability,
		.busy_ms = LOCK_WAIT_MS,
	};
}

/* ---- power ---- */

static void next_death(struct story *story)
{
	if (story->params.dies_at == 0 && story->deaths_left > 0)
		story->disk.dies_at =
			story->disk.operations + chance_between(&story->fate, 1, NEXT_DEATH_MAX);
}

/* Between a signature and its certificate the power fails more often than elsewhere. */
static void after_signature(void *context)
{
	struct story *story = context;
	if (story->params.dies_at == 0 && story->deaths_left > 0 &&
	    chance_percent(&story->fate, 15))
		story->disk.dies_at =
			story->disk.operations + chance_between(&story->fate, 1, SOON_DEATH_MAX);
}

static void switch_off(struct story *story)
{
	/* What still runs sees a machine on which nothing works; so nothing is tidied on the disk.
	 */
	bool tidy = !story->disk.dead;
	story->disk.dead = true;
	fake_environment_end(&story->environment);
	story->disk.dead = !tidy;
	oracle_hang_up(&story->oracle);
	engine_free(story->engine);
	story->engine = NULL;
}

static void lose_power(struct story *story)
{
	story_tell(story, "the power is gone");
	switch_off(story);
	tally_add(story->tally, TALLY_DIED);
	if (!story->home_made)
		tally_add(story->tally, TALLY_DIED_CREATING);
	story->tally->counts[TALLY_DIED_ASKED] += oracle_question_open(&story->oracle);
	disk_power_loss(&story->disk);
	fake_environment_pass(&story->environment,
			      chance_between(&story->fate, SECOND_MS, HOUR_MS));
	story->deaths_left--;
	next_death(story);
}

/* ---- a life begins ---- */

/* Makes or opens the home, as people do: `init` until it was answered, then commands. */
static enum status open_home(struct story *story, struct error *err)
{
	struct home_params params = story_home(story);
	if (story->home_made)
		return home_open(&params, &story->engine, err);
	enum status status = home_create(&params, HOME_ORDINARY, &story->engine, err);
	if (status == HOME_EXISTS)
		status = home_open(&params, &story->engine, err);
	return status;
}

static void check_home_files(struct story *story)
{
	static const char *const files[] = {HOME "/kek", HOME "/issuer.yaml", HOME "/ca/root.pem",
					    HOME "/ca/issuing.pem"};
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		const struct disk_node *node = disk_find(&story->disk, files[i]);
		if (!node || node->live.size == 0)
			oracle_violate(&story->oracle, VIOLATION_LOST,
				       "the home was made, and %s is not there", files[i]);
	}
}

/* True when the program runs; false when the machine died while it started. */
static bool live_once(struct story *story)
{
	struct error err = NO_ERROR;
	enum status status = open_home(story, &err);
	if (story->disk.dead)
		return false;
	if (status != OK) {
		story_unexpected(story, "opening the home", &err);
		return true;
	}
	story->home_made = true;
	check_home_files(story);
	oracle_check_kept(&story->oracle, story->engine);
	return !story->disk.dead;
}

static void live(struct story *story)
{
	while (story->oracle.violation == VIOLATION_NONE) {
		if (live_once(story))
			return;
		lose_power(story);
	}
}

static bool over(const struct story *story)
{
	return story->oracle.violation != VIOLATION_NONE;
}

static void live_again(struct story *story)
{
	lose_power(story);
	live(story);
	if (over(story))
		return;
	int64_t issuing = oracle_count_issuing(&story->oracle, story->engine);
	story->tally->counts[TALLY_DIED_ISSUING] += issuing;
	/* It takes long, and the end of every seed has one more. */
	if (story->deaths_left % AUDITED_DEATHS == 0)
		oracle_audit(&story->oracle, story->engine);
}

static void restart(struct story *story)
{
	story_tell(story, "the program is started again");
	switch_off(story);
	tally_add(story->tally, TALLY_RESTARTED);
	if (story->disk.dead)
		lose_power(story);
	live(story);
}

/* ---- time ---- */

static void jump(struct story *story)
{
	bool forward = chance_percent(&story->fate, 60);
	int64_t ms = chance_between(&story->fate, SECOND_MS, forward ? 6 * HOUR_MS : 2 * HOUR_MS);
	tally_add(story->tally, forward ? TALLY_CLOCK_FORWARD : TALLY_CLOCK_BACK);
	story_tell(story, "the clock jumps %s by %" PRId64 " s", forward ? "forward" : "back",
		   ms / SECOND_MS);
	fake_environment_jump(&story->environment, forward ? ms : -ms);
}

static void pass_time(struct story *story)
{
	static const struct {
		uint32_t percent;
		int64_t least, most;
	} spans[] = {
		{50, SECOND_MS, 10 * MINUTE_MS},
		{30, 10 * MINUTE_MS, 10 * HOUR_MS},
		{13, DAY_MS, 9 * DAY_MS},
		{7, 10 * DAY_MS, 400 * DAY_MS},
	};
	uint32_t at = chance_below(&story->fate, story->years_pass ? 100 : 80);
	size_t i = 0;
	for (; at >= spans[i].percent; i++)
		at -= spans[i].percent;
	fake_environment_pass(&story->environment,
			      chance_between(&story->fate, spans[i].least, spans[i].most));
	if (chance_percent(&story->fate, 5))
		jump(story);
}

/* ---- the story ---- */

static void play_step(struct story *story)
{
	people_act(story);
	if (story->disk.dead)
		live_again(story);
	else if (!over(story))
		oracle_check(&story->oracle, story->engine);
	if (over(story))
		return;
	if (chance_percent(&story->fate, AUDIT_PERCENT))
		oracle_audit(&story->oracle, story->engine);
	if (chance_percent(&story->fate, 6))
		restart(story);
	pass_time(story);
}

/* Nothing goes wrong any more, and everybody does their part: all orders come to an end. */
static void play_end(struct story *story)
{
	story->world.fault_percent = 0;
	story->environment.stall_percent = 0;
	story->environment.meanwhile = NULL;
	for (int round = 0; round < ROUNDS_MAX && !over(story); round++) {
		people_serve(story);
		people_run(story);
		if (story->disk.dead)
			live_again(story);
		fake_environment_pass(&story->environment,
				      round < HOURLY_ROUNDS ? HOUR_MS + MINUTE_MS : 8 * HOUR_MS);
		if (!over(story) && !oracle_count_unfinished(&story->oracle, story->engine))
			break;
	}
	/* The last hours of a machine that may not die any more. */
	story->disk.dies_at = 0;
	if (over(story))
		return;
	oracle_check_kept(&story->oracle, story->engine);
	oracle_check_finished(&story->oracle, story->engine);
	oracle_check_people(&story->oracle, story->engine);
	oracle_seek_values(&story->oracle, story->engine);
	story->tally->counts[TALLY_GIVEN_UP] +=
		oracle_count_given_up(&story->oracle, story->engine);
	story->tally->counts[TALLY_VOIDED] += oracle_count_voided(&story->oracle, story->engine);
	oracle_audit(&story->oracle, story->engine);
}

static void put_file(struct disk *disk, const char *path, unsigned mode, const char *text)
{
	struct disk_node *node = NULL;
	(void)(disk_create(disk, path, DISK_FILE, mode, &node) &&
	       disk_write(disk, node, 0, text, strlen(text)) && disk_sync(disk, node) &&
	       disk_sync_names(disk, path));
}

/* The numbers are those of CMakeLists.txt and of policy/data/packs/agency.yaml. */
static const struct asking_rules asking_rules[] = {
	{"shipped", false, false, ANY_IS_ENOUGH, 3 * DAY_MS, 7 * DAY_MS},
	{"hasty", false, false, ANY_IS_ENOUGH, 2 * HOUR_MS, 9 * HOUR_MS},
	{"chosen", false, false, THE_REGISTRANT, 6 * HOUR_MS, 2 * DAY_MS},
	{"lenient", true, true, ALL_OF_THEM, HOUR_MS, DAY_MS},
};

/* Every second story asks people, whichever job plays it; of the others every second has refusals
 * reported. */
static bool asks(uint64_t seed)
{
	return (seed + seed / 4) % 2 == 0;
}

static const struct asking_rules *rules_of(uint64_t seed)
{
	return &asking_rules[asks(seed) ? seed / 8 % ARRAY_LENGTH(asking_rules) : 0];
}

static const char *configuration_of(uint64_t seed)
{
	if (asks(seed))
		return "dns: {trust_anchors: none}\n"
		       "mail: {server: \"192.0.2.25\", from: \"ca@ca.example\", retry_longest: 20 "
		       "minutes, tries: 100}\n"
		       "answers: {url: \"" WORLD_ANSWER_URL
		       "\", agent_domains: [" WORLD_AGENT_DOMAIN "]}\n";
	if (seed / 8 % 2)
		return "dns: {trust_anchors: none}\n";
	return "dns: {trust_anchors: none}\n"
	       "mail: {server: \"192.0.2.25\", from: \"ca@ca.example\"}\n"
	       "iodef: {send: mail, tries: 100, retry_first: 10 minutes, retry_factor: 1}\n";
}

/* What stands on the machine before the program does. No zone of this world is signed. */
static void furnish(struct disk *disk, uint64_t seed)
{
	struct disk_node *folder = NULL;
	put_file(disk, "/etc/resolv.conf", 0644,
		 "nameserver 198.51.100.1\nnameserver 198.51.100.2\n");
	(void)(disk_create(disk, HOME, DISK_FOLDER, 0700, &folder) && disk_sync_names(disk, HOME));
	put_file(disk, HOME "/issuer.yaml", 0600, configuration_of(seed));
	disk->operations = 0;
}

static void story_init(struct story *story, const struct story_params *params, struct tally *tally)
{
	uint64_t seed = params->seed;
	*story = (struct story){.params = *params, .tally = tally};
	chance_init(&story->people, seed, "people");
	chance_init(&story->fate, seed, "fate");
	chance_init(&story->openssl, seed, "openssl");
	chance_rule_openssl(&story->openssl);
	disk_init(&story->disk, seed, tally);
	furnish(&story->disk, seed);
	world_init(&story->world, seed, tally);
	fake_environment_init(&story->environment, seed, &story->disk, &story->world, tally);
	power_vfs_init(&story->vfs, seed, &story->disk, &story->environment);
	oracle_init(&story->oracle, tally, &story->world, &story->disk);
	story->asks = asks(seed);
	story->oracle.rules = rules_of(seed);
	(void)snprintf(story->data_dir, sizeof(story->data_dir), "%s/%s", params->data_dir,
		       story->oracle.rules->name);
	story->oracle.signed_now = after_signature;
	story->oracle.context = story;
	story->environment.meanwhile = people_meanwhile;
	story->environment.context = story;
	story->world.fault_percent = chance_below(&story->fate, 30);
	story->environment.stall_percent = chance_below(&story->fate, 3);
	story->years_pass = chance_percent(&story->fate, 50);
	if (params->dies_at == 0)
		story->deaths_left = (int)chance_between(&story->fate, 0, DEATHS_MAX);
	if (params->dies_at > 0)
		story->disk.dies_at = params->dies_at;
	next_death(story);
}

static void story_release(struct story *story, struct story_result *ret)
{
	bool opened = story->engine && !story->disk.dead;
	if (opened)
		oracle_head(&story->oracle, story->engine, ret->head);
	ret->violation = story->oracle.violation;
	ret->step = story->step;
	ret->operations = story->disk.operations;
	memcpy(ret->sentence, story->oracle.sentence, sizeof(ret->sentence));
	switch_off(story);
	oracle_release(&story->oracle);
	power_vfs_release(&story->vfs);
	world_release(&story->world);
	disk_release(&story->disk);
}

void story_play(const struct story_params *params, struct tally *tally, struct story_result *ret)
{
	/* Too large for the stack of a thread, and one at a time. */
	static struct story story;
	*ret = (struct story_result){.violation = VIOLATION_NONE};
	story_init(&story, params, tally);
	int steps = params->length == STORY_SHORT
			    ? SHORT_STEPS
			    : (int)chance_between(&story.fate, LONG_STEPS_LEAST, LONG_STEPS_MOST) +
				      (story.asks ? ASKING_STEPS : 0);
	live(&story);
	while (story.step < steps && !over(&story)) {
		story.step++;
		play_step(&story);
	}
	if (!over(&story))
		play_end(&story);
	story_release(&story, ret);
}

/*
 * One seed, told from the making of the home to the last certificate: people act,
 * time passes, the machine dies and is switched on again, and the oracle looks on.
 *
 *   power on ──► step: somebody acts, time passes, the oracle checks ──► … ──► all well:
 *      ▲              │                                                  everybody is served
 *      └─ power loss ─┘
 */
#ifndef ISSUER_TESTS_REPLAY_STORY_H
#define ISSUER_TESTS_REPLAY_STORY_H

#include "engine/home.h"
#include "tests/replay/oracle.h"
#include "tests/replay/power_vfs.h"

enum story_length { STORY_LONG, STORY_SHORT };

struct story_params {
	uint64_t seed;
	enum story_length length;
	enum store_durability durability;
	const char *data_dir; /* folders of rules, by name */
	int64_t dies_at; /* 0: up to 8 times, by chance; else once, at this operation; -1: never */
	bool told;       /* prints every step */
};

struct story_result {
	enum violation violation;
	char sentence[1024];
	int step;
	int64_t operations;     /* of the disk, in the first life */
	char head[DIGEST_TEXT]; /* of the journal at the end */
};

/* A create whose answer never came: the same is asked again. */
enum { ASK_NAMES_FEW = 3, ASK_NAMES_MAX = WORLD_MANY };
struct create_ask {
	const char *names[ASK_NAMES_MAX];
	size_t name_count;
	const char *product;   /* NULL: the home's first */
	const char *applicant; /* NULL: self */
	const char *key_type;
	const char *method;                    /* NULL: the product's first */
	char reference[ORACLE_REFERENCE_TEXT]; /* "" for none */
};

struct story {
	struct story_params params;
	struct tally *tally;
	struct chance people;
	struct chance fate;
	struct disk disk;
	struct world world;
	struct fake_environment environment;
	struct power_vfs vfs;
	struct oracle oracle;
	struct chance openssl;
	struct engine *engine; /* NULL: the program does not run */
	int step;
	int deaths_left;
	bool home_made;              /* its making was answered */
	bool years_pass;             /* a story of many months */
	bool asks;                   /* the home can ask people by mail */
	char data_dir[512];          /* of the rules of this story */
	bool beside;                 /* a second process is at work: it starts no third */
	struct create_ask asked[64]; /* with a reference, answered */
	size_t asked_count;
	struct create_ask unanswered;
	bool is_unanswered;
	int references;
	int turns; /* of the present drive */
};

/* Plays one seed. tally is added to. */
void story_play(const struct story_params *params, struct tally *tally, struct story_result *ret);

/* How people are asked in this story; the numbers of the rules for a second time. */
struct asking_rules {
	const char *name; /* of the folder (CMakeLists.txt) */
	bool free_order;  /* a fallback may be chosen before the first method failed */
	bool agent_counts;
	enum { ANY_IS_ENOUGH, THE_REGISTRANT, ALL_OF_THEM } quorum;
	int64_t reminder_ms, timeout_ms;
};

/* people.c: somebody does something. */
void people_act(struct story *story);
/* What people do while the engine waits for the network. */
void people_meanwhile(void *context);
/* answerers.c: people who were asked, and what stands between them and their mail. */
void answerers_act(struct story *story);
/* One who was asked answers, while a driver drives. */
void answerers_meanwhile(struct story *story, struct engine *engine);
/* Everybody who was asked says yes. */
void answerers_serve(struct story *story);
/* officers.c: staff decides what only staff may. */
void officers_act(struct story *story);
/* Nothing is left to an officer: rejections are lifted, other methods chosen. */
void officers_serve(struct story *story);
/* One of the numbers that the query gives; 0: none. */
int64_t people_choose(struct story *story, const char *sql);
void people_cancel(struct story *story, struct engine *engine, int64_t order_id);

/* Everybody does what the engine asks of them, rightly. */
void people_serve(struct story *story);
/* cron. */
void people_run(struct story *story);
__attribute__((format(printf, 2, 3))) void story_tell(const struct story *story, const char *format,
						      ...);
/* Home of this story, opened once more. */
struct home_params story_home(struct story *story);
/* A command was refused though nothing was wrong with it; not on a dead machine. */
void story_unexpected(struct story *story, const char *command, const struct error *err);

#endif

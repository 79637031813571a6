/*
 * What must hold, kept off the simulated disk: every reply that was given and
 * every signature that was made must survive, and nothing may stand in the store
 * that the world did not show. The first violation ends the seed.
 *
 * Freshness is worked out here from the rules' numbers and the validation rows,
 * not by the engine's gates.
 */
#ifndef ISSUER_TESTS_REPLAY_ORACLE_H
#define ISSUER_TESTS_REPLAY_ORACLE_H

#include "engine/people/answer.h"
#include "engine/engine.h"
#include "tests/replay/disk.h"
#include "tests/replay/tally.h"
#include "tests/replay/world.h"

enum violation {
	VIOLATION_NONE,
	VIOLATION_LOST,    /* a reply or a signature did not survive */
	VIOLATION_DAMAGED, /* the store cannot be used */
	VIOLATION_RULE,    /* everything else */
};

enum { ORACLE_NAMES_TEXT = 640, ORACLE_REFERENCE_TEXT = 32 };

/* A create that was answered. */
struct kept_order {
	int64_t id;
	char names[ORACLE_NAMES_TEXT];         /* with a blank between */
	char reference[ORACLE_REFERENCE_TEXT]; /* "" for none */
	bool cancelled;
	bool caa_refused; /* counted */
};

/* What somebody said, from the moment at which they said it. */
struct kept_answer {
	char value[LETTER_VALUE_MAX];
	enum answer_said said;
	enum answer_scope scope;
	bool acknowledged; /* its reply came */
};

struct asking_rules;
struct kept_question;
struct kept_head;
struct kept_signature;
struct kept_certificate;

struct oracle {
	struct tally *tally;
	struct world *world;
	const struct disk *disk;
	enum violation violation;
	char sentence[1024];

	/* Called after each signature; NULL: nobody. */
	void (*signed_now)(void *context);
	void *context;

	struct kept_question *questions;
	size_t question_count;
	struct kept_order *orders;
	size_t order_count;
	struct kept_head *heads;
	size_t head_count;
	struct kept_signature *signatures;
	size_t signature_count;
	struct kept_certificate *certificates;
	size_t certificate_count;
	int64_t last_certificate; /* looked at */
	int64_t last_validation;

	const struct asking_rules *rules;
	struct kept_answer *answers;
	size_t answer_count;
	int64_t last_message; /* looked at */
	int64_t last_rejection;
	size_t last_letter;
};

/* Also the one that signatures are told to from now on. */
void oracle_init(struct oracle *oracle, struct tally *tally, struct world *world,
		 const struct disk *disk);
void oracle_release(struct oracle *oracle);

/* The program ends: nothing of the oracle's may hold the store open. */
void oracle_hang_up(struct oracle *oracle);

/* The first one stays. */
__attribute__((format(printf, 3, 4))) void
oracle_violate(struct oracle *oracle, enum violation violation, const char *format, ...);

/* Replies, told after their commit on a machine that is still alive. */
void oracle_created(struct oracle *oracle, int64_t id, const char *names, const char *reference);
void oracle_cancelled(struct oracle *oracle, int64_t id);
/* Somebody is about to say something with this value, and then it was acknowledged. */
void oracle_says(struct oracle *oracle, const char *value, enum answer_said said,
		 enum answer_scope scope);
void oracle_acknowledged(struct oracle *oracle, const char *value);
/* It was refused: nothing was said. */
void oracle_unsaid(struct oracle *oracle, const char *value);
/* What was acknowledged for the value; NULL: nothing. */
const struct kept_answer *oracle_said(const struct oracle *oracle, const char *value);
/* Whether a letter lies in a mailbox that nobody answered yet. */
bool oracle_question_open(const struct oracle *oracle);
/* Any command was answered: its journal is kept too. */
void oracle_answered(struct oracle *oracle, struct engine *engine);

/* What is in the store now: new validations and certificates, unfinished orders. */
void oracle_check(struct oracle *oracle, struct engine *engine);
/* The same, and all that was ever answered or signed: after a power loss and at the end. */
void oracle_check_kept(struct oracle *oracle, struct engine *engine);
/* Journal and evidence, by the engine's own audit. */
void oracle_audit(struct oracle *oracle, struct engine *engine);
/* Orders on their way; those whose intent is written and whose certificate is not stored; those
 * that ended because nobody served them; intents that were written and never counted. */
int64_t oracle_count_unfinished(struct oracle *oracle, struct engine *engine);
int64_t oracle_count_issuing(struct oracle *oracle, struct engine *engine);
int64_t oracle_count_given_up(struct oracle *oracle, struct engine *engine);
int64_t oracle_count_voided(struct oracle *oracle, struct engine *engine);
/* The newest link's hash. */
void oracle_head(struct oracle *oracle, struct engine *engine, char text[DIGEST_TEXT]);
/* The whole journal, by what it says of people; and that no value stands anywhere but in the mail
 * to be sent. At the end. */
void oracle_check_people(struct oracle *oracle, struct engine *engine);
void oracle_seek_values(struct oracle *oracle, struct engine *engine);
/* Nobody waits any more. */
void oracle_check_finished(struct oracle *oracle, struct engine *engine);

#endif

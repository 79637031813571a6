/* Private to the oracle: its notes, and questions of its own to the store. */
#ifndef ISSUER_TESTS_REPLAY_ORACLE_KEPT_H
#define ISSUER_TESTS_REPLAY_ORACLE_KEPT_H

#include "store/certificate.h"
#include "store/validation.h"
#include "tests/replay/oracle.h"

#include <sqlite3.h>

struct kept_head {
	int64_t seq;
	struct digest hash;
};

struct kept_signature {
	struct digest intent;
};

struct kept_certificate {
	int64_t id;
	struct digest fingerprint;
};

/* A question with one number bound as ?1; every row is given to take, which may be NULL. False,
 * with a violation, when the store fails. */
typedef void row_taker(struct oracle *oracle, sqlite3_stmt *row, void *context);
bool oracle_ask(struct oracle *oracle, struct engine *engine, const char *sql, int64_t bound,
		row_taker *take, void *context);
/* The first column of the first row; fallback when there is none. */
int64_t oracle_number(struct oracle *oracle, struct engine *engine, const char *sql, int64_t bound,
		      int64_t fallback);

/* A question that was asked before. */
struct kept_question {
	const char *sql;
	sqlite3_stmt *prepared;
};

/* oracle_rules.c */
void oracle_check_validations(struct oracle *oracle, struct engine *engine);
void oracle_check_certificates(struct oracle *oracle, struct engine *engine);
void oracle_check_unfinished(struct oracle *oracle, struct engine *engine);

/* oracle_people.c */
/* Whom the engine wrote to, and what arrived. */
void oracle_check_asking(struct oracle *oracle, struct engine *engine);
/* What was acknowledged stands. */
void oracle_check_answers(struct oracle *oracle, struct engine *engine);
/* Whether a yes that was given rightly lets this validation stand; else why not. */
const char *oracle_judge_answer(struct oracle *oracle, struct engine *engine,
				const struct validation_record *validation);
/* A rejection that stood while a certificate of the order was made. */
void oracle_check_rejections(struct oracle *oracle, struct engine *engine,
			     const struct certificate *certificate);
bool oracle_asks(const char *method);
/* A name without "*."; whether it is the one above or below it. */
const char *oracle_without_wildcard(const char *name);
bool oracle_is_within(const char *name, const char *above);

#endif

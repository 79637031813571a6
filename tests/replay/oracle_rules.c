/*
 * What may stand in the store: validations that the world showed, certificates
 * on fresh ones, and unfinished orders that say who must act and by when.
 */
#include "csr/certificate.h"
#include "csr/names.h"
#include "store/certificate.h"
#include "store/effect.h"
#include "store/evidence.h"
#include "store/gate.h"
#include "store/order.h"
#include "store/validation.h"
#include "tests/replay/oracle_kept.h"

#include "base/civil.h"
#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

/* The numbers of the rules, for a second time: REQUIREMENTS DCV-12 (13 months, dates at +09:00),
 * BR 4.2.2.1 (8 hours), and no TTL of the world is longer. */
enum { REUSE_MONTHS = 13, ZONE_S = 9 * 3600, CAA_HOURS = 8, WORLD_TTL_S = 300 };

/* From a signature to its row: one drive, in which no clock jumps. */
enum { STORED_WITHIN_MS = 10 * 60 * 1000 };

/* The last instant of the day that has the same number 13 months later. */
static int64_t control_counts_until(int64_t began_at)
{
	struct civil last = civil_add_months(civil_of(began_at, ZONE_S), REUSE_MONTHS);
	return civil_start(civil_add_days(last, 1), ZONE_S) - 1;
}

/* ---- validations: the world showed it ---- */

static bool world_showed_value(const struct world *world,
			       const struct validation_record *validation)
{
	char hash[DIGEST_TEXT];
	for (size_t i = 0; i < world->value_answer_count; i++) {
		const struct value_answer *answer = &world->value_answers[i];
		if (strcmp(answer->name, validation->domain) == 0 &&
		    strcmp(digest_text(answer->value, hash), validation->value_hash) == 0)
			return true;
	}
	return false;
}

static const char *without_wildcard(const char *name)
{
	return strncmp(name, "*.", 2) == 0 ? name + 2 : name;
}

/* Whether the answers that went out let a careful reader conclude that this CA is permitted. */
static bool world_permitted(const struct world *world, const char *domain)
{
	for (const char *level = without_wildcard(domain); level; level = strchr(level, '.')) {
		level += *level == '.';
		bool nothing_there = false;
		for (size_t i = 0; i < world->caa_answer_count; i++) {
			const struct caa_answer *answer = &world->caa_answers[i];
			if (strcmp(answer->name, level) != 0)
				continue;
			if (answer->records && answer->permits)
				return true;
			nothing_there = nothing_there || !answer->records;
		}
		if (!nothing_there)
			return false;
	}
	return true;
}

static void count_lapse(struct oracle *oracle, struct engine *engine,
			const struct validation_record *validation)
{
	int64_t before = oracle_number(
		oracle, engine,
		"SELECT max(o.began_at) FROM validation v JOIN validation o ON"
		" o.applicant_id = v.applicant_id AND o.domain = v.domain AND o.method = v.method"
		" AND o.id < v.id WHERE v.id = ?1",
		validation->id, 0);
	if (before && control_counts_until(before) < validation->began_at)
		tally_add(oracle->tally, TALLY_LAPSED);
}

static void check_validation(struct oracle *oracle, struct engine *engine,
			     const struct validation_record *validation)
{
	struct arena arena = ARENA_NONE;
	struct evidence evidence;
	struct error err = NO_ERROR;
	bool caa = strcmp(validation->method, "caa") == 0;
	bool asked = oracle_asks(validation->method);
	const char *why = asked ? oracle_judge_answer(oracle, engine, validation) : NULL;
	bool shown = asked || (caa ? world_permitted(oracle->world, validation->domain)
				   : world_showed_value(oracle->world, validation));
	if (why)
		oracle_violate(oracle, VIOLATION_RULE, "validation v-%" PRId64 " (%s, %s) %s",
			       validation->id, validation->domain, validation->method, why);
	if (!shown)
		oracle_violate(oracle, VIOLATION_RULE,
			       "validation v-%" PRId64 " (%s, %s) rests on nothing that was shown",
			       validation->id, validation->domain, validation->method);
	if (validation->ttl_s > WORLD_TTL_S)
		oracle_violate(oracle, VIOLATION_RULE,
			       "validation v-%" PRId64 " has a TTL of %" PRId64, validation->id,
			       validation->ttl_s);
	if (!caa)
		count_lapse(oracle, engine, validation);
	if (store_evidence_get(engine->store, validation->evidence_id, &arena, &evidence, &err) !=
	    OK)
		oracle_violate(oracle, VIOLATION_RULE, "validation v-%" PRId64 ": %s",
			       validation->id, err.sentence);
	else if (!evidence.bytes.data)
		tally_add(oracle->tally, TALLY_EVIDENCE_FILE);
	arena_release(&arena);
}

void oracle_check_validations(struct oracle *oracle, struct engine *engine)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct validation_record validation;
	struct error err = NO_ERROR;
	while (store_validation_next(engine->store, oracle->last_validation, &arena, &validation,
				     &err) == OK) {
		check_validation(oracle, engine, &validation);
		oracle->last_validation = validation.id;
	}
}

/* ---- certificates: open gates and fresh evidence ---- */

/* What a certificate is held against. */
struct issue {
	struct oracle *oracle;
	struct engine *engine;
	struct certificate certificate;
	struct order order;
	struct effect effect;
	struct order_name *names;
	size_t name_count;
	struct gate *gates;
	size_t gate_count;
	struct arena arena;
};

static void wrong(const struct issue *issue, const char *name, const char *why)
{
	oracle_violate(issue->oracle, VIOLATION_RULE,
		       "certificate c-%" PRId64 " of o-%" PRId64 ": %s%s%s", issue->certificate.id,
		       issue->order.id, name, name[0] ? " " : "", why);
}

static bool load(struct issue *issue)
{
	struct store *store = issue->engine->store;
	struct arena *arena = &issue->arena;
	struct error err = NO_ERROR;
	bool loaded = store_order_get(store, issue->certificate.order_id, arena, &issue->order,
				      &err) == OK &&
		      store_effect_get(store, issue->certificate.effect_id, arena, &issue->effect,
				       &err) == OK &&
		      store_order_names(store, issue->order.id, arena, &issue->names,
					&issue->name_count, &err) == OK &&
		      store_gates_of_order(store, issue->order.id, arena, &issue->gates,
					   &issue->gate_count, &err) == OK;
	if (!loaded)
		wrong(issue, "", err.sentence);
	return loaded;
}

static const struct gate *find_gate(const struct issue *issue, enum gate_kind kind,
				    const char *name)
{
	for (size_t i = 0; i < issue->gate_count; i++)
		if (issue->gates[i].kind == kind && strcmp(issue->gates[i].name, name) == 0)
			return &issue->gates[i];
	return NULL;
}

/* BR 3.2.2.4 for a second time: a page shows control of its own name; a record also of the names
 * below, and the base domains of the world have two labels. */
static bool covers(const char *method, const char *domain, const char *name)
{
	if (strcmp(method, "dns-txt") != 0 && !oracle_asks(method))
		return strcmp(domain, name) == 0;
	return strchr(domain, '.') && name_is_within(without_wildcard(name), domain);
}

/* The validation on which the gate opened; NULL, with a violation, when there is none of the right
 * applicant, name and method. */
static const struct validation_record *rests_on(struct issue *issue, enum gate_kind kind,
						const char *name, const char *method)
{
	struct error err = NO_ERROR;
	struct validation_record *validation = arena_new(&issue->arena, 1, sizeof(*validation));
	const struct gate *gate = find_gate(issue, kind, name);
	if (!gate || gate->state != GATE_OPEN) {
		wrong(issue, name, "has a gate that is not open");
		return NULL;
	}
	if (store_validation_get(issue->engine->store, gate->validation_id, &issue->arena,
				 validation, &err) != OK) {
		wrong(issue, name, err.sentence);
		return NULL;
	}
	if (validation->applicant_id != issue->order.applicant_id ||
	    !covers(method, validation->domain, name) || strcmp(validation->method, method) != 0) {
		wrong(issue, name, "rests on a validation of something or somebody else");
		return NULL;
	}
	if (validation->withdrawn_at)
		wrong(issue, name, "rests on a validation that was withdrawn");
	return validation;
}

/* Not long before the certificate was stored: an intent that waited is decided again. */
static int64_t signed_at(const struct issue *issue)
{
	int64_t stored_at = issue->certificate.issued_at - STORED_WITHIN_MS;
	return stored_at > issue->effect.created_at ? stored_at : issue->effect.created_at;
}

static bool check_caa(struct issue *issue, const char *name, int64_t at)
{
	if (name_is_address(name)) {
		tally_add(issue->oracle->tally, TALLY_FOR_ADDRESS);
		if (find_gate(issue, GATE_KIND_CAA, name))
			wrong(issue, name, "is an address with a gate for CAA");
		return true;
	}
	const struct validation_record *caa = rests_on(issue, GATE_KIND_CAA, name, "caa");
	if (caa && at > caa->began_at + CAA_HOURS * HOUR_MS)
		wrong(issue, name, "rests on CAA looked up too long ago");
	return caa != NULL;
}

/* Whether it was shown before the order: control that is reused. */
static bool check_name(struct issue *issue, const struct order_name *row)
{
	int64_t at = signed_at(issue);
	const char *name = row->name;
	const char *method = row->method ? row->method : issue->order.method;
	const struct validation_record *control = rests_on(issue, GATE_KIND_CONTROL, name, method);
	if (!control || !check_caa(issue, name, at))
		return false;
	if (strcmp(control->domain, without_wildcard(name)) != 0)
		tally_add(issue->oracle->tally, TALLY_FROM_ABOVE);
	if (oracle_asks(method))
		tally_add(issue->oracle->tally, strchr(strchr(control->domain, '.') + 1, '.')
							? TALLY_BY_NARROW_MAIL
							: TALLY_BY_MAIL);
	if (at > control_counts_until(control->began_at))
		wrong(issue, name, "rests on control shown too long ago");
	return control->validated_at < issue->order.created_at;
}

static void check_bytes(struct issue *issue)
{
	struct slice tbs;
	struct error err = NO_ERROR;
	if (certificate_tbs(issue->certificate.der, &tbs, &err) != OK)
		wrong(issue, "", err.sentence);
	else if (!slice_equal(tbs, issue->effect.intent))
		wrong(issue, "", "is not what was intended");
	if (issue->effect.order_id != issue->order.id)
		wrong(issue, "", "has the intent of another order");
	if (!digest_equal(digest_of(issue->certificate.der), issue->certificate.fingerprint))
		wrong(issue, "", "does not have its fingerprint");
}

static void check_certificate(struct issue *issue)
{
	struct oracle *oracle = issue->oracle;
	bool reused = false;
	if (!load(issue))
		return;
	check_bytes(issue);
	for (size_t i = 0; i < issue->gate_count; i++)
		if (issue->gates[i].state != GATE_OPEN)
			wrong(issue, issue->gates[i].name, "has a gate that is not open");
	for (size_t i = 0; i < issue->name_count; i++)
		reused = check_name(issue, &issue->names[i]) || reused;
	oracle_check_rejections(oracle, issue->engine, &issue->certificate);
	if (oracle_number(oracle, issue->engine,
			  "SELECT count(*) FROM certificate WHERE order_id = ?1", issue->order.id,
			  0) != 1)
		wrong(issue, "", "is not the only one of its order");
	tally_add(oracle->tally, TALLY_ISSUED);
	if (reused)
		tally_add(oracle->tally, TALLY_REUSED);
	if (strcmp(issue->order.method, "dns-txt") == 0)
		tally_add(oracle->tally, TALLY_BY_RECORD);
	oracle->certificates = memory_resize(oracle->certificates, oracle->certificate_count + 1,
					     sizeof(*oracle->certificates));
	oracle->certificates[oracle->certificate_count++] =
		(struct kept_certificate){issue->certificate.id, issue->certificate.fingerprint};
}

void oracle_check_certificates(struct oracle *oracle, struct engine *engine)
{
	struct issue issue = {.oracle = oracle, .engine = engine};
	struct error err = NO_ERROR;
	while (store_certificate_next(engine->store, oracle->last_certificate, &issue.arena,
				      &issue.certificate, &err) == OK) {
		check_certificate(&issue);
		oracle->last_certificate = issue.certificate.id;
	}
	arena_release(&issue.arena);
}

/* ---- unfinished orders: who, and by when ---- */

static void check_shut(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)context;
	int64_t order = sqlite3_column_int64(row, 0);
	const char *name = (const char *)sqlite3_column_text(row, 2);
	enum gate_state state = (enum gate_state)sqlite3_column_int64(row, 3);
	enum turn_of turn = (enum turn_of)sqlite3_column_int64(row, 4);
	int64_t until = sqlite3_column_int64(row, 5);
	const char *action = (const char *)sqlite3_column_text(row, 6);
	const char *kind = gate_kind_text((enum gate_kind)sqlite3_column_int64(row, 1));
	if (!action || !action[0])
		oracle_violate(oracle, VIOLATION_RULE,
			       "o-%" PRId64 " %s %s: nobody knows what to do", order, kind, name);
	if (until == 0)
		oracle_violate(oracle, VIOLATION_RULE, "o-%" PRId64 " %s %s: nobody knows by when",
			       order, kind, name);
	if (turn == TURN_NOBODY && state != GATE_BLOCKED)
		oracle_violate(oracle, VIOLATION_RULE, "o-%" PRId64 " %s %s: nobody must act",
			       order, kind, name);
}

static void check_forgotten(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	const char *which =
		sqlite3_column_count(row) > 1 ? (const char *)sqlite3_column_text(row, 1) : "";
	oracle_violate(oracle, VIOLATION_RULE, "order o-%lld %s %s",
		       (long long)sqlite3_column_int64(row, 0), (const char *)context, which);
}

static void count_refused(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)context;
	for (size_t i = 0; i < oracle->order_count; i++) {
		struct kept_order *order = &oracle->orders[i];
		if (order->id != sqlite3_column_int64(row, 0) || order->caa_refused)
			continue;
		order->caa_refused = true;
		tally_add(oracle->tally, TALLY_CAA_REFUSED);
	}
}

/* Questions that no store at rest answers with a row; ?1 is not used. */
static struct {
	const char *sql;
	char words[80];
} never[] = {
	{"SELECT id FROM orders WHERE state IN (1, 3, 5, 6)", "rests in a state that moves on"},
	{"SELECT id FROM orders o WHERE state = 2 AND NOT EXISTS (SELECT 1 FROM gate WHERE"
	 " order_id = o.id AND state IN (2, 3, 5)) AND NOT EXISTS (SELECT 1 FROM schedule WHERE"
	 " duty = 1 AND subject_id = o.id)",
	 "is pending, no gate of it is anybody's turn, and nobody decides it"},
	{"SELECT id FROM orders o WHERE state = 2 AND NOT EXISTS (SELECT 1 FROM schedule WHERE"
	 " duty = 2 AND subject_id = o.id)",
	 "is pending, and never given up"},
	{"SELECT o.id FROM orders o JOIN effect e ON e.order_id = o.id WHERE o.state = 4 AND"
	 " e.kind = 1 AND e.state <> 3 AND NOT"
	 " EXISTS (SELECT 1 FROM schedule WHERE duty = 5 AND subject_id = e.id)",
	 "is issuing, and nobody will"},
	{"SELECT o.id, '(z-' || a.id || ' ' || a.method || ' ' || a.domain || ', state ' || a.state"
	 " || ')' FROM orders o JOIN gate g ON g.order_id = o.id JOIN authorization a"
	 " ON a.id = g.authorization_id WHERE o.state = 2 AND g.state IN (2, 3, 5)"
	 " AND (a.state IN (1, 2) OR (a.state = 4 AND a.method NOT LIKE '%-email'"
	 " AND a.method NOT LIKE '%-phone'))"
	 " AND coalesce(g.code, '') <> 'answer-rejected'"
	 " AND NOT EXISTS (SELECT 1 FROM schedule WHERE (duty = 4 AND subject_id = a.id)"
	 " OR (duty = 1 AND subject_id = o.id))",
	 "waits for a check that nobody will make"},
	{"SELECT o.id FROM orders o JOIN gate g ON g.order_id = o.id JOIN authorization a"
	 " ON a.id = g.authorization_id WHERE o.state = 2 AND g.state IN (2, 3, 5) AND a.state = 5"
	 " AND NOT EXISTS (SELECT 1 FROM schedule WHERE duty = 8 AND subject_id = a.id)",
	 "waits for people for ever"},
	{"SELECT e.order_id FROM effect e JOIN certificate c ON c.effect_id = e.id"
	 " WHERE e.state = 3",
	 "has a certificate of an intent that was voided"},
	{"SELECT order_id FROM effect e WHERE kind = 1 AND state = 2 AND NOT EXISTS (SELECT 1 FROM "
	 "certificate"
	 " WHERE effect_id = e.id)",
	 "has a signature done and no certificate"},
	{"SELECT order_id FROM effect e WHERE kind > 1 AND state = 1 AND NOT EXISTS (SELECT 1 FROM"
	 " schedule WHERE duty = 6 AND subject_id = e.id)",
	 "has a report that nobody will send"},
};

void oracle_check_unfinished(struct oracle *oracle, struct engine *engine)
{
	(void)oracle_ask(oracle, engine,
			 "SELECT g.order_id, g.kind, g.name, g.state, g.turn, g.until_at, g.action"
			 " FROM gate g JOIN orders o ON o.id = g.order_id WHERE o.state = 2 AND"
			 " g.state NOT IN (4, 6, 7)",
			 0, check_shut, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(never); i++)
		(void)oracle_ask(oracle, engine, never[i].sql, 0, check_forgotten, never[i].words);
	(void)oracle_ask(oracle, engine,
			 "SELECT DISTINCT order_id FROM gate WHERE code = 'caa-forbidden'", 0,
			 count_refused, NULL);
}

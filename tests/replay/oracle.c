/* Replies and signatures that must survive: see oracle.h. Rules are in oracle_rules.c. */
#include "tests/replay/oracle.h"

#include "base/memory.h"
#include "engine/audit.h"
#include "engine/drive/post.h"
#include "store/effect.h"
#include "store/journal.h"
#include "store/order.h"
#include "store/sql.h"
#include "tests/replay/oracle_kept.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The linker leads the engine's calls of ca_local_issue here (--wrap); it has no context. */
static struct oracle *signatures_go_to;

void oracle_init(struct oracle *oracle, struct tally *tally, struct world *world,
		 const struct disk *disk)
{
	*oracle = (struct oracle){.tally = tally, .world = world, .disk = disk};
	signatures_go_to = oracle;
}

void oracle_release(struct oracle *oracle)
{
	free(oracle->orders);
	free(oracle->heads);
	free(oracle->signatures);
	free(oracle->certificates);
	free(oracle->answers);
}

void oracle_violate(struct oracle *oracle, enum violation violation, const char *format, ...)
{
	if (oracle->violation != VIOLATION_NONE)
		return;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(oracle->sentence, sizeof(oracle->sentence), format, args);
	va_end(args);
	oracle->violation = violation;
}

/* One more at the end of a list; zeroed. */
#define ADD(list, count)                                                                           \
	__extension__({                                                                            \
		(list) = memory_resize((list), (count) + 1, sizeof(*(list)));                      \
		memset(&(list)[(count)], 0, sizeof(*(list)));                                      \
		&(list)[(count)++];                                                                \
	})

/* ---- told ---- */

void oracle_created(struct oracle *oracle, int64_t id, const char *names, const char *reference)
{
	for (size_t i = 0; i < oracle->order_count; i++) {
		const struct kept_order *order = &oracle->orders[i];
		if (order->id != id)
			continue;
		if (!reference || strcmp(order->reference, reference) != 0)
			oracle_violate(oracle, VIOLATION_RULE,
				       "order o-%" PRId64 " was given to two creates", id);
		return;
	}
	struct kept_order *order = ADD(oracle->orders, oracle->order_count);
	order->id = id;
	(void)snprintf(order->names, sizeof(order->names), "%s", names);
	(void)snprintf(order->reference, sizeof(order->reference), "%s",
		       reference ? reference : "");
}

void oracle_cancelled(struct oracle *oracle, int64_t id)
{
	for (size_t i = 0; i < oracle->order_count; i++)
		if (oracle->orders[i].id == id)
			oracle->orders[i].cancelled = true;
}

void oracle_answered(struct oracle *oracle, struct engine *engine)
{
	struct kept_head head;
	struct error err = NO_ERROR;
	enum status status = store_journal_head(engine->store, &head.seq, &head.hash, &err);
	if (status == NOT_FOUND)
		return;
	if (status != OK) {
		oracle_violate(oracle, VIOLATION_DAMAGED, "the journal's head: %s", err.sentence);
		return;
	}
	if (oracle->head_count && oracle->heads[oracle->head_count - 1].seq == head.seq)
		return;
	*ADD(oracle->heads, oracle->head_count) = head;
}

static void note_signature(struct oracle *oracle, struct digest intent)
{
	for (size_t i = 0; i < oracle->signature_count; i++)
		if (digest_equal(oracle->signatures[i].intent, intent)) {
			tally_add(oracle->tally, TALLY_DIED_SIGNED);
			return;
		}
	ADD(oracle->signatures, oracle->signature_count)->intent = intent;
}

/* The engine's call, once the linker has turned it round; __real_… is ca/local.c. */
enum status __real_ca_local_issue(const struct ca_local *ca, struct slice intent,
				  struct buffer *ret_der, struct error *err);
enum status __wrap_ca_local_issue(const struct ca_local *ca, struct slice intent,
				  struct buffer *ret_der, struct error *err);

enum status __wrap_ca_local_issue(const struct ca_local *ca, struct slice intent,
				  struct buffer *ret_der, struct error *err)
{
	struct oracle *oracle = signatures_go_to;
	if (oracle->disk->dead)
		return fail(err, STORE_FAILED, "could not sign: the machine is off");
	TRY(__real_ca_local_issue(ca, intent, ret_der, err));
	note_signature(oracle, digest_of(intent));
	if (oracle->signed_now)
		oracle->signed_now(oracle->context);
	return OK;
}

/* ---- questions ---- */

static sqlite3_stmt *prepared(struct oracle *oracle, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *row = NULL;
	for (size_t i = 0; i < oracle->question_count; i++)
		if (oracle->questions[i].sql == sql)
			return oracle->questions[i].prepared;
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK)
		*ADD(oracle->questions, oracle->question_count) = (struct kept_question){sql, row};
	return row;
}

bool oracle_ask(struct oracle *oracle, struct engine *engine, const char *sql, int64_t bound,
		row_taker *take, void *context)
{
	sqlite3 *db = engine->store->db;
	sqlite3_stmt *row = prepared(oracle, db, sql);
	int code = row ? SQLITE_OK : SQLITE_ERROR;
	if (row && sqlite3_bind_parameter_count(row) > 0)
		code = sqlite3_bind_int64(row, 1, bound);
	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(row);
		if (code == SQLITE_ROW)
			take(oracle, row, context);
	}
	if (code != SQLITE_DONE)
		oracle_violate(oracle, VIOLATION_DAMAGED, "the store does not answer: %s",
			       sqlite3_errmsg(db));
	(void)sqlite3_reset(row);
	return code == SQLITE_DONE;
}

void oracle_hang_up(struct oracle *oracle)
{
	for (size_t i = 0; i < oracle->question_count; i++)
		(void)sqlite3_finalize(oracle->questions[i].prepared);
	free(oracle->questions);
	oracle->questions = NULL;
	oracle->question_count = 0;
}

struct first_number {
	bool found;
	int64_t value;
};

static void take_first(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)oracle;
	struct first_number *first = context;
	if (!first->found)
		*first = (struct first_number){true, sqlite3_column_int64(row, 0)};
}

int64_t oracle_number(struct oracle *oracle, struct engine *engine, const char *sql, int64_t bound,
		      int64_t fallback)
{
	struct first_number first = {0};
	(void)oracle_ask(oracle, engine, sql, bound, take_first, &first);
	return first.found ? first.value : fallback;
}

/* ---- kept ---- */

static void compare_names(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	const struct kept_order *order = context;
	const char *names = (const char *)sqlite3_column_text(row, 0);
	const char *reference = (const char *)sqlite3_column_text(row, 1);
	int64_t state = sqlite3_column_int64(row, 2);
	if (strcmp(names ? names : "", order->names) != 0)
		oracle_violate(oracle, VIOLATION_LOST,
			       "order o-%" PRId64 " was answered for %s, and holds %s", order->id,
			       order->names, names ? names : "nothing");
	if (strcmp(reference ? reference : "", order->reference) != 0)
		oracle_violate(oracle, VIOLATION_LOST,
			       "order o-%" PRId64 " was answered with reference \"%s\", not \"%s\"",
			       order->id, order->reference, reference ? reference : "");
	if (order->cancelled && state != ORDER_CANCELLED)
		oracle_violate(oracle, VIOLATION_LOST,
			       "the cancelling of order o-%" PRId64 " was answered, and is gone",
			       order->id);
}

static void check_order(struct oracle *oracle, struct engine *engine, struct kept_order *order)
{
	if (!oracle_number(oracle, engine, "SELECT 1 FROM orders WHERE id = ?1", order->id, 0)) {
		oracle_violate(oracle, VIOLATION_LOST,
			       "order o-%" PRId64 " was answered, and is gone", order->id);
		return;
	}
	(void)oracle_ask(oracle, engine,
			 "SELECT (SELECT group_concat(name, ' ') FROM (SELECT name FROM order_name"
			 " WHERE order_id = o.id ORDER BY position)),"
			 " (SELECT reference FROM order_reference WHERE order_id = o.id), o.state"
			 " FROM orders o WHERE o.id = ?1",
			 order->id, compare_names, order);
}

static void compare_head(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	const struct kept_head *head = context;
	if (sqlite3_column_bytes(row, 0) != DIGEST_BYTES ||
	    memcmp(sqlite3_column_blob(row, 0), head->hash.bytes, DIGEST_BYTES) != 0)
		oracle_violate(oracle, VIOLATION_LOST,
			       "link %" PRId64 " of the journal was rewritten", head->seq);
}

static void check_heads(struct oracle *oracle, struct engine *engine)
{
	int64_t last = oracle_number(oracle, engine, "SELECT max(seq) FROM journal", 0, 0);
	for (size_t i = 0; i < oracle->head_count; i++) {
		struct kept_head *head = &oracle->heads[i];
		if (head->seq > last)
			oracle_violate(oracle, VIOLATION_LOST,
				       "a command was answered at link %" PRId64
				       " of the journal, which ends at %" PRId64,
				       head->seq, last);
		(void)oracle_ask(oracle, engine, "SELECT hash FROM journal WHERE seq = ?1",
				 head->seq, compare_head, head);
	}
}

/* Marks, in a bool for each signature, the one of whose intent the row tells. */
static void mark_intent(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	bool *found = context;
	struct digest digest = digest_of(
		slice_of(sqlite3_column_blob(row, 0), (size_t)sqlite3_column_bytes(row, 0)));
	for (size_t i = 0; i < oracle->signature_count; i++)
		if (digest_equal(oracle->signatures[i].intent, digest))
			found[i] = true;
}

static void check_signatures(struct oracle *oracle, struct engine *engine)
{
	CLEANUP(memory_freep) bool *found = memory_new(oracle->signature_count, sizeof(*found));
	(void)oracle_ask(oracle, engine, "SELECT intent FROM effect", 0, mark_intent, found);
	for (size_t i = 0; i < oracle->signature_count; i++)
		if (!found[i])
			oracle_violate(oracle, VIOLATION_LOST,
				       "something was signed whose intent is not in the store");
	if (oracle_number(oracle, engine,
			  "SELECT count(*) - count(DISTINCT order_id) FROM effect WHERE kind = 1"
			  " AND state <> 3",
			  0, 0))
		oracle_violate(oracle, VIOLATION_RULE, "an order has two intents that count");
}

/* ---- reports ---- */

struct mail_marks {
	bool *found; /* one for each message that was taken over */
};

/* The message of an intent is one that was taken over, or it is not called done. */
static void mark_mail(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	struct mail_marks *marks = context;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct post_intent intent;
	struct slice bytes =
		slice_of(sqlite3_column_blob(row, 0), (size_t)sqlite3_column_bytes(row, 0));
	bool taken = false;
	if (post_intent_read(bytes, &arena, &intent, NULL) != OK) {
		oracle_violate(oracle, VIOLATION_DAMAGED, "the intent of a report is broken");
		return;
	}
	struct digest digest = digest_of(intent.body);
	for (size_t i = 0; i < oracle->world->mail_count; i++)
		if (digest_equal(oracle->world->mails[i], digest))
			taken = marks->found[i] = true;
	if (!taken && sqlite3_column_int64(row, 1) == EFFECT_STATE_DONE)
		oracle_violate(oracle, VIOLATION_RULE, "a report is done that nobody took over");
}

/* Whatever was taken over is the one message of a duty, to the byte: never two different ones. */
static void check_mails(struct oracle *oracle, struct engine *engine)
{
	size_t count = oracle->world->mail_count;
	CLEANUP(memory_freep) bool *found = memory_new(count + 1, sizeof(*found));
	struct mail_marks marks = {found};
	(void)oracle_ask(oracle, engine, "SELECT intent, state FROM effect WHERE kind IN (2, 4)", 0,
			 mark_mail, &marks);
	for (size_t i = 0; i < count; i++)
		if (!found[i])
			oracle_violate(oracle, VIOLATION_LOST,
				       "a report was sent whose intent is not in the store");
}

static void compare_certificate(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	const struct kept_certificate *certificate = context;
	if (memcmp(sqlite3_column_blob(row, 0), certificate->fingerprint.bytes, DIGEST_BYTES) != 0)
		oracle_violate(oracle, VIOLATION_LOST,
			       "certificate c-%" PRId64 " is another one now", certificate->id);
}

static void check_kept_certificates(struct oracle *oracle, struct engine *engine)
{
	for (size_t i = 0; i < oracle->certificate_count; i++) {
		struct kept_certificate *certificate = &oracle->certificates[i];
		if (!oracle_number(oracle, engine, "SELECT 1 FROM certificate WHERE id = ?1",
				   certificate->id, 0))
			oracle_violate(oracle, VIOLATION_LOST, "certificate c-%" PRId64 " is gone",
				       certificate->id);
		(void)oracle_ask(oracle, engine,
				 "SELECT fingerprint FROM certificate WHERE id = ?1",
				 certificate->id, compare_certificate, certificate);
	}
}

/* ---- checks ---- */

void oracle_check(struct oracle *oracle, struct engine *engine)
{
	if (oracle->world->wrong_contact[0])
		oracle_violate(oracle, VIOLATION_RULE, "%s", oracle->world->wrong_contact);
	if (oracle->world->wrong_mail[0])
		oracle_violate(oracle, VIOLATION_RULE, "%s", oracle->world->wrong_mail);
	oracle_check_asking(oracle, engine);
	oracle_check_validations(oracle, engine);
	oracle_check_certificates(oracle, engine);
	oracle_check_unfinished(oracle, engine);
	oracle->last_rejection =
		oracle_number(oracle, engine, "SELECT max(id) FROM rejection", 0, 0);
	world_forget(oracle->world);
}

void oracle_check_kept(struct oracle *oracle, struct engine *engine)
{
	struct error err = NO_ERROR;
	if (store_check(engine->store, &err) != OK)
		oracle_violate(oracle, VIOLATION_DAMAGED, "%s", err.sentence);
	check_heads(oracle, engine);
	for (size_t i = 0; i < oracle->order_count; i++)
		check_order(oracle, engine, &oracle->orders[i]);
	check_signatures(oracle, engine);
	check_mails(oracle, engine);
	check_kept_certificates(oracle, engine);
	oracle->last_message = 0;
	oracle->last_letter = 0;
	oracle_check_answers(oracle, engine);
	oracle_check(oracle, engine);
}

void oracle_audit(struct oracle *oracle, struct engine *engine)
{
	struct audit_report journal;
	struct evidence_report evidence;
	struct error err = NO_ERROR;
	char head[HEAD_TEXT], hash[DIGEST_TEXT];
	bool known = oracle->head_count > 0;
	if (known) {
		const struct kept_head *last = &oracle->heads[oracle->head_count - 1];
		(void)snprintf(head, sizeof(head), "%" PRId64 ":%s", last->seq,
			       digest_text(last->hash, hash));
	}
	if (audit_verify(engine, known ? head : NULL, &journal, &err) != OK)
		oracle_violate(oracle, VIOLATION_LOST, "the journal: %s", err.sentence);
	tally_add(oracle->tally, TALLY_AUDITED);
	if (evidence_verify(engine, 0, &evidence, &err) != OK)
		oracle_violate(oracle, VIOLATION_LOST, "the evidence: %s", err.sentence);
	else
		oracle->tally->counts[TALLY_DECIDED_AGAIN] += evidence.evidence;
}

static void still_unfinished(struct oracle *oracle, sqlite3_stmt *row, void *context)
{
	(void)context;
	oracle_violate(oracle, VIOLATION_RULE,
		       "all is well in the world and order o-%lld is still %s: %s (%s)",
		       (long long)sqlite3_column_int64(row, 0),
		       order_state_text((enum order_state)sqlite3_column_int64(row, 1)),
		       (const char *)sqlite3_column_text(row, 2),
		       (const char *)sqlite3_column_text(row, 3));
}

void oracle_check_finished(struct oracle *oracle, struct engine *engine)
{
	(void)oracle_ask(oracle, engine,
			 "SELECT o.id, o.state, coalesce(g.name || ' ' || g.sentence, ''),"
			 " coalesce(g.code, '') FROM orders o LEFT JOIN gate g"
			 " ON g.order_id = o.id AND g.state NOT IN (4, 6, 7)"
			 " WHERE o.state < 7 LIMIT 1",
			 0, still_unfinished, NULL);
}

int64_t oracle_count_unfinished(struct oracle *oracle, struct engine *engine)
{
	return oracle_number(oracle, engine, "SELECT count(*) FROM orders WHERE state < 7", 0, 0);
}

int64_t oracle_count_issuing(struct oracle *oracle, struct engine *engine)
{
	return oracle_number(oracle, engine, "SELECT count(*) FROM orders WHERE state = 4", 0, 0);
}

int64_t oracle_count_given_up(struct oracle *oracle, struct engine *engine)
{
	return oracle_number(oracle, engine, "SELECT count(*) FROM orders WHERE state = 10", 0, 0);
}

int64_t oracle_count_voided(struct oracle *oracle, struct engine *engine)
{
	return oracle_number(oracle, engine,
			     "SELECT count(*) FROM effect WHERE kind = 1 AND state = 3", 0, 0);
}

void oracle_head(struct oracle *oracle, struct engine *engine, char text[DIGEST_TEXT])
{
	int64_t seq = 0;
	struct digest hash;
	struct error err = NO_ERROR;
	if (store_journal_head(engine->store, &seq, &hash, &err) == OK)
		(void)digest_text(hash, text);
	else
		oracle_violate(oracle, VIOLATION_DAMAGED, "the journal's head: %s", err.sentence);
}

/*
 * The schema, as an append-only list of migrations: forward only, all that a store
 * lacks in one transaction together with its user_version. A shipped migration never changes.
 *
 * Conventions: *_at are instants in milliseconds since 1970; states, kinds, turns
 * and duties are the frozen codes of states.h; digests are raw 32 bytes, pack
 * digests hexadecimal; network_id is what the network sees instead of a number.
 */
#include "store/sql.h"

#include "base/memory.h"
#include "store/backup.h"

static const char first[] =
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

	/* who */
	"CREATE TABLE tenant (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
	" created_at INTEGER NOT NULL) STRICT;"
	"CREATE TABLE applicant (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" tenant_id INTEGER NOT NULL REFERENCES tenant, reference TEXT NOT NULL,"
	" name TEXT NOT NULL, type TEXT NOT NULL, country TEXT, created_at INTEGER NOT NULL) "
	"STRICT;"
	"CREATE INDEX applicant_reference ON applicant (tenant_id, reference);"

	/* what was bought, and the acts under it */
	"CREATE TABLE contract (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" tenant_id INTEGER NOT NULL REFERENCES tenant,"
	" applicant_id INTEGER NOT NULL REFERENCES applicant, product TEXT NOT NULL,"
	" common_name TEXT NOT NULL, paid_from_at INTEGER NOT NULL, paid_until_at INTEGER,"
	" csr_creator TEXT NOT NULL, licence_count INTEGER NOT NULL, version INTEGER NOT NULL,"
	" created_at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX contract_common_name ON contract (common_name);"
	"CREATE TABLE contract_version (contract_id INTEGER NOT NULL REFERENCES contract,"
	" version INTEGER NOT NULL, data TEXT NOT NULL, created_at INTEGER NOT NULL,"
	" PRIMARY KEY (contract_id, version)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" network_id TEXT NOT NULL, contract_id INTEGER NOT NULL REFERENCES contract,"
	" tenant_id INTEGER NOT NULL REFERENCES tenant,"
	" applicant_id INTEGER NOT NULL REFERENCES applicant, kind INTEGER NOT NULL,"
	" product TEXT NOT NULL, state INTEGER NOT NULL, code TEXT, reason TEXT, method TEXT NOT "
	"NULL,"
	" key_type TEXT, created_at INTEGER NOT NULL, state_at INTEGER NOT NULL,"
	" give_up_at INTEGER, request_id INTEGER, certificate_id INTEGER) STRICT;"
	"CREATE INDEX orders_state ON orders (state, id);"
	"CREATE INDEX orders_contract ON orders (contract_id);"
	"CREATE TABLE order_name (order_id INTEGER NOT NULL REFERENCES orders,"
	" position INTEGER NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL, wildcard INTEGER "
	"NOT NULL,"
	" PRIMARY KEY (order_id, position)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX order_name_name ON order_name (name);"
	"CREATE TABLE order_reference (tenant_id INTEGER NOT NULL REFERENCES tenant,"
	" reference TEXT NOT NULL, digest BLOB NOT NULL, order_id INTEGER NOT NULL REFERENCES "
	"orders,"
	" PRIMARY KEY (tenant_id, reference)) STRICT, WITHOUT ROWID;"
	"CREATE UNIQUE INDEX order_reference_order ON order_reference (order_id);"
	"CREATE TABLE command_request (tenant_id INTEGER NOT NULL REFERENCES tenant,"
	" request_id TEXT NOT NULL, digest BLOB NOT NULL, output TEXT NOT NULL,"
	" exit INTEGER NOT NULL, created_at INTEGER NOT NULL,"
	" PRIMARY KEY (tenant_id, request_id)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE gate (order_id INTEGER NOT NULL REFERENCES orders, kind INTEGER NOT NULL,"
	" name TEXT NOT NULL, position INTEGER NOT NULL, state INTEGER NOT NULL,"
	" turn INTEGER NOT NULL,"
	" until_at INTEGER, code TEXT, sentence TEXT, action TEXT, authorization_id INTEGER,"
	" validation_id INTEGER, decided_at INTEGER NOT NULL, lapses_at INTEGER,"
	" PRIMARY KEY (order_id, kind, name)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX gate_waiting ON gate (order_id) WHERE state IN (3, 5);"
	"CREATE INDEX gate_authorization ON gate (authorization_id) WHERE authorization_id IS NOT "
	"NULL;"

	/* what was asked and shown */
	"CREATE TABLE evidence (id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE,"
	" kind TEXT NOT NULL, size INTEGER NOT NULL, bytes BLOB, created_at INTEGER NOT NULL)"
	" STRICT;"
	"CREATE TABLE authorization (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" network_id TEXT NOT NULL, applicant_id INTEGER NOT NULL REFERENCES applicant,"
	" domain TEXT NOT NULL, method TEXT NOT NULL, ca TEXT NOT NULL,"
	" order_id INTEGER NOT NULL, pack TEXT NOT NULL, state INTEGER NOT NULL, file_name TEXT,"
	" value TEXT, value_until_at INTEGER, attempt INTEGER NOT NULL, failures INTEGER NOT NULL,"
	" not_before_at INTEGER NOT NULL, code TEXT, sentence TEXT, hint TEXT,"
	" evidence_id INTEGER REFERENCES evidence, validation_id INTEGER,"
	" created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,"
	" UNIQUE (applicant_id, domain, method, ca, order_id, pack)) STRICT;"
	"CREATE TABLE validation (id INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL,"
	" applicant_id INTEGER NOT NULL REFERENCES applicant, domain TEXT NOT NULL,"
	" method TEXT NOT NULL, label TEXT NOT NULL, ca TEXT NOT NULL,"
	" authorization_id INTEGER NOT NULL REFERENCES authorization, attempt INTEGER NOT NULL,"
	" evidence_id INTEGER NOT NULL REFERENCES evidence, pack TEXT NOT NULL,"
	" pack_digest TEXT NOT NULL, began_at INTEGER NOT NULL, validated_at INTEGER NOT NULL,"
	" ttl_s INTEGER NOT NULL, value_hash TEXT, withdrawn_at INTEGER, withdrawn_reason TEXT,"
	" UNIQUE (authorization_id, attempt)) STRICT;"
	"CREATE INDEX validation_domain ON validation (applicant_id, domain, method, ca);"
	"CREATE TABLE pack (digest TEXT PRIMARY KEY, id TEXT NOT NULL, text TEXT NOT NULL) STRICT,"
	" WITHOUT ROWID;"

	/* keys, requests, certificates */
	"CREATE TABLE key (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL UNIQUE,"
	" type TEXT NOT NULL, kek_id TEXT NOT NULL, sealed BLOB NOT NULL,"
	" created_at INTEGER NOT NULL) STRICT;"
	"CREATE TABLE request (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" order_id INTEGER NOT NULL REFERENCES orders, key_id INTEGER REFERENCES key,"
	" creator TEXT NOT NULL, der BLOB NOT NULL, spki BLOB NOT NULL, key_type TEXT NOT NULL,"
	" created_at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX request_order ON request (order_id);"
	"CREATE TABLE authority (id INTEGER PRIMARY KEY AUTOINCREMENT, ca TEXT NOT NULL,"
	" role TEXT NOT NULL, der BLOB NOT NULL, key_id INTEGER NOT NULL REFERENCES key,"
	" created_at INTEGER NOT NULL, UNIQUE (ca, role)) STRICT;"
	"CREATE TABLE certificate (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" order_id INTEGER NOT NULL REFERENCES orders,"
	" contract_id INTEGER NOT NULL REFERENCES contract, ca TEXT NOT NULL, serial TEXT NOT NULL,"
	" fingerprint BLOB NOT NULL UNIQUE, not_before_at INTEGER NOT NULL,"
	" not_after_at INTEGER NOT NULL, der BLOB NOT NULL,"
	" effect_id INTEGER NOT NULL UNIQUE REFERENCES effect, issued_at INTEGER NOT NULL,"
	" UNIQUE (ca, serial)) STRICT;"
	"CREATE INDEX certificate_order ON certificate (order_id);"

	/* what is to be done, and what was done */
	"CREATE TABLE schedule (id INTEGER PRIMARY KEY AUTOINCREMENT, due_at INTEGER NOT NULL,"
	" duty INTEGER NOT NULL, subject_id INTEGER NOT NULL, on_wire INTEGER NOT NULL,"
	" UNIQUE (duty, subject_id)) STRICT;"
	"CREATE INDEX schedule_due ON schedule (duty, due_at) WHERE on_wire = 0;"
	"CREATE INDEX schedule_on_wire ON schedule (id) WHERE on_wire = 1;"
	"CREATE TABLE effect (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
	" class INTEGER NOT NULL, idempotency_key TEXT NOT NULL UNIQUE,"
	" order_id INTEGER NOT NULL REFERENCES orders, intent BLOB NOT NULL, state INTEGER NOT "
	"NULL,"
	" created_at INTEGER NOT NULL, done_at INTEGER) STRICT;"
	"CREATE INDEX effect_order ON effect (order_id);"
	"CREATE TABLE journal (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
	" previous BLOB NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
	"CREATE TABLE journal_order (order_id INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" PRIMARY KEY (order_id, seq)) STRICT, WITHOUT ROWID;";

/* Accounts of applicants; orders that may follow aliases, and where these led. */
static const char second[] = "ALTER TABLE applicant ADD COLUMN account_uri TEXT;"
			     "ALTER TABLE applicant ADD COLUMN account_thumbprint TEXT;"
			     "ALTER TABLE orders ADD COLUMN alias INTEGER NOT NULL DEFAULT 0;"
			     "ALTER TABLE validation ADD COLUMN target TEXT;";

/* Effects that are tried again: how often, and what came of the last try. */
static const char third[] = "ALTER TABLE effect ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"
			    "ALTER TABLE effect ADD COLUMN answer TEXT;";

/* People who answer: how each name of an order is shown when not as the order says, whom an
 * authorization asks, what was written to them, whom to call, and who said no. */
static const char fourth[] =
	"ALTER TABLE order_name ADD COLUMN method TEXT;"
	"ALTER TABLE order_name ADD COLUMN domain TEXT;"
	"ALTER TABLE order_name ADD COLUMN reuse INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE authorization ADD COLUMN addresses TEXT;"
	"CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" authorization_id INTEGER NOT NULL REFERENCES authorization, attempt INTEGER NOT NULL,"
	" order_id INTEGER NOT NULL REFERENCES orders, recipient TEXT NOT NULL,"
	" roles TEXT NOT NULL, source TEXT NOT NULL,"
	" contacts_id INTEGER NOT NULL REFERENCES evidence, value_hash BLOB NOT NULL UNIQUE,"
	" mail_id TEXT NOT NULL UNIQUE, until_at INTEGER NOT NULL, created_at INTEGER NOT NULL,"
	" state INTEGER NOT NULL, state_at INTEGER NOT NULL,"
	" evidence_id INTEGER REFERENCES evidence, bounced_at INTEGER, bounce TEXT,"
	" UNIQUE (authorization_id, attempt, recipient)) STRICT;"
	"CREATE INDEX message_order ON message (order_id);"
	"CREATE TABLE call (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" authorization_id INTEGER NOT NULL REFERENCES authorization, attempt INTEGER NOT NULL,"
	" order_id INTEGER NOT NULL REFERENCES orders, number TEXT NOT NULL, written TEXT,"
	" roles TEXT NOT NULL, source TEXT NOT NULL, person TEXT,"
	" contacts_id INTEGER REFERENCES evidence, value TEXT, value_hash BLOB UNIQUE,"
	" until_at INTEGER, entitled TEXT, rule TEXT, created_at INTEGER NOT NULL,"
	" state INTEGER NOT NULL, state_at INTEGER NOT NULL, tries INTEGER NOT NULL,"
	" outcome INTEGER, proposed_at INTEGER, agreed_at INTEGER, called_at INTEGER, callee TEXT,"
	" callee_role TEXT, officer TEXT, code TEXT, evidence_id INTEGER REFERENCES evidence,"
	" UNIQUE (authorization_id, attempt, number)) STRICT;"
	"CREATE INDEX call_standing ON call (id) WHERE state IN (1, 2);"
	"CREATE TABLE rejection (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" applicant_id INTEGER NOT NULL REFERENCES applicant, domain TEXT NOT NULL,"
	" authorization_id INTEGER NOT NULL REFERENCES authorization,"
	" evidence_id INTEGER NOT NULL REFERENCES evidence, said_by TEXT NOT NULL,"
	" created_at INTEGER NOT NULL, lifted_at INTEGER, lifted_reason TEXT) STRICT;"
	"CREATE INDEX rejection_applicant ON rejection (applicant_id, lifted_at, id);";

/* Version n is reached by scripts[n - 1]. */
static const char *const scripts[] = {first, second, third, fourth};

int store_version(void)
{
	return (int)ARRAY_LENGTH(scripts);
}

static enum status schema_version(struct store *store, int *ret, struct error *err)
{
	CLEANUP(sql_end) sqlite3_stmt *row = NULL;
	TRY(sql_one(store, SCHEMA_VERSION, &row, err, ""));
	*ret = (int)sql_integer(row, 0);
	return OK;
}

static enum status run_scripts(struct store *store, int version, struct error *err)
{
	for (; version < store_version(); version++)
		TRY(sql_script(store, scripts[version], err));
	CLEANUP(memory_freep)
	char *script = memory_printf("PRAGMA user_version = %d;", store_version());
	return sql_script(store, script, err);
}

/* All steps in one transaction, unless another process took them since the version was read: a
 * store is of its old version or of this one, and one that is being made is nothing in between. The
 * backup (NULL: none) is what stood before, to the last commit: no other process writes meanwhile.
 */
static enum status migrate(struct store *store, int version, const char *backup, struct error *err)
{
	int now = version;
	TRY(store_begin(store, err));
	enum status status = schema_version(store, &now, err);
	if (status == OK && now == version && backup)
		status = store_backup(store, backup, err);
	if (status == OK && now == version)
		status = run_scripts(store, version, err);
	if (status == OK)
		status = store_commit(store, err);
	if (status != OK)
		store_rollback(store);
	return status;
}

enum status migrations_run(struct store *store, const char *backup, struct error *err)
{
	int version = 0;
	TRY(schema_version(store, &version, err));
	if (version > store_version())
		return fail(err, HOME_NEWER,
			    "the store %s has schema version %d, this program knows up to %d",
			    store->path, version, store_version());
	if (version == store_version())
		return OK;
	/* Version 0 is a store that is being made. */
	if (version > 0 && !backup)
		return fail(err, HOME_OLDER,
			    "the store %s has schema version %d, this program writes version %d",
			    store->path, version, store_version());
	CLEANUP(memory_freep)
	char *path = version > 0 ? memory_printf("%s.v%d", backup, version) : NULL;
	return migrate(store, version, path, err);
}

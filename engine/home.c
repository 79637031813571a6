/* Making and opening homes: see home.h. */
#include "engine/home.h"

#include "base/memory.h"
#include "csr/request.h"
#include "engine/turn.h"
#include "store/certificate.h"
#include "store/party.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CERTIFICATE_MAX = 16 * 1024 };

static const char *path_in(const struct home_params *params, const char *name, struct arena *arena)
{
	return arena_printf(arena, "%s/%s", params->home, name);
}

/* ---- opening ---- */

static enum status open_store(const struct home_params *params, enum store_create create,
			      const char *backup, struct engine **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct store *store = NULL;
	struct store_params store_params = {
		.path = path_in(params, "issuer.db", &arena),
		.vfs = params->vfs,
		.create = create,
		.durability = params->durability,
		.busy_ms = params->busy_ms,
		.backup = backup,
	};
	TRY(store_open(&store_params, &store, err));
	*ret = engine_new(params->environment, store, params->home, params->data_dir,
			  params->actor);
	return OK;
}

static enum status check_permissions(const struct home_params *params, struct error *err)
{
	static const struct {
		const char *name;
		unsigned mode;
	} files[] = {{"", 0700}, {"issuer.db", 0600}, {"kek", 0600}};
	struct environment *environment = params->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		const char *path =
			files[i].name[0] ? path_in(params, files[i].name, &arena) : params->home;
		enum status status =
			environment->file_check(environment->self, path, files[i].mode, err);
		/* A missing key is told by the command that needs it: watching works without. */
		if (status == NOT_FOUND && strcmp(files[i].name, "kek") == 0)
			continue;
		if (status == NOT_FOUND) {
			(void)fail(err, HOME_MISSING, "there is no home at %s", params->home);
			return fail_hint(err, HOME_MISSING, "issuer --home %s init", params->home);
		}
		TRY(status);
	}
	return OK;
}

/* ---- one process at a time: the lock that drivers take ---- */

struct home_lock {
	struct environment *environment;
	bool taken;
	int number;
};

static void home_unlock(struct home_lock *lock)
{
	if (lock->taken)
		lock->environment->file_unlock(lock->environment->self, lock->number);
}

/* BUSY without a sentence when another process holds it. */
static enum status home_lock(const struct home_params *params, struct home_lock *lock,
			     struct error *err)
{
	struct environment *environment = params->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	enum lock_outcome outcome;
	TRY(environment->file_lock(environment->self, path_in(params, "driver.lock", &arena),
				   &outcome, &lock->number, err));
	lock->taken = outcome == LOCK_TAKEN;
	return lock->taken ? OK : BUSY;
}

/* ---- a home of an older version ---- */

/* Brings the store to this version, after a backup, while nobody drives it: a driver of the older
 * version would go on writing. Killed at any instant, the home is the older one or the newer one.
 */
static enum status migrate(const struct home_params *params, struct engine **ret, struct error *err)
{
	struct environment *environment = params->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(home_unlock) struct home_lock lock = {.environment = environment};
	enum status status = home_lock(params, &lock, err);
	if (status == BUSY) {
		(void)fail(err, BUSY,
			   "the home %s is of an older version, and another process drives it",
			   params->home);
		return fail_hint(err, BUSY,
				 "end that process, or wait for it; then run the command again");
	}
	TRY(status);
	TRY(environment->folder_make(environment->self, path_in(params, "backup", &arena), err));
	return open_store(params, STORE_MUST_EXIST, path_in(params, "backup/issuer.db", &arena),
			  ret, err);
}

enum status home_open(const struct home_params *params, struct engine **ret, struct error *err)
{
	CLEANUP(engine_freep) struct engine *engine = NULL;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	char *made = NULL, *offset = NULL;
	TRY(check_permissions(params, err));
	enum status status = open_store(params, STORE_MUST_EXIST, NULL, &engine, err);
	if (status == HOME_OLDER)
		status = migrate(params, &engine, err);
	TRY(status);
	TRY(store_meta_get(engine->store, "made", &arena, &made, err));
	if (!made) {
		(void)fail(err, HOME_MISSING, "the home %s was not finished", params->home);
		return fail_hint(err, HOME_MISSING, "issuer --home %s init", params->home);
	}
	TRY(store_meta_get(engine->store, "clock_offset_ms", &arena, &offset, err));
	engine->clock_offset_ms = offset ? strtoll(offset, NULL, 10) : 0;
	*ret = STEAL(engine);
	return OK;
}

/* ---- making ---- */

/* The key encryption key; one that a crash left is used. */
static enum status make_kek(const struct home_params *params, struct error *err)
{
	struct environment *environment = params->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const char *path = path_in(params, "kek", &arena);
	enum status status = environment->file_check(environment->self, path, 0600, err);
	if (status != NOT_FOUND)
		return status;
	uint8_t bytes[SEAL_KEK_BYTES];
	environment->random(environment->self, bytes, sizeof(bytes));
	status = environment->file_write(environment->self, path, slice_of(bytes, sizeof(bytes)),
					 0600, err);
	explicit_bzero(bytes, sizeof(bytes));
	return status;
}

static enum status make_files(const struct home_params *params, struct error *err)
{
	static const char *const folders[] = {"/evidence", "/rules", "/catalogue", "/ca"};
	struct environment *environment = params->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
		TRY(environment->folder_make(environment->self,
					     arena_printf(&arena, "%s%s", params->home, folders[i]),
					     err));
	TRY(environment->file_check(environment->self, params->home, 0700, err));
	TRY(make_kek(params, err));
	const char *path = path_in(params, "issuer.yaml", &arena);
	enum status status = environment->file_check(environment->self, path, 0777, err);
	if (status != NOT_FOUND)
		return status;
	return environment->file_write(environment->self, path,
				       slice_text(configuration_template()), 0600, err);
}

/* Keeps a CA key and its certificate, in the store and as a PEM file for the world. */
static enum status keep_authority(struct turn *turn, const char *role, const struct key *key,
				  const char *key_type, struct slice der, struct error *err)
{
	const char *owner = arena_printf(&turn->arena, "authority:local:%s", role);
	struct authority authority = {.ca = "local", .role = role, .der = der};
	TRY(engine_key_keep(turn->engine, owner, key_type, key, turn->now, &authority.key_id, err));
	TRY(store_authority_insert(turn->store, &authority, turn->now, &authority.id, err));
	return turn_record_object(turn,
				  (struct journal_entry){
					  .kind = ENTRY_AUTHORITY,
					  .subject_id = authority.id,
					  .name = role,
				  },
				  err);
}

static void fill_ca_params(struct turn *turn, const struct configuration_ca *ca, const char *name,
			   int years, struct certificate_ca_params *ret)
{
	struct environment *environment = turn->engine->environment;
	struct civil start = civil_of(turn->now, 0);
	*ret = (struct certificate_ca_params){
		.common_name = name,
		.organization = ca->organization,
		.country = ca->country,
		/* The day before: leaves are backdated, and clocks are set back. */
		.not_before_ms = civil_start(civil_add_days(start, -1), 0),
		.not_after_ms = civil_start(civil_add_months(start, years * 12), 0) - SECOND_MS,
	};
	environment->random(environment->self, ret->serial, sizeof(ret->serial));
}

static enum status make_authorities(struct turn *turn, struct error *err)
{
	const struct configuration *configuration = NULL;
	enum key_type type;
	TRY(engine_configuration(turn->engine, &configuration, err));
	const struct configuration_ca *ca = configuration_ca(configuration);
	TRY(key_type_parse(ca->key_type, &type, err));

	CLEANUP(key_freep) struct key *root_key = NULL;
	CLEANUP(key_freep) struct key *issuing_key = NULL;
	CLEANUP(buffer_release) struct buffer root = {.maximum = CERTIFICATE_MAX};
	CLEANUP(buffer_release) struct buffer issuing = {.maximum = CERTIFICATE_MAX};
	CLEANUP(buffer_release) struct buffer spki = {.maximum = CERTIFICATE_MAX};
	struct certificate_ca_params params;
	TRY(key_generate(type, &root_key, err));
	TRY(key_generate(type, &issuing_key, err));
	fill_ca_params(turn, ca, ca->root_name, ca->root_years, &params);
	params.path_length = -1;
	TRY(certificate_root(&params, root_key, &root, err));
	fill_ca_params(turn, ca, ca->issuing_name, ca->issuing_years, &params);
	/* It signs leaves only. */
	params.path_length = 0;
	TRY(key_public_der(issuing_key, &spki, err));
	TRY(certificate_issuing(&params, buffer_slice(&spki), buffer_slice(&root), root_key,
				&issuing, err));
	TRY(keep_authority(turn, "root", root_key, ca->key_type, buffer_slice(&root), err));
	return keep_authority(turn, "issuing", issuing_key, ca->key_type, buffer_slice(&issuing),
			      err);
}

static enum status fill(struct turn *turn, enum home_kind kind, struct error *err)
{
	struct applicant self = {
		.reference = "self",
		.name = "self",
		.type = "self",
		.created_at = turn->now,
	};
	TRY(store_tenant_insert(turn->store, "self", turn->now, &self.tenant_id, err));
	TRY(store_applicant_insert(turn->store, &self, &self.id, err));
	TRY(make_authorities(turn, err));
	TRY(store_meta_set(turn->store, "made", "1", err));
	TRY(store_meta_set(turn->store, "kind", kind == HOME_REHEARSAL ? "rehearsal" : "ordinary",
			   err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .name = "init",
				  .to = kind == HOME_REHEARSAL ? "rehearsal" : "ordinary",
			  });
	return OK;
}

/* A CA certificate as a PEM file for the world, unless it is there. */
static enum status write_pem(struct engine *engine, const char *role, int *written,
			     struct error *err)
{
	struct environment *environment = engine->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer pem = {.maximum = 2 * CERTIFICATE_MAX};
	struct authority authority;
	const char *path = arena_printf(&arena, "%s/ca/%s.pem", engine->home, role);
	enum status status = environment->file_check(environment->self, path, 0777, err);
	if (status != NOT_FOUND)
		return status;
	TRY(store_authority_get(engine->store, "local", role, &arena, &authority, err));
	pem_write("CERTIFICATE", authority.der, &pem);
	TRY(environment->file_write(environment->self, path, buffer_slice(&pem), 0600, err));
	++*written;
	return OK;
}

/* One init at a time. */
static enum status init_begin(const struct home_params *params, struct home_lock *lock,
			      struct error *err)
{
	struct environment *environment = params->environment;
	/* A folder that others may use is refused before anything is put into it. */
	enum status status = environment->file_check(environment->self, params->home, 0700, err);
	if (status != NOT_FOUND)
		TRY(status);
	TRY(environment->folder_make(environment->self, params->home, err));
	status = home_lock(params, lock, err);
	if (status == BUSY)
		return fail(err, BUSY, "another process makes or drives the home %s", params->home);
	return status;
}

enum records { RECORDS_MADE, RECORDS_WERE_THERE };

static enum status make_records(struct engine *engine, enum home_kind kind, enum records *ret,
				struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	char *made = NULL;
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(store_meta_get(engine->store, "made", &turn.arena, &made, err));
	*ret = made ? RECORDS_WERE_THERE : RECORDS_MADE;
	if (made)
		return OK;
	TRY(fill(&turn, kind, err));
	return turn_commit(&turn, err);
}

enum status home_create(const struct home_params *params, enum home_kind kind, struct engine **ret,
			struct error *err)
{
	CLEANUP(engine_freep) struct engine *engine = NULL;
	enum records records;
	int written = 0;
	CLEANUP(home_unlock) struct home_lock lock = {.environment = params->environment};
	TRY(init_begin(params, &lock, err));
	TRY(make_files(params, err));
	enum status status = open_store(params, STORE_CREATE, NULL, &engine, err);
	if (status == HOME_OLDER)
		return fail(err, HOME_EXISTS, "there is a home at %s already", params->home);
	TRY(status);
	TRY(make_records(engine, kind, &records, err));
	/* A crash may have come between the records and these. */
	TRY(write_pem(engine, "root", &written, err));
	TRY(write_pem(engine, "issuing", &written, err));
	if (records == RECORDS_WERE_THERE && written == 0)
		return fail(err, HOME_EXISTS, "there is a home at %s already", params->home);
	*ret = STEAL(engine);
	return OK;
}

/* ---- the clock of a rehearsal ---- */

enum status home_set_clock(struct engine *engine, int64_t now_ms, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = {0};
	char *kind = NULL;
	char offset[32], text[INSTANT_TEXT];
	TRY(turn_begin(&turn, engine, engine->actor, err));
	TRY(store_meta_get(engine->store, "kind", &turn.arena, &kind, err));
	if (!kind || strcmp(kind, "rehearsal") != 0) {
		(void)fail(err, NOT_APPLICABLE, "the clock of an ordinary home cannot be set");
		return fail_hint(err, NOT_APPLICABLE,
				 "make another home with: issuer init --rehearsal");
	}
	if (now_ms < turn.now)
		return fail(err, USAGE, "the clock of this rehearsal is at %s and cannot go back",
			    instant_text(turn.now, text));
	int64_t moved = engine->clock_offset_ms + (now_ms - turn.now);
	(void)snprintf(offset, sizeof(offset), "%" PRId64, moved);
	TRY(store_meta_set(engine->store, "clock_offset_ms", offset, err));
	turn_record(&turn, (struct journal_entry){
				   .kind = ENTRY_ACT,
				   .name = "clock",
				   .to = instant_text(now_ms, text),
			   });
	TRY(turn_commit(&turn, err));
	engine->clock_offset_ms = moved;
	return OK;
}

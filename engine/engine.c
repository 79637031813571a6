/* The opened home and its lazily loaded parts: see engine.h. */
#include "engine/engine.h"

#include "base/encode.h"
#include "base/memory.h"
#include "store/certificate.h"
#include "validators/mailbox.h"

#include <stdlib.h>
#include <string.h>

enum { NETWORK_ID_BYTES = 16, KEK_FILE_MAX = 4096, CONFIGURATION_FILE_MAX = 1 << 20 };

/* The material of one CA of our own. */
struct loaded_authority {
	struct loaded_authority *next;
	const struct ca_row *ca;
	struct arena arena; /* of the DER */
	int64_t key_id;
	struct key *key; /* NULL until it is needed */
	struct ca_local material;
};

static void authorities_free(struct loaded_authority *loaded)
{
	while (loaded) {
		struct loaded_authority *next = loaded->next;
		key_free(loaded->key);
		arena_release(&loaded->arena);
		free(loaded);
		loaded = next;
	}
}

struct engine *engine_new(struct environment *environment, struct store *store, const char *home,
			  const char *data_dir, const char *actor)
{
	struct engine *engine = memory_new(1, sizeof(*engine));
	engine->environment = environment;
	engine->store = store;
	engine->home = memory_text(home);
	engine->data_dir = memory_text(data_dir);
	engine->actor = memory_text(actor);
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	authorities_free(engine->authorities);
	seal_kek_free(engine->kek);
	trust_anchors_free(engine->anchors);
	resolver_memory_free(engine->memory);
	configuration_free(engine->configuration);
	policy_free(engine->policy);
	store_close(engine->store);
	free(engine->home);
	free(engine->data_dir);
	free(engine->actor);
	free(engine);
}

void engine_freep(struct engine **engine)
{
	engine_free(*engine);
	*engine = NULL;
}

int64_t engine_now(const struct engine *engine)
{
	return engine->environment->now(engine->environment->self) + engine->clock_offset_ms;
}

const char *engine_path(const struct engine *engine, const char *name, struct arena *arena)
{
	return arena_printf(arena, "%s/%s", engine->home, name);
}

const char *engine_file(const struct engine *engine, const char *name, struct arena *arena)
{
	return name[0] == '/' ? arena_text(arena, name) : engine_path(engine, name, arena);
}

const char *engine_random_text(struct engine *engine, struct arena *arena)
{
	uint8_t bytes[NETWORK_ID_BYTES];
	engine->environment->random(engine->environment->self, bytes, sizeof(bytes));
	char *text = arena_new(arena, 2 * sizeof(bytes) + 1, 1);
	encode_hex(bytes, sizeof(bytes), text);
	return text;
}

/* ---- loaded when first needed ---- */

/* What mail is sent from, and whom reports name, can be written to. */
static enum status check_mailbox(const char *member, const char *text, struct error *err)
{
	struct mailbox mailbox;
	struct error why = NO_ERROR;
	if (!text)
		return OK;
	if (mailbox_parse(slice_text(text), &mailbox, &why) != OK)
		return fail(err, CONFIGURATION, "%s is \"%.80s\": %s", member, text, why.sentence);
	if (mailbox.needs_smtputf8 || text[0] == '"' || strcmp(mailbox.text, text) != 0 ||
	    strstr(text, "=?"))
		return fail(err, CONFIGURATION,
			    "%s is \"%.80s\": quoted and non-ASCII local parts are not served",
			    member, text);
	return OK;
}

static enum status check_providers(const struct policy *policy, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	size_t count = 0;
	const struct provider *rows = policy_providers(policy, &count);
	for (size_t i = 0; i < count; i++) {
		TRY(check_mailbox(arena_printf(&arena, "provider \"%s\": from", rows[i].id),
				  rows[i].from, err));
		TRY(check_mailbox(arena_printf(&arena, "provider \"%s\": reply_to", rows[i].id),
				  rows[i].reply_to, err));
	}
	return OK;
}

enum status engine_policy(struct engine *engine, const struct policy **ret, struct error *err)
{
	if (!engine->policy) {
		CLEANUP(policy_freep) struct policy *policy = NULL;
		TRY(policy_load(engine->data_dir, engine->home, &policy, err));
		TRY(check_providers(policy, err));
		engine->policy = STEAL(policy);
	}
	*ret = engine->policy;
	return OK;
}

/* The file's text; data NULL when there is none. */
static enum status read_if_there(struct engine *engine, const char *path, struct buffer *text,
				 struct slice *ret, struct error *err)
{
	struct environment *environment = engine->environment;
	enum status status = environment->file_read(environment->self, path, text, err);
	*ret = SLICE_NONE;
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	*ret = slice_of(buffer_text(text), text->length);
	return OK;
}

/* The key of the account that issuer.yaml names, as its thumbprint. */
static enum status read_account_key(struct engine *engine,
				    const struct configuration *configuration, struct error *err)
{
	struct environment *environment = engine->environment;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer text = {.maximum = CONFIGURATION_FILE_MAX};
	const char *key = configuration_account(configuration)->key;
	if (!key)
		return OK;
	const char *path = key[0] == '/' ? key : engine_path(engine, key, &arena);
	enum status status = environment->file_read(environment->self, path, &text, err);
	if (status == NOT_FOUND)
		return fail(err, CONFIGURATION, "%s: account: key names %s, which is not there",
			    engine_path(engine, "issuer.yaml", &arena), path);
	TRY(status);
	struct error why = NO_ERROR;
	if (jwk_thumbprint(buffer_slice(&text), engine->account_thumbprint, &why) == OK)
		return OK;
	(void)fail(err, CONFIGURATION, "account: key: %s: %s", path, why.sentence);
	return why.hint[0] ? fail_hint(err, CONFIGURATION, "%s", why.hint) : CONFIGURATION;
}

enum status engine_configuration(struct engine *engine, const struct configuration **ret,
				 struct error *err)
{
	if (!engine->configuration) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		CLEANUP(buffer_release) struct buffer yaml = {.maximum = CONFIGURATION_FILE_MAX};
		CLEANUP(buffer_release) struct buffer lines = {.maximum = CONFIGURATION_FILE_MAX};
		const char *path = engine_path(engine, "issuer.yaml", &arena);
		struct slice text, resolv_conf;
		TRY(read_if_there(engine, path, &yaml, &text, err));
		/* Without resolvers there are none to ask; who asks the DNS then says so. */
		if (read_if_there(engine, "/etc/resolv.conf", &lines, &resolv_conf, NULL) != OK)
			resolv_conf = SLICE_NONE;
		CLEANUP(configuration_freep) struct configuration *configuration = NULL;
		TRY(configuration_read(path, text, resolv_conf, &configuration, err));
		TRY(check_mailbox("mail: from", configuration_mail(configuration)->from, err));
		TRY(check_mailbox("mail: reply_to", configuration_mail(configuration)->reply_to,
				  err));
		TRY(check_mailbox("iodef: contact", configuration_iodef(configuration)->contact,
				  err));
		TRY(read_account_key(engine, configuration, err));
		engine->configuration = STEAL(configuration);
	}
	*ret = engine->configuration;
	return OK;
}

static enum status read_anchors(struct engine *engine, const char *file, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer text = {.maximum = TRUST_ANCHOR_FILE_MAX};
	struct environment *environment = engine->environment;
	struct error why = NO_ERROR;
	const char *path = file[0] == '/' ? file : engine_path(engine, file, &arena);
	enum status status = environment->file_read(environment->self, path, &text, &why);
	if (status == OK)
		status = trust_anchors_read(path, buffer_slice(&text), &engine->anchors, &why);
	if (status == OK)
		return OK;
	return fail(err, CONFIGURATION, "dns: trust_anchors: %s", why.sentence);
}

enum status engine_attempts(struct engine *engine, struct attempt_setting *ret,
			    const struct trust_anchors **ret_anchors, struct error *err)
{
	const struct configuration *configuration = NULL;
	const char *file = NULL;
	TRY(engine_configuration(engine, &configuration, err));
	enum trust_source source = configuration_trust(configuration, &file);
	if (!engine->anchors && source == TRUST_ROOT)
		engine->anchors = trust_anchors_root();
	if (!engine->anchors && source == TRUST_FILE)
		TRY(read_anchors(engine, file, err));
	if (!engine->memory)
		engine->memory = resolver_memory_new();
	*ret = (struct attempt_setting){
		.environment = engine->environment,
		.network = configuration_network(configuration),
		.memory = engine->memory,
		.clock_offset_ms = engine->clock_offset_ms,
	};
	*ret_anchors = engine->anchors;
	return OK;
}

enum status engine_name_policy(struct engine *engine, struct name_policy *ret, struct error *err)
{
	const struct configuration *configuration = NULL;
	TRY(engine_configuration(engine, &configuration, err));
	size_t count = 0;
	const char *const *suffixes = configuration_private_suffixes(configuration, &count);
	const struct network *network = configuration_network(configuration);
	*ret = (struct name_policy){
		.private_suffixes = suffixes,
		.private_suffix_count = count,
		.private_prefixes = network->allowed,
		.private_prefix_count = network->allowed_count,
	};
	ret->excluded_prefixes =
		configuration_excluded_prefixes(configuration, &ret->excluded_prefix_count);
	return OK;
}

enum status engine_product_names(struct engine *engine, const struct product *product,
				 struct name_policy *ret, struct error *err)
{
	struct name_policy names;
	TRY(engine_name_policy(engine, &names, err));
	if (product->trust == TRUST_PUBLIC)
		names.private_suffix_count = names.private_prefix_count = 0;
	*ret = names;
	return OK;
}

/* The file's bytes as a KEK, whichever it is. */
static enum status read_kek(struct engine *engine, const char *path, struct seal_kek **ret,
			    struct error *err)
{
	struct environment *environment = engine->environment;
	struct buffer bytes;
	buffer_init(&bytes, KEK_FILE_MAX);
	enum status status = environment->file_read(environment->self, path, &bytes, err);
	if (status == NOT_FOUND)
		status = fail(err, KEK_MISSING, "there is no key encryption key at %s", path);
	if (status == OK)
		status = seal_kek_new(buffer_slice(&bytes), ret, err);
	if (bytes.data)
		explicit_bzero(bytes.data, bytes.length);
	buffer_release(&bytes);
	return status;
}

/* Another home's KEK would seal new keys that the right one cannot open. */
static enum status check_kek(struct engine *engine, const char *path, const struct seal_kek *kek,
			     struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	char *known = NULL;
	TRY(store_kek_id(engine->store, &arena, &known, err));
	if (!known || strcmp(known, seal_kek_id(kek)) == 0)
		return OK;
	return fail(err, KEK_MISSING,
		    "the key encryption key at %s is %s, the keys of this home are sealed under %s",
		    path, seal_kek_id(kek), known);
}

enum status engine_kek(struct engine *engine, const struct seal_kek **ret, struct error *err)
{
	if (!engine->kek) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		CLEANUP(seal_kek_freep) struct seal_kek *kek = NULL;
		const char *path = engine_path(engine, "kek", &arena);
		enum status status = read_kek(engine, path, &kek, err);
		if (status == OK)
			status = check_kek(engine, path, kek, err);
		if (status == KEK_MISSING)
			return fail_hint(err, status,
					 "put the file kek of this home back from its backup "
					 "(mode 0600)");
		TRY(status);
		engine->kek = STEAL(kek);
	}
	*ret = engine->kek;
	return OK;
}

/* ---- keys ---- */

enum status engine_key_keep(struct engine *engine, const char *owner, const char *type,
			    const struct key *key, int64_t now, int64_t *ret_id, struct error *err)
{
	const struct seal_kek *kek = NULL;
	CLEANUP(secret_freep) struct secret *pkcs8 = NULL;
	uint8_t nonce[12];
	TRY(engine_kek(engine, &kek, err));
	TRY(key_to_pkcs8(key, &pkcs8, err));
	engine->environment->random(engine->environment->self, nonce, sizeof(nonce));
	struct buffer sealed;
	buffer_init(&sealed, 64 * 1024);
	enum status status = seal(kek, owner, nonce, secret_bytes(pkcs8), &sealed, err);
	if (status == OK) {
		struct key_record record = {
			.owner = owner,
			.type = type,
			.kek_id = seal_kek_id(kek),
			.sealed = buffer_slice(&sealed),
			.created_at = now,
		};
		status = store_key_insert(engine->store, &record, ret_id, err);
	}
	buffer_release(&sealed);
	return status;
}

enum status engine_key_load(struct engine *engine, int64_t id, struct key **ret, struct error *err)
{
	const struct seal_kek *kek = NULL;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(secret_freep) struct secret *pkcs8 = NULL;
	struct key_record record;
	TRY(engine_kek(engine, &kek, err));
	TRY(store_key_get(engine->store, id, &arena, &record, err));
	TRY(unseal(kek, record.owner, record.sealed, &pkcs8, err));
	return key_from_pkcs8(secret_bytes(pkcs8), ret, err);
}

/* ---- the local CA ---- */

static STATUS load_authority(struct engine *engine, const struct ca_row *ca,
			     struct loaded_authority **ret, struct error *err)
{
	struct loaded_authority *loaded = engine->authorities;
	while (loaded && loaded->ca != ca)
		loaded = loaded->next;
	if (loaded) {
		*ret = loaded;
		return OK;
	}
	struct authority authority;
	struct arena arena = ARENA_NONE;
	enum status status =
		store_authority_get(engine->store, ca->id, "issuing", &arena, &authority, err);
	if (status != OK) {
		arena_release(&arena);
		return status;
	}
	loaded = memory_new(1, sizeof(*loaded));
	*loaded = (struct loaded_authority){
		.next = engine->authorities,
		.ca = ca,
		.arena = arena,
		.key_id = authority.key_id,
		.material = {.issuing_der = authority.der},
	};
	engine->authorities = loaded;
	*ret = loaded;
	return OK;
}

enum status engine_authority(struct engine *engine, const struct ca_row *ca, enum authority_use use,
			     const struct ca_local **ret, struct error *err)
{
	struct loaded_authority *loaded = NULL;
	TRY(load_authority(engine, ca, &loaded, err));
	if (use == AUTHORITY_WITH_KEY && !loaded->key) {
		TRY(engine_key_load(engine, loaded->key_id, &loaded->key, err));
		loaded->material.issuing_key = loaded->key;
	}
	*ret = &loaded->material;
	return OK;
}

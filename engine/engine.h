/*
 * One opened home: the store, the environment, and what is loaded when first
 * needed (configuration, rules, keys), so that a question costs no more than its
 * answer.
 */
#ifndef ISSUER_ENGINE_ENGINE_H
#define ISSUER_ENGINE_ENGINE_H

#include "base/arena.h"
#include "base/environment.h"
#include "ca/ca.h"
#include "csr/jwk.h"
#include "csr/names.h"
#include "csr/seal.h"
#include "policy/configuration.h"
#include "policy/policy.h"
#include "store/store.h"
#include "validators/attempt.h"

struct engine {
	struct environment *environment; /* borrowed */
	struct store *store;
	char *home;              /* the folder */
	char *data_dir;          /* shipped packs and catalogue */
	char *actor;             /* who acts: "cli:root", "engine" */
	int64_t clock_offset_ms; /* of a rehearsal home; else 0 */

	/* Loaded when first asked for; see the functions below. */
	struct policy *policy;
	struct configuration *configuration;
	char account_thumbprint[THUMBPRINT_TEXT]; /* of configuration_account's key; "" without */
	struct trust_anchors *anchors;
	struct resolver_memory *memory; /* of this run */
	struct seal_kek *kek;
	struct loaded_authority
		*authorities;        /* one for each CA used; they live as long as the engine */
	char kept_pack[DIGEST_TEXT]; /* the pack last written to the store */
};

/* Takes the store over; the strings are copied. */
struct engine *engine_new(struct environment *environment, struct store *store, const char *home,
			  const char *data_dir, const char *actor);
void engine_free(struct engine *engine);
void engine_freep(struct engine **engine);

/* The clock that rules, schedule, records and signatures follow. */
int64_t engine_now(const struct engine *engine);

STATUS engine_policy(struct engine *engine, const struct policy **ret, struct error *err);
STATUS engine_configuration(struct engine *engine, const struct configuration **ret,
			    struct error *err);
/* What attempts run in, and where the validation of their DNS answers starts; *ret_anchors is NULL
 * when the configuration names none. CONFIGURATION when the file of anchors cannot be used. */
STATUS engine_attempts(struct engine *engine, struct attempt_setting *ret,
		       const struct trust_anchors **ret_anchors, struct error *err);
/* KEK_MISSING when it is absent, or not the one that the keys of this home are sealed under. */
STATUS engine_kek(struct engine *engine, const struct seal_kek **ret, struct error *err);
/* Which names this installation admits; from the configuration. */
STATUS engine_name_policy(struct engine *engine, struct name_policy *ret, struct error *err);
/* The same for the names of a product: private suffixes and prefixes are for private products only.
 */
STATUS engine_product_names(struct engine *engine, const struct product *product,
			    struct name_policy *ret, struct error *err);

enum authority_use { AUTHORITY_CERTIFICATE, AUTHORITY_WITH_KEY };
/* The local CA's issuing certificate and, when asked for, its unsealed key. */
STATUS engine_authority(struct engine *engine, const struct ca_row *ca, enum authority_use use,
			const struct ca_local **ret, struct error *err);

/* <home>/<name> in the arena. */
const char *engine_path(const struct engine *engine, const char *name, struct arena *arena);
/* A file as the configuration names it: relative to the home. In the arena. */
const char *engine_file(const struct engine *engine, const char *name, struct arena *arena);
/* 128 random bits as 32 hexadecimal digits, in the arena: names and values that the network sees.
 */
const char *engine_random_text(struct engine *engine, struct arena *arena);

/* Seals a key for the record owner and stores it. */
STATUS engine_key_keep(struct engine *engine, const char *owner, const char *type,
		       const struct key *key, int64_t now, int64_t *ret_id, struct error *err);
/* Loads and unseals key number id. */
STATUS engine_key_load(struct engine *engine, int64_t id, struct key **ret, struct error *err);

#endif

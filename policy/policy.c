/*
 * All rules of one home, loaded in this order: shipped packs, the home's rules over
 * them, shipped catalogue, the home's over it, then the references between them.
 * Everything loaded lives in one arena until policy_free.
 */
#include "policy/policy.h"

#include "base/memory.h"
#include "policy/catalogue_file.h"
#include "policy/nearest.h"
#include "policy/pack_file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PACKS_MAX = 32, IDS_MAX = 256, LIST_MAX = 400 };

struct policy {
	struct arena arena;
	struct pack packs[PACKS_MAX];
	size_t pack_count;
	struct catalogue catalogue;
	struct message_templates templates;
	struct message_templates *provider_templates; /* one for each provider */
};

/* While loading: the packs as files, which the home's files overlay. */
struct pack_files {
	struct pack_file files[PACKS_MAX];
	size_t count;
};

/* Packs --------------------------------------------------------------------- */

static int is_yaml(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > strlen(".yaml") &&
	       strcmp(entry->d_name + length - strlen(".yaml"), ".yaml") == 0;
}

/* By octets: alphasort would ask the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status add_pack(const char *path, struct pack_files *packs, struct arena *arena,
			    struct error *err)
{
	struct pack_file file;
	TRY(pack_file_read(path, packs->files, packs->count, arena, &file, err));
	for (size_t i = 0; i < packs->count; i++) {
		if (strcmp(packs->files[i].head.id, file.head.id) != 0)
			continue;
		packs->files[i] = pack_file_join(&packs->files[i], &file, arena);
		return OK;
	}
	if (packs->count == PACKS_MAX)
		return fail(err, POLICY_ROW, "%s: there are already %d packs", path, PACKS_MAX);
	packs->files[packs->count++] = file;
	return OK;
}

enum folder_need { FOLDER_MUST_EXIST, FOLDER_MAY_BE_ABSENT };

static enum status add_packs(const char *folder, enum folder_need need, struct pack_files *packs,
			     struct arena *arena, struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_yaml, by_name);
	if (count < 0 && errno == ENOENT && need == FOLDER_MAY_BE_ABSENT)
		return OK;
	if (count < 0)
		return fail(err, FILE_FAILED, "could not read the folder %s: %s", folder,
			    strerror(errno));
	enum status status = OK;
	for (int i = 0; i < count; i++) {
		if (status == OK)
			status = add_pack(arena_printf(arena, "%s/%s", folder, entries[i]->d_name),
					  packs, arena, err);
		free(entries[i]);
	}
	free(entries);
	return status;
}

/* References ---------------------------------------------------------------- */

static bool pack_has_method(const struct pack *pack, const char *id)
{
	for (size_t i = 0; i < pack->method_count; i++) {
		if (strcmp(pack->methods[i].id, id) == 0)
			return true;
	}
	return false;
}

/* Each method that a product names has a row, in force or not: dates are judged when it is used. */
static enum status check_methods(const struct pack *pack, const char *key,
				 const char *const *methods, size_t method_count, struct error *err)
{
	const char *known[IDS_MAX];
	size_t known_count = 0;
	for (size_t i = 0; i < pack->method_count && known_count < IDS_MAX; i++)
		known[known_count++] = pack->methods[i].id;
	for (size_t i = 0; i < method_count; i++) {
		if (pack_has_method(pack, methods[i]))
			continue;
		const char *nearest = nearest_word(methods[i], known, known_count);
		(void)fail(err, POLICY_ROW, "%s names \"%s\", which pack %s does not have", key,
			   methods[i], pack->id);
		return nearest ? fail_hint(err, POLICY_ROW, "the nearest known method is \"%s\"",
					   nearest)
			       : POLICY_ROW;
	}
	return OK;
}

static enum status check_product(const struct policy *policy, const struct product *product,
				 struct error *err)
{
	const struct ca_row *ca;
	const struct pack *pack;
	TRY(policy_ca(policy, product->ca, &ca, err));
	TRY(policy_pack(policy, product->pack, &pack, err));
	const struct provider *provider;
	if (product->provider)
		TRY(policy_provider(policy, product->provider, &provider, err));
	TRY(check_methods(pack, "methods", product->methods, product->method_count, err));
	return check_methods(pack, "fallbacks", product->fallbacks, product->fallback_count, err);
}

static enum status check_references(const struct policy *policy, struct error *err)
{
	for (size_t i = 0; i < policy->catalogue.product_count; i++) {
		const struct product *product = &policy->catalogue.products[i];
		enum status status = check_product(policy, product, err);
		if (status == OK)
			continue;
		(void)fail_prefix(err, "product \"%s\"", product->id);
		return status;
	}
	return OK;
}

/* Loading ------------------------------------------------------------------- */

static enum status load_packs(const char *data_dir, const char *home_dir, struct policy *policy,
			      struct error *err)
{
	struct arena *arena = &policy->arena;
	struct pack_files *packs = arena_new(arena, 1, sizeof(*packs));
	TRY(add_packs(arena_printf(arena, "%s/packs", data_dir), FOLDER_MUST_EXIST, packs, arena,
		      err));
	if (home_dir)
		TRY(add_packs(arena_printf(arena, "%s/rules", home_dir), FOLDER_MAY_BE_ABSENT,
			      packs, arena, err));
	for (size_t i = 0; i < packs->count; i++)
		policy->packs[i] = pack_file_seal(&packs->files[i], arena);
	policy->pack_count = packs->count;
	return OK;
}

static enum status load_catalogue(const char *data_dir, const char *home_dir, struct policy *policy,
				  struct error *err)
{
	struct arena *arena = &policy->arena;
	TRY(catalogue_read(arena_printf(arena, "%s/catalogue", data_dir), FOLDER_SHIPPED, arena,
			   &policy->catalogue, err));
	if (!home_dir)
		return OK;
	return catalogue_read(arena_printf(arena, "%s/catalogue", home_dir), FOLDER_HOME, arena,
			      &policy->catalogue, err);
}

/* Shipped texts, the home's whole files in their place, and each provider's in theirs. */
static enum status load_templates(const char *data_dir, const char *home_dir, struct policy *policy,
				  struct error *err)
{
	struct arena *arena = &policy->arena;
	const struct catalogue *catalogue = &policy->catalogue;
	const char *folders[3] = {arena_printf(arena, "%s/templates/ask", data_dir)};
	size_t count = 1;
	if (home_dir)
		folders[count++] = arena_printf(arena, "%s/templates/ask", home_dir);
	TRY(message_templates_load(folders, count, arena, &policy->templates, err));
	policy->provider_templates = arena_new(arena, catalogue->provider_count + 1,
					       sizeof(*policy->provider_templates));
	for (size_t i = 0; i < catalogue->provider_count; i++) {
		folders[count] =
			arena_printf(arena, "%s/templates/%s", home_dir ? home_dir : data_dir,
				     catalogue->providers[i].id);
		TRY(message_templates_load(folders, count + 1, arena,
					   &policy->provider_templates[i], err));
	}
	return OK;
}

enum status policy_load(const char *data_dir, const char *home_dir, struct policy **ret,
			struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = memory_new(1, sizeof(*policy));
	arena_init(&policy->arena);
	TRY(load_packs(data_dir, home_dir, policy, err));
	TRY(load_catalogue(data_dir, home_dir, policy, err));
	TRY(check_references(policy, err));
	TRY(load_templates(data_dir, home_dir, policy, err));
	*ret = STEAL(policy);
	return OK;
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	arena_release(&policy->arena);
	free(policy);
}

void policy_freep(struct policy **policy)
{
	policy_free(*policy);
	*policy = NULL;
}

/* Looking up ----------------------------------------------------------------- */

/* "no such product "x"; known: a, b", with a hint when one of them is near. */
static enum status fail_unknown(enum status status, const char *what, const char *id,
				const char *const *known, size_t count, struct error *err)
{
	CLEANUP(buffer_release) struct buffer list;
	buffer_init(&list, LIST_MAX);
	for (size_t i = 0; i < count; i++)
		buffer_printf(&list, "%s%s", i ? ", " : "", known[i]);
	(void)fail(err, status, "there is no %s \"%.60s\"; known: %s", what, id,
		   buffer_text(&list));
	const char *nearest = nearest_word(id, known, count);
	return nearest ? fail_hint(err, status, "did you mean %s?", nearest) : status;
}

enum status policy_product(const struct policy *policy, const char *id, const struct product **ret,
			   struct error *err)
{
	const char *known[IDS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < policy->catalogue.product_count; i++) {
		const struct product *product = &policy->catalogue.products[i];
		if (strcmp(product->id, id) == 0) {
			*ret = product;
			return OK;
		}
		if (count < IDS_MAX)
			known[count++] = product->id;
	}
	return fail_unknown(PRODUCT_UNKNOWN, "product", id, known, count, err);
}

enum status policy_ca(const struct policy *policy, const char *id, const struct ca_row **ret,
		      struct error *err)
{
	const char *known[IDS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < policy->catalogue.ca_count; i++) {
		const struct ca_row *ca = &policy->catalogue.cas[i];
		if (strcmp(ca->id, id) == 0) {
			*ret = ca;
			return OK;
		}
		if (count < IDS_MAX)
			known[count++] = ca->id;
	}
	return fail_unknown(POLICY_ROW, "ca", id, known, count, err);
}

enum status policy_pack(const struct policy *policy, const char *id, const struct pack **ret,
			struct error *err)
{
	const char *known[PACKS_MAX];
	for (size_t i = 0; i < policy->pack_count; i++) {
		if (strcmp(policy->packs[i].id, id) == 0) {
			*ret = &policy->packs[i];
			return OK;
		}
		known[i] = policy->packs[i].id;
	}
	return fail_unknown(POLICY_ROW, "pack", id, known, policy->pack_count, err);
}

const struct pack *policy_pack_at(const struct policy *policy, size_t index)
{
	return index < policy->pack_count ? &policy->packs[index] : NULL;
}

enum status policy_provider(const struct policy *policy, const char *id,
			    const struct provider **ret, struct error *err)
{
	const char *known[IDS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < policy->catalogue.provider_count; i++) {
		const struct provider *provider = &policy->catalogue.providers[i];
		if (strcmp(provider->id, id) == 0) {
			*ret = provider;
			return OK;
		}
		if (count < IDS_MAX)
			known[count++] = provider->id;
	}
	return fail_unknown(POLICY_ROW, "provider", id, known, count, err);
}

const struct provider *policy_providers(const struct policy *policy, size_t *ret_count)
{
	*ret_count = policy->catalogue.provider_count;
	return policy->catalogue.providers;
}

const struct message_templates *policy_templates(const struct policy *policy,
						 const struct provider *provider)
{
	return provider ? &policy->provider_templates[provider - policy->catalogue.providers]
			: &policy->templates;
}

/* Validity --------------------------------------------------------------------- */

bool policy_is_authoritative(const struct policy *policy, const struct pack *pack)
{
	for (size_t i = 0; i < policy->catalogue.product_count; i++) {
		const struct product *product = &policy->catalogue.products[i];
		if (product->mode == MODE_AUTHORITATIVE && strcmp(product->pack, pack->id) == 0)
			return true;
	}
	return false;
}

enum status policy_not_after(const struct policy *policy, const struct ca_row *ca,
			     const struct pack *pack, int64_t not_before_ms, int64_t now_ms,
			     int64_t *ret_ms, struct error *err)
{
	(void)policy;
	const struct validity_rule *ceiling;
	TRY(pack_validity(pack, "leaf", now_ms, &ceiling, err));
	int64_t ca_last_ms = period_last(ca->validity, not_before_ms, pack->zone_s);
	int64_t pack_last_ms = period_last(ceiling->period, not_before_ms, pack->zone_s);
	int64_t end_ms = ca_last_ms < pack_last_ms ? ca_last_ms : pack_last_ms;
	/* BR 6.3.2 counts a day as 86,400 s and the Validity Period includes notAfter (RFC 5280
	 * 4.1.2.5): the last second of N days begins one second before they are over. */
	int64_t not_after_ms = end_ms - SECOND_MS;
	if (not_after_ms < not_before_ms)
		return fail(err, VALIDITY,
			    "a certificate of ca %s would end before it begins (pack %s, %d days "
			    "at most)",
			    ca->id, pack->id, ceiling->period.count);
	*ret_ms = not_after_ms;
	return OK;
}

/*
 * Products and CAs as files: see catalogue_file.h. One table of columns for each
 * kind of row. A product's gates are rows {kind, after}; after names other gates
 * of the product, and a circle of them is refused.
 */
#include "policy/catalogue_file.h"

#include "csr/key.h"
#include "csr/names.h"

#include <assert.h>
#include <string.h>

/* A gate as its row gives it; copied into struct product. */
struct product_row {
	struct product product;
	struct rows gates; /* struct product_gate */
};

struct products_file {
	struct rows products; /* struct product_row */
};

struct cas_file {
	struct rows cas; /* struct ca_row */
};

struct providers_file {
	struct rows providers; /* struct provider */
};

static const char *const class_names[] = {
	[CLASS_DV] = "dv", [CLASS_OV] = "ov", [CLASS_EV] = "ev", NULL};
static const char *const trust_names[] = {
	[TRUST_PRIVATE] = "private", [TRUST_PUBLIC] = "public", NULL};
static const char *const mode_names[] = {
	[MODE_AUTHORITATIVE] = "authoritative", [MODE_BROKER] = "broker", NULL};
/* The gates that this version's engine can open. */
static const char *const gate_kinds[] = {"applicant", "request",           "control",
					 "caa",       "organisation-call", NULL};
static const char *const callers[] = {[CALLER_US] = "us", [CALLER_CA] = "ca", NULL};
static const char *const backends[] = {"local", NULL};

/* clang-format off */
#define LIST(type, member, counter) \
	AT(type, member), .count_offset = offsetof(struct type, counter), .most = PRODUCT_LIST_MAX

static const struct column gate_columns[] = {
	{"kind",  COLUMN_ID,  NEED_ALWAYS, AT(product_gate, kind), .words = gate_kinds},
	{"after", COLUMN_IDS, NEED_NEVER,  LIST(product_gate, after, after_count), .words = gate_kinds},
	{"caller", COLUMN_WORD, NEED_NEVER, AT(product_gate, caller), .words = callers},
};

static const struct group gate_group = {
	.what = "gate", .id_key = "kind", .size = sizeof(struct product_gate),
	.columns = gate_columns, .column_count = ARRAY_LENGTH(gate_columns),
};

static const struct column product_columns[] = {
	{"id",              COLUMN_ID,      NEED_ALWAYS, AT(product_row, product.id)},
	{"title",           COLUMN_TEXT,    NEED_ALWAYS, AT(product_row, product.title)},
	{"citation",        COLUMN_TEXT,    NEED_ALWAYS, AT(product_row, product.citation)},
	{"ca",              COLUMN_ID,      NEED_ALWAYS, AT(product_row, product.ca)},
	{"pack",            COLUMN_ID,      NEED_ALWAYS, AT(product_row, product.pack)},
	{"provider",        COLUMN_ID,      NEED_NEVER,  AT(product_row, product.provider)},
	{"class",           COLUMN_WORD,    NEED_ALWAYS, AT(product_row, product.class), .words = class_names},
	{"trust",           COLUMN_WORD,    NEED_ALWAYS, AT(product_row, product.trust), .words = trust_names},
	{"mode",            COLUMN_WORD,    NEED_ALWAYS, AT(product_row, product.mode), .words = mode_names},
	{"gates",           COLUMN_ROWS,    NEED_ALWAYS, AT(product_row, gates), .group = &gate_group},
	{"methods",         COLUMN_IDS,     NEED_ALWAYS, LIST(product_row, product.methods, product.method_count)},
	{"fallbacks",       COLUMN_IDS,     NEED_NEVER,  LIST(product_row, product.fallbacks, product.fallback_count)},
	{"applicant_types", COLUMN_TEXTS,   NEED_NEVER,  LIST(product_row, product.applicant_types, product.applicant_type_count)},
	{"key_types",       COLUMN_IDS,     NEED_ALWAYS, LIST(product_row, product.key_types, product.key_type_count)},
	{"names_max",       COLUMN_INTEGER, NEED_ALWAYS, AT(product_row, product.names_max), .least = 1, .most = 1000},
	{"give_up_days",    COLUMN_INTEGER, NEED_ALWAYS, AT(product_row, product.give_up_days), .least = 1, .most = 3650},
};

static const struct group product_group = {
	.what = "product", .id_key = "id", .size = sizeof(struct product_row),
	.columns = product_columns, .column_count = ARRAY_LENGTH(product_columns),
};

static const struct column ca_columns[] = {
	{"id",              COLUMN_ID,       NEED_ALWAYS, AT(ca_row, id)},
	{"title",           COLUMN_TEXT,     NEED_ALWAYS, AT(ca_row, title)},
	{"backend",         COLUMN_ID,       NEED_ALWAYS, AT(ca_row, backend), .words = backends},
	{"caa_identifiers", COLUMN_TEXTS,    NEED_NEVER,  LIST(ca_row, caa_identifiers, caa_identifier_count)},
	{"policy_oid",      COLUMN_TEXT,     NEED_ALWAYS, AT(ca_row, policy_oid)},
	{"validity",        COLUMN_PERIOD,   NEED_ALWAYS, AT(ca_row, validity), .least = 1, .most = 10000,
	 .period_units = 1U << PERIOD_DAYS},
	{"base_url",        COLUMN_TEXT,     NEED_NEVER,  AT(ca_row, base_url)},
	/* BR 7.1.2.7: "A value within 48 hours of the certificate signing operation" */
	{"backdate",        COLUMN_DURATION, NEED_NEVER,  AT(ca_row, backdate_ms), .least = 0, .most = 48 * HOUR_MS},
};

static const struct group ca_group = {
	.what = "ca", .id_key = "id", .size = sizeof(struct ca_row),
	.columns = ca_columns, .column_count = ARRAY_LENGTH(ca_columns),
};

static const struct column products_columns[] = {
	{"products", COLUMN_ROWS, NEED_NEVER, AT(products_file, products), .group = &product_group},
};

static const struct group products_group = {
	.size = sizeof(struct products_file),
	.columns = products_columns, .column_count = ARRAY_LENGTH(products_columns),
};

static const struct column cas_columns[] = {
	{"cas", COLUMN_ROWS, NEED_NEVER, AT(cas_file, cas), .group = &ca_group},
};

static const struct group cas_group = {
	.size = sizeof(struct cas_file),
	.columns = cas_columns, .column_count = ARRAY_LENGTH(cas_columns),
};

static const struct column provider_columns[] = {
	{"id",        COLUMN_ID,   NEED_ALWAYS, AT(provider, id)},
	{"from",      COLUMN_TEXT, NEED_ALWAYS, AT(provider, from)},
	{"from_name", COLUMN_TEXT, NEED_NEVER,  AT(provider, from_name)},
	{"reply_to",  COLUMN_TEXT, NEED_NEVER,  AT(provider, reply_to)},
	{"language",  COLUMN_WORD, NEED_NEVER,  AT(provider, languages), .words = message_languages_names},
};

static const struct group provider_group = {
	.what = "provider", .id_key = "id", .size = sizeof(struct provider),
	.columns = provider_columns, .column_count = ARRAY_LENGTH(provider_columns),
};

static const struct column providers_columns[] = {
	{"providers", COLUMN_ROWS, NEED_NEVER, AT(providers_file, providers), .group = &provider_group},
};

static const struct group providers_group = {
	.size = sizeof(struct providers_file),
	.columns = providers_columns, .column_count = ARRAY_LENGTH(providers_columns),
};
/* clang-format on */

/* Gates -------------------------------------------------------------------- */

static const struct product_gate *find_gate(const struct product *product, const char *kind)
{
	for (size_t i = 0; i < product->gate_count; i++) {
		if (strcmp(product->gates[i].kind, kind) == 0)
			return &product->gates[i];
	}
	return NULL;
}

static enum status copy_gates(const struct rows *gates, struct product *product, struct error *err)
{
	const struct product_gate *rows = gates->at;
	for (size_t i = 0; i < gates->count; i++) {
		if (find_gate(product, rows[i].kind))
			return fail(err, POLICY_ROW, "gate \"%s\" stands twice", rows[i].kind);
		if (rows[i].caller != CALLER_US && strcmp(rows[i].kind, "organisation-call") != 0)
			return fail(err, POLICY_ROW,
				    "gate \"%s\" has a caller, which is for organisation-call",
				    rows[i].kind);
		static_assert(ARRAY_LENGTH(gate_kinds) - 1 <= PRODUCT_LIST_MAX, "all kinds fit");
		product->gates[product->gate_count++] = rows[i];
	}
	return OK;
}

static enum status check_after(const struct product *product, struct error *err)
{
	for (size_t i = 0; i < product->gate_count; i++) {
		const struct product_gate *gate = &product->gates[i];
		for (size_t j = 0; j < gate->after_count; j++) {
			if (!find_gate(product, gate->after[j]))
				return fail(err, POLICY_ROW,
					    "gate \"%s\" comes after \"%s\", which the product "
					    "does not have",
					    gate->kind, gate->after[j]);
		}
	}
	return OK;
}

/* Whether every gate that this one waits for has been placed. */
static bool may_be_placed(const struct product *product, const struct product_gate *gate,
			  const bool *placed)
{
	for (size_t i = 0; i < gate->after_count; i++) {
		if (!placed[find_gate(product, gate->after[i]) - product->gates])
			return false;
	}
	return true;
}

/* Places gates whose predecessors are placed, until no more can be: what is left waits in a circle.
 */
static enum status check_circle(const struct product *product, struct error *err)
{
	bool placed[PRODUCT_LIST_MAX] = {false};
	size_t left = product->gate_count;
	for (size_t before = left + 1; left > 0 && left < before;) {
		before = left;
		for (size_t i = 0; i < product->gate_count; i++) {
			if (placed[i] || !may_be_placed(product, &product->gates[i], placed))
				continue;
			placed[i] = true;
			left--;
		}
	}
	for (size_t i = 0; i < product->gate_count; i++) {
		if (!placed[i])
			return fail(err, POLICY_ROW, "gate \"%s\" waits in a circle (after)",
				    product->gates[i].kind);
	}
	return OK;
}

/* Rows by themselves --------------------------------------------------------- */

static enum status check_key_types(const struct product *product, struct error *err)
{
	enum key_type type;
	struct error reason = NO_ERROR;
	for (size_t i = 0; i < product->key_type_count; i++) {
		if (key_type_parse(product->key_types[i], &type, &reason) != OK)
			return fail(err, POLICY_ROW, "key_types: %s", reason.sentence);
	}
	return OK;
}

static enum status settle_product(struct product_row *row, struct error *err)
{
	struct product *product = &row->product;
	TRY(copy_gates(&row->gates, product, err));
	TRY(check_after(product, err));
	TRY(check_circle(product, err));
	/* RULES 1.4 binds every publicly trusted certificate that our checks decide. */
	if (product->trust == TRUST_PUBLIC && product->mode == MODE_AUTHORITATIVE &&
	    strcmp(product->pack, "public-tls") != 0)
		return fail(
			err, POLICY_ROW,
			"pack is \"%s\", a public product in authoritative mode has \"public-tls\"",
			product->pack);
	return check_key_types(product, err);
}

static bool is_oid(const char *text)
{
	size_t length = strlen(text);
	return length > 2 && strspn(text, "0123456789.") == length && strchr("012", text[0]) &&
	       text[1] == '.' && text[length - 1] != '.' && !strstr(text, "..");
}

static enum status check_ca(const struct ca_row *ca, struct error *err)
{
	char host[NAME_TEXT];
	for (size_t i = 0; i < ca->caa_identifier_count; i++) {
		/* RFC 8659 4.2: issuer-domain-name is a domain name. */
		if (name_host(ca->caa_identifiers[i], host, err) != OK)
			return fail(err, POLICY_ROW,
				    "caa_identifiers names \"%.80s\", not a domain name",
				    ca->caa_identifiers[i]);
	}
	if (!is_oid(ca->policy_oid))
		return fail(err, POLICY_ROW, "policy_oid is \"%.80s\", not an object identifier",
			    ca->policy_oid);
	if (ca->base_url && strncmp(ca->base_url, "http://", strlen("http://")) != 0)
		return fail(err, POLICY_ROW, "base_url is \"%.80s\", not an http:// URL",
			    ca->base_url);
	return OK;
}

/* Into the catalogue ---------------------------------------------------------- */

/* Every row type starts with its id. */
static const char *id_at(const void *rows, size_t size, size_t i)
{
	return *(const char *const *)((const char *)rows + i * size);
}
static_assert(offsetof(struct product, id) == 0 && offsetof(struct ca_row, id) == 0 &&
		      offsetof(struct provider, id) == 0,
	      "id is first");

static size_t find_id(const void *rows, size_t size, size_t count, const char *id)
{
	size_t at = 0;
	while (at < count && strcmp(id_at(rows, size, at), id) != 0)
		at++;
	return at;
}

/* The rows of below with added ones in the place of their namesakes, or behind. */
static enum status join_rows(const struct rows *below, const struct rows *added, size_t size,
			     const char *path, struct arena *arena, struct rows *ret,
			     struct error *err)
{
	struct rows joined = {arena_new(arena, below->count + added->count + 1, size),
			      below->count};
	if (below->count)
		memcpy(joined.at, below->at, below->count * size);
	for (size_t i = 0; i < added->count; i++) {
		const char *id = id_at(added->at, size, i);
		if (find_id(added->at, size, i, id) < i)
			return fail(err, POLICY_ROW, "%s: row \"%s\" stands twice", path, id);
		size_t at = find_id(joined.at, size, joined.count, id);
		memcpy((char *)joined.at + at * size, (const char *)added->at + i * size, size);
		joined.count += at == joined.count;
	}
	*ret = joined;
	return OK;
}

/* OK without rows when a home has no such file. */
static enum status load_file(const struct group *group, const struct reading *reading,
			     enum catalogue_folder kind, void *file, struct error *err)
{
	enum status status = group_load(group, reading, file, err);
	if (status != NOT_FOUND)
		return status;
	return kind == FOLDER_HOME ? OK : fail(err, POLICY_ROW, "there is no %s", reading->path);
}

static enum status read_products(const char *path, enum catalogue_folder kind, struct arena *arena,
				 struct catalogue *catalogue, struct error *err)
{
	struct reading reading = {.path = path, .status = POLICY_ROW, .arena = arena};
	struct products_file file = {.products = {NULL, 0}};
	TRY(load_file(&products_group, &reading, kind, &file, err));
	struct product_row *rows = file.products.at;
	struct rows added = {arena_new(arena, file.products.count + 1, sizeof(struct product)),
			     file.products.count};
	for (size_t i = 0; i < added.count; i++) {
		enum status status = settle_product(&rows[i], err);
		if (status != OK) {
			(void)fail_prefix(err, "%s: product \"%s\"", path, rows[i].product.id);
			return status;
		}
		((struct product *)added.at)[i] = rows[i].product;
	}
	struct rows joined, below = {catalogue->products, catalogue->product_count};
	TRY(join_rows(&below, &added, sizeof(struct product), path, arena, &joined, err));
	catalogue->products = joined.at;
	catalogue->product_count = joined.count;
	return OK;
}

static enum status read_cas(const char *path, enum catalogue_folder kind, struct arena *arena,
			    struct catalogue *catalogue, struct error *err)
{
	struct reading reading = {.path = path, .status = POLICY_ROW, .arena = arena};
	struct cas_file file = {.cas = {NULL, 0}};
	TRY(load_file(&cas_group, &reading, kind, &file, err));
	const struct ca_row *rows = file.cas.at;
	for (size_t i = 0; i < file.cas.count; i++) {
		enum status status = check_ca(&rows[i], err);
		if (status != OK) {
			(void)fail_prefix(err, "%s: ca \"%s\"", path, rows[i].id);
			return status;
		}
	}
	struct rows joined, below = {catalogue->cas, catalogue->ca_count};
	TRY(join_rows(&below, &file.cas, sizeof(struct ca_row), path, arena, &joined, err));
	catalogue->cas = joined.at;
	catalogue->ca_count = joined.count;
	return OK;
}

static enum status read_providers(const char *path, enum catalogue_folder kind, struct arena *arena,
				  struct catalogue *catalogue, struct error *err)
{
	struct reading reading = {.path = path, .status = POLICY_ROW, .arena = arena};
	struct providers_file file = {.providers = {NULL, 0}};
	TRY(load_file(&providers_group, &reading, kind, &file, err));
	struct rows joined, below = {catalogue->providers, catalogue->provider_count};
	const struct provider *rows = file.providers.at;
	/* Its name is also that of a folder beside the one of the shipped texts. */
	for (size_t i = 0; i < file.providers.count; i++) {
		if (strcmp(rows[i].id, "ask") == 0)
			return fail(err, POLICY_ROW, "%s: a provider cannot be called \"ask\"",
				    path);
	}
	TRY(join_rows(&below, &file.providers, sizeof(struct provider), path, arena, &joined, err));
	catalogue->providers = joined.at;
	catalogue->provider_count = joined.count;
	return OK;
}

enum status catalogue_read(const char *folder, enum catalogue_folder kind, struct arena *arena,
			   struct catalogue *catalogue, struct error *err)
{
	TRY(read_cas(arena_printf(arena, "%s/cas.yaml", folder), kind, arena, catalogue, err));
	TRY(read_providers(arena_printf(arena, "%s/providers.yaml", folder), kind, arena, catalogue,
			   err));
	return read_products(arena_printf(arena, "%s/products.yaml", folder), kind, arena,
			     catalogue, err);
}

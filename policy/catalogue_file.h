/* The catalogue's files: products.yaml, cas.yaml and providers.yaml of a folder. */
#ifndef ISSUER_POLICY_CATALOGUE_FILE_H
#define ISSUER_POLICY_CATALOGUE_FILE_H

#include "base/arena.h"
#include "policy/catalogue.h"
#include "policy/column.h"

struct catalogue {
	struct product *products;
	size_t product_count;
	struct ca_row *cas;
	size_t ca_count;
	struct provider *providers;
	size_t provider_count;
};

#define CATALOGUE_NONE ((struct catalogue){NULL, 0, NULL, 0, NULL, 0})

enum catalogue_folder {
	FOLDER_SHIPPED, /* all files must be there */
	FOLDER_HOME,    /* each may be absent */
};

/*
 * Puts the rows of a folder into the catalogue: a row whose id is there already
 * takes its place, others are added. Checked here: each row by itself, gates and
 * their order; references to CAs, packs, methods and providers are policy.c's. POLICY_ROW.
 */
STATUS catalogue_read(const char *folder, enum catalogue_folder kind, struct arena *arena,
		      struct catalogue *catalogue, struct error *err);

#endif

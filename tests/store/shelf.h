/* A new store in a temporary folder, for tests of its records. */
#ifndef ISSUER_TESTS_STORE_SHELF_H
#define ISSUER_TESTS_STORE_SHELF_H

#include "store/store.h"

enum { SHELF_PATH = 128 };

struct shelf {
	char folder[SHELF_PATH];
	char path[SHELF_PATH + 16]; /* of the database */
	struct store *store;
	struct arena arena;
	struct error error;
};

/* For cmocka: *state is a struct shelf. */
int shelf_setup(void **state);
int shelf_teardown(void **state);

/* Opens the shelf's database once more, as another process would, without waiting for locks. */
STATUS shelf_open(struct shelf *shelf, enum store_create create, struct store **ret);

/* Fails the test, with the sentence, unless the status is OK. */
void shelf_ok(struct shelf *shelf, enum status status);

#endif

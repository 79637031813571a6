/*
 * A temporary folder with a data folder (data/, first a copy of the shipped one)
 * and a home (home/), for tests that load rules from files.
 */
#ifndef ISSUER_TESTS_POLICY_FOLDER_H
#define ISSUER_TESTS_POLICY_FOLDER_H

#include "policy/policy.h"

enum { FOLDER_PATH = 128 };

struct folder {
	char path[FOLDER_PATH];
	char data[FOLDER_PATH];
	char home[FOLDER_PATH];
};

/* For cmocka: *state is a struct folder. */
int folder_setup(void **state);
int folder_teardown(void **state);

/* The file below the folder, for example "home/rules/agency.yaml". */
void folder_write(const struct folder *folder, const char *name, const char *text);
/* The same, of bytes that may hold a NUL. */
void folder_write_bytes(const struct folder *folder, const char *name, struct slice bytes);
/* The file with the one place that holds old changed to new; fails when there is not exactly one.
 */
void folder_replace(const struct folder *folder, const char *name, const char *old,
		    const char *new);
/* The same of the first of several: the rows of a shipped pack resemble one another. */
void folder_replace_first(const struct folder *folder, const char *name, const char *old,
			  const char *new);
/* The file's text; the caller frees it. */
char *folder_text(const struct folder *folder, const char *name);

/* Loads data and home; fails the test unless it is OK. */
struct policy *folder_load(const struct folder *folder);
/* Loads data and home; fails the test unless it is refused with the status and each of the
 * NULL-terminated pieces stands in the sentence or the hint. */
void folder_refuses(const struct folder *folder, enum status status, ...) __attribute__((sentinel));

#endif

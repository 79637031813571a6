/*
 * Which Authorization Domain Names may stand for a name: every one of them, in
 * order, by the columns of the method's row, and never one above the base domain.
 */
#include "validators/scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const char *const suffixes[] = {"test", "corp.internal"};
static const struct name_policy private_names = {
	.private_suffixes = suffixes,
	.private_suffix_count = ARRAY_LENGTH(suffixes),
};
static const struct name_policy public_names = {.private_suffix_count = 0};

/* The rows that packs have: BR 3.2.2.4, columns Wildcard and Prune. */
static const struct method_rule plain = {.id = "web-page", .citation = "BR 3.2.2.4.18", .ip = true};
static const struct method_rule prune = {
	.id = "dns-txt", .citation = "BR 3.2.2.4.7", .wildcard = true, .prune = true};
static const struct method_rule base = {
	.id = "dns-txt", .wildcard = true, .prune = true, .scope = METHOD_SCOPE_BASE_DOMAIN};
/* No method is of these kinds today. */
static const struct method_rule all_columns = {.id = "other",
					       .wildcard = true,
					       .prune = true,
					       .cname = true,
					       .ip = true,
					       .scope = METHOD_SCOPE_BASE_DOMAIN};
static const struct method_rule wildcard_only = {.id = "other", .wildcard = true};

/* clang-format off */
static const struct {
	const char *name;
	const struct method_rule *rule;
	const struct name_policy *names;
	const char *all; /* "nearest … farthest" */
	const char *chosen;
} rows[] = {
	{"example.com",          &plain, &public_names,  "example.com",                       "example.com"},
	{"a.b.example.com",      &plain, &public_names,  "a.b.example.com",                   "a.b.example.com"},
	{"example.com",          &prune, &public_names,  "example.com",                       "example.com"},
	{"a.b.example.com",      &prune, &public_names,  "a.b.example.com b.example.com example.com", "a.b.example.com"},
	{"a.b.example.com",      &base,  &public_names,  "a.b.example.com b.example.com example.com", "example.com"},
	{"*.example.com",        &prune, &public_names,  "example.com",                       "example.com"},
	{"*.example.com",        &base,  &public_names,  "example.com",                       "example.com"},
	{"*.www.example.com",    &prune, &public_names,  "www.example.com example.com",       "www.example.com"},
	{"*.www.example.com",    &base,  &public_names,  "www.example.com example.com",       "example.com"},
	{"*.www.example.com",    &wildcard_only, &public_names, "www.example.com",            "www.example.com"},
	{"www.example.co.jp",    &prune, &public_names,  "www.example.co.jp example.co.jp",   "www.example.co.jp"},
	{"*.example.co.jp",      &base,  &public_names,  "example.co.jp",                     "example.co.jp"},
	/* The private section of the list does not count (BR 3.2.2.6). */
	{"a.foo.github.io",      &base,  &public_names,  "a.foo.github.io foo.github.io github.io", "github.io"},
	{"a.shop.test",          &base,  &private_names, "a.shop.test shop.test",             "shop.test"},
	{"a.b.corp.internal",    &base,  &private_names, "a.b.corp.internal b.corp.internal", "b.corp.internal"},
	/* What a suffix no longer admits is not pruned: nothing says where it would end. */
	{"a.shop.test",          &base,  &public_names,  "a.shop.test",                       "a.shop.test"},
	{"co.jp",                &base,  &public_names,  "co.jp",                             "co.jp"},
	/* An address stands for itself, and nothing above it does. */
	{"8.8.8.8",              &plain, &public_names,  "8.8.8.8",                           "8.8.8.8"},
	{"2606:4700::1111",      &plain, &public_names,  "2606:4700::1111",                   "2606:4700::1111"},
	{"10.0.0.1",             &all_columns, &private_names, "10.0.0.1",                    "10.0.0.1"},
	{"a.b.c.d.e.example.jp", &prune, &public_names,
	 "a.b.c.d.e.example.jp b.c.d.e.example.jp c.d.e.example.jp d.e.example.jp e.example.jp example.jp",
	 "a.b.c.d.e.example.jp"},
};
/* clang-format on */

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct scope scope;
		struct error err = NO_ERROR;
		char all[256] = "";
		assert_int_equal(scope_of(rows[i].name, rows[i].rule, rows[i].names, &scope, &err),
				 OK);
		for (const char *domain = scope.nearest; domain;
		     domain = scope_above(&scope, domain)) {
			if (all[0])
				strcat(all, " ");
			strcat(all, domain);
		}
		assert_string_equal(all, rows[i].all);
		assert_string_equal(scope.chosen, rows[i].chosen);
	}
}

static void test_no_wildcard(void **state)
{
	(void)state;
	struct scope scope = {.nearest = "untouched"};
	struct error err = NO_ERROR;
	assert_int_equal(scope_of("*.example.com", &plain, &public_names, &scope, &err),
			 WILDCARD_METHOD);
	assert_string_equal(scope.nearest, "untouched");
	assert_non_null(strstr(err.sentence, "*.example.com"));
	assert_non_null(strstr(err.sentence, "BR 3.2.2.4.18"));
}

static void test_no_address(void **state)
{
	(void)state;
	struct scope scope = {.nearest = "untouched"};
	struct error err = NO_ERROR;
	assert_int_equal(scope_of("8.8.8.8", &prune, &public_names, &scope, &err), IP_METHOD);
	assert_int_equal(scope_of("2606:4700::1", &base, &public_names, &scope, NULL), IP_METHOD);
	assert_string_equal(scope.nearest, "untouched");
	assert_non_null(strstr(err.sentence, "8.8.8.8"));
	assert_non_null(strstr(err.sentence, "dns-txt (BR 3.2.2.4.7)"));
}

/* A name shows control of those below it, and never the other way round. */
static void test_never_downwards(void **state)
{
	(void)state;
	struct scope scope;
	assert_int_equal(scope_of("example.com", &prune, &public_names, &scope, NULL), OK);
	for (const char *domain = scope.nearest; domain; domain = scope_above(&scope, domain))
		assert_string_equal(domain, "example.com");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_wildcard),
		cmocka_unit_test(test_no_address),
		cmocka_unit_test(test_never_downwards),
	};
	return cmocka_run_group_tests_name("validators.scope", tests, NULL, NULL);
}

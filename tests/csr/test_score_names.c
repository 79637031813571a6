/*
 * Names against the tests of URLs (url-idna-wpt): what a browser makes of a host,
 * and what may be ordered. Every case that is refused here and not there must
 * have one of the reasons below, which are told from the browser's answer; the
 * few that come out as another name are listed.
 */
#include "csr/names.h"
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 63, NAME_MAX_OCTETS = 253 };

/* ---- why a name that a URL may hold cannot be ordered ---- */

/* Calls test for each label; true when one is of that kind. */
static bool some_label(const char *name, bool (*test)(const char *label, size_t length))
{
	for (const char *at = name;; at++) {
		size_t length = strcspn(at, ".");
		if (test(at, length))
			return true;
		at += length;
		/* A dot at the very end is the root's. */
		if (!*at || !at[1])
			return false;
	}
}

static bool label_is_empty(const char *label, size_t length)
{
	(void)label;
	return length == 0;
}

static bool label_is_long(const char *label, size_t length)
{
	(void)label;
	return length > LABEL_MAX;
}

static bool label_hyphen(const char *label, size_t length)
{
	return length > 0 && (label[0] == '-' || label[length - 1] == '-');
}

static bool label_reserved(const char *label, size_t length)
{
	return length >= 4 && memcmp(label + 2, "--", 2) == 0 && memcmp(label, "xn", 2) != 0;
}

static bool label_a(const char *label, size_t length)
{
	return length >= 4 && memcmp(label, "xn--", 4) == 0;
}

static bool label_other(const char *label, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)label[i]) && label[i] != '-')
			return true;
	return false;
}

static bool has_empty_label(const char *input, const char *output)
{
	(void)input;
	return some_label(output, label_is_empty);
}

static bool is_too_long(const char *input, const char *output)
{
	size_t length = strlen(output);
	(void)input;
	length -= length > 0 && output[length - 1] == '.';
	return length > NAME_MAX_OCTETS || some_label(output, label_is_long);
}

static bool has_outer_hyphen(const char *input, const char *output)
{
	(void)input;
	return some_label(output, label_hyphen);
}

static bool has_reserved_label(const char *input, const char *output)
{
	(void)input;
	return some_label(output, label_reserved);
}

static bool has_a_label(const char *input, const char *output)
{
	(void)input;
	return some_label(output, label_a);
}

/* RFC 3986 section 3.2.2: an IPv4address is four decimal octets without leading zeros. */
static bool is_odd_ipv4(const char *input, const char *output)
{
	struct address address;
	return address_parse(output, &address) == OK && address.family == ADDRESS_V4 &&
	       strcmp(input, output) != 0;
}

static bool is_ipv4_in_ipv6(const char *input, const char *output)
{
	(void)input;
	return strncmp(output, "::", 2) == 0 && strchr(output + 2, ':') && strlen(output) > 4;
}

static bool has_other_octet(const char *input, const char *output)
{
	(void)input;
	return some_label(output, label_other);
}

/* U+180E and U+206B. */
static bool holds_invisible(const char *input, const char *output)
{
	(void)output;
	return strstr(input, "\xe1\xa0\x8e") || strstr(input, "\xe2\x81\xab");
}

/* clang-format off */
static const struct reason {
	bool (*holds)(const char *input, const char *output);
	const char *words;
} reasons[] = {
	{is_odd_ipv4,        "IPv4 in octal, hexadecimal, short or with a final dot: read in different ways"},
	{is_ipv4_in_ipv6,    "IPv4 written as IPv6 (RFC 4291 2.5.5): order the IPv4 address"},
	{has_empty_label,    "an empty name or label"},
	{is_too_long,        "a label over 63 or a name over 253 octets"},
	{has_outer_hyphen,   "a label begins or ends with a hyphen (RFC 5890 2.3.1)"},
	{has_reserved_label, "hyphens in places 3 and 4 without xn (BR 7.1.2.7.12)"},
	{has_a_label,        "an A-label that URLs do not look into, or whose U-label IDNA 2008 disallows (RFC 5892)"},
	{has_other_octet,    "an octet besides letters, digits and hyphens"},
	{holds_invisible,    "an invisible code point that newer tables map to nothing, the packaged ones do not"},
};

/* UTS 46 maps the capital sharp s to "ß" since Unicode 15.1, to "ss" in the tables of the packaged
 * libidn2. */
static const char *const otherwise[] = {"FAẞ.de", "FAẞ.DE", "ẞ.com", "ẞ.foo.com"};
/* clang-format on */

/* ---- judging ---- */

struct score {
	size_t total;
	size_t right;
	size_t refused[ARRAY_LENGTH(reasons)];
	size_t otherwise;
	size_t unexplained;
};

static size_t reason_of(const char *input, const char *output)
{
	size_t i = 0;
	while (i < ARRAY_LENGTH(reasons) && !reasons[i].holds(input, output))
		i++;
	return i;
}

static bool listed(const char *input)
{
	for (size_t i = 0; i < ARRAY_LENGTH(otherwise); i++)
		if (strcmp(otherwise[i], input) == 0)
			return true;
	return false;
}

/* As far as form goes: suffixes do not matter, and every address is admitted that can be. */
static bool may_be_ordered(const char *text, struct name *ret)
{
	static const struct address_prefix all[] = {{{ADDRESS_V4, {0}}, 0}, {{ADDRESS_V6, {0}}, 0}};
	const struct name_policy policy = {.private_prefixes = all, .private_prefix_count = 2};
	return name_normalise(text, ret, NULL) == OK &&
	       (ret->kind != NAME_IP || name_parse(text, &policy, ret, NULL) == OK);
}

/* output: what a browser makes of it, NULL when it refuses. */
static void judge(const char *input, const char *output, struct score *score)
{
	struct name name = {.ascii = ""};
	bool taken = may_be_ordered(input, &name);
	size_t length = output ? strlen(output) : 0;
	if (taken && length && output[length - 1] == '.')
		strcat(name.ascii, ".");
	score->total++;
	if (taken ? output && strcmp(name.ascii, output) == 0 : !output) {
		score->right++;
		return;
	}
	size_t reason = !taken ? reason_of(input, output) : ARRAY_LENGTH(reasons);
	if (reason < ARRAY_LENGTH(reasons)) {
		score->refused[reason]++;
		return;
	}
	bool known = taken && listed(input);
	score->otherwise += known;
	score->unexplained += !known;
	printf("  \"%s\": wanted %s, got %s: %s\n", input, output ? output : "a refusal",
	       taken ? name.ascii : "a refusal", known ? "older Unicode tables" : "NOT EXPLAINED");
}

/* ---- files ---- */

/* [{"input": …, "output": …}]. Read element by element: those with a lone surrogate are not JSON to
 * jansson. */
static void judge_hosts(const char *file, struct score *score)
{
	CLEANUP(buffer_release) struct buffer text;
	buffer_init(&text, 1024 * 1024);
	corpus_read(file, &text);
	for (const char *at = strchr(buffer_text(&text), '{'); at; at = strchr(at + 1, '{')) {
		json_t *row = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
		if (row && json_get_text(row, "input"))
			judge(json_get_text(row, "input"), json_get_text(row, "output"), score);
		json_decref(row);
	}
}

/* The host of "http://HOST/…" when nothing has to be decoded to see it. */
static bool plain_host(const char *url, char ret[1024])
{
	size_t scheme = strncmp(url, "http://", 7) == 0    ? 7
			: strncmp(url, "https://", 8) == 0 ? 8
							   : 0;
	size_t length = strcspn(url + scheme, "/?#");
	if (!scheme || length == 0 || length >= 1024)
		return false;
	(void)snprintf(ret, 1024, "%.*s", (int)length, url + scheme);
	if (strspn(ret, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:[]") !=
	    length)
		return false;
	/* Not a port. */
	return !strchr(ret, ':') || (ret[0] == '[' && ret[length - 1] == ']');
}

/* [{"input": URL, "failure": true}] or with "hostname". */
static void judge_urls(const char *file, struct score *score)
{
	CLEANUP(buffer_release) struct buffer text;
	buffer_init(&text, 1024 * 1024);
	corpus_read(file, &text);
	for (const char *at = strchr(buffer_text(&text), '{'); at; at = strchr(at + 1, '{')) {
		json_t *row = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
		const char *input = row ? json_get_text(row, "input") : NULL;
		const char *hostname = row ? json_get_text(row, "hostname") : NULL;
		bool failure = json_is_true(json_object_get(row, "failure"));
		char host[1024];
		char wanted[1024];
		if (input && plain_host(input, host)) {
			bool bracketed = hostname && hostname[0] == '[';
			(void)snprintf(wanted, sizeof(wanted), "%.*s",
				       hostname ? (int)strlen(hostname) - 2 * bracketed : 1023,
				       hostname ? hostname + bracketed : host);
			judge(host, failure ? NULL : wanted, score);
		}
		json_decref(row);
	}
}

static void test_corpus(void **state)
{
	(void)state;
	struct score score = {0};
	if (!corpus_available("url-idna-wpt"))
		return;
	judge_hosts("url-idna-wpt/toascii.json", &score);
	judge_hosts("url-idna-wpt/IdnaTestV2.json", &score);
	judge_hosts("url-idna-wpt/IdnaTestV2-removed.json", &score);
	judge_urls("url-idna-wpt/verifydnslength_tests.json", &score);
	judge_urls("url-idna-wpt/urltestdata.json", &score);
	size_t refused = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
		refused += score.refused[i];
		printf("  %4zu refused here: %s\n", score.refused[i], reasons[i].words);
	}
	printf("corpus url-idna-wpt: %zu of %zu (%zu refused on purpose, %zu by older Unicode "
	       "tables)\n",
	       score.right, score.total, refused, score.otherwise);
	assert_int_equal(score.unexplained, 0);
	/* A reason is no excuse for names that were taken before. */
	assert_true(score.right >= 1800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

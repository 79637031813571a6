/* Thumbprints of account keys: the vectors of the RFCs, each key in both forms, and what is
 * refused. */
#include "base/json.h"
#include "csr/jwk.h"
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *what;
	const char *jwk;
	const char *pem;
	const char *thumbprint;
};

/* clang-format off */
static const struct row rows[] = {
	{"P-256",
	 "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"byNHyrfddoWP4FVaw7yZBIxKrK_ftry-BepsQsSTRWk\",\"y\":"
	 "\"HRoYoKSzdKe9M_YyuAeXabd0dareTKWDjL2m4zjXIqk\"}",
	 "-----BEGIN PUBLIC KEY-----\n"
	 "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbyNHyrfddoWP4FVaw7yZBIxKrK/f\n"
	 "try+BepsQsSTRWkdGhigpLN0p70z9jK4B5dpt3R1qt5MpYOMvabjONciqQ==\n"
	 "-----END PUBLIC KEY-----\n",
	 "sHTn7rZhP0Yd3EFi6Lo7ZIgk5ZX1rS2u7DoQ2LAjq1E"},
	{"P-384",
	 "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"s3aZ4NUYpNNw29qq6jeIhQ-gP4GG0feP37rmVAqmcLMcitoP_"
	 "z5ze9aVIFYP4M5g\",\"y\":\"jwR8sMsnIpib0Cri5cwvQNop9sCSEQXS23i2dW3Q5yfDG31pA6kZTw6z0B"
	 "Db28kX\"}",
	 "-----BEGIN PUBLIC KEY-----\n"
	 "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEs3aZ4NUYpNNw29qq6jeIhQ+gP4GG0feP\n"
	 "37rmVAqmcLMcitoP/z5ze9aVIFYP4M5gjwR8sMsnIpib0Cri5cwvQNop9sCSEQXS\n"
	 "23i2dW3Q5yfDG31pA6kZTw6z0BDb28kX\n"
	 "-----END PUBLIC KEY-----\n",
	 "rbEtSUTHqDl0zD1FbNoQrUniElmjGrqHDnVgBlX8PxI"},
	{"P-521",
	 "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AJDI0NcYy52NgQlObQaPsTwWtN-Md7rGdt3f4-aIVb7Qa5uo0"
	 "PioDtzgOp-sfaVh4ksc0i1FkjmhRmlaZx-B9zqv\",\"y\":\"AHMyc9DfGiX7twIa5WCd-G0RjNA-GA55b1"
	 "GpEKy_Wqv1iRU0AhUcMrHVMZQjhapQ5rU8m5YVIjokH-WFcMbM_Z_G\"}",
	 "-----BEGIN PUBLIC KEY-----\n"
	 "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAkMjQ1xjLnY2BCU5tBo+xPBa034x3\n"
	 "usZ23d/j5ohVvtBrm6jQ+KgO3OA6n6x9pWHiSxzSLUWSOaFGaVpnH4H3Oq8AczJz\n"
	 "0N8aJfu3AhrlYJ34bRGM0D4YDnlvUakQrL9aq/WJFTQCFRwysdUxlCOFqlDmtTyb\n"
	 "lhUiOiQf5YVwxsz9n8Y=\n"
	 "-----END PUBLIC KEY-----\n",
	 "CF8wdXJaSVAZUQLWxSfFj_DH2ZkpbSaGR8smJxyBy04"},
	{"RFC 8037 appendix A.3",
	 "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
	 "-----BEGIN PUBLIC KEY-----\n"
	 "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
	 "-----END PUBLIC KEY-----\n",
	 "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
	{"RFC 7638 section 3.1",
	 "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT8"
	 "6zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArw"
	 "l93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q"
	 "MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xB"
	 "niIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-0"
	 "4-29\"}",
	 "-----BEGIN PUBLIC KEY-----\n"
	 "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJX\n"
	 "ZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS\n"
	 "oc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt\n"
	 "7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0\n"
	 "zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt+bFTWhAI4vMQFh6WeZu0f\n"
	 "M4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK\n"
	 "gwIDAQAB\n"
	 "-----END PUBLIC KEY-----\n",
	 "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
};
/* clang-format on */

static void test_both_forms_have_one_thumbprint(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *const forms[] = {rows[i].jwk, rows[i].pem};
		for (size_t k = 0; k < ARRAY_LENGTH(forms); k++) {
			char thumbprint[THUMBPRINT_TEXT] = "";
			struct error err = NO_ERROR;
			if (jwk_thumbprint(slice_text(forms[k]), thumbprint, &err) != OK)
				fail_msg("%s: %s", rows[i].what, err.sentence);
			assert_string_equal(thumbprint, rows[i].thumbprint);
		}
	}
}

/* A JWK with one member replaced (text NULL: taken out). */
static enum status changed(size_t row, const char *member, const char *text, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	CLEANUP(buffer_release) struct buffer json;
	char thumbprint[THUMBPRINT_TEXT];
	buffer_init(&json, 1 << 16);
	assert_int_equal(json_read(slice_text(rows[row].jwk), &object, NULL), OK);
	(void)json_object_del(object, member);
	json_add_text(object, member, text);
	json_write(object, &json);
	return jwk_thumbprint(buffer_slice(&json), thumbprint, err);
}

/* What stands under a member, with one character put before or after it or taken away. */
static const char *member_of(size_t row, const char *member, const char *before, size_t skip,
			     const char *after)
{
	static char text[1024];
	CLEANUP(json_releasep) json_t *object = NULL;
	assert_int_equal(json_read(slice_text(rows[row].jwk), &object, NULL), OK);
	assert_true((size_t)snprintf(text, sizeof(text), "%s%s%s", before,
				     json_get_text(object, member) + skip, after) < sizeof(text));
	return text;
}

enum { P256, P384, P521, ED25519, RSA };

struct refusal {
	const char *what;
	size_t row;
	const char *member;
	const char *before; /* NULL: the member is taken out */
	size_t skip;
	const char *after;
	enum status status;
};

/* clang-format off */
static const struct refusal refusals[] = {
	{"no kty",             P256,    "kty", NULL,      0, "",   KEY_TYPE},
	{"kty in lower case",  P256,    "kty", "ec",      2, "",   KEY_TYPE},
	{"a secret",           P256,    "kty", "oct",     2, "",   KEY_TYPE},
	{"no crv",             P256,    "crv", NULL,      0, "",   KEY_TYPE},
	{"another curve",      P256,    "crv", "P-384",   5, "",   INPUT},
	{"secp256k1",          P256,    "crv", "secp256k1", 5, "", KEY_TYPE},
	{"EC with Ed25519",    P256,    "crv", "Ed25519", 5, "",   KEY_TYPE},
	{"OKP with P-256",     ED25519, "crv", "P-256",   7, "",   KEY_TYPE},
	{"X25519",             ED25519, "crv", "X25519",  7, "",   KEY_TYPE},
	{"RSA with a curve",   RSA,     "crv", NULL,      0, "",   OK},
	{"no y",               P256,    "y",   NULL,      0, "",   INPUT},
	{"padded",             P256,    "x",   "",        0, "=",  INPUT},
	{"a coordinate short", P256,    "x",   "",        2, "",   INPUT},
	{"and long",           P384,    "x",   "AAAA",    0, "",   INPUT},
	{"off the curve",      P256,    "y",   "A",       1, "",   KEY_CURVE},
	{"off the curve",      P384,    "y",   "A",       1, "",   KEY_CURVE},
	{"off the curve",      P521,    "x",   "AA",      2, "",   KEY_CURVE},
	{"off the curve",      ED25519, "x",   "21",      2, "",   KEY_WEAK},
	{"a zero before n",    RSA,     "n",   "AAAA",    0, "",   INPUT},
	{"an empty e",         RSA,     "e",   "",        4, "",   INPUT},
	{"e is 1",             RSA,     "e",   "AQ",      4, "",   KEY_EXPONENT},
	{"e is even",          RSA,     "e",   "AQAC",    4, "",   KEY_EXPONENT},
	{"n is short",         RSA,     "n",   "",        4, "",   KEY_SIZE},
	{"private",            P256,    "d",   NULL,      0, "",   OK},
};
/* clang-format on */

static void test_other_ways_to_write_a_key_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
		const struct refusal *row = &refusals[i];
		struct error err = NO_ERROR;
		const char *text = row->before ? member_of(row->row, row->member, row->before,
							   row->skip, row->after)
					       : NULL;
		enum status status = changed(row->row, row->member, text, &err);
		if (status != row->status)
			fail_msg("%s: %s (%s)", row->what, status_code(status), err.sentence);
	}
	assert_int_equal(changed(RSA, "crv", "P-256", NULL), KEY_TYPE);
}

static void test_private_keys_are_refused(void **state)
{
	(void)state;
	static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	static const char *const pems[] = {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY",
					   "ENCRYPTED PRIVATE KEY"};
	char thumbprint[THUMBPRINT_TEXT], pem[128];
	struct error err = NO_ERROR;
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		assert_int_equal(changed(RSA, members[i], "AQAB", &err), INPUT);
		assert_non_null(strstr(err.sentence, "private"));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(pems); i++) {
		(void)snprintf(pem, sizeof(pem), "-----BEGIN %s-----\nAAAA\n-----END %s-----\n",
			       pems[i], pems[i]);
		assert_int_equal(jwk_thumbprint(slice_text(pem), thumbprint, &err), INPUT);
		assert_non_null(strstr(err.hint, "-pubout"));
	}
}

static void test_what_is_no_key(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"words",
		"[]",
		"{}",
		("{\"kty\":\"OKP\",\"kty\":\"OKP\",\"crv\":\"Ed25519\","
		 "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"),
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		char thumbprint[THUMBPRINT_TEXT] = "untouched";
		struct error err = NO_ERROR;
		assert_int_not_equal(jwk_thumbprint(slice_text(texts[i]), thumbprint, &err), OK);
		assert_true(err.sentence[0]);
		assert_string_equal(thumbprint, "untouched");
	}
}

/* The encodings of RFC 8032 that name no point, or one point twice. */
static void test_ed25519_points(void **state)
{
	(void)state;
	static const struct {
		const char *x;
		enum status status;
	} points[] = {
		{"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", OK},
		/* y = 1, x = 0; and "x = 0" with the sign of the other root */
		{"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", OK},
		{"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA", KEY_WEAK},
		/* y = 2 is on no point */
		{"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KEY_WEAK},
		/* y = p + 1, another way to write 1 */
		{"7v_______________________________________38", KEY_WEAK},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(points); i++)
		if (changed(ED25519, "x", points[i].x, NULL) != points[i].status)
			fail_msg("point %zu", i);
}

/* Wycheproof's tests of key sets, as far as they speak of one public key alone. */
static void test_wycheproof(void **state)
{
	(void)state;
	static const struct {
		const char *comment;
		bool usable;
	} known[] = {
		{"acceptsValid", true},
		{"rejectsWrongUse", false},
		{"rejectsKeyWithRocaVulnerability", false},
		{"rejects1024bitRsaKey", false},
		{"rejectsPublicExponent1", false},
		{"rejectsModifiedKey", false},
	};
	if (!corpus_available("wycheproof"))
		return;
	CLEANUP(json_releasep) json_t *file = corpus_json("wycheproof/json_web_key_test.json");
	const json_t *groups = json_object_get(file, "testGroups");
	int judged = 0;
	for (size_t i = 0; i < json_array_size(groups); i++) {
		const json_t *group = json_array_get(groups, i);
		const json_t *keys = json_object_get(json_object_get(group, "public"), "keys");
		const json_t *test = json_array_get(json_object_get(group, "tests"), 0);
		const char *comment = json_get_text(test, "comment");
		for (size_t k = 0; json_array_size(keys) == 1 && k < ARRAY_LENGTH(known); k++) {
			CLEANUP(buffer_release) struct buffer text;
			char thumbprint[THUMBPRINT_TEXT];
			if (strcmp(known[k].comment, comment) != 0)
				continue;
			buffer_init(&text, 1 << 16);
			json_write(json_array_get(keys, 0), &text);
			bool usable = jwk_thumbprint(buffer_slice(&text), thumbprint, NULL) == OK;
			if (usable != known[k].usable)
				fail_msg("group %zu (%s)", i, comment);
			judged++;
		}
	}
	print_message("wycheproof: %d public keys judged\n", judged);
	assert_true(judged >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_forms_have_one_thumbprint),
		cmocka_unit_test(test_other_ways_to_write_a_key_are_refused),
		cmocka_unit_test(test_private_keys_are_refused),
		cmocka_unit_test(test_what_is_no_key),
		cmocka_unit_test(test_ed25519_points),
		cmocka_unit_test(test_wycheproof),
	};
	return cmocka_run_group_tests_name("csr.jwk", tests, NULL, NULL);
}

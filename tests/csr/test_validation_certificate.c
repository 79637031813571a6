/* The certificate of tls-alpn-01: each row is one, and what must be said of it. */
#include "csr/validation_certificate.h"

#include "tests/csr/made_certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SITE "www.example.com"
#define KEY_AUTHORIZATION "token.thumbprint"
#define BYTES(text)                                                                                \
	{                                                                                          \
		(const uint8_t *)text, sizeof(text) - 1                                            \
	}
#define RIGHT .key_authorization = KEY_AUTHORIZATION

struct row {
	const char *what;
	const char *part; /* of the sentence; NULL: it is right */
	const char *name; /* expected: a name, or the text of an address */
	struct made_certificate made;
};

/* clang-format off */
static const struct row rows[] = {
	{"a name", NULL, SITE, {.names = "DNS:" SITE, RIGHT}},
	{"a name in upper case", NULL, SITE, {.names = "DNS:WWW.Example.COM", RIGHT}},
	{"a name expected in upper case", NULL, "WWW.EXAMPLE.COM", {.names = "DNS:" SITE, RIGHT}},
	{"an address", NULL, "192.0.2.1", {.names = "IP:192.0.2.1", RIGHT}},
	{"an IPv6 address", NULL, "2001:db8::1", {.names = "IP:2001:db8::1", RIGHT}},
	{"RSA", NULL, SITE, {.names = "DNS:" SITE, RIGHT, .key = "RSA"}},
	{"P-521", NULL, SITE, {.names = "DNS:" SITE, RIGHT, .key = "P-521"}},
	{"Ed25519", NULL, SITE, {.names = "DNS:" SITE, RIGHT, .key = "ED25519"}},

	{"another name", "the dNSName \"example.com\"", SITE, {.names = "DNS:example.com", RIGHT}},
	{"a longer name", "the dNSName \"" SITE ".evil.example\"", SITE, {.names = "DNS:" SITE ".evil.example", RIGHT}},
	{"a wildcard", "the dNSName \"*.example.com\"", SITE, {.names = "DNS:*.example.com", RIGHT}},
	{"a trailing dot", "the dNSName \"" SITE ".\"", SITE, {.names = "DNS:" SITE ".", RIGHT}},
	{"a NUL in the name", "the dNSName \"" SITE "?.x\"", SITE,
	 {.raw_names = BYTES("\x30\x14\x82\x12" SITE "\0.x"), RIGHT}},
	{"a very long name", "aaaa...\"", SITE,
	 {.raw_names = BYTES("\x30\x66\x82\x64" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), RIGHT}},
	{"an empty name", "the dNSName \"\"", SITE, {.raw_names = BYTES("\x30\x02\x82\x00"), RIGHT}},
	{"two names", "2 entries", SITE, {.names = "DNS:" SITE ",DNS:example.com", RIGHT}},
	{"the same name twice", "2 entries", SITE, {.names = "DNS:" SITE ",DNS:" SITE, RIGHT}},
	{"a name and an address", "2 entries", SITE, {.names = "DNS:" SITE ",IP:192.0.2.1", RIGHT}},
	{"no entry", "0 entries", SITE, {.raw_names = BYTES("\x30\x00"), RIGHT}},
	{"no subjectAltName", "no extension subjectAltName", SITE, {RIGHT}},
	{"two subjectAltNames", "subjectAltName stands 2 times", SITE, {.names = "DNS:" SITE, .name_sets = 2, RIGHT}},
	{"a subjectAltName with a tail", "cannot be read", SITE, {.raw_names = BYTES("\x30\x03\x82\x01x" "\x05\x00"), RIGHT}},
	{"a subjectAltName cut short", "cannot be read", SITE, {.raw_names = BYTES("\x30\x03\x82\x05x"), RIGHT}},
	{"mail in place of a name", "no dNSName (tag 0x81)", SITE, {.names = "email:a@example.com", RIGHT}},
	{"an address in place of a name", "no dNSName (tag 0x87)", SITE, {.names = "IP:192.0.2.1", RIGHT}},
	{"the text of an address as a name", "no iPAddress (tag 0x82)", "192.0.2.1", {.names = "DNS:192.0.2.1", RIGHT}},
	{"another address", "the iPAddress 192.0.2.2", "192.0.2.1", {.names = "IP:192.0.2.2", RIGHT}},
	{"IPv4 mapped into IPv6", "the iPAddress ::ffff:192.0.2.1", "192.0.2.1", {.names = "IP:::ffff:192.0.2.1", RIGHT}},
	{"an address and its mask", "its iPAddress has 8 octets", "192.0.2.1",
	 {.raw_names = BYTES("\x30\x0a\x87\x08\xc0\x00\x02\x01\xff\xff\xff\xff"), RIGHT}},
	{"two addresses", "2 entries", "192.0.2.1", {.names = "IP:192.0.2.1,IP:192.0.2.2", RIGHT}},

	{"no acmeIdentifier", "no extension acmeIdentifier", SITE, {.names = "DNS:" SITE}},
	{"two acmeIdentifiers", "acmeIdentifier (1.3.6.1.5.5.7.1.31) stands 2 times", SITE, {.names = "DNS:" SITE, RIGHT, .identifiers = 2}},
	{"not critical", "not critical", SITE, {.names = "DNS:" SITE, RIGHT, .critical = MADE_NOT_CRITICAL}},
	{"of another key authorization", "its acmeIdentifier is 52ae5d85", SITE, {.names = "DNS:" SITE, .key_authorization = "token.other"}},
	{"31 octets", "31 octets, not 32", SITE, {.names = "DNS:" SITE, .raw_identifier = BYTES("\x04\x1f" "0123456789012345678901234567890")}},
	{"33 octets", "33 octets, not 32", SITE, {.names = "DNS:" SITE, .raw_identifier = BYTES("\x04\x21" "012345678901234567890123456789012")}},
	{"no OCTET STRING", "not one OCTET STRING", SITE, {.names = "DNS:" SITE, .raw_identifier = BYTES("\x0c\x20" "01234567890123456789012345678901")}},
	{"the digest without its tag", "not one OCTET STRING", SITE, {.names = "DNS:" SITE, .raw_identifier = BYTES("01234567890123456789012345678901")}},
	{"an OCTET STRING with a tail", "not one OCTET STRING", SITE, {.names = "DNS:" SITE, .raw_identifier = BYTES("\x04\x01x\x05\x00")}},

	{"signed by another key", "its key did not sign it", SITE, {.names = "DNS:" SITE, RIGHT, .signer = MADE_OTHER_KEY}},
	{"issued by another name", "issuer and subject differ", SITE, {.names = "DNS:" SITE, RIGHT, .signer = MADE_OTHER_ISSUER}},
	{"version 2", "not one certificate of version 3", SITE, {.names = "DNS:" SITE, RIGHT, .version = X509_VERSION_2}},
};
/* clang-format on */

static struct validation_certificate expect(const char *name)
{
	struct validation_certificate expected = {
		.name = name,
		.digest = digest_of(slice_text(KEY_AUTHORIZATION)),
	};
	if (address_parse(name, &expected.address) != OK)
		expected.address = (struct address){.family = ADDRESS_NONE};
	return expected;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct row *row = &rows[i];
		struct validation_certificate expected = expect(row->name);
		struct error err = NO_ERROR;
		struct buffer der;
		buffer_init(&der, 1 << 16);
		made_der(&row->made, &der);
		enum status status =
			validation_certificate_check(buffer_slice(&der), &expected, &err);
		if (status != (row->part ? CERTIFICATE_WRONG : OK) ||
		    (row->part && !strstr(err.sentence, row->part)))
			fail_msg("%s: %s: %s", row->what, status_code(status), err.sentence);
		buffer_release(&der);
	}
}

/* No octet of a right certificate can be changed, and none can be missing or added. */
static void test_damages(void **state)
{
	(void)state;
	struct validation_certificate expected = expect(SITE);
	struct buffer der;
	buffer_init(&der, 1 << 16);
	made_der(&rows[0].made, &der);
	struct slice whole = buffer_slice(&der);
	for (size_t i = 0; i < whole.length; i++) {
		struct error err = NO_ERROR;
		assert_int_equal(
			validation_certificate_check(slice_of(whole.data, i), &expected, &err),
			CERTIFICATE_WRONG);
		der.data[i] ^= 1;
		/* Upper case of a name is the one change that changes nothing, and is signed. */
		assert_int_equal(validation_certificate_check(whole, &expected, &err),
				 CERTIFICATE_WRONG);
		der.data[i] ^= 1;
	}
	buffer_append_byte(&der, 0);
	assert_int_equal(validation_certificate_check(buffer_slice(&der), &expected, NULL),
			 CERTIFICATE_WRONG);
	buffer_release(&der);
}

/* One that another implementation wrote (pyca/cryptography), with extensions of its own choice. */
static void test_another_writer(void **state)
{
	(void)state;
	struct validation_certificate expected = expect(SITE);
	struct error err = NO_ERROR;
	uint8_t der[4096];
	FILE *file =
		fopen(ISSUER_SOURCE_DIR "/tests/fuzz/seeds/validation_certificate/other-writer.der",
		      "rb");
	assert_non_null(file);
	size_t length = fread(der, 1, sizeof(der), file);
	(void)fclose(file);
	if (validation_certificate_check(slice_of(der, length), &expected, &err) != OK)
		fail_msg("%s", err.sentence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_damages),
		cmocka_unit_test(test_another_writer),
	};
	return cmocka_run_group_tests_name("csr.validation_certificate", tests, NULL, NULL);
}

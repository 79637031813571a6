/*
 * Account keys: see jwk.h. Both forms are brought to the members of the table
 * and to a SubjectPublicKeyInfo, which the rules for certified keys then judge;
 * the thumbprint is made from the members.
 *
 *   PEM ── DER ──> SubjectPublicKeyInfo ──> members ──┐
 *                        │ checked                    ├──> canonical JWK ── SHA-256
 *   JWK ── members ──> SubjectPublicKeyInfo           │
 *             └───────────────────────────────────────┘
 */
#include "csr/jwk.h"

#include "base/digest.h"
#include "base/encode.h"
#include "base/json.h"
#include "csr/der.h"
#include "csr/key.h"
#include "csr/openssl.h"
#include "csr/pem.h"
#include "csr/public_key.h"

#include <openssl/err.h>
#include <string.h>

enum {
	JWK_BYTES_MAX = 16 * 1024,
	MEMBERS_MAX = 2,
	ED25519_BYTES = 32,
};

/* RFC 8410 section 4: SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING }, all but the key. */
static const uint8_t ed25519_prefix[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
					 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

/* A kind of key, and its members that RFC 7638 section 3.2 and RFC 8037 section 2 require. */
struct jwk_kind {
	const char *kty;
	const char *crv;                  /* NULL: RSA has none */
	const char *members[MEMBERS_MAX]; /* of octets, in the order of their names */
	size_t member_bytes;              /* length of each; 0: without leading zeros */
	const char *spki;                 /* text of the algorithm; NULL: Ed25519 */
};

/* clang-format off */
static const struct jwk_kind kinds[] = {
	{"EC",  "P-256",   {"x", "y"},  32,            "ec-p256"},
	{"EC",  "P-384",   {"x", "y"},  48,            "ec-p384"},
	{"EC",  "P-521",   {"x", "y"},  66,            "ec-p521"},
	{"OKP", "Ed25519", {"x", NULL}, ED25519_BYTES, NULL},
	{"RSA", NULL,      {"e", "n"},  0,             "rsa"},
};
/* clang-format on */

/* RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2: the private members; and the secret of
 * kty "oct" (section 6.4). */
static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

struct jwk {
	const struct jwk_kind *kind;
	struct buffer members[MEMBERS_MAX];
	struct buffer spki;
};

static void jwk_init(struct jwk *jwk)
{
	*jwk = (struct jwk){0};
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		buffer_init(&jwk->members[i], JWK_BYTES_MAX);
	buffer_init(&jwk->spki, 2 * JWK_BYTES_MAX);
}

static void jwk_release(struct jwk *jwk)
{
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		buffer_release(&jwk->members[i]);
	buffer_release(&jwk->spki);
}

/* --- a PEM file --- */

static const struct jwk_kind *kind_of_algorithm(const struct algorithm *algorithm)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (kinds[i].spki && strcmp(kinds[i].spki, algorithm->text) == 0)
			return &kinds[i];
	return NULL;
}

static bool take_ed25519(struct slice spki, struct jwk *jwk)
{
	size_t prefix = sizeof(ed25519_prefix);
	if (spki.length != prefix + ED25519_BYTES || memcmp(spki.data, ed25519_prefix, prefix) != 0)
		return false;
	jwk->kind = &kinds[3];
	buffer_append(&jwk->members[0], spki.data + prefix, ED25519_BYTES);
	return true;
}

/* Fills the members from an SPKI that key_check has passed. */
static bool take_checked(struct slice spki, struct jwk *jwk)
{
	struct public_key key;
	if (!public_key_split(spki, &key))
		return false;
	jwk->kind = kind_of_algorithm(key.algorithm);
	if (!jwk->kind)
		return false;
	size_t bytes = jwk->kind->member_bytes;
	switch (key.algorithm->family) {
	case ALGORITHM_RSA:
		buffer_append_slice(&jwk->members[0], key.exponent);
		buffer_append_slice(&jwk->members[1], key.modulus);
		return true;
	case ALGORITHM_EC:
		buffer_append(&jwk->members[0], key.bits.data + 1, bytes);
		buffer_append(&jwk->members[1], key.bits.data + 1 + bytes, bytes);
		return true;
	}
	return false;
}

static enum status read_pem(struct slice text, struct jwk *jwk, struct error *err)
{
	static const char *const labels[] = {"PUBLIC KEY", NULL};
	if (slice_find(text, slice_text("PRIVATE KEY-----")) >= 0) {
		(void)fail(err, INPUT, "the file holds a private key, which is not wanted here");
		return fail_hint(err, INPUT, "give its public half: openssl pkey -in FILE -pubout");
	}
	TRY(pem_read(text, labels, INPUT, &jwk->spki, err));
	struct slice spki = buffer_slice(&jwk->spki);
	if (take_ed25519(spki, jwk))
		return OK;
	TRY(key_check(spki, NULL, err));
	if (!take_checked(spki, jwk))
		return fail(err, KEY_TYPE, "the key is not EC, RSA or Ed25519");
	return OK;
}

/* --- a JWK --- */

/* "" when the member is absent or no text. */
static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_get_text(object, member);
	return text ? text : "";
}

static enum status find_kind(const json_t *object, const struct jwk_kind **ret, struct error *err)
{
	const char *kty = text_of(object, "kty");
	const char *crv = text_of(object, "crv");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		bool same_curve = kinds[i].crv ? strcmp(kinds[i].crv, crv) == 0
					       : !json_object_get(object, "crv");
		if (strcmp(kinds[i].kty, kty) == 0 && same_curve) {
			*ret = &kinds[i];
			return OK;
		}
	}
	return fail(err, KEY_TYPE,
		    "the JWK has kty \"%.20s\" and crv \"%.20s\"; EC with P-256, P-384 or P-521, "
		    "OKP with Ed25519, and RSA are taken",
		    kty, crv);
}

/* RFC 7518 section 2: base64url "with all trailing '=' characters omitted". */
static enum status read_member(const json_t *object, const struct jwk_kind *kind, const char *name,
			       struct buffer *ret, struct error *err)
{
	const char *text = json_get_text(object, name);
	if (!text || decode_base64url(slice_text(text), ret) != OK)
		return fail(err, INPUT,
			    "the member \"%s\" of the JWK is missing or not base64url without "
			    "padding",
			    name);
	if (kind->member_bytes && ret->length != kind->member_bytes)
		return fail(err, INPUT,
			    "the member \"%s\" of the JWK has %zu octets, on %s it has %zu", name,
			    ret->length, kind->crv, kind->member_bytes);
	/* RFC 7518 section 2, Base64urlUInt: "The octet sequence MUST utilize the minimum number of
	 * octets needed to represent the value." */
	if (!kind->member_bytes && (ret->length == 0 || ret->data[0] == 0))
		return fail(err, INPUT,
			    "the member \"%s\" of the JWK is empty or begins with a zero octet",
			    name);
	return OK;
}

static enum status refuse_private(const json_t *object, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(private_members); i++) {
		if (!json_object_get(object, private_members[i]))
			continue;
		(void)fail(err, INPUT, "the JWK holds the private member \"%s\"",
			   private_members[i]);
		return fail_hint(err, INPUT, "give the public members alone");
	}
	return OK;
}

/* The SubjectPublicKeyInfo of the members. */
static void write_spki(struct jwk *jwk)
{
	CLEANUP(buffer_release) struct buffer bits;
	struct slice first = buffer_slice(&jwk->members[0]);
	struct slice second = buffer_slice(&jwk->members[1]);
	const char *text = jwk->kind->spki;
	buffer_init(&bits, 2 * JWK_BYTES_MAX);
	if (!text) {
		buffer_append(&jwk->spki, ed25519_prefix, sizeof(ed25519_prefix));
		buffer_append_slice(&jwk->spki, first);
		return;
	}
	if (jwk->kind->member_bytes) {
		buffer_append_byte(&bits, 0x04);
		buffer_append_slice(&bits, first);
		buffer_append_slice(&bits, second);
	} else {
		size_t numbers = der_open(&bits, DER_SEQUENCE);
		der_put_unsigned(&bits, second);
		der_put_unsigned(&bits, first);
		der_close(&bits, numbers);
	}
	size_t spki = der_open(&jwk->spki, DER_SEQUENCE);
	buffer_append_slice(&jwk->spki, algorithm_named(text)->spki);
	der_put_bits(&jwk->spki, buffer_slice(&bits));
	der_close(&jwk->spki, spki);
}

static enum status read_jwk(struct slice text, struct jwk *jwk, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct error why = NO_ERROR;
	if (text.length > JWK_BYTES_MAX || json_read(text, &object, &why) != OK)
		return fail(err, INPUT, "the key is neither PEM nor one JWK: %s",
			    why.sentence[0] ? why.sentence : "it is too long");
	TRY(refuse_private(object, err));
	/* RFC 7517 section 4.2; an account key signs. */
	if (json_object_get(object, "use") && strcmp(text_of(object, "use"), "sig") != 0)
		return fail(err, INPUT, "the JWK is for the use \"%.20s\", not \"sig\"",
			    text_of(object, "use"));
	TRY(find_kind(object, &jwk->kind, err));
	for (size_t i = 0; i < MEMBERS_MAX && jwk->kind->members[i]; i++)
		TRY(read_member(object, jwk->kind, jwk->kind->members[i], &jwk->members[i], err));
	write_spki(jwk);
	return jwk->kind->spki ? key_check(buffer_slice(&jwk->spki), NULL, err) : OK;
}

/* --- Ed25519 --- */

struct curve {
	BIGNUM *prime, *d, *y, *y2, *u, *v, *x2;
};

/* x^2 = (y^2 - 1) / (d y^2 + 1) modulo p, and y itself; false when the library fails. */
static bool solve(const struct curve *c, BN_CTX *context)
{
	CLEANUP(openssl_bignum_freep) BIGNUM *inverse = BN_new();
	return inverse && BN_mod_sqr(c->y2, c->y, c->prime, context) && BN_copy(c->u, c->y2) &&
	       BN_sub_word(c->u, 1) && BN_nnmod(c->u, c->u, c->prime, context) &&
	       BN_mod_mul(c->v, c->d, c->y2, c->prime, context) && BN_add_word(c->v, 1) &&
	       BN_nnmod(c->v, c->v, c->prime, context) &&
	       BN_mod_inverse(inverse, c->v, c->prime, context) &&
	       BN_mod_mul(c->x2, c->u, inverse, c->prime, context);
}

/* RFC 8032 section 5.1.3, decoding; OpenSSL takes any 32 octets. */
static enum status check_ed25519(struct slice point, struct error *err)
{
	static const char prime[] =
		"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
	static const char d[] = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";
	CLEANUP(openssl_bignums_freep) BN_CTX *context = BN_CTX_new();
	CLEANUP(openssl_bignum_freep) BIGNUM *root = NULL;
	uint8_t octets[ED25519_BYTES];
	struct curve c = {0};
	bool on_curve = false, worked = false;
	memcpy(octets, point.data, sizeof(octets));
	bool odd = octets[ED25519_BYTES - 1] & 0x80;
	octets[ED25519_BYTES - 1] &= 0x7f;
	c.y = BN_lebin2bn(octets, sizeof(octets), NULL);
	c.y2 = BN_new(), c.u = BN_new(), c.v = BN_new(), c.x2 = BN_new();
	if (context && c.y && c.y2 && c.u && c.v && c.x2 && BN_hex2bn(&c.prime, prime) &&
	    BN_hex2bn(&c.d, d) && solve(&c, context)) {
		worked = true;
		root = BN_mod_sqrt(NULL, c.x2, c.prime, context);
		on_curve = BN_cmp(c.y, c.prime) < 0 && root && !(BN_is_zero(root) && odd);
	}
	BIGNUM *all[] = {c.prime, c.d, c.y, c.y2, c.u, c.v, c.x2};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		BN_free(all[i]);
	if (!worked)
		return openssl_fail(err, CRYPTO_FAILED, "could not check the Ed25519 key");
	ERR_clear_error();
	return on_curve ? OK : fail(err, KEY_WEAK, "the Ed25519 key is not a point on its curve");
}

/* --- the thumbprint --- */

/* RFC 7638 section 3.3: the required members alone, in lexicographic order, without white space. */
static void write_canonical(const struct jwk *jwk, struct buffer *out)
{
	CLEANUP(json_releasep) json_t *object = json_object();
	json_add_text(object, "kty", jwk->kind->kty);
	json_add_text(object, "crv", jwk->kind->crv);
	for (size_t i = 0; i < MEMBERS_MAX && jwk->kind->members[i]; i++) {
		CLEANUP(buffer_release) struct buffer text;
		buffer_init(&text, 2 * JWK_BYTES_MAX);
		encode_base64url(buffer_slice(&jwk->members[i]), &text);
		json_add_text(object, jwk->kind->members[i], buffer_text(&text));
	}
	json_write_sorted(object, out);
}

enum status jwk_thumbprint(struct slice text, char ret[THUMBPRINT_TEXT], struct error *err)
{
	CLEANUP(jwk_release) struct jwk jwk;
	CLEANUP(buffer_release) struct buffer canonical;
	CLEANUP(buffer_release) struct buffer thumbprint;
	jwk_init(&jwk);
	buffer_init(&canonical, 4 * JWK_BYTES_MAX);
	buffer_init(&thumbprint, THUMBPRINT_TEXT - 1);
	TRY(pem_is(text) ? read_pem(text, &jwk, err) : read_jwk(text, &jwk, err));
	if (!jwk.kind->spki)
		TRY(check_ed25519(buffer_slice(&jwk.members[0]), err));
	write_canonical(&jwk, &canonical);
	struct digest digest = digest_of(buffer_slice(&canonical));
	encode_base64url(slice_of(digest.bytes, DIGEST_BYTES), &thumbprint);
	memcpy(ret, buffer_text(&thumbprint), THUMBPRINT_TEXT);
	return OK;
}

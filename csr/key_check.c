/*
 * Whether a public key may be certified: type and encoding, size, exponent,
 * and the weaknesses that can be seen from outside (BR 6.1.1.3, 6.1.5, 6.1.6).
 * The Debian weak keys (BR 6.1.1.3 (4)) are a list of tens of megabytes that is
 * not shipped: they are not looked up here.
 */
#include "csr/key.h"

#include "base/memory.h"
#include "csr/openssl.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <stdbool.h>
#include <string.h>

static const struct {
	int bits;
	const char *text;
} rsa_sizes[] = {{2048, "rsa-2048"}, {3072, "rsa-3072"}, {4096, "rsa-4096"}};

static enum status rsa_size(const BIGNUM *modulus, const char **ret_text, struct error *err)
{
	int bits = BN_num_bits(modulus);
	for (size_t i = 0; i < ARRAY_LENGTH(rsa_sizes); i++)
		if (rsa_sizes[i].bits == bits) {
			*ret_text = rsa_sizes[i].text;
			return OK;
		}
	return fail(err, KEY_SIZE, "the RSA modulus has %d bits; 2048, 3072 and 4096 are allowed",
		    bits);
}

/* BR 6.1.6: "the value of the public exponent is an odd number equal to 3 or more. Additionally,
 * the public exponent SHOULD be in the range between 2^16+1 and 2^256-1." Held to both. */
static enum status rsa_exponent(const BIGNUM *exponent, struct error *err)
{
	if (!BN_is_odd(exponent))
		return fail(err, KEY_EXPONENT, "the RSA exponent is even");
	int bits = BN_num_bits(exponent);
	if (bits <= 16 || bits > 256)
		return fail(err, KEY_EXPONENT,
			    "the RSA exponent has %d bits and is not between 2^16+1 and 2^256-1",
			    bits);
	return OK;
}

/* BR 6.1.6: "The modulus SHOULD also have the following characteristics: an odd number, not the
 * power of a prime, and have no factors smaller than 752." */
static enum status rsa_small_factors(const BIGNUM *modulus, struct error *err)
{
	if (!BN_is_odd(modulus))
		return fail(err, KEY_WEAK, "the RSA modulus is even");
	for (BN_ULONG factor = 3; factor < 752; factor += 2)
		if (BN_mod_word(modulus, factor) == 0)
			return fail(err, KEY_WEAK, "the RSA modulus is divisible by %lu",
				    (unsigned long)factor);
	return OK;
}

/* Whether residue is a power of 65537 modulo prime. */
static bool is_power_of_65537(unsigned residue, unsigned prime)
{
	unsigned power = 1;
	do {
		if (power == residue)
			return true;
		power = power * (65537 % prime) % prime;
	} while (power != 1);
	return false;
}

/*
 * ROCA (CVE-2017-15361): Infineon's library made primes k * M + (65537^a mod M) with M the product
 * of the first primes, so that the modulus is a power of 65537 modulo each of them. A modulus of
 * other origin passes all 38 by chance once in about 2^27 (Nemec et al., CCS 2017, section 2.2).
 */
static enum status rsa_roca(const BIGNUM *modulus, struct error *err)
{
	static const unsigned char primes[] = {
		3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
		47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
		107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
	};
	static_assert(ARRAY_LENGTH(primes) == 38, "the odd primes up to 167");
	for (size_t i = 0; i < ARRAY_LENGTH(primes); i++)
		if (!is_power_of_65537((unsigned)BN_mod_word(modulus, primes[i]), primes[i]))
			return OK;
	return fail(err, KEY_WEAK, "the RSA modulus has the ROCA fingerprint (CVE-2017-15361)");
}

enum { FERMAT_ROUNDS = 100 };

/* root = floor(sqrt(number)), by Newton's method from above. */
static bool square_root(BIGNUM *root, const BIGNUM *number, BN_CTX *bignums)
{
	BN_CTX_start(bignums);
	BIGNUM *next = BN_CTX_get(bignums);
	bool done = next && BN_one(root) && BN_lshift(root, root, (BN_num_bits(number) + 1) / 2);
	while (done) {
		done = BN_div(next, NULL, number, root, bignums) && BN_add(next, next, root) &&
		       BN_rshift1(next, next);
		if (!done || BN_cmp(next, root) >= 0)
			break;
		done = BN_copy(root, next) != NULL;
	}
	BN_CTX_end(bignums);
	return done;
}

/* Squares have few residues modulo small numbers, so the root is seldom taken. */
static bool may_be_square(const BIGNUM *number)
{
	static const unsigned moduli[] = {64, 63, 65, 11, 17, 19, 23};
	for (size_t i = 0; i < ARRAY_LENGTH(moduli); i++) {
		unsigned residue = (unsigned)BN_mod_word(number, moduli[i]);
		unsigned root = 0;
		while (root < moduli[i] && root * root % moduli[i] != residue)
			root++;
		if (root == moduli[i])
			return false;
	}
	return true;
}

static bool is_square(const BIGNUM *number, BN_CTX *bignums)
{
	if (!may_be_square(number))
		return false;
	BN_CTX_start(bignums);
	BIGNUM *root = BN_CTX_get(bignums);
	BIGNUM *square = BN_CTX_get(bignums);
	bool result = square && square_root(root, number, bignums) &&
		      BN_sqr(square, root, bignums) && BN_cmp(square, number) == 0;
	BN_CTX_end(bignums);
	return result;
}

/*
 * BR 6.1.1.3: of the Close Primes vulnerability, "the CA SHALL reject weak keys which can be
 * factored within 100 rounds using Fermat's factorization method."
 * For n = a^2 - b^2 = (a + b)(a - b), tries a from the root of n upwards.
 */
static enum status rsa_close_primes(const BIGNUM *modulus, struct error *err)
{
	CLEANUP(openssl_bignums_freep) BN_CTX *bignums = BN_CTX_new();
	CLEANUP(openssl_bignum_freep) BIGNUM *a = BN_new();
	CLEANUP(openssl_bignum_freep) BIGNUM *b_squared = BN_new();
	if (!bignums || !a || !b_squared)
		memory_exhausted();
	if (!square_root(a, modulus, bignums))
		return openssl_fail(err, CRYPTO_FAILED, "could not take the root of the modulus");
	for (int round = 0; round <= FERMAT_ROUNDS; round++) {
		if (!BN_sqr(b_squared, a, bignums) || !BN_sub(b_squared, b_squared, modulus))
			return openssl_fail(err, CRYPTO_FAILED, "could not check the modulus");
		/* Round 0 finds the square of a prime; otherwise a is still below the root. */
		if (!BN_is_negative(b_squared) && is_square(b_squared, bignums))
			return fail(err, KEY_WEAK,
				    "the primes of the RSA modulus are close: factored in %d of "
				    "%d Fermat rounds",
				    round, FERMAT_ROUNDS);
		if (!BN_add_word(a, 1))
			return openssl_fail(err, CRYPTO_FAILED, "could not check the modulus");
	}
	return OK;
}

static enum status check_rsa(const EVP_PKEY *pair, const char **ret_text, struct error *err)
{
	CLEANUP(openssl_bignum_freep) BIGNUM *modulus = NULL;
	CLEANUP(openssl_bignum_freep) BIGNUM *exponent = NULL;
	if (EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1 ||
	    EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
		return openssl_fail(err, CRYPTO_FAILED, "could not read the RSA key");
	TRY(rsa_size(modulus, ret_text, err));
	TRY(rsa_exponent(exponent, err));
	TRY(rsa_small_factors(modulus, err));
	TRY(rsa_roca(modulus, err));
	return rsa_close_primes(modulus, err);
}

enum status key_check(struct slice spki_der, const char **ret_text, struct error *err)
{
	CLEANUP(key_freep) struct key *key = NULL;
	const char *text = NULL;
	TRY(key_from_public_der(spki_der, &key, err));

	const struct algorithm *algorithm = key_algorithm(key);
	switch (algorithm->family) {
	case ALGORITHM_RSA:
		TRY(check_rsa(key_openssl(key), &text, err));
		break;
	case ALGORITHM_EC:
		/* SP 800-56A section 5.6.2.3.4 (partial validation): reading the key has shown that
		 * the point is on the curve; the cofactor is 1 and the point is not at infinity. */
		text = algorithm->text;
		break;
	}
	if (ret_text)
		*ret_text = text;
	return OK;
}

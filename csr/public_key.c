/* A SubjectPublicKeyInfo taken apart: see public_key.h. */
#include "csr/public_key.h"

#include "csr/der.h"

#include <stdio.h>

/* A positive INTEGER in its shortest form, without the octet that keeps it positive. */
static bool take_positive(struct slice *rest, struct slice *ret)
{
	struct slice octets;
	if (!der_take(rest, DER_INTEGER, &octets, NULL) || octets.length == 0 ||
	    octets.data[0] & 0x80)
		return false;
	bool padded = octets.data[0] == 0 && octets.length > 1;
	if (padded && !(octets.data[1] & 0x80))
		return false;
	*ret = padded ? slice_of(octets.data + 1, octets.length - 1) : octets;
	return ret->data[0] != 0;
}

static int bit_length(struct slice octets)
{
	int bits = 8 * (int)octets.length;
	for (unsigned mask = 0x80; mask && !(octets.data[0] & mask); mask >>= 1)
		bits--;
	return bits;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static bool split_rsa(struct public_key *key)
{
	struct slice rest = key->bits;
	struct slice numbers;
	if (!der_take(&rest, DER_SEQUENCE, &numbers, NULL) || rest.length != 0 ||
	    !take_positive(&numbers, &key->modulus) || !take_positive(&numbers, &key->exponent) ||
	    numbers.length != 0)
		return false;
	key->modulus_bits = bit_length(key->modulus);
	return true;
}

bool public_key_split(struct slice spki_der, struct public_key *ret)
{
	struct public_key key = {.algorithm = algorithm_of_spki(spki_der)};
	struct slice content;
	struct slice bits;
	if (!key.algorithm || !der_take(&spki_der, DER_SEQUENCE, &content, NULL) ||
	    spki_der.length != 0 || !der_take(&content, DER_SEQUENCE, NULL, NULL) ||
	    !der_take(&content, DER_BIT_STRING, &bits, NULL) || content.length != 0)
		return false;
	if (bits.length < 2 || bits.data[0] != 0)
		return false;
	key.bits = slice_of(bits.data + 1, bits.length - 1);
	switch (key.algorithm->family) {
	case ALGORITHM_RSA:
		if (!split_rsa(&key))
			return false;
		break;
	case ALGORITHM_EC:
		/* RFC 5480 section 2.2: 04, X, Y. The compressed form is optional and not taken. */
		if (key.bits.length != key.algorithm->point_bytes || key.bits.data[0] != 0x04)
			return false;
		break;
	}
	*ret = key;
	return true;
}

const char *public_key_text(struct slice spki_der, char text[PUBLIC_KEY_TEXT])
{
	struct public_key key;
	if (!public_key_split(spki_der, &key))
		snprintf(text, PUBLIC_KEY_TEXT, "unknown");
	else if (key.algorithm->family == ALGORITHM_RSA)
		snprintf(text, PUBLIC_KEY_TEXT, "%s-%d", key.algorithm->text,
			 key.modulus_bits % 100000);
	else
		snprintf(text, PUBLIC_KEY_TEXT, "%s", key.algorithm->text);
	return text;
}

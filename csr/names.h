/*
 * The names that an order may carry: DNS names (IDNA 2008 A-labels), wildcard
 * names and IP addresses, and what the public suffix list says of them.
 * Rules: REQUIREMENTS DCV-01, DCV-02, A7, A31, BYO-02; RULES 1.3, 1.5, 1.9;
 * RFC 5891; RFC 6761 (special-use names). Pure: no network, no clock.
 */
#ifndef ISSUER_CSR_NAMES_H
#define ISSUER_CSR_NAMES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/network.h"

#include <stdbool.h>

enum { NAME_TEXT = 256 }; /* 253 octets, "*.", terminator */

enum name_kind { NAME_DNS, NAME_WILDCARD, NAME_IP };

struct name {
	enum name_kind kind;
	/* Lower-case A-labels, no trailing dot, "*." kept; or the address: dotted decimal (RFC 3986
	 * section 3.2.2), or by RFC 5952 section 4. */
	char ascii[NAME_TEXT];
	char unicode[4 * NAME_TEXT]; /* U-labels; equal to ascii when there is no xn-- label */
	struct address address;      /* NAME_IP only */
};

/* Which names are admitted besides public ones (names.private_suffixes, net.allow_prefixes), and
 * which public ones are not (names.excluded_prefixes). */
struct name_policy {
	const char *const *private_suffixes; /* lower-case A-labels without leading dot */
	size_t private_suffix_count;
	const struct address_prefix *private_prefixes; /* of reserved addresses */
	size_t private_prefix_count;
	const struct address_prefix *excluded_prefixes; /* of any addresses; they come first */
	size_t excluded_prefix_count;
};

/*
 * Reads a name as a person typed it (UTF-8, any case, optional trailing dot)
 * and decides whether it may be ordered.
 * NAME_INVALID (label rules, IDNA, length, underscore), WILDCARD_NESTED,
 * DOMAIN_NOT_PUBLIC (single label, special-use TLD, reverse zone, .onion,
 * unknown TLD, bare public suffix, wildcard on one), IP_NOT_GLOBAL (an address
 * that is reserved: BR 4.2.2), IP_EXCLUDED (by the policy).
 */
STATUS name_parse(const char *text, const struct name_policy *policy, struct name *ret,
		  struct error *err);

/* The rules of form alone, for names in requests: NAME_INVALID, WILDCARD_NESTED. */
STATUS name_normalise(const char *text, struct name *ret, struct error *err);

/* Whether a name that was read is an address: no domain name looks like one. */
bool name_is_address(const char *ascii);

/* The name that is asked about: without "*.". Borrowed from name. */
const char *name_without_wildcard(const struct name *name);

/* The base domain (public suffix, ICANN section, plus one label) of A-labels; a private suffix
 * admitted by policy counts as a public suffix. false when ascii is itself a suffix.
 * *ret points into ascii. RULES 1.3; A7. */
bool name_base_domain(const char *ascii, const struct name_policy *policy, const char **ret);

/* Whether child equals ancestor or lies below it (both lower-case A-labels). */
bool name_is_within(const char *child, const char *ancestor);

/* A host name in a redirect or CNAME: 1..253 octets of LDH or underscore labels, any case.
 * Lower-cases into ret[NAME_TEXT]. */
STATUS name_host(const char *text, char *ret, struct error *err);

/* Global according to the IANA special-purpose registries. csr/special_purpose.c holds the table;
 * *ret_registry (may be NULL) receives the entry's name when not global. */
bool address_is_global(const struct address *address, const char **ret_registry);
/* A Reserved IP Address (BR 1.6.1): in any entry of these registries, or not global. */
bool address_is_reserved(const struct address *address, const char **ret_registry);

#endif

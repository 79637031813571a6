/*
 * NSEC3 proofs: see denial.h. Names are hashed; a record at a hash says which
 * types that name has, and that no hash lies between its own and the next. A name
 * is shown not to be there by its closest encloser (RFC 5155 section 8.3):
 *
 *	a.b.example.  ← next closer name: its hash is covered
 *	  b.example.  ← closest encloser: its hash is there
 */
#include "net/denial.h"

#include "base/memory.h"
#include "net/dns_name.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An empty non-terminal has no bitmap of types: then the last of the six fields is absent. */
enum { HASH_SHA1 = 1, OPT_OUT_FLAG = 1, HASH_TEXT = 33, NSEC3_FIELDS = 5 };

static const struct denial nothing = {DENIAL_NONE, false};

/* The records of one NSEC3 chain: those with the parameters of the first that can be used. */
struct nsec3_chain {
	const struct denial_records *records;
	const ldns_rr *first; /* NULL: none */
};

/* RFC 5155 section 8.1: unknown hash types are ignored; section 8.2: so are flags other than zero
 * or one. */
static bool is_usable(const ldns_rr *nsec3)
{
	return ldns_rr_get_type(nsec3) == LDNS_RR_TYPE_NSEC3 &&
	       ldns_rr_rd_count(nsec3) >= NSEC3_FIELDS &&
	       ldns_nsec3_algorithm(nsec3) == HASH_SHA1 && ldns_nsec3_flags(nsec3) <= OPT_OUT_FLAG;
}

static struct nsec3_chain chain_of(const struct denial_records *records)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(records->list); i++)
		if (is_usable(ldns_rr_list_rr(records->list, i)))
			return (struct nsec3_chain){records, ldns_rr_list_rr(records->list, i)};
	return (struct nsec3_chain){records, NULL};
}

/* One label below the apex, of the same iterations and salt. */
static bool in_chain(const struct nsec3_chain *chain, const ldns_rr *nsec3)
{
	enum { ITERATIONS = 2, SALT = 3 };
	if (!is_usable(nsec3) ||
	    dns_name_labels(ldns_rr_owner(nsec3)) != dns_name_labels(chain->records->zone) + 1)
		return false;
	for (size_t i = ITERATIONS; i <= SALT; i++)
		if (ldns_rdf_compare(ldns_rr_rdf(nsec3, i), ldns_rr_rdf(chain->first, i)) != 0)
			return false;
	return true;
}

/* A name's hash as the text of a label: base32hex keeps the order of hashes. */
struct hash {
	char text[HASH_TEXT];
};

static bool hash_name(const struct nsec3_chain *chain, const ldns_rdf *name, struct hash *ret)
{
	const ldns_rr *first = chain->first;
	uint16_t iterations = ldns_nsec3_iterations(first);
	*chain->records->rounds += iterations + 1u;
	if (*chain->records->rounds > NSEC3_ROUNDS_MAX)
		return false;
	uint8_t *salt = ldns_nsec3_salt_data(first);
	ldns_rdf *hashed = ldns_nsec3_hash_name(name, HASH_SHA1, iterations,
						ldns_nsec3_salt_length(first), salt);
	free(salt);
	if (!hashed)
		return false;
	const uint8_t *label = ldns_rdf_data(hashed);
	bool fits = ldns_rdf_size(hashed) > HASH_TEXT && label[0] == HASH_TEXT - 1;
	if (fits) {
		memcpy(ret->text, label + 1, HASH_TEXT - 1);
		ret->text[HASH_TEXT - 1] = '\0';
	}
	ldns_rdf_deep_free(hashed);
	return fits;
}

/* The hash in the owner name of a record. */
static bool owner_hash(const ldns_rr *nsec3, struct hash *ret)
{
	const uint8_t *label = ldns_rdf_data(ldns_rr_owner(nsec3));
	if (label[0] != HASH_TEXT - 1)
		return false;
	memcpy(ret->text, label + 1, HASH_TEXT - 1);
	ret->text[HASH_TEXT - 1] = '\0';
	return true;
}

static bool next_hash(const ldns_rr *nsec3, struct hash *ret)
{
	CLEANUP(memory_freep) char *text = ldns_rdf2str(ldns_nsec3_next_owner(nsec3));
	if (!text || strlen(text) != HASH_TEXT - 1)
		return false;
	memcpy(ret->text, text, HASH_TEXT);
	return true;
}

static const ldns_rr *find_match(const struct nsec3_chain *chain, const ldns_rdf *name)
{
	struct hash wanted, owner;
	if (!hash_name(chain, name, &wanted))
		return NULL;
	const ldns_rr_list *list = chain->records->list;
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *nsec3 = ldns_rr_list_rr(list, i);
		if (in_chain(chain, nsec3) && owner_hash(nsec3, &owner) &&
		    strcasecmp(owner.text, wanted.text) == 0)
			return nsec3;
	}
	return NULL;
}

static bool lies_between(const char *hash, const char *owner, const char *next)
{
	/* The last record of the chain leads back to the first. */
	if (strcasecmp(owner, next) >= 0)
		return strcasecmp(hash, owner) > 0 || strcasecmp(hash, next) < 0;
	return strcasecmp(hash, owner) > 0 && strcasecmp(hash, next) < 0;
}

static const ldns_rr *find_cover(const struct nsec3_chain *chain, const ldns_rdf *name)
{
	struct hash wanted, owner, next;
	if (!hash_name(chain, name, &wanted))
		return NULL;
	const ldns_rr_list *list = chain->records->list;
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *nsec3 = ldns_rr_list_rr(list, i);
		if (in_chain(chain, nsec3) && owner_hash(nsec3, &owner) &&
		    next_hash(nsec3, &next) && lies_between(wanted.text, owner.text, next.text))
			return nsec3;
	}
	return NULL;
}

/* A closest encloser proof, RFC 5155 section 8.3. */
struct encloser {
	ldns_rdf name;
	bool opt_out; /* of the record that covers the next closer name */
};

static bool prove_encloser(const struct nsec3_chain *chain, const ldns_rdf *name,
			   struct encloser *ret)
{
	size_t labels = dns_name_labels(name), zone = dns_name_labels(chain->records->zone);
	for (size_t count = labels; count > zone; count--) {
		ldns_rdf next_closer = dns_name_suffix(name, count);
		ldns_rdf candidate = dns_name_suffix(name, count - 1);
		const ldns_rr *match = find_match(chain, &candidate);
		if (!match)
			continue;
		if (denial_is_cut(match))
			return false;
		const ldns_rr *cover = find_cover(chain, &next_closer);
		if (!cover)
			return false;
		*ret = (struct encloser){candidate, ldns_nsec3_optout(cover)};
		return true;
	}
	return false;
}

/* The name is not there; whether a wildcard is. */
static struct denial deny_wildcard(const struct nsec3_chain *chain, const struct encloser *encloser,
				   ldns_rr_type type)
{
	uint8_t wire[DNS_NAME_WIRE];
	ldns_rdf wildcard;
	if (dns_name_wildcard(&encloser->name, wire, &wildcard) != OK)
		return (struct denial){DENIAL_NAME, encloser->opt_out};
	const ldns_rr *match = find_match(chain, &wildcard);
	if (match) {
		struct denial at_wildcard = denial_by_bitmap(match, &wildcard, type);
		at_wildcard.opt_out = encloser->opt_out;
		return at_wildcard.kind == DENIAL_DATA ? at_wildcard : nothing;
	}
	if (find_cover(chain, &wildcard))
		return (struct denial){DENIAL_NAME, encloser->opt_out};
	/* Section 8.6: by opt-out the name may be that of an unsigned delegation. */
	return encloser->opt_out ? (struct denial){DENIAL_DELEGATION, true} : nothing;
}

static struct denial deny_type(const struct nsec3_chain *chain, const ldns_rdf *name,
			       ldns_rr_type type)
{
	struct encloser encloser;
	const ldns_rr *match = find_match(chain, name);
	if (match)
		return denial_by_bitmap(match, name, type);
	if (!prove_encloser(chain, name, &encloser))
		return nothing;
	return deny_wildcard(chain, &encloser, type);
}

static struct denial deny_closer(const struct nsec3_chain *chain, const ldns_rdf *name,
				 const ldns_rdf *closest)
{
	ldns_rdf next_closer = dns_name_suffix(name, dns_name_labels(closest) + 1);
	const ldns_rr *cover = find_cover(chain, &next_closer);
	return cover ? (struct denial){DENIAL_NAME, ldns_nsec3_optout(cover)} : nothing;
}

struct denial nsec3_deny(const struct denial_records *records, const struct denial_subject *subject)
{
	struct nsec3_chain chain = chain_of(records);
	if (!chain.first)
		return nothing;
	if (ldns_nsec3_iterations(chain.first) > NSEC3_ITERATIONS_MAX)
		return (struct denial){DENIAL_COSTLY, false};
	struct denial denial = subject->closest
				       ? deny_closer(&chain, subject->name, subject->closest)
				       : deny_type(&chain, subject->name, subject->type);
	/* Half a search proves nothing. */
	return *records->rounds > NSEC3_ROUNDS_MAX ? nothing : denial;
}

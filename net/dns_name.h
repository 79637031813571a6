/*
 * Names between their two forms: text, as the rest of the program has them, and
 * the uncompressed wire form of RFC 1035 section 3.1 that ldns works on.
 */
#ifndef ISSUER_NET_DNS_NAME_H
#define ISSUER_NET_DNS_NAME_H

#include "csr/names.h"

#include <ldns/ldns.h>

enum { DNS_NAME_WIRE = 255 };

/* Lower-case text without trailing dot ("" is the root) into ret[NAME_TEXT]; INPUT when a label
 * holds an octet that no host name has. */
STATUS dns_name_from_wire(const ldns_rdf *wire, char *ret);
/* A new name that the caller frees with dns_name_freep; INPUT when text is no name. */
STATUS dns_name_to_wire(const char *text, ldns_rdf **ret);
void dns_name_freep(ldns_rdf **name);

/* The last labels labels of a name, which must have as many: a view into it, never freed. */
ldns_rdf dns_name_suffix(const ldns_rdf *name, size_t labels);
/* Labels without the root's. */
size_t dns_name_labels(const ldns_rdf *name);
/* Whether child equals ancestor or lies below it. */
bool dns_name_within(const ldns_rdf *child, const ldns_rdf *ancestor);
bool dns_name_equal(const ldns_rdf *a, const ldns_rdf *b);
/* How many labels both end with. */
size_t dns_name_common(const ldns_rdf *a, const ldns_rdf *b);
bool dns_name_is_wildcard(const ldns_rdf *name);
/* The first count labels of head before tail, as a view into wire[DNS_NAME_WIRE]; INPUT when it
 * would be longer than a name may be. */
STATUS dns_name_join(const ldns_rdf *head, size_t count, const ldns_rdf *tail, uint8_t *wire,
		     ldns_rdf *ret);
/* "*." before name, in the same way. */
STATUS dns_name_wildcard(const ldns_rdf *name, uint8_t *wire, ldns_rdf *ret);

#endif

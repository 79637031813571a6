/*
 * Names between text and wire: see dns_name.h. The labels of an uncompressed
 * name lie one after the other, so every ancestor of a name is its tail and
 * needs no memory of its own.
 */
#include "net/dns_name.h"

#include <ctype.h>
#include <string.h>

static bool is_host_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* A wire name has at most 255 octets, so the text fits. */
enum status dns_name_from_wire(const ldns_rdf *wire, char *ret)
{
	if (!wire || ldns_rdf_size(wire) == 0 || ldns_rdf_size(wire) >= NAME_TEXT)
		return INPUT;
	const uint8_t *data = ldns_rdf_data(wire);
	size_t size = ldns_rdf_size(wire), at = 0, out = 0;
	char text[NAME_TEXT];
	while (at < size && data[at] != 0) {
		size_t label = data[at++];
		if (label > LDNS_MAX_LABELLEN || at + label >= size)
			return INPUT;
		if (out > 0)
			text[out++] = '.';
		for (; label > 0; label--, at++) {
			uint8_t c = data[at];
			if (c >= 'A' && c <= 'Z')
				c = (uint8_t)(c - 'A' + 'a');
			if (!is_host_octet(c))
				return INPUT;
			text[out++] = (char)c;
		}
	}
	text[out] = '\0';
	memcpy(ret, text, out + 1);
	return OK;
}

enum status dns_name_to_wire(const char *text, ldns_rdf **ret)
{
	ldns_rdf *name = ldns_dname_new_frm_str(text[0] ? text : ".");
	if (!name)
		return INPUT;
	*ret = name;
	return OK;
}

void dns_name_freep(ldns_rdf **name)
{
	ldns_rdf_deep_free(*name);
	*name = NULL;
}

static ldns_rdf view(uint8_t *wire, size_t length)
{
	ldns_rdf name = {
		._size = length,
		._type = LDNS_RDF_TYPE_DNAME,
		._data = wire,
	};
	return name;
}

/* Where the label with that number starts; names in ldns are well-formed. */
static size_t label_offset(const ldns_rdf *name, size_t number)
{
	const uint8_t *data = ldns_rdf_data(name);
	size_t at = 0;
	for (; number > 0; number--)
		at += 1u + data[at];
	return at;
}

size_t dns_name_labels(const ldns_rdf *name)
{
	const uint8_t *data = ldns_rdf_data(name);
	size_t count = 0;
	for (size_t at = 0; data[at] != 0; at += 1u + data[at])
		count++;
	return count;
}

ldns_rdf dns_name_suffix(const ldns_rdf *name, size_t labels)
{
	size_t offset = label_offset(name, dns_name_labels(name) - labels);
	return view(ldns_rdf_data(name) + offset, ldns_rdf_size(name) - offset);
}

/* Labels hold at most 63 octets, so a length never equals a letter: lengths may be compared as
 * if they were letters too. */
static bool same_octets(const ldns_rdf *a, const ldns_rdf *b)
{
	const uint8_t *left = ldns_rdf_data(a), *right = ldns_rdf_data(b);
	if (ldns_rdf_size(a) != ldns_rdf_size(b))
		return false;
	for (size_t i = 0; i < ldns_rdf_size(a); i++)
		if (tolower(left[i]) != tolower(right[i]))
			return false;
	return true;
}

bool dns_name_equal(const ldns_rdf *a, const ldns_rdf *b)
{
	return same_octets(a, b);
}

bool dns_name_within(const ldns_rdf *child, const ldns_rdf *ancestor)
{
	size_t labels = dns_name_labels(ancestor);
	if (dns_name_labels(child) < labels)
		return false;
	ldns_rdf tail = dns_name_suffix(child, labels);
	return same_octets(&tail, ancestor);
}

size_t dns_name_common(const ldns_rdf *a, const ldns_rdf *b)
{
	size_t labels = dns_name_labels(a);
	for (; labels > 0; labels--) {
		ldns_rdf tail = dns_name_suffix(a, labels);
		if (dns_name_within(b, &tail))
			break;
	}
	return labels;
}

bool dns_name_is_wildcard(const ldns_rdf *name)
{
	const uint8_t *data = ldns_rdf_data(name);
	return ldns_rdf_size(name) > 2 && data[0] == 1 && data[1] == '*';
}

enum status dns_name_join(const ldns_rdf *head, size_t count, const ldns_rdf *tail, uint8_t *wire,
			  ldns_rdf *ret)
{
	size_t length = label_offset(head, count);
	if (length + ldns_rdf_size(tail) > DNS_NAME_WIRE)
		return INPUT;
	memcpy(wire, ldns_rdf_data(head), length);
	memcpy(wire + length, ldns_rdf_data(tail), ldns_rdf_size(tail));
	*ret = view(wire, length + ldns_rdf_size(tail));
	return OK;
}

enum status dns_name_wildcard(const ldns_rdf *name, uint8_t *wire, ldns_rdf *ret)
{
	static uint8_t asterisk[] = {1, '*', 0};
	ldns_rdf label = view(asterisk, sizeof(asterisk));
	return dns_name_join(&label, 1, name, wire, ret);
}

/*
 * Names that may be ordered: see names.h.
 *
 *   text --form--> A-labels --admission--> NAME_DNS | NAME_WILDCARD | NAME_IP
 *
 * Form (name_normalise) is what IDNA 2008 and LDH labels allow; admission
 * (name_parse) is whether the name is in the public name space: reserved names
 * first, then the public suffix list. A private suffix of the policy counts as
 * a public suffix and comes before both. For addresses it is whether they are
 * reserved (csr/special_purpose.c), and what the policy says.
 */
#include "csr/names.h"

#include "csr/public_suffix.h"

#include <ctype.h>
#include <idn2.h>
#include <string.h>

enum { LABEL_OCTETS_MAX = 63, NAME_OCTETS_MAX = 253, INPUT_OCTETS_MAX = 1024 };

/* Names that are never in the public name space. The public suffix list counts onion and arpa as
 * public, and knows nothing of the others. Example domains such as example.com are ordinary. */
static const struct {
	const char *suffix;
	const char *source;
} reserved_names[] = {
	{"test", "RFC 6761 section 6.2"},
	{"localhost", "RFC 6761 section 6.3"},
	{"invalid", "RFC 6761 section 6.4"},
	{"example", "RFC 6761 section 6.5"},
	{"local", "RFC 6762 section 3"},
	{"onion", "RFC 7686"},
	{"alt", "RFC 9476"},
	{"internal", "ICANN resolution 2024.07.29.06"},
	{"home.arpa", "RFC 8375"},
	{"in-addr.arpa", "BR 4.2.2, IP reverse zone suffix"},
	{"ip6.arpa", "BR 4.2.2, IP reverse zone suffix"},
	{"arpa", "RFC 3172, infrastructure domain"},
};

bool name_is_within(const char *child, const char *ancestor)
{
	size_t child_length = strlen(child);
	size_t length = strlen(ancestor);
	if (child_length < length || strcmp(child + child_length - length, ancestor) != 0)
		return false;
	return child_length == length || child[child_length - length - 1] == '.';
}

const char *name_without_wildcard(const struct name *name)
{
	return name->kind == NAME_WILDCARD ? name->ascii + strlen("*.") : name->ascii;
}

/* ---- form ---- */

/* Which octets besides letters and digits a label may hold. */
enum label_form { LABEL_LDH, LABEL_LDH_OR_UNDERSCORE };

/* Whether a label is letters, digits and inner hyphens, 1..63 of them. */
static bool label_is_ldh(struct slice label, enum label_form form)
{
	if (label.length == 0 || label.length > LABEL_OCTETS_MAX || label.data[0] == '-' ||
	    label.data[label.length - 1] == '-')
		return false;
	for (size_t i = 0; i < label.length; i++) {
		uint8_t octet = label.data[i];
		bool underscore = octet == '_' && form == LABEL_LDH_OR_UNDERSCORE;
		if (octet >= 0x80 || (!isalnum(octet) && octet != '-' && !underscore))
			return false;
	}
	return true;
}

/* Cuts the label before the next dot off *rest; false at the end. */
static bool next_label(const char **rest, struct slice *ret)
{
	if (!*rest)
		return false;
	const char *dot = strchr(*rest, '.');
	*ret = slice_of(*rest, dot ? (size_t)(dot - *rest) : strlen(*rest));
	*rest = dot ? dot + 1 : NULL;
	return true;
}

/* RFC 5890 section 2.3.1: labels with "--" in the third and fourth position are reserved; of them
 * only A-labels ("xn--") are in use. BR 7.1.2.7.12 asks for P-Labels or Non-Reserved LDH Labels. */
static bool label_is_reserved(struct slice label)
{
	return label.length >= 4 && memcmp(label.data + 2, "--", 2) == 0 &&
	       memcmp(label.data, "xn", 2) != 0;
}

/* Whether the last label would be read as (part of) an IPv4 address by a browser or inet_aton. */
static bool label_is_number(struct slice label)
{
	size_t at = 0;
	bool hexadecimal = label.length >= 2 && label.data[0] == '0' && label.data[1] == 'x';
	for (at = hexadecimal ? 2 : 0; at < label.length; at++)
		if (!(hexadecimal ? isxdigit(label.data[at]) : isdigit(label.data[at])))
			return false;
	return true;
}

static enum status check_labels(const char *ascii, const char *text, struct error *err)
{
	const char *rest = ascii;
	struct slice label = SLICE_NONE;
	while (next_label(&rest, &label)) {
		if (!label_is_ldh(label, LABEL_LDH))
			return fail(err, NAME_INVALID,
				    "\"%s\" has the label \"%.*s\", which is not 1 to 63 letters, "
				    "digits and inner hyphens",
				    text, (int)label.length, (const char *)label.data);
		if (label_is_reserved(label))
			return fail(err, NAME_INVALID,
				    "\"%s\" has the label \"%.*s\", which is reserved (RFC 5890 "
				    "section 2.3.1)",
				    text, (int)label.length, (const char *)label.data);
	}
	if (label_is_number(label))
		return fail(err, NAME_INVALID, "\"%s\" ends in a number, as an address does", text);
	return OK;
}

static void lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* U-labels of A-labels into ret[size]; and back again, which must give the same (RFC 5891 section
 * 5.4). */
static enum status to_unicode(const char *ascii, const char *text, char *ret, size_t size,
			      struct error *err)
{
	char *unicode = NULL;
	char *again = NULL;
	int outcome = idn2_to_unicode_8z8z(ascii, &unicode, 0);
	if (outcome == IDN2_OK)
		outcome = idn2_lookup_u8((const uint8_t *)unicode, (uint8_t **)&again,
					 IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	bool same = outcome == IDN2_OK && strcasecmp(again, ascii) == 0;
	enum status status = OK;
	if (!same)
		status = fail(err, NAME_INVALID, "\"%s\" is not a valid internationalised name: %s",
			      text,
			      outcome == IDN2_OK ? "its A-label does not survive a round trip"
						 : idn2_strerror(outcome));
	else if (strlen(unicode) >= size)
		status = fail(err, NAME_INVALID, "\"%s\" is too long", text);
	else
		memcpy(ret, unicode, strlen(unicode) + 1);
	idn2_free(unicode);
	idn2_free(again);
	return status;
}

/* IDNA 2008 (RFC 5891), with the mapping of UTS 46, non-transitional. LDH is checked afterwards:
 * libidn2's own flag for it removes the offending octets silently. */
static enum status to_ascii(const char *host, const char *text, char ret[NAME_TEXT],
			    struct error *err)
{
	uint8_t *ascii = NULL;
	int outcome = idn2_lookup_u8((const uint8_t *)host, &ascii,
				     IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (outcome != IDN2_OK)
		return fail(err, NAME_INVALID, "\"%s\" is not a valid domain name: %s", text,
			    idn2_strerror(outcome));
	/* The root's dot, which may have been typed as an ideographic full stop. */
	size_t length = strlen((const char *)ascii);
	if (length > 0 && ascii[length - 1] == '.')
		ascii[--length] = '\0';
	if (length == 0) {
		idn2_free(ascii);
		return fail(err, NAME_INVALID, "\"%s\" has no labels", text);
	}
	if (length > NAME_OCTETS_MAX) {
		idn2_free(ascii);
		return fail(err, NAME_INVALID, "\"%s\" is %zu octets long; %d are allowed", text,
			    length, NAME_OCTETS_MAX);
	}
	memcpy(ret, ascii, length + 1);
	idn2_free(ascii);
	lower(ret);
	return OK;
}

/* An address, with or without brackets when it is IPv6. Octal, hexadecimal and short forms of IPv4,
 * which readers understand in different ways, and zones are no addresses here, nor are they names:
 * check_labels refuses a last label that is a number. */
static bool parse_address(const char *text, struct name *ret)
{
	char inner[ADDRESS_TEXT];
	size_t length = strlen(text);
	bool bracketed = length >= 2 && text[0] == '[' && text[length - 1] == ']';
	if (bracketed) {
		text++;
		length -= 2;
	}
	if (length >= sizeof(inner))
		return false;
	memcpy(inner, text, length);
	inner[length] = '\0';
	struct name name = {.kind = NAME_IP};
	if (address_parse(inner, &name.address) != OK ||
	    (bracketed && name.address.family != ADDRESS_V6))
		return false;
	address_text(&name.address, name.ascii);
	memcpy(name.unicode, name.ascii, ADDRESS_TEXT);
	*ret = name;
	return true;
}

bool name_is_address(const char *ascii)
{
	struct address address;
	return address_parse(ascii, &address) == OK;
}

/* The lengths have been checked. */
static void prefixed(char *ret, const char *prefix, const char *rest)
{
	size_t length = strlen(prefix);
	memcpy(ret, prefix, length);
	memcpy(ret + length, rest, strlen(rest) + 1);
}

enum status name_normalise(const char *text, struct name *ret, struct error *err)
{
	if (parse_address(text, ret))
		return OK;
	size_t length = strlen(text);
	if (length == 0 || length > INPUT_OCTETS_MAX)
		return fail(err, NAME_INVALID, "a name of %zu octets is not a domain name", length);

	struct name name = {.kind = NAME_DNS};
	const char *prefix = "";
	char host[INPUT_OCTETS_MAX + 1];
	if (strncmp(text, "*.", 2) == 0) {
		name.kind = NAME_WILDCARD;
		prefix = "*.";
	}
	memcpy(host, text + strlen(prefix), length - strlen(prefix) + 1);
	if (strchr(host, '*'))
		return fail(err, WILDCARD_NESTED,
			    "\"%s\" has a * other than as its whole leftmost label", text);
	char ascii[NAME_TEXT];
	char unicode[sizeof(name.unicode)];
	TRY(to_ascii(host, text, ascii, err));
	TRY(check_labels(ascii, text, err));
	TRY(to_unicode(ascii, text, unicode, sizeof(unicode) - strlen("*."), err));
	if (strlen(prefix) + strlen(ascii) > NAME_OCTETS_MAX)
		return fail(err, NAME_INVALID, "\"%s\" is longer than %d octets", text,
			    NAME_OCTETS_MAX);
	prefixed(name.ascii, prefix, ascii);
	prefixed(name.unicode, prefix, unicode);
	*ret = name;
	return OK;
}

enum status name_host(const char *text, char *ret, struct error *err)
{
	size_t length = strlen(text);
	char host[NAME_TEXT];
	if (length > 0 && text[length - 1] == '.')
		length--;
	if (length == 0 || length > NAME_OCTETS_MAX)
		return fail(err, NAME_INVALID, "a host name of %zu octets is not 1 to %d long",
			    length, NAME_OCTETS_MAX);
	memcpy(host, text, length);
	host[length] = '\0';
	lower(host);

	const char *rest = host;
	struct slice label;
	while (next_label(&rest, &label))
		if (!label_is_ldh(label, LABEL_LDH_OR_UNDERSCORE))
			return fail(
				err, NAME_INVALID,
				"the host name \"%s\" has the label \"%.*s\", which is not 1 to "
				"63 letters, digits, underscores and inner hyphens",
				host, (int)label.length, (const char *)label.data);
	memcpy(ret, host, length + 1);
	return OK;
}

/* ---- admission ---- */

/* The longest private suffix that ascii is or lies below; NULL when none. */
static const char *private_suffix_of(const char *ascii, const struct name_policy *policy)
{
	const char *longest = NULL;
	for (size_t i = 0; policy && i < policy->private_suffix_count; i++) {
		const char *suffix = policy->private_suffixes[i];
		if (name_is_within(ascii, suffix) && (!longest || strlen(suffix) > strlen(longest)))
			longest = suffix;
	}
	return longest;
}

/* The suffix that registrations are made under, as a tail of ascii; NULL when nothing is known. */
static const char *suffix_of(const char *ascii, const struct name_policy *policy)
{
	const char *private_suffix = private_suffix_of(ascii, policy);
	if (private_suffix)
		return ascii + strlen(ascii) - strlen(private_suffix);
	return public_suffix_of(ascii);
}

bool name_base_domain(const char *ascii, const struct name_policy *policy, const char **ret)
{
	const char *suffix = suffix_of(ascii, policy);
	if (!suffix || suffix == ascii)
		return false;
	const char *base = suffix - 1; /* the dot */
	while (base > ascii && base[-1] != '.')
		base--;
	*ret = base;
	return true;
}

static enum status check_reserved(const char *host, const char *text, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(reserved_names); i++)
		if (name_is_within(host, reserved_names[i].suffix))
			return fail(err, DOMAIN_NOT_PUBLIC,
				    "\"%s\" lies under the reserved name %s (%s)", text,
				    reserved_names[i].suffix, reserved_names[i].source);
	return OK;
}

/* BR 4.2.2: no Internal Names; BR 3.2.2.6: no wildcard on a public suffix. */
static enum status admit_dns(const struct name *name, const struct name_policy *policy,
			     const char *text, struct error *err)
{
	const char *host = name_without_wildcard(name);
	if (!private_suffix_of(host, policy))
		TRY(check_reserved(host, text, err));
	const char *suffix = suffix_of(host, policy);
	if (!suffix && !strchr(host, '.'))
		return fail(err, DOMAIN_NOT_PUBLIC, "\"%s\" is a single label", text);
	if (!suffix)
		return fail(err, DOMAIN_NOT_PUBLIC,
			    "\"%s\" ends in \"%s\", which is no public suffix", text,
			    strrchr(host, '.') + 1);
	if (suffix == host)
		return fail(err, DOMAIN_NOT_PUBLIC,
			    "\"%s\" is %s public suffix, which nobody holds", text,
			    name->kind == NAME_WILDCARD ? "a wildcard on a" : "itself a");
	return OK;
}

/* The one of the prefixes that holds the address; NULL when none does. */
static const struct address_prefix *holder(const struct address_prefix *prefixes, size_t count,
					   const struct address *address)
{
	for (size_t i = 0; i < count; i++)
		if (address_in_prefix(address, &prefixes[i]))
			return &prefixes[i];
	return NULL;
}

/* IPv4-mapped and IPv4-compatible addresses (RFC 4291 section 2.5.5), but not :: and ::1: another
 * way to write an IPv4 address, so never a subject of its own. */
static bool is_ipv4_in_ipv6(const struct address *address)
{
	static const uint8_t zeros[16];
	static const uint8_t ones[2] = {0xff, 0xff};
	const uint8_t *bytes = address->bytes;
	if (address->family != ADDRESS_V6 || memcmp(bytes, zeros, 10) != 0)
		return false;
	return memcmp(bytes + 10, ones, 2) == 0 ||
	       (memcmp(bytes + 10, zeros, 2) == 0 && memcmp(bytes + 12, zeros, 3) != 0);
}

/* BR 4.2.2: "CAs SHALL NOT issue Certificates containing Internal Names or Reserved IP Addresses".
 */
static enum status admit_address(const struct name *name, const struct name_policy *policy,
				 struct error *err)
{
	static const struct name_policy public_names = {.private_suffix_count = 0};
	const struct name_policy *admitted = policy ? policy : &public_names;
	const struct address *address = &name->address;
	const struct address_prefix *excluded =
		holder(admitted->excluded_prefixes, admitted->excluded_prefix_count, address);
	char text[ADDRESS_TEXT];
	const char *registry;
	if (excluded)
		return fail(err, IP_EXCLUDED, "%s lies in %s/%d, which is excluded here",
			    name->ascii, address_text(&excluded->address, text), excluded->bits);
	if (!address_is_reserved(address, &registry))
		return OK;
	if (!is_ipv4_in_ipv6(address) &&
	    holder(admitted->private_prefixes, admitted->private_prefix_count, address))
		return OK;
	return fail(err, IP_NOT_GLOBAL, "%s is %s: %s", name->ascii,
		    address_is_global(address, NULL) ? "reserved" : "not a global address",
		    registry);
}

enum status name_parse(const char *text, const struct name_policy *policy, struct name *ret,
		       struct error *err)
{
	struct name name;
	TRY(name_normalise(text, &name, err));
	switch (name.kind) {
	case NAME_IP:
		TRY(admit_address(&name, policy, err));
		break;
	case NAME_DNS:
	case NAME_WILDCARD:
		TRY(public_suffix_ready(err));
		TRY(admit_dns(&name, policy, text, err));
		break;
	}
	*ret = name;
	return OK;
}

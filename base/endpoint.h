/* An IP address and a port. */
#ifndef ISSUER_BASE_ENDPOINT_H
#define ISSUER_BASE_ENDPOINT_H

#include "base/error.h"

#include <stdint.h>

enum address_family { ADDRESS_NONE = 0, ADDRESS_V4 = 4, ADDRESS_V6 = 6 };

struct address {
	enum address_family family;
	uint8_t bytes[16]; /* network order; the first 4 for IPv4 */
};

struct endpoint {
	struct address address;
	uint16_t port; /* host order */
};

enum { ADDRESS_TEXT = 46, ENDPOINT_TEXT = 56 };

/* Dotted IPv4 or IPv6 without brackets or zone; INPUT otherwise. */
STATUS address_parse(const char *text, struct address *ret);
const char *address_text(const struct address *address, char *text);
/* How many of bytes are used: 4 or 16. */
int address_octets(enum address_family family);
int address_equal(const struct address *a, const struct address *b);
/* ADDR, ADDR:PORT, [V6] or [V6]:PORT; without a port default_port. INPUT otherwise. */
STATUS endpoint_parse(const char *text, uint16_t default_port, struct endpoint *ret);
/* ADDR:PORT or [V6]:PORT. */
const char *endpoint_text(const struct endpoint *endpoint, char *text);

enum { ADDRESS_REVERSE_TEXT = 80 };
/* The name of the address in in-addr.arpa (RFC 1035 section 3.5) or ip6.arpa (RFC 3596 section
 * 2.5). Into text[ADDRESS_REVERSE_TEXT]; returns text. */
const char *address_reverse_name(const struct address *address, char *text);

#endif

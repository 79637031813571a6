/*
 * Which addresses are global, and which are reserved: the IANA IPv4 and IPv6
 * Special-Purpose Address Registries (RFC 6890, RFC 8190; as of 2025-04), plus
 * multicast and the IPv6 space that is not global unicast. Nothing is ever
 * fetched from what is not global. Certificates are refused for more: BR 1.6.1,
 * "Reserved IP Address: An IPv4 or IPv6 address that is contained in the address
 * block of any entry in either of the following IANA registries", so also for the
 * entries that are globally reachable.
 *
 * The first row that holds an address decides, so the exceptions inside a
 * block stand above it. "N/A" in the registry counts as not global.
 */
#include "csr/names.h"

#include "base/network.h"

#include <string.h>

/* GLOBAL: an entry that is globally reachable; ORDINARY: no entry at all. */
enum reach { NOT_GLOBAL, GLOBAL, ORDINARY };

struct special_purpose {
	struct address_prefix prefix;
	enum reach reach;
	const char *name;
};

#define V4(bits, ...)                                                                              \
	{                                                                                          \
		{ADDRESS_V4, {__VA_ARGS__}}, bits                                                  \
	}
#define V6(bits, ...)                                                                              \
	{                                                                                          \
		{ADDRESS_V6, {__VA_ARGS__}}, bits                                                  \
	}

/* clang-format off */
static const struct special_purpose special_purposes[] = {
	{V4(8,  0),                NOT_GLOBAL, "0.0.0.0/8 \"This network\""},
	{V4(8,  10),               NOT_GLOBAL, "10.0.0.0/8 Private-Use"},
	{V4(10, 100, 64),          NOT_GLOBAL, "100.64.0.0/10 Shared Address Space"},
	{V4(8,  127),              NOT_GLOBAL, "127.0.0.0/8 Loopback"},
	{V4(16, 169, 254),         NOT_GLOBAL, "169.254.0.0/16 Link Local"},
	{V4(12, 172, 16),          NOT_GLOBAL, "172.16.0.0/12 Private-Use"},
	{V4(32, 192, 0, 0, 9),     GLOBAL,     "192.0.0.9/32 Port Control Protocol Anycast"},
	{V4(32, 192, 0, 0, 10),    GLOBAL,     "192.0.0.10/32 Traversal Using Relays around NAT Anycast"},
	{V4(24, 192, 0, 0),        NOT_GLOBAL, "192.0.0.0/24 IETF Protocol Assignments"},
	{V4(24, 192, 0, 2),        NOT_GLOBAL, "192.0.2.0/24 Documentation (TEST-NET-1)"},
	{V4(24, 192, 88, 99),      NOT_GLOBAL, "192.88.99.0/24 Deprecated (6to4 Relay Anycast)"},
	{V4(16, 192, 168),         NOT_GLOBAL, "192.168.0.0/16 Private-Use"},
	{V4(15, 198, 18),          NOT_GLOBAL, "198.18.0.0/15 Benchmarking"},
	{V4(24, 198, 51, 100),     NOT_GLOBAL, "198.51.100.0/24 Documentation (TEST-NET-2)"},
	{V4(24, 203, 0, 113),      NOT_GLOBAL, "203.0.113.0/24 Documentation (TEST-NET-3)"},
	{V4(4,  224),              NOT_GLOBAL, "224.0.0.0/4 Multicast"},
	{V4(32, 255, 255, 255, 255), NOT_GLOBAL, "255.255.255.255/32 Limited Broadcast"},
	{V4(4,  240),              NOT_GLOBAL, "240.0.0.0/4 Reserved"},
	{V4(24, 192, 31, 196),     GLOBAL,     "192.31.196.0/24 AS112-v4"},
	{V4(24, 192, 52, 193),     GLOBAL,     "192.52.193.0/24 AMT"},
	{V4(24, 192, 175, 48),     GLOBAL,     "192.175.48.0/24 Direct Delegation AS112 Service"},
	{V4(0,  0),                ORDINARY,   "global unicast"},

	{V6(128, [15] = 1),        NOT_GLOBAL, "::1/128 Loopback Address"},
	{V6(128, 0),               NOT_GLOBAL, "::/128 Unspecified Address"},
	{V6(96,  [10] = 0xff, 0xff), NOT_GLOBAL, "::ffff:0:0/96 IPv4-mapped Address"},
	{V6(96,  0, 0x64, 0xff, 0x9b), GLOBAL, "64:ff9b::/96 IPv4-IPv6 Translat."},
	{V6(48,  0, 0x64, 0xff, 0x9b, 0, 1), NOT_GLOBAL, "64:ff9b:1::/48 IPv4-IPv6 Translat."},
	{V6(64,  1),               NOT_GLOBAL, "100::/64 Discard-Only Address Block"},
	{V6(64,  1, [7] = 1),      NOT_GLOBAL, "100:0:0:1::/64 Dummy IPv6 Prefix"},
	{V6(128, 0x20, 1, 0, 1, [15] = 1), GLOBAL, "2001:1::1/128 Port Control Protocol Anycast"},
	{V6(128, 0x20, 1, 0, 1, [15] = 2), GLOBAL, "2001:1::2/128 Traversal Using Relays around NAT Anycast"},
	{V6(128, 0x20, 1, 0, 1, [15] = 3), GLOBAL, "2001:1::3/128 DNS-SD Service Registration Protocol Anycast"},
	{V6(32,  0x20, 1, 0, 3),   GLOBAL,     "2001:3::/32 AMT"},
	{V6(48,  0x20, 1, 0, 4, 1, 0x12), GLOBAL, "2001:4:112::/48 AS112-v6"},
	{V6(28,  0x20, 1, 0, 0x20), GLOBAL,    "2001:20::/28 ORCHIDv2"},
	{V6(28,  0x20, 1, 0, 0x30), GLOBAL,    "2001:30::/28 Drone Remote ID Protocol Entity Tags (DETs) Prefix"},
	{V6(32,  0x20, 1),         NOT_GLOBAL, "2001::/32 TEREDO"},
	{V6(48,  0x20, 1, 0, 2),   NOT_GLOBAL, "2001:2::/48 Benchmarking"},
	{V6(28,  0x20, 1, 0, 0x10), NOT_GLOBAL, "2001:10::/28 Deprecated (previously ORCHID)"},
	{V6(23,  0x20, 1),         NOT_GLOBAL, "2001::/23 IETF Protocol Assignments"},
	{V6(32,  0x20, 1, 0x0d, 0xb8), NOT_GLOBAL, "2001:db8::/32 Documentation"},
	{V6(16,  0x20, 2),         NOT_GLOBAL, "2002::/16 6to4"},
	{V6(20,  0x3f, 0xff),      NOT_GLOBAL, "3fff::/20 Documentation"},
	{V6(48,  0x26, 0x20, 0, 0x4f, 0x80), GLOBAL, "2620:4f:8000::/48 Direct Delegation AS112 Service"},
	{V6(3,   0x20),            ORDINARY,   "2000::/3 global unicast"},
	{V6(16,  0x5f),            NOT_GLOBAL, "5f00::/16 Segment Routing (SRv6) SIDs"},
	{V6(7,   0xfc),            NOT_GLOBAL, "fc00::/7 Unique-Local"},
	{V6(10,  0xfe, 0x80),      NOT_GLOBAL, "fe80::/10 Link-Local Unicast"},
	{V6(8,   0xff),            NOT_GLOBAL, "ff00::/8 Multicast"},
	{V6(0,   0),               NOT_GLOBAL, "outside 2000::/3 global unicast"},
};
/* clang-format on */

/* 64:ff9b::/96 (RFC 6052) leads to the IPv4 address in its last four octets. RFC 6052 section 3.1:
 * "The Well-Known Prefix MUST NOT be used to represent non-global IPv4 addresses". */
static struct address translated(const struct address *address)
{
	static const struct address_prefix well_known = V6(96, 0, 0x64, 0xff, 0x9b);
	if (!address_in_prefix(address, &well_known))
		return *address;
	struct address inner = {.family = ADDRESS_V4};
	memcpy(inner.bytes, address->bytes + 12, 4);
	return inner;
}

static const struct special_purpose *purpose_of(const struct address *address)
{
	for (size_t i = 0; i < ARRAY_LENGTH(special_purposes); i++)
		if (address_in_prefix(address, &special_purposes[i].prefix))
			return &special_purposes[i];
	return NULL;
}

bool address_is_global(const struct address *address, const char **ret_registry)
{
	struct address judged = translated(address);
	const struct special_purpose *purpose = purpose_of(&judged);
	if (purpose && purpose->reach != NOT_GLOBAL)
		return true;
	if (ret_registry)
		*ret_registry = purpose ? purpose->name : "not an address";
	return false;
}

bool address_is_reserved(const struct address *address, const char **ret_registry)
{
	const struct special_purpose *purpose = purpose_of(address);
	if (purpose && purpose->reach == ORDINARY)
		return false;
	if (ret_registry)
		*ret_registry = purpose ? purpose->name : "not an address";
	return true;
}

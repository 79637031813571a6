/*
 * Network perspectives: where on the Internet somebody looks from (BR 1.6.1
 * "Network Perspective"), read from the configuration, weighed by the quorum rules.
 */
#ifndef ISSUER_BASE_PERSPECTIVE_H
#define ISSUER_BASE_PERSPECTIVE_H

#include "base/endpoint.h"

#include <stddef.h>

/* As many as one conversation may ask side by side. */
enum { PERSPECTIVES_MAX = 16 };

/* Service regions of the Regional Internet Registries. */
#define REGIONS(X)                                                                                 \
	X(AFRINIC, "afrinic")                                                                      \
	X(APNIC, "apnic")                                                                          \
	X(ARIN, "arin")                                                                            \
	X(LACNIC, "lacnic")                                                                        \
	X(RIPE_NCC, "ripe-ncc")

#define X(name, wire) REGION_##name,
enum region { REGIONS(X) REGION_COUNT };
#undef X

/* The wire names, ending with NULL. */
extern const char *const region_names[REGION_COUNT + 1];

struct place {
	int region;        /* enum region */
	int latitude_udeg; /* millionths of a degree; north and east are positive */
	int longitude_udeg;
};

/* "35.68" or "-139.7": at most six digits after the point, and at most most degrees either way;
 * INPUT otherwise. */
STATUS place_degrees_parse(const char *text, int most, int *ret_udeg);
/* In a straight line, through a sphere of the Earth's mean radius, rounded down. */
int place_distance_km(const struct place *a, const struct place *b);

struct perspective {
	const char *id;
	const char *url;         /* https://HOST[:PORT][/PATH], without a slash at the end */
	struct endpoint address; /* really connected to */
	struct place place;
	struct place resolver; /* of the DNS resolver that it asks */
};

#endif

/*
 * The members "corroboration" and "perspective" of issuer.yaml: their tables, and
 * how their texts become values. Used by configuration.c.
 */
#ifndef ISSUER_POLICY_PERSPECTIVE_PART_H
#define ISSUER_POLICY_PERSPECTIVE_PART_H

#include "policy/column.h"
#include "policy/configuration.h"

/* As they stand in the file. */
struct place_part {
	int region;
	const char *latitude; /* NULL: the place is not given */
	const char *longitude;
};

struct corroboration_part {
	const char *certificate; /* NULL: there is no such mapping */
	const char *key;
	const char *ca;
	struct place_part place;
	struct place_part resolver;
	struct rows perspectives;
};

struct perspective_part {
	const char *listen; /* NULL: there is no such mapping */
	const char *certificate;
	const char *key;
	const char *client_ca;
	const char *pack;
};

extern const struct group corroboration_group;
extern const struct group perspective_group;

/* Leaves *ret untouched when there is no such mapping. remotes has room for PERSPECTIVES_MAX and
 * outlives *ret. CONFIGURATION naming the perspective and the value. */
STATUS corroboration_take(const struct corroboration_part *part, struct perspective *remotes,
			  struct configuration_corroboration *ret, struct error *err);
STATUS perspective_take(const struct perspective_part *part, struct configuration_perspective *ret,
			struct error *err);

#endif

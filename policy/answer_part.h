/*
 * The member "answers" of issuer.yaml: its table, and how its texts become values.
 * Used by configuration.c.
 */
#ifndef ISSUER_POLICY_ANSWER_PART_H
#define ISSUER_POLICY_ANSWER_PART_H

#include "policy/column.h"
#include "policy/configuration.h"

/* As it stands in the file. */
struct answer_part {
	const char *listen; /* NULL: nothing is served */
	const char *proxies[ANSWER_PROXIES_MAX];
	size_t proxy_count;
	const char *agent_domains[ANSWER_AGENTS_MAX];
	size_t agent_domain_count;
	int language;                         /* enum language */
	struct configuration_answers answers; /* the rest; what is taken goes here too */
	struct address_prefix prefixes[ANSWER_PROXIES_MAX];
};

extern const struct group answer_group;

/* arena has what agent_domains become. CONFIGURATION naming the member and the value. */
STATUS answers_take(struct arena *arena, struct answer_part *part, struct error *err);

#endif

/*
 * The members "mail" and "iodef" of issuer.yaml: their tables, and how their texts
 * become values. Used by configuration.c.
 */
#ifndef ISSUER_POLICY_MAIL_PART_H
#define ISSUER_POLICY_MAIL_PART_H

#include "base/civil.h"
#include "policy/column.h"
#include "policy/configuration.h"

/* As they stand in the file. */
struct mail_part {
	const char *server;
	struct configuration_mail mail; /* the rest */
	int starttls;                   /* enum mail_security */
	int languages;                  /* enum message_languages */
};

struct iodef_part {
	struct configuration_iodef iodef;
	int send; /* enum iodef_send */
};

#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"
#define MAIL_DEFAULTS                                                                              \
	{                                                                                          \
		.mail =                                                                            \
		{.ca_file = SYSTEM_ROOTS,                                                          \
		 .timeout_ms = 60000,                                                              \
		 .tries = 12,                                                                      \
		 .retry = {.first_ms = 5 * MINUTE_MS, .factor = 2, .longest_ms = 4 * HOUR_MS} }    \
	}
#define IODEF_DEFAULTS                                                                             \
	{                                                                                          \
		.iodef = {                                                                         \
			.ca_file = SYSTEM_ROOTS,                                                   \
			.timeout_ms = 20000,                                                       \
			.tries = 8,                                                                \
			.retry = {.first_ms = 5 * MINUTE_MS, .factor = 3, .longest_ms = DAY_MS}    \
		}                                                                                  \
	}

extern const struct group mail_group;
extern const struct group iodef_group;

/* CONFIGURATION when members contradict each other, or one that the others need is missing. */
STATUS mail_take(const struct network *network, struct mail_part *part, struct error *err);
STATUS iodef_take(const struct configuration_mail *mail, struct iodef_part *part,
		  struct error *err);

#endif

/*
 * Where a WHOIS answer says that more is known: "refer:" of IANA's server, and
 * "Registrar WHOIS Server:" of a thin registry (RULES section 3). Only the line
 * is read here; whether to follow it is not decided here.
 */
#include "validators/whois.h"

#include "validators/whois_label.h"

#include <string.h>

/* The first that is named wins. */
static const char *const referral_labels[] = {"refer", "registrar whois server", "whois server",
					      "registrar whois", "whois"};

/* "whois.example", "whois://whois.example:43/": the host. */
static const char *host_of(const char *value, struct arena *arena)
{
	char host[NAME_TEXT];
	const char *scheme = strstr(value, "://");
	const char *start = scheme ? scheme + 3 : value;
	if (scheme && strncmp(value, "whois", 5) != 0 && strncmp(value, "rwhois", 6) != 0)
		return NULL;
	char *token = arena_bytes(arena, slice_of(start, strcspn(start, " \t:/")));
	if (!strchr(token, '.') || name_host(token, host, NULL) != OK)
		return NULL;
	return arena_text(arena, host);
}

const char *whois_referral(const struct whois_reading *reading)
{
	for (size_t i = 0; i < ARRAY_LENGTH(referral_labels); i++) {
		for (size_t k = 0; k < reading->lines.count; k++) {
			const struct whois_line *line = &reading->lines.lines[k];
			char label[64];
			if (line->kind != LINE_PAIR)
				continue;
			whois_label_normalise(line->label, label, sizeof(label));
			const char *host = strcmp(label, referral_labels[i]) == 0
						   ? host_of(line->value, reading->arena)
						   : NULL;
			if (host)
				return host;
		}
	}
	return NULL;
}

/*
 * Steps and the wire names of how they end: see step.h. The names stand in
 * evidence, so a row may be added but never renamed.
 */
#include "net/step.h"

#include <assert.h>
#include <string.h>

/* clang-format off */
static const char *const dns_outcome_names[] = {
	[DNS_ANSWERED]    = "answered",
	[DNS_SERVFAIL]    = "servfail",
	[DNS_REFUSED]     = "refused",
	[DNS_TIMED_OUT]   = "timed-out",
	[DNS_UNREACHABLE] = "unreachable",
	[DNS_MALFORMED]   = "malformed",
};
static_assert(ARRAY_LENGTH(dns_outcome_names) == DNS_MALFORMED + 1, "one name an outcome");

static const char *const http_outcome_names[] = {
	[HTTP_ANSWERED]       = "answered",
	[HTTP_TIMED_OUT]      = "timed-out",
	[HTTP_CONNECT_FAILED] = "connect-failed",
	[HTTP_TLS_FAILED]     = "tls-failed",
	[HTTP_BROKEN]         = "broken",
};
static_assert(ARRAY_LENGTH(http_outcome_names) == HTTP_BROKEN + 1, "one name an outcome");

static const char *const line_outcome_names[] = {
	[LINE_ANSWERED]       = "answered",
	[LINE_TIMED_OUT]      = "timed-out",
	[LINE_CONNECT_FAILED] = "connect-failed",
	[LINE_BROKEN]         = "broken",
};
static_assert(ARRAY_LENGTH(line_outcome_names) == LINE_BROKEN + 1, "one name an outcome");
static const char *const tls_outcome_names[] = {
	[TLS_AGREED]         = "agreed",
	[TLS_TIMED_OUT]      = "timed-out",
	[TLS_CONNECT_FAILED] = "connect-failed",
	[TLS_REFUSED]        = "refused",
	[TLS_BROKEN]         = "broken",
};
static_assert(ARRAY_LENGTH(tls_outcome_names) == TLS_BROKEN + 1, "one name an outcome");
/* clang-format on */

struct step *steps_add(struct steps *steps, enum step_kind kind)
{
	/* Each validator bounds what it asks for; passing the bound is our own mistake. */
	assert(steps->count < STEPS_MAX);
	struct step *step = &steps->list[steps->count++];
	memset(step, 0, sizeof(*step));
	step->kind = kind;
	step->id = ++steps->next_id;
	return step;
}

/* The row with that name, or -1. */
static int name_row(const char *const *names, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], text) == 0)
			return (int)i;
	return -1;
}

const char *dns_outcome_text(enum dns_outcome outcome)
{
	return dns_outcome_names[outcome];
}

enum status dns_outcome_parse(const char *text, enum dns_outcome *ret)
{
	int row = name_row(dns_outcome_names, ARRAY_LENGTH(dns_outcome_names), text);
	if (row < 0)
		return INPUT;
	*ret = (enum dns_outcome)row;
	return OK;
}

const char *http_outcome_text(enum http_outcome outcome)
{
	return http_outcome_names[outcome];
}

enum status http_outcome_parse(const char *text, enum http_outcome *ret)
{
	int row = name_row(http_outcome_names, ARRAY_LENGTH(http_outcome_names), text);
	if (row < 0)
		return INPUT;
	*ret = (enum http_outcome)row;
	return OK;
}

const char *line_outcome_text(enum line_outcome outcome)
{
	return line_outcome_names[outcome];
}

enum status line_outcome_parse(const char *text, enum line_outcome *ret)
{
	int row = name_row(line_outcome_names, ARRAY_LENGTH(line_outcome_names), text);
	if (row < 0)
		return INPUT;
	*ret = (enum line_outcome)row;
	return OK;
}

const char *tls_outcome_text(enum tls_outcome outcome)
{
	return tls_outcome_names[outcome];
}

enum status tls_outcome_parse(const char *text, enum tls_outcome *ret)
{
	int row = name_row(tls_outcome_names, ARRAY_LENGTH(tls_outcome_names), text);
	if (row < 0)
		return INPUT;
	*ret = (enum tls_outcome)row;
	return OK;
}

/* The outcomes as data: see status.h, the only list. */
#include "base/status.h"

#include <assert.h>
#include <string.h>

struct status_row {
	const char *code;
	const char *title;
	enum exit_status exit;
	enum status_retry retry;
};

static const struct status_row rows[] = {
#define X(name, wire, exit_class, retry_class, text)                                               \
	[name] = {wire, text, EXIT_STATUS_##exit_class, RETRY_##retry_class},
	STATUSES(X)
#undef X
};
static_assert(sizeof(rows) / sizeof(rows[0]) == STATUS_COUNT, "every status has a row");

const char *status_code(enum status status)
{
	return rows[status].code;
}

const char *status_title(enum status status)
{
	return rows[status].title;
}

enum exit_status status_exit(enum status status)
{
	return rows[status].exit;
}

enum status_retry status_retry(enum status status)
{
	return rows[status].retry;
}

enum status status_from_code(const char *code)
{
	for (enum status s = OK; s < STATUS_COUNT; s++)
		if (strcmp(rows[s].code, code) == 0)
			return s;
	return STATUS_COUNT;
}

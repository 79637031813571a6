/* The columns of an applicant file: see applicant_file.h. */
#include "policy/applicant_file.h"

#include "csr/account.h"
#include "policy/column.h"

#include <string.h>

const char *const applicant_types[] = {
	"registered_corporation",
	"national_government",
	"local_government",
	"public_school",
	"private_school",
	"qualified_professional_office",
	"voluntary_association",
	"sole_proprietor",
	"individual",
	NULL,
};

/* clang-format off */
static const struct column columns[] = {
	{"reference", COLUMN_TEXT, NEED_ALWAYS, AT(applicant_file, reference)},
	{"name",      COLUMN_TEXT, NEED_ALWAYS, AT(applicant_file, name)},
	{"type",      COLUMN_TEXT, NEED_ALWAYS, AT(applicant_file, type), .words = applicant_types},
	{"country",   COLUMN_TEXT, NEED_NEVER,  AT(applicant_file, country)},
	{"account_uri", COLUMN_TEXT, NEED_NEVER, AT(applicant_file, account_uri)},
	{"account_key", COLUMN_TEXT, NEED_NEVER, AT(applicant_file, account_key)},
};
/* clang-format on */

static const struct group applicant_group = {
	.columns = columns,
	.column_count = ARRAY_LENGTH(columns),
	.size = sizeof(struct applicant_file),
};

/* The path of a file that another one names. */
static const char *beside(const char *path, const char *name, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	if (name[0] == '/' || !slash)
		return name;
	return arena_printf(arena, "%.*s/%s", (int)(slash - path), path, name);
}

static enum status read_key(const char *path, struct arena *arena, struct applicant_file *file,
			    struct error *err)
{
	struct slice text;
	const char *key = beside(path, file->account_key, arena);
	enum status status = document_bytes(key, INPUT, arena, &text, err);
	if (status == NOT_FOUND)
		return fail(err, INPUT, "%s: account_key names %s, which is not there", path, key);
	TRY(status);
	status = jwk_thumbprint(text, file->account_thumbprint, err);
	return status == OK ? OK : fail_prefix(err, "%s", key);
}

enum status applicant_file_load(const char *path, struct arena *arena, struct applicant_file *ret,
				struct error *err)
{
	struct reading reading = {.path = path, .status = INPUT, .arena = arena};
	struct applicant_file file;
	TRY(group_load(&applicant_group, &reading, &file, err));
	if (file.account_uri && account_uri_check(file.account_uri, err) != OK)
		return fail_prefix(err, "%s: account_uri", path);
	if (file.account_key)
		TRY(read_key(path, arena, &file, err));
	*ret = file;
	return OK;
}

/* The columns of an applicant file: see applicant_file.h. */
#include "policy/applicant_file.h"

#include "policy/column.h"

static const char *const types[] = {
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
	{"type",      COLUMN_TEXT, NEED_ALWAYS, AT(applicant_file, type), .words = types},
	{"country",   COLUMN_TEXT, NEED_NEVER,  AT(applicant_file, country)},
};
/* clang-format on */

static const struct group applicant_group = {
	.columns = columns,
	.column_count = ARRAY_LENGTH(columns),
	.size = sizeof(struct applicant_file),
};

enum status applicant_file_load(const char *path, struct arena *arena, struct applicant_file *ret,
				struct error *err)
{
	struct reading reading = {.path = path, .status = INPUT, .arena = arena};
	return group_load(&applicant_group, &reading, ret, err);
}

/* A temporary folder of rule files: see folder.h. */
#include "folder.h"

#include "base/memory.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* cmocka wants these before it. */
#include <setjmp.h>
#include <cmocka.h>

static const char *const shipped[] = {
	"packs/agency.yaml",
	"packs/public-tls.yaml",
	"catalogue/products.yaml",
	"catalogue/cas.yaml",
	"catalogue/providers.yaml",
	"templates/ask/subject.ja",
	"templates/ask/subject.en",
	"templates/ask/text.ja",
	"templates/ask/text.en",
	"templates/ask/html.ja",
	"templates/ask/html.en",
	"templates/ask/frame.html",
	"templates/ask/roles.ja",
	"templates/ask/roles.en",
	"templates/ask/call.ja",
	"templates/ask/call.en",
	"templates/ask/organisation-call.ja",
	"templates/ask/organisation-call.en",
};

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	struct buffer text;
	buffer_init(&text, 1 << 20);
	char chunk[4096];
	size_t length;
	while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(&text, chunk, length);
	assert_int_equal(fclose(file), 0);
	return (char *)buffer_steal(&text, &length);
}

int folder_setup(void **state)
{
	struct folder *folder = memory_new(1, sizeof(*folder));
	(void)snprintf(folder->path, sizeof(folder->path), "/tmp/issuer-policy-XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	(void)snprintf(folder->data, sizeof(folder->data), "%.60s/data", folder->path);
	(void)snprintf(folder->home, sizeof(folder->home), "%.60s/home", folder->path);
	for (size_t i = 0; i < ARRAY_LENGTH(shipped); i++) {
		char source[512], name[FOLDER_PATH];
		(void)snprintf(source, sizeof(source), ISSUER_SOURCE_DIR "/policy/data/%s",
			       shipped[i]);
		(void)snprintf(name, sizeof(name), "data/%s", shipped[i]);
		char *text = read_file(source);
		folder_write(folder, name, text);
		free(text);
	}
	*state = folder;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type, (void)at;
	return remove(path);
}

int folder_teardown(void **state)
{
	struct folder *folder = *state;
	int result = nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(folder);
	return result;
}

static void path_of(const struct folder *folder, const char *name, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/%s", folder->path, name);
}

void folder_write_bytes(const struct folder *folder, const char *name, struct slice bytes)
{
	char path[2 * FOLDER_PATH];
	path_of(folder, name, path, sizeof(path));
	for (char *slash = strchr(path + strlen(folder->path) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
	assert_int_equal(fclose(file), 0);
}

void folder_write(const struct folder *folder, const char *name, const char *text)
{
	folder_write_bytes(folder, name, slice_text(text));
}

char *folder_text(const struct folder *folder, const char *name)
{
	char path[2 * FOLDER_PATH];
	path_of(folder, name, path, sizeof(path));
	return read_file(path);
}

void folder_replace(const struct folder *folder, const char *name, const char *old, const char *new)
{
	char *text = folder_text(folder, name);
	const char *at = strstr(text, old);
	assert_non_null(at);
	assert_null(strstr(at + 1, old));
	free(text);
	folder_replace_first(folder, name, old, new);
}

void folder_replace_first(const struct folder *folder, const char *name, const char *old,
			  const char *new)
{
	char *text = folder_text(folder, name);
	const char *at = strstr(text, old);
	assert_non_null(at);
	char *changed = memory_printf("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	folder_write(folder, name, changed);
	free(changed);
	free(text);
}

struct policy *folder_load(const struct folder *folder)
{
	struct policy *policy = NULL;
	struct error err = NO_ERROR;
	enum status status = policy_load(folder->data, folder->home, &policy, &err);
	if (status != OK)
		fail_msg("%s: %s", status_code(status), err.sentence);
	return policy;
}

void folder_refuses(const struct folder *folder, enum status status, ...)
{
	struct policy *policy = NULL;
	struct error err = NO_ERROR;
	assert_string_equal(status_code(policy_load(folder->data, folder->home, &policy, &err)),
			    status_code(status));
	assert_int_equal(err.status, status);
	assert_null(policy);
	/* The status does not hang on somebody wanting the sentence. */
	assert_int_equal(policy_load(folder->data, folder->home, &policy, NULL), status);
	va_list pieces;
	va_start(pieces, status);
	for (const char *piece = va_arg(pieces, const char *); piece;
	     piece = va_arg(pieces, const char *)) {
		if (!strstr(err.sentence, piece) && !strstr(err.hint, piece))
			fail_msg("\"%s\" is not in \"%s\" [%s]", piece, err.sentence, err.hint);
	}
	va_end(pieces);
}

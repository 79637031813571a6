/* Public test corpora: see corpus.h. */
#include "tests/csr/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { CORPUS_BYTES_MAX = 4 * 1024 * 1024 };

bool corpus_available(const char *corpus)
{
	if (getenv("ISSUER_CORPORA"))
		return true;
	printf("corpus %s: skipped, ISSUER_CORPORA is not set\n", corpus);
	return false;
}

void corpus_read(const char *path, struct buffer *out)
{
	char whole[512];
	char piece[4096];
	size_t length;
	snprintf(whole, sizeof(whole), "%s/%s", getenv("ISSUER_CORPORA"), path);
	FILE *file = fopen(whole, "rb");
	if (!file)
		fail_msg("could not open %s", whole);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(out, piece, length);
	fclose(file);
	assert_int_equal(out->overflowed, 0);
}

json_t *corpus_json(const char *path)
{
	struct buffer text;
	buffer_init(&text, CORPUS_BYTES_MAX);
	corpus_read(path, &text);
	json_t *value = json_loads(buffer_text(&text), 0, NULL);
	buffer_release(&text);
	if (!value)
		fail_msg("%s is not JSON", path);
	return value;
}

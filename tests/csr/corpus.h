/* Public test corpora, read from the folder that ISSUER_CORPORA names. */
#ifndef ISSUER_TESTS_CSR_CORPUS_H
#define ISSUER_TESTS_CSR_CORPUS_H

#include "base/bytes.h"
#include "base/json.h"

#include <stdbool.h>

/* false, saying so, when ISSUER_CORPORA is not set. */
bool corpus_available(const char *corpus);
/* The bytes of a file of the corpora; fails the test when it is not there. */
void corpus_read(const char *path, struct buffer *out);
/* The same as JSON, an object or an array; the caller drops the reference. */
json_t *corpus_json(const char *path);

#endif

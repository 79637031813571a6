/* PEM as csr/ reads it; written by pem_write in csr/request.h. */
#ifndef ISSUER_CSR_PEM_H
#define ISSUER_CSR_PEM_H

#include "base/bytes.h"
#include "base/error.h"
#include "csr/request.h"

#include <stdbool.h>

/* Whether there is a PEM block in the bytes. */
bool pem_is(struct slice bytes);
/* The DER of the one block, whose label is one of labels (NULL at the end; the first is named in
 * errors), appended to out. Any other form fails with the status malformed. */
STATUS pem_read(struct slice text, const char *const *labels, enum status malformed,
		struct buffer *out, struct error *err);

#endif

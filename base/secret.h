/*
 * Key material. The bytes live in locked pages where the system allows it, are
 * left out of core dumps, and are wiped when freed. There is no formatter, and
 * nothing but csr/ looks inside.
 */
#ifndef ISSUER_BASE_SECRET_H
#define ISSUER_BASE_SECRET_H

#include "base/bytes.h"

struct secret;

/* A copy of bytes (NULL bytes.data: length zero bytes). */
struct secret *secret_new(struct slice bytes);
/* Wipes and frees; NULL is allowed. */
void secret_free(struct secret *secret);
void secret_freep(struct secret **secret);
/* Borrowed until secret_free. */
struct slice secret_bytes(const struct secret *secret);
uint8_t *secret_writable(struct secret *secret);

#endif

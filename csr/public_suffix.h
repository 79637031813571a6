/*
 * The public suffix list as the system has installed it, loaded when first
 * asked for. BR 3.2.2.6: "If using the PSL, a CA SHOULD consult the "ICANN
 * DOMAINS" section only, not the "PRIVATE DOMAINS" section."
 */
#ifndef ISSUER_CSR_PUBLIC_SUFFIX_H
#define ISSUER_CSR_PUBLIC_SUFFIX_H

#include "base/error.h"

/* FILE_FAILED when there is no list: then no name can be judged. */
STATUS public_suffix_ready(struct error *err);
/* The longest public suffix that ascii (lower-case A-labels) is or lies below: a tail of ascii.
 * NULL when its top-level domain is not listed. */
const char *public_suffix_of(const char *ascii);

#endif

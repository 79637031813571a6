/* A root, an issuing certificate and a leaf's parameters, for tests. */
#ifndef ISSUER_TESTS_CSR_HIERARCHY_H
#define ISSUER_TESTS_CSR_HIERARCHY_H

#include "csr/certificate.h"

#define HIERARCHY_START INT64_C(1795305600000) /* 2026-11-22T00:00:00Z */

struct hierarchy {
	struct key *root_key;
	struct key *issuing_key;
	struct key *leaf_key;
	struct buffer root;
	struct buffer issuing;
	struct buffer spki;
	struct certificate_leaf_params leaf; /* for two names, 90 days */
};

void hierarchy_init(struct hierarchy *hierarchy, enum key_type issuing, enum key_type leaf);
void hierarchy_release(struct hierarchy *hierarchy);

#endif

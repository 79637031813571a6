/*
 * An applicant as a file gives it (order create --applicant FILE): reference, name, type, country,
 * account. The types are those of REQUIREMENTS 1.B, and "individual".
 */
#ifndef ISSUER_POLICY_APPLICANT_FILE_H
#define ISSUER_POLICY_APPLICANT_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "csr/jwk.h"

struct applicant_file {
	const char *reference; /* the tenant's own word for the applicant */
	const char *name;      /* legal name */
	const char *type;
	const char *country;     /* ISO 3166-1 alpha-2; NULL: not given */
	const char *account_uri; /* RFC 8657 section 3; NULL: not given */
	const char *account_key; /* file of a public key, seen from this file; NULL: not given */
	char account_thumbprint[THUMBPRINT_TEXT]; /* of account_key; "" without one */
};

/* The types, ends with NULL. */
extern const char *const applicant_types[];

/* Strings in the arena. NOT_FOUND (err untouched) when there is no such file; INPUT citing key and
 * value; of the key's file INPUT or KEY_*. */
STATUS applicant_file_load(const char *path, struct arena *arena, struct applicant_file *ret,
			   struct error *err);

#endif

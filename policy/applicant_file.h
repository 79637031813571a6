/*
 * An applicant as a file gives it (order create --applicant FILE): reference, name, type, country.
 * The types are those of REQUIREMENTS 1.B, and "individual".
 */
#ifndef ISSUER_POLICY_APPLICANT_FILE_H
#define ISSUER_POLICY_APPLICANT_FILE_H

#include "base/arena.h"
#include "base/error.h"

struct applicant_file {
	const char *reference; /* the tenant's own word for the applicant */
	const char *name;      /* legal name */
	const char *type;
	const char *country; /* ISO 3166-1 alpha-2; NULL: not given */
};

/* Strings in the arena. NOT_FOUND (err untouched) when there is no such file; INPUT citing key and
 * value. */
STATUS applicant_file_load(const char *path, struct arena *arena, struct applicant_file *ret,
			   struct error *err);

#endif

/*
 * Validations: the reusable facts about names and organisations. Whether one
 * still counts is decided when it is used; nothing is ever marked expired.
 */
#ifndef ISSUER_STORE_VALIDATION_H
#define ISSUER_STORE_VALIDATION_H

#include "store/states.h"
#include "store/store.h"

struct validation_record {
	int64_t id;
	enum validation_subject subject;
	int64_t applicant_id;
	const char *domain; /* ADN; for caa the name ordered */
	const char *method;
	const char *label; /* what records call the method, BR 5.4.1 */
	const char *ca;    /* caa: the CA row; else "" */
	int64_t authorization_id;
	int64_t attempt;
	int64_t evidence_id;
	const char *pack;
	const char *pack_digest;
	int64_t began_at;
	int64_t validated_at;
	int64_t ttl_s;          /* caa: the TTL that bounds it */
	const char *value_hash; /* SHA-256 of the value that was shown, hexadecimal; NULL: none */
	int64_t withdrawn_at;   /* 0: stands */
	/* alias: where it led. caa, and methods that name the account: its URI. NULL: none. */
	const char *target;
};

STATUS store_validation_insert(struct store *store, const struct validation_record *validation,
			       int64_t *ret_id, struct error *err);
STATUS store_validation_get(struct store *store, int64_t id, struct arena *arena,
			    struct validation_record *ret, struct error *err);
/* The newest that was not withdrawn, of the members applicant_id, domain, method, ca and pack of
 * key; NOT_FOUND without a sentence. */
STATUS store_validation_newest(struct store *store, const struct validation_record *key,
			       struct arena *arena, struct validation_record *ret,
			       struct error *err);
/* The newest of one authorization that was not withdrawn, under the pack; NOT_FOUND without a
 * sentence. */
STATUS store_validation_newest_of(struct store *store, int64_t authorization_id, const char *pack,
				  struct arena *arena, struct validation_record *ret,
				  struct error *err);
/* Why it was withdrawn; NULL: it was not, or nobody said. */
STATUS store_validation_why(struct store *store, int64_t id, struct arena *arena, const char **ret,
			    struct error *err);
/* The next certificate by number that was issued on it; NOT_FOUND without a sentence. */
STATUS store_validation_certificate(struct store *store, const struct validation_record *validation,
				    int64_t after, int64_t *ret_id, struct error *err);
/* It counts no more. STALE when it was withdrawn before. */
STATUS store_validation_withdraw(struct store *store, int64_t id, int64_t at, const char *reason,
				 struct error *err);
/* The next by number; NOT_FOUND at the end. */
STATUS store_validation_next(struct store *store, int64_t after, struct arena *arena,
			     struct validation_record *ret, struct error *err);

#endif

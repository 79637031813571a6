/*
 * One attempt in a faked world, decided twice: live, and again from its
 * evidence. Every test of a method goes through here, so the two agree always.
 */
#ifndef ISSUER_TESTS_VALIDATORS_TRIAL_H
#define ISSUER_TESTS_VALIDATORS_TRIAL_H

#include "tests/net/fake_world.h"
#include "validators/attempt.h"

#define TRIAL_VALUE "Zm9vYmFyMTIzNDU2Nzg5MA"
#define TRIAL_FILE "k3v9q2.txt"
#define TRIAL_PATH "/.well-known/pki-validation/" TRIAL_FILE
/* Of ACME. */
#define TRIAL_TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define TRIAL_KEY_AUTHORIZATION TRIAL_TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define TRIAL_CHALLENGE_PATH "/.well-known/acme-challenge/" TRIAL_TOKEN

struct trial {
	struct fake_world world;
	struct resolver_memory *memory; /* borrowed; NULL: none */
	struct verdict verdict;
	const char *evidence_kind;
	struct buffer evidence;
	int done_count;
};

void trial_init(struct trial *trial);
void trial_release(struct trial *trial);
/* Runs the task to its verdict, which must come once and from wait() only, then decides it again
 * from the evidence and compares every member. */
void trial_run(struct trial *trial, const struct validation_task *task);

/* Tasks with usual limits: 10 redirects, 4096 bytes. */
struct validation_task trial_web_page(const char *domain);
struct validation_task trial_dns_txt(const char *domain);
struct validation_task trial_http_01(const char *domain);
struct validation_task trial_tls_alpn_01(const char *domain);
/* identifiers: ca.example and ca2.example. */
struct validation_task trial_caa(const char *domain);

#endif

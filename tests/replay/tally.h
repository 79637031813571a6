/*
 * What the run met, counted: a replay that never had a torn sector or never
 * refused by CAA proves nothing about it, so a count of zero fails the run.
 * Faults are drawn from the lists here, so each one that exists is counted.
 */
#ifndef ISSUER_TESTS_REPLAY_TALLY_H
#define ISSUER_TESTS_REPLAY_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* clang-format off */
#define DNS_FAULTS(X) \
	X(LATE,           "DNS answers late") \
	X(TIMED_OUT,      "DNS never answers") \
	X(UNREACHABLE,    "DNS server unreachable") \
	X(SERVFAIL,       "DNS SERVFAIL") \
	X(REFUSED,        "DNS REFUSED") \
	X(NXDOMAIN,       "DNS NXDOMAIN, wrongly") \
	X(CUT,            "DNS packet cut") \
	X(WRONG_ID,       "DNS wrong id") \
	X(WRONG_QUESTION, "DNS wrong question") \
	X(TRUNCATED,      "DNS TC, asked again over TCP") \
	X(EMPTY,          "DNS packet empty")

#define HTTP_FAULTS(X) \
	X(SLOW,           "HTTP answers slowly") \
	X(TIMED_OUT,      "HTTP never answers") \
	X(CONNECT_FAILED, "HTTP connection refused") \
	X(TLS_FAILED,     "HTTP TLS handshake failed") \
	X(BROKEN,         "HTTP connection broken") \
	X(NOT_FOUND,      "HTTP 404, wrongly") \
	X(ERROR,          "HTTP 500") \
	X(WRONG_BODY,     "HTTP wrong body") \
	X(PART_OF_BODY,   "HTTP part of the body") \
	X(LONGER_BODY,    "HTTP body past the limit") \
	X(LOOP,           "HTTP redirect loop")

#define DISK_FAULTS(X) \
	X(SECTOR_DROPPED, "sector writes dropped at power loss") \
	X(SECTOR_KEPT,    "sector writes kept at power loss") \
	X(SECTOR_TORN,    "sector writes torn at power loss") \
	X(NAME_DROPPED,   "names dropped at power loss") \
	X(NAME_KEPT,      "names kept at power loss")

#define OUTCOMES(X) \
	X(CREATED,          "orders created") \
	X(REPEATED,         "references repeated") \
	X(REFERENCE_REFUSED, "references refused for other content") \
	X(REFUSED,          "orders refused") \
	X(CANCELLED,        "orders cancelled") \
	X(GIVEN_UP,         "orders given up") \
	X(ISSUED,           "certificates issued") \
	X(REUSED,           "certificates on reused control") \
	X(BY_RECORD,        "certificates on control shown by a record") \
	X(FOR_ADDRESS,      "addresses in certificates") \
	X(FROM_ABOVE,       "certificates on control of a name above") \
	X(LAPSED,           "control shown again after the reuse period") \
	X(CAA_REFUSED,      "orders refused by CAA") \
	X(EVIDENCE_FILE,    "evidence kept in files") \
	X(DIED,             "power losses") \
	X(DIED_ISSUING,     "orders found in issuing after a power loss") \
	X(DIED_SIGNED,      "intents signed again after a power loss") \
	X(VOIDED,           "intents voided: a gate was shut, or too old") \
	X(DIED_CREATING,    "power losses while a home was made") \
	X(RESTARTED,        "clean restarts") \
	X(CLOCK_FORWARD,    "clock jumps forward") \
	X(CLOCK_BACK,       "clock jumps back") \
	X(STALLED,          "stalls of the machine") \
	X(LOCK_HELD,        "drives refused by another driver") \
	X(BESIDE,           "commands by a second process while a driver drives") \
	X(PUBLISHED_WRONG,  "pages published wrong") \
	X(AUDITED,          "journals verified") \
	X(DECIDED_AGAIN,    "evidence decided again")
/* clang-format on */

enum tally_kind {
#define X(name, words) TALLY_DNS_##name,
	DNS_FAULTS(X)
#undef X
#define X(name, words) TALLY_HTTP_##name,
		HTTP_FAULTS(X)
#undef X
#define X(name, words) TALLY_##name,
			DISK_FAULTS(X) OUTCOMES(X)
#undef X
				TALLY_COUNT
};

/* The faults alone, each NONE when all goes well. */
enum dns_fault {
#define X(name, words) DNS_FAULT_##name,
	DNS_FAULTS(X)
#undef X
		DNS_FAULT_NONE
};

enum http_fault {
#define X(name, words) HTTP_FAULT_##name,
	HTTP_FAULTS(X)
#undef X
		HTTP_FAULT_NONE
};

struct tally {
	int64_t counts[TALLY_COUNT];
};

void tally_add(struct tally *tally, enum tally_kind kind);
/* Adds the counts of other. */
void tally_merge(struct tally *tally, const struct tally *other);
void tally_print(const struct tally *tally);
/* Names each of the kinds (NULL: all there are) that is zero; returns how many are. */
size_t tally_missing(const struct tally *tally, const enum tally_kind *kinds, size_t count);

#endif

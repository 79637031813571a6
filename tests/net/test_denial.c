/*
 * Proofs by NSEC and NSEC3 alone, from records that are taken as signed: those
 * that look like a proof and are none. What a good zone proves is in test_dnssec.
 */
#include "net/denial.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 6 };

struct row {
	const char *what;
	const char *zone;
	const char *name;
	ldns_rr_type type;
	const char *closest; /* NULL: deny the type */
	enum denial_kind kind;
	bool opt_out;
	const char *records[RECORDS_MAX];
};

/* RFC 5155 appendix A: the zone example., 12 iterations, salt aabbccdd. */
#define N3(owner, next, types) owner ".example. NSEC3 1 1 12 aabbccdd " next " " types
#define N3_APEX                                                                                    \
	N3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr",                 \
	   "MX DNSKEY NS SOA NSEC3PARAM RRSIG")
#define N3_NS1 N3("2t7b4g4vsa5smi47k61mv5bv1a22bojr", "2vptu5timamqttgl4luu9kg21e0aor3s", "A RRSIG")
#define N3_X_W                                                                                     \
	N3("b4um86eghhds6nea196smvmlo4ors995", "gjeqe526plbf1g8mklp59enfd789njgi", "MX RRSIG")
#define N3_A                                                                                       \
	N3("35mthgpgcu1qg68fab165klnsnk3dpvl", "b4um86eghhds6nea196smvmlo4ors995", "NS DS RRSIG")

/* clang-format off */
static const struct row nsec_rows[] = {
	{"name error", "z.", "b.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NAME, false,
	 {"a.z. NSEC c.z. A", "z. NSEC a.z. SOA NS"}},
	{"no proof of the wildcard", "z.", "b.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {"a.z. NSEC c.z. A"}},
	{"last of the zone", "z.", "y.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NAME, false,
	 {"c.z. NSEC z. A", "z. NSEC a.z. SOA NS"}},
	{"next outside the zone", "z.", "y.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {"c.z. NSEC zz. A", "z. NSEC a.z. SOA NS"}},
	{"type bit set", "z.", "a.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false, {"a.z. NSEC c.z. A"}},
	{"CNAME bit set", "z.", "a.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false, {"a.z. NSEC c.z. CNAME"}},
	{"no data", "z.", "a.z.", LDNS_RR_TYPE_MX, NULL, DENIAL_DATA, false, {"a.z. NSEC c.z. A"}},
	{"empty non-terminal", "z.", "b.z.", LDNS_RR_TYPE_A, NULL, DENIAL_DATA, false, {"a.z. NSEC x.b.z. A"}},
	{"empty non-terminal that is a wildcard", "z.", "b.z.", LDNS_RR_TYPE_A, NULL, DENIAL_DATA, false,
	 {"a.z. NSEC c.z. A", "z. NSEC x.*.z. SOA NS"}},
	{"parent's record at a cut", "z.", "a.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false, {"a.z. NSEC c.z. NS"}},
	{"parent's record, DS", "z.", "a.z.", LDNS_RR_TYPE_DS, NULL, DENIAL_DELEGATION, false, {"a.z. NSEC c.z. NS"}},
	{"child's record, DS", "a.z.", "a.z.", LDNS_RR_TYPE_DS, NULL, DENIAL_NONE, false, {"a.z. NSEC c.a.z. NS SOA"}},
	{"below a cut", "z.", "x.a.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {"a.z. NSEC c.z. NS", "z. NSEC a.z. SOA NS"}},
	{"below a DNAME", "z.", "x.a.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {"a.z. NSEC c.z. DNAME", "z. NSEC a.z. SOA NS"}},
	{"wildcard no data", "z.", "b.z.", LDNS_RR_TYPE_MX, NULL, DENIAL_DATA, false,
	 {"a.z. NSEC c.z. A", "*.z. NSEC a.z. A"}},
	{"wildcard has it", "z.", "b.z.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {"a.z. NSEC c.z. A", "*.z. NSEC a.z. A"}},
	{"wildcard was right", "z.", "x.b.z.", LDNS_RR_TYPE_A, "z.", DENIAL_NAME, false, {"a.z. NSEC c.z. A"}},
	{"a closer name stops it", "z.", "x.b.z.", LDNS_RR_TYPE_A, "z.", DENIAL_NONE, false, {"b.z. NSEC c.z. A"}},
};

static const struct row nsec3_rows[] = {
	/* RFC 5155 appendix B.1 */
	{"name error", "example.", "a.c.x.w.example.", LDNS_RR_TYPE_A, NULL, DENIAL_NAME, true,
	 {N3_APEX, N3_X_W, N3_A}},
	{"no closest encloser", "example.", "a.c.x.w.example.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {N3_APEX, N3_A}},
	{"no next closer name", "example.", "a.c.x.w.example.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false,
	 {N3_X_W, N3_A}},
	{"no wildcard, but opt-out", "example.", "a.c.x.w.example.", LDNS_RR_TYPE_A, NULL, DENIAL_DELEGATION, true,
	 {N3_APEX, N3_X_W}},
	/* appendix B.2 */
	{"no data", "example.", "ns1.example.", LDNS_RR_TYPE_MX, NULL, DENIAL_DATA, false, {N3_NS1}},
	{"type bit set", "example.", "ns1.example.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false, {N3_NS1}},
	{"delegation", "example.", "a.example.", LDNS_RR_TYPE_A, NULL, DENIAL_NONE, false, {N3_A}},
	{"another salt", "example.", "ns1.example.", LDNS_RR_TYPE_MX, NULL, DENIAL_NONE, false,
	 {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 1 1 12 aabbccde 2vptu5timamqttgl4luu9kg21e0aor3s A"}},
	{"unknown hash", "example.", "ns1.example.", LDNS_RR_TYPE_MX, NULL, DENIAL_NONE, false,
	 {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 2 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A"}},
	{"unknown flag", "example.", "ns1.example.", LDNS_RR_TYPE_MX, NULL, DENIAL_NONE, false,
	 {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 1 3 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A"}},
	{"too many iterations", "example.", "ns1.example.", LDNS_RR_TYPE_MX, NULL, DENIAL_COSTLY, false,
	 {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 1 1 151 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A"}},
};
/* clang-format on */

static ldns_rr_list *read_records(const struct row *row)
{
	ldns_rr_list *list = ldns_rr_list_new();
	for (size_t i = 0; i < RECORDS_MAX && row->records[i]; i++) {
		ldns_rr *rr = NULL;
		assert_int_equal(ldns_rr_new_frm_str(&rr, row->records[i], 300, NULL, NULL),
				 LDNS_STATUS_OK);
		ldns_rr_list_push_rr(list, rr);
	}
	return list;
}

typedef struct denial deny(const struct denial_records *, const struct denial_subject *);

static struct denial prove(const struct row *row, deny *method, unsigned *rounds)
{
	ldns_rr_list *list = read_records(row);
	ldns_rdf *zone = ldns_dname_new_frm_str(row->zone);
	ldns_rdf *name = ldns_dname_new_frm_str(row->name);
	ldns_rdf *closest = row->closest ? ldns_dname_new_frm_str(row->closest) : NULL;
	struct denial_records records = {zone, list, rounds};
	struct denial_subject subject = {name, row->type, closest};
	struct denial denial = method(&records, &subject);
	ldns_rdf_deep_free(zone);
	ldns_rdf_deep_free(name);
	ldns_rdf_deep_free(closest);
	ldns_rr_list_deep_free(list);
	return denial;
}

static void check(const struct row *row, deny *method)
{
	unsigned rounds = 0;
	struct denial denial = prove(row, method, &rounds);
	if (denial.kind != row->kind || denial.opt_out != row->opt_out)
		fail_msg("%s: kind %d, opt-out %d", row->what, (int)denial.kind,
			 (int)denial.opt_out);
}

static void test_nsec(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(nsec_rows); i++)
		check(&nsec_rows[i], nsec_deny);
}

static void test_nsec3(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(nsec3_rows); i++)
		check(&nsec3_rows[i], nsec3_deny);
}

/* A proof that costs more than is left is none. */
static void test_rounds(void **state)
{
	(void)state;
	unsigned rounds = 0;
	assert_int_equal(prove(&nsec3_rows[0], nsec3_deny, &rounds).kind, DENIAL_NAME);
	assert_true(rounds > 0);
	rounds = NSEC3_ROUNDS_MAX - rounds + 1;
	assert_int_equal(prove(&nsec3_rows[0], nsec3_deny, &rounds).kind, DENIAL_NONE);
	rounds = NSEC3_ROUNDS_MAX;
	assert_int_equal(prove(&nsec3_rows[0], nsec3_deny, &rounds).kind, DENIAL_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nsec),
		cmocka_unit_test(test_nsec3),
		cmocka_unit_test(test_rounds),
	};
	return cmocka_run_group_tests_name("net.denial", tests, NULL, NULL);
}

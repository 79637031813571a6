/*
 * tls-alpn-01: each row is one world and the verdict expected; then the whole of
 * it, over a real handshake.
 */
#include "tests/csr/made_certificate.h"
#include "tests/net/tls_server.h"
#include "tests/validators/trial.h"
#include "validators/validator.h"

#include "base/digest.h"
#include "base/json.h"
#include "net/dns_message.h"
#include "net/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define SITE "www.example.com"
#define V4 "198.41.0.4"
#define V6 "2001:500:2::c"
#define V4_NAME "4.0.41.198.in-addr.arpa"
#define V6_NAME "c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.0.0.5.0.1.0.0.2.ip6.arpa"
#define PROTOCOL "acme-tls/1"
#define AGREES .outcome = TLS_AGREED, .protocol = PROTOCOL

enum { ROWS_MAX = 3 };

/* The certificates that servers have. */
enum certificate { NONE, GOOD, GOOD_V4, GOOD_V6, OTHER_NAME, OTHER_VALUE, CERTIFICATES };

static const struct made_certificate made[CERTIFICATES] = {
	[GOOD] = {.names = "DNS:WWW.example.com", .key_authorization = TRIAL_KEY_AUTHORIZATION},
	[GOOD_V4] = {.names = "IP:" V4, .key_authorization = TRIAL_KEY_AUTHORIZATION},
	[GOOD_V6] = {.names = "IP:" V6, .key_authorization = TRIAL_KEY_AUTHORIZATION},
	[OTHER_NAME] = {.names = "DNS:example.com", .key_authorization = TRIAL_KEY_AUTHORIZATION},
	[OTHER_VALUE] = {.names = "DNS:" SITE, .key_authorization = TRIAL_TOKEN},
};

static struct buffer ders[CERTIFICATES];

static int make_certificates(void **state)
{
	(void)state;
	for (int i = GOOD; i < CERTIFICATES; i++) {
		buffer_init(&ders[i], 1 << 16);
		made_der(&made[i], &ders[i]);
	}
	return 0;
}

static int release_certificates(void **state)
{
	(void)state;
	for (int i = GOOD; i < CERTIFICATES; i++)
		buffer_release(&ders[i]);
	return 0;
}

static const struct fake_dns dns[] = {
	{SITE, DNS_TYPE_A, FAKE_ANSWER, {SITE ". 60 IN A " V4}, 0},
	{"both.example.com", DNS_TYPE_A, FAKE_ANSWER, {"both.example.com. 60 IN A " V4}, 0},
	{"both.example.com", DNS_TYPE_AAAA, FAKE_ANSWER, {"both.example.com. 60 IN AAAA " V6}, 0},
	{"l.example.com", DNS_TYPE_A, FAKE_ANSWER, {"l.example.com. 60 IN A 169.254.169.254"}, 0},
	{"l.example.com",
	 DNS_TYPE_AAAA,
	 FAKE_ANSWER,
	 {"l.example.com. 60 IN AAAA ::ffff:10.0.0.1"},
	 0},
	{"half.example.com", DNS_TYPE_A, FAKE_SERVFAIL, {NULL}, 0},
	{"half.example.com", DNS_TYPE_AAAA, FAKE_SERVFAIL, {NULL}, 0},
};

struct server {
	struct fake_tls tls;
	enum certificate certificate;
};

struct row {
	const char *what;
	const char *domain;
	enum status status;
	const char *part;    /* of the sentence or the hint */
	const char *contact; /* the last, whole; NULL: there must be none */
	size_t contact_count;
	size_t packets; /* asked of the DNS */
	struct server servers[ROWS_MAX];
};

/* clang-format off */
static const struct row rows[] = {
	{"a name", SITE, OK, SITE " at " V4 " answered for acme-tls/1 with the expected certificate", "tls " SITE " @" V4 ":443", 1, 2,
	 {{{SITE, AGREES}, GOOD}}},
	{"an IPv4 address", V4, OK, V4 " at " V4 " answered", "tls " V4_NAME " @" V4 ":443", 1, 0, {{{V4_NAME, AGREES}, GOOD_V4}}},
	{"an IPv6 address", V6, OK, V6 " at " V6 " answered", "tls c.0.0.0.0.0.0.0.0.0.0.0. @[" V6 "]:443", 1, 0, {{{V6_NAME, AGREES}, GOOD_V6}}},
	{"IPv6 first", "both.example.com", CERTIFICATE_WRONG, NULL, "tls both.example.com @[" V6 "]:443", 1, 2, {{{"both.example.com", AGREES}, GOOD}}},
	{"IPv4 after a refused IPv6", "both.example.com", CERTIFICATE_WRONG, V6 " took no connection; then both.example.com at " V4, "tls both.example.com @" V4 ":443", 2, 2,
	 {{{"both.example.com", .address = V6, .outcome = TLS_CONNECT_FAILED}, NONE}, {{"both.example.com", AGREES}, GOOD}}},
	{"IPv4 after a silent IPv6", "both.example.com", CERTIFICATE_WRONG, "in time; then", "tls both.example.com @" V4 ":443", 2, 2,
	 {{{"both.example.com", .address = V6, .outcome = TLS_TIMED_OUT}, NONE}, {{"both.example.com", AGREES}, GOOD}}},
	{"no IPv4 after an alert over IPv6", "both.example.com", CERTIFICATE_MISSING, "refused the TLS handshake", "tls both.example.com @[" V6 "]:443", 1, 2,
	 {{{"both.example.com", .address = V6, .outcome = TLS_REFUSED}, NONE}, {{"both.example.com", AGREES}, GOOD}}},
	{"no IPv4 after a broken handshake over IPv6", "both.example.com", CONNECT_FAILED, "broke the TLS handshake", "tls both.example.com @[" V6 "]:443", 1, 2,
	 {{{"both.example.com", .address = V6, .outcome = TLS_BROKEN}, NONE}, {{"both.example.com", AGREES}, GOOD}}},

	{"no ALPN", SITE, CERTIFICATE_MISSING, "speaks TLS, but chose no protocol where acme-tls/1 was offered", "tls " SITE " @" V4 ":443", 1, 2,
	 {{{SITE, .outcome = TLS_AGREED}, GOOD}}},
	{"another protocol", SITE, CERTIFICATE_MISSING, "chose the protocol \"http/1.1\", not acme-tls/1", "tls " SITE " @" V4 ":443", 1, 2,
	 {{{SITE, .outcome = TLS_AGREED, .protocol = "http/1.1"}, GOOD}}},
	{"the protocol in another case", SITE, CERTIFICATE_MISSING, "\"ACME-TLS/1\"", "tls " SITE " @" V4 ":443", 1, 2,
	 {{{SITE, .outcome = TLS_AGREED, .protocol = "ACME-TLS/1"}, GOOD}}},
	{"another name", SITE, CERTIFICATE_WRONG, "with another certificate: its subjectAltName is the dNSName \"example.com\"", "tls " SITE " @" V4 ":443", 1, 2,
	 {{{SITE, AGREES}, OTHER_NAME}}},
	{"another value", SITE, CERTIFICATE_WRONG, "SHA-256 of " TRIAL_KEY_AUTHORIZATION, "tls " SITE " @" V4 ":443", 1, 2, {{{SITE, AGREES}, OTHER_VALUE}}},
	{"no certificate", SITE, CERTIFICATE_WRONG, "its 0 bytes are not one certificate", "tls " SITE " @" V4 ":443", 1, 2, {{{SITE, AGREES}, NONE}}},
	{"an address, answered for a name", V4, CERTIFICATE_WRONG, "no iPAddress", "tls " V4_NAME " @" V4 ":443", 1, 0, {{{V4_NAME, AGREES}, GOOD}}},
	{"a name, answered for an address", SITE, CERTIFICATE_WRONG, "no dNSName", "tls " SITE " @" V4 ":443", 1, 2, {{{SITE, AGREES}, GOOD_V4}}},
	{"refused connection", SITE, CONNECT_FAILED, "let the server of " SITE " answer TLS 1.2", "tls " SITE " @" V4 ":443", 1, 2, {{{0}, NONE}}},
	{"silence", SITE, TIMED_OUT, "did not complete a TLS handshake in time", "tls " SITE " @" V4 ":443", 1, 2, {{{SITE, .outcome = TLS_TIMED_OUT}, NONE}}},

	{"a private address", "10.0.0.1", ADDRESS_REFUSED, "10.0.0.1 leads to 10.0.0.1, which is never contacted", NULL, 0, 0, {{{0}, NONE}}},
	{"a private IPv6 address", "fd00::1", ADDRESS_REFUSED, NULL, NULL, 0, 0, {{{0}, NONE}}},
	{"a mapped address", "::ffff:10.0.0.1", ADDRESS_REFUSED, NULL, NULL, 0, 0, {{{0}, NONE}}},
	{"a name with private addresses", "l.example.com", ADDRESS_REFUSED, "l.example.com leads to", NULL, 0, 2, {{{0}, NONE}}},
	{"no such name", "gone.example.com", NAME_NOT_IN_DNS, "publish an A or AAAA record", NULL, 0, 2, {{{0}, NONE}}},
	{"servfail", "half.example.com", DNS_FAILED, "SERVFAIL", NULL, 0, 4, {{{0}, NONE}}},
};
/* clang-format on */

static void check_row(const struct row *row, enum fake_order order)
{
	struct fake_tls servers[ROWS_MAX];
	struct trial trial;
	trial_init(&trial);
	trial.world.order = order;
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	trial.world.tls = servers;
	while (trial.world.tls_count < ROWS_MAX &&
	       row->servers[trial.world.tls_count].tls.server_name) {
		const struct server *server = &row->servers[trial.world.tls_count];
		servers[trial.world.tls_count] = server->tls;
		servers[trial.world.tls_count++].certificate =
			server->certificate ? buffer_slice(&ders[server->certificate]) : SLICE_NONE;
	}
	struct validation_task task = trial_tls_alpn_01(row->domain);
	trial_run(&trial, &task);
	const struct verdict *verdict = &trial.verdict;
	if (verdict->status != row->status ||
	    (row->part && !strstr(verdict->sentence, row->part) &&
	     !strstr(verdict->hint, row->part)) ||
	    trial.world.contact_count != row->contact_count ||
	    trial.world.udp_count != row->packets)
		fail_msg("%s: %s, %zu contacts, %zu packets: %s; %s", row->what,
			 status_code(verdict->status), trial.world.contact_count,
			 trial.world.udp_count, verdict->sentence, verdict->hint);
	if (row->contact)
		assert_string_equal(trial.world.contacts[row->contact_count - 1], row->contact);
	assert_string_equal(trial.evidence_kind, "tls");
	assert_string_equal(verdict->decided_by, row->domain);
	trial_release(&trial);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		check_row(&rows[i], FAKE_OLDEST_FIRST);
		check_row(&rows[i], FAKE_NEWEST_FIRST);
	}
}

static void test_unusable_tasks(void **state)
{
	(void)state;
	struct trial trial;
	trial_init(&trial);
	struct validation_task task = trial_tls_alpn_01(SITE);
	task.value = TRIAL_TOKEN;
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, INTERNAL);
	assert_int_equal(trial.world.udp_count + trial.world.contact_count, 0);
	trial_release(&trial);
}

/* The words tell the token, the key authorization and the digest. */
static void test_publication(void **state)
{
	(void)state;
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct validator *validator = validator_find("tls-alpn-01");
	struct validation_task task = trial_tls_alpn_01(SITE);
	struct publication publication;
	char digest[DIGEST_TEXT];
	assert_int_equal(validator->place, PUBLISH_TLS);
	assert_int_equal(validator->value, VALUE_KEY_AUTHORIZATION);
	validator->publish(&task, &arena, &publication);
	const char *parts[] = {SITE,
			       "port 443",
			       PROTOCOL,
			       "key authorization " TRIAL_KEY_AUTHORIZATION,
			       "token " TRIAL_TOKEN,
			       digest_text(digest_of(slice_text(TRIAL_KEY_AUTHORIZATION)), digest)};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		assert_non_null(strstr(publication.action, parts[i]));
	assert_string_equal(publication.content, TRIAL_KEY_AUTHORIZATION);
	assert_string_equal(publication.file_name, TRIAL_TOKEN);
	assert_null(publication.url);
	assert_null(publication.record);
}

/* --- the evidence --- */

static json_t *good_evidence(void)
{
	struct trial trial;
	trial_init(&trial);
	const struct fake_tls server = {SITE, AGREES, .certificate = buffer_slice(&ders[GOOD])};
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	trial.world.tls = &server;
	trial.world.tls_count = 1;
	struct validation_task task = trial_tls_alpn_01(SITE);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, OK);
	json_t *evidence = NULL;
	assert_int_equal(json_read(buffer_slice(&trial.evidence), &evidence, NULL), OK);
	trial_release(&trial);
	return evidence;
}

/* The status that the evidence decides with the member of its handshake changed; NULL: gone. */
static enum status decide_with(json_t *good, const char *member, const char *text)
{
	json_t *evidence = json_deep_copy(good);
	json_t *steps = json_object_get(evidence, "steps");
	json_t *tls = json_object_get(json_array_get(steps, json_array_size(steps) - 1), "tls");
	assert_non_null(json_object_get(tls, member));
	json_object_del(tls, member);
	if (text && strncmp(text, "bytes ", 6) == 0)
		json_add_bytes(tls, member, slice_text(text + 6));
	else if (text && strspn(text, "0123456789") == strlen(text))
		json_object_set_new(tls, member, json_integer((json_int_t)strtol(text, NULL, 10)));
	else if (text)
		json_object_set_new(tls, member, json_string(text));
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct attempt_record record;
	struct error err = NO_ERROR;
	struct buffer bytes;
	buffer_init(&bytes, 1 << 20);
	json_write_sorted(evidence, &bytes);
	enum status status = attempt_decide(buffer_slice(&bytes), &arena, &record, &err);
	buffer_release(&bytes);
	json_decref(evidence);
	return status == OK ? record.decided.status : status;
}

static void test_changed_evidence(void **state)
{
	(void)state;
	static const struct {
		const char *member, *text;
		enum status status;
	} changes[] = {
		{"certificate", "bytes x", CERTIFICATE_WRONG},
		{"protocol", "bytes h2", CERTIFICATE_MISSING},
		{"outcome", "timed-out", TIMED_OUT},
		{"outcome", "splendid", EVIDENCE_BROKEN},
		{"address", "192.33.4.12", EVIDENCE_BROKEN},
		{"address", "here", EVIDENCE_BROKEN},
		{"server_name", "example.com", EVIDENCE_BROKEN},
		{"offered", "h2", EVIDENCE_BROKEN},
		{"port", "8443", EVIDENCE_BROKEN},
		{"port", "65536", EVIDENCE_BROKEN},
		{"connect_port", "65536", EVIDENCE_BROKEN},
		{"certificate", "===", EVIDENCE_BROKEN},
		{"certificate", NULL, EVIDENCE_BROKEN},
		{"protocol", NULL, EVIDENCE_BROKEN},
		{"outcome", NULL, EVIDENCE_BROKEN},
		{"address", NULL, EVIDENCE_BROKEN},
		{"server_name", NULL, EVIDENCE_BROKEN},
		{"offered", NULL, EVIDENCE_BROKEN},
		{"port", NULL, EVIDENCE_BROKEN},
		{"connect_port", NULL, EVIDENCE_BROKEN},
		{"detail", NULL, EVIDENCE_BROKEN},
	};
	json_t *good = good_evidence();
	assert_int_equal(decide_with(good, "detail", "x"), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
		enum status status = decide_with(good, changes[i].member, changes[i].text);
		if (status != changes[i].status)
			fail_msg("%s %s: %s", changes[i].member, changes[i].text,
				 status_code(status));
	}
	json_decref(good);
}

/* A certificate beyond all bounds is dropped before it is recorded. */
static void test_answers_are_bounded(void **state)
{
	(void)state;
	enum { HUGE_OCTETS = (1 << 20) + 1 };
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	const struct fake_tls server = {
		SITE, AGREES,
		.certificate = slice_of(arena_new(&arena, HUGE_OCTETS, 1), HUGE_OCTETS)};
	struct trial trial;
	trial_init(&trial);
	trial.world.dns = dns;
	trial.world.dns_count = ARRAY_LENGTH(dns);
	trial.world.tls = &server;
	trial.world.tls_count = 1;
	struct validation_task task = trial_tls_alpn_01(SITE);
	trial_run(&trial, &task);
	assert_int_equal(trial.verdict.status, CONNECT_FAILED);
	assert_non_null(strstr(trial.verdict.sentence, "too long together"));
	assert_true(trial.evidence.length < HUGE_OCTETS);
	trial_release(&trial);
}

/* --- over a real handshake --- */

static void on_done(void *context, const struct attempt_result *result)
{
	struct trial *trial = context;
	trial->done_count++;
	trial->verdict = result->verdict;
}

static void attempt_over(struct loop *loop, const struct network *network, const char *domain,
			 struct trial *trial)
{
	struct environment *world = loop_environment(loop);
	struct attempt_setting setting = {.environment = world, .network = network};
	struct validation_task task = trial_tls_alpn_01(domain);
	trial->done_count = 0;
	(void)attempt_start(&setting, &task, on_done, trial);
	assert_int_equal(trial->done_count, 0);
	int64_t until = world->monotonic(world->self) + 60000;
	while (trial->done_count == 0 && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	assert_int_equal(trial->done_count, 1);
}

static void test_real_handshake(void **state)
{
	(void)state;
	const struct made_certificate params = {.names = "IP:127.0.0.1",
						.key_authorization = TRIAL_KEY_AUTHORIZATION};
	struct network network = {.allowed_count = 1, .port_count = 1};
	struct trial trial = {.done_count = 0};
	struct loop *loop = NULL;
	EVP_PKEY *key;
	assert_int_equal(loop_new(&loop, NULL), OK);
	X509 *certificate = made_x509(&params, &key);
	tls_server_start(certificate, key);
	tls_server.choice = PROTOCOL;
	assert_int_equal(address_prefix_parse("127.0.0.0/8", &network.allowed[0]), OK);
	network.ports[0] = (struct port_translation){443, tls_server.port};

	attempt_over(loop, &network, "127.0.0.1", &trial);
	if (trial.verdict.status != OK)
		fail_msg("%s", trial.verdict.sentence);
	tls_server_settle(1);
	assert_string_equal(tls_server.server_name, "1.0.0.127.in-addr.arpa");
	assert_int_equal(tls_server.offered_length, 11);

	tls_server.part = TLS_PART_NO_CHOICE;
	attempt_over(loop, &network, "127.0.0.1", &trial);
	assert_int_equal(trial.verdict.status, CERTIFICATE_MISSING);
	assert_non_null(strstr(trial.verdict.sentence, "alert 120"));

	/* Without the prefix it is not connected to. */
	network.allowed_count = 0;
	tls_server_settle(2);
	attempt_over(loop, &network, "127.0.0.1", &trial);
	assert_int_equal(trial.verdict.status, ADDRESS_REFUSED);
	loop_freep(&loop);
	tls_server_stop();
	assert_int_equal(tls_server.handshakes, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unusable_tasks),
		cmocka_unit_test(test_publication),
		cmocka_unit_test(test_changed_evidence),
		cmocka_unit_test(test_answers_are_bounded),
		cmocka_unit_test(test_real_handshake),
	};
	return cmocka_run_group_tests_name("validators.tls_alpn_01", tests, make_certificates,
					   release_certificates);
}

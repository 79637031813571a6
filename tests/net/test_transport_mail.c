/*
 * Mail to a thread of this program on 127.0.0.1: what the server is told, how each
 * of its answers and silences ends, and what is never sent.
 */
#include "mail_server.h"
#include "net/loop.h"
#include "tests/csr/made_certificate.h"

#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 60000, SOON_MS = 300 };

static const char message[] = "Subject: hello\r\n\r\nfirst\r\n.second\r\n..\r\nlast\r\n";

static struct loop *loop;
static struct environment *world;
static int completions, connections;
static char ca_file[] = "/tmp/issuer-mail-XXXXXX";
static const char ca_other[] = "/dev/null";

struct sent {
	struct mail_ask ask;
	struct mail_reply reply;
	char text[1024], detail[256];
};

static void done(void *context, const struct mail_reply *reply)
{
	struct sent *sent = context;
	completions++;
	sent->reply = *reply;
	(void)snprintf(sent->text, sizeof(sent->text), "%s", reply->text);
	(void)snprintf(sent->detail, sizeof(sent->detail), "%s", reply->detail);
	assert_int_equal(sent->detail[0] == '\0', reply->outcome == MAIL_ACCEPTED);
}

static struct sent prepared(void)
{
	struct sent sent = {.ask = {.connect_to.port = mail_server.port,
				    .server_name = "mail.example.com",
				    .ca_file = ca_file,
				    .from = "ca@issuer.example",
				    .to = "owner@example.com",
				    .message = slice_text(message),
				    .connect_timeout_ms = WAIT_MS,
				    .timeout_ms = WAIT_MS}};
	assert_int_equal(address_parse("127.0.0.1", &sent.ask.connect_to.address), OK);
	return sent;
}

static void send_it(struct sent *sent)
{
	int64_t until = world->monotonic(world->self) + WAIT_MS;
	completions = 0;
	world->mail_send(world->self, &sent->ask, done, sent);
	assert_int_equal(completions, 0);
	while (completions == 0 && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	assert_int_equal(completions, 1);
}

/* One that reaches the server. */
static enum mail_outcome outcome_of(struct sent *sent)
{
	send_it(sent);
	connections++;
	assert_int_equal(mail_server.connections, connections);
	return sent->reply.outcome;
}

static int setup(void **state)
{
	(void)state;
	EVP_PKEY *key = NULL;
	struct made_certificate params = {.names = "DNS:mail.example.com,IP:127.0.0.1"};
	X509 *certificate = made_x509(&params, &key);
	int descriptor = mkstemp(ca_file);
	FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
	if (!file || PEM_write_X509(file, certificate) != 1 || fclose(file) != 0 ||
	    loop_new(&loop, NULL) != OK)
		return -1;
	world = loop_environment(loop);
	mail_server_start(certificate, key);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_freep(&loop);
	mail_server_stop();
	return unlink(ca_file);
}

/* Ends the connection that is kept, and gives the server its usual part again. */
static void settle(void)
{
	loop_freep(&loop);
	assert_int_equal(loop_new(&loop, NULL), OK);
	world = loop_environment(loop);
	mail_server_usual(connections);
}

static int usual(void **state)
{
	(void)state;
	settle();
	return 0;
}

static void test_whole_dialogue(void **state)
{
	(void)state;
	struct sent sent = prepared();
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
	assert_int_equal(sent.reply.code, 250);
	assert_string_equal(sent.text, "250 taken as 4711");
	assert_false(sent.reply.maybe);
}

static void test_what_the_server_is_told(void **state)
{
	(void)state;
	struct sent sent = prepared();
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
	assert_true(mail_server.tls);
	assert_string_equal(mail_server.message, "Subject: hello\n\nfirst\n.second\n..\nlast\n");
	assert_non_null(strstr(mail_server.commands, "EHLO issuer.example\nSTARTTLS\nEHLO issuer."
						     "example\nMAIL FROM:<ca@issuer.example>"));
	assert_non_null(strstr(mail_server.commands, "RCPT TO:<owner@example.com>\nDATA\n"));
}

static void test_the_servers_answers(void **state)
{
	(void)state;
	static const struct {
		struct mail_server part;
		enum mail_outcome outcome;
		int code;
		const char *text;
	} rows[] = {
		{{.sender = "451 later"}, MAIL_DEFERRED, 451, "451 later"},
		{{.sender = "550 not from you"}, MAIL_REFUSED, 550, "550 not from you"},
		{{.recipient = "450 greylisted"}, MAIL_DEFERRED, 450, "450 greylisted"},
		{{.recipient = "550 nobody"}, MAIL_REFUSED, 550, "550 nobody"},
		{{.recipient = "550-first\r\n550 last"}, MAIL_REFUSED, 550, "550-first 550 last"},
		{{.end = "452 full"}, MAIL_DEFERRED, 452, "452 full"},
		{{.end = "554 spam \x1b[1m"}, MAIL_REFUSED, 554, "554 spam ?[1m"},
		{{.greeting = "421 busy"}, MAIL_DEFERRED, 421, "421 busy"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct sent sent = prepared();
		mail_server.sender = rows[i].part.sender;
		mail_server.recipient = rows[i].part.recipient;
		mail_server.end = rows[i].part.end;
		mail_server.greeting = rows[i].part.greeting;
		assert_int_equal(outcome_of(&sent), rows[i].outcome);
		assert_int_equal(sent.reply.code, rows[i].code);
		assert_string_equal(sent.text, rows[i].text);
		assert_false(sent.reply.maybe);
		settle();
	}
}

/* The message was taken and the reply never came: only that may have been accepted. */
static void test_a_lost_reply(void **state)
{
	(void)state;
	struct sent sent = prepared();
	mail_server.end = "";
	assert_int_equal(outcome_of(&sent), MAIL_BROKEN);
	assert_true(sent.reply.maybe);
	settle();

	sent = prepared();
	sent.ask.timeout_ms = SOON_MS;
	mail_server.silent_at_end = true;
	assert_int_equal(outcome_of(&sent), MAIL_TIMED_OUT);
	assert_true(sent.reply.maybe);
}

static void test_a_silent_server(void **state)
{
	(void)state;
	struct sent sent = prepared();
	sent.ask.timeout_ms = SOON_MS;
	mail_server.silent = true;
	send_it(&sent);
	connections++;
	assert_int_equal(sent.reply.outcome, MAIL_TIMED_OUT);
	assert_false(sent.reply.maybe);
	assert_int_equal(sent.reply.code, 0);
}

/* Taken is taken, whatever the farewell; and it does not take the dialogue's whole time. */
static void test_a_server_that_does_not_say_goodbye(void **state)
{
	(void)state;
	struct sent sent = prepared();
	int64_t before = world->monotonic(world->self);
	mail_server.silent_at_quit = true;
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
	assert_string_equal(sent.text, "250 taken as 4711");
	assert_true(world->monotonic(world->self) - before < WAIT_MS / 4);
}

static void test_nobody_listens(void **state)
{
	(void)state;
	struct sent sent = prepared();
	sent.ask.connect_to.port = 1;
	send_it(&sent);
	assert_int_equal(sent.reply.outcome, MAIL_CONNECT_FAILED);
}

static void test_tls(void **state)
{
	(void)state;
	static const struct {
		enum mail_security security;
		bool no_tls;
		const char *name;
		const char *ca;
		enum mail_outcome outcome;
		bool tls;
	} rows[] = {
		{MAIL_TLS_REQUIRED, false, "mail.example.com", ca_file, MAIL_ACCEPTED, true},
		{MAIL_TLS_REQUIRED, false, NULL, ca_file, MAIL_ACCEPTED, true},
		{MAIL_TLS_REQUIRED, true, NULL, ca_file, MAIL_TLS_FAILED, false},
		{MAIL_TLS_REQUIRED, false, "other.example.com", ca_file, MAIL_TLS_FAILED, true},
		{MAIL_TLS_REQUIRED, false, NULL, ca_other, MAIL_TLS_FAILED, true},
		{MAIL_TLS_IF_OFFERED, false, NULL, ca_file, MAIL_ACCEPTED, true},
		{MAIL_TLS_IF_OFFERED, true, NULL, ca_file, MAIL_ACCEPTED, false},
		{MAIL_PLAIN, false, NULL, ca_other, MAIL_ACCEPTED, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct sent sent = prepared();
		sent.ask.security = rows[i].security;
		sent.ask.server_name = rows[i].name;
		sent.ask.ca_file = rows[i].ca;
		mail_server.no_tls = rows[i].no_tls;
		assert_int_equal(outcome_of(&sent), rows[i].outcome);
		if (rows[i].outcome == MAIL_ACCEPTED)
			assert_int_equal(mail_server.tls, rows[i].tls);
		assert_int_equal(mail_server.messages, rows[i].outcome == MAIL_ACCEPTED);
		settle();
	}
}

static void test_login(void **state)
{
	(void)state;
	struct sent sent = prepared();
	sent.ask.user = "relay";
	sent.ask.password = "secret";
	mail_server.login = "AHJlbGF5AHNlY3JldA==";
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
	settle();

	/* Theirs to mend who run this home: the recipient refused nothing. */
	sent.ask.password = "wrong";
	mail_server.login = "AHJlbGF5AHNlY3JldA==";
	assert_int_equal(outcome_of(&sent), MAIL_DEFERRED);
	assert_int_equal(mail_server.messages, 0);
}

static void test_what_is_never_sent(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *message, *user;
	} rows[] = {
		{.to = "a@b.example>\r\nRCPT TO:<c@d.example"},
		{.to = "a@b.example\n"},
		{.to = "a@b@c.example"},
		{.to = "\"a b\"@c.example"},
		{.to = "<a@b.example>"},
		{.to = "a,c@b.example"},
		{.to = "@b.example"},
		{.to = "a@"},
		{.to = "ab.example"},
		{.to = "\xc3\xa9@b.example"},
		{.to = "a@b.example/x"},
		{.from = "ca@issuer.example\r\nDATA"},
		{.message = "Subject: x\r\n\r\nbare\nline\r\n"},
		{.message = "Subject: x\r\n\r\nbare\rline\r\n"},
		{.message = "Subject: x\r\n\r\nno end"},
		{.message = ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct sent sent = prepared();
		sent.ask.to = rows[i].to ? rows[i].to : sent.ask.to;
		sent.ask.from = rows[i].from ? rows[i].from : sent.ask.from;
		if (rows[i].message)
			sent.ask.message = slice_text(rows[i].message);
		send_it(&sent);
		assert_int_equal(sent.reply.outcome, MAIL_REFUSED);
		assert_int_equal(sent.reply.code, 0);
	}
	struct sent sent = prepared();
	sent.ask.user = "relay";
	sent.ask.password = "secret";
	sent.ask.security = MAIL_TLS_IF_OFFERED;
	send_it(&sent);
	assert_int_equal(sent.reply.outcome, MAIL_REFUSED);

	static char line[1004] = "";
	memset(line, 'x', sizeof(line) - 1);
	memcpy(line + 999, "\r\n", 3);
	sent = prepared();
	sent.ask.message = slice_text(line);
	send_it(&sent);
	assert_int_equal(sent.reply.outcome, MAIL_REFUSED);
	memcpy(line + 998, "\r\n", 3);
	sent.ask.message = slice_text(line);
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);

	sent = prepared();
	static const char with_nul[] = "Subject: x\r\n\r\nn\0l\r\n";
	sent.ask.message = slice_of(with_nul, sizeof(with_nul) - 1);
	send_it(&sent);
	assert_int_equal(sent.reply.outcome, MAIL_REFUSED);
	assert_int_equal(mail_server.connections, connections);
}

/* ---- one connection for many ---- */

static int count_of(const char *command)
{
	int count = 0;
	for (const char *at = mail_server.commands; (at = strstr(at, command)); at++)
		count++;
	return count;
}

/* The first by a connection of its own, the second as far as it can by the same. */
static void send_another(struct sent *sent)
{
	*sent = prepared();
	assert_int_equal(outcome_of(sent), MAIL_ACCEPTED);
	*sent = prepared();
}

static void test_one_connection_for_many(void **state)
{
	(void)state;
	struct sent sent;
	send_another(&sent);
	for (int more = 2; more <= 5; more++) {
		send_it(&sent);
		assert_int_equal(sent.reply.outcome, MAIL_ACCEPTED);
		assert_string_equal(sent.text, "250 taken as 4711");
		assert_int_equal(mail_server.messages, more);
		assert_string_equal(mail_server.message,
				    "Subject: hello\n\nfirst\n.second\n..\nlast\n");
	}
	assert_int_equal(mail_server.connections, connections);
	assert_int_equal(count_of("STARTTLS\n"), 1);
	assert_int_equal(mail_server.farewells, 0);
	loop_stop(loop);
	mail_server_over(connections);
	assert_int_equal(mail_server.farewells, 1);
}

/* Nothing goes by a connection that was made for something else. */
static void test_a_connection_is_of_one_peer(void **state)
{
	(void)state;
	struct sent sent;
	for (int row = 0; row < 6; row++) {
		mail_server.login = "AHJlbGF5AHNlY3JldA==";
		send_another(&sent);
		sent.ask.server_name = row == 0 ? NULL : sent.ask.server_name;
		sent.ask.security = row == 1 ? MAIL_TLS_IF_OFFERED : MAIL_TLS_REQUIRED;
		sent.ask.from = row == 2 ? "ca@other.example" : sent.ask.from;
		sent.ask.user = row >= 3 && row < 5 ? "relay" : NULL;
		sent.ask.password = row == 3 ? "secret" : row == 4 ? "wrong" : NULL;
		sent.ask.ca_file = row == 5 ? ca_other : ca_file;
		static const enum mail_outcome outcomes[] = {MAIL_ACCEPTED, MAIL_ACCEPTED,
							     MAIL_ACCEPTED, MAIL_ACCEPTED,
							     MAIL_DEFERRED, MAIL_TLS_FAILED};
		assert_int_equal(outcome_of(&sent), outcomes[row]);
		assert_int_equal(mail_server.farewells > 0, true);
		settle();
	}
}

static void test_a_password_that_changed(void **state)
{
	(void)state;
	struct sent sent = prepared();
	sent.ask.user = "relay";
	sent.ask.password = "secret";
	mail_server.login = "AHJlbGF5AHNlY3JldA==";
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
	send_it(&sent);
	assert_int_equal(sent.reply.outcome, MAIL_ACCEPTED);
	assert_int_equal(count_of("AUTH PLAIN"), 1);
	sent.ask.password = "wrong";
	assert_int_equal(outcome_of(&sent), MAIL_DEFERRED);
	assert_int_equal(mail_server.messages, 2);
}

/* Nothing of the message was sent: a fresh connection takes it, and it arrives once. */
static void test_a_server_with_enough_of_a_connection(void **state)
{
	(void)state;
	static const char *const ways[] = {NULL, "421 too many messages"};
	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
		struct sent sent = prepared();
		mail_server.most = 2;
		mail_server.beyond = ways[i];
		for (int number = 1; number <= 5; number++) {
			connections += number % 2;
			send_it(&sent);
			assert_int_equal(sent.reply.outcome, MAIL_ACCEPTED);
			assert_int_equal(sent.reply.code, 250);
			assert_string_equal(sent.text, "250 taken as 4711");
			assert_int_equal(mail_server.messages, number);
			assert_int_equal(mail_server.connections, connections);
		}
		settle();
	}
}

/* Whatever else a server says or does on a kept connection is its answer: one try is one try. */
static void test_a_kept_connection_hides_no_answer(void **state)
{
	(void)state;
	static const struct {
		struct mail_server part;
		enum mail_outcome outcome;
		const char *text;
		int messages;
		bool maybe;
	} rows[] = {
		{{.end = ""}, MAIL_BROKEN, NULL, 2, true},
		{{.end = "421 closing"}, MAIL_DEFERRED, "421 closing", 2, false},
		{{.recipient = "450 greylisted"}, MAIL_DEFERRED, "450 greylisted", 1, false},
		{{.recipient = "550 nobody"}, MAIL_REFUSED, "550 nobody", 1, false},
		{{.most = 1, .beyond = "452 not now"}, MAIL_DEFERRED, "452 not now", 1, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct sent sent;
		mail_server.most = rows[i].part.most;
		mail_server.beyond = rows[i].part.beyond;
		send_another(&sent);
		mail_server.end = rows[i].part.end;
		mail_server.recipient = rows[i].part.recipient;
		send_it(&sent);
		assert_int_equal(sent.reply.outcome, rows[i].outcome);
		if (rows[i].text)
			assert_string_equal(sent.text, rows[i].text);
		assert_int_equal(sent.reply.maybe, rows[i].maybe);
		assert_int_equal(mail_server.messages, rows[i].messages);
		assert_int_equal(mail_server.connections, connections);

		/* And the next one finds a connection without a past. */
		mail_server_over(connections);
		mail_server.end = mail_server.recipient = NULL;
		sent = prepared();
		assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
		settle();
	}
}

static void test_an_idle_connection_is_closed(void **state)
{
	(void)state;
	struct sent sent;
	send_another(&sent);
	int64_t until = world->monotonic(world->self) + WAIT_MS;
	world->wait(world->self, until); /* the closing counts as something delivered */
	assert_true(world->monotonic(world->self) < until);
	mail_server_over(connections);
	assert_int_equal(mail_server.farewells, 1);
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
}

static void test_a_kept_connection_to_a_server_that_does_not_say_goodbye(void **state)
{
	(void)state;
	struct sent sent;
	mail_server.silent_at_quit = true;
	send_another(&sent);
	int64_t before = world->monotonic(world->self);
	loop_freep(&loop);
	assert_int_equal(loop_new(&loop, NULL), OK);
	world = loop_environment(loop);
	assert_true(world->monotonic(world->self) - before < WAIT_MS / 4);
}

/* One connection is not used for ever. */
static void test_a_connection_wears_out(void **state)
{
	(void)state;
	enum { MOST = 1000 };
	struct sent sent = prepared();
	sent.ask.security = MAIL_PLAIN;
	connections++;
	for (int number = 1; number <= MOST; number++) {
		send_it(&sent);
		assert_int_equal(mail_server.connections, connections);
	}
	assert_int_equal(mail_server.messages, MOST);
	assert_int_equal(outcome_of(&sent), MAIL_ACCEPTED);
}

static void test_what_waits_behind_a_silent_server(void **state)
{
	(void)state;
	struct sent sent[4] = {prepared(), prepared(), prepared(), prepared()};
	int64_t until = world->monotonic(world->self) + WAIT_MS;
	completions = 0;
	mail_server.silent = true;
	sent[3].ask.connect_to.port = 1; /* another one, which was not tried */
	for (size_t i = 0; i < ARRAY_LENGTH(sent); i++) {
		sent[i].ask.timeout_ms = SOON_MS;
		world->mail_send(world->self, &sent[i].ask, done, &sent[i]);
	}
	while (completions < 4 && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	connections++;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sent[i].reply.outcome, MAIL_TIMED_OUT);
		assert_string_equal(sent[i].detail, sent[0].detail);
		assert_false(sent[i].reply.maybe);
	}
	assert_int_equal(sent[3].reply.outcome, MAIL_CONNECT_FAILED);
	assert_int_equal(mail_server.connections, connections);
	mail_server.silent = false;
	sent[0] = prepared();
	assert_int_equal(outcome_of(&sent[0]), MAIL_ACCEPTED);
}

/* One at a time, in the order they came; and an end in the middle of one. */
static void test_several_and_the_end(void **state)
{
	(void)state;
	struct sent sent[3] = {prepared(), prepared(), prepared()};
	int64_t until = world->monotonic(world->self) + WAIT_MS;
	completions = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(sent); i++)
		world->mail_send(world->self, &sent[i].ask, done, &sent[i]);
	while (completions < 3 && world->monotonic(world->self) < until)
		world->wait(world->self, until);
	connections++;
	assert_int_equal(mail_server.messages, 3);
	settle();

	mail_server.silent = true;
	for (size_t i = 0; i < ARRAY_LENGTH(sent); i++)
		world->mail_send(world->self, &sent[i].ask, done, &sent[i]);
	loop_freep(&loop);
	assert_int_equal(completions, 3);
	assert_int_equal(loop_new(&loop, NULL), OK);
	world = loop_environment(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole_dialogue, usual),
		cmocka_unit_test_setup(test_what_the_server_is_told, usual),
		cmocka_unit_test_setup(test_the_servers_answers, usual),
		cmocka_unit_test_setup(test_a_lost_reply, usual),
		cmocka_unit_test_setup(test_a_silent_server, usual),
		cmocka_unit_test_setup(test_a_server_that_does_not_say_goodbye, usual),
		cmocka_unit_test_setup(test_nobody_listens, usual),
		cmocka_unit_test_setup(test_tls, usual),
		cmocka_unit_test_setup(test_login, usual),
		cmocka_unit_test_setup(test_what_is_never_sent, usual),
		cmocka_unit_test_setup(test_one_connection_for_many, usual),
		cmocka_unit_test_setup(test_a_connection_is_of_one_peer, usual),
		cmocka_unit_test_setup(test_a_password_that_changed, usual),
		cmocka_unit_test_setup(test_a_server_with_enough_of_a_connection, usual),
		cmocka_unit_test_setup(test_a_kept_connection_hides_no_answer, usual),
		cmocka_unit_test_setup(test_an_idle_connection_is_closed, usual),
		cmocka_unit_test_setup(test_a_kept_connection_to_a_server_that_does_not_say_goodbye,
				       usual),
		cmocka_unit_test_setup(test_a_connection_wears_out, usual),
		cmocka_unit_test_setup(test_what_waits_behind_a_silent_server, usual),
		cmocka_unit_test_setup(test_several_and_the_end, usual),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

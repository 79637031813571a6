/*
 * bench_mail_bare socket|transport PORT COUNT OCTETS: sends messages to a server
 * on 127.0.0.1 by one connection, without rules, journal or store: by a bare
 * socket that waits for every reply, or by the transport of the engine.
 */
#include "base/civil.h"
#include "base/memory.h"
#include "engine/drive/driver.h"
#include "net/loop.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_MAX = 1024, OCTETS_MAX = 64 * 1024, LINE = 72, TIMEOUT_MS = 20000 };

struct bare {
	uint16_t port;
	long count;
	struct buffer message; /* lines that end with CR LF */
};

static void write_message(struct buffer *out, size_t octets)
{
	buffer_append_text(out, "Subject: bench\r\n\r\n");
	while (out->length < octets) {
		for (int i = 0; i < LINE; i++)
			buffer_append_byte(out, 'x');
		buffer_append_text(out, "\r\n");
	}
}

/* ---- by a socket ---- */

static bool command(int server, struct slice bytes, char first)
{
	char reply[REPLY_MAX];
	ssize_t length = 0;
	if (bytes.length && send(server, bytes.data, bytes.length, 0) != (ssize_t)bytes.length)
		return false;
	do {
		ssize_t more = recv(server, reply + length, sizeof(reply) - (size_t)length, 0);
		if (more <= 0)
			return false;
		length += more;
	} while (reply[length - 1] != '\n' && length < REPLY_MAX);
	return reply[0] == first;
}

static bool by_socket(const struct bare *bare)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(bare->port)};
	int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	CLEANUP(buffer_release) struct buffer message = {.maximum = 2 * OCTETS_MAX};
	buffer_append_slice(&message, buffer_slice(&bare->message));
	buffer_append_text(&message, ".\r\n");
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bool good = server >= 0 &&
		    connect(server, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		    command(server, (struct slice){NULL, 0}, '2') &&
		    command(server, slice_text("EHLO issuer.example\r\n"), '2');
	if (good)
		(void)setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	for (long i = 0; good && i < bare->count; i++)
		good = command(server, slice_text("MAIL FROM:<ca@issuer.example>\r\n"), '2') &&
		       command(server, slice_text("RCPT TO:<owner@example.com>\r\n"), '2') &&
		       command(server, slice_text("DATA\r\n"), '3') &&
		       command(server, buffer_slice(&message), '2');
	good = good && command(server, slice_text("QUIT\r\n"), '2');
	if (server >= 0)
		(void)close(server);
	return good;
}

/* ---- by the transport ---- */

struct sending {
	long begun, taken, ended;
};

static void came(void *context, const struct mail_reply *reply)
{
	struct sending *sending = context;
	sending->ended++;
	sending->taken += reply->outcome == MAIL_ACCEPTED;
}

static bool by_transport(const struct bare *bare)
{
	CLEANUP(loop_freep) struct loop *loop = NULL;
	struct sending sending = {0};
	struct mail_ask ask = {
		.connect_to.port = bare->port,
		.security = MAIL_PLAIN,
		.from = "ca@issuer.example",
		.to = "owner@example.com",
		.message = buffer_slice(&bare->message),
		.connect_timeout_ms = TIMEOUT_MS,
		.timeout_ms = TIMEOUT_MS,
	};
	if (address_parse("127.0.0.1", &ask.connect_to.address) != OK ||
	    loop_new(&loop, NULL) != OK)
		return false;
	struct environment *environment = loop_environment(loop);
	while (sending.ended < bare->count) {
		while (sending.begun < bare->count &&
		       sending.begun - sending.ended < DRIVER_POSTS_MAX) {
			sending.begun++;
			environment->mail_send(environment->self, &ask, came, &sending);
		}
		environment->wait(environment->self,
				  environment->monotonic(environment->self) + SECOND_MS);
	}
	return sending.taken == bare->count;
}

int main(int argc, char **argv)
{
	struct bare bare = {.message = {.maximum = 2 * OCTETS_MAX}};
	long octets = argc == 5 ? strtol(argv[4], NULL, 10) : -1;
	bool bare_socket = argc == 5 && strcmp(argv[1], "socket") == 0;
	if (octets < 0 || octets > OCTETS_MAX ||
	    (!bare_socket && strcmp(argv[1], "transport") != 0)) {
		fprintf(stderr, "usage: bench_mail_bare socket|transport PORT COUNT OCTETS\n");
		return EXIT_STATUS_USAGE;
	}
	bare.port = (uint16_t)strtoul(argv[2], NULL, 10);
	bare.count = strtol(argv[3], NULL, 10);
	write_message(&bare.message, (size_t)octets);
	bool good = bare_socket ? by_socket(&bare) : by_transport(&bare);
	buffer_release(&bare.message);
	if (!good)
		fprintf(stderr, "bench_mail_bare: not every message was taken\n");
	return good ? EXIT_STATUS_DONE : EXIT_STATUS_BROKEN;
}

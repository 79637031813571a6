/*
 * bench_mail_sink: an SMTP server on a free port of 127.0.0.1 that takes every
 * message and keeps none. Writes its port to standard output; serves one
 * connection after the other until standard input ends, and then writes how many
 * messages came, by how many connections.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 256 * 1024 };

static struct {
	long messages;
	long connections;
	char bytes[ROOM];
	size_t length; /* of what has come and is not yet used */
} sink;

static bool say(int client, const char *reply)
{
	size_t length = strlen(reply);
	return send(client, reply, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool receive(int client)
{
	ssize_t length = recv(client, sink.bytes + sink.length, ROOM - sink.length, 0);
	if (length <= 0)
		return false;
	sink.length += (size_t)length;
	return true;
}

static void use(size_t length)
{
	memmove(sink.bytes, sink.bytes + length, sink.length - length);
	sink.length -= length;
}

/* Up to and with the end; no longer than the room. */
static bool take_until(int client, const char *end)
{
	size_t looked = 0, width = strlen(end);
	for (;;) {
		size_t from = looked < width ? 0 : looked - width;
		char *found = memmem(sink.bytes + from, sink.length - from, end, width);
		if (found) {
			use((size_t)(found - sink.bytes) + width);
			return true;
		}
		looked = sink.length;
		if (!receive(client))
			return false;
	}
}

static bool begins(const char *line, const char *word)
{
	return strncasecmp(line, word, strlen(word)) == 0;
}

/* Whether the dialogue goes on. */
static bool answer(int client)
{
	while (!memmem(sink.bytes, sink.length, "\r\n", 2))
		if (!receive(client))
			return false;
	char line[8] = "";
	memcpy(line, sink.bytes, sink.length < sizeof(line) - 1 ? sink.length : sizeof(line) - 1);
	if (!take_until(client, "\r\n"))
		return false;
	if (begins(line, "DATA")) {
		if (!say(client, "354 go on\r\n") || !take_until(client, "\r\n.\r\n"))
			return false;
		sink.messages++;
		return say(client, "250 taken\r\n");
	}
	if (begins(line, "QUIT")) {
		(void)say(client, "221 bye\r\n");
		return false;
	}
	return say(client, "250 fine\r\n");
}

static void serve(int listener)
{
	int client = accept(listener, NULL, NULL), yes = 1;
	if (client < 0)
		return;
	(void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	sink.connections++;
	sink.length = 0;
	if (say(client, "220 sink ESMTP\r\n"))
		while (answer(client))
			;
	(void)close(client);
}

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
	    listen(listener, 16) != 0) {
		perror("bench_mail_sink");
		return 1;
	}
	printf("%u\n", (unsigned)ntohs(address.sin_port));
	(void)fflush(stdout);
	for (;;) {
		struct pollfd polled[] = {{.fd = listener, .events = POLLIN},
					  {.fd = STDIN_FILENO, .events = POLLIN}};
		(void)poll(polled, 2, -1);
		if (polled[0].revents)
			serve(listener);
		else if (polled[1].revents)
			break;
	}
	printf("%ld %ld\n", sink.messages, sink.connections);
	return 0;
}

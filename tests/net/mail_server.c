/* The dialogue, and the thread that plays it: see mail_server.h. */
#include "tests/net/mail_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { HELD_MAX = 16, LINE_OCTETS = 4096 };

struct mail_server mail_server;

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t settled;
	int listener;
	int stop[2];
	int held[HELD_MAX]; /* kept open until the end */
	size_t held_count;
	int over; /* connections that the thread is done with */
} own;

struct client {
	int descriptor;
	SSL *ssl;     /* NULL: plain */
	int messages; /* taken from it */
	char line[LINE_OCTETS];
};

static bool say(struct client *client, const char *text)
{
	char line[LINE_OCTETS];
	int length = snprintf(line, sizeof(line), "%s\r\n", text);
	if (client->ssl)
		return SSL_write(client->ssl, line, length) == length;
	return send(client->descriptor, line, (size_t)length, MSG_NOSIGNAL) == length;
}

/* One line without its end. */
static bool hear(struct client *client)
{
	size_t length = 0;
	while (length + 1 < sizeof(client->line)) {
		char octet;
		bool came = client->ssl ? SSL_read(client->ssl, &octet, 1) == 1
					: recv(client->descriptor, &octet, 1, 0) == 1;
		if (!came)
			return false;
		if (octet == '\n')
			break;
		client->line[length++] = octet;
	}
	if (length > 0 && client->line[length - 1] == '\r')
		length--;
	client->line[length] = '\0';
	return true;
}

static void keep(char *text, const char *line)
{
	size_t length = strlen(text);
	(void)snprintf(text + length, MAIL_SERVER_TEXT - length, "%s\n", line);
}

static bool take_message(struct client *client)
{
	mail_server.message[0] = '\0';
	while (hear(client)) {
		if (strcmp(client->line, ".") == 0) {
			mail_server.messages++;
			client->messages++;
			return true;
		}
		keep(mail_server.message, client->line + (client->line[0] == '.'));
	}
	return false;
}

static bool begins(const struct client *client, const char *word)
{
	return strncasecmp(client->line, word, strlen(word)) == 0;
}

static void greet(struct client *client)
{
	(void)say(client, "250-mail.test at your service");
	if (!mail_server.no_tls && !client->ssl)
		(void)say(client, "250-STARTTLS");
	if (mail_server.login)
		(void)say(client, "250-AUTH PLAIN");
	(void)say(client, "250 SIZE 1000000");
}

static bool is_full(const struct client *client)
{
	return mail_server.most > 0 && client->messages >= mail_server.most;
}

/* Whether the dialogue goes on. */
static bool answer(struct client *client)
{
	const struct mail_server *part = &mail_server;
	if (begins(client, "EHLO") || begins(client, "HELO")) {
		greet(client);
	} else if (begins(client, "STARTTLS")) {
		(void)say(client, "220 go ahead");
		SSL *ssl = SSL_new(part->context);
		(void)SSL_set_fd(ssl, client->descriptor);
		client->ssl = ssl;
		mail_server.tls = SSL_accept(ssl) == 1;
		return mail_server.tls;
	} else if (begins(client, "AUTH PLAIN")) {
		if (!client->line[10]) {
			(void)say(client, "334 ");
			(void)hear(client);
		}
		bool known = part->login && strstr(client->line, part->login);
		(void)say(client, known ? "235 welcome" : "535 who are you");
	} else if (begins(client, "MAIL FROM") && is_full(client)) {
		(void)say(client, part->beyond);
		return part->beyond[0] != '4' || part->beyond[1] != '2';
	} else if (begins(client, "MAIL FROM")) {
		(void)say(client, part->sender ? part->sender : "250 sender ok");
	} else if (begins(client, "RCPT TO")) {
		(void)say(client, part->recipient ? part->recipient : "250 recipient ok");
	} else if (begins(client, "DATA")) {
		(void)say(client, "354 go on");
		if (!take_message(client) || (part->end && !part->end[0]))
			return false;
		if (!part->silent_at_end)
			(void)say(client, part->end ? part->end : "250 taken as 4711");
		return part->beyond || !is_full(client);
	} else if (begins(client, "QUIT")) {
		mail_server.farewells++;
		if (!part->silent_at_quit)
			(void)say(client, "221 bye");
		return part->silent_at_quit;
	} else {
		(void)say(client, "502 what?");
	}
	return true;
}

static void serve(void)
{
	struct client client = {.descriptor = accept(own.listener, NULL, NULL)};
	if (client.descriptor < 0)
		return;
	mail_server.connections++;
	mail_server.tls = false;
	if (mail_server.silent && own.held_count < HELD_MAX) {
		own.held[own.held_count++] = client.descriptor;
	} else {
		(void)say(&client,
			  mail_server.greeting ? mail_server.greeting : "220 mail.test ESMTP");
		while (hear(&client)) {
			keep(mail_server.commands, client.line);
			if (!answer(&client))
				break;
		}
		SSL_free(client.ssl);
		(void)close(client.descriptor);
	}
	(void)pthread_mutex_lock(&own.lock);
	own.over++;
	(void)pthread_cond_broadcast(&own.settled);
	(void)pthread_mutex_unlock(&own.lock);
}

static void *server_main(void *context)
{
	(void)context;
	for (;;) {
		struct pollfd polled[] = {{.fd = own.listener, .events = POLLIN},
					  {.fd = own.stop[0], .events = POLLIN}};
		(void)poll(polled, 2, -1);
		if (polled[1].revents)
			return NULL;
		serve();
	}
}

void mail_server_start(X509 *certificate, EVP_PKEY *key)
{
	memset(&mail_server, 0, sizeof(mail_server));
	memset(&own, 0, sizeof(own));
	assert_int_equal(pthread_mutex_init(&own.lock, NULL), 0);
	assert_int_equal(pthread_cond_init(&own.settled, NULL), 0);
	mail_server.context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(mail_server.context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(mail_server.context, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
	struct sockaddr_in address = {.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t length = sizeof(address);
	own.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(own.listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(getsockname(own.listener, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(listen(own.listener, 16), 0);
	mail_server.port = ntohs(address.sin_port);
	assert_int_equal(pipe(own.stop), 0);
	assert_int_equal(pthread_create(&own.thread, NULL, server_main, NULL), 0);
}

void mail_server_over(int connections)
{
	(void)pthread_mutex_lock(&own.lock);
	while (own.over < connections)
		(void)pthread_cond_wait(&own.settled, &own.lock);
	(void)pthread_mutex_unlock(&own.lock);
}

void mail_server_usual(int connections)
{
	mail_server_over(connections);
	mail_server = (struct mail_server){.context = mail_server.context,
					   .port = mail_server.port,
					   .connections = mail_server.connections};
}

void mail_server_stop(void)
{
	assert_int_equal(write(own.stop[1], "!", 1), 1);
	assert_int_equal(pthread_join(own.thread, NULL), 0);
	for (size_t i = 0; i < own.held_count; i++)
		(void)close(own.held[i]);
	(void)close(own.listener);
	(void)close(own.stop[0]);
	(void)close(own.stop[1]);
	(void)pthread_cond_destroy(&own.settled);
	(void)pthread_mutex_destroy(&own.lock);
	SSL_CTX_free(mail_server.context);
}

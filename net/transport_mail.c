/*
 * SMTP by libcurl: see transport_mail.h.
 *
 *   send → waits for its turn → dialogue, on a thread of its own → done
 *                                  │  ▲
 *                    accepted ──► the connection is kept ──► idle, worn or wanted
 *                                                            elsewhere: QUIT
 *
 * One dialogue at a time, on a thread: at the end of the message and at QUIT
 * libcurl waits for the server's reply inside its call, also when a multi handle
 * drives it, and a server may take minutes over a message. The address is pinned
 * as in transport_http. What could end a command early (RFC 5321 section 2.3.8)
 * or does not end its lines with CR LF is refused before anything is sent.
 *
 * A connection is kept for the next message only when the last one was accepted,
 * and used only for the very same server, TLS, login and greeting. A server may
 * have closed a kept one, or want no more messages on it: when nothing of the
 * message was sent by then, it goes by a fresh one at once.
 */
#include "net/transport_mail.h"

#include "base/digest.h"
#include "base/memory.h"
#include "net/clock.h"
#include "net/curl_loop.h"
#include "net/pinned_socket.h"
#include "net/worker.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	ADDRESS_OCTETS_MAX = 254, /* RFC 5321 section 4.5.3.1.3, without the angle brackets */
	LINE_MAX_OCTETS = 998,    /* RFC 5322 section 2.1.1, without CR LF */
	MESSAGE_MAX = 1 << 20,
	REPLY_TEXT_MAX =
		512, /* octets kept of a reply; RFC 5321 section 4.5.3.1.5 has that for a line */
	QUIT_WAIT_S = 1, /* the message is taken; the farewell is a courtesy */
	CODE_DIGITS = 3,
	CODE_CLOSING = 421, /* RFC 5321 section 4.2.2: "closing transmission channel" */
	URL_MAX = 640,
	IDLE_S = 2,
	MESSAGES_MAX = 1000, /* by one connection */
};

struct dialogue {
	LIST_ENTRY(dialogue) link;
	struct transport_mail *mail;
	const struct mail_ask *ask;
	mail_done *done;
	void *context;
	uint64_t number;  /* of the ask */
	bool connected;   /* by a connection of its own */
	size_t sent;      /* octets of the message that curl took */
	bool sent_whole;  /* and it was told that there are no more */
	bool said_quit;   /* replies from now on are not about the message */
	bool reply_ended; /* the next line begins another reply */
	int code;
	struct buffer text;
	char detail[CURL_ERROR_SIZE];
	enum mail_outcome outcome;
};

LIST_HEAD(dialogues, dialogue);

struct transport_mail {
	struct worker *worker;
	struct dialogues dialogues; /* all of them; the thread touches only the one it runs */
	struct event *idle;         /* nothing was sent for a while */
	atomic_bool stopping;
	atomic_uint_fast64_t asked; /* number of the last ask */

	/* The thread's, or once it has ended the loop's: the kept connection. */
	CURL *easy; /* NULL: none */
	struct digest peer;
	int messages;
	uint64_t unreached; /* asks up to this one need not try the peer again */
	enum mail_outcome unreached_outcome;
	char unreached_detail[CURL_ERROR_SIZE];
	char connect_to[ENDPOINT_TEXT + 4]; /* curl keeps the list, not copies */
	struct curl_slist connect_list;
};

/* ---- what may be sent ---- */

static bool is_atext(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

/* Dot-string "@" domain (RFC 5321 section 4.1.2), as far as it matters to a command line. */
static bool is_address(const char *text)
{
	const char *at = strchr(text, '@');
	if (!at || at == text || !at[1] || strlen(text) > ADDRESS_OCTETS_MAX)
		return false;
	for (const char *c = text; *c; c++)
		if (c != at && !is_atext(*c))
			return false;
	for (const char *c = at + 1; *c; c++)
		if (strchr("!#$%&'*+/=?^_`{|}~", *c))
			return false;
	return true;
}

/* Octets between the line ends; RFC 5321 section 2.3.8: "CR or LF characters … MUST NOT be
 * transmitted" otherwise. */
static bool is_message(struct slice message)
{
	size_t line = 0;
	if (message.length < 2 || message.length > MESSAGE_MAX ||
	    memcmp(message.data + message.length - 2, "\r\n", 2) != 0)
		return false;
	for (size_t i = 0; i < message.length; i++) {
		uint8_t c = message.data[i];
		if (c == '\r' && i + 1 < message.length && message.data[i + 1] == '\n') {
			i++;
			line = 0;
			continue;
		}
		if (c == '\r' || c == '\n' || c == '\0' || ++line > LINE_MAX_OCTETS)
			return false;
	}
	return true;
}

/* NULL when all of the ask may be sent. */
static const char *why_not(const struct mail_ask *ask)
{
	if (!is_address(ask->from))
		return "the sender is not an address that can be sent";
	if (!is_address(ask->to))
		return "the recipient is not an address that can be sent to";
	if (!is_message(ask->message))
		return "the message has lines that cannot be sent";
	if (ask->user && ask->security != MAIL_TLS_REQUIRED)
		return "a password is never sent without TLS";
	return NULL;
}

/* ---- what curl calls ---- */

static size_t more_wanted(char *to, size_t size, size_t count, void *context)
{
	struct dialogue *dialogue = context;
	struct slice message = dialogue->ask->message;
	size_t length = message.length - dialogue->sent;
	if (length > size * count)
		length = size * count;
	memcpy(to, message.data + dialogue->sent, length);
	dialogue->sent += length;
	dialogue->sent_whole = length == 0;
	return length;
}

/* "250-first", "250 last": a reply ends with the line whose fourth octet is no hyphen. */
static size_t line_came(char *data, size_t size, size_t count, void *context)
{
	struct dialogue *dialogue = context;
	size_t length = size * count, whole = length;
	if (dialogue->said_quit)
		return whole;
	if (dialogue->reply_ended)
		buffer_clear(&dialogue->text);
	else if (dialogue->text.length)
		buffer_append_byte(&dialogue->text, ' ');
	while (length > 0 && (data[length - 1] == '\n' || data[length - 1] == '\r'))
		length--;
	for (size_t i = 0; i < length; i++)
		buffer_append_byte(&dialogue->text,
				   data[i] >= 0x20 && data[i] < 0x7f ? (uint8_t)data[i] : '?');
	dialogue->reply_ended = length <= CODE_DIGITS || data[CODE_DIGITS] != '-';
	char digits[CODE_DIGITS + 1] = "";
	if (length >= CODE_DIGITS)
		memcpy(digits, data, CODE_DIGITS);
	dialogue->code = (int)strtol(digits, NULL, 10);
	return whole;
}

static int debug_came(CURL *easy, curl_infotype kind, char *data, size_t length, void *context)
{
	struct dialogue *dialogue = context;
	if (kind == CURLINFO_HEADER_OUT && length >= 4 && memcmp(data, "QUIT", 4) == 0) {
		dialogue->said_quit = true;
		(void)curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)QUIT_WAIT_S);
	}
	return 0;
}

/* Asked about once a second. */
static int may_go_on(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
		     curl_off_t up)
{
	const struct dialogue *dialogue = context;
	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	return dialogue->ask && atomic_load(&dialogue->mail->stopping) ? 1 : 0;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	(void)purpose;
	struct dialogue *dialogue = context;
	/* A farewell is no reason to connect. */
	if (!dialogue->ask)
		return CURL_SOCKET_BAD;
	dialogue->connected = true;
	return pinned_socket(&dialogue->ask->connect_to, to);
}

static void set_callbacks(struct dialogue *dialogue)
{
	CURL *easy = dialogue->mail->easy;
	CURL_SET(easy, CURLOPT_ERRORBUFFER, dialogue->detail);
	CURL_SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	CURL_SET(easy, CURLOPT_OPENSOCKETDATA, dialogue);
	CURL_SET(easy, CURLOPT_READFUNCTION, more_wanted);
	CURL_SET(easy, CURLOPT_READDATA, dialogue);
	CURL_SET(easy, CURLOPT_HEADERFUNCTION, line_came);
	CURL_SET(easy, CURLOPT_HEADERDATA, dialogue);
	CURL_SET(easy, CURLOPT_WRITEFUNCTION, line_came);
	CURL_SET(easy, CURLOPT_WRITEDATA, dialogue);
	CURL_SET(easy, CURLOPT_NOPROGRESS, 0L);
	CURL_SET(easy, CURLOPT_XFERINFOFUNCTION, may_go_on);
	CURL_SET(easy, CURLOPT_XFERINFODATA, dialogue);
	/* Commands as sent are told to the debug function only. */
	CURL_SET(easy, CURLOPT_VERBOSE, 1L);
	CURL_SET(easy, CURLOPT_DEBUGFUNCTION, debug_came);
	CURL_SET(easy, CURLOPT_DEBUGDATA, dialogue);
}

/* ---- the connection ---- */

/* All that makes a connection of one ask unfit for another: the server's address and name, how it
 * is verified, who logs in, who greets. */
static struct digest peer_of(const struct mail_ask *ask)
{
	char endpoint[ENDPOINT_TEXT];
	const char *parts[] = {
		endpoint_text(&ask->connect_to, endpoint),
		ask->server_name,
		ask->ca_file,
		ask->user,
		ask->password,
		strchr(ask->from, '@'),
	};
	struct digest peer = {{(uint8_t)ask->security}};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		struct digest part = {{0}};
		if (parts[i])
			part = digest_of(slice_text(parts[i]));
		peer = digest_of_two(slice_of(peer.bytes, DIGEST_BYTES),
				     slice_of(part.bytes, DIGEST_BYTES));
	}
	return peer;
}

/* Says QUIT, and waits a moment for the reply. */
static void hang_up(struct transport_mail *mail)
{
	struct dialogue farewell = {.mail = mail, .reply_ended = true};
	CURL *easy = mail->easy;
	if (!easy)
		return;
	set_callbacks(&farewell);
	CURL_SET(easy, CURLOPT_UPLOAD, 0L);
	CURL_SET(easy, CURLOPT_MAIL_RCPT, NULL);
	CURL_SET(easy, CURLOPT_CUSTOMREQUEST, "QUIT");
	CURL_SET(easy, CURLOPT_FORBID_REUSE, 1L);
	CURL_SET(easy, CURLOPT_TIMEOUT_MS, QUIT_WAIT_S * 1000L);
	(void)curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	mail->easy = NULL;
}

static void set_connection(struct transport_mail *mail, const struct mail_ask *ask)
{
	CURL *easy = mail->easy;
	char url[URL_MAX], endpoint[ENDPOINT_TEXT], address[ADDRESS_TEXT];
	bool v6 = !ask->server_name && ask->connect_to.address.family == ADDRESS_V6;
	static const long securities[] = {
		[MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
		[MAIL_TLS_IF_OFFERED] = CURLUSESSL_TRY,
		[MAIL_PLAIN] = CURLUSESSL_NONE,
	};
	/* The path is what EHLO says: the domain that the mail is from. */
	(void)snprintf(url, sizeof(url), "smtp://%s%s%s:%u/%s", v6 ? "[" : "",
		       ask->server_name ? ask->server_name
					: address_text(&ask->connect_to.address, address),
		       v6 ? "]" : "", (unsigned)ask->connect_to.port, strchr(ask->from, '@') + 1);
	(void)snprintf(mail->connect_to, sizeof(mail->connect_to), "::%s",
		       endpoint_text(&ask->connect_to, endpoint));
	mail->connect_list = (struct curl_slist){mail->connect_to, NULL};
	CURL_SET(easy, CURLOPT_URL, url);
	CURL_SET(easy, CURLOPT_CONNECT_TO, &mail->connect_list);
	CURL_SET(easy, CURLOPT_PROTOCOLS_STR, "smtp");
	CURL_SET(easy, CURLOPT_PROXY, "");
	CURL_SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	CURL_SET(easy, CURLOPT_NOSIGNAL, 1L);
	CURL_SET(easy, CURLOPT_USE_SSL, securities[ask->security]);
	CURL_SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	CURL_SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	CURL_SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	CURL_SET(easy, CURLOPT_CAPATH, NULL);
	CURL_SET(easy, CURLOPT_CAINFO, ask->ca_file ? ask->ca_file : SYSTEM_CA_FILE);
	/* 0 would mean curl's own default, minutes. */
	CURL_SET(easy, CURLOPT_CONNECTTIMEOUT_MS,
		 ask->connect_timeout_ms > 0 ? (long)ask->connect_timeout_ms : 1L);
	if (ask->user) {
		CURL_SET(easy, CURLOPT_USERNAME, ask->user);
		CURL_SET(easy, CURLOPT_PASSWORD, ask->password);
	}
}

/* The kept connection when it fits, otherwise the makings of a new one. */
static void take_connection(struct transport_mail *mail, const struct mail_ask *ask)
{
	struct digest peer = peer_of(ask);
	if (!digest_equal(peer, mail->peer) || mail->messages >= MESSAGES_MAX)
		hang_up(mail);
	if (mail->easy)
		return;
	mail->easy = curl_easy_init();
	if (!mail->easy)
		memory_exhausted();
	mail->peer = peer;
	mail->messages = 0;
	set_connection(mail, ask);
}

/* ---- one dialogue ---- */

static CURLcode perform(struct dialogue *dialogue, long timeout_ms)
{
	const struct mail_ask *ask = dialogue->ask;
	CURL *easy = dialogue->mail->easy;
	CLEANUP(memory_freep) char *to = memory_printf("<%s>", ask->to);
	CLEANUP(memory_freep) char *from = memory_printf("<%s>", ask->from);
	struct curl_slist recipients = {to, NULL};
	set_callbacks(dialogue);
	CURL_SET(easy, CURLOPT_TIMEOUT_MS, timeout_ms > 0 ? timeout_ms : 1L);
	CURL_SET(easy, CURLOPT_MAIL_FROM, from);
	CURL_SET(easy, CURLOPT_MAIL_RCPT, &recipients);
	CURL_SET(easy, CURLOPT_UPLOAD, 1L);
	CURL_SET(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ask->message.length);
	return curl_easy_perform(easy);
}

/* Those that count more than the last reply; the reply tells the rest. */
static const struct {
	CURLcode code;
	enum mail_outcome outcome;
} outcomes[] = {
	{CURLE_COULDNT_CONNECT, MAIL_CONNECT_FAILED},
	{CURLE_OPERATION_TIMEDOUT, MAIL_TIMED_OUT},
	{CURLE_USE_SSL_FAILED, MAIL_TLS_FAILED},
	{CURLE_SSL_CONNECT_ERROR, MAIL_TLS_FAILED},
	{CURLE_PEER_FAILED_VERIFICATION, MAIL_TLS_FAILED},
	{CURLE_SSL_CERTPROBLEM, MAIL_TLS_FAILED},
	{CURLE_SSL_CIPHER, MAIL_TLS_FAILED},
	{CURLE_SSL_ISSUER_ERROR, MAIL_TLS_FAILED},
	{CURLE_SSL_CACERT_BADFILE, MAIL_TLS_FAILED},
	{CURLE_LOGIN_DENIED, MAIL_DEFERRED},
};

static enum mail_outcome outcome_of(const struct dialogue *dialogue, CURLcode code)
{
	int kind = dialogue->code / 100;
	if (code == CURLE_OK)
		return kind == 2 ? MAIL_ACCEPTED : MAIL_BROKEN;
	for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++)
		if (outcomes[i].code == code)
			return outcomes[i].outcome;
	return kind == 4 ? MAIL_DEFERRED : kind == 5 ? MAIL_REFUSED : MAIL_BROKEN;
}

/* The kept connection was closed, or is closing, and nothing of the message is with the server. */
static bool is_worn_out(const struct dialogue *dialogue)
{
	return !dialogue->connected && dialogue->sent == 0 &&
	       (dialogue->code == CODE_CLOSING || dialogue->outcome == MAIL_BROKEN);
}

/* By the connection there is. It is kept when the message was accepted. */
static void converse(struct dialogue *dialogue, long timeout_ms)
{
	struct transport_mail *mail = dialogue->mail;
	CURLcode code = perform(dialogue, timeout_ms);
	dialogue->outcome = outcome_of(dialogue, code);
	if (dialogue->outcome == MAIL_ACCEPTED) {
		mail->messages++;
		return;
	}
	if (dialogue->detail[0] == '\0')
		(void)snprintf(dialogue->detail, sizeof(dialogue->detail), "%s",
			       curl_easy_strerror(code));
	hang_up(mail);
	if (dialogue->code == 0 &&
	    (dialogue->outcome == MAIL_CONNECT_FAILED || dialogue->outcome == MAIL_TIMED_OUT)) {
		mail->unreached = atomic_load(&mail->asked);
		mail->unreached_outcome = dialogue->outcome;
		memcpy(mail->unreached_detail, dialogue->detail, sizeof(dialogue->detail));
	}
}

/* What waited behind a server that does not answer has waited for it already: only what is asked
 * for from now on tries it again. */
static bool is_unreached(struct dialogue *dialogue)
{
	struct transport_mail *mail = dialogue->mail;
	if (dialogue->number > mail->unreached || !digest_equal(peer_of(dialogue->ask), mail->peer))
		return false;
	dialogue->outcome = mail->unreached_outcome;
	memcpy(dialogue->detail, mail->unreached_detail, sizeof(dialogue->detail));
	return true;
}

static void start_again(struct dialogue *dialogue)
{
	dialogue->said_quit = false;
	dialogue->reply_ended = true;
	dialogue->code = 0;
	dialogue->detail[0] = '\0';
	buffer_clear(&dialogue->text);
}

/* On the thread. */
static void dialogue_run(void *context)
{
	struct dialogue *dialogue = context;
	const char *why = why_not(dialogue->ask);
	if (why) {
		dialogue->outcome = MAIL_REFUSED;
		(void)snprintf(dialogue->detail, sizeof(dialogue->detail), "%s", why);
		return;
	}
	if (is_unreached(dialogue))
		return;
	int64_t until = clock_monotonic(NULL) + dialogue->ask->timeout_ms;
	take_connection(dialogue->mail, dialogue->ask);
	converse(dialogue, dialogue->ask->timeout_ms);
	if (!is_worn_out(dialogue) || atomic_load(&dialogue->mail->stopping))
		return;
	start_again(dialogue);
	take_connection(dialogue->mail, dialogue->ask);
	converse(dialogue, (long)(until - clock_monotonic(NULL)));
}

static void dialogue_free(struct dialogue *dialogue)
{
	LIST_REMOVE(dialogue, link);
	buffer_release(&dialogue->text);
	free(dialogue);
}

/* Lost after the whole message and before the reply to it: a 354 is of before. */
static bool maybe_accepted(const struct dialogue *dialogue)
{
	return dialogue->sent_whole &&
	       (dialogue->outcome == MAIL_TIMED_OUT || dialogue->outcome == MAIL_BROKEN);
}

static void dialogue_done(void *context)
{
	struct dialogue *dialogue = context;
	struct mail_reply reply = {
		.outcome = dialogue->outcome,
		.code = dialogue->code,
		.text = buffer_text(&dialogue->text),
		.maybe = maybe_accepted(dialogue),
		.detail = dialogue->outcome == MAIL_ACCEPTED ? "" : dialogue->detail,
	};
	struct transport_mail *mail = dialogue->mail;
	dialogue->done(dialogue->context, &reply);
	dialogue_free(dialogue);
	struct timeval idle = {.tv_sec = IDLE_S};
	if (LIST_EMPTY(&mail->dialogues) && event_add(mail->idle, &idle) != 0)
		memory_exhausted();
}

/* On the thread. */
static void idle_run(void *context)
{
	hang_up(context);
}

static void idle_done(void *context)
{
	(void)context;
}

static void idle_came(evutil_socket_t none, short what, void *context)
{
	struct transport_mail *mail = context;
	(void)none;
	(void)what;
	worker_do(mail->worker, idle_run, idle_done, mail);
}

/* ---- the transport ---- */

struct transport_mail *transport_mail_new(struct event_base *base, uint64_t *delivered)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		memory_exhausted();
	struct transport_mail *mail = memory_new(1, sizeof(*mail));
	LIST_INIT(&mail->dialogues);
	atomic_init(&mail->stopping, false);
	atomic_init(&mail->asked, 0);
	mail->worker = worker_new(base, delivered);
	mail->idle = evtimer_new(base, idle_came, mail);
	if (!mail->idle)
		memory_exhausted();
	return mail;
}

void transport_mail_stop(struct transport_mail *mail)
{
	if (!mail)
		return;
	atomic_store(&mail->stopping, true);
	worker_stop(mail->worker);
	hang_up(mail);
}

void transport_mail_free(struct transport_mail *mail)
{
	if (!mail)
		return;
	transport_mail_stop(mail);
	worker_free(mail->worker);
	event_free(mail->idle);
	struct dialogue *dialogue;
	while ((dialogue = LIST_FIRST(&mail->dialogues)))
		dialogue_free(dialogue);
	curl_global_cleanup();
	free(mail);
}

void transport_mail_send(struct transport_mail *mail, const struct mail_ask *ask, mail_done *done,
			 void *context)
{
	struct dialogue *dialogue = memory_new(1, sizeof(*dialogue));
	dialogue->mail = mail;
	dialogue->ask = ask;
	dialogue->done = done;
	dialogue->context = context;
	dialogue->number = atomic_fetch_add(&mail->asked, 1) + 1;
	dialogue->reply_ended = true;
	buffer_init(&dialogue->text, REPLY_TEXT_MAX);
	LIST_INSERT_HEAD(&mail->dialogues, dialogue, link);
	(void)event_del(mail->idle);
	worker_do(mail->worker, dialogue_run, dialogue_done, dialogue);
}

/*
 * DNS packets by c-ares: see transport_dns.h.
 *
 *   exchange → queued ──(pump)──→ on the wire ──(c-ares callback)──→ done
 *
 * A c-ares channel has one server, one set of flags and one timeout, so there is
 * a channel for each (server, transport, timeout), and more of the same when one
 * carries enough: a channel is one socket, thus one source port and one receive
 * buffer. Asking only queues; packets leave from the pump event, so no completion
 * comes inside the call that asked, and c-ares is never entered from its own
 * callback.
 */
#include "net/transport_dns.h"

#include "base/memory.h"
#include "net/clock.h"

#include <ares.h>
#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	/* What c-ares passes on of a UDP answer, at most. More than our queries ask for, for
	 * servers that send what they have regardless. */
	UDP_OCTETS_MAX = 4096,
	RECEIVE_BUFFER = 4 << 20,
	/* What a server's socket buffer of Linux's default size holds unread: 212,992 octets, of
	 * which the kernel may keep a quarter back, at up to 1,280 for a small packet. */
	BURST_MAX = 100,
	/* A question that old without an answer has been read by the server, or is lost. */
	BURST_MS = 50,
};

/* How much one channel carries, by transport. */
static const struct {
	int flags;
	unsigned at_once;  /* on the wire in one channel: what its receive buffer holds */
	unsigned lifetime; /* then the channel is retired, and with it the source port */
	unsigned channels; /* of this transport */
} transports[] = {
	[DNS_UDP] = {ARES_FLAG_IGNTC, 128, 1024, 96},
	/* One question a connection, for many servers close after the first answer. */
	[DNS_TCP] = {ARES_FLAG_USEVC, 1, 1, 32},
};

enum { TRANSPORTS = ARRAY_LENGTH(transports) };

struct question {
	TAILQ_ENTRY(question) queue_link; /* in queued, then in young */
	struct transport_dns *dns;
	struct channel *channel; /* NULL while queued */
	const struct dns_ask *ask;
	dns_done *done;
	void *context;
	int64_t sent_at; /* monotonic */
	bool young;      /* in dns->young */
};

TAILQ_HEAD(questions, question);

struct channel {
	LIST_ENTRY(channel) link;
	struct transport_dns *dns;
	ares_channel ares;
	struct endpoint server;
	enum dns_transport transport;
	int timeout_ms;
	struct event *socket; /* NULL while c-ares has none open */
	struct event *timer;
	unsigned on_wire;
	unsigned asked; /* in all */
	bool retired;   /* takes no more questions; freed once none is on the wire */
};

struct transport_dns {
	struct event_base *base;
	uint64_t *delivered;
	struct event *pump;
	struct questions queued[TRANSPORTS];
	struct questions young; /* UDP on the wire for less than BURST_MS, oldest first */
	unsigned young_count;
	LIST_HEAD(, channel) channels;
	unsigned channel_count[TRANSPORTS];
	bool closing; /* completions are dropped */
};

static void pump_soon(struct transport_dns *dns)
{
	event_active(dns->pump, EV_TIMEOUT, 0);
}

void transport_dns_exchange(struct transport_dns *dns, const struct dns_ask *ask, dns_done *done,
			    void *context)
{
	struct question *question = memory_new(1, sizeof(*question));
	question->dns = dns;
	question->ask = ask;
	question->done = done;
	question->context = context;
	TAILQ_INSERT_TAIL(&dns->queued[ask->transport], question, queue_link);
	pump_soon(dns);
}

static void not_young(struct question *question)
{
	if (!question->young)
		return;
	question->young = false;
	TAILQ_REMOVE(&question->dns->young, question, queue_link);
	question->dns->young_count--;
}

/*
 * c-ares answers FORMERR without OPT by asking again without EDNS (RFC 6891
 * section 7: such a server does not know it), which is right, and by never using
 * EDNS on this channel again, which would cut later answers at 512 octets.
 */
static bool lost_edns(const struct channel *channel)
{
	struct ares_options options;
	int mask;
	if (ares_save_options(channel->ares, &options, &mask) != ARES_SUCCESS)
		return true;
	bool lost = !(options.flags & ARES_FLAG_EDNS);
	ares_destroy_options(&options);
	return lost;
}

static enum dns_exchange_outcome outcome_of(int status)
{
	if (status == ARES_SUCCESS)
		return DNS_EXCHANGE_ANSWERED;
	return status == ARES_ETIMEOUT ? DNS_EXCHANGE_TIMED_OUT : DNS_EXCHANGE_UNREACHABLE;
}

/* Called by c-ares, exactly once for each ares_send. It compared id, question and address. */
static void answered(void *context, int status, int timeouts, unsigned char *packet, int length)
{
	(void)timeouts;
	struct question *question = context;
	struct transport_dns *dns = question->dns;
	struct channel *channel = question->channel;
	struct dns_reply reply = {.outcome = outcome_of(status)};
	if (reply.outcome == DNS_EXCHANGE_ANSWERED)
		reply.answer = slice_of(packet, (size_t)length);
	not_young(question);
	channel->on_wire--;
	if (!dns->closing) {
		channel->retired |= lost_edns(channel);
		++*dns->delivered;
		question->done(question->context, &reply);
		pump_soon(dns);
	}
	free(question);
}

static void channel_free(struct channel *channel)
{
	LIST_REMOVE(channel, link);
	channel->dns->channel_count[channel->transport]--;
	ares_destroy(channel->ares);
	if (channel->socket)
		event_free(channel->socket);
	event_free(channel->timer);
	free(channel);
}

/* After c-ares has run: the timer again, or the end of a channel that is used up. */
static void channel_settle(struct channel *channel)
{
	if (channel->on_wire == 0) {
		(void)event_del(channel->timer);
		if (channel->retired)
			channel_free(channel);
		return;
	}
	struct timeval left;
	if (ares_timeout(channel->ares, NULL, &left) && event_add(channel->timer, &left) != 0)
		memory_exhausted();
}

static void socket_ready(evutil_socket_t descriptor, short what, void *context)
{
	struct channel *channel = context;
	ares_process_fd(channel->ares, what & EV_READ ? descriptor : ARES_SOCKET_BAD,
			what & EV_WRITE ? descriptor : ARES_SOCKET_BAD);
	channel_settle(channel);
}

static void timer_fired(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct channel *channel = context;
	ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	channel_settle(channel);
}

/* c-ares tells what it wants to know about a socket; neither, before it closes it. */
static void socket_state(void *context, ares_socket_t descriptor, int readable, int writable)
{
	struct channel *channel = context;
	/* One server and one transport: one socket at a time. */
	if (channel->socket) {
		assert(event_get_fd(channel->socket) == descriptor);
		event_free(STEAL(channel->socket));
	}
	if (!readable && !writable)
		return;
	short what = EV_PERSIST;
	what |= readable ? EV_READ : 0;
	what |= writable ? EV_WRITE : 0;
	channel->socket = event_new(channel->dns->base, descriptor, what, socket_ready, channel);
	if (!channel->socket || event_add(channel->socket, NULL) != 0)
		memory_exhausted();
}

static void set_server(struct channel *channel)
{
	struct ares_addr_port_node node = {
		.family = channel->server.address.family == ADDRESS_V6 ? AF_INET6 : AF_INET,
		.udp_port = channel->server.port,
		.tcp_port = channel->server.port,
	};
	static_assert(sizeof(node.addr) == sizeof(channel->server.address.bytes),
		      "an address of either family fits");
	memcpy(&node.addr, channel->server.address.bytes, sizeof(node.addr));
	if (ares_set_servers_ports(channel->ares, &node) != ARES_SUCCESS)
		memory_exhausted();
}

static struct channel *channel_new(struct transport_dns *dns, const struct dns_ask *ask)
{
	struct channel *channel = memory_new(1, sizeof(*channel));
	channel->dns = dns;
	channel->server = ask->server;
	channel->transport = ask->transport;
	channel->timeout_ms = ask->timeout_ms;
	channel->timer = evtimer_new(dns->base, timer_fired, channel);
	/* All of these are given, so that c-ares reads neither resolv.conf nor the environment. */
	struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
	static char lookups[] = "b";
	struct ares_options options = {
		/* NOCHECKRESP: SERVFAIL and REFUSED are answers too. EDNS and ednspsz: without
		 * them c-ares cuts UDP answers at 512 octets, whatever the packet says. */
		.flags = transports[ask->transport].flags | ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS,
		.ednspsz = UDP_OCTETS_MAX,
		.timeout = ask->timeout_ms > 0 ? ask->timeout_ms : 1,
		.tries = 1,
		.ndots = 1,
		.socket_receive_buffer_size = RECEIVE_BUFFER,
		.servers = &loopback,
		.nservers = 1,
		.lookups = lookups,
		.sock_state_cb = socket_state,
		.sock_state_cb_data = channel,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
		   ARES_OPT_NDOTS | ARES_OPT_SOCK_RCVBUF | ARES_OPT_SERVERS | ARES_OPT_DOMAINS |
		   ARES_OPT_SORTLIST | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
	if (!channel->timer || ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS)
		memory_exhausted();
	set_server(channel);
	LIST_INSERT_HEAD(&dns->channels, channel, link);
	dns->channel_count[channel->transport]++;
	return channel;
}

static bool channel_serves(const struct channel *channel, const struct dns_ask *ask)
{
	return !channel->retired && channel->transport == ask->transport &&
	       channel->timeout_ms == ask->timeout_ms && channel->server.port == ask->server.port &&
	       address_equal(&channel->server.address, &ask->server.address) &&
	       channel->on_wire < transports[ask->transport].at_once;
}

/* A channel with room for the question; NULL when there must be an answer to another first. */
static struct channel *channel_for(struct transport_dns *dns, const struct dns_ask *ask)
{
	struct channel *channel;
	struct channel *idle = NULL;
	LIST_FOREACH(channel, &dns->channels, link)
	{
		if (channel_serves(channel, ask))
			return channel;
		if (channel->transport == ask->transport && channel->on_wire == 0)
			idle = channel;
	}
	if (dns->channel_count[ask->transport] >= transports[ask->transport].channels) {
		if (!idle)
			return NULL;
		channel_free(idle);
	}
	return channel_new(dns, ask);
}

static void send_question(struct channel *channel, struct question *question)
{
	struct transport_dns *dns = channel->dns;
	const struct dns_ask *ask = question->ask;
	TAILQ_REMOVE(&dns->queued[ask->transport], question, queue_link);
	question->channel = channel;
	question->sent_at = clock_monotonic(NULL);
	if (ask->transport == DNS_UDP) {
		question->young = true;
		TAILQ_INSERT_TAIL(&dns->young, question, queue_link);
		dns->young_count++;
	}
	channel->on_wire++;
	channel->asked++;
	channel->retired |= channel->asked >= transports[ask->transport].lifetime;
	bool timer_runs = channel->on_wire > 1;
	/* May complete before it returns, and free the question, when there is no route. */
	ares_send(channel->ares, ask->query.data, (int)ask->query.length, answered, question);
	/* All questions of a channel have one timeout: a timer that runs is early enough. */
	if (!timer_runs || channel->on_wire == 0)
		channel_settle(channel);
}

/* Sends what the channels and the burst limit let out; comes back when they let out more. */
static void pump(evutil_socket_t none, short what, void *context)
{
	(void)none;
	(void)what;
	struct transport_dns *dns = context;
	int64_t now = clock_monotonic(NULL);
	struct question *question;
	while ((question = TAILQ_FIRST(&dns->young)) && now - question->sent_at >= BURST_MS)
		not_young(question);
	for (size_t i = 0; i < TRANSPORTS; i++) {
		while ((question = TAILQ_FIRST(&dns->queued[i])) && dns->young_count < BURST_MAX) {
			struct channel *channel = channel_for(dns, question->ask);
			if (!channel)
				break;
			send_question(channel, question);
		}
	}
	if (dns->young_count < BURST_MAX)
		return;
	int64_t left_ms = BURST_MS - (now - TAILQ_FIRST(&dns->young)->sent_at);
	struct timeval left = {.tv_usec = (left_ms > 0 ? left_ms : 1) * 1000};
	if (event_add(dns->pump, &left) != 0)
		memory_exhausted();
}

struct transport_dns *transport_dns_new(struct event_base *base, uint64_t *delivered)
{
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		memory_exhausted();
	struct transport_dns *dns = memory_new(1, sizeof(*dns));
	dns->base = base;
	dns->delivered = delivered;
	dns->pump = evtimer_new(base, pump, dns);
	if (!dns->pump)
		memory_exhausted();
	for (size_t i = 0; i < TRANSPORTS; i++)
		TAILQ_INIT(&dns->queued[i]);
	TAILQ_INIT(&dns->young);
	LIST_INIT(&dns->channels);
	return dns;
}

void transport_dns_free(struct transport_dns *dns)
{
	if (!dns)
		return;
	dns->closing = true;
	struct channel *next;
	for (struct channel *channel = LIST_FIRST(&dns->channels); channel; channel = next) {
		next = LIST_NEXT(channel, link);
		channel_free(channel);
	}
	struct question *question;
	for (size_t i = 0; i < TRANSPORTS; i++) {
		while ((question = TAILQ_FIRST(&dns->queued[i]))) {
			TAILQ_REMOVE(&dns->queued[i], question, queue_link);
			free(question);
		}
	}
	event_free(dns->pump);
	ares_library_cleanup();
	free(dns);
}

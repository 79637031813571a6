/*
 * From a domain name to its contacts: see registry.h.
 *
 *   bootstrap ── an entry covers the name ──> RDAP ── "related" ──> RDAP of the registrar
 *      │ none, or no use                       │ no mailbox, or no answer
 *      └───────────────────> IANA's WHOIS <────┘
 *                                │ refer:
 *                                v
 *                            WHOIS of the registry ── nobody named ──> WHOIS of the registrar
 *                                │ keys only (JPRS)
 *                                └──> CONTACT key, one after the other
 *
 * IANA's answers are believed about where to ask, never about whom: they name the
 * contacts of the top-level domain. The contacts of a name come from servers that
 * IANA's answer of the last 48 hours leads to, and from nowhere else: whois.*
 * names that were right once belong to strangers today (.mobi, September 2024).
 */
#include "validators/registry.h"

#include "base/civil.h"
#include "validators/rdap.h"
#include "validators/rdap_bootstrap.h"
#include "validators/redirect.h"
#include "validators/whois.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	HTTP_OK = 200,
	HTTP_NOT_FOUND = 404,
	HTTP_TOO_MANY = 429,
	SHOWN = 200,
	/* Less than 48 hours by the time that the whole conversation may take. */
	REUSE_HOURS = 47,
};

/* How a question about a domain is put where the bare name is not the right one. These are ways of
 * speaking of whoever IANA names, not servers. */
static const struct {
	const char *top_level;
	const char *before;
	const char *after;
} question_forms[] = {
	{"jp", "", "/e"},         /* RULES 3.1: "/e" suppresses Japanese */
	{"com", "domain ", ""},   /* not name servers of that name */
	{"net", "domain ", ""},   /* the same registry */
	{"de", "-T dn,ace ", ""}, /* the domain object, not its status alone */
};

static const char *top_level_of(const char *domain)
{
	const char *dot = strrchr(domain, '.');
	return dot ? dot + 1 : domain;
}

bool registry_names_anybody(const struct registry *registry)
{
	for (size_t i = 0; i < registry->contacts.count; i++)
		if (registry->contacts.rows[i].email || registry->contacts.rows[i].phone)
			return true;
	return false;
}

static bool names_a_mailbox(const struct registry *registry)
{
	for (size_t i = 0; i < registry->contacts.count; i++)
		if (registry->contacts.rows[i].email)
			return true;
	return false;
}

static bool is_rdap(const struct registry *registry)
{
	return registry->purpose == REGISTRY_BOOTSTRAP || registry->purpose == REGISTRY_RDAP;
}

/* Notes what came of the exchange. */
static void note(struct validation *validation, struct registry *registry, enum status status,
		 const char *said)
{
	struct arena *arena = validation->arena;
	const struct exchange *exchange = &registry->exchange;
	if (registry->source_count == REGISTRY_SOURCES_MAX)
		return;
	registry->sources[registry->source_count++] = (struct registry_source){
		.protocol = is_rdap(registry) ? "rdap" : "whois",
		.server = arena_text(arena,
				     is_rdap(registry) ? registry->url.host : registry->whois_host),
		.question = is_rdap(registry) ? url_text(&registry->url, arena) : registry->line,
		.status = status,
		.said = arena_text(arena, said),
		.at_ms = exchange->at_ms,
	};
}

/* An answer that cannot be read, or is about something else, is not one that says "nobody". */
static enum status unusable(enum status status)
{
	return status == INPUT || status == NAME_INVALID || status == NAME_MISMATCH
		       ? ANSWER_UNUSABLE
		       : status;
}

static void note_error(struct validation *validation, struct registry *registry,
		       const struct error *err)
{
	note(validation, registry, unusable(err->status), err->sentence);
}

static void finish(struct registry *registry, enum status status)
{
	registry->finished = true;
	registry->status = status;
}

/* What a WHOIS answer could not give, an RDAP server that would not say may have. */
static void finish_asked(struct registry *registry)
{
	bool unsaid = !registry_names_anybody(registry) && registry->rdap_status != OK;
	finish(registry, unsaid ? registry->rdap_status : OK);
}

/* WHOIS is the second source of a name whose RDAP server answered: only a server that would not say
 * leaves something open then. */
static void finish_failed(struct registry *registry, enum status status)
{
	bool second = registry->rdap_answered && status != RATE_LIMITED;
	if (second)
		finish_asked(registry);
	else
		finish(registry, status);
}

static int64_t seconds_of(int64_t at_ms)
{
	return at_ms / SECOND_MS;
}

/* BR 3.2.2.4.12 by way of RULES section 3: the answer that led here is at most 48 hours old. */
static bool referral_is_fresh(const struct registry *registry)
{
	return seconds_of(registry->exchange.at_ms) - registry->referred_at_s <= REGISTRY_AGE_MAX_S;
}

/* --- questions --- */

static void ask_page(struct validation *validation, struct registry *registry,
		     enum registry_purpose purpose, const struct url *url)
{
	struct manners manners = {.per_minute = validation->network->registry.rdap_per_minute};
	if (purpose == REGISTRY_BOOTSTRAP) {
		manners.reuse_ms = REUSE_HOURS * HOUR_MS;
		manners.reusable = rdap_bootstrap_reusable;
	}
	registry->purpose = purpose;
	registry->url = *url;
	exchange_page(validation, &registry->exchange, url, &manners);
}

/* An answer of IANA's server is worth remembering when it leads on. */
static bool referral_reusable(struct slice answer)
{
	return slice_find(answer, slice_text("refer:")) >= 0;
}

static void ask_line(struct validation *validation, struct registry *registry,
		     enum registry_purpose purpose, const char *line)
{
	struct manners manners = {.per_minute = validation->network->registry.whois_per_minute};
	if (purpose == REGISTRY_IANA) {
		manners.reuse_ms = REUSE_HOURS * HOUR_MS;
		manners.reusable = referral_reusable;
	}
	registry->purpose = purpose;
	registry->line = line;
	exchange_line(validation, &registry->exchange, registry->whois_host, line, &manners);
}

static void ask_iana(struct validation *validation, struct registry *registry)
{
	const char *server = validation->network->registry.whois_server;
	if (!server) {
		finish_asked(registry);
		return;
	}
	(void)snprintf(registry->whois_host, sizeof(registry->whois_host), "%s", server);
	ask_line(validation, registry, REGISTRY_IANA, top_level_of(registry->domain));
}

static const char *question_of(struct validation *validation, const struct registry *registry)
{
	const char *top_level = top_level_of(registry->domain);
	for (size_t i = 0; registry->hops == 0 && i < ARRAY_LENGTH(question_forms); i++)
		if (strcmp(question_forms[i].top_level, top_level) == 0)
			return arena_printf(validation->arena, "%s%s%s", question_forms[i].before,
					    registry->domain, question_forms[i].after);
	return registry->domain;
}

/* Asks a WHOIS server about the domain. */
static void ask_whois(struct validation *validation, struct registry *registry, const char *host)
{
	(void)snprintf(registry->whois_host, sizeof(registry->whois_host), "%s", host);
	registry->visited[registry->visited_count++] = arena_text(validation->arena, host);
	ask_line(validation, registry, REGISTRY_WHOIS, question_of(validation, registry));
}

static bool was_visited(const struct registry *registry, const char *server)
{
	for (size_t i = 0; i < registry->visited_count; i++)
		if (strcasecmp(registry->visited[i], server) == 0)
			return true;
	return false;
}

/* --- RDAP --- */

static void leave_rdap(struct validation *validation, struct registry *registry)
{
	registry->hops = 0;
	registry->visited_count = 0;
	ask_iana(validation, registry);
}

/* The present RDAP server is of no use. */
static void rdap_failed(struct validation *validation, struct registry *registry,
			enum status status, const char *said)
{
	note(validation, registry, status, said);
	registry->rdap_status = status;
	leave_rdap(validation, registry);
}

static void visit_rdap(struct validation *validation, struct registry *registry,
		       const struct url *url)
{
	registry->visited[registry->visited_count++] = url_text(url, validation->arena);
	registry->redirects = 0;
	ask_page(validation, registry, REGISTRY_RDAP, url);
}

static void take_bootstrap(struct validation *validation, struct registry *registry)
{
	const struct exchange *exchange = &registry->exchange;
	struct error why = NO_ERROR;
	struct url base, url;
	if (exchange->http_status != HTTP_OK) {
		rdap_failed(validation, registry, ANSWER_UNUSABLE,
			    arena_printf(validation->arena, "answered %d", exchange->http_status));
		return;
	}
	registry->referred_at_s = seconds_of(exchange->at_ms);
	enum status status = rdap_bootstrap_find(exchange->answer, registry->domain,
						 validation->arena, &base, &why);
	if (status == OK)
		status = rdap_domain_url(&base, registry->domain, validation->arena, &url, &why);
	if (status == NOT_FOUND) {
		note(validation, registry, OK, why.sentence);
		leave_rdap(validation, registry);
		return;
	}
	if (status != OK) {
		rdap_failed(validation, registry, unusable(status), why.sentence);
		return;
	}
	note(validation, registry, OK,
	     arena_printf(validation->arena, "names %s", url_text(&base, validation->arena)));
	visit_rdap(validation, registry, &url);
}

static void follow_redirect(struct validation *validation, struct registry *registry)
{
	struct error why = NO_ERROR;
	struct url next;
	const struct exchange *exchange = &registry->exchange;
	enum status status =
		redirect_target(exchange->headers, &registry->url, validation->arena, &next, &why);
	if (status == OK && next.scheme != HTTP_TLS)
		status = fail(&why, REDIRECT_REFUSED, "answered with a redirect to http");
	if (status == OK && ++registry->redirects > validation->task->limits.redirects_max)
		status = fail(&why, REDIRECT_REFUSED, "answered with redirect %d of at most %d",
			      registry->redirects, validation->task->limits.redirects_max);
	if (status != OK) {
		rdap_failed(validation, registry, ANSWER_UNUSABLE, why.sentence);
		return;
	}
	note(validation, registry, OK,
	     arena_printf(validation->arena, "redirects to %s",
			  url_text(&next, validation->arena)));
	ask_page(validation, registry, REGISTRY_RDAP, &next);
}

static STATUS read_rdap(struct validation *validation, const struct registry *registry,
			struct contact_answer *ret, struct error *err)
{
	const struct exchange *exchange = &registry->exchange;
	if (!referral_is_fresh(registry))
		return fail(err, STALE, "the table of RDAP servers is more than 48 hours old");
	if (exchange->http_status == HTTP_TOO_MANY)
		return fail(err, RATE_LIMITED, "the server would not say: it answered 429");
	if (exchange->http_status == HTTP_NOT_FOUND)
		return fail(err, NOT_FOUND, "the server knows no %s", registry->domain);
	if (exchange->http_status != HTTP_OK)
		return fail(err, ANSWER_UNUSABLE, "answered %d", exchange->http_status);
	return rdap_parse(exchange->answer, registry->domain, validation->arena, ret, err);
}

static const char *shown_found(struct validation *validation, const struct contact_answer *answer)
{
	size_t count = answer->contacts.count;
	return arena_printf(validation->arena, "names %zu contact%s", count, count == 1 ? "" : "s");
}

/* Where the answer says that more is known; false when there is nowhere to go on. */
static bool go_on_rdap(struct validation *validation, struct registry *registry,
		       const char *related)
{
	struct url url;
	if (names_a_mailbox(registry) || !related || registry->hops == REGISTRY_REFERRALS_MAX ||
	    rdap_url(related, validation->arena, &url, NULL) != OK ||
	    was_visited(registry, url_text(&url, validation->arena)))
		return false;
	registry->hops++;
	visit_rdap(validation, registry, &url);
	return true;
}

static void take_rdap(struct validation *validation, struct registry *registry)
{
	struct contact_answer *answer = arena_new(validation->arena, 1, sizeof(*answer));
	struct error why = NO_ERROR;
	if (redirect_status_followed(registry->exchange.http_status)) {
		follow_redirect(validation, registry);
		return;
	}
	enum status status = read_rdap(validation, registry, answer, &why);
	if (status == NOT_FOUND && registry->hops == 0) {
		note_error(validation, registry, &why);
		finish(registry, NOT_FOUND);
		return;
	}
	if (status != OK) {
		/* The registry knows the name, whatever the registrar says. */
		rdap_failed(validation, registry,
			    status == NOT_FOUND ? ANSWER_UNUSABLE : unusable(status), why.sentence);
		return;
	}
	note(validation, registry, OK, shown_found(validation, answer));
	registry->rdap_answered = true;
	contact_set_merge(&registry->contacts, &answer->contacts,
			  arena_printf(validation->arena, "rdap %s", registry->url.host));
	if (go_on_rdap(validation, registry, answer->related))
		return;
	if (names_a_mailbox(registry))
		finish(registry, OK);
	else
		leave_rdap(validation, registry);
}

/* --- WHOIS --- */

static void whois_failed(struct validation *validation, struct registry *registry,
			 enum status status, const char *said)
{
	note(validation, registry, status, said);
	finish_failed(registry, status);
}

static void take_iana(struct validation *validation, struct registry *registry)
{
	struct contact_answer *answer = arena_new(validation->arena, 1, sizeof(*answer));
	struct error why = NO_ERROR;
	const char *top_level = top_level_of(registry->domain);
	enum status status =
		whois_parse(registry->exchange.answer, top_level, validation->arena, answer, &why);
	registry->referred_at_s = seconds_of(registry->exchange.at_ms);
	/* No WHOIS server is known then; an RDAP server that would not say stays the only source.
	 */
	if (status == NOT_FOUND && (registry->rdap_answered || registry->rdap_status != OK)) {
		note_error(validation, registry, &why);
		finish_asked(registry);
		return;
	}
	if (status != OK) {
		whois_failed(validation, registry, unusable(status), why.sentence);
		return;
	}
	if (!answer->referral) {
		note(validation, registry, OK,
		     arena_printf(validation->arena, "names no WHOIS server for .%s", top_level));
		finish_asked(registry);
		return;
	}
	note(validation, registry, OK,
	     arena_printf(validation->arena, "refers to %s", answer->referral));
	registry->visited_count = 0;
	ask_whois(validation, registry, answer->referral);
}

/* The keys that have nothing behind them yet; the same person often has two roles. */
static void collect_handles(struct registry *registry)
{
	for (size_t i = 0; i < registry->contacts.count; i++) {
		const struct contact *row = &registry->contacts.rows[i];
		bool known = !row->handle || row->email || row->phone;
		for (size_t k = 0; k < registry->handle_count && !known; k++)
			known = strcasecmp(registry->handles[k], row->handle) == 0;
		if (!known && registry->handle_count < REGISTRY_HANDLES_MAX)
			registry->handles[registry->handle_count++] = row->handle;
	}
}

/* RULES 3.1: letters, digits and "JP": nothing else is put into a question. */
static bool is_handle(const char *handle)
{
	size_t length = strspn(handle, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-");
	return length > 0 && length <= 32 && handle[length] == '\0';
}

static void ask_handles(struct validation *validation, struct registry *registry)
{
	while (registry->handles_asked < registry->handle_count) {
		const char *handle = registry->handles[registry->handles_asked++];
		if (!is_handle(handle))
			continue;
		ask_line(validation, registry, REGISTRY_HANDLE,
			 arena_printf(validation->arena, "CONTACT %s/e", handle));
		return;
	}
	finish_asked(registry);
}

/* Goes to the server that knows more, to JPRS's keys, or ends. */
static void go_on_whois(struct validation *validation, struct registry *registry,
			const char *referral)
{
	if (strcmp(top_level_of(registry->domain), "jp") == 0) {
		collect_handles(registry);
		ask_handles(validation, registry);
		return;
	}
	if (names_a_mailbox(registry) || !referral || was_visited(registry, referral)) {
		finish_asked(registry);
		return;
	}
	if (registry->hops == REGISTRY_REFERRALS_MAX) {
		finish_failed(registry, ANSWER_UNUSABLE);
		return;
	}
	registry->hops++;
	ask_whois(validation, registry, referral);
}

static const char *whois_source(struct validation *validation, const struct registry *registry)
{
	return arena_printf(validation->arena, "whois %s", registry->whois_host);
}

static void take_whois(struct validation *validation, struct registry *registry)
{
	struct contact_answer *answer = arena_new(validation->arena, 1, sizeof(*answer));
	struct error why = NO_ERROR;
	enum status status = OK;
	if (!referral_is_fresh(registry))
		status = fail(&why, STALE, "IANA's referral is more than 48 hours old");
	if (status == OK)
		status = whois_parse(registry->exchange.answer, registry->domain, validation->arena,
				     answer, &why);
	/* The registry knows the name, whatever the registrar says. */
	if (status == NOT_FOUND && registry->hops > 0) {
		note_error(validation, registry, &why);
		finish_asked(registry);
		return;
	}
	if (status != OK) {
		whois_failed(validation, registry, unusable(status), why.sentence);
		return;
	}
	note(validation, registry, OK,
	     answer->referral ? arena_printf(validation->arena, "%s, refers to %s",
					     shown_found(validation, answer), answer->referral)
			      : shown_found(validation, answer));
	contact_set_merge(&registry->contacts, &answer->contacts,
			  whois_source(validation, registry));
	go_on_whois(validation, registry, answer->referral);
}

/* What stands behind a key is known in every role that the key has. */
static STATUS read_handle(struct validation *validation, struct registry *registry,
			  struct error *err)
{
	struct contact_set *set = arena_new(validation->arena, 1, sizeof(*set));
	const char *handle = registry->handles[registry->handles_asked - 1];
	for (size_t i = 0; i < registry->contacts.count; i++) {
		const struct contact *row = &registry->contacts.rows[i];
		if (row->handle && strcasecmp(row->handle, handle) == 0)
			TRY(whois_parse_jprs_contact(registry->exchange.answer, handle, row->role,
						     validation->arena, set, err));
	}
	contact_set_merge(&registry->contacts, set, whois_source(validation, registry));
	return OK;
}

static void take_handle(struct validation *validation, struct registry *registry)
{
	struct error why = NO_ERROR;
	enum status status = OK;
	if (!referral_is_fresh(registry))
		status = fail(&why, STALE, "IANA's referral is more than 48 hours old");
	if (status == OK)
		status = read_handle(validation, registry, &why);
	if (status == OK) {
		note(validation, registry, OK, "names 1 contact");
	} else if (status == NOT_FOUND) {
		note_error(validation, registry, &why);
	} else {
		whois_failed(validation, registry, unusable(status), why.sentence);
		return;
	}
	ask_handles(validation, registry);
}

/* --- the machine --- */

/* The exchange gave no answer; what it said is why. */
static void exchange_failed(struct validation *validation, struct registry *registry)
{
	const struct exchange *exchange = &registry->exchange;
	if (is_rdap(registry))
		rdap_failed(validation, registry, exchange->status, exchange->said);
	else
		whois_failed(validation, registry, exchange->status, exchange->said);
}

/* Goes on as long as exchanges end without having asked anything (an address refused). */
static void settle(struct validation *validation, struct registry *registry)
{
	while (!registry->finished && registry->exchange.outcome == EXCHANGE_FAILED)
		exchange_failed(validation, registry);
}

void registry_begin(struct validation *validation, struct registry *registry, const char *domain)
{
	const char *bootstrap = validation->network->registry.rdap_bootstrap;
	struct url url;
	registry->domain = domain;
	registry->status = registry->rdap_status = OK;
	if (bootstrap && rdap_url(bootstrap, validation->arena, &url, NULL) == OK)
		ask_page(validation, registry, REGISTRY_BOOTSTRAP, &url);
	else
		ask_iana(validation, registry);
	settle(validation, registry);
}

bool registry_advance(struct validation *validation, struct registry *registry,
		      const struct event *event)
{
	if (registry->finished || !exchange_advance(validation, &registry->exchange, event))
		return false;
	if (registry->exchange.outcome == EXCHANGE_ANSWERED) {
		switch (registry->purpose) {
		case REGISTRY_BOOTSTRAP:
			take_bootstrap(validation, registry);
			break;
		case REGISTRY_RDAP:
			take_rdap(validation, registry);
			break;
		case REGISTRY_IANA:
			take_iana(validation, registry);
			break;
		case REGISTRY_WHOIS:
			take_whois(validation, registry);
			break;
		case REGISTRY_HANDLE:
			take_handle(validation, registry);
			break;
		}
	}
	settle(validation, registry);
	return true;
}

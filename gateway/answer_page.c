/*
 * The page on which people answer: see answer_page.h.
 *
 *   request ─► rate ─► path ─► question ─┬─ closed, unknown ─► its page
 *                                        ├─ GET, HEAD ─► the question, with a fresh form
 *                                        └─ POST ─► from our page? ─► token? ─► whole? ─► answer
 *                                                    └──────────────┴─────────┴─► the question
 */
#include "gateway/answer_page.h"

#include "base/encode.h"
#include "base/memory.h"
#include "gateway/answer_view.h"
#include "gateway/client.h"
#include "gateway/form.h"
#include "gateway/rate.h"
#include "gateway/token.h"
#include "net/http_server.h"

#include <stdlib.h>
#include <string.h>

/* Posts are small; a stranger costs little, and not for long. */
enum {
	BODY_MAX = 4 << 10,
	HEADER_MAX = 16 << 10,
	HANDSHAKE_MS = 10 * 1000,
	IDLE_S = 30,
	CONNECTIONS_MAX = 512,
	CONNECTIONS_EACH = 32,
	DRAIN_MS = 2000,
	RATE_CLIENTS = 4096,
	VALUE_MAX = 128,
	COOKIE_BYTES = 16,
	AGENT_MAX = 512,
	FORM_LIFE_MS = 30 * 60 * 1000,
	BROKEN_AGAIN_S = 30,
};

/* An office looks from one address, and its mail scanner with it. */
static const struct rate_params read_rates = {
	.each = {.burst = 60, .per_minute = 120},
	.all = {.burst = 2000, .per_minute = 120000},
	.clients = RATE_CLIENTS,
};
static const struct rate_params post_rates = {
	.each = {.burst = 10, .per_minute = 20},
	.all = {.burst = 100, .per_minute = 3000},
	.clients = RATE_CLIENTS,
};

enum {
	STATUS_OK = 200,
	STATUS_SEE_OTHER = 303,
	STATUS_BAD_REQUEST = 400,
	STATUS_FORBIDDEN = 403,
	STATUS_NOT_FOUND = 404,
	STATUS_METHOD = 405,
	STATUS_GONE = 410,
	STATUS_TOO_MANY = 429,
	STATUS_UNAVAILABLE = 503,
};

/* Its prefix lets a browser take it only over https, for this host alone, with Secure and Path=/
 * (RFC 6265bis section 4.1.3.2). So also behind a proxy: the public's side of it is https. */
#define COOKIE_NAME "__Host-answer"
#define ANSWER_PATH "/answer/"
static const char value_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

struct answer_page {
	struct loop *loop;
	struct engine *engine;
	const struct configuration_answers *answers;
	struct http_server *http;
	struct rate *reads, *posts;
	struct secret *key; /* of tokens; forms end with this process */
	char *policy;       /* Content-Security-Policy */
	char *origin;       /* of the public URL, as browsers write it */
	const char *prefix; /* the path of the public URL; "" */
	bool tls;
	void (*log)(void *context, const char *line);
	void *context;
};

enum { FIELDS_MAX = 20 };

/* One request. */
struct visit {
	struct answer_page *page;
	struct http_exchange *exchange;
	const struct http_request *request;
	struct arena arena;
	struct address client;
	int64_t began_ms;
	const char *value;
	struct form query;
	enum language language;
	const char *cookie; /* the browser's; NULL: it has none */
	struct http_field fields[FIELDS_MAX];
	size_t field_count;
};

static struct environment *environment_of(const struct answer_page *page)
{
	return page->engine->environment;
}

static int64_t monotonic(const struct answer_page *page)
{
	struct environment *environment = environment_of(page);
	return environment->monotonic(environment->self);
}

/* ---- answers ---- */

static void field(struct visit *visit, const char *name, const char *value)
{
	visit->fields[visit->field_count++] = (struct http_field){name, value};
}

/* "same-origin": the link's value is never told to another site. With "no-referrer" browsers would
 * send our own forms with "Origin: null" (Fetch section 3.2, append a request Origin header), and
 * theirs could not be told from a sandboxed stranger's. */
static const struct http_field fixed_fields[] = {
	{"Cache-Control", "no-store"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	{"X-Robots-Tag", "noindex, nofollow, noarchive"},
};

static const char *method_text(enum http_method method)
{
	static const char *const texts[] = {[HTTP_METHOD_GET] = "GET",
					    [HTTP_METHOD_HEAD] = "HEAD",
					    [HTTP_METHOD_POST] = "POST",
					    [HTTP_METHOD_OTHER] = "OTHER"};
	return texts[method];
}

static void log_request(struct visit *visit, int status)
{
	struct answer_page *page = visit->page;
	char text[ADDRESS_TEXT] = "-";
	if (visit->client.family != ADDRESS_NONE)
		(void)address_text(&visit->client, text);
	page->log(page->context,
		  arena_printf(&visit->arena, "%s %s %d %s %lld ms",
			       method_text(visit->request->method),
			       visit->value ? ANSWER_PATH "..." : "(another path)", status, text,
			       (long long)(monotonic(page) - visit->began_ms)));
}

static void respond(struct visit *visit, int status, const char *content_type, struct slice body)
{
	for (size_t i = 0; i < ARRAY_LENGTH(fixed_fields); i++)
		field(visit, fixed_fields[i].name, fixed_fields[i].value);
	field(visit, "Content-Security-Policy", visit->page->policy);
	if (visit->page->tls)
		field(visit, "Strict-Transport-Security", "max-age=31536000");
	struct http_answer answer = {
		.status = status,
		.content_type = content_type,
		.body = body,
		.fields = visit->fields,
		.field_count = visit->field_count,
	};
	log_request(visit, status);
	http_exchange_send(visit->exchange, &answer);
}

static void respond_view(struct visit *visit, int status, const struct answer_view *view)
{
	field(visit, "Content-Language", language_tag(view->language));
	respond(visit, status, "text/html; charset=utf-8", buffer_slice(&view->html));
}

static void respond_message(struct visit *visit, int status, enum answer_word heading,
			    enum answer_word sentence)
{
	CLEANUP(answer_view_release) struct answer_view view;
	answer_view_init(&view, visit->language);
	answer_view_message(&view, heading, sentence);
	respond_view(visit, status, &view);
}

static void respond_absent(struct visit *visit)
{
	respond_message(visit, STATUS_NOT_FOUND, WORD_ABSENT, WORD_ABSENT_NEXT);
}

static void respond_after(struct visit *visit, int status, int after_s, enum answer_word heading,
			  enum answer_word sentence)
{
	field(visit, "Retry-After", arena_printf(&visit->arena, "%d", after_s));
	respond_message(visit, status, heading, sentence);
}

/* What failed is for the operator; the reader may try again. */
static void respond_broken(struct visit *visit, const struct error *why)
{
	struct answer_page *page = visit->page;
	page->log(page->context,
		  arena_printf(&visit->arena, "%s: %s", status_code(why->status), why->sentence));
	respond_after(visit, STATUS_UNAVAILABLE, BROKEN_AGAIN_S, WORD_BROKEN, WORD_BROKEN_NEXT);
}

/* ---- the question ---- */

static const char *new_cookie(struct visit *visit)
{
	struct environment *environment = environment_of(visit->page);
	uint8_t octets[COOKIE_BYTES];
	char *text = arena_new(&visit->arena, 2 * COOKIE_BYTES + 1, 1);
	environment->random(environment->self, octets, sizeof(octets));
	encode_hex(octets, sizeof(octets), text);
	field(visit, "Set-Cookie",
	      arena_printf(&visit->arena,
			   COOKIE_NAME "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", text));
	return text;
}

static struct token_of token_of(const struct visit *visit, const struct answer_view *view,
				const char *cookie)
{
	return (struct token_of){.value = visit->value,
				 .cookie = cookie,
				 .page = digest_of(buffer_slice(&view->text))};
}

/* With a form that can be sent. */
static void show_question(struct visit *visit, const struct question *question, int status,
			  enum answer_word notice)
{
	CLEANUP(answer_view_release) struct answer_view view;
	struct error why = NO_ERROR;
	char token[TOKEN_TEXT];
	answer_view_init(&view, visit->language);
	if (answer_view_question(&view, question, notice, &why) != OK) {
		respond_broken(visit, &why);
		return;
	}
	struct token_of of =
		token_of(visit, &view, visit->cookie ? visit->cookie : new_cookie(visit));
	int64_t until = monotonic(visit->page) + FORM_LIFE_MS;
	answer_view_question_end(&view, token_make(visit->page->key, &of, until, token));
	respond_view(visit, status, &view);
}

static void show_closed(struct visit *visit, const struct question *question)
{
	CLEANUP(answer_view_release) struct answer_view view;
	bool answered = question->state == MESSAGE_YES || question->state == MESSAGE_NO ||
			question->state == MESSAGE_NOT_ME;
	answer_view_init(&view, visit->language);
	answer_view_closed(&view, question);
	respond_view(visit, answered ? STATUS_OK : STATUS_GONE, &view);
}

/* ---- an answer ---- */

static const char *header(struct visit *visit, const char *name)
{
	return http_exchange_header(visit->exchange, name, &visit->arena);
}

/* Browsers say from whose page a form comes; who says nothing may still have the token. */
static bool is_from_our_page(struct visit *visit)
{
	const char *site = header(visit, "Sec-Fetch-Site");
	const char *origin = header(visit, "Origin");
	return (!site || strcmp(site, "same-origin") == 0) &&
	       (!origin || strcasecmp(origin, visit->page->origin) == 0);
}

static bool is_form(struct visit *visit)
{
	static const char type[] = "application/x-www-form-urlencoded";
	const char *given = header(visit, "Content-Type");
	size_t length = sizeof(type) - 1;
	return given && strncasecmp(given, type, length) == 0 &&
	       (!given[length] || given[length] == ';');
}

/* Whether the form is one of ours, for this page as it is now and this browser; view becomes the
 * page that it was on. */
static bool is_our_form(struct visit *visit, const struct form *form,
			const struct question *question, struct answer_view *view)
{
	const char *token = form_value(form, ANSWER_FIELD_TOKEN);
	if (!token || !visit->cookie ||
	    answer_view_question(view, question, ANSWER_WORD_COUNT, NULL) != OK)
		return false;
	struct token_of of = token_of(visit, view, visit->cookie);
	return token_is_good(visit->page->key, &of, token, monotonic(visit->page));
}

/* What the form says; false when it lacks the tick, a button, or a scope that was asked for. */
static bool take_form(const struct form *form, const struct question *question,
		      struct answer_params *ret)
{
	const char *read = form_value(form, ANSWER_FIELD_READ);
	const char *said = form_value(form, ANSWER_FIELD_SAID);
	const char *scope = form_value(form, ANSWER_FIELD_SCOPE);
	if (!read || strcmp(read, "on") != 0 || !said ||
	    answer_said_parse(said, &ret->said, NULL) != OK)
		return false;
	ret->scope = ANSWER_FOR_DOMAIN;
	if (ret->said != ANSWER_YES || !question->may_narrow || question->name_count == 0)
		return true;
	if (scope && strcmp(scope, ANSWER_SCOPE_NAMES) == 0)
		ret->scope = ANSWER_FOR_NAMES;
	return ret->scope == ANSWER_FOR_NAMES || (scope && strcmp(scope, ANSWER_SCOPE_DOMAIN) == 0);
}

static const char *agent_of(struct visit *visit)
{
	const char *agent = header(visit, "User-Agent");
	return agent && strlen(agent) <= AGENT_MAX && form_is_text(slice_text(agent)) ? agent
										      : NULL;
}

static void give_answer(struct visit *visit, struct answer_params *params)
{
	struct answer_page *page = visit->page;
	struct error why = NO_ERROR;
	struct answered answered;
	char text[ADDRESS_TEXT];
	params->value = visit->value;
	params->channel = "page";
	params->client =
		visit->client.family == ADDRESS_NONE ? NULL : address_text(&visit->client, text);
	params->user_agent = agent_of(visit);
	params->language = language_tag(visit->language);
	enum status status = command_answer(page->engine, params, &answered, &why);
	/* Closed by another answer meanwhile: the page says which. */
	if (status != OK && status != ANSWER_CLOSED) {
		respond_broken(visit, &why);
		return;
	}
	loop_wake(page->loop);
	/* So that a page loaded again is a GET. */
	field(visit, "Location",
	      arena_printf(&visit->arena, "?" ANSWER_FIELD_LANGUAGE "=%s",
			   language_tag(visit->language)));
	respond(visit, STATUS_SEE_OTHER, "text/plain; charset=utf-8", SLICE_NONE);
}

static void answer(struct visit *visit, const struct question *question)
{
	CLEANUP(answer_view_release) struct answer_view view;
	struct answer_params params = {.value = NULL};
	struct form form = {.count = 0};
	bool readable =
		is_form(visit) && form_read(visit->request->body, &visit->arena, &form, NULL) == OK;
	/* The language of the page that the form was on. */
	visit->language =
		language_of_tag(form_value(&form, ANSWER_FIELD_LANGUAGE), visit->language);
	answer_view_init(&view, visit->language);
	if (!readable || !is_from_our_page(visit) || !is_our_form(visit, &form, question, &view)) {
		show_question(visit, question, STATUS_FORBIDDEN, WORD_STALE);
		return;
	}
	if (!take_form(&form, question, &params)) {
		show_question(visit, question, STATUS_BAD_REQUEST, WORD_UNREAD);
		return;
	}
	params.page = buffer_slice(&view.text);
	give_answer(visit, &params);
}

/* ---- requests ---- */

/* What is behind PREFIX/answer/ or, for a proxy that cuts the prefix off, behind /answer/; NULL
 * when the path is another, or what is there cannot be a value. */
static const char *value_of(const struct answer_page *page, const char *path)
{
	size_t prefix = strlen(page->prefix), length = sizeof(ANSWER_PATH) - 1;
	if (strncmp(path, page->prefix, prefix) == 0 &&
	    strncmp(path + prefix, ANSWER_PATH, length) == 0)
		path += prefix;
	if (strncmp(path, ANSWER_PATH, length) != 0)
		return NULL;
	path += length;
	length = strlen(path);
	return length > 0 && length <= VALUE_MAX && strspn(path, value_letters) == length ? path
											  : NULL;
}

static void visit_question(struct visit *visit)
{
	struct question question;
	struct error why = NO_ERROR;
	enum status status = question_of_value(visit->page->engine, visit->value, &visit->arena,
					       &question, &why);
	if (status == NOT_FOUND)
		respond_absent(visit);
	else if (status != OK)
		respond_broken(visit, &why);
	else if (question.state != MESSAGE_OPEN || question.expired)
		show_closed(visit, &question);
	else if (visit->request->method == HTTP_METHOD_POST)
		answer(visit, &question);
	else
		show_question(visit, &question, STATUS_OK, ANSWER_WORD_COUNT);
}

static void visit_path(struct visit *visit)
{
	enum http_method method = visit->request->method;
	bool reads = method == HTTP_METHOD_GET || method == HTTP_METHOD_HEAD;
	if (visit->value && method == HTTP_METHOD_OTHER) {
		field(visit, "Allow", "GET, HEAD, POST");
		respond_message(visit, STATUS_METHOD, WORD_METHOD, WORD_METHOD_NEXT);
	} else if (visit->value) {
		visit_question(visit);
	} else if (reads && strcmp(visit->request->path, "/robots.txt") == 0) {
		respond(visit, STATUS_OK, "text/plain; charset=utf-8",
			slice_text("User-agent: *\nDisallow: /\n"));
	} else {
		respond_absent(visit);
	}
}

static void begin_visit(struct visit *visit)
{
	struct answer_page *page = visit->page;
	const struct configuration_answers *answers = page->answers;
	const char *query = visit->request->query;
	visit->began_ms = monotonic(page);
	visit->client = client_address(&visit->request->peer, header(visit, "X-Forwarded-For"),
				       answers->proxies, answers->proxy_count);
	visit->value = value_of(page, visit->request->path);
	visit->cookie = form_cookie(header(visit, "Cookie"), COOKIE_NAME, &visit->arena);
	if (visit->cookie && strlen(visit->cookie) != 2 * COOKIE_BYTES)
		visit->cookie = NULL;
	visit->language = language_of_header(header(visit, "Accept-Language"), answers->language);
	if (query && form_read(slice_text(query), &visit->arena, &visit->query, NULL) == OK)
		visit->language = language_of_tag(form_value(&visit->query, ANSWER_FIELD_LANGUAGE),
						  visit->language);
}

static void request_came(void *context, struct http_exchange *exchange,
			 const struct http_request *request)
{
	struct answer_page *page = context;
	struct visit visit = {
		.page = page, .exchange = exchange, .request = request, .arena = ARENA_NONE};
	begin_visit(&visit);
	struct rate *rate = request->method == HTTP_METHOD_POST ? page->posts : page->reads;
	int after_s = rate_take(rate, &visit.client, visit.began_ms);
	if (after_s > 0)
		respond_after(&visit, STATUS_TOO_MANY, after_s, WORD_OFTEN, WORD_OFTEN_NEXT);
	else
		visit_path(&visit);
	arena_release(&visit.arena);
}

/* ---- the server ---- */

/* Scheme, host and port in lower case, without the scheme's own port (RFC 6454 section 6.2). */
static void take_url(struct answer_page *page)
{
	static const char scheme[] = "https://", own_port[] = ":443";
	const char *url = page->answers->url;
	size_t length = sizeof(scheme) - 1 + strcspn(url + sizeof(scheme) - 1, "/");
	page->prefix = url + length;
	page->origin = memory_printf("%.*s", (int)length, url);
	if (length > sizeof(own_port) - 1 &&
	    strcmp(page->origin + length - (sizeof(own_port) - 1), own_port) == 0)
		page->origin[length - (sizeof(own_port) - 1)] = '\0';
}

static void make_policy(struct answer_page *page)
{
	CLEANUP(buffer_release) struct buffer hash;
	struct digest digest = digest_of(answer_view_style());
	buffer_init(&hash, 2 * DIGEST_TEXT);
	encode_base64(slice_of(digest.bytes, DIGEST_BYTES), &hash);
	page->policy = memory_printf("default-src 'none'; style-src 'sha256-%s'; form-action "
				     "'self'; frame-ancestors 'none'; base-uri 'none'",
				     buffer_text(&hash));
}

static struct rate *seeded_rate(struct environment *environment, const struct rate_params *params)
{
	struct rate_params seeded = *params;
	environment->random(environment->self, &seeded.seed, sizeof(seeded.seed));
	return rate_new(&seeded);
}

enum status answer_page_new(const struct answer_page_params *params, struct answer_page **ret,
			    struct error *err)
{
	CLEANUP(answer_page_freep) struct answer_page *page = memory_new(1, sizeof(*page));
	struct environment *environment = params->engine->environment;
	*page = (struct answer_page){
		.loop = params->loop,
		.engine = params->engine,
		.answers = params->answers,
		.reads = seeded_rate(environment, &read_rates),
		.posts = seeded_rate(environment, &post_rates),
		.key = secret_new(slice_of(NULL, TOKEN_KEY_BYTES)),
		.tls = params->certificate_file,
		.log = params->log,
		.context = params->context,
	};
	environment->random(environment->self, secret_writable(page->key), TOKEN_KEY_BYTES);
	take_url(page);
	make_policy(page);
	struct http_server_params http = {
		.listen = params->answers->listen,
		.certificate_file = params->certificate_file,
		.key_file = params->key_file,
		.body_limit = BODY_MAX,
		.header_limit = HEADER_MAX,
		.handshake_ms = HANDSHAKE_MS,
		.idle_s = IDLE_S,
		.connections = CONNECTIONS_MAX,
		/* All connections of a proxy are from one address. */
		.connections_each = params->answers->proxy_count > 0 ? 0 : CONNECTIONS_EACH,
		.handler = request_came,
		.context = page,
	};
	TRY(http_server_new(params->loop, &http, &page->http, err));
	*ret = STEAL(page);
	return OK;
}

void answer_page_free(struct answer_page *page)
{
	if (!page)
		return;
	http_server_free(page->http);
	rate_free(page->reads);
	rate_free(page->posts);
	secret_free(page->key);
	free(page->policy);
	free(page->origin);
	free(page);
}

void answer_page_freep(struct answer_page **page)
{
	answer_page_free(*page);
	*page = NULL;
}

uint16_t answer_page_port(const struct answer_page *page)
{
	return http_server_port(page->http);
}

void answer_page_drain(struct answer_page *page)
{
	http_server_drain(page->http, monotonic(page) + DRAIN_MS);
}

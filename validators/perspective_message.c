/*
 * The messages of the Open MPIC API: see perspective_message.h. One row a method,
 * its writer and its reader one below the other.
 */
#include "validators/perspective_message.h"

#include "base/json.h"
#include "base/json_text.h"
#include "csr/account.h"
#include "csr/names.h"

#include <string.h>

enum { VALUE_MAX = 1024, PATH_MAX_OCTETS = 200, IDENTIFIER_MAX = 255 };

/* validators/dns_txt.c looks below this label, and nowhere else. */
#define DNS_TXT_LABEL "_issuer-validation"

static const char *const check_types[] = {[CHECK_DCV] = "dcv", [CHECK_CAA] = "caa"};

const char *check_type_text(enum check_type type)
{
	return check_types[type];
}

enum status check_type_parse(const char *text, enum check_type *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(check_types); i++) {
		if (strcmp(check_types[i], text) != 0)
			continue;
		*ret = (enum check_type)i;
		return OK;
	}
	return INPUT;
}

enum check_type check_type_of(const struct validation_task *task)
{
	return strcmp(task->method, "caa") == 0 ? CHECK_CAA : CHECK_DCV;
}

/* --- members --- */

static STATUS refuse(struct error *err, const char *member, const char *why)
{
	return fail(err, INPUT, "the member \"%s\" %s", member, why);
}

static bool is_printable(const char *text, size_t most)
{
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return false;
	return length > 0 && length <= most;
}

/* One word of printable ASCII. */
static STATUS take_word(const json_t *object, const char *member, size_t most, struct arena *arena,
			const char **ret, struct error *err)
{
	const char *text = json_get_text(object, member);
	if (!text)
		return refuse(err, member, "is missing or not a text");
	if (!is_printable(text, most))
		return refuse(err, member, "is empty, too long, or not printable ASCII");
	*ret = arena_text(arena, text);
	return OK;
}

/* One path segment that needs no escape, and is no way up. */
static STATUS take_segment(const json_t *object, const char *member, struct arena *arena,
			   const char **ret, struct error *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	const char *text = NULL;
	TRY(take_word(object, member, PATH_MAX_OCTETS, arena, &text, err));
	if (text[strspn(text, plain)] || text[0] == '.')
		return refuse(err, member, "is not one path segment of plain characters");
	*ret = text;
	return OK;
}

static bool is_absent(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);
	return !value || json_is_null(value) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

/* Absent, or this. */
static STATUS take_fixed(const json_t *object, const char *member, const char *text,
			 struct error *err)
{
	const char *given = json_get_text(object, member);
	if (is_absent(object, member) || (given && strcmp(given, text) == 0))
		return OK;
	return fail(err, INPUT,
		    "the member \"%s\" has a value other than \"%s\", the only one supported",
		    member, text);
}

/* A list of words; absent is empty. */
static STATUS take_words(const json_t *object, const char *member, struct arena *arena,
			 const char *const **ret, size_t *ret_count, struct error *err)
{
	const json_t *list = json_object_get(object, member);
	size_t count = json_array_size(list);
	if (list && !json_is_null(list) && !json_is_array(list))
		return refuse(err, member, "is not a list");
	if (count > VALIDATION_IDENTIFIERS_MAX)
		return refuse(err, member, "names too many");
	const char **words = arena_new(arena, count + 1, sizeof(*words));
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text || !is_printable(text, IDENTIFIER_MAX))
			return refuse(err, member, "holds what is no name");
		words[i] = arena_text(arena, text);
	}
	*ret = words;
	*ret_count = count;
	return OK;
}

static void write_words(struct buffer *out, const char *member, const char *const *words,
			size_t count)
{
	json_text_open(out, member, '[');
	for (size_t i = 0; i < count; i++)
		json_text_string(out, NULL, words[i]);
	json_text_close(out, ']');
}

/* --- methods --- */

static void write_website(struct buffer *out, const struct validation_task *task,
			  struct arena *arena)
{
	(void)arena;
	json_text_string(out, "http_token_path", task->file_name);
	json_text_string(out, "challenge_value", task->value);
	json_text_string(out, "url_scheme", "http");
}

static STATUS read_website(const json_t *object, struct arena *arena, struct validation_task *ret,
			   struct error *err)
{
	TRY(take_segment(object, "http_token_path", arena, &ret->file_name, err));
	TRY(take_word(object, "challenge_value", VALUE_MAX, arena, &ret->value, err));
	TRY(take_fixed(object, "url_scheme", "http", err));
	if (!is_absent(object, "match_regex"))
		return refuse(err, "match_regex", "is not supported: the page is compared whole");
	if (!is_absent(object, "http_headers"))
		return refuse(err, "http_headers", "is not supported");
	return OK;
}

static void write_dns_change(struct buffer *out, const struct validation_task *task,
			     struct arena *arena)
{
	(void)arena;
	json_text_string(out, "dns_name_prefix", DNS_TXT_LABEL);
	json_text_string(out, "dns_record_type", "TXT");
	json_text_string(out, "challenge_value", task->value);
	json_text_boolean(out, "require_exact_match", true);
}

static STATUS read_dns_change(const json_t *object, struct arena *arena,
			      struct validation_task *ret, struct error *err)
{
	const char *prefix = NULL, *type = NULL;
	TRY(take_word(object, "dns_name_prefix", PATH_MAX_OCTETS, arena, &prefix, err));
	TRY(take_word(object, "dns_record_type", PATH_MAX_OCTETS, arena, &type, err));
	TRY(take_fixed(object, "dns_name_prefix", DNS_TXT_LABEL, err));
	TRY(take_fixed(object, "dns_record_type", "TXT", err));
	if (json_is_false(json_object_get(object, "require_exact_match")))
		return refuse(err, "require_exact_match", "is false: records are compared whole");
	return take_word(object, "challenge_value", VALUE_MAX, arena, &ret->value, err);
}

static void write_http_01(struct buffer *out, const struct validation_task *task,
			  struct arena *arena)
{
	(void)arena;
	json_text_string(out, "token", task->file_name);
	json_text_string(out, "key_authorization", task->value);
}

static STATUS read_http_01(const json_t *object, struct arena *arena, struct validation_task *ret,
			   struct error *err)
{
	TRY(take_segment(object, "token", arena, &ret->file_name, err));
	if (!is_absent(object, "http_headers"))
		return refuse(err, "http_headers", "is not supported");
	return take_word(object, "key_authorization", VALUE_MAX, arena, &ret->value, err);
}

/* dns-01, tls-alpn-01: the specification sends the hash alone, our validators compare with the key
 * authorization, so both are sent. */
static void write_hashed(struct buffer *out, const struct validation_task *task,
			 struct arena *arena)
{
	json_text_string(out, "key_authorization_hash",
			 key_authorization_digest(task->value, arena));
	json_text_string(out, "key_authorization", task->value);
}

static STATUS read_hashed(const json_t *object, struct arena *arena, struct validation_task *ret,
			  struct error *err)
{
	const char *hash = NULL;
	TRY(take_word(object, "key_authorization_hash", VALUE_MAX, arena, &hash, err));
	TRY(take_word(object, "key_authorization", VALUE_MAX, arena, &ret->value, err));
	if (strcmp(key_authorization_digest(ret->value, arena), hash) != 0)
		return refuse(err, "key_authorization_hash",
			      "is not that of the key authorization");
	const char *dot = strchr(ret->value, '.');
	ret->file_name =
		arena_bytes(arena, slice_of(ret->value, dot ? (size_t)(dot - ret->value) : 0));
	return OK;
}

/* The record's label is made from the account, which the specification does not send. */
static void write_account(struct buffer *out, const struct validation_task *task,
			  struct arena *arena)
{
	write_hashed(out, task, arena);
	json_text_string(out, "account_uri", task->account_uri);
}

static STATUS read_account(const json_t *object, struct arena *arena, struct validation_task *ret,
			   struct error *err)
{
	TRY(read_hashed(object, arena, ret, err));
	return take_word(object, "account_uri", VALUE_MAX, arena, &ret->account_uri, err);
}

static void write_persistent(struct buffer *out, const struct validation_task *task,
			     struct arena *arena)
{
	(void)arena;
	write_words(out, "issuer_domain_names", task->identifiers, task->identifier_count);
	json_text_string(out, "expected_account_uri", task->account_uri);
}

static STATUS read_persistent(const json_t *object, struct arena *arena,
			      struct validation_task *ret, struct error *err)
{
	TRY(take_words(object, "issuer_domain_names", arena, &ret->identifiers,
		       &ret->identifier_count, err));
	return take_word(object, "expected_account_uri", VALUE_MAX, arena, &ret->account_uri, err);
}

/* clang-format off */
static const struct wire_method {
	const char *method; /* ours */
	const char *wire;   /* the API's validation_method */
	void (*write)(struct buffer *out, const struct validation_task *task, struct arena *arena);
	enum status (*read)(const json_t *object, struct arena *arena, struct validation_task *ret,
			    struct error *err);
} wire_methods[] = {
	{"web-page",       "website-change",   write_website,    read_website},
	{"dns-txt",        "dns-change",       write_dns_change, read_dns_change},
	{"http-01",        "acme-http-01",     write_http_01,    read_http_01},
	{"dns-01",         "acme-dns-01",      write_hashed,     read_hashed},
	{"tls-alpn-01",    "acme-tls-alpn-01", write_hashed,     read_hashed},
	{"dns-account-01", "dns-account-01",   write_account,    read_account},
	{"dns-persist-01", "dns-persistent",   write_persistent, read_persistent},
};
/* clang-format on */

static const struct wire_method *method_of(const char *method)
{
	for (size_t i = 0; i < ARRAY_LENGTH(wire_methods); i++)
		if (strcmp(wire_methods[i].method, method) == 0)
			return &wire_methods[i];
	return NULL;
}

const char *perspective_method(const char *method)
{
	const struct wire_method *row = method_of(method);
	return row ? row->wire : NULL;
}

/* --- the request --- */

const char *perspective_request(const struct validation_task *task, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer out;
	const struct wire_method *method = method_of(task->method);
	bool caa = check_type_of(task) == CHECK_CAA;
	buffer_init(&out, PERSPECTIVE_MESSAGE_MAX);
	if (!caa && !method)
		return NULL;
	json_text_open(&out, NULL, '{');
	json_text_string(&out, "domain_or_ip_target",
			 arena_printf(arena, "%s%s", task->wildcard ? "*." : "", task->domain));
	json_text_open(&out, caa ? "caa_check_parameters" : "dcv_check_parameters", '{');
	if (caa) {
		json_text_string(&out, "certificate_type", "tls-server");
		write_words(&out, "caa_domains", task->identifiers, task->identifier_count);
		write_words(&out, "validation_methods", task->caa_labels, task->caa_label_count);
		json_text_string(&out, "account_uri", task->account_uri);
	} else {
		json_text_string(&out, "validation_method", method->wire);
		method->write(&out, task, arena);
	}
	json_text_close(&out, '}');
	json_text_close(&out, '}');
	return arena_text(arena, buffer_text(&out));
}

/* A name, or an address as the methods for addresses have it. */
static STATUS read_target(const json_t *object, struct arena *arena, struct validation_task *ret,
			  struct error *err)
{
	char host[NAME_TEXT];
	struct address literal;
	const char *target = json_get_text(object, "domain_or_ip_target");
	if (!target)
		return refuse(err, "domain_or_ip_target", "is missing or not a text");
	ret->wildcard = strncmp(target, "*.", 2) == 0;
	target += ret->wildcard ? 2 : 0;
	if (address_parse(target, &literal) == OK) {
		ret->domain = arena_text(arena, target);
		return OK;
	}
	if (name_host(target, host, NULL) != OK)
		return refuse(err, "domain_or_ip_target", "is no name of A-labels and no address");
	ret->domain = arena_text(arena, host);
	return OK;
}

static STATUS read_dcv(const json_t *object, struct arena *arena, struct validation_task *ret,
		       struct error *err)
{
	const json_t *parameters = json_object_get(object, "dcv_check_parameters");
	if (!json_is_object(parameters))
		return refuse(err, "dcv_check_parameters", "is missing or not an object");
	const char *wire = json_get_text(parameters, "validation_method");
	if (!wire)
		return refuse(err, "validation_method", "is missing or not a text");
	for (size_t i = 0; i < ARRAY_LENGTH(wire_methods); i++) {
		if (strcmp(wire_methods[i].wire, wire) != 0)
			continue;
		ret->method = wire_methods[i].method;
		/* Control of a wildcard is that of its domain name. */
		ret->wildcard = false;
		return wire_methods[i].read(parameters, arena, ret, err);
	}
	return refuse(err, "validation_method", "names a method that is not known here");
}

static STATUS read_caa(const json_t *object, struct arena *arena, struct validation_task *ret,
		       struct error *err)
{
	const json_t *parameters = json_object_get(object, "caa_check_parameters");
	ret->method = "caa";
	if (parameters && !json_is_null(parameters) && !json_is_object(parameters))
		return refuse(err, "caa_check_parameters", "is not an object");
	TRY(take_fixed(parameters, "certificate_type", "tls-server", err));
	if (!is_absent(parameters, "account_uri"))
		TRY(take_word(parameters, "account_uri", VALUE_MAX, arena, &ret->account_uri, err));
	TRY(take_words(parameters, "validation_methods", arena, &ret->caa_labels,
		       &ret->caa_label_count, err));
	return take_words(parameters, "caa_domains", arena, &ret->identifiers,
			  &ret->identifier_count, err);
}

enum status perspective_request_read(enum check_type type, struct slice body, struct arena *arena,
				     struct validation_task *ret, struct error *err)
{
	CLEANUP(json_releasep) json_t *object = NULL;
	struct validation_task task = {0};
	if (body.length > PERSPECTIVE_MESSAGE_MAX)
		return fail(err, INPUT, "the request is longer than %d octets",
			    PERSPECTIVE_MESSAGE_MAX);
	TRY(json_read(body, &object, err));
	TRY(read_target(object, arena, &task, err));
	TRY(type == CHECK_CAA ? read_caa(object, arena, &task, err)
			      : read_dcv(object, arena, &task, err));
	*ret = task;
	return OK;
}

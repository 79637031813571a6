/*
 * The messages of the Open MPIC API: each method there and back, what is refused,
 * what is ignored.
 */
#include "validators/perspective_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define VALUE "Zm9vYmFyMTIzNDU2Nzg5MA"
#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
/* RFC 8555 section 8.1: token, ".", thumbprint. */
#define KEY_AUTHORIZATION TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"

static const char *const identifiers[] = {"ca.example", "ca2.example"};
static const char *const labels[] = {"http-01", "ca-tbr-19"};

static void there_and_back(void **state)
{
	static const struct validation_task rows[] = {
		{.method = "web-page",
		 .domain = "www.example.com",
		 .file_name = "k3v9q2.txt",
		 .value = VALUE},
		{.method = "dns-txt", .domain = "example.com", .value = VALUE},
		{.method = "http-01",
		 .domain = "192.0.2.1",
		 .file_name = TOKEN,
		 .value = KEY_AUTHORIZATION},
		{.method = "dns-01",
		 .domain = "example.com",
		 .file_name = TOKEN,
		 .value = KEY_AUTHORIZATION},
		{.method = "dns-account-01",
		 .domain = "example.com",
		 .file_name = TOKEN,
		 .value = KEY_AUTHORIZATION,
		 .account_uri = "https://ca.example/acct/7"},
		{.method = "tls-alpn-01",
		 .domain = "2001:db8::1",
		 .file_name = TOKEN,
		 .value = KEY_AUTHORIZATION},
		{.method = "dns-persist-01",
		 .domain = "example.com",
		 .identifiers = identifiers,
		 .identifier_count = 2,
		 .account_uri = "acct:7@ca.example"},
		{.method = "caa",
		 .domain = "example.com",
		 .wildcard = true,
		 .identifiers = identifiers,
		 .identifier_count = 2,
		 .account_uri = "acct:7@ca.example",
		 .caa_labels = labels,
		 .caa_label_count = 2},
		{.method = "caa", .domain = "xn--bcher-kva.example.com"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		const struct validation_task *task = &rows[i];
		struct validation_task read;
		struct error err = NO_ERROR;
		const char *request = perspective_request(task, &arena);
		assert_non_null(request);
		if (perspective_request_read(check_type_of(task), slice_text(request), &arena,
					     &read, &err) != OK)
			fail_msg("%s: %s", request, err.sentence);
		assert_string_equal(read.method, task->method);
		assert_string_equal(read.domain, task->domain);
		assert_int_equal(read.wildcard, task->wildcard);
		assert_string_equal(read.file_name ? read.file_name : "",
				    task->file_name ? task->file_name : "");
		assert_string_equal(read.value ? read.value : "", task->value ? task->value : "");
		assert_string_equal(read.account_uri ? read.account_uri : "",
				    task->account_uri ? task->account_uri : "");
		assert_int_equal(read.identifier_count, task->identifier_count);
		for (size_t k = 0; k < task->identifier_count; k++)
			assert_string_equal(read.identifiers[k], task->identifiers[k]);
		assert_int_equal(read.caa_label_count, task->caa_label_count);
		for (size_t k = 0; k < task->caa_label_count; k++)
			assert_string_equal(read.caa_labels[k], task->caa_labels[k]);
	}
}

static void a_method_that_the_api_does_not_have(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct validation_task task = {.method = "constructed-email", .domain = "example.com"};
	(void)state;
	assert_null(perspective_request(&task, &arena));
}

/* As another controller might write it: other members, no extension, members not known. */
static void requests_of_others(void **state)
{
	static const char website[] =
		"{\"trace_identifier\":\"7\",\"orchestration_parameters\":{\"quorum_count\":3},"
		"\"domain_or_ip_target\":\"WWW.Example.COM\",\"dcv_check_parameters\":"
		"{\"validation_method\":\"website-change\",\"http_token_path\":\"a.html\","
		"\"challenge_value\":\"v\",\"match_regex\":null,\"http_headers\":{},\"later\":[1]}"
		"}";
	static const char caa[] = "{\"domain_or_ip_target\":\"*.example.com\"}";
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct validation_task task;
	(void)state;
	assert_int_equal(
		perspective_request_read(CHECK_DCV, slice_text(website), &arena, &task, NULL), OK);
	assert_string_equal(task.domain, "www.example.com");
	assert_string_equal(task.file_name, "a.html");
	assert_int_equal(perspective_request_read(CHECK_CAA, slice_text(caa), &arena, &task, NULL),
			 OK);
	assert_true(task.wildcard);
	assert_string_equal(task.domain, "example.com");
	assert_int_equal(task.identifier_count, 0);
}

#define WEBSITE(more)                                                                              \
	"{\"domain_or_ip_target\":\"a.example\",\"dcv_check_parameters\":{\"validation_method\":"  \
	"\"website-change\"," more "}}"
#define DNS(more)                                                                                  \
	"{\"domain_or_ip_target\":\"a.example\",\"dcv_check_parameters\":{\"validation_method\":"  \
	"\"dns-change\"," more "}}"

static const struct {
	enum check_type type;
	const char *body;
	const char *words;
} refused[] = {
	{CHECK_DCV, "", "line 1, column 0"},
	{CHECK_DCV, "[]", "object"},
	{CHECK_DCV, "{}", "\"domain_or_ip_target\" is missing"},
	{CHECK_DCV, "{\"domain_or_ip_target\":7}", "\"domain_or_ip_target\" is missing"},
	{CHECK_DCV, "{\"domain_or_ip_target\":\"b\xc3\xbc.example\"}", "no name of A-labels"},
	{CHECK_DCV, "{\"domain_or_ip_target\":\"a.example\"}",
	 "\"dcv_check_parameters\" is missing"},
	{CHECK_DCV, "{\"domain_or_ip_target\":\"a.example\",\"dcv_check_parameters\":{}}",
	 "\"validation_method\" is missing"},
	{CHECK_DCV,
	 "{\"domain_or_ip_target\":\"a.example\",\"dcv_check_parameters\":"
	 "{\"validation_method\":\"contact-email-txt\"}}",
	 "a method that is not known here"},
	{CHECK_DCV, WEBSITE("\"challenge_value\":\"v\""), "\"http_token_path\" is missing"},
	{CHECK_DCV, WEBSITE("\"challenge_value\":\"v\",\"http_token_path\":\"../x\""),
	 "one path segment"},
	{CHECK_DCV, WEBSITE("\"challenge_value\":\"v\",\"http_token_path\":\".x\""),
	 "one path segment"},
	{CHECK_DCV, WEBSITE("\"challenge_value\":\"v\",\"http_token_path\":\"x?y\""),
	 "one path segment"},
	{CHECK_DCV, WEBSITE("\"http_token_path\":\"x\""), "\"challenge_value\" is missing"},
	{CHECK_DCV, WEBSITE("\"http_token_path\":\"x\",\"challenge_value\":\"a b\""),
	 "not printable"},
	{CHECK_DCV, WEBSITE("\"http_token_path\":\"x\",\"challenge_value\":\"\""), "is empty"},
	{CHECK_DCV,
	 WEBSITE("\"http_token_path\":\"x\",\"challenge_value\":\"v\",\"url_scheme\":"
		 "\"https\""),
	 "other than \"http\""},
	{CHECK_DCV,
	 WEBSITE("\"http_token_path\":\"x\",\"challenge_value\":\"v\",\"match_regex\":\"^"
		 "v\""),
	 "\"match_regex\" is not supported"},
	{CHECK_DCV,
	 WEBSITE("\"http_token_path\":\"x\",\"challenge_value\":\"v\","
		 "\"http_headers\":{\"A\":\"b\"}"),
	 "\"http_headers\" is not supported"},
	{CHECK_DCV,
	 DNS("\"dns_name_prefix\":\"_dcv\",\"dns_record_type\":\"TXT\",\"challenge_value\":"
	     "\"v\""),
	 "\"dns_name_prefix\" has a value other"},
	{CHECK_DCV,
	 DNS("\"dns_name_prefix\":\"_issuer-validation\",\"dns_record_type\":\"CNAME\","
	     "\"challenge_value\":\"v\""),
	 "\"dns_record_type\" has a value other"},
	{CHECK_DCV,
	 DNS("\"dns_name_prefix\":\"_issuer-validation\",\"dns_record_type\":\"TXT\","
	     "\"challenge_value\":\"v\",\"require_exact_match\":false"),
	 "compared whole"},
	{CHECK_DCV,
	 "{\"domain_or_ip_target\":\"a.example\",\"dcv_check_parameters\":{\"validation_"
	 "method\":"
	 "\"acme-dns-01\",\"key_authorization_hash\":\"x\",\"key_authorization\":\"a.b\"}}",
	 "not that of the key authorization"},
	{CHECK_CAA, "{\"domain_or_ip_target\":\"a.example\",\"caa_check_parameters\":7}",
	 "\"caa_check_parameters\" is not an object"},
	{CHECK_CAA,
	 "{\"domain_or_ip_target\":\"a.example\",\"caa_check_parameters\":"
	 "{\"certificate_type\":\"s-mime\"}}",
	 "other than \"tls-server\""},
	{CHECK_CAA,
	 "{\"domain_or_ip_target\":\"a.example\",\"caa_check_parameters\":"
	 "{\"caa_domains\":\"ca.example\"}}",
	 "\"caa_domains\" is not a list"},
	{CHECK_CAA,
	 "{\"domain_or_ip_target\":\"a.example\",\"caa_check_parameters\":"
	 "{\"caa_domains\":[\"a\",1]}}",
	 "holds what is no name"},
	{CHECK_CAA,
	 "{\"domain_or_ip_target\":\"a.example\",\"caa_check_parameters\":{\"caa_domains\":"
	 "["
	 "\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\","
	 "\"13\","
	 "\"14\",\"15\",\"16\",\"17\"]}}",
	 "names too many"},
};

static void refused_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		struct validation_task task = {.method = "untouched"};
		struct error err = NO_ERROR;
		assert_int_equal(perspective_request_read(refused[i].type,
							  slice_text(refused[i].body), &arena,
							  &task, &err),
				 INPUT);
		if (!strstr(err.sentence, refused[i].words))
			fail_msg("%s: %s", refused[i].body, err.sentence);
		assert_string_equal(task.method, "untouched");
	}
}

static void replies(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(buffer_release) struct buffer text;
	struct validation_task task = {.method = "web-page", .domain = "www.example.com"};
	struct verdict shown = {.status = OK, .sentence = "as expected"};
	struct verdict wrong = {.status = PAGE_WRONG, .sentence = "it holds \"x\""};
	struct perspective_reply reply;
	(void)state;
	buffer_init(&text, 1 << 16);
	perspective_reply_write(&task, &shown, SLICE_NONE, 1, &text);
	assert_int_equal(
		perspective_reply_read(CHECK_DCV, buffer_slice(&text), &arena, &reply, NULL), OK);
	assert_true(reply.passed);
	assert_int_equal(reply.code, STATUS_COUNT);
	assert_int_equal(
		perspective_reply_read(CHECK_CAA, buffer_slice(&text), &arena, &reply, NULL),
		INPUT);
	buffer_clear(&text);
	perspective_reply_write(&task, &wrong, SLICE_NONE, 1, &text);
	assert_non_null(strstr(buffer_text(&text), "\"timestamp_ns\":1000000"));
	assert_int_equal(
		perspective_reply_read(CHECK_DCV, buffer_slice(&text), &arena, &reply, NULL), OK);
	assert_false(reply.passed);
	assert_int_equal(reply.code, PAGE_WRONG);
	assert_string_equal(reply.sentence, "it holds \"x\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(a_method_that_the_api_does_not_have),
		cmocka_unit_test(requests_of_others),
		cmocka_unit_test(refused_requests),
		cmocka_unit_test(replies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

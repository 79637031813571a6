/*
 * Control of a name by a page at a well-known place: ACME's challenge http-01 (RFC
 * 8555 section 8.3; BR 3.2.2.4.19 "Agreed-Upon Change to Website - ACME"), and of
 * an address (RFC 8738; BR 3.2.2.5.6), which needs no look-up.
 *
 * RFC 8555 section 8.3: the page is at "http://{domain}/.well-known/acme-challenge/{token}",
 * "the request MUST be sent to TCP port 80", and "The server SHOULD ignore
 * whitespace characters at the end of the body." BR 3.2.2.4.19: "The CA MUST
 * receive a successful HTTP response from the request (meaning a 2xx HTTP status
 * code must be received)."
 */
#include "validators/key_authorization.h"
#include "validators/page.h"

#define CHALLENGE_FOLDER "/.well-known/acme-challenge/"

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	const char *url = page_url(task, CHALLENGE_FOLDER, arena);
	*ret = (struct publication){
		.url = url,
		.file_name = task->file_name,
		.content = task->value,
		.action = arena_printf(arena, "publish the key authorization %s at %s", task->value,
				       url),
		.unseen = "the page was not looked at yet",
	};
}

static void begin(struct validation *validation)
{
	if (key_authorization_check(validation))
		page_begin(validation, CHALLENGE_FOLDER, PAGE_REDIRECTS_ANYWHERE);
}

const struct validator validator_http_01 = {
	.method = "http-01",
	.evidence_kind = "http",
	.state_size = sizeof(struct page),
	.place = PUBLISH_FILE,
	.value = VALUE_KEY_AUTHORIZATION,
	.publish = publish,
	.begin = begin,
	.advance = page_advance,
};

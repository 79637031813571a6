/*
 * Control of a name by a page under it: BR 3.2.2.4.18 "Agreed-Upon Change to
 * Website v2" and REQUIREMENTS DCV-10, DCV-11. The file name is a random id of
 * its own, so that who knows the URL does not know the value.
 */
#include "validators/page.h"

/* BR 3.2.2.4.18: the file "MUST be located on the Authorization Domain Name" and "MUST be located
 * under the "/.well-known/pki-validation" directory". */
#define VALIDATION_FOLDER "/.well-known/pki-validation/"

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	const char *url = page_url(task, VALIDATION_FOLDER, arena);
	*ret = (struct publication){
		.url = url,
		.file_name = task->file_name,
		.content = task->value,
		.action = arena_printf(arena, "publish the text %s at %s", task->value, url),
		.unseen = "the page was not looked at yet",
	};
}

static void begin(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	if (!task->file_name || !task->value || !task->value[0]) {
		validation_finish(validation, INTERNAL, "there is no value to look for at %s",
				  task->domain);
		return;
	}
	page_begin(validation, VALIDATION_FOLDER, PAGE_REDIRECTS_AT_ADDRESS);
}

const struct validator validator_web_page = {
	.method = "web-page",
	.evidence_kind = "http",
	.state_size = sizeof(struct page),
	.place = PUBLISH_FILE,
	.value = VALUE_RANDOM,
	.publish = publish,
	.begin = begin,
	.advance = page_advance,
};

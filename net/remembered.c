/* Answers that are remembered: see remembered.h. */
#include "net/remembered.h"

#include "base/encode.h"
#include "base/memory.h"
#include "net/clock.h"

#include <stdlib.h>
#include <string.h>

enum { HTTP_OK = 200 };

static const char answers_file[] = "answers";

void remembered_init(struct remembered *remembered)
{
	*remembered = (struct remembered){.count = 0};
	TAILQ_INIT(&remembered->answers);
}

static void forget(struct remembered *remembered, struct kept *kept)
{
	TAILQ_REMOVE(&remembered->answers, kept, link);
	remembered->count--;
	for (size_t i = 0; i < REMEMBERED_PARTS; i++)
		buffer_release(&kept->parts[i]);
	free(kept->key);
	free(kept);
}

void remembered_release(struct remembered *remembered)
{
	while (!TAILQ_EMPTY(&remembered->answers))
		forget(remembered, TAILQ_FIRST(&remembered->answers));
}

int64_t remembered_age(const struct kept *kept)
{
	int64_t wall_ms = clock_now(NULL) - kept->at_ms;
	int64_t monotonic_ms = clock_monotonic(NULL) - kept->monotonic_ms;
	return wall_ms > monotonic_ms ? wall_ms : monotonic_ms;
}

static struct kept *add(struct remembered *remembered, const char *key)
{
	struct kept *old, *next;
	for (old = TAILQ_FIRST(&remembered->answers); old; old = next) {
		next = TAILQ_NEXT(old, link);
		if (strcmp(old->key, key) == 0)
			forget(remembered, old);
	}
	if (remembered->count == REMEMBERED_MAX)
		forget(remembered, TAILQ_FIRST(&remembered->answers));
	struct kept *kept = memory_new(1, sizeof(*kept));
	kept->key = memory_text(key);
	kept->at_ms = clock_now(NULL);
	kept->monotonic_ms = clock_monotonic(NULL);
	for (size_t i = 0; i < REMEMBERED_PARTS; i++)
		buffer_init(&kept->parts[i], REMEMBERED_OCTETS_MAX);
	TAILQ_INSERT_TAIL(&remembered->answers, kept, link);
	remembered->count++;
	return kept;
}

/* The replies point at the parts. */
static void point(struct kept *kept)
{
	if (!kept->is_page) {
		kept->line.outcome = LINE_ANSWERED;
		kept->line.detail = "";
		kept->line.answer = buffer_slice(&kept->parts[0]);
		return;
	}
	kept->http.outcome = HTTP_ANSWERED;
	kept->http.status = HTTP_OK;
	kept->http.detail = "";
	kept->http.request = buffer_slice(&kept->parts[0]);
	kept->http.headers = buffer_slice(&kept->parts[1]);
	kept->http.body = buffer_slice(&kept->parts[2]);
	kept->http.certificate = buffer_slice(&kept->parts[3]);
}

static struct slice answer_of(const struct kept *kept)
{
	return kept->is_page ? kept->http.body : kept->line.answer;
}

/* --- the file: {"answers": [{"key", "at", "page", "parts": [base64, …]}]}, oldest first --- */

static bool read_parts(const json_t *list, struct kept *kept)
{
	if (json_array_size(list) != REMEMBERED_PARTS)
		return false;
	for (size_t i = 0; i < REMEMBERED_PARTS; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text || decode_base64(slice_text(text), &kept->parts[i]) != OK)
			return false;
	}
	return true;
}

static void read_answer(struct remembered *remembered, const json_t *object)
{
	const char *key = json_get_text(object, "key");
	int64_t at_ms = json_get_integer(object, "at", 0);
	int64_t age_ms = clock_now(NULL) - (at_ms > 0 ? at_ms : 0);
	if (!key || age_ms < 0 || age_ms > REMEMBERED_AGE_MAX_MS)
		return;
	struct kept *kept = add(remembered, key);
	kept->at_ms -= age_ms;
	kept->monotonic_ms -= age_ms;
	kept->is_page = json_is_true(json_object_get(object, "page"));
	kept->filed = true;
	if (read_parts(json_object_get(object, "parts"), kept))
		point(kept);
	else
		forget(remembered, kept);
}

static void load(struct remembered *remembered, const struct courtesy_home *home)
{
	if (remembered->loaded)
		return;
	remembered->loaded = true;
	CLEANUP(json_releasep)
	json_t *object = courtesy_home_read(home, answers_file, REMEMBERED_FILE_MAX);
	const json_t *list = json_object_get(object, "answers");
	for (size_t i = 0; i < json_array_size(list); i++)
		read_answer(remembered, json_array_get(list, i));
}

static json_t *answer_object(const struct kept *kept)
{
	json_t *object = json_object();
	json_t *parts = json_array();
	for (size_t i = 0; i < REMEMBERED_PARTS; i++) {
		CLEANUP(buffer_release) struct buffer text;
		buffer_init(&text, 2 * REMEMBERED_OCTETS_MAX);
		encode_base64(buffer_slice(&kept->parts[i]), &text);
		buffer_append_byte(&text, '\0');
		(void)json_array_append_new(parts, json_string((const char *)text.data));
	}
	json_add_text(object, "key", kept->key);
	json_add_integer(object, "at", kept->at_ms);
	json_add(object, "page", json_boolean(kept->is_page));
	json_add(object, "parts", parts);
	return object;
}

static void save(const struct remembered *remembered, const struct courtesy_home *home)
{
	if (!home->environment)
		return;
	CLEANUP(json_releasep) json_t *object = json_object();
	json_t *list = json_array();
	size_t total = 0;
	const struct kept *kept;
	TAILQ_FOREACH_REVERSE(kept, &remembered->answers, keeps, link)
	{
		for (size_t i = 0; i < REMEMBERED_PARTS; i++)
			total += kept->parts[i].length;
		if (total > REMEMBERED_TOTAL_MAX)
			break;
		if (remembered_age(kept) <= REMEMBERED_AGE_MAX_MS)
			(void)json_array_insert_new(list, 0, answer_object(kept));
	}
	json_add(object, "answers", list);
	(void)courtesy_home_write(home, answers_file, object, REMEMBERED_FILE_MAX);
}

/* --- finding and adding --- */

struct kept *remembered_find(struct remembered *remembered, const struct courtesy_home *home,
			     const char *key, const struct manners *manners)
{
	struct kept *kept;
	if (manners->reuse_ms > 0)
		load(remembered, home);
	TAILQ_FOREACH(kept, &remembered->answers, link)
	{
		if (strcmp(kept->key, key) == 0)
			break;
	}
	if (!kept || remembered_age(kept) > manners->reuse_ms ||
	    remembered_age(kept) > REMEMBERED_AGE_MAX_MS)
		return NULL;
	/* The file may say anything. */
	if (kept->filed && manners->reusable && !manners->reusable(answer_of(kept))) {
		forget(remembered, kept);
		return NULL;
	}
	kept->filed = false;
	return kept;
}

static bool worth_keeping(const struct manners *manners, struct slice answer)
{
	return manners->reuse_ms > 0 && answer.length <= REMEMBERED_OCTETS_MAX &&
	       (!manners->reusable || manners->reusable(answer));
}

void remembered_add_line(struct remembered *remembered, const struct courtesy_home *home,
			 const char *key, const struct manners *manners,
			 const struct line_reply *reply)
{
	if (reply->outcome != LINE_ANSWERED || reply->cut || !worth_keeping(manners, reply->answer))
		return;
	struct kept *kept = add(remembered, key);
	buffer_append_slice(&kept->parts[0], reply->answer);
	point(kept);
	save(remembered, home);
}

void remembered_add_page(struct remembered *remembered, const struct courtesy_home *home,
			 const char *key, const struct manners *manners,
			 const struct http_reply *reply)
{
	if (reply->outcome != HTTP_ANSWERED || reply->status != HTTP_OK || reply->body_cut ||
	    !worth_keeping(manners, reply->body))
		return;
	struct kept *kept = add(remembered, key);
	kept->is_page = true;
	buffer_append_slice(&kept->parts[0], reply->request);
	buffer_append_slice(&kept->parts[1], reply->headers);
	buffer_append_slice(&kept->parts[2], reply->body);
	buffer_append_slice(&kept->parts[3], reply->certificate);
	point(kept);
	save(remembered, home);
}

/* How often one server is asked: see pace.h. The file has instants of the wall
 * clock, since the monotonic one begins anew with the machine. */
#include "net/pace.h"

#include "base/civil.h"
#include "net/clock.h"

#include <string.h>

static const char pace_file[] = "pace";

int64_t pace_wait_ms(const struct pace *pace, int per_minute, int64_t now_ms)
{
	size_t allowed = per_minute < 1 || per_minute > PACE_PER_MINUTE_MAX ? PACE_PER_MINUTE_MAX
									    : (size_t)per_minute;
	if (pace->count < allowed)
		return 0;
	int64_t first_ms = pace->left_ms[(pace->count - allowed) % PACE_PER_MINUTE_MAX];
	int64_t wait_ms = first_ms + MINUTE_MS - now_ms;
	return wait_ms > 0 ? wait_ms : 0;
}

void pace_note(struct pace *pace, int64_t now_ms)
{
	pace->left_ms[pace->count++ % PACE_PER_MINUTE_MAX] = now_ms;
}

/* --- the file: {"servers": {"192.0.2.1:43": [instants, …]}} --- */

/* Those of the last minute. What a clock that was set back left in the future counts as just now.
 */
static struct pace read_times(const json_t *list, int64_t now_ms)
{
	struct pace pace = {.count = 0};
	int64_t wall_ms = clock_now(NULL);
	for (size_t i = 0; i < json_array_size(list); i++) {
		int64_t at_ms = json_integer_value(json_array_get(list, i));
		int64_t age_ms = wall_ms - (at_ms > 0 ? at_ms : 0);
		if (age_ms < MINUTE_MS)
			pace_note(&pace, now_ms - (age_ms > 0 ? age_ms : 0));
	}
	return pace;
}

static size_t within_minute(const struct pace *pace, int64_t now_ms)
{
	size_t kept = pace->count < PACE_PER_MINUTE_MAX ? pace->count : PACE_PER_MINUTE_MAX;
	size_t count = 0;
	for (size_t i = pace->count - kept; i < pace->count; i++)
		count += pace->left_ms[i % PACE_PER_MINUTE_MAX] + MINUTE_MS > now_ms;
	return count;
}

/* The file knows what other runs asked; when it was lost, memory knows more. */
static void load(struct pace *pace, const json_t *object, const char *server, int64_t now_ms)
{
	struct pace filed =
		read_times(json_object_get(json_object_get(object, "servers"), server), now_ms);
	if (within_minute(&filed, now_ms) < within_minute(pace, now_ms))
		return;
	filed.busy_tries = pace->busy_tries;
	*pace = filed;
}

static json_t *times_of(const struct pace *pace, int64_t now_ms)
{
	json_t *list = json_array();
	int64_t ahead_ms = clock_now(NULL) - now_ms;
	size_t kept = pace->count < PACE_PER_MINUTE_MAX ? pace->count : PACE_PER_MINUTE_MAX;
	for (size_t i = pace->count - kept; i < pace->count; i++) {
		int64_t left_ms = pace->left_ms[i % PACE_PER_MINUTE_MAX];
		if (left_ms + MINUTE_MS > now_ms)
			(void)json_array_append_new(list, json_integer(left_ms + ahead_ms));
	}
	return list;
}

/* Servers that were not asked for a minute are left out. */
static void save(const struct courtesy_home *home, const struct pace *pace, json_t *before,
		 const char *server, int64_t now_ms)
{
	CLEANUP(json_releasep) json_t *object = json_object();
	json_t *servers = json_object();
	const char *name;
	json_t *list;
	json_object_foreach(json_object_get(before, "servers"), name, list)
	{
		struct pace other = read_times(list, now_ms);
		if (other.count > 0 && json_object_size(servers) < PACE_SERVERS_MAX)
			json_add(servers, name, times_of(&other, now_ms));
	}
	json_add(servers, server, times_of(pace, now_ms));
	json_add(object, "servers", servers);
	(void)courtesy_home_write(home, pace_file, object, PACE_FILE_MAX);
}

int64_t pace_take(struct pace *pace, const struct courtesy_home *home,
		  const struct endpoint *server, int per_minute)
{
	char name[ENDPOINT_TEXT];
	int lock = 0;
	enum courtesy_lock locked = courtesy_home_lock(home, &lock);
	if (locked == COURTESY_LOCK_BUSY && pace->busy_tries++ < PACE_BUSY_TRIES_MAX)
		return PACE_BUSY_MS;
	CLEANUP(json_releasep) json_t *object = NULL;
	int64_t now_ms = clock_monotonic(NULL);
	if (locked == COURTESY_LOCK_TAKEN) {
		object = courtesy_home_read(home, pace_file, PACE_FILE_MAX);
		load(pace, object, endpoint_text(server, name), now_ms);
	}
	pace->busy_tries = 0;
	int64_t wait_ms = pace_wait_ms(pace, per_minute, now_ms);
	if (wait_ms == 0)
		pace_note(pace, now_ms);
	if (locked == COURTESY_LOCK_TAKEN) {
		if (wait_ms == 0)
			save(home, pace, object, name, now_ms);
		courtesy_home_unlock(home, lock);
	}
	return wait_ms;
}

/* Clocks, queue, network and files: see fake_environment.h. */
#include "tests/replay/fake_environment.h"

#include "base/civil.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { STALL_MS = 70, WORK_LONGEST_MS = 40, TLS_REFUSED_MS = 5 };

/* Something that was asked and will be answered: of dns, http, line, tls, mail, work one is set. */
struct completion {
	struct completion *next;
	int64_t due_ms; /* monotonic */
	uint64_t number;
	dns_done *dns_done;
	http_done *http_done;
	line_done *line_done;
	tls_done *tls_done;
	mail_done *mail_done;
	void (*work_done)(void *context);
	void *context;
	struct world_dns dns;
	struct world_http http;
	struct world_line line;
	struct world_mail mail;
};

struct unreached {
	api_done *done;
	void *context;
};

static struct fake_environment *of(void *self)
{
	return self;
}

/* ---- clocks and chance ---- */

int64_t fake_environment_now(const struct fake_environment *environment)
{
	return environment->wall_ms + environment->monotonic_ms;
}

void fake_environment_pass(struct fake_environment *environment, int64_t ms)
{
	environment->monotonic_ms += ms;
}

void fake_environment_jump(struct fake_environment *environment, int64_t ms)
{
	environment->wall_ms += ms;
}

static int64_t fake_now(void *self)
{
	return fake_environment_now(of(self));
}

static int64_t fake_monotonic(void *self)
{
	struct fake_environment *environment = of(self);
	if (chance_percent(&environment->chance, environment->stall_percent)) {
		tally_add(environment->tally, TALLY_STALLED);
		fake_environment_pass(environment, STALL_MS);
	}
	return environment->monotonic_ms;
}

static void fake_random(void *self, void *out, size_t length)
{
	chance_bytes(&of(self)->random, out, length);
}

/* ---- the queue ---- */

static struct completion *queue(struct fake_environment *environment, int64_t after_ms,
				void *context)
{
	struct completion *completion = memory_new(1, sizeof(*completion));
	completion->due_ms = environment->monotonic_ms + after_ms;
	completion->number = environment->completions++;
	completion->context = context;
	return completion;
}

static void enqueue(struct fake_environment *environment, struct completion *completion)
{
	struct completion **at = &environment->queue;
	while (*at && (*at)->due_ms <= completion->due_ms)
		at = &(*at)->next;
	completion->next = *at;
	*at = completion;
}

static void deliver(struct completion *completion)
{
	if (completion->dns_done) {
		struct dns_reply reply = {
			.outcome = completion->dns.outcome,
			.answer = buffer_slice(&completion->dns.packet),
		};
		completion->dns_done(completion->context, &reply);
	} else if (completion->http_done) {
		completion->http_done(completion->context, &completion->http.reply);
	} else if (completion->line_done) {
		completion->line_done(completion->context, &completion->line.reply);
	} else if (completion->tls_done) {
		/* No site answers TLS handshakes alone. */
		struct tls_reply reply = {.outcome = TLS_CONNECT_FAILED,
					  .detail = "nothing listens"};
		completion->tls_done(completion->context, &reply);
	} else if (completion->mail_done) {
		completion->mail_done(completion->context, &completion->mail.reply);
	} else {
		completion->work_done(completion->context);
	}
	buffer_release(&completion->dns.packet);
	buffer_release(&completion->http.request);
	buffer_release(&completion->http.headers);
	buffer_release(&completion->http.body);
	buffer_release(&completion->http.certificate);
	buffer_release(&completion->line.answer);
	free(completion);
}

/* On a dead machine only work is delivered: it was computed before, and its asker waits for it. */
static struct completion **next_completion(struct fake_environment *environment)
{
	struct completion **at = &environment->queue;
	while (environment->disk->dead && *at && !(*at)->work_done)
		at = &(*at)->next;
	return at;
}

static void fake_wait(void *self, int64_t until_ms)
{
	struct fake_environment *environment = of(self);
	if (environment->meanwhile && !environment->disk->dead)
		environment->meanwhile(environment->context);
	struct completion **at = next_completion(environment);
	struct completion *completion = *at;
	if (!completion || completion->due_ms > until_ms) {
		if (until_ms > environment->monotonic_ms)
			environment->monotonic_ms = until_ms;
		return;
	}
	*at = completion->next;
	if (completion->due_ms > environment->monotonic_ms)
		environment->monotonic_ms = completion->due_ms;
	deliver(completion);
}

void fake_environment_end(struct fake_environment *environment)
{
	environment->driving = false;
	while (environment->queue) {
		struct completion *completion = environment->queue;
		environment->queue = completion->next;
		deliver(completion);
	}
}

/* ---- network and worker ---- */

static void fake_dns_exchange(void *self, const struct dns_ask *ask, dns_done *done, void *context)
{
	struct fake_environment *environment = of(self);
	struct completion *completion = queue(environment, 0, context);
	completion->dns_done = done;
	world_dns(environment->world, ask, &completion->dns);
	completion->due_ms += completion->dns.after_ms;
	enqueue(environment, completion);
}

static void fake_http_fetch(void *self, const struct http_ask *ask, http_done *done, void *context)
{
	struct fake_environment *environment = of(self);
	struct completion *completion = queue(environment, 0, context);
	completion->http_done = done;
	world_http(environment->world, ask, &completion->http);
	completion->due_ms += completion->http.after_ms;
	enqueue(environment, completion);
}

/* No replay has perspectives of its own: whatever is asked cannot be reached. */
static void deliver_unreached(void *context)
{
	struct unreached *unreached = context;
	struct api_reply reply = {.outcome = HTTP_CONNECT_FAILED, .detail = "nobody is there"};
	unreached->done(unreached->context, &reply);
	free(unreached);
}

static void fake_api_call(void *self, const struct api_ask *ask, api_done *done, void *context)
{
	(void)ask;
	struct fake_environment *environment = of(self);
	struct unreached *unreached = memory_new(1, sizeof(*unreached));
	*unreached = (struct unreached){done, context};
	struct completion *completion = queue(environment, 0, unreached);
	completion->work_done = deliver_unreached;
	enqueue(environment, completion);
}

static void fake_line_query(void *self, const struct line_ask *ask, line_done *done, void *context)
{
	struct fake_environment *environment = of(self);
	struct completion *completion = queue(environment, 0, context);
	completion->line_done = done;
	world_line(environment->world, ask, &completion->line);
	completion->due_ms += completion->line.after_ms;
	enqueue(environment, completion);
}

static void fake_tls_probe(void *self, const struct tls_ask *ask, tls_done *done, void *context)
{
	(void)ask;
	struct completion *completion = queue(of(self), TLS_REFUSED_MS, context);
	completion->tls_done = done;
	enqueue(of(self), completion);
}

static void fake_mail_send(void *self, const struct mail_ask *ask, mail_done *done, void *context)
{
	struct fake_environment *environment = of(self);
	struct completion *completion = queue(environment, 0, context);
	completion->mail_done = done;
	world_mail(environment->world, ask, &completion->mail);
	completion->due_ms += completion->mail.after_ms;
	enqueue(environment, completion);
}

static void fake_work(void *self, void (*run)(void *context), void (*done)(void *context),
		      void *context)
{
	struct fake_environment *environment = of(self);
	run(context);
	struct completion *completion =
		queue(environment, chance_below(&environment->chance, WORK_LONGEST_MS), context);
	completion->work_done = done;
	enqueue(environment, completion);
}

/* ---- files ---- */

static enum status dead(const char *path, struct error *err)
{
	return fail(err, FILE_FAILED, "could not use %s: the machine is off", path);
}

/* The steps of net/files.c: temporary file, sync, rename, sync of the folder. */
static enum status fake_file_write(void *self, const char *path, struct slice bytes, unsigned mode,
				   struct error *err)
{
	struct disk *disk = of(self)->disk;
	struct disk_node *node = NULL;
	CLEANUP(memory_freep) char *temporary = memory_printf("%s.tmp", path);
	if (disk_find(disk, temporary) && !disk_remove(disk, temporary))
		return dead(path, err);
	bool done = disk_create(disk, temporary, DISK_FILE, mode, &node) &&
		    disk_write(disk, node, 0, bytes.data, bytes.length) && disk_sync(disk, node) &&
		    disk_rename(disk, temporary, path) && disk_sync_names(disk, path);
	return done ? OK : dead(path, err);
}

static enum status find(struct disk *disk, const char *path, struct disk_node **ret,
			struct error *err)
{
	if (disk->dead)
		return dead(path, err);
	struct disk_node *node = disk_find(disk, path);
	if (!node)
		return fail(err, NOT_FOUND, "there is no file %s", path);
	*ret = node;
	return OK;
}

static enum status fake_file_read(void *self, const char *path, struct buffer *out,
				  struct error *err)
{
	struct disk_node *node = NULL;
	TRY(find(of(self)->disk, path, &node, err));
	buffer_append(out, node->live.data, node->live.size);
	if (out->overflowed)
		return fail(err, FILE_FAILED, "%s is too long", path);
	return OK;
}

static enum status fake_file_remove(void *self, const char *path, struct error *err)
{
	struct disk *disk = of(self)->disk;
	struct disk_node *node = NULL;
	TRY(find(disk, path, &node, err));
	return disk_remove(disk, path) && disk_sync_names(disk, path) ? OK : dead(path, err);
}

static enum status fake_folder_make(void *self, const char *path, struct error *err)
{
	struct disk *disk = of(self)->disk;
	CLEANUP(memory_freep) char *part = memory_text(path);
	for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
		if (slash)
			*slash = '\0';
		bool there = !disk->dead && disk_find(disk, part);
		if (!there && (!disk_create(disk, part, DISK_FOLDER, 0700, NULL) ||
			       !disk_sync_names(disk, part)))
			return dead(path, err);
		if (!slash)
			return OK;
		*slash = '/';
	}
}

static enum status fake_file_check(void *self, const char *path, unsigned mode, struct error *err)
{
	struct disk_node *node = NULL;
	TRY(find(of(self)->disk, path, &node, err));
	if (node->mode & ~mode)
		return fail(err, PERMISSIONS, "%s has mode %o", path, node->mode);
	return OK;
}

static enum status fake_file_lock(void *self, const char *path, enum lock_outcome *ret_outcome,
				  int *ret_lock, struct error *err)
{
	struct fake_environment *environment = of(self);
	if (environment->disk->dead)
		return dead(path, err);
	if (environment->driving ||
	    environment->monotonic_ms < environment->other_driver_until_ms) {
		tally_add(environment->tally, TALLY_LOCK_HELD);
		*ret_outcome = LOCK_HELD_BY_ANOTHER;
		return OK;
	}
	environment->driving = true;
	*ret_outcome = LOCK_TAKEN;
	*ret_lock = 1;
	return OK;
}

static void fake_file_unlock(void *self, int lock)
{
	(void)lock;
	of(self)->driving = false;
}

void fake_environment_init(struct fake_environment *environment, uint64_t seed, struct disk *disk,
			   struct world *world, struct tally *tally)
{
	/* The day on which the first version was tried. */
	static const struct civil beginning = {2026, 11, 22};
	*environment = (struct fake_environment){
		.table =
			{
				.self = environment,
				.now = fake_now,
				.monotonic = fake_monotonic,
				.random = fake_random,
				.dns_exchange = fake_dns_exchange,
				.http_fetch = fake_http_fetch,
				.api_call = fake_api_call,
				.line_query = fake_line_query,
				.tls_probe = fake_tls_probe,
				.mail_send = fake_mail_send,
				.work = fake_work,
				.wait = fake_wait,
				.file_write = fake_file_write,
				.file_read = fake_file_read,
				.file_remove = fake_file_remove,
				.folder_make = fake_folder_make,
				.file_check = fake_file_check,
				.file_lock = fake_file_lock,
				.file_unlock = fake_file_unlock,
			},
		.disk = disk,
		.world = world,
		.tally = tally,
		.wall_ms = civil_start(beginning, 0),
	};
	chance_init(&environment->chance, seed, "environment");
	chance_init(&environment->random, seed, "random");
}

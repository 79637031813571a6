/*
 * The worker thread: see worker.h.
 *
 *   worker_do → waiting ──(thread: run)──→ finished ──(eventfd, loop: done)
 *
 * The mutex guards the two lists and the stopping flag, nothing else; jobs run
 * and completions are delivered without it.
 */
#include "net/worker.h"

#include "base/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

struct job {
	STAILQ_ENTRY(job) link;
	void (*run)(void *context);
	void (*done)(void *context);
	void *context;
};

STAILQ_HEAD(jobs, job);

struct worker {
	uint64_t *delivered;
	struct event *wake_event;
	int wake; /* eventfd: the thread tells the loop that finished is not empty */
	pthread_t thread;
	bool threaded;
	pthread_mutex_t mutex;
	pthread_cond_t work_came;
	struct jobs waiting;
	struct jobs finished;
	bool stopping;
};

static void job_finished(struct worker *worker, struct job *job)
{
	(void)pthread_mutex_lock(&worker->mutex);
	STAILQ_INSERT_TAIL(&worker->finished, job, link);
	(void)pthread_mutex_unlock(&worker->mutex);
	uint64_t one = 1;
	(void)!write(worker->wake, &one, sizeof(one));
}

/* The next job, or NULL when the worker stops. Waits. */
static struct job *job_wait(struct worker *worker)
{
	(void)pthread_mutex_lock(&worker->mutex);
	while (!worker->stopping && STAILQ_EMPTY(&worker->waiting))
		(void)pthread_cond_wait(&worker->work_came, &worker->mutex);
	struct job *job = worker->stopping ? NULL : STAILQ_FIRST(&worker->waiting);
	if (job)
		STAILQ_REMOVE_HEAD(&worker->waiting, link);
	(void)pthread_mutex_unlock(&worker->mutex);
	return job;
}

static void *thread_main(void *context)
{
	struct worker *worker = context;
	struct job *job;
	while ((job = job_wait(worker))) {
		job->run(job->context);
		job_finished(worker, job);
	}
	return NULL;
}

static void deliver(evutil_socket_t descriptor, short what, void *context)
{
	(void)what;
	struct worker *worker = context;
	uint64_t count;
	(void)!read(descriptor, &count, sizeof(count));
	struct jobs batch = STAILQ_HEAD_INITIALIZER(batch);
	(void)pthread_mutex_lock(&worker->mutex);
	STAILQ_CONCAT(&batch, &worker->finished);
	(void)pthread_mutex_unlock(&worker->mutex);
	struct job *job;
	while ((job = STAILQ_FIRST(&batch))) {
		STAILQ_REMOVE_HEAD(&batch, link);
		++*worker->delivered;
		job->done(job->context);
		free(job);
	}
}

/* Signals are for the loop's thread, so the new thread is born with all of them blocked. */
static bool thread_start(struct worker *worker)
{
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = pthread_create(&worker->thread, NULL, thread_main, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result == 0;
}

struct worker *worker_new(struct event_base *base, uint64_t *delivered)
{
	struct worker *worker = memory_new(1, sizeof(*worker));
	worker->delivered = delivered;
	STAILQ_INIT(&worker->waiting);
	STAILQ_INIT(&worker->finished);
	(void)pthread_mutex_init(&worker->mutex, NULL);
	(void)pthread_cond_init(&worker->work_came, NULL);
	worker->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker->wake < 0)
		memory_exhausted();
	worker->wake_event = event_new(base, worker->wake, EV_READ | EV_PERSIST, deliver, worker);
	if (!worker->wake_event || event_add(worker->wake_event, NULL) != 0)
		memory_exhausted();
	worker->threaded = thread_start(worker);
	return worker;
}

static void jobs_free(struct jobs *jobs)
{
	struct job *job;
	while ((job = STAILQ_FIRST(jobs))) {
		STAILQ_REMOVE_HEAD(jobs, link);
		free(job);
	}
}

void worker_stop(struct worker *worker)
{
	if (!worker)
		return;
	(void)pthread_mutex_lock(&worker->mutex);
	worker->stopping = true;
	(void)pthread_cond_signal(&worker->work_came);
	(void)pthread_mutex_unlock(&worker->mutex);
	if (worker->threaded)
		(void)pthread_join(worker->thread, NULL);
	worker->threaded = false;
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	worker_stop(worker);
	jobs_free(&worker->waiting);
	jobs_free(&worker->finished);
	event_free(worker->wake_event);
	(void)close(worker->wake);
	(void)pthread_cond_destroy(&worker->work_came);
	(void)pthread_mutex_destroy(&worker->mutex);
	free(worker);
}

void worker_do(struct worker *worker, void (*run)(void *context), void (*done)(void *context),
	       void *context)
{
	struct job *job = memory_new(1, sizeof(*job));
	job->run = run;
	job->done = done;
	job->context = context;
	/* No thread to be had: the work is done here; its completion still comes from the loop. */
	if (!worker->threaded) {
		run(context);
		job_finished(worker, job);
		return;
	}
	(void)pthread_mutex_lock(&worker->mutex);
	STAILQ_INSERT_TAIL(&worker->waiting, job, link);
	(void)pthread_cond_signal(&worker->work_came);
	(void)pthread_mutex_unlock(&worker->mutex);
}

/*
 * One thread for slow arithmetic (RSA keys): jobs run in the order they came,
 * their completions come back on the loop in that order.
 */
#ifndef ISSUER_NET_WORKER_H
#define ISSUER_NET_WORKER_H

#include <event2/event.h>
#include <stdint.h>

struct worker;

/* *delivered is counted up at every completion. Both are borrowed until worker_free. */
struct worker *worker_new(struct event_base *base, uint64_t *delivered);
/* Waits for the job that is running and begins no other. NULL is allowed. */
void worker_stop(struct worker *worker);
/* Waits for the job that is running, drops the others; no completion runs. NULL is allowed. */
void worker_free(struct worker *worker);

void worker_do(struct worker *worker, void (*run)(void *context), void (*done)(void *context),
	       void *context);

#endif

/*
 * The real side of struct environment: one libevent loop, c-ares for DNS
 * packets, libcurl for HTTP, a worker thread, files and locks.
 */
#ifndef ISSUER_NET_LOOP_H
#define ISSUER_NET_LOOP_H

#include "base/environment.h"

#include <stdbool.h>

struct loop;
struct event_base;

/* Cheap: c-ares, curl and the thread start at first use. The process ignores SIGPIPE from here on,
 * for OpenSSL writes to sockets that peers may close. */
STATUS loop_new(struct loop **ret, struct error *err);
/* Drops what is on the wire without completions; joins the worker. */
void loop_free(struct loop *loop);
void loop_freep(struct loop **loop);
/* For a process that ends: joins the worker and leaves the rest. What is on the wire is pointed at
 * by memory of those who asked, and goes with it. */
void loop_stop(struct loop *loop);
/* Borrowed until loop_free. */
struct environment *loop_environment(struct loop *loop);
/* The manners towards registries are shared with other runs by files in this folder (courtesy.h).
 */
void loop_share_manners(struct loop *loop, const char *folder);
/* For what listens in net/; borrowed. */
struct event_base *loop_base(struct loop *loop);
/* Makes SIGINT and SIGTERM end wait() early and set the flag; the flag stays, later waits wait. */
void loop_catch_signals(struct loop *loop);
bool loop_interrupted(const struct loop *loop);
/* For what listens, from inside wait(): this wait ends once its events are handled, as if something
 * had been completed. */
void loop_wake(struct loop *loop);

#endif

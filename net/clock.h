/*
 * The clocks and the chance of this machine: the only place that asks the
 * kernel for them. The members of struct environment of the same names; self is
 * not used.
 */
#ifndef ISSUER_NET_CLOCK_H
#define ISSUER_NET_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_now(void *self);
int64_t clock_monotonic(void *self);
void clock_random(void *self, void *out, size_t length);

#endif

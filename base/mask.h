/*
 * Words of others that may repeat what they were sent: a random value among them
 * is for the person it was sent to alone, never for staff, logs or the journal.
 */
#ifndef ISSUER_BASE_MASK_H
#define ISSUER_BASE_MASK_H

#include <stddef.h>

/* A random value has 112 bits or more (BR 1.6.1), so 19 characters of base64 or more. */
enum { MASK_LEAST = 19 };

/* Puts "*" in the place of each character of whatever could be a random value: runs of at least
 * MASK_LEAST letters, digits, "-" and "_". */
void mask_values(char *text, size_t length);

#endif

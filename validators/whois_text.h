/*
 * The bytes of a WHOIS answer as UTF-8. RFC 3912 section 4: the protocol "has no
 * mechanism for indicating the character set in use". So: UTF-8 when it is that,
 * ISO-2022-JP when it has its escapes, else what registries of the name's
 * top-level domain have sent, else Latin-1. Pure.
 */
#ifndef ISSUER_VALIDATORS_WHOIS_TEXT_H
#define ISSUER_VALIDATORS_WHOIS_TEXT_H

#include "base/arena.h"

/* name: lower-case A-labels. Never fails: bytes without a meaning become "?". No NUL inside. */
char *whois_text(struct slice answer, const char *name, struct arena *arena);

#endif

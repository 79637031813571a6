/* The known word that somebody most likely meant, for refusals of unknown keys, ids and values. */
#ifndef ISSUER_POLICY_NEAREST_H
#define ISSUER_POLICY_NEAREST_H

#include <stddef.h>

enum { NEAREST_WORD_MAX = 64 };

/* Borrowed from known; NULL when no word is close enough to be a misspelling. */
const char *nearest_word(const char *word, const char *const *known, size_t count);

#endif

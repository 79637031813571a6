/*
 * The words that registries use in labels: tables and how a label is held against
 * them. text is in the form of whois_label_normalise. What a label means as a
 * whole is told in whois_label.h. Pure.
 */
#ifndef ISSUER_VALIDATORS_WHOIS_WORDS_H
#define ISSUER_VALIDATORS_WHOIS_WORDS_H

#include "validators/whois_label.h"

/* Whether the whole text is a label of the domain, of a postal address. */
bool whois_words_domain(const char *text);
bool whois_words_address(const char *text);
/* Whether a word in it says whose mailbox or number it certainly is not. */
bool whois_words_foreign(const char *text);
/* The field that the whole text is a label of. */
enum whois_field whois_words_field(const char *text);

/* The length of the longest phrase of the kind that the text begins with, whole words; 0: none. */
size_t whois_words_other(const char *text);
size_t whois_words_filler(const char *text);
size_t whois_words_role(const char *text, enum contact_role *ret);

#endif

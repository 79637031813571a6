/*
 * What a challenge of ACME is about (RFC 8555 section 8.1): "keyAuthorization =
 * token || '.' || base64url(Thumbprint(accountKey))". The task's file_name is the
 * token, its value the key authorization. Pure.
 */
#ifndef ISSUER_VALIDATORS_KEY_AUTHORIZATION_H
#define ISSUER_VALIDATORS_KEY_AUTHORIZATION_H

#include "validators/validator.h"

/* Whether file_name is a token and value its key authorization. */
bool key_authorization_fits(const struct validation_task *task);
/* The same; if not, ends the conversation with INTERNAL, for only we can have made it so. */
bool key_authorization_check(struct validation *validation);

#endif

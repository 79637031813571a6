/*
 * One try of a post on the wire: by the mail server of the configuration, or
 * by https to where DNS (validated) and address policy let the URL lead, with a
 * verified certificate and no redirects.
 */
#ifndef ISSUER_ENGINE_DRIVE_POST_SEND_H
#define ISSUER_ENGINE_DRIVE_POST_SEND_H

#include "engine/drive/post.h"

struct post_sending;

typedef void post_sent(void *context, const struct post_outcome *outcome);

/* sent comes from environment->wait, exactly once. On failure nothing was begun. */
STATUS post_send(struct engine *engine, const struct launch *launch, post_sent *sent, void *context,
		 struct post_sending **ret, struct error *err);
/* sent will not come; what is on the wire may still arrive. */
void post_send_abandon(struct post_sending *sending);

#endif

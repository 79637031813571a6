/*
 * One try of a report on the wire: by the mail server of the configuration, or
 * by https to where DNS (validated) and address policy let the URL lead, with a
 * verified certificate and no redirects.
 */
#ifndef ISSUER_ENGINE_IODEF_SEND_H
#define ISSUER_ENGINE_IODEF_SEND_H

#include "engine/iodef.h"

struct iodef_sending;

typedef void iodef_sent(void *context, const struct iodef_outcome *outcome);

/* sent comes from environment->wait, exactly once. On failure nothing was begun. */
STATUS iodef_send(struct engine *engine, const struct launch *launch, iodef_sent *sent,
		  void *context, struct iodef_sending **ret, struct error *err);
/* sent will not come; what is on the wire may still arrive. */
void iodef_send_abandon(struct iodef_sending *sending);

#endif

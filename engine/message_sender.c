/* In whose name people are asked: see message_sender.h. */
#include "engine/message_sender.h"

#include "validators/mailbox.h"

#include <string.h>

/* A provider's mailbox; that of issuer.yaml was held to the same when it was read. */
static enum status check_mailbox(const struct provider *provider, const char *key, const char *text,
				 struct error *err)
{
	struct mailbox mailbox;
	struct error why = NO_ERROR;
	if (!text)
		return OK;
	if (mailbox_parse(slice_text(text), &mailbox, &why) != OK)
		return fail(err, CONFIGURATION, "provider \"%s\": %s is \"%.80s\": %s",
			    provider->id, key, text, why.sentence);
	if (mailbox.needs_smtputf8 || text[0] == '"' || strcmp(mailbox.text, text) != 0 ||
	    strstr(text, "=?"))
		return fail(err, CONFIGURATION,
			    "provider \"%s\": %s is \"%.80s\": quoted and non-ASCII local parts "
			    "are not served",
			    provider->id, key, text);
	return OK;
}

enum status message_sender_of(struct engine *engine, const struct product *product,
			      struct message_sender *ret, struct error *err)
{
	const struct configuration *configuration = NULL;
	const struct policy *policy = NULL;
	const struct provider *provider = NULL;
	TRY(engine_configuration(engine, &configuration, err));
	TRY(engine_policy(engine, &policy, err));
	const struct configuration_mail *mail = configuration_mail(configuration);
	if (!mail->is_set) {
		(void)fail(err, CONFIGURATION, "there is no mail server to ask people by");
		return fail_hint(err, CONFIGURATION, "set mail: in issuer.yaml");
	}
	if (product->provider)
		TRY(policy_provider(policy, product->provider, &provider, err));
	if (!provider) {
		*ret = (struct message_sender){mail->from, mail->from_name, mail->reply_to,
					       mail->languages, policy_templates(policy, NULL)};
		return OK;
	}
	TRY(check_mailbox(provider, "from", provider->from, err));
	TRY(check_mailbox(provider, "reply_to", provider->reply_to, err));
	*ret = (struct message_sender){provider->from, provider->from_name, provider->reply_to,
				       (enum message_languages)provider->languages,
				       policy_templates(policy, provider)};
	return OK;
}

const char *message_id_of(const char *mail_id, const char *from, struct arena *arena)
{
	return arena_printf(arena, "%s%s", mail_id, strrchr(from, '@'));
}

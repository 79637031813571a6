/* Mail, and reports to owners of domains, in issuer.yaml: see mail_part.h. */
#include "policy/mail_part.h"

#include "csr/names.h"

#include <string.h>

enum {
	SMTP_PORT = 25,
	FROM_NAME_MAX = 128, /* octets; of a header that encodes it (RFC 2047) */
};

static const char *const starttls_names[] = {[MAIL_TLS_REQUIRED] = "required",
					     [MAIL_TLS_IF_OFFERED] = "opportunistic",
					     [MAIL_PLAIN] = "none",
					     NULL};
static const char *const iodef_names[] = {[IODEF_NEVER] = "never",
					  [IODEF_MAIL] = "mail",
					  [IODEF_HTTPS] = "https",
					  [IODEF_BOTH] = "both",
					  NULL};

static const struct mail_part mail_initial = MAIL_DEFAULTS;
static const struct iodef_part iodef_initial = IODEF_DEFAULTS;

/* clang-format off */
#define GROUP(name, type, table, ...) \
	{.what = (name), .size = sizeof(struct type), .columns = (table), \
	 .column_count = ARRAY_LENGTH(table), __VA_ARGS__}

#define TRIES(type, part) \
	{"tries",         COLUMN_INTEGER,  NEED_NEVER, AT(type, part.tries), .least = 1, .most = 100}, \
	{"retry_first",   COLUMN_DURATION, NEED_NEVER, AT(type, part.retry.first_ms), .least = SECOND_MS, .most = DAY_MS}, \
	{"retry_factor",  COLUMN_INTEGER,  NEED_NEVER, AT(type, part.retry.factor), .least = 1, .most = 10}, \
	{"retry_longest", COLUMN_DURATION, NEED_NEVER, AT(type, part.retry.longest_ms), .least = SECOND_MS, .most = 7 * DAY_MS}

static const struct column mail_columns[] = {
	{"server",        COLUMN_TEXT,    NEED_ALWAYS, AT(mail_part, server)},
	{"name",          COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.name)},
	{"from",          COLUMN_TEXT,    NEED_ALWAYS, AT(mail_part, mail.from)},
	{"from_name",     COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.from_name)},
	{"reply_to",      COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.reply_to)},
	{"language",      COLUMN_WORD,    NEED_NEVER,  AT(mail_part, languages), .words = message_languages_names},
	{"bounces",       COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.bounces)},
	{"starttls",      COLUMN_WORD,    NEED_NEVER,  AT(mail_part, starttls), .words = starttls_names},
	{"user",          COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.user)},
	{"password_file", COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.password_file)},
	{"ca_file",       COLUMN_TEXT,    NEED_NEVER,  AT(mail_part, mail.ca_file)},
	{"timeout",       COLUMN_TIMEOUT, NEED_NEVER,  AT(mail_part, mail.timeout_ms), .least = SECOND_MS, .most = 10 * MINUTE_MS},
	TRIES(mail_part, mail),
};
const struct group mail_group =
	GROUP("mail", mail_part, mail_columns, .initial = &mail_initial);

static const struct column iodef_columns[] = {
	{"send",          COLUMN_WORD,     NEED_NEVER, AT(iodef_part, send), .words = iodef_names},
	{"contact",       COLUMN_TEXT,     NEED_NEVER, AT(iodef_part, iodef.contact)},
	{"ca_file",       COLUMN_TEXT,     NEED_NEVER, AT(iodef_part, iodef.ca_file)},
	{"timeout",       COLUMN_TIMEOUT,  NEED_NEVER, AT(iodef_part, iodef.timeout_ms), .least = SECOND_MS, .most = 10 * MINUTE_MS},
	TRIES(iodef_part, iodef),
};
const struct group iodef_group =
	GROUP("iodef", iodef_part, iodef_columns, .initial = &iodef_initial);
/* clang-format on */

enum status mail_take(const struct network *network, struct mail_part *part, struct error *err)
{
	struct configuration_mail *mail = &part->mail;
	mail->starttls = (enum mail_security)part->starttls;
	mail->languages = (enum message_languages)part->languages;
	if (!part->server)
		return OK;
	mail->is_set = true;
	if (endpoint_parse(part->server, SMTP_PORT, &mail->server) != OK)
		return fail(err, CONFIGURATION,
			    "mail: server is \"%.80s\", not ADDR, ADDR:PORT or [V6]:PORT",
			    part->server);
	mail->server.port = network_port(network, mail->server.port);
	char host[NAME_TEXT];
	if (mail->name && name_host(mail->name, host, NULL) != OK)
		return fail(err, CONFIGURATION, "mail: name is \"%.80s\", not a host name",
			    mail->name);
	if (mail->from_name && strlen(mail->from_name) > FROM_NAME_MAX)
		return fail(err, CONFIGURATION, "mail: from_name has %zu octets, more than %d",
			    strlen(mail->from_name), FROM_NAME_MAX);
	if (!mail->user != !mail->password_file)
		return fail(err, CONFIGURATION, "mail: user and password_file go together");
	if (mail->user && mail->starttls != MAIL_TLS_REQUIRED)
		return fail(err, CONFIGURATION,
			    "mail: user needs starttls: required, because a password is never "
			    "sent without TLS");
	return OK;
}

enum status iodef_take(const struct configuration_mail *mail, struct iodef_part *part,
		       struct error *err)
{
	struct configuration_iodef *iodef = &part->iodef;
	iodef->send = (enum iodef_send)part->send;
	if (!iodef->contact)
		iodef->contact = mail->from;
	if ((iodef->send == IODEF_MAIL || iodef->send == IODEF_BOTH) && !mail->is_set)
		return fail(err, CONFIGURATION,
			    "iodef: send is \"%s\", and there is no mail: server to send by",
			    iodef_names[iodef->send]);
	if (iodef->send != IODEF_NEVER && !iodef->contact)
		return fail(err, CONFIGURATION,
			    "iodef: contact is missing, so a report could not say whom to ask");
	return OK;
}

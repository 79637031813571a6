/*
 * Control of a name by the challenges of ACME that publish the digest of a key
 * authorization: dns-01 (RFC 8555 section 8.4), which is BR 3.2.2.4.7 with the
 * label "_acme-challenge", and dns-account-01 (BR 3.2.2.4.21,
 * draft-ietf-acme-dns-account-label-00), which puts a label of the account before
 * it, so that several accounts have a record of their own.
 *
 *   _acme-challenge.<ADN>                 ── TXT ──> base64url(SHA-256(key authorization))
 *   _<label>._acme-challenge.<ADN>
 */
#include "base/digest.h"
#include "base/encode.h"
#include "csr/account.h"
#include "validators/key_authorization.h"
#include "validators/txt_record.h"

#include <string.h>

#define CHALLENGE_LABEL "_acme-challenge."

/* draft-00: "the first 10 bytes" of the digest, 16 characters of base32. */
enum { LABEL_OCTETS = 10, LABEL_TEXT = 16 };

static const char *record_name(const struct validation_task *task, struct arena *arena)
{
	return arena_printf(arena, CHALLENGE_LABEL "%s", task->domain);
}

/* "_" || base32(SHA-256(account URL)[0:10]), in lower case. */
static const char *account_record_name(const struct validation_task *task, struct arena *arena)
{
	const char *uri = task->account_uri ? task->account_uri : "";
	struct digest digest = digest_of(slice_text(uri));
	CLEANUP(buffer_release) struct buffer label;
	buffer_init(&label, LABEL_TEXT);
	encode_base32(slice_of(digest.bytes, LABEL_OCTETS), &label);
	return arena_printf(arena, "_%s." CHALLENGE_LABEL "%s", buffer_text(&label), task->domain);
}

/* NULL when the task's value is not a key authorization of its token. */
static const char *content_of(const struct validation_task *task, struct arena *arena)
{
	return key_authorization_fits(task) ? key_authorization_digest(task->value, arena) : NULL;
}

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	txt_record_publish(record_name(task, arena), content_of(task, arena), arena, ret);
}

static void publish_account(const struct validation_task *task, struct arena *arena,
			    struct publication *ret)
{
	txt_record_publish(account_record_name(task, arena), content_of(task, arena), arena, ret);
}

static void begin(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	txt_record_begin(validation, validation->state, record_name(task, validation->arena),
			 content_of(task, validation->arena));
}

static void begin_account(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	if (!task->account_uri) {
		validation_finish(validation, INTERNAL, "there is no account to look for at %s",
				  task->domain);
		return;
	}
	txt_record_begin(validation, validation->state,
			 account_record_name(task, validation->arena),
			 content_of(task, validation->arena));
}

static void advance(struct validation *validation, const struct event *event)
{
	if (txt_record_advance(validation, validation->state, event))
		txt_record_compare(validation, validation->state);
}

const struct validator validator_dns_01 = {
	.method = "dns-01",
	.evidence_kind = "dns",
	.state_size = sizeof(struct txt_record),
	.place = PUBLISH_RECORD,
	.value = VALUE_KEY_AUTHORIZATION,
	.publish = publish,
	.begin = begin,
	.advance = advance,
};

const struct validator validator_dns_account_01 = {
	.method = "dns-account-01",
	.evidence_kind = "dns",
	.state_size = sizeof(struct txt_record),
	.place = PUBLISH_RECORD,
	.value = VALUE_KEY_AUTHORIZATION,
	.needs_account_uri = true,
	.publish = publish_account,
	.begin = begin_account,
	.advance = advance,
};

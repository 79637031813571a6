/*
 * Control of a name by a certificate that its server shows: ACME's challenge
 * tls-alpn-01 (RFC 8737; BR 3.2.2.4.20 "TLS Using ALPN"), and of an address (RFC
 * 8738; BR 3.2.2.5.7), which needs no look-up.
 *
 *   AAAA and A ──> address policy ──> handshake on port 443 for acme-tls/1
 *                                       │ no connection: the other family, once
 *                                       └ agreed: protocol, names, acmeIdentifier
 */
#include "csr/validation_certificate.h"
#include "validators/destination.h"
#include "validators/key_authorization.h"

#include <stdio.h>
#include <string.h>

/* RFC 8737 section 3: the connection "MUST use TCP port 443", with "an ALPN extension with the
 * single protocol name "acme-tls/1"". */
enum { CHALLENGE_PORT = 443, SHOWN_DETAIL = 80, SHOWN_HOST = 100 };
static const char challenge_protocol[] = "acme-tls/1";

struct tls_alpn_01 {
	struct address literal; /* ADDRESS_NONE for a name */
	struct destination destination;
	uint32_t probe_id;
	const char *earlier; /* how the first family failed; "" at first */
};

static struct tls_alpn_01 *state_of(struct validation *validation)
{
	return validation->state;
}

static const char *expected_digest(const struct validation_task *task, struct arena *arena)
{
	return digest_text(digest_of(slice_text(task->value)), arena_new(arena, DIGEST_TEXT, 1));
}

static void publish(const struct validation_task *task, struct arena *arena,
		    struct publication *ret)
{
	*ret = (struct publication){
		.file_name = task->file_name,
		.content = task->value,
		.action = arena_printf(
			arena,
			"let %s answer on port %d, for the TLS protocol %s, with a self-signed "
			"certificate for it whose critical acmeIdentifier is %s, the SHA-256 of "
			"the key authorization %s (token %s)",
			task->domain, CHALLENGE_PORT, challenge_protocol,
			expected_digest(task, arena), task->value, task->file_name),
		.unseen = "the server was not looked at yet",
	};
}

static void hint_publish(struct validation *validation)
{
	const struct validation_task *task = validation->task;
	validation_hint(validation,
			"let %s answer for %s with a self-signed certificate for it whose "
			"critical acmeIdentifier is the SHA-256 of %s",
			validation_shown(validation, slice_text(task->domain), SHOWN_HOST),
			challenge_protocol, task->value);
}

/* --- the question --- */

static void probe(struct validation *validation)
{
	struct tls_alpn_01 *state = state_of(validation);
	struct step *step = steps_add(&validation->steps, STEP_TLS);
	step->tls.port = CHALLENGE_PORT;
	step->tls.protocol = challenge_protocol;
	(void)destination_next(&state->destination, &step->tls.address);
	if (state->literal.family == ADDRESS_NONE)
		(void)snprintf(step->tls.server_name, sizeof(step->tls.server_name), "%s",
			       state->destination.host);
	else
		/* RFC 8738 section 6: "the server MUST instead use the IN-ADDR.ARPA [RFC1034] or
		 * IP6.ARPA [RFC3596] reverse mapping of the IP address as the HostName field
		 * value". */
		(void)address_reverse_name(&state->literal, step->tls.server_name);
	state->probe_id = step->id;
}

static void probe_or_finish(struct validation *validation)
{
	struct tls_alpn_01 *state = state_of(validation);
	if (destination_has_more(&state->destination))
		probe(validation);
	else
		destination_finish(&state->destination, validation, state->destination.host);
}

static void begin(struct validation *validation)
{
	struct tls_alpn_01 *state = state_of(validation);
	const char *domain = validation->task->domain;
	if (!key_authorization_check(validation))
		return;
	if (address_parse(domain, &state->literal) != OK)
		state->literal = (struct address){.family = ADDRESS_NONE};
	state->earlier = "";
	(void)snprintf(validation->verdict.decided_by, sizeof(validation->verdict.decided_by), "%s",
		       domain);
	if (!destination_begin(&state->destination, validation, domain, &state->literal))
		probe_or_finish(validation);
}

/* --- what came back --- */

static const char *trouble_text(enum tls_outcome outcome)
{
	switch (outcome) {
	case TLS_AGREED:
		return "agreed";
	case TLS_TIMED_OUT:
		return "did not complete a TLS handshake in time";
	case TLS_CONNECT_FAILED:
		return "took no connection";
	case TLS_REFUSED:
		return "refused the TLS handshake for acme-tls/1";
	case TLS_BROKEN:
		return "broke the TLS handshake";
	}
	return "";
}

/* "example.com at 192.0.2.1" */
static const char *shown_server(struct validation *validation)
{
	const struct tls_alpn_01 *state = state_of(validation);
	return arena_printf(
		validation->arena, "%s%s at %s", state->earlier,
		validation_shown(validation, slice_text(state->destination.host), SHOWN_HOST),
		destination_shown(&state->destination, validation));
}

static void not_agreed(struct validation *validation, const struct tls_reply *reply)
{
	struct tls_alpn_01 *state = state_of(validation);
	bool silent = reply->outcome == TLS_CONNECT_FAILED || reply->outcome == TLS_TIMED_OUT;
	if (silent && destination_has_more(&state->destination)) {
		state->earlier = arena_printf(validation->arena, "%s %s; then ",
					      destination_shown(&state->destination, validation),
					      trouble_text(reply->outcome));
		probe(validation);
		return;
	}
	enum status status = reply->outcome == TLS_TIMED_OUT ? TIMED_OUT
			     : reply->outcome == TLS_REFUSED ? CERTIFICATE_MISSING
							     : CONNECT_FAILED;
	validation_finish(validation, status, "%s %s (%s)", shown_server(validation),
			  trouble_text(reply->outcome),
			  validation_shown(validation, slice_text(reply->detail), SHOWN_DETAIL));
	if (status == CERTIFICATE_MISSING)
		hint_publish(validation);
	else
		validation_hint(validation,
				"let the server of %s answer TLS 1.2 or later on port %d from "
				"outside",
				state->destination.host, CHALLENGE_PORT);
}

static void agreed(struct validation *validation, const struct tls_reply *reply)
{
	const struct tls_alpn_01 *state = state_of(validation);
	struct validation_certificate expected = {
		.name = validation->task->domain,
		.address = state->literal,
		.digest = digest_of(slice_text(validation->task->value)),
	};
	struct error why = NO_ERROR;
	if (reply->protocol.length == 0) {
		validation_finish(validation, CERTIFICATE_MISSING,
				  "%s speaks TLS, but chose no protocol where %s was offered",
				  shown_server(validation), challenge_protocol);
	} else if (!slice_equal(reply->protocol, slice_text(challenge_protocol))) {
		validation_finish(validation, CERTIFICATE_MISSING,
				  "%s speaks TLS, but chose the protocol \"%s\", not %s",
				  shown_server(validation),
				  validation_shown(validation, reply->protocol, SHOWN_DETAIL),
				  challenge_protocol);
	} else if (validation_certificate_check(reply->certificate, &expected, &why) != OK) {
		validation_finish(validation, CERTIFICATE_WRONG,
				  "%s answered for %s with another certificate: %s",
				  shown_server(validation), challenge_protocol, why.sentence);
	} else {
		validation_finish(validation, OK,
				  "%s answered for %s with the expected certificate",
				  shown_server(validation), challenge_protocol);
		return;
	}
	hint_publish(validation);
}

static void advance(struct validation *validation, const struct event *event)
{
	struct tls_alpn_01 *state = state_of(validation);
	if (event->kind == STEP_DNS) {
		if (destination_advance(&state->destination, validation, event))
			probe_or_finish(validation);
	} else if (event->id == state->probe_id && event->tls.outcome == TLS_AGREED) {
		agreed(validation, &event->tls);
	} else if (event->id == state->probe_id) {
		not_agreed(validation, &event->tls);
	}
}

const struct validator validator_tls_alpn_01 = {
	.method = "tls-alpn-01",
	.evidence_kind = "tls",
	.state_size = sizeof(struct tls_alpn_01),
	.place = PUBLISH_TLS,
	.value = VALUE_KEY_AUTHORIZATION,
	.publish = publish,
	.begin = begin,
	.advance = advance,
};

/* Intent, signature, certificate: see issuance.h. */
#include "engine/issuance.h"

#include "engine/order_state.h"
#include "store/certificate.h"
#include "store/effect.h"
#include "store/schedule.h"

enum { INTENT_MAX = 64 * 1024 };

/* ---- the intent ---- */

static const char **names_of(struct turn *turn, const struct order_view *view)
{
	const char **names = arena_new(&turn->arena, view->name_count, sizeof(*names));
	for (size_t i = 0; i < view->name_count; i++)
		names[i] = view->names[i].name;
	return names;
}

static enum status prepare(struct turn *turn, const struct order_view *view, struct buffer *ret,
			   struct error *err)
{
	const struct ca_local *authority = NULL;
	struct request_record request;
	TRY(engine_authority(turn->engine, view->ca, AUTHORITY_CERTIFICATE, &authority, err));
	TRY(store_request_get(turn->store, view->order.request_id, &turn->arena, &request, err));
	struct ca_order order = {
		.names = names_of(turn, view),
		.name_count = view->name_count,
		.spki = request.spki,
		.policy_oid = view->ca->policy_oid,
		.base_url = view->ca->base_url,
	};
	order.not_before_ms = (turn->now - view->ca->backdate_ms) / SECOND_MS * SECOND_MS;
	TRY(policy_not_after(view->policy, view->ca, view->pack, order.not_before_ms, turn->now,
			     &order.not_after_ms, err));
	turn->engine->environment->random(turn->engine->environment->self, order.serial,
					  sizeof(order.serial));
	return ca_local_prepare(authority, &order, ret, err);
}

enum status issuance_intend(struct turn *turn, struct order_view *view, struct error *err)
{
	struct order *order = &view->order;
	CLEANUP(buffer_release) struct buffer intent;
	buffer_init(&intent, INTENT_MAX);
	TRY(prepare(turn, view, &intent, err));
	struct effect effect = {
		.kind = EFFECT_KIND_SIGN,
		.class = EFFECT_IDEMPOTENT,
		.idempotency_key = arena_printf(&turn->arena, "sign:o-%lld", (long long)order->id),
		.order_id = order->id,
		.intent = buffer_slice(&intent),
		.state = EFFECT_STATE_INTENDED,
		.created_at = turn->now,
	};
	char digest[DIGEST_TEXT];
	TRY(store_effect_insert(turn->store, &effect, &effect.id, err));
	TRY(store_schedule_on_wire(turn->store, DUTY_EFFECT, effect.id, turn->now, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_EFFECT,
				  .order_id = order->id,
				  .subject_id = effect.id,
				  .name = effect.idempotency_key,
				  .from = effect_state_text(EFFECT_STATE_INTENDED),
				  .to = digest_text(digest_of(effect.intent), digest),
			  });
	struct launch *launch = turn_launch(turn, LAUNCH_EFFECT, effect.id);
	launch->intent = slice_of(arena_bytes(&turn->arena, effect.intent), effect.intent.length);
	return order_transition(turn, order, ORDER_EVENT_INTENDED, NULL, NULL, err);
}

enum status issuance_resume(struct turn *turn, int64_t effect_id, struct error *err)
{
	struct effect effect;
	TRY(store_effect_get(turn->store, effect_id, &turn->arena, &effect, err));
	if (effect.state != EFFECT_STATE_INTENDED)
		return store_schedule_drop(turn->store, DUTY_EFFECT, effect_id, err);
	TRY(store_schedule_on_wire(turn->store, DUTY_EFFECT, effect_id, turn->now, err));
	turn_launch(turn, LAUNCH_EFFECT, effect_id)->intent = effect.intent;
	return OK;
}

/* ---- the signature ---- */

enum status issuance_sign(struct engine *engine, struct slice intent, struct buffer *ret_der,
			  struct error *err)
{
	const struct policy *policy = NULL;
	const struct ca_row *ca = NULL;
	const struct ca_local *authority = NULL;
	TRY(engine_policy(engine, &policy, err));
	TRY(policy_ca(policy, "local", &ca, err));
	TRY(engine_authority(engine, ca, AUTHORITY_WITH_KEY, &authority, err));
	return ca_local_issue(authority, intent, ret_der, err);
}

/* ---- the certificate ---- */

static enum status insert(struct turn *turn, const struct order *order, const struct effect *effect,
			  const char *ca, struct slice der, int64_t *ret_id, struct error *err)
{
	struct certificate_facts facts;
	TRY(certificate_read(der, &facts, err));
	struct certificate certificate = {
		.order_id = order->id,
		.contract_id = order->contract_id,
		.ca = ca,
		.serial = arena_text(&turn->arena, facts.serial),
		.fingerprint = facts.fingerprint,
		.not_before_at = facts.not_before_ms,
		.not_after_at = facts.not_after_ms,
		.der = der,
		.effect_id = effect->id,
		.issued_at = turn->now,
	};
	certificate_facts_release(&facts);
	char fingerprint[DIGEST_TEXT];
	TRY(store_certificate_insert(turn->store, &certificate, ret_id, err));
	TRY(store_order_set_certificate(turn->store, order->id, *ret_id, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_CERTIFICATE,
				  .order_id = order->id,
				  .subject_id = *ret_id,
				  .name = certificate.serial,
				  .to = digest_text(certificate.fingerprint, fingerprint),
			  });
	return OK;
}

enum status issuance_store(struct turn *turn, int64_t effect_id, struct slice der,
			   struct error *err)
{
	struct effect effect;
	struct order_view view;
	int64_t certificate_id = 0;
	TRY(store_effect_get(turn->store, effect_id, &turn->arena, &effect, err));
	TRY(store_effect_done(turn->store, effect_id, turn->now, err));
	TRY(store_schedule_drop(turn->store, DUTY_EFFECT, effect_id, err));
	TRY(order_view_load(turn, effect.order_id, &view, err));
	/* What was signed is what was intended, to the byte. */
	struct slice tbs;
	TRY(certificate_tbs(der, &tbs, err));
	if (!slice_equal(tbs, effect.intent))
		return fail(err, INTERNAL,
			    "the certificate of effect f-%lld is not the intended one",
			    (long long)effect_id);
	TRY(insert(turn, &view.order, &effect, view.ca->id, der, &certificate_id, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_EFFECT,
				  .order_id = view.order.id,
				  .subject_id = effect.id,
				  .name = effect.idempotency_key,
				  .from = effect_state_text(EFFECT_STATE_DONE),
			  });
	TRY(order_transition(turn, &view.order, ORDER_EVENT_DELIVERED, NULL, NULL, err));
	/* No target is recorded, so installing is not required (DESIGN.md, Settled). */
	TRY(order_transition(turn, &view.order, ORDER_EVENT_DEPLOYED, NULL,
			     "installation is not required: the order has no target", err));
	return order_transition(turn, &view.order, ORDER_EVENT_FINISHED, NULL, NULL, err);
}

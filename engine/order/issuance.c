/* Intent, signature, certificate: see issuance.h. */
#include "engine/order/issuance.h"

#include "engine/order/order_state.h"
#include "store/certificate.h"
#include "store/effect.h"
#include "store/schedule.h"

#include <string.h>

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

/* Every name of the order has an open gate of its own for control and, unless it is an address, for
 * CAA: what is signed is what was decided. */
static enum status check_names(const struct order_view *view, struct error *err)
{
	static const enum gate_kind kinds[] = {GATE_KIND_CONTROL, GATE_KIND_CAA};
	for (size_t n = 0; n < view->name_count; n++) {
		const char *name = view->names[n].name;
		size_t wanted = 0;
		size_t open = 0;
		for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++)
			wanted += gate_kind_concerns(kinds[k], name);
		for (size_t i = 0; i < view->gate_count; i++)
			for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++)
				open += view->gates[i].kind == kinds[k] &&
					strcmp(view->gates[i].name, name) == 0 &&
					gate_passes(view->gates[i].state);
		if (open != wanted)
			return fail(err, DCV_INCOMPLETE,
				    "order o-%lld has the name %s without open gates of its own",
				    (long long)view->order.id, name);
	}
	return OK;
}

/* Carried out right after a driver's commit; a command only makes it due. */
static enum status make_due(struct turn *turn, const struct order_view *view,
			    const struct effect *effect, struct error *err)
{
	if (!turn->drives)
		return store_schedule_put(turn->store, DUTY_EFFECT, effect->id, turn->now, err);
	TRY(store_schedule_on_wire(turn->store, DUTY_EFFECT, effect->id, turn->now, err));
	struct launch *launch = turn_launch(turn, LAUNCH_EFFECT, effect->id);
	launch->ca = view->ca;
	launch->intent = slice_of(arena_bytes(&turn->arena, effect->intent), effect->intent.length);
	return OK;
}

enum status issuance_intend(struct turn *turn, struct order_view *view, struct error *err)
{
	struct order *order = &view->order;
	CLEANUP(buffer_release) struct buffer intent;
	int64_t earlier = 0;
	buffer_init(&intent, INTENT_MAX);
	TRY(check_names(view, err));
	TRY(prepare(turn, view, &intent, err));
	TRY(store_effect_count(turn->store, order->id, &earlier, err));
	struct effect effect = {
		.kind = EFFECT_KIND_SIGN,
		.class = EFFECT_IDEMPOTENT,
		/* Intents before this one were voided; the key lets no two live at a time. */
		.idempotency_key = arena_printf(&turn->arena, "sign:o-%lld:%lld",
						(long long)order->id, (long long)earlier + 1),
		.order_id = order->id,
		.intent = buffer_slice(&intent),
		.state = EFFECT_STATE_INTENDED,
		.created_at = turn->now,
	};
	TRY(store_effect_insert(turn->store, &effect, &effect.id, err));
	TRY(turn_record_object(turn,
			       (struct journal_entry){
				       .kind = ENTRY_EFFECT,
				       .order_id = order->id,
				       .subject_id = effect.id,
				       .name = effect.idempotency_key,
			       },
			       err));
	TRY(make_due(turn, view, &effect, err));
	return order_transition(turn, order, ORDER_EVENT_INTENDED, NULL, NULL, err);
}

static void record_end(struct turn *turn, const struct effect *effect, enum effect_state state)
{
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = effect->order_id,
				  .subject_id = effect->id,
				  .name = effect->idempotency_key,
				  .to = effect_state_text(state),
			  });
}

enum { INTENT_LIFE_MS = 24 * 60 * 60 * 1000 };

/* Why an intent that waited must not be carried out any more; NULL when it may. Its notBefore is at
 * most 48 h from the signature (BR 7.1.2.7), and every gate is open at this instant. */
static const char *why_void(const struct turn *turn, const struct order_view *view,
			    const struct effect *effect)
{
	if (turn->now - effect->created_at > INTENT_LIFE_MS || turn->now < effect->created_at)
		return "the intent is too old to be signed";
	const struct gate *shut = gates_first_shut(view);
	if (!shut)
		return NULL;
	return shut->sentence ? shut->sentence : "a gate was shut before the signature";
}

enum status issuance_resume(struct turn *turn, int64_t effect_id, struct error *err)
{
	struct effect effect;
	struct order_view view;
	TRY(store_effect_get(turn->store, effect_id, &turn->arena, &effect, err));
	if (effect.state != EFFECT_STATE_INTENDED)
		return store_schedule_drop(turn->store, DUTY_EFFECT, effect_id, err);
	TRY(order_view_load(turn, effect.order_id, &view, err));
	TRY(gates_decide(turn, &view, err));
	const char *why = why_void(turn, &view, &effect);
	if (!why)
		return make_due(turn, &view, &effect, err);
	TRY(store_effect_end(turn->store, effect_id, EFFECT_STATE_VOID, turn->now, err));
	TRY(store_schedule_drop(turn->store, DUTY_EFFECT, effect_id, err));
	record_end(turn, &effect, EFFECT_STATE_VOID);
	TRY(order_transition(turn, &view.order, ORDER_EVENT_GATE_SHUT, NULL, why, err));
	return store_schedule_put(turn->store, DUTY_ORDER_DECIDE, view.order.id, turn->now, err);
}

/* ---- the signature ---- */

enum status issuance_authority(struct engine *engine, const struct ca_row *ca,
			       const struct ca_local **ret, struct error *err)
{
	return engine_authority(engine, ca, AUTHORITY_WITH_KEY, ret, err);
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
	return turn_record_object(
		turn,
		(struct journal_entry){
			.kind = ENTRY_CERTIFICATE,
			.order_id = order->id,
			.subject_id = *ret_id,
			.name = certificate.serial,
			.reason = digest_text(certificate.fingerprint, fingerprint),
		},
		err);
}

enum status issuance_store(struct turn *turn, int64_t effect_id, struct slice der,
			   struct error *err)
{
	struct effect effect;
	struct order_view view;
	int64_t certificate_id = 0;
	TRY(store_effect_get(turn->store, effect_id, &turn->arena, &effect, err));
	TRY(store_effect_end(turn->store, effect_id, EFFECT_STATE_DONE, turn->now, err));
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
	record_end(turn, &effect, EFFECT_STATE_DONE);
	TRY(order_transition(turn, &view.order, ORDER_EVENT_DELIVERED, NULL, NULL, err));
	/* No target is recorded, so installing is not required (DESIGN.md, Settled). */
	TRY(order_transition(turn, &view.order, ORDER_EVENT_DEPLOYED, NULL,
			     "installation is not required: the order has no target", err));
	return order_transition(turn, &view.order, ORDER_EVENT_FINISHED, NULL, NULL, err);
}

/* Keys that the engine makes and requests that customers give: see issuance.h. */
#include "engine/order/issuance.h"

#include "csr/request.h"
#include "store/certificate.h"
#include "store/schedule.h"

#include <string.h>

enum { DER_MAX = 64 * 1024 };

/* ---- made by the engine ---- */

enum status order_choose_key(const struct product *product, const char **key_type,
			     struct error *err)
{
	enum key_type type;
	if (product->trust == TRUST_PUBLIC && product->mode == MODE_AUTHORITATIVE) {
		(void)fail(err, KEY_ENGINE_MADE,
			   "a public CA may not make subscribers' keys (BR 6.1.1.3)");
		return fail_hint(err, KEY_ENGINE_MADE, "give a request of the customer's");
	}
	if (!*key_type)
		*key_type = product->key_types[0];
	TRY(key_type_parse(*key_type, &type, err));
	for (size_t i = 0; i < product->key_type_count; i++)
		if (strcmp(product->key_types[i], *key_type) == 0)
			return OK;
	return fail(err, KEY_TYPE, "the engine does not make keys of type %s for the product %s",
		    *key_type, product->id);
}

enum status key_make_begin(struct turn *turn, int64_t order_id, struct error *err)
{
	struct order order;
	TRY(store_order_get(turn->store, order_id, &turn->arena, &order, err));
	if (order.request_id || !order.key_type)
		return store_schedule_drop(turn->store, DUTY_KEY_MAKE, order_id, err);
	TRY(store_schedule_on_wire(turn->store, DUTY_KEY_MAKE, order_id, turn->now, err));
	turn_launch(turn, LAUNCH_KEY, order_id)->key_type = order.key_type;
	return OK;
}

static enum status insert_request(struct turn *turn, const struct order *order,
				  const struct request_record *request, struct error *err)
{
	int64_t id = 0;
	TRY(store_request_insert(turn->store, request, &id, err));
	TRY(store_order_set_request(turn->store, order->id, id,
				    request->key_id ? request->key_type : NULL, err));
	TRY(turn_record_object(turn,
			       (struct journal_entry){
				       .kind = ENTRY_REQUEST,
				       .order_id = order->id,
				       .subject_id = id,
				       .name = request->creator,
				       .reason = request->key_type,
			       },
			       err));
	return order_advance(turn, order->id, err);
}

enum status key_make_finish(struct turn *turn, int64_t order_id, const char *key_type,
			    struct key *key, struct error *err)
{
	struct order_view view;
	int64_t key_id = 0;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(store_schedule_drop(turn->store, DUTY_KEY_MAKE, order_id, err));
	/* A customer's request may have come meanwhile, or the order may have ended. */
	if (view.order.request_id || !view.order.key_type || view.order.state != ORDER_PENDING)
		return OK;
	/* Another type was asked for while this key was made. */
	if (strcmp(view.order.key_type, key_type) != 0)
		return store_schedule_put(turn->store, DUTY_KEY_MAKE, order_id, turn->now, err);
	const char **names = arena_new(&turn->arena, view.name_count, sizeof(*names));
	for (size_t i = 0; i < view.name_count; i++)
		names[i] = view.names[i].name;
	CLEANUP(buffer_release) struct buffer der;
	CLEANUP(buffer_release) struct buffer spki;
	buffer_init(&der, DER_MAX);
	buffer_init(&spki, DER_MAX);
	TRY(request_make(key, names, view.name_count, &der, err));
	TRY(key_public_der(key, &spki, err));
	/* The random part lets an order have a second key, sealed for a record of its own. */
	const char *owner = arena_printf(&turn->arena, "order:%lld:%s", (long long)order_id,
					 engine_random_text(turn->engine, &turn->arena));
	TRY(engine_key_keep(turn->engine, owner, view.order.key_type, key, turn->now, &key_id,
			    err));
	struct request_record request = {
		.order_id = order_id,
		.key_id = key_id,
		.creator = "provider",
		.der = buffer_slice(&der),
		.spki = buffer_slice(&spki),
		.key_type = view.order.key_type,
		.created_at = turn->now,
	};
	return insert_request(turn, &view.order, &request, err);
}

/* ---- given by the customer, or asked for again ---- */

/* Until submission a request may be replaced (REQUIREMENTS, order csr). */
static enum status may_be_replaced(const struct order *order, struct error *err)
{
	if (order->state == ORDER_DRAFT || order->state == ORDER_PENDING)
		return OK;
	(void)fail(err, ORDER_STATE, "order o-%lld is %s: its request was submitted",
		   (long long)order->id, order_state_text(order->state));
	return fail_hint(err, ORDER_STATE, "a new key needs a new order");
}

enum status order_generate(struct turn *turn, int64_t order_id, const char *key_type,
			   struct error *err)
{
	struct order_view view;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(may_be_replaced(&view.order, err));
	TRY(order_choose_key(view.product, &key_type, err));
	TRY(store_order_set_key_type(turn->store, order_id, key_type, err));
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = order_id,
				  .subject_id = view.order.request_id,
				  .name = "order csr --generate",
				  .to = key_type,
			  });
	return order_advance(turn, order_id, err);
}

enum status order_set_csr(struct turn *turn, int64_t order_id, struct slice csr, struct error *err)
{
	struct order_view view;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(may_be_replaced(&view.order, err));
	const char **names = arena_new(&turn->arena, view.name_count, sizeof(*names));
	for (size_t i = 0; i < view.name_count; i++)
		names[i] = view.names[i].name;
	CLEANUP(request_release) struct request request;
	request_init(&request);
	TRY(request_read(csr, &request, err));
	TRY(request_match(&request, names, view.name_count, err));
	struct request_record record = {
		.order_id = order_id,
		.creator = "customer",
		.der = buffer_slice(&request.der),
		.spki = buffer_slice(&request.spki),
		.key_type = request.key_text,
		.created_at = turn->now,
	};
	return insert_request(turn, &view.order, &record, err);
}

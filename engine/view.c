/* Records as JSON objects: see view.h. */
#include "engine/view.h"

#include "base/memory.h"
#include "engine/order/authorization.h"
#include "engine/order/gate.h"
#include "engine/iodef.h"
#include "store/rejection.h"
#include "store/certificate.h"
#include "store/effect.h"
#include "store/gate.h"
#include "store/journal.h"
#include "store/order.h"
#include "store/party.h"
#include "store/schedule.h"
#include "store/validation.h"

#include <inttypes.h>
#include <stdio.h>

enum { HISTORY_MAX = 10000, DESK_LINES = 50 };

json_t *view_number(const char *noun, int64_t number)
{
	return json_sprintf("%s-%" PRId64, noun, number);
}

static void add_number(json_t *object, const char *member, const char *noun, int64_t number)
{
	if (number)
		json_add(object, member, view_number(noun, number));
}

/* ---- gates ---- */

/* By which method, and of which domain, control is to be shown. */
static enum status add_way(struct engine *engine, const struct gate *gate, struct arena *arena,
			   json_t *object, struct error *err)
{
	struct authorization authorization;
	if (gate->kind != GATE_KIND_CONTROL || !gate->authorization_id || gate->validation_id)
		return OK;
	TRY(store_authorization_get(engine->store, gate->authorization_id, arena, &authorization,
				    err));
	json_add_text(object, "method", authorization.method);
	json_add_text(object, "domain", authorization_adn(authorization.domain));
	return OK;
}

/* What the check behind a shut gate is at: asked now, or when it is tried again. */
static enum status add_progress(struct engine *engine, const struct gate *gate, json_t *object,
				struct error *err)
{
	int64_t due_at = 0;
	bool on_wire = false;
	if (!gate->authorization_id || gate_passes(gate->state))
		return OK;
	enum status status = store_schedule_of(engine->store, DUTY_ATTEMPT, gate->authorization_id,
					       &due_at, &on_wire, err);
	if (status == NOT_FOUND)
		return OK;
	TRY(status);
	if (on_wire)
		json_add(object, "asking", json_true());
	else
		json_add_instant(object, "next_attempt", due_at);
	return OK;
}

static enum status gate_object(struct engine *engine, const struct order *order,
			       const struct gate *gate, struct arena *arena, json_t **ret,
			       struct error *err)
{
	struct validation_record validation = {0};
	if (gate->validation_id)
		TRY(store_validation_get(engine->store, gate->validation_id, arena, &validation,
					 err));
	CLEANUP(json_releasep) json_t *object = json_object();
	json_add_text(object, "gate", gate_kind_text(gate->kind));
	if (gate->name[0])
		json_add_text(object, "name", gate->name);
	json_add_text(object, "state", gate_state_text(gate->state));
	/* Nobody has to do anything for an order that ended. */
	bool ended = order_state_kind(order->state) == STATE_TERMINAL;
	json_add_text(object, "turn", turn_of_text(ended ? TURN_NOBODY : gate->turn));
	json_add_instant(object, "until", ended ? 0 : gate->until_at);
	json_add_text(object, "action", ended ? NULL : gate->action);
	json_add_text(object, "code", gate->code);
	json_add_text(object, "sentence", gate->sentence);
	json_add_instant(object, "decided_at", gate->decided_at);
	if (gate->validation_id) {
		json_add(object, "validation", view_number("v", gate->validation_id));
		/* Control is of the domain, whether or not with the names below it. */
		json_add_text(object, "domain",
			      gate->kind == GATE_KIND_CONTROL ? authorization_adn(validation.domain)
							      : validation.domain);
		json_add(object, "evidence", view_number("e", validation.evidence_id));
		json_add_instant(object, "validated_at", validation.validated_at);
		if (validation.validated_at < order->created_at)
			json_add_instant(object, "reused_from", validation.validated_at);
		json_add_instant(object, "reusable_until", gate->lapses_at);
	}
	TRY(add_way(engine, gate, arena, object, err));
	if (!ended)
		TRY(add_progress(engine, gate, object, err));
	*ret = STEAL(object);
	return OK;
}

static enum status add_gates(struct engine *engine, const struct order *order, struct arena *arena,
			     json_t *object, struct error *err)
{
	struct gate *gates = NULL;
	size_t count = 0;
	json_t *list = json_array();
	json_add(object, "gates", list);
	TRY(store_gates_of_order(engine->store, order->id, arena, &gates, &count, err));
	for (size_t i = 0; i < count; i++) {
		json_t *gate = NULL;
		TRY(gate_object(engine, order, &gates[i], arena, &gate, err));
		(void)json_array_append_new(list, gate);
	}
	return OK;
}

static void add_state(json_t *object, const struct order *order)
{
	json_add(object, "order", view_number("o", order->id));
	json_add_text(object, "state", order_state_text(order->state));
	json_add_text(object, "code", order->code);
	json_add_text(object, "reason", order->reason);
}

/* ---- reports of refusals ---- */

static enum status add_report(struct engine *engine, const struct effect *effect,
			      struct arena *arena, json_t *list, struct error *err)
{
	const char *name = NULL, *url = NULL;
	int64_t due_at = 0;
	bool on_wire = false;
	if (!iodef_key_read(effect, arena, &name, &url))
		return OK;
	CLEANUP(json_releasep) json_t *object = json_object();
	json_add(object, "report", view_number("f", effect->id));
	json_add_text(object, "name", name);
	json_add_text(object, "to", url);
	json_add_text(object, "state", effect_state_text(effect->state));
	json_add_integer(object, "tries", effect->tries);
	json_add_text(object, "answer", effect->answer);
	json_add_instant(object, "created_at", effect->created_at);
	json_add_instant(object, "ended_at", effect->done_at);
	enum status status =
		store_schedule_of(engine->store, DUTY_POST, effect->id, &due_at, &on_wire, err);
	if (status != NOT_FOUND)
		TRY(status);
	if (status == OK && on_wire)
		json_add(object, "sending", json_true());
	else if (status == OK)
		json_add_instant(object, "next_try", due_at);
	(void)json_array_append_new(list, STEAL(object));
	return OK;
}

/* Left out when there are none. */
static enum status add_reports(struct engine *engine, int64_t order_id, struct arena *arena,
			       json_t *object, struct error *err)
{
	CLEANUP(json_releasep) json_t *list = json_array();
	struct effect effect = {.id = 0};
	for (;;) {
		enum status status =
			store_effect_next(engine->store, order_id, effect.id, arena, &effect, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		TRY(add_report(engine, &effect, arena, list, err));
	}
	if (json_array_size(list) > 0)
		json_add(object, "reports", STEAL(list));
	return OK;
}

enum status view_explain(struct engine *engine, int64_t order_id, json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = json_object();
	struct order order;
	TRY(store_order_get(engine->store, order_id, &arena, &order, err));
	add_state(object, &order);
	add_number(object, "certificate", "c", order.certificate_id);
	TRY(add_gates(engine, &order, &arena, object, err));
	TRY(add_reports(engine, order_id, &arena, object, err));
	*ret = STEAL(object);
	return OK;
}

/* ---- one order ---- */

static enum status add_names(struct engine *engine, int64_t order_id, struct arena *arena,
			     json_t *object, struct error *err)
{
	struct order_name *names = NULL;
	size_t count = 0;
	json_t *list = json_array();
	json_add(object, "names", list);
	TRY(store_order_names(engine->store, order_id, arena, &names, &count, err));
	for (size_t i = 0; i < count; i++) {
		json_t *name = json_object();
		json_add_text(name, "name", names[i].name);
		json_add_text(name, "display", names[i].display);
		(void)json_array_append_new(list, name);
	}
	return OK;
}

/* What is to be published: each thing once, for all the names that wait for it. */
struct publish_list {
	json_t *objects;
	int64_t *authorizations; /* of the objects */
};

/* NULL when there is nothing to publish. */
static json_t *publication_object(const struct authorization *authorization,
				  const struct applicant *applicant, const struct ca_row *ca,
				  const char *name, struct arena *arena)
{
	struct publication publication =
		authorization_publication(authorization, applicant, ca, arena);
	if (!publication.content)
		return NULL;
	json_t *object = json_object();
	json_add_text(object, "name", name);
	json_add(object, "names", json_array());
	json_add_text(object, "url", publication.url);
	json_add_text(object, "file_name", publication.file_name);
	json_add_text(object, "record", publication.record);
	json_add_text(object, "type", publication.type);
	json_add_text(object, "content", publication.content);
	json_add_instant(object, "until", authorization->value_until_at);
	return object;
}

/* The object of an authorization; NULL when it is not in the list yet. */
static json_t *find_published(const struct publish_list *list, int64_t authorization_id)
{
	for (size_t i = 0; i < json_array_size(list->objects); i++)
		if (list->authorizations[i] == authorization_id)
			return json_array_get(list->objects, i);
	return NULL;
}

/* Adds what a gate waits for, or its name to what is there. */
static enum status publish_for(struct engine *engine, const struct gate *gate, struct arena *arena,
			       struct publish_list *list, struct error *err)
{
	struct authorization authorization;
	struct applicant applicant;
	const struct policy *policy = NULL;
	const struct ca_row *ca = NULL;
	json_t *object = find_published(list, gate->authorization_id);
	if (!object) {
		TRY(store_authorization_get(engine->store, gate->authorization_id, arena,
					    &authorization, err));
		TRY(store_applicant_get(engine->store, authorization.applicant_id, arena,
					&applicant, err));
		if (authorization.ca[0]) {
			TRY(engine_policy(engine, &policy, err));
			TRY(policy_ca(policy, authorization.ca, &ca, err));
		}
		object = publication_object(&authorization, &applicant, ca, gate->name, arena);
		if (!object)
			return OK;
		list->authorizations[json_array_size(list->objects)] = authorization.id;
		(void)json_array_append_new(list->objects, object);
	}
	(void)json_array_append_new(json_object_get(object, "names"), json_string(gate->name));
	return OK;
}

/* What the customer must publish, for every name whose control is not shown. */
static enum status add_publish(struct engine *engine, const struct order *order,
			       struct arena *arena, json_t *object, struct error *err)
{
	struct gate *gates = NULL;
	size_t count = 0;
	TRY(store_gates_of_order(engine->store, order->id, arena, &gates, &count, err));
	CLEANUP(json_releasep) json_t *objects = json_array();
	struct publish_list list = {
		.objects = objects,
		.authorizations = arena_new(arena, count + 1, sizeof(int64_t)),
	};
	for (size_t i = 0; i < count; i++) {
		if (gates[i].kind != GATE_KIND_CONTROL || gate_passes(gates[i].state) ||
		    !gates[i].authorization_id || order_state_kind(order->state) == STATE_TERMINAL)
			continue;
		TRY(publish_for(engine, &gates[i], arena, &list, err));
	}
	if (json_array_size(objects) > 0)
		json_add(object, "publish", STEAL(objects));
	return OK;
}

enum status view_order(struct engine *engine, int64_t order_id, json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = json_object();
	struct order order;
	struct applicant applicant;
	const char *reference = NULL;
	TRY(store_order_get(engine->store, order_id, &arena, &order, err));
	TRY(store_order_reference(engine->store, order_id, &arena, &reference, err));
	TRY(store_applicant_get(engine->store, order.applicant_id, &arena, &applicant, err));
	add_state(object, &order);
	json_add_text(object, "kind", order_kind_text(order.kind));
	json_add_text(object, "reference", reference);
	json_add_text(object, "product", order.product);
	add_number(object, "contract", "k", order.contract_id);
	json_add_text(object, "applicant", applicant.reference);
	json_add_text(object, "account_uri", applicant.account_uri);
	json_add_text(object, "account_thumbprint", applicant.account_thumbprint);
	json_add_text(object, "method", order.method);
	if (order.alias)
		json_add(object, "follow_aliases", json_true());
	json_add_text(object, "key_type", order.key_type);
	json_add_instant(object, "created_at", order.created_at);
	json_add_instant(object, "state_at", order.state_at);
	if (order_state_kind(order.state) != STATE_TERMINAL)
		json_add_instant(object, "give_up_at", order.give_up_at);
	add_number(object, "certificate", "c", order.certificate_id);
	TRY(add_names(engine, order_id, &arena, object, err));
	TRY(add_gates(engine, &order, &arena, object, err));
	TRY(add_publish(engine, &order, &arena, object, err));
	*ret = STEAL(object);
	return OK;
}

/* ---- what happened ---- */

static const char *text_or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void add_entries(json_t *list, const struct journal_body *body, int64_t order_id)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct journal_entry *entry = &body->entries[i];
		if (entry->order_id != order_id)
			continue;
		bool gate = entry->kind == ENTRY_GATE_STATE;
		json_t *object = json_object();
		json_add_integer(object, "seq", body->seq);
		json_add_instant(object, "at", body->at);
		json_add_text(object, "actor", entry->actor);
		json_add_text(object, "kind", entry_kind_text(entry->kind));
		if (gate)
			json_add_text(object, "gate",
				      gate_kind_text((enum gate_kind)entry->subject_id));
		json_add_text(object, "name", text_or_null(entry->name));
		json_add_text(object, "from", text_or_null(entry->from));
		json_add_text(object, "to", text_or_null(entry->to));
		json_add_text(object, "code", text_or_null(entry->code));
		json_add_text(object, "reason", text_or_null(entry->reason));
		(void)json_array_append_new(list, object);
	}
}

enum status view_history(struct engine *engine, int64_t order_id, json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = json_object();
	struct order order;
	TRY(store_order_get(engine->store, order_id, &arena, &order, err));
	json_t *list = json_array();
	json_add(object, "order", view_number("o", order_id));
	json_add(object, "entries", list);
	int64_t seq = 0;
	for (int links = 0; links < HISTORY_MAX; links++) {
		struct journal_link link;
		struct journal_body body;
		arena_clear(&arena);
		enum status status =
			store_journal_read(engine->store, order_id, seq, &arena, &link, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		TRY(journal_body_read(link.body, &arena, &body, err));
		add_entries(list, &body, order_id);
		seq = link.seq;
	}
	*ret = STEAL(object);
	return OK;
}

/* ---- lists ---- */

enum status view_orders(struct engine *engine, int64_t after, enum order_state state, int limit,
			json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = json_object();
	struct order_line *lines = NULL;
	size_t count = 0;
	TRY(store_order_list(engine->store, after, state, limit, &arena, &lines, &count, err));
	json_t *list = json_array();
	json_add(object, "orders", list);
	for (size_t i = 0; i < count; i++) {
		json_t *line = json_object();
		json_add(line, "order", view_number("o", lines[i].id));
		json_add_text(line, "state", order_state_text(lines[i].state));
		json_add_text(line, "code", lines[i].code);
		json_add_text(line, "reason", lines[i].reason);
		json_add_text(line, "product", lines[i].product);
		json_add_text(line, "name", lines[i].name);
		json_add_integer(line, "name_count", lines[i].name_count);
		json_add_text(line, "reference", lines[i].reference);
		json_add_instant(line, "created_at", lines[i].created_at);
		json_add_instant(line, "state_at", lines[i].state_at);
		(void)json_array_append_new(list, line);
	}
	json_add(object, "next",
		 count == (size_t)limit ? view_number("o", lines[count - 1].id) : json_null());
	*ret = STEAL(object);
	return OK;
}

static json_t *certificate_object(const struct certificate *certificate)
{
	char fingerprint[DIGEST_TEXT];
	json_t *object = json_object();
	json_add(object, "certificate", view_number("c", certificate->id));
	json_add(object, "order", view_number("o", certificate->order_id));
	json_add_text(object, "ca", certificate->ca);
	json_add_text(object, "serial", certificate->serial);
	json_add_text(object, "fingerprint_sha256",
		      digest_text(certificate->fingerprint, fingerprint));
	json_add_instant(object, "not_before", certificate->not_before_at);
	json_add_instant(object, "not_after", certificate->not_after_at);
	json_add_instant(object, "issued_at", certificate->issued_at);
	return object;
}

enum status view_certificate(struct engine *engine, int64_t certificate_id, json_t **ret,
			     struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = NULL;
	struct certificate certificate;
	TRY(store_certificate_get(engine->store, certificate_id, &arena, &certificate, err));
	object = certificate_object(&certificate);
	TRY(add_names(engine, certificate.order_id, &arena, object, err));
	*ret = STEAL(object);
	return OK;
}

enum status view_certificates(struct engine *engine, int64_t after, int limit, json_t **ret,
			      struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = json_object();
	json_t *list = json_array();
	int count = 0;
	json_add(object, "certificates", list);
	for (; count < limit; count++) {
		struct certificate certificate;
		arena_clear(&arena);
		enum status status =
			store_certificate_next(engine->store, after, &arena, &certificate, err);
		if (status == NOT_FOUND)
			break;
		TRY(status);
		(void)json_array_append_new(list, certificate_object(&certificate));
		after = certificate.id;
	}
	json_add(object, "next", count == limit ? view_number("c", after) : json_null());
	*ret = STEAL(object);
	return OK;
}

/* ---- the desk ---- */

/* A no that came when the certificate was there already: no gate tells of it. */
static enum status add_late_rejections(struct engine *engine, struct arena *arena, json_t *object,
				       struct error *err)
{
	json_t *list = json_array();
	json_add(object, "rejections", list);
	for (int64_t after = 0; json_array_size(list) < DESK_LINES;) {
		struct rejection_line line;
		enum status status = store_rejection_next(engine->store, after, arena, &line, err);
		if (status == NOT_FOUND)
			return OK;
		TRY(status);
		after = line.id;
		if (line.state != ORDER_ISSUING && line.state != ORDER_ISSUED &&
		    line.state != ORDER_INSTALLED && line.state != ORDER_COMPLETED)
			continue;
		json_t *row = json_object();
		json_add(row, "rejection", view_number("r", line.id));
		json_add(row, "order", view_number("o", line.order_id));
		json_add_text(row, "domain", line.domain);
		json_add_instant(row, "at", line.created_at);
		json_add_text(row, "action",
			      arena_printf(arena,
					   "find out why; withdraw the result it was issued on "
					   "(issuer validation list --name %s), or let it stand: "
					   "issuer order release o-%lld --name NAME --reason TEXT",
					   line.domain, (long long)line.order_id));
		(void)json_array_append_new(list, row);
	}
	return OK;
}

enum status view_status(struct engine *engine, json_t **ret, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	CLEANUP(json_releasep) json_t *object = json_object();
	struct state_count *counts = NULL;
	struct gate *gates = NULL;
	size_t count = 0, gate_count = 0;
	int64_t overdue = 0, oldest_at = 0;
	const struct configuration *configuration = NULL;
	TRY(store_count_by_state(engine->store, &arena, &counts, &count, err));
	TRY(store_schedule_overdue(engine->store, engine_now(engine), &overdue, &oldest_at, err));
	TRY(store_gates_waiting(engine->store, DESK_LINES, &arena, &gates, &gate_count, err));
	json_t *orders = json_object();
	json_add(object, "orders", orders);
	for (size_t i = 0; i < count; i++)
		json_add_integer(orders, order_state_text(counts[i].state), counts[i].count);
	json_add_integer(object, "overdue", overdue);
	json_add_instant(object, "oldest_due", oldest_at);
	json_add_text(object, "kek", "file");
	TRY(engine_configuration(engine, &configuration, err));
	json_add(object, "port_map_changed",
		 json_boolean(configuration_network(configuration)->port_count > 0));
	const char *file = NULL;
	json_add(object, "dns_believed",
		 json_boolean(configuration_trust(configuration, &file) == TRUST_NONE));
	json_t *list = json_array();
	json_add(object, "waiting", list);
	for (size_t i = 0; i < gate_count; i++) {
		json_t *line = json_object();
		json_add(line, "order", view_number("o", gates[i].order_id));
		json_add_text(line, "gate", gate_kind_text(gates[i].kind));
		json_add_text(line, "name", text_or_null(gates[i].name));
		json_add_text(line, "state", gate_state_text(gates[i].state));
		json_add_text(line, "turn", turn_of_text(gates[i].turn));
		json_add_instant(line, "until", gates[i].until_at);
		json_add_text(line, "code", gates[i].code);
		json_add_text(line, "action", gates[i].action);
		(void)json_array_append_new(list, line);
	}
	TRY(add_late_rejections(engine, &arena, object, err));
	*ret = STEAL(object);
	return OK;
}

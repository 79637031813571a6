/* Placing an order: what was asked is checked whole before anything is written. See order_create.h.
 */
#include "engine/order/order_create.h"

#include "base/json.h"
#include "csr/request.h"
#include "engine/order/account.h"
#include "engine/order/issuance.h"
#include "engine/order/order_state.h"
#include "engine/order/way.h"
#include "store/party.h"
#include "store/schedule.h"
#include "validators/scope.h"

#include <stdlib.h>
#include <string.h>

/* The order while it is put together; in the turn's arena. */
struct intake {
	const struct order_params *params;
	int64_t tenant_id;
	struct applicant applicant;
	const struct policy *policy;
	const struct product *product;
	const struct pack *pack;
	const struct method_rule *method;
	const char *key_type; /* NULL: the request is given */
	struct name *names;
	size_t name_count;
};

static const char default_product[] = "local-dv";
static const char default_tenant[] = "self";

/* ---- who ---- */

static bool differs(const struct applicant *known, const struct applicant_params *data)
{
	const char *country = known->country ? known->country : "";
	return strcmp(known->name, data->name) != 0 || strcmp(known->type, data->type) != 0 ||
	       strcmp(country, data->country ? data->country : "") != 0;
}

static enum status find_applicant(struct turn *turn, struct intake *intake, struct error *err)
{
	const struct applicant_params *data = intake->params->applicant_data;
	const char *reference = intake->params->applicant;
	if (data)
		reference = data->reference;
	if (!reference)
		reference = default_tenant;
	enum status status = store_applicant_by_reference(turn->store, intake->tenant_id, reference,
							  &turn->arena, &intake->applicant, err);
	/* A changed legal name is a new applicant (DESIGN.md, Words), and so is one of another
	 * type. */
	bool changed = status == OK && data && differs(&intake->applicant, data);
	if (status == OK && data && !changed)
		return account_set(turn, &intake->applicant, data->account_uri,
				   data->account_thumbprint, err);
	if (!(status == NOT_FOUND && data) && !changed)
		return status;
	intake->applicant = (struct applicant){
		.tenant_id = intake->tenant_id,
		.reference = reference,
		.name = data->name,
		.type = data->type,
		.country = data->country,
		.created_at = turn->now,
	};
	TRY(store_applicant_insert(turn->store, &intake->applicant, &intake->applicant.id, err));
	return account_set(turn, &intake->applicant, data->account_uri, data->account_thumbprint,
			   err);
}

/* ---- what ---- */

/* The names of a request, when none were given. */
static enum status names_from_csr(struct turn *turn, struct slice csr, const char *const **ret,
				  size_t *ret_count, struct error *err)
{
	CLEANUP(request_release) struct request request;
	request_init(&request);
	TRY(request_read(csr, &request, err));
	const char **names = arena_new(&turn->arena, request.name_count, sizeof(*names));
	for (size_t i = 0; i < request.name_count; i++)
		names[i] = arena_text(&turn->arena, request.names[i]);
	*ret = names;
	*ret_count = request.name_count;
	return OK;
}

/* The product's methods that may show control of the name, as in "dns-txt or web-page"; NULL: none.
 */
static const char *methods_for(struct turn *turn, const struct intake *intake,
			       const struct name *name)
{
	const struct product *product = intake->product;
	const struct method_rule *rule = NULL;
	const char *list = NULL;
	for (size_t i = 0; i < product->method_count; i++) {
		if (pack_method(intake->pack, product->methods[i], turn->now, &rule, NULL) != OK)
			continue;
		if (!(name->kind == NAME_IP ? rule->ip : rule->wildcard))
			continue;
		list = list ? arena_printf(&turn->arena, "%s or %s", list, rule->id) : rule->id;
	}
	return list;
}

static enum status check_kind(struct turn *turn, const struct intake *intake,
			      const struct name *name, const struct name_policy *admitted,
			      struct error *err)
{
	struct scope scope;
	enum status status = scope_of(name->ascii, intake->method, admitted, &scope, err);
	if (status != WILDCARD_METHOD && status != IP_METHOD)
		return status;
	const char *methods = methods_for(turn, intake, name);
	if (methods)
		return fail_hint(err, status, "order %s with --method %s", name->ascii, methods);
	return status == IP_METHOD
		       ? fail_hint(err, status, "order a name that leads to the address")
		       : fail_hint(err, status, "order the names one by one");
}

static enum status read_names(struct turn *turn, struct intake *intake, struct error *err)
{
	const char *const *texts = intake->params->names;
	size_t count = intake->params->name_count;
	struct name_policy admitted;
	if (!count && intake->params->csr.data)
		TRY(names_from_csr(turn, intake->params->csr, &texts, &count, err));
	if (!count)
		return fail(err, USAGE, "an order needs at least one name");
	if (count > (size_t)intake->product->names_max || count > ORDER_NAMES_MAX)
		return fail(err, NAMES_TOO_MANY, "%zu names were given, %s takes at most %d", count,
			    intake->product->id, intake->product->names_max);
	TRY(engine_product_names(turn->engine, intake->product, &admitted, err));
	intake->names = arena_new(&turn->arena, count, sizeof(*intake->names));
	for (size_t i = 0; i < count; i++) {
		struct name *name = &intake->names[i];
		TRY(name_parse(texts[i], &admitted, name, err));
		TRY(check_kind(turn, intake, name, &admitted, err));
		for (size_t k = 0; k < i; k++)
			if (strcmp(intake->names[k].ascii, name->ascii) == 0)
				return fail(err, NAME_DUPLICATE, "the name %s stands twice",
					    name->ascii);
	}
	intake->name_count = count;
	return OK;
}

static bool listed(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static enum status choose_method(struct turn *turn, struct intake *intake, struct error *err)
{
	const struct product *product = intake->product;
	const char *id = intake->params->method;
	if (!id)
		id = product->methods[0];
	enum status status = pack_method(intake->pack, id, turn->now, &intake->method, err);
	const char *left = status == METHOD_RETIRED || status == METHOD_NOT_YET
				   ? way_methods_left(turn, product, intake->pack, METHODS_FIRST)
				   : NULL;
	if (left)
		return fail_hint(err, status, "order with --method %s", left);
	TRY(status);
	if (intake->params->follow_aliases && !intake->method->cname)
		return fail(err, NOT_APPLICABLE,
			    "aliases are not followed for %s (%s has no check in the CNAME column)",
			    id, intake->method->label);
	if (listed(product->methods, product->method_count, id))
		return OK;
	(void)fail(err, DCV_ORDER, "%s is not among the first methods of %s", id, product->id);
	return fail_hint(err, DCV_ORDER, "begin with %s", product->methods[0]);
}

static enum status choose_key(struct intake *intake, struct error *err)
{
	const char *key_type = intake->params->key_type;
	if (intake->params->csr.data && key_type)
		return fail(err, USAGE, "a request is given, so there is no key to make");
	if (intake->params->csr.data)
		return OK;
	TRY(order_choose_key(intake->product, &key_type, err));
	intake->key_type = key_type;
	return OK;
}

/* A laboratory's port map must not decide over public names (DESIGN.md, The command), nor answers
 * that nobody validated: BR 4.2.2.2. */
static enum status check_network(struct turn *turn, const struct intake *intake, struct error *err)
{
	const struct configuration *configuration = NULL;
	if (intake->product->trust != TRUST_PUBLIC)
		return OK;
	TRY(engine_configuration(turn->engine, &configuration, err));
	const char *file = NULL;
	if (configuration_trust(configuration, &file) == TRUST_NONE) {
		(void)fail(err, CONFIGURATION,
			   "the product %s is public, and dns.trust_anchors is none",
			   intake->product->id);
		return fail_hint(err, CONFIGURATION,
				 "take dns.trust_anchors out of issuer.yaml: answers must be "
				 "validated (BR 4.2.2.2)");
	}
	if (configuration_network(configuration)->port_count == 0)
		return OK;
	(void)fail(err, CONFIGURATION, "the product %s is public, and net.port_map is changed",
		   intake->product->id);
	return fail_hint(err, CONFIGURATION, "take net.port_map out of issuer.yaml");
}

static enum status read_intake(struct turn *turn, struct intake *intake, struct error *err)
{
	const char *product = intake->params->product;
	TRY(engine_policy(turn->engine, &intake->policy, err));
	TRY(policy_product(intake->policy, product ? product : default_product, &intake->product,
			   err));
	TRY(policy_pack(intake->policy, intake->product->pack, &intake->pack, err));
	TRY(check_network(turn, intake, err));
	TRY(choose_method(turn, intake, err));
	TRY(choose_key(intake, err));
	TRY(read_names(turn, intake, err));
	return find_applicant(turn, intake, err);
}

/* ---- the same order again ---- */

/* What makes two orders the same: the arguments as given, names normalised where they can be, and
 * not the defaults or what the rules make of them. */
static struct digest content_of(const struct order_params *params)
{
	json_t *content = json_object();
	json_t *names = json_array();
	for (size_t i = 0; i < params->name_count; i++) {
		struct name name;
		bool normal = name_normalise(params->names[i], &name, NULL) == OK;
		(void)json_array_append_new(names,
					    json_string(normal ? name.ascii : params->names[i]));
	}
	json_add(content, "names", names);
	json_add_text(content, "product", params->product);
	json_add_text(content, "key_type", params->key_type);
	json_add_text(content, "method", params->method);
	if (params->follow_aliases)
		json_add(content, "follow_aliases", json_true());
	json_add_text(content, "applicant", params->applicant);
	if (params->applicant_data) {
		json_add_text(content, "applicant", params->applicant_data->reference);
		json_add_text(content, "applicant_name", params->applicant_data->name);
		json_add_text(content, "applicant_type", params->applicant_data->type);
		json_add_text(content, "applicant_country", params->applicant_data->country);
	}
	if (params->csr.data)
		json_add_bytes(content, "csr", params->csr);
	struct buffer text;
	buffer_init(&text, REQUEST_BYTES_MAX * 4);
	json_write_sorted(content, &text);
	struct digest digest = digest_of(buffer_slice(&text));
	buffer_release(&text);
	json_decref(content);
	return digest;
}

/* NOT_FOUND when the reference is free. */
static enum status find_same(struct turn *turn, const struct intake *intake, struct digest content,
			     int64_t *ret_id, struct error *err)
{
	const char *reference = intake->params->reference;
	struct digest known;
	if (!reference)
		return NOT_FOUND;
	if (strlen(reference) > REFERENCE_MAX || !reference[0])
		return fail(err, USAGE, "a reference has 1 to %d octets", REFERENCE_MAX);
	TRY(store_reference_get(turn->store, intake->tenant_id, reference, &known, ret_id, err));
	if (digest_equal(known, content))
		return OK;
	(void)fail(
		err, REFERENCE_REUSED,
		"the reference \"%s\" belongs to order o-%lld, which was placed with other content",
		reference, (long long)*ret_id);
	return fail_hint(err, REFERENCE_REUSED,
			 "see issuer order show %lld, or use another reference",
			 (long long)*ret_id);
}

/* The account is the applicant's and no part of the order: given again with another account, the
 * order is the same and its applicant has the new one. */
static enum status take_account(struct turn *turn, int64_t order_id,
				const struct applicant_params *data, struct error *err)
{
	struct order order;
	struct applicant applicant;
	if (!data)
		return OK;
	TRY(store_order_get(turn->store, order_id, &turn->arena, &order, err));
	TRY(store_applicant_get(turn->store, order.applicant_id, &turn->arena, &applicant, err));
	return account_set(turn, &applicant, data->account_uri, data->account_thumbprint, err);
}

/* ---- writing it down ---- */

static enum status insert_contract(struct turn *turn, const struct intake *intake, int64_t *ret_id,
				   struct error *err)
{
	struct contract contract = {
		.tenant_id = intake->tenant_id,
		.applicant_id = intake->applicant.id,
		.product = intake->product->id,
		.common_name = intake->names[0].ascii,
		.paid_from_at = turn->now,
		.csr_creator = intake->key_type ? "provider" : "customer",
		.licence_count = 1,
		.created_at = turn->now,
	};
	return store_contract_insert(turn->store, &contract, "{}", ret_id, err);
}

static enum status insert_order(struct turn *turn, const struct intake *intake, int64_t contract_id,
				int64_t *ret_id, struct error *err)
{
	struct order order = {
		.network_id = engine_random_text(turn->engine, &turn->arena),
		.contract_id = contract_id,
		.tenant_id = intake->tenant_id,
		.applicant_id = intake->applicant.id,
		.kind = ORDER_KIND_NEW,
		.product = intake->product->id,
		.state = ORDER_DRAFT,
		.method = intake->method->id,
		.alias = intake->params->follow_aliases,
		.key_type = intake->key_type,
		.created_at = turn->now,
	};
	if (intake->product->give_up_days)
		order.give_up_at = turn->now + intake->product->give_up_days * DAY_MS;
	TRY(store_order_insert(turn->store, &order, &order.id, err));
	for (size_t i = 0; i < intake->name_count; i++) {
		struct order_name name = {
			.position = (int)i,
			.name = intake->names[i].ascii,
			.display = intake->names[i].unicode,
			.wildcard = intake->names[i].kind == NAME_WILDCARD,
		};
		TRY(store_order_name_insert(turn->store, order.id, &name, err));
	}
	turn_record(turn, (struct journal_entry){
				  .kind = ENTRY_ACT,
				  .order_id = order.id,
				  .subject_id = contract_id,
				  .name = "order create",
				  .to = order_state_text(ORDER_DRAFT),
				  .reason = order.product,
			  });
	*ret_id = order.id;
	return OK;
}

static enum status start_order(struct turn *turn, const struct intake *intake, int64_t order_id,
			       struct error *err)
{
	struct order_view view;
	TRY(order_view_load(turn, order_id, &view, err));
	TRY(gates_make(turn, &view, err));
	TRY(order_transition(turn, &view.order, ORDER_EVENT_ACCEPTED, NULL, NULL, err));
	if (view.order.give_up_at)
		TRY(store_schedule_put(turn->store, DUTY_ORDER_GIVE_UP, order_id,
				       view.order.give_up_at, err));
	if (intake->params->csr.data)
		return order_set_csr(turn, order_id, intake->params->csr, err);
	return order_advance(turn, order_id, err);
}

enum status order_create(struct turn *turn, const struct order_params *params, int64_t *ret_id,
			 enum order_created *ret_created, struct error *err)
{
	struct intake intake = {.params = params};
	int64_t contract_id = 0, order_id = 0;
	struct digest content = content_of(params);
	TRY(store_tenant_by_name(turn->store, default_tenant, &intake.tenant_id, err));
	/* Before the rules are asked: the same order again is no new order. */
	enum status status = find_same(turn, &intake, content, &order_id, err);
	if (status == OK)
		TRY(take_account(turn, order_id, params->applicant_data, err));
	if (status == OK) {
		*ret_id = order_id;
		*ret_created = ORDER_WAS_THERE;
	}
	if (status != NOT_FOUND)
		return status;
	TRY(read_intake(turn, &intake, err));
	TRY(insert_contract(turn, &intake, &contract_id, err));
	TRY(insert_order(turn, &intake, contract_id, &order_id, err));
	if (params->reference)
		TRY(store_reference_insert(turn->store, intake.tenant_id, params->reference,
					   content, order_id, err));
	TRY(turn_record_object(turn,
			       (struct journal_entry){
				       .kind = ENTRY_ORDER,
				       .order_id = order_id,
				       .subject_id = order_id,
				       .name = "order create",
				       .reason = intake.product->id,
			       },
			       err));
	TRY(start_order(turn, &intake, order_id, err));
	*ret_id = order_id;
	*ret_created = ORDER_IS_NEW;
	return OK;
}

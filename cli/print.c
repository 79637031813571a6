/* Text from the objects of engine/view.h: the same facts, for eyes. See cli.h. */
#include "cli/cli.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_get_text(object, name);
	return text ? text : "";
}

static void print_member(FILE *out, const json_t *object, const char *label, const char *name)
{
	const char *text = json_get_text(object, name);
	if (text)
		fprintf(out, "  %-11s %s\n", label, text);
}

/* ---- gates ---- */

void print_gate(FILE *out, const json_t *gate)
{
	const char *name = json_get_text(gate, "name");
	const char *state = text_of(gate, "state");
	char title[NAME_TEXT + 32];
	char of[NAME_TEXT + 32] = "";
	const char *domain = json_get_text(gate, "domain");
	if (name && domain && strcmp(domain, name) != 0)
		(void)snprintf(of, sizeof(of), " for %s", domain);
	(void)snprintf(title, sizeof(title), "%s%s%s", text_of(gate, "gate"), name ? " " : "",
		       name ? name : "");
	fprintf(out, "  %-34s %-12s", title, state);
	bool shut = strcmp(state, "open") != 0 && strcmp(state, "waived") != 0 &&
		    strcmp(state, "not-required") != 0;
	if (shut) {
		if (strcmp(text_of(gate, "turn"), "nobody") != 0)
			fprintf(out, " turn: %s", text_of(gate, "turn"));
		if (json_get_text(gate, "until"))
			fprintf(out, ", until %s", text_of(gate, "until"));
	} else if (json_get_text(gate, "reused_from")) {
		fprintf(out, " reused %s%s of %s, until %s", text_of(gate, "validation"), of,
			text_of(gate, "reused_from"), text_of(gate, "reusable_until"));
	} else if (json_get_text(gate, "validation")) {
		fprintf(out, " by %s%s (%s), until %s", text_of(gate, "validation"), of,
			text_of(gate, "evidence"), text_of(gate, "reusable_until"));
	}
	fputc('\n', out);
	if (!shut)
		return;
	if (json_get_text(gate, "method"))
		fprintf(out, "      way:  %s of %s\n", text_of(gate, "method"),
			text_of(gate, "domain"));
	if (json_get_text(gate, "sentence"))
		fprintf(out, "      seen: %s [%s]\n", text_of(gate, "sentence"),
			text_of(gate, "code"));
	if (json_get_text(gate, "action"))
		fprintf(out, "      do:   %s\n", text_of(gate, "action"));
	if (json_is_true(json_object_get(gate, "asking")))
		fprintf(out, "      now:  asked\n");
	else if (json_get_text(gate, "next_attempt"))
		fprintf(out, "      next: checked at %s\n", text_of(gate, "next_attempt"));
}

static void print_gates(FILE *out, const json_t *order)
{
	const json_t *gates = json_object_get(order, "gates");
	for (size_t i = 0; i < json_array_size(gates); i++)
		print_gate(out, json_array_get(gates, i));
}

static void print_state(FILE *out, const json_t *order)
{
	fprintf(out, "order %s is %s", text_of(order, "order"), text_of(order, "state"));
	if (json_get_text(order, "reason"))
		fprintf(out, ": %s", text_of(order, "reason"));
	fputc('\n', out);
	print_member(out, order, "certificate", "certificate");
}

/* The owners of domains who were told that CAA refused. */
static void print_reports(FILE *out, const json_t *order)
{
	const json_t *reports = json_object_get(order, "reports");
	for (size_t i = 0; i < json_array_size(reports); i++) {
		const json_t *report = json_array_get(reports, i);
		fprintf(out, "  report %s of %s to %s: %s", text_of(report, "report"),
			text_of(report, "name"), text_of(report, "to"), text_of(report, "state"));
		if (json_get_text(report, "answer"))
			fprintf(out, " (%s)", text_of(report, "answer"));
		if (json_get_text(report, "next_try"))
			fprintf(out, ", next try at %s", text_of(report, "next_try"));
		fputc('\n', out);
	}
}

void print_explain(FILE *out, const json_t *order)
{
	print_state(out, order);
	print_gates(out, order);
	print_reports(out, order);
}

/* ---- one order ---- */

static void print_names(FILE *out, const json_t *object)
{
	const json_t *names = json_object_get(object, "names");
	for (size_t i = 0; i < json_array_size(names); i++) {
		const json_t *name = json_array_get(names, i);
		const char *ascii = text_of(name, "name"), *display = text_of(name, "display");
		if (strcmp(ascii, display) == 0)
			fprintf(out, "  %-11s %s\n", "name", ascii);
		else
			fprintf(out, "  %-11s %s (%s)\n", "name", display, ascii);
	}
}

/* The names that one record serves, when there are several. */
static void print_covered(FILE *out, const json_t *page)
{
	const json_t *names = json_object_get(page, "names");
	if (json_array_size(names) < 2)
		return;
	fputs("              for:        ", out);
	for (size_t i = 0; i < json_array_size(names); i++)
		fprintf(out, " %s", json_string_value(json_array_get(names, i)));
	fputc('\n', out);
}

static void print_publish(FILE *out, const json_t *order)
{
	const json_t *pages = json_object_get(order, "publish");
	for (size_t i = 0; i < json_array_size(pages); i++) {
		const json_t *page = json_array_get(pages, i);
		const char *url = json_get_text(page, "url");
		fprintf(out, "  publish     this text:   %s\n", text_of(page, "content"));
		if (url)
			fprintf(out, "              at this URL: %s\n", url);
		else if (json_get_text(page, "record"))
			fprintf(out, "              as record:   %s. %s\n", text_of(page, "record"),
				text_of(page, "type"));
		else
			fprintf(out,
				"              in TLS:      its SHA-256, in a certificate of %s\n",
				text_of(page, "name"));
		print_covered(out, page);
		if (json_get_text(page, "until"))
			fprintf(out, "              until:       %s\n", text_of(page, "until"));
	}
}

void print_order(FILE *out, const json_t *order)
{
	print_state(out, order);
	print_names(out, order);
	print_member(out, order, "reference", "reference");
	print_member(out, order, "product", "product");
	print_member(out, order, "applicant", "applicant");
	print_member(out, order, "method", "method");
	print_member(out, order, "key", "key_type");
	print_member(out, order, "created", "created_at");
	print_member(out, order, "given up", "give_up_at");
	print_publish(out, order);
	print_gates(out, order);
}

void print_history(FILE *out, const json_t *history)
{
	const json_t *entries = json_object_get(history, "entries");
	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);
		fprintf(out, "%s  %-12s %s", text_of(entry, "at"), text_of(entry, "actor"),
			text_of(entry, "kind"));
		static const char *const members[] = {"gate", "name", "from",
						      "to",   "code", "reason"};
		for (size_t k = 0; k < ARRAY_LENGTH(members); k++)
			if (json_get_text(entry, members[k]))
				fprintf(out, " %s%s", strcmp(members[k], "to") == 0 ? "-> " : "",
					text_of(entry, members[k]));
		fputc('\n', out);
	}
}

/* ---- lists ---- */

static void print_next(FILE *out, const json_t *page)
{
	if (json_get_text(page, "next"))
		fprintf(out, "more: --after %s\n", text_of(page, "next"));
}

void print_orders(FILE *out, const json_t *page)
{
	const json_t *orders = json_object_get(page, "orders");
	for (size_t i = 0; i < json_array_size(orders); i++) {
		const json_t *order = json_array_get(orders, i);
		int64_t others = json_get_integer(order, "name_count", 1) - 1;
		fprintf(out, "%-8s %-10s %-10s %s", text_of(order, "order"),
			text_of(order, "state"), text_of(order, "product"), text_of(order, "name"));
		if (others > 0)
			fprintf(out, " and %lld more", (long long)others);
		if (json_get_text(order, "reference"))
			fprintf(out, "  (%s)", text_of(order, "reference"));
		fputc('\n', out);
	}
	print_next(out, page);
}

void print_certificate(FILE *out, const json_t *certificate)
{
	fprintf(out, "certificate %s of order %s\n", text_of(certificate, "certificate"),
		text_of(certificate, "order"));
	print_names(out, certificate);
	print_member(out, certificate, "ca", "ca");
	print_member(out, certificate, "serial", "serial");
	print_member(out, certificate, "not before", "not_before");
	print_member(out, certificate, "not after", "not_after");
	print_member(out, certificate, "sha-256", "fingerprint_sha256");
}

void print_certificates(FILE *out, const json_t *page)
{
	const json_t *certificates = json_object_get(page, "certificates");
	for (size_t i = 0; i < json_array_size(certificates); i++) {
		const json_t *certificate = json_array_get(certificates, i);
		fprintf(out, "%-8s %-8s %s  until %s\n", text_of(certificate, "certificate"),
			text_of(certificate, "order"), text_of(certificate, "serial"),
			text_of(certificate, "not_after"));
	}
	print_next(out, page);
}

/* ---- results ---- */

static void print_packs(FILE *out, const json_t *validation)
{
	const json_t *packs = json_object_get(validation, "packs");
	for (size_t i = 0; i < json_array_size(packs); i++) {
		const json_t *pack = json_array_get(packs, i);
		if (json_is_true(json_object_get(pack, "usable")))
			fprintf(out, "  %-11s until %s%s\n", text_of(pack, "pack"),
				text_of(pack, "until"),
				json_is_true(json_object_get(pack, "asks"))
					? ", as an officer chooses"
					: "");
		else
			fprintf(out, "  %-11s no: %s\n", text_of(pack, "pack"),
				text_of(pack, "why"));
	}
}

static void print_result(FILE *out, const json_t *validation)
{
	fprintf(out, "%-6s %s%s by %s (%s) at %s, for %s, %s\n", text_of(validation, "validation"),
		json_is_true(json_object_get(validation, "with_names_below")) ? "*." : "",
		text_of(validation, "domain"), text_of(validation, "method"),
		text_of(validation, "label"), text_of(validation, "validated_at"),
		text_of(validation, "applicant"), text_of(validation, "evidence"));
	if (json_get_text(validation, "withdrawn_at"))
		fprintf(out, "  withdrawn at %s: %s\n", text_of(validation, "withdrawn_at"),
			text_of(validation, "withdrawn_reason"));
	print_packs(out, validation);
}

void print_validation(FILE *out, const json_t *validation)
{
	const json_t *certificates = json_object_get(validation, "certificates");
	print_result(out, validation);
	for (size_t i = 0; i < json_array_size(certificates); i++)
		fprintf(out, "  issued on it: %s\n",
			json_string_value(json_array_get(certificates, i)));
}

void print_validations(FILE *out, const json_t *page)
{
	const json_t *list = json_object_get(page, "validations");
	for (size_t i = 0; i < json_array_size(list); i++)
		print_result(out, json_array_get(list, i));
	print_next(out, page);
}

/* ---- the desk ---- */

static void print_waiting(FILE *out, const json_t *status)
{
	const json_t *waiting = json_object_get(status, "waiting");
	for (size_t i = 0; i < json_array_size(waiting); i++) {
		const json_t *gate = json_array_get(waiting, i);
		fprintf(out, "%-8s %s %s: %s, turn: %s [%s]\n", text_of(gate, "order"),
			text_of(gate, "gate"), text_of(gate, "name"), text_of(gate, "state"),
			text_of(gate, "turn"), text_of(gate, "code"));
		if (json_get_text(gate, "action"))
			fprintf(out, "         do: %s\n", text_of(gate, "action"));
	}
	const json_t *rejections = json_object_get(status, "rejections");
	for (size_t i = 0; i < json_array_size(rejections); i++) {
		const json_t *row = json_array_get(rejections, i);
		fprintf(out, "%-8s a contact of %s said no after the certificate of %s\n",
			text_of(row, "rejection"), text_of(row, "domain"), text_of(row, "order"));
		fprintf(out, "         do: %s\n", text_of(row, "action"));
	}
}

void print_desk(FILE *out, const json_t *status)
{
	if (json_array_size(json_object_get(status, "waiting")) == 0)
		fprintf(out, "nothing waits for anybody\n");
	print_waiting(out, status);
}

void print_status(FILE *out, const json_t *status)
{
	const char *state;
	json_t *count;
	json_t *orders = json_object_get(status, "orders");
	json_object_foreach(orders, state, count)
		fprintf(out, "  %-10s %lld\n", state, (long long)json_integer_value(count));
	int64_t overdue = json_get_integer(status, "overdue", 0);
	if (overdue > 0)
		fprintf(out,
			"%lld duties are due, the oldest since %s: is issuer run in the crontab?\n",
			(long long)overdue, text_of(status, "oldest_due"));
	if (json_is_true(json_object_get(status, "port_map_changed")))
		fprintf(out, "net.port_map is changed: this home is a laboratory\n");
	if (json_is_true(json_object_get(status, "dns_believed")))
		fprintf(out, "DNS answers are not validated (dns.trust_anchors: none)\n");
	fprintf(out, "keys are encrypted under a key in a file of the home (keys.kek: %s)\n",
		text_of(status, "kek"));
	print_waiting(out, status);
}

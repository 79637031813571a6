/* A scripted world of registries: see registries.h. */
#include "tests/validators/registries.h"

#include "net/dns_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct fake_dns hosts[] = {
	HOST("whois.iana.org", IANA),
	HOST("data.iana.org", DATA),
	HOST("whois.jprs.jp", JPRS),
	HOST("whois.registry.example", REGISTRY),
	HOST("rdap.registry.example", REGISTRY),
	HOST("whois.registrar.example", REGISTRAR),
	HOST("rdap.registrar.example", REGISTRAR),
	HOST("whois.inside.example", "10.0.0.1"),
};

const struct fake_line com_lines[2] = {
	{IANA, "com", LINE_ANSWERED, REFER("COM", "whois.registry.example"), 0},
	{REGISTRY, NULL, LINE_ANSWERED, THICK, 0},
};

void registries_begin(struct trial *trial, const struct fake_line *lines, size_t count)
{
	trial_init(trial);
	trial->world.dns = hosts;
	trial->world.dns_count = ARRAY_LENGTH(hosts);
	trial->world.network.registry = (struct registry_access){
		.whois_server = "whois.iana.org", .whois_per_minute = 20, .rdap_per_minute = 30};
	trial->world.lines = lines;
	trial->world.line_count = count;
}

static struct validation_task task_of(const char *domain)
{
	struct validation_task task = trial_caa(domain);
	task.method = "contacts";
	task.label = "contacts";
	task.identifier_count = 0;
	return task;
}

static struct arena arena; /* of what found() gives */

/* Runs, holds to the status, and reads the contacts off the evidence. */
const struct contacts *registries_found(struct trial *trial, const char *domain, enum status status)
{
	struct validation_task task = task_of(domain);
	struct attempt_record record;
	trial_run(trial, &task);
	if (trial->verdict.status != status)
		fail_msg("%s: %s", status_code(trial->verdict.status), trial->verdict.sentence);
	assert_string_equal(trial->evidence_kind, "whois");
	arena_release(&arena);
	arena_init(&arena);
	assert_int_equal(attempt_decide(buffer_slice(&trial->evidence), &arena, &record, NULL), OK);
	const struct contacts *contacts = contacts_of(&record);
	assert_non_null(contacts);
	return contacts;
}

void registries_end(struct trial *trial)
{
	trial_release(trial);
	arena_release(&arena);
}

/* "registrant email phone source|admin …"; "-" where there is none. */
const char *registries_shown(const struct contacts *contacts)
{
	static char text[1024];
	size_t length = 0;
	text[0] = '\0';
	for (size_t i = 0; i < contacts->registry.contacts.count; i++) {
		const struct contact *row = &contacts->registry.contacts.rows[i];
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s %s %s",
					   i > 0 ? "|" : "", contact_role_text(row->role),
					   row->email ? row->email : "-",
					   row->phone ? row->phone : "-", row->source);
	}
	return text;
}

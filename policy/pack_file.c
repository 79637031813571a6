/*
 * Pack files: see pack_file.h. One table of columns for each section; a new number
 * in a rule is one member in pack.h and one line here. The canonical text uses the
 * same tables, so it can be read again as a pack file: old evidence re-decides
 * under the pack of its day.
 */
#include "policy/pack_file.h"

#include "policy/applicant_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const zone_names[] = {
	[ZONE_UTC] = "UTC", [ZONE_TOKYO] = "Asia/Tokyo", [ZONE_UNSET] = NULL};
static const int zone_seconds[] = {[ZONE_UTC] = 0, [ZONE_TOKYO] = 9 * 3600, [ZONE_UNSET] = 0};
static const char *const method_scopes[] = {
	[METHOD_SCOPE_NAME] = "name", [METHOD_SCOPE_BASE_DOMAIN] = "base-domain", NULL};
static const char *const missed_words[] = {
	[MISSED_REFUSE] = "refuse", [MISSED_PROCEED] = "proceed", NULL};
static const char *const truths[] = {"false", "true", NULL};
static const char *const caa_failures[] = {
	[CAA_FAILURE_REFUSES] = "refuses", [CAA_FAILURE_INSECURE] = "permits-insecure", NULL};
static const char *const reuse_modes[] = {
	[REUSE_AUTO] = "auto", [REUSE_NEVER] = "never", [REUSE_ASK] = "ask", NULL};
static const char *const fallback_orders[] = {
	[FALLBACK_STRICT] = "strict", [FALLBACK_FREE] = "free", NULL};
static const char *const fallback_choices[] = {
	[FALLBACK_AUTO] = "auto", [FALLBACK_CHOOSE] = "choose", NULL};
static const char *const answer_quorums[] = {
	[QUORUM_ANY] = "any", [QUORUM_REGISTRANT] = "registrant", [QUORUM_ALL] = "all", NULL};
static const char *const agent_words[] = {
	[AGENT_REFUSED] = "refused", [AGENT_ACCEPTED] = "accepted", NULL};

static const char *const call_times[] = {
	[CALL_AT_ANY_TIME] = "any", [CALL_AT_AGREED_TIME] = "agreed", NULL};
static const char *const combined_words[] = {
	[COMBINED_REFUSED] = "refused", [COMBINED_ALLOWED] = "allowed", NULL};
static const char *const listings[] = {
	[LISTING_ANY] = "any", [LISTED] = "listed", [UNLISTED] = "unlisted", NULL};

/* The ids that the engine asks for; a misspelt one would never be found. */
static const char *const caa_ids[] = {"lookup", NULL};
static const char *const quorum_ids[] = {"quorum", NULL};
static const char *const reuse_ids[] = {"control", "organisation-call", NULL};
static const char *const validity_ids[] = {"leaf", NULL};
static const char *const engine_ids[] = {"workflow", NULL};
static const char *const answer_ids[] = {"people", NULL};
static const char *const call_ids[] = {"domain", "organisation", NULL};

#define DATES_UNSET                                                                                \
	{                                                                                          \
		.from_ms = INT64_MIN, .until_ms = INT64_MAX                                        \
	}

static const struct method_rule method_initial = {
	.dates = DATES_UNSET, .implemented = true, .corroborated = true};
static const struct caa_rule caa_initial = {.dates = DATES_UNSET};
static const struct quorum_rule quorum_initial = {.dates = DATES_UNSET};
static const struct reuse_rule reuse_initial = {.dates = DATES_UNSET};
static const struct validity_rule validity_initial = {.dates = DATES_UNSET};
static const struct engine_rule engine_initial = {.dates = DATES_UNSET};
static const struct answer_rule answer_initial = {.dates = DATES_UNSET};
static const struct call_rule call_initial = {.dates = DATES_UNSET};
static const struct callee_rule callee_initial = {.dates = DATES_UNSET};

/* The methods that fetch pages, and those that connect to the host at all; so need limits on that.
 */
static const char *const fetching_ids[] = {"http-01", "web-page", "whois-email", "whois-phone",
					   NULL};
static const char *const connecting_ids[] = {"http-01",     "tls-alpn-01", "web-page",
					     "whois-email", "whois-phone", NULL};
/* The methods without a value of their own. */
static const char *const valueless_ids[] = {"dns-persist-01", NULL};

static bool among(const char *id, const char *const *ids)
{
	while (*ids && strcmp(*ids, id) != 0)
		ids++;
	return *ids;
}

static bool method_needs(const void *row, enum column_need need)
{
	const struct method_rule *rule = row;
	if (need == NEED_WHEN_VALUED)
		return rule->implemented && !(rule->id && among(rule->id, valueless_ids));
	const char *const *ids = need == NEED_WHEN_FETCHING     ? fetching_ids
				 : need == NEED_WHEN_CONNECTING ? connecting_ids
								: NULL;
	return rule->implemented && (!ids || (rule->id && among(rule->id, ids)));
}

/* clang-format off */
#define DATED(type) \
	{"citation", COLUMN_TEXT, NEED_ALWAYS, AT(type, citation)}, \
	{"from",     COLUMN_DATE, NEED_NEVER,  AT(type, dates.from_ms)}, \
	{"until",    COLUMN_DATE, NEED_NEVER,  AT(type, dates.until_ms)}
#define RETRY(type, need) \
	{"retry_first",   COLUMN_DURATION, need, AT(type, retry.first_ms),   .least = SECOND_MS, .most = DAY_MS}, \
	{"retry_factor",  COLUMN_INTEGER,  need, AT(type, retry.factor),     .least = 1, .most = 10}, \
	{"retry_longest", COLUMN_DURATION, need, AT(type, retry.longest_ms), .least = SECOND_MS, .most = 7 * DAY_MS}
#define DNS(type, need) \
	{"dns_timeout", COLUMN_TIMEOUT, need, AT(type, dns_timeout_ms), .least = 100, .most = MINUTE_MS}, \
	{"dns_tries",   COLUMN_INTEGER, need, AT(type, dns_tries),      .least = 1, .most = 10}

static const struct column method_columns[] = {
	{"id",          COLUMN_ID,      NEED_ALWAYS,    AT(method_rule, id)},
	{"label",       COLUMN_TEXT,    NEED_ALWAYS,    AT(method_rule, label)},
	DATED(method_rule),
	{"implemented", COLUMN_BOOLEAN, NEED_NEVER,     AT(method_rule, implemented)},
	{"wildcard",    COLUMN_BOOLEAN, NEED_WHEN_USED, AT(method_rule, wildcard)},
	{"prune",       COLUMN_BOOLEAN, NEED_WHEN_USED, AT(method_rule, prune)},
	{"cname",       COLUMN_BOOLEAN, NEED_WHEN_USED, AT(method_rule, cname)},
	{"corroborated", COLUMN_BOOLEAN, NEED_NEVER,    AT(method_rule, corroborated)},
	{"ip",          COLUMN_BOOLEAN, NEED_NEVER,     AT(method_rule, ip)},
	{"ip_label",    COLUMN_TEXT,    NEED_NEVER,     AT(method_rule, ip_label)},
	{"alias_life",  COLUMN_PERIOD,  NEED_NEVER,     AT(method_rule, alias_life), .least = 1, .most = 1000},
	{"scope",       COLUMN_WORD,    NEED_NEVER,     AT(method_rule, scope), .words = method_scopes},
	{"caa_labels",  COLUMN_IDS,     NEED_WHEN_USED, AT(method_rule, caa_labels),
	 .count_offset = offsetof(struct method_rule, caa_label_count), .most = METHOD_CAA_LABELS_MAX},
	/* BR 1.6.1: a Random Value "exhibits at least 112 bits of entropy" */
	{"value_bits",  COLUMN_INTEGER, NEED_WHEN_VALUED, AT(method_rule, value_bits), .least = 112, .most = 512},
	{"value_life",  COLUMN_PERIOD,  NEED_WHEN_VALUED, AT(method_rule, value_life), .least = 1, .most = 1000},
	{"reuse",       COLUMN_PERIOD,  NEED_NEVER,     AT(method_rule, reuse), .least = 1, .most = 1000},
	{"reuse_ttl",   COLUMN_BOOLEAN, NEED_NEVER,     AT(method_rule, reuse_ttl)},
	{"redirects",   COLUMN_INTEGER, NEED_WHEN_FETCHING, AT(method_rule, redirects_max), .least = 0, .most = 20},
	{"body",        COLUMN_SIZE,    NEED_WHEN_FETCHING, AT(method_rule, body_max), .least = 64, .most = 1 << 20},
	{"connect_timeout", COLUMN_TIMEOUT, NEED_WHEN_CONNECTING, AT(method_rule, connect_timeout_ms), .least = 100, .most = MINUTE_MS},
	{"timeout",     COLUMN_TIMEOUT, NEED_WHEN_CONNECTING, AT(method_rule, timeout_ms), .least = 100, .most = 10 * MINUTE_MS},
	DNS(method_rule, NEED_WHEN_USED),
	RETRY(method_rule, NEED_WHEN_USED),
};

static const struct column caa_columns[] = {
	{"id",        COLUMN_ID,     NEED_ALWAYS, AT(caa_rule, id), .words = caa_ids},
	DATED(caa_rule),
	{"freshness", COLUMN_PERIOD, NEED_ALWAYS, AT(caa_rule, freshness), .least = 1, .most = 1000000},
	{"lookup_failure", COLUMN_WORD, NEED_NEVER, AT(caa_rule, lookup_failure), .words = caa_failures},
	DNS(caa_rule, NEED_ALWAYS),
	RETRY(caa_rule, NEED_ALWAYS),
};

#define QUORUM(key, member, low, high) \
	{(key), COLUMN_INTEGER, NEED_ALWAYS, AT(quorum_rule, quorum.member), .least = (low), .most = (high)}

static const struct column quorum_columns[] = {
	{"id",                COLUMN_ID,      NEED_ALWAYS, AT(quorum_rule, id), .words = quorum_ids},
	DATED(quorum_rule),
	QUORUM("remotes",           remotes,        1, PERSPECTIVES_MAX),
	QUORUM("failures",          failures,       0, PERSPECTIVES_MAX),
	QUORUM("many",              many,           1, PERSPECTIVES_MAX),
	QUORUM("failures_many",     failures_many,  0, PERSPECTIVES_MAX),
	QUORUM("contradictions",    contradictions, 0, PERSPECTIVES_MAX),
	QUORUM("regions",           regions,        1, REGION_COUNT),
	QUORUM("distance_km",       distance_km,    0, 12000),
	QUORUM("resolver_km",       resolver_km,    0, 12000),
	{"resolver_regional", COLUMN_WORD,    NEED_ALWAYS, AT(quorum_rule, quorum.resolver_regional), .words = truths},
	{"missed",            COLUMN_WORD,    NEED_ALWAYS, AT(quorum_rule, quorum.missed), .words = missed_words},
	{"timeout",           COLUMN_TIMEOUT, NEED_ALWAYS, AT(quorum_rule, quorum.timeout_ms), .least = 100, .most = 10 * MINUTE_MS},
};

static const struct column reuse_columns[] = {
	{"id",     COLUMN_ID,     NEED_ALWAYS, AT(reuse_rule, id), .words = reuse_ids},
	DATED(reuse_rule),
	{"period", COLUMN_PERIOD, NEED_ALWAYS, AT(reuse_rule, period), .least = 1, .most = 1000000},
	{"mode",   COLUMN_WORD,   NEED_ALWAYS, AT(reuse_rule, mode), .words = reuse_modes},
};

static const struct column validity_columns[] = {
	{"id",     COLUMN_ID,     NEED_ALWAYS, AT(validity_rule, id), .words = validity_ids},
	DATED(validity_rule),
	{"period", COLUMN_PERIOD, NEED_ALWAYS, AT(validity_rule, period), .least = 1, .most = 10000,
	 .period_units = 1U << PERIOD_DAYS},
};

static const struct column engine_columns[] = {
	{"id",            COLUMN_ID,       NEED_ALWAYS, AT(engine_rule, id), .words = engine_ids},
	DATED(engine_rule),
	{"wait_timeout",  COLUMN_DURATION, NEED_ALWAYS, AT(engine_rule, wait_timeout_ms), .least = SECOND_MS, .most = 7 * DAY_MS},
	{"refused_again", COLUMN_DURATION, NEED_ALWAYS, AT(engine_rule, refused_again_ms), .least = SECOND_MS, .most = 30 * DAY_MS},
};

static const struct column answer_columns[] = {
	{"id",       COLUMN_ID,       NEED_ALWAYS, AT(answer_rule, id), .words = answer_ids},
	DATED(answer_rule),
	{"order",    COLUMN_WORD,     NEED_ALWAYS, AT(answer_rule, order), .words = fallback_orders},
	{"fallback", COLUMN_WORD,     NEED_ALWAYS, AT(answer_rule, fallback), .words = fallback_choices},
	{"quorum",   COLUMN_WORD,     NEED_ALWAYS, AT(answer_rule, quorum), .words = answer_quorums},
	{"agent",    COLUMN_WORD,     NEED_ALWAYS, AT(answer_rule, agent), .words = agent_words},
	{"reminder", COLUMN_DURATION, NEED_NEVER,  AT(answer_rule, reminder_ms), .least = MINUTE_MS, .most = 90 * DAY_MS},
	{"timeout",  COLUMN_DURATION, NEED_ALWAYS, AT(answer_rule, timeout_ms), .least = MINUTE_MS, .most = 400 * DAY_MS},
};

static bool call_needs(const void *row, enum column_need need)
{
	const struct call_rule *rule = row;
	return need == NEED_WHEN_USED && rule->time == CALL_AT_AGREED_TIME;
}

static const struct column call_columns[] = {
	{"id",        COLUMN_ID,       NEED_ALWAYS, AT(call_rule, id), .words = call_ids},
	{"label",     COLUMN_TEXT,     NEED_NEVER,  AT(call_rule, label)},
	DATED(call_rule),
	{"time",      COLUMN_WORD,     NEED_ALWAYS, AT(call_rule, time), .words = call_times},
	{"tolerance", COLUMN_DURATION, NEED_WHEN_USED, AT(call_rule, tolerance_ms), .least = 0, .most = 7 * DAY_MS},
	{"again",     COLUMN_DURATION, NEED_ALWAYS, AT(call_rule, again_ms), .least = MINUTE_MS, .most = 30 * DAY_MS},
	{"combined",  COLUMN_WORD,     NEED_NEVER,  AT(call_rule, combined), .words = combined_words},
};

static const struct column callee_columns[] = {
	{"id",      COLUMN_ID,    NEED_ALWAYS, AT(callee_rule, id)},
	DATED(callee_rule),
	{"types",   COLUMN_TEXTS, NEED_ALWAYS, AT(callee_rule, types), .words = applicant_types,
	 .count_offset = offsetof(struct callee_rule, type_count), .most = CALLEE_LIST_MAX},
	{"listing", COLUMN_WORD,  NEED_NEVER,  AT(callee_rule, listing), .words = listings},
	{"roles",   COLUMN_IDS,   NEED_ALWAYS, AT(callee_rule, roles),
	 .count_offset = offsetof(struct callee_rule, role_count), .most = CALLEE_LIST_MAX},
};

static const struct column head_columns[] = {
	{"id",       COLUMN_ID,   NEED_ALWAYS, AT(pack_head, id)},
	{"title",    COLUMN_TEXT, NEED_NEVER,  AT(pack_head, title)},
	{"zone",     COLUMN_WORD, NEED_NEVER,  AT(pack_head, zone), .words = zone_names},
	{"citation", COLUMN_TEXT, NEED_NEVER,  AT(pack_head, citation)},
};

#define GROUP(name, type, ...) \
	{.what = (name), .columns = type##_columns, .column_count = ARRAY_LENGTH(type##_columns), \
	 .id_key = "id", __VA_ARGS__}

static const struct pack_head head_initial = {.zone = ZONE_UNSET};
static const struct group head_group =
	GROUP("pack", head, .size = sizeof(struct pack_head), .initial = &head_initial);

static const struct section {
	struct group group;
	size_t id;    /* offsets in a row */
	size_t dates;
} sections[] = {
	[PACK_METHODS] = {GROUP("method", method, .size = sizeof(struct method_rule), .initial = &method_initial,
	                        .needs = method_needs),
	                  offsetof(struct method_rule, id), offsetof(struct method_rule, dates)},
	[PACK_CAA] = {GROUP("caa rule", caa, .size = sizeof(struct caa_rule), .initial = &caa_initial),
	              offsetof(struct caa_rule, id), offsetof(struct caa_rule, dates)},
	[PACK_PERSPECTIVES] = {GROUP("perspectives rule", quorum, .size = sizeof(struct quorum_rule),
	                             .initial = &quorum_initial),
	                       offsetof(struct quorum_rule, id), offsetof(struct quorum_rule, dates)},
	[PACK_REUSE] = {GROUP("reuse rule", reuse, .size = sizeof(struct reuse_rule), .initial = &reuse_initial),
	                offsetof(struct reuse_rule, id), offsetof(struct reuse_rule, dates)},
	[PACK_VALIDITY] = {GROUP("validity rule", validity, .size = sizeof(struct validity_rule),
	                         .initial = &validity_initial),
	                   offsetof(struct validity_rule, id), offsetof(struct validity_rule, dates)},
	[PACK_ENGINE] = {GROUP("engine rule", engine, .size = sizeof(struct engine_rule), .initial = &engine_initial),
	                 offsetof(struct engine_rule, id), offsetof(struct engine_rule, dates)},
	[PACK_ANSWERS] = {GROUP("answers rule", answer, .size = sizeof(struct answer_rule), .initial = &answer_initial),
	                  offsetof(struct answer_rule, id), offsetof(struct answer_rule, dates)},
	[PACK_CALLS] = {GROUP("calls rule", call, .size = sizeof(struct call_rule), .initial = &call_initial,
	                      .needs = call_needs),
	                offsetof(struct call_rule, id), offsetof(struct call_rule, dates)},
	[PACK_CALLEES] = {GROUP("callees rule", callee, .size = sizeof(struct callee_rule), .initial = &callee_initial),
	                  offsetof(struct callee_rule, id), offsetof(struct callee_rule, dates)},
};
static_assert(ARRAY_LENGTH(sections) == PACK_SECTION_COUNT, "one row a section");

#define SECTION(name, section) \
	{(name), COLUMN_ROWS, NEED_NEVER, AT(pack_file, sections[section]), .group = &sections[section].group}

static const struct column file_columns[] = {
	{"pack", COLUMN_GROUP, NEED_ALWAYS, AT(pack_file, head), .group = &head_group},
	SECTION("methods",  PACK_METHODS),
	SECTION("caa",      PACK_CAA),
	SECTION("perspectives", PACK_PERSPECTIVES),
	SECTION("reuse",    PACK_REUSE),
	SECTION("validity", PACK_VALIDITY),
	SECTION("engine",   PACK_ENGINE),
	SECTION("answers",  PACK_ANSWERS),
	SECTION("calls",    PACK_CALLS),
	SECTION("callees",  PACK_CALLEES),
};
/* clang-format on */

static const struct group file_group = {
	.columns = file_columns,
	.column_count = ARRAY_LENGTH(file_columns),
	.size = sizeof(struct pack_file),
};

/* Rows of any section ----------------------------------------------------- */

static const void *row_at(const struct section *section, const struct rows *rows, size_t i)
{
	return (const char *)rows->at + i * section->group.size;
}

static const char *id_of(const struct section *section, const void *row)
{
	return *(const char *const *)((const char *)row + section->id);
}

static const struct in_force *dates_of(const struct section *section, const void *row)
{
	return (const struct in_force *)((const char *)row + section->dates);
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const struct section *section = context;
	int order = strcmp(id_of(section, a), id_of(section, b));
	if (order != 0)
		return order;
	int64_t a_ms = dates_of(section, a)->from_ms, b_ms = dates_of(section, b)->from_ms;
	return (a_ms > b_ms) - (a_ms < b_ms);
}

static void sort_rows(const struct section *section, struct rows *rows)
{
	struct section context = *section;
	if (rows->count > 1)
		qsort_r(rows->at, rows->count, section->group.size, compare_rows, &context);
}

static bool has_id(const struct section *section, const struct rows *rows, const char *id)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (strcmp(id_of(section, row_at(section, rows, i)), id) == 0)
			return true;
	}
	return false;
}

/* Two rows of one id may not be in force at the same instant. */
static enum status check_dates(const struct section *section, const struct rows *rows,
			       const struct reading *reading, struct error *err)
{
	char date[CIVIL_TEXT];
	for (size_t i = 0; i < rows->count; i++) {
		const void *row = row_at(section, rows, i);
		const struct in_force *dates = dates_of(section, row);
		if (dates->until_ms <= dates->from_ms)
			return fail(err, reading->status, "%s: %s \"%s\": until is not after from",
				    reading->path, section->group.what, id_of(section, row));
		if (i == 0)
			continue;
		const void *before = row_at(section, rows, i - 1);
		if (strcmp(id_of(section, before), id_of(section, row)) != 0 ||
		    dates_of(section, before)->until_ms <= dates->from_ms)
			continue;
		if (dates->from_ms == INT64_MIN)
			return fail(err, reading->status,
				    "%s: %s \"%s\" stands twice without dates", reading->path,
				    section->group.what, id_of(section, row));
		return fail(err, reading->status, "%s: %s \"%s\": two rows are in force on %s",
			    reading->path, section->group.what, id_of(section, row),
			    civil_text(civil_of(dates->from_ms, reading->zone_s), date));
	}
	return OK;
}

/* A row that shows control of the base domain for names below it needs the leave to prune. */
static enum status check_scopes(const struct rows *methods, const struct reading *reading,
				struct error *err)
{
	const struct method_rule *rules = methods->at;
	for (size_t i = 0; i < methods->count; i++) {
		if (rules[i].scope == METHOD_SCOPE_NAME || rules[i].prune)
			continue;
		return fail(err, reading->status,
			    "%s: method \"%s\": scope is \"%s\", which needs prune: true",
			    reading->path, rules[i].id, method_scopes[rules[i].scope]);
	}
	return OK;
}

/* Records of an address name the section by which its control was shown (BR 5.4.1). */
static enum status check_addresses(const struct rows *methods, const struct reading *reading,
				   struct error *err)
{
	const struct method_rule *rules = methods->at;
	for (size_t i = 0; i < methods->count; i++) {
		if (rules[i].ip && !rules[i].ip_label)
			return fail(err, reading->status,
				    "%s: method \"%s\": ip is true, so ip_label is missing",
				    reading->path, rules[i].id);
		if (!rules[i].ip && rules[i].ip_label)
			return fail(err, reading->status,
				    "%s: method \"%s\": ip_label stands without ip: true",
				    reading->path, rules[i].id);
	}
	return OK;
}

/* Reading ----------------------------------------------------------------- */

static const struct pack_file *find_known(const char *id, const struct pack_file *known,
					  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(known[i].head.id, id) == 0)
			return &known[i];
	}
	return NULL;
}

/* The name without folder and ".yaml" is the id: no two files of a folder can be one pack. */
static bool is_named(const char *path, const char *id)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = strlen(id);
	return strncmp(name, id, length) == 0 && strcmp(name + length, ".yaml") == 0;
}

/* Title and zone as they count: an overlay takes them from the pack below it. */
static enum status settle_head(struct pack_head *head, const struct pack_file *base,
			       const struct reading *reading, struct error *err)
{
	if (!is_named(reading->path, head->id))
		return fail(err, reading->status,
			    "%s: the file holds pack \"%s\", so it must be named %s.yaml",
			    reading->path, head->id, head->id);
	if (!base && (!head->title || head->zone == ZONE_UNSET))
		return fail(err, reading->status, "%s: pack \"%s\": %s is missing", reading->path,
			    head->id, head->title ? "zone" : "title");
	if (!base)
		return OK;
	if (head->zone != ZONE_UNSET && head->zone != base->head.zone)
		return fail(err, reading->status,
			    "%s: pack \"%s\": zone is \"%s\", the shipped pack has \"%s\"",
			    reading->path, head->id, zone_names[head->zone],
			    zone_names[base->head.zone]);
	head->zone = base->head.zone;
	head->title = head->title ? head->title : base->head.title;
	head->citation = head->citation ? head->citation : base->head.citation;
	return OK;
}

/* The head comes first, in a pass of its own: its zone decides where every date begins. */
static enum status read_head(const struct cell *cells, const struct reading *reading,
			     const struct pack_file *known, size_t known_count,
			     struct pack_head *ret, struct error *err)
{
	struct pack_head head;
	if (!cells[0].data)
		return fail(err, reading->status, "%s: pack is missing", reading->path);
	enum status status = group_read(&head_group, cells[0].data, reading, &head, err);
	if (status != OK) {
		(void)fail_prefix(err, "%s", reading->path);
		return status;
	}
	TRY(settle_head(&head, find_known(head.id, known, known_count), reading, err));
	*ret = head;
	return OK;
}

enum status pack_file_read(const char *path, const struct pack_file *known, size_t known_count,
			   struct arena *arena, struct pack_file *ret, struct error *err)
{
	struct reading reading = {.path = path, .status = POLICY_ROW, .arena = arena};
	struct slice text;
	const struct cell *cells;
	struct pack_head head;
	struct pack_file file;
	enum status status = document_bytes(path, POLICY_ROW, arena, &text, err);
	if (status == NOT_FOUND)
		return fail(err, POLICY_ROW, "there is no %s", path);
	TRY(status);
	TRY(document_read(text, path, &file_group, POLICY_ROW, arena, &cells, err));
	TRY(read_head(cells, &reading, known, known_count, &head, err));
	reading.zone_s = zone_seconds[head.zone];
	TRY(group_read(&file_group, cells, &reading, &file, err));
	file.head = head;
	for (size_t i = 0; i < PACK_SECTION_COUNT; i++) {
		sort_rows(&sections[i], &file.sections[i]);
		TRY(check_dates(&sections[i], &file.sections[i], &reading, err));
	}
	TRY(check_scopes(&file.sections[PACK_METHODS], &reading, err));
	TRY(check_addresses(&file.sections[PACK_METHODS], &reading, err));
	*ret = file;
	return OK;
}

/* Joining and sealing ------------------------------------------------------ */

static struct rows join_rows(const struct section *section, const struct rows *base,
			     const struct rows *overlay, struct arena *arena)
{
	size_t size = section->group.size;
	struct rows joined = {arena_new(arena, base->count + overlay->count + 1, size), 0};
	for (size_t i = 0; i < base->count; i++) {
		const void *row = row_at(section, base, i);
		if (!has_id(section, overlay, id_of(section, row)))
			memcpy((char *)joined.at + joined.count++ * size, row, size);
	}
	for (size_t i = 0; i < overlay->count; i++)
		memcpy((char *)joined.at + joined.count++ * size, row_at(section, overlay, i),
		       size);
	sort_rows(section, &joined);
	return joined;
}

struct pack_file pack_file_join(const struct pack_file *base, const struct pack_file *overlay,
				struct arena *arena)
{
	struct pack_file joined = {.head = overlay->head};
	for (size_t i = 0; i < PACK_SECTION_COUNT; i++)
		joined.sections[i] =
			join_rows(&sections[i], &base->sections[i], &overlay->sections[i], arena);
	return joined;
}

static struct slice canonical_text(const struct pack_file *file, struct arena *arena)
{
	CLEANUP(json_releasep)
	json_t *object = group_write(&file_group, file, zone_seconds[file->head.zone]);
	CLEANUP(buffer_release) struct buffer text;
	buffer_init(&text, DOCUMENT_BYTES_MAX);
	json_write_sorted(object, &text);
	return slice_of(arena_bytes(arena, buffer_slice(&text)), text.length);
}

struct pack pack_file_seal(const struct pack_file *file, struct arena *arena)
{
	const struct rows *rows = file->sections;
	struct pack pack = {
		.id = file->head.id,
		.title = file->head.title,
		.zone_s = zone_seconds[file->head.zone],
		.methods = rows[PACK_METHODS].at,
		.method_count = rows[PACK_METHODS].count,
		.caa = rows[PACK_CAA].at,
		.caa_count = rows[PACK_CAA].count,
		.perspectives = rows[PACK_PERSPECTIVES].at,
		.perspectives_count = rows[PACK_PERSPECTIVES].count,
		.reuse = rows[PACK_REUSE].at,
		.reuse_count = rows[PACK_REUSE].count,
		.validity = rows[PACK_VALIDITY].at,
		.validity_count = rows[PACK_VALIDITY].count,
		.engine = rows[PACK_ENGINE].at,
		.engine_count = rows[PACK_ENGINE].count,
		.answers = rows[PACK_ANSWERS].at,
		.answer_count = rows[PACK_ANSWERS].count,
		.calls = rows[PACK_CALLS].at,
		.call_count = rows[PACK_CALLS].count,
		.callees = rows[PACK_CALLEES].at,
		.callee_count = rows[PACK_CALLEES].count,
		.text = canonical_text(file, arena),
	};
	pack.digest = digest_of(pack.text);
	return pack;
}

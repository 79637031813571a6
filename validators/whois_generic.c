/*
 * Contacts from WHOIS answers of any layout but that of JPRS, by what the labels
 * mean (whois_label.h) and where the lines stand. Four shapes, which answers mix:
 *
 *   flat      "Admin Email: a@b"            each line says whose it is
 *   block     "Registrant:" and lines below  until a blank line, another heading,
 *                                           or text that is indented less
 *   object    "admin-c: KEY" and elsewhere   paragraphs of their own (RPSL, FRED),
 *             "nic-hdl: KEY" with fields     found by their keys at the end
 *   bare      "e-mail: a@b" beside "domain:" the registrant's
 *
 * An answer may hold what several servers said; only what follows a line that
 * names the domain asked about counts, and what precedes the first such line if
 * no other domain was named before it.
 */
#include "validators/whois.h"

#include "validators/contact_value.h"
#include "validators/whois_label.h"
#include "validators/whois_people.h"

#include <string.h>
#include <strings.h>

/* Whose the fields are that come without a role. */
enum section {
	SECTION_NONE,   /* nobody's: terms of use, unknown paragraphs */
	SECTION_DOMAIN, /* the paragraph that names the domain */
	SECTION_ROLE,   /* under a role's heading */
	SECTION_OBJECT, /* a paragraph with fields: whoever's key it has */
	SECTION_OTHER,  /* registrar, billing, name servers */
};

/* Where a section was opened: from there follows where it ends. */
enum opener {
	OPENED_BY_HEADING, /* a label without a value, or a line that is one */
	OPENED_BY_VALUE,   /* "Registrant: Example Ltd" */
	OPENED_BY_COMMENT, /* "% Registrant:"; lasts until the next such comment */
};

struct walk {
	const struct whois_reading *reading;
	size_t at;            /* the line that is read */
	bool named_ours;      /* a line named the domain asked about */
	bool skipping;        /* the last domain named is another one */
	const char *other;    /* a domain named that is another one */
	bool domain_pending;  /* "Domain name:" stood alone, the name follows */
	bool paragraph_start; /* nothing stood since a blank line */
	bool doubtful;        /* a registrar was named beside the domain */

	enum section section;
	enum opener opener;
	size_t opened_at;            /* the line that opened the section, and */
	size_t indent;               /* of the line that opened the section */
	bool dormant;                /* a blank line came after content */
	bool filled;                 /* the section has content */
	struct contact_draft *draft; /* of SECTION_ROLE, SECTION_OBJECT, SECTION_DOMAIN */

	struct whois_people people;
};

/* --- sections --- */

static void open_section(struct walk *walk, enum section section, enum opener opener, size_t indent)
{
	walk->section = section;
	walk->opener = opener;
	walk->opened_at = walk->at;
	walk->indent = indent;
	walk->dormant = false;
	walk->filled = opener == OPENED_BY_VALUE;
	walk->draft = NULL;
}

static void open_role(struct walk *walk, enum contact_role role, enum opener opener, size_t indent)
{
	open_section(walk, SECTION_ROLE, opener, indent);
	struct contact_draft *latest = walk->people.latest[role];
	walk->draft = latest && contact_draft_empty(latest) ? latest
							    : whois_people_add(&walk->people, role);
}

static void open_object(struct walk *walk, size_t indent)
{
	open_section(walk, SECTION_OBJECT, OPENED_BY_VALUE, indent);
	walk->draft = whois_people_add_object(&walk->people);
}

/* After a blank line a section goes on only with lines that are indented under its heading. */
static void wake_or_close(struct walk *walk, size_t indent)
{
	if (!walk->dormant)
		return;
	walk->dormant = false;
	if (walk->opener == OPENED_BY_COMMENT) {
		if (walk->section == SECTION_ROLE && !contact_draft_empty(walk->draft))
			walk->draft = whois_people_add(&walk->people, walk->draft->role);
		return;
	}
	if (walk->opener == OPENED_BY_HEADING && indent > walk->indent)
		return;
	open_section(walk, SECTION_NONE, OPENED_BY_VALUE, 0);
}

/* --- naming the domain --- */

static void name_domain(struct walk *walk, const char *value, size_t indent)
{
	bool ours = whois_names(walk->reading, value);
	walk->domain_pending = false;
	walk->skipping = !ours;
	walk->doubtful = false;
	if (!ours) {
		if (!walk->named_ours)
			whois_people_forget(&walk->people);
		walk->other = arena_text(walk->reading->arena, value);
	}
	walk->named_ours = walk->named_ours || ours;
	open_section(walk, SECTION_DOMAIN, OPENED_BY_VALUE, indent);
}

/* --- fields --- */

/* Whether the next line with content is indented under this one. */
static bool has_lines_below(const struct walk *walk, size_t at)
{
	const struct whois_lines *lines = &walk->reading->lines;
	for (size_t i = at + 1; i < lines->count; i++)
		if (lines->lines[i].kind != LINE_BLANK)
			return lines->lines[i].indent > lines->lines[at].indent;
	return false;
}

static void set_field(struct walk *walk, struct contact_draft *draft, enum whois_field field,
		      const char *value)
{
	struct arena *arena = walk->reading->arena;
	switch (field) {
	case FIELD_NAME:
	case FIELD_CONTACT:
		contact_draft_name(draft, value, arena);
		break;
	case FIELD_GIVEN_NAME:
		if (!draft->given_name && contact_value_says(value))
			draft->given_name = arena_text(arena, value);
		break;
	case FIELD_FAMILY_NAME:
		if (!draft->family_name && contact_value_says(value))
			draft->family_name = arena_text(arena, value);
		break;
	case FIELD_ORGANIZATION:
		contact_draft_organization(draft, value, arena);
		break;
	case FIELD_EMAIL:
		(void)contact_draft_email(draft, value, arena);
		break;
	case FIELD_PHONE:
		(void)contact_draft_phone(draft, value, NULL, arena);
		break;
	case FIELD_HANDLE:
		contact_draft_handle(draft, value, arena);
		break;
	case FIELD_KIND:
	case FIELD_NONE:
		break;
	}
}

/* A label that no table has, in whatever language: its value speaks for itself when it is one
 * mailbox, or a number and the label says "tel". */
static void set_unknown(struct walk *walk, struct contact_draft *draft, const char *label,
			const char *value)
{
	char text[64];
	whois_label_normalise(label, text, sizeof(text));
	if (whois_label_foreign(label) || strstr(text, " ext"))
		return;
	if (strchr(value, '@') && !strpbrk(value, " /"))
		(void)contact_draft_email(draft, value, walk->reading->arena);
	else if (strstr(text, "tel") || strstr(text, "phone"))
		(void)contact_draft_phone(draft, value, NULL, walk->reading->arena);
}

/* The first "+…" of a text, to its last digit. */
static size_t number_in(const char *value, const char **ret)
{
	const char *plus = strchr(value, '+');
	size_t length = plus ? strspn(plus, "+0123456789 .-()/") : 0;
	while (length > 0 && !(plus[length - 1] >= '0' && plus[length - 1] <= '9'))
		length--;
	*ret = plus;
	return length;
}

/* Free text of a contact: its mailboxes, its number if that is international, and what stands
 * before the first of these as the name. */
static bool set_text(struct walk *walk, struct contact_draft *draft, const char *value)
{
	struct arena *arena = walk->reading->arena;
	const char *number = NULL;
	bool found = contact_draft_email(draft, value, arena);
	size_t digits = number_in(value, &number);
	bool called = digits > 0 && draft->phone_count == 0 &&
		      contact_draft_phone(draft, arena_bytes(arena, slice_of(number, digits)), NULL,
					  arena);
	size_t end = found && strchr(value, '@') ? strcspn(value, "@") : strlen(value);
	while (found && end > 0 && !strchr(" \t,;<([", value[end - 1]))
		end--;
	if (called && (size_t)(number - value) < end)
		end = (size_t)(number - value);
	while (end > 0 && strchr(" \t,;<([-", value[end - 1]))
		end--;
	contact_draft_name(draft, arena_bytes(arena, slice_of(value, end)), arena);
	return found;
}

/* The role that a value such as "administrative" or "HOLDER" means. */
static bool role_of_value(const char *value, enum contact_role *ret)
{
	struct whois_label label = whois_label_of(value);
	if (label.kind != LABEL_ROLE)
		return false;
	*ret = label.role;
	return true;
}

/* "contact:" and "type:" mean a key, a name, a role or a heading. */
static bool opens_role(struct walk *walk, const struct whois_line *line, enum whois_field field)
{
	enum contact_role role = CONTACT_REGISTRANT;
	if (field != FIELD_CONTACT && field != FIELD_KIND)
		return false;
	/* Somebody whose key is known may be called "Technical Contact". */
	if (field == FIELD_CONTACT && walk->section == SECTION_OBJECT && walk->draft->handle)
		return false;
	if (role_of_value(line->value, &role)) {
		open_role(walk, role, OPENED_BY_HEADING, line->indent);
		return true;
	}
	if (field == FIELD_CONTACT && !*line->value) {
		open_role(walk, role, OPENED_BY_HEADING, line->indent);
		return true;
	}
	bool object = (walk->paragraph_start && walk->section != SECTION_ROLE) ||
		      whois_people_refer_to(&walk->people, line->value);
	if (field == FIELD_CONTACT && object) {
		open_object(walk, line->indent);
		contact_draft_handle(walk->draft, line->value, walk->reading->arena);
		return true;
	}
	return false;
}

/* The registrant's draft for fields beside the domain's name. Where a registrar is named first, an
 * address may be the registrar's until a name or organization says whose it is. */
static struct contact_draft *bare_draft(struct walk *walk, enum whois_field field)
{
	if (field == FIELD_HANDLE || field == FIELD_KIND)
		return NULL;
	if (field == FIELD_NAME || field == FIELD_ORGANIZATION)
		walk->doubtful = false;
	return walk->doubtful ? NULL : whois_people_latest(&walk->people, CONTACT_REGISTRANT);
}

static void read_field(struct walk *walk, size_t at, enum whois_field field)
{
	const struct whois_line *line = &walk->reading->lines.lines[at];
	if (walk->domain_pending && field == FIELD_NAME) {
		name_domain(walk, line->value, line->indent);
		return;
	}
	enum section from = walk->section;
	wake_or_close(walk, line->indent);
	if (opens_role(walk, line, field))
		return;
	/* "Organisation:" above the lines of the holder. */
	if (field == FIELD_ORGANIZATION && !*line->value && walk->section != SECTION_ROLE &&
	    walk->section != SECTION_OTHER && has_lines_below(walk, at)) {
		open_role(walk, CONTACT_REGISTRANT, OPENED_BY_HEADING, line->indent);
		return;
	}
	if (walk->section == SECTION_NONE) {
		open_object(walk, line->indent);
		if (from == SECTION_DOMAIN)
			walk->people.beside = walk->draft;
	}
	struct contact_draft *draft = walk->draft;
	if (walk->section == SECTION_OTHER)
		return;
	if (walk->section == SECTION_DOMAIN)
		draft = bare_draft(walk, field);
	walk->filled = true;
	if (draft)
		set_field(walk, draft, field, line->value);
}

/* --- the lines of a block --- */

/* Fewer digits may be a postal code. */
enum { NUMBER_DIGITS_MIN = 10 };

/* "598-25550100", "1 (555) 555-0100 (FAX) 1 555 5550101" */
static bool is_bare_number(const char *value)
{
	size_t length = strspn(value, "0123456789 .-()/");
	size_t digits = 0;
	for (size_t i = 0; i < length; i++)
		digits += value[i] >= '0' && value[i] <= '9';
	return digits >= NUMBER_DIGITS_MIN &&
	       (value[length] == '\0' || strncasecmp(value + length, "fax", 3) == 0);
}

static bool is_number_line(const char *value)
{
	if (is_bare_number(value))
		return true;
	value += *value == '(';
	return *value == '+' || strncasecmp(value, "tel", 3) == 0 ||
	       strncasecmp(value, "phone", 5) == 0;
}

/* What stands behind the number ("+1… fax: +1…") is not taken. */
static void take_number_line(struct contact_draft *draft, const char *value, struct arena *arena)
{
	size_t digits = strcspn(value, "+0123456789");
	size_t end = digits + strcspn(value + digits, "abcdefghijklmnopqrstuvwyz"
						      "ABCDEFGHIJKLMNOPQRSTUVWYZ");
	if (contact_draft_phone(draft, value, NULL, arena))
		return;
	(void)contact_draft_phone(draft, arena_bytes(arena, slice_of(value, end)), NULL, arena);
}

/* A free line of a role's block: mailboxes and numbers wherever they stand, the first other line is
 * the name. */
static void read_block_text(struct walk *walk, const struct whois_line *line)
{
	struct contact_draft *draft = walk->draft;
	struct arena *arena = walk->reading->arena;
	walk->filled = true;
	if (is_number_line(line->value)) {
		/* The second number of such blocks is the fax. */
		if (draft->phone_count == 0)
			take_number_line(draft, line->value, arena);
		return;
	}
	if (draft->name)
		(void)contact_draft_email(draft, line->value, arena);
	else
		(void)set_text(walk, draft, line->value);
}

/* --- roles --- */

static bool has_text_below(const struct walk *walk)
{
	const struct whois_lines *lines = &walk->reading->lines;
	return walk->at + 1 < lines->count && lines->lines[walk->at + 1].kind == LINE_TEXT &&
	       lines->lines[walk->at + 1].indent > lines->lines[walk->at].indent;
}

/* "Owner: Example Ltd" and under it "Owner: 1 Street": one label for each line of a block. */
static bool goes_on(const struct walk *walk, const struct whois_line *line)
{
	const struct whois_line *before = walk->at > 0 ? line - 1 : line;
	return walk->section == SECTION_ROLE && before->kind == LINE_PAIR && *before->value &&
	       before != line && strcmp(before->label, line->label) == 0;
}

static void read_role(struct walk *walk, const struct whois_line *line, struct whois_label label)
{
	if (label.field == FIELD_HANDLE && *line->value) {
		wake_or_close(walk, line->indent);
		if (!has_text_below(walk)) {
			whois_people_refer(&walk->people, label.role, line->value,
					   walk->section == SECTION_OBJECT ? walk->draft : NULL);
			return;
		}
		/* "[Registrant Code]  KEY" above the lines of the registrant. */
		open_role(walk, label.role, OPENED_BY_HEADING, line->indent);
		contact_draft_handle(walk->draft, line->value, walk->reading->arena);
		return;
	}
	struct contact_draft *latest = walk->people.latest[label.role];
	if (goes_on(walk, line)) {
		read_block_text(walk, line);
		return;
	}
	bool flat = latest && walk->section != SECTION_ROLE && *line->value;
	if (flat && !latest->organization && !contact_draft_empty(latest)) {
		contact_draft_organization(latest, line->value, walk->reading->arena);
		return;
	}
	open_role(walk, label.role, *line->value ? OPENED_BY_VALUE : OPENED_BY_HEADING,
		  line->indent);
	walk->draft->also = label.also;
	(void)set_text(walk, walk->draft, line->value);
}

static void read_role_field(struct walk *walk, const struct whois_line *line,
			    struct whois_label label)
{
	struct contact_draft *draft = whois_people_latest(&walk->people, label.role);
	walk->filled = true;
	if (label.field == FIELD_NONE)
		set_unknown(walk, draft, line->label, line->value);
	else
		set_field(walk, draft, label.field, line->value);
}

static void read_other(struct walk *walk, const struct whois_line *line)
{
	if (!*line->value || walk->paragraph_start) {
		open_section(walk, SECTION_OTHER,
			     *line->value ? OPENED_BY_VALUE : OPENED_BY_HEADING, line->indent);
		return;
	}
	if (walk->section == SECTION_DOMAIN && whois_label_foreign(line->label))
		walk->doubtful = true;
}

static void read_unknown(struct walk *walk, size_t at, const struct whois_line *line)
{
	wake_or_close(walk, line->indent);
	if (!*line->value && line->indent <= walk->indent && has_lines_below(walk, at)) {
		open_section(walk, SECTION_OTHER, OPENED_BY_HEADING, line->indent);
		return;
	}
	if (walk->section == SECTION_ROLE)
		set_unknown(walk, walk->draft, line->label, line->value);
}

static void read_pair(struct walk *walk, size_t at)
{
	const struct whois_line *line = &walk->reading->lines.lines[at];
	struct whois_label label = line->means;
	switch (label.kind) {
	case LABEL_DOMAIN:
		if (*line->value)
			name_domain(walk, line->value, line->indent);
		else
			walk->domain_pending = true;
		break;
	case LABEL_ROLE:
		read_role(walk, line, label);
		break;
	case LABEL_ROLE_FIELD:
		read_role_field(walk, line, label);
		break;
	case LABEL_FIELD:
		read_field(walk, at, label.field);
		break;
	case LABEL_OTHER:
		read_other(walk, line);
		break;
	case LABEL_ADDRESS:
		wake_or_close(walk, line->indent);
		walk->filled = true;
		break;
	case LABEL_UNKNOWN:
		read_unknown(walk, at, line);
		break;
	}
}

/* --- text --- */

/* A line that is a heading without a colon: "Holder", "Technical Contacts", "Nameservers". */
static bool read_heading(struct walk *walk, const struct whois_line *line)
{
	struct whois_label label = whois_label_of(line->value);
	bool under = walk->section == SECTION_ROLE && line->indent > walk->indent;
	if (strlen(line->value) > 40 || walk->domain_pending)
		return false;
	/* "Domain Administrator" in the block of a contact is who answers there. */
	if (under && label.kind == LABEL_ROLE)
		return false;
	if (label.kind == LABEL_ROLE && label.field == FIELD_NONE) {
		open_role(walk, label.role, OPENED_BY_HEADING, line->indent);
		walk->draft->also = label.also;
		return true;
	}
	if (label.kind == LABEL_OTHER && label.whole && !under) {
		open_section(walk, SECTION_OTHER, OPENED_BY_HEADING, line->indent);
		return true;
	}
	if (label.kind == LABEL_DOMAIN)
		walk->domain_pending = true;
	return label.kind == LABEL_DOMAIN;
}

/* "Domain EXAMPLE.KG" */
static bool read_sentence(struct walk *walk, const struct whois_line *line)
{
	static const char word[] = "domain ";
	const char *name = line->value + sizeof(word) - 1;
	if (strncasecmp(line->value, word, sizeof(word) - 1) != 0 || strpbrk(name, " \t") ||
	    !strchr(name, '.'))
		return false;
	name_domain(walk, name, line->indent);
	return true;
}

static void read_text(struct walk *walk, size_t at)
{
	const struct whois_line *line = &walk->reading->lines.lines[at];
	const struct whois_line *before = at > 0 ? line - 1 : NULL;
	if (walk->domain_pending) {
		name_domain(walk, line->value, line->indent);
		return;
	}
	if (read_heading(walk, line) || read_sentence(walk, line))
		return;
	wake_or_close(walk, line->indent);
	/* A heading beside the domain that no table has: what follows is somebody else's. */
	if (walk->section == SECTION_DOMAIN && line->indent <= walk->indent)
		open_section(walk, SECTION_OTHER, OPENED_BY_HEADING, line->indent);
	if (walk->section != SECTION_ROLE)
		return;
	bool under = line->indent > walk->indent;
	/* "Contact: Robin <…>" and, not indented, the lines of the address. */
	bool adjoins = before && before->kind != LINE_BLANK && before->indent == line->indent;
	if (!under && !adjoins) {
		open_section(walk, SECTION_NONE, OPENED_BY_VALUE, 0);
		return;
	}
	/* What goes on under "Address:" or "Name:" is no second name. */
	if (before && before->kind == LINE_PAIR && line->indent > before->indent &&
	    walk->opened_at != at - 1)
		(void)contact_draft_email(walk->draft, line->value, walk->reading->arena);
	else
		read_block_text(walk, line);
}

/* "% Registrant:" heads the lines behind it; other comments say nothing of contacts. */
static void read_comment(struct walk *walk, const struct whois_line *line)
{
	size_t length = strlen(line->value);
	if (length == 0 || length > 40 || line->value[length - 1] != ':')
		return;
	struct whois_label label = whois_label_of(line->value);
	if (label.kind == LABEL_ROLE && label.field == FIELD_NONE) {
		open_role(walk, label.role, OPENED_BY_COMMENT, line->indent);
		walk->draft->also = label.also;
	} else if (label.kind == LABEL_OTHER)
		open_section(walk, SECTION_OTHER, OPENED_BY_COMMENT, line->indent);
}

/* --- the walk --- */

static void read_line(struct walk *walk, size_t at)
{
	const struct whois_line *line = &walk->reading->lines.lines[at];
	walk->at = at;
	switch (line->kind) {
	case LINE_BLANK:
		walk->paragraph_start = true;
		walk->dormant = walk->dormant || walk->filled || walk->section == SECTION_OTHER;
		return;
	case LINE_COMMENT:
		if (!walk->skipping)
			read_comment(walk, line);
		return;
	case LINE_END:
		open_section(walk, SECTION_NONE, OPENED_BY_VALUE, 0);
		return;
	case LINE_PAIR:
		if (!walk->skipping || line->means.kind == LABEL_DOMAIN)
			read_pair(walk, at);
		break;
	case LINE_TEXT:
		if (!walk->skipping || walk->domain_pending)
			read_text(walk, at);
		break;
	}
	walk->paragraph_start = false;
}

enum status whois_read_generic(const struct whois_reading *reading, struct contact_answer *ret,
			       struct error *err)
{
	struct walk *walk = arena_new(reading->arena, 1, sizeof(*walk));
	walk->reading = reading;
	walk->people.arena = reading->arena;
	walk->paragraph_start = true;
	for (size_t i = 0; i < reading->lines.count; i++)
		read_line(walk, i);
	if (walk->other && !walk->named_ours)
		return fail(err, NAME_MISMATCH, "the answer is about %s, not about %s",
			    contact_value_shown(walk->other, NAME_TEXT, reading->arena),
			    reading->name->ascii);
	whois_people_gather(&walk->people, &ret->contacts);
	ret->domain = walk->named_ours ? reading->name->ascii : NULL;
	return OK;
}

/*
 * Labels by tables: see whois_label.h. A label is read from the left: the
 * longest role phrase, then words that add nothing ("contact", "information"),
 * then the field.
 */
#include "validators/whois_label.h"

#include <string.h>

enum { LABEL_TEXT = 96 };

/* --- tables; all in normalised form --- */

static const char *const domain_labels[] = {
	"domain",
	"domain name",
	"domainname",
	"domain name ascii",
	"domain ascii",
	"nom de domaine",
	"nombre de dominio",
	"nome de dominio",
	"nome do dominio",
	"dominio",
	"domaine",
	"domain idn",
	"domain name requested",
	"complete domain name",
	"ドメイン名",
	"도메인이름",
	"domena",
};

struct role_row {
	const char *phrase;
	enum contact_role role;
};

/* The longest phrase wins. */
static const struct role_row role_rows[] = {
	{"registrant", CONTACT_REGISTRANT},
	{"registrants", CONTACT_REGISTRANT},
	{"registrant s", CONTACT_REGISTRANT},
	{"domain registrant", CONTACT_REGISTRANT},
	{"registrant user", CONTACT_REGISTRANT},
	{"registrant owner", CONTACT_REGISTRANT},
	{"holder", CONTACT_REGISTRANT},
	{"holder of domain name", CONTACT_REGISTRANT},
	{"domain holder", CONTACT_REGISTRANT},
	{"domain name holder", CONTACT_REGISTRANT},
	{"domain user", CONTACT_REGISTRANT},
	{"owner", CONTACT_REGISTRANT},
	{"owners", CONTACT_REGISTRANT},
	{"domain owner", CONTACT_REGISTRANT},
	{"domain name owner", CONTACT_REGISTRANT},
	{"registered owner", CONTACT_REGISTRANT},
	{"registered to", CONTACT_REGISTRANT},
	{"organization using domain name", CONTACT_REGISTRANT},
	{"organisation using domain name", CONTACT_REGISTRANT},
	{"subscriber", CONTACT_REGISTRANT},
	{"licensee", CONTACT_REGISTRANT},
	{"license holder", CONTACT_REGISTRANT},
	{"titular", CONTACT_REGISTRANT},
	{"titulaire", CONTACT_REGISTRANT},
	{"inhaber", CONTACT_REGISTRANT},
	{"domaininhaber", CONTACT_REGISTRANT},
	{"titolare", CONTACT_REGISTRANT},
	{"proprietario", CONTACT_REGISTRANT},
	{"registrante", CONTACT_REGISTRANT},
	{"abonent", CONTACT_REGISTRANT},
	{"nosac", CONTACT_REGISTRANT},
	{"registry registrant", CONTACT_REGISTRANT},
	{"admin", CONTACT_ADMIN},
	{"admin c", CONTACT_ADMIN},
	{"ac", CONTACT_ADMIN},
	{"adm c", CONTACT_ADMIN},
	{"adm", CONTACT_ADMIN},
	{"administrator", CONTACT_ADMIN},
	{"domain administrator", CONTACT_ADMIN},
	{"administrative", CONTACT_ADMIN},
	{"adminstrative", CONTACT_ADMIN},
	{"administration", CONTACT_ADMIN},
	{"contact administratif", CONTACT_ADMIN},
	{"contact admin", CONTACT_ADMIN},
	{"contacto administrativo", CONTACT_ADMIN},
	{"contato administrativo", CONTACT_ADMIN},
	{"contatto amministrativo", CONTACT_ADMIN},
	{"administrativer ansprechpartner", CONTACT_ADMIN},
	{"registry admin", CONTACT_ADMIN},
	{"tech", CONTACT_TECH},
	{"tech c", CONTACT_TECH},
	{"tec c", CONTACT_TECH},
	{"tec", CONTACT_TECH},
	{"tecnico", CONTACT_TECH},
	{"technical", CONTACT_TECH},
	{"technician", CONTACT_TECH},
	{"technical support", CONTACT_TECH},
	{"contact technique", CONTACT_TECH},
	{"contact tech", CONTACT_TECH},
	{"contacto tecnico", CONTACT_TECH},
	{"contato tecnico", CONTACT_TECH},
	{"contatto tecnico", CONTACT_TECH},
	{"technischer ansprechpartner", CONTACT_TECH},
	{"registry tech", CONTACT_TECH},
};

/* Behind a role these add nothing. */
static const char *const filler_words[] = {
	"contact", "contacts", "contact s",      "information", "info",
	"details", "detail",   "data",           "c",           "s",
	"person",  "agent",    "organizational", "profile",     "record",
};

/* A label that begins with one of these is of somebody or something else. */
static const char *const other_phrases[] = {
	"registrar",
	"registar",
	"sponsoring",
	"sponsor",
	"reseller",
	"billing",
	"bill",
	"bil",
	"abuse",
	"name server",
	"name servers",
	"nameserver",
	"nameservers",
	"domain nameservers",
	"domain name servers",
	"domain servers",
	"domain server",
	"nserver",
	"nservers",
	"ns",
	"dns",
	"dnssec",
	"zone c",
	"zone",
	"registration service provider",
	"registration agent",
	"authorized agency",
	"provider",
	"legal c",
	"legal",
	"onsite",
	"onsite s",
	"hostmaster",
	"primary server",
	"secondary server",
	"primary name server",
	"secondary name server",
	"hosting",
	"maintainer",
	"registry",
	"managed by",
	"keys",
	"flags",
	"nsset",
	"keyset",
	"whois",
	"servers",
	"host servers",
	"registration status",
	"relevant dates",
	"notify",
	"reg c",
	"registrar technical",
	"invoice",
	"financial",
	"payment",
	"bundled domain name",
	"dns servers",
	"registered by",
	"agent",
	"registrant s agent",
	"delegation",
	"upd to",
	"mnt nfy",
	"domain status",
};

struct field_row {
	const char *label;
	enum whois_field field;
};

static const struct field_row field_rows[] = {
	{"name", FIELD_NAME},
	{"person", FIELD_NAME},
	{"personname", FIELD_NAME},
	{"person name", FIELD_NAME},
	{"role", FIELD_NAME},
	{"full name", FIELD_NAME},
	{"contact name", FIELD_NAME},
	{"contact person", FIELD_NAME},
	{"nom", FIELD_NAME},
	{"nome", FIELD_NAME},
	{"nombre", FIELD_NAME},
	{"given name", FIELD_GIVEN_NAME},
	{"first name", FIELD_GIVEN_NAME},
	{"firstname", FIELD_GIVEN_NAME},
	{"family name", FIELD_FAMILY_NAME},
	{"last name", FIELD_FAMILY_NAME},
	{"lastname", FIELD_FAMILY_NAME},
	{"surname", FIELD_FAMILY_NAME},
	{"organization", FIELD_ORGANIZATION},
	{"organisation", FIELD_ORGANIZATION},
	{"organization name", FIELD_ORGANIZATION},
	{"organisation name", FIELD_ORGANIZATION},
	{"organizationname", FIELD_ORGANIZATION},
	{"organization english", FIELD_ORGANIZATION},
	{"org", FIELD_ORGANIZATION},
	{"org name", FIELD_ORGANIZATION},
	{"orgname", FIELD_ORGANIZATION},
	{"company", FIELD_ORGANIZATION},
	{"company name", FIELD_ORGANIZATION},
	{"company english name", FIELD_ORGANIZATION},
	{"descr", FIELD_ORGANIZATION},
	{"firm", FIELD_ORGANIZATION},
	{"institution", FIELD_ORGANIZATION},
	{"email", FIELD_EMAIL},
	{"e mail", FIELD_EMAIL},
	{"emails", FIELD_EMAIL},
	{"mail", FIELD_EMAIL},
	{"email address", FIELD_EMAIL},
	{"e mail address", FIELD_EMAIL},
	{"email addr", FIELD_EMAIL},
	{"contact email", FIELD_EMAIL},
	{"mailbox", FIELD_EMAIL},
	{"electronic mail", FIELD_EMAIL},
	{"electronic mailbox", FIELD_EMAIL},
	{"correo", FIELD_EMAIL},
	{"correo electronico", FIELD_EMAIL},
	{"courriel", FIELD_EMAIL},
	{"phone", FIELD_PHONE},
	{"phone number", FIELD_PHONE},
	{"phone no", FIELD_PHONE},
	{"phonenumber", FIELD_PHONE},
	{"phone voice", FIELD_PHONE},
	{"telephone", FIELD_PHONE},
	{"telephone number", FIELD_PHONE},
	{"telephone no", FIELD_PHONE},
	{"tel", FIELD_PHONE},
	{"tel no", FIELD_PHONE},
	{"tel number", FIELD_PHONE},
	{"voice", FIELD_PHONE},
	{"voice number", FIELD_PHONE},
	{"contact phone", FIELD_PHONE},
	{"mobile", FIELD_PHONE},
	{"mobile phone", FIELD_PHONE},
	{"telefon", FIELD_PHONE},
	{"telefono", FIELD_PHONE},
	{"telefone", FIELD_PHONE},
	{"handle", FIELD_HANDLE},
	{"nic hdl", FIELD_HANDLE},
	{"nic hdl br", FIELD_HANDLE},
	{"nichdl", FIELD_HANDLE},
	{"nic handle", FIELD_HANDLE},
	{"nic id", FIELD_HANDLE},
	{"norid handle", FIELD_HANDLE},
	{"contact handle", FIELD_HANDLE},
	{"contact id", FIELD_HANDLE},
	{"contactid", FIELD_HANDLE},
	{"contact code", FIELD_HANDLE},
	{"code", FIELD_HANDLE},
	{"id", FIELD_HANDLE},
	{"pid", FIELD_HANDLE},
	{"user id", FIELD_HANDLE},
	{"contact", FIELD_CONTACT},
	{"type", FIELD_KIND},
	{"contact type", FIELD_KIND},
};

static const char *const address_labels[] = {
	"address",  "street",     "street address", "postal address",  "address1",
	"address2", "city",       "country",        "postal code",     "post code",
	"zip",      "zip code",   "state",          "province",        "region",
	"addr",     "location",   "post address",   "mailing address", "fax",
	"fax no",   "fax number", "facsimile",      "residency",
};

/* Somewhere in a label whose value is not the contact's own mailbox or number. */
static const char *const foreign_words[] = {
	"abuse", "notify",     "changed",    "source",      "registrar", "reseller",
	"mnt",   "updated by", "created by", "modified by", "fax",       "facs",
	"nfy",   "upd to",     "hostmaster", "agency",
};

/* --- reading --- */

void whois_label_normalise(const char *label, char *text, size_t size)
{
	size_t at = 0;
	for (const char *c = label; *c && at + 1 < size; c++) {
		bool upper = *c >= 'A' && *c <= 'Z';
		bool kept = upper || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
			    ((unsigned char)*c >= 0x80);
		if (kept)
			text[at++] = upper ? (char)(*c - 'A' + 'a') : *c;
		else if (at > 0 && text[at - 1] != ' ')
			text[at++] = ' ';
	}
	while (at > 0 && text[at - 1] == ' ')
		at--;
	text[at] = '\0';
}

static bool in_list(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

/* The length of phrase when text begins with its words; 0 otherwise. */
static size_t begins_with(const char *text, const char *phrase)
{
	size_t length = strlen(phrase);
	if (strncmp(text, phrase, length) != 0)
		return 0;
	return text[length] == '\0' || text[length] == ' ' ? length : 0;
}

static enum whois_field field_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(field_rows); i++)
		if (strcmp(field_rows[i].label, text) == 0)
			return field_rows[i].field;
	return FIELD_NONE;
}

/* The text without filler words at its front. A filler that is also the start of a field ("contact
 * id") is tried as that first. */
static const char *skip_fillers(const char *text)
{
	for (size_t i = 0; *text && i < ARRAY_LENGTH(filler_words);) {
		size_t length = begins_with(text, filler_words[i]);
		bool is_field = field_of(text) != FIELD_NONE && field_of(text) != FIELD_CONTACT;
		if (length == 0 || is_field) {
			i++;
			continue;
		}
		text += length;
		text += strspn(text, " ");
		i = 0;
	}
	return text;
}

static const struct role_row *role_of(const char *text, size_t *ret_length)
{
	const struct role_row *best = NULL;
	size_t best_length = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(role_rows); i++) {
		size_t length = begins_with(text, role_rows[i].phrase);
		if (length > best_length) {
			best = &role_rows[i];
			best_length = length;
		}
	}
	*ret_length = best_length;
	return best;
}

/* "admin-c", "tech_c", "holder-c": the registries that print these mean keys. */
static bool is_handle_phrase(const char *text)
{
	size_t length = strlen(text);
	return length > 2 && strcmp(text + length - 2, " c") == 0;
}

static struct whois_label role_label(const char *text, const struct role_row *row, size_t length)
{
	struct whois_label label = {.kind = LABEL_ROLE, .role = row->role};
	const char *rest = skip_fillers(text + length + (text[length] == ' '));
	if (is_handle_phrase(text))
		label.field = FIELD_HANDLE;
	size_t next_length = 0;
	const struct role_row *next;
	/* "Administrative Contact, Technical Contact, Zone Contact:" */
	while (label.field == FIELD_NONE && (next = role_of(rest, &next_length)) != NULL) {
		label.also |= 1u << next->role;
		rest = skip_fillers(rest + next_length + (rest[next_length] == ' '));
	}
	if (label.also && begins_with(rest, "zone"))
		return label;
	if (!*rest)
		return label;
	label.field = field_of(rest);
	label.kind = label.field == FIELD_HANDLE ? LABEL_ROLE : LABEL_ROLE_FIELD;
	return label;
}

/* A label in one language, in normalised form. */
static struct whois_label label_of(const char *text)
{
	size_t length = 0;
	if (in_list(domain_labels, ARRAY_LENGTH(domain_labels), text))
		return (struct whois_label){.kind = LABEL_DOMAIN};
	const struct role_row *row = role_of(text, &length);
	size_t other_length = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(other_phrases); i++)
		if (begins_with(text, other_phrases[i]) > other_length)
			other_length = begins_with(text, other_phrases[i]);
	if (other_length > length)
		return (struct whois_label){
			.kind = LABEL_OTHER,
			.whole = *skip_fillers(text + other_length + (text[other_length] == ' ')) ==
				 '\0',
		};
	if (row)
		return role_label(text, row, length);
	if (in_list(address_labels, ARRAY_LENGTH(address_labels), text))
		return (struct whois_label){.kind = LABEL_ADDRESS};
	const char *rest = begins_with(text, "contact") && field_of(text) == FIELD_NONE
				   ? skip_fillers(text)
				   : text;
	enum whois_field field = field_of(rest);
	if (field != FIELD_NONE)
		return (struct whois_label){.kind = LABEL_FIELD, .field = field};
	return (struct whois_label){.kind = LABEL_UNKNOWN};
}

struct whois_label whois_label_of(const char *written)
{
	char text[LABEL_TEXT];
	whois_label_normalise(written, text, sizeof(text));
	struct whois_label label = label_of(text);
	/* "Responsável Técnico / Tech Contact": the same in two languages. */
	for (const char *slash = written; label.kind == LABEL_UNKNOWN && slash;) {
		slash = strchr(slash, '/');
		if (!slash)
			break;
		whois_label_normalise(++slash, text, sizeof(text));
		label = label_of(text);
	}
	return label;
}

bool whois_label_foreign(const char *written)
{
	char text[LABEL_TEXT];
	whois_label_normalise(written, text, sizeof(text));
	for (size_t i = 0; i < ARRAY_LENGTH(foreign_words); i++)
		if (strstr(text, foreign_words[i]))
			return true;
	return false;
}

/*
 * Labels by tables of words (whois_words.h): see whois_label.h. A label is read
 * from the left: the longest role phrase, then words that add nothing
 * ("contact", "information"), then the field; or the other way round, as in
 * "E-mail of admin contact", "Tel tech".
 */
#include "validators/whois_label.h"

#include "validators/whois_words.h"

#include <string.h>

enum { LABEL_TEXT = 96 };

/* --- normal form --- */

/* What is left of the letters from U+00C0 to U+017F without their accents. */
static const char latin[] =
	"aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkk"
	"llllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
_Static_assert(sizeof(latin) == 0x180 - 0xc0 + 1, "one letter for each from U+00C0 to U+017F");

enum { LATIN_FIRST = 0xc0, LATIN_END = 0x180, TWO_OCTETS_MAX = 0x7ff };

/* Lower case of a Cyrillic letter. */
static unsigned cyrillic_lower(unsigned letter)
{
	if (letter >= 0x400 && letter <= 0x40f)
		return letter + 0x50;
	if (letter >= 0x410 && letter <= 0x42f)
		return letter + 0x20;
	return letter;
}

/* The octets of one character of the label, in normal form; length: how many it takes. */
static size_t folded(const char *c, char form[static 2], size_t *ret_length)
{
	unsigned char first = (unsigned char)c[0];
	unsigned char next = (unsigned char)c[1];
	unsigned letter = (first & 0x1fu) << 6 | (next & 0x3fu);
	*ret_length = 1;
	form[0] = *c;
	if (first >= 'A' && first <= 'Z')
		form[0] = (char)(first - 'A' + 'a');
	if (first < 0xc3 || first > 0xdf || (next & 0xc0) != 0x80)
		return 1;
	*ret_length = 2;
	if (letter < LATIN_END) {
		form[0] = latin[letter - LATIN_FIRST];
		return 1;
	}
	letter = cyrillic_lower(letter);
	form[0] = (char)(0xc0 | letter >> 6);
	form[1] = (char)(0x80 | (letter & 0x3f));
	return 2;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_kept(char c)
{
	return is_lower(c) || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

void whois_label_normalise(const char *label, char *text, size_t size)
{
	size_t at = 0;
	size_t length = 0;
	for (const char *c = label; *c && at + 3 < size; c += length) {
		char form[2];
		size_t octets = folded(c, form, &length);
		/* "adminEmail" */
		bool hump = c > label && is_upper(*c) && is_lower(c[-1]);
		if ((hump || !is_kept(form[0])) && at > 0 && text[at - 1] != ' ')
			text[at++] = ' ';
		for (size_t i = 0; i < octets && is_kept(form[0]); i++)
			text[at++] = form[i];
	}
	while (at > 0 && text[at - 1] == ' ')
		at--;
	text[at] = '\0';
}

/* --- reading --- */

/* The text without filler words at its front. A filler that is also the start of a field ("contact
 * id") is tried as that first. */
static const char *skip_fillers(const char *text)
{
	size_t length;
	while (*text && (length = whois_words_filler(text)) > 0) {
		enum whois_field field = whois_words_field(text);
		if (field != FIELD_NONE && field != FIELD_CONTACT)
			break;
		text += length;
		text += *text == ' ';
	}
	return text;
}

/* "admin-c", "tech_c", "holder-c": the registries that print these mean keys. */
static bool is_handle_phrase(const char *text)
{
	size_t length = strlen(text);
	return length > 2 && strcmp(text + length - 2, " c") == 0;
}

static const char *behind(const char *text, size_t length)
{
	return text + length + (text[length] == ' ');
}

static struct whois_label role_label(const char *text, enum contact_role role, size_t length)
{
	struct whois_label label = {.kind = LABEL_ROLE, .role = role};
	const char *rest = skip_fillers(behind(text, length));
	if (is_handle_phrase(text))
		label.field = FIELD_HANDLE;
	size_t next_length = 0;
	enum contact_role next;
	/* "Administrative Contact, Technical Contact, Zone Contact:" */
	while (label.field == FIELD_NONE && (next_length = whois_words_role(rest, &next)) > 0) {
		label.also |= 1u << next;
		rest = skip_fillers(behind(rest, next_length));
	}
	if (label.also && (strcmp(rest, "zone") == 0 || strncmp(rest, "zone ", 5) == 0))
		return label;
	if (!*rest)
		return label;
	label.field = whois_words_field(rest);
	label.kind = label.field == FIELD_HANDLE ? LABEL_ROLE : LABEL_ROLE_FIELD;
	return label;
}

/* Whether the text is a role and nothing else but fillers. */
static bool is_role(const char *text, enum contact_role *ret)
{
	enum contact_role role;
	size_t length = whois_words_role(text, &role);
	if (length == 0 || *skip_fillers(behind(text, length)))
		return false;
	*ret = role;
	return true;
}

/* "email of admin", "tel tech", "contact administratif": the role stands last. */
static struct whois_label reversed_label(const char *text)
{
	struct whois_label label = {.kind = LABEL_UNKNOWN};
	for (const char *blank = strchr(text, ' '); blank; blank = strchr(blank + 1, ' ')) {
		char head[LABEL_TEXT];
		size_t length = (size_t)(blank - text);
		if (!is_role(skip_fillers(blank + 1), &label.role) &&
		    !is_role(blank + 1, &label.role))
			continue;
		memcpy(head, text, length);
		head[length] = '\0';
		label.field = whois_words_field(head);
		if (label.field == FIELD_CONTACT || !*skip_fillers(head))
			label.field = FIELD_NONE;
		else if (label.field == FIELD_NONE || label.field == FIELD_KIND)
			continue;
		label.kind = label.field == FIELD_NONE || label.field == FIELD_HANDLE
				     ? LABEL_ROLE
				     : LABEL_ROLE_FIELD;
		return label;
	}
	return (struct whois_label){.kind = LABEL_UNKNOWN};
}

/* A label in one language, in normalised form. */
static struct whois_label label_of(const char *text)
{
	enum contact_role role = CONTACT_REGISTRANT;
	if (whois_words_domain(text))
		return (struct whois_label){.kind = LABEL_DOMAIN};
	size_t length = whois_words_role(text, &role);
	size_t other_length = whois_words_other(text);
	if (other_length > length)
		return (struct whois_label){
			.kind = LABEL_OTHER,
			.whole = *skip_fillers(behind(text, other_length)) == '\0',
		};
	if (length > 0)
		return role_label(text, role, length);
	if (whois_words_address(text))
		return (struct whois_label){.kind = LABEL_ADDRESS};
	enum whois_field field = whois_words_field(text);
	if (field == FIELD_NONE && strncmp(text, "contact ", 8) == 0)
		field = whois_words_field(skip_fillers(text));
	if (field != FIELD_NONE)
		return (struct whois_label){.kind = LABEL_FIELD, .field = field};
	return reversed_label(text);
}

/* "Phone 2", "address1": one of several. */
static void drop_number(char *text)
{
	size_t length = strlen(text);
	size_t end = length;
	while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9')
		end--;
	if (end == length || end == 0)
		return;
	text[end - (text[end - 1] == ' ')] = '\0';
}

static struct whois_label label_written(const char *written)
{
	char text[LABEL_TEXT];
	whois_label_normalise(written, text, sizeof(text));
	drop_number(text);
	return label_of(text);
}

struct whois_label whois_label_of(const char *written)
{
	struct whois_label label = label_written(written);
	/* "Responsável Técnico / Tech Contact": the same in two languages. */
	for (const char *slash = written; label.kind == LABEL_UNKNOWN && slash;) {
		slash = strchr(slash, '/');
		if (!slash)
			break;
		label = label_written(++slash);
	}
	return label;
}

bool whois_label_foreign(const char *written)
{
	char text[LABEL_TEXT];
	whois_label_normalise(written, text, sizeof(text));
	return whois_words_foreign(text);
}

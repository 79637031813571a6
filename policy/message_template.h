/*
 * The texts of the mail that asks a person, and what an officer reads who calls
 * one: files with words of ours and placeholders, {{domain}}, of a fixed list. Read strictly when
 * the rules are loaded; a refusal names file and line.
 *
 *   <data>/templates/ask/       shipped
 *   <home>/templates/ask/       whole files in their place
 *   <home>/templates/PROVIDER/  the same, of one provider or reseller
 *
 * A line whose placeholder has no value is left out; one with {{name}} or {{more}}
 * is there for each name. HTML files hold tags that only shape text: nothing in
 * them runs, loads anything, or is a form.
 */
#ifndef ISSUER_POLICY_MESSAGE_TEMPLATE_H
#define ISSUER_POLICY_MESSAGE_TEMPLATE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

/* clang-format off */
/*        name        in a file        what stands there */
#define TEMPLATE_WORDS(X) \
	X(APPLICANT, "applicant")   /* who asks for the certificate */ \
	X(COUNTRY,   "country")     /* of the applicant; may have no value */ \
	X(PRODUCT,   "product")     /* its title; may have no value */ \
	X(CA,        "ca")          /* who would sign */ \
	X(DOMAIN,    "domain")      /* which domain is authorised */ \
	X(NAME,      "name")        /* each name of the certificate that waits for the answer */ \
	X(MORE,      "more")        /* how many names are not shown; may have no value */ \
	X(ADDRESS,   "address")     /* whom the mail goes to */ \
	X(ROLES,     "roles")       /* why to them */ \
	X(SOURCE,    "source")      /* who published the address; may have no value */ \
	X(LINK,      "link")        /* of the answer page */ \
	X(VALUE,     "value")       /* the random value, for an answer by phone */ \
	X(UNTIL,     "until")       /* the last instant of an answer */ \
	X(CONTACT,   "contact")     /* whom to ask: Reply-To, or From */ \
	X(BODY,      "body")        /* of frame.html: the languages */ \
	X(NUMBER,    "number")      /* of a call: E.164, and as its source prints it */ \
	X(PERSON,    "person")      /* of a call: whom to ask for; may have no value */ \
	X(TIME,      "time")        /* of a call: what was agreed; may have no value */ \
	X(ENTITLED,  "entitled")    /* of a call to an organisation: who may answer */

/*        name        file             of: SUBJECT is one line, FRAME surrounds HTML */
#define TEMPLATE_FILES(X) \
	X(SUBJECT_JA, "subject.ja", SUBJECT) \
	X(SUBJECT_EN, "subject.en", SUBJECT) \
	X(TEXT_JA,    "text.ja",    TEXT) \
	X(TEXT_EN,    "text.en",    TEXT) \
	X(HTML_JA,    "html.ja",    HTML) \
	X(HTML_EN,    "html.en",    HTML) \
	X(FRAME,      "frame.html", FRAME) \
	X(ROLES_JA,   "roles.ja",   ROLES) \
	X(ROLES_EN,   "roles.en",   ROLES) \
	X(CALL_JA,    "call.ja",    CALL) \
	X(CALL_EN,    "call.en",    CALL) \
	X(ORGANISATION_CALL_JA, "organisation-call.ja", ORGANISATION_CALL) \
	X(ORGANISATION_CALL_EN, "organisation-call.en", ORGANISATION_CALL)

/* Why an address is asked, as roles.ja and roles.en put it into words. */
#define TEMPLATE_ROLES(X) \
	X(REGISTRANT,  "registrant") \
	X(ADMIN,       "admin") \
	X(TECH,        "tech") \
	X(CONSTRUCTED, "constructed") \
	X(DNS_CAA,     "dns-caa") \
	X(DNS_TXT,     "dns-txt")
/* clang-format on */

enum template_word {
#define X(name, text) TEMPLATE_##name,
	TEMPLATE_WORDS(X)
#undef X
		TEMPLATE_WORD_COUNT
};

enum template_file {
#define X(name, file, kind) TEMPLATE_##name,
	TEMPLATE_FILES(X)
#undef X
		TEMPLATE_FILE_COUNT
};

enum template_role {
#define X(name, text) TEMPLATE_ROLE_##name,
	TEMPLATE_ROLES(X)
#undef X
		TEMPLATE_ROLE_COUNT
};

enum { TEMPLATE_BYTES_MAX = 32 * 1024 };

/* Text of ours, then a placeholder; word is TEMPLATE_WORD_COUNT at the end of a line. */
struct template_piece {
	struct slice text;
	enum template_word word;
};

/* Without its line end. */
struct template_line {
	const struct template_piece *pieces;
	size_t count;
};

struct template_text {
	const struct template_line *lines;
	size_t count;
};

enum message_language { MESSAGE_JA, MESSAGE_EN, MESSAGE_LANGUAGE_COUNT };
/* In which a mail is: Japanese first, or one alone. Their words end with NULL. */
enum message_languages { MESSAGE_BOTH, MESSAGE_ONLY_JA, MESSAGE_ONLY_EN };
extern const char *const message_languages_names[];

struct message_templates {
	struct template_text files[TEMPLATE_FILE_COUNT];
	const char *roles[MESSAGE_LANGUAGE_COUNT][TEMPLATE_ROLE_COUNT];
};

/* Each file from the last of the folders that has it; the first must have all. POLICY_ROW with file
 * and line. */
STATUS message_templates_load(const char *const *folders, size_t folder_count, struct arena *arena,
			      struct message_templates *ret, struct error *err);

/* The wire name of a role. */
const char *template_role_text(enum template_role role);

/* Whether the HTML only shapes text; POLICY_ROW with the line. A placeholder may stand in text, and
 * {{link}} also as the whole of a quoted href. */
STATUS message_markup_check(const char *path, struct slice text, struct error *err);

#endif

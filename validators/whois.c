/* From the bytes of a WHOIS answer to contacts: see whois.h. */
#include "validators/whois.h"

#include "validators/whois_text.h"

#include <string.h>
#include <strings.h>

bool whois_names(const struct whois_reading *reading, const char *value)
{
	/* Behind the name some registries print its other form or a remark. */
	char *token = arena_bytes(reading->arena, slice_of(value, strcspn(value, " \t,(")));
	struct name name;
	size_t length = strlen(token);
	if (length > 0 && token[length - 1] == '.')
		token[length - 1] = '\0';
	if (strcasecmp(token, reading->name->ascii) == 0)
		return true;
	return name_normalise(token, &name, NULL) == OK &&
	       strcmp(name.ascii, reading->name->ascii) == 0;
}

enum status whois_parse(struct slice bytes, const char *name_text, struct arena *arena,
			struct contact_answer *ret, struct error *err)
{
	struct name name;
	struct contact_answer answer = {.domain = NULL};
	TRY(name_normalise(name_text, &name, err));
	if (bytes.length == 0)
		return fail(err, INPUT, "the answer is empty");
	if (bytes.length > CONTACT_ANSWER_MAX)
		return fail(err, INPUT, "the answer has %zu octets, more than %d", bytes.length,
			    CONTACT_ANSWER_MAX);
	struct whois_reading reading = {.name = &name, .arena = arena};
	const char *text = whois_text(bytes, name.ascii, arena);
	if (whois_is_foreign(text))
		return fail(err, INPUT,
			    "this is no WHOIS answer: it begins like another protocol's");
	TRY(whois_lines_read(text, arena, &reading.lines, err));
	TRY(whois_refusal(&reading, err));
	if (whois_is_jprs(&reading.lines))
		TRY(whois_read_jprs(&reading, &answer, err));
	else
		TRY(whois_read_generic(&reading, &answer, err));
	if (!answer.domain && !whois_is_answer(&reading))
		return fail(err, INPUT,
			    "this is no WHOIS answer: it neither mentions %s nor has "
			    "labels that such answers have",
			    name.ascii);
	answer.referral = whois_referral(&reading);
	*ret = answer;
	return OK;
}

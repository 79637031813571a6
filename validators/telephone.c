/* Telephone numbers as registries print them: see telephone.h. */
#include "validators/telephone.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* The shortest numbers seen in use have five digits with their country code. */
enum { DIGITS_MIN = 5 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands before a number. */
static const char *skip_prefix(const char *text)
{
	static const char *const prefixes[] = {"(tel)",  "(phone)", "tel:", "tel.", "tel",
					       "phone:", "phone",   "ph.",  ":"};
	text += strspn(text, " \t");
	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
		size_t length = strlen(prefixes[i]);
		if (strncasecmp(text, prefixes[i], length) == 0)
			text += length;
		text += strspn(text, " \t");
	}
	return text;
}

/* "x12", "ext. 12", ";ext=12" at text: its digits. */
static bool read_extension(const char *text, char *extension)
{
	static const char *const words[] = {";ext=", "ext.", "ext", "x", "#"};
	const char *start = text + strspn(text, " \t,");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		size_t length = strlen(words[i]);
		if (strncasecmp(start, words[i], length) != 0)
			continue;
		start += length;
		start += strspn(start, " .:");
		size_t digits = strspn(start, "0123456789");
		if (digits == 0 || digits >= EXTENSION_TEXT ||
		    start[digits + strspn(start + digits, " ")])
			return false;
		memcpy(extension, start, digits);
		extension[digits] = '\0';
		return true;
	}
	/* An empty extension ("+1.5555550100x") is none. */
	return false;
}

struct digits {
	char text[TELEPHONE_DIGITS_MAX + 1];
	size_t count;
	bool international;
};

/* The digits of a number and where it ends; false when it cannot be one. "(0)" behind a country
 * code is the trunk prefix, which is not dialled from abroad. */
static bool read_digits(const char *text, struct digits *ret, const char **ret_end)
{
	/* "(+1) 555 …" */
	text += strncmp(text, "(+", 2) == 0;
	struct digits digits = {.international = *text == '+'};
	const char *at = text + digits.international;
	for (; *at && (is_digit(*at) || strchr(" \t.-()/", *at)); at++) {
		if (digits.international && digits.count > 0 && strncmp(at, "(0)", 3) == 0) {
			at += 2;
			continue;
		}
		if (!is_digit(*at))
			continue;
		if (digits.count == TELEPHONE_DIGITS_MAX)
			return false;
		digits.text[digits.count++] = *at;
	}
	*ret = digits;
	*ret_end = at;
	return digits.count >= DIGITS_MIN;
}

/* All zeros or one digit repeated behind the country code is a form filled in, not a number. */
static bool is_dummy(const struct digits *digits)
{
	size_t last_run = 1;
	while (last_run < digits->count &&
	       digits->text[digits->count - 1 - last_run] == digits->text[digits->count - 1])
		last_run++;
	return digits->text[digits->count - 1] == '0'
		       ? last_run + 2 >= digits->count && last_run >= 5
		       : last_run == digits->count;
}

enum status telephone_parse(const char *text, const char *country, struct telephone *ret,
			    struct error *err)
{
	struct telephone telephone = {.number = ""};
	struct digits digits;
	const char *end = NULL;
	const char *start = skip_prefix(text);
	if (!read_digits(start, &digits, &end) || is_dummy(&digits))
		return fail(err, INPUT, "\"%.60s\" is not a telephone number", text);
	if (*end && !read_extension(end, telephone.extension) && strcasecmp(end, "x") != 0)
		return fail(err, INPUT, "\"%.60s\" is not only a telephone number", text);
	const char *plus = digits.international ? "+" : "";
	const char *number = digits.text;
	if (!digits.international && strncmp(number, "00", 2) == 0) {
		plus = "+";
		number += 2;
		country = NULL;
	} else if (!digits.international && number[0] == '0' && country) {
		plus = "+";
		number += 1;
	} else {
		country = NULL;
	}
	if (*plus && !country && number[0] == '0')
		return fail(err, INPUT, "\"%.60s\" names no country", text);
	size_t length = strlen(plus) + (country ? strlen(country) : 0) + strlen(number);
	if (length >= sizeof(telephone.number))
		return fail(err, INPUT, "\"%.60s\" has more than %d digits", text,
			    TELEPHONE_DIGITS_MAX);
	size_t at = 0;
	for (const char *piece = plus; *piece; piece++)
		telephone.number[at++] = *piece;
	for (const char *piece = country ? country : ""; *piece; piece++)
		telephone.number[at++] = *piece;
	memcpy(telephone.number + at, number, strlen(number) + 1);
	*ret = telephone;
	return OK;
}

enum status telephone_parse_global(const char *text, struct telephone *ret, struct error *err)
{
	/* RFC 3966 section 3: visual-separator = "-" / "." / "(" / ")"; the first after "+" must be
	 * a digit or one of them. */
	if (text[0] != '+')
		return fail(err, INPUT, "\"%.60s\" has no leading \"+\"", text);
	if (text[strspn(text, "+0123456789-.() ")] || strchr(text + 1, '+') || !is_digit(text[1]))
		return fail(err, INPUT, "\"%.60s\" is not a global number of RFC 3966", text);
	return telephone_parse(text, NULL, ret, err);
}

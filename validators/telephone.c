/* Telephone numbers as registries print them: see telephone.h. */
#include "validators/telephone.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* The shortest numbers seen in use have five digits with their country code. National numbers of
 * the countries whose trunk prefix is 1 or 8 have ten. */
enum { DIGITS_MIN = 5, DIGITS_WITH_TRUNK = 11 };

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

/* ITU-T E.164 country codes (List of Recommendation E.164 assigned country codes), and the trunk
 * prefix (ITU-T E.164 Annex B, national (trunk) prefix) that a national number starts with and that
 * is not dialled from abroad; "" where there is none, so that a leading 0 belongs to the number. */
/* clang-format off */
static const struct country {
	const char *id, *code, *trunk;
} countries[] = {
	{"AD", "376", ""}, {"AE", "971", "0"}, {"AL", "355", "0"}, {"AM", "374", "0"},
	{"AR", "54", "0"}, {"AT", "43", "0"}, {"AU", "61", "0"}, {"AZ", "994", "0"},
	{"BA", "387", "0"}, {"BB", "1", "1"}, {"BD", "880", "0"}, {"BE", "32", "0"},
	{"BG", "359", "0"}, {"BH", "973", ""}, {"BM", "1", "1"}, {"BN", "673", ""},
	{"BO", "591", "0"}, {"BR", "55", "0"}, {"BS", "1", "1"}, {"CA", "1", "1"},
	{"CH", "41", "0"}, {"CL", "56", ""}, {"CN", "86", "0"}, {"CO", "57", ""}, {"CR", "506", ""},
	{"CU", "53", "0"}, {"CY", "357", ""}, {"CZ", "420", ""}, {"DE", "49", "0"}, {"DK", "45", ""},
	{"DO", "1", "1"}, {"DZ", "213", "0"}, {"EC", "593", "0"}, {"EE", "372", ""},
	{"EG", "20", "0"}, {"ES", "34", ""}, {"ET", "251", "0"}, {"FI", "358", "0"},
	{"FR", "33", "0"}, {"GB", "44", "0"}, {"GE", "995", "0"}, {"GH", "233", "0"},
	{"GR", "30", ""}, {"GT", "502", ""}, {"GU", "1", "1"}, {"HK", "852", ""}, {"HN", "504", ""},
	{"HR", "385", "0"}, {"HU", "36", "06"}, {"ID", "62", "0"}, {"IE", "353", "0"},
	{"IL", "972", "0"}, {"IN", "91", "0"}, {"IQ", "964", "0"}, {"IR", "98", "0"},
	{"IS", "354", ""}, {"IT", "39", ""}, {"JM", "1", "1"}, {"JO", "962", "0"}, {"JP", "81", "0"},
	{"KE", "254", "0"}, {"KG", "996", "0"}, {"KH", "855", "0"}, {"KR", "82", "0"},
	{"KW", "965", ""}, {"KZ", "7", "8"}, {"LA", "856", "0"}, {"LB", "961", "0"},
	{"LK", "94", "0"}, {"LU", "352", ""}, {"LV", "371", ""},
	{"MA", "212", "0"}, {"MC", "377", ""}, {"MD", "373", "0"}, {"ME", "382", "0"},
	{"MK", "389", "0"}, {"MM", "95", "0"}, {"MO", "853", ""}, {"MT", "356", ""}, {"MX", "52", ""},
	{"MY", "60", "0"}, {"NG", "234", "0"}, {"NI", "505", ""}, {"NL", "31", "0"}, {"NO", "47", ""},
	{"NP", "977", "0"}, {"NZ", "64", "0"}, {"OM", "968", ""}, {"PA", "507", ""},
	{"PE", "51", "0"}, {"PH", "63", "0"}, {"PK", "92", "0"}, {"PL", "48", ""}, {"PR", "1", "1"},
	{"PT", "351", ""}, {"PY", "595", "0"}, {"QA", "974", ""}, {"RO", "40", "0"},
	{"RS", "381", "0"}, {"RU", "7", "8"}, {"SA", "966", "0"}, {"SE", "46", "0"}, {"SG", "65", ""},
	{"SI", "386", "0"}, {"SK", "421", "0"}, {"SM", "378", ""}, {"SV", "503", ""},
	{"TH", "66", "0"}, {"TN", "216", ""}, {"TR", "90", "0"}, {"TT", "1", "1"},
	{"TW", "886", "0"}, {"TZ", "255", "0"}, {"UA", "380", "0"}, {"UG", "256", "0"},
	{"US", "1", "1"}, {"UY", "598", ""}, {"VE", "58", "0"}, {"VN", "84", "0"}, {"ZA", "27", "0"},
};
/* clang-format on */

static const struct country *find_country(const char *id)
{
	for (size_t i = 0; id && i < ARRAY_LENGTH(countries); i++)
		if (strcasecmp(countries[i].id, id) == 0)
			return &countries[i];
	return NULL;
}

enum status telephone_parse_national(const char *text, const char *country, struct telephone *ret,
				     struct error *err)
{
	struct telephone telephone;
	TRY(telephone_parse(text, NULL, &telephone, err));
	const struct country *row = find_country(country);
	if (telephone.number[0] == '+') {
		*ret = telephone;
		return OK;
	}
	if (!row)
		return fail(err, INPUT,
			    "\"%.60s\" names no country; give it with \"+\" and the country code",
			    text);
	const char *number = telephone.number;
	size_t trunk = strlen(row->trunk), code = strlen(row->code);
	/* Where there is a trunk prefix of zeros, a number without it is a local one, which cannot
	 * be dialled from elsewhere. */
	bool zeros = row->trunk[0] == '0';
	bool has_trunk = trunk > 0 && strncmp(number, row->trunk, trunk) == 0;
	/* Of the others the prefix may also start an area code, whose numbers are one digit
	 * shorter. */
	if (has_trunk && (zeros || strlen(number) == DIGITS_WITH_TRUNK))
		number += trunk;
	else if (zeros)
		return fail(err, INPUT, "\"%.60s\" has no area code", text);
	size_t length = strlen(number);
	if (1 + code + length >= sizeof(telephone.number))
		return fail(err, INPUT, "\"%.60s\" has more than %d digits", text,
			    TELEPHONE_DIGITS_MAX);
	memmove(telephone.number + 1 + code, number, length + 1);
	memcpy(telephone.number + 1, row->code, code);
	telephone.number[0] = '+';
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

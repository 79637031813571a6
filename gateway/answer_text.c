/* Words, languages and dates of the answer page: see answer_text.h. */
#include "gateway/answer_text.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
#define X(name, ja, en) [WORD_##name] = {[LANGUAGE_JA] = (ja), [LANGUAGE_EN] = (en)},
static const char *const words[ANSWER_WORD_COUNT][LANGUAGE_COUNT] = {ANSWER_WORDS(X)};
#undef X
/* clang-format on */

static const struct {
	const char *tag, *name;
} languages[LANGUAGE_COUNT] = {
	[LANGUAGE_JA] = {"ja", "日本語"},
	[LANGUAGE_EN] = {"en", "English"},
};

const char *answer_word(enum answer_word word, enum language language)
{
	return words[word][language];
}

const char *language_tag(enum language language)
{
	return languages[language].tag;
}

const char *language_name(enum language language)
{
	return languages[language].name;
}

enum language language_of_tag(const char *tag, enum language fallback)
{
	for (enum language i = 0; tag && i < LANGUAGE_COUNT; i++)
		if (strcmp(tag, languages[i].tag) == 0)
			return i;
	return fallback;
}

/* ---- Accept-Language ---- */

enum { QUALITY_ONE = 1000, QUALITY_DIGITS = 3 };

/* RFC 9110 section 12.4.2: "0." and at most three digits, or "1"; in thousandths. -1: neither. */
static int quality_of(const char *text)
{
	int quality = 0, unit = QUALITY_ONE / 10;
	if (text[0] != '0' && text[0] != '1')
		return -1;
	if (text[0] == '1')
		quality = QUALITY_ONE;
	if (!text[1])
		return quality;
	if (text[1] != '.' || strlen(text + 2) > QUALITY_DIGITS)
		return -1;
	for (const char *digit = text + 2; *digit; digit++, unit /= 10) {
		if (*digit < '0' || *digit > '9')
			return -1;
		quality += (*digit - '0') * unit;
	}
	return quality <= QUALITY_ONE ? quality : -1;
}

/* How much a range "ja-JP;q=0.8" likes a language: -1 when it is not of it. "*" is of all that are
 * not named, which the caller knows. */
static int range_likes(char *range, const char *tag)
{
	char *rest = NULL;
	const char *name = strtok_r(range, "; \t", &rest);
	size_t length = strlen(tag);
	if (!name || (strcmp(name, "*") != 0 && (strncasecmp(name, tag, length) != 0 ||
						 (name[length] && name[length] != '-'))))
		return -1;
	for (const char *part = strtok_r(NULL, "; \t", &rest); part;
	     part = strtok_r(NULL, "; \t", &rest))
		if (strncasecmp(part, "q=", 2) == 0)
			return quality_of(part + 2);
	return QUALITY_ONE;
}

/* A range that names the language decides, "*" only without one. */
static int header_likes(const char *header, const char *tag, struct arena *arena)
{
	int named = -1, any = 0;
	char *rest = NULL;
	for (char *range = strtok_r(arena_text(arena, header), ",", &rest); range;
	     range = strtok_r(NULL, ",", &rest)) {
		bool is_any = range[strspn(range, " \t")] == '*';
		int likes = range_likes(range, tag);
		if (is_any && likes > any)
			any = likes;
		else if (!is_any && likes > named)
			named = likes;
	}
	return named >= 0 ? named : any;
}

enum language language_of_header(const char *header, enum language fallback)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	if (!header)
		return fallback;
	enum language best = fallback;
	int most = header_likes(header, languages[fallback].tag, &arena);
	for (enum language i = 0; i < LANGUAGE_COUNT; i++) {
		int likes = header_likes(header, languages[i].tag, &arena);
		if (likes > most) {
			best = i;
			most = likes;
		}
	}
	return best;
}

/* ---- dates and roles ---- */

enum { JAPAN_S = 9 * 3600, HOUR_S = 3600, MINUTE_S = 60 };

static const char *zone_text(int zone_s, enum language language, struct arena *arena)
{
	if (zone_s == 0)
		return "UTC";
	if (zone_s == JAPAN_S)
		return answer_word(WORD_ZONE_JAPAN, language);
	return arena_printf(arena, "UTC%c%02d:%02d", zone_s < 0 ? '-' : '+', abs(zone_s) / HOUR_S,
			    abs(zone_s) % HOUR_S / MINUTE_S);
}

const char *answer_time(int64_t at_ms, int zone_s, enum language language, struct arena *arena)
{
	static const char *const months[] = {"January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December"};
	struct civil date = civil_of(at_ms, zone_s);
	int64_t minute = (at_ms - civil_start(date, zone_s)) / MINUTE_MS;
	int hour = (int)(minute / 60), minutes = (int)(minute % 60);
	const char *zone = zone_text(zone_s, language, arena);
	switch (language) {
	case LANGUAGE_JA:
		return arena_printf(arena, "%d年%d月%d日 %d時%02d分（%s）", date.year, date.month,
				    date.day, hour, minutes, zone);
	case LANGUAGE_EN:
		return arena_printf(arena, "%d %s %d, %02d:%02d (%s)", date.day,
				    months[date.month - 1], date.year, hour, minutes, zone);
	case LANGUAGE_COUNT:
		break;
	}
	return "";
}

static const struct {
	const char *role;
	enum answer_word word;
} roles_known[] = {
	{"registrant", WORD_ROLE_REGISTRANT},
	{"admin", WORD_ROLE_ADMIN},
	{"tech", WORD_ROLE_TECH},
	{"constructed", WORD_ROLE_CONSTRUCTED},
	{"dns-caa", WORD_ROLE_CAA},
	{"dns-txt", WORD_ROLE_TXT},
};

static const char *role_text(const char *role, enum language language)
{
	for (size_t i = 0; i < ARRAY_LENGTH(roles_known); i++)
		if (strcmp(role, roles_known[i].role) == 0)
			return answer_word(roles_known[i].word, language);
	return role;
}

const char *answer_roles(const char *roles, enum language language, struct arena *arena)
{
	const char *text = "";
	char *rest = NULL;
	for (const char *role = strtok_r(arena_text(arena, roles), " ", &rest); role;
	     role = strtok_r(NULL, " ", &rest))
		text = arena_printf(arena, "%s%s%s", text,
				    text[0] ? answer_word(WORD_AND, language) : "",
				    role_text(role, language));
	return text;
}

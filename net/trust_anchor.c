/*
 * Trust anchors: see trust_anchor.h.
 *
 * A file kept by RFC 5011 holds keys that are not trusted yet (or no more); the
 * resolvers that write one note each key's state in a comment on its line:
 *
 *	. 86400 IN DNSKEY 257 3 8 AwEAAa… ;{id = 38696 (ksk)} ;;state=1 [ ADDPEND ]
 */
#include "net/trust_anchor.h"

#include "base/memory.h"

#include <assert.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

/* data.iana.org/root-anchors/root-anchors.xml: KSK-2017, valid from 2017-02-02, and KSK-2024, from
 * 2024-07-18. */
static const char root_anchors[] =
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
	". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

/* The states of RFC 5011 section 4.2 in which a key is a trust anchor, valid and missing, as the
 * comments number them. */
static const char trusted_states[] = {'2', '3'};

enum { LINE_MAX_OCTETS = 4096, ANCHOR_TTL = 3600 };

struct trust_anchors {
	ldns_rr_list *records;
};

static struct trust_anchors *anchors_new(void)
{
	struct trust_anchors *anchors = memory_new(1, sizeof(*anchors));
	anchors->records = ldns_rr_list_new();
	if (!anchors->records)
		memory_exhausted();
	return anchors;
}

/* Whether the comment of a line notes a state in which the key is not trusted. */
static bool state_forbids(const char *line)
{
	static const char noted[] = ";;state=";
	const char *state = strstr(line, noted);
	return state && !memchr(trusted_states, state[strlen(noted)], sizeof(trusted_states));
}

static bool is_blank(const char *line)
{
	size_t spaces = strspn(line, " \t\r");
	return line[spaces] == '\0' || line[spaces] == ';' || line[spaces] == '$';
}

/* RFC 5011 section 2.1: a key with the REVOKE bit is no trust anchor any more. */
static bool is_revoked(const ldns_rr *rr)
{
	return ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY &&
	       (ldns_rdf2native_int16(ldns_rr_dnskey_flags(rr)) & LDNS_KEY_REVOKE_KEY);
}

static STATUS read_line(struct trust_anchors *anchors, const char *line, struct error *err)
{
	ldns_rr *rr = NULL;
	if (is_blank(line) || state_forbids(line))
		return OK;
	ldns_status status = ldns_rr_new_frm_str(&rr, line, ANCHOR_TTL, NULL, NULL);
	if (status != LDNS_STATUS_OK)
		return fail(err, INPUT, "\"%.60s\" is not a record: %s", line,
			    ldns_get_errorstr_by_id(status));
	ldns_rr_type type = ldns_rr_get_type(rr);
	bool fits = ldns_rr_list_rr_count(anchors->records) < TRUST_ANCHORS_MAX;
	bool is_anchor = type == LDNS_RR_TYPE_DS || type == LDNS_RR_TYPE_DNSKEY;
	if (!is_anchor || !fits || is_revoked(rr)) {
		bool revoked = is_anchor && is_revoked(rr);
		ldns_rr_free(rr);
		if (revoked)
			return OK;
		return is_anchor ? fail(err, INPUT, "there are more than %d trust anchors",
					TRUST_ANCHORS_MAX)
				 : fail(err, INPUT, "\"%.60s\" is neither DS nor DNSKEY", line);
	}
	if (!ldns_rr_list_push_rr(anchors->records, rr))
		memory_exhausted();
	return OK;
}

static STATUS read_text(struct trust_anchors *anchors, struct slice text, struct error *err)
{
	size_t number = 0;
	while (text.length > 0) {
		char line[LINE_MAX_OCTETS];
		const uint8_t *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;
		number++;
		if (length >= sizeof(line) || memchr(text.data, '\0', length))
			return fail(err, INPUT, "line %zu: not a line of text", number);
		memcpy(line, text.data, length);
		line[length] = '\0';
		if (read_line(anchors, line, err) != OK)
			return fail_prefix(err, "line %zu", number);
		text.data += length + (newline != NULL);
		text.length -= length + (newline != NULL);
	}
	return OK;
}

struct trust_anchors *trust_anchors_root(void)
{
	struct trust_anchors *anchors = anchors_new();
	enum status status = read_text(anchors, slice_text(root_anchors), NULL);
	assert(status == OK); /* our own text */
	(void)status;
	return anchors;
}

enum status trust_anchors_read(const char *path, struct slice text, struct trust_anchors **ret,
			       struct error *err)
{
	CLEANUP(trust_anchors_freep) struct trust_anchors *anchors = anchors_new();
	if (read_text(anchors, text, err) != OK)
		return fail_prefix(err, "%s", path);
	if (ldns_rr_list_rr_count(anchors->records) == 0)
		return fail(err, INPUT, "%s: no DS or DNSKEY record that may be trusted", path);
	*ret = STEAL(anchors);
	return OK;
}

const char *trust_anchors_text(const struct trust_anchors *anchors, struct arena *arena)
{
	char *text = ldns_rr_list2str(anchors->records);
	if (!text)
		memory_exhausted();
	const char *copy = arena_text(arena, text);
	free(text);
	return copy;
}

void trust_anchors_free(struct trust_anchors *anchors)
{
	if (!anchors)
		return;
	ldns_rr_list_deep_free(anchors->records);
	free(anchors);
}

void trust_anchors_freep(struct trust_anchors **anchors)
{
	trust_anchors_free(*anchors);
	*anchors = NULL;
}

const struct ldns_struct_rr_list *trust_anchors_records(const struct trust_anchors *anchors)
{
	return anchors->records;
}

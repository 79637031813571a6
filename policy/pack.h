/*
 * A rule pack: which validation methods exist, how long results may be reused,
 * how often things are tried, how long certificates may live. Rows with dates
 * and citations, from YAML (policy/data/packs/ and the home's rules/).
 */
#ifndef ISSUER_POLICY_PACK_H
#define ISSUER_POLICY_PACK_H

#include "base/bytes.h"
#include "base/digest.h"
#include "policy/period.h"
#include "policy/quorum.h"

#include <stdbool.h>

/* Waiting longer after each failure: first, first*factor, … at most longest. */
struct retry_rule {
	int64_t first_ms;
	int factor;
	int64_t longest_ms;
};
/* The wait after attempt number attempt (1, 2 …) failed. */
int64_t retry_wait_ms(const struct retry_rule *rule, int attempt);

/* Which of the Authorization Domain Names that may stand for a name a new authorization is opened
 * for. */
enum method_scope { METHOD_SCOPE_NAME, METHOD_SCOPE_BASE_DOMAIN };

enum { METHOD_CAA_LABELS_MAX = 4 };

/* methods: one way to show control of a name. */
struct method_rule {
	const char *id;       /* "web-page" */
	const char *label;    /* what records call it: "BR 3.2.2.4.18" */
	const char *ip_label; /* the same when it shows control of an address: "BR 3.2.2.5.1" */
	const char *citation;
	struct in_force dates;
	bool implemented; /* false: a row that only refuses with its citation, or is of a later
			     version */
	bool wildcard;    /* may show control of a wildcard name */
	bool prune;       /* the ADN may be an ancestor (columns W/P/C of RULES 1.4) */
	bool cname;
	bool corroborated; /* other perspectives must see the same, where the pack has a quorum */
	struct period alias_life; /* with cname: how long it counts of what the name is an alias */
	bool ip;                  /* may show control of an address (BR 3.2.2.5); with ip_label */
	enum method_scope scope;  /* base-domain: only with prune */
	/* What CAA calls the method (RFC 8657 section 4): its ACME label, "ca-tbr-<n>" of
	 * BR 3.2.2.4.n (BR 4.2.2.1.2), or both; any of them counts. */
	const char *caa_labels[METHOD_CAA_LABELS_MAX];
	size_t caa_label_count;
	int value_bits; /* entropy of the random value */
	struct period value_life;
	struct period
		reuse;     /* results count no longer than this; count 0: as the reuse rule says */
	bool reuse_ttl;    /* nor longer than the TTL of the record that showed it */
	int redirects_max; /* this and the next three: methods that fetch pages */
	int body_max;      /* bytes */
	int connect_timeout_ms;
	int timeout_ms; /* one request, whole */
	int dns_timeout_ms;
	int dns_tries;
	struct retry_rule retry;
};

/* What a look-up that failed means where BR 4.2.2.1 lets it mean permission. */
enum caa_failure {
	CAA_FAILURE_REFUSES,  /* nothing is issued */
	CAA_FAILURE_INSECURE, /* in a zone proven insecure it counts like no record */
};

/* caa: how CAA is looked up and how long the answer counts. */
struct caa_rule {
	const char *id;
	const char *citation;
	struct in_force dates;
	struct period freshness; /* the answer counts for max(TTL, this) */
	enum caa_failure lookup_failure;
	int dns_timeout_ms;
	int dns_tries;
	struct retry_rule retry;
};

/* perspectives: who else must see what was shown (BR 3.2.2.9). */
struct quorum_rule {
	const char *id; /* "quorum" */
	const char *citation;
	struct in_force dates;
	struct quorum quorum;
};

enum reuse_mode {
	REUSE_AUTO,
	REUSE_NEVER,
	REUSE_ASK, /* an officer says whether an earlier result is used */
};

/* reuse: how long a finished validation counts for other orders. */
struct reuse_rule {
	const char *id; /* "control" */
	const char *citation;
	struct in_force dates;
	struct period period;
	enum reuse_mode mode;
};

/* validity: the ceiling on certificate life. */
struct validity_rule {
	const char *id; /* "leaf" */
	const char *citation;
	struct in_force dates;
	struct period period; /* days */
};

/* engine: numbers of the workflow itself. */
struct engine_rule {
	const char *id;
	const char *citation;
	struct in_force dates;
	int64_t wait_timeout_ms;  /* --wait gives up after */
	int64_t refused_again_ms; /* a refused gate is decided again after */
};

/* Whether a fallback may be used while the first method has not failed (DCV-07). */
enum fallback_order { FALLBACK_STRICT, FALLBACK_FREE };
/* Who takes the next method when one has failed. */
enum fallback_choice { FALLBACK_AUTO, FALLBACK_CHOOSE };
/* Whose yes is enough (REQUIREMENTS A6). */
enum answer_quorum { QUORUM_ANY, QUORUM_REGISTRANT, QUORUM_ALL };
/* What a yes from an address of ours or of a reseller is worth. */
enum agent_answers { AGENT_REFUSED, AGENT_ACCEPTED };

/* answers: how people are asked, and what their answers do. */
struct answer_rule {
	const char *id; /* "people" */
	const char *citation;
	struct in_force dates;
	enum fallback_order order;
	enum fallback_choice fallback;
	enum answer_quorum quorum;
	enum agent_answers agent;
	int64_t reminder_ms; /* after the asking; 0: none */
	int64_t timeout_ms;  /* without a yes by then the method has failed */
};

/* Whether a call of the kind needs a time that was agreed beforehand (HST-32). */
enum call_time { CALL_AT_ANY_TIME, CALL_AT_AGREED_TIME };
/* Whether one call may be for the organisation and for names too. */
enum call_combined { COMBINED_REFUSED, COMBINED_ALLOWED };

/* calls: how people are called. */
struct call_rule {
	const char *id;    /* "domain", "organisation" */
	const char *label; /* what records call a call to the organisation; NULL for domains */
	const char *citation;
	struct in_force dates;
	enum call_time time;
	enum call_combined combined;
	int64_t tolerance_ms; /* before and after the agreed time */
	int64_t again_ms;     /* after a call that nobody took: when the next one is proposed */
};

/* What is known of a company's shares. */
enum listing { LISTING_ANY, LISTED, UNLISTED };
enum { CALLEE_LIST_MAX = 16 };

/* callees: who may answer for an organisation (HST-31). */
struct callee_rule {
	const char *id;
	const char *citation;
	struct in_force dates;
	const char *types[CALLEE_LIST_MAX]; /* of applicants */
	size_t type_count;
	enum listing listing;
	const char *roles[CALLEE_LIST_MAX]; /* "representative" */
	size_t role_count;
};

struct pack {
	const char *id;
	const char *title;
	int zone_s; /* of civil dates */
	const struct method_rule *methods;
	size_t method_count;
	const struct caa_rule *caa;
	size_t caa_count;
	const struct quorum_rule *perspectives;
	size_t perspectives_count;
	const struct reuse_rule *reuse;
	size_t reuse_count;
	const struct validity_rule *validity;
	size_t validity_count;
	const struct engine_rule *engine;
	size_t engine_count;
	const struct answer_rule *answers;
	size_t answer_count;
	const struct call_rule *calls;
	size_t call_count;
	const struct callee_rule *callees;
	size_t callee_count;
	struct digest digest; /* of text */
	struct slice text; /* the rows as they count, canonical; kept with every decision's pack */
};

/* The row in force at now. METHOD_UNKNOWN (with the known ones), METHOD_RETIRED (with the citation
 * and date), METHOD_NOT_YET; METHOD_UNKNOWN also when not implemented by this version. */
STATUS pack_method(const struct pack *pack, const char *id, int64_t now_ms,
		   const struct method_rule **ret, struct error *err);
/* NULL when the pack wants no other perspective now. */
const struct quorum_rule *pack_quorum(const struct pack *pack, int64_t now_ms);
/* What records call the method when it is used on domain: label or ip_label. */
const char *method_label(const struct method_rule *rule, const char *domain);
/* The others: POLICY_ROW when no row is in force. */
STATUS pack_caa(const struct pack *pack, int64_t now_ms, const struct caa_rule **ret,
		struct error *err);
STATUS pack_reuse(const struct pack *pack, const char *id, int64_t now_ms,
		  const struct reuse_rule **ret, struct error *err);
STATUS pack_validity(const struct pack *pack, const char *id, int64_t now_ms,
		     const struct validity_rule **ret, struct error *err);
STATUS pack_answers(const struct pack *pack, int64_t now_ms, const struct answer_rule **ret,
		    struct error *err);
STATUS pack_calls(const struct pack *pack, const char *id, int64_t now_ms,
		  const struct call_rule **ret, struct error *err);
/* NULL when no row says who may answer for such an organisation: an officer decides (A14). */
const struct callee_rule *pack_callees(const struct pack *pack, const char *applicant_type,
				       enum listing listing, int64_t now_ms);
STATUS pack_engine(const struct pack *pack, int64_t now_ms, const struct engine_rule **ret,
		   struct error *err);

#endif

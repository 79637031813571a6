/*
 * The one list of outcomes. A status is also the problem code that an operator
 * and a program see (RFC 9457 "code"), so a refusal is named once: its wire
 * name, the exit status of the command, whether a retry may help, and a title.
 *
 * Functions that can fail return STATUS (must be used) and fill a struct error
 * with one lower-case sentence that names the thing and the value seen.
 * "could not" may work next time; "cannot" never will.
 */
#ifndef ISSUER_BASE_STATUS_H
#define ISSUER_BASE_STATUS_H

/* The table of DESIGN.md: what the shell sees. */
enum exit_status {
	EXIT_STATUS_DONE = 0,    /* done */
	EXIT_STATUS_REFUSED = 1, /* refused by a rule, the answer is no, or not found */
	EXIT_STATUS_USAGE = 2,   /* the command line or the input file is wrong */
	EXIT_STATUS_PERSON = 3,  /* waiting for a person */
	EXIT_STATUS_LATER = 4,   /* could not now, will or may be retried */
	EXIT_STATUS_BROKEN = 5,  /* the store or the program failed */
};

enum status_retry { RETRY_NEVER, RETRY_MAY_HELP };

/* clang-format off */
/*  name                    wire name                exit     retry     title */
#define STATUSES(X) \
	X(OK,                    "ok",                    DONE,    NEVER,    "done") \
	/* the command line, files and names given */ \
	X(USAGE,                 "usage",                 USAGE,   NEVER,    "the command was not understood") \
	X(INPUT,                 "input",                 USAGE,   NEVER,    "an input file cannot be used") \
	X(CONFIGURATION,         "configuration",         USAGE,   NEVER,    "the configuration cannot be used") \
	X(POLICY_ROW,            "policy-row",            USAGE,   NEVER,    "a pack or catalogue row cannot be used") \
	X(NOT_FOUND,             "not-found",             REFUSED, NEVER,    "nothing by that name") \
	X(NOT_APPLICABLE,        "not-applicable",        REFUSED, NEVER,    "not applicable here") \
	X(NAME_INVALID,          "name-invalid",          REFUSED, NEVER,    "the name is not a valid domain name") \
	X(NAME_DUPLICATE,        "name-duplicate",        REFUSED, NEVER,    "a name stands twice") \
	X(NAMES_TOO_MANY,        "names-too-many",        REFUSED, NEVER,    "too many names in one order") \
	X(DOMAIN_NOT_PUBLIC,     "domain-not-public",     REFUSED, NEVER,    "the name is not in the public domain name space") \
	X(IP_NOT_GLOBAL,         "ip-not-global",         REFUSED, NEVER,    "the address is not a global address") \
	X(IP_EXCLUDED,           "ip-excluded",           REFUSED, NEVER,    "the address is excluded by policy") \
	X(WILDCARD_NESTED,       "wildcard-nested",       REFUSED, NEVER,    "only one * as the whole leftmost label is allowed") \
	X(IP_METHOD,             "ip-method",             REFUSED, NEVER,    "the method cannot show control of an address") \
	X(WILDCARD_METHOD,       "wildcard-method",       REFUSED, NEVER,    "the method cannot show control of a wildcard name") \
	X(REFERENCE_REUSED,      "reference-reused",      REFUSED, NEVER,    "the reference belongs to another order") \
	X(REQUEST_ID_REUSED,     "request-id-reused",     REFUSED, NEVER,    "the request id was used with other arguments") \
	X(PRODUCT_UNKNOWN,       "product-unknown",       REFUSED, NEVER,    "no such product") \
	X(APPLICANT_INELIGIBLE,  "applicant-ineligible",  REFUSED, NEVER,    "the applicant is not eligible for the product") \
	X(METHOD_UNKNOWN,        "method-unknown",        REFUSED, NEVER,    "no such validation method") \
	X(METHOD_RETIRED,        "method-retired",        REFUSED, NEVER,    "the validation method may not be used any more") \
	X(METHOD_NOT_YET,        "method-not-yet",        REFUSED, NEVER,    "the validation method may not be used yet") \
	X(DCV_ORDER,             "dcv-order",             REFUSED, NEVER,    "the method is a fallback asked for too early") \
	X(ACCOUNT_MISSING,       "account-missing",       REFUSED, NEVER,    "the method needs an account of the applicant") \
	X(DCV_ADDRESS,           "dcv-address",           REFUSED, NEVER,    "nobody may be asked at that address") \
	X(METHOD_UNAVAILABLE,    "method-unavailable",    REFUSED, NEVER,    "the method has nobody to ask") \
	X(MAIL_UNDELIVERABLE,    "mail-undeliverable",    REFUSED, NEVER,    "the addresses cannot receive mail") \
	X(ANSWER_TIMED_OUT,      "answer-timed-out",      REFUSED, NEVER,    "nobody answered in time") \
	X(GIVEN_UP,              "given-up",              REFUSED, NEVER,    "an officer declared that the method failed") \
	X(ANSWER_REJECTED,       "answer-rejected",       REFUSED, NEVER,    "a domain contact said no") \
	X(ANSWER_CLOSED,         "answer-closed",         REFUSED, NEVER,    "the question is answered, withdrawn or too old") \
	X(ANSWERED_BY_AGENT,     "answered-by-agent",     PERSON,  MAY_HELP, "only the agent's own addresses said yes") \
	X(CALLEE_NOT_ENTITLED,   "callee-not-entitled",   REFUSED, NEVER,    "the person called is not entitled to answer") \
	X(CALL_NOT_SCHEDULED,    "call-not-scheduled",    REFUSED, NEVER,    "the time of the call is not agreed") \
	X(DCV_INCOMPLETE,        "dcv-incomplete",        REFUSED, NEVER,    "control of a name is not shown") \
	X(ORDER_STATE,           "order-state",           REFUSED, NEVER,    "the order is in a state that does not allow this") \
	/* keys, requests and certificates */ \
	X(KEY_TYPE,              "key-type",              REFUSED, NEVER,    "the key type is not allowed") \
	X(KEY_SIZE,              "key-size",              REFUSED, NEVER,    "the key size is not allowed") \
	X(KEY_CURVE,             "key-curve",             REFUSED, NEVER,    "the curve is not allowed") \
	X(KEY_EXPONENT,          "key-exponent",          REFUSED, NEVER,    "the RSA exponent is not allowed") \
	X(KEY_WEAK,              "key-weak",              REFUSED, NEVER,    "the key is weak") \
	X(KEY_ENGINE_MADE,       "key-engine-made",       REFUSED, NEVER,    "a public CA may not make the subscriber's key") \
	X(KEY_MISSING,           "key-missing",           REFUSED, NEVER,    "there is no such key") \
	X(CSR_MALFORMED,         "csr-malformed",         REFUSED, NEVER,    "the request is not a PKCS#10 request") \
	X(CSR_SIGNATURE,         "csr-signature",         REFUSED, NEVER,    "the request is not signed by its own key") \
	X(CSR_ALGORITHM,         "csr-algorithm",         REFUSED, NEVER,    "the request's signature algorithm is not allowed") \
	X(CSR_NAMES,             "csr-names",             REFUSED, NEVER,    "the names of the request differ from those ordered") \
	X(CSR_NAME_TYPE,         "csr-name-type",         REFUSED, NEVER,    "the request asks for a name of a type that is not served") \
	X(CSR_ATTRIBUTE,         "csr-attribute",         REFUSED, NEVER,    "the request carries an attribute that is not allowed") \
	X(CSR_SUBJECT,           "csr-subject",           REFUSED, NEVER,    "the subject of the request is not allowed") \
	X(CERTIFICATE_LINT,      "certificate-lint",      REFUSED, NEVER,    "the certificate to be signed breaks a rule") \
	X(VALIDITY,              "validity",              REFUSED, NEVER,    "the validity period is not allowed") \
	/* control and CAA: what was seen */ \
	X(CAA_FORBIDDEN,         "caa-forbidden",         REFUSED, NEVER,    "CAA does not permit this CA") \
	X(CAA_UNKNOWN,           "caa-unknown",           LATER,   MAY_HELP, "CAA could not be looked up") \
	X(PAGE_MISSING,          "page-missing",          PERSON,  MAY_HELP, "the page is not there") \
	X(PAGE_WRONG,            "page-wrong",            PERSON,  MAY_HELP, "the page does not hold the expected value") \
	X(PAGE_TOO_LONG,         "page-too-long",         PERSON,  MAY_HELP, "the page is longer than the limit") \
	X(CERTIFICATE_MISSING,   "certificate-missing",   PERSON,  MAY_HELP, "the server does not answer with the certificate of the validation") \
	X(CERTIFICATE_WRONG,     "certificate-wrong",     PERSON,  MAY_HELP, "the server's certificate is not the one expected") \
	X(RECORD_MISSING,        "record-missing",        PERSON,  MAY_HELP, "the record is not in the DNS") \
	X(RECORD_WRONG,          "record-wrong",          PERSON,  MAY_HELP, "no record holds the expected value") \
	X(REDIRECT_REFUSED,      "redirect-refused",      PERSON,  MAY_HELP, "a redirect leads where the rule does not allow") \
	X(ADDRESS_REFUSED,       "address-refused",       PERSON,  MAY_HELP, "the name leads to an address that is never contacted") \
	X(NAME_NOT_IN_DNS,       "name-not-in-dns",       PERSON,  MAY_HELP, "the name has no address in the DNS") \
	X(DNS_FAILED,            "dns-failed",            LATER,   MAY_HELP, "the DNS did not answer usefully") \
	X(CONNECT_FAILED,        "connect-failed",        LATER,   MAY_HELP, "no connection") \
	X(TIMED_OUT,             "timed-out",             LATER,   MAY_HELP, "no answer in time") \
	X(ANSWER_UNUSABLE,       "answer-unusable",       LATER,   MAY_HELP, "the server's answer cannot be used") \
	X(RATE_LIMITED,          "rate-limited",          LATER,   MAY_HELP, "the server asks not to be asked so often") \
	X(CORROBORATION_FAILED,  "corroboration-failed",  PERSON,  MAY_HELP, "other network perspectives see something else") \
	X(PERSPECTIVES_UNREACHABLE, "perspectives-unreachable", LATER, MAY_HELP, "too few network perspectives could be asked") \
	X(PERSPECTIVES_MISSING,  "perspectives-missing",  PERSON,  MAY_HELP, "the network perspectives configured cannot make the quorum") \
	X(NAME_MISMATCH,         "name-mismatch",         REFUSED, NEVER,    "the answer is about another name") \
	X(VALUE_EXPIRED,         "value-expired",         PERSON,  MAY_HELP, "the value to publish is past its life") \
	X(WAITING_FOR_PERSON,    "waiting-for-person",    PERSON,  MAY_HELP, "waiting for a person") \
	X(BUSY,                  "busy",                  LATER,   MAY_HELP, "another driver is at work") \
	X(INTERRUPTED,           "interrupted",           LATER,   MAY_HELP, "interrupted") \
	/* audit */ \
	X(JOURNAL_BROKEN,        "journal-broken",        REFUSED, NEVER,    "the journal does not verify") \
	X(EVIDENCE_BROKEN,       "evidence-broken",       REFUSED, NEVER,    "the evidence does not support the decision") \
	/* the home, the store, the program */ \
	X(HOME_MISSING,          "home-missing",          BROKEN,  NEVER,    "there is no home here") \
	X(HOME_EXISTS,           "home-exists",           REFUSED, NEVER,    "there is a home already") \
	X(HOME_OLDER,            "home-older",            BROKEN,  NEVER,    "the home was made by an older version") \
	X(HOME_NEWER,            "home-newer",            BROKEN,  NEVER,    "the home was made by a newer version") \
	X(PERMISSIONS,           "permissions",           BROKEN,  NEVER,    "the permissions of a file are wrong") \
	X(KEK_MISSING,           "kek-missing",           BROKEN,  NEVER,    "the key encryption key is missing or wrong") \
	X(STORE_LOCKED,          "store-locked",          BROKEN,  MAY_HELP, "the store is locked by another program") \
	X(STORE_FULL,            "store-full",            BROKEN,  MAY_HELP, "the disk is full") \
	X(STORE_DAMAGED,         "store-damaged",         BROKEN,  NEVER,    "the store is damaged") \
	X(STORE_FAILED,          "store-failed",          BROKEN,  MAY_HELP, "the store failed") \
	X(FILE_FAILED,           "file-failed",           BROKEN,  MAY_HELP, "a file could not be read or written") \
	X(STALE,                 "stale",                 LATER,   MAY_HELP, "something else changed it first") \
	X(CRYPTO_FAILED,         "crypto-failed",         BROKEN,  NEVER,    "the cryptographic library failed") \
	X(INTERNAL,              "internal",              BROKEN,  NEVER,    "the program contradicts itself")
/* clang-format on */

enum status {
#define X(name, wire, exit, retry, title) name,
	STATUSES(X)
#undef X
		STATUS_COUNT
};

#define STATUS __attribute__((warn_unused_result)) enum status

/* The wire name, for example "reference-reused". Static storage. */
const char *status_code(enum status status);
/* A short title that never varies. Static storage. */
const char *status_title(enum status status);
enum exit_status status_exit(enum status status);
enum status_retry status_retry(enum status status);
/* The status with that wire name; STATUS_COUNT when there is none. */
enum status status_from_code(const char *code);

#endif

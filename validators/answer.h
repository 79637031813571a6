/*
 * The answer of a person as evidence: what was asked, of whom, who had named them,
 * what they saw, what they said, when and from where. It rests on the evidence
 * that names the person (validators/recipient.h), and with that it decides again
 * offline. Pure.
 *
 * One JSON object: {version, method, label, domain, names, pack, pack_digest,
 * contacts (SHA-256 of that evidence), recipient, roles, asked, until, message
 * (SHA-256 of the mail), value (SHA-256), said, at, channel, client, user_agent,
 * language, page, note, actor, by_agent, quorum, verdict {code, sentence}}.
 */
#ifndef ISSUER_VALIDATORS_ANSWER_H
#define ISSUER_VALIDATORS_ANSWER_H

#include "validators/recipient.h"

#define ANSWER_EVIDENCE_KIND "answer"

enum { ANSWER_NAMES_MAX = 1000, ANSWER_BYTES_MAX = 60 * 1024 };

/* NULL where it does not apply. */
struct answer_facts {
	const char *method;
	const char *label;
	const char *domain;       /* the ADN asked about: the only one that can be confirmed */
	const char *const *names; /* confirmed alone, each the ADN or below it; none: the ADN */
	size_t name_count;
	const char *pack;
	const char *pack_digest;
	const char *contacts; /* SHA-256, hexadecimal, of the evidence that names the recipient */
	const char *recipient;
	const char *roles;
	const char *message; /* SHA-256 of the mail that asked */
	const char *value;   /* SHA-256 of the random value that came back */
	int64_t asked_ms, until_ms, at_ms;
	const char *said;    /* "yes", "no", "not-me" */
	const char *channel; /* "page", "operator", "call" */
	const char *client, *user_agent, *language, *page, *note, *actor;
	bool by_agent;      /* the address is ours or the reseller's, and that does not count */
	const char *quorum; /* "any", "registrant", "all": whose yes counts */
	/* channel "call": who took it, and as what. */
	const char *callee, *callee_role;
};

struct answer_record {
	struct answer_facts facts;
	enum status recorded;
};

void answer_write(const struct answer_facts *facts, const struct verdict *verdict,
		  struct buffer *out);
/* EVIDENCE_BROKEN, naming the member. Everything lives in the arena. */
STATUS answer_read(struct slice evidence, struct arena *arena, struct answer_record *ret,
		   struct error *err);

/*
 * What the answer is worth, given the evidence that names the recipient: OK when it confirms the
 * domain or the names; ANSWER_REJECTED for a no; DCV_ADDRESS for "not me"; ANSWERED_BY_AGENT;
 * WAITING_FOR_PERSON for a yes that is not enough by the quorum. EVIDENCE_BROKEN (in the verdict)
 * when the facts contradict that evidence, or each other.
 */
void answer_decide(const struct answer_facts *facts, const struct attempt_record *contacts,
		   struct verdict *ret);

#endif

/*
 * The transcript of one attempt as JSON: what was to be shown, every question
 * with what came back in the order of arrival, and the verdict. Written while an
 * attempt runs (attempt.c) and read back to decide again (decide.c).
 */
#ifndef ISSUER_VALIDATORS_TRANSCRIPT_H
#define ISSUER_VALIDATORS_TRANSCRIPT_H

#include "base/bytes.h"
#include "validators/validator.h"

enum { TRANSCRIPT_VERSION = 1, TRANSCRIPT_MAX = 16 << 20 };

/* One question and its answer; event.id is step.id. */
struct transcript_entry {
	size_t number; /* 1, 2, 3 … in the order of arrival, so that a missing one shows */
	struct step step;
	struct event event;
	int64_t took_ms;
	uint16_t connect_port; /* http, tls, whois: the port really used */
};

/* The transcript grows in an empty buffer of at most TRANSCRIPT_MAX; closed, it is the evidence. */
/* task->anchors are written as text. */
void transcript_open(struct buffer *transcript, const struct validation_task *task,
		     const struct network *network, int64_t began_ms);
void transcript_add(struct buffer *transcript, const struct transcript_entry *entry);
void transcript_close(struct buffer *transcript, const struct verdict *verdict);

struct transcript {
	struct validation_task task; /* anchors is NULL */
	const char *anchors;         /* the records of task.anchors, for trust_anchors_read; NULL */
	struct network network;      /* only the allowed prefixes and where registries are */
	struct verdict recorded;
	int64_t began_ms;
	struct transcript_entry *entries;
	size_t count;
};

/* EVIDENCE_BROKEN, naming the member, when anything is missing or not of its kind. Everything
 * lives in the arena. */
STATUS transcript_read(struct slice evidence, struct arena *arena, struct transcript *ret,
		       struct error *err);

#endif

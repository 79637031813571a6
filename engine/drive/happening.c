/* The queue of happenings: see happening.h. */
#include "engine/drive/happening.h"

#include "base/memory.h"

#include <stdlib.h>

enum { EVIDENCE_COPY_MAX = EVIDENCE_BYTES_MAX };

void happenings_init(struct happenings *happenings)
{
	*happenings = (struct happenings){.last = &happenings->first};
}

void happenings_release(struct happenings *happenings)
{
	while (happenings->first)
		happening_free(happening_pop(happenings));
}

struct happening *happening_new(enum happening_kind kind, int64_t id)
{
	struct happening *happening = memory_new(1, sizeof(*happening));
	happening->kind = kind;
	happening->id = id;
	buffer_init(&happening->bytes, EVIDENCE_COPY_MAX);
	return happening;
}

void happening_append(struct happenings *happenings, struct happening *happening)
{
	*happenings->last = happening;
	happenings->last = &happening->next;
	happenings->count++;
}

struct happening *happening_add(struct happenings *happenings, enum happening_kind kind, int64_t id)
{
	struct happening *happening = happening_new(kind, id);
	happening_append(happenings, happening);
	return happening;
}

struct happening *happening_pop(struct happenings *happenings)
{
	struct happening *happening = happenings->first;
	happenings->first = happening->next;
	if (!happenings->first)
		happenings->last = &happenings->first;
	happenings->count--;
	return happening;
}

void happening_free(struct happening *happening)
{
	if (happening->evidence_ready)
		evidence_bytes_release(&happening->outcome.evidence);
	iodef_wanted_release(&happening->outcome.wanted);
	asking_list_release(&happening->outcome.people);
	free(happening->outcome.account_uri);
	buffer_release(&happening->bytes);
	key_free(happening->key);
	free(happening);
}

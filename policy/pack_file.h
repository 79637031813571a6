/* Packs as files: read, joined (shipped and home), sealed into the struct pack that decides. */
#ifndef ISSUER_POLICY_PACK_FILE_H
#define ISSUER_POLICY_PACK_FILE_H

#include "base/arena.h"
#include "policy/column.h"
#include "policy/pack.h"

enum pack_section {
	PACK_METHODS,
	PACK_CAA,
	PACK_PERSPECTIVES,
	PACK_REUSE,
	PACK_VALIDITY,
	PACK_ENGINE,
	PACK_ANSWERS,
	PACK_CALLS,
	PACK_CALLEES,
	PACK_SECTION_COUNT,
};

enum pack_zone { ZONE_UTC, ZONE_TOKYO, ZONE_UNSET };

struct pack_head {
	const char *id;
	const char *title;
	enum pack_zone zone;
	const char *citation;
};

struct pack_file {
	struct pack_head head;
	struct rows sections[PACK_SECTION_COUNT]; /* sorted by id, then by date */
};

/*
 * Reads path, whose name must be the pack's id. A file whose id is among known
 * overlays that pack: it may leave out title and zone, and may not change the zone.
 * POLICY_ROW; also for rows of one id whose dates overlap.
 */
STATUS pack_file_read(const char *path, const struct pack_file *known, size_t known_count,
		      struct arena *arena, struct pack_file *ret, struct error *err);
/* Rows of an id that overlay has replace all of base's rows of that id; others are added. */
struct pack_file pack_file_join(const struct pack_file *base, const struct pack_file *overlay,
				struct arena *arena);
/* The pack with its canonical text and digest; everything in the arena. */
struct pack pack_file_seal(const struct pack_file *file, struct arena *arena);

#endif

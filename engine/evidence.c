/* Evidence in rows and files: see evidence.h. */
#include "engine/evidence.h"

static const char *file_path(const struct engine *engine, struct digest hash, struct arena *arena)
{
	char text[DIGEST_TEXT];
	return arena_printf(arena, "%s/evidence/%s", engine->home, digest_text(hash, text));
}

void evidence_bytes_release(struct evidence_bytes *evidence)
{
	buffer_release(&evidence->bytes);
}

enum status evidence_prepare(struct engine *engine, const char *kind, struct slice bytes,
			     struct evidence_bytes *ret, struct error *err)
{
	struct evidence_bytes evidence = {
		.kind = kind,
		.hash = digest_of(bytes),
		.size = (int64_t)bytes.length,
	};
	buffer_init(&evidence.bytes, EVIDENCE_INLINE_MAX);
	if (bytes.length > EVIDENCE_INLINE_MAX) {
		struct environment *environment = engine->environment;
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		TRY(environment->file_write(environment->self,
					    file_path(engine, evidence.hash, &arena), bytes, 0600,
					    err));
	} else {
		buffer_append_slice(&evidence.bytes, bytes);
	}
	*ret = evidence;
	return OK;
}

enum status evidence_keep(struct turn *turn, const struct evidence_bytes *evidence,
			  int64_t order_id, int64_t *ret_id, struct error *err)
{
	struct evidence row = {
		.hash = evidence->hash,
		.kind = evidence->kind,
		.size = evidence->size,
		.bytes = buffer_slice(&evidence->bytes),
		.created_at = turn->now,
	};
	TRY(store_evidence_put(turn->store, &row, ret_id, err));
	return turn_record_object(turn,
				  (struct journal_entry){
					  .kind = ENTRY_EVIDENCE,
					  .order_id = order_id,
					  .subject_id = *ret_id,
					  .name = evidence->kind,
				  },
				  err);
}

enum status evidence_load(struct engine *engine, const struct evidence *evidence,
			  struct buffer *out, struct error *err)
{
	if (evidence->bytes.data) {
		buffer_append_slice(out, evidence->bytes);
	} else {
		struct environment *environment = engine->environment;
		CLEANUP(arena_release) struct arena arena = ARENA_NONE;
		const char *path = file_path(engine, evidence->hash, &arena);
		enum status status = environment->file_read(environment->self, path, out, err);
		if (status == NOT_FOUND)
			return fail(err, EVIDENCE_BROKEN, "the file %s of evidence e-%lld is gone",
				    path, (long long)evidence->id);
		TRY(status);
	}
	if (!digest_equal(digest_of(buffer_slice(out)), evidence->hash))
		return fail(err, EVIDENCE_BROKEN,
			    "the bytes of evidence e-%lld do not have the hash that names them",
			    (long long)evidence->id);
	return OK;
}

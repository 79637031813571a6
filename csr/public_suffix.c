/* The public suffix list by libpsl: see public_suffix.h. */
#include "csr/public_suffix.h"

#include <libpsl.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static psl_ctx_t *list; /* for the life of the program */

static void load(void)
{
	/* The distribution's file, or the list built into libpsl when that is newer. */
	list = psl_latest(NULL);
}

enum status public_suffix_ready(struct error *err)
{
	(void)pthread_once(&loaded, load);
	if (list)
		return OK;
	(void)fail(err, FILE_FAILED, "there is no public suffix list at %s", psl_dist_filename());
	return fail_hint(err, FILE_FAILED, "install the package publicsuffix");
}

const char *public_suffix_of(const char *ascii)
{
	if (public_suffix_ready(NULL) != OK)
		return NULL;
	/* From the whole name downwards, so the longest suffix is found first and an exception
	 * rule ("!city.kobe.jp") is asked before the wildcard rule it is an exception to. Without
	 * the star rule an unlisted top-level domain is no suffix. */
	for (const char *tail = ascii; tail;
	     tail = strchr(tail, '.') ? strchr(tail, '.') + 1 : NULL)
		if (psl_is_public_suffix2(list, tail, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE))
			return tail;
	return NULL;
}

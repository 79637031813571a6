/*
 * A value shown by a page: the machine of every method that fetches one (BR
 * 3.2.2.4.18, 3.2.2.4.19). The first request goes to the domain itself by http on
 * port 80; https comes by redirect only. Methods differ in the folder and in what
 * the file name is. Pure.
 */
#ifndef ISSUER_VALIDATORS_PAGE_H
#define ISSUER_VALIDATORS_PAGE_H

#include "net/url.h"
#include "validators/destination.h"

/* Where the redirects of a page for an address may lead; those for a name lead anywhere. */
enum page_redirects { PAGE_REDIRECTS_ANYWHERE, PAGE_REDIRECTS_AT_ADDRESS };

struct page {
	struct url first; /* where the value has to be published */
	struct url url;   /* of the present hop */
	int redirects;
	enum page_redirects allowed;
	struct destination destination;
	uint32_t fetch_id;
	const char *earlier; /* how the first family failed; "" at first */
};

/* Where the task's page has to be: folder (with its slashes) and file name at the domain, which may
 * be an address. */
const char *page_url(const struct validation_task *task, const char *folder, struct arena *arena);

/* The method's state is a struct page; the task has a file name and a value. */
void page_begin(struct validation *validation, const char *folder, enum page_redirects allowed);
void page_advance(struct validation *validation, const struct event *event);

#endif

/*
 * Boulder's http-01 cases, as far as they are about fetching: where redirects may
 * lead and which answers count. Scored over any method that fetches a page.
 */
#ifndef ISSUER_TESTS_VALIDATORS_BOULDER_H
#define ISSUER_TESTS_VALIDATORS_BOULDER_H

#include "tests/validators/trial.h"

/* Runs them all, prints "corpus http01-boulder[over]: N of M", and fails unless all are right. task
 * makes the task of a domain, whose page is at path. */
void boulder_test(struct validation_task (*task)(const char *domain), const char *path,
		  const char *over);

#endif

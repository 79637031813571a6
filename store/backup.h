/* A copy of the whole store, as a file of its own. Private to store/. */
#ifndef ISSUER_STORE_BACKUP_H
#define ISSUER_STORE_BACKUP_H

#include "store/store.h"

/* Copies what is committed now to a new database at path, in place of what is there; whole, checked
 * and durable when it returns OK. Also while the store's own connection writes. */
STATUS store_backup(struct store *store, const char *path, struct error *err);

#endif

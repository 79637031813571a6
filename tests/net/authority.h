/* PEM files for tests of TLS between programs that know each other: CAs, and certificates of
 * theirs. */
#ifndef ISSUER_TESTS_NET_AUTHORITY_H
#define ISSUER_TESTS_NET_AUTHORITY_H

/* A folder of its own with ca.pem, other-ca.pem, server.pem and .key (DNS:perspective.example),
 * client.pem and .key, stranger.pem and .key (of the other CA). */
const char *authority_make(void);
void authority_remove(void);
/* <folder>/<name>; static, for the next eight calls. */
const char *authority_file(const char *name);

#endif

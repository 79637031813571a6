/* PEM files for tests: see authority.h. */
#include "tests/net/authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_TEXT = 256, PATHS = 8, LIFE_S = 3600 };

static char folder[] = "/tmp/issuer-authority-XXXXXX";

static const char *const files[] = {"ca.pem",     "other-ca.pem", "server.pem",   "server.key",
				    "client.pem", "client.key",   "stranger.pem", "stranger.key"};

struct party {
	X509 *certificate;
	EVP_PKEY *key;
};

const char *authority_file(const char *name)
{
	static char paths[PATHS][PATH_TEXT];
	static unsigned next;
	char *path = paths[next++ % PATHS];
	(void)snprintf(path, PATH_TEXT, "%s/%s", folder, name);
	return path;
}

static void must(int done)
{
	if (done)
		return;
	fprintf(stderr, "a certificate for a test could not be made\n");
	exit(1);
}

static void extend(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1));
	X509_EXTENSION_free(extension);
}

/* issuer NULL: a CA that signs itself. */
static struct party party_new(const char *name, const struct party *issuer, const char *host)
{
	static long serial = 1;
	struct party party = {X509_new(), EVP_EC_gen("P-256")};
	must(party.certificate && party.key);
	X509_NAME *subject = X509_get_subject_name(party.certificate);
	must(X509_set_version(party.certificate, 2) &&
	     ASN1_INTEGER_set(X509_get_serialNumber(party.certificate), serial++) &&
	     X509_gmtime_adj(X509_getm_notBefore(party.certificate), -LIFE_S) &&
	     X509_gmtime_adj(X509_getm_notAfter(party.certificate), LIFE_S) &&
	     X509_set_pubkey(party.certificate, party.key) &&
	     X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
					-1, -1, 0));
	const struct party *signer = issuer ? issuer : &party;
	must(X509_set_issuer_name(party.certificate, X509_get_subject_name(signer->certificate)));
	extend(party.certificate, NID_basic_constraints, issuer ? "CA:FALSE" : "CA:TRUE");
	if (host)
		extend(party.certificate, NID_subject_alt_name, host);
	must(X509_sign(party.certificate, signer->key, EVP_sha256()) > 0);
	return party;
}

static void party_write(const struct party *party, const char *name, const char *key_name)
{
	FILE *file = fopen(authority_file(name), "w");
	must(file && PEM_write_X509(file, party->certificate));
	fclose(file);
	if (!key_name)
		return;
	file = fopen(authority_file(key_name), "w");
	must(file && PEM_write_PrivateKey(file, party->key, NULL, NULL, 0, NULL, NULL));
	fclose(file);
}

static void party_free(struct party *party)
{
	X509_free(party->certificate);
	EVP_PKEY_free(party->key);
}

const char *authority_make(void)
{
	must(mkdtemp(folder) != NULL);
	struct party ca = party_new("ca", NULL, NULL), other = party_new("other", NULL, NULL);
	struct party server = party_new("server", &ca, "DNS:perspective.example");
	struct party client = party_new("client", &ca, NULL);
	struct party stranger = party_new("stranger", &other, NULL);
	party_write(&ca, "ca.pem", NULL);
	party_write(&other, "other-ca.pem", NULL);
	party_write(&server, "server.pem", "server.key");
	party_write(&client, "client.pem", "client.key");
	party_write(&stranger, "stranger.pem", "stranger.key");
	party_free(&stranger);
	party_free(&client);
	party_free(&server);
	party_free(&other);
	party_free(&ca);
	return folder;
}

void authority_remove(void)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlink(authority_file(files[i]));
	(void)rmdir(folder);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
}

/*
 * Without libFuzzer: runs the target over each seed file, over every prefix of
 * it, and over every single octet of it replaced by a few odd ones. Bounded, and
 * the same each time.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED_MAX = 8192 };

static size_t runs;

static void run(const uint8_t *data, size_t size)
{
	/* A copy of its own size, so that reading past the end is seen by the sanitizer. */
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static void run_damaged(uint8_t *data, size_t size)
{
	static const uint8_t odd[] = {0x00, 0x80, 0xff, 0x2e};
	size_t step = size / 256 + 1;
	for (size_t i = 0; i < size; i += step) {
		uint8_t before = data[i];
		run(data, i);
		for (size_t k = 0; k < sizeof(odd); k++) {
			data[i] = odd[k];
			run(data, size);
		}
		data[i] = before;
	}
}

static int run_file(const char *folder, const char *name)
{
	char path[4096];
	static uint8_t data[SEED_MAX];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		return -1;
	size_t size = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	run(data, size);
	run_damaged(data, size);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	size_t files = 0;
	if (!folder) {
		fprintf(stderr, "usage: %s SEEDS\n", argv[0]);
		return 2;
	}
	for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		if (entry->d_name[0] != '.' && run_file(argv[1], entry->d_name) == 0)
			files++;
	(void)closedir(folder);
	printf("%zu seeds, %zu inputs\n", files, runs);
	return files > 0 ? 0 : 1;
}

/*
 * bench_contacts LIST ROUNDS
 *
 * Reads the WHOIS answers that LIST names (NAME FILE a line) and takes the
 * contacts out of all of them ROUNDS times, on one core. Every round must find as
 * many contacts as the first.
 */
#include "base/memory.h"
#include "validators/whois.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX = 1024, WORD = 512, SAMPLES_MAX = 1024 };

struct sample {
	char name[WORD];
	struct buffer text;
};

static void read_text(const char *path, struct buffer *out)
{
	char piece[4096];
	size_t length;
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	buffer_init(out, CONTACT_ANSWER_MAX);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(out, piece, length);
	(void)fclose(file);
}

static size_t read_list(const char *path, struct sample *samples)
{
	char line[LINE_MAX];
	char file_name[WORD];
	size_t count = 0;
	FILE *list = fopen(path, "r");
	if (!list) {
		perror(path);
		exit(1);
	}
	while (count < SAMPLES_MAX && fgets(line, sizeof(line), list)) {
		struct sample *sample = &samples[count];
		if (sscanf(line, "%511s %511s", sample->name, file_name) != 2)
			continue;
		read_text(file_name, &sample->text);
		count++;
	}
	(void)fclose(list);
	return count;
}

static size_t contacts_in(const struct sample *sample)
{
	CLEANUP(arena_release) struct arena arena = ARENA_NONE;
	struct contact_answer answer;
	if (whois_parse(buffer_slice(&sample->text), sample->name, &arena, &answer, NULL) != OK)
		return 0;
	return answer.contacts.count;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "bench_contacts LIST ROUNDS\n");
		return 2;
	}
	struct sample *samples = memory_new(SAMPLES_MAX, sizeof(*samples));
	size_t count = read_list(argv[1], samples);
	size_t first = 0;
	for (long round = 0; round < strtol(argv[2], NULL, 10); round++) {
		size_t found = 0;
		for (size_t i = 0; i < count; i++)
			found += contacts_in(&samples[i]);
		if (round == 0)
			first = found;
		if (found == 0 || found != first) {
			fprintf(stderr, "round %ld found %zu contacts\n", round, found);
			return 1;
		}
	}
	printf("%zu answers, %zu contacts a round\n", count, first);
	for (size_t i = 0; i < count; i++)
		buffer_release(&samples[i].text);
	free(samples);
	return 0;
}

/* Feeds every file of the folders named to the fuzzer that is linked in: the corpus as a test of every build. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The input lies in a block of its exact size, so that a byte read too far is an error of the sanitizer. */
static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	if (file == NULL || fstat(fileno(file), &st) != 0) {
		perror(path);
		return 1;
	}
	size_t size = (size_t)st.st_size;
	uint8_t *data = malloc(size);
	int failed = fread(data, 1, size, file) != size;
	fclose(file);
	if (failed)
		perror(path);
	else
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return failed;
}

static int replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_visible, alphasort), failed = 0;
	if (count < 1) {
		fprintf(stderr, "%s: no inputs\n", folder);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		failed |= replay_file(path);
		free(entries[i]);
	}
	free(entries);
	printf("%s: %d inputs\n", folder, count);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = argc < 2;
	for (int i = 1; i < argc; i++)
		failed |= replay_folder(argv[i]);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

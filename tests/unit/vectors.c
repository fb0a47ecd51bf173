#include "vectors.h"

#include <json-c/json_util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"

#define EXIT_SKIPPED 77

static const char *folder(void)
{
	const char *named = getenv("RP_VECTORS");
	return named != NULL && named[0] != '\0' ? named : VECTORS_FOLDER;
}

void vectors_require(const char *name)
{
	struct stat st;
	if (stat(folder(), &st) == 0 && S_ISDIR(st.st_mode))
		return;
	printf("SKIP %s: no vectors\n", name);
	fflush(stdout);
	exit(EXIT_SKIPPED);
}

static _Noreturn void broken(const char *what, const char *why)
{
	fprintf(stderr, "test vectors: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

struct json_object *vectors_load(const char *path)
{
	char full[4096];
	if ((size_t)snprintf(full, sizeof(full), "%s/%s", folder(), path) >= sizeof(full))
		broken(path, "the name is too long");
	struct json_object *file = json_object_from_file(full);
	if (file == NULL)
		broken(full, json_util_get_last_err());
	return file;
}

struct json_object *vectors_tests(const char *path, struct json_object **file)
{
	struct json_object *loaded = vectors_load(path), *tests;
	if (!json_object_object_get_ex(loaded, "tests", &tests) || !json_object_is_type(tests, json_type_array))
		broken(path, "there is no array \"tests\"");
	*file = loaded;
	return tests;
}

static struct json_object *text_at(struct json_object *test, const char *name)
{
	struct json_object *value;
	if (!json_object_object_get_ex(test, name, &value) || value == NULL)
		return NULL;
	if (!json_object_is_type(value, json_type_string))
		broken(name, "the member is no text");
	return value;
}

const char *vectors_text(struct json_object *test, const char *name)
{
	struct json_object *value = text_at(test, name);
	return value != NULL ? json_object_get_string(value) : NULL;
}

bool vectors_bytes(struct json_object *test, const char *name, struct buf *out)
{
	struct json_object *value = text_at(test, name);
	if (value == NULL)
		return false;
	buf_append(out, json_object_get_string(value), (size_t)json_object_get_string_len(value));
	return true;
}

bool vectors_base64(struct json_object *test, const char *name, struct buf *out)
{
	const char *text = vectors_text(test, name);
	if (text == NULL)
		return false;
	if (!base64_decode(text, strlen(text), out))
		broken(name, "the member is not base64");
	return true;
}

bool vectors_hex(struct json_object *test, const char *name, struct buf *out)
{
	const char *text = vectors_text(test, name);
	if (text == NULL)
		return false;
	size_t len = strlen(text);
	buf_reserve(out, len / 2);
	if (len % 2 != 0 || !hex_decode(text, out->data + out->len, len / 2))
		broken(name, "the member is not hexadecimal");
	out->len += len / 2;
	out->data[out->len] = '\0';
	return true;
}

int64_t vectors_int(struct json_object *test, const char *name, int64_t fallback)
{
	struct json_object *value;
	if (!json_object_object_get_ex(test, name, &value))
		return fallback;
	if (!json_object_is_type(value, json_type_int))
		broken(name, "the member is no whole number");
	return json_object_get_int64(value);
}

bool vectors_has(struct json_object *test, const char *name, const char *text)
{
	struct json_object *list;
	if (!json_object_object_get_ex(test, name, &list) || !json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), text) == 0)
			return true;
	return false;
}

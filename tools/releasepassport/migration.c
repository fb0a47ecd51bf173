#include "migration.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"

#define VERSION_DIGITS 4

static int is_sql_file(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static int version_of(const char *name)
{
	for (int i = 0; i < VERSION_DIGITS; i++)
		if (!isdigit((unsigned char)name[i]))
			return -1;
	return name[VERSION_DIGITS] == '_' ? atoi(name) : -1;
}

static bool read_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return err_set_at(err, ERR_FILE, path, "%s", strerror(errno));
	char chunk[8192];
	for (size_t n; (n = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_append(out, chunk, n);
	bool ok = ferror(file) == 0 || err_set_at(err, ERR_FILE, path, "can't be read");
	fclose(file);
	if (ok && strlen(buf_str(out)) != out->len)
		return err_set_at(err, ERR_FILE, path, "has a NUL in it");
	return ok;
}

static bool read_migration(const char *folder, const char *name, int version, struct arena *arena,
	struct migration *migration, struct err *err)
{
	int found = version_of(name);
	if (found < 0)
		return err_set_at(
			err, ERR_FILE, name, "a migration's name begins with its number, as in 0001_tables.sql");
	if (found != version)
		return err_set_at(err, ERR_FILE, name,
			"the migrations' numbers have no gap and no repetition: %04d is due", version);
	owned_buf struct buf text = { 0 };
	if (!read_file(arena_printf(arena, "%s/%s", folder, name), &text, err))
		return false;
	*migration = (struct migration){ .version = version,
		.name = arena_strdup(arena, name),
		.sql = arena_strndup(arena, buf_str(&text), text.len),
		.len = text.len };
	return true;
}

bool migration_read_folder(
	const char *folder, struct arena *arena, const struct migration **migrations, size_t *count, struct err *err)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_sql_file, alphasort);
	if (n < 0)
		return err_set_at(err, ERR_FILE, folder, "%s", strerror(errno));
	struct migration *list = arena_array(arena, (size_t)n + 1, sizeof(*list));
	bool ok = n > 0 || err_set_at(err, ERR_FILE, folder, "has no migrations");
	for (int i = 0; i < n; i++) {
		ok = ok && read_migration(folder, entries[i]->d_name, i + 1, arena, &list[i], err);
		free(entries[i]);
	}
	free(entries);
	if (!ok)
		return false;
	*migrations = list;
	*count = (size_t)n;
	return true;
}

#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/value.h"

#define NAME_SIZE 128
#define FILE_BYTES_MAX (1 << 20)

const char *conf_environment(const char *name, void *context)
{
	(void)context;
	return getenv(name);
}

static bool is_text(enum conf_type type)
{
	return type == CONF_STRING || type == CONF_TEXT || type == CONF_SECRET || type == CONF_PATH;
}

static bool has_twin(enum conf_type type)
{
	return type == CONF_SECRET || type == CONF_TEXT;
}

/* Unset and empty are the same: `NAME=` is how an orchestrator says that it has no value. */
static const char *look_up(conf_lookup_fn *lookup, void *context, const char *name)
{
	const char *value = lookup(name, context);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool read_all(int fd, struct buf *out)
{
	for (;;) {
		buf_reserve(out, 4096);
		ssize_t n = read(fd, out->data + out->len, out->capacity - out->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len > FILE_BYTES_MAX) {
			errno = EFBIG;
			return false;
		}
	}
}

static bool read_twin(const char *twin, const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && read_all(fd, out);
	int fault = errno;
	if (fd >= 0)
		close(fd);
	if (!ok)
		return err_set_at(err, ERR_CONFIG, twin, "%.200s: %s", path, strerror(fault));
	if (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
	if (out->len == 0)
		return err_set_at(err, ERR_CONFIG, twin, "%.200s: is empty", path);
	if (strlen(out->data) != out->len)
		return err_set_at(err, ERR_CONFIG, twin, "%.200s: holds a NUL byte", path);
	return true;
}

/* The text of key from the environment, its file twin (read into file) or its default; NULL: optional and absent. */
static bool find_text(const struct conf_key *key, conf_lookup_fn *lookup, void *context, struct buf *file,
	const char **text, struct err *err)
{
	const char *value = look_up(lookup, context, key->name);
	if (has_twin(key->type)) {
		char twin[NAME_SIZE];
		snprintf(twin, sizeof(twin), "%s_FILE", key->name);
		const char *path = look_up(lookup, context, twin);
		if (path != NULL && value != NULL)
			return err_set_at(err, ERR_CONFIG, key->name, "is given together with %s: give one", twin);
		if (path != NULL) {
			if (!read_twin(twin, path, file, err))
				return false;
			value = file->data;
		}
	}
	if (value == NULL && key->default_value == NULL)
		return err_set_at(err, ERR_CONFIG, key->name, "must be set (%s)", key->summary);
	if (value == NULL && key->default_value[0] != '\0')
		value = key->default_value;
	*text = value;
	return true;
}

static bool read_key(const struct conf_key *key, conf_lookup_fn *lookup, void *context, void *conf, struct err *err)
{
	struct buf file = { 0 };
	const char *text = NULL;
	bool ok = find_text(key, lookup, context, &file, &text, err);
	if (ok && text != NULL)
		ok = conf_value_parse(key, text, (char *)conf + key->offset, err);
	buf_wipe(&file);
	return ok;
}

bool conf_read(const struct conf_key *table, conf_lookup_fn *lookup, void *context, void *conf, struct err *err)
{
	for (const struct conf_key *key = table; key->name != NULL; key++) {
		if (!read_key(key, lookup, context, conf, err)) {
			conf_finish(table, conf);
			return false;
		}
	}
	return true;
}

void conf_finish(const struct conf_key *table, void *conf)
{
	for (const struct conf_key *key = table; key->name != NULL; key++) {
		if (!is_text(key->type))
			continue;
		char **field = (char **)(void *)((char *)conf + key->offset);
		if (*field != NULL && key->type == CONF_SECRET)
			explicit_bzero(*field, strlen(*field));
		free(take(*field));
	}
}

bool conf_blame(struct err *err, const char *key)
{
	if (err == NULL)
		return false;
	err->kind = ERR_CONFIG;
	if (err->where[0] != '\0')
		err_add_where(err, " ");
	return err_add_where(err, key);
}

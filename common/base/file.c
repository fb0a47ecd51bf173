#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

static bool fail(struct err *err, const char *path, const char *what)
{
	return err_set_at(err, ERR_FILE, path, "%s: %s", what, strerror(errno));
}

static bool read_all(int fd, const char *path, size_t max_bytes, struct buf *out, struct err *err)
{
	size_t start = out->len;
	for (;;) {
		buf_reserve(out, CHUNK_BYTES);
		ssize_t n = read(fd, out->data + out->len, CHUNK_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err, path, "it can't be read");
		if (n == 0)
			return true;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - start > max_bytes)
			return err_set_at(err, ERR_FILE, path, "it is larger than %zu bytes", max_bytes);
	}
}

bool file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", max_bytes, out, err);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(err, path, "it can't be opened");
	bool ok = read_all(fd, path, max_bytes, out, err);
	close(fd);
	return ok;
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

bool file_write(const char *path, const void *data, size_t len, unsigned mode, struct err *err)
{
	char temporary[4096];
	int n = snprintf(temporary, sizeof(temporary), "%s.%d.tmp", path, (int)getpid());
	if (n < 0 || (size_t)n >= sizeof(temporary))
		return err_set_at(err, ERR_FILE, path, "the path is too long");
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return fail(err, path, "it can't be written");
	bool ok = write_all(fd, data, len);
	ok = close(fd) == 0 && ok && rename(temporary, path) == 0;
	if (!ok) {
		fail(err, path, "it can't be written");
		unlink(temporary);
	}
	return ok;
}

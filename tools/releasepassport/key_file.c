#include "key_file.h"

#include "base/file.h"

#define KEY_FILE_MAX_BYTES (1024 * 1024)

bool key_file_read(const char *path, struct keyset **keys, struct err *err)
{
	owned_buf struct buf text = { 0 };
	if (!file_read(path, KEY_FILE_MAX_BYTES, &text, err))
		return false;
	if (keyset_parse(buf_str(&text), text.len, keys, err))
		return true;
	if (err != NULL && err->where[0] != '\0')
		err_add_where(err, ": ");
	return err_add_where(err, path);
}

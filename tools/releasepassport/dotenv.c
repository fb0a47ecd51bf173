#include "dotenv.h"

#include "base/file.h"
#include "policy/names.h"

static void add(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "RELEASEPASSPORT_GATE_%s=", name);
	output_clean(value, out);
	buf_append_char(out, '\n');
}

void dotenv_text(const struct verdict *verdict, struct buf *out)
{
	add(out, "DECISION", decision_name(verdict->decision));
	add(out, "PASSPORT_ID", verdict->passport_id);
	add(out, "MODE", mode_name(verdict->mode));
	buf_printf(out, "RELEASEPASSPORT_GATE_EXIT_CODE=%d\n", verdict->exit_code);
}

bool dotenv_write(const struct verdict *verdict, const char *path, struct err *err)
{
	owned_buf struct buf text = { 0 };
	dotenv_text(verdict, &text);
	return file_write(path, text.data, text.len, 0644, err);
}

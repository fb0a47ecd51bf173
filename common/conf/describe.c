/* The reference page and --help, from the same tables that the programs read. */
#include "conf/conf.h"

#include <inttypes.h>

static const char *type_text(enum conf_type type)
{
	switch (type) {
	case CONF_STRING: return "text";
	case CONF_TEXT: return "text, may have lines";
	case CONF_SECRET: return "secret";
	case CONF_PATH: return "readable file";
	case CONF_INT: return "whole number";
	case CONF_DURATION: return "duration";
	case CONF_BOOL: return "true or false";
	case CONF_ADDRESS: return "address";
	case CONF_ENUM: return "one of";
	}
	return "";
}

static void append_bound(const struct conf_key *key, int64_t bound, struct buf *out)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" } };
	if (key->type == CONF_DURATION) {
		for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
			if (bound != 0 && bound % units[i].ms == 0) {
				buf_printf(out, "%" PRId64 "%s", bound / units[i].ms, units[i].unit);
				return;
			}
		}
		buf_printf(out, "%" PRId64 "ms", bound);
		return;
	}
	buf_printf(out, "%" PRId64, bound);
}

static void append_type(const struct conf_key *key, struct buf *out)
{
	buf_append_str(out, type_text(key->type));
	if (key->type == CONF_ENUM) {
		for (int i = 0; key->names[i] != NULL; i++)
			buf_printf(out, "%s %s", i == 0 ? "" : ",", key->names[i]);
	}
	if ((key->type == CONF_INT || key->type == CONF_DURATION) && (key->min != 0 || key->max != 0)) {
		buf_append_str(out, ", ");
		append_bound(key, key->min, out);
		buf_append_str(out, " to ");
		append_bound(key, key->max, out);
	}
	if (key->type == CONF_SECRET || key->type == CONF_TEXT)
		buf_printf(out, "; also %s_FILE", key->name);
}

static void append_default(const struct conf_key *key, const char *quote, struct buf *out)
{
	if (key->default_value == NULL)
		buf_append_str(out, "must be set");
	else if (key->default_value[0] == '\0')
		buf_append_str(out, "optional");
	else
		buf_printf(out, "default %s%s%s", quote, key->default_value, quote);
}

/* A vertical bar would end the table's cell. */
static void append_cell(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			buf_append_char(out, '\\');
		buf_append_char(out, *text);
	}
}

static void describe_markdown(const struct conf_key *table, struct buf *out)
{
	buf_append_str(out, "| setting | meaning | value | default |\n|---|---|---|---|\n");
	for (const struct conf_key *key = table; key->name != NULL; key++) {
		owned_buf struct buf type = { 0 };
		append_type(key, &type);
		buf_printf(out, "| `%s` | ", key->name);
		append_cell(key->summary, out);
		buf_append_str(out, " | ");
		append_cell(buf_str(&type), out);
		buf_append_str(out, " | ");
		append_default(key, "`", out);
		buf_append_str(out, " |\n");
	}
}

static void describe_plain(const struct conf_key *table, struct buf *out)
{
	for (const struct conf_key *key = table; key->name != NULL; key++) {
		buf_printf(out, "  %s\n      %s\n      ", key->name, key->summary);
		append_type(key, out);
		buf_append_str(out, "; ");
		append_default(key, "", out);
		buf_append_char(out, '\n');
	}
}

void conf_describe(const struct conf_key *table, bool markdown, struct buf *out)
{
	if (markdown)
		describe_markdown(table, out);
	else
		describe_plain(table, out);
}

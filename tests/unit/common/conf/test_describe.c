#include <string.h>

#include "conf/conf.h"
#include "unit.h"

static const char *const levels[] = { "debug", "info", NULL };
static const struct conf_key table[] = {
	{ "D_NEEDED", NULL, "a name", CONF_STRING, 0, 0, 0, NULL },
	{ "D_WAIT", "5s", "how long | at most", CONF_DURATION, 0, 500, 120000, NULL },
	{ "D_KEY", "", "the key", CONF_SECRET, 0, 0, 0, NULL },
	{ "D_LEVEL", "info", "how much", CONF_ENUM, 0, 0, 0, levels },
	{ 0 },
};

START_TEST(test_describe__writes_a_markdown_table)
{
	owned_buf struct buf out = { 0 };
	conf_describe(table, true, &out);
	ck_assert_str_eq(buf_str(&out), "| setting | meaning | value | default |\n"
					"|---|---|---|---|\n"
					"| `D_NEEDED` | a name | text | must be set |\n"
					"| `D_WAIT` | how long \\| at most | duration, 500ms to 2m | default `5s` |\n"
					"| `D_KEY` | the key | secret; also D_KEY_FILE | optional |\n"
					"| `D_LEVEL` | how much | one of debug, info | default `info` |\n");
}
END_TEST

START_TEST(test_describe__writes_help_for_a_terminal)
{
	owned_buf struct buf out = { 0 };
	conf_describe(table, false, &out);
	ck_assert_ptr_nonnull(
		strstr(buf_str(&out), "  D_WAIT\n      how long | at most\n      duration, 500ms to 2m; default 5s\n"));
}
END_TEST

UNIT_MAIN("conf/describe", test_describe__writes_a_markdown_table, test_describe__writes_help_for_a_terminal)

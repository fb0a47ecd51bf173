#include <string.h>

#include "json/fields.h"
#include "unit.h"

#define HEX40 "0123456789abcdef0123456789abcdef01234567"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	enum json_pattern pattern;
	const char *text;
	enum err_kind kind;
} cases[] = {
	{ JSON_PATTERN_NONE, "\n", ERR_NONE },
	{ JSON_PATTERN_NAME, "a", ERR_NONE },
	{ JSON_PATTERN_NAME, "7", ERR_NONE },
	{ JSON_PATTERN_NAME, "pay.ments_v-2", ERR_NONE },
	{ JSON_PATTERN_NAME, X64 X64, ERR_NONE },
	{ JSON_PATTERN_NAME, X64 X64 "x", ERR_INVALID },
	{ JSON_PATTERN_NAME, "", ERR_INVALID },
	{ JSON_PATTERN_NAME, "-a", ERR_INVALID },
	{ JSON_PATTERN_NAME, "a-", ERR_INVALID },
	{ JSON_PATTERN_NAME, "a/b", ERR_INVALID },
	{ JSON_PATTERN_NAME, "a b", ERR_INVALID },
	{ JSON_PATTERN_NAME, "\xc3\xa9", ERR_INVALID },
	{ JSON_PATTERN_NAME, "a\n", ERR_INVALID },
	{ JSON_PATTERN_DIGEST, "sha256:" HEX64, ERR_NONE },
	{ JSON_PATTERN_DIGEST, HEX64, ERR_UNPROCESSABLE },
	{ JSON_PATTERN_DIGEST, "sha256:" HEX40, ERR_UNPROCESSABLE },
	{ JSON_PATTERN_DIGEST, "sha256:" HEX64 "0", ERR_UNPROCESSABLE },
	{ JSON_PATTERN_DIGEST, "sha512:" HEX64, ERR_UNPROCESSABLE },
	{ JSON_PATTERN_DIGEST, "sha256:" X64, ERR_UNPROCESSABLE },
	{ JSON_PATTERN_DIGEST, "SHA256:" HEX64, ERR_UNPROCESSABLE },
	{ JSON_PATTERN_DIGEST, "", ERR_UNPROCESSABLE },
	{ JSON_PATTERN_GIT_SHA, HEX40, ERR_NONE },
	{ JSON_PATTERN_GIT_SHA, HEX64, ERR_NONE },
	{ JSON_PATTERN_GIT_SHA, HEX40 "0", ERR_UNPROCESSABLE },
	{ JSON_PATTERN_GIT_SHA, "0123456", ERR_UNPROCESSABLE },
	{ JSON_PATTERN_GIT_SHA, "0123456789ABCDEF0123456789abcdef01234567", ERR_UNPROCESSABLE },
	{ JSON_PATTERN_ONE_LINE, "", ERR_NONE },
	{ JSON_PATTERN_ONE_LINE, "h\xc3\xb6rt auf \xf0\x9f\x98\x80", ERR_NONE },
	{ JSON_PATTERN_ONE_LINE, "a\nb", ERR_INVALID },
	{ JSON_PATTERN_ONE_LINE, "a\tb", ERR_INVALID },
	{ JSON_PATTERN_ONE_LINE, "\x1b[31m", ERR_INVALID },
	{ JSON_PATTERN_ONE_LINE, "\x7f", ERR_INVALID },
	{ JSON_PATTERN_ONE_LINE, "\xc2\x85", ERR_INVALID },
	{ JSON_PATTERN_ONE_LINE, "\xe2\x80\xa8", ERR_INVALID },
	{ JSON_PATTERN_ONE_LINE, "\xff", ERR_INVALID },
};

START_TEST(test_pattern__table)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { 0 };
		bool fits = json_pattern_check(cases[i].text, cases[i].pattern, "/member", &err);
		ck_assert_msg(fits == (cases[i].kind == ERR_NONE), "case %zu: %s", i, cases[i].text);
		ck_assert_msg(err.kind == cases[i].kind, "case %zu: %s", i, err.text);
		ck_assert_str_eq(err.where, fits ? "" : "/member");
	}
}
END_TEST

UNIT_MAIN("json/pattern", test_pattern__table)

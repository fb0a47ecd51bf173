#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "json/json.h"
#include "unit.h"

static bool scan(const char *text, struct err *err)
{
	return json_scan(text, strlen(text), JSON_DEPTH_MAX, err);
}

START_TEST(test_scan__accepts_every_kind_of_value)
{
	static const char *const good[] = { "null", " true ", "false", "0", "-0", "-0.0", "1e-400", "1E22",
		"9007199254740991", "-9007199254740991", "9007199254740991.0", "1e21", "1.7976931348623157e308", "\"\"",
		"[]", "{}", "[[],{}]", "{\"\":{\"\":[]}}", "\t[\r\n1 , 2 ] ", "\"\\u00e9\\ud83d\\uDE00\\/\\b\"",
		"{\"a\":1,\"A\":2}", "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}", "\"\\uffff\xef\xbf\xbf\x7f\"" };
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct err err = { 0 };
		ck_assert_msg(scan(good[i], &err), "%s: %s", good[i], err.text);
	}
}
END_TEST

static const struct {
	const char *text;
	const char *where;
	const char *why;
} faults[] = {
	{ "", "", "a value is expected" },
	{ " ", "", "a value is expected" },
	{ "nul", "", "a value is expected" },
	{ "NaN", "", "a value is expected" },
	{ "-Infinity", "", "a digit is expected" },
	{ "[1,]", "/1", "a value is expected" },
	{ "[,1]", "/0", "a value is expected" },
	{ "[1 2]", "/0", "a comma or ] is expected" },
	{ "[1", "/0", "a comma or ] is expected" },
	{ "[1}", "/0", "a comma or ] is expected" },
	{ "[01]", "/0", "a comma or ] is expected" },
	{ "{\"a\":1,}", "/a", "a member's name is expected" },
	{ "{\"a\":1", "/a", "a comma or } is expected" },
	{ "{\"a\" 1}", "/a", "a colon is expected" },
	{ "{\"a\":}", "/a", "a value is expected" },
	{ "{a:1}", "", "a member's name is expected" },
	{ "{\"a\":{\"b\":[0,{\"c\":tru}]}}", "/a/b/1/c", "a value is expected" },
	{ "{\"a/b~c\":[x]}", "/a~1b~0c/0", "a value is expected" },
	{ "{\"\":[[[1,2,+3]]]}", "//0/0/2", "a value is expected" },
	{ "1 2", "", "something follows the value" },
	{ "{} {}", "", "something follows the value" },
	{ "[]]", "", "something follows the value" },
	{ "1.", "", "a digit is expected" },
	{ "1e", "", "a digit is expected" },
	{ "1e+", "", "a digit is expected" },
	{ "-", "", "a digit is expected" },
	{ "\"a", "", "the string does not end" },
	{ "\"\\", "", "there is no such escape" },
	{ "\"\\x\"", "", "there is no such escape" },
	{ "\"\\u12g4\"", "", "four hexadecimal digits" },
	{ "\"\\u12", "", "four hexadecimal digits" },
	{ "\"\t\"", "", "a control character" },
	{ "\"\xff\"", "", "not UTF-8" },
	{ "\"\xed\xa0\x80\"", "", "not UTF-8" },
	{ "\"\xc0\x80\"", "", "not UTF-8" },
	{ "{\"a\":[\"\xf0\x9f\x98\"]}", "/a/0", "not UTF-8" },
	{ "\xef\xbb\xbf{}", "", "byte order mark" },
	{ "\"\\u0000\"", "", "U+0000" },
	{ "[\"\\ud800\"]", "/0", "surrogate" },
	{ "[\"\\udc00\"]", "/0", "surrogate" },
	{ "[\"\\ud800\\ud800\"]", "/0", "surrogate" },
	{ "[\"\\ud800x\"]", "/0", "surrogate" },
	{ "[\"\\ud800\\u0041\"]", "/0", "surrogate" },
	{ "{\"\\ud800\":1}", "", "surrogate" },
	{ "{\"n\":9007199254740992}", "/n", "send it as a string" },
	{ "[-9007199254740992]", "/0", "send it as a string" },
	{ "18446744073709551616", "", "send it as a string" },
	{ "100000000000000000000000000", "", "send it as a string" },
	{ "9007199254740993.0", "", "send it as a string" },
	{ "1e20", "", "send it as a string" },
	{ "-1e20", "", "send it as a string" },
	{ "1e400", "", "too large" },
	{ "-1e309", "", "too large" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "/a", "two members" },
	{ "{\"a\":1,\"\\u0061\":3}", "/a", "two members" },
	{ "{\"x\":[{\"\xc3\xa9\":1,\"b\":0,\"\\u00e9\":3}]}", "/x/0/\xc3\xa9", "two members" },
	{ "{\"\":1,\"\":2}", "/", "two members" },
	{ "{\"a/\":{\"k\":1},\"a\\/\":{}}", "/a~1", "two members" },
};

START_TEST(test_scan__names_the_place_and_the_reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct err err = { 0 };
		ck_assert_msg(!scan(faults[i].text, &err), "accepted %s", faults[i].text);
		ck_assert_int_eq(err.kind, ERR_INVALID);
		ck_assert_msg(strcmp(err.where, faults[i].where) == 0, "%s: at %s", faults[i].text, err.where);
		ck_assert_msg(strstr(err.text, faults[i].why) != NULL, "%s: %s", faults[i].text, err.text);
	}
}
END_TEST

START_TEST(test_scan__names_line_and_column)
{
	struct err err = { 0 };
	ck_assert(!scan("{\n \"\xc3\xa9\": x}", &err));
	ck_assert_str_eq(err.text, "a value is expected (line 2, column 7)");
	ck_assert(!scan("{\"a\":1,\n\"b\":2,\n \"a\":3}", &err));
	ck_assert_str_eq(err.text, "the object has two members of this name (line 3, column 2)");
}
END_TEST

START_TEST(test_scan__refuses_a_raw_nul)
{
	ck_assert(!json_scan("\"a\0b\"", 5, JSON_DEPTH_MAX, NULL));
	ck_assert(!json_scan("1\0", 2, JSON_DEPTH_MAX, NULL));
	ck_assert(!json_scan("\0", 1, JSON_DEPTH_MAX, NULL));
}
END_TEST

/* The text lies at the end of its block: a byte read too far is an error of the sanitizer. */
START_TEST(test_scan__reads_not_past_the_end)
{
	static const char text[] = "{\"a\\u00e9\\ud83d\\ude00\xc3\xa9\":[-1.5e+10,true,false,null,\"\"]}";
	for (size_t len = 0; len < sizeof(text); len++) {
		owned(mem) char *exact = mem_alloc(len + 1);
		memcpy(exact + 1, text, len);
		ck_assert_int_eq(json_scan(exact + 1, len, JSON_DEPTH_MAX, NULL), len == sizeof(text) - 1);
	}
}
END_TEST

static void nest(struct buf *text, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buf_append_char(text, '[');
	for (size_t i = 0; i < depth; i++)
		buf_append_char(text, ']');
}

START_TEST(test_scan__bounds_the_depth)
{
	for (unsigned max = 1; max <= JSON_DEPTH_MAX; max++) {
		owned_buf struct buf text = { 0 }, deeper = { 0 };
		nest(&text, max);
		nest(&deeper, max + 1);
		struct err err = { 0 };
		ck_assert(json_scan(text.data, text.len, max, &err));
		ck_assert(!json_scan(deeper.data, deeper.len, max, &err));
		ck_assert_ptr_nonnull(strstr(err.text, "nested deeper"));
	}
	owned_buf struct buf abyss = { 0 };
	nest(&abyss, 1000000);
	ck_assert(!json_scan(abyss.data, abyss.len, JSON_DEPTH_MAX, NULL));
}
END_TEST

START_TEST(test_scan__bounds_the_values)
{
	owned_buf struct buf text = { 0 };
	buf_append_str(&text, "[0");
	for (int i = 0; i < JSON_VALUES_MAX - 2; i++)
		buf_append_str(&text, ",{}");
	buf_append_char(&text, ']');
	struct err err = { 0 };
	ck_assert(json_scan(text.data, text.len, JSON_DEPTH_MAX, &err));
	buf_truncate(&text, text.len - 1);
	buf_append_str(&text, ",{}]");
	ck_assert(!json_scan(text.data, text.len, JSON_DEPTH_MAX, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "values"));
}
END_TEST

static void append_members(struct buf *text, int count, const char *prefix)
{
	for (int i = 0; i < count; i++)
		buf_printf(text, "%s\"%s%d\":0", i > 0 ? "," : "", prefix, i);
}

/* With a search through the earlier names, this many members would take long. */
START_TEST(test_scan__finds_a_duplicate_among_30000_names_in_time)
{
	owned_buf struct buf text = { 0 };
	buf_append_char(&text, '{');
	append_members(&text, 30000, "name-");
	size_t unique = text.len;
	buf_append_char(&text, '}');
	int64_t start = clock_mono_us();
	struct err err = { 0 };
	ck_assert_msg(json_scan(text.data, text.len, JSON_DEPTH_MAX, &err), "%s", err.text);
	buf_truncate(&text, unique);
	buf_append_str(&text, ",\"name\\u002d4711\":1}");
	ck_assert(!json_scan(text.data, text.len, JSON_DEPTH_MAX, &err));
	ck_assert_str_eq(err.where, "/name-4711");
	ck_assert_int_lt(clock_mono_us() - start, CLOCK_US_PER_S);
}
END_TEST

START_TEST(test_scan__a_long_place_is_cut_at_a_whole_character)
{
	for (size_t shift = 0; shift < 4; shift++) {
		owned_buf struct buf text = { 0 };
		buf_append_str(&text, "{\"");
		for (size_t i = 0; i < shift; i++)
			buf_append_char(&text, 'x');
		for (size_t i = 0; i < 100; i++)
			buf_append_str(&text, "\xf0\x9f\x98\x80");
		buf_append_str(&text, "\":x}");
		struct err err = { 0 };
		ck_assert(!json_scan(text.data, text.len, JSON_DEPTH_MAX, &err));
		ck_assert_uint_ge(strlen(err.where), 250);
		ck_assert(utf8_valid(err.where, strlen(err.where)));
	}
}
END_TEST

UNIT_MAIN("json/scan", test_scan__accepts_every_kind_of_value, test_scan__names_the_place_and_the_reason,
	test_scan__names_line_and_column, test_scan__refuses_a_raw_nul, test_scan__reads_not_past_the_end,
	test_scan__bounds_the_depth, test_scan__bounds_the_values,
	test_scan__finds_a_duplicate_among_30000_names_in_time, test_scan__a_long_place_is_cut_at_a_whole_character)

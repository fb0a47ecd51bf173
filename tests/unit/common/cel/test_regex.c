#include "cel/regex.h"

#include <string.h>

#include "fixture.h"

struct match_case {
	const char *pattern;
	const char *text;
	bool matches;
};

static bool matches(struct arena *arena, const char *pattern, const char *text, size_t len)
{
	const char *fault = NULL;
	struct cel_regex *regex = cel_regex_create(arena, pattern, strlen(pattern), &fault);
	ck_assert_msg(regex != NULL, "%s: %s", pattern, fault);
	uint32_t *marks = arena_array(arena, CEL_REGEX_MARKS(cel_regex_size(regex)), sizeof(*marks));
	uint64_t steps = 0;
	return cel_regex_matches(regex, text, len, marks, UINT64_MAX, &steps);
}

static void expect_matches(const struct match_case *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		owned(arena) struct arena *arena = arena_create();
		ck_assert_msg(matches(arena, rows[i].pattern, rows[i].text, strlen(rows[i].text)) == rows[i].matches,
			"'%s' and '%s': not %d", rows[i].pattern, rows[i].text, rows[i].matches);
	}
}

START_TEST(test_regex__matches_anywhere_unless_anchored)
{
	static const struct match_case rows[] = {
		{ "b", "abc", true },
		{ "^b", "abc", false },
		{ "^a", "abc", true },
		{ "c$", "abc", true },
		{ "b$", "abc", false },
		{ "^abc$", "abc", true },
		{ "^$", "", true },
		{ "^$", "a", false },
		{ "\\Ab", "ab", false },
		{ "\\Aa", "ab", true },
		{ "b\\z", "ab", true },
		{ "a\\z", "ab", false },
		{ "$", "a", true },
		{ "", "", true },
		{ "c$", "abc\n", false },
		{ "^b", "a\nb", false },
		{ "(?m)^b", "a\nb", true },
		{ "(?m)a$", "a\nb", true },
		{ "(?m)\\Ab", "a\nb", false },
	};
	expect_matches(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_regex__repeats)
{
	static const struct match_case rows[] = {
		{ "^a*$", "", true },
		{ "^a*$", "aaa", true },
		{ "^a+$", "", false },
		{ "^a+$", "aa", true },
		{ "^a?$", "aa", false },
		{ "^a{2}$", "aa", true },
		{ "^a{2}$", "aaa", false },
		{ "^a{2,}$", "a", false },
		{ "^a{2,}$", "aaaa", true },
		{ "^a{1,3}$", "aaa", true },
		{ "^a{1,3}$", "aaaa", false },
		{ "^a{0}$", "", true },
		{ "^a{0}b$", "b", true },
		{ "^(ab){2,3}$", "ababab", true },
		{ "^(ab){2,3}$", "ab", false },
		{ "^(a|bc)*d$", "abcad", true },
		{ "^(a*)*$", "aaa", true },
		{ "^(a*)+b$", "b", true },
		{ "^(|a)*b$", "aab", true },
		{ "^(a?){3}$", "aa", true },
		{ "^(a?){3}$", "aaaa", false },
		{ "^a*?b$", "aab", true },
		{ "^(?:a{2}){2}$", "aaaa", true },
		{ "a{,2}", "a{,2}", true },
		{ "^a{$", "a{", true },
		{ "x{1", "x{1", true },
		{ "(?U)^a+$", "aa", true },
	};
	expect_matches(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_regex__chooses)
{
	static const struct match_case rows[] = {
		{ "^(foo|bar|baz)$", "bar", true },
		{ "^(foo|bar|baz)$", "baz", true },
		{ "^(foo|bar|baz)$", "ba", false },
		{ "^foo|bar$", "xbar", true },
		{ "^foo|bar$", "foox", true },
		{ "^(a|)$", "", true },
		{ "|a", "b", true },
		{ "^(?P<name>a)(?<other>b)$", "ab", true },
	};
	expect_matches(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_regex__knows_classes)
{
	static const struct match_case rows[] = {
		{ "^[a-c]+$", "abc", true },
		{ "^[a-c]+$", "abd", false },
		{ "^[^a-c]$", "d", true },
		{ "^[^a-c]$", "a", false },
		{ "^[^a]$", "\n", true },
		{ "^[]a]+$", "]a", true },
		{ "^[^]a]$", "]", false },
		{ "^[a-]+$", "a-", true },
		{ "^[-a]+$", "-a", true },
		{ "^[a\\]]$", "]", true },
		{ "^[\\d_]+$", "1_", true },
		{ "^[^\\d]$", "1", false },
		{ "^[\\D]$", "1", false },
		{ "^[[:alpha:]]$", "a", true },
		{ "^[[:^alpha:]]$", "a", false },
		{ "^[[:digit:][:punct:]]+$", "1!", true },
		{ "^\\d$", "5", true },
		{ "^\\D$", "5", false },
		{ "^\\w+$", "a_9", true },
		{ "^\\W$", "a", false },
		{ "^\\s+$", " \t\n\f\r", true },
		{ "^\\S$", " ", false },
		{ "^\\s$", "\v", false },
		{ "^[[:space:]]$", "\v", true },
		{ "^.$", "\n", false },
		{ "(?s)^.$", "\n", true },
		{ "^.$", "\xc3\xa9", true },
		{ "^[\xc3\xa0-\xc3\xaf]$", "\xc3\xa9", true },
		{ "^..$", "\xf0\x9f\x98\x80", false },
	};
	expect_matches(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_regex__knows_escapes)
{
	static const struct match_case rows[] = {
		{ "^a\\.b$", "a.b", true },
		{ "^a\\.b$", "axb", false },
		{ "^\\t\\n$", "\t\n", true },
		{ "^\\x41\\x{1F600}$", "A\xf0\x9f\x98\x80", true },
		{ "^\\101\\07$", "A\a", true },
		{ "^\\Qa.b*\\E+$", "a.b***", true },
		{ "^\\Qa.b", "axb", false },
		{ "^(\\Q)|\\E)$", ")|", true },
		{ "\\Q\\Ea", "a", true },
		{ "\\bfoo\\b", "a foo b", true },
		{ "\\bfoo\\b", "afoo", false },
		{ "\\Boo\\b", "foo", true },
		{ "^\\*\\+\\?\\(\\)$", "*+?()", true },
	};
	expect_matches(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_regex__ignores_case_on_demand)
{
	static const struct match_case rows[] = {
		{ "(?i)^hello$", "HeLLo", true },
		{ "^(?i:h)ello$", "Hello", true },
		{ "^(?i:h)ello$", "HELLO", false },
		{ "^(?i)a(?-i)b$", "Ab", true },
		{ "^(?i)a(?-i)b$", "AB", false },
		{ "^((?i)a)b$", "AB", false },
		{ "(?i)^[a-c]$", "B", true },
		{ "(?i)^[^a]$", "A", false },
		{ "(?i)^k$", "\xe2\x84\xaa", true },
		{ "(?is)^a.$", "A\n", true },
	};
	expect_matches(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(test_regex__refuses_what_it_does_not_know)
{
	static const struct expression_case rows[] = {
		{ "(", "missing )" },
		{ "a)", "unexpected )" },
		{ "[a", "missing ]" },
		{ "[", "missing ]" },
		{ "[b-a]", "wrong range in a character class" },
		{ "[a-\\d]", "unknown escape" },
		{ "[[:nope:]]", "unknown [:class:]" },
		{ "*a", "nothing to repeat" },
		{ "a|*", "nothing to repeat" },
		{ "a**", "a repetition can't be repeated without a group" },
		{ "a{2}{3}", "a repetition can't be repeated without a group" },
		{ "a{1001}", "wrong repetition count" },
		{ "a{3,2}", "wrong repetition count" },
		{ "a\\", "ends with a backslash" },
		{ "\\y", "unknown escape" },
		{ "\\1", "back references are not supported" },
		{ "\\pL", "Unicode classes (\\p) are not supported" },
		{ "\\x4", "wrong \\x escape" },
		{ "\\x{110000}", "wrong \\x escape" },
		{ "(?=a)", "unknown group or flag behind (?" },
		{ "(?!a)", "unknown group or flag behind (?" },
		{ "(?<=a)b", "look-behind is not supported" },
		{ "(?P=n)", "unknown group or flag behind (?" },
		{ "(?P<n", "wrong name of a group" },
		{ "(?i", "missing )" },
		{ "(?x)a", "unknown group or flag behind (?" },
		{ "(?i)\xc3\xa9", "(?i) is supported for ASCII letters only" },
		{ "\xff", "not UTF-8" },
		{ "(a{1000}){5}", "too large" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		owned(arena) struct arena *arena = arena_create();
		const char *fault = NULL;
		ck_assert_msg(cel_regex_create(arena, rows[i].source, strlen(rows[i].source), &fault) == NULL,
			"%s is accepted", rows[i].source);
		ck_assert_str_eq(fault, rows[i].expected);
	}
}
END_TEST

START_TEST(test_regex__takes_texts_that_are_not_utf8)
{
	owned(arena) struct arena *arena = arena_create();
	ck_assert(matches(arena, "^a", "a\xff", 2));
	ck_assert(!matches(arena, "^a.$", "a\xff", 2));
	ck_assert(matches(arena, "^a\\x00b$", "a\0b", 3));
}
END_TEST

START_TEST(test_regex__steps_grow_with_the_text_and_end_at_the_limit)
{
	owned(arena) struct arena *arena = arena_create();
	const char *fault = NULL;
	struct cel_regex *regex = cel_regex_create(arena, "(a*)*(a|aa)*b", 13, &fault);
	ck_assert_ptr_nonnull(regex);
	uint32_t *marks = arena_array(arena, CEL_REGEX_MARKS(cel_regex_size(regex)), sizeof(*marks));
	static char text[10000];
	memset(text, 'a', sizeof(text));
	uint64_t steps = 0;
	ck_assert(!cel_regex_matches(regex, text, sizeof(text), marks, UINT64_MAX, &steps));
	ck_assert_uint_lt(steps, 3 * cel_regex_size(regex) * sizeof(text));
	uint64_t limited = 0;
	ck_assert(!cel_regex_matches(regex, text, sizeof(text), marks, 1000, &limited));
	ck_assert_uint_gt(limited, 1000);
	ck_assert_uint_lt(limited, 1000 + 4 * cel_regex_size(regex));
}
END_TEST

UNIT_MAIN("cel/regex", test_regex__matches_anywhere_unless_anchored, test_regex__repeats, test_regex__chooses,
	test_regex__knows_classes, test_regex__knows_escapes, test_regex__ignores_case_on_demand,
	test_regex__refuses_what_it_does_not_know, test_regex__takes_texts_that_are_not_utf8,
	test_regex__steps_grow_with_the_text_and_end_at_the_limit)

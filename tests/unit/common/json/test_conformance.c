/* The public suites: JSONTestSuite (what a parser must accept and refuse) and the test data of RFC 8785. */
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "vectors.h"

/* Where we are stricter than RFC 8259 asks, on purpose: every must-accept case that we refuse stands here. */
static const struct {
	const char *name;
	const char *text; /* in the error */
	const char *why;
} stricter[] = {
	{ "y_object_escaped_null_in_key", "U+0000", "PostgreSQL's text and C strings can't hold it" },
};

static const char *why_stricter(const char *name, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(stricter); i++)
		if (strcmp(stricter[i].name, name) == 0 && strstr(text, stricter[i].text) != NULL)
			return stricter[i].why;
	return NULL;
}

/* Also checks that both answers are the same with and without the tree, and that an error is a whole one. */
static bool accepts(const struct buf *content, struct err *err)
{
	owned(json) struct json_object *value = NULL;
	bool scanned = json_scan(buf_str(content), content->len, JSON_DEPTH_MAX, NULL);
	bool parsed = json_parse(buf_str(content), content->len, &value, err);
	ck_assert_int_eq(scanned, parsed);
	if (!parsed) {
		ck_assert_int_eq(err->kind, ERR_INVALID);
		ck_assert_str_ne(err->text, "");
	}
	return parsed;
}

START_TEST(test_conformance__json_test_suite)
{
	struct json_object *file, *tests = vectors_tests("json-parsing/parsing.json", &file);
	size_t count = json_object_array_length(tests), accepted = 0, rejected = 0, either = 0, refused_on_purpose = 0;
	for (size_t i = 0; i < count; i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		const char *name = vectors_text(test, "name"), *expect = vectors_text(test, "expect");
		owned_buf struct buf content = { 0 };
		ck_assert(vectors_base64(test, "content", &content));
		struct err err = { 0 };
		bool answer = accepts(&content, &err);
		if (strcmp(expect, "reject") == 0) {
			ck_assert_msg(!answer, "%s was accepted", name);
			rejected++;
		} else if (strcmp(expect, "accept") == 0 && answer) {
			accepted++;
		} else if (strcmp(expect, "accept") == 0) {
			const char *why = why_stricter(name, err.text);
			ck_assert_msg(why != NULL, "%s was refused: %s", name, err.text);
			printf("stricter: %s: %s\n", name, why);
			refused_on_purpose++;
		} else {
			ck_assert_str_eq(expect, "either");
			either++;
		}
	}
	ck_assert_uint_eq(rejected, 113);
	ck_assert_uint_eq(accepted, 58);
	ck_assert_uint_eq(refused_on_purpose, ARRAY_SIZE(stricter));
	ck_assert_uint_eq(either, 20);
	json_object_put(file);
}
END_TEST

START_TEST(test_conformance__rfc_8785_pairs)
{
	struct json_object *file, *tests = vectors_tests("jcs/pairs.json", &file);
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		owned_buf struct buf input = { 0 }, expected = { 0 }, output = { 0 };
		ck_assert(vectors_base64(test, "input", &input) && vectors_base64(test, "output", &expected));
		owned(json) struct json_object *value = NULL;
		struct err err = { 0 };
		ck_assert_msg(json_parse(input.data, input.len, &value, &err), "%s: %s", vectors_text(test, "name"),
			err.text);
		ck_assert(json_canonical(value, &output, &err));
		ck_assert_str_eq(buf_str(&output), buf_str(&expected));
		ck_assert_uint_eq(output.len, expected.len);
	}
	ck_assert_uint_eq(json_object_array_length(tests), 4);
	json_object_put(file);
}
END_TEST

static double from_bits(const char *text)
{
	uint64_t bits = strtoull(text, NULL, 16);
	double number;
	memcpy(&number, &bits, sizeof(number));
	return number;
}

START_TEST(test_conformance__rfc_8785_numbers)
{
	struct json_object *file, *tests = vectors_tests("jcs/numbers.json", &file);
	size_t refused = 0;
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		const char *bits = vectors_text(test, "bits"), *expected = vectors_text(test, "json");
		owned_buf struct buf text = { 0 };
		bool written = json_number_text(from_bits(bits), &text);
		ck_assert_msg(written == (expected != NULL), "%s", bits);
		if (expected != NULL)
			ck_assert_msg(strcmp(buf_str(&text), expected) == 0, "%s: %s, not %s", bits, buf_str(&text),
				expected);
		else
			refused++;
	}
	ck_assert_uint_eq(json_object_array_length(tests), 1450);
	ck_assert_uint_eq(refused, 2);
	json_object_put(file);
}
END_TEST

VECTORS_MAIN("json/conformance", test_conformance__json_test_suite, test_conformance__rfc_8785_pairs,
	test_conformance__rfc_8785_numbers)

#include "json/fields.h"

#include <stddef.h>
#include <string.h>

#include "json/json.h"
#include "unit.h"

struct item {
	const char *name;
	int64_t count;
};

struct sample {
	const char *text;
	int64_t number;
	double ratio;
	bool flag, flag_present;
	int64_t time_us;
	int64_t wait_ms;
	int color;
	struct json_object *any;
	bool any_present;
	struct item one;
	struct item *other;
	struct json_array items;
	struct json_array names;
	const char *digest;
};

static const char *const colors[] = { "red", "green", NULL };

static const struct json_field item_fields[] = {
	{ "name", JSON_STRING, offsetof(struct item, name), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "count", JSON_INT, offsetof(struct item, count), .min = 1, .max = 9 },
	{ 0 },
};

static const struct json_field sample_fields[] = {
	{ "text", JSON_STRING, offsetof(struct sample, text), .min = 2, .max = 5 },
	{ "number", JSON_INT, offsetof(struct sample, number) },
	{ "ratio", JSON_DOUBLE, offsetof(struct sample, ratio) },
	{ "flag", JSON_BOOL, offsetof(struct sample, flag), .present_offset = offsetof(struct sample, flag_present) },
	{ "time", JSON_TIME, offsetof(struct sample, time_us) },
	{ "wait", JSON_DURATION, offsetof(struct sample, wait_ms), .min = 0, .max = 60000 },
	{ "color", JSON_ENUM, offsetof(struct sample, color), .names = colors },
	{ "any", JSON_ANY, offsetof(struct sample, any), .present_offset = offsetof(struct sample, any_present) },
	{ "one", JSON_OBJECT, offsetof(struct sample, one), .child = item_fields },
	{ "other", JSON_OBJECT_POINTER, offsetof(struct sample, other), .child = item_fields,
		.child_size = sizeof(struct item) },
	{ "items", JSON_ARRAY, offsetof(struct sample, items), .child = item_fields, .child_size = sizeof(struct item),
		.max = 3 },
	{ "names/of", JSON_STRING_ARRAY, offsetof(struct sample, names), .min = 1, .max = 2,
		.pattern = JSON_PATTERN_NAME },
	{ "digest", JSON_STRING, offsetof(struct sample, digest), .pattern = JSON_PATTERN_DIGEST },
	{ 0 },
};

static struct json_object *tree;
static struct arena *arena;

static bool read_sample(const char *text, struct sample *out, struct err *err)
{
	json_object_put(tree);
	arena_destroy(arena);
	arena = arena_create();
	*out = (struct sample){ 0 };
	ck_assert_msg(json_parse(text, strlen(text), &tree, err), "%s: %s", text, err->text);
	return json_read(tree, sample_fields, "/body", arena, out, err);
}

static void forget(void)
{
	json_object_put(tree);
	tree = NULL;
	arena_destroy(arena);
	arena = NULL;
}

START_TEST(test_fields__reads_every_type)
{
	struct sample s;
	struct err err = { 0 };
	ck_assert_msg(
		read_sample(
			"{\"text\":\"ab\",\"number\":-7,\"ratio\":3,\"flag\":false,\"time\":\"1970-01-01T00:00:01Z\","
			"\"wait\":\"1m\",\"color\":\"green\",\"any\":{\"x\":[1]},\"one\":{\"name\":\"n\"},"
			"\"other\":{\"name\":\"o\",\"count\":9},\"items\":[{\"name\":\"i\"},{\"name\":\"j\",\"count\":"
			"2}],"
			"\"names/of\":[\"p\",\"q\"]}",
			&s, &err),
		"%s: %s", err.where, err.text);
	ck_assert_str_eq(s.text, "ab");
	ck_assert_int_eq(s.number, -7);
	ck_assert_double_eq(s.ratio, 3);
	ck_assert(!s.flag && s.flag_present);
	ck_assert_int_eq(s.time_us, 1000000);
	ck_assert_int_eq(s.wait_ms, 60000);
	ck_assert_int_eq(s.color, 1);
	ck_assert(s.any_present && json_object_is_type(s.any, json_type_object));
	ck_assert_str_eq(s.one.name, "n");
	ck_assert_str_eq(s.other->name, "o");
	ck_assert_int_eq(s.other->count, 9);
	ck_assert_uint_eq(s.items.count, 2);
	const struct item *items = s.items.items;
	ck_assert_str_eq(items[1].name, "j");
	ck_assert_int_eq(items[1].count, 2);
	ck_assert_uint_eq(s.names.count, 2);
	ck_assert_str_eq(((const char **)s.names.items)[1], "q");
	forget();
}
END_TEST

START_TEST(test_fields__null_counts_as_absent_but_for_any)
{
	struct sample s;
	struct err err = { 0 };
	ck_assert(read_sample("{\"flag\":null,\"other\":null,\"text\":null,\"any\":null}", &s, &err));
	ck_assert(!s.flag_present && s.other == NULL && s.text == NULL);
	ck_assert(s.any_present && s.any == NULL);
	ck_assert(read_sample("{}", &s, &err));
	ck_assert(!s.any_present);
	forget();
}
END_TEST

START_TEST(test_fields__an_integer_has_many_texts)
{
	static const struct {
		const char *text;
		int64_t number;
	} cases[] = { { "{\"number\":1.0}", 1 }, { "{\"number\":-25e2}", -2500 },
		{ "{\"number\":9007199254740991.0}", JSON_INTEGER_MAX } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample s;
		struct err err = { 0 };
		ck_assert_msg(read_sample(cases[i].text, &s, &err), "%s", err.text);
		ck_assert_int_eq(s.number, cases[i].number);
	}
	forget();
}
END_TEST

START_TEST(test_fields__names_the_place_of_a_fault)
{
	static const struct {
		const char *text;
		const char *where;
		enum err_kind kind;
		const char *why;
	} cases[] = {
		{ "[]", "/body", ERR_INVALID, "an object is expected" },
		{ "null", "/body", ERR_INVALID, "an object is expected" },
		{ "{\"te/xt\":1}", "/body/te~1xt", ERR_INVALID, "no such member" },
		{ "{\"Text\":\"ab\"}", "/body/Text", ERR_INVALID, "no such member" },
		{ "{\"nothing\":null}", "/body/nothing", ERR_INVALID, "no such member" },
		{ "{\"text\":1}", "/body/text", ERR_INVALID, "a string is expected" },
		{ "{\"text\":\"a\"}", "/body/text", ERR_INVALID, "2 to 5 characters" },
		{ "{\"text\":\"abcdef\"}", "/body/text", ERR_INVALID, "2 to 5 characters" },
		{ "{\"text\":\"\xc3\xa4\"}", "/body/text", ERR_INVALID, "2 to 5 characters" },
		{ "{\"number\":\"1\"}", "/body/number", ERR_INVALID, "an integer is expected" },
		{ "{\"number\":1.5}", "/body/number", ERR_INVALID, "an integer is expected" },
		{ "{\"number\":1e300}", "/body/number", ERR_INVALID, "an integer is expected" },
		{ "{\"ratio\":true}", "/body/ratio", ERR_INVALID, "a number is expected" },
		{ "{\"flag\":0}", "/body/flag", ERR_INVALID, "true or false is expected" },
		{ "{\"time\":\"yesterday\"}", "/body/time", ERR_INVALID, "RFC 3339" },
		{ "{\"time\":0}", "/body/time", ERR_INVALID, "a string is expected" },
		{ "{\"wait\":\"61s\"}", "/body/wait", ERR_INVALID, "between 0 and 60000" },
		{ "{\"wait\":60}", "/body/wait", ERR_INVALID, "a string is expected" },
		{ "{\"wait\":\"soon\"}", "/body/wait", ERR_INVALID, "not a duration" },
		{ "{\"color\":\"blue\"}", "/body/color", ERR_INVALID, "one of red, green" },
		{ "{\"color\":1}", "/body/color", ERR_INVALID, "a string is expected" },
		{ "{\"one\":{}}", "/body/one/name", ERR_INVALID, "missing" },
		{ "{\"one\":{\"name\":null}}", "/body/one/name", ERR_INVALID, "missing" },
		{ "{\"one\":[]}", "/body/one", ERR_INVALID, "an object is expected" },
		{ "{\"other\":{\"name\":\"a\",\"count\":10}}", "/body/other/count", ERR_INVALID, "between 1 and 9" },
		{ "{\"items\":{}}", "/body/items", ERR_INVALID, "an array is expected" },
		{ "{\"items\":[{\"name\":\"a\"},{\"name\":\"-\"}]}", "/body/items/1/name", ERR_INVALID, "not a name" },
		{ "{\"items\":[null]}", "/body/items/0", ERR_INVALID, "an object is expected" },
		{ "{\"items\":[{},{},{},{}]}", "/body/items", ERR_INVALID, "0 to 3 items" },
		{ "{\"names/of\":[]}", "/body/names~1of", ERR_INVALID, "1 to 2 items" },
		{ "{\"names/of\":[\"a\",1]}", "/body/names~1of/1", ERR_INVALID, "a string is expected" },
		{ "{\"digest\":\"latest\"}", "/body/digest", ERR_UNPROCESSABLE, "not a digest" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample s;
		struct err err = { 0 };
		ck_assert_msg(!read_sample(cases[i].text, &s, &err), "accepted %s", cases[i].text);
		ck_assert_msg(strcmp(err.where, cases[i].where) == 0, "%s: at %s", cases[i].text, err.where);
		ck_assert_msg(err.kind == cases[i].kind, "%s: %s", cases[i].text, err.text);
		ck_assert_msg(strstr(err.text, cases[i].why) != NULL, "%s: %s", cases[i].text, err.text);
	}
	forget();
}
END_TEST

START_TEST(test_fields__a_foreign_format_may_have_more_members)
{
	static const char text[] = "{\"new\":1,\"text\":\"ab\",\"one\":{\"name\":\"a\",\"newer\":[]}}";
	struct sample s;
	struct err err = { 0 };
	ck_assert(!read_sample(text, &s, &err));
	s = (struct sample){ 0 };
	ck_assert_msg(json_read_known(tree, sample_fields, "", arena, &s, &err), "%s: %s", err.where, err.text);
	ck_assert_str_eq(s.one.name, "a");
	forget();
}
END_TEST

START_TEST(test_fields__texts_outlive_the_tree)
{
	struct sample s;
	struct err err = { 0 };
	ck_assert(read_sample("{\"text\":\"abc\",\"names/of\":[\"p\"]}", &s, &err));
	json_object_put(tree);
	tree = NULL;
	ck_assert_str_eq(s.text, "abc");
	ck_assert_str_eq(*(const char **)s.names.items, "p");
	forget();
}
END_TEST

UNIT_MAIN("json/fields", test_fields__reads_every_type, test_fields__null_counts_as_absent_but_for_any,
	test_fields__an_integer_has_many_texts, test_fields__names_the_place_of_a_fault,
	test_fields__a_foreign_format_may_have_more_members, test_fields__texts_outlive_the_tree)

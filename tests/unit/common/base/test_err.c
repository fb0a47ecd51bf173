#include "base/err.h"

#include <string.h>

#include "base/utf8.h"
#include "unit.h"

START_TEST(test_err__every_kind_has_a_complete_row)
{
	for (int kind = 0; kind < ERR_KIND_COUNT; kind++) {
		const struct err_info *info = err_info((enum err_kind)kind);
		ck_assert_msg(info->name != NULL && info->title != NULL, "kind %d has no row", kind);
		ck_assert_int_ge(info->http_status, 200);
		ck_assert_int_lt(info->http_status, 600);
		/* Only success may end a program with 0. */
		ck_assert_int_eq(info->exit_code == 0, kind == ERR_NONE);
		for (int other = 0; other < kind; other++)
			ck_assert_str_ne(info->name, err_info((enum err_kind)other)->name);
	}
}
END_TEST

START_TEST(test_err__set_returns_false_and_takes_null)
{
	struct err err = { .where = "/old" };
	ck_assert(!err_set(&err, ERR_NOT_FOUND, "no service %s", "pay"));
	ck_assert_int_eq(err.kind, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text, "no service pay");
	ck_assert_str_eq(err.where, "");
	ck_assert(!err_set(NULL, ERR_NOT_FOUND, "x"));
	ck_assert(!err_set_at(NULL, ERR_NOT_FOUND, "/a", "x"));
	ck_assert(!err_add(NULL, "x"));
	ck_assert(!err_add_where(NULL, "x"));
}
END_TEST

START_TEST(test_err__context_goes_in_front_and_the_kind_stays)
{
	struct err err = { 0 };
	err_set_at(&err, ERR_INVALID, "/name", "too long");
	ck_assert(!err_add(&err, "policy %d", 7));
	ck_assert(!err_add_where(&err, "/rules/0"));
	ck_assert_int_eq(err.kind, ERR_INVALID);
	ck_assert_str_eq(err.text, "policy 7: too long");
	ck_assert_str_eq(err.where, "/rules/0/name");
}
END_TEST

START_TEST(test_err__long_texts_are_cut)
{
	struct err err = { 0 };
	char text[2000];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set_at(&err, ERR_INVALID, text, "%s", text);
	ck_assert_uint_eq(strlen(err.where), sizeof(err.where) - 1);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	err_add(&err, "%s", text);
	err_add_where(&err, text);
	ck_assert_uint_eq(strlen(err.where), sizeof(err.where) - 1);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(test_err__a_cut_leaves_no_partial_character)
{
	char text[2000];
	for (size_t shift = 0; shift < 4; shift++) {
		struct err err = { 0 };
		memset(text, 'x', shift);
		for (size_t i = shift; i + 4 < sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 5);
		err_set_at(&err, ERR_INVALID, text, "%s", text);
		ck_assert(utf8_valid(err.where, strlen(err.where)) && utf8_valid(err.text, strlen(err.text)));
		ck_assert_uint_ge(strlen(err.where), sizeof(err.where) - 4);
		err_add(&err, "y");
		err_add_where(&err, "y");
		ck_assert(utf8_valid(err.where, strlen(err.where)) && utf8_valid(err.text, strlen(err.text)));
	}
}
END_TEST

UNIT_MAIN("base/err", test_err__every_kind_has_a_complete_row, test_err__set_returns_false_and_takes_null,
	test_err__context_goes_in_front_and_the_kind_stays, test_err__long_texts_are_cut,
	test_err__a_cut_leaves_no_partial_character)

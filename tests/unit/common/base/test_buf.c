#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

START_TEST(test_buf__an_empty_one_reads_as_empty_text)
{
	owned_buf struct buf buf = { 0 };
	ck_assert_str_eq(buf_str(&buf), "");
	buf_truncate(&buf, 0);
	ck_assert_str_eq(buf_str(&buf), "");
}
END_TEST

START_TEST(test_buf__keeps_a_nul_behind_the_data)
{
	owned_buf struct buf buf = { 0 };
	for (size_t i = 0; i < 1000; i++) {
		buf_append_char(&buf, 'x');
		ck_assert_uint_eq(buf.len, i + 1);
		ck_assert_int_eq(buf.data[buf.len], '\0');
		ck_assert_uint_gt(buf.capacity, buf.len);
	}
	buf_truncate(&buf, 10);
	ck_assert_str_eq(buf_str(&buf), "xxxxxxxxxx");
}
END_TEST

START_TEST(test_buf__holds_any_bytes)
{
	owned_buf struct buf buf = { 0 };
	buf_append(&buf, "a\0b", 3);
	buf_append(&buf, NULL, 0);
	ck_assert_uint_eq(buf.len, 3);
	ck_assert_mem_eq(buf.data, "a\0b", 4);
}
END_TEST

START_TEST(test_buf__printf_appends_longer_than_the_room)
{
	owned_buf struct buf buf = { 0 };
	buf_append_str(&buf, "n=");
	buf_printf(&buf, "%0200d|%s", 7, "end");
	ck_assert_uint_eq(buf.len, 2 + 200 + 4);
	ck_assert_str_eq(buf.data + 2 + 199, "7|end");
}
END_TEST

START_TEST(test_buf__steal_never_returns_null)
{
	struct buf buf = { 0 };
	size_t len = 99;
	char *data = buf_steal(&buf, &len);
	ck_assert_str_eq(data, "");
	ck_assert_uint_eq(len, 0);
	ck_assert_ptr_null(buf.data);
	free(data);
}
END_TEST

START_TEST(test_buf__wipe_leaves_it_empty)
{
	struct buf buf = { 0 };
	buf_append_str(&buf, "secret");
	buf_wipe(&buf);
	ck_assert_ptr_null(buf.data);
	ck_assert_uint_eq(buf.len, 0);
	buf_wipe(&buf);
}
END_TEST

UNIT_MAIN("base/buf", test_buf__an_empty_one_reads_as_empty_text, test_buf__keeps_a_nul_behind_the_data,
	test_buf__holds_any_bytes, test_buf__printf_appends_longer_than_the_room, test_buf__steal_never_returns_null,
	test_buf__wipe_leaves_it_empty)

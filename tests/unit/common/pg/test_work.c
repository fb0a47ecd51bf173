#include "unit.h"

#include <string.h>

#include "pg/work.h"

static const struct pg_statement three = { "three", "SELECT $1, $2, $3", 3 };

START_TEST(test_work__copies_parameters)
{
	char text[] = "text", bytes[] = { 1, 0, 2 };
	struct pg_work *work = pg_work_create(NULL, NULL);
	pg_work_add(work, &three, (struct pg_param[]){ PG_TEXT(text), PG_BYTES(bytes, sizeof(bytes)), PG_TEXT(NULL) },
		NULL, NULL);
	memset(text, 'x', sizeof(text));
	memset(bytes, 'x', sizeof(bytes));
	const struct pg_call *call = &work->calls[0];
	ck_assert_str_eq(call->values[0], "text");
	ck_assert_int_eq(call->formats[0], 0);
	ck_assert_mem_eq(call->values[1], "\1\0\2", 3);
	ck_assert_int_eq(call->lengths[1], 3);
	ck_assert_int_eq(call->formats[1], 1);
	ck_assert_ptr_null(call->values[2]);
	pg_work_destroy(work);
}
END_TEST

START_TEST(test_work__text_may_end_before_its_nul)
{
	struct pg_work *work = pg_work_create(NULL, NULL);
	pg_work_add(work, &three, (struct pg_param[]){ { .data = "abcdef", .len = 3 }, PG_BYTES("", 0), PG_TEXT("") },
		NULL, NULL);
	const struct pg_call *call = &work->calls[0];
	ck_assert_str_eq(call->values[0], "abc");
	ck_assert_ptr_nonnull(call->values[1]);
	ck_assert_int_eq(call->lengths[1], 0);
	ck_assert_str_eq(call->values[2], "");
	pg_work_destroy(work);
}
END_TEST

START_TEST(test_work__begins_with_its_workspace)
{
	struct pg_work *work = pg_work_create(NULL, "acme");
	ck_assert_uint_eq(work->count, 1);
	ck_assert_ptr_eq(work->calls[0].statement, &work_set_workspace);
	ck_assert_str_eq(work->calls[0].values[0], "acme");
	pg_work_destroy(work);
}
END_TEST

START_TEST(test_work__queue_is_first_in_first_out)
{
	struct pg_queue queue = { 0 };
	struct pg_work *works[3];
	ck_assert_ptr_null(queue_pop(&queue));
	for (int i = 0; i < 3; i++)
		queue_push(&queue, works[i] = work_create());
	ck_assert_uint_eq(queue.count, 3);
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_eq(queue_pop(&queue), works[i]);
		pg_work_destroy(works[i]);
	}
	ck_assert_ptr_null(queue_pop(&queue));
}
END_TEST

UNIT_MAIN("pg/work", test_work__copies_parameters, test_work__text_may_end_before_its_nul,
	test_work__begins_with_its_workspace, test_work__queue_is_first_in_first_out)

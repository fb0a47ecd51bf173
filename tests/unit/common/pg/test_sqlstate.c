#include "unit.h"

#include "base/own.h"
#include "pg/sqlstate.h"

START_TEST(test_sqlstate__gives_each_its_kind)
{
	static const struct {
		const char *state;
		enum err_kind kind;
	} cases[] = {
		{ NULL, ERR_UNAVAILABLE },      /* the connection broke */
		{ "23505", ERR_CONFLICT },      /* unique */
		{ "23503", ERR_NOT_FOUND },     /* foreign key */
		{ "23502", ERR_UNPROCESSABLE }, /* not null */
		{ "23514", ERR_UNPROCESSABLE }, /* check */
		{ "22P02", ERR_UNPROCESSABLE }, /* a number that is none */
		{ "22021", ERR_UNPROCESSABLE }, /* no UTF-8 */
		{ "42501", ERR_FORBIDDEN },
		{ "40001", ERR_UNAVAILABLE }, /* serialization */
		{ "40P01", ERR_UNAVAILABLE }, /* deadlock */
		{ "53100", ERR_UNAVAILABLE }, /* disk full */
		{ "53300", ERR_UNAVAILABLE }, /* too many connections */
		{ "57014", ERR_UNAVAILABLE }, /* statement timeout */
		{ "57P01", ERR_UNAVAILABLE }, /* shutdown */
		{ "55P03", ERR_UNAVAILABLE }, /* lock */
		{ "25006", ERR_UNAVAILABLE }, /* a standby */
		{ "26000", ERR_UNAVAILABLE },
		{ "42P01", ERR_INTERNAL }, /* no such table */
		{ "42601", ERR_INTERNAL }, /* syntax */
		{ "XX000", ERR_INTERNAL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(sqlstate_kind(cases[i].state) == cases[i].kind, "%s", cases[i].state);
}
END_TEST

START_TEST(test_sqlstate__reconnects_where_it_helps)
{
	ck_assert(sqlstate_needs_reconnect("26000"));
	ck_assert(sqlstate_needs_reconnect("0A000"));
	ck_assert(sqlstate_needs_reconnect("25006"));
	ck_assert(!sqlstate_needs_reconnect("23505"));
	ck_assert(!sqlstate_needs_reconnect(NULL));
}
END_TEST

UNIT_MAIN("pg/sqlstate", test_sqlstate__gives_each_its_kind, test_sqlstate__reconnects_where_it_helps)

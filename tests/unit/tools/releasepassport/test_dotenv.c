#include "dotenv.h"

#include "answers.h"
#include "json/json.h"
#include "unit.h"

START_TEST(test_dotenv__names_are_no_twins_of_options)
{
	owned(json) struct json_object *answer = NULL;
	const struct verdict verdict = verdict_make(&answer, "HOLD", "enforce", true, "x", NULL);
	owned_buf struct buf got = { 0 };
	dotenv_text(&verdict, &got);
	ck_assert_str_eq(buf_str(&got), "RELEASEPASSPORT_GATE_DECISION=HOLD\n"
					"RELEASEPASSPORT_GATE_PASSPORT_ID=pp_01hzy3v7qk9m2n4p6r8s0t1v3w\n"
					"RELEASEPASSPORT_GATE_MODE=enforce\n"
					"RELEASEPASSPORT_GATE_EXIT_CODE=11\n");
}
END_TEST

UNIT_MAIN("releasepassport/dotenv", test_dotenv__names_are_no_twins_of_options)

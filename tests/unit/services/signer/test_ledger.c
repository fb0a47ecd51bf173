#include "ledger.h"

#include <string.h>

#include "unit.h"

static void digest_of(const char *text, uint8_t digest[SHA256_SIZE])
{
	sha256(text, strlen(text), digest);
}

START_TEST(test_ledger__first_verdict_stands)
{
	owned(ledger) struct ledger *ledger = ledger_create();
	uint8_t first[SHA256_SIZE], second[SHA256_SIZE];
	digest_of("first", first);
	digest_of("second", second);
	ck_assert_int_eq(ledger_ask(ledger, "e1", first), LEDGER_NEW);
	ledger_record(ledger, "e1", first, 100);
	ck_assert_int_eq(ledger_ask(ledger, "e1", first), LEDGER_REPEATED);
	ck_assert_int_eq(ledger_ask(ledger, "e1", second), LEDGER_CONTRADICTION);
	ledger_record(ledger, "e1", second, 100);
	ck_assert_int_eq(ledger_ask(ledger, "e1", first), LEDGER_REPEATED);
	ck_assert_int_eq(ledger_ask(ledger, "e2", first), LEDGER_NEW);
}
END_TEST

START_TEST(test_ledger__forgets_what_is_old)
{
	owned(ledger) struct ledger *ledger = ledger_create();
	uint8_t digest[SHA256_SIZE];
	digest_of("verdict", digest);
	ledger_record(ledger, "old", digest, 100);
	ledger_record(ledger, "young", digest, 200);
	ledger_forget_before(ledger, 150);
	ck_assert_uint_eq(ledger_count(ledger), 1);
	ck_assert_int_eq(ledger_ask(ledger, "old", digest), LEDGER_NEW);
	ck_assert_int_eq(ledger_ask(ledger, "young", digest), LEDGER_REPEATED);
}
END_TEST

UNIT_MAIN("signer/ledger", test_ledger__first_verdict_stands, test_ledger__forgets_what_is_old)

#include "bus/statistics.h"

#include <string.h>

#include "unit.h"

static struct client client;
static bool connected;

static bool read(const char *json)
{
	return statistics_read(json, strlen(json), &client, &connected);
}

START_TEST(test_statistics__one_broker_that_is_up_is_enough)
{
	connected = false;
	ck_assert(read("{\"brokers\":{\"a\":{\"state\":\"DOWN\"},\"b\":{\"state\":\"UP\"}},\"topics\":{}}"));
	ck_assert(connected);
	ck_assert(read("{\"brokers\":{\"a\":{\"state\":\"DOWN\"},\"b\":{\"state\":\"CONNECT\"}},\"topics\":{}}"));
	ck_assert(!connected);
}
END_TEST

START_TEST(test_statistics__counts_partitions_that_all_have_a_leader)
{
	client = (struct client){ 0 };
	ck_assert(read("{\"brokers\":{},\"topics\":{\"releasepassport.verdicts\":{\"partitions\":{"
		       "\"0\":{\"partition\":0,\"leader\":1,\"consumer_lag\":3},"
		       "\"1\":{\"partition\":1,\"leader\":2,\"consumer_lag\":4},"
		       "\"-1\":{\"partition\":-1,\"leader\":-1,\"consumer_lag\":-1}}},"
		       "\"someone.elses\":{\"partitions\":{}}}}"));
	ck_assert_int_eq(client.partitions[TOPIC_VERDICTS], 2);
	ck_assert_double_eq(client.lag[TOPIC_VERDICTS], 7);
	ck_assert_int_eq(client.partitions[TOPIC_PASSPORTS], 0);
	ck_assert(read("{\"brokers\":{},\"topics\":{\"releasepassport.verdicts\":{\"partitions\":{"
		       "\"0\":{\"partition\":0,\"leader\":1,\"consumer_lag\":-1},"
		       "\"1\":{\"partition\":1,\"leader\":-1,\"consumer_lag\":-1}}}}}"));
	ck_assert_int_eq(client.partitions[TOPIC_VERDICTS], 0);
	ck_assert_double_lt(client.lag[TOPIC_VERDICTS], 0);
}
END_TEST

START_TEST(test_statistics__tells_whether_the_producer_has_its_id)
{
	client = (struct client){ 0 };
	ck_assert(read("{\"brokers\":{},\"topics\":{},\"eos\":{\"idemp_state\":\"WaitPID\"}}"));
	ck_assert(!client.has_producer_id);
	ck_assert(read("{\"brokers\":{},\"topics\":{},\"eos\":{\"idemp_state\":\"Assigned\"}}"));
	ck_assert(client.has_producer_id);
}
END_TEST

START_TEST(test_statistics__what_is_not_known_changes_nothing)
{
	client = (struct client){ .has_producer_id = true };
	connected = true;
	static const char *const unknown[] = { "", "{", "[]", "null", "{}", "{\"brokers\":{}}" };
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		ck_assert_msg(!read(unknown[i]), "%s", unknown[i]);
	ck_assert(connected);
	ck_assert(client.has_producer_id);
}
END_TEST

UNIT_MAIN("bus/statistics", test_statistics__one_broker_that_is_up_is_enough,
	test_statistics__counts_partitions_that_all_have_a_leader,
	test_statistics__tells_whether_the_producer_has_its_id, test_statistics__what_is_not_known_changes_nothing)

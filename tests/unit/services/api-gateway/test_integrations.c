#include "integrations.h"

#include <string.h>

#include "base/clock.h"
#include "unit.h"

static struct integrations *integrations;
static int64_t now_us;

static void report(
	const char *connector, const char *worker, char *workspace, int64_t at_us, Rp__V1__ConnectorState state)
{
	Rp__V1__ConnectorStatus status;
	rp__v1__connector_status__init(&status);
	status.connector = (char *)connector;
	status.type = "prometheus";
	status.worker = (char *)worker;
	status.state = state;
	status.reported_at_us = at_us;
	status.n_workspaces = 1;
	status.workspaces = &workspace;
	integrations_on_status(integrations, &status);
}

static void setup(void)
{
	now_us = clock_now_us();
	integrations = integrations_create();
}

static const char *member(struct json_object *list, size_t index, const char *name)
{
	return json_object_get_string(json_object_object_get(json_object_array_get_idx(list, index), name));
}

START_TEST(test_integrations__shows_a_workspace_its_own)
{
	setup();
	report("b", "w1", "one", now_us, RP__V1__CONNECTOR_STATE__CONNECTOR_OK);
	report("c", "w1", "two", now_us, RP__V1__CONNECTOR_STATE__CONNECTOR_OK);
	report("a", "w1", "*", now_us, RP__V1__CONNECTOR_STATE__CONNECTOR_IDLE);
	struct json_object *list = integrations_json(integrations, "one", now_us);
	ck_assert_uint_eq(json_object_array_length(list), 2);
	ck_assert_str_eq(member(list, 0, "connector"), "a");
	ck_assert_str_eq(member(list, 0, "state"), "idle");
	ck_assert_str_eq(member(list, 1, "connector"), "b");
	json_object_put(list);
	integrations_destroy(integrations);
}
END_TEST

START_TEST(test_integrations__keeps_the_latest_report_of_each_worker)
{
	setup();
	report("a", "w1", "*", now_us, RP__V1__CONNECTOR_STATE__CONNECTOR_FAILING);
	report("a", "w1", "*", now_us - 1, RP__V1__CONNECTOR_STATE__CONNECTOR_OK);
	report("a", "w2", "*", now_us, RP__V1__CONNECTOR_STATE__CONNECTOR_OK);
	struct json_object *list = integrations_json(integrations, "one", now_us);
	ck_assert_uint_eq(json_object_array_length(list), 2);
	ck_assert_str_eq(member(list, 0, "state"), "failing");
	ck_assert_str_eq(member(list, 1, "state"), "ok");
	json_object_put(list);
	integrations_destroy(integrations);
}
END_TEST

START_TEST(test_integrations__silence_is_stale_and_then_forgotten)
{
	setup();
	report("a", "w1", "*", now_us, RP__V1__CONNECTOR_STATE__CONNECTOR_OK);
	struct json_object *fresh = integrations_json(integrations, "one", now_us + INTEGRATIONS_STALE_US);
	struct json_object *stale = integrations_json(integrations, "one", now_us + INTEGRATIONS_STALE_US + 1);
	struct json_object *gone = integrations_json(integrations, "one", now_us + INTEGRATIONS_LIFE_US + 1);
	ck_assert_str_eq(member(fresh, 0, "stale"), "false");
	ck_assert_str_eq(member(stale, 0, "stale"), "true");
	ck_assert_uint_eq(json_object_array_length(gone), 0);
	json_object_put(fresh);
	json_object_put(stale);
	json_object_put(gone);
	integrations_destroy(integrations);
}
END_TEST

UNIT_MAIN("api-gateway/integrations", test_integrations__shows_a_workspace_its_own,
	test_integrations__keeps_the_latest_report_of_each_worker,
	test_integrations__silence_is_stale_and_then_forgotten)

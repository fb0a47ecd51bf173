/* The policies that people copy: those of deploy/sample/ and the whole documents of docs/policy.md. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "scene.h"
#include "unit.h"

static void read_file(const char *path, struct buf *text)
{
	char name[512], block[4096];
	snprintf(name, sizeof(name), "%s/%s", SOURCE_ROOT, path);
	FILE *file = fopen(name, "r");
	ck_assert_msg(file != NULL, "%s", name);
	for (size_t n; (n = fread(block, 1, sizeof(block), file)) > 0;)
		buf_append(text, block, n);
	fclose(file);
}

static void expect_accepted(const char *name, const char *text)
{
	owned(arena) struct arena *arena = arena_create();
	owned(policy) struct policy *policy = NULL;
	struct policy_findings findings;
	struct err err = { 0 };
	ck_assert_msg(policy_parse(text, strlen(text), &policy, arena, &findings, &err), "%s:%s: %s", name, err.where,
		err.text);
	ck_assert_msg(findings.count == 0, "%s: %s", name, findings.count > 0 ? findings.items[0].text : "");
}

START_TEST(test_samples__are_accepted_without_a_warning)
{
	static const char *const paths[] = { "deploy/sample/policy.yaml", "deploy/sample/policy-first-week.yaml" };
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		owned_buf struct buf text = { 0 };
		read_file(paths[i], &text);
		expect_accepted(paths[i], buf_str(&text));
	}
}
END_TEST

START_TEST(test_samples__of_the_docs_are_accepted)
{
	static const char fence[] = "\n```yaml\napiVersion:";
	owned_buf struct buf text = { 0 };
	read_file("docs/policy.md", &text);
	unsigned count = 0;
	for (const char *at = buf_str(&text); (at = strstr(at, fence)) != NULL; count++) {
		at += strlen("\n```yaml\n");
		owned_buf struct buf policy = { 0 };
		buf_append(&policy, at, (size_t)(strstr(at, "\n```") - at + 1));
		expect_accepted("docs/policy.md", buf_str(&policy));
	}
	ck_assert_uint_eq(count, 1);
}
END_TEST

/* What Prometheus is asked for checkout-api in production by deploy/sample/policy.yaml. */
static const char errors_query[] =
	"sum(rate(http_requests_total{service=\"checkout-api\",environment=\"production\",code=~\"5..\"}[5m]))\n"
	"/ sum(rate(http_requests_total{service=\"checkout-api\",environment=\"production\"}[5m]))\n";

START_TEST(test_samples__decide_as_they_say)
{
	static const struct {
		const char *smoke, *scan, *errors; /* NULL: none */
		Rp__V1__Decision decision;
	} cases[] = {
		{ "passed", "{\"critical\":0,\"status\":\"passed\"}", "0", RP__V1__DECISION__DECISION_ALLOW },
		{ "passed", "{\"status\":\"passed\"}", "0.002", RP__V1__DECISION__DECISION_ALLOW },
		{ "passed", "{\"status\":\"passed\"}", "0.02", RP__V1__DECISION__DECISION_ALLOW_WITH_CANARY },
		{ "passed", "{\"critical\":1,\"status\":\"passed\"}", "0",
			RP__V1__DECISION__DECISION_REQUIRE_APPROVAL },
		{ "passed", "{\"status\":\"failed\"}", "0", RP__V1__DECISION__DECISION_REQUIRE_APPROVAL },
		{ "passed", "{\"status\":\"passed\"}", "0.2", RP__V1__DECISION__DECISION_HOLD },
		{ "passed", "{\"status\":\"passed\"}", NULL, RP__V1__DECISION__DECISION_HOLD },
		{ "passed", NULL, "0", RP__V1__DECISION__DECISION_HOLD },
		{ "failed", "{\"status\":\"passed\"}", "0", RP__V1__DECISION__DECISION_BLOCK },
		{ NULL, NULL, NULL, RP__V1__DECISION__DECISION_BLOCK },
	};
	owned_buf struct buf text = { 0 };
	read_file("deploy/sample/policy.yaml", &text);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		if (cases[i].smoke != NULL)
			scene_post(&scene, "smoke", arena_printf(scene.arena, "{\"status\":\"%s\"}", cases[i].smoke));
		if (cases[i].scan != NULL)
			scene_post(&scene, "scan", cases[i].scan);
		if (cases[i].errors != NULL)
			scene_observe(
				&scene, errors_query, arena_printf(scene.arena, "{\"value\":%s}", cases[i].errors));
		scene_expect(&scene, buf_str(&text), cases[i].decision);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_samples__of_the_first_week_decide_as_they_say)
{
	static const struct {
		const char *smoke, *scan, *health; /* NULL: none */
		Rp__V1__Decision decision;
	} cases[] = {
		{ "{\"status\":\"passed\"}", NULL, NULL, RP__V1__DECISION__DECISION_ALLOW },
		{ "{\"status\":\"passed\"}", "{\"critical\":0}", "{\"status\":\"passed\"}",
			RP__V1__DECISION__DECISION_ALLOW },
		{ "{\"status\":\"passed\"}", "{\"critical\":1}", NULL, RP__V1__DECISION__DECISION_REQUIRE_APPROVAL },
		{ "{\"status\":\"failed\"}", NULL, NULL, RP__V1__DECISION__DECISION_REQUIRE_APPROVAL },
		{ "{\"status\":\"passed\"}", NULL, "{\"status\":\"failed\"}", RP__V1__DECISION__DECISION_HOLD },
		{ NULL, NULL, NULL, RP__V1__DECISION__DECISION_HOLD },
	};
	owned_buf struct buf text = { 0 };
	read_file("deploy/sample/policy-first-week.yaml", &text);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		scene_init(&scene);
		if (cases[i].smoke != NULL)
			scene_post(&scene, "smoke", cases[i].smoke);
		if (cases[i].scan != NULL)
			scene_post(&scene, "scan", cases[i].scan);
		if (cases[i].health != NULL)
			scene_claim(&scene, "health", cases[i].health);
		scene_expect(&scene, buf_str(&text), cases[i].decision);
		scene_finish(&scene);
	}
}
END_TEST

UNIT_MAIN("policy/samples", test_samples__are_accepted_without_a_warning, test_samples__of_the_docs_are_accepted,
	test_samples__decide_as_they_say, test_samples__of_the_first_week_decide_as_they_say)

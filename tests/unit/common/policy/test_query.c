#include "policy/query.h"

#include <string.h>

#include "base/buf.h"
#include "crypto/hash.h"
#include "policy/policy.h"
#include "scene.h"
#include "unit.h"

static const char two_queries[] =
	"apiVersion: releasepassport.dev/v1\nkind: Policy\nname: p\nversion: '1'\n"
	"evidence:\n"
	"  - {name: smoke, maxAge: 1h}\n"
	"  - {name: errors, connector: prometheus, maxAge: 2m, timeout: 2s,\n"
	"     query: 'errors{s=\"${service}\"}'}\n"
	"  - {name: latency, connector: prometheus, maxAge: 4m,\n"
	"     query: 'p99{e=\"${environment}\"}'}\n"
	"rules:\n"
	"  - {id: r, require: smoke.x && errors.value < 1.0 && latency.value < 1.0, otherwise: HOLD}\n";

static const char errors_text[] = "errors{s=\"checkout-api\"}";
static const char latency_text[] = "p99{e=\"production\"}";

static void needs(struct scene *scene, const struct policy *policy, struct policy_queries *queries)
{
	policy_needs(
		policy, &scene->request, scene->observed, scene->observed_count, SCENE_NOW_US, scene->arena, queries);
}

START_TEST(test_query__asks_what_is_missing)
{
	struct scene scene;
	scene_init(&scene);
	owned(policy) struct policy *policy = scene_policy(two_queries);
	struct policy_queries queries;
	char digest[POLICY_QUERY_DIGEST_SIZE];
	needs(&scene, policy, &queries);
	ck_assert_uint_eq(queries.count, 2);
	ck_assert_str_eq(queries.items[0].connector, "prometheus");
	ck_assert_str_eq(queries.items[0].text, errors_text);
	ck_assert_str_eq(queries.items[0].digest, policy_query_digest("prometheus", errors_text, digest));
	ck_assert_int_eq(queries.items[0].timeout_ms, 2000);
	ck_assert_int_eq(queries.items[0].max_age_ms, 120000);
	ck_assert_str_eq(queries.items[1].text, latency_text);
	ck_assert_int_eq(queries.items[1].timeout_ms, 3000);
	scene_finish(&scene);
}
END_TEST

START_TEST(test_query__asks_again_what_is_of_no_use)
{
	/* Changes to the fact about errors, whose maximum age is two minutes; and whether it is asked again. */
	static const struct {
		int64_t age_s;
		Rp__V1__FactStatus status;
		Rp__V1__RequestKind kind;
		bool asked;
	} cases[] = {
		{ 0, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_GATE, false },
		{ 120, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_GATE, false },
		{ 121, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_GATE, true },
		{ -60, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_GATE, false },
		{ -61, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_GATE, true },
		{ 0, RP__V1__FACT_STATUS__FACT_ERROR, RP__V1__REQUEST_KIND__REQUEST_GATE, true },
		{ 0, RP__V1__FACT_STATUS__FACT_TIMEOUT, RP__V1__REQUEST_KIND__REQUEST_GATE, true },
		{ 60, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_REFRESH, false },
		{ 61, RP__V1__FACT_STATUS__FACT_OK, RP__V1__REQUEST_KIND__REQUEST_REFRESH, true },
	};
	owned(policy) struct policy *policy = scene_policy(two_queries);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		struct policy_queries queries;
		scene_init(&scene);
		scene_observe(&scene, latency_text, "{\"value\":0.1}");
		Rp__V1__Fact *fact = scene_observe(&scene, errors_text, "{\"value\":0.1}");
		fact->observed_at_us = SCENE_NOW_US - cases[i].age_s * SCENE_SECOND_US;
		fact->status = cases[i].status;
		scene.request.kind = cases[i].kind;
		needs(&scene, policy, &queries);
		ck_assert_msg(queries.count == (cases[i].asked ? 1 : 0), "case %zu: %zu", i, queries.count);
		if (cases[i].asked)
			ck_assert_str_eq(queries.items[0].text, errors_text);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_query__never_asks_a_connector_that_is_not_bound)
{
	struct scene scene;
	struct policy_queries queries;
	scene_init(&scene);
	scene.binding.n_connectors = 0;
	owned(policy) struct policy *policy = scene_policy(two_queries);
	needs(&scene, policy, &queries);
	ck_assert_uint_eq(queries.count, 0);
	struct policy_query query;
	struct err err = { 0 };
	ck_assert(!policy_query(&policy->evidence[1], &scene.request, scene.arena, &query, &err));
	ck_assert_int_eq(err.kind, ERR_UNPROCESSABLE);
	ck_assert_str_eq(err.text, "this service and environment may not use the connector prometheus");
	scene_finish(&scene);
}
END_TEST

START_TEST(test_query__asks_equal_queries_once)
{
	static const char text[] = "apiVersion: releasepassport.dev/v1\nkind: Policy\nname: p\nversion: '1'\n"
				   "evidence:\n"
				   "  - {name: a, connector: prometheus, maxAge: 2m, timeout: 2s, query: q}\n"
				   "  - {name: b, connector: prometheus, maxAge: 1m, timeout: 5s, query: q}\n"
				   "rules: [{id: r, require: a.value < 1.0 && b.value < 1.0, otherwise: HOLD}]\n";
	struct scene scene;
	struct policy_queries queries;
	scene_init(&scene);
	owned(policy) struct policy *policy = scene_policy(text);
	needs(&scene, policy, &queries);
	ck_assert_uint_eq(queries.count, 1);
	ck_assert_int_eq(queries.items[0].max_age_ms, 60000);
	ck_assert_int_eq(queries.items[0].timeout_ms, 5000);
	scene_finish(&scene);
}
END_TEST

/* One piece of evidence with this query, filled in for the scene. */
static bool filled(struct scene *scene, const char *template, struct policy_query *query, struct err *err)
{
	const struct policy_evidence evidence = { .name = "a",
		.connector = "prometheus",
		.query = template,
		.timeout_ms = 1000,
		.max_age_ms = 1000,
		.evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED };
	return policy_query(&evidence, &scene->request, scene->arena, query, err);
}

START_TEST(test_query__fills_in_the_release)
{
	struct scene scene;
	struct policy_query query;
	struct err err = { 0 };
	scene_init(&scene);
	ck_assert(filled(&scene,
		"${service} ${environment} ${namespace} ${version} ${sourceSha} ${artifactDigest} $x $ {y} ${service}",
		&query, &err));
	ck_assert_str_eq(query.text,
		"checkout-api production apps-checkout 2.18.4 " SCENE_SHA " " SCENE_DIGEST " $x $ {y} checkout-api");
	scene_finish(&scene);
}
END_TEST

START_TEST(test_query__refuses_values_that_could_be_code)
{
	static const char *const bad[] = { "a\"} or up{x=\"", "a'b", "a b", "a\\", "a{b", "a|b", "a$b", "a\nb", "a#",
		"a(b)", "\xc3\xa9", "a,b", "a*", "a+b", "a=b", "a;b", "a%b" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scene scene;
		struct policy_query query;
		struct err err = { 0 };
		scene_init(&scene);
		scene.release.version = arena_strdup(scene.arena, bad[i]);
		ck_assert_msg(!filled(&scene, "x{v=\"${version}\"}", &query, &err), "accepted %s", bad[i]);
		ck_assert_str_eq(err.text, "the release's version has a character that may not stand in a query");
		/* A value that the template does not name is none of its business. */
		ck_assert(filled(&scene, "x{v=\"${service}\"}", &query, &err));
		scene_finish(&scene);
	}
	static const char *const good[] = { "1.2.3-rc.1", "a_b:c/d@e", "0" };
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct scene scene;
		struct policy_query query;
		struct err err = { 0 };
		scene_init(&scene);
		scene.release.version = arena_strdup(scene.arena, good[i]);
		ck_assert(filled(&scene, "${version}", &query, &err));
		ck_assert_str_eq(query.text, good[i]);
		scene_finish(&scene);
	}
}
END_TEST

START_TEST(test_query__refuses_to_ask_without_a_name)
{
	struct scene scene;
	struct policy_query query;
	struct err err = { 0 };
	scene_init(&scene);
	scene.release.version = arena_strdup(scene.arena, "");
	ck_assert(!filled(&scene, "x{v=\"${version}\"}", &query, &err));
	ck_assert_str_eq(err.text, "the query needs the release's version, which the request does not state");
	scene_finish(&scene);
}
END_TEST

START_TEST(test_query__frames_what_it_hashes)
{
	char digest[POLICY_QUERY_DIGEST_SIZE], other[POLICY_QUERY_DIGEST_SIZE], hex[SHA256_HEX_SIZE];
	static const char framed[] = "10:prometheus,2:up,";
	ck_assert_str_eq(policy_query_digest("prometheus", "up", digest), sha256_hex(framed, strlen(framed), hex));
	ck_assert_str_ne(policy_query_digest("ab", "c", digest), policy_query_digest("a", "bc", other));
}
END_TEST

START_TEST(test_query__checks_templates)
{
	static const struct {
		const char *text;
		bool fits;
		size_t offset;
	} cases[] = { { "up", true, 0 }, { "", true, 0 }, { "a${service}b${version}", true, 0 }, { "a$b{c}$", true, 0 },
		{ "a${Service}", false, 1 }, { "${service}${}", false, 10 }, { "x ${service", false, 2 },
		{ "${service }", false, 0 }, { "$${service", false, 1 } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t offset = 0;
		struct err err = { 0 };
		ck_assert_msg(
			policy_template_check(cases[i].text, &offset, &err) == cases[i].fits, "%s", cases[i].text);
		ck_assert_uint_eq(offset, cases[i].offset);
	}
}
END_TEST

UNIT_MAIN("policy/query", test_query__asks_what_is_missing, test_query__asks_again_what_is_of_no_use,
	test_query__never_asks_a_connector_that_is_not_bound, test_query__asks_equal_queries_once,
	test_query__fills_in_the_release, test_query__refuses_values_that_could_be_code,
	test_query__refuses_to_ask_without_a_name, test_query__frames_what_it_hashes, test_query__checks_templates)

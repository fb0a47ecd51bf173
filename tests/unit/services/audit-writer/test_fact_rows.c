#include "fact_rows.h"

#include <string.h>

#include "crypto/hash.h"
#include "json/json.h"
#include "unit.h"

/* A passport with one fact, and the predicate that was signed with it. */
struct sample {
	Rp__V1__Passport passport;
	Rp__V1__UsedFact used, *list[1];
	Rp__V1__Fact fact;
	struct json_object *predicate;
};

static void sample_init(struct sample *s, const char *signed_name, const char *signed_value)
{
	static char value[] = "{\"value\":1}";
	char digest[SHA256_HEX_SIZE];
	rp__v1__passport__init(&s->passport);
	rp__v1__used_fact__init(&s->used);
	rp__v1__fact__init(&s->fact);
	s->fact.value = (ProtobufCBinaryData){ strlen(value), (uint8_t *)value };
	s->fact.evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED;
	s->fact.connector = "prometheus";
	s->fact.observed_at_us = 1779012000123000;
	s->used.name = "errorRate";
	s->used.status = "ok";
	s->used.fact = &s->fact;
	s->list[0] = &s->used;
	s->passport.n_facts = 1;
	s->passport.facts = s->list;
	struct json_object *evidence = json_object_new_array(), *item = json_object_new_object();
	json_add_string(item, "name", signed_name);
	json_add_string(item, "status", "ok");
	json_add_string(item, "connector", "prometheus");
	json_add_string(item, "class", "observed");
	json_add_string(item, "type", NULL);
	json_add_time(item, "observedAt", 1779012000123000);
	json_add_string(item, "sha256", sha256_hex(signed_value, strlen(signed_value), digest));
	json_object_array_add(evidence, item);
	s->predicate = json_object_new_object();
	json_add(s->predicate, "evidence", evidence);
}

static bool rows(struct sample *s, struct buf *out)
{
	struct err err;
	const bool ok = fact_rows(&s->passport, s->predicate, out, &err);
	json_object_put(s->predicate);
	return ok;
}

START_TEST(test_fact_rows__writes_the_signed_facts)
{
	struct sample s;
	owned_buf struct buf out = { 0 };
	sample_init(&s, "errorRate", "{\"value\":1}");
	ck_assert(rows(&s, &out));
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "\"value\":\"eyJ2YWx1ZSI6MX0=\""));
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "\"evidence_class\":\"observed\""));
}
END_TEST

START_TEST(test_fact_rows__refuses_another_value)
{
	struct sample s;
	owned_buf struct buf out = { 0 };
	sample_init(&s, "errorRate", "{\"value\":0}");
	ck_assert(!rows(&s, &out));
}
END_TEST

START_TEST(test_fact_rows__refuses_another_name)
{
	struct sample s;
	owned_buf struct buf out = { 0 };
	sample_init(&s, "latency", "{\"value\":1}");
	ck_assert(!rows(&s, &out));
}
END_TEST

START_TEST(test_fact_rows__refuses_another_status_source_or_time)
{
	struct sample s;
	owned_buf struct buf out = { 0 };
	sample_init(&s, "errorRate", "{\"value\":1}");
	s.used.status = "stale";
	ck_assert(!rows(&s, &out));
	sample_init(&s, "errorRate", "{\"value\":1}");
	s.fact.connector = "another";
	ck_assert(!rows(&s, &out));
	sample_init(&s, "errorRate", "{\"value\":1}");
	s.fact.evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_INGESTED;
	ck_assert(!rows(&s, &out));
	sample_init(&s, "errorRate", "{\"value\":1}");
	s.fact.observed_at_us += 1000000;
	ck_assert(!rows(&s, &out));
}
END_TEST

START_TEST(test_fact_rows__refuses_more_or_fewer_facts)
{
	struct sample s;
	owned_buf struct buf out = { 0 };
	sample_init(&s, "errorRate", "{\"value\":1}");
	s.passport.n_facts = 0;
	ck_assert(!rows(&s, &out));
}
END_TEST

UNIT_MAIN("audit-writer/fact_rows", test_fact_rows__writes_the_signed_facts, test_fact_rows__refuses_another_value,
	test_fact_rows__refuses_another_name, test_fact_rows__refuses_another_status_source_or_time,
	test_fact_rows__refuses_more_or_fewer_facts)

#include "fact_rows.h"

#include <string.h>

#include "base/encode.h"
#include "crypto/hash.h"
#include "json/json.h"
#include "passport/member.h"
#include "policy/names.h"

static void add_text(struct json_object *row, const char *name, const char *text)
{
	json_add_string(row, name, text[0] != '\0' ? text : NULL);
}

static void add_fact(struct json_object *row, const Rp__V1__Fact *fact, const char *value_sha256)
{
	owned_buf struct buf value = { 0 };
	add_text(row, "fact_id", fact->fact_id);
	json_add_string(row, "evidence_class", evidence_class_name(fact->evidence_class));
	add_text(row, "type", fact->type);
	add_text(row, "query_digest", fact->query_digest);
	add_text(row, "connector", fact->connector);
	json_add_time(row, "observed_at", fact->observed_at_us);
	json_add_string(row, "detail", fact->detail);
	add_text(row, "source_sha", fact->source_sha);
	add_text(row, "artifact_digest", fact->artifact_digest);
	add_text(row, "token_id", fact->token_id);
	if (fact->value.len == 0)
		return;
	base64_encode(fact->value.data, fact->value.len, &value);
	json_add_string(row, "value", buf_str(&value));
	json_add_string(row, "value_sha256", value_sha256);
}

/* NULL in what was signed stands for an empty text. */
static bool says(const struct json_object *evidence, const char *name, const char *text)
{
	const char *signed_text = member_text(evidence, name);
	return strcmp(signed_text != NULL ? signed_text : "", text) == 0;
}

/* A fact without a value has no hash: what else was signed about it must be the same. */
static bool tells_the_same(const struct json_object *evidence, const Rp__V1__UsedFact *used)
{
	static const Rp__V1__Fact nothing = RP__V1__FACT__INIT;
	const Rp__V1__Fact *fact = used->fact != NULL ? used->fact : &nothing;
	const bool classed = fact->evidence_class != RP__V1__EVIDENCE_CLASS__CLASS_UNKNOWN;
	int64_t observed_at_us;
	if (!member_time(evidence, "observedAt", &observed_at_us))
		observed_at_us = 0;
	return says(evidence, "status", used->status) && says(evidence, "connector", fact->connector) &&
	       says(evidence, "type", fact->type) && says(evidence, "detail", fact->detail) &&
	       says(evidence, "class", classed ? evidence_class_name(fact->evidence_class) : "") &&
	       observed_at_us == (fact->observed_at_us > 0 ? fact->observed_at_us : 0);
}

/* The signed evidence at this place must be this fact. */
static bool check_signed(
	const struct json_object *evidence, const Rp__V1__UsedFact *used, const char *value_sha256, struct err *err)
{
	const char *name = member_text(evidence, "name"), *sha256 = member_text(evidence, "sha256");
	if (name == NULL || strcmp(name, used->name) != 0 || !tells_the_same(evidence, used))
		return err_set(err, ERR_UNVERIFIED, "the facts of the record are not those that were signed");
	if (value_sha256 == NULL ? sha256 != NULL : sha256 == NULL || strcmp(sha256, value_sha256) != 0)
		return err_set(
			err, ERR_UNVERIFIED, "the value of fact %.100s is not the one that was signed", used->name);
	return true;
}

bool fact_rows(const Rp__V1__Passport *passport, const struct json_object *predicate, struct buf *out, struct err *err)
{
	struct json_object *evidence = member_array(predicate, "evidence");
	if (evidence == NULL || json_object_array_length(evidence) != passport->n_facts)
		return err_set(err, ERR_UNVERIFIED, "the facts of the record are not those that were signed");
	owned(json) struct json_object *rows = json_object_new_array();
	for (size_t i = 0; i < passport->n_facts; i++) {
		const Rp__V1__UsedFact *used = passport->facts[i];
		const bool valued = used->fact != NULL && used->fact->value.len > 0;
		char digest[SHA256_HEX_SIZE];
		if (valued)
			sha256_hex(used->fact->value.data, used->fact->value.len, digest);
		if (!check_signed(json_object_array_get_idx(evidence, i), used, valued ? digest : NULL, err))
			return false;
		struct json_object *row = json_object_new_object();
		json_object_array_add(rows, row);
		json_add_string(row, "name", used->name);
		json_add_string(row, "status", used->status);
		json_add_int(row, "age_ms", used->age_ms);
		if (used->fact != NULL)
			add_fact(row, used->fact, digest);
		else
			json_add_string(row, "evidence_class", "unknown");
	}
	json_text(rows, false, out);
	return true;
}

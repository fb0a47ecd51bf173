#include "evidence_body.h"

#include "fact_value.h"

#define AT(member) offsetof(struct evidence_body, member)

static const struct json_field service_fields[] = {
	{ "name", JSON_STRING, AT(service.name) - AT(service), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "environment", JSON_STRING, AT(service.environment) - AT(service), .mandatory = true,
		.pattern = JSON_PATTERN_NAME },
	{ 0 },
};
static const struct json_field release_fields[] = {
	{ "sourceSha", JSON_STRING, 0, .pattern = JSON_PATTERN_GIT_SHA },
	{ 0 },
};
static const struct json_field artifact_fields[] = {
	{ "digest", JSON_STRING, 0, .pattern = JSON_PATTERN_DIGEST },
	{ 0 },
};
static const struct json_field item_fields[] = {
	{ "type", JSON_STRING, offsetof(struct evidence_item, type), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "status", JSON_STRING, offsetof(struct evidence_item, status), .mandatory = true,
		.pattern = JSON_PATTERN_NAME },
	{ "summary", JSON_STRING, offsetof(struct evidence_item, summary), .max = 512,
		.pattern = JSON_PATTERN_ONE_LINE },
	{ "observedAt", JSON_TIME, offsetof(struct evidence_item, observed_at_us),
		.present_offset = offsetof(struct evidence_item, has_observed_at) },
	{ "data", JSON_ANY, offsetof(struct evidence_item, data) },
	{ 0 },
};
static const struct json_field body_fields[] = {
	{ "service", JSON_OBJECT, AT(service), .mandatory = true, .child = service_fields },
	{ "release", JSON_OBJECT, AT(release), .child = release_fields },
	{ "artifact", JSON_OBJECT, AT(artifact), .child = artifact_fields },
	{ "evidence", JSON_ARRAY, AT(evidence), .mandatory = true, .min = 1, .max = EVIDENCE_MAX, .child = item_fields,
		.child_size = sizeof(struct evidence_item) },
	{ 0 },
};

static bool check_time(struct evidence_item *item, int64_t now_us, struct err *err)
{
	if (!item->has_observed_at)
		item->observed_at_us = now_us;
	if (item->observed_at_us <= 0)
		return err_set_at(err, ERR_UNPROCESSABLE, "/observedAt", "nothing was seen before 1970");
	return item->observed_at_us <= now_us + EVIDENCE_FUTURE_MAX_US ||
	       err_set_at(err, ERR_UNPROCESSABLE, "/observedAt", "this time is yet to come");
}

static bool check_item(struct evidence_item *item, int64_t now_us, struct arena *arena, struct err *err)
{
	if (item->summary == NULL)
		item->summary = "";
	if (!check_time(item, now_us, err))
		return false;
	size_t len;
	if (!fact_value_build(item->data, item->status, item->summary, arena, &item->value, &len, err))
		return false;
	return len <= EVIDENCE_VALUE_MAX_BYTES ||
	       err_set_at(err, ERR_TOO_LARGE, "/data", "a fact may have %d bytes, this one has %zu",
		       EVIDENCE_VALUE_MAX_BYTES, len);
}

bool evidence_body_read(
	struct json_object *json, int64_t now_us, struct arena *arena, struct evidence_body *body, struct err *err)
{
	struct evidence_body result = { 0 };
	if (!json_read(json, body_fields, "", arena, &result, err))
		return false;
	struct evidence_item *items = result.evidence.items;
	for (size_t i = 0; i < result.evidence.count; i++)
		if (!check_item(&items[i], now_us, arena, err))
			return err_add_where(err, json_pointer_index(arena, "/evidence", i));
	*body = result;
	return true;
}

#include "gate_body.h"

#include "json/json.h"
#include "policy/names.h"

#define AT(member) offsetof(struct gate_body, member)

static const struct json_field service_fields[] = {
	{ "name", JSON_STRING, AT(service.name) - AT(service), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "namespace", JSON_STRING, AT(service.namespace) - AT(service), .pattern = JSON_PATTERN_NAME },
	{ "environment", JSON_STRING, AT(service.environment) - AT(service), .mandatory = true,
		.pattern = JSON_PATTERN_NAME },
	{ 0 },
};
static const struct json_field artifact_fields[] = {
	{ "digest", JSON_STRING, AT(artifact.digest) - AT(artifact), .pattern = JSON_PATTERN_DIGEST },
	{ "repository", JSON_STRING, AT(artifact.repository) - AT(artifact), .max = 512,
		.pattern = JSON_PATTERN_ONE_LINE },
	{ 0 },
};
const struct json_field gate_release_fields[] = {
	{ "releaseId", JSON_STRING, AT(release.release_id) - AT(release), .max = 256,
		.pattern = JSON_PATTERN_ONE_LINE },
	{ "sourceSha", JSON_STRING, AT(release.source_sha) - AT(release), .pattern = JSON_PATTERN_GIT_SHA },
	{ "version", JSON_STRING, AT(release.version) - AT(release), .max = 256, .pattern = JSON_PATTERN_ONE_LINE },
	{ 0 },
};
static const struct json_field claim_fields[] = {
	{ "type", JSON_STRING, offsetof(struct gate_claim, type), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "status", JSON_STRING, offsetof(struct gate_claim, status), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "summary", JSON_STRING, offsetof(struct gate_claim, summary), .max = 512, .pattern = JSON_PATTERN_ONE_LINE },
	{ "data", JSON_ANY, offsetof(struct gate_claim, data) },
	{ 0 },
};
static const struct json_field approval_fields[] = {
	{ "system", JSON_STRING, offsetof(struct gate_approval, system), .mandatory = true,
		.pattern = JSON_PATTERN_NAME },
	{ "environment", JSON_STRING, offsetof(struct gate_approval, environment), .mandatory = true,
		.pattern = JSON_PATTERN_NAME },
	{ 0 },
};
static const struct json_field rollback_fields[] = {
	{ "artifact", JSON_STRING, AT(rollback.artifact) - AT(rollback), .pattern = JSON_PATTERN_DIGEST },
	{ 0 },
};
static const struct json_field body_fields[] = {
	{ "mode", JSON_ENUM, AT(mode), .names = mode_words, .present_offset = AT(has_mode) },
	{ "service", JSON_OBJECT, AT(service), .mandatory = true, .child = service_fields },
	{ "artifact", JSON_OBJECT, AT(artifact), .child = artifact_fields },
	{ "release", JSON_OBJECT, AT(release), .child = gate_release_fields },
	{ "evidence", JSON_ARRAY, AT(evidence), .max = 64, .child = claim_fields,
		.child_size = sizeof(struct gate_claim) },
	{ "approvals", JSON_ARRAY, AT(approvals), .max = 64, .child = approval_fields,
		.child_size = sizeof(struct gate_approval) },
	{ "rollback", JSON_OBJECT, AT(rollback), .child = rollback_fields },
	{ "wait", JSON_DURATION, AT(wait_ms), .min = 0, .max = 300000, .present_offset = AT(has_wait) },
	{ 0 },
};

static bool check_claims(const struct gate_body *body, struct arena *arena, struct err *err)
{
	const struct gate_claim *claims = body->evidence.items;
	for (size_t i = 0; i < body->evidence.count; i++)
		if (claims[i].data != NULL && !json_object_is_type(claims[i].data, json_type_object))
			return err_set_at(err, ERR_INVALID,
				json_pointer_member(arena, json_pointer_index(arena, "/evidence", i), "data"),
				"not an object");
	return true;
}

bool gate_body_read(struct json_object *json, struct arena *arena, struct gate_body *body, struct err *err)
{
	struct gate_body result = { 0 };
	if (!json_read(json, body_fields, "", arena, &result, err) || !check_claims(&result, arena, err))
		return false;
	if (result.artifact.digest == NULL && result.release.source_sha == NULL)
		return err_set_at(err, ERR_INVALID, "", "one of artifact.digest and release.sourceSha is needed");
	*body = result;
	return true;
}

#include "checks.h"

#include "json/json.h"
#include "passport/member.h"
#include "passport/statement.h"

void checks_print(const struct output *output, const struct verify_result *result)
{
	for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
		const struct verify_check *check = &result->checks[i];
		if (check->status == VERIFY_NOT_DEMANDED)
			continue;
		output_line(output, check->status == VERIFY_OK ? STYLE_GOOD : STYLE_BAD, "%-6s %-11s %s",
			verify_status_name(check->status), check->name, check->text);
	}
}

struct json_object *checks_json(const struct verify_result *result, bool verified)
{
	const struct json_object *predicate = NULL;
	if (result->statement != NULL)
		predicate = statement_predicate(result->statement);
	struct json_object *object = json_object_new_object(), *checks = json_object_new_array();
	json_add_bool(object, "verified", verified);
	json_add_string(object, "passportId", member_text(predicate, "passportId"));
	json_add_string(object, "decision", member_text(predicate, "decision"));
	json_add_string(object, "keyId", result->key != NULL ? verify_key_id(result->key->key) : NULL);
	for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
		const struct verify_check *check = &result->checks[i];
		struct json_object *item = json_object_new_object();
		json_add_string(item, "name", check->name);
		json_add_string(item, "status", verify_status_name(check->status));
		json_add_string(item, "text", check->text);
		json_object_array_add(checks, item);
	}
	json_add(object, "checks", checks);
	return object;
}

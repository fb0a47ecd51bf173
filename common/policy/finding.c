#include "policy/finding.h"

#include "json/json.h"

struct json_object *policy_findings_json(const struct policy_findings *findings)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < findings->count; i++) {
		const struct policy_finding *finding = &findings->items[i];
		struct json_object *object = json_object_new_object();
		json_add_string(object, "severity", finding->severity == POLICY_ERROR ? "error" : "warning");
		if (finding->line != 0) {
			json_add_int(object, "line", finding->line);
			json_add_int(object, "column", finding->column);
		}
		json_add_string(object, "pointer", finding->pointer);
		json_add_string(object, "text", finding->text);
		json_object_array_add(list, object);
	}
	return list;
}

#include "policy_file.h"

#include "base/file.h"
#include "findings.h"
#include "json/json.h"

#define POLICY_FILE_MAX_BYTES (256 * 1024)

bool policy_file_parse(struct cli *cli, const char *path, struct buf *text, struct policy **policy,
	struct json_object **findings, struct err *err)
{
	struct policy_findings found = { 0 };
	if (!file_read(path, POLICY_FILE_MAX_BYTES, text, err))
		return false;
	const bool ok = policy_parse(buf_str(text), text->len, policy, cli->arena, &found, err);
	*findings = policy_findings_json(&found);
	return ok || err_add_where(err, arena_printf(cli->arena, "%s:", path));
}

bool policy_file_push(struct cli *cli, struct api *api, const char *path, struct json_object **stored, struct err *err)
{
	owned_buf struct buf text = { 0 };
	owned(policy) struct policy *policy = NULL;
	owned(json) struct json_object *findings = NULL;
	const bool ok = policy_file_parse(cli, path, &text, &policy, &findings, err);
	for (size_t i = 0; findings != NULL && i < json_object_array_length(findings); i++)
		output_note(&cli->output, "%s", finding_line(path, json_object_array_get_idx(findings, i), cli->arena));
	if (!ok)
		return false;
	owned(json) struct json_object *source = json_object_new_object();
	json_add_string(source, "source", buf_str(&text));
	return api_json(api, "PUT", "/policies", source, stored, err);
}

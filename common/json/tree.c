/* json-c's tree of a text that the scanner has accepted. */
#include "json/json.h"

#include <json-c/json_tokener.h>
#include <limits.h>

OWNED_DEFINE(tokener, struct json_tokener, json_tokener_free);

bool json_parse(const char *text, size_t len, struct json_object **value, struct err *err)
{
	if (len > INT_MAX - 1)
		return err_set(err, ERR_INVALID, "the text is too long");
	if (!json_scan(text, len, JSON_DEPTH_MAX, err))
		return false;
	/* json-c counts the innermost scalar as a level, too. */
	owned(tokener) struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 2);
	if (tokener == NULL)
		return err_set(err, ERR_INTERNAL, "no JSON parser");
	struct json_object *parsed = json_tokener_parse_ex(tokener, text, (int)len);
	/* A number at the root ends only where the text ends, which json-c must be told. */
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		parsed = json_tokener_parse_ex(tokener, "", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		return err_set(err, ERR_INTERNAL, "the JSON parser refused what the scanner accepted: %s",
			json_tokener_error_desc(json_tokener_get_error(tokener)));
	*value = parsed;
	return true;
}

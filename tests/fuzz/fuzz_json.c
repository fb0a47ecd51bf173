/* What the scanner accepts, json-c reads, and its canonical form is accepted again and is its own canonical form. */
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "json/json.h"

static void check_error(const struct err *err)
{
	FUZZ_REQUIRE(err->kind == ERR_INVALID);
	FUZZ_REQUIRE(err->text[0] != '\0');
	/* The place goes into problem documents. */
	FUZZ_REQUIRE(utf8_valid(err->where, strlen(err->where)));
	FUZZ_REQUIRE(err->where[0] == '\0' || err->where[0] == '/');
}

static void reparse(const struct buf *text, const struct buf *canonical)
{
	owned(json) struct json_object *value = NULL;
	owned_buf struct buf again = { 0 };
	struct err err = { 0 };
	FUZZ_REQUIRE(json_parse(buf_str(text), text->len, &value, &err));
	FUZZ_REQUIRE(json_canonical(value, &again, &err));
	FUZZ_REQUIRE(again.len == canonical->len && memcmp(again.data, canonical->data, again.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	owned(json) struct json_object *value = NULL;
	owned_buf struct buf canonical = { 0 }, plain = { 0 }, pretty = { 0 };
	struct err err = { 0 };
	bool valid = json_scan(text, size, JSON_DEPTH_MAX, &err);
	if (!valid)
		check_error(&err);
	FUZZ_REQUIRE(json_parse(text, size, &value, &err) == valid);
	if (!valid)
		return 0;
	FUZZ_REQUIRE(json_canonical(value, &canonical, &err));
	reparse(&canonical, &canonical);
	json_text(value, false, &plain);
	reparse(&plain, &canonical);
	json_text(value, true, &pretty);
	reparse(&pretty, &canonical);
	return 0;
}

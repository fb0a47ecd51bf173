/* The functions of strings (cel-spec, "String Functions"). */
#include "cel/function.h"

#include <string.h>

#include "cel/regex.h"

static bool contains(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	if (!cel_charge_bytes(eval, args[0].text.len))
		return false;
	*result = cel_bool(args[1].text.len == 0 ||
			   (args[0].text.len > 0 && memmem(args[0].text.data, args[0].text.len, args[1].text.data,
							    args[1].text.len) != NULL));
	return true;
}

static bool starts_with(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	size_t len = args[1].text.len;
	if (!cel_charge_bytes(eval, len))
		return false;
	*result = cel_bool(
		len == 0 || (len <= args[0].text.len && memcmp(args[0].text.data, args[1].text.data, len) == 0));
	return true;
}

static bool ends_with(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	size_t len = args[1].text.len;
	if (!cel_charge_bytes(eval, len))
		return false;
	*result = cel_bool(len == 0 || (len <= args[0].text.len && memcmp(args[0].text.data + args[0].text.len - len,
									   args[1].text.data, len) == 0));
	return true;
}

bool cel_match(
	struct cel_eval *eval, const struct cel_value *text, const struct cel_regex *regex, struct cel_value *result)
{
	size_t room = CEL_REGEX_MARKS(cel_regex_size(regex));
	if (room > eval->regex_room) {
		eval->regex_room = room > 2 * eval->regex_room ? room : 2 * eval->regex_room;
		eval->regex_marks = arena_array(eval->arena, eval->regex_room, sizeof(*eval->regex_marks));
	}
	uint64_t steps = 0;
	uint64_t steps_max =
		eval->meter.left > UINT64_MAX / CEL_BYTES_PER_COST ? UINT64_MAX : eval->meter.left * CEL_BYTES_PER_COST;
	bool matches = cel_regex_matches(regex, text->text.data, text->text.len, eval->regex_marks, steps_max, &steps);
	/* Rounded up: what ran out of steps must not pass for a text that does not match. */
	if (!cel_charge(eval, steps / CEL_BYTES_PER_COST + 1))
		return false;
	*result = cel_bool(matches);
	return true;
}

static bool matches(struct cel_eval *eval, const struct cel_value *args, struct cel_value *result)
{
	/* Each instruction is memory too: it costs as much as a node. */
	const char *fault;
	if (!cel_charge(eval, args[1].text.len))
		return false;
	const struct cel_regex *regex = cel_regex_create(eval->arena, args[1].text.data, args[1].text.len, &fault);
	if (regex == NULL)
		return cel_fault(eval, "regular expression: %s", fault);
	return cel_charge(eval, cel_regex_size(regex)) && cel_match(eval, &args[0], regex, result);
}

const struct cel_overload cel_string_functions[] = {
	{ "contains", CEL_METHOD, 2, { CEL_STRING, CEL_STRING }, CEL_BOOL, contains, NULL },
	{ "startsWith", CEL_METHOD, 2, { CEL_STRING, CEL_STRING }, CEL_BOOL, starts_with, NULL },
	{ "endsWith", CEL_METHOD, 2, { CEL_STRING, CEL_STRING }, CEL_BOOL, ends_with, NULL },
	{ "matches", CEL_METHOD | CEL_GLOBAL, 2, { CEL_STRING, CEL_STRING }, CEL_BOOL, matches, NULL },
	{ 0 },
};

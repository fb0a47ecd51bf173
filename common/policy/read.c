#include "policy/read.h"

#include <inttypes.h>
#include <json-c/json_object.h>
#include <json-c/linkhash.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "json/fields.h"
#include "policy/yaml.h"

char *read_pointer(const struct reader *r, const struct at *at)
{
	if (at == NULL || at->up == NULL)
		return arena_strdup(r->findings_arena, "");
	const char *up = read_pointer(r, at->up);
	return at->name != NULL ? json_pointer_member(r->findings_arena, up, at->name)
				: json_pointer_index(r->findings_arena, up, at->index);
}

PRINTF_LIKE(2, 0)
static const char *format_text(const struct reader *r, const char *format, va_list args)
{
	char text[1024];
	vsnprintf(text, sizeof(text), format, args);
	size_t len = strlen(text), whole = 0;
	uint32_t code;
	/* A name that was cut in the middle of a character. */
	for (size_t n; (n = utf8_decode(text + whole, len - whole, &code)) > 0;)
		whole += n;
	return arena_strndup(r->findings_arena, text, whole);
}

struct subject {
	const struct at *at;
	bool name;        /* about the member's name, not its value */
	bool within_text; /* about a character of the text */
	size_t offset;    /* of that character */
};

static struct yaml_place place_of(const struct reader *r, const struct subject *subject, const char *pointer)
{
	if (r->yaml == NULL)
		return (struct yaml_place){ 0, 0 };
	if (subject->within_text)
		return yaml_tree_text_place(r->yaml, pointer, subject->offset);
	return subject->name ? yaml_tree_name_place(r->yaml, pointer) : yaml_tree_place(r->yaml, pointer);
}

PRINTF_LIKE(4, 0)
static void add(struct reader *r, enum policy_severity severity, const struct subject *subject, const char *format,
	va_list args)
{
	struct policy_findings *findings = &r->findings;
	*(severity == POLICY_ERROR ? &findings->errors : &findings->warnings) += 1;
	/* Before anything is looked up: ten thousand wrong members must not cost ten thousand searches. */
	if (findings->count == POLICY_FINDINGS_MAX)
		return;
	if (findings->items == NULL)
		findings->items = arena_array(r->findings_arena, POLICY_FINDINGS_MAX, sizeof(*findings->items));
	const char *pointer = read_pointer(r, subject->at);
	struct yaml_place place = place_of(r, subject, pointer);
	findings->items[findings->count++] = (struct policy_finding){
		.severity = severity,
		.line = place.line,
		.column = place.column,
		.pointer = pointer,
		.text = format_text(r, format, args),
	};
}

void read_error(struct reader *r, const struct at *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(r, POLICY_ERROR, &(struct subject){ .at = at }, format, args);
	va_end(args);
}

void read_warning(struct reader *r, const struct at *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(r, POLICY_WARNING, &(struct subject){ .at = at }, format, args);
	va_end(args);
}

void read_error_name(struct reader *r, const struct at *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(r, POLICY_ERROR, &(struct subject){ .at = at, .name = true }, format, args);
	va_end(args);
}

void read_error_text(struct reader *r, const struct at *at, size_t offset, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(r, POLICY_ERROR, &(struct subject){ .at = at, .within_text = true, .offset = offset }, format, args);
	va_end(args);
}

static bool listed(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

bool read_object(struct reader *r, const struct at *at, struct json_object *value, const char *const *names)
{
	if (!json_object_is_type(value, json_type_object)) {
		read_error(r, at, "must be an object (names with values)");
		return false;
	}
	json_object_object_foreach (value, name, member) {
		(void)member;
		struct at place = { .up = at, .name = name };
		if (!listed(name, names))
			read_error_name(r, &place, "there is no member %.64s here", name);
	}
	return true;
}

static bool member_of(struct reader *r, const struct at *at, struct json_object *object, const char *name,
	bool mandatory, struct json_object **value)
{
	if (json_object_object_get_ex(object, name, value))
		return true;
	if (mandatory)
		read_error(r, at, "%s is missing", name);
	return false;
}

/* Control characters would reach terminals and logs; the two that lay out a text are harmless. */
static bool printable(const char *text, bool lines)
{
	uint32_t c;
	for (size_t n, left = strlen(text); left > 0; text += n, left -= n) {
		n = utf8_decode(text, left, &c);
		if (n == 0 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return false;
		if (c < 0x20 && !(lines && (c == '\n' || c == '\t')))
			return false;
	}
	return true;
}

bool read_text(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	const struct read_form *form, const char **out)
{
	struct at place = { .up = at, .name = name };
	struct json_object *value;
	if (!member_of(r, at, object, name, mandatory, &value))
		return false;
	if (!json_object_is_type(value, json_type_string)) {
		bool quotable = json_object_is_type(value, json_type_int) ||
				json_object_is_type(value, json_type_double) ||
				json_object_is_type(value, json_type_boolean);
		read_error(r, &place, "%s must be a text%s", name, quotable ? ": write it in quotes" : "");
		return false;
	}
	const char *text = json_object_get_string(value);
	if (*text == '\0')
		read_error(r, &place, "%s is empty", name);
	else if (strlen(text) > form->max)
		read_error(r, &place, "%s is longer than %zu bytes", name, form->max);
	else if (form->fits != NULL && !form->fits(text))
		read_error(r, &place, "%s must be %s", name, form->must_be);
	else if (!printable(text, form->lines))
		read_error(r, &place, "%s has a control character%s", name, form->lines ? "" : " or a line break");
	else {
		*out = arena_strdup(r->arena, text);
		return true;
	}
	return false;
}

/* A bound for people: "100ms", "366d". */
static const char *duration_text(const struct reader *r, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *suffix;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" }, { 1, "ms" } };
	size_t i = 0;
	while (i + 1 < ARRAY_SIZE(units) && (ms % units[i].ms != 0 || ms < units[i].ms))
		i++;
	return arena_printf(r->findings_arena, "%" PRId64 "%s", ms / units[i].ms, units[i].suffix);
}

bool read_duration(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	int64_t min_ms, int64_t max_ms, int64_t *out_ms)
{
	struct at place = { .up = at, .name = name };
	struct json_object *value;
	int64_t ms;
	if (!member_of(r, at, object, name, mandatory, &value))
		return false;
	if (!json_object_is_type(value, json_type_string) ||
		!clock_parse_duration(
			json_object_get_string(value), (size_t)json_object_get_string_len(value), &ms, NULL)) {
		read_error(r, &place, "%s must be a duration, such as 90s, 5m or 1h30m", name);
		return false;
	}
	if (ms < min_ms || ms > max_ms) {
		read_error(r, &place, "%s must lie between %s and %s", name, duration_text(r, min_ms),
			duration_text(r, max_ms));
		return false;
	}
	*out_ms = ms;
	return true;
}

bool read_integer(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	int64_t min, int64_t max, int64_t *out)
{
	struct at place = { .up = at, .name = name };
	struct json_object *value;
	if (!member_of(r, at, object, name, mandatory, &value))
		return false;
	int64_t number = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : min - 1;
	if (number < min || number > max) {
		read_error(r, &place, "%s must be a whole number from %" PRId64 " to %" PRId64, name, min, max);
		return false;
	}
	*out = number;
	return true;
}

bool read_flag(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool *out)
{
	struct at place = { .up = at, .name = name };
	struct json_object *value;
	if (!member_of(r, at, object, name, false, &value))
		return false;
	if (!json_object_is_type(value, json_type_boolean)) {
		read_error(r, &place, "%s must be true or false", name);
		return false;
	}
	*out = json_object_get_boolean(value);
	return true;
}

static const char *words_text(const struct reader *r, const char *const *words)
{
	const char *text = words[0];
	for (size_t i = 1; words[i] != NULL; i++)
		text = arena_printf(r->findings_arena, "%s%s%s", text, words[i + 1] != NULL ? ", " : " or ", words[i]);
	return text;
}

bool read_word(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	const char *const *words, int *out)
{
	struct at place = { .up = at, .name = name };
	struct json_object *value;
	if (!member_of(r, at, object, name, mandatory, &value))
		return false;
	for (int i = 0; words[i] != NULL && json_object_is_type(value, json_type_string); i++) {
		if (strcmp(words[i], json_object_get_string(value)) == 0) {
			*out = i;
			return true;
		}
	}
	read_error(r, &place, "%s must be %s", name, words_text(r, words));
	return false;
}

bool read_list(struct reader *r, const struct at *at, struct json_object *object, const char *name, bool mandatory,
	size_t max, struct json_object **list)
{
	struct at place = { .up = at, .name = name };
	struct json_object *value;
	if (!member_of(r, at, object, name, mandatory, &value))
		return false;
	size_t count = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;
	if (count == 0)
		read_error(r, &place, "%s must be a list with an element or more", name);
	else if (count > max)
		read_error(r, &place, "%s has more than %zu elements", name, max);
	else {
		*list = value;
		return true;
	}
	return false;
}

#include "spec.h"

#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "policy/names.h"

static bool refuse(const char *text, const char *form, struct err *err)
{
	return err_set_at(err, ERR_USAGE, text, "has to be written %s", form);
}

/* Splits at the first mark: the part before it lies in arena; *after is NULL if there is none. */
static const char *split(const char *text, char mark, struct arena *arena, const char **after)
{
	const char *found = strchr(text, mark);
	*after = found != NULL ? found + 1 : NULL;
	return found != NULL ? arena_strndup(arena, text, (size_t)(found - text)) : text;
}

bool evidence_spec_parse(const char *text, struct json_object **evidence, struct err *err)
{
	owned(arena) struct arena *arena = arena_create();
	const char *rest, *summary = NULL;
	const char *type = split(text, '=', arena, &rest);
	const char *status = rest != NULL ? split(rest, ':', arena, &summary) : "";
	if (type[0] == '\0' || status[0] == '\0')
		return refuse(text, "type=status or type=status:summary", err);
	struct json_object *object = json_object_new_object();
	json_add_string(object, "type", type);
	json_add_string(object, "status", status);
	if (summary != NULL && summary[0] != '\0')
		json_add_string(object, "summary", summary);
	*evidence = object;
	return true;
}

bool approval_spec_parse(const char *text, struct json_object **approval, struct err *err)
{
	owned(arena) struct arena *arena = arena_create();
	const char *environment;
	const char *system = split(text, '=', arena, &environment);
	if (system[0] == '\0' || environment == NULL || environment[0] == '\0')
		return refuse(text, "system=environment", err);
	struct json_object *object = json_object_new_object();
	json_add_string(object, "system", system);
	json_add_string(object, "environment", environment);
	*approval = object;
	return true;
}

/* Adds the list's names; none of them may be empty. */
static bool add_names(struct json_object *scope, const char *member, const char *list)
{
	struct json_object *names = json_object_new_array();
	json_add(scope, member, names);
	for (;;) {
		const size_t len = strcspn(list, ",");
		if (len == 0)
			return false;
		json_object_array_add(names, json_object_new_string_len(list, (int)len));
		if (list[len] == '\0')
			return true;
		list += len + 1;
	}
}

bool scope_spec_parse(const char *text, struct json_object **scope, struct err *err)
{
	owned(arena) struct arena *arena = arena_create();
	owned(json) struct json_object *object = json_object_new_object();
	const char *where, *environments = NULL;
	const char *word = split(text, '@', arena, &where);
	const char *services = where != NULL ? split(where, '/', arena, &environments) : "*";
	if (environments == NULL)
		environments = "*";
	json_add_string(object, "scope", word);
	if (word[0] == '\0' || strchr(environments, '/') != NULL || !add_names(object, "services", services) ||
		!add_names(object, "environments", environments))
		return refuse(text, "scope, scope@services or scope@services/environments", err);
	*scope = take(object);
	return true;
}

/* An empty text leaves the end open. */
static bool parse_end(const char *text, int64_t *time_us)
{
	*time_us = 0;
	return text[0] == '\0' || clock_parse(text, strlen(text), time_us, NULL);
}

bool key_spec_parse(const char *text, struct arena *arena, struct key_spec *spec, struct err *err)
{
	static const char form[] =
		"file, or file@from/to, where from and to are times as 2026-05-17T10:12:00Z or empty";
	const char *at = strrchr(text, '@');
	struct key_spec result = { .path = text };
	if (at != NULL) {
		const char *to;
		const char *from = split(at + 1, '/', arena, &to);
		result.path = arena_strndup(arena, text, (size_t)(at - text));
		if (!parse_end(from, &result.not_before_us) || !parse_end(to != NULL ? to : "", &result.not_after_us))
			return refuse(text, form, err);
	}
	if (result.path[0] == '\0' || (result.not_after_us != 0 && result.not_after_us <= result.not_before_us))
		return refuse(text, form, err);
	*spec = result;
	return true;
}

bool decisions_spec_parse(
	const char *text, struct arena *arena, const Rp__V1__Decision **decisions, size_t *count, struct err *err)
{
	Rp__V1__Decision *list = arena_array(arena, strlen(text) + 1, sizeof(*list));
	size_t n = 0;
	for (const char *rest = text; rest != NULL;) {
		const char *word = split(rest, ',', arena, &rest);
		if (!decision_parse(word, &list[n++]))
			return err_set_at(err, ERR_USAGE, text, "%s is no decision", word);
	}
	*decisions = list;
	*count = n;
	return true;
}

#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define TWIN_PREFIX "RELEASEPASSPORT_"

/* Everything that reading one command line needs. */
struct reading {
	const struct arg_set *sets;
	size_t set_count;
	conf_lookup_fn *lookup;
	void *context;
	struct arena *arena;
	struct err *err;
};

static void *place(const struct arg_set *set, const struct arg_option *option)
{
	return (char *)set->target + option->offset;
}

static char *twin_name(const struct arg_option *option, struct arena *arena)
{
	char *name = arena_printf(arena, TWIN_PREFIX "%s", option->flag);
	for (char *c = name + strlen(TWIN_PREFIX); *c != '\0'; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return name;
}

static bool set_int(const struct arg_option *option, const char *text, const char *where, int64_t *out, struct err *err)
{
	char *end;
	errno = 0;
	const long long value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < option->min || value > option->max)
		return err_set_at(err, ERR_USAGE, where, "has to be a number from %lld to %lld, not %s",
			(long long)option->min, (long long)option->max, text);
	*out = value;
	return true;
}

static bool set_duration(
	const struct arg_option *option, const char *text, const char *where, int64_t *out, struct err *err)
{
	int64_t value;
	if (!clock_parse_duration(text, strlen(text), &value, NULL))
		return err_set_at(err, ERR_USAGE, where, "has to be a duration as 30s or 1h30m, not %s", text);
	if (value < option->min || (option->max > 0 && value > option->max))
		return err_set_at(err, ERR_USAGE, where, "%s is out of range", text);
	*out = value;
	return true;
}

static bool set_time(const char *text, const char *where, int64_t *out, struct err *err)
{
	if (clock_parse(text, strlen(text), out, NULL))
		return true;
	return err_set_at(err, ERR_USAGE, where, "has to be a time as 2026-05-17T10:12:00Z, not %s", text);
}

static bool set_enum(const struct arg_option *option, const char *text, const char *where, int *out, struct err *err)
{
	owned_buf struct buf words = { 0 };
	for (int i = 0; option->names[i] != NULL; i++) {
		if (strcmp(option->names[i], text) == 0) {
			*out = i;
			return true;
		}
		buf_printf(&words, "%s%s", i > 0 ? ", " : "", option->names[i]);
	}
	return err_set_at(err, ERR_USAGE, where, "has to be one of %s, not %s", buf_str(&words), text);
}

static bool set_flag(const char *text, const char *where, bool *out, struct err *err)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
		*out = text[0] == 't';
		return true;
	}
	return err_set_at(err, ERR_USAGE, where, "has to be true or false, not %s", text);
}

static void append(struct arg_list *list, const char *item, struct arena *arena)
{
	const char **items = arena_array(arena, list->count + 1, sizeof(*items));
	for (size_t i = 0; i < list->count; i++)
		items[i] = list->items[i];
	items[list->count] = item;
	*list = (struct arg_list){ items, list->count + 1 };
}

static bool set(const struct reading *r, const struct arg_set *to, const struct arg_option *option, const char *text,
	const char *where)
{
	void *at = place(to, option);
	switch (option->type) {
	case ARG_TEXT: *(const char **)at = text; return true;
	case ARG_FLAG: return set_flag(text, where, at, r->err);
	case ARG_LIST: append(at, text, r->arena); return true;
	case ARG_INT: return set_int(option, text, where, at, r->err);
	case ARG_DURATION: return set_duration(option, text, where, at, r->err);
	case ARG_TIME: return set_time(text, where, at, r->err);
	case ARG_ENUM: return set_enum(option, text, where, at, r->err);
	}
	__builtin_unreachable();
}

static const struct arg_option *find(
	const struct reading *r, const char *name, size_t len, const struct arg_set **owner)
{
	for (size_t i = 0; i < r->set_count; i++)
		for (const struct arg_option *option = r->sets[i].options; option->type != 0; option++)
			if (option->flag != NULL && strlen(option->flag) == len &&
				strncmp(option->flag, name, len) == 0) {
				*owner = &r->sets[i];
				return option;
			}
	return NULL;
}

/* What was given on the command line, so that neither a variable nor the default counts. */
struct given {
	const struct arg_option *option;
	struct given *next;
};

static bool is_given(const struct given *list, const struct arg_option *option)
{
	for (; list != NULL; list = list->next)
		if (list->option == option)
			return true;
	return false;
}

static bool take_option(const struct reading *r, char *const *argv, int argc, int *i, struct given **given)
{
	const char *name = argv[*i] + 2, *equals = strchr(name, '=');
	const size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const char *where = arena_printf(r->arena, "--%.*s", (int)len, name);
	const struct arg_set *owner;
	const struct arg_option *option = find(r, name, len, &owner);
	if (option == NULL)
		return err_set_at(r->err, ERR_USAGE, where, "there is no such option here");
	if (is_given(*given, option) && option->type != ARG_LIST)
		return err_set_at(r->err, ERR_USAGE, where, "is given twice");
	const char *text = equals != NULL ? equals + 1 : NULL;
	if (text == NULL && option->type == ARG_FLAG)
		text = "true";
	if (text == NULL) {
		if (*i + 1 >= argc)
			return err_set_at(r->err, ERR_USAGE, where, "needs a value: %s", option->value);
		text = argv[++*i];
	}
	if (text[0] == '\0')
		return err_set_at(r->err, ERR_USAGE, where, "is empty");
	struct given *entry = arena_alloc(r->arena, sizeof(*entry));
	*entry = (struct given){ option, *given };
	*given = entry;
	return set(r, owner, option, text, where);
}

/* The first of the option's variables that is set and not empty. */
static const char *from_environment(const struct reading *r, const struct arg_option *option, const char **name)
{
	if (option->flag != NULL && option->type != ARG_LIST) {
		*name = twin_name(option, r->arena);
		const char *text = r->lookup(*name, r->context);
		if (text != NULL && text[0] != '\0')
			return text;
	}
	for (const char *rest = option->variables; rest != NULL && *rest != '\0';) {
		const size_t len = strcspn(rest, " ");
		*name = arena_strndup(r->arena, rest, len);
		const char *text = r->lookup(*name, r->context);
		if (text != NULL && text[0] != '\0')
			return text;
		rest += len + strspn(rest + len, " ");
	}
	return NULL;
}

static bool complete(const struct reading *r, const struct arg_set *to, const struct arg_option *option)
{
	const char *name = option->flag != NULL ? arena_printf(r->arena, "--%s", option->flag) : option->variables;
	const char *text = from_environment(r, option, &name);
	if (text == NULL)
		text = option->default_value;
	if (text != NULL)
		return set(r, to, option, text, name);
	if (option->type == ARG_ENUM)
		*(int *)place(to, option) = -1;
	if (!option->mandatory)
		return true;
	return err_set_at(
		r->err, ERR_USAGE, arena_printf(r->arena, "--%s", option->flag), "is needed: %s", option->help);
}

bool args_parse(const struct arg_set *sets, size_t set_count, char *const *argv, int argc, conf_lookup_fn *lookup,
	void *context, struct arena *arena, struct arg_list *operands, struct err *err)
{
	const struct reading r = { sets, set_count, lookup, context, arena, err };
	struct given *given = NULL;
	bool options = true;
	*operands = (struct arg_list){ 0 };
	for (int i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (!options || argv[i][0] != '-' || argv[i][1] == '\0')
			append(operands, argv[i], arena);
		else if (argv[i][1] != '-')
			return err_set_at(err, ERR_USAGE, argv[i], "there is no such option here");
		else if (!take_option(&r, argv, argc, &i, &given))
			return false;
	}
	for (size_t i = 0; i < set_count; i++)
		for (const struct arg_option *option = sets[i].options; option->type != 0; option++)
			if (!is_given(given, option) && !complete(&r, &sets[i], option))
				return false;
	return true;
}

bool args_ask_help(char *const *argv, int argc)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static void describe_variables(const struct arg_option *option, struct arena *arena, struct buf *out)
{
	const bool has_twin = option->flag != NULL && option->type != ARG_LIST;
	const char *further = option->variables != NULL ? option->variables : "";
	if (has_twin || further[0] != '\0')
		buf_printf(out, " [%s%s%s]", has_twin ? twin_name(option, arena) : "",
			has_twin && further[0] != '\0' ? " " : "", further);
}

void args_describe(const struct arg_set *set, struct buf *out)
{
	owned(arena) struct arena *arena = arena_create();
	if (set->options->type == 0)
		return;
	buf_printf(out, "\n%s:\n", set->title);
	for (const struct arg_option *option = set->options; option->type != 0; option++) {
		if (option->flag != NULL)
			buf_printf(out, "  --%s%s%s\n", option->flag, option->value != NULL ? " " : "",
				option->value != NULL ? option->value : "");
		else
			buf_printf(out, "  %s\n", option->variables);
		buf_printf(out, "        %s%s", option->help, option->mandatory ? " (needed)" : "");
		if (option->default_value != NULL)
			buf_printf(out, " (default %s)", option->default_value);
		if (option->flag != NULL)
			describe_variables(option, arena, out);
		buf_append_char(out, '\n');
	}
}

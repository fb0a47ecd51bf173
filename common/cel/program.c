#include "cel/program.h"

#include <string.h>

#include "base/utf8.h"
#include "cel/parse.h"

/* The offset of the first byte that is not UTF-8. */
static uint32_t utf8_fault(const char *text, size_t len)
{
	size_t at = 0;
	uint32_t code;
	for (size_t n; (n = utf8_decode(text + at, len - at, &code)) > 0;)
		at += n;
	return (uint32_t)at;
}

static bool read_source(struct cel_program *program, const char *text, size_t len, struct err *err)
{
	if (len > CEL_SOURCE_MAX_BYTES)
		return err_set_at(err, ERR_INVALID, "1:1", "expression longer than %d bytes", CEL_SOURCE_MAX_BYTES);
	program->source = (struct cel_source){ arena_strndup(program->arena, text, len), len };
	return utf8_valid(text, len) ||
	       cel_error_at(&program->source, utf8_fault(text, len), err, ERR_INVALID, "not UTF-8");
}

bool cel_compile_env(
	const char *source, size_t len, const struct cel_env *env, struct cel_program **program, struct err *err)
{
	struct arena *arena = arena_create();
	struct cel_program *made = arena_alloc(arena, sizeof(*made));
	made->arena = arena;
	made->checked = !env->unchecked;
	made->type = cel_type_of(CEL_DYN);
	if (!read_source(made, source, len, err) || !cel_parse(made->source, arena, &made->root, err) ||
		!cel_resolve(made, env, err) || (made->checked && !cel_check(made, err))) {
		arena_destroy(arena);
		return false;
	}
	*program = made;
	return true;
}

bool cel_compile(const char *source, size_t len, const struct cel_variable *variables, size_t variable_count,
	struct cel_program **program, struct err *err)
{
	struct cel_env env = { .variables = variables, .variable_count = variable_count };
	return cel_compile_env(source, len, &env, program, err);
}

bool cel_compile_unchecked(const char *source, size_t len, struct cel_program **program, struct err *err)
{
	return cel_compile_env(source, len, &(struct cel_env){ .unchecked = true }, program, err);
}

void cel_program_destroy(struct cel_program *program)
{
	if (program != NULL)
		arena_destroy(program->arena);
}

enum cel_kind cel_program_type(const struct cel_program *program)
{
	return program->type->kind;
}

static const struct cel_named *find_named(const struct cel_program *program, const char *variable)
{
	for (size_t i = 0; i < program->name_count; i++)
		if (strcmp(program->names[i].name, variable) == 0)
			return &program->names[i];
	return NULL;
}

bool cel_program_names(const struct cel_program *program, const char *variable)
{
	return find_named(program, variable) != NULL;
}

bool cel_program_names_only_in_has(const struct cel_program *program, const char *variable)
{
	const struct cel_named *named = find_named(program, variable);
	return named == NULL || !named->used;
}

bool cel_program_tests(const struct cel_program *program, const char *variable)
{
	const struct cel_named *named = find_named(program, variable);
	return named != NULL && named->tested;
}

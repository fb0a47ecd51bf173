#include "connectors.h"

#include <json-c/json_object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "json/fields.h"
#include "policy/yaml.h"

#define FILE_MAX_BYTES (256 * 1024)
#define TOKEN_MAX_BYTES 8192
#define TIMEOUT_DEFAULT_MS 5000
#define TIMEOUT_MAX_MS 30000

struct connector_text {
	const char *name, *type, *url, *token_file, *ca_file;
	struct json_array workspaces, services;
	bool has_services, has_timeout;
	int64_t timeout_ms;
};

struct file_text {
	struct json_array connectors;
};

#define AT(member) offsetof(struct connector_text, member)

static const struct json_field connector_fields[] = {
	{ "name", JSON_STRING, AT(name), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "type", JSON_STRING, AT(type), .mandatory = true, .pattern = JSON_PATTERN_NAME },
	{ "url", JSON_STRING, AT(url), .mandatory = true, .pattern = JSON_PATTERN_ONE_LINE },
	{ "workspaces", JSON_STRING_ARRAY, AT(workspaces), .mandatory = true },
	{ "services", JSON_STRING_ARRAY, AT(services), .present_offset = AT(has_services) },
	{ "tokenFile", JSON_STRING, AT(token_file), .pattern = JSON_PATTERN_ONE_LINE },
	{ "caFile", JSON_STRING, AT(ca_file), .pattern = JSON_PATTERN_ONE_LINE },
	{ "timeout", JSON_DURATION, AT(timeout_ms), .min = 1, .max = TIMEOUT_MAX_MS,
		.present_offset = AT(has_timeout) },
	{ 0 },
};

static const struct json_field file_fields[] = {
	{ "connectors", JSON_ARRAY, offsetof(struct file_text, connectors), .mandatory = true, .max = 256,
		.child = connector_fields, .child_size = sizeof(struct connector_text) },
	{ 0 },
};

static const struct connector_type *find_type(const char *name)
{
	for (const struct connector_type *const *type = connector_types; *type != NULL; type++)
		if (strcmp((*type)->name, name) == 0)
			return *type;
	return NULL;
}

/* "Authorization: Bearer <the file's only line>" */
static bool read_token(const char *path, const char **header, struct arena *arena, struct err *err)
{
	__attribute__((cleanup(buf_wipe))) struct buf token = { 0 };
	if (!file_read(path, TOKEN_MAX_BYTES, &token, err))
		return false;
	const size_t len = strcspn(buf_str(&token), "\r\n");
	if (len == 0 || strspn(buf_str(&token) + len, "\r\n") != token.len - len)
		return err_set(err, ERR_FILE, "%s has not exactly one line", path);
	*header = arena_printf(arena, "Authorization: Bearer %.*s", (int)len, buf_str(&token));
	return true;
}

static bool check_url(const char *url, struct err *err)
{
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set(err, ERR_FILE, "the URL has to begin with http:// or https://");
	if (strpbrk(url, "?#@") != NULL)
		return err_set(err, ERR_FILE, "the URL must have no query, fragment or credentials");
	return true;
}

/* A URL without the slashes at its end. */
static const char *base_url(const char *url, struct arena *arena)
{
	size_t len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		len--;
	return arena_strndup(arena, url, len);
}

/* The texts of the tree do not outlive it: everything is copied. */
static const char *const *copy_names(const struct json_array *names, struct arena *arena)
{
	const char **copy = arena_array(arena, names->count, sizeof(*copy));
	for (size_t i = 0; i < names->count; i++)
		copy[i] = arena_strdup(arena, ((const char *const *)names->items)[i]);
	return copy;
}

static bool read_connector(
	const struct connector_text *text, struct connector *connector, struct arena *arena, struct err *err)
{
	static const char *const all[] = { "*" };
	connector->type = find_type(text->type);
	if (connector->type == NULL)
		return err_set(err, ERR_FILE, "there is no type %.80s of connectors", text->type);
	if (!check_url(text->url, err) ||
		(text->token_file != NULL && !read_token(text->token_file, &connector->authorization, arena, err)))
		return false;
	connector->name = arena_strdup(arena, text->name);
	connector->url = base_url(text->url, arena);
	connector->ca_file = text->ca_file != NULL ? arena_strdup(arena, text->ca_file) : NULL;
	connector->timeout_ms = text->has_timeout ? text->timeout_ms : TIMEOUT_DEFAULT_MS;
	connector->workspaces = copy_names(&text->workspaces, arena);
	connector->workspace_count = text->workspaces.count;
	connector->services = text->has_services ? copy_names(&text->services, arena) : all;
	connector->service_count = text->has_services ? text->services.count : 1;
	return true;
}

/* Reads the tree; the place of an error is a JSON pointer. */
static bool read_file_text(struct json_object *json, struct connectors *connectors, struct err *err)
{
	owned(arena) struct arena *scratch = arena_create();
	struct file_text text = { 0 };
	if (!json_read(json, file_fields, "", scratch, &text, err))
		return false;
	const struct connector_text *texts = text.connectors.items;
	struct connector *items = arena_array(connectors->arena, text.connectors.count, sizeof(*items));
	for (size_t i = 0; i < text.connectors.count; i++) {
		const char *at = json_pointer_index(scratch, "/connectors", i);
		for (size_t j = 0; j < i; j++)
			if (strcmp(texts[i].name, texts[j].name) == 0)
				return err_set_at(err, ERR_FILE, at, "the name %.80s is given twice", texts[i].name);
		if (!read_connector(&texts[i], &items[i], connectors->arena, err))
			return err_add_where(err, at);
	}
	connectors->items = items;
	connectors->count = text.connectors.count;
	return true;
}

bool connectors_load(const char *path, struct connectors **connectors, struct err *err)
{
	owned_buf struct buf text = { 0 };
	owned(yaml_tree) struct yaml_tree *tree = NULL;
	if (!file_read(path, FILE_MAX_BYTES, &text, err))
		return false;
	if (!yaml_tree_parse(buf_str(&text), text.len, &tree, err)) {
		err_add_where(err, ":");
		err_add_where(err, path);
		err->kind = ERR_FILE;
		return false;
	}
	struct connectors *result = mem_zalloc(1, sizeof(*result));
	result->arena = arena_create();
	if (!read_file_text(yaml_tree_json(tree), result, err)) {
		const struct yaml_place place = yaml_tree_place(tree, err->where);
		snprintf(err->where, sizeof(err->where), "%.200s:%u:%u", path, place.line, place.column);
		err->kind = ERR_FILE;
		connectors_destroy(result);
		return false;
	}
	*connectors = result;
	return true;
}

void connectors_destroy(struct connectors *connectors)
{
	if (connectors == NULL)
		return;
	for (size_t i = 0; i < connectors->count; i++)
		if (connectors->items[i].authorization != NULL)
			explicit_bzero(
				(char *)connectors->items[i].authorization, strlen(connectors->items[i].authorization));
	arena_destroy(connectors->arena);
	free(connectors);
}

const struct connector *connectors_find(const struct connectors *connectors, const char *name)
{
	for (size_t i = 0; i < connectors->count; i++)
		if (strcmp(connectors->items[i].name, name) == 0)
			return &connectors->items[i];
	return NULL;
}

static bool listed(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], "*") == 0 || strcmp(names[i], name) == 0)
			return true;
	return false;
}

bool connector_serves(const struct connector *connector, const char *workspace, const char *service)
{
	return listed(connector->workspaces, connector->workspace_count, workspace) &&
	       listed(connector->services, connector->service_count, service);
}

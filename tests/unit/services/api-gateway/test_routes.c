/* The table of routes and the OpenAPI document say the same. */
#include "routes.h"

#include <json-c/json_object.h>
#include <json-c/linkhash.h>
#include <string.h>
#include <strings.h>

#include "call.h"
#include "json/json.h"
#include "openapi.h"
#include "unit.h"

#define BASE "/releasepassport/v1"

static struct json_object *document;

static void setup(void)
{
	struct err err = { 0 };
	ck_assert_msg(
		json_parse(openapi_document, openapi_document_len, &document, &err), "%s: %s", err.where, err.text);
}

static struct json_object *get(struct json_object *object, const char *name)
{
	return json_object_object_get(object, name);
}

static const struct http_route *find_route(const char *method, const char *path)
{
	for (const struct http_route *route = gateway_routes; route->method != NULL; route++)
		if (strcasecmp(route->method, method) == 0 && strncmp(route->path, BASE, strlen(BASE)) == 0 &&
			strcmp(route->path + strlen(BASE), path) == 0)
			return route;
	return NULL;
}

static struct json_object *find_operation(const struct http_route *route)
{
	char method[16] = "";
	for (size_t i = 0; route->method[i] != '\0'; i++)
		method[i] = (char)(route->method[i] | 0x20);
	return get(get(get(document, "paths"), route->path + strlen(BASE)), method);
}

START_TEST(test_routes__every_route_is_documented)
{
	setup();
	ck_assert_str_eq(
		json_object_get_string(get(json_object_array_get_idx(get(document, "servers"), 0), "url")), BASE);
	for (const struct http_route *route = gateway_routes; route->method != NULL; route++)
		ck_assert_msg(find_operation(route) != NULL, "%s %s is not documented", route->method, route->path);
	json_object_put(document);
}
END_TEST

START_TEST(test_routes__everything_documented_is_there)
{
	setup();
	json_object_object_foreach (get(document, "paths"), path, item) {
		json_object_object_foreach (item, method, operation) {
			(void)operation;
			if (strcmp(method, "parameters") != 0)
				ck_assert_msg(find_route(method, path) != NULL, "%s %s has no route", method, path);
		}
	}
	json_object_put(document);
}
END_TEST

/* The parameter itself, or the one that it refers to. */
static struct json_object *resolve(struct json_object *parameter)
{
	static const char prefix[] = "#/components/parameters/";
	const char *reference = json_object_get_string(get(parameter, "$ref"));
	if (reference == NULL)
		return parameter;
	ck_assert_int_eq(strncmp(reference, prefix, strlen(prefix)), 0);
	return get(get(get(document, "components"), "parameters"), reference + strlen(prefix));
}

static size_t count_query(struct json_object *parameters, const char *wanted)
{
	size_t count = 0;
	for (size_t i = 0; parameters != NULL && i < json_object_array_length(parameters); i++) {
		struct json_object *parameter = resolve(json_object_array_get_idx(parameters, i));
		if (strcmp(json_object_get_string(get(parameter, "in")), "query") != 0)
			continue;
		count += wanted == NULL || strcmp(json_object_get_string(get(parameter, "name")), wanted) == 0;
	}
	return count;
}

START_TEST(test_routes__query_parameters_are_those_documented)
{
	setup();
	for (const struct http_route *route = gateway_routes; route->method != NULL; route++) {
		const struct endpoint *endpoint = route->data;
		struct json_object *parameters = get(find_operation(route), "parameters");
		size_t known = 0;
		for (; endpoint->query != NULL && endpoint->query[known] != NULL; known++)
			ck_assert_msg(count_query(parameters, endpoint->query[known]) == 1, "%s %s: %s", route->method,
				route->path, endpoint->query[known]);
		ck_assert_msg(count_query(parameters, NULL) == known, "%s %s", route->method, route->path);
	}
	json_object_put(document);
}
END_TEST

START_TEST(test_routes__what_is_public_is_documented_as_such)
{
	setup();
	for (const struct http_route *route = gateway_routes; route->method != NULL; route++) {
		const struct endpoint *endpoint = route->data;
		struct json_object *security = get(find_operation(route), "security");
		bool is_public = security != NULL && json_object_array_length(security) == 0;
		ck_assert_msg(is_public == endpoint->is_public, "%s %s", route->method, route->path);
		bool refuses = get(get(find_operation(route), "responses"), "401") != NULL;
		ck_assert_msg(refuses != endpoint->is_public, "%s %s", route->method, route->path);
	}
	json_object_put(document);
}
END_TEST

UNIT_MAIN("api-gateway/routes", test_routes__every_route_is_documented, test_routes__everything_documented_is_there,
	test_routes__query_parameters_are_those_documented, test_routes__what_is_public_is_documented_as_such)

#include "http/router.h"

#include <assert.h>
#include <string.h>

#include "http/connection.h"

/* Notes the parameter in the request; the name begins behind "{". */
static void add_param(struct http_request *request, const char *name, size_t name_len, const char *value)
{
	assert(request->param_count < PARAMS_MAX);
	request->params[request->param_count++] =
		(struct http_parameter){ arena_strndup(request->arena, name, name_len), value };
}

static const char *join_from(struct http_request *request, size_t index)
{
	const struct http_target *target = &request->head.target;
	const char *joined = target->segments[index];
	while (++index < target->segment_count)
		joined = arena_printf(request->arena, "%s/%s", joined, target->segments[index]);
	return joined;
}

/* Does one segment fit "{name}tail"? */
static bool fits_param(struct http_request *request, const char *pattern, size_t len, const char *segment)
{
	const char *end = memchr(pattern, '}', len);
	assert(end != NULL);
	const char *tail = end + 1;
	size_t tail_len = (size_t)(pattern + len - tail);
	size_t segment_len = strlen(segment);
	if (segment_len <= tail_len || memcmp(segment + segment_len - tail_len, tail, tail_len) != 0)
		return false;
	const char *value = arena_strndup(request->arena, segment, segment_len - tail_len);
	add_param(request, pattern + 1, (size_t)(end - pattern) - 1, value);
	return true;
}

static bool fits_segment(struct http_request *request, const char *pattern, size_t len, const char *segment)
{
	if (pattern[0] == '{')
		return fits_param(request, pattern, len, segment);
	return strlen(segment) == len && memcmp(segment, pattern, len) == 0;
}

static bool fits(struct http_request *request, const char *path)
{
	static const char rest[] = "...}";
	const struct http_target *target = &request->head.target;
	size_t i = 0;
	request->param_count = 0;
	while (*path == '/' && path[1] != '\0') {
		const char *pattern = ++path;
		size_t len = strcspn(path, "/");
		path += len;
		if (i == target->segment_count)
			return false;
		if (pattern[0] == '{' && len > sizeof(rest) && strcmp(pattern + len - strlen(rest), rest) == 0) {
			add_param(request, pattern + 1, len - sizeof(rest), join_from(request, i));
			return request->params[request->param_count - 1].value[0] != '\0';
		}
		if (!fits_segment(request, pattern, len, target->segments[i++]))
			return false;
	}
	return i == target->segment_count && target->path[0] == '/';
}

static bool serves(const struct http_route *route, const char *method)
{
	return strcmp(route->method, method) == 0 || (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

static void allow(struct buf *list, const char *method)
{
	const char *found = list->len > 0 ? strstr(list->data, method) : NULL;
	if (found == NULL)
		buf_printf(list, "%s%s", list->len > 0 ? ", " : "", method);
	if (found == NULL && strcmp(method, "GET") == 0)
		buf_append_str(list, ", HEAD");
}

const struct http_route *http_route_find(const struct http_route *routes, struct http_request *request)
{
	owned_buf struct buf allowed = { 0 };
	const char *path = NULL; /* which resource it is */
	for (const struct http_route *route = routes; route->method != NULL; route++) {
		if ((path != NULL && strcmp(route->path, path) != 0) || !fits(request, route->path))
			continue;
		path = route->path;
		if (serves(route, request->head.method)) {
			request->route = route;
			return route;
		}
		allow(&allowed, route->method);
	}
	if (allowed.len > 0) {
		http_problem_allow(request, allowed.data);
		return NULL;
	}
	struct err err;
	err_set(&err, ERR_NOT_FOUND, "there is nothing at this path");
	http_problem(request, &err);
	return NULL;
}

void http_route_dispatch(const struct http_route *routes, struct http_request *request, void *context)
{
	const struct http_route *route = http_route_find(routes, request);
	if (route != NULL)
		route->handler(request, context);
}

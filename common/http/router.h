/*
 * Tables of paths.
 *
 *	static const struct http_route routes[] = {
 *		{ "GET", "/v1/passports/{id}.dsse", get_dsse, &scope_read },
 *		{ "GET", "/v1/passports/{id}", get_passport, &scope_read },
 *		{ "GET", "/tlog/tile/{path...}", get_tile, NULL },
 *		{ 0 },
 *	};
 *
 * {name} stands for one whole segment that is not empty, or for its beginning if text follows; {name...} for one or
 * more segments at the end. The first path that fits wins, so the special stand before the general; what has
 * that path but not the method is 405. A row with GET serves HEAD too.
 */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http/request.h"
#include "http/server.h"

struct http_route {
	const char *method;
	const char *path;
	http_handler_fn *handler;
	const void *data; /* for the caller: http_request_route(request)->data */
};

/*
 * The row that fits, noted in the request together with the parameters. NULL: there is none, and the request has been
 * answered with 404, or 405 and Allow.
 */
const struct http_route *http_route_find(const struct http_route *routes, struct http_request *request);
/* http_route_find, then the row's handler with context. */
void http_route_dispatch(const struct http_route *routes, struct http_request *request, void *context);

#endif

/* Every path of the interface and who serves it. */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

#include "http/router.h"

extern const struct http_route gateway_routes[];

#endif

#include "keys.h"

#include <json-c/json_object.h>

#include "json/json.h"
#include "media.h"

#define PEM "application/x-pem-file"
/* A rotation overlaps by far more than this. */
#define CACHE_CONTROL "public, max-age=300"

void keys_get_pem(struct call *call)
{
	owned_buf struct buf text = { 0 };
	keyset_pem(call->gateway->keys, &text);
	http_response_header(call->request, "Cache-Control", CACHE_CONTROL);
	http_respond(call->request, 200, PEM, text.data, text.len);
}

void keys_get(struct call *call)
{
	http_response_header(call->request, "Vary", "Accept");
	if (media_wanted(http_request_header(call->request, "accept"), PEM, "application/json")) {
		keys_get_pem(call);
		return;
	}
	owned(json) struct json_object *jwks = keyset_jwks(call->gateway->keys);
	http_response_header(call->request, "Cache-Control", CACHE_CONTROL);
	http_respond_json(call->request, 200, jwks);
}

#include "openapi.h"

void openapi_get(struct call *call)
{
	http_response_header(call->request, "Cache-Control", "public, max-age=300");
	http_respond(call->request, 200, "application/json", openapi_document, openapi_document_len);
}

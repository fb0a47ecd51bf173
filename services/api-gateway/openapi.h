/* The contract: the OpenAPI document that requests and answers are held to, embedded from openapi.yaml. */
#ifndef GATEWAY_OPENAPI_H
#define GATEWAY_OPENAPI_H

#include "call.h"

/* JSON text. */
extern const char openapi_document[];
extern const size_t openapi_document_len;

/* GET /openapi.json */
void openapi_get(struct call *call);

#endif

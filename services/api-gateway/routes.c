#include "routes.h"

#include "bindings.h"
#include "call.h"
#include "evaluate.h"
#include "evidence.h"
#include "integrations.h"
#include "keys.h"
#include "openapi.h"
#include "passports.h"
#include "policies.h"
#include "tokens.h"

#define BASE "/releasepassport/v1"

/* Whoever has a valid token may call; the endpoint asks for the scope. */
#define ENDPOINT(...)            \
	&(const struct endpoint) \
	{                        \
		__VA_ARGS__      \
	}

static const char *const evaluate_get_query[] = { "deadline", NULL };

const struct http_route gateway_routes[] = {
	{ "POST", BASE "/gate/evaluate", NULL, ENDPOINT(evaluate_post) },
	{ "GET", BASE "/evaluations/{id}", NULL, ENDPOINT(evaluate_get, .query = evaluate_get_query) },
	{ "POST", BASE "/evidence/ingest", NULL, ENDPOINT(evidence_ingest) },
	{ "GET", BASE "/passports", NULL, ENDPOINT(passports_list, .query = passports_list_query) },
	{ "GET", BASE "/passports/{id}.dsse", NULL, ENDPOINT(passports_get_dsse) },
	{ "GET", BASE "/passports/{id}.sigstore", NULL, ENDPOINT(passports_get_sigstore) },
	{ "GET", BASE "/passports/{id}.md", NULL, ENDPOINT(passports_get_markdown) },
	{ "GET", BASE "/passports/{id}", NULL, ENDPOINT(passports_get) },
	{ "PUT", BASE "/policies", NULL, ENDPOINT(policies_put) },
	{ "GET", BASE "/policies", NULL, ENDPOINT(policies_list, .query = policies_list_query) },
	{ "POST", BASE "/policies/validate", NULL, ENDPOINT(policies_validate) },
	{ "GET", BASE "/policies/{digest}", NULL, ENDPOINT(policies_get) },
	{ "GET", BASE "/services", NULL, ENDPOINT(bindings_list, .query = bindings_list_query) },
	{ "GET", BASE "/services/{service}/environments/{environment}", NULL, ENDPOINT(bindings_get) },
	{ "PUT", BASE "/services/{service}/environments/{environment}", NULL, ENDPOINT(bindings_put) },
	{ "POST", BASE "/tokens", NULL, ENDPOINT(tokens_create) },
	{ "GET", BASE "/tokens", NULL, ENDPOINT(tokens_list, .query = tokens_list_query) },
	{ "DELETE", BASE "/tokens/{id}", NULL, ENDPOINT(tokens_revoke) },
	{ "GET", BASE "/keys", NULL, ENDPOINT(keys_get, .is_public = true) },
	{ "GET", BASE "/keys.pem", NULL, ENDPOINT(keys_get_pem, .is_public = true) },
	{ "GET", BASE "/integrations", NULL, ENDPOINT(integrations_get) },
	{ "GET", BASE "/openapi.json", NULL, ENDPOINT(openapi_get, .is_public = true) },
	{ 0 },
};

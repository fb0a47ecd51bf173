#include "auth/token.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "json/fields.h"

const char *const token_scope_words[] = { "gate", "ingest", "read", "policy", "approve", "waive", "freeze",
	"breakglass", "audit", "admin", NULL };
const char *const token_kind_words[] = { "person", "pipeline", NULL };

void token_generate(char text[TOKEN_SIZE])
{
	uint8_t bits[32];
	crypto_random(bits, sizeof(bits));
	struct buf encoded = { 0 };
	base64url_encode(bits, sizeof(bits), &encoded);
	snprintf(text, TOKEN_SIZE, "%s%s", TOKEN_PREFIX, buf_str(&encoded));
	buf_wipe(&encoded);
	explicit_bzero(bits, sizeof(bits));
}

bool token_well_formed(const char *text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	return strncmp(text, TOKEN_PREFIX, strlen(TOKEN_PREFIX)) == 0 && strlen(text) == TOKEN_SIZE - 1 &&
	       strspn(text + strlen(TOKEN_PREFIX), alphabet) == TOKEN_SIZE - 1 - strlen(TOKEN_PREFIX);
}

void token_hash(const char *text, uint8_t hash[SHA256_SIZE])
{
	sha256(text, strlen(text), hash);
}

/* --- scopes --- */

struct grant_text {
	const char *scope;
	struct json_array services;
	struct json_array environments;
	bool services_given, environments_given;
};

static const struct json_field grant_fields[] = {
	{ "scope", JSON_STRING, offsetof(struct grant_text, scope), .mandatory = true, .max = 64 },
	{ "services", JSON_STRING_ARRAY, offsetof(struct grant_text, services),
		.present_offset = offsetof(struct grant_text, services_given) },
	{ "environments", JSON_STRING_ARRAY, offsetof(struct grant_text, environments),
		.present_offset = offsetof(struct grant_text, environments_given) },
	{ 0 },
};

static bool read_scope(const char *text, const char *where, struct token_grant *grant, struct err *err)
{
	for (int i = 0; i < TOKEN_SCOPE_COUNT; i++) {
		if (strcmp(text, token_scope_words[i]) == 0) {
			grant->scope = (enum token_scope)i;
			return true;
		}
	}
	const char *type = text + strlen("ingest:");
	if (strncmp(text, "ingest:", strlen("ingest:")) != 0)
		return err_set_at(err, ERR_INVALID, where,
			"no scope is called that; there are gate, ingest, ingest:<type>, read, policy, approve, waive, "
			"freeze, "
			"breakglass, audit, admin");
	if (!json_pattern_check(type, JSON_PATTERN_NAME, where, err))
		return false;
	grant->scope = TOKEN_INGEST;
	grant->ingest_type = type;
	return true;
}

static const char *const everything[] = { "*" };

/* Names or "*"; an empty list would allow nothing and is refused as a mistake. */
static bool read_names(bool given, const struct json_array *names, const char *where, const char *const **list,
	size_t *count, struct arena *arena, struct err *err)
{
	*list = everything;
	*count = 1;
	if (!given)
		return true;
	if (names->count == 0)
		return err_set_at(err, ERR_INVALID, where, "the list is empty; leave it out or write \"*\" for all");
	*list = names->items;
	*count = names->count;
	for (size_t i = 0; i < names->count; i++)
		if (strcmp((*list)[i], "*") != 0 &&
			!json_pattern_check((*list)[i], JSON_PATTERN_NAME, json_pointer_index(arena, where, i), err))
			return false;
	return true;
}

bool token_grants_read(struct json_object *scopes, const char *pointer, struct arena *arena,
	const struct token_grant **grants, size_t *count, struct err *err)
{
	if (!json_object_is_type(scopes, json_type_array))
		return err_set_at(err, ERR_INVALID, pointer, "not a list of scopes");
	const size_t n = json_object_array_length(scopes);
	if (n == 0 || n > 64)
		return err_set_at(err, ERR_INVALID, pointer, "between 1 and 64 scopes, not %zu", n);
	struct token_grant *list = arena_array(arena, n, sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		const char *at = json_pointer_index(arena, pointer, i);
		struct grant_text text = { 0 };
		if (!json_read(json_object_array_get_idx(scopes, i), grant_fields, at, arena, &text, err) ||
			!read_scope(text.scope, json_pointer_member(arena, at, "scope"), &list[i], err) ||
			!read_names(text.services_given, &text.services, json_pointer_member(arena, at, "services"),
				&list[i].services, &list[i].service_count, arena, err) ||
			!read_names(text.environments_given, &text.environments,
				json_pointer_member(arena, at, "environments"), &list[i].environments,
				&list[i].environment_count, arena, err))
			return false;
	}
	*grants = list;
	*count = n;
	return true;
}

static bool listed(const char *const *names, size_t count, const char *name)
{
	if (name == NULL)
		return true;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], "*") == 0 || strcmp(names[i], name) == 0)
			return true;
	return false;
}

bool token_allows(const struct token_identity *identity, enum token_scope scope, const char *type, const char *service,
	const char *environment)
{
	for (size_t i = 0; i < identity->grant_count; i++) {
		const struct token_grant *grant = &identity->grants[i];
		if (grant->scope != scope)
			continue;
		if (scope == TOKEN_INGEST && type != NULL && grant->ingest_type != NULL &&
			strcmp(grant->ingest_type, type) != 0)
			continue;
		if (listed(grant->services, grant->service_count, service) &&
			listed(grant->environments, grant->environment_count, environment))
			return true;
	}
	return false;
}

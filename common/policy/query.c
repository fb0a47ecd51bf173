#include "policy/query.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/hash.h"
#include "policy/evidence.h"
#include "policy/policy.h"

/* What a template may name: the release's member. */
static const struct name {
	const char *name;
	size_t offset;
} names[] = {
	{ "service", offsetof(Rp__V1__Release, service) },
	{ "environment", offsetof(Rp__V1__Release, environment) },
	{ "namespace", offsetof(Rp__V1__Release, namespace_) },
	{ "version", offsetof(Rp__V1__Release, version) },
	{ "sourceSha", offsetof(Rp__V1__Release, source_sha) },
	{ "artifactDigest", offsetof(Rp__V1__Release, artifact_digest) },
};

/* The name of the ${name} at p, NULL if there is none of this name; *size is the length of the whole. */
static const struct name *name_at(const char *p, size_t *size)
{
	size_t len = strcspn(p + 2, "}");
	*size = len + 3;
	if (p[2 + len] == '\0')
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == len && memcmp(names[i].name, p + 2, len) == 0)
			return &names[i];
	return NULL;
}

bool policy_template_check(const char *query, size_t *offset, struct err *err)
{
	size_t size;
	for (const char *p = strstr(query, "${"); p != NULL; p = strstr(p + size, "${")) {
		if (name_at(p, &size) == NULL) {
			*offset = (size_t)(p - query);
			return err_set(err, ERR_INVALID,
				"${...} must be one of ${service}, ${environment}, ${namespace}, ${version}, "
				"${sourceSha} and ${artifactDigest}");
		}
	}
	return true;
}

/* No character may end a string, begin an expression or a comment in any query language. */
static bool harmless(const char *value)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@-";
	return strspn(value, allowed) == strlen(value);
}

static bool fill(const char *query, const Rp__V1__Release *release, struct buf *out, struct err *err)
{
	const char *p = query;
	size_t size;
	for (const char *at; (at = strstr(p, "${")) != NULL; p = at + size) {
		buf_append(out, p, (size_t)(at - p));
		const struct name *name = name_at(at, &size);
		if (name == NULL)
			return err_set(err, ERR_UNPROCESSABLE, "the query has a name that does not exist");
		const char *value = *(char *const *)((const char *)release + name->offset);
		if (*value == '\0')
			return err_set(err, ERR_UNPROCESSABLE,
				"the query needs the release's %s, which the request does not state", name->name);
		if (!harmless(value))
			return err_set(err, ERR_UNPROCESSABLE,
				"the release's %s has a character that may not stand in a query", name->name);
		buf_append_str(out, value);
	}
	buf_append_str(out, p);
	return true;
}

char *policy_query_digest(const char *connector, const char *text, char digest[POLICY_QUERY_DIGEST_SIZE])
{
	owned_buf struct buf framed = { 0 };
	buf_printf(&framed, "%zu:%s,%zu:%s,", strlen(connector), connector, strlen(text), text);
	return sha256_hex(framed.data, framed.len, digest);
}

static bool in_binding(const Rp__V1__Binding *binding, const char *connector)
{
	for (size_t i = 0; i < binding->n_connectors; i++)
		if (strcmp(binding->connectors[i], connector) == 0)
			return true;
	return false;
}

bool policy_query(const struct policy_evidence *evidence, const Rp__V1__GateRequest *request, struct arena *arena,
	struct policy_query *query, struct err *err)
{
	owned_buf struct buf text = { 0 };
	if (!in_binding(request->binding, evidence->connector))
		return err_set(err, ERR_UNPROCESSABLE, "this service and environment may not use the connector %s",
			evidence->connector);
	if (!fill(evidence->query, request->release, &text, err))
		return false;
	query->connector = evidence->connector;
	query->text = arena_strndup(arena, text.data, text.len);
	query->timeout_ms = evidence->timeout_ms;
	query->max_age_ms = evidence->max_age_ms;
	policy_query_digest(query->connector, query->text, query->digest);
	return true;
}

static bool needed(const struct policy_query *query, int64_t limit_ms, const Rp__V1__Fact *const *observed,
	size_t count, int64_t now_us)
{
	const Rp__V1__Fact *fact = evidence_observed(query->digest, observed, count);
	int64_t age_us;
	return fact == NULL || fact->status != RP__V1__FACT_STATUS__FACT_OK ||
	       __builtin_sub_overflow(now_us, fact->observed_at_us, &age_us) || age_us > limit_ms * 1000 ||
	       age_us < -POLICY_FUTURE_MAX_US;
}

static void add(struct policy_queries *queries, const struct policy_query *query)
{
	for (size_t i = 0; i < queries->count; i++) {
		struct policy_query *same = &queries->items[i];
		if (strcmp(same->digest, query->digest) != 0)
			continue;
		if (query->timeout_ms > same->timeout_ms)
			same->timeout_ms = query->timeout_ms;
		if (query->max_age_ms < same->max_age_ms)
			same->max_age_ms = query->max_age_ms;
		return;
	}
	queries->items[queries->count++] = *query;
}

void policy_needs(const struct policy *policy, const Rp__V1__GateRequest *request, const Rp__V1__Fact *const *observed,
	size_t observed_count, int64_t now_us, struct arena *arena, struct policy_queries *queries)
{
	bool refresh = request->kind == RP__V1__REQUEST_KIND__REQUEST_REFRESH;
	queries->items = arena_array(arena, policy->evidence_count, sizeof(*queries->items));
	queries->count = 0;
	for (size_t i = 0; i < policy->evidence_count; i++) {
		const struct policy_evidence *evidence = &policy->evidence[i];
		struct policy_query query = { 0 };
		struct err ignored = { 0 }; /* decide() says it in its verdict */
		if (evidence->connector == NULL || !policy_query(evidence, request, arena, &query, &ignored))
			continue;
		if (needed(&query, refresh ? query.max_age_ms / 2 : query.max_age_ms, observed, observed_count, now_us))
			add(queries, &query);
	}
}

#include "context.h"

#include <json-c/json_object.h>
#include <string.h>

#include "gate_store.h"
#include "json/json.h"
#include "policy/names.h"

/* Room for one more pointer in an arena array. */
static void *grown(struct arena *arena, void *items, size_t count, size_t *capacity)
{
	if (count < *capacity)
		return items;
	const size_t more = *capacity > 0 ? 2 * *capacity : 8;
	void **copy = arena_array(arena, more, sizeof(void *));
	if (count > 0)
		memcpy(copy, items, count * sizeof(void *));
	*capacity = more;
	return copy;
}

static ProtobufCBinaryData bytes(struct arena *arena, const struct pg_result *rows, int row, int column)
{
	owned_buf struct buf value = { 0 };
	pg_bytes(rows, row, column, &value);
	char *copy = arena_strndup(arena, buf_str(&value), value.len);
	return (ProtobufCBinaryData){ value.len, (uint8_t *)copy };
}

static char *text(struct arena *arena, const struct pg_result *rows, int row, int column)
{
	return arena_strdup(arena, pg_text(rows, row, column));
}

static void release(void *json)
{
	json_object_put(json);
}

/* A JSON array of texts that the statement built, kept with the arena. NULL sets context->err. */
static struct json_object *array(struct context *context, const char *json, size_t len)
{
	struct json_object *value = NULL;
	if (!json_parse(json, len, &value, &context->err))
		return NULL;
	arena_defer(context->arena, release, value);
	return value;
}

static char *element(struct json_object *list, size_t index)
{
	struct json_object *item = json_object_array_get_idx(list, index);
	return item != NULL ? (char *)json_object_get_string(item) : "";
}

static void add_binding(struct context *context, const struct pg_result *rows, int row)
{
	Rp__V1__Binding *binding = arena_alloc(context->arena, sizeof(*binding));
	rp__v1__binding__init(binding);
	binding->policy_digest = text(context->arena, rows, row, CONTEXT_A);
	binding->mode_reason = "binding";
	binding->deadline_ms = pg_int(rows, row, CONTEXT_N);
	const ProtobufCBinaryData json = bytes(context->arena, rows, row, CONTEXT_BODY);
	struct json_object *connectors = array(context, (const char *)json.data, json.len);
	if (connectors == NULL || !mode_parse(pg_text(rows, row, CONTEXT_B), &binding->mode) ||
		!decision_parse(pg_text(rows, row, CONTEXT_C), &binding->threshold)) {
		err_set(&context->err, ERR_INTERNAL, "the stored binding does not read as one");
		return;
	}
	binding->n_connectors = json_object_array_length(connectors);
	binding->connectors = arena_array(context->arena, binding->n_connectors, sizeof(char *));
	for (size_t i = 0; i < binding->n_connectors; i++)
		binding->connectors[i] = element(connectors, i);
	context->bound_namespace = text(context->arena, rows, row, CONTEXT_D);
	context->binding = binding;
}

static void add_ingested(struct context *context, const struct pg_result *rows, int row)
{
	const char *detail_json = pg_text(rows, row, CONTEXT_C), *origin_json = pg_text(rows, row, CONTEXT_D);
	struct json_object *detail = array(context, detail_json, strlen(detail_json));
	struct json_object *origin = array(context, origin_json, strlen(origin_json));
	Rp__V1__Fact *fact = arena_alloc(context->arena, sizeof(*fact));
	rp__v1__fact__init(fact);
	if (detail == NULL || origin == NULL || !fact_status_parse(element(detail, 0), &fact->status)) {
		err_set(&context->err, ERR_INTERNAL, "stored evidence %s does not read as a fact",
			pg_text(rows, row, CONTEXT_A));
		return;
	}
	fact->fact_id = text(context->arena, rows, row, CONTEXT_A);
	fact->evidence_class = RP__V1__EVIDENCE_CLASS__CLASS_INGESTED;
	fact->type = text(context->arena, rows, row, CONTEXT_B);
	fact->detail = element(detail, 1);
	fact->token_id = element(origin, 0);
	fact->source_sha = element(origin, 1);
	fact->artifact_digest = element(origin, 2);
	fact->observed_at_us = pg_time_us(rows, row, CONTEXT_AT);
	fact->value = bytes(context->arena, rows, row, CONTEXT_BODY);
	context_add_fact(context, fact);
}

static void add_observed(struct context *context, const struct pg_result *rows, int row)
{
	Rp__V1__SealedFact *sealed = arena_alloc(context->arena, sizeof(*sealed));
	rp__v1__sealed_fact__init(sealed);
	sealed->ce_id = text(context->arena, rows, row, CONTEXT_A);
	sealed->ce_time_us = pg_time_us(rows, row, CONTEXT_AT);
	sealed->body = bytes(context->arena, rows, row, CONTEXT_BODY);
	sealed->mac = bytes(context->arena, rows, row, CONTEXT_MAC);
	context->observed =
		grown(context->arena, context->observed, context->observed_count, &context->observed_capacity);
	context->observed[context->observed_count++] = sealed;
}

static void add_last_good(struct context *context, const struct pg_result *rows, int row)
{
	Rp__V1__LastGood *good = arena_alloc(context->arena, sizeof(*good));
	rp__v1__last_good__init(good);
	good->artifact_digest = text(context->arena, rows, row, CONTEXT_A);
	good->source_sha = text(context->arena, rows, row, CONTEXT_B);
	good->version = text(context->arena, rows, row, CONTEXT_C);
	good->passport_id = text(context->arena, rows, row, CONTEXT_D);
	context->last_good = good;
}

static void add_recorded(struct context *context, const struct pg_result *rows, int row)
{
	const ProtobufCBinaryData event = bytes(context->arena, rows, row, CONTEXT_BODY);
	context->recorded_digest = text(context->arena, rows, row, CONTEXT_A);
	context->recorded_event.data = (const char *)event.data;
	context->recorded_event.len = event.len;
}

void context_add_fact(struct context *context, Rp__V1__Fact *fact)
{
	context->facts = grown(context->arena, context->facts, context->fact_count, &context->fact_capacity);
	context->facts[context->fact_count++] = fact;
}

void context_add_rows(struct context *context, const struct pg_result *rows)
{
	static const struct {
		const char *kind;
		void (*add)(struct context *context, const struct pg_result *rows, int row);
	} kinds[] = {
		{ "recorded", add_recorded },
		{ "binding", add_binding },
		{ "ingested", add_ingested },
		{ "observed", add_observed },
		{ "last_good", add_last_good },
	};
	for (int row = 0; row < pg_rows(rows); row++)
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (strcmp(pg_text(rows, row, CONTEXT_KIND), kinds[i].kind) == 0)
				kinds[i].add(context, rows, row);
}

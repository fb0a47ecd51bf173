#include "policy/evidence.h"

#include <json-c/json_object.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "policy/line.h"
#include "policy/names.h"
#include "policy/query.h"

#define DETAIL_MAX_BYTES 200

const char *evidence_status_name(enum evidence_status status)
{
	static const char *const words[] = {
		[EVIDENCE_OK] = "ok",
		[EVIDENCE_MISSING] = "missing",
		[EVIDENCE_CLASS] = "class",
		[EVIDENCE_NO_DATA] = "no_data",
		[EVIDENCE_NAN] = "nan",
		[EVIDENCE_ERROR] = "error",
		[EVIDENCE_PARTIAL] = "partial",
		[EVIDENCE_TIMEOUT] = "timeout",
		[EVIDENCE_STALE] = "stale",
	};
	return words[status];
}

static int compare_bytes(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
	size_t shorter = a->len < b->len ? a->len : b->len;
	int order = shorter > 0 ? memcmp(a->data, b->data, shorter) : 0;
	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* Newer first. At the same time: what is not ok first, then by content, so that no order of arrival shows. */
static bool precedes(const Rp__V1__Fact *a, const Rp__V1__Fact *b)
{
	if (a->observed_at_us != b->observed_at_us)
		return a->observed_at_us > b->observed_at_us;
	if (a->status != b->status)
		return a->status > b->status;
	int order = strcmp(a->fact_id, b->fact_id);
	if (order == 0)
		order = compare_bytes(&a->value, &b->value);
	if (order == 0)
		order = strcmp(a->detail, b->detail);
	if (order == 0)
		order = strcmp(a->token_id, b->token_id);
	return order > 0;
}

const Rp__V1__Fact *evidence_observed(const char *query_digest, const Rp__V1__Fact *const *observed, size_t count)
{
	const Rp__V1__Fact *best = NULL;
	for (size_t i = 0; i < count; i++) {
		const Rp__V1__Fact *fact = observed[i];
		if (fact->evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_OBSERVED &&
			strcmp(fact->query_digest, query_digest) == 0 && (best == NULL || precedes(fact, best)))
			best = fact;
	}
	return best;
}

/* A fact that names a release speaks of that one alone. */
static bool is_about(const Rp__V1__Fact *fact, const Rp__V1__Release *release)
{
	return (*fact->source_sha == '\0' || strcmp(fact->source_sha, release->source_sha) == 0) &&
	       (*fact->artifact_digest == '\0' || strcmp(fact->artifact_digest, release->artifact_digest) == 0);
}

/* The best of the request's own facts of this type whose class lies within these. */
static const Rp__V1__Fact *stated(const struct policy_evidence *declared, const Rp__V1__GateRequest *request,
	Rp__V1__EvidenceClass lowest, Rp__V1__EvidenceClass highest)
{
	const Rp__V1__Fact *best = NULL;
	for (size_t i = 0; i < request->n_facts; i++) {
		const Rp__V1__Fact *fact = request->facts[i];
		if (fact->evidence_class >= lowest && fact->evidence_class <= highest &&
			strcmp(fact->type, declared->type) == 0 && is_about(fact, request->release) &&
			(best == NULL || precedes(fact, best)))
			best = fact;
	}
	return best;
}

static void set_problem(
	struct evidence_state *state, enum evidence_status status, const char *problem, const char *next_action)
{
	state->status = status;
	state->problem = problem;
	state->next_action = next_action;
}

/* What may help whoever waits for this evidence. */
static const char *help(const struct policy_evidence *declared, struct arena *arena)
{
	if (declared->connector != NULL)
		return arena_printf(arena, "check the %s connector", declared->connector);
	if (declared->evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED)
		return arena_printf(arena, "state %s evidence in the gate's request", declared->type);
	return arena_printf(arena, "post %s evidence for this release", declared->type);
}

static void set_missing(struct evidence_state *state, struct arena *arena)
{
	const struct policy_evidence *declared = state->declared;
	const char *text;
	if (declared->connector != NULL)
		text = arena_printf(
			arena, "%s is missing: there is no answer from %s", declared->name, declared->connector);
	else if (declared->evidence_class == RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED)
		text = arena_printf(arena, "%s is missing: the request states none", declared->name);
	else
		text = arena_printf(arena, "%s is missing: none was posted for this release", declared->name);
	set_problem(state, EVIDENCE_MISSING, text, help(declared, arena));
}

static void set_lower_class(struct evidence_state *state, const Rp__V1__Fact *fact, struct arena *arena)
{
	const struct policy_evidence *declared = state->declared;
	state->fact = fact;
	set_problem(state, EVIDENCE_CLASS,
		arena_printf(arena, "%s is only %s, the policy asks for %s evidence", declared->name,
			evidence_class_name(fact->evidence_class), evidence_class_name(declared->evidence_class)),
		help(declared, arena));
}

static const char *source_of(const struct policy_evidence *declared)
{
	return declared->connector != NULL ? declared->connector : "its source";
}

/* ": detail", or nothing. */
static const char *detail_of(const Rp__V1__Fact *fact, struct arena *arena)
{
	const char *detail = line_of(arena, fact->detail, DETAIL_MAX_BYTES);
	return *detail != '\0' ? arena_printf(arena, ": %s", detail) : "";
}

/* The source's own word on its answer. */
static bool judge_source(struct evidence_state *state, struct arena *arena)
{
	const struct policy_evidence *declared = state->declared;
	const char *detail = detail_of(state->fact, arena), *name = declared->name, *source = source_of(declared);
	const char *text = NULL;
	char time[40];
	switch (state->fact->status) {
	case RP__V1__FACT_STATUS__FACT_OK: return true;
	case RP__V1__FACT_STATUS__FACT_NO_DATA:
		state->status = EVIDENCE_NO_DATA;
		text = arena_printf(arena, "%s has no data: %s answered with nothing%s", name, source, detail);
		break;
	case RP__V1__FACT_STATUS__FACT_NAN:
		state->status = EVIDENCE_NAN;
		text = arena_printf(arena, "%s is not a number%s", name, detail);
		break;
	case RP__V1__FACT_STATUS__FACT_PARTIAL:
		state->status = EVIDENCE_PARTIAL;
		text = arena_printf(arena, "%s is incomplete%s", name, detail);
		break;
	case RP__V1__FACT_STATUS__FACT_TIMEOUT:
		state->status = EVIDENCE_TIMEOUT;
		text = declared->connector == NULL
			       ? arena_printf(arena, "%s came too late%s", name, detail)
			       : arena_printf(arena, "%s came too late: %s did not answer within %s", name, source,
					 clock_describe(declared->timeout_ms, time, sizeof(time)));
		break;
	case RP__V1__FACT_STATUS__FACT_ERROR:
	case RP__V1__FACT_STATUS__FACT_UNKNOWN:
	case _RP__V1__FACT_STATUS_IS_INT_SIZE:
	default:
		state->status = EVIDENCE_ERROR;
		text = arena_printf(
			arena, "%s failed%s", name, *detail != '\0' ? detail : ": its source gave an error");
		break;
	}
	set_problem(state, state->status, text, help(declared, arena));
	return false;
}

/* Sets the age; a time that can't be is an error. */
static bool judge_time(struct evidence_state *state, int64_t now_us, struct arena *arena)
{
	const struct policy_evidence *declared = state->declared;
	int64_t at = state->fact->observed_at_us, age_us;
	char ahead[40];
	if (at <= 0 || __builtin_sub_overflow(now_us, at, &age_us)) {
		set_problem(state, EVIDENCE_ERROR,
			arena_printf(arena, "%s says no time when it was seen", declared->name), help(declared, arena));
		return false;
	}
	if (age_us < -POLICY_FUTURE_MAX_US) {
		set_problem(state, EVIDENCE_ERROR,
			arena_printf(arena, "%s carries a time %s ahead of ours", declared->name,
				clock_describe(-age_us / 1000, ahead, sizeof(ahead))),
			"compare the clocks");
		return false;
	}
	state->age_ms = age_us > 0 ? age_us / 1000 : 0;
	return true;
}

static bool judge_age(struct evidence_state *state, int64_t now_us, struct arena *arena)
{
	const struct policy_evidence *declared = state->declared;
	char seen[40], allowed[40];
	if (declared->max_age_ms == 0 || now_us - state->fact->observed_at_us <= declared->max_age_ms * 1000)
		return true;
	clock_describe(state->age_ms, seen, sizeof(seen));
	clock_describe(declared->max_age_ms, allowed, sizeof(allowed));
	const char *over = strcmp(seen, allowed) == 0 ? "a little over " : "";
	set_problem(state, EVIDENCE_STALE,
		arena_printf(arena, "%s was last seen %s%s ago, allowed are %s", declared->name, over, seen, allowed),
		help(declared, arena));
	return false;
}

static void release_json(void *object)
{
	json_object_put(object);
}

static bool read_value(struct evidence_state *state, struct arena *arena)
{
	const ProtobufCBinaryData *bytes = &state->fact->value;
	struct json_object *value = NULL;
	struct err err = { 0 };
	if (!json_parse((const char *)bytes->data, bytes->len, &value, &err) ||
		!json_object_is_type(value, json_type_object)) {
		json_object_put(value);
		set_problem(state, EVIDENCE_ERROR,
			arena_printf(arena, "%s failed: its value is no JSON object", state->declared->name),
			help(state->declared, arena));
		return false;
	}
	arena_defer(arena, release_json, value);
	state->value = value;
	return true;
}

static void judge(struct evidence_state *state, const Rp__V1__Fact *fact, int64_t now_us, struct arena *arena)
{
	state->fact = fact;
	bool timed = judge_time(state, now_us, arena);
	/* The source's own word comes first: an error has a reason, whatever its time. */
	if (judge_source(state, arena) && timed && judge_age(state, now_us, arena) && read_value(state, arena))
		state->status = EVIDENCE_OK;
}

void evidence_find(const struct policy_evidence *declared, const Rp__V1__GateRequest *request,
	const Rp__V1__Fact *const *observed, size_t observed_count, int64_t now_us, struct arena *arena,
	struct evidence_state *state)
{
	*state = (struct evidence_state){ .declared = declared };
	const Rp__V1__Fact *fact = NULL;
	struct policy_query query;
	struct err err = { 0 };
	if (declared->connector == NULL) {
		fact = stated(declared, request, declared->evidence_class, RP__V1__EVIDENCE_CLASS__CLASS_ATTESTED);
	} else if (policy_query(declared, request, arena, &query, &err)) {
		fact = evidence_observed(query.digest, observed, observed_count);
	} else {
		set_problem(state, EVIDENCE_ERROR, arena_printf(arena, "%s failed: %s", declared->name, err.text),
			"compare the policy with the request and its binding");
		return;
	}
	if (fact != NULL) {
		judge(state, fact, now_us, arena);
		return;
	}
	fact = stated(declared, request, RP__V1__EVIDENCE_CLASS__CLASS_CLAIMED, declared->evidence_class - 1);
	if (fact != NULL)
		set_lower_class(state, fact, arena);
	else
		set_missing(state, arena);
}

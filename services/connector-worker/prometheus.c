#include "prometheus.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json_object.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "passport/member.h"

static void form_encode(const char *text, struct buf *out)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
		if (isalnum(*c) || strchr("-._~", *c) != NULL)
			buf_append_char(out, (char)*c);
		else
			buf_printf(out, "%%%02X", *c);
	}
}

static bool prepare(const struct connector *connector, const char *query, struct arena *arena, struct http_call *call,
	struct err *err)
{
	if (query[0] == '\0')
		return err_set(err, ERR_UNPROCESSABLE, "the query is empty");
	owned_buf struct buf body = { 0 };
	buf_append_str(&body, "query=");
	form_encode(query, &body);
	buf_printf(&body, "&timeout=%lldms", (long long)connector->timeout_ms);
	const char **headers = arena_array(arena, 3, sizeof(*headers));
	headers[0] = "Content-Type: application/x-www-form-urlencoded";
	headers[1] = connector->authorization;
	call->url = arena_printf(arena, "%s/api/v1/query", connector->url);
	call->headers = headers;
	call->body = arena_strndup(arena, buf_str(&body), body.len);
	call->body_len = body.len;
	return true;
}

/* A sample [time, "value"]; values come as text because JSON knows no NaN. */
static bool read_sample(struct json_object *pair, int64_t *time_us, double *value)
{
	if (!json_object_is_type(pair, json_type_array) || json_object_array_length(pair) != 2)
		return false;
	struct json_object *time = json_object_array_get_idx(pair, 0), *text = json_object_array_get_idx(pair, 1);
	if (!(json_object_is_type(time, json_type_double) || json_object_is_type(time, json_type_int)) ||
		!json_object_is_type(text, json_type_string))
		return false;
	const double seconds = json_object_get_double(time);
	if (!(seconds > 0 && seconds < 253402300800.0))
		return false;
	const char *start = json_object_get_string(text);
	char *end;
	*value = strtod(start, &end);
	*time_us = (int64_t)(seconds * 1e6);
	return end != start && *end == '\0';
}

/* The samples of an answer as the fact's value. */
struct samples {
	struct json_object *list; /* of {"labels", "value"} */
	double only;              /* the value, if there is one sample */
	int64_t oldest_us;
	bool has_nan;
};

static bool add_sample(struct samples *samples, struct json_object *labels, struct json_object *pair)
{
	int64_t time_us;
	double value;
	if (!read_sample(pair, &time_us, &value))
		return false;
	samples->has_nan = samples->has_nan || !isfinite(value) || !json_number_fits(value);
	samples->only = value;
	samples->oldest_us = samples->oldest_us == 0 || time_us < samples->oldest_us ? time_us : samples->oldest_us;
	struct json_object *sample = json_object_new_object();
	json_add(sample, "labels", labels != NULL ? json_object_get(labels) : json_object_new_object());
	if (isfinite(value) && json_number_fits(value))
		json_add_double(sample, "value", value);
	json_object_array_add(samples->list, sample);
	return true;
}

static bool read_samples(const struct json_object *data, struct samples *samples, struct err *err)
{
	const char *type = member_text(data, "resultType");
	struct json_object *result = member_array(data, "result");
	if (type == NULL || result == NULL)
		return err_set(err, ERR_INVALID, "the answer has no result");
	if (strcmp(type, "scalar") == 0)
		return add_sample(samples, NULL, result) || err_set(err, ERR_INVALID, "the scalar is malformed");
	if (strcmp(type, "vector") != 0)
		return err_set(
			err, ERR_INVALID, "the query gives a %.40s, wanted is a number or an instant vector", type);
	const size_t count = json_object_array_length(result);
	if (count > PROMETHEUS_SAMPLES_MAX)
		return err_set(err, ERR_INVALID, "the query gives %zu samples, at most %d are read: aggregate it",
			count, PROMETHEUS_SAMPLES_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct json_object *item = json_object_array_get_idx(result, i);
		if (!add_sample(samples, member_object(item, "metric"), member_array(item, "value")))
			return err_set(err, ERR_INVALID, "sample %zu is malformed", i);
	}
	return true;
}

/* {"value": n} for one sample, {"samples": [...]} for several. */
static bool write_value(
	const struct samples *samples, struct arena *arena, struct observation *observation, struct err *err)
{
	owned(json) struct json_object *object = json_object_new_object();
	owned_buf struct buf text = { 0 };
	if (json_object_array_length(samples->list) == 1)
		json_add_double(object, "value", samples->only);
	else
		json_add(object, "samples", json_object_get(samples->list));
	if (!json_canonical(object, &text, err))
		return false;
	observation->value = arena_strndup(arena, buf_str(&text), text.len);
	observation->value_len = text.len;
	return true;
}

/* The first warning, NULL if there is none: the answer may lack what a part of the source could not give. */
static const char *first_warning(const struct json_object *answer)
{
	struct json_object *warnings = member_array(answer, "warnings");
	if (warnings == NULL || json_object_array_length(warnings) == 0)
		return NULL;
	struct json_object *first = json_object_array_get_idx(warnings, 0);
	return json_object_is_type(first, json_type_string) ? json_object_get_string(first) : "the answer has warnings";
}

static void read_success(
	const struct json_object *answer, int64_t now_us, struct arena *arena, struct observation *observation)
{
	struct err err;
	owned(json) struct json_object *list = json_object_new_array();
	struct samples samples = { .list = list };
	if (!read_samples(member_object(answer, "data"), &samples, &err)) {
		observation_failed(observation, RP__V1__FACT_STATUS__FACT_ERROR, err.text, now_us, arena);
		return;
	}
	if (json_object_array_length(list) == 0) {
		observation_failed(
			observation, RP__V1__FACT_STATUS__FACT_NO_DATA, "the query has no result", now_us, arena);
		return;
	}
	if (samples.has_nan) {
		observation_failed(observation, RP__V1__FACT_STATUS__FACT_NAN, "the query's result is no finite number",
			now_us, arena);
		return;
	}
	const char *warning = first_warning(answer);
	*observation = (struct observation){
		.status = warning != NULL ? RP__V1__FACT_STATUS__FACT_PARTIAL : RP__V1__FACT_STATUS__FACT_OK,
		.detail = warning != NULL ? observation_detail(warning, arena) : "",
		.observed_at_us = samples.oldest_us < now_us ? samples.oldest_us : now_us,
	};
	if (!write_value(&samples, arena, observation, &err))
		observation_failed(observation, RP__V1__FACT_STATUS__FACT_ERROR, err.text, now_us, arena);
}

static void read_answer(
	const struct http_answer *answer, int64_t now_us, struct arena *arena, struct observation *observation)
{
	owned(json) struct json_object *json = NULL;
	struct err err;
	if (!json_parse(answer->body, answer->body_len, &json, &err)) {
		observation_failed(observation, RP__V1__FACT_STATUS__FACT_ERROR,
			arena_printf(arena, "status %d and no JSON that can be read: %s", answer->status, err.text),
			now_us, arena);
		return;
	}
	const char *status = member_text(json, "status");
	if (answer->status == 200 && status != NULL && strcmp(status, "success") == 0) {
		read_success(json, now_us, arena, observation);
		return;
	}
	const char *type = member_text(json, "errorType"), *text = member_text(json, "error");
	const bool timeout = type != NULL && strcmp(type, "timeout") == 0;
	observation_failed(observation, timeout ? RP__V1__FACT_STATUS__FACT_TIMEOUT : RP__V1__FACT_STATUS__FACT_ERROR,
		arena_printf(arena, "status %d, %.40s: %.300s", answer->status, type != NULL ? type : "no error type",
			text != NULL ? text : "no error text"),
		now_us, arena);
}

const struct connector_type prometheus_type = { "prometheus", prepare, read_answer };

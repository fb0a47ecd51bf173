#include "passport/event.h"

#include "json/json.h"
#include "passport/answer.h"
#include "passport/dsse.h"
#include "passport/member.h"
#include "passport/statement.h"

static void copy(struct json_object *to, const char *as, const struct json_object *from, const char *name)
{
	json_add(to, as, json_object_get(member_any(from, name)));
}

static struct json_object *release(const struct json_object *from)
{
	struct json_object *object = json_object_new_object();
	copy(object, "releaseId", from, "releaseId");
	copy(object, "version", from, "version");
	copy(object, "sourceSha", from, "sourceSha");
	return object;
}

static struct json_object *artifact(const struct json_object *from)
{
	if (member_text(from, "artifact") == NULL)
		return NULL;
	struct json_object *object = json_object_new_object();
	copy(object, "digest", from, "artifact");
	copy(object, "repository", from, "repository");
	return object;
}

static bool add_identity(struct json_object *event, const struct json_object *predicate, struct err *err)
{
	const struct json_object *of = member_object(predicate, "release");
	if (member_text(predicate, "workspace") == NULL || member_text(of, "service") == NULL ||
		member_text(of, "environment") == NULL)
		return err_set(err, ERR_INVALID, "the passport names no workspace, service or environment");
	copy(event, "workspace", predicate, "workspace");
	copy(event, "service", of, "service");
	copy(event, "environment", of, "environment");
	copy(event, "namespace", of, "namespace");
	json_add(event, "release", release(of));
	json_add(event, "artifact", artifact(of));
	copy(event, "actor", predicate, "actor");
	return true;
}

bool decision_event_build(const char *envelope, size_t len, struct buf *out, struct err *err)
{
	owned_dsse struct dsse_envelope read = { 0 };
	owned(json) struct json_object *content = NULL, *statement = NULL, *event = NULL;
	if (!dsse_parse(envelope, len, &read, err) || !json_parse(envelope, len, &content, err) ||
		!statement_parse(read.payload.data, read.payload.len, &statement, err) ||
		!answer_from_statement(statement, &event, err) ||
		!add_identity(event, statement_predicate(statement), err))
		return false;
	json_add(event, "envelope", take(content));
	return json_canonical(event, out, err);
}

bool decision_event_envelope(const char *event, size_t len, struct buf *envelope, struct err *err)
{
	owned(json) struct json_object *object = NULL;
	if (!json_parse(event, len, &object, err))
		return false;
	const struct json_object *content = member_object(object, "envelope");
	if (content == NULL)
		return err_set_at(err, ERR_INVALID, "/envelope", "the event holds no envelope");
	return json_canonical(content, envelope, err);
}

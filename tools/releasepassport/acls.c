#include "acls.h"

#include "bus/topic.h"
#include "json/json.h"
#include "passport/member.h"

#define TOOL "kafka-acls.sh --bootstrap-server \"$KAFKA_BROKERS\" --add"

static void add(
	struct json_object *list, enum service_id service, const char *type, const char *name, const char *operation)
{
	owned_buf struct buf principal = { 0 };
	buf_printf(&principal, "User:%s", service_name(service));
	struct json_object *acl = json_object_new_object();
	json_add_string(acl, "principal", buf_str(&principal));
	json_add_string(acl, "resourceType", type);
	json_add_string(acl, "resourceName", name);
	json_add_string(acl, "patternType", "literal");
	json_add_string(acl, "operation", operation);
	json_object_array_add(list, acl);
}

static void add_service(struct json_object *list, enum service_id service)
{
	bool reads = false;
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		const enum topic topic = (enum topic)i;
		const bool may_read = topic_may_read(service, topic), may_write = topic_may_write(service, topic);
		if (may_read)
			add(list, service, "topic", topic_info(topic)->name, "Read");
		if (may_write)
			add(list, service, "topic", topic_info(topic)->name, "Write");
		if (may_read || may_write)
			add(list, service, "topic", topic_info(topic)->name, "Describe");
		reads |= may_read;
	}
	owned_buf struct buf group = { 0 };
	buf_printf(&group, "releasepassport.%s", service_name(service));
	if (reads)
		add(list, service, "group", buf_str(&group), "Read");
}

struct json_object *acls_list(void)
{
	struct json_object *list = json_object_new_array();
	for (unsigned i = 0; i < SERVICE_COUNT; i++)
		add_service(list, (enum service_id)i);
	return list;
}

void acls_commands(const struct json_object *list, struct buf *out)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const struct json_object *acl = json_object_array_get_idx(list, i);
		buf_printf(out, TOOL " --allow-principal %s --operation %s --%s %s\n", member_text(acl, "principal"),
			member_text(acl, "operation"), member_text(acl, "resourceType"),
			member_text(acl, "resourceName"));
	}
}

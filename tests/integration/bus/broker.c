#include "broker.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"

#define TIMEOUT_MS 20000
#define ADMIN_TIMEOUT_MS 70000 /* librdkafka gives an admin request up after 60 s by itself */

static char folder[64];
static char address[128];
static rd_kafka_t *admin; /* a producer, for all that the tests do besides */

/* A broker that can't be had ends the program: also outside of a test, where check has no assertions. */
static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broker: %s\n", what);
	abort();
}

static void run_tool(const char *command)
{
	char line[512];
	snprintf(line, sizeof(line), "'%s' %s '%s'", KAFKA_TOOL, command, folder);
	must(system(line) == 0, line);
}

static void read_address(void)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/bootstrap", folder);
	FILE *file = fopen(path, "re");
	must(file != NULL, path);
	must(fgets(address, sizeof(address), file) != NULL, path);
	fclose(file);
	address[strcspn(address, "\n")] = '\0';
}

static rd_kafka_t *make_client(rd_kafka_type_t type, const char *group)
{
	char text[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", address, NULL, 0);
	rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
	rd_kafka_conf_set(conf, "message.max.bytes", "2000000", NULL, 0);
	if (group != NULL)
		rd_kafka_conf_set(conf, "group.id", group, NULL, 0);
	rd_kafka_t *rk = rd_kafka_new(type, conf, text, sizeof(text));
	must(rk != NULL, text);
	return rk;
}

void broker_start(void)
{
	strcpy(folder, "/tmp/releasepassport-bus-XXXXXX");
	must(mkdtemp(folder) != NULL, folder);
	run_tool("start");
	read_address();
	admin = make_client(RD_KAFKA_PRODUCER, NULL);
}

void broker_stop(void)
{
	char line[128];
	rd_kafka_destroy(admin);
	run_tool("stop");
	snprintf(line, sizeof(line), "rm -rf '%s'", folder);
	must(system(line) == 0, line);
}

void broker_halt(void)
{
	run_tool("stop");
}

void broker_resume(void)
{
	run_tool("start");
}

const char *broker_address(void)
{
	return address;
}

static void await(rd_kafka_queue_t *queue)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ADMIN_TIMEOUT_MS);
	must(event != NULL, "no answer to an admin request");
	rd_kafka_event_destroy(event);
}

static void delete_all(rd_kafka_queue_t *queue)
{
	rd_kafka_DeleteTopic_t *topics[TOPIC_COUNT];
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		topics[i] = rd_kafka_DeleteTopic_new(topic_info((enum topic)i)->name);
	rd_kafka_DeleteTopics(admin, topics, TOPIC_COUNT, NULL, queue);
	await(queue);
	rd_kafka_DeleteTopic_destroy_array(topics, TOPIC_COUNT);
	rd_kafka_DeleteGroup_t *groups[SERVICE_COUNT];
	for (unsigned i = 0; i < SERVICE_COUNT; i++) {
		char name[64];
		snprintf(name, sizeof(name), "releasepassport.%s", service_name((enum service_id)i));
		groups[i] = rd_kafka_DeleteGroup_new(name);
	}
	rd_kafka_DeleteGroups(admin, groups, SERVICE_COUNT, NULL, queue);
	await(queue);
	rd_kafka_DeleteGroup_destroy_array(groups, SERVICE_COUNT);
}

/* False while a deletion is not through. */
static bool create(rd_kafka_queue_t *queue, enum topic topic, int partitions)
{
	rd_kafka_NewTopic_t *made = rd_kafka_NewTopic_new(topic_info(topic)->name, partitions, 1, NULL, 0);
	rd_kafka_CreateTopics(admin, &made, 1, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ADMIN_TIMEOUT_MS);
	must(event != NULL, "no answer to CreateTopics");
	const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
	size_t count;
	const rd_kafka_topic_result_t **topics = rd_kafka_CreateTopics_result_topics(result, &count);
	bool ok = count == 1 && rd_kafka_topic_result_error(topics[0]) == RD_KAFKA_RESP_ERR_NO_ERROR;
	rd_kafka_event_destroy(event);
	rd_kafka_NewTopic_destroy(made);
	return ok;
}

void broker_reset(int gate_partitions)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
	delete_all(queue);
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		int partitions = i == TOPIC_GATE_REQUESTS ? gate_partitions : topic_info((enum topic)i)->partitions;
		int tries = 0;
		while (!create(queue, (enum topic)i, partitions)) {
			must(tries++ < 200, "a topic can't be made");
			usleep(50000);
		}
	}
	rd_kafka_queue_destroy(queue);
}

int64_t broker_committed(const char *group, enum topic topic, int32_t partition, char *metadata)
{
	rd_kafka_t *rk = make_client(RD_KAFKA_CONSUMER, group);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic_info(topic)->name, partition);
	must(rd_kafka_committed(rk, list, TIMEOUT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR, "committed offsets");
	int64_t offset = list->elems[0].offset;
	snprintf(metadata, 4200, "%.*s", (int)list->elems[0].metadata_size,
		list->elems[0].metadata != NULL ? (const char *)list->elems[0].metadata : "");
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return offset;
}

void broker_write(
	enum topic topic, int32_t partition, const char *key, const char *body, const struct broker_header *headers)
{
	rd_kafka_headers_t *list = rd_kafka_headers_new(8);
	for (; headers->name != NULL; headers++)
		rd_kafka_header_add(list, headers->name, -1, headers->value, -1);
	rd_kafka_resp_err_t code = rd_kafka_producev(admin, RD_KAFKA_V_TOPIC(topic_info(topic)->name),
		RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_KEY(key, strlen(key)), RD_KAFKA_V_VALUE((void *)(uintptr_t)body, strlen(body)),
		RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END);
	must(code == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(code));
	must(rd_kafka_flush(admin, TIMEOUT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR, "flush");
}

int64_t broker_end(enum topic topic, int32_t partition)
{
	int64_t first, end;
	rd_kafka_resp_err_t code =
		rd_kafka_query_watermark_offsets(admin, topic_info(topic)->name, partition, &first, &end, TIMEOUT_MS);
	must(code == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(code));
	return end;
}

static void find_headers(const rd_kafka_message_t *raw, struct broker_found *found)
{
	rd_kafka_headers_t *headers;
	for (; found->name != NULL; found++) {
		const void *value;
		size_t size;
		found->value[0] = '\0';
		if (rd_kafka_message_headers(raw, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
			rd_kafka_header_get_last(headers, found->name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR)
			snprintf(found->value, sizeof(found->value), "%.*s", (int)size, (const char *)value);
	}
}

bool broker_read_last(enum topic topic, int32_t partition, char *body, size_t size, struct broker_found *headers)
{
	int64_t end = broker_end(topic, partition);
	if (end == 0)
		return false;
	rd_kafka_t *rk = make_client(RD_KAFKA_CONSUMER, NULL);
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic_info(topic)->name, NULL);
	rd_kafka_consume_start(rkt, partition, end - 1);
	rd_kafka_message_t *raw = rd_kafka_consume(rkt, partition, TIMEOUT_MS);
	must(raw != NULL && raw->err == RD_KAFKA_RESP_ERR_NO_ERROR, "the last record can't be read");
	snprintf(body, size, "%.*s", (int)raw->len, raw->payload != NULL ? (const char *)raw->payload : "");
	find_headers(raw, headers);
	rd_kafka_message_destroy(raw);
	rd_kafka_consume_stop(rkt, partition);
	rd_kafka_topic_destroy(rkt);
	rd_kafka_destroy(rk);
	return true;
}

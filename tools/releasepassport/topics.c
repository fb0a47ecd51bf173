/* `releasepassport topics`: what Kafka needs, from the table of topics (proto/topics.def). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "acls.h"
#include "bus/topic.h"
#include "cli.h"
#include "json/json.h"

/* --- create --- */

struct create_options {
	int64_t replication;
	bool dry_run;
};

static const struct arg_option create_options[] = {
	{ "replication", "N", "copies of each partition", ARG_INT, offsetof(struct create_options, replication),
		.default_value = "1", .min = 1, .max = 15 },
	{ "dry-run", NULL, "only say what is missing", ARG_FLAG, offsetof(struct create_options, dry_run) },
	{ 0 },
};

/* One run over the table. */
struct creation {
	struct cli *cli;
	const struct create_options *options;
	rd_kafka_NewTopic_t *missing[TOPIC_COUNT];
	size_t missing_count;
	struct json_object *created, *existing;
};

static void set_config(rd_kafka_NewTopic_t *topic, const struct topic_info *info, int64_t replication)
{
	char retention[24] = "-1";
	if (info->retention_h > 0)
		snprintf(retention, sizeof(retention), "%" PRId64, info->retention_h * INT64_C(3600000));
	rd_kafka_NewTopic_set_config(topic, "cleanup.policy", info->compacted ? "compact" : "delete");
	if (!info->compacted)
		rd_kafka_NewTopic_set_config(topic, "retention.ms", retention);
	/* What is acknowledged must survive the loss of a broker. */
	if (replication >= 3)
		rd_kafka_NewTopic_set_config(topic, "min.insync.replicas", "2");
}

static bool note_topic(struct creation *creation, const struct rd_kafka_metadata *metadata,
	const struct topic_info *info, struct err *err)
{
	const struct rd_kafka_metadata_topic *found = kafka_topic(metadata, info->name);
	char text[256];
	if (found != NULL && found->partition_cnt != info->partitions)
		return err_set_at(err, ERR_CONFLICT, info->name,
			"has %d partitions, the table says %d: keys would move", found->partition_cnt,
			info->partitions);
	json_object_array_add(found != NULL ? creation->existing : creation->created, json_string_create(info->name));
	if (found != NULL)
		return true;
	const int replication = (int)creation->options->replication;
	rd_kafka_NewTopic_t *topic =
		rd_kafka_NewTopic_new(info->name, info->partitions, replication, text, sizeof(text));
	if (topic == NULL)
		return err_set_at(err, ERR_INTERNAL, info->name, "%s", text);
	set_config(topic, info, replication);
	creation->missing[creation->missing_count++] = topic;
	return true;
}

/* Whoever made a topic in the meantime did our work. */
static bool check_created(rd_kafka_event_t *event, struct err *err)
{
	size_t count;
	const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
	if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR || result == NULL)
		return kafka_fail(rd_kafka_event_error(event), "creating topics", err);
	const rd_kafka_topic_result_t *const *topics = rd_kafka_CreateTopics_result_topics(result, &count);
	for (size_t i = 0; i < count; i++) {
		const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);
		if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
			return kafka_fail(code, rd_kafka_topic_result_name(topics[i]), err);
	}
	return true;
}

static bool create_missing(struct creation *creation, rd_kafka_t *kafka, struct err *err)
{
	const int timeout_ms = (int)creation->cli->kafka.timeout_ms;
	char text[256];
	if (creation->missing_count == 0 || creation->options->dry_run)
		return true;
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(kafka, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, text, sizeof(text));
	rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, text, sizeof(text));
	rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
	rd_kafka_CreateTopics(kafka, creation->missing, creation->missing_count, options, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
	bool ok = event != NULL ? check_created(event, err)
				: err_set(err, ERR_TIMEOUT, "Kafka did not answer within the time");
	if (event != NULL)
		rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	rd_kafka_AdminOptions_destroy(options);
	return ok;
}

static bool run_create(struct cli *cli, const void *arg, struct err *err)
{
	struct creation creation = { .cli = cli, .options = arg };
	owned(json) struct json_object *answer = json_object_new_object();
	owned(kafka) rd_kafka_t *kafka = NULL;
	const struct rd_kafka_metadata *metadata = NULL;
	json_add(answer, "created", creation.created = json_object_new_array());
	json_add(answer, "existing", creation.existing = json_object_new_array());
	if (!kafka_create(&cli->kafka, RD_KAFKA_PRODUCER, NULL, &kafka, err) ||
		!kafka_metadata(kafka, &cli->kafka, &metadata, err))
		return false;
	bool ok = true;
	for (unsigned i = 0; i < TOPIC_COUNT && ok; i++)
		ok = note_topic(&creation, metadata, topic_info((enum topic)i), err);
	rd_kafka_metadata_destroy(metadata);
	ok = ok && create_missing(&creation, kafka, err);
	rd_kafka_NewTopic_destroy_array(creation.missing, creation.missing_count);
	if (!ok)
		return false;
	for (size_t i = 0; i < json_object_array_length(creation.created); i++)
		output_line(&cli->output, STYLE_PLAIN, "%s %s", creation.options->dry_run ? "missing" : "created",
			json_object_get_string(json_object_array_get_idx(creation.created, i)));
	output_line(&cli->output, STYLE_PLAIN, "%zu topics were there already",
		json_object_array_length(creation.existing));
	output_object(&cli->output, answer);
	return true;
}

/* --- acls, describe --- */

static bool run_acls(struct cli *cli, const void *arg, struct err *err)
{
	owned(json) struct json_object *answer = json_object_new_object();
	owned_buf struct buf commands = { 0 };
	struct json_object *list = acls_list();
	(void)arg, (void)err;
	json_add(answer, "acls", list);
	output_object(&cli->output, answer);
	acls_commands(list, &commands);
	if (cli->output.form != OUTPUT_JSON)
		output_raw(commands.data, commands.len);
	return true;
}

static bool run_describe(struct cli *cli, const void *arg, struct err *err)
{
	owned_buf struct buf text = { 0 };
	(void)arg, (void)err, (void)cli;
	topic_describe(&text);
	output_raw(text.data, text.len);
	return true;
}

const struct command topics_commands[] = {
	{ "topics create", "", "Create what is missing of the topics; check the partitions of those that exist", NULL,
		0, 0, COMMAND_NEEDS_KAFKA, create_options, sizeof(struct create_options), run_create },
	{ "topics acls", "", "Print the rights that each service needs on Kafka, as kafka-acls commands or JSON",
		"The commands take the brokers from $KAFKA_BROKERS. Principals are User:<service>.", 0, 0, 0, NULL, 0,
		run_acls },
	{ "topics describe", "", "Print the table of topics in Markdown", NULL, 0, 0, 0, NULL, 0, run_describe },
	{ 0 },
};

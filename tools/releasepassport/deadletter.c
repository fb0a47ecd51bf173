/* `releasepassport deadletter`: records that could not be handled: what they are, why, and back to their topic. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "bus/topic.h"
#include "cli.h"
#include "json/json.h"
#include "letter.h"

#define PARTITION 0 /* the topic has one */

/* The topic of dead letters, open for reading. */
struct reading {
	rd_kafka_t *kafka;
	int64_t low, high; /* offsets that there are: low to high - 1 */
	int timeout_ms;
};

static const char *letters_topic(void)
{
	return topic_info(TOPIC_DEAD_LETTERS)->name;
}

static bool open_letters(struct cli *cli, struct reading *reading, struct err *err)
{
	static const char *const settings[][2] = { { "group.id", "releasepassport.cli" },
		{ "enable.auto.commit", "false" }, { "enable.partition.eof", "true" },
		{ "auto.offset.reset", "earliest" }, { NULL, NULL } };
	*reading = (struct reading){ .timeout_ms = (int)cli->kafka.timeout_ms };
	if (!kafka_create(&cli->kafka, RD_KAFKA_CONSUMER, settings, &reading->kafka, err))
		return false;
	const rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
		reading->kafka, letters_topic(), PARTITION, &reading->low, &reading->high, reading->timeout_ms);
	if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
		return true;
	rd_kafka_destroy(reading->kafka);
	return kafka_fail(code, letters_topic(), err);
}

static void close_letters(struct reading *reading)
{
	rd_kafka_consumer_close(reading->kafka);
	rd_kafka_destroy(reading->kafka);
}

static bool start_at(struct reading *reading, int64_t offset, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, letters_topic(), PARTITION)->offset = offset;
	const rd_kafka_resp_err_t code = rd_kafka_assign(reading->kafka, list);
	rd_kafka_topic_partition_list_destroy(list);
	return code == RD_KAFKA_RESP_ERR_NO_ERROR || kafka_fail(code, letters_topic(), err);
}

/* The next record, the caller's; *message is NULL at the end. */
static bool next(struct reading *reading, rd_kafka_message_t **message, struct err *err)
{
	rd_kafka_message_t *found = rd_kafka_consumer_poll(reading->kafka, reading->timeout_ms);
	if (found == NULL)
		return err_set(err, ERR_TIMEOUT, "Kafka did not answer within the time");
	const rd_kafka_resp_err_t code = found->err;
	if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
		rd_kafka_message_destroy(found);
		found = NULL;
	}
	if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__PARTITION_EOF)
		return kafka_fail(code, letters_topic(), err);
	*message = found;
	return true;
}

static bool parse_offset(const char *text, int64_t *offset, struct err *err)
{
	char *end;
	errno = 0;
	const long long value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < 0)
		return err_set_at(err, ERR_USAGE, text, "is no offset");
	*offset = value;
	return true;
}

/* The letter at exactly this offset. */
static bool find(struct reading *reading, const char *text, rd_kafka_message_t **message, struct err *err)
{
	int64_t offset = 0;
	rd_kafka_message_t *found = NULL;
	if (!parse_offset(text, &offset, err))
		return false;
	if (offset >= reading->low && offset < reading->high) {
		if (!start_at(reading, offset, err) || !next(reading, &found, err))
			return false;
		if (found != NULL && found->offset == offset) {
			*message = found;
			return true;
		}
		if (found != NULL)
			rd_kafka_message_destroy(found);
	}
	return err_set_at(err, ERR_NOT_FOUND, text,
		"there is no dead letter at this offset (%" PRId64 " to %" PRId64 ")", reading->low, reading->high - 1);
}

/* --- list --- */

struct list_options {
	int64_t limit;
};

static const struct arg_option list_options[] = {
	{ "limit", "N", "the last so many", ARG_INT, offsetof(struct list_options, limit), .default_value = "100",
		.min = 1, .max = 1000000 },
	{ 0 },
};

static bool list_letters(
	struct cli *cli, struct reading *reading, int64_t limit, struct json_object *list, struct err *err)
{
	const int64_t first = reading->high - limit > reading->low ? reading->high - limit : reading->low;
	if (first >= reading->high)
		return true;
	if (!start_at(reading, first, err))
		return false;
	for (;;) {
		rd_kafka_message_t *message = NULL;
		struct letter letter;
		if (!next(reading, &message, err))
			return false;
		if (message == NULL)
			return true;
		letter_read(message, cli->arena, &letter);
		rd_kafka_message_destroy(message);
		output_line(&cli->output, STYLE_PLAIN, "%" PRId64 "  %s  %s  %s: %s", letter.offset, letter.dead_at,
			letter.topic, letter.kind, letter.reason);
		json_object_array_add(list, letter_json(&letter));
		if (letter.offset + 1 >= reading->high)
			return true;
	}
}

static bool run_list(struct cli *cli, const void *arg, struct err *err)
{
	const struct list_options *options = arg;
	owned(json) struct json_object *answer = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct reading reading;
	json_add(answer, "deadLetters", list);
	if (!open_letters(cli, &reading, err))
		return false;
	const bool ok = list_letters(cli, &reading, options->limit, list, err);
	close_letters(&reading);
	if (ok)
		output_object(&cli->output, answer);
	return ok;
}

/* --- show --- */

/* In text too it is JSON: there is no better form for headers and bytes. */
static void show(const struct cli *cli, const rd_kafka_message_t *message)
{
	struct letter letter;
	owned_buf struct buf text = { 0 };
	letter_read(message, cli->arena, &letter);
	owned(json) struct json_object *object = letter_json(&letter);
	letter_add_record(message, object);
	json_text(object, true, &text);
	buf_append_char(&text, '\n');
	output_raw(text.data, text.len);
}

static bool run_show(struct cli *cli, const void *arg, struct err *err)
{
	struct reading reading;
	rd_kafka_message_t *message = NULL;
	(void)arg;
	if (!open_letters(cli, &reading, err))
		return false;
	const bool ok = find(&reading, cli->operands.items[0], &message, err);
	if (ok) {
		show(cli, message);
		rd_kafka_message_destroy(message);
	}
	close_letters(&reading);
	return ok;
}

/* --- redrive --- */

struct redrive_options {
	bool dry_run;
};

static const struct arg_option redrive_options[] = {
	{ "dry-run", NULL, "only say what would be done", ARG_FLAG, offsetof(struct redrive_options, dry_run) },
	{ 0 },
};

static bool check_letter(const struct letter *letter, const char *offset, struct err *err)
{
	const enum topic topic = topic_find(letter->topic);
	if (topic == TOPIC_COUNT || topic == TOPIC_DEAD_LETTERS)
		return err_set_at(err, ERR_CONFLICT, offset, "the record names no topic of ours to go back to");
	if (letter->cut)
		return err_set_at(err, ERR_CONFLICT, offset, "the record was too large to keep: its value is not here");
	if (letter->partition < 0 || letter->partition >= topic_info(topic)->partitions)
		return err_set_at(err, ERR_CONFLICT, offset, "the record names no partition to go back to");
	return true;
}

static bool send_back(struct cli *cli, rd_kafka_t *producer, const rd_kafka_message_t *message,
	const struct letter *letter, struct err *err)
{
	rd_kafka_headers_t *headers = letter_original_headers(message);
	const struct kafka_record record = {
		.topic = letter->topic,
		.partition = letter->partition,
		.key = message->key,
		.key_len = message->key_len,
		.value = message->payload,
		.len = message->len,
		.headers = headers,
	};
	const bool ok = kafka_send(producer, &cli->kafka, &record, err);
	rd_kafka_headers_destroy(headers);
	return ok;
}

static bool redrive_one(struct cli *cli, struct reading *reading, rd_kafka_t *producer, const char *offset,
	bool dry_run, struct json_object *done, struct err *err)
{
	rd_kafka_message_t *message;
	struct letter letter;
	if (!find(reading, offset, &message, err))
		return false;
	letter_read(message, cli->arena, &letter);
	const bool ok =
		check_letter(&letter, offset, err) && (dry_run || send_back(cli, producer, message, &letter, err));
	rd_kafka_message_destroy(message);
	if (!ok)
		return false;
	output_line(&cli->output, STYLE_PLAIN, "%s  %s to %s, partition %d", offset, dry_run ? "would go back" : "back",
		letter.topic, letter.partition);
	json_object_array_add(done, letter_json(&letter));
	return true;
}

static bool run_redrive(struct cli *cli, const void *arg, struct err *err)
{
	static const char *const settings[][2] = { { "enable.idempotence", "true" }, { NULL, NULL } };
	const struct redrive_options *options = arg;
	owned(json) struct json_object *answer = json_object_new_object();
	owned(kafka) rd_kafka_t *producer = NULL;
	struct json_object *done = json_object_new_array();
	struct reading reading;
	json_add(answer, options->dry_run ? "wouldRedrive" : "redriven", done);
	if (!kafka_create(&cli->kafka, RD_KAFKA_PRODUCER, settings, &producer, err) ||
		!open_letters(cli, &reading, err))
		return false;
	bool ok = true;
	for (size_t i = 0; i < cli->operands.count && ok; i++)
		ok = redrive_one(cli, &reading, producer, cli->operands.items[i], options->dry_run, done, err);
	close_letters(&reading);
	/* What was sent before another failed is told all the same. */
	cli->has_answered = ok || json_object_array_length(done) > 0;
	if (cli->has_answered)
		output_object(&cli->output, answer);
	return ok;
}

const struct command deadletter_commands[] = {
	{ "deadletter list", "", "List records that could not be handled, with the reason", NULL, 0, 0,
		COMMAND_NEEDS_KAFKA, list_options, sizeof(struct list_options), run_list },
	{ "deadletter show", "OFFSET", "Print one of them, with its headers and value, as JSON", NULL, 1, 1,
		COMMAND_NEEDS_KAFKA, NULL, 0, run_show },
	{ "deadletter redrive", "OFFSET...", "Send them back to where they were, as they were",
		"For records whose cause is gone. One that still can't be handled comes back as a new dead letter.", 1,
		1000, COMMAND_NEEDS_KAFKA, redrive_options, sizeof(struct redrive_options), run_redrive },
	{ 0 },
};

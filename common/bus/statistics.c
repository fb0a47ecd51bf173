#include "bus/statistics.h"

#include <json-c/json.h>
#include <string.h>

static const char *text_of(struct json_object *object, const char *name)
{
	struct json_object *value;
	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value) : "";
}

static int64_t integer_of(struct json_object *object, const char *name)
{
	struct json_object *value;
	return json_object_object_get_ex(object, name, &value) ? json_object_get_int64(value) : -1;
}

static bool any_broker_up(struct json_object *brokers)
{
	json_object_object_foreach (brokers, name, broker) {
		(void)name;
		if (strcmp(text_of(broker, "state"), "UP") == 0)
			return true;
	}
	return false;
}

static void read_topic(struct json_object *object, enum topic topic, struct client *client)
{
	struct json_object *partitions;
	if (!json_object_object_get_ex(object, "partitions", &partitions))
		return;
	int count = 0;
	bool all_led = true, lag_known = false;
	double lag = 0;
	json_object_object_foreach (partitions, name, partition) {
		(void)name;
		if (integer_of(partition, "partition") < 0)
			continue; /* where librdkafka keeps what has no partition yet */
		count++;
		all_led &= integer_of(partition, "leader") >= 0;
		int64_t behind = integer_of(partition, "consumer_lag");
		if (behind >= 0) {
			lag_known = true;
			lag += (double)behind;
		}
	}
	client->partitions[topic] = all_led ? count : 0;
	client->lag[topic] = lag_known ? lag : -1;
}

bool statistics_read(const char *json, size_t len, struct client *client, bool *connected)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root = json_tokener_parse_ex(tokener, json, (int)len);
	json_tokener_free(tokener);
	struct json_object *brokers, *topics, *eos;
	bool known = root != NULL && json_object_object_get_ex(root, "brokers", &brokers) &&
		     json_object_object_get_ex(root, "topics", &topics);
	if (known) {
		*connected = any_broker_up(brokers);
		if (json_object_object_get_ex(root, "eos", &eos))
			client->has_producer_id = strcmp(text_of(eos, "idemp_state"), "Assigned") == 0;
		json_object_object_foreach (topics, name, object) {
			enum topic topic = topic_find(name);
			if (topic != TOPIC_COUNT)
				read_topic(object, topic, client);
		}
	}
	json_object_put(root);
	return known;
}

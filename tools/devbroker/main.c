/*
 * A broker for trying out, without a JVM: librdkafka's mock cluster with the topics of the table. Its limits are the
 * mock's: in memory only, evicts beyond 5 MB a partition, a group's first join takes 3 s, an idle fetch is held for
 * all of its time. It must not know the services.
 */
#include <getopt.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "bus/topic.h"

#define USAGE                                                                                          \
	"usage: devbroker [--bootstrap-file FILE]\n"                                                   \
	"\n"                                                                                           \
	"A Kafka broker on loopback for trying out, with the topics of Release Passport. It keeps\n"   \
	"everything in memory, knows no authorisation and loses everything when it ends. It chooses\n" \
	"its port; the address is printed and, when all topics are there, written to FILE.\n"

#define EXIT_FAULT 4
#define EXIT_WRONG_USAGE 2

static bool create_topics(rd_kafka_mock_cluster_t *cluster, struct err *err)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		const struct topic_info *info = topic_info((enum topic)i);
		rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(cluster, info->name, info->partitions, 1);
		if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
			return err_set_at(
				err, ERR_INTERNAL, info->name, "the topic can't be made: %s", rd_kafka_err2str(code));
	}
	return true;
}

/* Renamed into place, so that whoever waits for the file never reads half of it. */
static bool write_address(const char *path, const char *address, struct err *err)
{
	owned_buf struct buf part = { 0 };
	buf_printf(&part, "%s.part", path);
	FILE *file = fopen(buf_str(&part), "we");
	if (file == NULL)
		return err_set_at(err, ERR_FILE, path, "can't be written: %m");
	bool ok = fprintf(file, "%s\n", address) > 0;
	ok = fclose(file) == 0 && ok;
	if (!ok || rename(buf_str(&part), path) != 0) {
		err_set_at(err, ERR_FILE, path, "can't be written: %m");
		unlink(buf_str(&part));
		return false;
	}
	return true;
}

static rd_kafka_t *make_handle(struct err *err)
{
	char text[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	/* The handle itself never connects; without brokers it would warn of that. */
	rd_kafka_conf_set(conf, "log_level", "3", NULL, 0);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text));
	if (rk == NULL) {
		rd_kafka_conf_destroy(conf);
		err_set(err, ERR_INTERNAL, "librdkafka: %s", text);
	}
	return rk;
}

static bool serve(rd_kafka_mock_cluster_t *cluster, const char *bootstrap_file, const sigset_t *ends, struct err *err)
{
	const char *address = rd_kafka_mock_cluster_bootstraps(cluster);
	int received;
	if (!create_topics(cluster, err) || (bootstrap_file != NULL && !write_address(bootstrap_file, address, err)))
		return false;
	printf("devbroker on %s: for trying out only. In memory, no authorisation, everything is lost when it ends.\n",
		address);
	fflush(stdout);
	sigwait(ends, &received);
	if (bootstrap_file != NULL)
		unlink(bootstrap_file);
	return true;
}

static bool run(const char *bootstrap_file, const sigset_t *ends, struct err *err)
{
	rd_kafka_t *rk = make_handle(err);
	if (rk == NULL)
		return false;
	rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(rk, 1);
	bool ok = cluster != NULL ? serve(cluster, bootstrap_file, ends, err)
				  : err_set(err, ERR_INTERNAL, "the mock cluster can't be made");
	if (cluster != NULL)
		rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(rk);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bootstrap-file", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *bootstrap_file = NULL;
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'b': bootstrap_file = optarg; break;
		case 'h': fputs(USAGE, stdout); return EXIT_SUCCESS;
		default: fputs(USAGE, stderr); return EXIT_WRONG_USAGE;
		}
	}
	if (optind < argc) {
		fputs(USAGE, stderr);
		return EXIT_WRONG_USAGE;
	}
	/* Blocked before librdkafka makes its threads, so that sigwait alone gets them. */
	sigset_t ends;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	struct err err;
	if (run(bootstrap_file, &ends, &err))
		return EXIT_SUCCESS;
	fprintf(stderr, "devbroker: %s%s%s\n", err.where, err.where[0] != '\0' ? ": " : "", err.text);
	return EXIT_FAULT;
}

/* The bus over tools/devbroker: what trying out needs works without a JVM. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker.h"
#include "member.h"

static char address[128];

/* What member.c asks for, here without the rest of broker.c. */
const char *broker_address(void)
{
	return address;
}

static pid_t start(const char *path)
{
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		execl(DEVBROKER, "devbroker", "--bootstrap-file", path, (char *)NULL);
		_exit(127);
	}
	FILE *file = NULL;
	for (int i = 0; i < 500 && file == NULL; i++) {
		usleep(10000);
		file = fopen(path, "re");
	}
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(address, sizeof(address), file));
	fclose(file);
	address[strcspn(address, "\n")] = '\0';
	return pid;
}

START_TEST(test_devbroker__carries_records_and_keeps_commits)
{
	static const enum topic nothing[] = { TOPIC_COUNT };
	static const enum topic requests[] = { TOPIC_GATE_REQUESTS, TOPIC_EVIDENCE_FACTS, TOPIC_COUNT };
	char folder[] = "/tmp/releasepassport-dev-XXXXXX", path[64];
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/bootstrap", folder);
	pid_t pid = start(path);

	struct member *gateway = member_create(SERVICE_API_GATEWAY, nothing, NULL);
	ck_assert(member_wait_ready(gateway, 15000));
	struct member *evaluator = member_create(SERVICE_EVALUATOR, requests, NULL);
	ck_assert(member_wait_ready(evaluator, 15000));
	for (int i = 0; i < 20; i++)
		member_send(gateway, -1, "a", i);
	ck_assert(member_wait(evaluator, &evaluator->handed, 20, 10000));
	member_destroy(evaluator);
	evaluator = member_create(SERVICE_EVALUATOR, requests, NULL);
	ck_assert(member_wait_ready(evaluator, 15000));
	member_send(gateway, -1, "b", 0);
	ck_assert(member_wait(evaluator, &evaluator->handed, 1, 10000));
	ck_assert_str_eq(evaluator->ids[0], "b0");
	member_destroy(evaluator);
	member_destroy(gateway);

	int status = -1;
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

UNIT_MAIN("integration/devbroker", test_devbroker__carries_records_and_keeps_commits)

#include "connectors.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

static char path[64];

static bool load(const char *text, struct connectors **connectors, struct err *err)
{
	snprintf(path, sizeof(path), "connectors-%d.yaml", (int)getpid());
	ck_assert(file_write(path, text, strlen(text), 0600, err));
	const bool ok = connectors_load(path, connectors, err);
	unlink(path);
	return ok;
}

START_TEST(test_connectors__reads_a_file)
{
	struct connectors *connectors;
	struct err err = { 0 };
	ck_assert_msg(load("connectors:\n"
			   "  - name: prometheus\n"
			   "    type: prometheus\n"
			   "    url: http://127.0.0.1:9090/\n"
			   "    workspaces: [default]\n"
			   "    services: [checkout, cart]\n"
			   "    timeout: 2s\n",
			      &connectors, &err),
		"%s: %s", err.where, err.text);
	const struct connector *c = connectors_find(connectors, "prometheus");
	ck_assert_ptr_nonnull(c);
	ck_assert_str_eq(c->url, "http://127.0.0.1:9090");
	ck_assert_int_eq(c->timeout_ms, 2000);
	ck_assert(connector_serves(c, "default", "cart"));
	ck_assert(!connector_serves(c, "default", "search"));
	ck_assert(!connector_serves(c, "other", "cart"));
	ck_assert_ptr_null(connectors_find(connectors, "loki"));
	connectors_destroy(connectors);
}
END_TEST

static const struct {
	const char *text, *place;
} wrong[] = {
	{ "connectors:\n  - name: a\n    type: nagios\n    url: http://x\n    workspaces: [d]\n", ":2:5" },
	{ "connectors:\n  - name: a\n    type: prometheus\n    url: ftp://x\n    workspaces: [d]\n", ":2:5" },
	{ "connectors:\n  - name: a\n    type: prometheus\n    url: http://u:p@x\n    workspaces: [d]\n", ":2:5" },
	{ "connectors:\n  - name: a\n    type: prometheus\n    url: http://x\n    workspaces: [d]\n    colour: red\n",
		":6:13" },
	{ "connectors: [\n", ":2:1" },
};

START_TEST(test_connectors__names_the_place_of_a_fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct connectors *connectors;
		struct err err = { 0 };
		ck_assert_msg(!load(wrong[i].text, &connectors, &err), "case %zu", i);
		ck_assert_int_eq(err.kind, ERR_FILE);
		const char *place = strchr(err.where, ':');
		ck_assert_msg(place != NULL && strcmp(place, wrong[i].place) == 0, "case %zu: %s: %s", i, err.where,
			err.text);
	}
}
END_TEST

UNIT_MAIN("connector-worker/connectors", test_connectors__reads_a_file, test_connectors__names_the_place_of_a_fault)

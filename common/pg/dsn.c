#include "pg/dsn.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val != NULL && options->val[0] != '\0' ? options->val : NULL;
	return NULL;
}

const char *dsn_value(const struct dsn *dsn, const char *keyword)
{
	return value_of(dsn->options, keyword);
}

/* The n-th part of a comma-separated list; the only part of a list of one serves for all. */
static char *list_part(const char *list, int n)
{
	const char *end = strchrnul(list, ',');
	if (*end == '\0')
		return mem_strdup(list);
	while (n-- > 0 && *end == ',') {
		list = end + 1;
		end = strchrnul(list, ',');
	}
	char *part = mem_dup(list, (size_t)(end - list) + 1);
	part[end - list] = '\0';
	return part;
}

static int list_length(const char *list)
{
	int n = 1;
	for (; *list != '\0'; list++)
		n += *list == ',';
	return n;
}

static bool split_hosts(struct dsn *dsn, const char *hosts, const char *ports, struct err *err)
{
	int count = list_length(hosts), port_count = list_length(ports);
	if (count > DSN_HOSTS_MAX)
		return err_set(err, ERR_CONFIG, "more than %d hosts in the connection string", DSN_HOSTS_MAX);
	if (port_count != 1 && port_count != count)
		return err_set(err, ERR_CONFIG, "%d ports for %d hosts in the connection string", port_count, count);
	for (int i = 0; i < count; i++) {
		dsn->hosts[i] = (struct dsn_host){ .name = list_part(hosts, i), .port = list_part(ports, i) };
		dsn->host_count = i + 1;
		if (dsn->hosts[i].name[0] == '\0')
			return err_set(err, ERR_CONFIG, "an empty host in the connection string");
	}
	return true;
}

bool dsn_parse(const char *text, struct dsn *out, struct err *err)
{
	struct dsn dsn = { 0 };
	char *message = NULL;
	dsn.options = PQconninfoParse(text, &message);
	if (dsn.options == NULL) {
		if (message != NULL)
			message[strcspn(message, "\n")] = '\0';
		err_set(err, ERR_CONFIG, "%s", message != NULL ? message : "the connection string can't be read");
		PQfreemem(message);
		return false;
	}
	PQconninfoOption *defaults = PQconndefaults();
	bool ok = defaults != NULL || err_set(err, ERR_CONFIG, "libpq has no defaults");
	if (ok && dsn_value(&dsn, "service") != NULL)
		ok = err_set(err, ERR_CONFIG, "service files are not read: write host, port and dbname");
	if (ok && dsn_value(&dsn, "hostaddr") == NULL && value_of(defaults, "hostaddr") == NULL) {
		const char *hosts = dsn_value(&dsn, "host"), *ports = dsn_value(&dsn, "port");
		if (hosts == NULL)
			hosts = value_of(defaults, "host");
		if (ports == NULL)
			ports = value_of(defaults, "port");
		if (hosts != NULL)
			ok = split_hosts(&dsn, hosts, ports != NULL ? ports : "5432", err);
	}
	if (defaults != NULL)
		PQconninfoFree(defaults);
	if (!ok) {
		dsn_finish(&dsn);
		return false;
	}
	*out = dsn;
	return true;
}

void dsn_finish(struct dsn *dsn)
{
	for (int i = 0; i < dsn->host_count; i++) {
		free(dsn->hosts[i].name);
		free(dsn->hosts[i].port);
	}
	PQconninfoFree(dsn->options);
	*dsn = (struct dsn){ 0 };
}

#include "conf/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

static bool refuse(const struct conf_key *key, const char *text, const char *expected, struct err *err)
{
	return err_set_at(err, ERR_CONFIG, key->name, "must be %s, is \"%.80s\"", expected, text);
}

static bool bounds_check(const struct conf_key *key, int64_t value, const char *unit, struct err *err)
{
	if ((key->min == 0 && key->max == 0) || (value >= key->min && value <= key->max))
		return true;
	return err_set_at(err, ERR_CONFIG, key->name, "must lie between %" PRId64 " and %" PRId64 "%s, is %" PRId64,
		key->min, key->max, unit, value);
}

static bool parse_int(const struct conf_key *key, const char *text, int64_t *out, struct err *err)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	bool starts_well = (text[0] >= '0' && text[0] <= '9') || text[0] == '-';
	if (!starts_well || *end != '\0' || errno != 0)
		return refuse(key, text, "a whole number", err);
	if (!bounds_check(key, value, "", err))
		return false;
	*out = value;
	return true;
}

static bool parse_duration(const struct conf_key *key, const char *text, int64_t *out, struct err *err)
{
	int64_t value;
	if (!clock_parse_duration(text, strlen(text), &value, NULL))
		return refuse(key, text, "a duration like 5s or 1h30m", err);
	if (!bounds_check(key, value, " milliseconds", err))
		return false;
	*out = value;
	return true;
}

static bool parse_bool(const struct conf_key *key, const char *text, bool *out, struct err *err)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return refuse(key, text, "true or false", err);
	*out = strcmp(text, "true") == 0;
	return true;
}

static bool parse_enum(const struct conf_key *key, const char *text, int *out, struct err *err)
{
	owned_buf struct buf expected = { 0 };
	buf_append_str(&expected, "one of");
	for (int i = 0; key->names[i] != NULL; i++) {
		if (strcmp(key->names[i], text) == 0) {
			*out = i;
			return true;
		}
		buf_printf(&expected, "%s %s", i == 0 ? "" : ",", key->names[i]);
	}
	return refuse(key, text, buf_str(&expected), err);
}

static bool host_is_numeric(const char *host, bool bracketed)
{
	uint8_t binary[sizeof(struct in6_addr)];
	return inet_pton(bracketed ? AF_INET6 : AF_INET, host, binary) == 1;
}

static bool parse_address(const struct conf_key *key, const char *text, struct conf_address *out, struct err *err)
{
	static const char expected[] = "an address like 127.0.0.1:8080, [::1]:8080 or :8080";
	const char *colon = strrchr(text, ':');
	if (colon == NULL)
		return refuse(key, text, expected, err);
	const char *host = text;
	size_t host_len = (size_t)(colon - text);
	bool bracketed = host_len >= 2 && host[0] == '[' && host[host_len - 1] == ']';
	if (bracketed) {
		host++;
		host_len -= 2;
	}
	struct conf_address address = { 0 };
	if (host_len >= sizeof(address.host))
		return refuse(key, text, expected, err);
	memcpy(address.host, host, host_len);
	if (host_len > 0 && !host_is_numeric(address.host, bracketed))
		return refuse(key, text, expected, err);
	size_t digits = strspn(colon + 1, "0123456789");
	unsigned long port = strtoul(colon + 1, NULL, 10);
	if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' || port > UINT16_MAX)
		return refuse(key, text, expected, err);
	address.port = (uint16_t)port;
	*out = address;
	return true;
}

static bool path_check(const struct conf_key *key, const char *text, struct err *err)
{
	/* Opened, not only asked about: access(2) would judge by the real user id. A FIFO must not block the start. */
	int fd = open(text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set_at(err, ERR_CONFIG, key->name, "%.200s: %s", text, strerror(errno));
	struct stat st;
	bool is_file = fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode);
	close(fd);
	if (!is_file)
		return err_set_at(err, ERR_CONFIG, key->name, "%.200s: is no file", text);
	return true;
}

static bool text_check(const struct conf_key *key, const char *text, struct err *err)
{
	if (!utf8_valid(text, strlen(text)))
		return err_set_at(err, ERR_CONFIG, key->name, "must be UTF-8");
	if (key->type != CONF_TEXT && key->type != CONF_SECRET && strpbrk(text, "\r\n") != NULL)
		return err_set_at(err, ERR_CONFIG, key->name, "must be a single line");
	return key->type != CONF_PATH || path_check(key, text, err);
}

bool conf_value_parse(const struct conf_key *key, const char *text, void *field, struct err *err)
{
	switch (key->type) {
	case CONF_STRING:
	case CONF_TEXT:
	case CONF_SECRET:
	case CONF_PATH:
		if (!text_check(key, text, err))
			return false;
		*(char **)field = mem_strdup(text);
		return true;
	case CONF_INT: return parse_int(key, text, field, err);
	case CONF_DURATION: return parse_duration(key, text, field, err);
	case CONF_BOOL: return parse_bool(key, text, field, err);
	case CONF_ADDRESS: return parse_address(key, text, field, err);
	case CONF_ENUM: return parse_enum(key, text, field, err);
	}
	return err_set_at(err, ERR_INTERNAL, key->name, "has no type");
}

#include "http/head.h"

#include <http_parser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define LINES_MAX 128
#define METHOD_MAX 32

struct reading {
	struct http_head *head;
	struct arena *arena;
	const char *url;
	size_t url_len;
	bool too_many;
};

static int on_url(http_parser *parser, const char *at, size_t len)
{
	struct reading *reading = parser->data;
	reading->url = at;
	reading->url_len = len;
	return 0;
}

static int on_field(http_parser *parser, const char *at, size_t len)
{
	struct reading *reading = parser->data;
	struct http_head *head = reading->head;
	if (head->line_count == LINES_MAX) {
		reading->too_many = true;
		return 1;
	}
	head->lines[head->line_count++] = (struct http_head_line){ arena_strndup(reading->arena, at, len), "" };
	return 0;
}

static int on_value(http_parser *parser, const char *at, size_t len)
{
	struct reading *reading = parser->data;
	struct http_head *head = reading->head;
	while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
		len--;
	head->lines[head->line_count - 1].value = arena_strndup(reading->arena, at, len);
	return 0;
}

/* The parser's work ends here: bodies are read by us, strictly. */
static int on_headers_complete(http_parser *parser)
{
	struct reading *reading = parser->data;
	reading->head->keep_alive = http_should_keep_alive(parser) != 0;
	return 1;
}

static bool parser_fault(enum http_errno fault, const struct reading *reading, struct err *err)
{
	if (reading->too_many)
		return err_set(err, ERR_HEADERS_TOO_LARGE, "there are more than %d headers", LINES_MAX);
	if (fault == HPE_INVALID_METHOD)
		return err_set(err, ERR_NOT_IMPLEMENTED, "the method is not known here");
	if (fault == HPE_INVALID_VERSION)
		return err_set(err, ERR_HTTP_VERSION, "only HTTP/1.0 and HTTP/1.1 are spoken here");
	return err_set(err, ERR_INVALID, "the request is no HTTP: %s", http_errno_description(fault));
}

/* The number of lines with this name, the value of the last in *value. */
static size_t find_lines(const struct http_head *head, const char *name, const char **value)
{
	size_t n = 0;
	for (size_t i = 0; i < head->line_count; i++) {
		if (strcasecmp(head->lines[i].name, name) == 0) {
			*value = head->lines[i].value;
			n++;
		}
	}
	return n;
}

static bool check_host(const struct http_head *head, struct err *err)
{
	const char *host = "";
	size_t n = find_lines(head, "Host", &host);
	if (n > 1)
		return err_set_at(err, ERR_INVALID, "Host", "the header is given twice");
	if (n == 0 && !head->version_1_0)
		return err_set_at(err, ERR_INVALID, "Host", "the header is missing");
	if (strpbrk(host, " \t,/\\?#@") != NULL)
		return err_set_at(err, ERR_INVALID, "Host", "the header is no host");
	return true;
}

static bool read_content_length(struct http_head *head, const char *text, struct err *err)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 18 || text[digits] != '\0')
		return err_set_at(err, ERR_INVALID, "Content-Length", "the header is no valid length");
	head->content_length = strtoull(text, NULL, 10);
	return true;
}

static bool ends_chunked(const char *coding)
{
	const char *last = strrchr(coding, ',');
	last = last != NULL ? last + 1 : coding;
	return strcasecmp(last + strspn(last, " \t"), "chunked") == 0;
}

/* How the body ends must have one reading only: RFC 9112, section 6.3. */
static bool read_framing(struct http_head *head, struct err *err)
{
	const char *length = NULL, *coding = NULL;
	size_t lengths = find_lines(head, "Content-Length", &length);
	size_t codings = find_lines(head, "Transfer-Encoding", &coding);
	if (lengths > 1)
		return err_set_at(err, ERR_INVALID, "Content-Length", "the header is given twice");
	if (lengths > 0 && codings > 0)
		return err_set_at(err, ERR_INVALID, "Transfer-Encoding", "stands together with Content-Length");
	if (codings > 0 && head->version_1_0)
		return err_set_at(err, ERR_INVALID, "Transfer-Encoding", "stands in a request of HTTP/1.0");
	if (codings > 0 && !ends_chunked(coding))
		return err_set_at(err, ERR_INVALID, "Transfer-Encoding", "does not end with chunked");
	if (codings > 1 || (codings == 1 && strcasecmp(coding, "chunked") != 0))
		return err_set_at(err, ERR_NOT_IMPLEMENTED, "Transfer-Encoding", "only chunked is known here");
	head->chunked = codings == 1;
	return lengths == 0 || read_content_length(head, length, err);
}

static bool check_values(const struct http_head *head, struct err *err)
{
	for (size_t i = 0; i < head->line_count; i++) {
		const struct http_head_line *line = &head->lines[i];
		if (!utf8_valid(line->value, strlen(line->value)))
			return err_set_at(err, ERR_INVALID, line->name, "the header is not UTF-8");
	}
	return true;
}

/*
 * http_parser knows a list of methods and ends at any other. Whether a path has the method is the router's to say, so
 * it gets to see GET instead: what follows the method is read the same way for all of them.
 */
static size_t unlisted_method(const char *text, size_t len)
{
	size_t n = 0;
	while (n < len && ((text[n] >= 'A' && text[n] <= 'Z') || text[n] == '-'))
		n++;
	return n > 0 && n <= METHOD_MAX && n < len && text[n] == ' ' ? n : 0;
}

static size_t execute(http_parser *parser, struct reading *reading, const char *text, size_t len)
{
	static const http_parser_settings settings = { .on_url = on_url,
		.on_header_field = on_field,
		.on_header_value = on_value,
		.on_headers_complete = on_headers_complete };
	http_parser_init(parser, HTTP_REQUEST);
	parser->data = reading;
	size_t used = http_parser_execute(parser, &settings, text, len);
	if (HTTP_PARSER_ERRNO(parser) == HPE_OK)
		reading->head->method = http_method_str((enum http_method)parser->method);
	const size_t method = unlisted_method(text, len);
	if (HTTP_PARSER_ERRNO(parser) != HPE_INVALID_METHOD || method == 0)
		return used;
	reading->head->method = arena_strndup(reading->arena, text, method);
	http_parser_init(parser, HTTP_REQUEST);
	parser->data = reading;
	(void)http_parser_execute(parser, &settings, "GET", 3);
	return method + http_parser_execute(parser, &settings, text + method, len - method);
}

bool http_head_parse(const char *text, size_t len, struct arena *arena, struct http_head *head, struct err *err)
{
	*head = (struct http_head){ .method = "", .lines = arena_array(arena, LINES_MAX, sizeof(*head->lines)) };
	struct reading reading = { .head = head, .arena = arena };
	http_parser parser;
	size_t used = execute(&parser, &reading, text, len);
	enum http_errno fault = HTTP_PARSER_ERRNO(&parser);
	if (fault != HPE_OK)
		return parser_fault(fault, &reading, err);
	head->version_1_0 = parser.http_minor == 0;
	if (parser.http_major != 1 || parser.http_minor > 1)
		return parser_fault(HPE_INVALID_VERSION, &reading, err);
	if (used != len || reading.url == NULL)
		return err_set(err, ERR_INVALID, "the request is no HTTP");
	if (parser.method == HTTP_CONNECT)
		return parser_fault(HPE_INVALID_METHOD, &reading, err);
	const char *expect = NULL;
	head->expect_continue = !head->version_1_0 && find_lines(head, "Expect", &expect) == 1 &&
				strcasecmp(expect, "100-continue") == 0;
	return check_values(head, err) && check_host(head, err) && read_framing(head, err) &&
	       http_target_parse(reading.url, reading.url_len, arena, &head->target, err);
}

const char *http_head_find(const struct http_head *head, const char *name, struct arena *arena)
{
	const char *found = NULL;
	for (size_t i = 0; i < head->line_count; i++) {
		const struct http_head_line *line = &head->lines[i];
		if (strcasecmp(line->name, name) != 0)
			continue;
		found = found == NULL ? line->value : arena_printf(arena, "%s, %s", found, line->value);
	}
	return found;
}

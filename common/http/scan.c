#include "http/scan.h"

#include <stdbool.h>
#include <string.h>

enum state { BEFORE, BEFORE_LF, REQUEST_LINE, LINE_LF, LINE_START, NAME, VALUE, END_LF };

static bool is_token(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static enum http_scan_result bad(struct http_scan *scan, const char *fault)
{
	scan->fault = fault;
	return HTTP_SCAN_BAD;
}

static enum http_scan_result go(struct http_scan *scan, enum state state)
{
	scan->state = (unsigned char)state;
	return HTTP_SCAN_MORE;
}

static enum http_scan_result on_request_line(struct http_scan *scan, unsigned char c)
{
	if (c == '\r')
		return go(scan, LINE_LF);
	if (c < ' ' || c > '~')
		return bad(scan, "the request line has a character that is not allowed there");
	if (c == ' ' && ++scan->spaces > 2)
		return bad(scan, "the request line has more than two spaces");
	return HTTP_SCAN_MORE;
}

static enum http_scan_result on_line_start(struct http_scan *scan, unsigned char c)
{
	if (c == '\r')
		return go(scan, END_LF);
	if (c == ' ' || c == '\t')
		return bad(scan, "a header is folded over several lines");
	return is_token(c) ? go(scan, NAME) : bad(scan, "a header has no valid name");
}

static enum http_scan_result on_name(struct http_scan *scan, unsigned char c)
{
	if (c == ':')
		return go(scan, VALUE);
	return is_token(c) ? HTTP_SCAN_MORE : bad(scan, "a header's name has a character that is not allowed there");
}

static enum http_scan_result on_value(struct http_scan *scan, unsigned char c)
{
	if (c == '\r')
		return go(scan, LINE_LF);
	if ((c < ' ' && c != '\t') || c == 0x7f)
		return bad(scan, "a header's value has a control character");
	return HTTP_SCAN_MORE;
}

static enum http_scan_result on_byte(struct http_scan *scan, unsigned char c)
{
	static const char line_end[] = "a line does not end with CR and LF";
	switch ((enum state)scan->state) {
	case BEFORE:
		/* An empty line before the request is forgiven: RFC 9112, section 2.2. */
		if (c == '\r')
			return go(scan, BEFORE_LF);
		scan->state = REQUEST_LINE;
		return on_request_line(scan, c);
	case BEFORE_LF: return c == '\n' ? go(scan, BEFORE) : bad(scan, line_end);
	case REQUEST_LINE: return on_request_line(scan, c);
	case LINE_LF: return c == '\n' ? go(scan, LINE_START) : bad(scan, line_end);
	case LINE_START: return on_line_start(scan, c);
	case NAME: return on_name(scan, c);
	case VALUE: return on_value(scan, c);
	case END_LF: return c == '\n' ? HTTP_SCAN_DONE : bad(scan, line_end);
	}
	return bad(scan, line_end);
}

enum http_scan_result http_scan_feed(struct http_scan *scan, const char *data, size_t len)
{
	enum http_scan_result result = HTTP_SCAN_MORE;
	while (result == HTTP_SCAN_MORE && scan->at < len)
		result = on_byte(scan, (unsigned char)data[scan->at++]);
	return result;
}

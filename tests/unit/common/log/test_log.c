#include "log/log.h"

#include <json-c/json_tokener.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static int saved_stderr;
static int capture[2];
static char line[4096];

static void start_capture(enum log_level level, enum log_format format)
{
	log_setup("tester", level, format);
	saved_stderr = dup(STDERR_FILENO);
	ck_assert_int_eq(pipe(capture), 0);
	dup2(capture[1], STDERR_FILENO);
	close(capture[1]);
}

/* What was written since start_capture, in line. */
static void end_capture(void)
{
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	ssize_t n = read(capture[0], line, sizeof(line) - 1);
	close(capture[0]);
	line[n > 0 ? n : 0] = '\0';
}

/* The part of line from " service=" on: the time differs. */
static const char *tail(void)
{
	const char *at = strstr(line, " level=");
	return at != NULL ? at : line;
}

START_TEST(test_log__writes_members_in_order)
{
	static const struct log_ctx ctx = { "ev1", "tr1" };
	start_capture(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	LOG_INFO(&ctx, "passport signed", LOG_STR("key", "k1"), LOG_INT("bytes", 12), LOG_DOUBLE("ms", 1.5),
		LOG_BOOL("ok", true));
	end_capture();
	ck_assert_ptr_eq(strstr(line, "time=20"), line);
	ck_assert_str_eq(tail(), " level=info service=tester msg=\"passport signed\" evaluation=ev1 trace=tr1"
				 " key=k1 bytes=12 ms=1.5 ok=true\n");
}
END_TEST

START_TEST(test_log__writes_the_trace_id_of_a_traceparent)
{
	static const struct log_ctx ctx = { NULL, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
	start_capture(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	LOG_INFO(&ctx, "x");
	end_capture();
	ck_assert_str_eq(tail(), " level=info service=tester msg=x trace=4bf92f3577b34da6a3ce929d0e0e4736\n");
}
END_TEST

START_TEST(test_log__leaves_out_what_the_context_lacks)
{
	static const struct log_ctx ctx = { NULL, "" };
	start_capture(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	LOG_WARN(&ctx, "x");
	end_capture();
	ck_assert_str_eq(tail(), " level=warn service=tester msg=x\n");
}
END_TEST

START_TEST(test_log__escapes_so_that_no_line_is_forged)
{
	start_capture(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	LOG_INFO(NULL, "a\nb", LOG_STR("v", "q\"\\ \x1b[31m\xff\xc2\x9b=\xc3\xa4"), LOG_STR("none", NULL));
	end_capture();
	ck_assert_str_eq(tail(), " level=info service=tester msg=\"a\\nb\""
				 " v=\"q\\\"\\\\ \\u001b[31m\xef\xbf\xbd\\u009b=\xc3\xa4\" none=\"\"\n");
}
END_TEST

START_TEST(test_log__drops_what_is_below_the_level)
{
	start_capture(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
	LOG_INFO(NULL, "quiet");
	log_event(LOG_LEVEL_DEBUG, NULL, "quiet", NULL);
	LOG_ERROR(NULL, "loud");
	end_capture();
	ck_assert_str_eq(tail(), " level=error service=tester msg=loud\n");
}
END_TEST

START_TEST(test_log__writes_json)
{
	static const struct log_ctx ctx = { "ev1", NULL };
	start_capture(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	LOG_INFO(&ctx, "a \"b\"\n", LOG_STR("v", "x\xff/"), LOG_INT("n", INT64_MIN), LOG_DOUBLE("nan", NAN));
	end_capture();
	ck_assert_ptr_nonnull(strstr(line, "\"msg\":\"a \\\"b\\\"\\n\",\"evaluation\":\"ev1\",\"v\":\"x\xef\xbf\xbd/\","
					   "\"n\":-9223372036854775808,\"nan\":null}\n"));
	struct json_object *parsed = json_tokener_parse(line);
	ck_assert_ptr_nonnull(parsed);
	json_object_put(parsed);
}
END_TEST

START_TEST(test_log__writes_errors_with_kind_place_and_text)
{
	struct err err;
	err_set_at(&err, ERR_INVALID, "/a/0", "is no number");
	start_capture(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	log_err(LOG_LEVEL_ERROR, NULL, "refused", &err);
	end_capture();
	ck_assert_str_eq(tail(), " level=error service=tester msg=refused error=invalid-request text=\"is no number\""
				 " where=/a/0\n");
}
END_TEST

UNIT_MAIN("log/log", test_log__writes_members_in_order, test_log__leaves_out_what_the_context_lacks,
	test_log__writes_the_trace_id_of_a_traceparent, test_log__escapes_so_that_no_line_is_forged,
	test_log__drops_what_is_below_the_level, test_log__writes_json,
	test_log__writes_errors_with_kind_place_and_text)

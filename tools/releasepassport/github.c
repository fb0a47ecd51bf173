#include "github.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "passport/member.h"
#include "policy/names.h"

static void escape(const char *text, const char *special, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			buf_printf(out, "%%%02X", (unsigned char)*text);
		else
			buf_append_char(out, *text);
	}
}

void github_escape_data(const char *text, struct buf *out)
{
	escape(text, "%\r\n", out);
}

void github_escape_property(const char *text, struct buf *out)
{
	escape(text, "%\r\n:,", out);
}

void github_escape_markdown(const char *text, struct buf *out)
{
	owned_buf struct buf clean = { 0 };
	output_clean(text, &clean);
	for (const char *c = buf_str(&clean); *c != '\0'; c++) {
		if (*c == '<' || *c == '>' || *c == '&' || *c == '@')
			buf_printf(out, "&#%d;", *c);
		else if (strchr("\\`*_{}[]()#+-.!|~:", *c) != NULL)
			buf_printf(out, "\\%c", *c);
		else
			buf_append_char(out, *c);
	}
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static const char *annotation_command(const struct verdict *verdict)
{
	if (verdict->exit_code != 0)
		return "error";
	return verdict->mode == RP__V1__MODE__MODE_SHADOW ? "notice" : "warning";
}

static void annotate(const struct verdict *verdict, const struct json_object *reason, struct buf *out)
{
	owned_buf struct buf title = { 0 }, message = { 0 };
	const char *next = member_text(reason, "nextAction");
	buf_printf(&title, "%s: %s", decision_name(verdict->decision), or_empty(member_text(reason, "rule")));
	buf_printf(&message, "%s (%s)%s%s", or_empty(member_text(reason, "text")),
		or_empty(member_text(reason, "status")), next != NULL ? ". Next: " : "", or_empty(next));
	buf_printf(out, "::%s title=", annotation_command(verdict));
	github_escape_property(buf_str(&title), out);
	buf_append_str(out, "::");
	github_escape_data(buf_str(&message), out);
	buf_append_char(out, '\n');
}

void github_annotations(const struct verdict *verdict, struct buf *out)
{
	const struct json_object *reasons = member_array(verdict->answer, "reasons");
	for (size_t i = 0; reasons != NULL && i < json_object_array_length(reasons); i++)
		annotate(verdict, json_object_array_get_idx(reasons, i), out);
}

static void summarize_reasons(const struct json_object *reasons, struct buf *out)
{
	static const char *const members[] = { "rule", "outcome", "status", "text", "nextAction" };
	buf_append_str(out, "\n| rule | outcome | status | why | next |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < json_object_array_length(reasons); i++) {
		const struct json_object *reason = json_object_array_get_idx(reasons, i);
		buf_append_char(out, '|');
		for (size_t j = 0; j < ARRAY_SIZE(members); j++) {
			buf_append_char(out, ' ');
			github_escape_markdown(or_empty(member_text(reason, members[j])), out);
			buf_append_str(out, " |");
		}
		buf_append_char(out, '\n');
	}
}

void github_summary(const struct verdict *verdict, const char *url, struct buf *out)
{
	const struct json_object *reasons = member_array(verdict->answer, "reasons");
	const char *link = member_text(member_object(verdict->answer, "links"), "passport");
	int64_t confidence = 0;
	(void)member_int(verdict->answer, "confidence", &confidence);
	buf_append_str(out, "### Release Passport: ");
	github_escape_markdown(decision_name(verdict->decision), out);
	buf_printf(out, "\n\n%s. Confidence %" PRId64 " %%.\n", verdict_meaning(verdict), confidence);
	if (reasons != NULL && json_object_array_length(reasons) > 0)
		summarize_reasons(reasons, out);
	buf_append_str(out, "\nPassport ");
	github_escape_markdown(verdict->passport_id, out);
	buf_append_str(out, ", ");
	github_escape_markdown(url, out);
	github_escape_markdown(or_empty(link), out);
	buf_append_char(out, '\n');
}

static void add_output(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s=", name);
	output_clean(value, out);
	buf_append_char(out, '\n');
}

void github_outputs(const struct verdict *verdict, struct buf *out)
{
	char code[12];
	snprintf(code, sizeof(code), "%d", verdict->exit_code);
	add_output(out, "decision", decision_name(verdict->decision));
	add_output(out, "passport-id", verdict->passport_id);
	add_output(out, "mode", mode_name(verdict->mode));
	add_output(out, "exit-code", code);
}

static bool append_file(const char *variable, const struct buf *text, struct err *err)
{
	const char *path = getenv(variable);
	if (path == NULL || path[0] == '\0')
		return true;
	FILE *file = fopen(path, "ae");
	if (file == NULL)
		return err_set_at(err, ERR_FILE, variable, "%s can't be written: %m", path);
	const bool written = fwrite(text->data, 1, text->len, file) == text->len;
	if (fclose(file) != 0 || !written)
		return err_set_at(err, ERR_FILE, variable, "%s can't be written: %m", path);
	return true;
}

bool github_report(const struct verdict *verdict, const char *url, struct err *err)
{
	owned_buf struct buf annotations = { 0 }, summary = { 0 }, outputs = { 0 };
	github_annotations(verdict, &annotations);
	github_summary(verdict, url, &summary);
	github_outputs(verdict, &outputs);
	output_raw(annotations.data, annotations.len);
	return append_file("GITHUB_STEP_SUMMARY", &summary, err) && append_file("GITHUB_OUTPUT", &outputs, err);
}

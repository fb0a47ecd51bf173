#include "passport/markdown.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "passport/member.h"
#include "passport/statement.h"

/* An underscore inside a word is no emphasis: unescaped, ALLOW_WITH_CANARY reads well as plain text, too. */
static bool is_inside_word(const char *start, const char *at)
{
	return at > start && isalnum((unsigned char)at[-1]) && isalnum((unsigned char)at[1]);
}

/* Escapes what Markdown or HTML would read as its own; a line break would end a table's row. */
static void add_escaped(struct buf *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;
		if (c < 0x20 || c == 0x7f) {
			buf_append_char(out, ' ');
			continue;
		}
		if (strchr("\\`*[]<>|~&#!@", c) != NULL || (c == '_' && !is_inside_word(text, at)))
			buf_append_char(out, '\\');
		buf_append_char(out, *at);
	}
}

static void add_text(struct buf *out, const char *text)
{
	if (text != NULL && text[0] != '\0')
		add_escaped(out, text);
	else
		buf_append_char(out, '-');
}

/* A row of a table of two columns; nothing where there is nothing to say. */
static void add_row(struct buf *out, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	buf_printf(out, "| %s | ", name);
	add_escaped(out, text);
	buf_append_str(out, " |\n");
}

static void add_title(struct buf *out, const struct json_object *predicate, const struct json_object *release)
{
	const char *version = member_text(release, "version");
	buf_append_str(out, "# ");
	add_text(out, member_text(predicate, "decision"));
	buf_append_str(out, ": ");
	add_text(out, member_text(release, "service"));
	if (version != NULL) {
		buf_append_char(out, ' ');
		add_escaped(out, version);
	}
	buf_append_str(out, " to ");
	add_text(out, member_text(release, "environment"));
	buf_append_str(out, "\n\n");
}

static void add_consequence(struct buf *out, const struct json_object *predicate)
{
	bool enforced = false;
	const char *mode = member_text(predicate, "mode");
	buf_append_str(out, member_bool(predicate, "enforced", &enforced) && enforced
				    ? "This stops the pipeline"
				    : "This does not stop the pipeline");
	buf_append_str(out, " (mode ");
	add_text(out, mode);
	buf_append_str(out, ", enforced from ");
	add_text(out, member_text(predicate, "threshold"));
	buf_append_str(out, ").\n\n");
}

static void add_rule(struct buf *out, const struct json_object *reason)
{
	static const char *const columns[] = { "rule", "outcome", "status", "text", "nextAction" };
	bool milder = false;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		buf_append_str(out, "| ");
		add_text(out, member_text(reason, columns[i]));
		if (strcmp(columns[i], "status") == 0 && member_bool(reason, "milder", &milder) && milder)
			buf_append_str(out, " (milder by policy)");
		buf_append_char(out, ' ');
	}
	buf_append_str(out, "|\n");
}

static bool is_satisfied(const struct json_object *reason)
{
	const char *status = member_text(reason, "status");
	return status != NULL && strcmp(status, "satisfied") == 0;
}

static void add_rules(struct buf *out, const struct json_object *predicate)
{
	const struct json_object *reasons = member_array(predicate, "reasons");
	size_t count = reasons != NULL ? json_object_array_length(reasons) : 0, satisfied = 0;
	for (size_t i = 0; i < count; i++)
		satisfied += is_satisfied(json_object_array_get_idx(reasons, i));
	buf_printf(out, "%zu of %zu rules are satisfied.\n\n", satisfied, count);
	if (satisfied == count)
		return;
	buf_append_str(out, "| Rule | Outcome | Status | Why | What to do |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++)
		if (!is_satisfied(json_object_array_get_idx(reasons, i)))
			add_rule(out, json_object_array_get_idx(reasons, i));
	buf_append_char(out, '\n');
}

static void add_canary(struct buf *out, const struct json_object *predicate)
{
	const struct json_object *steps = member_array(member_object(predicate, "canary"), "steps");
	if (steps == NULL)
		return;
	buf_append_str(out, "## Canary\n\n");
	for (size_t i = 0; i < json_object_array_length(steps); i++) {
		const struct json_object *step = json_object_array_get_idx(steps, i);
		int64_t weight = 0, pause_ms = 0;
		char pause[64];
		if (!member_int(step, "weight", &weight) || !member_int(step, "pauseMs", &pause_ms))
			continue;
		buf_printf(out, "%zu. %d percent, then %s\n", i + 1, (int)weight,
			clock_describe(pause_ms, pause, sizeof(pause)));
	}
	buf_append_char(out, '\n');
}

static void add_release(struct buf *out, const struct json_object *predicate, const struct json_object *release)
{
	const struct json_object *rollback = member_object(predicate, "rollback");
	const struct json_object *actor = member_object(predicate, "actor");
	const struct json_object *times = member_object(predicate, "timestamps");
	bool verified = false;
	buf_append_str(out, "## Release\n\n| | |\n|---|---|\n");
	add_row(out, "Artifact", member_text(release, "artifact"));
	add_row(out, "Repository", member_text(release, "repository"));
	add_row(out, "Commit", member_text(release, "sourceSha"));
	add_row(out, "Release", member_text(release, "releaseId"));
	add_row(out, "Namespace", member_text(release, "namespace"));
	add_row(out, "Workspace", member_text(predicate, "workspace"));
	add_row(out, "Asked by", member_text(actor, "subject"));
	add_row(out, "Decided", member_text(times, "decided"));
	add_row(out, "Ask again", member_text(predicate, "retryAfter"));
	add_row(out, "Valid until", member_text(predicate, "validUntil"));
	add_row(out,
		member_bool(rollback, "verified", &verified) && verified ? "Roll back to (verified)"
									 : "Roll back to (not verified)",
		member_text(rollback, "artifact"));
	buf_append_char(out, '\n');
}

static void add_evidence(struct buf *out, const struct json_object *predicate)
{
	static const char *const columns[] = { "name", "status", "class", "connector", "type", "observedAt", "detail" };
	const struct json_object *evidence = member_array(predicate, "evidence");
	if (evidence == NULL || json_object_array_length(evidence) == 0)
		return;
	buf_append_str(out, "## Evidence\n\n| Name | Status | Class | Connector | Type | Seen at | Detail |\n"
			    "|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < json_object_array_length(evidence); i++) {
		for (size_t j = 0; j < sizeof(columns) / sizeof(columns[0]); j++) {
			buf_append_str(out, "| ");
			add_text(out, member_text(json_object_array_get_idx(evidence, i), columns[j]));
			buf_append_char(out, ' ');
		}
		buf_append_str(out, "|\n");
	}
	buf_append_char(out, '\n');
}

static void add_provenance(struct buf *out, const struct json_object *predicate)
{
	const struct json_object *policy = member_object(predicate, "policy");
	int64_t confidence;
	buf_append_str(out, "## Passport\n\n| | |\n|---|---|\n");
	add_row(out, "Passport", member_text(predicate, "passportId"));
	add_row(out, "Evaluation", member_text(predicate, "evaluationId"));
	add_row(out, "Policy", member_text(policy, "name"));
	add_row(out, "Policy version", member_text(policy, "version"));
	add_row(out, "Policy SHA-256", member_text(policy, "sha256"));
	if (member_int(predicate, "confidence", &confidence))
		buf_printf(out, "| Confidence | %d percent |\n", (int)confidence);
	add_row(out, "Signed by key", member_text(predicate, "keyId"));
}

void markdown_from_statement(const struct json_object *statement, struct buf *out)
{
	const struct json_object *predicate = statement_predicate(statement);
	const struct json_object *release = member_object(predicate, "release");
	add_title(out, predicate, release);
	add_consequence(out, predicate);
	add_rules(out, predicate);
	add_canary(out, predicate);
	add_release(out, predicate, release);
	add_evidence(out, predicate);
	add_provenance(out, predicate);
}

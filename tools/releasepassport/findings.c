#include "findings.h"

#include <inttypes.h>
#include <string.h>

#include "passport/member.h"

void findings_print(const struct output *output, const char *file, const struct json_object *findings)
{
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		const struct json_object *finding = json_object_array_get_idx(findings, i);
		const char *severity = member_text(finding, "severity"), *text = member_text(finding, "text");
		const enum output_style style =
			severity != NULL && strcmp(severity, "error") == 0 ? STYLE_BAD : STYLE_WARN;
		int64_t line, column;
		if (member_int(finding, "line", &line) && member_int(finding, "column", &column))
			output_line(output, style, "%s:%" PRId64 ":%" PRId64 ": %s: %s", file, line, column, severity,
				text);
		else
			output_line(
				output, style, "%s:%s: %s: %s", file, member_text(finding, "pointer"), severity, text);
	}
}

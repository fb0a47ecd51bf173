#include "findings.h"

#include <inttypes.h>

#include "passport/member.h"

const char *finding_line(const char *file, const struct json_object *finding, struct arena *arena)
{
	const char *severity = member_text(finding, "severity"), *text = member_text(finding, "text");
	int64_t line, column;
	if (member_int(finding, "line", &line) && member_int(finding, "column", &column))
		return arena_printf(arena, "%s:%" PRId64 ":%" PRId64 ": %s: %s", file, line, column, severity, text);
	return arena_printf(arena, "%s:%s: %s: %s", file, member_text(finding, "pointer"), severity, text);
}

/* What is wrong with a policy, all of it at once: each finding with its place in the file. */
#ifndef POLICY_FINDING_H
#define POLICY_FINDING_H

#include <stddef.h>

struct json_object;

enum policy_severity {
	POLICY_WARNING, /* allowed, but hardly meant */
	POLICY_ERROR,
};

struct policy_finding {
	enum policy_severity severity;
	unsigned line, column; /* from 1; 0: the policy was no YAML text */
	const char *pointer;   /* JSON pointer of the value that it is about; "" is the whole document */
	const char *text;
};

#define POLICY_FINDINGS_MAX 100 /* what exceeds them is counted but not kept */

/* In the order of the text. */
struct policy_findings {
	struct policy_finding *items;
	size_t count;
	size_t errors, warnings; /* those not kept too */
};

/* [{"severity": "error", "line": 3, "column": 5, "pointer": "/rules/0/require", "text": "..."}]; the caller's. */
struct json_object *policy_findings_json(const struct policy_findings *findings);

#endif

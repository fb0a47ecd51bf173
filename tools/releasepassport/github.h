/* What GitHub Actions takes from a step: annotations, outputs, the job summary. */
#ifndef RELEASEPASSPORT_GITHUB_H
#define RELEASEPASSPORT_GITHUB_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "verdict.h"

/* Appends text as the message of a workflow command: % CR LF escaped. */
void github_escape_data(const char *text, struct buf *out);
/* As the value of a property of one: : and , too. */
void github_escape_property(const char *text, struct buf *out);
/* As plain text in Markdown, in one line. */
void github_escape_markdown(const char *text, struct buf *out);

/* Appends an annotation for each unmet rule: errors where the pipeline stops, warnings in advisory, else notices. */
void github_annotations(const struct verdict *verdict, struct buf *out);
/* Appends the job summary. */
void github_summary(const struct verdict *verdict, const char *url, struct buf *out);
/* Appends the step's outputs, name=value: decision, passport-id, mode, exit-code. */
void github_outputs(const struct verdict *verdict, struct buf *out);

/* Prints the annotations, appends to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name. ERR_FILE. */
bool github_report(const struct verdict *verdict, const char *url, struct err *err) MUST_CHECK;

#endif

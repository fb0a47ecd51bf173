/* A policy in a file: read here, sent to the service. */
#ifndef RELEASEPASSPORT_POLICY_FILE_H
#define RELEASEPASSPORT_POLICY_FILE_H

#include "cli.h"
#include "policy/policy.h"

/*
 * Reads the policy of path. *findings, the caller's, is set once the file could be read, whatever the policy is worth;
 * text gets the file. ERR_FILE; ERR_INVALID with file:line:column.
 */
bool policy_file_parse(struct cli *cli, const char *path, struct buf *text, struct policy **policy,
	struct json_object **findings, struct err *err) MUST_CHECK;

/* Reads it, says on standard error what there is to say about it, and stores it; the service's answer is the caller's.
 */
bool policy_file_push(
	struct cli *cli, struct api *api, const char *path, struct json_object **stored, struct err *err) MUST_CHECK;

#endif

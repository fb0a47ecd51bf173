/* A policy in a file, sent to the service. */
#ifndef RELEASEPASSPORT_POLICY_FILE_H
#define RELEASEPASSPORT_POLICY_FILE_H

#include "cli.h"

#define POLICY_FILE_MAX_BYTES (256 * 1024)

/*
 * Checks the policy here, prints what there is to say about it, stores it: {"digest", "name", "version", "findings"},
 * the caller's. ERR_INVALID with file:line:column where it has errors.
 */
bool policy_file_push(
	struct cli *cli, struct api *api, const char *path, struct json_object **stored, struct err *err) MUST_CHECK;

#endif

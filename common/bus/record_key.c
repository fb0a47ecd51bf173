#include "bus/record_key.h"

#include <stdio.h>
#include <string.h>

char *record_key(const char *workspace, const char *service, const char *environment, char key[RECORD_KEY_SIZE])
{
	snprintf(key, RECORD_KEY_SIZE, "%s/%s/%s", workspace, service, environment);
	return key;
}

bool record_key_is(const char *key, const char *workspace, const char *service, const char *environment)
{
	char expected[RECORD_KEY_SIZE];
	if (strlen(workspace) + strlen(service) + strlen(environment) + 3 > sizeof(expected))
		return false;
	return strcmp(record_key(workspace, service, environment, expected), key) == 0;
}

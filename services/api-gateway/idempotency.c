#include "idempotency.h"

#include <string.h>

#define HEADER "Idempotency-Key"

bool idempotency_check(const char *key, struct err *err)
{
	const size_t len = strlen(key);
	if (len == 0 || len > IDEMPOTENCY_KEY_MAX)
		return err_set_at(err, ERR_INVALID, HEADER, "1 to %d characters", IDEMPOTENCY_KEY_MAX);
	for (const char *c = key; *c != '\0'; c++)
		if (*c < 0x21 || *c > 0x7e)
			return err_set_at(err, ERR_INVALID, HEADER, "only printable ASCII without spaces");
	return true;
}

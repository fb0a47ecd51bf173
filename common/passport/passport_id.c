#include "passport/passport_id.h"

#include <string.h>

#include "crypto/hash.h"

char *passport_id(const char *evaluation_id, int64_t decided_at_us, char text[ID_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	sha256(evaluation_id, strlen(evaluation_id), digest);
	return id_format("pp_", decided_at_us, digest, text);
}

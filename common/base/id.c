#include "base/id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

char *id_format(const char *prefix, int64_t time_us, const uint8_t entropy[10], char *text)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t ms = (uint64_t)(time_us / CLOCK_US_PER_MS);
	int at = snprintf(text, ID_SIZE, "%.12s", prefix);
	for (int shift = 45; shift >= 0; shift -= 5)
		text[at++] = alphabet[ms >> shift & 31];
	for (int half = 0; half < 10; half += 5) {
		uint64_t bits = 0;
		for (int i = 0; i < 5; i++)
			bits = bits << 8 | entropy[half + i];
		for (int shift = 35; shift >= 0; shift -= 5)
			text[at++] = alphabet[bits >> shift & 31];
	}
	text[at] = '\0';
	return text;
}

char *id_create(const char *prefix, char *text)
{
	uint8_t entropy[10];
	if (getrandom(entropy, sizeof(entropy), 0) != (ssize_t)sizeof(entropy))
		abort();
	return id_format(prefix, clock_now_us(), entropy, text);
}

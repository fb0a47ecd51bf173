#include "connector.h"

#include <string.h>

#include "base/utf8.h"
#include "prometheus.h"

const struct connector_type *const connector_types[] = { &prometheus_type, NULL };

const char *observation_detail(const char *text, struct arena *arena)
{
	owned_buf struct buf whole = { 0 };
	utf8_repair(text, strnlen(text, OBSERVATION_DETAIL_MAX), &whole);
	const char *repaired = buf_str(&whole);
	size_t len = 0;
	for (uint32_t code; len < whole.len;) {
		const size_t size = utf8_decode(repaired + len, whole.len - len, &code);
		if (len + size > OBSERVATION_DETAIL_MAX)
			break;
		len += size;
	}
	return arena_strndup(arena, repaired, len);
}

void observation_failed(struct observation *observation, Rp__V1__FactStatus status, const char *detail, int64_t now_us,
	struct arena *arena)
{
	*observation = (struct observation){
		.status = status,
		.detail = observation_detail(detail, arena),
		.observed_at_us = now_us,
		.value = "",
	};
}

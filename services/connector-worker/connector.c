#include "connector.h"

#include "prometheus.h"

const struct connector_type *const connector_types[] = { &prometheus_type, NULL };

void observation_failed(struct observation *observation, Rp__V1__FactStatus status, const char *detail, int64_t now_us,
	struct arena *arena)
{
	*observation = (struct observation){
		.status = status,
		.detail = arena_printf(arena, "%.400s", detail),
		.observed_at_us = now_us,
		.value = "",
	};
}

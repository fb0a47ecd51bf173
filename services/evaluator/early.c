#include "early.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"

struct kept {
	struct kept *next;
	char *evaluation_id;
	int64_t since_us;
	size_t len;
	void *body;
};

/* A short list: facts nearly always find their evaluation, so a walk over it is cheap. */
struct early {
	struct kept *first, **last;
	size_t bytes;
};

struct early *early_create(void)
{
	struct early *early = mem_zalloc(1, sizeof(*early));
	early->last = &early->first;
	return early;
}

static void drop_at(struct early *early, struct kept **at)
{
	struct kept *kept = *at;
	*at = kept->next;
	if (early->last == &kept->next)
		early->last = at;
	early->bytes -= kept->len;
	free(kept->evaluation_id);
	free(kept->body);
	free(kept);
}

void early_destroy(struct early *early)
{
	if (early == NULL)
		return;
	while (early->first != NULL)
		drop_at(early, &early->first);
	free(early);
}

static void drop_old(struct early *early, int64_t now_us)
{
	while (early->first != NULL &&
		(early->first->since_us + EARLY_LIFE_US < now_us || early->bytes > EARLY_MAX_BYTES))
		drop_at(early, &early->first);
}

void early_add(struct early *early, const char *evaluation_id, const void *body, size_t len, int64_t now_us)
{
	struct kept *kept = mem_zalloc(1, sizeof(*kept));
	*kept = (struct kept){ NULL, mem_strdup(evaluation_id), now_us, len, mem_dup(body, len) };
	*early->last = kept;
	early->last = &kept->next;
	early->bytes += len;
	drop_old(early, now_us);
}

void early_take(struct early *early, const char *evaluation_id, int64_t now_us, early_fn *call, void *arg)
{
	drop_old(early, now_us);
	for (struct kept **at = &early->first; *at != NULL;) {
		if (strcmp((*at)->evaluation_id, evaluation_id) == 0) {
			call((*at)->body, (*at)->len, arg);
			drop_at(early, at);
		} else {
			at = &(*at)->next;
		}
	}
}

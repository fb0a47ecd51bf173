#include "cel/ast.h"

#include <string.h>

struct cel_node *cel_node_create(struct arena *arena, enum cel_node_kind kind, uint32_t at)
{
	struct cel_node *node = arena_alloc(arena, sizeof(*node));
	node->kind = kind;
	node->at = at;
	return node;
}

size_t cel_steps_selections(const struct cel_steps *steps)
{
	size_t count = 0;
	while (count < steps->count && steps->items[count].kind == CEL_STEP_SELECT)
		count++;
	return count;
}

/* The room for one more item: the same, or a copy of twice the size. */
static void *grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
	if (count < *capacity)
		return items;
	*capacity = *capacity == 0 ? 4 : *capacity * 2;
	void *more = arena_array(arena, *capacity, item_size);
	if (count > 0)
		memcpy(more, items, count * item_size);
	return more;
}

void cel_nodes_add(struct arena *arena, struct cel_nodes *nodes, size_t *capacity, struct cel_node *node)
{
	nodes->items = grow(arena, nodes->items, nodes->count, capacity, sizeof(struct cel_node *));
	nodes->items[nodes->count++] = node;
}

void cel_steps_add(struct arena *arena, struct cel_steps *steps, size_t *capacity, struct cel_step step)
{
	steps->items = grow(arena, steps->items, steps->count, capacity, sizeof(struct cel_step));
	steps->items[steps->count++] = step;
}

/* libyaml's events to the tree. What libyaml reads as YAML 1.1 and YAML 1.2 does not is refused or read as 1.2. */
#include "policy/yaml.h"

#include <json-c/json_object.h>
#include <string.h>
#include <yaml.h>

#include "policy/yaml_tree.h"

struct frame {
	struct yaml_node *node;
	struct json_object *json; /* borrowed: the parent's, or the tree's */
	bool mapping;
	const char *name; /* of the member whose value comes next; NULL: a name comes next */
	struct yaml_place name_place;
};

struct builder {
	struct yaml_tree *tree;
	yaml_parser_t parser;
	struct frame frames[YAML_TREE_MAX_DEPTH];
	size_t depth;
	size_t values;
	bool complete;
};

/* libyaml ends a last line that has no end, and then counts one that is not there. */
static struct yaml_place place_of(const struct builder *b, const yaml_mark_t *mark)
{
	if (mark->line >= b->tree->line_count)
		return yaml_text_place_of(b->tree, b->tree->len);
	return (struct yaml_place){ (unsigned)mark->line + 1, (unsigned)mark->column + 1 };
}

static bool syntax_error(const struct builder *b, struct err *err)
{
	const yaml_parser_t *parser = &b->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "the text is no YAML";
	struct yaml_place place = place_of(b, &parser->problem_mark);
	if (parser->context != NULL)
		return yaml_error_at(err, place, "%s (%s)", problem, parser->context);
	return yaml_error_at(err, place, "%s", problem);
}

static struct yaml_node *node_create(struct builder *b, const yaml_event_t *event)
{
	struct yaml_node *node = arena_alloc(b->tree->arena, sizeof(*node));
	node->place = place_of(b, &event->start_mark);
	node->end = place_of(b, &event->end_mark);
	return node;
}

/* Takes json. */
static bool attach(struct builder *b, struct yaml_node *node, struct json_object *json, struct err *err)
{
	if (++b->values > YAML_TREE_MAX_VALUES) {
		json_object_put(json);
		return yaml_error_at(err, node->place, "more than %d values", YAML_TREE_MAX_VALUES);
	}
	if (b->depth == 0) {
		b->tree->root = node;
		b->tree->json = json;
		return true;
	}
	struct frame *parent = &b->frames[b->depth - 1];
	if (parent->mapping) {
		node->name = parent->name;
		node->name_place = parent->name_place;
		json_object_object_add(parent->json, parent->name, json);
		parent->name = NULL;
	} else {
		json_object_array_add(parent->json, json);
	}
	if (parent->node->last != NULL)
		parent->node->last->next = node;
	else
		parent->node->first = node;
	parent->node->last = node;
	return true;
}

static bool wants_name(const struct builder *b)
{
	return b->depth > 0 && b->frames[b->depth - 1].mapping && b->frames[b->depth - 1].name == NULL;
}

static bool open_collection(struct builder *b, const yaml_event_t *event, bool mapping, const yaml_char_t *anchor,
	const yaml_char_t *tag, struct err *err)
{
	struct yaml_place place = place_of(b, &event->start_mark);
	if (anchor != NULL || tag != NULL)
		return yaml_error_at(err, place, "%s are not allowed", anchor != NULL ? "anchors" : "tags");
	if (wants_name(b))
		return yaml_error_at(err, place, "a name must be a text");
	if (b->depth == YAML_TREE_MAX_DEPTH)
		return yaml_error_at(err, place, "nested deeper than %d", YAML_TREE_MAX_DEPTH);
	struct json_object *json = mapping ? json_object_new_object() : json_object_new_array();
	struct yaml_node *node = node_create(b, event);
	if (!attach(b, node, json, err))
		return false;
	b->frames[b->depth++] = (struct frame){ .node = node, .json = json, .mapping = mapping };
	return true;
}

static bool set_name(struct builder *b, const yaml_event_t *event, struct json_object *value, struct err *err)
{
	struct frame *parent = &b->frames[b->depth - 1];
	struct yaml_place place = place_of(b, &event->start_mark);
	const char *name = (const char *)event->data.scalar.value;
	if (!json_object_is_type(value, json_type_string))
		return yaml_error_at(err, place, "a name must be a text: write it in quotes");
	if (json_object_object_get_ex(parent->json, name, NULL))
		return yaml_error_at(err, place, "the name %.64s stands here twice", name);
	parent->name = arena_strdup(b->tree->arena, name);
	parent->name_place = place;
	return true;
}

static enum yaml_style style_of(yaml_scalar_style_t style)
{
	if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
		return YAML_STYLE_SINGLE;
	if (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		return YAML_STYLE_DOUBLE;
	return style == YAML_PLAIN_SCALAR_STYLE ? YAML_STYLE_PLAIN : YAML_STYLE_BLOCK;
}

static bool add_scalar(struct builder *b, const yaml_event_t *event, struct err *err)
{
	struct yaml_place place = place_of(b, &event->start_mark);
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
		return yaml_error_at(
			err, place, "%s are not allowed", event->data.scalar.anchor != NULL ? "anchors" : "tags");
	if (memchr(text, '\0', len) != NULL)
		return yaml_error_at(err, place, "U+0000 is not allowed");
	struct json_object *value = NULL;
	struct err problem = { 0 };
	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		value = json_object_new_string_len(text, (int)len);
	else if (!yaml_scalar_value(text, len, &value, &problem))
		return yaml_error_at(err, place, "%s", problem.text);
	if (wants_name(b)) {
		bool ok = set_name(b, event, value, err);
		json_object_put(value);
		return ok;
	}
	struct yaml_node *node = node_create(b, event);
	node->style = style_of(event->data.scalar.style);
	node->value = arena_strndup(b->tree->arena, text, len);
	node->value_len = len;
	return attach(b, node, value, err);
}

static bool start_document(struct builder *b, const yaml_event_t *event, struct err *err)
{
	struct yaml_place place = place_of(b, &event->start_mark);
	const yaml_version_directive_t *version = event->data.document_start.version_directive;
	if (b->complete)
		return yaml_error_at(err, place, "more than one document");
	if (version != NULL && (version->major != 1 || version->minor != 2))
		return yaml_error_at(err, place, "the text must be YAML 1.2");
	if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
		return yaml_error_at(err, place, "tags are not allowed");
	return true;
}

static bool on_event(struct builder *b, const yaml_event_t *event, struct err *err)
{
	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT: return true;
	case YAML_DOCUMENT_START_EVENT: return start_document(b, event, err);
	case YAML_DOCUMENT_END_EVENT: b->complete = true; return true;
	case YAML_ALIAS_EVENT: return yaml_error_at(err, place_of(b, &event->start_mark), "aliases are not allowed");
	case YAML_SCALAR_EVENT: return add_scalar(b, event, err);
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(
			b, event, false, event->data.sequence_start.anchor, event->data.sequence_start.tag, err);
	case YAML_MAPPING_START_EVENT:
		return open_collection(
			b, event, true, event->data.mapping_start.anchor, event->data.mapping_start.tag, err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: b->depth--; return true;
	}
	return true;
}

static bool build(struct builder *b, struct err *err)
{
	for (bool more = true; more;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&b->parser, &event))
			return syntax_error(b, err);
		more = event.type != YAML_STREAM_END_EVENT;
		bool ok = on_event(b, &event, err);
		yaml_event_delete(&event);
		if (!ok)
			return false;
	}
	if (b->tree->root == NULL)
		return yaml_error_at(err, (struct yaml_place){ 1, 1 }, "there is no document");
	return true;
}

bool yaml_tree_parse(const char *text, size_t len, struct yaml_tree **tree, struct err *err)
{
	if (len > YAML_TREE_MAX_BYTES)
		return err_set_at(
			err, ERR_TOO_LARGE, "1:1", "the text is larger than %d KiB", YAML_TREE_MAX_BYTES / 1024);
	owned(yaml_tree) struct yaml_tree *t = mem_zalloc(1, sizeof(*t));
	t->arena = arena_create();
	t->text = arena_strndup(t->arena, text, len);
	t->len = len;
	if (!yaml_text_scan(t, err))
		return false;
	struct builder b = { .tree = t };
	if (!yaml_parser_initialize(&b.parser))
		return err_set(err, ERR_INTERNAL, "libyaml has no memory");
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)t->text, len);
	bool ok = build(&b, err);
	yaml_parser_delete(&b.parser);
	if (!ok)
		return false;
	*tree = take(t);
	return true;
}

void yaml_tree_destroy(struct yaml_tree *tree)
{
	if (tree == NULL)
		return;
	json_object_put(tree->json);
	arena_destroy(tree->arena);
	free(tree);
}

struct json_object *yaml_tree_json(const struct yaml_tree *tree)
{
	return tree->json;
}

#include "cel/parse.h"

#include <string.h>

#include "cel/lex.h"

struct parser {
	struct cel_lexer lexer;
	struct cel_token token; /* the next one, not yet taken */
	struct arena *arena;
	unsigned depth;
};

static bool parse_expression(struct parser *p, struct cel_node **node, struct err *err);

static bool fail(const struct parser *p, const char *text, struct err *err)
{
	if (p->token.kind == CEL_TOKEN_END)
		return cel_error_at(
			&p->lexer.source, p->token.at, err, ERR_INVALID, "%s, but the expression ends here", text);
	return cel_error_at(
		&p->lexer.source, p->token.at, err, ERR_INVALID, "%s, not '%.*s'", text, CEL_SHOWN(p->token.text));
}

static bool advance(struct parser *p, struct err *err)
{
	return cel_lex_next(&p->lexer, &p->token, err);
}

static bool expect(struct parser *p, enum cel_token_kind kind, const char *text, struct err *err)
{
	return p->token.kind == kind ? advance(p, err) : fail(p, text, err);
}

/* Nesting bounds the recursion of everything that walks the tree. */
static bool enter(struct parser *p, struct err *err)
{
	if (++p->depth <= CEL_DEPTH_MAX)
		return true;
	return cel_error_at(
		&p->lexer.source, p->token.at, err, ERR_INVALID, "nested deeper than %d levels", CEL_DEPTH_MAX);
}

static void leave(struct parser *p)
{
	p->depth--;
}

/* Expressions up to the closing token, which is taken; the opening one was. */
static bool parse_items(
	struct parser *p, enum cel_token_kind close, bool trailing_comma, struct cel_nodes *nodes, struct err *err)
{
	size_t capacity = 0;
	while (p->token.kind != close) {
		struct cel_node *node;
		if (!parse_expression(p, &node, err))
			return false;
		cel_nodes_add(p->arena, nodes, &capacity, node);
		if (p->token.kind == close)
			break;
		if (!expect(p, CEL_TOKEN_COMMA, "expected ',' or the end of the list", err))
			return false;
		if (p->token.kind == close && !trailing_comma)
			return fail(p, "expected an argument", err);
	}
	return advance(p, err);
}

static bool parse_list(struct parser *p, struct cel_node **node, struct err *err)
{
	*node = cel_node_create(p->arena, CEL_NODE_LIST, p->token.at);
	return advance(p, err) && parse_items(p, CEL_TOKEN_BRACKET_CLOSE, true, &(*node)->items, err);
}

static bool parse_map(struct parser *p, struct cel_node **node, struct err *err)
{
	*node = cel_node_create(p->arena, CEL_NODE_MAP, p->token.at);
	size_t capacity = 0;
	if (!advance(p, err))
		return false;
	while (p->token.kind != CEL_TOKEN_BRACE_CLOSE) {
		struct cel_node *key;
		struct cel_node *value;
		if (!parse_expression(p, &key, err) ||
			!expect(p, CEL_TOKEN_COLON, "expected ':' behind the key of a map", err) ||
			!parse_expression(p, &value, err))
			return false;
		cel_nodes_add(p->arena, &(*node)->items, &capacity, key);
		cel_nodes_add(p->arena, &(*node)->items, &capacity, value);
		if (p->token.kind != CEL_TOKEN_BRACE_CLOSE &&
			!expect(p, CEL_TOKEN_COMMA, "expected ',' or '}' in a map", err))
			return false;
	}
	return advance(p, err);
}

/* A name, or the call of a function; the leading dot was taken. */
static bool parse_name(struct parser *p, bool rooted, uint32_t at, struct cel_node **node, struct err *err)
{
	if (p->token.kind != CEL_TOKEN_NAME)
		return fail(p,
			p->token.kind == CEL_TOKEN_RESERVED ? "expected a name that is not reserved"
							    : "expected a name",
			err);
	struct cel_text name = p->token.text;
	if (!advance(p, err))
		return false;
	if (p->token.kind != CEL_TOKEN_PAREN_OPEN) {
		*node = cel_node_create(p->arena, CEL_NODE_NAME, at);
		(*node)->name = (struct cel_name){ .text = name, .rooted = rooted, .local = -1 };
		return true;
	}
	*node = cel_node_create(p->arena, CEL_NODE_CALL, at);
	(*node)->call.name = name;
	return advance(p, err) && parse_items(p, CEL_TOKEN_PAREN_CLOSE, false, &(*node)->call.args, err) &&
	       cel_expand_call(&p->lexer.source, p->arena, *node, err);
}

static bool parse_literal(struct parser *p, bool negative, uint32_t at, struct cel_node **node, struct err *err)
{
	struct cel_value value = p->token.value;
	bool is_number = p->token.kind == CEL_TOKEN_NUMBER;
	if (is_number && value.kind == CEL_INT) {
		if (!negative && value.uinteger > INT64_MAX)
			return cel_error_at(&p->lexer.source, at, err, ERR_INVALID, "number out of 64 bits' range");
		value.integer = (int64_t)(negative ? -value.uinteger : value.uinteger);
	} else if (negative && value.kind == CEL_DOUBLE) {
		value.number = -value.number;
	}
	*node = cel_node_create(p->arena, CEL_NODE_LITERAL, at);
	(*node)->literal = value;
	return advance(p, err);
}

static bool parse_primary(struct parser *p, struct cel_node **node, struct err *err)
{
	uint32_t at = p->token.at;
	if (p->token.kind == CEL_TOKEN_LITERAL || p->token.kind == CEL_TOKEN_NUMBER)
		return parse_literal(p, false, at, node, err);
	if (p->token.kind == CEL_TOKEN_BRACKET_OPEN)
		return parse_list(p, node, err);
	if (p->token.kind == CEL_TOKEN_BRACE_OPEN)
		return parse_map(p, node, err);
	if (p->token.kind == CEL_TOKEN_PAREN_OPEN)
		return advance(p, err) && parse_expression(p, node, err) &&
		       expect(p, CEL_TOKEN_PAREN_CLOSE, "expected ')'", err);
	if (p->token.kind == CEL_TOKEN_DOT)
		return advance(p, err) && parse_name(p, true, at, node, err);
	if (p->token.kind == CEL_TOKEN_NAME || p->token.kind == CEL_TOKEN_RESERVED)
		return parse_name(p, false, at, node, err);
	return fail(p, "expected an expression", err);
}

/* ".field", ".method(...)" or ".macro(...)"; the dot is the next token. */
static bool parse_selection(struct parser *p, struct cel_step *step, struct err *err)
{
	if (!advance(p, err))
		return false;
	bool quoted = p->token.kind == CEL_TOKEN_QUOTED_NAME;
	if (p->token.kind != CEL_TOKEN_NAME && p->token.kind != CEL_TOKEN_RESERVED && !quoted)
		return fail(p, "expected a field or method behind '.'", err);
	*step = (struct cel_step){ .kind = CEL_STEP_SELECT, .at = p->token.at, .field = p->token.text };
	if (!advance(p, err))
		return false;
	if (p->token.kind != CEL_TOKEN_PAREN_OPEN || quoted)
		return true;
	struct cel_text name = step->field;
	step->kind = CEL_STEP_METHOD;
	step->call = (struct cel_call){ .name = name };
	return advance(p, err) && parse_items(p, CEL_TOKEN_PAREN_CLOSE, false, &step->call.args, err) &&
	       cel_expand_method(&p->lexer.source, step, err);
}

static struct cel_step operator_step(struct parser *p, uint32_t at, const char *name, struct cel_node *operand)
{
	struct cel_step step = { .kind = CEL_STEP_OPERATOR, .at = at };
	size_t capacity = 0;
	step.call.name = (struct cel_text){ name, strlen(name) };
	cel_nodes_add(p->arena, &step.call.args, &capacity, operand);
	return step;
}

static bool parse_index(struct parser *p, struct cel_step *step, struct err *err)
{
	uint32_t at = p->token.at;
	struct cel_node *index;
	if (!advance(p, err) || !parse_expression(p, &index, err) ||
		!expect(p, CEL_TOKEN_BRACKET_CLOSE, "expected ']'", err))
		return false;
	*step = operator_step(p, at, "_[_]", index);
	return true;
}

/* Makes node a chain of itself and the steps. */
static void make_chain(struct parser *p, struct cel_node **node, struct cel_steps steps)
{
	if (steps.count == 0)
		return;
	struct cel_node *chain = cel_node_create(p->arena, CEL_NODE_CHAIN, (*node)->at);
	chain->chain.base = *node;
	chain->chain.steps = steps;
	*node = chain;
}

static bool parse_member(struct parser *p, struct cel_node **node, struct err *err)
{
	struct cel_steps steps = { 0 };
	size_t capacity = 0;
	for (;;) {
		struct cel_step step;
		if (p->token.kind == CEL_TOKEN_DOT) {
			if (!parse_selection(p, &step, err))
				return false;
		} else if (p->token.kind == CEL_TOKEN_BRACKET_OPEN) {
			if (!parse_index(p, &step, err))
				return false;
		} else {
			break;
		}
		cel_steps_add(p->arena, &steps, &capacity, step);
	}
	if (p->token.kind == CEL_TOKEN_BRACE_OPEN)
		return fail(p, "messages can't be made here: expected an operator", err);
	make_chain(p, node, steps);
	return true;
}

static bool parse_unary(struct parser *p, struct cel_node **node, struct err *err)
{
	uint32_t at = p->token.at;
	bool negation = p->token.kind == CEL_TOKEN_MINUS;
	if (!negation && p->token.kind != CEL_TOKEN_NOT)
		return parse_primary(p, node, err) && parse_member(p, node, err);
	if (!advance(p, err))
		return false;
	/* The sign belongs to the literal: there is no other way to write the smallest integer. */
	if (negation && p->token.kind == CEL_TOKEN_NUMBER && p->token.value.kind != CEL_UINT)
		return parse_literal(p, true, at, node, err) && parse_member(p, node, err);
	struct cel_node *operand;
	if (!enter(p, err) || !parse_unary(p, &operand, err))
		return false;
	leave(p);
	size_t capacity = 0;
	*node = cel_node_create(p->arena, CEL_NODE_CALL, at);
	(*node)->call.name = (struct cel_text){ negation ? "-_" : "!_", 2 };
	cel_nodes_add(p->arena, &(*node)->call.args, &capacity, operand);
	return true;
}

/* The binary operators' names by precedence, tightest first; NULL: the token is none of this level. */
static const char *operator_name(enum cel_token_kind kind, unsigned level)
{
	static const struct {
		enum cel_token_kind kind;
		unsigned level;
		const char *name;
	} operators[] = {
		{ CEL_TOKEN_TIMES, 1, "_*_" },
		{ CEL_TOKEN_DIVIDE, 1, "_/_" },
		{ CEL_TOKEN_MODULO, 1, "_%_" },
		{ CEL_TOKEN_PLUS, 2, "_+_" },
		{ CEL_TOKEN_MINUS, 2, "_-_" },
		{ CEL_TOKEN_EQUAL, 3, "_==_" },
		{ CEL_TOKEN_NOT_EQUAL, 3, "_!=_" },
		{ CEL_TOKEN_LESS, 3, "_<_" },
		{ CEL_TOKEN_LESS_EQUAL, 3, "_<=_" },
		{ CEL_TOKEN_GREATER, 3, "_>_" },
		{ CEL_TOKEN_GREATER_EQUAL, 3, "_>=_" },
		{ CEL_TOKEN_IN, 3, "_in_" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (operators[i].kind == kind && operators[i].level == level)
			return operators[i].name;
	return NULL;
}

static bool parse_binary(struct parser *p, unsigned level, struct cel_node **node, struct err *err)
{
	if (level == 0)
		return parse_unary(p, node, err);
	if (!parse_binary(p, level - 1, node, err))
		return false;
	struct cel_steps steps = { 0 };
	size_t capacity = 0;
	for (const char *name; (name = operator_name(p->token.kind, level)) != NULL;) {
		uint32_t at = p->token.at;
		struct cel_node *right;
		if (!advance(p, err) || !parse_binary(p, level - 1, &right, err))
			return false;
		cel_steps_add(p->arena, &steps, &capacity, operator_step(p, at, name, right));
	}
	make_chain(p, node, steps);
	return true;
}

/* a && b && c, or with the next looser operator a || b || c, as one node. */
static bool parse_logical(struct parser *p, enum cel_token_kind kind, struct cel_node **node, struct err *err)
{
	bool is_or = kind == CEL_TOKEN_OR;
	struct cel_node *all = NULL;
	size_t capacity = 0;
	for (;;) {
		if (!(is_or ? parse_logical(p, CEL_TOKEN_AND, node, err) : parse_binary(p, 3, node, err)))
			return false;
		if (p->token.kind != kind && all == NULL)
			return true;
		if (all == NULL)
			all = cel_node_create(p->arena, is_or ? CEL_NODE_OR : CEL_NODE_AND, (*node)->at);
		cel_nodes_add(p->arena, &all->items, &capacity, *node);
		*node = all;
		if (p->token.kind != kind)
			return true;
		if (!advance(p, err))
			return false;
	}
}

static bool parse_conditional(struct parser *p, struct cel_node **node, struct err *err)
{
	struct cel_node *condition;
	if (!parse_logical(p, CEL_TOKEN_OR, &condition, err))
		return false;
	*node = condition;
	if (p->token.kind != CEL_TOKEN_QUESTION)
		return true;
	struct cel_node *yes;
	struct cel_node *no;
	if (!advance(p, err) || !enter(p, err) || !parse_logical(p, CEL_TOKEN_OR, &yes, err) ||
		!expect(p, CEL_TOKEN_COLON, "expected ':' of the conditional", err) || !parse_conditional(p, &no, err))
		return false;
	leave(p);
	size_t capacity = 0;
	*node = cel_node_create(p->arena, CEL_NODE_CONDITIONAL, condition->at);
	cel_nodes_add(p->arena, &(*node)->items, &capacity, condition);
	cel_nodes_add(p->arena, &(*node)->items, &capacity, yes);
	cel_nodes_add(p->arena, &(*node)->items, &capacity, no);
	return true;
}

static bool parse_expression(struct parser *p, struct cel_node **node, struct err *err)
{
	if (!enter(p, err) || !parse_conditional(p, node, err))
		return false;
	leave(p);
	return true;
}

bool cel_parse(struct cel_source source, struct arena *arena, struct cel_node **node, struct err *err)
{
	struct parser p = { .lexer = { .source = source, .arena = arena }, .arena = arena };
	struct cel_node *root;
	if (!advance(&p, err) || !parse_expression(&p, &root, err))
		return false;
	if (p.token.kind != CEL_TOKEN_END)
		return fail(&p, "expected an operator or the end", err);
	*node = root;
	return true;
}

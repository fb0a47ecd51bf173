/* Patterns to trees (the syntax of RE2, as far as regex.h says). */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "cel/regex_program.h"

#define REPEAT_MAX 1000 /* as in RE2 */
#define GROUPS_MAX 64   /* nested */

struct flags {
	bool fold;        /* i: case does not matter */
	bool multiline;   /* m: ^ and $ at every line */
	bool dot_newline; /* s: . takes a newline too */
};

struct pattern {
	const char *at;
	const char *end;
	struct flags flags;
	bool quoted; /* between \Q and \E, where all is literal */
	unsigned depth;
	struct arena *arena;
	const char *fault;
};

static struct cel_regex_node *parse_choice(struct pattern *p);

static bool fail(struct pattern *p, const char *fault)
{
	p->fault = fault;
	return false;
}

static struct cel_regex_node *refuse(struct pattern *p, const char *fault)
{
	p->fault = fault;
	return NULL;
}

static bool more(const struct pattern *p)
{
	return p->at < p->end;
}

static bool accept(struct pattern *p, const char *text)
{
	size_t len = strlen(text);
	if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
		return false;
	p->at += len;
	return true;
}

static struct cel_regex_node *node_create(struct pattern *p, enum cel_regex_node_kind kind)
{
	struct cel_regex_node *node = arena_alloc(p->arena, sizeof(*node));
	node->kind = kind;
	return node;
}

static void add_child(struct cel_regex_node *node, struct cel_regex_node *child)
{
	if (node->last_child == NULL)
		node->first_child = child;
	else
		node->last_child->next = child;
	node->last_child = child;
}

static struct cel_regex_node *make_assertion(struct pattern *p, enum cel_regex_code code)
{
	struct cel_regex_node *node = node_create(p, CEL_REGEX_ONE);
	node->one.code = code;
	return node;
}

static struct cel_regex_node *make_set(struct pattern *p, struct cel_regex_set *set)
{
	cel_set_normalize(set);
	if (set->overflow)
		return refuse(p, "character class too large");
	if (set->folds_unknown)
		return refuse(p, "(?i) is supported for ASCII letters only");
	struct cel_regex_node *node = node_create(p, CEL_REGEX_ONE);
	struct cel_regex_range *ranges = arena_array(p->arena, set->count, sizeof(*ranges));
	memcpy(ranges, set->ranges, set->count * sizeof(*ranges));
	node->one = (struct cel_regex_instruction){ CEL_REGEX_SET, .ranges = ranges, .range_count = set->count };
	return node;
}

static struct cel_regex_node *make_character(struct pattern *p, uint32_t c)
{
	struct cel_regex_set set = { .count = 0 };
	cel_set_add_folded(&set, p->flags.fold, c, c);
	return make_set(p, &set);
}

static bool read_character(struct pattern *p, uint32_t *c)
{
	size_t len = utf8_decode(p->at, (size_t)(p->end - p->at), c);
	if (len == 0)
		return fail(p, more(p) ? "not UTF-8" : "ends too early");
	p->at += len;
	return true;
}

/* At most so many digits of the base. Returns how many. */
static unsigned read_digits(struct pattern *p, unsigned most, unsigned base, uint32_t *number)
{
	unsigned count = 0;
	for (*number = 0; more(p) && count < most; count++, p->at++) {
		unsigned char c = (unsigned char)*p->at;
		unsigned digit = isdigit(c) ? c - 0x30u : isxdigit(c) ? (c | 0x20u) - 'a' + 10 : 16;
		if (digit >= base)
			break;
		*number = *number * base + digit;
	}
	return count;
}

/* \x41 or \x{1F431}; the x was taken. */
static bool read_hex(struct pattern *p, uint32_t *c)
{
	bool braces = accept(p, "{");
	unsigned digits = read_digits(p, braces ? 8 : 2, 16, c);
	bool whole = braces ? digits > 0 && accept(p, "}") : digits == 2;
	bool is_character = *c <= CEL_CODE_POINT_MAX && (*c < 0xd800 || *c > 0xdfff);
	return (whole && is_character) || fail(p, "wrong \\x escape");
}

/* An escape that means one character; the backslash was taken. */
static bool read_escape(struct pattern *p, uint32_t *c)
{
	static const char names[] = "afnrtv";
	static const char meant[] = "\a\f\n\r\t\v";
	if (!more(p))
		return fail(p, "ends with a backslash");
	unsigned char name = (unsigned char)*p->at++;
	const char *found = name == '\0' ? NULL : strchr(names, name);
	if (name < 0x80 && !isalnum(name))
		*c = name;
	else if (found != NULL)
		*c = (unsigned char)meant[found - names];
	else if (name == 'x')
		return read_hex(p, c);
	else if (name == '0' || (name >= '1' && name <= '7' && more(p) && *p->at >= '0' && *p->at <= '7')) {
		p->at--;
		read_digits(p, 3, 8, c);
	} else {
		return fail(p, isdigit(name)                ? "back references are not supported"
			       : name == 'p' || name == 'P' ? "Unicode classes (\\p) are not supported"
							    : "unknown escape");
	}
	return true;
}

/* [:name:] in a class; *found tells whether one stands here. */
static bool read_named_class(struct pattern *p, struct cel_regex_set *set, bool *found)
{
	const char *name = p->at + 2;
	const char *end = p->end - p->at > 3 && p->at[0] == '[' && p->at[1] == ':'
				  ? memmem(name, (size_t)(p->end - name), ":]", 2)
				  : NULL;
	*found = end != NULL;
	if (!*found)
		return true;
	if (!cel_set_add_named_class(set, p->flags.fold, name, (size_t)(end - name)))
		return fail(p, "unknown [:class:]");
	p->at = end + 2;
	return true;
}

static bool read_class_character(struct pattern *p, uint32_t *c)
{
	return accept(p, "\\") ? read_escape(p, c) : read_character(p, c);
}

static bool read_class_item(struct pattern *p, struct cel_regex_set *set)
{
	bool named;
	if (!read_named_class(p, set, &named))
		return false;
	if (named)
		return true;
	if (*p->at == '\\' && p->end - p->at > 1 && cel_set_add_escape_class(set, p->flags.fold, p->at[1])) {
		p->at += 2;
		return true;
	}
	uint32_t first;
	if (!read_class_character(p, &first))
		return false;
	uint32_t last = first;
	if (p->end - p->at > 1 && p->at[0] == '-' && p->at[1] != ']') {
		p->at++;
		if (!read_class_character(p, &last))
			return false;
	}
	if (last < first)
		return fail(p, "wrong range in a character class");
	cel_set_add_folded(set, p->flags.fold, first, last);
	return true;
}

/* [...]; the bracket was taken. */
static struct cel_regex_node *parse_class(struct pattern *p)
{
	struct cel_regex_set set = { .count = 0 };
	bool negated = accept(p, "^");
	for (bool first = true; more(p) && (first || *p->at != ']'); first = false)
		if (!read_class_item(p, &set))
			return NULL;
	if (!accept(p, "]"))
		return refuse(p, "missing ]");
	if (negated)
		cel_set_negate(&set);
	return make_set(p, &set);
}

/* What a backslash begins; it was taken. */
static struct cel_regex_node *parse_escape(struct pattern *p)
{
	struct cel_regex_set set = { .count = 0 };
	if (more(p) && cel_set_add_escape_class(&set, p->flags.fold, *p->at)) {
		p->at++;
		return make_set(p, &set);
	}
	if (accept(p, "b"))
		return make_assertion(p, CEL_REGEX_WORD_BOUNDARY);
	if (accept(p, "B"))
		return make_assertion(p, CEL_REGEX_NO_WORD_BOUNDARY);
	if (accept(p, "A"))
		return make_assertion(p, CEL_REGEX_TEXT_START);
	if (accept(p, "z"))
		return make_assertion(p, CEL_REGEX_TEXT_END);
	uint32_t c;
	return read_escape(p, &c) ? make_character(p, c) : NULL;
}

/* The letters behind "(?", such as "i-s", up to ')' or ':'. */
static bool read_flags(struct pattern *p)
{
	bool on = true;
	const char *start = p->at;
	for (; more(p) && *p->at != ')' && *p->at != ':'; p->at++) {
		switch (*p->at) {
		case 'i': p->flags.fold = on; break;
		case 'm': p->flags.multiline = on; break;
		case 's': p->flags.dot_newline = on; break;
		case 'U': break; /* which of two matches is preferred is not asked */
		case '-':
			if (!on)
				return fail(p, "unknown group or flag behind (?");
			on = false;
			break;
		default: return fail(p, "unknown group or flag behind (?");
		}
	}
	if (!more(p))
		return fail(p, "missing )");
	bool empty = p->at == start || p->at[-1] == '-';
	return !empty || (p->at == start && *p->at == ':') || fail(p, "missing flag behind (?");
}

/* The name of a group and its '>'; '<' was taken. */
static bool read_group_name(struct pattern *p)
{
	const char *name = p->at;
	while (more(p) && (isalnum((unsigned char)*p->at) || *p->at == '_'))
		p->at++;
	return (p->at > name && accept(p, ">")) || fail(p, "wrong name of a group");
}

/* (...); the parenthesis was taken. */
static struct cel_regex_node *parse_group(struct pattern *p)
{
	struct flags outer = p->flags;
	if (accept(p, "?<=") || accept(p, "?<!"))
		return refuse(p, "look-behind is not supported");
	if (accept(p, "?P<") || accept(p, "?<")) {
		if (!read_group_name(p))
			return NULL;
	} else if (accept(p, "?")) {
		if (!read_flags(p))
			return NULL;
		if (accept(p, ")")) /* for the rest of the group around it */
			return node_create(p, CEL_REGEX_CONCAT);
		p->at++;
	}
	if (++p->depth > GROUPS_MAX)
		return refuse(p, "groups nested too deep");
	struct cel_regex_node *node = parse_choice(p);
	if (node == NULL)
		return NULL;
	p->depth--;
	p->flags = outer;
	return accept(p, ")") ? node : refuse(p, "missing )");
}

static struct cel_regex_node *make_dot(struct pattern *p)
{
	struct cel_regex_set set = { .count = 0 };
	if (!p->flags.dot_newline)
		cel_set_add(&set, '\n', '\n');
	cel_set_negate(&set);
	return make_set(p, &set);
}

static struct cel_regex_node *parse_literal(struct pattern *p)
{
	uint32_t c;
	return read_character(p, &c) ? make_character(p, c) : NULL;
}

static struct cel_regex_node *parse_atom(struct pattern *p)
{
	if (accept(p, "("))
		return parse_group(p);
	if (accept(p, "["))
		return parse_class(p);
	if (accept(p, "\\"))
		return parse_escape(p);
	if (accept(p, "."))
		return make_dot(p);
	if (accept(p, "^"))
		return make_assertion(p, p->flags.multiline ? CEL_REGEX_LINE_START : CEL_REGEX_TEXT_START);
	if (accept(p, "$"))
		return make_assertion(p, p->flags.multiline ? CEL_REGEX_LINE_END : CEL_REGEX_TEXT_END);
	return parse_literal(p);
}

/* {n}, {n,} or {n,m}; other braces are literal text. *found tells; false if the numbers are wrong. */
static bool read_braces(struct pattern *p, uint32_t *min, uint32_t *max, bool *found)
{
	const char *start = p->at;
	*found = false;
	if (!accept(p, "{"))
		return true;
	bool counts = read_digits(p, 9, 10, min) > 0;
	*max = *min;
	if (counts && accept(p, ",") && read_digits(p, 9, 10, max) == 0)
		*max = CEL_REGEX_NO_LIMIT;
	if (!counts || !accept(p, "}")) {
		p->at = start;
		return true;
	}
	*found = true;
	bool limited = *max != CEL_REGEX_NO_LIMIT;
	return (*min <= REPEAT_MAX && (!limited || (*max <= REPEAT_MAX && *max >= *min))) ||
	       fail(p, "wrong repetition count");
}

static bool read_repetition(struct pattern *p, uint32_t *min, uint32_t *max, bool *found)
{
	*found = true;
	*min = 0;
	*max = CEL_REGEX_NO_LIMIT;
	if (accept(p, "+"))
		*min = 1;
	else if (accept(p, "?"))
		*max = 1;
	else if (!accept(p, "*") && !read_braces(p, min, max, found))
		return false;
	return true;
}

/* Puts the atom under the repetition that follows it, if there is one. */
static struct cel_regex_node *parse_repetition(struct pattern *p, struct cel_regex_node *atom)
{
	uint32_t min;
	uint32_t max;
	bool repeated;
	if (!read_repetition(p, &min, &max, &repeated))
		return NULL;
	if (!repeated)
		return atom;
	struct cel_regex_node *node = node_create(p, CEL_REGEX_REPEAT);
	node->min = min;
	node->max = max;
	add_child(node, atom);
	accept(p, "?"); /* lazy: which match is preferred is not asked */
	if (!read_repetition(p, &min, &max, &repeated))
		return NULL;
	return repeated ? refuse(p, "a repetition can't be repeated without a group") : node;
}

/* An atom with what repeats it. */
static struct cel_regex_node *parse_piece(struct pattern *p)
{
	uint32_t min;
	uint32_t max;
	bool repeated;
	if (!read_repetition(p, &min, &max, &repeated))
		return NULL;
	if (repeated)
		return refuse(p, "nothing to repeat");
	struct cel_regex_node *atom = parse_atom(p);
	return atom == NULL ? NULL : parse_repetition(p, atom);
}

/* A character between \Q and \E; of these only the last can be repeated. */
static struct cel_regex_node *parse_quoted(struct pattern *p)
{
	struct cel_regex_node *atom = parse_literal(p);
	if (atom == NULL || !accept(p, "\\E"))
		return atom;
	p->quoted = false;
	return parse_repetition(p, atom);
}

static struct cel_regex_node *parse_choice(struct pattern *p)
{
	struct cel_regex_node *choice = node_create(p, CEL_REGEX_CHOICE);
	struct cel_regex_node *concat = node_create(p, CEL_REGEX_CONCAT);
	add_child(choice, concat);
	while (more(p) && (p->quoted || *p->at != ')')) {
		if (!p->quoted && accept(p, "\\Q")) {
			p->quoted = !accept(p, "\\E");
			continue;
		}
		if (!p->quoted && accept(p, "|")) {
			concat = node_create(p, CEL_REGEX_CONCAT);
			add_child(choice, concat);
			continue;
		}
		struct cel_regex_node *piece = p->quoted ? parse_quoted(p) : parse_piece(p);
		if (piece == NULL)
			return NULL;
		add_child(concat, piece);
	}
	return choice;
}

struct cel_regex_node *cel_regex_parse(struct arena *arena, const char *pattern, size_t len, const char **fault)
{
	struct pattern p = { .at = pattern, .end = pattern + len, .arena = arena };
	struct cel_regex_node *node = parse_choice(&p);
	if (node != NULL && more(&p))
		node = refuse(&p, "unexpected )");
	*fault = p.fault;
	return node;
}

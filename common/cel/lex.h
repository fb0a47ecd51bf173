/* Text to tokens. Literals arrive decoded. */
#ifndef CEL_LEX_H
#define CEL_LEX_H

#include "base/arena.h"
#include "cel/cel.h"
#include "cel/source.h"

enum cel_token_kind {
	CEL_TOKEN_END,
	CEL_TOKEN_NAME,
	CEL_TOKEN_RESERVED,    /* a name only behind a dot */
	CEL_TOKEN_QUOTED_NAME, /* `content-type`, only behind a dot */
	CEL_TOKEN_LITERAL,
	CEL_TOKEN_NUMBER, /* a literal too, to which a sign before it belongs */
	CEL_TOKEN_IN,
	CEL_TOKEN_DOT,
	CEL_TOKEN_COMMA,
	CEL_TOKEN_COLON,
	CEL_TOKEN_QUESTION,
	CEL_TOKEN_PAREN_OPEN,
	CEL_TOKEN_PAREN_CLOSE,
	CEL_TOKEN_BRACKET_OPEN,
	CEL_TOKEN_BRACKET_CLOSE,
	CEL_TOKEN_BRACE_OPEN,
	CEL_TOKEN_BRACE_CLOSE,
	CEL_TOKEN_OR,
	CEL_TOKEN_AND,
	CEL_TOKEN_NOT,
	CEL_TOKEN_EQUAL,
	CEL_TOKEN_NOT_EQUAL,
	CEL_TOKEN_LESS,
	CEL_TOKEN_LESS_EQUAL,
	CEL_TOKEN_GREATER,
	CEL_TOKEN_GREATER_EQUAL,
	CEL_TOKEN_PLUS,
	CEL_TOKEN_MINUS,
	CEL_TOKEN_TIMES,
	CEL_TOKEN_DIVIDE,
	CEL_TOKEN_MODULO,
};

struct cel_token {
	enum cel_token_kind kind;
	uint32_t at;
	struct cel_text text;   /* as written; of a quoted name what is between the quotes */
	struct cel_value value; /* literals; a CEL_INT still has its magnitude in uinteger, at most 2^63 */
};

struct cel_lexer {
	struct cel_source source;
	uint32_t at;
	struct arena *arena;
};

/* ERR_INVALID with the place. */
bool cel_lex_next(struct cel_lexer *lexer, struct cel_token *token, struct err *err) MUST_CHECK;

/* literal.c: a number, or a quoted text with its prefix, starts at lexer->at. */
bool cel_lex_number(struct cel_lexer *lexer, struct cel_token *token, struct err *err) MUST_CHECK;
bool cel_lex_starts_text(const struct cel_lexer *lexer);
bool cel_lex_text(struct cel_lexer *lexer, struct cel_token *token, struct err *err) MUST_CHECK;

#endif

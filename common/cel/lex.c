#include "cel/lex.h"

#include <string.h>

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The character ahead bytes further on, NUL at the end. */
static char peek(const struct cel_lexer *lexer, uint32_t ahead)
{
	return lexer->at + ahead < lexer->source.len ? lexer->source.text[lexer->at + ahead] : '\0';
}

static void skip_blanks(struct cel_lexer *lexer)
{
	for (;;) {
		char c = peek(lexer, 0);
		if (c == '/' && peek(lexer, 1) == '/') {
			while (lexer->at < lexer->source.len && peek(lexer, 0) != '\n')
				lexer->at++;
		} else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
			lexer->at++;
		} else {
			return;
		}
	}
}

static enum cel_token_kind name_kind(struct cel_text text, struct cel_value *value)
{
	static const char *const reserved[] = { "as", "break", "const", "continue", "else", "for", "function", "if",
		"import", "let", "loop", "package", "namespace", "return", "var", "void", "while" };
	if (cel_text_is(text, "true") || cel_text_is(text, "false")) {
		*value = (struct cel_value){ .kind = CEL_BOOL, .boolean = text.data[0] == 't' };
		return CEL_TOKEN_LITERAL;
	}
	if (cel_text_is(text, "null")) {
		*value = (struct cel_value){ .kind = CEL_NULL };
		return CEL_TOKEN_LITERAL;
	}
	if (cel_text_is(text, "in"))
		return CEL_TOKEN_IN;
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (cel_text_is(text, reserved[i]))
			return CEL_TOKEN_RESERVED;
	return CEL_TOKEN_NAME;
}

static void lex_name(struct cel_lexer *lexer, struct cel_token *token)
{
	uint32_t len = 0;
	while (is_name_start(peek(lexer, len)) || is_digit(peek(lexer, len)))
		len++;
	token->text = (struct cel_text){ lexer->source.text + lexer->at, len };
	token->kind = name_kind(token->text, &token->value);
	lexer->at += len;
}

static bool lex_quoted_name(struct cel_lexer *lexer, struct cel_token *token, struct err *err)
{
	uint32_t len = 0;
	for (char c = peek(lexer, 1); c != '`'; c = peek(lexer, ++len + 1))
		if (c == '\0' || (!is_name_start(c) && !is_digit(c) && strchr(".-/ ", c) == NULL))
			return cel_error_at(&lexer->source, lexer->at + 1 + len, err, ERR_INVALID,
				"a name in back quotes holds letters, digits, '_', '.', '-', '/' and spaces only");
	if (len == 0)
		return cel_error_at(&lexer->source, lexer->at, err, ERR_INVALID, "empty name in back quotes");
	token->kind = CEL_TOKEN_QUOTED_NAME;
	token->text = (struct cel_text){ lexer->source.text + lexer->at + 1, len };
	lexer->at += len + 2;
	return true;
}

static bool lex_symbol(struct cel_lexer *lexer, struct cel_token *token, struct err *err)
{
	static const struct {
		char text[3];
		enum cel_token_kind kind;
	} symbols[] = { /* the longer ones first */
		{ "||", CEL_TOKEN_OR }, { "&&", CEL_TOKEN_AND }, { "==", CEL_TOKEN_EQUAL },
		{ "!=", CEL_TOKEN_NOT_EQUAL }, { "<=", CEL_TOKEN_LESS_EQUAL }, { ">=", CEL_TOKEN_GREATER_EQUAL },
		{ "<", CEL_TOKEN_LESS }, { ">", CEL_TOKEN_GREATER }, { "!", CEL_TOKEN_NOT }, { ".", CEL_TOKEN_DOT },
		{ ",", CEL_TOKEN_COMMA }, { ":", CEL_TOKEN_COLON }, { "?", CEL_TOKEN_QUESTION },
		{ "(", CEL_TOKEN_PAREN_OPEN }, { ")", CEL_TOKEN_PAREN_CLOSE }, { "[", CEL_TOKEN_BRACKET_OPEN },
		{ "]", CEL_TOKEN_BRACKET_CLOSE }, { "{", CEL_TOKEN_BRACE_OPEN }, { "}", CEL_TOKEN_BRACE_CLOSE },
		{ "+", CEL_TOKEN_PLUS }, { "-", CEL_TOKEN_MINUS }, { "*", CEL_TOKEN_TIMES }, { "/", CEL_TOKEN_DIVIDE },
		{ "%", CEL_TOKEN_MODULO }
	};
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		const char *text = symbols[i].text;
		if (peek(lexer, 0) == text[0] && (text[1] == '\0' || peek(lexer, 1) == text[1])) {
			token->kind = symbols[i].kind;
			token->text = (struct cel_text){ lexer->source.text + lexer->at, strlen(text) };
			lexer->at += (uint32_t)token->text.len;
			return true;
		}
	}
	char c = peek(lexer, 0);
	if (c > ' ' && c < 0x7f)
		return cel_error_at(&lexer->source, lexer->at, err, ERR_INVALID, "unexpected character '%c'", c);
	return cel_error_at(&lexer->source, lexer->at, err, ERR_INVALID, "unexpected character outside of a string");
}

bool cel_lex_next(struct cel_lexer *lexer, struct cel_token *token, struct err *err)
{
	skip_blanks(lexer);
	*token = (struct cel_token){ .kind = CEL_TOKEN_END, .at = lexer->at };
	if (lexer->at == lexer->source.len)
		return true;
	char c = peek(lexer, 0);
	if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
		return cel_lex_number(lexer, token, err);
	if (cel_lex_starts_text(lexer))
		return cel_lex_text(lexer, token, err);
	if (c == '`')
		return lex_quoted_name(lexer, token, err);
	if (is_name_start(c)) {
		lex_name(lexer, token);
		return true;
	}
	return lex_symbol(lexer, token, err);
}

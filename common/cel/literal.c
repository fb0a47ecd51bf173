/* Numbers and quoted texts as they are written (cel-spec, "Syntax", INT_LIT to BYTES_LIT). */
#include "cel/lex.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define INT_MAGNITUDE_MAX (UINT64_C(1) << 63)

static char peek(const struct cel_lexer *lexer, uint32_t at)
{
	return at < lexer->source.len ? lexer->source.text[at] : '\0';
}

static uint32_t skip_digits(const struct cel_lexer *lexer, uint32_t at)
{
	while (isdigit((unsigned char)peek(lexer, at)))
		at++;
	return at;
}

/* The end of a fraction and exponent behind the digits that end at `at`; `at` itself if it is a whole number. */
static uint32_t skip_fraction(const struct cel_lexer *lexer, uint32_t at)
{
	if (peek(lexer, at) == '.' && isdigit((unsigned char)peek(lexer, at + 1)))
		at = skip_digits(lexer, at + 1);
	if (peek(lexer, at) == 'e' || peek(lexer, at) == 'E') {
		uint32_t digits = at + 1;
		if (peek(lexer, digits) == '+' || peek(lexer, digits) == '-')
			digits++;
		if (isdigit((unsigned char)peek(lexer, digits)))
			return skip_digits(lexer, digits);
	}
	return at;
}

static bool lex_double(struct cel_lexer *lexer, struct cel_token *token, uint32_t end, struct err *err)
{
	/* strtod needs an end; the source has none that is promised. */
	const char *text = arena_strndup(lexer->arena, lexer->source.text + token->at, end - token->at);
	double number = strtod(text, NULL);
	if (isinf(number))
		return cel_error_at(&lexer->source, token->at, err, ERR_INVALID, "number out of a double's range");
	token->value = (struct cel_value){ .kind = CEL_DOUBLE, .number = number };
	lexer->at = end;
	return true;
}

static bool lex_integer(struct cel_lexer *lexer, struct cel_token *token, struct err *err)
{
	uint32_t at = token->at;
	unsigned base = 10;
	if (peek(lexer, at) == '0' && peek(lexer, at + 1) == 'x' && isxdigit((unsigned char)peek(lexer, at + 2))) {
		base = 16;
		at += 2;
	}
	uint64_t magnitude = 0;
	bool fits = true;
	for (char c = peek(lexer, at); base == 16 ? isxdigit((unsigned char)c) : isdigit((unsigned char)c);
		c = peek(lexer, ++at)) {
		unsigned digit = isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
		fits = fits && !__builtin_mul_overflow(magnitude, base, &magnitude) &&
		       !__builtin_add_overflow(magnitude, digit, &magnitude);
	}
	bool is_unsigned = peek(lexer, at) == 'u' || peek(lexer, at) == 'U';
	if (!fits || (!is_unsigned && magnitude > INT_MAGNITUDE_MAX))
		return cel_error_at(&lexer->source, token->at, err, ERR_INVALID, "number out of 64 bits' range");
	token->value = (struct cel_value){ .kind = is_unsigned ? CEL_UINT : CEL_INT, .uinteger = magnitude };
	lexer->at = at + is_unsigned;
	return true;
}

bool cel_lex_number(struct cel_lexer *lexer, struct cel_token *token, struct err *err)
{
	token->kind = CEL_TOKEN_NUMBER;
	uint32_t digits = skip_digits(lexer, token->at);
	uint32_t end = skip_fraction(lexer, digits);
	if (!(end > digits ? lex_double(lexer, token, end, err) : lex_integer(lexer, token, err)))
		return false;
	char next = peek(lexer, lexer->at);
	if (isalnum((unsigned char)next) || next == '_')
		return cel_error_at(&lexer->source, token->at, err, ERR_INVALID, "malformed number");
	token->text = (struct cel_text){ lexer->source.text + token->at, lexer->at - token->at };
	return true;
}

struct quoted {
	bool raw;
	bool bytes;
	char quote;
	uint32_t quote_len; /* 1 or 3 */
	uint32_t at;        /* behind the opening quote */
};

/* Reads prefix and opening quote; false if no text starts here. */
static bool open_quote(const struct cel_lexer *lexer, struct quoted *quoted)
{
	uint32_t at = lexer->at;
	*quoted = (struct quoted){ 0 };
	if (peek(lexer, at) == 'b' || peek(lexer, at) == 'B') {
		quoted->bytes = true;
		at++;
	}
	if (peek(lexer, at) == 'r' || peek(lexer, at) == 'R') {
		quoted->raw = true;
		at++;
	}
	quoted->quote = peek(lexer, at);
	if (quoted->quote != '"' && quoted->quote != '\'')
		return false;
	bool triple = peek(lexer, at + 1) == quoted->quote && peek(lexer, at + 2) == quoted->quote;
	quoted->quote_len = triple ? 3 : 1;
	quoted->at = at + quoted->quote_len;
	return true;
}

bool cel_lex_starts_text(const struct cel_lexer *lexer)
{
	struct quoted quoted;
	return open_quote(lexer, &quoted);
}

static bool at_closing_quote(const struct cel_lexer *lexer, const struct quoted *quoted, uint32_t at)
{
	for (uint32_t i = 0; i < quoted->quote_len; i++)
		if (peek(lexer, at + i) != quoted->quote)
			return false;
	return true;
}

/* The value of exactly count digits of the base at `at`; false if there are fewer. */
static bool read_code(const struct cel_lexer *lexer, uint32_t at, uint32_t count, unsigned base, uint32_t *code)
{
	*code = 0;
	for (uint32_t i = 0; i < count; i++) {
		char c = peek(lexer, at + i);
		if (!isxdigit((unsigned char)c))
			return false;
		unsigned digit = isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
		if (digit >= base)
			return false;
		*code = *code * base + digit;
	}
	return true;
}

/* An escape that names a code point or, in bytes, a byte: \xHH \uHHHH \UHHHHHHHH \OOO. *at is behind the backslash. */
static bool decode_code(
	const struct cel_lexer *lexer, const struct quoted *quoted, uint32_t *at, char *out, size_t *len)
{
	char c = peek(lexer, *at);
	bool octal = c >= '0' && c <= '3';
	uint32_t digits = octal ? 3 : c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	uint32_t code;
	if (digits == 0 || (quoted->bytes && digits > 3) ||
		!read_code(lexer, *at + !octal, digits, octal ? 8 : 16, &code))
		return false;
	*at += digits + !octal;
	if (quoted->bytes) {
		out[(*len)++] = (char)code;
		return true;
	}
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return false;
	*len += utf8_encode(code, out + *len);
	return true;
}

static bool decode_escape(
	const struct cel_lexer *lexer, const struct quoted *quoted, uint32_t *at, char *out, size_t *len)
{
	static const char names[] = "abfnrtv\\?\"'`";
	static const char meant[] = "\a\b\f\n\r\t\v\\?\"'`";
	char c = peek(lexer, *at);
	const char *found = c == '\0' ? NULL : strchr(names, c);
	if (found == NULL)
		return decode_code(lexer, quoted, at, out, len);
	out[(*len)++] = meant[found - names];
	(*at)++;
	return true;
}

bool cel_lex_text(struct cel_lexer *lexer, struct cel_token *token, struct err *err)
{
	struct quoted quoted;
	if (!open_quote(lexer, &quoted))
		return cel_error_at(&lexer->source, token->at, err, ERR_INVALID, "no string starts here");
	uint32_t end = quoted.at;
	while (end < lexer->source.len && !at_closing_quote(lexer, &quoted, end)) {
		if (quoted.quote_len == 1 && (peek(lexer, end) == '\n' || peek(lexer, end) == '\r'))
			break;
		bool escaped = !quoted.raw && peek(lexer, end) == '\\' && end + 1 < lexer->source.len;
		end += escaped ? 2 : 1;
	}
	if (end >= lexer->source.len || !at_closing_quote(lexer, &quoted, end))
		return cel_error_at(&lexer->source, token->at, err, ERR_INVALID, "string without end");

	/* No escape decodes to more bytes than it takes. */
	char *out = arena_alloc(lexer->arena, end - quoted.at + 1);
	size_t len = 0;
	for (uint32_t at = quoted.at; at < end;) {
		if (peek(lexer, at) != '\\' || quoted.raw) {
			out[len++] = peek(lexer, at++);
			continue;
		}
		uint32_t escape = at++;
		if (!decode_escape(lexer, &quoted, &at, out, &len))
			return cel_error_at(&lexer->source, escape, err, ERR_INVALID, "unknown escape sequence");
	}
	token->kind = CEL_TOKEN_LITERAL;
	token->value = (struct cel_value){ .kind = quoted.bytes ? CEL_BYTES : CEL_STRING, .text = { out, len } };
	lexer->at = end + quoted.quote_len;
	token->text = (struct cel_text){ lexer->source.text + token->at, lexer->at - token->at };
	return true;
}

/*
 * The validating scanner: walks over the text once with a stack of its own, builds nothing but the names of the open
 * objects. It must stay stricter than json-c, which reads the same text afterwards.
 */
#include "json/json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/pointer.h"

struct name {
	size_t at; /* of its unescaped bytes in scan.bytes */
	size_t len;
	const char *text; /* where it stands */
};

struct frame {
	bool object;
	bool fresh;   /* nothing was read in it yet */
	size_t index; /* of the element, in an array */
	size_t names; /* what scan.names and scan.bytes held before it */
	size_t bytes;
};

struct scan {
	const char *text, *p, *end;
	struct frame frames[JSON_DEPTH_MAX];
	unsigned depth, depth_max;
	struct name *names; /* those of all open objects, outermost first */
	size_t nnames, names_capacity;
	struct buf bytes;
	struct buf number;
	size_t nvalues;
	struct err *err;
};

/* The path to the value that is being read: of each open object the last name, of each array the index. */
static void append_pointer(const struct scan *s, struct buf *pointer)
{
	for (unsigned i = 0; i < s->depth; i++) {
		const struct frame *frame = &s->frames[i];
		size_t names_end = i + 1 < s->depth ? s->frames[i + 1].names : s->nnames;
		if (!frame->object)
			buf_printf(pointer, "/%zu", frame->index);
		else if (names_end > frame->names)
			json_pointer_append(
				pointer, s->bytes.data + s->names[names_end - 1].at, s->names[names_end - 1].len);
	}
}

static bool PRINTF_LIKE(2, 3) fail(struct scan *s, const char *format, ...)
{
	size_t line = 1, column = 1;
	for (const char *p = s->text; p < s->p; p++) {
		if (*p == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)*p & 0xc0) != 0x80) {
			column++;
		}
	}
	char text[200];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	owned_buf struct buf pointer = { 0 };
	append_pointer(s, &pointer);
	return err_set_at(s->err, ERR_INVALID, buf_str(&pointer), "%s (line %zu, column %zu)", text, line, column);
}

static void skip_space(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

static bool at(const struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static bool at_digit(const struct scan *s)
{
	return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool hex4(struct scan *s, uint32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++, s->p++) {
		char c = s->p < s->end ? *s->p : '\0';
		uint32_t digit;
		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			digit = (uint32_t)(c - 'A' + 10);
		else
			return fail(s, "four hexadecimal digits must follow \\u");
		*code = *code << 4 | digit;
	}
	return true;
}

static bool unicode_escape(struct scan *s, uint32_t *code)
{
	if (!hex4(s, code))
		return false;
	if (*code == 0)
		return fail(s, "U+0000 is not allowed");
	if (*code < 0xd800 || *code > 0xdfff)
		return true;
	uint32_t low = 0;
	if (*code > 0xdbff || s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
		return fail(s, "a surrogate without its other half");
	s->p += 2;
	if (!hex4(s, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return fail(s, "a surrogate without its other half");
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* After the backslash. */
static bool escape(struct scan *s, struct buf *out)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char c = s->p < s->end ? *s->p : '\0';
	char utf8[4] = { 0 };
	size_t len = 1;
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;
	if (letter != NULL) {
		s->p++;
		utf8[0] = meanings[letter - letters];
	} else if (c == 'u') {
		s->p++;
		uint32_t code;
		if (!unicode_escape(s, &code))
			return false;
		len = utf8_encode(code, utf8);
	} else {
		return fail(s, "there is no such escape in a string");
	}
	if (out != NULL)
		buf_append(out, utf8, len);
	return true;
}

/* At the opening quote. The unescaped bytes are appended to out (may be NULL). */
static bool scan_string(struct scan *s, struct buf *out)
{
	s->p++;
	for (;;) {
		const char *run = s->p;
		while (s->p < s->end && *s->p != '"' && *s->p != '\\' && (unsigned char)*s->p >= 0x20) {
			uint32_t code;
			size_t n = utf8_decode(s->p, (size_t)(s->end - s->p), &code);
			if (n == 0)
				return fail(s, "not UTF-8");
			s->p += n;
		}
		if (out != NULL)
			buf_append(out, run, (size_t)(s->p - run));
		if (s->p == s->end)
			return fail(s, "the string does not end");
		if (*s->p == '"')
			break;
		if (*s->p != '\\')
			return fail(s, "a control character in a string must be escaped");
		s->p++;
		if (!escape(s, out))
			return false;
	}
	s->p++;
	return true;
}

static bool digits(struct scan *s)
{
	if (!at_digit(s))
		return fail(s, "a digit is expected");
	while (at_digit(s))
		s->p++;
	return true;
}

static bool check_integer(struct scan *s, const char *first_digit)
{
	static const char largest[] = "9007199254740991";
	size_t len = (size_t)(s->p - first_digit);
	if (len < strlen(largest) || (len == strlen(largest) && memcmp(first_digit, largest, len) <= 0))
		return true;
	return fail(s, "an integer beyond +-%s is not exact as a JSON number: send it as a string", largest);
}

static bool check_double(struct scan *s, const char *start)
{
	buf_truncate(&s->number, 0);
	buf_append(&s->number, start, (size_t)(s->p - start));
	/* The programs keep the C locale, so that the decimal point is one. */
	double number = strtod(s->number.data, NULL);
	if (json_number_fits(number))
		return true;
	if (number - number != 0)
		return fail(s, "the number is too large for a double: send it as a string");
	return fail(s, "an integer beyond +-%lld is not exact as a JSON number: send it as a string",
		(long long)JSON_INTEGER_MAX);
}

static bool scan_number(struct scan *s)
{
	const char *start = s->p;
	if (at(s, '-'))
		s->p++;
	const char *first_digit = s->p;
	if (at(s, '0'))
		s->p++;
	else if (!digits(s))
		return false;
	bool integer = true;
	if (at(s, '.')) {
		integer = false;
		s->p++;
		if (!digits(s))
			return false;
	}
	if (at(s, 'e') || at(s, 'E')) {
		integer = false;
		s->p++;
		if (at(s, '+') || at(s, '-'))
			s->p++;
		if (!digits(s))
			return false;
	}
	return integer ? check_integer(s, first_digit) : check_double(s, start);
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);
	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return fail(s, "a value is expected");
	s->p += len;
	return true;
}

static bool scan_scalar(struct scan *s)
{
	switch (s->p < s->end ? *s->p : '\0') {
	case '"': return scan_string(s, NULL);
	case 't': return scan_word(s, "true");
	case 'f': return scan_word(s, "false");
	case 'n': return scan_word(s, "null");
	case '-': return scan_number(s);
	default: return at_digit(s) ? scan_number(s) : fail(s, "a value is expected");
	}
}

static bool open_frame(struct scan *s)
{
	bool object = *s->p == '{';
	if (s->depth == s->depth_max)
		return fail(s, "nested deeper than %u", s->depth_max);
	s->p++;
	s->frames[s->depth++] = (struct frame){ object, true, 0, s->nnames, s->bytes.len };
	return true;
}

static int compare_names(const void *a, const void *b, void *bytes)
{
	const struct name *one = a, *other = b;
	size_t shorter = one->len < other->len ? one->len : other->len;
	int order = memcmp((char *)bytes + one->at, (char *)bytes + other->at, shorter);
	return order != 0 ? order : (one->len > other->len) - (one->len < other->len);
}

/* Sorting needs no hash that an attacker could make collide. */
static bool names_are_unique(struct scan *s, const struct frame *frame)
{
	size_t count = s->nnames - frame->names;
	if (count < 2)
		return true;
	struct name *names = s->names + frame->names;
	qsort_r(names, count, sizeof(*names), compare_names, s->bytes.data);
	for (size_t i = 1; i < count; i++) {
		if (compare_names(&names[i - 1], &names[i], s->bytes.data) != 0)
			continue;
		const struct name *second = names[i].text > names[i - 1].text ? &names[i] : &names[i - 1];
		s->p = second->text;
		names[count - 1] = *second; /* the pointer ends with the last name */
		return fail(s, "the object has two members of this name");
	}
	return true;
}

static bool close_frame(struct scan *s)
{
	const struct frame *frame = &s->frames[s->depth - 1];
	s->p++;
	if (frame->object && !names_are_unique(s, frame))
		return false;
	s->nnames = frame->names;
	buf_truncate(&s->bytes, frame->bytes);
	s->depth--;
	return true;
}

static bool scan_name(struct scan *s)
{
	skip_space(s);
	if (!at(s, '"'))
		return fail(s, "a member's name is expected");
	struct name name = { .at = s->bytes.len, .text = s->p };
	if (!scan_string(s, &s->bytes))
		return false;
	name.len = s->bytes.len - name.at;
	if (s->nnames == s->names_capacity) {
		s->names_capacity = s->names_capacity == 0 ? 16 : s->names_capacity * 2;
		s->names = mem_realloc(s->names, s->names_capacity * sizeof(*s->names));
	}
	s->names[s->nnames++] = name;
	skip_space(s);
	if (!at(s, ':'))
		return fail(s, "a colon is expected");
	s->p++;
	return true;
}

/* Goes on to the place of the next value: past closing brackets, a comma, a name. *more tells whether there is one. */
static bool next_value(struct scan *s, bool *more)
{
	*more = false;
	while (s->depth > 0) {
		struct frame *frame = &s->frames[s->depth - 1];
		char closing = frame->object ? '}' : ']';
		skip_space(s);
		if (at(s, closing)) {
			if (!close_frame(s))
				return false;
			continue;
		}
		if (!frame->fresh) {
			if (!at(s, ','))
				return fail(s, "a comma or %c is expected", closing);
			s->p++;
			frame->index++;
		}
		frame->fresh = false;
		*more = true;
		return !frame->object || scan_name(s);
	}
	skip_space(s);
	return s->p == s->end || fail(s, "something follows the value");
}

static bool scan_text(struct scan *s)
{
	if (s->end - s->p >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0)
		return fail(s, "a byte order mark is not allowed");
	bool more = true;
	while (more) {
		skip_space(s);
		if (++s->nvalues > JSON_VALUES_MAX)
			return fail(s, "more than %d values", JSON_VALUES_MAX);
		bool opens = at(s, '{') || at(s, '[');
		if (!(opens ? open_frame(s) : scan_scalar(s)) || !next_value(s, &more))
			return false;
	}
	return true;
}

bool json_scan(const char *text, size_t len, unsigned depth_max, struct err *err)
{
	assert(depth_max >= 1 && depth_max <= JSON_DEPTH_MAX);
	struct scan s = { .text = text, .p = text, .end = text + len, .depth_max = depth_max, .err = err };
	bool valid = scan_text(&s);
	free(s.names);
	buf_finish(&s.bytes);
	buf_finish(&s.number);
	return valid;
}

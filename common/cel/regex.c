/* Matching: a set of threads, one for each instruction at most, so that time is bounded by text times program. */
#include "cel/regex_program.h"

#include "base/utf8.h"

#define NO_CHARACTER UINT32_MAX

size_t cel_regex_size(const struct cel_regex *regex)
{
	return regex->count;
}

struct machine {
	const struct cel_regex *regex;
	uint32_t *threads; /* instructions that wait for the next character */
	uint32_t thread_count;
	uint32_t *pending; /* instructions that are being followed */
	uint32_t *seen;    /* the generation in which an instruction was followed last */
	uint32_t generation;
	uint32_t before, after; /* the characters around the present place */
	bool matched;
	uint64_t steps;
};

static bool is_word(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool holds(const struct machine *m, enum cel_regex_code code)
{
	bool boundary = is_word(m->before) != is_word(m->after);
	switch (code) {
	case CEL_REGEX_TEXT_START: return m->before == NO_CHARACTER;
	case CEL_REGEX_TEXT_END: return m->after == NO_CHARACTER;
	case CEL_REGEX_LINE_START: return m->before == NO_CHARACTER || m->before == '\n';
	case CEL_REGEX_LINE_END: return m->after == NO_CHARACTER || m->after == '\n';
	case CEL_REGEX_WORD_BOUNDARY: return boundary;
	case CEL_REGEX_NO_WORD_BOUNDARY: return !boundary;
	case CEL_REGEX_SET:
	case CEL_REGEX_SPLIT:
	case CEL_REGEX_JUMP:
	case CEL_REGEX_MATCH: break;
	}
	return false;
}

/* Follows an instruction through all that takes no character, once a place in the text each. */
static void follow(struct machine *m, uint32_t start)
{
	uint32_t pending = 0;
	m->pending[pending++] = start;
	while (pending > 0) {
		uint32_t at = m->pending[--pending];
		const struct cel_regex_instruction *i = &m->regex->code[at];
		if (m->seen[at] == m->generation)
			continue;
		m->seen[at] = m->generation;
		m->steps++;
		if (i->code == CEL_REGEX_SET) {
			m->threads[m->thread_count++] = at;
		} else if (i->code == CEL_REGEX_MATCH) {
			m->matched = true;
		} else if (i->code == CEL_REGEX_SPLIT) {
			m->pending[pending++] = i->target;
			m->pending[pending++] = i->other;
		} else if (i->code == CEL_REGEX_JUMP) {
			m->pending[pending++] = i->target;
		} else if (holds(m, i->code)) {
			m->pending[pending++] = at + 1;
		}
	}
}

static bool in_ranges(const struct cel_regex_instruction *i, uint32_t c)
{
	uint32_t low = 0;
	uint32_t high = i->range_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (c > i->ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < i->range_count && c >= i->ranges[low].first;
}

/* Moves all threads over the character; those that can't take it end. */
static void advance(struct machine *m, uint32_t *next, uint32_t c)
{
	uint32_t *waiting = m->threads;
	uint32_t count = m->thread_count;
	m->threads = next;
	m->thread_count = 0;
	m->generation++;
	for (uint32_t t = 0; t < count; t++) {
		m->steps++;
		if (in_ranges(&m->regex->code[waiting[t]], c))
			follow(m, waiting[t] + 1);
	}
}

/* The character at `at`, its length in *len; a byte that is no UTF-8 counts as one that no set holds. */
static uint32_t character(const char *text, size_t len, size_t at, size_t *char_len)
{
	uint32_t code;
	*char_len = 1;
	if (at >= len)
		return NO_CHARACTER;
	size_t n = utf8_decode(text + at, len - at, &code);
	if (n == 0)
		return 0x110000;
	*char_len = n;
	return code;
}

bool cel_regex_matches(const struct cel_regex *regex, const char *text, size_t len, uint32_t *marks, uint64_t steps_max,
	uint64_t *steps)
{
	/* pending takes two entries for each split that is followed once, hence a part of double size. */
	uint32_t *lists[2] = { marks, marks + regex->count };
	struct machine m = { .regex = regex,
		.threads = lists[0],
		.seen = marks + 2 * regex->count,
		.pending = marks + 3 * regex->count,
		.generation = 1,
		.before = NO_CHARACTER };
	for (uint32_t i = 0; i < regex->count; i++)
		m.seen[i] = 0;
	m.steps = regex->count;
	for (size_t at = 0, char_len, round = 1;; at += char_len, round++) {
		m.after = character(text, len, at, &char_len);
		follow(&m, 0); /* a match may begin anywhere */
		if (m.matched || m.after == NO_CHARACTER || m.steps > steps_max)
			break;
		uint32_t c = m.after;
		size_t next_len;
		m.before = c;
		m.after = character(text, len, at + char_len, &next_len);
		advance(&m, lists[round % 2], c);
	}
	*steps += m.steps;
	return m.matched && m.steps <= steps_max;
}

#include "bus/offsets.h"

#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/own.h"

/* Metadata of more runs than this was not written by us. */
#define RUNS_MAX 4096

void offsets_init(struct offsets *offsets)
{
	*offsets = (struct offsets){ .next = -1 };
}

void offsets_finish(struct offsets *offsets)
{
	free(offsets->open);
	free(offsets->runs);
	offsets_init(offsets);
}

static bool read_varint(const uint8_t **at, const uint8_t *end, int64_t *value)
{
	uint64_t sum = 0;
	for (unsigned shift = 0; shift < 63 && *at < end; shift += 7) {
		uint8_t byte = *(*at)++;
		sum |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*value = (int64_t)sum;
			return true;
		}
	}
	return false;
}

/* Gaps and runs behind committed. The first gap may not be zero: then the commit would have been further on. */
static bool parse_runs(const uint8_t *at, const uint8_t *end, int64_t committed, struct offsets *offsets)
{
	int64_t position = committed;
	while (at < end) {
		int64_t gap, count;
		if (offsets->run_count == RUNS_MAX || !read_varint(&at, end, &gap) || !read_varint(&at, end, &count))
			return false;
		if (gap == 0 || count == 0 || gap > INT64_MAX - position || count > INT64_MAX - position - gap)
			return false;
		offsets->runs[offsets->run_count++] = (struct offsets_run){ .first = position + gap, .count = count };
		position += gap + count;
	}
	return true;
}

bool offsets_restore(struct offsets *offsets, int64_t committed, const char *metadata)
{
	offsets_finish(offsets);
	if (committed < 0)
		return true;
	offsets->next = committed;
	if (metadata == NULL || metadata[0] == '\0')
		return true;
	owned_buf struct buf bytes = { 0 };
	if (metadata[0] != '1' || !base64url_decode(metadata + 1, strlen(metadata + 1), &bytes))
		return false;
	if (bytes.len == 0)
		return true;
	const uint8_t *data = (const uint8_t *)bytes.data;
	offsets->runs = mem_zalloc(bytes.len / 2 + 1, sizeof(*offsets->runs));
	if (parse_runs(data, data + bytes.len, committed, offsets))
		return true;
	free(take(offsets->runs));
	offsets->run_count = 0;
	return false;
}

/* The index of the first open offset at or above offset. */
static size_t open_index(const struct offsets *offsets, int64_t offset)
{
	size_t low = 0, high = offsets->open_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (offsets->open[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_open(const struct offsets *offsets, int64_t offset)
{
	size_t i = open_index(offsets, offset);
	return i < offsets->open_count && offsets->open[i] == offset;
}

static void append_open(struct offsets *offsets, int64_t offset)
{
	if (offsets->open_count == offsets->open_capacity) {
		offsets->open_capacity = offsets->open_capacity > 0 ? 2 * offsets->open_capacity : 16;
		offsets->open = mem_realloc(offsets->open, offsets->open_capacity * sizeof(*offsets->open));
	}
	offsets->open[offsets->open_count++] = offset;
}

/* Drops the runs that lie below offset; true if offset is in one of them. */
static bool pass_runs(struct offsets *offsets, int64_t offset)
{
	size_t passed = 0;
	while (passed < offsets->run_count && offsets->runs[passed].first + offsets->runs[passed].count <= offset)
		passed++;
	offsets->run_count -= passed;
	if (passed > 0)
		memmove(offsets->runs, offsets->runs + passed, offsets->run_count * sizeof(*offsets->runs));
	return offsets->run_count > 0 && offsets->runs[0].first <= offset;
}

enum offsets_seen offsets_open(struct offsets *offsets, int64_t offset)
{
	if (is_open(offsets, offset))
		return OFFSETS_FINISHED;
	bool rewound = offset < offsets->next;
	if (rewound)
		offsets->open_count = offsets->run_count = 0;
	bool finished = pass_runs(offsets, offset);
	offsets->next = offset + 1;
	if (finished)
		return OFFSETS_FINISHED;
	append_open(offsets, offset);
	return rewound ? OFFSETS_REWOUND : OFFSETS_OPENED;
}

void offsets_close(struct offsets *offsets, int64_t offset)
{
	size_t i = open_index(offsets, offset);
	if (i == offsets->open_count || offsets->open[i] != offset)
		return;
	offsets->open_count--;
	memmove(offsets->open + i, offsets->open + i + 1, (offsets->open_count - i) * sizeof(*offsets->open));
}

/* Where the run of finished offsets ends that goes on from offset, which lies at or above next. */
static int64_t end_of_run(const struct offsets *offsets, int64_t offset)
{
	for (size_t i = 0; i < offsets->run_count && offsets->runs[i].first <= offset; i++)
		if (offsets->runs[i].first + offsets->runs[i].count > offset)
			offset = offsets->runs[i].first + offsets->runs[i].count;
	return offset;
}

int64_t offsets_committable(const struct offsets *offsets)
{
	if (offsets->open_count > 0)
		return offsets->open[0];
	return offsets->next < 0 ? -1 : end_of_run(offsets, offsets->next);
}

static size_t write_varint(uint64_t value, uint8_t *out)
{
	size_t len = 0;
	for (; value >= 0x80; value >>= 7)
		out[len++] = (uint8_t)(value | 0x80);
	out[len++] = (uint8_t)value;
	return len;
}

struct encoder {
	struct buf bytes;
	int64_t position; /* up to where runs were written */
	size_t max_bytes;
	bool full;
};

static void encode_run(struct encoder *encoder, int64_t first, int64_t end)
{
	if (encoder->full || end <= first)
		return;
	uint8_t pair[20];
	size_t len = write_varint((uint64_t)(first - encoder->position), pair);
	len += write_varint((uint64_t)(end - first), pair + len);
	/* One character of version, four of base64 for each three bytes. */
	encoder->full = 1 + (encoder->bytes.len + len + 2) / 3 * 4 > encoder->max_bytes;
	if (encoder->full)
		return;
	buf_append(&encoder->bytes, pair, len);
	encoder->position = end;
}

void offsets_encode(const struct offsets *offsets, size_t max_bytes, struct buf *out)
{
	int64_t committable = offsets_committable(offsets);
	if (committable < 0 || max_bytes == 0)
		return;
	struct encoder encoder = { .position = committable, .max_bytes = max_bytes };
	for (size_t i = 0; i + 1 < offsets->open_count; i++)
		encode_run(&encoder, offsets->open[i] + 1, offsets->open[i + 1]);
	/* What is finished behind the last open one goes on into the run that begins at next, if there is one. */
	int64_t reached = end_of_run(offsets, offsets->next);
	if (offsets->open_count > 0)
		encode_run(&encoder, offsets->open[offsets->open_count - 1] + 1, reached);
	for (size_t i = 0; i < offsets->run_count; i++)
		if (offsets->runs[i].first > reached)
			encode_run(&encoder, offsets->runs[i].first, offsets->runs[i].first + offsets->runs[i].count);
	if (encoder.bytes.len > 0) {
		buf_append_char(out, '1');
		base64url_encode(encoder.bytes.data, encoder.bytes.len, out);
	}
	buf_finish(&encoder.bytes);
}

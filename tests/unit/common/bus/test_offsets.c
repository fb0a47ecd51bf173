#include "bus/offsets.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct offsets offsets;

/* check writes down the place of every assertion, which is slow in a loop; this does so only when one fails. */
static void must(bool holds, int64_t offset)
{
	if (!holds)
		ck_abort_msg("offset %lld", (long long)offset);
}

static void start(int64_t committed, const char *metadata)
{
	offsets_finish(&offsets);
	ck_assert(offsets_restore(&offsets, committed, metadata));
}

/* The metadata of a commit now; valid until the next call. */
static const char *encoded(size_t max_bytes)
{
	static struct buf text;
	buf_truncate(&text, 0);
	buf_append_str(&text, "");
	offsets_encode(&offsets, max_bytes, &text);
	return buf_str(&text);
}

static void open_range(int64_t first, int64_t end)
{
	for (int64_t i = first; i < end; i++)
		must(offsets_open(&offsets, i) == OFFSETS_OPENED, i);
}

START_TEST(test_offsets__nothing_seen_commits_nothing)
{
	start(-1001, NULL);
	ck_assert_int_lt(offsets_committable(&offsets), 0);
	ck_assert_str_eq(encoded(OFFSETS_METADATA_MAX), "");
}
END_TEST

START_TEST(test_offsets__the_first_open_one_bounds_the_commit)
{
	start(-1001, NULL);
	open_range(100, 110);
	ck_assert_int_eq(offsets_committable(&offsets), 100);
	offsets_close(&offsets, 101);
	offsets_close(&offsets, 105);
	ck_assert_int_eq(offsets_committable(&offsets), 100);
	offsets_close(&offsets, 100);
	ck_assert_int_eq(offsets_committable(&offsets), 102);
	for (int i = 102; i < 110; i++)
		offsets_close(&offsets, i);
	ck_assert_int_eq(offsets_committable(&offsets), 110);
	ck_assert_str_eq(encoded(OFFSETS_METADATA_MAX), "");
}
END_TEST

START_TEST(test_offsets__closing_twice_or_the_unknown_changes_nothing)
{
	start(5, "");
	open_range(5, 8);
	offsets_close(&offsets, 5);
	offsets_close(&offsets, 5);
	offsets_close(&offsets, 100);
	offsets_close(&offsets, -1);
	ck_assert_int_eq(offsets_committable(&offsets), 6);
	ck_assert_uint_eq(offsets.open_count, 2);
}
END_TEST

START_TEST(test_offsets__finished_ones_above_travel_in_the_metadata)
{
	start(-1001, NULL);
	open_range(0, 10);
	static const int finished[] = { 0, 1, 2, 4, 5, 6, 8, 9 };
	for (size_t i = 0; i < sizeof(finished) / sizeof(finished[0]); i++)
		offsets_close(&offsets, finished[i]);
	int64_t committed = offsets_committable(&offsets);
	ck_assert_int_eq(committed, 3);
	char *metadata = strdup(encoded(OFFSETS_METADATA_MAX));
	start(committed, metadata);
	free(metadata);
	for (int i = 3; i < 12; i++) {
		bool open = i == 3 || i == 7 || i >= 10;
		ck_assert_int_eq(offsets_open(&offsets, i), open ? OFFSETS_OPENED : OFFSETS_FINISHED);
	}
}
END_TEST

START_TEST(test_offsets__restored_runs_survive_a_further_commit)
{
	/* 3 open, 4..9 finished, 10 open, 11..20 finished */
	start(3, NULL);
	open_range(3, 21);
	for (int i = 4; i < 21; i++)
		if (i != 10)
			offsets_close(&offsets, i);
	char *metadata = strdup(encoded(OFFSETS_METADATA_MAX));
	start(3, metadata);
	ck_assert_int_eq(offsets_open(&offsets, 3), OFFSETS_OPENED);
	offsets_close(&offsets, 3);
	/* 4..9 have not been seen here, and are finished. */
	ck_assert_int_eq(offsets_committable(&offsets), 10);
	free(metadata);
	metadata = strdup(encoded(OFFSETS_METADATA_MAX));
	start(10, metadata);
	free(metadata);
	ck_assert_int_eq(offsets_open(&offsets, 10), OFFSETS_OPENED);
	offsets_close(&offsets, 10);
	ck_assert_int_eq(offsets_committable(&offsets), 21);
	ck_assert_str_eq(encoded(OFFSETS_METADATA_MAX), "");
}
END_TEST

START_TEST(test_offsets__what_never_appears_counts_as_finished)
{
	start(0, NULL);
	ck_assert_int_eq(offsets_open(&offsets, 5), OFFSETS_OPENED);
	ck_assert_int_eq(offsets_open(&offsets, 90), OFFSETS_OPENED);
	ck_assert_int_eq(offsets_committable(&offsets), 5);
	offsets_close(&offsets, 5);
	ck_assert_int_eq(offsets_committable(&offsets), 90);
	offsets_close(&offsets, 90);
	ck_assert_int_eq(offsets_committable(&offsets), 91);
}
END_TEST

START_TEST(test_offsets__one_that_is_open_is_not_opened_again)
{
	start(0, NULL);
	open_range(0, 3);
	ck_assert_int_eq(offsets_open(&offsets, 1), OFFSETS_FINISHED);
	ck_assert_uint_eq(offsets.open_count, 3);
}
END_TEST

START_TEST(test_offsets__a_log_that_was_reset_is_read_anew)
{
	start(0, NULL);
	open_range(0, 100);
	for (int i = 0; i < 50; i++)
		offsets_close(&offsets, i);
	ck_assert_int_eq(offsets_open(&offsets, 0), OFFSETS_REWOUND);
	ck_assert_uint_eq(offsets.open_count, 1);
	ck_assert_int_eq(offsets_committable(&offsets), 0);
	ck_assert_str_eq(encoded(OFFSETS_METADATA_MAX), "");
	/* The same where the commit lies above what there is. */
	start(500, NULL);
	ck_assert_int_eq(offsets_open(&offsets, 0), OFFSETS_REWOUND);
	ck_assert_int_eq(offsets_open(&offsets, 1), OFFSETS_OPENED);
}
END_TEST

START_TEST(test_offsets__retention_that_passed_the_commit_is_no_reset)
{
	start(500, NULL);
	ck_assert_int_eq(offsets_open(&offsets, 800), OFFSETS_OPENED);
	ck_assert_int_eq(offsets_committable(&offsets), 800);
}
END_TEST

/* Of every second offset of a wide range the work is done: as many runs as there can be. */
START_TEST(test_offsets__the_metadata_is_bounded)
{
	start(1000000, NULL);
	open_range(1000000, 1003000);
	for (int i = 1000001; i < 1003000; i += 2)
		offsets_close(&offsets, i);
	ck_assert_uint_le(strlen(encoded(OFFSETS_METADATA_MAX)), OFFSETS_METADATA_MAX);
	for (size_t max = 0; max < 200; max++)
		ck_assert_uint_le(strlen(encoded(max)), max);
	/* What fits is right: nothing is taken as finished that is not. */
	char *metadata = strdup(encoded(100));
	start(1000000, metadata);
	free(metadata);
	int skipped = 0;
	for (int i = 1000000; i < 1003000; i++)
		if (offsets_open(&offsets, i) == OFFSETS_FINISHED) {
			must(i % 2 == 1, i);
			skipped++;
		}
	ck_assert_int_ge(skipped, 30);
}
END_TEST

START_TEST(test_offsets__the_in_flight_bound_keeps_the_metadata_whole)
{
	/* 256 open, spread over a long way, as when each but a few is finished: all runs fit. */
	start(0, NULL);
	open_range(0, 256 * 20);
	for (int i = 0; i < 256 * 20; i++)
		if (i % 20 != 0)
			offsets_close(&offsets, i);
	ck_assert_uint_eq(offsets.open_count, 256);
	char *metadata = strdup(encoded(OFFSETS_METADATA_MAX));
	start(0, metadata);
	free(metadata);
	for (int i = 0; i < 256 * 20; i++)
		must(offsets_open(&offsets, i) == (i % 20 == 0 ? OFFSETS_OPENED : OFFSETS_FINISHED), i);
}
END_TEST

START_TEST(test_offsets__metadata_that_is_not_ours_is_refused)
{
	static const char *const refused[] = {
		"2AQE",
		"hello",
		"1A",
		"1AAA",
		"1AQA",
		"1AQ",
		"1=",
		"1AQEB",
		"1____________________AQ",
		"1AQH____________AQ", /* a run that passes the largest offset */
		" 1AQE",
		"1AQE\n",
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		offsets_finish(&offsets);
		ck_assert_msg(!offsets_restore(&offsets, 7, refused[i]), "%s", refused[i]);
		/* The commit itself counts, and nothing above it. */
		ck_assert_int_eq(offsets_committable(&offsets), 7);
		ck_assert_int_eq(offsets_open(&offsets, 8), OFFSETS_OPENED);
	}
}
END_TEST

START_TEST(test_offsets__metadata_has_a_stable_form)
{
	start(3, NULL);
	open_range(3, 6);
	offsets_close(&offsets, 4);
	ck_assert_str_eq(encoded(OFFSETS_METADATA_MAX), "1AQE"); /* gap 1, run 1 */
	start(3, "1");
	ck_assert_int_eq(offsets_open(&offsets, 4), OFFSETS_OPENED);
}
END_TEST

/*
 * Owners come and go at random over a log with gaps; whatever they finish must be skipped by the next, whatever they
 * did not must be handed again.
 */
enum { LOG_SIZE = 3000, BOUND = 64 };

static void run_owner(const bool *exists, bool *finished, int64_t *committed, char **metadata)
{
	start(*committed, *metadata);
	int64_t position = *committed < 0 ? 0 : *committed;
	int steps = rand() % 400;
	while (steps-- > 0) {
		if (rand() % 2 == 0 && offsets.open_count < BOUND && position < LOG_SIZE) {
			if (exists[position]) {
				enum offsets_seen seen = offsets_open(&offsets, position);
				must(seen == (finished[position] ? OFFSETS_FINISHED : OFFSETS_OPENED), position);
			}
			position++;
		} else if (offsets.open_count > 0) {
			int64_t ended = offsets.open[(size_t)rand() % offsets.open_count];
			offsets_close(&offsets, ended);
			finished[ended] = true;
		}
	}
	int64_t committable = offsets_committable(&offsets);
	for (int64_t i = 0; i < committable; i++)
		must(finished[i] || !exists[i], i);
	ck_assert_int_ge(committable, *committed < 0 ? -1 : *committed);
	*committed = committable;
	free(*metadata);
	*metadata = strdup(encoded(OFFSETS_METADATA_MAX));
}

START_TEST(test_offsets__owners_that_come_and_go_lose_and_repeat_nothing)
{
	srand(20260517);
	for (int round = 0; round < 30; round++) {
		bool exists[LOG_SIZE], finished[LOG_SIZE] = { false };
		for (int i = 0; i < LOG_SIZE; i++)
			exists[i] = rand() % 10 != 0;
		int64_t committed = -1001;
		char *metadata = NULL;
		for (int owner = 0; owner < 60; owner++)
			run_owner(exists, finished, &committed, &metadata);
		ck_assert_int_gt(committed, LOG_SIZE / 4);
		free(metadata);
	}
}
END_TEST

UNIT_MAIN("bus/offsets", test_offsets__nothing_seen_commits_nothing, test_offsets__the_first_open_one_bounds_the_commit,
	test_offsets__closing_twice_or_the_unknown_changes_nothing,
	test_offsets__finished_ones_above_travel_in_the_metadata, test_offsets__restored_runs_survive_a_further_commit,
	test_offsets__what_never_appears_counts_as_finished, test_offsets__one_that_is_open_is_not_opened_again,
	test_offsets__a_log_that_was_reset_is_read_anew, test_offsets__retention_that_passed_the_commit_is_no_reset,
	test_offsets__the_metadata_is_bounded, test_offsets__the_in_flight_bound_keeps_the_metadata_whole,
	test_offsets__metadata_that_is_not_ours_is_refused, test_offsets__metadata_has_a_stable_form,
	test_offsets__owners_that_come_and_go_lose_and_repeat_nothing)

/* Leaf hashes against logs that others wrote: the level 0 tile of a log is its leaf hashes one after the other. */
#include <string.h>

#include "base/encode.h"
#include "tlog/leaf.h"
#include "vectors.h"

START_TEST(test_conformance__roots_of_one_leaf)
{
	struct json_object *file, *tests = vectors_tests("merkle/roots.json", &file), *leaves;
	size_t single = 0;
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		ck_assert(json_object_object_get_ex(test, "leaves", &leaves));
		if (json_object_array_length(leaves) != 1)
			continue;
		const char *hex = json_object_get_string(json_object_array_get_idx(leaves, 0));
		uint8_t input[64], hash[SHA256_SIZE];
		char text[SHA256_HEX_SIZE];
		ck_assert_uint_le(strlen(hex), 2 * sizeof(input));
		ck_assert(hex_decode(hex, input, strlen(hex) / 2));
		tlog_leaf_hash(input, strlen(hex) / 2, hash);
		ck_assert_str_eq(hex_encode(hash, sizeof(hash), text), vectors_text(test, "root"));
		single++;
	}
	ck_assert_uint_eq(single, 1);
	json_object_put(file);
}
END_TEST

START_TEST(test_conformance__tiles_of_logs)
{
	struct json_object *file, *tests = vectors_tests("tlog/logs.json", &file), *entries;
	size_t leaves = 0;
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);
		owned_buf struct buf tile = { 0 }, hashes = { 0 };
		ck_assert(json_object_object_get_ex(test, "entries", &entries));
		for (size_t j = 0; j < json_object_array_length(entries); j++) {
			const char *text = json_object_get_string(json_object_array_get_idx(entries, j));
			owned_buf struct buf entry = { 0 };
			uint8_t hash[SHA256_SIZE];
			ck_assert(base64_decode(text, strlen(text), &entry));
			tlog_leaf_hash(entry.data, entry.len, hash);
			buf_append(&hashes, hash, sizeof(hash));
			leaves++;
		}
		ck_assert(vectors_base64(test, "tile", &tile));
		ck_assert_uint_eq(tile.len, hashes.len);
		ck_assert_mem_eq(tile.data, hashes.data, tile.len);
	}
	ck_assert_uint_eq(leaves, 77);
	json_object_put(file);
}
END_TEST

VECTORS_MAIN("tlog/conformance", test_conformance__roots_of_one_leaf, test_conformance__tiles_of_logs)

#include "base/encode.h"

#include <string.h>

#include "unit.h"

/* RFC 4648, section 10. */
static const struct {
	const char *bytes;
	const char *padded;
	const char *url;
} base64_cases[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xfb\xff\xfe", "+//+", "-__-" },
};

START_TEST(test_encode__base64_of_rfc_4648)
{
	for (size_t i = 0; i < ARRAY_SIZE(base64_cases); i++) {
		owned_buf struct buf text = { 0 }, bytes = { 0 };
		base64_encode(base64_cases[i].bytes, strlen(base64_cases[i].bytes), &text);
		ck_assert_str_eq(buf_str(&text), base64_cases[i].padded);
		ck_assert(base64_decode(text.data ? text.data : "", text.len, &bytes));
		ck_assert_str_eq(buf_str(&bytes), base64_cases[i].bytes);
	}
}
END_TEST

START_TEST(test_encode__base64url_has_no_padding)
{
	for (size_t i = 0; i < ARRAY_SIZE(base64_cases); i++) {
		owned_buf struct buf text = { 0 }, bytes = { 0 };
		base64url_encode(base64_cases[i].bytes, strlen(base64_cases[i].bytes), &text);
		ck_assert_str_eq(buf_str(&text), base64_cases[i].url);
		ck_assert(base64url_decode(buf_str(&text), text.len, &bytes));
		ck_assert_str_eq(buf_str(&bytes), base64_cases[i].bytes);
	}
}
END_TEST

START_TEST(test_encode__base64_refuses_what_is_not_its_one_encoding)
{
	static const char *const bad[] = { "Z", "Zg",
		"Zg=", "Zg===", "====", "=Zg=", "Zh==", "Zm9=", "Zm8=Zm8=", "Zg==Zg==", " Zg==", "Zg==\n", "Zm-_",
		"Z\xc3\xa9=" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		owned_buf struct buf out = { 0 };
		buf_append_str(&out, "kept");
		ck_assert_msg(!base64_decode(bad[i], strlen(bad[i]), &out), "accepted %s", bad[i]);
		ck_assert_str_eq(buf_str(&out), "kept");
	}
}
END_TEST

START_TEST(test_encode__base64url_refuses_padding_and_the_other_alphabet)
{
	static const char *const bad[] = { "Zg==", "Zm8=", "Z", "Zh", "+//+", "Zm9vZ" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		owned_buf struct buf out = { 0 };
		ck_assert_msg(!base64url_decode(bad[i], strlen(bad[i]), &out), "accepted %s", bad[i]);
		ck_assert_uint_eq(out.len, 0);
	}
}
END_TEST

START_TEST(test_encode__base64_refuses_nul)
{
	owned_buf struct buf out = { 0 };
	ck_assert(!base64_decode("Zm\0v", 4, &out));
}
END_TEST

START_TEST(test_encode__hex_both_ways)
{
	static const uint8_t bytes[] = { 0x00, 0x7f, 0x80, 0xff };
	char text[9];
	uint8_t back[4];
	ck_assert_str_eq(hex_encode(bytes, sizeof(bytes), text), "007f80ff");
	ck_assert(hex_decode("007F80fF", back, sizeof(back)));
	ck_assert_mem_eq(back, bytes, sizeof(bytes));
	ck_assert(!hex_decode("007f80fg", back, sizeof(back)));
	ck_assert(!hex_decode("0", back, 1));
}
END_TEST

UNIT_MAIN("base/encode", test_encode__base64_of_rfc_4648, test_encode__base64url_has_no_padding,
	test_encode__base64_refuses_what_is_not_its_one_encoding,
	test_encode__base64url_refuses_padding_and_the_other_alphabet, test_encode__base64_refuses_nul,
	test_encode__hex_both_ways)

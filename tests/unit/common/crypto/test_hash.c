#include "crypto/hash.h"

#include <string.h>

#include "base/encode.h"
#include "base/own.h"
#include "unit.h"

START_TEST(test_hash__sha256_of_nothing_and_abc)
{
	char text[SHA256_HEX_SIZE];
	ck_assert_str_eq(sha256_hex("", 0, text), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_str_eq(
		sha256_hex("abc", 3, text), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(test_hash__pieces_are_one_message)
{
	const struct crypto_piece pieces[] = { { "", 0 }, { "a", 1 }, { NULL, 0 }, { "bc", 2 } };
	uint8_t whole[SHA256_SIZE], parts[SHA256_SIZE];
	sha256("abc", 3, whole);
	sha256_pieces(pieces, ARRAY_SIZE(pieces), parts);
	ck_assert_mem_eq(whole, parts, SHA256_SIZE);
	sha256("", 0, whole);
	sha256_pieces(NULL, 0, parts);
	ck_assert_mem_eq(whole, parts, SHA256_SIZE);
}
END_TEST

/* RFC 4231, section 4, test cases 1, 2, 3, 6 and 7. */
START_TEST(test_hash__hmac_of_rfc4231)
{
	char fifty_dd[50], long_key[131], key_0b[20], key_aa[20];
	memset(fifty_dd, 0xdd, sizeof(fifty_dd));
	memset(long_key, 0xaa, sizeof(long_key));
	memset(key_0b, 0x0b, sizeof(key_0b));
	memset(key_aa, 0xaa, sizeof(key_aa));
	static const char long_text[] =
		"This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
		"be hashed before being used by the HMAC algorithm.";
	const struct {
		const char *key;
		size_t key_len;
		const char *data;
		size_t len;
		const char *mac;
	} cases[] = {
		{ key_0b, 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", 4, "what do ya want for nothing?", 28,
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ key_aa, 20, fifty_dd, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ long_key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ long_key, 131, long_text, sizeof(long_text) - 1,
			"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t mac[SHA256_SIZE];
		char text[SHA256_HEX_SIZE];
		const struct crypto_piece pieces[] = { { cases[i].data, 3 }, { cases[i].data + 3, cases[i].len - 3 } };
		hmac_sha256(cases[i].key, cases[i].key_len, pieces, 2, mac);
		ck_assert_str_eq(hex_encode(mac, sizeof(mac), text), cases[i].mac);
	}
}
END_TEST

START_TEST(test_hash__hmac_takes_an_empty_key)
{
	uint8_t mac[SHA256_SIZE];
	char text[SHA256_HEX_SIZE];
	hmac_sha256(NULL, 0, NULL, 0, mac);
	ck_assert_str_eq(
		hex_encode(mac, sizeof(mac), text), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(test_hash__equal_looks_at_every_byte)
{
	uint8_t a[32] = { 0 };
	for (size_t i = 0; i < sizeof(a); i++) {
		uint8_t b[32] = { 0 };
		ck_assert(crypto_equal(a, b, sizeof(a)));
		b[i] = 1;
		ck_assert(!crypto_equal(a, b, sizeof(a)));
	}
	ck_assert(crypto_equal("", "", 0));
}
END_TEST

START_TEST(test_hash__random_bytes_differ)
{
	static uint8_t a[1000], b[1000], zeros[1000];
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert_mem_ne(a + sizeof(a) - 16, zeros, 16);
	crypto_random(a, 0);
}
END_TEST

UNIT_MAIN("crypto/hash", test_hash__sha256_of_nothing_and_abc, test_hash__pieces_are_one_message,
	test_hash__hmac_of_rfc4231, test_hash__hmac_takes_an_empty_key, test_hash__equal_looks_at_every_byte,
	test_hash__random_bytes_differ)

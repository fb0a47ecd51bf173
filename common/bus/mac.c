#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/own.h"
#include "bus/record.h"

/* Each field goes in behind its length, so that no two records give the same bytes. */
struct framed {
	uint8_t length[8];
};

static void frame(struct crypto_piece pieces[2], struct framed *framed, const void *data, size_t len)
{
	for (int i = 0; i < 8; i++)
		framed->length[i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
	pieces[0] = (struct crypto_piece){ framed->length, sizeof(framed->length) };
	pieces[1] = (struct crypto_piece){ data, len };
}

void record_mac(const uint8_t key[SHA256_SIZE], const struct bus_record *record, uint8_t mac[SHA256_SIZE])
{
	const char *topic = topic_info(record->topic)->name;
	char time[CLOCK_RFC3339_SIZE];
	clock_format(record->ce_time_us, time);
	struct framed lengths[5];
	struct crypto_piece pieces[10];
	frame(&pieces[0], &lengths[0], topic, strlen(topic));
	frame(&pieces[2], &lengths[1], record->key, strlen(record->key));
	frame(&pieces[4], &lengths[2], record->ce_id, strlen(record->ce_id));
	frame(&pieces[6], &lengths[3], time, strlen(time));
	frame(&pieces[8], &lengths[4], record->body, record->len);
	hmac_sha256(key, SHA256_SIZE, pieces, ARRAY_SIZE(pieces), mac);
}

bool record_mac_holds(const struct mac_keys *keys, const struct bus_record *record)
{
	if (record->mac == NULL)
		return false;
	bool holds = false;
	for (size_t i = 0; i < keys->count; i++) {
		uint8_t expected[SHA256_SIZE];
		record_mac(keys->keys[i], record, expected);
		holds |= crypto_equal(expected, record->mac, SHA256_SIZE);
	}
	return holds;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool mac_keys_parse(const char *text, struct mac_keys *keys, struct err *err)
{
	struct mac_keys parsed = { .count = 0 };
	bool ok = true;
	for (const char *p = text;;) {
		while (is_space(*p))
			p++;
		if (*p == '\0')
			break;
		size_t len = 0;
		while (p[len] != '\0' && !is_space(p[len]))
			len++;
		ok = parsed.count < ARRAY_SIZE(parsed.keys) && len == 2 * (size_t)SHA256_SIZE &&
		     hex_decode(p, parsed.keys[parsed.count], SHA256_SIZE);
		if (!ok)
			break;
		parsed.count++;
		p += len;
	}
	ok = ok && parsed.count > 0;
	if (ok)
		*keys = parsed;
	explicit_bzero(&parsed, sizeof(parsed));
	/* The text is a secret: the error says the form and nothing of the value. */
	return ok || err_set(err, ERR_CONFIG, "one or two keys of 64 hexadecimal digits are wanted");
}

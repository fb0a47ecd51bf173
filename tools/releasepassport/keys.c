/* `releasepassport keys`: keys that sign passports, the set that verifies them, keys between the services. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "cli.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "json/json.h"
#include "passport/keyset.h"
#include "passport/member.h"
#include "spec.h"

#define KEY_FILE_MAX_BYTES 65536

static void keyset_text(const struct keyset *set, struct buf *out)
{
	owned(json) struct json_object *json = keyset_jwks(set);
	json_text(json, true, out);
	buf_append_char(out, '\n');
}

/* --- generate --- */

struct generate_options {
	const char *out;
	int algorithm;
};

static const char *const algorithm_words[] = { "ecdsa-p256", "ed25519", NULL };

static const struct arg_option generate_options[] = {
	{ "out", "FOLDER", "where signer.pem, signer.pub and keyset.json go", ARG_TEXT,
		offsetof(struct generate_options, out), .mandatory = true },
	{ "algorithm", "NAME", "ecdsa-p256 or ed25519", ARG_ENUM, offsetof(struct generate_options, algorithm),
		.default_value = "ecdsa-p256", .names = algorithm_words },
	{ 0 },
};

static bool make_folder(const char *path, struct err *err)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return true;
	return err_set_at(err, ERR_FILE, path, "can't be made: %m");
}

/* A key that is lost can't be had again. */
static bool check_absent(const char *path, struct err *err)
{
	if (access(path, F_OK) != 0)
		return true;
	return err_set_at(err, ERR_FILE, path, "is there already");
}

static bool write_private(const struct signing_key *key, const char *path, struct err *err)
{
	struct buf pem = { 0 };
	signing_key_pem(key, &pem);
	bool ok = file_write(path, pem.data, pem.len, 0600, err);
	buf_wipe(&pem);
	return ok;
}

static bool write_public(struct verify_key *key, const char *pem_path, const char *set_path, struct err *err)
{
	struct keyset_key item = { .key = key };
	const struct keyset set = { &item, 1 };
	owned_buf struct buf pem = { 0 }, json = { 0 };
	verify_key_pem(key, &pem);
	keyset_text(&set, &json);
	return file_write(pem_path, pem.data, pem.len, 0644, err) &&
	       file_write(set_path, json.data, json.len, 0644, err);
}

static bool run_generate(struct cli *cli, const void *arg, struct err *err)
{
	const struct generate_options *options = arg;
	const char *private_path = arena_printf(cli->arena, "%s/signer.pem", options->out);
	const char *public_path = arena_printf(cli->arena, "%s/signer.pub", options->out);
	const char *set_path = arena_printf(cli->arena, "%s/keyset.json", options->out);
	if (!make_folder(options->out, err) || !check_absent(private_path, err) || !check_absent(public_path, err) ||
		!check_absent(set_path, err))
		return false;
	owned(signing_key) struct signing_key *key = signing_key_generate((enum key_algorithm)options->algorithm);
	owned(verify_key) struct verify_key *public_half = signing_key_public(key);
	if (!write_private(key, private_path, err) || !write_public(public_half, public_path, set_path, err))
		return false;
	owned(json) struct json_object *answer = json_object_new_object();
	json_add_string(answer, "keyId", verify_key_id(public_half));
	json_add_string(answer, "privateKey", private_path);
	json_add_string(answer, "publicKey", public_path);
	json_add_string(answer, "keySet", set_path);
	output_object(&cli->output, answer);
	output_line(&cli->output, STYLE_PLAIN, "%s: the signer's, keep it secret", private_path);
	output_line(&cli->output, STYLE_PLAIN, "%s: for verifiers", public_path);
	output_line(&cli->output, STYLE_PLAIN, "%s: for api-gateway and audit-writer", set_path);
	output_line(&cli->output, STYLE_PLAIN, "key id %s", verify_key_id(public_half));
	return true;
}

/* --- keyset --- */

struct keyset_options {
	struct arg_list keys;
	const char *out;
};

static const struct arg_option keyset_options[] = {
	{ "key", "PUB[@FROM/[TO]]", "a public key, PEM, and the time during which it signs; more than one may be given",
		ARG_LIST, offsetof(struct keyset_options, keys) },
	{ "out", "FILE", "where the set goes, in place of standard output", ARG_TEXT,
		offsetof(struct keyset_options, out) },
	{ 0 },
};

static bool read_public(const char *path, struct verify_key **key, struct err *err)
{
	owned_buf struct buf pem = { 0 };
	if (!file_read(path, KEY_FILE_MAX_BYTES, &pem, err))
		return false;
	return verify_key_parse(buf_str(&pem), pem.len, key, err) || err_add_where(err, path);
}

static bool read_keys(struct cli *cli, const struct arg_list *specs, struct keyset *set, struct err *err)
{
	for (size_t i = 0; i < specs->count; i++) {
		struct key_spec spec;
		struct keyset_key *item = &set->keys[set->count];
		if (!key_spec_parse(specs->items[i], cli->arena, &spec, err) ||
			!read_public(spec.path, &item->key, err))
			return false;
		item->not_before_us = spec.not_before_us;
		item->not_after_us = spec.not_after_us;
		if (keyset_find(set, verify_key_id(item->key)) != NULL) {
			verify_key_destroy(item->key);
			return err_set_at(err, ERR_FILE, spec.path, "this key is there twice");
		}
		set->count++;
	}
	return true;
}

static bool run_keyset(struct cli *cli, const void *arg, struct err *err)
{
	const struct keyset_options *options = arg;
	if (options->keys.count == 0 || options->keys.count > KEYSET_MAX)
		return err_set_at(err, ERR_USAGE, "--key", "1 to %d keys are needed", KEYSET_MAX);
	struct keyset set = { arena_array(cli->arena, options->keys.count, sizeof(*set.keys)), 0 };
	owned_buf struct buf text = { 0 };
	bool ok = read_keys(cli, &options->keys, &set, err);
	if (ok)
		keyset_text(&set, &text);
	for (size_t i = 0; i < set.count; i++)
		verify_key_destroy(set.keys[i].key);
	if (ok && options->out != NULL)
		return file_write(options->out, text.data, text.len, 0644, err);
	if (ok)
		output_raw(text.data, text.len);
	return ok;
}

/* --- list --- */

static bool run_list(struct cli *cli, const void *arg, struct err *err)
{
	(void)arg;
	owned(api) struct api *api = NULL;
	owned(json) struct json_object *answer = NULL;
	if (!api_create(&cli->api, true, &api, err) || !api_json(api, "GET", "/keys", NULL, &answer, err))
		return false;
	const struct json_object *keys = member_array(answer, "keys");
	if (keys == NULL)
		return err_set(err, ERR_INTERNAL, "%s answered without a list of keys", api_url(api));
	output_object(&cli->output, answer);
	for (size_t i = 0; i < json_object_array_length(keys); i++) {
		const struct json_object *key = json_object_array_get_idx(keys, i);
		const char *from = member_text(key, "notBefore"), *to = member_text(key, "notAfter");
		output_line(&cli->output, STYLE_PLAIN, "%s  %s  from %s to %s", member_text(key, "kid"),
			member_text(key, "alg"), from != NULL ? from : "ever", to != NULL ? to : "open");
	}
	return true;
}

/* --- mac --- */

static bool run_mac(struct cli *cli, const void *arg, struct err *err)
{
	uint8_t secret[SHA256_SIZE];
	char text[SHA256_HEX_SIZE];
	(void)arg, (void)err;
	crypto_random(secret, sizeof(secret));
	hex_encode(secret, sizeof(secret), text);
	owned(json) struct json_object *answer = json_object_new_object();
	json_add_string(answer, "key", text);
	output_object(&cli->output, answer);
	output_line(&cli->output, STYLE_PLAIN, "%s", text);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(text, sizeof(text));
	return true;
}

const struct command keys_commands[] = {
	{ "keys generate", "", "Make a key that signs passports", "Nothing that is there already is overwritten.", 0, 0,
		0, generate_options, sizeof(struct generate_options), run_generate },
	{ "keys keyset", "", "Write the key set that services and verifiers read",
		"A rotation overlaps: publish the set with the next key before that key signs, as in\n"
		"  --key old.pub@/2026-07-01T00:00:00Z --key new.pub@2026-06-01T00:00:00Z/",
		0, 0, 0, keyset_options, sizeof(struct keyset_options), run_keyset },
	{ "keys list", "", "Show the keys that the service publishes", NULL, 0, 0, COMMAND_NEEDS_API, NULL, 0,
		run_list },
	{ "keys mac", "", "Make a secret for a MAC_KEY_* setting", NULL, 0, 0, 0, NULL, 0, run_mac },
	{ 0 },
};

#include "media.h"

#include "unit.h"

START_TEST(test_media__knows_a_type_with_and_without_parameters)
{
	ck_assert(media_is("application/yaml", "application/yaml"));
	ck_assert(media_is("Application/YAML; charset=utf-8", "application/yaml"));
	ck_assert(!media_is("application/yamlish", "application/yaml"));
	ck_assert(!media_is("text/plain", "application/yaml"));
	ck_assert(!media_is("", "application/yaml"));
}
END_TEST

START_TEST(test_media__gives_another_form_only_to_who_names_it_first)
{
	static const struct {
		const char *accept;
		bool wanted;
	} cases[] = {
		{ NULL, false },
		{ "", false },
		{ "*/*", false },
		{ "application/yaml", true },
		{ "text/html, application/yaml;q=0.9", true },
		{ "application/json, application/yaml", false },
		{ "application/yaml, application/json", true },
		{ "*/*, application/yaml", false },
		{ "application/yamlish", false },
		{ ",, ,", false },
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(media_wanted(cases[i].accept, "application/yaml", "application/json") == cases[i].wanted,
			"case %zu", i);
}
END_TEST

START_TEST(test_media__matches_an_etag_in_a_list)
{
	ck_assert(media_matches("\"a\"", "\"a\""));
	ck_assert(media_matches("\"b\", W/\"a\"", "\"a\""));
	ck_assert(media_matches("*", "\"a\""));
	ck_assert(!media_matches("a", "\"a\""));
	ck_assert(!media_matches("\"ab\"", "\"a\""));
	ck_assert(!media_matches("W/", "\"a\""));
	ck_assert(!media_matches(NULL, "\"a\""));
}
END_TEST

UNIT_MAIN("api-gateway/media", test_media__knows_a_type_with_and_without_parameters,
	test_media__gives_another_form_only_to_who_names_it_first, test_media__matches_an_etag_in_a_list)

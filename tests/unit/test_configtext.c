/* SPDX-License-Identifier: MIT */
/*
 * Changes in the text of a config file.
 */
#include "texttest.h"

#include "base/attr.h"
#include "settings/configtext.h"

static void
test_set(void **state UNUSED)
{
	static char work[] = "w o r k";
	static const struct {
		const char *text, *word, *name, *key, *value, *want;
		int had;
	} rows[] = {
		{ "", "defaults", NULL, "port", "25", "[defaults]\nport = 25\n",
		    0 },
		{ "[account w o r k]\nport=1", "account", work, "port", "25",
		    "[account w o r k]\nport=25", 1 },
		{ "[account  w o r k ]\n#port = 1\n", "account", work, "port",
		    "25", "[account  w o r k ]\nport = 25\n#port = 1\n", 0 },
		{ "[account w o r k2]\nport = 1\n", "account", work, "port",
		    "25",
		    "[account w o r k2]\nport = 1\n\n[account w o r k]\n"
		    "port = 25\n",
		    0 },
		{ "[defaultsx]\n", "defaults", NULL, "a", "b",
		    "[defaultsx]\n\n[defaults]\na = b\n", 0 },
		{ "[defaults\n[defaults]\n", "defaults", NULL, "a", "b",
		    "[defaults\n[defaults]\na = b\n", 0 },
		{ "a = 0\n[defaults]\na = 1\n[x]\na = 2\n", "defaults", NULL,
		    "a", "b", "a = 0\n[defaults]\na = b\n[x]\na = 2\n", 1 },
		{ "[defaults]\na = 1\na = 2\n", "defaults", NULL, "a", "b",
		    "[defaults]\na = b\n", 1 },
		{ "[defaults]\na = 1\n", "defaults", NULL, "a", NULL,
		    "[defaults]\n", 1 },
		{ "[defaults]\nab = 1\n", "defaults", NULL, "a", NULL,
		    "[defaults]\nab = 1\n", 0 },
		{ "[defaults]\r\na =\r\n", "defaults", NULL, "a", "b",
		    "[defaults]\r\na = b\r\n", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf out = buf_make(1000);
		auto_free char *word = strdup(rows[i].word);
		auto_free char *key = strdup(rows[i].key);
		auto_free char *value =
		    strdup(rows[i].value != NULL ? rows[i].value : "");
		char *items[] = { value };
		const struct strlist values = { .items = items,
			.count = rows[i].value != NULL };
		static char name[] = "w o r k";
		const struct config_key k = { .word = word,
			.name = rows[i].name != NULL ? name : NULL,
			.key = key };

		assert_int_equal(configtext_set(&out, rows[i].text,
				     strlen(rows[i].text), &k, &values),
		    rows[i].had);
		assert_string_equal(out.data, rows[i].want);
	}
}

static void
test_drop(void **state UNUSED)
{
	static const struct {
		const char *text, *want;
		int had;
	} rows[] = {
		{ "", "", 0 },
		{ "[account a]\nx = 1\n", "", 1 },
		{ "# top\n\n# of a\n[account a]\nx = 1\n\n# of b\n[b]\ny = 2\n",
		    "# top\n\n# of b\n[b]\ny = 2\n", 1 },
		{ "[b]\ny = 2\n[account a]\nx = 1\n[account a]\nz = 3\n[c]\n",
		    "[b]\ny = 2\n[c]\n", 1 },
		{ "[account ab]\nx = 1\n", "[account ab]\nx = 1\n", 0 },
		{ "[b]\n#1\n[account a]\n", "[b]\n", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf out = buf_make(1000);

		assert_int_equal(configtext_drop(&out, rows[i].text,
				     strlen(rows[i].text), "account", "a"),
		    rows[i].had);
		assert_string_equal(out.data, rows[i].want);
	}
}

static void
test_keys(void **state UNUSED)
{
	static const struct {
		const char *text, *account, *word, *name, *key;
	} rows[] = {
		{ "port", NULL, "defaults", NULL, "port" },
		{ "port", "home", "account", "home", "port" },
		{ "defaults.port", "home", "defaults", NULL, "port" },
		{ "account.web.de.port", NULL, "account", "web.de", "port" },
		{ "alias.a.b", NULL, "alias", NULL, "a.b" },
		{ "provider.own.host", NULL, "provider", "own", "host" },
		{ "account.port", NULL, NULL, NULL, NULL },
		{ "account..port", NULL, NULL, NULL, NULL },
		{ "account.a.", NULL, NULL, NULL, NULL },
		{ "alias.", NULL, NULL, NULL, NULL },
		{ "a.port", NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_config_key struct config_key key = { .word = NULL };
		struct error err = ERROR_INIT;
		int result =
		    config_key_parse(&key, rows[i].text, rows[i].account, &err);

		assert_int_equal(result, rows[i].word != NULL ? 0 : -1);
		if (result < 0) {
			assert_int_equal(err.kind, ERR_USAGE);
			continue;
		}
		assert_string_equal(key.word, rows[i].word);
		assert_string_equal(key.key, rows[i].key);
		if (rows[i].name != NULL)
			assert_string_equal(key.name, rows[i].name);
		else
			assert_null(key.name);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

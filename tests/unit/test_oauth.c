/* SPDX-License-Identifier: MIT */
/*
 * Logging in, as far as it needs no network: answers, redirections, times,
 * services.
 */
#include "texttest.h"

#include "oauth/login.h"
#include "oauth/redirect.h"
#include "smtp/fetch.h"

#define CODE \
	"\"device_code\":\"d\",\"user_code\":\"U\",\"verification_uri\":\"V\""

static void
test_errors(void **state UNUSED)
{
	assert_int_equal(
	    response_error("authorization_pending"), OAUTH_PENDING);
	assert_int_equal(response_error("slow_down"), OAUTH_SLOW_DOWN);
	assert_int_equal(response_error("access_denied"), OAUTH_DENIED);
	assert_int_equal(
	    response_error("authorization_declined"), OAUTH_DENIED);
	assert_int_equal(response_error("expired_token"), OAUTH_EXPIRED);
	assert_int_equal(response_error("invalid_grant"), OAUTH_GRANT);
	assert_int_equal(response_error("invalid_client"), OAUTH_OTHER);
	assert_int_equal(response_error(""), OAUTH_OTHER);
}

/* RFC 8628 section 3.5: five seconds more, for all that follow. */
static void
test_interval(void **state UNUSED)
{
	assert_int_equal(login_interval(5, OAUTH_PENDING), 5);
	assert_int_equal(login_interval(5, OAUTH_SLOW_DOWN), 10);
	assert_int_equal(login_interval(10, OAUTH_SLOW_DOWN), 15);
	assert_int_equal(login_interval(0, OAUTH_PENDING), 0);
}

static void
test_device(void **state UNUSED)
{
	static const struct {
		const char *text;
		int result;
		long expires, interval;
	} rows[] = {
		{ "{" CODE "}", 0, 900, 5 },
		{ "{" CODE ",\"interval\":0,\"expires_in\":60}", 0, 60, 0 },
		{ "{" CODE ",\"interval\":\"7\",\"expires_in\":\"60\"}", 0, 60,
		    7 },
		{ "{" CODE ",\"interval\":1.9,\"expires_in\":1e99}", 0,
		    30L * 24 * 3600, 1 },
		{ "{" CODE ",\"interval\":-1,\"expires_in\":\"5x\"}", 0, 900,
		    5 },
		{ "{" CODE ",\"interval\":99999,\"expires_in\":null}", 0, 900,
		    600 },
		{ "{}", -1, 0, 0 },
		{ "[]", -1, 0, 0 },
		{ "", -1, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_device_code struct device_code d = { .url = "" };
		struct error_response no = { .code = OAUTH_OK };
		struct error err = ERROR_INIT;

		assert_int_equal(response_device(&d, &no, rows[i].text,
				     strlen(rows[i].text), &err),
		    rows[i].result);
		if (rows[i].result < 0) {
			assert_int_equal(err.kind, ERR_PROTOCOL);
			continue;
		}
		check_str("code", d.code.text, "d");
		check_str("user", d.user_code, "U");
		check_str("url", d.url, "V");
		assert_int_equal(d.expires_in, rows[i].expires);
		assert_int_equal(d.interval, rows[i].interval);
	}
}

static void
test_token(void **state UNUSED)
{
	static const char good[] = "{\"access_token\":\"a.b\",\"token_type\":"
				   "\"bEARER\",\"expires_in\":3599}";
	static const char no_word[] = "{\"error\":\"slow_down\","
				      "\"error_description\":\"why\\u0007\"}";
	auto_token struct token t = { .expires_in = 0 };
	struct error_response no = { .code = OAUTH_OK };
	struct error err = ERROR_INIT;

	assert_int_equal(response_token(&t, &no, good, strlen(good), &err), 0);
	assert_int_equal(no.code, OAUTH_OK);
	check_str("access", t.access.text, "a.b");
	assert_null(t.refresh.text);
	assert_int_equal(t.expires_in, 3599);
	assert_int_equal(
	    response_token(&t, &no, no_word, strlen(no_word), &err), 0);
	assert_int_equal(no.code, OAUTH_SLOW_DOWN);
	check_str("description", no.description, "why\a");
}

static void
test_redirect(void **state UNUSED)
{
	static const struct {
		const char *line;
		int status;
		const char *code, *error;
	} rows[] = {
		{ "GET /?code=c&state=S HTTP/1.1\r\n\r\n", 200, "c", "" },
		{ "GET /?state=S&code=4%2F0A+b HTTP/1.1\r\n\r\n", 200, "4/0A b",
		    "" },
		{ "GET /?state=S&error=no HTTP/1.1\r\n\r\n", 200, NULL, "no" },
		{ "GET /?state=S&error=no&code=c HTTP/1.1\r\n\r\n", 200, NULL,
		    "no" },
		{ "GET /?code=c&state=T HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?code=c&state=SS HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?code=c&state= HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?code=c HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?state=S HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?code=&state=S HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?code=%00&state=S HTTP/1.1\r\n\r\n", 400, NULL, "" },
		{ "GET /?code=c&state=S\r\n\r\n", 400, NULL, "" },
		{ "GET / HTTP/1.1\r\n\r\n", 404, NULL, "" },
		{ "GET /x?code=c&state=S HTTP/1.1\r\n\r\n", 404, NULL, "" },
		{ "POST /?code=c&state=S HTTP/1.1\r\n\r\n", 404, NULL, "" },
		{ "\r\n\r\n", 404, NULL, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_redirected struct redirected r = { .error = "" };

		if (redirect_read(&r, rows[i].line, "S") != rows[i].status)
			fail_msg("%s", rows[i].line);
		if (rows[i].code == NULL)
			check_true(rows[i].line, r.code.text == NULL, "code");
		else
			check_str(rows[i].line, r.code.text, rows[i].code);
		check_str(rows[i].line, r.error, rows[i].error);
	}
}

static void
test_urls(void **state UNUSED)
{
	static const struct {
		const char *url;
		bool may;
	} rows[] = {
		{ "https://x.example/token", true },
		{ "HTTPS://x.example", true },
		{ "http://127.0.0.1:80/token", true },
		{ "http://127.9.9.9/", true },
		{ "http://[::1]:8080/", true },
		{ "http://localhost/", true },
		{ "http://x.example/token", false },
		{ "http://127.0.0.1.x.example/", false },
		{ "http://localhost.x.example/", false },
		{ "http://127.x.example/", false },
		{ "https://user:pw@x.example/", false },
		{ "http://127.0.0.1@x.example/", false },
		{ "https://x.example/#part", false },
		{ "file:///etc/passwd", false },
		{ "x.example", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (fetch_may(rows[i].url) != rows[i].may)
			fail_msg("%s", rows[i].url);
}

/* A token URL of one's own never meets another service's endpoints. */
static void
test_services(void **state UNUSED)
{
	static char google[] = "smtps://smtp.gmail.com", own[] = "https://o/t";
	static char other[] = "mail.x.example", name[] = "home";
	struct settings s = { .account = name, .server = google };
	struct error err = ERROR_INIT;
	struct service found;

	assert_int_equal(service_find(&found, &s, &err), 0);
	check_str("google", found.name, "Google");
	check_has("google", found.token_url, "googleapis.com/token");
	assert_null(found.device_url);
	s.oauth_token_url = own;
	assert_int_equal(service_find(&found, &s, &err), 0);
	check_str("own", found.token_url, own);
	assert_null(found.auth_url);
	assert_null(found.scope);
	assert_null(found.extra);
	s.oauth_token_url = NULL;
	s.server = other;
	assert_int_equal(service_find(&found, &s, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	check_has("hint", err.hint, "[account home]");
}

int
main(void)
{
	const struct CMUnitTest offline[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_services),
	};
	const struct CMUnitTest answers[] = {
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_token),
	};
	struct error err = ERROR_INIT;
	int result = cmocka_run_group_tests(offline, NULL, NULL);

	if (response_can_read(&err))
		result += cmocka_run_group_tests(answers, NULL, NULL);
	return result;
}

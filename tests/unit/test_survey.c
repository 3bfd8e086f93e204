/* SPDX-License-Identifier: MIT */
/*
 * Which of two ports a survey advises.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/survey.h"

#include <stdio.h>

struct way {
	int port;
	bool tls;
	bool login;
	bool loopback;
};

static struct visit
visit_of(const struct way *w)
{
	struct visit v = { .endpoint.port = w->port };

	v.endpoint.loopback = w->loopback;
	v.offers.offered = w->login ? CAPABILITY_AUTH : 0;
	if (w->tls)
		(void)snprintf(v.tls, sizeof(v.tls), "TLSv1.3");
	return v;
}

static void
test_order(void **state UNUSED)
{
	/* Each is better than the one behind it. */
	static const struct way ways[] = {
		{ 465, true, true, false },
		{ 587, true, true, false },
		{ 2525, true, true, false },
		{ 25, true, true, false },
		{ 465, false, true, false },
		{ 25, false, true, false },
		{ 465, true, false, false },
		{ 25, true, false, false },
		{ 587, false, false, false },
		{ 25, false, false, false },
	};

	for (size_t i = 0; i + 1 < ARRAY_SIZE(ways); i++) {
		struct visit a = visit_of(&ways[i]);
		struct visit b = visit_of(&ways[i + 1]);

		if (!survey_is_better(&a, &b) || survey_is_better(&b, &a))
			fail_msg("row %zu is no better than the next", i);
	}
}

static void
test_loopback_needs_no_tls(void **state UNUSED)
{
	const struct visit far =
	    visit_of(&(struct way){ 25, true, false, false });
	const struct visit near =
	    visit_of(&(struct way){ 25, false, false, true });

	assert_false(survey_is_better(&far, &near));
	assert_false(survey_is_better(&near, &far));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_loopback_needs_no_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Encoded words: RFC 2047's own examples, then whatever we write is within the
 * limits and comes back.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/encword.h"
#include "text/utf8.h"

#define R_CARON "\xc5\x99"
#define E_ACUTE "\xc3\xa9"
#define EMOJI   "\xf0\x9f\x98\x80"
#define TEN(x)  x x x x x x x x x x

static void
test_needed(void **state UNUSED)
{
	static const struct {
		const char *input;
		bool want;
	} rows[] = {
		{ "", false },
		{ "plain text = ? _", false },
		{ "caf" E_ACUTE, true },
		{ "=?utf-8?q?x?=", true },
		{ "x=?", true },
		{ "=", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i].input,
		    encword_needed(rows[i].input, strlen(rows[i].input)) ==
			rows[i].want,
		    "judged wrongly");
}

static void
test_encode(void **state UNUSED)
{
	static const struct {
		const char *name, *input;
		enum encword_place place;
		size_t first;
		const char *want;
	} rows[] = {
		{ "empty", "", ENCWORD_TEXT, 75, "" },
		{ "Q is shorter", "caf" E_ACUTE " au lait", ENCWORD_TEXT, 75,
		    "=?UTF-8?Q?caf=C3=A9_au_lait?=" },
		{ "B is shorter", TEN(R_CARON), ENCWORD_TEXT, 75,
		    "=?UTF-8?B?xZnFmcWZxZnFmcWZxZnFmcWZxZk=?=" },
		{ "special characters", "=?_x " E_ACUTE TEN("xxx"),
		    ENCWORD_TEXT, 75,
		    "=?UTF-8?Q?=3D=3F=5Fx_=C3=A9" TEN("xxx") "?=" },
		{ "text may hold more", "a.(b), " E_ACUTE "xxxxxxxxx",
		    ENCWORD_TEXT, 75, "=?UTF-8?Q?a.(b),_=C3=A9xxxxxxxxx?=" },
		{ "than a phrase", "a.(b), " E_ACUTE TEN("xxx"), ENCWORD_PHRASE,
		    75, "=?UTF-8?Q?a=2E=28b=29=2C_=C3=A9" TEN("xxx") "?=" },
		{ "phrase literals", "!*+-/" E_ACUTE "xxxx", ENCWORD_PHRASE, 75,
		    "=?UTF-8?Q?!*+-/=C3=A9xxxx?=" },
		{ "ASCII that looks encoded", "=?utf-8?q?x?=", ENCWORD_TEXT, 75,
		    "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=" },
		{ "controls", "a\tb" E_ACUTE "xxxxx", ENCWORD_TEXT, 75,
		    "=?UTF-8?Q?a=09b=C3=A9xxxxx?=" },
		{ "full word", TEN("xxxxxx") "abc=?", ENCWORD_TEXT, 75,
		    "=?UTF-8?Q?" TEN("xxxxxx") "abc?= =?UTF-8?Q?=3D=3F?=" },
		{ "small first", "abcdefgh" E_ACUTE, ENCWORD_TEXT, 16,
		    "=?UTF-8?Q?abcd?= =?UTF-8?Q?efgh=C3=A9?=" },
		{ "first too small", "abcdefgh" E_ACUTE, ENCWORD_TEXT, 12,
		    "=?UTF-8?Q?abcdefgh=C3=A9?=" },
		{ "no room for the character", E_ACUTE "abcdefgh", ENCWORD_TEXT,
		    17, "=?UTF-8?Q?=C3=A9abcdefgh?=" },
		{ "no first", "abcdefgh" E_ACUTE, ENCWORD_TEXT, 0,
		    "=?UTF-8?Q?abcdefgh=C3=A9?=" },
		{ "first beyond the limit",
		    TEN(R_CARON) TEN(R_CARON) TEN(R_CARON), ENCWORD_TEXT, 1000,
		    "=?UTF-8?B?xZnFmcWZxZnFmcWZxZnFmcWZxZnFmcWZxZnFmcWZxZnF"
		    "mcWZxZnFmcWZxZk=?= =?UTF-8?B?xZnFmcWZxZnFmcWZxZnFmQ==?=" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);

		encword_encode(&out, rows[i].input, strlen(rows[i].input),
		    rows[i].place, rows[i].first);
		check_str(rows[i].name, out.data, rows[i].want);
	}
}

/* Each word is within its limit and decodes to whole characters. */
static void
check_words(const char *row, const char *words, size_t first, size_t most)
{
	for (const char *p = words; *p != '\0';) {
		size_t n = strcspn(p, " ");
		struct buf one auto_buf = buf_make(1000);

		check_true(row, n <= most, "long word");
		check_true(row, p > words || first < 24 || n <= first,
		    "long first word");
		encword_decode(&one, p, n);
		check_true(row, one.len > 0 && utf8_valid(one.data, one.len),
		    "split character");
		check_true(row,
		    !encword_needed(one.data, one.len) ||
			strncmp(one.data, "=?UTF-8", 7) != 0,
		    "not decoded");
		p += n + (p[n] == ' ');
	}
}

static void
test_round_trip(void **state UNUSED)
{
	static const struct {
		const char *name, *input;
	} rows[] = {
		{ "accents",
		    TEN("P" R_CARON "\xc3\xad"
			"kaz ") },
		{ "emoji", TEN(EMOJI EMOJI EMOJI) },
		{ "mixed", TEN("a" E_ACUTE "\xe2\x82\xac" EMOJI "=_? ") },
		{ "ASCII", TEN("=?x? \"(.,;:)\" ") },
		{ "blanks", "  " E_ACUTE "   " TEN("    ") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t first = 0; first <= 80; first++) {
			for (int place = 0; place <= ENCWORD_QUOTED; place++) {
				struct buf out auto_buf = buf_make(10000);
				struct buf back auto_buf = buf_make(10000);

				encword_encode(&out, rows[i].input,
				    strlen(rows[i].input),
				    (enum encword_place)place, first);
				check_words(rows[i].name, out.data, first,
				    place == ENCWORD_QUOTED ? 72 : 75);
				encword_decode(&back, out.data, out.len);
				check_str(
				    rows[i].name, back.data, rows[i].input);
			}
		}
	}
}

static void
test_decode(void **state UNUSED)
{
	static const struct {
		const char *input, *want;
	} rows[] = {
		/* RFC 2047 section 8 */
		{ "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
		    "Keith Moore <moore@cs.utk.edu>" },
		{ "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>",
		    "Keld J\xc3\xb8rn Simonsen <keld@dkuug.dk>" },
		{ "=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr" E_ACUTE " Pirard" },
		{ "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n"
		  "    =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
		    "If you can read this yo\r\n"
		    "    =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=" },
		{ "=?ISO-8859-1?Q?Olle_J=E4rnefors?=",
		    "Olle J\xc3\xa4rnefors" },
		{ "=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?=",
		    "Patrik F\xc3\xa4ltstr\xc3\xb6m" },
		{ "=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=",
		    "=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=" },
		{ "(=?ISO-8859-1?Q?a?=)", "(a)" },
		{ "(=?ISO-8859-1?Q?a?= b)", "(a b)" },
		{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)" },
		{ "(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)" },
		{ "(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)" },
		{ "(=?ISO-8859-1?Q?a_b?=)", "(a b)" },
		{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)",
		    "(a =?ISO-8859-2?Q?_b?=)" },
		/* RFC 2231 section 5 */
		{ "=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore" },
		{ "", "" },
		{ "plain", "plain" },
		{ "=?utf-8?q?=c5=99?=", R_CARON },
		{ "  =?utf-8?q?a?=  ", "  a  " },
		{ "=?utf-8?b?xZk?=", R_CARON },
		{ "=?utf-8?q?"
		  "?=",
		    "" },
		{ "=?utf-8?q?a?==?utf-8?q?b?=", "ab" },
		{ "=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b" },
		{ "=?ISO-8859-1?Q?=E9=FF?=", E_ACUTE "\xc3\xbf" },
		/* Not what they seem to be */
		{ "=?", "=?" },
		{ "=?=", "=?=" },
		{ "=?utf-8", "=?utf-8" },
		{ "=?utf-8?q", "=?utf-8?q" },
		{ "=?utf-8?q?", "=?utf-8?q?" },
		{ "=?utf-8?q?a", "=?utf-8?q?a" },
		{ "=?utf-8?q?a?", "=?utf-8?q?a?" },
		{ "=?utf-8?q?a?x", "=?utf-8?q?a?x" },
		{ "=?utf-8?q?a b?=", "=?utf-8?q?a b?=" },
		{ "=?utf-8?q?=c?=", "=?utf-8?q?=c?=" },
		{ "=?utf-8?q?=zz?=", "=?utf-8?q?=zz?=" },
		{ "=?utf-8?q?=c5?=", "=?utf-8?q?=c5?=" },
		{ "=?utf-8?b?x?=", "=?utf-8?b?x?=" },
		{ "=?utf-8?x?abc?=", "=?utf-8?x?abc?=" },
		{ "=?us-ascii?q?=e9?=", "=?us-ascii?q?=e9?=" },
		{ "=?x?=?utf-8?q?a?=", "=?x?a" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);

		encword_decode(&out, rows[i].input, strlen(rows[i].input));
		check_str(rows[i].input, out.data, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

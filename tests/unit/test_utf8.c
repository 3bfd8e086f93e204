/* SPDX-License-Identifier: MIT */
/*
 * UTF-8: the decoder at the borders of RFC 3629, widths, cuts, kinds.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/utf8.h"

static const struct {
	const char *name, *input;
	size_t want; /* length of the character, 0 for none */
	uint32_t codepoint;
} decodes[] = {
	{ "ASCII", "A", 1, 'A' },
	{ "DEL", "\x7f", 1, 0x7f },
	{ "least of two", "\xc2\x80", 2, 0x80 },
	{ "most of two", "\xdf\xbf", 2, 0x7ff },
	{ "least of three", "\xe0\xa0\x80", 3, 0x800 },
	{ "before surrogates", "\xed\x9f\xbf", 3, 0xd7ff },
	{ "after surrogates", "\xee\x80\x80", 3, 0xe000 },
	{ "most of three", "\xef\xbf\xbf", 3, 0xffff },
	{ "least of four", "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "most of four", "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "more follows", "\xc5\x99x", 2, 0x159 },
	{ "continuation alone", "\x80", 0, 0 },
	{ "overlong slash", "\xc0\xaf", 0, 0 },
	{ "overlong of two", "\xc1\xbf", 0, 0 },
	{ "overlong of three", "\xe0\x9f\xbf", 0, 0 },
	{ "overlong of four", "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "first surrogate", "\xed\xa0\x80", 0, 0 },
	{ "last surrogate", "\xed\xbf\xbf", 0, 0 },
	{ "beyond Unicode", "\xf4\x90\x80\x80", 0, 0 },
	{ "lead F5", "\xf5\x80\x80\x80", 0, 0 },
	{ "lead FF", "\xff", 0, 0 },
	{ "cut after one", "\xc5", 0, 0 },
	{ "cut after two", "\xe2\x82", 0, 0 },
	{ "cut after three", "\xf0\x9f\x98", 0, 0 },
	{ "bad second", "\xc5\x41", 0, 0 },
	{ "bad third", "\xe2\x82\x41", 0, 0 },
	{ "bad fourth", "\xf0\x9f\x98\x41", 0, 0 },
};

static void
test_decode(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(decodes); i++) {
		const char *name = decodes[i].name;
		uint32_t c = 0;
		size_t len = strlen(decodes[i].input);

		check_true(name,
		    utf8_decode(decodes[i].input, len, &c) == decodes[i].want,
		    "length");
		check_true(name, c == decodes[i].codepoint, "code point");
	}
}

/* Each of the decoder's cases at each place of a longer text, so that the
 * blocks of ASCII before it end everywhere. */
static void
test_valid(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(decodes); i++) {
		size_t len = strlen(decodes[i].input);

		for (size_t at = 0; at < 40; at++) {
			char text[64];

			memset(text, 'x', sizeof(text));
			memcpy(text + at, decodes[i].input, len);
			check_true(decodes[i].name,
			    utf8_valid(text, at + len) == (decodes[i].want > 0),
			    "valid at the end");
			check_true(decodes[i].name,
			    utf8_valid(text, sizeof(text)) ==
				(decodes[i].want > 0),
			    "valid inside");
			check_true(decodes[i].name,
			    utf8_is_ascii(text, sizeof(text)) ==
				(decodes[i].codepoint > 0 &&
				    decodes[i].codepoint < 0x80),
			    "ASCII");
		}
	}
	assert_true(utf8_valid("", 0));
	assert_true(utf8_is_ascii("", 0));
}

static void
test_width(void **state UNUSED)
{
	static const struct {
		const char *name, *input;
		size_t want;
	} rows[] = {
		{ "empty", "", 0 },
		{ "ASCII", "abc", 3 },
		{ "Latin", "\xc5\x99\xc3\xad", 2 },
		{ "combining accent", "e\xcc\x81", 1 },
		{ "CJK", "\xe6\x97\xa5\xe6\x9c\xac", 4 },
		{ "Hangul syllable", "\xed\x95\x9c", 2 },
		{ "Hangul letters", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2 },
		{ "halfwidth katakana", "\xef\xbd\xb1", 1 },
		{ "fullwidth A", "\xef\xbc\xa1", 2 },
		{ "emoji", "\xf0\x9f\x98\x80", 2 },
		{ "emoji, joined", "\xf0\x9f\x91\xa9\xe2\x80\x8d", 2 },
		{ "variation selector", "\xe2\x9c\x89\xef\xb8\x8f", 1 },
		{ "soft hyphen", "\xc2\xad", 1 },
		{ "zero width space", "\xe2\x80\x8b", 0 },
		{ "CJK extension", "\xf0\xa0\x80\x80", 2 },
		{ "last wide", "\xf0\xbf\xbf\xbd", 2 },
		{ "invalid bytes", "\xff\xc5", 2 },
		{ "private use", "\xee\x80\x80", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i].name,
		    utf8_width(rows[i].input, strlen(rows[i].input)) ==
			rows[i].want,
		    "width");
}

static void
test_cut(void **state UNUSED)
{
	static const struct {
		const char *name, *input;
		size_t want;
	} rows[] = {
		{ "empty", "", 0 },
		{ "ASCII", "abc", 3 },
		{ "whole", "a\xc5\x99", 3 },
		{ "half", "a\xc5", 1 },
		{ "one of three", "\xe2", 0 },
		{ "two of three", "a\xe2\x82", 1 },
		{ "three of three", "a\xe2\x82\xac", 4 },
		{ "three of four", "ab\xf0\x9f\x98", 2 },
		{ "four of four", "\xf0\x9f\x98\x80", 4 },
		{ "only continuations", "\x80\x80\x80\x80\x80", 5 },
		{ "no lead byte", "a\xff", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i].name,
		    utf8_cut(rows[i].input, strlen(rows[i].input)) ==
			rows[i].want,
		    "cut");
}

static void
test_kinds(void **state UNUSED)
{
	static const struct {
		uint32_t codepoint;
		bool control, bidi;
	} rows[] = {
		{ 0, true, false },
		{ 0x1f, true, false },
		{ ' ', false, false },
		{ 0x7e, false, false },
		{ 0x7f, true, false },
		{ 0x80, true, false },
		{ 0x9f, true, false },
		{ 0xa0, false, false },
		{ 0x61b, false, false },
		{ 0x61c, false, true },
		{ 0x200d, false, false },
		{ 0x200e, false, true },
		{ 0x200f, false, true },
		{ 0x2010, false, false },
		{ 0x2027, false, false },
		{ 0x2028, true, false },
		{ 0x2029, true, false },
		{ 0x202a, false, true },
		{ 0x202e, false, true },
		{ 0x202f, false, false },
		{ 0x2065, false, false },
		{ 0x2066, false, true },
		{ 0x2069, false, true },
		{ 0x206a, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (utf8_is_control(rows[i].codepoint) != rows[i].control ||
		    utf8_is_bidi(rows[i].codepoint) != rows[i].bidi)
			fail_msg("U+%04X", rows[i].codepoint);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

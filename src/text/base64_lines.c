/* SPDX-License-Identifier: MIT */
/*
 * No table in memory is read: vectors of characters are computed.  Twelve bytes
 * at a time everywhere; on an x86-64 that has AVX2, which shuffles bytes and
 * looks up a table in a register, twenty-four.
 */
#include "text/base64_lines.h"

#include "text/lanes.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

static inline void
end_line(char *out)
{
	out[BASE64_LINE_OUT - 2] = '\r';
	out[BASE64_LINE_OUT - 1] = '\n';
}

/* --- everywhere --------------------------------------------------------- */

typedef uint32_t lanes_groups __attribute__((vector_size(LANES)));

/* Three bytes in the order of the wire; reads one byte more. */
static inline uint32_t
load_group(const unsigned char *in)
{
	uint32_t group;

	memcpy(&group, in, sizeof(group));
	return be32toh(group) >> 8;
}

/* Twelve bytes to sixteen characters; reads one byte more. */
static inline void
put_vector(const unsigned char *in, char *out)
{
	lanes_groups g = { load_group(in), load_group(in + 3),
		load_group(in + 6), load_group(in + 9) };
	lanes v;
	lanes_unsigned c;

	/* Each lane gets its six bits, first character at the low address. */
#if BYTE_ORDER == LITTLE_ENDIAN
	g = (g >> 18) | (g >> 4 & 0x3f00) | (g << 10 & 0x3f0000) |
	    (g << 24 & 0x3f000000);
#else
	g = (g << 6 & 0x3f000000) | (g << 4 & 0x3f0000) | (g << 2 & 0x3f00) |
	    (g & 0x3f);
#endif
	v = (lanes)g;
	/* From range to range of the alphabet. */
	c = (lanes_unsigned)v + 'A';
	c += (lanes_unsigned)(v > 25) & ('a' - 'Z' - 1);
	c -= (lanes_unsigned)(v > 51) & ('z' - '0' + 1);
	c -= (lanes_unsigned)(v > 61) & ('9' - '+' + 1);
	c += (lanes_unsigned)(v > 62) & ('/' - '+' - 1);
	lanes_store(out, (lanes)c);
}

void
base64_lines_common(const unsigned char *in, size_t count, char *out)
{
	for (; count > 0; count--) {
		put_vector(in, out);
		put_vector(in + 12, out + 16);
		put_vector(in + 24, out + 32);
		put_vector(in + 36, out + 48);
		put_vector(
		    in + 45, out + 60); /* overlaps, and leaves no rest */
		end_line(out);
		in += BASE64_LINE_IN;
		out += BASE64_LINE_OUT;
	}
}

/* --- with AVX2 ---------------------------------------------------------- */

#ifdef __x86_64__

#define WITH_AVX2 __attribute__((target("avx2")))

/* Sixteen bytes, for both halves of a vector: shuffles do not cross them. */
#define TWICE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

/* Twenty-four bytes to thirty-two characters; reads four bytes more. */
WITH_AVX2 static inline void
put_wide(const unsigned char *in, char *out)
{
	/* A group a b c as two words, ab and bc, each with two characters. */
	const __m256i words =
	    TWICE(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
	/* By range: A-Z, a-z, each digit, plus, slash; from six bits to ASCII.
	 */
	const __m256i offsets = TWICE('A', 'a' - 26, '0' - 52, '0' - 52,
	    '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
	    '0' - 52, '0' - 52, '+' - 62, '/' - 63, 0, 0);
	__m128i low = _mm_loadu_si128((const void *)in);
	__m128i high = _mm_loadu_si128((const void *)(in + 12));
	__m256i w = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), words);
	__m256i first, second, range;

	/* The first is to go to the low byte, down by 10 or 6 bits, the second
	 * to the high byte, up by 4 or 8: no shift does that for words, but a
	 * product does. */
	first = _mm256_and_si256(w, _mm256_set1_epi32(0x0fc0fc00));
	first = _mm256_mulhi_epu16(first, _mm256_set1_epi32(1 << 26 | 1 << 6));
	second = _mm256_and_si256(w, _mm256_set1_epi32(0x003f03f0));
	second =
	    _mm256_mullo_epi16(second, _mm256_set1_epi32(1 << 24 | 1 << 4));
	w = _mm256_or_si256(first, second);
	range = _mm256_subs_epu8(w, _mm256_set1_epi8(51));
	range =
	    _mm256_sub_epi8(range, _mm256_cmpgt_epi8(w, _mm256_set1_epi8(25)));
	w = _mm256_add_epi8(w, _mm256_shuffle_epi8(offsets, range));
	_mm256_storeu_si256((void *)out, w);
}

WITH_AVX2 static void
put_lines_wide(const unsigned char *in, size_t count, char *out)
{
	for (; count > 0; count--) {
		put_wide(in, out);
		put_wide(in + 24, out + 32);
		put_wide(in + 33, out + 44); /* overlaps, and leaves no rest */
		end_line(out);
		in += BASE64_LINE_IN;
		out += BASE64_LINE_OUT;
	}
}

#endif

base64_lines *
base64_lines_best(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return put_lines_wide;
#endif
	return base64_lines_common;
}

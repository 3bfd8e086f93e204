/* SPDX-License-Identifier: MIT */
/*
 * Throughput of the codecs: MB of input per second of processor time, best of
 * several passes over 64 MiB in blocks of 64 KiB.  No verdict.
 */
#include "base/io.h"
#include "base/mem.h"
#include "text/codec.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TOTAL  ((size_t)64 << 20)
#define BLOCK  ((size_t)64 << 10)
#define PASSES 5

static char out[QP_BOUND(BLOCK)];

static void
run_base64(const char *in)
{
	struct base64_encoder e = { 0 };

	for (size_t i = 0; i < TOTAL; i += BLOCK)
		(void)base64_encode(&e, in + i, BLOCK, out);
}

static void
run_crlf(const char *in)
{
	struct crlf_encoder e = { 0 };

	for (size_t i = 0; i < TOTAL; i += BLOCK)
		(void)crlf_encode(&e, in + i, BLOCK, out);
}

static void
run_qp(const char *in)
{
	struct qp_encoder e = { 0 };

	for (size_t i = 0; i < TOTAL; i += BLOCK)
		(void)qp_encode(&e, in + i, BLOCK, out);
}

static void
run_scan(const char *in)
{
	struct content_scanner s = { 0 };

	for (size_t i = 0; i < TOTAL; i += BLOCK)
		content_scan(&s, in + i, BLOCK);
	content_scan_finish(&s);
}

static void
measure(const char *name, void (*run)(const char *in), const char *in)
{
	double best = 0;

	for (int i = 0; i < PASSES; i++) {
		clock_t begin = clock();
		double took;

		run(in);
		took = (double)(clock() - begin) / CLOCKS_PER_SEC;
		if (i == 0 || took < best)
			best = took;
	}
	printf("%-18s %6.0f MB/s\n", name, (double)TOTAL / 1e6 / best);
}

/* Repeat a text until the buffer is full. */
static void
fill(char *to, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < TOTAL; i++)
		to[i] = text[i % len];
}

int
main(void)
{
	auto_free char *data = mem_alloc(TOTAL);

	io_random(data, TOTAL);
	measure("base64", run_base64, data);
	measure("scan of binary", run_scan, data);
	fill(data,
	    "It is a truth universally acknowledged, that a single man\n"
	    "in possession of a good fortune, must be in want of a wife.\n"
	    "\n"
	    "However little known the feelings or views of such a man may "
	    "be on his first entering a neighbourhood, this truth is so "
	    "well fixed in the minds of the surrounding families.\n"
	    "\tMy dear Mr. Bennet,\n");
	measure("crlf", run_crlf, data);
	measure("scan of text", run_scan, data);
	fill(data,
	    "It is a truth universally acknowledged, that a single man\r\n"
	    "in possession of a good fortune, must be in want of a wife.\r\n"
	    "\r\n"
	    "However little known the feelings or views of such a man may "
	    "be on his first entering a neighbourhood, this truth is so "
	    "well fixed in the minds of the surrounding families.\r\n"
	    "\tMy dear Mr. Bennet,\r\n");
	measure("quoted-printable", run_qp, data);
	measure("scan of CRLF text", run_scan, data);
	fill(data,
	    "P\xc5\x99\xc3\xadli\xc5\xa1 \xc5\xbelu\xc5\xa5ou\xc4\x8dk\xc3\xbd "
	    "k\xc5\xaf\xc5\x88 \xc3\xbap\xc4\x9bl \xc4\x8f\xc3\xa1"
	    "belsk\xc3\xa9 \xc3\xb3"
	    "dy.\n");
	measure("scan of UTF-8", run_scan, data);
	return 0;
}

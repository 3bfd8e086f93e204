/* SPDX-License-Identifier: MIT */
/* A small random tree of parts: its wire form holds to the rules, and every
 * boundary is opened and closed inside the one around it. */
#include "base/mem.h"
#include "message/mime.h"
#include "wirecheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned
take(const uint8_t **data, size_t *size, unsigned below)
{
	if (*size == 0)
		return 0;
	--*size;
	return *(*data)++ % below;
}

static struct part *
make_leaf(const uint8_t **data, size_t *size)
{
	static const char *const types[] = { "text/plain", "text/html",
		"image/png", "message/rfc822", "multipart/mixed" };
	static const char *const names[] = {
		NULL, "a.txt", "caf\xc3\xa9 \".x",
		"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
		"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
	};
	const char *type = types[take(data, size, ARRAY_SIZE(types))];
	const char *name = names[take(data, size, ARRAY_SIZE(names))];
	enum disposition how = (enum disposition)take(data, size, 3);
	unsigned len = take(data, size, 256);
	struct error err = ERROR_INIT;
	struct part *p;

	if (len > *size)
		len = (unsigned)*size;
	p = part_leaf(
	    store_memory(mem_strndup((const char *)*data, len), len, "x"), type,
	    len % 7 == 3 ? "iso-8859-1" : NULL, name, how, &err);
	*data += len;
	*size -= len;
	require(p != NULL);
	return p;
}

static struct part *
make_part(const uint8_t **data, size_t *size, int depth)
{
	unsigned children = depth < 5 ? take(data, size, 5) : 0;
	struct part *p;

	if (children == 0)
		return make_leaf(data, size);
	p = part_new(children == 1 ? "multipart/related" : "multipart/mixed");
	for (; children > 1; children--)
		part_add(p, make_part(data, size, depth + 1));
	return p;
}

/* Every delimiter line of a boundary of ours opens or closes what it may. */
static const char *
check_nesting(const struct part *p, const char *at)
{
	auto_free char *delimiter = NULL;

	if (p->content != NULL)
		return at;
	delimiter = mem_printf("\r\n--%s", p->boundary);
	for (size_t i = 0; i < p->count; i++) {
		at = strstr(at, delimiter);
		require(at != NULL);
		at += strlen(delimiter);
		require(strncmp(at, "\r\n", 2) == 0);
		at = check_nesting(p->children[i], at);
	}
	at = strstr(at, delimiter);
	require(at != NULL);
	at += strlen(delimiter);
	require(strncmp(at, "--\r\n", 4) == 0);
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m = { .header = buf_make(100) };
	struct buf bytes auto_buf = buf_make(SIZE_MAX / 2);
	struct error err = ERROR_INIT;
	struct wire w;

	buf_puts(&m.header, "Subject: x\r\n");
	m.root = make_part(&data, &size, 0);
	require(mime_wire(&m, &w, &err) == 0);
	check_wire(&w);
	require(!w.eight_bit);
	read_wire(&w, &bytes, 65536);
	(void)check_nesting(m.root, bytes.data);
	wire_release(&w);
	message_release(&m);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * libmagic is asked first; a few rules stand behind it.
 *
 * Most mails have no file to look at, and loading it with all that it needs in
 * turn costs more than to compose one: it is loaded when it is asked.
 *
 * Nothing is unpacked, and the parsers for ELF and OLE files, where most of
 * libmagic's security holes were, stay off: what they could tell more is no
 * media type, or the name tells it as well.
 */
#include "message/sniff.h"

#include "base/library.h"
#include "message/types.h"
#include "text/headreader.h"
#include "text/param.h"

#include <magic.h>
#include <stdio.h>
#include <string.h>

#define MAGIC_FLAGS \
	(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | \
	    MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_APPTYPE)

static const char octets[] = "application/octet-stream";

/* --- libmagic ------------------------------------------------------------- */

struct library {
	__typeof__(magic_open) *open;
	__typeof__(magic_close) *close;
	__typeof__(magic_error) *error;
	__typeof__(magic_load) *load;
	__typeof__(magic_setparam) *setparam;
	__typeof__(magic_buffer) *buffer;
};

#ifdef LIBMAGIC

/* NULL, with *why, if it is not to be had. */
static const struct library *
load_library(const char **why)
{
	static struct library lib;
	const struct library_function wanted[] = {
		{ "magic_open", &lib.open },
		{ "magic_close", &lib.close },
		{ "magic_error", &lib.error },
		{ "magic_load", &lib.load },
		{ "magic_setparam", &lib.setparam },
		{ "magic_buffer", &lib.buffer },
	};

	return library_load(LIBMAGIC, wanted, ARRAY_SIZE(wanted), why) ? &lib
								       : NULL;
}

#else

static const struct library *
load_library(const char **why)
{
	static const struct library lib = {
		.open = magic_open,
		.close = magic_close,
		.error = magic_error,
		.load = magic_load,
		.setparam = magic_setparam,
		.buffer = magic_buffer,
	};

	*why = NULL;
	return &lib;
}

#endif

/* Its answer into out; false when there is none, with *note telling why if it
 * is not usable at all. */
static bool
ask_libmagic(
    const void *head, size_t len, char *out, size_t room, const char **note)
{
	static char problem[200];
	const char *why;
	const struct library *lib = load_library(&why);
	magic_t magic = lib != NULL ? lib->open(MAGIC_FLAGS) : NULL;
	size_t most = SNIFF_BYTES;
	const char *answer = NULL;

	if (magic == NULL || lib->load(magic, NULL) < 0) {
		if (magic != NULL)
			why = lib->error(magic);
		(void)snprintf(problem, sizeof(problem),
		    "file types are taken from names only: %s",
		    why != NULL ? why : "libmagic does not start");
		*note = problem;
	} else {
		(void)lib->setparam(magic, MAGIC_PARAM_BYTES_MAX, &most);
		answer = lib->buffer(magic, head, len);
	}
	if (answer != NULL)
		(void)snprintf(out, room, "%s", answer);
	if (magic != NULL)
		lib->close(magic);
	return answer != NULL && param_is_media_type(out);
}

/* --- the rules ------------------------------------------------------------ */

/* Does libmagic say no more than what kind of container it is? */
static bool
says_nothing(const char *type)
{
	static const char *const vague[] = {
		"text/plain",
		"application/octet-stream",
		"application/zip",
		"application/x-empty",
		"application/CDFV2",
		"application/x-ole-storage",
	};

	for (size_t i = 0; i < ARRAY_SIZE(vague); i++)
		if (strcasecmp(type, vague[i]) == 0)
			return true;
	return strncasecmp(type, "inode/", 6) == 0;
}

/* Without libmagic: text or not. */
static const char *
guess(const struct content_facts *facts)
{
	bool text = facts->bytes > 0 && facts->utf8 && facts->controls == 0;

	return text ? "text/plain" : octets;
}

/* Is it a header, and is the header one?  A name ending in .eml or a first line
 * like one does not make a message. */
static bool
begins_a_message(const char *bytes, size_t len)
{
	struct error ignored = ERROR_INIT;
	struct head head;
	bool yes;

	head_init(&head);
	/* The line of a mailbox in front is no part of a message. */
	yes = (len < 5 || memcmp(bytes, "From ", 5) != 0) &&
	    head_push(&head, bytes, len, &ignored) >= 0 &&
	    (head.complete || head_finish(&head, &ignored) == 0) &&
	    head.count > 0 && !head.missing_blank;
	head_release(&head);
	return yes;
}

const char *
sniff_type(const char *name, const void *head, size_t len,
    const struct content_facts *facts, const char **note)
{
	static char answer[128];
	const char *type = answer;
	const char *ignored;

	if (note == NULL)
		note = &ignored;
	*note = NULL;
	if (len > SNIFF_BYTES)
		len = SNIFF_BYTES;
	if (!ask_libmagic(head, len, answer, sizeof(answer), note))
		type = guess(facts);
	if (says_nothing(type)) {
		const char *named = type_of_name(name);

		if (named != NULL)
			type = named;
		else if (strcmp(type, "text/plain") != 0 &&
		    strcmp(type, "application/zip") != 0)
			type = octets;
	}
	if (strcasecmp(type, "message/rfc822") == 0 &&
	    !begins_a_message(head, len))
		type = guess(facts);
	if (facts->nuls > 0 && strncasecmp(type, "text/", 5) == 0)
		type = octets;
	return type;
}

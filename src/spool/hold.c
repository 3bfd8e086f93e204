/* SPDX-License-Identifier: MIT */
/*
 * A hold is a file with the first slot of a state, named by its route's digest.
 */
#include "spool/hold.h"

#include "base/digest.h"
#include "base/io.h"

#include <fcntl.h>
#include <string.h>

#define NAME_LEN 33 /* with its NUL */

static void
name_of(const char *route, char out[NAME_LEN])
{
	auto_digest struct digest *d = digest_new();
	char hex[DIGEST_HEX];

	digest_add(d, route, strlen(route));
	digest_hex(d, hex);
	memcpy(out, hex, NAME_LEN - 1);
	out[NAME_LEN - 1] = '\0';
}

void
hold_read(const struct spool *s, const char *route, struct state *out)
{
	auto_buf struct buf data = buf_make(STATE_SLOT);
	char name[NAME_LEN];
	auto_fd int fd = -1;

	*out = (struct state){ .marks = NULL };
	name_of(route, name);
	fd = spool_open_file(s, BOX_HOLD, name, O_RDONLY);
	if (fd >= 0 && io_read_all(fd, &data) == 0)
		state_read(out, name, data.data, data.len);
}

void
hold_set(const struct spool *s, const char *route, const char *reason,
    int64_t now, uint16_t chance)
{
	char name[NAME_LEN];
	char slot[STATE_SLOT];
	struct state state;
	auto_fd int fd = -1;

	hold_read(s, route, &state);
	/* A burst of messages that fail while it waits is one failure. */
	if (schedule_due(&state.schedule, now))
		(void)schedule_attempt(&state.schedule, now, chance);
	state_text(state.reason, reason);
	name_of(route, name);
	state_slot(&state, name, 0, slot);
	fd = spool_open_file(s, BOX_HOLD, name, O_RDWR | O_CREAT);
	if (fd >= 0 && io_write_all(fd, slot, sizeof(slot)) < 0)
		hold_clear(s, route);
}

void
hold_clear(const struct spool *s, const char *route)
{
	char name[NAME_LEN];

	name_of(route, name);
	(void)unlinkat(s->boxes[BOX_HOLD], name, 0);
}

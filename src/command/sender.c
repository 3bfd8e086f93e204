/* SPDX-License-Identifier: MIT */
/*
 * Who sends: the From address and the domains that follow from it.
 */
#include "base/io.h"
#include "base/mem.h"
#include "command/compose.h"
#include "text/idn.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOSTNAME_SIZE 256

/* The first word of /etc/mailname (Debian policy 11.6), or NULL. */
static char *
mailname(void)
{
	auto_fd int fd = open("/etc/mailname", O_RDONLY | O_CLOEXEC);
	auto_buf struct buf text = buf_make(1024);
	size_t len;

	if (fd < 0 || io_read_all(fd, &text) < 0)
		return NULL;
	len = strcspn(text.data, " \t\r\n");
	return len == 0 ? NULL : mem_strndup(text.data, len);
}

static char *
host_name(void)
{
	char name[HOSTNAME_SIZE] = "";

	if (gethostname(name, sizeof(name) - 1) < 0 || name[0] == '\0')
		return mem_strdup("localhost");
	return mem_strdup(name);
}

static char *
local_domain(const struct settings *s)
{
	char *name;

	if (s->default_domain != NULL && s->default_domain[0] != '\0')
		return mem_strdup(s->default_domain);
	name = mailname();
	return name != NULL ? name : host_name();
}

/* The user's login name; also for ids without a passwd entry. */
static char *
user_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (pw != NULL && pw->pw_name[0] != '\0')
		return mem_strdup(pw->pw_name);
	return mem_printf("uid%lu", (unsigned long)geteuid());
}

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

int
compose_sender(
    struct address *from, const struct settings *s, struct error *err)
{
	const char *email = getenv("EMAIL");

	if (is_set(s->from)) {
		if (address_parse_one(from, s->from, err) < 0)
			return error_wrap(err, "From");
	} else if (is_set(email)) {
		if (address_parse_one(from, email, err) < 0)
			return error_wrap(err, "$EMAIL");
	} else if (is_set(s->user) && strchr(s->user, '@') != NULL) {
		if (address_parse_one(from, s->user, err) < 0)
			return error_wrap(err, "login");
	} else {
		from->local = user_name();
	}
	if (from->domain == NULL)
		from->domain = local_domain(s);
	if (is_set(s->from_name)) {
		free(from->name);
		from->name = mem_strdup(s->from_name);
	}
	return 0;
}

int
compose_complete(struct address *a, const struct settings *s, struct error *err)
{
	if (a->domain != NULL)
		return 0;
	if (!is_set(s->from)) {
		a->domain = local_domain(s);
		return 0;
	}
	address_release(a);
	return compose_sender(a, s, err);
}

char *
compose_domain(const struct address *from)
{
	struct error ignored = ERROR_INIT;
	auto_free char *ascii = NULL;

	if (from->domain != NULL)
		ascii = idn_to_ascii(from->domain, &ignored);
	/* A name that many hosts share would make identifiers collide. */
	if (ascii == NULL || ascii[0] == '[' ||
	    strncasecmp(ascii, "localhost", 9) == 0)
		return mem_strdup("mitto.invalid");
	return steal(ascii);
}

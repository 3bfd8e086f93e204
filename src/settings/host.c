/* SPDX-License-Identifier: MIT */
/*
 * The names of this host, from where they are kept on it.
 */
#include "settings/host.h"

#include "base/io.h"
#include "base/mem.h"

#include <fcntl.h>
#include <netdb.h>
#include <pwd.h>
#include <string.h>
#include <strings.h>

#define HOSTNAME_SIZE 256

char *
host_mailname(void)
{
	auto_fd int fd = open("/etc/mailname", O_RDONLY | O_CLOEXEC);
	auto_buf struct buf text = buf_make(1024);
	size_t len;

	if (fd < 0 || io_read_all(fd, &text) < 0)
		return NULL;
	len = strcspn(text.data, " \t\r\n");
	return len == 0 ? NULL : mem_strndup(text.data, len);
}

char *
host_name(void)
{
	char name[HOSTNAME_SIZE] = "";

	if (gethostname(name, sizeof(name) - 1) < 0 || name[0] == '\0')
		return mem_strdup("localhost");
	return mem_strdup(name);
}

char *
host_domain(const char *given)
{
	char *mailname;

	if (given != NULL && given[0] != '\0')
		return mem_strdup(given);
	mailname = host_mailname();
	return mailname != NULL ? mailname : host_name();
}

char *
host_user(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (pw != NULL && pw->pw_name[0] != '\0')
		return mem_strdup(pw->pw_name);
	return mem_printf("uid%lu", (unsigned long)geteuid());
}

/* What stands for %c, or NULL. */
static char *
placeholder(char c)
{
	switch (c) {
	case 'u':
		return host_user();
	case 'h':
		return host_name();
	case 'm':
		return host_domain(NULL);
	default:
		return NULL;
	}
}

/* Old routing addresses, ana%home@relay, must not be mistaken for one. */
static bool
ends_placeholder(char c)
{
	return c == '\0' || strchr("@.-_+<>\" ", c) != NULL;
}

char *
host_fill(const char *text)
{
	auto_buf struct buf out = buf_make(strlen(text) * HOSTNAME_SIZE + 1);

	for (const char *p = text; *p != '\0'; p++) {
		auto_free char *value = NULL;

		if (*p == '%' && p[1] != '\0' && ends_placeholder(p[2]))
			value = placeholder(p[1]);
		if (value == NULL) {
			buf_putc(&out, *p);
			continue;
		}
		buf_puts(&out, value);
		p++;
	}
	return buf_take(&out);
}

static bool
same(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

static bool
is_localhost(const char *domain)
{
	return same(domain, "localhost") ||
	    same(domain, "localhost.localdomain");
}

bool
host_is_private(const char *domain)
{
	auto_free char *name = host_name();

	if (is_localhost(domain))
		return true;
	name[strcspn(name, ".")] = '\0';
	return same(domain, name);
}

static bool
holds(const struct hostent *h, const char *name)
{
	bool found = same(h->h_name, name);

	for (char *const *alias = h->h_aliases; *alias != NULL; alias++)
		found = found || same(*alias, name);
	return found;
}

/* gethostent() goes through the hosts file only: DNS cannot be listed. */
static void
add_names_beside(struct strlist *names, const char *name)
{
	const struct hostent *h;

	sethostent(0);
	while ((h = gethostent()) != NULL) {
		if (!holds(h, name))
			continue;
		strlist_add(names, h->h_name);
		for (char *const *p = h->h_aliases; *p != NULL; p++)
			strlist_add(names, *p);
	}
	endhostent();
}

void
host_names(struct strlist *names)
{
	auto_free char *name = host_name();
	auto_free char *mailname = host_mailname();

	strlist_add(names, "localhost");
	strlist_add(names, "localhost.localdomain");
	strlist_add(names, name);
	strlist_take(names, mem_strndup(name, strcspn(name, ".")));
	if (mailname != NULL)
		strlist_add(names, mailname);
	add_names_beside(names, name);
}

bool
host_has_name(const struct strlist *names, const char *domain)
{
	for (size_t i = 0; i < names->count; i++)
		if (same(names->items[i], domain))
			return true;
	return false;
}

bool
host_is_self(const char *domain)
{
	auto_strlist struct strlist names = { .items = NULL };

	host_names(&names);
	return host_has_name(&names, domain);
}

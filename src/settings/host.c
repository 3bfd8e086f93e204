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
	char *mailname;

	switch (c) {
	case 'u':
		return host_user();
	case 'h':
		return host_name();
	case 'm':
		mailname = host_mailname();
		return mailname != NULL ? mailname : host_name();
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

/* The name of this host, or what stands before its first dot. */
static bool
is_own_name(const char *domain)
{
	auto_free char *name = host_name();

	if (same(domain, name))
		return true;
	name[strcspn(name, ".")] = '\0';
	return same(domain, name);
}

/* Does one entry of the hosts file hold both names? */
static bool
holds_both(const struct hostent *h, const char *a, const char *b)
{
	bool has_a = same(h->h_name, a), has_b = same(h->h_name, b);

	for (char *const *alias = h->h_aliases; *alias != NULL; alias++) {
		has_a = has_a || same(*alias, a);
		has_b = has_b || same(*alias, b);
	}
	return has_a && has_b;
}

/* gethostent() goes through the hosts file only: DNS cannot be listed. */
static bool
is_listed_with_own_name(const char *domain)
{
	auto_free char *name = host_name();
	const struct hostent *h;
	bool found = false;

	sethostent(0);
	while (!found && (h = gethostent()) != NULL)
		found = holds_both(h, domain, name);
	endhostent();
	return found;
}

bool
host_is_private(const char *domain)
{
	return is_localhost(domain) ||
	    (strchr(domain, '.') == NULL && is_own_name(domain));
}

bool
host_is_self(const char *domain)
{
	auto_free char *mailname = NULL;

	if (is_localhost(domain) || is_own_name(domain))
		return true;
	mailname = host_mailname();
	return (mailname != NULL && same(domain, mailname)) ||
	    is_listed_with_own_name(domain);
}

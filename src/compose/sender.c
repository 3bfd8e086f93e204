/* SPDX-License-Identifier: MIT */
/*
 * The account's own sender, other senders beside it, and the domains that
 * follow from them.
 */
#include "compose/sender.h"

#include "base/mem.h"
#include "compose/compose.h"
#include "settings/host.h"
#include "text/idn.h"

#include <string.h>
#include <strings.h>

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

static int
parse_own(
    struct sender *s, const char *text, const char *what, struct error *err)
{
	if (address_parse_one(&s->own, text, err) < 0)
		return error_wrap(err, "%s", what);
	s->known = true;
	return 0;
}

int
sender_init(struct sender *s, const struct request *r, struct strlist *steps,
    struct error *err)
{
	const char *email = getenv("EMAIL");
	const char *user = r->settings.user;
	bool login = is_set(user) && strchr(user, '@') != NULL;

	*s = (struct sender){
		.settings = &r->settings,
		.fixed = is_set(r->own_from) || login,
		.steps = steps,
	};
	if (is_set(r->own_from)) {
		if (parse_own(s, r->own_from, "From", err) < 0)
			return -1;
	} else if (is_set(email)) {
		if (parse_own(s, email, "$EMAIL", err) < 0)
			return -1;
	} else if (login) {
		if (parse_own(s, user, "login", err) < 0)
			return -1;
	}
	sender_name(s, &s->own);
	return 0;
}

const struct address *
sender_own(struct sender *s)
{
	if (s->own.local == NULL)
		s->own.local = host_user();
	if (s->own.domain == NULL)
		s->own.domain = host_domain(s->settings->default_domain);
	return &s->own;
}

void
sender_name(const struct sender *s, struct address *a)
{
	if (!is_set(s->settings->from_name))
		return;
	free(a->name);
	a->name = mem_strdup(s->settings->from_name);
}

void
sender_release(struct sender *s)
{
	address_release(&s->own);
}

/* --- the rules ------------------------------------------------------------ */

void
sender_copy(struct address *to, const struct address *from)
{
	auto_address_list struct address_list copy = { .items = NULL };

	address_list_add(&copy, from);
	address_release(to);
	*to = copy.items[0];
	copy.count = 0;
}

/* The address becomes own; its name, if it has one, stays. */
static void
take_own(struct sender *s, struct address *a)
{
	char *name = steal(a->name);

	sender_copy(a, sender_own(s));
	if (name == NULL)
		return;
	free(a->name);
	a->name = name;
}

static void
tell(const struct sender *s, const char *what, const struct address *old,
    const struct address *now, const char *why)
{
	strlist_take(s->steps,
	    mem_printf("%s %s%s%s becomes %s@%s: %s", what, old->local,
		old->domain != NULL ? "@" : "",
		old->domain != NULL ? old->domain : "", now->local, now->domain,
		why));
}

enum sender_change
sender_complete(struct sender *s, struct address *a, const char *what)
{
	auto_address struct address old = { .name = NULL };

	if (a->domain != NULL)
		return SENDER_KEPT;
	sender_copy(&old, a);
	if (s->known && s->settings->from_header.value != FROM_KEEP)
		take_own(s, a);
	else
		a->domain = host_domain(s->settings->default_domain);
	tell(s, what, &old, a, "it has no domain");
	return SENDER_COMPLETED;
}

enum sender_change
sender_fit(struct sender *s, struct address *a, const char *what)
{
	enum from_header rule =
	    (enum from_header)s->settings->from_header.value;
	auto_address struct address old = { .name = NULL };
	const struct address *own;

	if (sender_complete(s, a, what) != SENDER_KEPT)
		return SENDER_COMPLETED;
	if (!s->fixed || rule == FROM_KEEP)
		return SENDER_KEPT;
	own = sender_own(s);
	if (address_same(a, own))
		return SENDER_KEPT;
	sender_copy(&old, a);
	/* Where the account is at the host's own domain, all who are there can
	 * send. */
	if (strcasecmp(a->domain, own->domain) != 0 &&
	    !host_is_private(own->domain) && host_is_self(a->domain)) {
		take_own(s, a);
		tell(s, what, &old, a, "that is a name of this host only");
		return SENDER_LOCAL;
	}
	if (rule != FROM_FORCE)
		return SENDER_KEPT;
	sender_copy(a, own);
	tell(s, what, &old, a, "from-header = force");
	return SENDER_FORCED;
}

bool
sender_is_bound(struct sender *s, const char *flag)
{
	auto_free char *text = NULL;
	const struct address *own;

	if (!s->fixed || s->settings->allow_from_override.value == CONSENT_YES)
		return false;
	if (flag == NULL)
		return true;
	own = sender_own(s);
	text = mem_printf("sender %s is ignored, it is %s@%s: "
			  "allow-from-override = no",
	    flag, own->local, own->domain);
	/* One flag may stand for header and envelope. */
	if (!strlist_has(s->steps, text))
		strlist_add(s->steps, text);
	return true;
}

/* --- domains -------------------------------------------------------------- */

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

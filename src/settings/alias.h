/* SPDX-License-Identifier: MIT */
/*
 * Who is meant by a name: aliases of the config files and of the alias file,
 * the catch-all, the default domain.
 *
 * A name is looked up in [alias], then in the alias file, then as `default` in
 * the same two, and last it gets default-domain.  Letter case does not matter.
 * A name at this host (host.h) or at default-domain is looked up like the bare
 * one, but stays as it is if it is no alias; the catch-all is for bare names
 * and those at a private name of this host only, since what stands at a real
 * domain may well be a mailbox there.  Members are looked up in turn, ten deep;
 * \name of the file is final, and so is an address of a circle that has a
 * domain.  10,000 members are the end.
 */
#ifndef MITTO_ALIAS_H
#define MITTO_ALIAS_H

#include "settings/aliasfile.h"
#include "settings/config.h"
#include "settings/settings.h"
#include "text/address.h"

/* config and settings are borrowed; the file is read when a name is not found
 * in [alias], the host's names when one has a domain. */
struct aliases {
	const struct config *config;
	const struct settings *settings;
	struct alias_file file;
	bool loaded;
	bool empty; /* no file, no [alias]: nobody has to ask who is here */
	struct strlist here; /* names of this host */
};

struct aliases aliases_make(
    const struct config *config, const struct settings *settings) MUST_CHECK;
void aliases_release(struct aliases *a);

/* Read the alias file, if one is there to be read and has not been read yet;
 * errors as of alias_file_load. */
int aliases_load(struct aliases *a, struct error *err) MUST_CHECK;

/*
 * Replace the names of a recipient list by their members, for each of whom is
 * asked what was asked for the name, and merge what comes twice (the first
 * spelling stays).  ERR_DATA for a name that nothing explains;
 * the hint is the line to write.  ERR_CONFIG for a circle, too many levels, and
 * a member of the file that is a command, a file or an include.  Not to be done
 * twice to one list: what is final would not stay so.
 */
int aliases_expand(
    struct aliases *a, struct address_list *list, struct error *err) MUST_CHECK;

/*
 * The same for a list that is only shown, and never fails: what cannot be
 * expanded gets the domain of bare names if it has none.  Without change the
 * list is left alone.  Did anything change?
 */
bool aliases_complete(struct aliases *a, struct address_list *list);

/* Drop all but the first of each mailbox; all must have a domain. */
void aliases_merge(struct address_list *list);

#define auto_aliases CLEANUP(aliases_release)

#endif

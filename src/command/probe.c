/* SPDX-License-Identifier: MIT */
/*
 * mitto probe: which server is meant, and what the survey of it says.
 */
#include "base/mem.h"
#include "command/command.h"
#include "command/run.h"
#include "report/survey.h"
#include "settings/account.h"
#include "settings/provider.h"
#include "settings/server.h"
#include "text/idn.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX (1L << 20)

/* One call of `mitto probe`. */
struct probe {
	struct run *run;
	const char *word;     /* HOST, ACCOUNT or ADDRESS; NULL = none */
	const char *account;  /* that it is, or NULL */
	const char *address;  /* the same */
	struct strlist hosts; /* the first that exists is looked at */
	int ports[REACH_PORTS];
	size_t port_count;
	struct survey survey;
};

/* --- what is meant -------------------------------------------------------- */

/* [WORD] OPTION..., the word also behind them where it can be told from their
 * values. */
static int
read_words(struct probe *p, int argc, char *const *argv)
{
	struct run *run = p->run;
	struct cmdline *cl = &run->cmdline;
	int skip = argc > 0 && argv[0][0] != '-';

	if (skip > 0)
		p->word = argv[0];
	if (cmdline_parse(cl, argc - skip, argv + skip, &run->error) < 0)
		return -1;
	for (size_t i = 0; i < cl->count; i++) {
		if (cl->items[i].option != NULL)
			continue;
		if (p->word != NULL) {
			(void)error_set(&run->error, ERR_USAGE,
			    "'%s' is one too many: one server at a time",
			    cl->items[i].value);
			return error_hint(
			    &run->error, "mitto probe HOST:PORT --json");
		}
		p->word = cl->items[i].value;
	}
	return 0;
}

static int
add_port(struct probe *p, long port)
{
	struct error *err = &p->run->error;

	if (port < 1 || port > 65535) {
		(void)error_set(err, ERR_USAGE,
		    "'%s': a port is a number from 1 to 65535", p->word);
		return error_hint(err, "mitto probe HOST:465,587");
	}
	if (p->port_count == REACH_PORTS)
		return error_set(err, ERR_USAGE, "'%s' has more than %d ports",
		    p->word, REACH_PORTS);
	p->ports[p->port_count++] = (int)port;
	return 0;
}

/* "587,25" */
static int
add_ports(struct probe *p, const char *list)
{
	for (;;) {
		size_t len = strcspn(list, ",");
		bool number = len > 0 && strspn(list, "0123456789") == len;

		if (add_port(p, number ? strtol(list, NULL, 10) : 0) < 0)
			return -1;
		if (list[len] == '\0')
			return 0;
		list += len + 1;
	}
}

/* A server as --server takes it, with more than one port if wanted. */
static int
add_server(struct probe *p, const char *text)
{
	struct settings *set = &p->run->request.settings;
	struct error *err = &p->run->error;
	const char *colon = strrchr(text, ':');
	auto_free char *alone = NULL;
	struct server server;

	if (colon != NULL && strchr(colon, ',') != NULL) {
		alone = mem_strndup(text, (size_t)(colon - text));
		if (add_ports(p, colon + 1) < 0)
			return -1;
		text = alone;
	}
	if (server_parse(&server, text, err) < 0)
		return -1;
	strlist_add(&p->hosts, server.host);
	if (server.tls != TLS_AUTO && set->tls.value == TLS_AUTO)
		set->tls.value = (int)server.tls;
	if (server.port != 0 && p->port_count == 0)
		return add_port(p, server.port);
	return 0;
}

/* Is the server one of this domain? */
static bool
is_below(const char *host, const char *domain)
{
	size_t len = strlen(host), tail = strlen(domain);

	return len >= tail && strcasecmp(host + len - tail, domain) == 0 &&
	    (len == tail || host[len - tail - 1] == '.');
}

/* The servers that a mail address is likely to have: that of a preset, else by
 * their customary names. */
static int
add_servers_of(struct probe *p, const char *address)
{
	const char *domain = strrchr(address, '@') + 1;
	auto_free char *ascii = idn_to_ascii(domain, &p->run->error);

	if (ascii == NULL)
		return -1;
	p->address = address;
	for (size_t i = 0; i < provider_count && p->hosts.count == 0; i++)
		if (is_below(providers[i].host, ascii))
			strlist_add(&p->hosts, providers[i].host);
	if (p->hosts.count > 0)
		return 0;
	strlist_take(&p->hosts, mem_printf("smtp.%s", ascii));
	strlist_take(&p->hosts, mem_printf("mail.%s", ascii));
	return 0;
}

/* Is the word an account, or the address of one? */
static int
find_account(struct probe *p)
{
	struct run *run = p->run;

	if (p->word == NULL)
		return account_choose(&run->config, &run->cmdline, NULL,
		    &p->account, &run->error);
	if (config_has_account(&run->config, p->word))
		p->account = p->word;
	else if (strchr(p->word, '@') != NULL && strchr(p->word, ':') == NULL)
		p->account = account_of_sender(&run->config, p->word);
	return 0;
}

/* The server that the settings name. */
static int
add_configured(struct probe *p)
{
	const struct settings *set = &p->run->request.settings;
	struct endpoint e;

	if (set->server == NULL) {
		(void)error_set(&p->run->error, ERR_CONFIG,
		    "no server is configured%s%s%s",
		    p->account != NULL ? " for the account '" : "",
		    p->account != NULL ? p->account : "",
		    p->account != NULL ? "'" : "");
		return error_hint(&p->run->error,
		    "mitto probe HOST, or mitto probe NAME@DOMAIN");
	}
	if (smtp_endpoint(&e, set, &p->run->error) < 0)
		return -1;
	strlist_add(&p->hosts, e.host);
	return add_port(p, e.port);
}

/* The ports behind the account's own, should that one not do. */
static int
add_usual_ports(struct probe *p)
{
	static const int usual[] = { 465, 587, 25, 2525 };
	int own = p->ports[0];

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (usual[i] != own && add_port(p, usual[i]) < 0)
			return -1;
	return 0;
}

static int
find_server(struct probe *p)
{
	struct run *run = p->run;
	struct settings *set = &run->request.settings;

	if (run_load_config(run) < 0 || find_account(p) < 0 ||
	    account_resolve(&run->request, &run->config, &run->cmdline,
		p->account, &run->error) < 0 ||
	    watch_open(&run->watch, set, &run->error) < 0)
		return -1;
	if (p->word == NULL || p->account != NULL) {
		bool only = cmdline_last(&run->cmdline, "port") != NULL;

		if (add_configured(p) < 0)
			return -1;
		return only ? 0 : add_usual_ports(p);
	}
	if (cmdline_last(&run->cmdline, "port") != NULL &&
	    add_port(p, set->port) < 0)
		return -1;
	return strchr(p->word, '@') != NULL && strstr(p->word, "://") == NULL
	    ? add_servers_of(p, p->word)
	    : add_server(p, p->word);
}

/* --- the survey and its report -------------------------------------------- */

/* A word while it lasts, for who sits before it. */
static void
show_waiting(struct probe *p, const char *host)
{
	const struct settings *set = &p->run->request.settings;

	p->run->watch.bar_shown = p->run->watch.terminal.tty && !set->quiet &&
	    !set->json && set->verbose == 0;
	if (p->run->watch.bar_shown)
		(void)fprintf(stderr, "looking at %s ...", host);
}

/* Nobody has to change an account that works. */
static void
prefer_own(struct probe *p)
{
	const struct settings *set = &p->run->request.settings;
	const struct survey_port *own = &p->survey.ports[0];
	bool login = set->user != NULL && set->auth.value != AUTH_OFF;
	bool offered = (own->visit.offers.offered & CAPABILITY_AUTH) != 0;

	if (p->account != NULL && own->visited &&
	    own->visit.error.kind == ERR_NONE && (offered || !login))
		p->survey.best = own;
}

static int
survey(struct probe *p)
{
	struct run *run = p->run;
	struct smtp_observer observer = watch_observer(&run->watch);
	int result = -1;

	for (size_t i = 0; i < p->hosts.count; i++) {
		show_waiting(p, p->hosts.items[i]);
		result = smtp_survey(&p->survey, p->hosts.items[i], p->ports,
		    p->port_count, &run->request.settings, &observer,
		    &run_interrupted);
		watch_clear(&run->watch);
		if (result == 0 || p->survey.error.kind != ERR_NOHOST)
			break;
	}
	if (result == 0) {
		prefer_own(p);
		return 0;
	}
	run->error = p->survey.error;
	if (run->error.kind == ERR_NOHOST && p->hosts.count > 1) {
		(void)error_set(&run->error, ERR_NOHOST,
		    "there is no server '%s' and no '%s'", p->hosts.items[0],
		    p->hosts.items[1]);
		return error_hint(&run->error,
		    "ask your provider for its name, then: mitto probe HOST");
	}
	return -1;
}

static void
tell(struct probe *p)
{
	struct run *run = p->run;
	const struct settings *set = &run->request.settings;
	const struct survey_report report = {
		.survey = &p->survey,
		.settings = set,
		.account = p->account,
		.address = p->address,
		.error = &run->error,
	};
	auto_buf struct buf text = buf_make(TEXT_MAX);
	struct error failed = ERROR_INIT;

	if (set->json || run->json) {
		survey_json(&text, &report);
	} else if (!set->quiet && p->survey.host[0] != '\0') {
		struct terminal t =
		    terminal_open(STDOUT_FILENO, (enum when)set->color.value);

		survey_print(&text, &report, &t);
	}
	if (run_put(&text, &failed) < 0)
		run->error = failed;
}

/* What stands on the screen already is not said twice. */
static int
end(struct probe *p)
{
	struct run *run = p->run;
	int status = error_status(run->error.kind);

	strlist_release(&p->hosts);
	if (!run->told)
		return run_end(run);
	run_free(run);
	return status;
}

int
command_probe(int argc, char *const *argv)
{
	struct probe p = { .run = run_for(argc, argv) };
	struct cmdline *cl = &p.run->cmdline;

	run_catch_signals();
	if (read_words(&p, argc, argv) == 0) {
		if (cl->help && cl->help_topic == NULL)
			cl->help_topic = "probe";
		if (run_answer(cl, &p.run->error))
			return end(&p);
		if (find_server(&p) == 0)
			(void)survey(&p);
	}
	tell(&p);
	return end(&p);
}

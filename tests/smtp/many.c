/* SPDX-License-Identifier: MIT */
/*
 * Several messages over one session, as the queue and lists send them:
 *
 *	many SERVER MESSAGES [RECIPIENTS [starttls] [unreadable=N] [big=N]
 *	    [sessions=N] [interrupted]]
 *
 * With `sessions` they go over so many at once, each a task of one loop.
 * The text of message N, counted from 0, cannot be read, or has a megabyte; a
 * signal comes as soon as a part of one is through.
 * Prints a line for each message, with what became of its recipients, and in
 * the end how many milliseconds it took.
 */
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "smtp/smtp.h"
#include "stream/stream.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int interrupted;

struct mail {
	struct envelope envelope;
	char **recipients;
	struct wire wire;
	struct outcome outcome;
};

/* What is the N of "name=N" among the words?  -1 without. */
static int
number_of(const char *name, char **words)
{
	for (; *words != NULL; words++)
		if (strncmp(*words, name, strlen(name)) == 0)
			return (int)strtol(*words + strlen(name), NULL, 10);
	return -1;
}

static void
mail_make(struct mail *m, int number, size_t recipients, char **words)
{
	bool big = number == number_of("big=", words);
	char *text = mem_printf("From: ana@home.example\r\nSubject: %d\r\n\r\n"
				".hello\r\n%*s",
	    number, big ? 1 << 20 : 0, big ? "\r\n" : "");

	*m = (struct mail){
		.wire = {
			.stream = stream_memory(text, strlen(text)),
			.size = (int64_t)strlen(text),
			.dot_lines = 1,
		},
		.recipients = mem_alloc(recipients * sizeof(*m->recipients)),
	};
	for (size_t i = 0; i < recipients; i++)
		m->recipients[i] =
		    mem_printf("m%d-%zu@there.example", number, i);
	m->envelope = (struct envelope){
		.sender = "ana@home.example",
		.recipients = (const char *const *)m->recipients,
		.count = recipients,
	};
	if (number == number_of("unreadable=", words)) {
		m->wire.stream->failed = true;
		(void)error_set(&m->wire.stream->error, ERR_IO, "unreadable");
	}
	free(text);
}

static void
mail_release(struct mail *m)
{
	outcome_release(&m->outcome);
	wire_release(&m->wire);
	for (size_t i = 0; i < m->envelope.count; i++)
		free(m->recipients[i]);
	free(m->recipients);
}

static void
interrupt(void *ctx UNUSED, int64_t sent, int64_t total)
{
	if (sent < total)
		interrupted = 1;
}

static void
report(const struct outcome *o)
{
	printf("accepted %zu, refused %zu, deferred %zu, unknown %zu: %s\n",
	    outcome_count(o, RECIPIENT_ACCEPTED),
	    outcome_count(o, RECIPIENT_REFUSED),
	    outcome_count(o, RECIPIENT_DEFERRED),
	    outcome_count(o, RECIPIENT_UNKNOWN), o->error.text);
}

/* Messages that wait, and who takes them. */
struct list {
	const struct settings *settings;
	const struct endpoint *endpoint;
	const struct smtp_observer *observer;
	struct mail *mails;
	size_t next, count;
	bool failed;
};

static struct mail *
take(struct list *l)
{
	return l->next < l->count ? &l->mails[l->next++] : NULL;
}

/* One session, as long as there are messages. */
static void
send_some(void *ctx)
{
	struct list *l = ctx;
	struct error err = ERROR_INIT;
	struct smtp_session *session = smtp_open(
	    l->settings, l->endpoint, NULL, l->observer, &interrupted, &err);
	struct mail *m = session != NULL ? take(l) : NULL;

	if (session == NULL) {
		fprintf(stderr, "%s\n", err.text);
		l->failed = true;
	}
	while (m != NULL) {
		struct mail *next = take(l);

		if (next != NULL)
			smtp_next(session, &next->envelope, &next->wire,
			    &next->outcome);
		else
			smtp_last(session);
		(void)smtp_send(
		    session, &m->envelope, &m->wire, false, &m->outcome);
		report(&m->outcome);
		m = next;
	}
	smtp_close(session);
}

static void
send_all(struct list *l, int sessions)
{
	struct error err = ERROR_INIT;
	struct loop *loop = loop_new();

	for (int i = 0; i < sessions; i++)
		if (loop_add(loop, send_some, l, &err) < 0)
			l->failed = true;
	loop_run(loop);
	loop_free(loop);
}

int
main(int argc, char **argv)
{
	struct settings settings = { .insecure = true };
	struct smtp_observer observer = { .ctx = NULL };
	struct error err = ERROR_INIT;
	struct endpoint endpoint;
	struct list list = { .settings = &settings,
		.endpoint = &endpoint,
		.observer = &observer };
	size_t recipients;
	long long start;
	char **words = argc > 4 ? argv + 4 : argv + argc;
	int sessions = number_of("sessions=", words);

	if (argc < 3)
		return 64;
	(void)signal(SIGPIPE, SIG_IGN);
	list.count = strtoul(argv[2], NULL, 10);
	recipients = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	settings.server = argv[1];
	settings.tls.value = *words != NULL && strcmp(*words, "starttls") == 0
	    ? TLS_STARTTLS
	    : TLS_PLAIN;
	if (argc > 4 && strcmp(argv[argc - 1], "interrupted") == 0)
		observer.progress = interrupt;
	list.mails = mem_alloc(list.count * sizeof(*list.mails));
	for (size_t i = 0; i < list.count; i++)
		mail_make(&list.mails[i], (int)i, recipients, words);
	start = clock_ms();
	if (smtp_endpoint(&endpoint, &settings, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (sessions > 0)
		send_all(&list, sessions);
	else
		send_some(&list);
	printf("%lld ms\n", clock_ms() - start);
	for (size_t i = 0; i < list.count; i++)
		mail_release(&list.mails[i]);
	free(list.mails);
	return list.failed ? 1 : 0;
}

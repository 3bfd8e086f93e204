/* SPDX-License-Identifier: MIT */
/* Files and pipes as stores: what is refused, copied, and noticed. */
#include "streamtest.h"

#include "base/io.h"
#include "stream/file.h"

#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static char dir[64];

/* Every test begins in an empty directory of its own. */
static int
enter_dir(void **state UNUSED)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/mitto-test.XXXXXX");
	return mkdtemp(dir) == NULL || chdir(dir) < 0 ? -1 : 0;
}

static int
leave_dir(void **state UNUSED)
{
	static const char *const names[] = { "file", "link", "fifo", "socket" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("folder");
	return chdir("/") < 0 ? -1 : rmdir(dir);
}

static void
write_file(const char *data, size_t len)
{
	auto_fd int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, data, len), 0);
}

/* Bytes that show any shift, as many as asked for. */
static char *
pattern(size_t len)
{
	char *data = mem_alloc(len);

	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 31 + (i >> 8) * 7 + (i >> 16));
	return data;
}

static void
whole(const char *name, struct store *st, const void *want, size_t len)
{
	auto_stream struct stream *s = stream_store(st, 0, store_size(st));

	assert_int_equal(store_size(st), len);
	streamtest(name, s, want, len, true);
}

/* --- opening -------------------------------------------------------------- */

static void
test_open(void **state UNUSED)
{
	static const size_t sizes[] = { 0, 1, 2, 4096, 65535, 65536, 65537,
		200000 };
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		auto_free char *data = pattern(sizes[i]);
		auto_store struct store *st = NULL;

		write_file(data, sizes[i]);
		st = store_open("file", "attachment", NULL, &err);
		assert_non_null(st);
		whole("file", st, data, sizes[i]);
	}
}

static void
make_odd_files(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = "socket" };
	auto_fd int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(symlink("nowhere", "link"), 0);
}

static const struct {
	const char *path;
	const char *text;
	const char *hint;
} refused[] = {
	{ "report.pdf", "no such attachment: 'report.pdf' (in /tmp/mitto-test.",
	    "" },
	{ "/nowhere/x", "no such attachment: '/nowhere/x'", "" },
	{ "", "no such attachment: ''", "" },
	{ "link",
	    "no such attachment: 'link' is a link to 'nowhere', which is "
	    "missing",
	    "" },
	{ "fifo", "attachment 'fifo' is not a regular file", "" },
	{ "socket", "attachment 'socket' is not a regular file", "" },
	{ "/dev/null", "attachment '/dev/null' is not a regular file", "" },
	{ "/dev/zero", "attachment '/dev/zero' is not a regular file", "" },
	{ "folder", "attachment 'folder' is a directory, not a regular file",
	    "tar czf - folder | mitto -a '-;name=folder.tgz' ..." },
	{ "folder//", "not a regular file",
	    "tar czf - folder | mitto -a '-;name=folder.tgz' ..." },
	{ "../../usr/share/", "not a regular file",
	    "tar czf - ../../usr/share | mitto -a '-;name=share.tgz' ..." },
	{ ".", "not a regular file",
	    "tar czf - . | mitto -a '-;name=files.tgz' ..." },
	{ "/", "not a regular file",
	    "tar czf - / | mitto -a '-;name=files.tgz' ..." },
};

static void
test_open_refuses(void **state UNUSED)
{
	make_odd_files();
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct error err = ERROR_INIT;

		if (store_open(refused[i].path, "attachment", NULL, &err) !=
		    NULL)
			fail_msg("'%s' was opened", refused[i].path);
		if (err.kind != ERR_NOINPUT ||
		    strstr(err.text, refused[i].text) == NULL ||
		    strcmp(err.hint, refused[i].hint) != 0)
			fail_msg("'%s': %d '%s' hint '%s'", refused[i].path,
			    (int)err.kind, err.text, err.hint);
	}
}

static void
test_open_unreadable(void **state UNUSED)
{
	const struct passwd *me = getpwuid(geteuid());
	struct error err = ERROR_INIT;
	struct store *st;
	char want[200];

	if (me == NULL)
		skip();
	(void)snprintf(want, sizeof(want),
	    "cannot read attachment 'file': Permission denied "
	    "(owner %s, mode 0200)",
	    me->pw_name);
	write_file("secret", 6);
	assert_int_equal(chmod("file", 0200), 0);
	assert_int_equal(chmod(".", 0711), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	st = store_open("file", "attachment", NULL, &err);
	assert_int_equal(seteuid(getuid()), 0);
	assert_null(st);
	assert_int_equal(err.kind, ERR_NOINPUT);
	assert_string_equal(err.text, want);
}

static void
test_open_procfs(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	auto_store struct store *st =
	    store_open("/proc/self/status", "attachment", NULL, &err);
	char start[5];

	assert_non_null(st);
	assert_true(store_size(st) > 100);
	assert_int_equal(store_pread(st, start, 5, 0, &err), 5);
	assert_memory_equal(start, "Name:", 5);
	assert_int_equal(store_pread(st, start, 5, store_size(st), &err), 0);
}

/* --- changes -------------------------------------------------------------- */

static void
touch_later(void)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = 1000000000 } };

	assert_int_equal(utimensat(AT_FDCWD, "file", times, 0), 0);
}

static void
append_byte(void)
{
	auto_fd int fd = open("file", O_WRONLY | O_APPEND);

	assert_int_equal(io_write_all(fd, "x", 1), 0);
}

static void
cut_half(void)
{
	assert_int_equal(truncate("file", 50000), 0);
}

static const struct {
	const char *name;
	void (*change)(void);
} changes[] = {
	{ "touched", touch_later },
	{ "longer", append_byte },
	{ "shorter", cut_half },
};

static void
test_change_is_noticed(void **state UNUSED)
{
	auto_free char *data = pattern(100000);
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		auto_stream struct stream *s = NULL;
		auto_stream struct stream *part = NULL;
		struct store *st;
		char head[1000];

		write_file(data, 100000);
		st = store_open("file", "attachment", NULL, &err);
		assert_non_null(st);
		s = stream_store(st, 0, 100000);
		part = stream_store(st, 10, 20);
		store_free(st);
		assert_int_equal(stream_read(s, head, 1000, &err), 1000);
		changes[i].change();
		streamtest_fails(changes[i].name, s,
		    "attachment 'file' changed while it was read");
		streamtest_fails(changes[i].name, part, "changed");
	}
}

/* Not one byte too many may be handed out of a file that changed. */
static void
test_last_bytes_are_held_back(void **state UNUSED)
{
	auto_stream struct stream *s = NULL;
	struct error err = ERROR_INIT;
	struct store *st;
	char all[10];

	write_file("0123456789", 10);
	st = store_open("file", "attachment", NULL, &err);
	assert_non_null(st);
	s = stream_store(st, 0, 10);
	store_free(st);
	touch_later();
	assert_int_equal(stream_read(s, all, 9, &err), 9);
	assert_int_equal(stream_read(s, all, 1, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
}

/* --- ranges --------------------------------------------------------------- */

static const struct {
	int64_t start, end;
	const char *want;
} ranges[] = {
	{ 0, 10, "0123456789" },
	{ 3, 7, "3456" },
	{ 9, 10, "9" },
	{ 5, 5, "" },
	{ 0, 99, "0123456789" },
	{ 99, 100, "" },
	{ 7, 3, "" },
};

static void
test_ranges(void **state UNUSED)
{
	struct error err = ERROR_INIT;

	write_file("0123456789", 10);
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		auto_store struct store *file =
		    store_open("file", "x", NULL, &err);
		auto_store struct store *memory =
		    store_memory(mem_strdup("0123456789"), 10, "x");
		auto_stream struct stream *a =
		    stream_store(file, ranges[i].start, ranges[i].end);
		auto_stream struct stream *b =
		    stream_store(memory, ranges[i].start, ranges[i].end);

		streamtest(ranges[i].want, a, ranges[i].want,
		    strlen(ranges[i].want), true);
		streamtest(ranges[i].want, b, ranges[i].want,
		    strlen(ranges[i].want), true);
	}
}

static void
test_two_readers(void **state UNUSED)
{
	struct store *st = store_memory(mem_strdup("abcdef"), 6, "x");
	auto_stream struct stream *a = stream_store(st, 0, 6);
	auto_stream struct stream *b = stream_store(st, 2, 6);
	struct error err = ERROR_INIT;
	char got[2];

	store_free(store_ref(st));
	store_free(st);
	assert_int_equal(stream_read(a, got, 1, &err), 1);
	streamtest("second reader", b, "cdef", 4, true);
	assert_int_equal(stream_read(a, got, 1, &err), 1);
	assert_int_equal(got[0], 'b');
}

/* --- pipes ---------------------------------------------------------------- */

struct feed {
	int fd;
	const char *data;
	size_t len;
};

static void *
feed_pipe(void *arg)
{
	struct feed *f = arg;

	(void)!io_write_all(f->fd, f->data, f->len);
	(void)close(f->fd);
	return NULL;
}

/* What comes out of a pipe fed with data. */
static struct store *
spill_pipe(const char *data, size_t len, int64_t limit, struct error *err)
{
	struct store *st;
	pthread_t thread;
	struct feed f;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	f = (struct feed){ ends[1], data, len };
	assert_int_equal(pthread_create(&thread, NULL, feed_pipe, &f), 0);
	st = store_spill(ends[0], "standard input", limit, NULL, err);
	(void)close(ends[0]);
	(void)pthread_join(thread, NULL);
	return st;
}

static void
test_spill_pipe(void **state UNUSED)
{
	static const size_t sizes[] = { 0, 1, 1000, STORE_MEMORY - 1,
		STORE_MEMORY, STORE_MEMORY + 1, 1000000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		auto_free char *data = pattern(sizes[i]);
		struct error err = ERROR_INIT;
		auto_store struct store *st =
		    spill_pipe(data, sizes[i], 0, &err);

		if (st == NULL)
			fail_msg("%zu bytes: %s", sizes[i], err.text);
		whole("pipe", st, data, sizes[i]);
	}
}

static void
test_spill_limit(void **state UNUSED)
{
	auto_free char *data = pattern(300000);
	struct error err = ERROR_INIT;
	struct store *st = spill_pipe(data, 300000, 300000, &err);

	assert_non_null(st);
	store_free(st);
	assert_null(spill_pipe(data, 300000, 299999, &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(
	    err.text, "standard input is larger than 299999 bytes");
}

static void
test_spill_file_in_place(void **state UNUSED)
{
	auto_fd int fd = -1;
	struct error err = ERROR_INIT;
	auto_store struct store *st = NULL;

	write_file("0123456789", 10);
	fd = open("file", O_RDONLY);
	assert_null(store_spill(fd, "standard input", 9, NULL, &err));
	assert_int_equal(err.kind, ERR_DATA);
	st = store_spill(fd, "standard input", 10, NULL, &err);
	assert_non_null(st);
	whole("redirected file", st, "0123456789", 10);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 10);

	/* In place: a change shows. */
	append_byte();
	{
		auto_stream struct stream *s = stream_store(st, 0, 10);

		streamtest_fails(
		    "file", s, "standard input changed while it was read");
	}
}

static void
test_spill_from_the_middle(void **state UNUSED)
{
	auto_fd int fd = -1;
	struct error err = ERROR_INIT;
	auto_store struct store *st = NULL;

	write_file("0123456789", 10);
	fd = open("file", O_RDONLY);
	assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
	st = store_spill(fd, "standard input", 0, NULL, &err);
	assert_non_null(st);
	whole("rest of a file", st, "456789", 6);
}

static void
test_spill_refuses(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	auto_fd int folder = open("/", O_RDONLY | O_DIRECTORY);
	auto_fd int output = open("file", O_WRONLY | O_CREAT, 0600);

	assert_null(store_spill(-1, "standard input", 0, NULL, &err));
	assert_int_equal(err.kind, ERR_NOINPUT);
	assert_string_equal(err.text, "standard input is closed");
	assert_null(store_spill(folder, "standard input", 0, NULL, &err));
	assert_int_equal(err.kind, ERR_NOINPUT);
	assert_string_equal(err.text, "standard input is a directory");
	assert_null(store_spill(output, "standard input", 0, NULL, &err));
	assert_int_equal(err.kind, ERR_NOINPUT);
}

static volatile int interrupted;

static void
on_alarm(int number UNUSED)
{
	interrupted = 1;
}

/* A blocked read ends when the signal has set the flag; also when the
 * descriptor is non-blocking, as after a careless neighbour. */
static void
test_spill_interrupted(void **state UNUSED)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
		struct error err = ERROR_INIT;

		interrupted = 0;
		assert_int_equal(fcntl(ends[0], F_SETFL, flags), 0);
		(void)alarm(1);
		assert_null(store_spill(
		    ends[0], "standard input", 0, &interrupted, &err));
		assert_int_equal(err.kind, ERR_INTERRUPTED);
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, enter_dir, leave_dir)
	const struct CMUnitTest tests[] = {
		IN_DIR(test_open),
		IN_DIR(test_open_refuses),
		IN_DIR(test_open_unreadable),
		IN_DIR(test_open_procfs),
		IN_DIR(test_change_is_noticed),
		IN_DIR(test_last_bytes_are_held_back),
		IN_DIR(test_ranges),
		IN_DIR(test_two_readers),
		IN_DIR(test_spill_pipe),
		IN_DIR(test_spill_limit),
		IN_DIR(test_spill_file_in_place),
		IN_DIR(test_spill_from_the_middle),
		IN_DIR(test_spill_refuses),
		IN_DIR(test_spill_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

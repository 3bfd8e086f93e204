/* SPDX-License-Identifier: MIT */
/* The spool's directory: made, refused, entered, locked, moved, swept. */
#include "texttest.h"

#include "base/io.h"
#include "base/mem.h"
#include "spool/hold.h"
#include "spool/spool.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BODY "Subject: x\r\n\r\nhello\r\n"

static char dir[64];

static int
enter_dir(void **state UNUSED)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/mitto-test.XXXXXX");
	return mkdtemp(dir) == NULL || chdir(dir) < 0 ? -1 : 0;
}

static int
remove_one(const char *path, const struct stat *info UNUSED, int kind UNUSED,
    struct FTW *walk UNUSED)
{
	return remove(path);
}

static int
leave_dir(void **state UNUSED)
{
	if (chdir("/") < 0)
		return -1;
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Enter one message for two people. */
static int
enter(struct spool *s, char id[SPOOL_ID], struct error *err)
{
	auto_stream struct stream *m = stream_memory(BODY, strlen(BODY));
	struct entry e = {
		.created = 1700000000,
		.sender = mem_strdup("a@x.example"),
		.size = (int64_t)strlen(BODY),
	};
	struct state state;
	int result;

	entry_add(&e, "b@x.example", "");
	entry_add(&e, "c@x.example", "");
	state_init(&state, 2);
	state.schedule = schedule_new(e.created);
	result = spool_enter(s, BOX_QUEUE, &e, m, &state, id, err);
	state_release(&state);
	entry_release(&e);
	return result;
}

static void
test_open(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	struct stat info;

	assert_int_equal(spool_open(&s, "a/b/spool", false, &err), -1);
	assert_int_equal(err.kind, ERR_NOINPUT);
	spool_close(&s);
	assert_int_equal(spool_open(&s, "a/b/spool/", true, &err), 0);
	spool_close(&s);
	assert_int_equal(stat("a/b/spool", &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
	assert_int_equal(stat("a/b/spool/queue", &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
	assert_int_equal(spool_open(&s, "a/b/spool", false, &err), 0);
	spool_close(&s);
}

static void
test_refused(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	static const mode_t modes[] = { 0777, 0770, 01777, 0755, 0710 };

	assert_int_equal(mkdir("open", 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_int_equal(chmod("open", modes[i]), 0);
		assert_int_equal(spool_open(&s, "open", true, &err), -1);
		assert_int_equal(err.kind, ERR_NOPERM);
		check_has("mode", err.text, "others can reach");
		spool_close(&s);
	}
	assert_int_equal(chmod("open", 0700), 0);
	assert_int_equal(symlink("open", "link"), 0);
	assert_int_equal(spool_open(&s, "link", true, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	spool_close(&s);
	assert_int_equal(symlink("/tmp", "open/queue"), 0);
	assert_int_equal(spool_open(&s, "open", true, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	spool_close(&s);
	assert_int_equal(unlink("open/queue"), 0);
	assert_int_equal(mknod("open/queue", S_IFREG | 0600, 0), 0);
	assert_int_equal(spool_open(&s, "open", true, &err), -1);
	spool_close(&s);
}

static void
test_enter_and_mark(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct mark done = { .kind = MARK_DONE, .when = 9, .code = 250 };
	auto_strlist struct strlist ids = { .items = NULL };
	struct spool s = SPOOL_INIT;
	char id[SPOOL_ID], second[SPOOL_ID];
	struct item it, other;
	size_t foreign = 0;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	assert_int_equal(enter(&s, id, &err), 0);
	assert_int_equal(enter(&s, second, &err), 0);
	assert_int_equal(symlink("/etc/passwd", "spool/queue/README"), 0);
	assert_int_equal(spool_list(&s, BOX_QUEUE, &ids, &foreign, &err), 0);
	assert_int_equal(ids.count, 2);
	assert_int_equal(foreign, 1);
	assert_string_equal(ids.items[0], id);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), 0);
	assert_int_equal(item_open(&other, &s, BOX_QUEUE, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_TEMPORARY);
	assert_int_equal(item_open(&other, &s, BOX_QUEUE, id, false, &err), 0);
	item_close(&other);
	assert_int_equal(item_mark(&it, 1, &done, &err), 0);
	it.state.schedule.attempts = 4;
	assert_int_equal(item_sync(&it, &err), 0);
	item_close(&it);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, false, &err), 0);
	assert_int_equal(it.state.marks[1].kind, MARK_DONE);
	assert_int_equal(it.state.marks[0].kind, MARK_WAITING);
	assert_int_equal(it.state.schedule.attempts, 4);
	item_close(&it);
	spool_close(&s);
}

static void
test_find(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	char id[SPOOL_ID], found[SPOOL_ID];
	enum spool_box box;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	assert_int_equal(enter(&s, id, &err), 0);
	assert_int_equal(spool_find(&s, id, &box, found, &err), 0);
	assert_string_equal(found, id);
	assert_int_equal(spool_find(&s, id + 28, &box, found, &err), 0);
	assert_int_equal(spool_find(&s, id + 29, &box, found, &err), -1);
	assert_int_equal(err.kind, ERR_NOINPUT);
	assert_int_equal(enter(&s, found, &err), 0);
	id[6] = '\0';
	assert_int_equal(spool_find(&s, id, &box, found, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	spool_close(&s);
}

/* Whatever happens to the state, nothing is done that was not; and a state that
 * was lost is there again. */
static void
test_lost_state(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	char id[SPOOL_ID], name[SPOOL_STATE_NAME];
	auto_free char *path = NULL;
	struct item it;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	assert_int_equal(enter(&s, id, &err), 0);
	spool_state_name(id, name);
	path = mem_printf("spool/queue/%s", name);
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			assert_int_equal(unlink(path), 0);
		else
			assert_int_equal(truncate(path, 700), 0);
		assert_int_equal(
		    item_open(&it, &s, BOX_QUEUE, id, false, &err), 0);
		assert_int_equal(state_count(&it.state, MARK_WAITING), 2);
		item_close(&it);
		assert_int_equal(
		    item_open(&it, &s, BOX_QUEUE, id, true, &err), 0);
		item_close(&it);
		{
			struct stat info;

			assert_int_equal(stat(path, &info), 0);
			assert_int_equal(info.st_size, 3 * STATE_SLOT);
		}
	}
	spool_close(&s);
}

static void
test_move_and_remove(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct mark refused = { .kind = MARK_REFUSED, .code = 550 };
	auto_strlist struct strlist ids = { .items = NULL };
	struct spool s = SPOOL_INIT;
	char id[SPOOL_ID];
	struct item it;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	assert_int_equal(enter(&s, id, &err), 0);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), 0);
	assert_int_equal(item_mark(&it, 0, &refused, &err), 0);
	assert_int_equal(item_sync(&it, &err), 0);
	assert_int_equal(item_move(&it, BOX_FAILED, &err), 0);
	item_close(&it);
	assert_int_equal(spool_list(&s, BOX_QUEUE, &ids, NULL, &err), 0);
	assert_int_equal(ids.count, 0);
	assert_int_equal(item_open(&it, &s, BOX_FAILED, id, true, &err), 0);
	assert_int_equal(it.state.marks[0].code, 550);
	assert_int_equal(item_remove(&it, &err), 0);
	item_close(&it);
	assert_int_equal(item_open(&it, &s, BOX_FAILED, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_NOINPUT);
	assert_int_equal(rmdir("spool/failed"), 0);
	assert_int_equal(rmdir("spool/queue"), 0);
	spool_close(&s);
}

static void
test_foreign_files(void **state UNUSED)
{
	static const char id[] = "q-1700000000000000-abcdefghijklm";
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	auto_free char *path = mem_printf("spool/queue/%s", id);
	struct item it;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mknod(path, S_IFREG | 0600, 0), 0);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_int_equal(spool_quarantine(&s, id, &err), 0);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), -1);
	assert_int_equal(err.kind, ERR_NOINPUT);
	spool_close(&s);
}

static void
make_old(const char *path)
{
	struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
test_sweep(void **state UNUSED)
{
	static const char orphan[] =
	    "spool/queue/q-1700000000000000-abcdefghijklm.state";
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	char id[SPOOL_ID];
	struct item it;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	assert_int_equal(enter(&s, id, &err), 0);
	assert_int_equal(mknod("spool/queue/tmp.new", S_IFREG | 0600, 0), 0);
	assert_int_equal(mknod("spool/queue/tmp.old", S_IFREG | 0600, 0), 0);
	assert_int_equal(mknod(orphan, S_IFREG | 0600, 0), 0);
	make_old("spool/queue/tmp.old");
	spool_sweep(&s);
	assert_int_equal(access("spool/queue/tmp.old", F_OK), -1);
	assert_int_equal(access("spool/queue/tmp.new", F_OK), 0);
	assert_int_equal(access(orphan, F_OK), 0);
	make_old(orphan);
	spool_sweep(&s);
	assert_int_equal(access(orphan, F_OK), -1);
	assert_int_equal(item_open(&it, &s, BOX_QUEUE, id, true, &err), 0);
	item_close(&it);
	spool_close(&s);
}

static void
test_one_runner(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct spool a = SPOOL_INIT, b = SPOOL_INIT;

	assert_int_equal(spool_open(&a, "spool", true, &err), 0);
	assert_int_equal(spool_open(&b, "spool", false, &err), 0);
	assert_int_equal(spool_lock(&a, &err), 0);
	assert_int_equal(spool_lock(&b, &err), 1);
	spool_close(&a);
	assert_int_equal(spool_lock(&b, &err), 0);
	spool_close(&b);
}

static void
test_hold(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct spool s = SPOOL_INIT;
	struct state hold;

	assert_int_equal(spool_open(&s, "spool", true, &err), 0);
	hold_read(&s, "home\n", &hold);
	assert_int_equal(hold.schedule.attempts, 0);
	assert_true(schedule_due(&hold.schedule, 1000));
	hold_set(&s, "home\n", "no connection", 1000, 0);
	hold_set(&s, "home\n", "no route", 1047, 0);
	hold_read(&s, "home\n", &hold);
	assert_int_equal(hold.schedule.attempts, 1);
	assert_int_equal(hold.schedule.next, 1000 + 48);
	assert_string_equal(hold.reason, "no route");
	hold_set(&s, "home\n", "no name", 1048, 0);
	hold_read(&s, "home\n", &hold);
	assert_int_equal(hold.schedule.attempts, 2);
	assert_int_equal(hold.schedule.next, 1048 + 96);
	assert_string_equal(hold.reason, "no name");
	hold_read(&s, "work\n", &hold);
	assert_int_equal(hold.schedule.attempts, 0);
	hold_clear(&s, "home\n");
	hold_read(&s, "home\n", &hold);
	assert_int_equal(hold.schedule.attempts, 0);
	spool_close(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_dir, leave_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_open),
		TEST(test_refused),
		TEST(test_enter_and_mark),
		TEST(test_find),
		TEST(test_lost_state),
		TEST(test_move_and_remove),
		TEST(test_foreign_files),
		TEST(test_sweep),
		TEST(test_one_runner),
		TEST(test_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

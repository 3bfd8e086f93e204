# SPDX-License-Identifier: MIT
"""Killed at every call that changes something, and every such call failing.

strace does both at the entry of the Nth call of a name: the call is not made.
Whatever happens, a message is absent and was not promised, or in the spool, or
delivered; and what is left is in order for the next run.
"""

import contextlib
import os
import re
import subprocess

import pytest

from conftest import BOB, SENDER
from program import MITTO


CARL = "carl@there.example"

CALLS = ("mkdir mkdirat openat write pwrite64 fsync fdatasync close flock "
         "renameat renameat2 linkat unlinkat utimensat sendto sendmsg").split()


@pytest.fixture
def traced(strace, make_env, tmp_path):
    """traced(args, inject=None, stdin=b"") -> (status, calls)

    calls are the lines of strace, with the names behind descriptors; status
    is negative when the program was killed.
    """
    def run(args, inject=None, stdin=b"", env=None):
        log = tmp_path / "strace.log"
        command = [strace, "-y", "-o", log, "-e", "trace=" + ",".join(CALLS)]
        if inject:
            command += ["-e", "inject=" + inject]
        done = subprocess.run(
            [*command, MITTO, *args], env=make_env(
                dict({"MITTO_QUEUE": "fail"}, **(env or {}))),
            cwd=tmp_path, input=stdin, capture_output=True, timeout=60)
        assert b"Sanitizer" not in done.stderr
        return done, [line for line in log.read_text(
            errors="replace").splitlines() if re.match(r"\w+\(", line)]
    return run


def points(calls, where=""):
    """(name, n) of each call whose line holds `where`."""
    counts, found = {}, []
    for line in calls:
        name = line.split("(")[0]
        counts[name] = counts.get(name, 0) + 1
        if where in line:
            found.append((name, counts[name]))
    return found


def clean(spool):
    """The spool as before the first message, with its folders or without."""
    subprocess.run(["rm", "-rf", spool.path], check=True)


def enqueue(server, *more):
    return ["-C", "none", "-S", server.address, "--tls=plain", "-f", SENDER,
            *more, BOB, CARL]


def delivered(server):
    """How often each recipient has got it."""
    return [sum(address in m.recipients for m in server.messages)
            for address in (BOB, CARL)]


# Entering ----------------------------------------------------------------

@pytest.mark.parametrize("mode", ["always", "fail"])
@pytest.mark.parametrize("made", [False, True])
def test_kill_the_writer(traced, queue, script, spool, mode, made):
    server = script()
    bad = script(replies={"BODY": "451 4.3.0 later"})
    args = enqueue(server if mode == "always" else bad, "--queue=" + mode)

    def prepare():
        clean(spool)
        if made:
            queue("flush")
            done, _ = traced(enqueue(server, "-Q"), stdin=b"x\n")
            assert done.returncode == 0
            assert queue("flush").answer["sent"] == 1
        server.messages.clear()

    prepare()
    done, calls = traced(args, stdin=b"hello\n")
    assert done.returncode == 0, done
    tried = points(calls, str(spool.path)) + points(calls, "TCP")
    assert len(tried) > 10
    for name, n in tried:
        prepare()
        done, _ = traced(args, "%s:signal=KILL:when=%d" % (name, n),
                         stdin=b"hello\n")
        here = (name, n, done)
        left = len(spool.ids())
        assert left <= 1, here
        assert done.returncode != 0 or left == 1, here
        answer = queue("list").answer["messages"]
        assert [m["state"] for m in answer] == ["queued"] * left, here
        if mode == "always":
            assert queue("flush").status == 0, here
            assert delivered(server) == [left, left], here
            assert spool.ids() == [], here


# The runner --------------------------------------------------------------

def fates(script):
    """One recipient at once, the other one at the second try."""
    return script(replies={"RCPT": {CARL: ["450 4.2.0 later", "250 ok"]}})


def refused(script):
    return script(replies={"RCPT": {BOB: "550 5.1.1 no",
                                    CARL: "250 2.1.5 ok"}})


def marks(spool, box="queue"):
    """The letters of the recipients' marks."""
    files = [name for name in spool.names(box) if name.endswith(".state")]
    if not files:
        return None
    data = (spool.path / box / files[0]).read_bytes()
    return [data[at:at + 1] for at in range(512, len(data), 512)]


@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO",
                                   "error=ENOSPC", "error=EMFILE"])
@pytest.mark.parametrize("kind", [fates, refused])
def test_break_the_runner(traced, queue, run_mitto, script, spool, kind,
                          fault):
    env = {"MITTO_NOTICE": "none"}

    def prepare():
        clean(spool)
        server = kind(script)
        done = run_mitto(*enqueue(server, "-Q"), stdin=b"hello\n")
        assert done.status == 0, done
        return server

    prepare()
    done, calls = traced(["queue", "flush"], env=env)
    assert done.returncode in (0, 69), done
    tried = points(calls, str(spool.path))
    if "KILL" in fault:
        tried += points(calls, "TCP")
    assert len(tried) > 10
    for name, n in tried:
        if fault == "error=EMFILE" and name != "openat":
            continue
        server = prepare()
        done, _ = traced(["queue", "flush"], "%s:%s:when=%d" % (
            name, fault, n), env=env)
        here = (name, n, done)
        assert len(spool.ids()) + len(spool.ids("failed")) <= 1, here
        assert spool.ids("corrupt") == [], here
        seen, before = marks(spool), delivered(server)
        # Recipients that have not got it are still somewhere.
        if before != [1, 1] and kind is fates:
            assert len(spool.ids()) == 1, here
        queue("retry", "all", env=env)
        queue("retry", "all", env=env)
        after = delivered(server)
        if kind is fates:
            assert after[1] in (1, 2) and 1 <= after[0] <= 2, here
            assert spool.ids() + spool.ids("failed") == [], here
        else:
            assert after[0] == 0 and 1 <= after[1] <= 2, here
            assert spool.ids() == [], here
            assert len(spool.ids("failed")) == 1, here
        marking = name in ("pwrite64", "fdatasync")
        if "error" in fault and not marking:
            assert after == [kind is fates, 1], here
        if kind is refused and not marking:
            assert marks(spool, "failed") == [b"R", b"D"], here
        # Whom a mark on disk says to have it does not get it again.
        for i in range(2):
            if seen is not None and seen[i] == b"D":
                assert after[i] == before[i], here
        server.stop()


def test_kill_a_run_of_three(traced, queue, run_mitto, script, spool):
    """Killed at every call, with one message on its way and the next one
    announced: none is lost, and at most the one on its way comes twice."""
    def prepare():
        clean(spool)
        server = script(pipelining=True, join=True)
        for number in range(3):
            done = run_mitto(*enqueue(server, "-Q", "-s", "n%d" % number),
                             stdin=b"hello\n", env={"MITTO_QUEUE": "fail"})
            assert done.status == 0, done
        return server

    server = prepare()
    done, calls = traced(["queue", "flush"])
    assert done.returncode == 0 and len(server.messages) == 3
    for name, n in points(calls, str(spool.path)) + points(calls, "TCP"):
        server = prepare()
        done, _ = traced(["queue", "flush"], "%s:signal=KILL:when=%d" % (
            name, n))
        here = (name, n, done)
        assert spool.ids("failed") + spool.ids("corrupt") == [], here
        assert queue("flush").status == 0, here
        assert spool.ids() == [], here
        came = [(re.search(rb"Subject: (n\d)", m.content)[1], to)
                for m in server.messages for to in m.recipients]
        assert len(set(came)) == 6 and len(server.messages) <= 4, here
        server.stop()


# Faults while entering ---------------------------------------------------

@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EDQUOT", "EMFILE",
                                   "EROFS"])
@pytest.mark.parametrize("made", [False, True])
def test_fault_while_entering(traced, queue, script, spool, made, error):
    """Status 0 and all of it on disk, or an error and nothing."""
    server = script()

    def prepare():
        clean(spool)
        if made:
            assert traced(enqueue(server, "-Q"), stdin=b"x\n")[
                0].returncode == 0
            assert queue("flush").status == 0
        server.messages.clear()

    prepare()
    done, calls = traced(enqueue(server, "-Q"), stdin=b"hello\n")
    assert done.returncode == 0, done
    for name, n in points(calls, str(spool.path)):
        if error == "EMFILE" and name != "openat":
            continue
        prepare()
        done, log = traced(enqueue(server, "-Q"), "%s:error=%s:when=%d" % (
            name, error, n), stdin=b"hello\n")
        here = (name, n, done)
        assert done.returncode in (0, 71, 73, 74, 75), here
        left = len(spool.ids())
        assert left == (done.returncode == 0), here
        assert len(spool.temporary()) == 0 or name == "unlinkat", here
        if done.returncode != 0:
            assert b"mitto: " in done.stderr, here
        # An fsync that failed is not tried again.
        if name in ("fsync", "fdatasync"):
            failed = [line for line in log if "(INJECTED)" in line]
            what = failed[0].split("= -1")[0].strip()
            assert sum(line.startswith(what) for line in log) == 1 or \
                "/tmp." not in what, here
        assert queue("flush").status == 0, here
        assert delivered(server) == [left, left], here
        assert spool.ids() == [], here


def test_close_is_checked_before_publishing(traced, script, spool):
    """What a failing close takes back was never to be seen; what is published
    is not taken back."""
    server = script()
    seen = set()
    done, calls = traced(enqueue(server, "-Q"), stdin=b"x\n")
    for name, n in points(calls, "/queue/"):
        if name != "close":
            continue
        clean(spool)
        done, log = traced(enqueue(server, "-Q"), "close:error=EIO:when=%d" %
                           n, stdin=b"x\n")
        published = any(line.startswith("renameat2(") for line in log)
        assert (done.returncode == 0) == published, (n, done)
        assert len(spool.ids()) == published
        seen.add(published)
    assert seen == {True, False}


def test_short_writes(traced, queue, script, spool):
    """A write that takes less than it was given is continued."""
    server = script()
    done, calls = traced(enqueue(server, "-Q"), stdin=b"hello\n")
    assert queue("flush").status == 0
    for name, n in points(calls, str(spool.path)):
        if name != "write":
            continue
        done, _ = traced(enqueue(server, "-Q"), "write:error=EINTR:when=%d"
                         % n, stdin=b"hello\n")
        assert done.returncode == 0, done
        assert queue("flush").answer["sent"] == 1


def test_neither_sent_nor_queued(traced, script, spool):
    """75 tells the caller to keep it; the reason of both is told."""
    server = script(replies={"MAIL": "451 4.3.0 later"})
    done, calls = traced(enqueue(server), stdin=b"hello\n")
    assert done.returncode == 0
    clean(spool)
    sync = [p for p in points(calls, str(spool.path)) if p[0] == "fsync"][-1]
    done, _ = traced(enqueue(server), "%s:error=ENOSPC:when=%d" % sync,
                     stdin=b"hello\n")
    assert done.returncode == 75, done
    assert b"No space" in done.stderr and b"451 4.3.0" in done.stderr
    assert spool.ids() == []


# The real thing: no room, no permission, a limit ---------------------------

@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB."""
    path = tmp_path / "disk"
    path.mkdir()
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs",
             path], capture_output=True).returncode != 0:
        pytest.skip("cannot mount a tmpfs")
    yield path
    subprocess.run(["umount", path], check=True)


def test_disk_full(mail, queue, script, small_disk, home):
    server = script()
    env = {"MITTO_SPOOL": str(small_disk / "spool")}
    big = mail(server, "-Q", text=b"x" * 100000 + b"\n", env=env)
    assert big.status == 75, big
    assert "No space" in big.err and "df -h" in big.err
    # There is room elsewhere for what came from the pipe.
    kept, = home.glob("dead.letter.*")
    assert kept.stat().st_size > 100000
    assert str(kept) in big.err.splitlines()[-1]
    sent = 0
    while True:
        result = mail(server, "-Q", env=env)
        if result.status != 0:
            break
        sent += 1
    assert result.status == 75 and 2 < sent < 16, (sent, result)
    names = os.listdir(small_disk / "spool" / "queue")
    assert not [name for name in names if name.startswith("tmp.")]
    assert len([n for n in names if not n.endswith(".state")]) == sent
    # What fits takes its room to the last byte; it goes out all the same.
    with contextlib.suppress(OSError), open(
            small_disk / "filler", "wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 512)
    assert queue("flush", env=env).answer["sent"] == sent
    assert os.listdir(small_disk / "spool" / "queue") == []


def test_file_size_limit(mail, spool, script):
    """RLIMIT_FSIZE: an error, not SIGXFSZ."""
    import resource
    result = mail(
        script(), "-Q", text=b"x" * 60000 + b"\n", preexec_fn=lambda:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)))
    assert result.status in (73, 74, 75), result
    assert spool.names("queue") == []


def test_read_only_parent(humble):
    run, path = humble
    (path / "ro").mkdir()
    (path / "ro").chmod(0o555)
    result = run("-C", "none", "-Q", "-S", "127.0.0.1:1", "-f", SENDER, BOB,
                 stdin=b"x\n", env={"MITTO_SPOOL": path / "ro" / "spool"})
    assert result.status in (73, 75) and "Permission denied" in result.err


def test_power_fails(tmp_path, mail, queue, script):
    """ext4 on a loop device, cut off without a flush: what was promised is
    there after the next mount."""
    ioctl = 0x8004587d  # FS_IOC_SHUTDOWN, no log flush
    image, mount = tmp_path / "image", tmp_path / "disk"
    mount.mkdir()
    image.write_bytes(b"\0" * (8 << 20))
    command = "mkfs.ext4 -q -F %s && mount -o loop %s %s" % (
        image, image, mount)
    if os.geteuid() != 0 or subprocess.run(
            ["sh", "-c", command], capture_output=True).returncode != 0:
        pytest.skip("cannot mount ext4 on a loop device")
    server, env = script(), {"MITTO_SPOOL": str(mount / "spool")}

    def cut():
        import fcntl
        import struct
        fd = os.open(mount, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, ioctl, struct.pack("I", 2))
        finally:
            os.close(fd)
        subprocess.run(["umount", mount], check=True)
        subprocess.run(["mount", "-o", "loop", image, mount], check=True)

    try:
        for number in range(3):
            result = mail(server, "-Q", text=b"%d\n" % number, env=env)
            assert result.status == 0, result
            cut()
            messages = queue("list", env=env).answer["messages"]
            assert len(messages) == number + 1
        assert queue("flush", env=env).answer["sent"] == 3
        cut()
        # Delivered: gone, or back with its marks and not sent again.
        queue("flush", env=env)
        assert len(server.messages) == 3
        assert queue("list", env=env).answer["messages"] == []
        # Put off: the marks have survived too.
        other = script(replies={"RCPT": {CARL: ["450 later", "250 ok"]}})
        mail(other, "-Q", to=(BOB, CARL), env=env)
        assert queue("flush", env=env).answer["deferred"] == 1
        cut()
        assert queue("retry", "all", env=env).answer["sent"] == 1
        assert delivered(other) == [1, 1]
    finally:
        subprocess.run(["umount", mount], check=True)


def test_network_file_system(mail, queue, script, spool, strace):
    """Refused, unless the user takes the risk."""
    # What fstatfs says: NFS_SUPER_MAGIC.
    wrapper = [strace, "-o", "/dev/null", "-e", "trace=fstatfs", "-e",
               "inject=fstatfs:poke_exit=@arg2=6969000000000000"]
    server = script()
    result = mail(server, "-Q", wrapper=wrapper)
    assert result.status == 78 and "network file system" in result.err
    assert "spool-on-network-fs = yes" in result.hint
    assert spool.names("queue") == []
    env = {"MITTO_SPOOL_ON_NETWORK_FS": "yes"}
    # NFS knows no renaming without overwriting.
    wrapper += ["-e", "trace=fstatfs,renameat2", "-e",
                "inject=renameat2:error=EINVAL"]
    result = mail(server, "-Q", wrapper=wrapper, env=env)
    assert result.status == 0, result
    assert queue("flush", wrapper=wrapper).status == 78
    assert queue("flush", wrapper=wrapper, env=env).answer["sent"] == 1
    assert spool.names("queue") == []


@pytest.mark.parametrize("name", ["pwrite64", "fdatasync", "unlinkat",
                                  "renameat2"])
@pytest.mark.parametrize("words", [["retry", "all"], ["flush", "-q"]])
def test_fault_of_the_runner_is_told(traced, mail, script, spool, name,
                                     words):
    """retry is not 0 when it cannot say what has become of a message; nor is
    a quiet run quiet about that."""
    server = script(replies={"RCPT": {CARL: "550 5.1.1 no"}})
    mail(server, "-Q", to=(BOB, CARL) if name != "unlinkat" else (BOB,))
    done, _ = traced(["queue", *words], "%s:error=EIO:when=1" % name,
                     env={"MITTO_NOTICE": "none"})
    assert done.returncode != 0 or words[0] == "flush", done
    assert b"Input/output error" in done.stderr, done


# File systems that cannot rename without overwriting -------------------------

NO_RENAME = ["-e", "trace=renameat2,unlinkat", "-e",
             "inject=renameat2:error=EINVAL"]


@pytest.fixture
def old_fs(strace):
    """A wrapper; more(...) adds to it."""
    return [strace, "-o", "/dev/null", *NO_RENAME]


def test_moves_without_noreplace(mail, queue, script, spool, old_fs):
    server = script(replies={"RCPT": {CARL: "550 5.1.1 no"}})
    mail(server, "-Q", to=(CARL,), wrapper=old_fs)
    mail(server, "-Q", wrapper=old_fs)
    broken = spool.file(number=1)
    broken.write_bytes(broken.read_bytes()[:-3])
    result = queue("flush", wrapper=old_fs, env={"MITTO_NOTICE": "none"})
    assert (result.status, result.answer["failed"]) == (69, 1), result
    assert spool.names("queue") == []
    assert len(spool.ids("failed")) == len(spool.ids("corrupt")) == 1
    assert marks(spool, "failed") == [b"R"]


def test_killed_between_link_and_unlink(mail, queue, script, spool, old_fs,
                                        make_env, tmp_path):
    """Published under two names: sent once, and at once."""
    server = script()
    done = subprocess.run(
        [*old_fs, "-e", "inject=unlinkat:signal=KILL:when=1", MITTO,
         *enqueue(server, "-Q")], env=make_env({"MITTO_QUEUE": "fail"}),
        cwd=tmp_path, input=b"x\n", capture_output=True)
    assert done.returncode != 0
    assert len(spool.ids()) == len(spool.temporary()) == 1
    assert queue("flush").answer["sent"] == 1
    assert spool.names("queue") == [] and delivered(server) == [1, 1]

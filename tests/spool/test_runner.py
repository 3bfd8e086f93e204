# SPDX-License-Identifier: MIT
"""How a run goes through the queue: whose turn it is, what leaves together."""

import itertools
import re
import signal
import subprocess
import threading
import time

import pytest

from conftest import BOB
from program import MITTO
from server import Close, Hang

CARL = "carl@there.example"


def times(server):
    return [c.time for c in server.commands if c.text == "DATA"]


def texts(server):
    return [m.content.split(b"\r\n\r\n")[1].strip() for m in server.messages]


def test_turns(mail, queue, script):
    """A big account, though it is older, keeps no other one waiting."""
    big, small = script(), script()
    for number in range(41):
        mail(big, "-Q", text=b"%d\n" % number)
    for number in range(21):
        mail(small, "-Q", text=b"%d\n" % number)
    assert queue("flush").answer["sent"] == 62
    assert times(small)[0] < times(big)[20]
    assert times(big)[20] < times(small)[20] or times(small)[20] < \
        times(big)[40]
    assert big.connections == small.connections == 1
    assert texts(big) == [b"%d" % n for n in range(41)]
    assert texts(small) == [b"%d" % n for n in range(21)]


def test_a_server_that_is_slow_holds_up_nobody(mail, queue, script):
    """It says nothing until all other mail is through."""
    others = [script() for _ in range(6)]
    through = threading.Event()

    def greeting(_):
        while not all(s.messages for s in others) and not slow.stopping.wait(
                0.01):
            pass
        through.set()
        return "220 hi"
    slow = script(replies={"GREETING": greeting})
    for server in [slow, *others]:
        mail(server, "-Q")
    assert queue("flush", timeout=30).answer["sent"] == 7
    assert through.is_set() and len(slow.messages) == 1


def test_jobs(mail, queue, script):
    """Three connections of one account have got as far as the dot before any of
    them goes on; each message goes once."""
    barrier, order = threading.Barrier(3), itertools.count()

    def body(_):
        if next(order) < 3:
            barrier.wait(timeout=30)
        return "250 ok"
    server = script(replies={"BODY": body})
    for number in range(20):
        mail(server, "-Q", text=b"%d\n" % number)
    result = queue("flush", "--jobs", "3", timeout=40)
    assert result.answer["sent"] == 20, result
    assert sorted(texts(server)) == sorted(b"%d" % n for n in range(20))
    assert server.connections == 3


def test_jobs_of_a_dead_account(mail, queue, script, spool):
    """It is found out once for each connection, and then it waits."""
    server = script(replies={"GREETING": Close("421 4.3.2 not now")})
    for _ in range(9):
        mail(server, "-Q")
    result = queue("flush", "--jobs=3")
    assert result.answer["deferred"] == 9, result
    assert server.connections <= 3 and len(spool.ids()) == 9


def test_dead_in_its_second_turn(mail, queue, script, spool):
    """Its session ended while others had their turn: it gets another one."""
    chance = [Close("250 ok") if n == 19 else "250 ok" for n in range(22)]
    big, small = script(replies={"BODY": chance}), script()
    for _ in range(22):
        mail(big, "-Q")
    mail(small, "-Q")
    assert queue("flush").answer["sent"] == 23
    assert big.connections == 2 and spool.names("queue") == []


def test_many_accounts_and_few_descriptors(mail, queue, script, spool):
    """Sessions that wait for their next turn are bounded."""
    import resource
    servers = [script() for _ in range(20)]
    for server in servers:
        for _ in range(21):
            mail(server, "-Q")
    result = queue("flush", preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_NOFILE, (128, 128)), timeout=60)
    assert result.answer["sent"] == 420, result
    assert [len(s.messages) for s in servers] == [21] * 20
    assert sum(s.connections for s in servers) <= 24


@pytest.mark.parametrize("chunking", [False, True])
def test_next_envelope_leaves_with_the_dot(mail, queue, script, chunking):
    """A flight for each message; QUIT leaves with the last one."""
    server = script(pipelining=True, join=True, chunking=chunking)
    for number in range(10):
        mail(server, "-Q", text=b"%d\n" % number, to=(BOB, CARL))
    assert queue("flush").answer["sent"] == 10
    assert server.connections == 1
    assert server.flights == 2 + 10 + (0 if chunking else 1)
    assert texts(server) == [b"%d" % n for n in range(10)]


def test_marks_of_what_was_announced(mail, queue, listed, script, spool):
    """Each message has its own fate, also where the next one was named to the
    server already."""
    server = script(pipelining=True, join=True, replies={
        "RCPT": {CARL: "450 4.2.0 later"},
        "BODY": ["250 ok", "554 5.6.0 spam", "250 ok"]})
    people = [(BOB,), (BOB,), (BOB, CARL), (CARL,), (BOB,)]
    for number, to in enumerate(people):
        mail(server, "-Q", text=b"%d\n" % number, to=to)
    ids = spool.ids()
    result = queue("flush", env={"MITTO_NOTICE": "none"})
    assert (result.answer["sent"], result.answer["failed"],
            result.answer["deferred"]) == (2, 1, 2), result
    assert spool.ids("failed") == [ids[1]]
    assert spool.ids() == [ids[2], ids[3]]
    states = {m["queue_id"]: [r["state"] for r in m["recipients"]]
              for m in listed()}
    assert states[ids[2]] == ["accepted", "deferred"]
    assert states[ids[3]] == ["deferred"]


def test_account_fails_with_one_announced(mail, queue, listed, script,
                                          spool):
    """421 ends the turn: what was announced is as it was."""
    server = script(pipelining=True, join=True, replies={
        "BODY": ["250 ok", Close("421 4.3.2 enough", mute=True), "250 ok"]})
    for number in range(5):
        mail(server, "-Q", text=b"%d\n" % number)
    result = queue("flush")
    assert (result.answer["sent"], result.answer["deferred"]) == (1, 4)
    assert [m["attempts"] for m in listed()] == [1, 0, 0, 0]
    assert "not take the message now" in listed()[1]["reason"]
    assert queue("retry", "all").answer["sent"] == 4
    assert len(server.messages) == 6


def test_short_hold_after_work_done(mail, queue, listed, script):
    """A server that takes two messages each time and then says 421 is not held
    ever longer for it."""
    server = script(replies={"BODY": [
        "250 ok", "250 ok", Close("421 4.3.2 enough")] * 4})
    for _ in range(8):
        mail(server, "-Q")
    now = time.time()
    for run in range(4):
        before = len(server.messages)
        queue("flush", at=now + run * 600)
        assert len(server.messages) > before, run


def test_killed_with_one_announced(mail, queue, script, spool, make_env,
                                   tmp_path):
    server = script(pipelining=True, replies={
        "BODY": ["250 ok", Hang(), "250 ok"]})
    for number in range(4):
        mail(server, "-Q", text=b"%d\n" % number)
    with subprocess.Popen([MITTO, "queue", "flush"], env=make_env(),
                          cwd=tmp_path) as process:
        while len(server.messages) < 2:
            time.sleep(0.01)
        process.kill()
    assert len(spool.ids()) == 3
    assert queue("flush").answer["sent"] == 3
    # Only the one whose answer was not awaited comes twice.
    assert texts(server) == [b"0", b"1", b"1", b"2", b"3"]


# Two runs ------------------------------------------------------------------

@pytest.fixture
def busy(mail, script, make_env, tmp_path):
    """(server, process): a run that is in the middle of its only message."""
    server = script(replies={"DATA": [Hang(), "354 go"]})
    mail(server, "-Q")
    with subprocess.Popen([MITTO, "queue", "flush"], env=make_env(),
                          cwd=tmp_path, stderr=subprocess.PIPE) as process:
        while "DATA" not in server.verbs():
            time.sleep(0.01)
        yield server, process
        process.kill()
        process.communicate(timeout=60)


def test_retry_says_that_it_did_nothing(busy, run_mitto, spool):
    """0 would mean sent."""
    for what in ("all", spool.ids()[0]):
        result = run_mitto("queue", "retry", what)
        assert result.status == 75 and "another run" in result.err, result
        assert "--wait" in result.hint


def test_wait(busy, make_env, tmp_path, spool):
    server, process = busy
    with subprocess.Popen(
            [MITTO, "queue", "flush", "--wait"], env=make_env(), cwd=tmp_path,
            stdout=subprocess.PIPE) as waiting:
        process.kill()
        assert waiting.wait(60) == 0
        assert waiting.stdout.read() == b""
    assert len(server.messages) == 1 and spool.names("queue") == []


def caught(pid):
    with open("/proc/%d/status" % pid) as status:
        return int(re.search("SigCgt:\t(\\w+)", status.read())[1], 16)


def test_wait_is_interrupted(busy, make_env, tmp_path):
    with subprocess.Popen(
            [MITTO, "queue", "flush", "--wait"], env=make_env(), cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
        # As soon as it has a handler.
        while not caught(waiting.pid) >> signal.SIGTERM - 1 & 1:
            time.sleep(0.01)
        waiting.terminate()
        assert b"interrupted" in waiting.communicate(timeout=60)[1]
        assert waiting.returncode == 130


@pytest.mark.parametrize("words, status", [
    (["-n", "--wait", BOB], 64), (["run", "--wait", BOB, "--", "true"], 64),
    (["queue", "list", "--wait"], 0), (["queue", "--on=fail"], 64)])
def test_wait_belongs_to_the_queue(run_mitto, words, status):
    result = run_mitto(*words)
    assert result.status == status, result
    assert status == 0 or "mitto queue" in result.hint or \
        "mitto run" in result.hint


# Trouble with the queue itself ----------------------------------------------

@pytest.mark.parametrize("words", [
    ["queue", "flush"], ["queue", "flush", "--quiet"],
    ["queue", "flush", "--json"], ["sendmail", "-q"]])
def test_damage_is_told_once(mail, run_mitto, script, spool, words):
    """Also by a run that is quiet."""
    mail(script(), "-Q")
    path = spool.file()
    path.write_bytes(path.read_bytes()[:-9])
    result = run_mitto(*words)
    assert result.status == 0 and "moved to corrupt/" in result.err, result
    result = run_mitto(*words)
    assert (result.status, result.err) == (0, ""), result


def test_retry_of_what_is_damaged(mail, run_mitto, script, spool):
    mail(script(), "-Q")
    path = spool.file()
    path.write_bytes(path.read_bytes().replace(b"hello", b"hellp"))
    result = run_mitto("queue", "retry", path.name)
    assert result.status == 65 and "checksum" in result.err, result
    assert run_mitto("queue", "retry", path.name).status == 65


def test_what_is_damaged_can_be_dropped(mail, run_mitto, queue, script,
                                        spool):
    """Before a run has moved it away; and the list says what is wrong."""
    mail(script(), "-Q")
    spool.file().write_bytes(b"junk\n")
    message = queue("list").answer["messages"][0]
    assert message["state"] == "corrupt" and "damaged" in message["reason"]
    result = run_mitto("queue", "drop", spool.ids()[0])
    assert result.status == 0 and spool.names("queue") == [], result


def test_retry_without_descriptors(mail, run_mitto, script, spool):
    """What could not even be opened is not told to be sent."""
    import resource
    server = script()
    mail(server, "-Q")
    statuses = set()
    for limit in range(6, 24):
        result = run_mitto("queue", "retry", "all", preexec_fn=lambda n=limit:
                           resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
        statuses.add(result.status)
        assert (result.status == 0) == (len(server.messages) == 1), result
        assert (result.status == 0) == (spool.ids() == []), result
        if result.status == 0:
            break
    assert 0 in statuses and 75 in statuses, statuses


def test_clock_that_was_set_back_is_told(mail, run_mitto, script):
    mail(script(), "-Q", env={"SOURCE_DATE_EPOCH": "4000000000"})
    result = run_mitto("queue", "flush")
    assert "clock was set back" in result.err, result


def test_named_twice(mail, queue, script, spool):
    server = script()
    for _ in range(2):
        mail(server, "-Q")
    first, second = spool.ids()
    assert queue("retry", second, first, second).answer["sent"] == 2
    assert len(server.messages) == 2


def test_second_name_is_told(mail, run_mitto, script, spool):
    """Somebody may write through it: not sent, but not passed over either."""
    server = script()
    mail(server, "-Q")
    (spool.path / "queue" / "other").hardlink_to(spool.file())
    result = run_mitto("queue", "flush")
    assert "second name" in result.err and server.messages == [], result
    assert run_mitto("queue", "retry", "all").status == 77
    # It lasts, and so is not told by every run of a timer.
    assert run_mitto("queue", "flush", "-q").err == ""
    (spool.path / "queue" / "other").unlink()
    assert run_mitto("queue", "retry", "all").status == 0
    assert len(server.messages) == 1


@pytest.mark.parametrize("box", ["failed", "corrupt", "hold"])
def test_a_folder_was_removed(mail, queue, script, spool, box):
    """The queue is not taken for an empty one."""
    server = script()
    mail(server, "-Q")
    (spool.path / box).rmdir()
    assert len(queue("list").answer["messages"]) == 1
    (spool.path / box).rmdir()
    assert queue("flush").answer["sent"] == 1


def test_mute_at_the_end(mail, queue, script, spool, make_env, tmp_path):
    """Marked before anybody waits for the answer to QUIT: who is killed there
    has sent it, and it does not go twice."""
    server = script(replies={"QUIT": Hang()})
    mail(server, "-Q")
    with subprocess.Popen([MITTO, "queue", "flush"], env=make_env(),
                          cwd=tmp_path) as process:
        while spool.ids():
            time.sleep(0.001)
        process.kill()
    assert queue("flush").status == 0
    assert len(server.messages) == 1 and spool.ids() == []

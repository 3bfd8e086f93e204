# SPDX-License-Identifier: MIT
"""Several messages over one session, by the program beside this."""

import itertools
import subprocess
import threading

import pytest

from program import BUILDDIR
from server import Close

MANY = BUILDDIR / "tests" / "smtp" / "many"
YES = "accepted %d, refused 0, deferred 0, unknown 0: "


@pytest.fixture
def many(lane, make_env):
    """many(server, messages, recipients=1, *words) -> a line for each message;
    see the program for the words."""
    if lane == "engine":
        pytest.skip("the program takes our own lane")

    def run(server, messages, recipients=1, *words):
        tls = ["starttls"] if server.tls else []
        done = subprocess.run(
            [MANY, server.address, str(messages), str(recipients), *tls,
             *words],
            env=make_env(), check=True, capture_output=True, timeout=60)
        lines = done.stdout.decode().splitlines()
        assert lines.pop().endswith(" ms")
        return lines
    return run


def people(number, count):
    return ["m%d-%d@there.example" % (number, i) for i in range(count)]


def everything(server, messages, count):
    """Each message came once, to its own recipients, with its own text."""
    assert [m.recipients for m in server.messages] == [
        people(n, count) for n in range(messages)]
    for n, message in enumerate(server.messages):
        assert b"Subject: %d\r\n\r\n.hello\r\n" % n in message.content


@pytest.fixture(params=["single", "grouped"])
def lane(request):
    return request.param


@pytest.mark.parametrize("chunking", [False, True])
@pytest.mark.parametrize("tls", [False, True])
def test_ten(script, many, lane, tls_context, tls, chunking):
    """With PIPELINING: a flight each, the commands of the next on the dot."""
    server = script(join=True, chunking=chunking,
                    tls=tls_context if tls else None)
    assert many(server, 10, 2) == [YES % 2] * 10
    everything(server, 10, 2)
    assert server.connections == 1
    if lane == "grouped":
        before = 4 if tls else 2
        assert server.flights == before + 10 + (0 if chunking else 1)


def test_one_is_refused(script, many):
    server = script(replies={"BODY": ["250 ok", "554 5.7.1 spam", "250 ok"]})
    lines = many(server, 4)
    assert [line.startswith("accepted 1") for line in lines] == [
        True, False, True, True]
    assert "refused 1" in lines[1]
    assert server.connections == 1


@pytest.mark.parametrize("stage,reply", [
    ("MAIL", "451 4.3.0 later"), ("RCPT", "550 5.1.1 no"),
    ("DATA", "451 4.3.0 later")])
def test_one_envelope_is_refused(script, many, stage, reply):
    """The next one begins with RSET, where anything is to be reset."""
    replies = {stage: ["354 go" if stage == "DATA" else "250 ok", reply,
                       "354 go" if stage == "DATA" else "250 ok"]}
    server = script(replies=replies)
    lines = many(server, 4)
    assert [line.startswith("accepted 1") for line in lines] == [
        True, False, True, True], lines
    assert [m.recipients for m in server.messages] == [
        people(n, 1) for n in (0, 2, 3)]
    assert server.connections == 1


@pytest.mark.parametrize("end", [
    Close("250 ok"), Close("250 ok", reset=True),
    Close("250 ok", together=True)])
def test_server_ends_the_session(script, many, end):
    """After two messages; the others go over a new one."""
    server = script(replies={"BODY": ["250 ok", end, "250 ok"]})
    assert many(server, 5, 2) == [YES % 2] * 5
    everything(server, 5, 2)
    assert server.connections == 2


def test_limit_of_messages(script, many):
    """421 to the third MAIL of each connection."""
    server = script(replies={"MAIL": ["250 ok", "250 ok",
                                      Close("421 4.7.0 enough")] * 3 +
                             ["250 ok"]})
    assert many(server, 6) == [YES % 1] * 6
    everything(server, 6, 1)


def test_lost_reply_is_in_doubt_for_one(script, many):
    server = script(replies={"BODY": ["250 ok", Close(), "250 ok"]})
    lines = many(server, 3)
    assert [line[:11] for line in lines] == [
        "accepted 1,", "accepted 0,", "accepted 1,"]
    assert "unknown 1" in lines[1]
    assert len(server.messages) == 3


def test_crowds(script, many):
    """More recipients than the server takes, in the middle of a series."""
    server = script(most=100)
    assert many(server, 3, 250) == [YES % 250] * 3
    for n in range(3):
        got = [r for m in server.messages for r in m.recipients
               if r.startswith("m%d-" % n)]
        assert sorted(got) == sorted(people(n, 250))
    assert server.connections == 1


def test_unreadable(script, many, lane):
    """The yes to the message before says nothing of one that was not sent.
    (Where its envelope is out already, the connection is of no more use.)"""
    server = script()
    lines = many(server, 3, 1, "unreadable=1")
    assert [line[:11] for line in lines] == [
        "accepted 1,", "accepted 0,", "accepted 1,"]
    assert "unreadable" in lines[1]
    assert server.connections == (2 if lane == "grouped" else 1)
    assert [m.recipients for m in server.messages] == [
        people(n, 1) for n in (0, 2)]


@pytest.mark.parametrize("chunking", [False, True])
def test_taken_without_a_word(script, many, lane, chunking):
    """What was handed over whole on a kept connection is not sent again."""
    server = script(join=True, chunking=chunking, replies={
        "BODY": ["250 ok", Close(mute=True), "250 ok"]})
    lines = many(server, 3)
    assert [line[:11] for line in lines] == [
        "accepted 1,", "accepted 0,", "accepted 1,"]
    assert "unknown 1" in lines[1]
    assert [m.recipients for m in server.messages] == [
        people(n, 1) for n in range(3)]


def test_chunk_taken_for_commands(script, many):
    """BDAT is unknown, and there was nobody to send to: the replies to the
    lines of the message are not those to the next one."""
    server = script(chunking="no", replies={"RCPT": [
        "550 5.1.1 no", "250 ok"]})
    lines = many(server, 3)
    assert lines[1:] == [YES % 1] * 2 and "refused 1" in lines[0]
    assert [m.recipients for m in server.messages] == [
        people(n, 1) for n in (1, 2)]


def test_full_disk_is_no_crowd(script, many):
    """452 to a message says nothing of its recipients."""
    server = script(replies={
        "RCPT": ["250 ok", "550 5.1.1 no", "250 ok"],
        "BODY": ["452 insufficient system storage", "250 ok"]})
    lines = many(server, 2, 2)
    assert lines[1] == YES % 2
    assert [len(m.recipients) for m in server.messages] == [1, 2]


def test_one_is_too_big(script, many):
    """Nothing was said of it: the connection is as good as before."""
    server = script(offers=["SIZE 10000"])
    lines = many(server, 4, 1, "big=2")
    assert [line[:11] for line in lines] == [
        "accepted 1,", "accepted 1,", "accepted 0,", "accepted 1,"]
    assert "at most 10.0 kB" in lines[2]
    assert server.connections == 1


def test_interrupted_without_waiting(script, many):
    """Signals are looked at also while the server is fast."""
    server = script()
    line, = many(server, 1, 1, "big=0", "interrupted")
    assert line == (
        "accepted 0, refused 0, deferred 0, unknown 0: interrupted")
    assert server.messages == []


# --- several sessions at once ------------------------------------------------

def meet(count, reply):
    """The first `count` of who asks get their reply when all have asked."""
    barrier, order = threading.Barrier(count), itertools.count()

    def answer(_):
        if next(order) < count:
            barrier.wait(timeout=30)
        return reply
    return answer


@pytest.mark.parametrize("stage,reply", [
    ("GREETING", "220 hi"), ("EHLO", None), ("MAIL", "250 ok"),
    ("RCPT", "250 ok"), ("DATA", "354 go"), ("BODY", "250 ok")])
@pytest.mark.parametrize("tls", [False, True])
def test_nobody_waits_for_another(script, many, tls_context, tls, stage,
                                  reply, lane):
    """Each of four sessions has got so far before any of them goes on."""
    extra = "\n250-PIPELINING" if lane == "grouped" else ""
    if reply is None:
        reply = "250-test.example%s%s\n250 HELP" % (
            extra, "\n250-STARTTLS" if tls else "")
    server = script(replies={stage: meet(4, reply)},
                    tls=tls_context if tls else None)
    assert many(server, 8, 2, "sessions=4") == [YES % 2] * 8
    assert sorted(m.recipients for m in server.messages) == [
        people(n, 2) for n in range(8)]
    assert server.connections == 4


def test_one_hangs(script, many):
    """It keeps its message and the next one, which it has announced; all others
    are through before."""
    release = threading.Event()
    order = itertools.count()

    def answer(_):
        if next(order) > 0:
            if len(server.messages) >= 5:  # the one that hangs is among them
                release.set()
            return "250 ok"
        release.wait(timeout=30)
        return Close("421 4.3.2 going down")
    server = script(replies={"BODY": answer})
    lines = many(server, 6, 1, "sessions=2")
    assert release.is_set()
    assert sorted(line[:11] for line in lines) == (
        ["accepted 0,"] + ["accepted 1,"] * 5), lines


def test_more_sessions_than_messages(script, many):
    """Each takes one and announces one; who gets none does not connect."""
    server = script()
    assert many(server, 4, 1, "sessions=9") == [YES % 1] * 4
    assert server.connections == 2


def test_nobody_listens(many, closed_port):
    class Nobody:
        tls, address = None, "127.0.0.1:%d" % closed_port
    lines = many(Nobody, 4, 1, "sessions=3")
    assert [line[:11] for line in lines] == ["accepted 0,"] * 4
    assert "refused" in lines[0]

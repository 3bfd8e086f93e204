# SPDX-License-Identifier: MIT
"""The bytes of a message, and what happens in the middle of them."""

import os
import random
import signal
import threading
import time

import pytest

from server import Close, Delay, Hang

HEAD = (b"From: ana@home.example\r\nTo: bob@there.example\r\n"
        b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
        b"Message-ID: <1@home.example>\r\nSubject: x\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n")
BIG = (b"x" * 70 + b"\n") * 100000


def arrives(script, mail, message):
    server = script(offers=["SIZE 99999999"])
    result = mail(server, "--raw", text=message)
    assert result.status == 0, result
    assert server.messages[0].content == message


@pytest.mark.parametrize("block", [65536, 524288])
@pytest.mark.parametrize("dots", [1, 2, 10, 2000])
def test_not_cut(script, mail, block, dots):
    """libcurl up to 8.6 counts stuffed dots towards the declared size and
    stops when a write ends there: the first `block` bytes hold as many dots
    as bytes follow it."""
    line = b"." + b"d" * 8 + b"\r\n"
    start = HEAD + line * dots
    rest = block - len(start) - 2
    fill = (b"x" * 62 + b"\r\n") * (rest // 64)
    start += fill + b"y" * (rest - len(fill)) + b"\r\n"
    assert len(start) == block and start.count(b"\n.") == dots
    tail = b"z" * max(dots - 2, 0) + b"\r\n"
    if len(tail) > 900:
        tail = (b"z" * 98 + b"\r\n") * (dots // 100)
    arrives(script, mail, start + tail)


@pytest.mark.parametrize("seed", range(12))
def test_dots_anywhere(script, mail, seed):
    dice = random.Random(seed)
    lines = [b"." * dice.choice([0, 1, 1, 2, 3]) +
             b"ab." * dice.randrange(20) for _ in range(
                 dice.choice([10, 1000, 20000]))]
    arrives(script, mail, HEAD + b"\r\n".join(lines) + b"\r\n")


@pytest.mark.data
@pytest.mark.parametrize("end", [b"", b".", b".\n", b"\n.", b"\n.\n", b"\r\n",
                                 b"..", b"\r\n.\r\n"])
def test_ends(script, mail, end):
    """Whatever the input ends in, the message ends once."""
    server = script()
    result = mail(server, text=b"text" + end)
    assert result.status == 0, result
    assert len(server.messages) == 1
    assert server.verbs() == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


def test_size_is_declared(script, mail):
    server = script(offers=["SIZE 99999999"])
    mail(server, "--raw", text=HEAD + b"plain\r\n")
    assert "SIZE=%d" % (len(HEAD) + 7) in server.said[1]


@pytest.mark.parametrize("end", [Close(), Close(reset=True)])
def test_lost_after_the_dot(script, mail, end):
    server = script(replies={"BODY": end})
    result = mail(server, to=["a@x.example", "b@x.example"])
    assert result.status == 75, result
    assert result.answer["state"] == "in-doubt"
    assert result.answer["code"] is None and result.answer["reply"] is None
    assert result.answer["stage"] == "body"
    assert [r["state"] for r in result.answer["recipients"]] == ["unknown"] * 2
    assert "twice" in result.hint


@pytest.mark.parametrize("end", [Close(), Close(reset=True)])
@pytest.mark.parametrize("tls", [False, True])
def test_lost_before_the_dot(script, mail, tls_context, cacert, end, tls):
    """Nothing is in doubt: the server cannot have it all.  (Nor does the
    program die of writing to nobody.)"""
    server = script(during=(200000, end), tls=tls_context if tls else None)
    result = mail(server, "--cacert", cacert, text=BIG,
                  mode="starttls" if tls else "plain")
    assert result.status == 75, result
    assert result.answer["state"] == "failed"
    assert result.answer["recipients"][0]["state"] == "deferred"
    assert server.messages == []


@pytest.mark.data
def test_gone_before_the_message(script, mail):
    """The bytes may have left, but not the dot behind them."""
    server = script(replies={"DATA": Close("354 go ahead", together=True)})
    result = mail(server)
    assert result.status == 75, result
    assert result.answer["state"] == "failed"
    assert result.answer["stage"] == "body"


@pytest.mark.parametrize("reply, status", [
    ("552 5.3.4 too big", 69), ("451 4.3.0 disk full", 75),
    ("550-5.7.1 no\n550 5.7.1 really", 69)])
@pytest.mark.parametrize("action", [Close, lambda reply: reply])
def test_refused_in_the_middle(script, mail, reply, status, action):
    """Without TLS the words are heard, and the upload stops."""
    server = script(during=(200000, action(reply)))
    result = mail(server, text=BIG)
    assert result.status == status, result
    assert result.answer["code"] == int(reply[:3])
    assert reply.split()[2] in result.err
    assert result.answer["stage"] == "body"
    assert server.messages == []


def test_refused_in_the_middle_of_tls(script, mail, tls_context, cacert):
    """In TLS libcurl hears it only when all is sent."""
    server = script(tls=tls_context, during=(200000, "552 5.3.4 too big"),
                    replies={"BODY": "250 never mind"})
    result = mail(server, "--cacert", cacert, text=BIG, mode="starttls")
    assert result.status == 69, result
    assert result.answer["code"] == 552


@pytest.fixture
def interrupted(run_mitto):
    """interrupted(server, number, text) runs mitto and sends it a signal as
    soon as `ready` says so."""
    def run(server, number, text, ready):
        read, write = os.pipe()

        def interrupt():
            pid = int(os.read(read, 20))
            while not ready():
                time.sleep(0.02)
            time.sleep(0.2)
            os.kill(pid, number)
        thread = threading.Thread(target=interrupt)
        thread.start()
        result = run_mitto(
            "-C", "none", "-S", server.address, "-f", "a@x.example", "--json",
            "b@x.example", stdin=text,
            preexec_fn=lambda: os.write(write, b"%d" % os.getpid()))
        thread.join()
        os.close(read)
        os.close(write)
        return result
    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("options, verb", [
    (dict(replies={"GREETING": Hang()}), None),
    (dict(replies={"MAIL": Hang()}), "MAIL"),
    (dict(during=(100000, Hang())), "DATA"),
    (dict(pace=0.2), "DATA"),
])
def test_interrupted(script, interrupted, number, options, verb):
    """130, and no dot."""
    server = script(**options)
    result = interrupted(
        server, number, BIG * 3,
        lambda: server.connections if verb is None else server.count(verb))
    assert result.status == 130, result
    assert server.messages == []
    assert result.json()["state"] == "failed"


def test_interrupted_after_the_dot(script, interrupted):
    """Then it may have arrived, and the result says so."""
    server = script(replies={"BODY": Hang()})
    result = interrupted(server, signal.SIGINT, b"hello\n",
                         lambda: server.messages)
    assert result.status == 130, result
    assert result.json()["state"] == "in-doubt"


@pytest.mark.parametrize("recipient", [
    "bob@x.example\r\nRCPT TO:<eve@x.example>", "bo b@x.example",
    "<bob@x.example", "bob@x.example>", "\"a\nb\"@x.example"])
@pytest.mark.parametrize("flag", [None, "--envelope-from", "-f"])
def test_no_injection(script, mail, recipient, flag):
    server = script()
    if flag is None:
        result = mail(server, to=[recipient])
    else:
        result = mail(server, flag + "=" + recipient)
    assert result.status in (64, 65), result
    assert server.commands == []


@pytest.mark.parametrize("name, status", [
    ("mx.example\r\nX", 65), ("two words", 65), ("<mx>", 65)])
def test_no_injection_by_helo(script, mail, name, status):
    server = script()
    result = mail(server, "--helo=" + name)
    assert result.status in (64, status), result
    assert server.commands == []


def test_quoted_addresses(script, mail):
    server = script()
    odd = "\"a b>c\\\"@d\"@x.example"
    result = mail(server, to=[odd, "x@[192.0.2.1]"])
    assert result.status == 0, result
    assert server.messages[0].recipients == [odd, "x@[192.0.2.1]"]


def test_null_sender(script, mail):
    server = script()
    result = mail(server, "--envelope-from=<>")
    assert result.status == 0, result
    assert server.said[1].startswith("MAIL FROM:<>")


def test_file_changes(script, run_mitto, tmp_path):
    """An attachment that gets shorter while it is sent: nothing is sent."""
    server = script(replies={"DATA": Delay(1.0, "354 go")})
    path = tmp_path / "a.bin"
    path.write_bytes(b"\1\2\3\4" * 100000)

    def shorten():
        time.sleep(0.5)
        path.write_bytes(b"\1\2\3\4")
    thread = threading.Thread(target=shorten)
    thread.start()
    result = run_mitto("-C", "none", "-S", server.address, "-f",
                       "a@x.example", "-a", path, "b@x.example")
    thread.join()
    assert result.status == 74, result
    assert server.messages == []

# SPDX-License-Identifier: MIT
"""Every step may hang; the error says which one did."""

import json
import os
import resource
import threading
import time

import pytest

from server import Close, Delay, Flood, Hang


@pytest.mark.data
@pytest.mark.parametrize("stage, words, where", [
    ("GREETING", "no greeting", "greeting"),
    ("EHLO", "answer EHLO", "greeting"),
    ("MAIL", "answer MAIL", "mail"),
    ("RCPT", "answer RCPT", "rcpt"),
    ("DATA", "answer DATA", "data"),
])
def test_hangs(script, mail, stage, words, where):
    server = script(replies={stage: Hang()})
    start = time.monotonic()
    result = mail(server, "--timeout=1s")
    assert result.status == 75, result
    assert words in result.err and "1 s" in result.err, result
    assert result.answer["stage"] == where
    assert result.answer["recipients"][0]["state"] == "deferred"
    assert time.monotonic() - start < 8


def test_starttls_hangs(script, mail):
    server = script(offers=["STARTTLS"], replies={"STARTTLS": Hang()})
    result = mail(server, "--timeout=1s", mode="starttls")
    assert result.status == 75 and "STARTTLS" in result.err, result


def test_login_hangs(script, mail, login):
    server = script(login=("joe", "secret"), replies={"AUTH": Hang()})
    result = mail(server, *login("joe", "secret"), "--timeout=1s")
    assert result.status == 75 and "the login" in result.err, result
    assert result.answer["stage"] == "auth"


def test_helo_hangs(script, mail):
    server = script(replies={"EHLO": "502 what?", "HELO": Hang()})
    result = mail(server, "--timeout=1s")
    assert result.status == 75 and "HELO" in result.err, result
    assert result.answer["stage"] == "greeting"


@pytest.mark.parametrize("lane", ["single", "grouped"], indirect=True)
@pytest.mark.parametrize("stage, words", [
    ("MAIL", "MAIL"), ("RCPT", "RCPT"), ("DATA", "DATA"),
    ("BODY", "did not confirm")])
def test_second_transaction_hangs(script, mail, stage, words):
    """What the first one brought stands."""
    people = ["p%03d@x.example" % i for i in range(101)]
    first = {"DATA": "354 go"}.get(stage, "250 ok")
    before = [first] * (100 if stage == "RCPT" else 1)
    server = script(offers=["LIMITS RCPTMAX=100"],
                    replies={stage: before + [Hang()]})
    result = mail(server, "--timeout=1s", to=people)
    states = [r["state"] for r in result.answer["recipients"]]
    assert result.status == 75 and words in result.err, result
    assert states == ["accepted"] * 100 + [
        "unknown" if stage == "BODY" else "deferred"]


def test_connect_hangs(mail):
    """A listener whose queue is full takes no more connections."""
    import socket

    class Full:
        pass
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        Full.address = "127.0.0.1:%d" % listener.getsockname()[1]
        waiting = []
        for _ in range(8):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            waiting.append(client)
        result = mail(Full, "--timeout=1s")
        for client in waiting:
            client.close()
    assert result.status == 75, result
    assert "no connection" in result.err and "1 s" in result.err
    assert result.answer["stage"] == "connect"


def test_body_hangs(script, mail):
    """The server reads no more in the middle."""
    server = script(during=(100000, Hang()))
    result = mail(server, "--timeout=1s", text=(b"x" * 70 + b"\n") * 400000)
    assert result.status == 75, result
    assert "took no more" in result.err, result
    assert result.answer["state"] == "failed"


def test_final_reply_hangs(script, mail):
    server = script(replies={"BODY": Hang()})
    result = mail(server, "--timeout=1s")
    assert result.status == 75, result
    assert "did not confirm" in result.err
    assert result.answer["state"] == "in-doubt"
    assert result.answer["recipients"][0]["state"] == "unknown"
    assert "twice" in result.hint


@pytest.mark.parametrize("stage", ["GREETING", "MAIL", "RCPT", "DATA", "BODY"])
def test_slow_but_in_time(script, mail, stage):
    """The limit is for each step, not for all of them."""
    server = script(replies={stage: Delay(1.2, {
        "GREETING": "220 hi", "DATA": "354 go"}.get(stage, "250 ok"))})
    result = mail(server, "--timeout=2s")
    assert result.status == 0, result


def test_slow_upload(script, mail):
    """An upload that takes longer than the limit of any one step."""
    server = script(pace=0.01, replies={"BODY": Delay(1.5, "250 ok")})
    start = time.monotonic()
    result = mail(server, "--timeout=3s", text=(b"x" * 70 + b"\n") * 350000)
    assert result.status == 0, result
    assert time.monotonic() - start > 4


@pytest.mark.parametrize("replies, code", [
    ({}, 0), ({"MAIL": "550 5.7.1 no"}, 69), ({"RCPT": "550 5.1.1 no"}, 67),
    ({"BODY": "550 5.7.1 no"}, 69)])
def test_mute_quit(script, mail, replies, code):
    """A server that does not answer QUIT holds nobody up."""
    server = script(replies=dict(replies, QUIT=Hang()))
    start = time.monotonic()
    result = mail(server)
    assert result.status == code, result
    assert time.monotonic() - start < 4


def test_waits_without_work(script, mail):
    """For the good-bye, too, when the steps before have less time."""
    server = script(replies={"QUIT": Hang()})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = mail(server, "--timeout=500ms")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.status == 0, result
    assert after.ru_utime + after.ru_stime < (
        before.ru_utime + before.ru_stime + 1)


def test_told_before_quit(script, run_mitto):
    """The result is out while the server still thinks about QUIT."""
    server = script(replies={"QUIT": Delay(1.5, Close("221 bye"))})
    told = []
    read, write = os.pipe()

    def listen():
        with open(read, "rb") as pipe:
            told.append((json.loads(pipe.readline()), time.monotonic()))
    listener = threading.Thread(target=listen)
    listener.start()
    run_mitto("-C", "none", "-S", server.address, "-f", "a@x.example",
              "--json", "b@x.example", stdout=write)
    end = time.monotonic()
    os.close(write)
    listener.join()
    assert told[0][0]["ok"]
    assert end - told[0][1] > 1


@pytest.mark.parametrize("good_bye", [b"what?\r\n", b"221-and so on\r\n"])
def test_endless_good_bye(script, mail, good_bye):
    """Nobody stays to hear all of it."""
    server = script(replies={"QUIT": Flood(good_bye * 10000)})
    result = mail(server)
    assert result.status == 0, result

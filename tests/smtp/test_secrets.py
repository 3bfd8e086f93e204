# SPDX-License-Identifier: MIT
"""What is said to a server to log in is shown nowhere: in no output, at no
level, in none of its forms, also when the server repeats it."""

import base64
import os
import re

import pytest

import server
from server import Close, Hang

CANARY = "c4nary-0f=a;tok en"
LEVELS = [[], ["-q"], ["-v"], ["-vv"], ["-vvv"], ["--check", "-v"]]
MECHANISMS = {"PLAIN": "plain", "LOGIN": "login", "CRAM-MD5": "cram-md5",
              "XOAUTH2": "xoauth2", "OAUTHBEARER": "oauthbearer"}


@pytest.fixture
def lane():
    """The login is libcurl's in every lane."""
    return "single"


def forms(secret):
    """The secret, and what stands for it in base64 wherever it begins."""
    yield secret
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + secret)
        yield coded[4 if before else 0:-4]


def said_secretly(commands):
    """Each line of a login behind the name of its mechanism."""
    for text in commands:
        verb = text.split(" ")[0]
        if verb == "AUTH":
            yield from text.split(" ")[2:]
        elif verb not in ("EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "QUIT"):
            yield text


def check(secret, commands, *outputs):
    secrets = list(forms(secret.encode()))
    for word in said_secretly(commands):
        if len(word) >= 4 and word != "AQ==":
            secrets.append(word.encode())
    assert len(secrets) >= 4
    for data in outputs:
        for form in secrets:
            assert form not in data, (form, data)


@pytest.fixture
def talk(script, run_mitto, login, tmp_path):
    """talk(mechanism, level, right, **replies) -> what the server heard, the
    result and everything that was put out."""
    def run(mechanism, level, secret=CANARY, right=True, **replies):
        peer = script(login=("joe", secret if right else "other"),
                        mechanisms=mechanism, replies=replies)
        files = [tmp_path / "transcript", tmp_path / "log"]
        for path in files:
            path.unlink(missing_ok=True)
        result = run_mitto(
            "-C", "none", "-S", peer.address, "--tls=plain",
            *login("joe", secret, "--auth=" + MECHANISMS[mechanism]),
            "-f", "ana@home.example", "-s", "x", "--timeout=500ms", *level,
            "--json", "-X", files[0], "--log", files[1], "bob@there.example",
            stdin=b"hello\n")
        result.answer = result.json()
        return peer.said, result, [result.out, result.raw_err] + [
            path.read_bytes() for path in files if path.exists()]
    return run


@pytest.mark.parametrize("level", LEVELS, ids=" ".join)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_success(talk, mechanism, level):
    heard, result, said = talk(mechanism, level)
    assert result.status == 0, result
    check(CANARY, heard, *said)
    assert b"AUTH " + mechanism.encode() in said[2]
    assert b"********" in said[2]


@pytest.mark.parametrize("level", LEVELS, ids=" ".join)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_refused_by_one_who_repeats_it(talk, mechanism, level):
    def blab(arg):
        return "535-5.7.8 wrong: %s\n535 5.7.8 %s" % (arg, CANARY)
    heard, result, said = talk(mechanism, level, right=False, REFUSED=blab)
    assert result.status == 77, result
    check(CANARY, heard, *said)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("ending", [
    lambda arg: Close("535 5.7.8 no, not " + arg),
    lambda arg: Close("what is %s?" % arg), lambda arg: Hang()],
    ids=["hangs up", "talks nonsense", "keeps silent"])
def test_other_failures(talk, mechanism, ending):
    heard, result, said = talk(mechanism, ["-vvv"], right=False,
                                REFUSED=ending)
    assert result.status in (75, 76, 77), result
    check(CANARY, heard, *said)


@pytest.mark.parametrize("mechanism", ["LOGIN", "XOAUTH2", "CRAM-MD5"])
def test_a_challenge_that_holds_it(talk, monkeypatch, mechanism):
    """In base64, so that nobody sees at first what stands there."""
    coded = base64.b64encode(
        b'{"status":"400","token":"%s"}' % CANARY.encode()).decode()

    def challenge(self, initial):
        del initial
        self.challenge(coded)
        return False
    monkeypatch.setattr(server._Client, "auth_" + mechanism.lower().replace(
        "-", "_"), challenge)
    _, result, said = talk(mechanism, ["-vvv"])
    assert result.status == 77, result
    for data in said:
        assert CANARY.encode() not in data and coded.encode() not in data


def test_no_core_holds_it(script, run_mitto, login):
    """From before the login on, a crash leaves no memory behind."""
    told, limits = os.pipe(), []

    def look(arg):
        del arg
        pid = os.read(told[0], 20).decode()
        with open("/proc/%s/limits" % pid, encoding="ascii") as file:
            limits.append(re.search(r"Max core file size\s+(\S+)",
                                    file.read())[1])
        return "235 2.7.0 welcome"
    peer = script(login=("joe", CANARY), replies={"AUTH": look})
    result = run_mitto(
        "-C", "none", "-S", peer.address, "--tls=plain",
        *login("joe", CANARY), "-f", "ana@home.example", "bob@there.example",
        stdin=b"hello\n",
        preexec_fn=lambda: os.write(told[1], b"%d" % os.getpid()))
    os.close(told[0])
    os.close(told[1])
    assert result.status == 0 and limits == ["0"], result


# The conversation as it is shown -------------------------------------------

TIMED = r"(?m)^ +\d+\.\d\d  "


def test_shape_of_the_conversation(talk):
    """Time, who says it, replies in one line."""
    _, result, said = talk(
        "PLAIN", ["-vv"], GREETING="220-test.example\n220 ready \x1b[31m",
        BODY="250-2.0.0 queued\n250 2.0.0 as 4711")
    assert result.status == 0, result
    text = said[2].decode()
    assert all(re.match(TIMED, line) for line in text.splitlines()), text
    for line in (r"connect   127\.0\.0\.1:\d+ -> 127\.0\.0\.1",
                 r"< 220 test\.example ready \\e\[31m", r"> EHLO \S+",
                 r"< 250 test\.example, AUTH PLAIN",
                 r"> AUTH PLAIN \*{8}", r"< 235 2\.7\.0 accepted",
                 r"> MAIL FROM:<ana@home\.example>",
                 r"> \[\d+ bytes of message\]",
                 r"< 250 2\.0\.0 queued as 4711"):
        assert re.search(TIMED + line + "$", text), (line, text)
    shown = re.sub(TIMED, "", result.err)
    assert re.sub(TIMED, "", text) == shown


def test_reply_that_breaks_off_is_shown(talk):
    _, result, said = talk(
        "PLAIN", ["-vv"], GREETING=Close("220-hello there"))
    assert result.status == 75, result
    assert b"< 220 hello there" in said[2] and "< 220 hello" in result.err


def test_colours_of_the_conversation(script, run_mitto):
    peer = script(replies={"MAIL": "550 5.7.1 not you"})
    result = run_mitto("-S", peer.address, "--tls=plain", "-f",
                       "a@home.example", "-vv", "--color=always", "-m", "x",
                       "bob@there.example")
    assert result.status == 69, result
    for words in ("\x1b[32m220\x1b[0m ", "\x1b[31m550\x1b[0m 5.7.1 not you",
                  "\x1b[1m>\x1b[0m MAIL"):
        assert words in result.err, result

# SPDX-License-Identifier: MIT
"""A reply at each stage: status, stage and words."""

import pytest

from server import Close


@pytest.mark.data
@pytest.mark.parametrize("stage, reply, status, where", [
    ("GREETING", "421 4.3.2 not now", 75, "greeting"),
    ("GREETING", "554 5.7.1 not from your network", 69, "greeting"),
    ("MAIL", "450 4.1.8 try later", 75, "mail"),
    ("MAIL", "421 4.3.2 closing", 75, "mail"),
    ("MAIL", "530 5.7.0 authentication required", 77, "mail"),
    ("MAIL", "550 5.7.1 sender refused", 69, "mail"),
    ("MAIL", "552 5.3.4 too big", 69, "mail"),
    ("DATA", "451 4.3.0 later", 75, "data"),
    ("DATA", "554 5.5.1 no valid recipients", 69, "data"),
    ("BODY", "451 4.7.1 greylisted", 75, "body"),
    ("BODY", "452 4.3.1 disk full", 75, "body"),
    ("BODY", "554 5.7.1 spam", 69, "body"),
    ("BODY", "552 5.3.4 too big", 69, "body"),
    ("BODY", "421 4.3.2 closing", 75, "body"),
])
def test_refused(script, mail, stage, reply, status, where):
    server = script(replies={stage: reply})
    result = mail(server)
    code, enhanced, words = reply.split(" ", 2)
    answer = result.answer
    assert result.status == status, result
    assert answer["stage"] == where and answer["code"] == int(code), result
    assert answer["enhanced"] == enhanced and answer["reply"] == words
    assert words in result.err and server.address in result.err
    assert answer["state"] == "failed"


@pytest.mark.data
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "BODY"])
def test_multi_line(script, mail, stage):
    server = script(replies={stage: "550-5.7.1 one\n550-5.7.1 two\n550 5.7.1 "
                                    "three \x1b[2J"})
    result = mail(server)
    assert result.status == 69
    assert result.answer["reply"] == "one\ntwo\nthree \x1b[2J"
    assert "\x1b" not in result.err


@pytest.mark.parametrize("reply", [
    b"25\r\n", b"999 hi\r\n", b"hello\r\n", b"250-one\r\n251 two\r\n",
    b"\r\n", b"250:ok\r\n", b"2500 ok\r\n"])
def test_no_reply(script, mail, reply):
    result = mail(script(replies={"MAIL": reply}), "--timeout=3s")
    assert result.status == 76, result


def test_neither_yes_nor_no_to_rcpt(script, mail):
    result = mail(script(replies={"RCPT": "354 go on"}))
    assert result.status == 76, result
    assert result.answer["stage"] == "rcpt" and result.answer["code"] == 354
    assert "nothing" not in result.err, result


@pytest.mark.data
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("end", [Close(), Close(reset=True)])
def test_an_older_yes_is_not_the_reply(script, mail, stage, end):
    result = mail(script(replies={stage: end}))
    answer = result.answer
    assert result.status == 75 and answer["state"] == "failed", result
    assert answer["stage"] == stage.lower(), result
    assert [answer[name] for name in ("code", "enhanced", "reply")] == [
        None, None, None], result


@pytest.mark.parametrize("reply", [
    b"250\r\n", b"250 \r\n", b"250-\r\n250 x\r\n", b"250 \xff\x00\xfe\r\n",
    b"250 ok\n"])
def test_odd_but_good(script, mail, reply):
    result = mail(script(replies={"MAIL": reply}))
    assert result.status == 0, result


def test_flood(script, mail):
    """A reply without end is not read to its end."""
    flood = b"250-" + b"x" * 70 + b"\r\n"
    result = mail(script(replies={"MAIL": flood * 20000}), "--timeout=5s")
    assert result.status == 76, result
    assert len(result.err) < 2000


def test_long_line(script, mail):
    result = mail(script(replies={"MAIL": b"250 " + b"x" * 3000000}),
                  "--timeout=5s")
    assert result.status in (75, 76), result


@pytest.mark.parametrize("banner, what", [
    (b"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH server"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "web server"),
    (b"* OK IMAP4 ready\r\n", "IMAP server"),
    (b"+OK POP3 ready\r\n", "POP3 server"),
    (b"hi there\r\n", "hi there"),
])
def test_not_smtp(script, mail, banner, what):
    result = mail(script(replies={"GREETING": banner}))
    assert result.status == 76, result
    assert what in result.err and "--port" in result.hint


@pytest.mark.data
@pytest.mark.parametrize("stage, where", [
    ("GREETING", "greeting"), ("MAIL", "mail"), ("RCPT", "rcpt"),
    ("DATA", "data")])
@pytest.mark.parametrize("reset", [False, True])
def test_closed(script, mail, stage, where, reset):
    result = mail(script(replies={stage: Close(reset=reset)}))
    assert result.status == 75, result
    # A reset may come so early that there never was a connection.
    early = ["connect"] if reset and stage == "GREETING" else []
    assert result.answer["stage"] in [where, *early]
    assert early or "closed the connection" in result.err


def test_the_stage_of_what_is_not_offered(script, mail, login):
    result = mail(script(), *login("ana", "secret"))
    assert result.status == 77 and result.answer["stage"] == "auth", result
    assert result.answer["code"] is None, result
    result = mail(script(), mode="starttls")
    assert result.status == 76 and result.answer["stage"] == "tls", result
    assert result.answer["code"] is None, result


def test_ehlo_refused(script, mail):
    """HELO will do where nothing of EHLO is needed."""
    server = script(replies={"EHLO": "502 what?"})
    result = mail(server)
    assert result.status == 0, result
    assert server.verbs()[:2] == ["EHLO", "HELO"]
    assert "SIZE" not in server.said[2]


def test_helo_refused(script, mail):
    server = script(replies={"EHLO": "550 5.7.1 bad HELO name",
                             "HELO": "550 5.7.1 bad HELO name"})
    result = mail(server)
    assert result.status == 69, result
    assert "--helo" in result.hint

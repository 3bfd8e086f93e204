# SPDX-License-Identifier: MIT
"""mitto sendmail -bs: SMTP on standard input and output."""

import contextlib
import os
import pathlib
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time

import pytest

from program import MITTO, SLOW, TESTS
from receive import read

sys.path.append(str(TESTS / "smtp"))
from server import Close, Server  # noqa: E402

BOB, ANA = "bob@example.org", "ana@home.example"
CAROL = "carol@example.org"
TEXT = "From: ana@home.example\r\nTo: bob@example.org\r\nSubject: hi\r\n\r\n"


class Client(smtplib.SMTP):
    """smtplib at mitto's standard input and output."""

    def __init__(self, env, *args):
        self.process = None
        self.env, self.args = env, args
        super().__init__("stdin", 25, local_hostname="client.example",
                         timeout=20 * SLOW)

    def _get_socket(self, host, port, timeout):
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [MITTO, "sendmail", "-bs", *self.args], stdin=theirs,
                stdout=theirs, stderr=subprocess.PIPE, env=self.env)
        ours.settimeout(timeout)
        return ours

    def end(self):
        """QUIT; the status and what was said elsewhere."""
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            self.quit()
        err = self.process.communicate(timeout=20 * SLOW)[1]
        assert b"Sanitizer" not in err and b"runtime error" not in err, err
        return self.process.returncode, err


@pytest.fixture
def relay_to(config):
    """relay_to(server): the configuration leads there."""
    def write(server, more=""):
        config("[account relay]\nserver = smtp+plain://%s\n%s" % (
            server.address, more))
        return server
    return write


@pytest.fixture
def relay(server, relay_to):
    return relay_to(server)


@pytest.fixture
def client(make_env):
    started = []

    def start(*args, env=None):
        started.append(Client(make_env(env), *args))
        return started[-1]
    yield start
    for each in started:
        each.close()
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        each.process.stderr.close()


@pytest.fixture
def talk(run_mitto):
    """talk(bytes, status=0) -> the replies, line by line."""
    def run(data, status=0, **kwargs):
        result = run_mitto("sendmail", "-bs", stdin=data, **kwargs)
        assert result.status == status, result
        assert status != 0 or result.err == "", result
        assert result.out.endswith(b"\r\n")
        return result.out.decode().split("\r\n")[:-1]
    return run


def codes(lines):
    return [line[:3] for line in lines if line[3] == " "]


# A client that is not ours --------------------------------------------------

def test_smtplib(relay, client):
    smtp = client()
    assert smtp.ehlo()[0] == 250
    for offer in ("pipelining", "8bitmime", "smtputf8", "dsn", "size",
                  "enhancedstatuscodes"):
        assert smtp.has_extn(offer)
    refused = smtp.sendmail(ANA, [BOB, CAROL], TEXT + "one\r\n.\r\n..two\r\n",
                            ["BODY=8BITMIME", "RET=HDRS", "ENVID=a+2Bb"],
                            ["NOTIFY=SUCCESS,FAILURE"])
    assert refused == {}
    assert smtp.end() == (0, b"")
    envelope, = relay.messages
    assert envelope.mail_from == ANA
    assert envelope.rcpt_tos == [BOB, CAROL]
    message = read(envelope.content)
    assert message.get_payload() == "one\r\n.\r\n..two\r\n"


def test_several_messages(relay, client):
    smtp = client()
    for i in range(5):
        smtp.sendmail("n%d@home.example" % i, BOB, TEXT + "%d\r\n" % i)
    assert smtp.end() == (0, b"")
    assert [m.mail_from for m in relay.messages] == [
        "n%d@home.example" % i for i in range(5)]
    assert all(m.content.endswith(b"\r\n%d\r\n" % i)
               for i, m in enumerate(relay.messages))


def test_null_sender(relay, client):
    smtp = client()
    smtp.sendmail("", BOB, TEXT)
    assert smtp.end() == (0, b"")
    assert relay.messages[0].mail_from == "<>"


def test_utf8_addresses(relay, client):
    smtp = client()
    smtp.ehlo()
    smtp.command_encoding = "utf-8"
    assert smtp.docmd("MAIL", "FROM:<jürgen@home.example> SMTPUTF8")[0] == 250
    assert smtp.rcpt("josé@example.org")[0] == 250
    assert smtp.data(TEXT)[0] == 250
    assert relay.messages[0].rcpt_tos == ["josé@example.org"]


def test_the_other_commands(relay, client):
    smtp = client()
    assert smtp.helo()[0] == 250
    assert smtp.noop()[0] == 250
    assert smtp.verify(BOB)[0] == 252
    assert "RCPT" in smtp.help().decode()
    assert smtp.expn("list")[0] == 502
    assert smtp.docmd("STARTTLS")[0] == 502
    assert smtp.rset()[0] == 250
    assert smtp.end() == (0, b"")


def test_the_envelope_chooses_the_account(client, serve, config):
    one, two = serve(), serve()
    config("[defaults]\naccount = one\n"
           "[account one]\nserver = %s\n[account two]\nserver = %s\n"
           "match = *@two.example\n" % (one.url, two.url))
    smtp = client()
    smtp.sendmail("x@two.example", BOB, TEXT)
    smtp.sendmail("x@one.example", BOB, TEXT)
    assert smtp.end() == (0, b"")
    assert [m.mail_from for m in one.messages] == ["x@one.example"]
    assert [m.mail_from for m in two.messages] == ["x@two.example"]


def test_a_from_of_the_text_stays(relay, client):
    smtp = client()
    smtp.sendmail("bounce@home.example", BOB, TEXT)
    smtp.end()
    assert relay.messages[0].mail_from == "bounce@home.example"
    assert read(relay.messages[0].content)["From"] == ANA


def test_bcc_does_not_leave(relay, client):
    smtp = client()
    smtp.sendmail(ANA, BOB, "Bcc: carol@example.org\r\n" + TEXT)
    assert smtp.end() == (0, b"")
    assert b"carol" not in relay.messages[0].content
    assert relay.messages[0].rcpt_tos == [BOB]


# Delivery reports -----------------------------------------------------------

ASKED = [(BOB, " NOTIFY=NEVER"), (CAROL, " ORCPT=rfc822;c+2Bd@old.example"),
         ("dora@example.org", " NOTIFY=success,Delay ORCPT=x-y;d"),
         ("emil@example.org", "")]
HEARD = ["RCPT TO:<bob@example.org> NOTIFY=NEVER ORCPT=rfc822;bob@example.org",
         "RCPT TO:<carol@example.org> ORCPT=rfc822;c+2Bd@old.example",
         "RCPT TO:<dora@example.org> NOTIFY=SUCCESS,DELAY ORCPT=x-y;d",
         "RCPT TO:<emil@example.org>"]


@pytest.fixture
def scripted(relay_to):
    running = []

    def start(more="", **options):
        running.append(Server(**options))
        return relay_to(running[-1], more)
    yield start
    for each in running:
        each.stop()


def ask(smtp, rcpts=ASKED, text=TEXT):
    """One message with what is asked for each of its recipients."""
    smtp.ehlo_or_helo_if_needed()
    assert smtp.mail(ANA)[0] == 250
    for rcpt, asked in rcpts:
        assert smtp.docmd("RCPT", "TO:<%s>%s" % (rcpt, asked))[0] == 250
    return smtp.data(text)


def rcpts_of(server):
    return [line for line in server.said if line.startswith("RCPT")]


@pytest.mark.parametrize("text", [TEXT, "no header\r\n"])
def test_reports_for_each_recipient(scripted, client, text):
    server = scripted(offers=["DSN"])
    smtp = client()
    assert ask(smtp, text=text)[0] == 250
    assert smtp.end() == (0, b"")
    assert rcpts_of(server) == HEARD


def test_reports_go_through_aliases(scripted, client, config):
    server = scripted("[alias]\nteam = bob@example.org, carol@example.org\n",
                      offers=["DSN"])
    smtp = client()
    assert ask(smtp, [("dora@example.org", " NOTIFY=DELAY"),
                      ("team", " NOTIFY=NEVER ORCPT=rfc822;team@old.example"),
                      ("bob@example.org", " NOTIFY=SUCCESS")])[0] == 250
    assert rcpts_of(server) == [
        "RCPT TO:<dora@example.org> NOTIFY=DELAY "
        "ORCPT=rfc822;dora@example.org",
        "RCPT TO:<bob@example.org> NOTIFY=NEVER ORCPT=rfc822;team@old.example",
        "RCPT TO:<carol@example.org> NOTIFY=NEVER "
        "ORCPT=rfc822;team@old.example"]


@pytest.mark.parametrize("queue", ["fail", "always"])
def test_reports_wait_in_the_queue(scripted, client, run_mitto, queue):
    server = scripted(
        offers=["DSN"], replies={"MAIL": ["451 4.7.1 later", "250 ok"]}
        if queue == "fail" else None)
    env = {"MITTO_QUEUE": queue}
    smtp = client(env=env)
    assert ask(smtp)[0] == 250
    assert smtp.end() == (0, b"")
    shown = run_mitto("queue", "list", env=env).out.split()[0]
    shown = run_mitto("queue", "show", shown, env=env).out.decode()
    assert "NOTIFY=SUCCESS,DELAY ORCPT=x-y;d" in shown
    before = len(server.said)
    assert run_mitto("queue", "retry", "all", env=env).status == 0
    assert [line for line in server.said[before:] if "RCPT" in line] == HEARD


def test_a_notice_is_for_those_who_want_it(scripted, client, run_mitto):
    server = scripted(
        offers=["DSN"], replies={"RCPT": lambda arg: (
            "550 5.1.1 no" if "example.org" in arg else "250 ok")})
    env = {"MITTO_QUEUE": "always"}
    assert ask(client(env=env))[0] == 250
    assert run_mitto("queue", "flush", env=env).status == 69
    run_mitto("queue", "flush", env=env)
    message, = server.messages
    assert message.recipients == [ANA]
    told = message.content.decode()
    assert "carol@example.org" in told and "emil@example.org" in told
    assert "Original-Recipient: rfc822;c+d@old.example\r\n" in told
    assert "Final-Recipient: rfc822; carol@example.org\r\n" in told
    report = told[told.index("message/delivery-status"):]
    report = report[:report.index("text/rfc822-headers")]
    assert "bob@" not in report and "dora@" not in report


def test_no_notice_where_nobody_wants_one(scripted, client, run_mitto):
    server = scripted(offers=["DSN"], replies={"RCPT": "550 5.1.1 no"})
    env = {"MITTO_QUEUE": "always"}
    assert ask(client(env=env), [(BOB, " NOTIFY=NEVER"), (
        CAROL, " NOTIFY=SUCCESS ORCPT=rfc822;FAILURE")])[0] == 250
    assert run_mitto("queue", "flush", env=env).status == 69
    assert run_mitto("queue", "flush", env=env).status == 0
    assert server.messages == []


def test_no_reports_in_the_engine_lane(scripted, client):
    server = scripted(offers=["DSN"])
    smtp = client(env={"MITTO_LANE": "engine"})
    code, words = ask(smtp)
    assert code == 554 and b"--lane=pipeline" in words
    assert server.messages == []
    assert ask(smtp, [(BOB, "")])[0] == 250


# One connection ---------------------------------------------------------------

def test_the_connection_stays(scripted, client):
    server = scripted(offers=["DSN"], pipelining=True)
    smtp = client()
    for i in range(3):
        smtp.sendmail(ANA, BOB, TEXT, ["RET=HDRS", "ENVID=%d" % i])
    smtp.sendmail(ANA, BOB, TEXT)
    assert "QUIT" not in server.verbs()
    assert smtp.end() == (0, b"")
    assert [line for line in server.said if line.startswith("MAIL")] == [
        "MAIL FROM:<%s> RET=HDRS ENVID=%d" % (ANA, i) for i in range(3)] + [
        "MAIL FROM:<%s>" % ANA]
    assert server.connections == 1 and server.verbs()[-1] == "QUIT"
    assert len(server.messages) == 4


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "BODY"])
def test_the_connection_outlives_a_refusal(scripted, client, stage):
    usual = {"DATA": "354 go on"}.get(stage, "250 2.0.0 ok")
    server = scripted(replies={stage: ["550 5.7.1 not now", usual]})
    smtp = client()
    with pytest.raises(smtplib.SMTPDataError):
        smtp.sendmail(ANA, BOB, TEXT)
    smtp.sendmail(ANA, BOB, TEXT)
    assert smtp.end() == (69, b"")
    assert server.connections == 1
    assert server.messages[-1].recipients == [BOB]


@pytest.mark.parametrize("last", [
    Close("250 2.0.0 ok"), Close("250 2.0.0 ok", reset=True)])
def test_a_lost_connection_is_made_again(scripted, client, last):
    server = scripted(replies={"BODY": [last, "250 2.0.0 ok"]})
    smtp = client()
    for i in range(3):
        smtp.sendmail(ANA, BOB, TEXT + "%d\r\n" % i)
    assert smtp.end() == (0, b"")
    assert server.connections == 2
    assert [m.content[-3:-2] for m in server.messages] == [b"0", b"1", b"2"]


def test_the_server_does_not_wait_for_an_idle_client(scripted, client):
    left = threading.Event()

    def bye(arg):
        left.set()
        return "221 2.0.0 bye"
    server = scripted("timeout = 1s\n", replies={"QUIT": bye})
    smtp = client()
    smtp.sendmail(ANA, BOB, TEXT)
    assert left.wait(20 * SLOW)
    smtp.sendmail(ANA, CAROL, TEXT)
    assert smtp.end() == (0, b"")
    assert server.connections == 2


def test_each_account_has_its_connection(client, serve, config):
    one, two = serve(), serve()
    config("[defaults]\naccount = one\n"
           "[account one]\nserver = %s\n[account two]\nserver = %s\n"
           "match = *@two.example\n" % (one.url, two.url))
    smtp = client()
    for sender in ("a@one.example", "b@one.example", "c@two.example",
                   "d@two.example", "e@one.example"):
        smtp.sendmail(sender, BOB, TEXT)
    assert smtp.end() == (0, b"")
    assert (one.connections, two.connections) == (2, 1)
    assert [m.mail_from[0] for m in one.messages] == ["a", "b", "e"]
    assert [m.mail_from[0] for m in two.messages] == ["c", "d"]


def test_a_login_is_tried_again(serve, relay_to, client, secret_file):
    server = serve(login=("ana", "right"))
    path = secret_file("wrong")
    relay_to(server, "user = ana\npassword-file = %s\n"
             "allow-plain-login = yes\n" % path)
    smtp = client()
    with pytest.raises(smtplib.SMTPDataError):
        smtp.sendmail(ANA, BOB, TEXT)
    pathlib.Path(path).write_text("right\n")
    smtp.sendmail(ANA, BOB, TEXT)
    smtp.sendmail(ANA, CAROL, TEXT)
    assert smtp.end() == (77, b"")
    assert server.rcpts == [BOB, CAROL] and server.connections == 2


def test_the_queue_comes_after_the_dialogue(scripted, client, run_mitto):
    server = scripted(replies={"RCPT": ["450 4.2.0 later", "250 ok"]})
    env = {"MITTO_QUEUE": "fail"}
    smtp = client(env=env)
    smtp.sendmail(ANA, BOB, TEXT + "first\r\n")
    smtp.end()
    later = str(int(time.time()) + 3600)
    smtp = client(env=dict(env, SOURCE_DATE_EPOCH=later))
    for text in ("second", "third"):
        smtp.sendmail(ANA, BOB, TEXT + text + "\r\n")
    assert len(server.messages) == 2
    assert smtp.end() == (0, b"")
    assert [m.content.split()[-1] for m in server.messages] == [
        b"second", b"third", b"first"]
    assert server.connections == 2


# Swift and Symfony ------------------------------------------------------------

SYMFONY = b"""\
EHLO [127.0.0.1]\r
MAIL FROM:<ana@home.example>\r
RCPT TO:<bob@example.org>\r
DATA\r
To: bob@example.org\r
Subject: hi\r
Message-ID: <1@home.example>\r
MIME-Version: 1.0\r
Date: Tue, 24 Nov 2026 01:00:00 +0000\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
..dots =C3=A9\r
\r
.\r
RSET\r
MAIL FROM:<ana@home.example>\r
RCPT TO:<carol@example.org>\r
DATA\r
Subject: two\r
\r
two\r
.\r
QUIT\r
"""


def test_symfony(relay, make_env):
    """Each command waits for the reply to the one before, over pipes."""
    with subprocess.Popen(
            [MITTO, "sendmail", "-bs"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=make_env()) as process:
        def reply():
            lines = [process.stdout.readline()]
            while lines[-1][3:4] == b"-":
                lines.append(process.stdout.readline())
            return lines[-1][:3].decode()

        got, data = [reply()], False
        for line in SYMFONY.splitlines(True):
            process.stdin.write(line)
            process.stdin.flush()
            if not data or line == b".\r\n":
                got.append(reply())
            data = (data and line != b".\r\n") or line == b"DATA\r\n"
        process.stdin.close()
        assert process.wait(20 * SLOW) == 0
    assert got == "220 250 250 250 354 250 250 250 250 354 250 221".split()
    assert relay.rcpts == [BOB, CAROL]
    assert relay.messages[0].content.endswith(b"\r\n.dots =C3=A9\r\n\r\n")


def test_all_at_once(relay, talk):
    assert codes(talk(SYMFONY)) == (
        "220 250 250 250 354 250 250 250 250 354 250 221".split())
    assert relay.rcpts == [BOB, CAROL]


def test_bare_line_feeds(relay, talk):
    assert codes(talk(SYMFONY.replace(b"\r\n", b"\n"))) == (
        "220 250 250 250 354 250 250 250 250 354 250 221".split())
    assert relay.rcpts == [BOB, CAROL]
    assert relay.messages[0].content.endswith(b"\r\n.dots =C3=A9\r\n\r\n")


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n"])
def test_nothing_is_smuggled(relay, talk, end):
    """In a session of CRLF only CRLF . CRLF ends a message."""
    data = (b"EHLO x\r\nMAIL FROM:<ana@home.example>\r\n"
            b"RCPT TO:<bob@example.org>\r\nDATA\r\nSubject: one\r\n\r\nx" +
            end + b"MAIL FROM:<evil@home.example>\r\n"
            b"RCPT TO:<carol@example.org>\r\nDATA\r\nSubject: two\r\n\r\n"
            b"y\r\n.\r\nQUIT\r\n")
    assert codes(talk(data)) == "220 250 250 250 354 250 221".split()
    assert relay.rcpts == [BOB]


# What became of it --------------------------------------------------------------

def submit(talk, *rcpts, status=0, **kwargs):
    """The lines of the reply to the final dot."""
    lines = talk(b"".join([
        b"HELO x\r\nMAIL FROM:<ana@home.example>\r\n",
        *[b"RCPT TO:<%s>\r\n" % rcpt.encode() for rcpt in rcpts],
        b"DATA\r\n", TEXT.encode(), b"x\r\n.\r\nQUIT\r\n"]), status, **kwargs)
    at = [i for i, line in enumerate(lines) if line.startswith("354")][0]
    assert lines[-1].startswith("221")
    return lines[at + 1:-1]


def test_accepted_in_the_words_of_the_server(relay, talk):
    assert submit(talk, BOB) == ["250 2.0.0 Ok: kept as 1"]


@pytest.mark.parametrize("stage, reply, code, status", [
    ("MAIL", "550 5.7.1 not you", "550 5.7.1", 69),
    ("MAIL", "451 4.7.1 greylisted", "451 4.7.1", 75),
    ("RCPT", "550 5.1.1 no such user", "550 5.1.1", 67),
    ("RCPT", "450 4.2.1 mailbox busy", "450 4.2.1", 75),
    ("DATA", "554 5.5.1 no", "554 5.5.1", 69),
    ("BODY", "552 5.3.4 too big for us", "552 5.3.4", 69),
    ("BODY", "554-5.7.1 spam\n554 5.7.1 really", "554 5.7.1", 69),
    ("BODY", "452 4.3.1 disk full", "452 4.3.1", 75),
    ("BODY", "421 4.3.2 going down", "451 4.3.2", 75)])
def test_refused(relay_to, talk, stage, reply, code, status):
    server = Server(replies={stage: reply})
    relay_to(server)
    try:
        lines = submit(talk, BOB, status=status)
    finally:
        server.stop()
    assert all(line[:3] == code[:3] and line[4:9] == code[4:]
               for line in lines), lines
    assert reply.split("\n")[-1][4:] in "\n".join(lines), lines


def test_connection_lost_behind_the_dot(relay_to, talk):
    server = Server(replies={"BODY": Close()})
    relay_to(server)
    try:
        lines = submit(talk, BOB, status=75)
    finally:
        server.stop()
    assert lines[0].startswith("451"), lines


@pytest.mark.parametrize("words, code, status", [
    ("550 5.1.1 no such user", "550", 69),
    ("452 4.2.2 mailbox full", "452", 75)])
def test_some_refused(serve, relay_to, talk, words, code, status):
    server = relay_to(serve(replies={CAROL: words}))
    lines = submit(talk, BOB, CAROL, status=status)
    assert {line[:3] for line in lines} == {code}, lines
    told = "\n".join(lines)
    assert CAROL + ": " + words in told and "sent to " + BOB in told, lines
    assert server.rcpts == [BOB]


def test_nobody_listens(config, closed_port, talk):
    config("[account relay]\nserver = smtp://127.0.0.1:%d\n" % closed_port)
    assert submit(talk, BOB, status=75)[0].startswith("451-4.4.")


def test_wrong_configuration(config, talk, run_mitto):
    config("[account relay]\nserver = smtp://relay.example\ntls = maybe\n")
    data = (b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"
            b"\r\n.\r\nQUIT\r\n")
    result = run_mitto("sendmail", "-bs", stdin=data)
    assert result.status == 78
    assert b"\r\n554 5.3.5 " in result.out or b"\r\n554-5.3.5 " in result.out


def test_login_refused(serve, relay_to, talk, secret_file):
    server = serve(login=("ana", "right"))
    relay_to(server, "user = ana\npassword-file = %s\n"
             "allow-plain-login = yes\n" % secret_file("wrong"))
    lines = submit(talk, BOB, status=77)
    assert {line[:9] for line in lines} == {"554-5.7.0", "554 5.7.0"} or \
        {line[:9] for line in lines} == {"554 5.7.0"}, lines
    assert not [line for line in lines if "right" in line or "wrong" in line]


def test_a_good_message_behind_a_bad_one(serve, relay_to, client):
    server = relay_to(serve(replies={CAROL: "550 5.1.1 no such user"}))
    smtp = client()
    with pytest.raises(smtplib.SMTPDataError) as caught:
        smtp.sendmail(ANA, CAROL, TEXT)
    assert caught.value.smtp_code == 550
    assert b"no such user" in caught.value.smtp_error
    smtp.sendmail(ANA, BOB, TEXT)
    assert smtp.end() == (67, b"")
    assert server.rcpts == [BOB]


def test_dry_run_says_so(relay, talk):
    assert submit(talk, BOB, env={"MITTO_DRY_RUN": "yes"}) == [
        "250 2.0.0 nothing was sent"]
    assert relay.commands == []


# Order and limits ---------------------------------------------------------------

@pytest.mark.parametrize("commands, want", [
    (["RCPT TO:<b@x.example>"], "503"),
    (["DATA"], "503"),
    (["MAIL FROM:<a@x.example>", "DATA"], "250 554"),
    (["MAIL FROM:<a@x.example>", "MAIL FROM:<a@x.example>"], "250 503"),
    (["MAIL FROM:<a@x.example>", "RSET", "RCPT TO:<b@x.example>"],
     "250 250 503"),
    (["MAIL FROM:<a@x.example>", "HELO x", "RCPT TO:<b@x.example>"],
     "250 250 503"),
    (["MAIL FROM:<a b@x.example>", "RCPT TO:<b@x.example>"], "501 503"),
    (["MAIL FROM:<a@x.example> ENVID=" + 101 * "x"], "501"),
    (["MAIL FROM:<a@x.example>", "RCPT TO:<b@x.example> NOTIFY=MAYBE",
      "RCPT TO:<b@x.example> NOTIFY=NEVER",
      "RCPT TO:<c@x.example> NOTIFY=SUCCESS",
      "RCPT TO:<c@x.example> ORCPT=odd"], "250 501 250 250 501"),
    (["BREW coffee"], "502"), ([""], "502"), (["NOOP " + 5000 * "x"], "500"),
    (["NOOP \0x"], "500")])
def test_out_of_order(talk, commands, want):
    lines = talk("".join(line + "\r\n" for line in [*commands, "QUIT"])
                 .encode())
    assert codes(lines) == ["220", *want.split(), "221"]


def test_a_line_without_end(talk):
    lines = talk(b"NOOP " + 3_000_000 * b"x" + b"\r\nNOOP\r\n")
    assert codes(lines) == ["220", "500", "250"]


def test_too_many_recipients(talk):
    rcpts = b"".join(b"RCPT TO:<b%d@x.example>\r\n" % i
                     for i in range(10_002))
    lines = talk(b"MAIL FROM:<a@x.example>\r\n" + rcpts + b"QUIT\r\n",
                 timeout=60)
    got = codes(lines)
    assert got == ["220"] + 10_001 * ["250"] + 2 * ["452"] + ["221"]


def test_large_message(relay, client):
    smtp = client()
    text = TEXT + "0123456789abcde\r\n" * 200_000
    smtp.sendmail(ANA, BOB, text)
    assert smtp.end() == (0, b"")
    assert relay.messages[0].content.endswith(
        text.split("\r\n\r\n", 1)[1].encode())


def test_end_of_input(talk, relay):
    assert codes(talk(b"")) == ["220"]
    assert codes(talk(b"MAIL FROM:<a@x.example>\r\n")) == ["220", "250"]
    assert codes(talk(b"MAIL FROM:<a@x.example>\r\nNOO")) == ["220", "250"]
    assert relay.commands == []


def test_end_within_a_message(run_mitto, relay):
    result = run_mitto(
        "sendmail", "-bs", stdin=b"MAIL FROM:<a@x.example>\r\n"
        b"RCPT TO:<b@x.example>\r\nDATA\r\nSubject: x\r\n\r\nhalf\r\n.")
    assert result.status == 76, result
    assert "was not sent" in result.err
    assert relay.commands == []


def test_interrupted(client):
    smtp = client()
    smtp.noop()
    smtp.process.send_signal(signal.SIGTERM)
    assert smtp.getreply()[0] == 421
    assert smtp.process.wait(20 * SLOW) == 130


def test_the_client_went_away(make_env):
    out, gone = os.pipe()
    os.close(out)
    done = subprocess.run([MITTO, "sendmail", "-bs"], input=b"NOOP\r\n",
                          stdout=gone, stderr=subprocess.PIPE,
                          env=make_env())
    os.close(gone)
    assert done.returncode == 74
    assert b"standard output" in done.stderr


@pytest.mark.parametrize("args", [["-v"], ["-i", "-t"], ["-L", "x"]])
def test_with_other_flags(relay, client, args):
    smtp = client(*args)
    smtp.sendmail(ANA, BOB, TEXT)
    status, err = smtp.end()
    assert status == 0
    assert (b" connect " in err) == ("-v" in args)
    assert relay.rcpts == [BOB]

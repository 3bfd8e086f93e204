# SPDX-License-Identifier: MIT
"""What goes into the queue, what comes out of it, and who is told."""

import email
import email.policy
import email.utils
import os
import shutil
import stat
import subprocess
import time

import pytest

from conftest import BOB, SENDER, content
from program import MITTO, SLOW, SRCDIR
from server import DEFAULTS, Close, Hang

CARL, DORA = "carl@there.example", "dora@there.example"

# What a server does once, and where the message then is.
TEMPORARY = {
    "greeting-421": {"GREETING": "421 4.3.2 busy"},
    "greeting-450": {"GREETING": "450 4.3.2 busy"},
    "greeting-lost": {"GREETING": Close()},
    "ehlo-lost": {"EHLO": Close()},
    "mail-451": {"MAIL": "451 4.3.0 later"},
    "mail-lost": {"MAIL": Close()},
    "mail-421": {"MAIL": Close("421 4.3.2 closing")},
    "rcpt-450": {"RCPT": "450 4.2.0 greylisted"},
    "rcpt-lost": {"RCPT": Close(reset=True)},
    "data-451": {"DATA": "451 4.3.0 later"},
    "data-lost": {"DATA": Close()},
    "body-451": {"BODY": "451 4.3.0 later"},
    "body-421": {"BODY": Close("421 4.3.2 closing")},
}


def once(replies):
    """Each bad reply is given one time; then the server is healthy."""
    healthy = dict(DEFAULTS, EHLO="250 test.example")
    return {stage: [reply, healthy[stage]]
            for stage, reply in replies.items()}


# What is queued ----------------------------------------------------------

@pytest.mark.parametrize("case", TEMPORARY)
def test_temporary_failure_is_queued_and_sent(mail, queue, script, spool,
                                              case):
    server = script(replies=once(TEMPORARY[case]))
    result = mail(server)
    assert result.status == 0, result
    assert result.answer["state"] == "queued" and result.answer["ok"]
    assert result.answer["queue_id"] == spool.ids()[0]
    assert result.answer["recipients"][0]["state"] == "deferred"
    assert result.answer["stage"] != "done"
    kept = content(spool.file().read_bytes())
    assert server.messages == [] or case.startswith("body")
    before = len(server.messages)
    sent = queue("retry", "all")
    assert sent.status == 0, sent
    assert sent.answer["sent"] == 1
    assert [m.content for m in server.messages[before:]] == [kept]
    assert result.answer["message_id"].encode() in kept
    assert spool.names("queue") == []


def test_one_line_says_it(run_mitto, closed_port):
    result = run_mitto("-C", "none", "-S", "127.0.0.1:%d" % closed_port, "-f",
                       SENDER, BOB, stdin=b"x\n", env={"MITTO_QUEUE": "fail"})
    assert (result.status, result.out) == (0, b"")
    assert result.err.count("\n") == 1, result
    for word in ("queued as q-", "next try in", "cannot connect"):
        assert word in result.err


def test_lost_answer_is_in_doubt(mail, queue, listed, script, spool):
    """It may have arrived: it goes again, the same bytes, and that is said."""
    server = script(replies=once({"BODY": Close()}))
    result = mail(server)
    assert result.status == 0, result
    assert result.answer["state"] == "in-doubt"
    assert result.answer["queue_id"] == spool.ids()[0]
    assert "twice" in result.err
    assert listed()[0]["state"] == "in-doubt"
    assert queue("retry", "all").status == 0
    assert len(server.messages) == 2
    assert server.messages[0].content == server.messages[1].content
    assert spool.names("queue") == []


def test_fates_of_three(mail, queue, script, spool):
    """Accepted, put off, refused: 69, and only the one put off is queued."""
    server = script(replies={"RCPT": {
        CARL: ["450 4.2.0 later", "250 2.1.5 ok"], DORA: "550 5.1.1 no"}})
    result = mail(server, to=(BOB, CARL, DORA))
    assert result.status == 69, result
    assert result.answer["state"] == "partial"
    assert result.answer["queue_id"] == spool.ids()[0]
    assert server.messages[0].recipients == [BOB]
    # The pipe is gone: what was refused is kept.
    assert len(spool.ids("failed")) == 1
    assert b":dora@" in spool.file("failed").read_bytes()
    assert b":carl@" not in spool.file("failed").read_bytes()
    assert queue("retry", spool.ids()[0]).status == 0
    assert server.messages[1].recipients == [CARL]


def test_accepted_and_put_off(mail, queue, script, spool):
    """SPEC 4: 75, with those recipients queued."""
    server = script(replies={"RCPT": {CARL: ["450 later", "250 ok"]}})
    result = mail(server, to=(BOB, CARL))
    assert result.status == 75, result
    assert result.answer["state"] == "partial"
    assert result.answer["queue_id"] == spool.ids()[0]
    assert spool.ids("failed") == []
    assert queue("retry", "all").status == 0
    assert [m.recipients for m in server.messages] == [[BOB], [CARL]]


def test_always(mail, queue, script, spool, home):
    server = script()
    result = mail(server, "-Q")
    assert (result.status, result.answer["state"]) == (0, "queued"), result
    assert server.connections == 0
    assert (home / "spool" / "trigger").exists()
    assert queue("flush").answer["sent"] == 1
    assert server.messages[0].recipients == [BOB]
    assert spool.names("queue") == []


def test_never(mail, closed_port, home):
    result = mail("127.0.0.1:%d" % closed_port,
                  env={"MITTO_QUEUE": "never"})
    assert (result.status, result.answer["state"]) == (75, "failed")
    assert result.answer["queue_id"] is None
    assert not (home / "spool").exists()


@pytest.mark.parametrize("flag", ["--check", "-n"])
def test_nothing_is_queued_that_is_not_sent(mail, script, home, flag):
    server = script(replies={"RCPT": "450 4.2.0 later"})
    mail(server, flag, "--queue=always")
    assert not (home / "spool").exists()


# What is not -------------------------------------------------------------

PERMANENT = {
    "mail": ({"MAIL": "550 5.7.1 not you"}, 69),
    "rcpt": ({"RCPT": "550 5.1.1 no such user"}, 67),
    "body": ({"BODY": "554 5.6.0 spam"}, 69),
    "greeting": ({"GREETING": "554 5.7.1 no"}, 69),
}


@pytest.mark.parametrize("case", PERMANENT)
def test_refused_from_a_pipe_is_kept(mail, queue, script, spool, case):
    replies, status = PERMANENT[case]
    server = script(replies=once(replies))
    result = mail(server)
    assert (result.status, result.answer["state"]) == (status, "failed")
    assert result.answer["queue_id"] is None
    assert spool.ids() == []
    kept = spool.ids("failed")
    assert "mitto queue retry " + kept[0] in result.err
    again = queue("retry", kept[0])
    assert again.status == 0, again
    assert server.messages[-1].recipients == [BOB]
    assert spool.ids("failed") == []


@pytest.mark.parametrize("args", [
    ["nobody"], ["-a", "/nonexistent", BOB], ["-t", "-a", "/nonexistent"]])
def test_pipe_without_a_message_is_kept(mail, script, spool, args):
    """What could not be made a message of is kept as it came."""
    text = b"To: bob@x.example\n\nprecious\n"
    result = mail(script(), *args, to=(), text=text)
    assert result.status in (65, 66), result
    kept, = (spool.path / "failed").glob("dead.letter.*")
    assert kept.read_bytes() == text
    assert str(kept) in result.err.splitlines()[-1], result


@pytest.mark.parametrize("args, status", [
    (["-s", "x"], 64), (["a@@b"], 65), (["-t", "-e", BOB], 64),
    (["a@@b", "-s", "x", "c@d@"], 65),
    (["-C", "/nonexistent", BOB], 78), (["--account=none", BOB], 78),
    (["sendmail", "a;b@x.example"], 65), (["mail", "-s", "x", "a@@b"], 65)])
@pytest.mark.parametrize("never", [False, True])
def test_pipe_that_was_not_read_is_kept(run_mitto, spool, args, status, never):
    """What is wrong is known before the text is, which is lost all the same
    if nobody takes it."""
    text = b"To: bob@x.example\n\nprecious\n"
    result = run_mitto(*args, stdin=text, env={
        "MITTO_QUEUE": "never" if never else "fail"})
    assert result.status == status, result
    kept = list((spool.path / "failed").glob("dead.letter.*"))
    assert [path.read_bytes() for path in kept] == ([] if never else [text])
    assert never or str(kept[0]) in result.err.splitlines()[-1], result


def test_pipe_is_kept_in_spite_of_the_configuration(run_mitto, config, spool):
    config("[defaults]\nno-such-key = 1\n")
    result = run_mitto("sendmail", "root", stdin=b"Subject: x\n\nprecious\n",
                       env={"MITTO_QUEUE": "fail"})
    assert result.status == 78, result
    kept, = (spool.path / "failed").glob("dead.letter.*")
    assert b"precious\n" in kept.read_bytes()


def test_wrong_flags_do_not_wait_for_a_pipe(make_env, spool):
    """Nor is a pipe taken that is not the text's."""
    for args in (["--no-such-flag", BOB], ["run", "a@@b", "--", "true"],
                 ["sendmail", "-bd"], ["a@@b", "--body", "/dev/null"],
                 ["a@@b", "--html", "/dev/null"]):
        ours, theirs = os.pipe()
        result = subprocess.run([MITTO, *args], stdin=ours, env=make_env(
            {"MITTO_QUEUE": "fail"}), capture_output=True, timeout=20 * SLOW)
        os.close(ours)
        os.close(theirs)
        assert result.returncode in (64, 65), result
    assert not spool.path.exists()


@pytest.mark.parametrize("flag", ["--queue=never", "-n", "--check", "-o-"])
def test_pipe_is_not_kept_where_nothing_is_to_be(run_mitto, spool, flag):
    result = run_mitto("a@@b", flag, stdin=b"x\n",
                       env={"MITTO_QUEUE": "fail"})
    assert result.status == 65 and "kept" not in result.err, result
    assert not spool.path.exists()


def test_pipe_that_no_queue_takes_is_kept(mail, closed_port, home):
    """Neither sent nor queued: it is still somewhere."""
    result = mail("127.0.0.1:%d" % closed_port, "--spool", "/proc/nope",
                  text=b"precious\n")
    assert result.status == 75, result
    kept, = home.glob("dead.letter.*")
    assert b"precious\r\n" in kept.read_bytes()
    assert str(kept) in result.err.splitlines()[-1], result


def test_refused_from_a_file_is_not(mail, script, spool, tmp_path):
    text = tmp_path / "text"
    text.write_text("hello\n")
    server = script(replies={"RCPT": "550 5.1.1 no such user"})
    with text.open("rb") as stream:
        assert mail(server, text=stream).status == 67
    assert spool.ids("failed") == []


def test_login_failure_is_an_error_at_once(mail, script, spool, secret_file):
    server = script(login=("ana", "right"))
    result = mail(server, "-u", "ana", "--password-file",
                  secret_file("wrong"))
    assert result.status == 77, result
    assert spool.ids() == [] and len(spool.ids("failed")) == 1
    assert b"wrong" not in spool.file("failed").read_bytes()


def test_no_server_configured(run_mitto, spool):
    """A mistake in the set-up is told, not hidden in a queue."""
    result = run_mitto("-C", "none", "-S", "127.0.0.1:1", "--tls=starttls",
                       "--cacert", "/nowhere/ca.pem", "-f", SENDER, BOB,
                       stdin=b"x\n", env={"MITTO_QUEUE": "fail"})
    assert result.status == 72, result
    assert spool.ids() == [] and len(spool.ids("failed")) == 1


def test_typed_text_is_kept(on_terminal, script, spool):
    """And the next run that a person sees says that it is there."""
    server = script(replies=once({"MAIL": "550 5.7.1 no"}))
    args = ["-C", "none", "-S", server.address, "--tls=plain", "-f", SENDER,
            BOB]
    status, shown = on_terminal(*args, env={"MITTO_QUEUE": "fail"},
                                typed=b"typed\n\x04")
    kept = spool.ids("failed")[0]
    assert status == 69 and "mitto queue retry " + kept in shown, shown
    assert b"typed" in spool.file("failed").read_bytes()
    status, shown = on_terminal(*args, env={"MITTO_QUEUE": "fail"},
                                typed=b"again\n\x04")
    assert status == 0 and "failed/: 1" in shown, shown
    status, shown = on_terminal("-Q", *args, env={"MITTO_QUEUE": "fail"},
                                typed=b"later\n\x04")
    assert status == 0 and "failed/: 1" in shown, shown


# The runner --------------------------------------------------------------

def test_one_connection_oldest_first(mail, queue, script):
    server = script()
    for number in range(5):
        mail(server, "-Q", text=b"number %d\n" % number)
    assert queue("flush").answer["sent"] == 5
    assert server.connections == 1
    assert [m.content.split(b"\r\n\r\n")[1] for m in server.messages] == [
        b"number %d\r\n" % number for number in range(5)]


def test_dead_account_is_tried_once(mail, queue, listed, script, spool):
    server = script(replies={"GREETING": "421 4.3.2 busy"})
    healthy = script()
    for number in range(4):
        mail(server, "-Q")
    mail(healthy, "-Q")
    result = queue("flush")
    assert result.status == 0, result
    assert (result.answer["sent"], result.answer["deferred"]) == (1, 4)
    assert server.connections == 1
    assert [m["attempts"] for m in listed()] == [0] * 4
    # On hold: not even one connection.
    assert queue("flush").answer["deferred"] == 4
    assert server.connections == 1
    # Later, and longer after each failure.
    now = time.time()
    for wait, connections in ((80, 2), (80 + 80, 2), (80 + 180, 3)):
        queue("flush", at=now + wait)
        assert server.connections == connections, wait
    assert [m["attempts"] for m in listed()] == [0] * 4


def test_login_refused_holds_the_account(mail, queue, listed, script,
                                         secret_file, spool):
    password = secret_file("wrong")
    server = script(login=("ana", "right"))
    for _ in range(2):
        mail(server, "-Q", "-u", "ana", "--password-file", password)
    for days in range(0, 30, 3):
        result = queue("flush", at=time.time() + days * 86400)
        assert result.status == 0, result
    assert [m["attempts"] for m in listed()] == [0, 0]
    assert "refused" in listed()[0]["reason"]
    password.write_text("right")
    assert queue("retry", "all").answer["sent"] == 2
    assert spool.names("queue") == []


def test_a_bad_message_stops_no_other(mail, queue, script, spool):
    server = script(replies={"RCPT": {CARL: "550 5.1.1 no"},
                             "BODY": [Close(), "250 2.0.0 ok"]})
    mail(server, "-Q", text=b"first: its answer is lost\n")
    mail(server, "-Q", to=(CARL,), text=b"second: refused\n")
    mail(server, "-Q", text=b"third\n")
    result = queue("flush", env={"MITTO_NOTICE": "none"})
    assert result.status == 69, result
    assert result.answer["sent"] == 1 and result.answer["failed"] == 1
    assert result.answer["deferred"] == 1
    assert len(spool.ids()) == 1 and len(spool.ids("failed")) == 1
    assert b"third" in server.messages[-1].content


def test_each_recipient_once(mail, queue, script, spool):
    """Marks are kept: who has it does not get it again."""
    server = script(replies={"RCPT": {CARL: ["450 a", "451 b", "250 ok"]}})
    mail(server, "-Q", to=(BOB, CARL))
    for _ in range(3):
        queue("retry", "all")
    assert [m.recipients for m in server.messages] == [[BOB], [CARL]]
    assert spool.names("queue") == []


def test_unfit_message_fails_alone(mail, queue, script, spool):
    """Too big for this server: no fault of the account."""
    server = script(offers=["SIZE 1000"])
    mail(server, "-Q", text=b"x" * 70 + b"\n" + b"big\n" * 500)
    mail(server, "-Q")
    result = queue("flush", env={"MITTO_NOTICE": "none"})
    assert (result.answer["sent"], result.answer["failed"]) == (1, 1), result
    assert spool.ids() == [] and len(spool.ids("failed")) == 1


def test_not_due(mail, queue, listed, script):
    server = script(replies={"RCPT": "450 4.2.0 later"})
    assert mail(server).status == 0
    first = listed()[0]
    assert first["attempts"] == 1
    assert 40 <= first["next"] - first["created"] <= 80
    assert queue("flush").answer["waiting"] == 1
    assert server.connections == 1
    queue("flush", at=first["next"] + 1)
    assert server.connections == 2
    assert listed()[0]["attempts"] == 2
    # A clock that jumped back cannot hold it for ever.
    queue("flush", at=first["created"] - 10 * 365 * 86400)
    assert server.connections == 3


def test_expiry_and_notice(mail, queue, listed, script, spool):
    """Five days and enough attempts; then the sender hears of it, once."""
    server = script(replies={"RCPT": {BOB: "450 4.2.0 never"}})
    mail(server, "--envid", "job7")
    queue_id = spool.ids()[0]
    now, tries = time.time(), 0
    while spool.ids():
        now += 4.9 * 3600
        assert (tries := tries + 1) < 60
        result = queue("flush", at=now)
        if result.answer["failed"]:
            break
        assert listed()[0]["state"] == "queued"
    assert tries > 20
    assert spool.ids("failed") == [queue_id]
    assert queue("flush", at=now + 60).answer["sent"] == 1
    notice = server.messages[-1]
    assert notice.sender == "" and notice.recipients == [SENDER]
    report = email.message_from_bytes(notice.content,
                                      policy=email.policy.default)
    assert report.defects == []
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    words, fields, header = report.iter_parts()
    assert "mitto queue retry " + queue_id in words.get_content()
    assert [str(p) for p in fields.get_payload()][0].startswith(
        "Original-Envelope-Id: job7\n")
    status = fields.get_payload()[1]
    assert status["Final-Recipient"] == "rfc822; " + BOB
    assert (status["Action"], status["Status"]) == ("failed", "4.4.7")
    assert "450 4.2.0 never" in status["Diagnostic-Code"]
    assert "Subject: test" in header.get_payload()
    assert spool.ids() == []


def late(queue, *hours, env=None):
    """Flushed when so many hours are over."""
    for hour in hours:
        queue("flush", at=time.time() + hour * 3600 + 60, env=env)


def parts_of(message):
    report = email.message_from_bytes(message.content,
                                      policy=email.policy.default)
    assert report.defects == []
    return report, list(report.iter_parts())


def test_notice_of_delay(mail, queue, script, spool):
    """After four hours, once, of those who still wait."""
    server = script(replies={"RCPT": {
        BOB: "450 4.2.0 greylisted", CARL: "550 5.1.1 no"}})
    mail(server, "-Q", to=(BOB, CARL, DORA))
    queue_id = spool.ids()[0]
    late(queue, 1, 2, 3)
    assert spool.ids() == [queue_id]
    late(queue, 4)
    assert len(spool.ids()) == 2
    late(queue, 4.01)
    assert spool.ids() == [queue_id]
    notice = server.messages[-1]
    assert (notice.sender, notice.recipients) == ("", [SENDER])
    report, (words, fields, header) = parts_of(notice)
    assert report["Subject"] == "Message delayed"
    assert report.get_param("report-type") == "delivery-status"
    assert "not yet been delivered" in words.get_content()
    assert "mitto queue drop " + queue_id in words.get_content()
    about, status = fields.get_payload()
    assert about["Arrival-Date"]
    assert status["Final-Recipient"] == "rfc822; " + BOB
    assert (status["Action"], status["Status"]) == ("delayed", "4.2.0")
    assert "450 4.2.0 greylisted" in status["Diagnostic-Code"]
    until = email.utils.parsedate_to_datetime(status["Will-Retry-Until"])
    assert abs(until.timestamp() - time.time() - 5 * 86400) < 3600
    assert "Subject: test" in header.get_payload()
    late(queue, *range(5, 24))
    assert spool.ids() == [queue_id] and len(server.messages) == 2


@pytest.mark.parametrize("wish, args, env, told", [
    ("sender", [], {"MITTO_DELAY_NOTICE": "no"}, []),
    ("sender", ["--notify=failure"], {}, []),
    ("sender", ["--notify=never"], {}, []),
    ("sender", ["--notify=success,delay"], {}, [SENDER]),
    ("sender", ["--envelope-from", "<>"], {}, []),
    ("none", [], {}, []),
    ("ops@home.example", [], {}, ["ops@home.example"])])
def test_who_hears_of_a_delay(mail, queue, script, wish, args, env, told):
    server = script(replies={"RCPT": {BOB: "450 4.2.0 later"}},
                    offers=["DSN"])
    mail(server, "-Q", *args)
    late(queue, *range(1, 10), env=dict(env, MITTO_NOTICE=wish))
    assert [m.recipients for m in server.messages] == [[to] for to in told]


def test_no_delay_is_told_while_the_account_waits(mail, queue, script,
                                                  spool):
    """The notice would wait with the message."""
    server = script(replies={"GREETING": "421 4.3.2 busy"})
    mail(server, "-Q")
    late(queue, *range(1, 12))
    assert len(spool.ids()) == 1


def test_clock_was_ahead(mail, queue, listed, script):
    """Queued by a clock that went wrong: tried at once, then in its turn."""
    server = script(replies={"RCPT": "450 4.2.0 later"})
    now = int(time.time())
    mail(server, "-Q", env={"SOURCE_DATE_EPOCH": str(now + 10 * 365 * 86400)})
    assert queue("flush").answer["deferred"] == 1
    assert queue("flush").answer["waiting"] == 1
    assert [m["attempts"] for m in listed()] == [1]


def test_sleeping_laptop(mail, queue, listed, script, spool):
    """Ten days off line, then on: delivered, not given up."""
    server = script(replies={"RCPT": {
        BOB: ["450 4.2.0 later"] * 6 + ["250 ok"]}})
    mail(server)
    now = time.time()
    for _ in range(5):
        now += 3 * 86400
        assert queue("flush", at=now).answer["failed"] == 0
    assert queue("flush", at=now + 10 * 86400).answer["sent"] == 1


def test_no_notice_about_a_notice(mail, queue, script, spool):
    server = script(replies={"RCPT": {BOB: "550 5.1.1 no",
                                      SENDER: "550 5.1.1 no"}})
    mail(server, "-Q")
    assert queue("flush").status == 69
    assert len(spool.ids()) == 1
    assert queue("flush").status == 69
    assert spool.ids() == [] and len(spool.ids("failed")) == 2
    assert queue("flush").status == 0


@pytest.mark.parametrize("wish, args, to", [
    ("none", [], None), ("sender", ["--notify=never"], None),
    ("sender", ["--envelope-from", "<>"], None),
    ("sender", ["--notify=delay,failure"], SENDER),
    ("root@home.example", [], "root@home.example"),
    ("Ops <ops@home.example>", ["--envelope-from", "\u00e1@home.example"],
     "ops@home.example")])
def test_who_gets_the_notice(mail, queue, script, spool, wish, args, to):
    server = script(replies={"RCPT": {BOB: "550 5.1.1 no"}},
                    offers=["DSN", "SMTPUTF8", "8BITMIME"])
    mail(server, "-Q", *args)
    assert queue("flush", env={"MITTO_NOTICE": wish}).status == 69
    queue("flush")
    assert [m.recipients for m in server.messages] == ([[to]] if to else [])


# After an own message ----------------------------------------------------

def test_own_message_takes_others_along(mail, script, spool):
    server = script(replies={"RCPT": ["450 4.2.0 later", "250 ok"]})
    other = script(replies={"RCPT": ["450 4.2.0 later", "250 ok"]})
    mail(server, text=b"first\n")
    mail(other, text=b"elsewhere\n")
    result = mail(server, text=b"second\n",
                  env={"SOURCE_DATE_EPOCH": str(int(time.time()) + 3600)})
    assert (result.status, result.answer["state"]) == (0, "sent")
    assert result.err == ""
    assert [m.content.split(b"\r\n\r\n")[1] for m in server.messages] == [
        b"second\r\n", b"first\r\n"]
    assert server.connections == 2
    assert len(spool.ids()) == 1 and other.connections == 1


# Accounts ----------------------------------------------------------------

def test_configuration_of_today(run_mitto, config, script, spool,
                                closed_port):
    """The account is looked up when the message goes."""
    server = script()
    text = "[account home]\nfrom = %s\nserver = smtp+plain://%s\n"
    config(text % (SENDER, "127.0.0.1:%d" % closed_port))
    env = {"MITTO_QUEUE": "fail"}
    assert run_mitto("-f", SENDER, BOB, stdin=b"x\n", env=env).status == 0
    config("[account work]\nserver = localhost\n")
    result = run_mitto("queue", "retry", "all", env=env)
    assert result.status == 78 and "no account 'home'" in result.err
    config(text % (SENDER, server.address))
    assert run_mitto("queue", "retry", "all", env=env).status == 0
    assert len(server.messages) == 1


def test_account_of_the_sender_today(run_mitto, config, script, spool):
    """A message that no account was for goes by the one that is added."""
    server = script()
    env = {"MITTO_QUEUE": "fail"}
    text = "[account home]\nserver = smtp+plain://%s\nmatch = %s\n" \
        "[account other]\nserver = localhost\n"
    config(text % (server.address, "nobody@x.example"))
    result = run_mitto("-f", SENDER, BOB, stdin=b"x\n", env=env)
    assert result.status == 78, result
    kept = spool.ids("failed")[0]
    result = run_mitto("queue", "retry", kept, env=env)
    assert result.status == 78 and "no account is for" in result.err, result
    assert spool.ids() == [kept]
    config(text % (server.address, SENDER))
    assert run_mitto("queue", "retry", kept, env=env).status == 0
    assert len(server.messages) == 1


def test_flags_stay_with_the_message(run_mitto, script, spool, tmp_path,
                                     secret_file):
    """Also a relative path, and what the environment said."""
    server = script(login=("ana", "right"))
    secret_file("right")
    result = run_mitto(
        "-C", "none", "-Q", "-f", SENDER, "--password-file", "password",
        "--tls=plain", BOB, stdin=b"x\n",
        env={"MITTO_SERVER": server.address, "MITTO_USER": "ana"})
    assert result.status == 0, result
    (tmp_path / "elsewhere").mkdir()
    assert run_mitto("queue", "flush", cwd=tmp_path / "elsewhere",
                     env={"MITTO_QUEUE": "fail"}).status == 0
    assert server.messages[0].login == "ana"


def test_no_secret_is_stored(run_mitto, spool):
    result = run_mitto(
        "-C", "none", "-Q", "-S", "127.0.0.1:1", "-u", "ana", "-f", SENDER,
        BOB, stdin=b"x\n", env={"MITTO_PASSWORD": "s3cret",
                                "MITTO_PROXY": "http://me:s3cret@p:1"})
    assert result.status == 0, result
    assert b"s3cret" not in spool.file().read_bytes()


# The spool's directory ---------------------------------------------------

def test_modes(mail, script, spool, home):
    os.umask(0)
    try:
        mail(script(), "-Q")
    finally:
        os.umask(0o022)
    for path in [home / "spool", *(home / "spool").rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_spool_is_a_flag_and_a_key(run_mitto, config, tmp_path):
    config("[defaults]\nspool = %s/b\nserver = 127.0.0.1:1\n" % tmp_path)
    for place, flags in (("a", ["--spool", tmp_path / "a"]), ("b", [])):
        env = {"MITTO_SPOOL": None}
        result = run_mitto("-Q", *flags, "-f", SENDER, BOB, stdin=b"x\n",
                           env=env)
        assert result.status == 0, result
        assert (tmp_path / place / "queue").is_dir()
        shown = run_mitto("queue", "list", *flags, env=env).out
        assert b"1 queued" in shown, shown


def test_default_place(humble):
    """XDG_STATE_HOME, else ~/.local/state, for all but root."""
    run, path = humble
    for env, place in (({"XDG_STATE_HOME": path / "st"}, "st/mitto/spool"),
                       ({"XDG_STATE_HOME": None},
                        ".local/state/mitto/spool")):
        result = run("-C", "none", "-Q", "-S", "127.0.0.1:1", "-f", SENDER,
                     BOB, stdin=b"x\n", env=dict(
                         {"MITTO_SPOOL": None, "HOME": path}, **env))
        assert result.status == 0, result
        assert len(list((path / place / "queue").glob("q-*.state"))) == 1


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o755])
def test_others_may_not_reach_it(mail, queue, run_mitto, closed_port, spool,
                                 home, mode):
    (home / "spool").mkdir()
    (home / "spool").chmod(mode)
    result = mail("127.0.0.1:%d" % closed_port)
    assert result.status == 75 and "others can reach" in result.err
    result = run_mitto("queue", "list")
    assert result.status == 77 and "chmod" in result.hint
    assert list((home / "spool").iterdir()) == []


def test_link_is_not_followed(mail, queue, script, home, tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (home / "spool").symlink_to(tmp_path / "real")
    result = mail(script(), "-Q")
    assert result.status == 77, result
    assert list((tmp_path / "real").iterdir()) == []


def test_foreign_files(mail, queue, run_mitto, script, spool, home):
    server = script()
    mail(server, "-Q")
    box = home / "spool" / "queue"
    fake = "q-1700000000000000-abcdefghijkl"
    (box / "README").write_text("hello")
    (box / (fake + "a")).symlink_to("/etc/passwd")
    os.mkfifo(box / (fake + "b"))
    (box / (fake + "c")).mkdir()
    result = run_mitto("queue", "flush")
    assert result.status == 0, result
    assert "1 files" in result.err
    assert len(server.messages) == 1
    assert len(list(box.iterdir())) == 4


DAMAGE = {
    "cut": lambda data: data[:-30],
    "empty": lambda data: b"",
    "bit": lambda data: data.replace(b"hello", b"hellp"),
    "more": lambda data: data + b"x",
    "other": lambda data: b"hello\n",
    "recipient": lambda data: data.replace(b"bob@", b"bib@"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damaged(mail, queue, listed, script, spool, case):
    server = script()
    mail(server, "-Q")
    path = spool.file()
    path.write_bytes(DAMAGE[case](path.read_bytes()))
    mail(server, "-Q", text=b"sound\n")
    result = queue("flush")
    assert result.answer["sent"] == 1, result
    assert len(server.messages) == 1 and b"sound" in server.messages[0].content
    assert spool.ids("corrupt") == [path.name] and spool.ids() == []
    assert listed()[0]["state"] == "corrupt"
    assert queue("drop", path.name).status == 0
    assert spool.names("corrupt") == []


def test_later_version_is_left_alone(mail, queue, script, spool):
    server = script()
    mail(server, "-Q")
    data = spool.file().read_bytes().replace(b"spool 1", b"spool 3")
    spool.file().write_bytes(data)
    assert queue("flush").status == 0
    assert spool.file().read_bytes() == data and server.messages == []


def test_lost_state_delivers_again(mail, queue, script, spool):
    server = script()
    mail(server, "-Q")
    os.unlink(str(spool.file()) + ".state")
    assert queue("flush").answer["sent"] == 1
    assert spool.names("queue") == []


# The command -------------------------------------------------------------

def test_list_show_drop(mail, run_mitto, queue, script, spool):
    server = script(replies={"RCPT": "450 4.2.0 come back later"})
    assert run_mitto("queue", "list").out == b"the queue is empty\n"
    mail(server, "--header", "X-Test: \u00e1", to=(BOB, CARL))
    queue_id = spool.ids()[0]
    shown = run_mitto("queue").out.decode()
    assert queue_id in shown and "next try in" in shown and BOB in shown
    assert "1 queued, 0 failed, 0 corrupt" in shown
    shown = run_mitto("queue", "show", queue_id[-5:]).out.decode()
    for word in (queue_id, BOB, CARL, "come back later", "Subject: test",
                 "1 attempts"):
        assert word in shown
    message = queue("show", queue_id).answer["messages"][0]
    assert message["recipients"] == [{
        "address": address, "state": "deferred", "code": 450,
        "enhanced": "4.2.0", "reply": "come back later"}
        for address in (BOB, CARL)]
    assert message["sender"] == SENDER and message["account"] is None
    assert run_mitto("queue", "drop", queue_id[:-3]).out == \
        b"dropped " + queue_id.encode() + b"\n"
    assert spool.names("queue") == []


@pytest.mark.parametrize("args, status", [
    (["push"], 64), (["show"], 64), (["drop"], 64), (["retry"], 64),
    (["list", "x"], 64), (["flush", "x"], 64), (["list", "--jsn"], 64),
    (["list", "--json", "x@y.example"], 64), (["show", "q-17"], 66),
    (["drop", "q-1"], 66), (["list"], 0), (["flush"], 0),
    (["retry", "all"], 0), (["--help"], 0)])
def test_words(run_mitto, args, status):
    result = run_mitto("queue", *args)
    assert result.status == status, result
    assert status == 0 or result.hint


def test_flush_is_quiet_when_idle(mail, run_mitto, closed_port):
    mail("127.0.0.1:%d" % closed_port)
    for args in ([], ["--quiet"]):
        result = run_mitto("queue", "flush", *args)
        assert (result.status, result.out, result.err) == (0, b"", "")


def test_log(mail, run_mitto, queue, script, spool, tmp_path):
    server = script(replies={"RCPT": ["450 4.2.0 later", "250 ok"]})
    log = tmp_path / "log"
    mail(server, "--log", log)
    queue("retry", "all", "--log", log)
    lines = log.read_text().splitlines()
    assert len(lines) == 2
    assert " queued exit=0 " in lines[0] and " queue=q-" in lines[0]
    assert " sent exit=0 " in lines[1]


# In sendmail's place ------------------------------------------------------

@pytest.fixture
def relay_env(script):
    """(server, environment): a server that puts a recipient off once."""
    server = script(replies={"RCPT": {BOB: ["450 later", "250 ok"]}})
    return server, {"MITTO_QUEUE": "fail", "MITTO_SERVER": server.address,
                    "MITTO_TLS": "plain", "MITTO_FROM": SENDER}


def test_sendmail_queues_silently(run_mitto, relay_env, make_env):
    server, env = relay_env
    result = run_mitto("sendmail", BOB, stdin=b"Subject: x\n\nhello\n",
                       env=env)
    assert (result.status, result.out, result.err) == (0, b"", ""), result
    for words, name in ((["sendmail", "-bp"], "mitto"), (["mailq"], "mitto"),
                        ([], "/usr/bin/mailq"), (["-bp"], "sendmail")):
        done = subprocess.run([name, *words], executable=MITTO,
                              env=make_env(env), capture_output=True)
        assert done.returncode == 0 and done.stderr == b"", done
        assert b"1 queued" in done.stdout, done
    later = dict(env, SOURCE_DATE_EPOCH=str(int(time.time()) + 3600))
    for flag in ("-q", "-q30m"):
        result = run_mitto("sendmail", flag, env=later)
        assert (result.status, result.out, result.err) == (0, b"", ""), result
    assert len(server.messages) == 1


@pytest.mark.parametrize("flag, queued, sent", [
    ("-odq", 1, 0), ("-odb", 0, 1), ("-odd", 0, 1), ("-odi", 0, 1),
    ("-odf", 0, 1), ("-oeq", 0, 1), ("-oQ/nonexistent", 0, 1)])
def test_when_sendmail_sends(run_mitto, script, spool, flag, queued, sent):
    """-odq leaves it to the next run of the queue."""
    server = script()
    env = {"MITTO_QUEUE": "fail", "MITTO_SERVER": server.address,
           "MITTO_TLS": "plain", "MITTO_FROM": SENDER}
    result = run_mitto("sendmail", flag, "-i", BOB, stdin=b"hello\n", env=env)
    assert (result.status, result.out, result.err) == (0, b"", ""), result
    assert (len(spool.ids()), len(server.messages)) == (queued, sent)
    assert server.connections == sent
    assert run_mitto("sendmail", "-q", env=env).status == 0
    assert len(server.messages) == 1
    # Without a queue all of them mean now.
    result = run_mitto("sendmail", flag, BOB, stdin=b"hello\n",
                       env=dict(env, MITTO_QUEUE="never"))
    assert (result.status, len(server.messages)) == (0, 2), result


def test_queued_first_and_refused(run_mitto, script, spool):
    """-odb: the caller has gone by then; the sender gets a notice."""
    server = script(replies={"RCPT": {BOB: "550 5.1.1 no"}})
    env = {"MITTO_QUEUE": "fail", "MITTO_SERVER": server.address,
           "MITTO_TLS": "plain", "MITTO_FROM": SENDER}
    result = run_mitto("sendmail", "-odb", BOB, stdin=b"hello\n", env=env)
    assert (result.status, result.out, result.err) == (0, b"", ""), result
    assert len(spool.ids()) == len(spool.ids("failed")) == 1
    assert run_mitto("sendmail", "-q", env=env).status == 0
    assert [m.recipients for m in server.messages] == [[SENDER]]


def test_mailq_in_json(run_mitto, relay_env, make_env):
    """All that looks at the queue can answer so."""
    import json
    server, env = relay_env
    assert run_mitto("sendmail", "-odq", BOB, stdin=b"x\n", env=env).status == 0
    for words, name in ((["sendmail", "-bp", "--json"], "mitto"),
                        (["mailq", "--json"], "mitto"),
                        (["--json"], "/usr/bin/mailq"),
                        (["--json", "-bp"], "sendmail")):
        done = subprocess.run([name, *words], executable=MITTO,
                              env=make_env(env), capture_output=True)
        assert done.returncode == 0 and done.stderr == b"", done
        assert len(json.loads(done.stdout)["messages"]) == 1
    answer = run_mitto("sendmail", "-q", "--json", env=env).json()
    assert (answer["ok"], answer["deferred"]) == (True, 1)
    assert run_mitto("sendmail", "--json", BOB, stdin=b"x\n",
                     env=env).status == 64


@pytest.mark.parametrize("status, box", [("450 later", "queue"),
                                         ("550 5.1.1 no", "failed")])
def test_report_of_a_job(run_mitto, script, spool, queue, status, box):
    """Its output exists nowhere else: it waits, or is kept."""
    server = script(replies={"RCPT": [status, "250 ok"]})
    result = run_mitto("run", "-S", server.address, "--tls=plain", "-f",
                       SENDER, BOB, "--", "sh", "-c", "echo out; exit 3",
                       env={"MITTO_QUEUE": "fail"})
    assert result.status == 3, result
    assert len(spool.ids(box)) == 1 and spool.ids(box)[0] in result.err
    assert queue("retry", spool.ids(box)[0]).status == 0
    assert b"out" in server.messages[0].content


@pytest.mark.parametrize("people", [[BOB], [CARL, BOB]])
def test_smtp_on_stdin_answers_yes(run_mitto, relay_env, spool, people):
    """Whoever is told "queued" does not send it again; nor shall he when some
    have got it and the others wait."""
    server, env = relay_env
    rcpts = "".join("RCPT TO:<%s>\r\n" % to for to in people)
    result = run_mitto("sendmail", "-bs", env=env, stdin=(
        "EHLO x\r\nMAIL FROM:<%s>\r\n%sDATA\r\nSubject: x\r\n\r\nhello\r\n"
        ".\r\nQUIT\r\n" % (SENDER, rcpts)).encode())
    assert b"250 2.0.0 queued as " + spool.ids()[0].encode() in result.out
    assert [m.recipients for m in server.messages] == (
        [[CARL]] if len(people) > 1 else [])


# What is shipped with it -------------------------------------------------

def test_units_are_sound(tmp_path):
    analyze = shutil.which("systemd-analyze")
    contrib = SRCDIR / "contrib"
    if analyze is None or not contrib.exists():
        pytest.skip("no systemd-analyze, or no sources")
    for unit in contrib.glob("mitto-queue.[!c]*"):
        text = unit.read_text().replace("ExecStart=mitto",
                                        "ExecStart=" + MITTO)
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        [analyze, "verify", "--man=no", *tmp_path.glob("mitto-queue.*")],
        capture_output=True, text=True)
    assert "mitto-queue" not in done.stderr, done.stderr


def test_writers_see_a_status(make_env, tmp_path):
    """What is not wanted is read all the same: no broken pipe for cron."""
    with subprocess.Popen(
            [MITTO, "-C", "none", "--max-size", "1000", "-f", SENDER, BOB],
            env=make_env(), cwd=tmp_path, stdin=subprocess.PIPE,
            stderr=subprocess.PIPE) as process:
        process.stdin.write(b"x" * (4 << 20))
        process.stdin.close()
        assert b"1000" in process.stderr.read()
    assert process.returncode == 65


# Interrupted -------------------------------------------------------------

def test_interrupted_run_loses_nothing(mail, queue, script, spool, make_env,
                                       tmp_path):
    server = script(replies={"DATA": [Hang(), "354 go"]})
    for _ in range(3):
        mail(server, "-Q")
    with subprocess.Popen([MITTO, "queue", "flush"], env=make_env(),
                          cwd=tmp_path, stderr=subprocess.PIPE) as process:
        while "DATA" not in server.verbs():
            time.sleep(0.01)
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == 130
    assert len(spool.ids()) == 3
    assert [m["attempts"] for m in queue("list").answer["messages"]] == [
        0, 0, 0]
    assert queue("flush").answer["sent"] == 3


def test_marks_between_transactions(mail, queue, script, make_env, tmp_path):
    """A runner that dies in the second transaction: the first one counts."""
    people = ["p%d@there.example" % n for n in range(250)]
    server = script(offers=["LIMITS RCPTMAX=100"], replies={
        "MAIL": ["250 ok", Hang(), "250 ok"]})
    mail(server, "-Q", to=people)
    with subprocess.Popen([MITTO, "queue", "flush"], env=make_env(),
                          cwd=tmp_path) as process:
        while server.count("MAIL") < 2:
            time.sleep(0.01)
        process.kill()
    assert queue("flush").answer["sent"] == 1
    assert [len(m.recipients) for m in server.messages] == [100, 100, 50]
    assert sorted(p for m in server.messages for p in m.recipients) == \
        sorted(people)


def test_second_runner_leaves(mail, run_mitto, script, spool, make_env,
                              tmp_path):
    server = script(replies={"DATA": [Hang(), "354 go"]})
    mail(server, "-Q")
    with subprocess.Popen([MITTO, "queue", "flush"], env=make_env(),
                          cwd=tmp_path, stderr=subprocess.PIPE) as process:
        while "DATA" not in server.verbs():
            time.sleep(0.01)
        result = run_mitto("queue", "flush")
        assert (result.status, result.out) == (0, b"another run is active\n")
        dropped = run_mitto("queue", "drop", spool.ids()[0])
        assert dropped.status == 75 and "somebody else" in dropped.err
        process.terminate()
        process.communicate(timeout=60)
    assert len(spool.ids()) == 1

# SPDX-License-Identifier: MIT
"""mitto in sendmail's place: the command lines and texts of real programs."""

import collections
import email
import email.policy
import os
import re
import shutil
import socket
import subprocess
import sys

import pytest

from program import MITTO, TESTS
from receive import check_wire, read

sys.path.append(str(TESTS / "smtp"))
from server import Server  # noqa: E402

BOB, ANA = "bob@example.org", "ana@home.example"
ROOT = "root@home.example"


@pytest.fixture
def sendmail(run_mitto, relay):
    """sendmail(*args, stdin=...) -> Result; nothing may be said."""
    def run(*args, status=0, **kwargs):
        result = run_mitto("sendmail", *args, **kwargs)
        assert result.status == status, result
        if status == 0:
            assert (result.out, result.err) == (b"", ""), result
        return result
    return run


# What programs write ------------------------------------------------------

CRON = b"""\
From: root (Cron Daemon)
To: root
Subject: Cron <root@db1> /usr/local/bin/backup
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
X-Cron-Env: <SHELL=/bin/sh>
X-Cron-Env: <HOME=/srv>
X-Cron-Env: <LOGNAME=root>

caf\xc3\xa9 closed
.
still going
"""

CRONIE = b"""\
From: "(Cron Daemon)" <root>
To: root
Subject: Cron <root@db1> true
Content-Type: text/plain; charset=UTF-8
Auto-Submitted: auto-generated
Precedence: bulk
X-Cron-Env: <LANG=C>

done
"""

ANACRON = b"""\
From: Anacron <root>
To: root
Content-Type: text/plain; charset="ANSI_X3.4-1968"
Subject: Anacron job 'cron.daily' on db1

/etc/cron.daily/x:
failed
"""

AT = b"Subject: Output from your job        7\nTo: root\n\nhello\n"

MDADM = b"""\
From: mdadm monitoring <root>
To: bob@example.org
Subject: DegradedArray event on /dev/md0:db1

This is an automatically generated mail message.
"""

SUDO = b"""\
To: root
From: www
Auto-Submitted: auto-generated
Subject: *** SECURITY information for db1 ***

db1 : Nov 24 01:00:00 : www : user NOT in sudoers
"""

LOGWATCH = b"""\
To: root
From: Logwatch@db1.example
Subject: Logwatch for db1 (Linux)
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

 ######## Logwatch ########
"""

FAIL2BAN = b"""\
Subject: [Fail2Ban] sshd: banned 192.0.2.1 from db1
Date: Tue, 24 Nov 2026 01:00:00 +0000
From: Fail2Ban <fail2ban@home.example>
To: root

Hi,
"""

GIT = b"""\
From: Ana <ana@home.example>
To: bob@example.org
Cc: carol@example.org
Subject: [PATCH] Say caf\xc3\xa9
Date: Tue, 24 Nov 2026 01:00:00 +0000
Message-Id: <20261124010000.1-1-ana@home.example>
X-Mailer: git-send-email 2.39.5
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

---
 a | 2 +-

diff --git a/a b/a
.
-- 
2.39.5
"""

PHP = (b"To: bob@example.org\r\nSubject: hi\r\n"
       b"X-PHP-Originating-Script: 0:a.php\r\nFrom: ana@home.example\r\n"
       b"\r\nline\nline\n")

PHPMAILER = b"""\
Date: Tue, 24 Nov 2026 01:00:00 +0000
To: bob@example.org
From: Ana <ana@home.example>
Subject: PHPMailer
Message-ID: <x@home.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1

text
"""

MUTT = b"""\
Date: Tue, 24 Nov 2026 01:00:00 +0000
From: Ana <ana@home.example>
To: bob@example.org
Subject: hi
Message-ID: <Z@home.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii
Content-Disposition: inline

text
"""

MAILX = b"""\
To: bob@example.org
Subject: SMART error
MIME-Version: 1.0
Content-Type: text/plain; charset="ANSI_X3.4-1968"
Content-Transfer-Encoding: 8bit
From: ana@home.example

text
"""

MAILUTILS = b"""\
Subject: hi
To: <bob@example.org>
User-Agent: mail (GNU Mailutils 3.15)
Date: Tue, 24 Nov 2026 01:00:00 +0000

caf\xc3\xa9
"""

NODE = b"""\
From: Ana <ana@home.example>
To: bob@example.org
Bcc: carol@example.org
Subject: hi
Message-ID: <n@home.example>
Date: Tue, 24 Nov 2026 01:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

text
"""

MPACK = b"""\
Message-ID: <1.1@db1>
Mime-Version: 1.0
To: bob@example.org
Subject: file
Content-Type: multipart/mixed; boundary="-"

---
Content-Type: text/plain

a
-----
"""

PLAIN = b"To: bob@example.org\nSubject: hi\n\ntext\n"

Row = collections.namedtuple("Row", "program args stdin sender rcpts gone")


def row(program, args, stdin=PLAIN, sender=None, rcpts=(BOB,), gone=b""):
    return Row(program, args.split(" ") if isinstance(args, str) else args,
               stdin, sender, list(rcpts), gone)


CAROL = "carol@example.org"
ROWS = [
    row("cron", ["-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root"], CRON,
        ROOT, [ROOT]),
    row("cron with MAILTO", "-FCronDaemon -i -B8BITMIME -oem " + BOB, CRON,
        ROOT),
    row("cronie", "-FCronDaemon -i -odi -oem -oi -t -f root", CRONIE, ROOT,
        [ROOT]),
    row("BSD cron", "-FCronDaemon -odi -oem -oi -t", CRONIE, ROOT, [ROOT]),
    row("old cron", "-FCronDaemon -odi -oem -or0s root", CRONIE, ROOT,
        [ROOT]),
    row("bcron", "-FCronDaemon -i -odi -oem -t", CRONIE, ROOT, [ROOT]),
    row("anacron", "-FAnacron -odi root", ANACRON, ROOT, [ROOT]),
    row("at", "-i root", AT, None, [ROOT]),
    row("systemd-cron", "-i -B8BITMIME root", CRON, ROOT, [ROOT]),
    row("busybox crond", "-ti oem", PLAIN, None, [BOB, "oem@home.example"]),
    row("mdadm", "-t", MDADM, ROOT),
    row("sudo", "-t", SUDO, "www@home.example", [ROOT]),
    row("warnquota", "-t", MDADM, ROOT),
    row("logwatch", "-t", LOGWATCH, "Logwatch@db1.example", [ROOT]),
    row("fail2ban", ["-f", "fail2ban@home.example", "root"], FAIL2BAN,
        "fail2ban@home.example", [ROOT]),
    row("rkhunter", "root", b"Subject: [rkhunter] db1\nTo: root\n\nwarn\n",
        None, [ROOT]),
    row("unattended-upgrades", "-oi -t", LOGWATCH, "Logwatch@db1.example",
        [ROOT]),
    row("cron-apt", "-t -oi"),
    row("Proxmox VE", ["-B", "8BITMIME", "-f", ANA, BOB, CAROL], PLAIN, ANA,
        [BOB, CAROL]),
    row("php", "-t -i", PHP, ANA),
    row("php with a sender", "-t -i -fwww@home.example", PHP,
        "www@home.example"),
    row("PHPMailer", "-oi -fana@home.example -t", PHPMAILER, ANA),
    row("PEAR Mail", "-i -fana@home.example -- " + BOB, PLAIN, ANA),
    row("Swift Mailer", "-t -fana@home.example", PHPMAILER, ANA),
    row("Symfony Mailer", "-fana@home.example -- %s %s" % (BOB, CAROL),
        PHPMAILER, ANA, [BOB, CAROL]),
    row("mail gem", "-i -f ana@home.example -- %s %s" % (BOB, CAROL),
        PHPMAILER, ANA, [BOB, CAROL]),
    row("Email::Sender", "-i -f ana@home.example -- " + BOB, PLAIN, ANA),
    row("MIME::Lite", "-t -oi -oem -fana@home.example", PLAIN, ANA),
    row("Mail::Mailer", "-t", MDADM, ROOT),
    row("mime-construct", "-oi %s %s" % (BOB, CAROL), PLAIN, None,
        [BOB, CAROL]),
    row("nodemailer", ["-i", "-f", ANA, BOB, CAROL], NODE, ANA,
        [BOB, CAROL], b"carol"),
    row("git send-email", "-i %s %s" % (BOB, CAROL), GIT, ANA, [BOB, CAROL]),
    row("git send-email with a sender", "-f ana@home.example -i " + BOB, GIT,
        ANA),
    row("mutt", "-oem -oi -f ana@home.example -- " + BOB, MUTT, ANA),
    row("mutt with all", "-oem -oi -B8BITMIME -f ana@home.example "
        "-N failure,delay -R hdrs -- " + BOB, MUTT, ANA),
    row("s-nail", ["-i", "-F", "Ana", "-f", ANA, "--", BOB], MUTT, ANA),
    row("bsd-mailx", "-i -t -f ana@home.example", MAILX, ANA),
    row("mailutils", "-oi -f ana@home.example -t", MAILUTILS, ANA),
    row("sendEmail", "-bm -t", MUTT, ANA),
    row("mpack", "-oi " + BOB, MPACK),
    row("INN", "-oi -oem " + BOB),
    row("script", "-oi -oem -odb -t"),
    row("script with a body type", "-i -B 8BITMIME -f %s %s" % (ANA, BOB),
        PLAIN, ANA),
    row("null sender", ["-f", "<>", BOB], PLAIN, "<>"),
    row("null sender joined", ["-f<>", "-t"], PLAIN, "<>"),
    row("empty sender", ["-f", "", BOB], PLAIN, "<>"),
    row("old sender flag", ["-r", ANA, BOB], PLAIN, ANA),
]


@pytest.mark.parametrize("case", ROWS, ids=[r.program for r in ROWS])
def test_programs(sendmail, relay, case):
    sendmail(*case.args, stdin=case.stdin)
    envelope, = relay.messages
    if case.sender is not None:
        assert envelope.mail_from == case.sender
    else:
        assert envelope.mail_from.endswith("@home.example")
    assert sorted(envelope.rcpt_tos) == sorted(case.rcpts)
    check_wire(envelope.content, seven_bit=False)
    # Not read(): a To without a domain is the program's own.
    message = email.message_from_bytes(envelope.content,
                                       policy=email.policy.default)
    assert message["Date"] and message["Message-ID"] and message["From"]
    head = case.stdin.replace(b"\r\n", b"\n").split(b"\n\n")[0].decode()
    for line in head.split("\n"):
        name, value = line.split(": ", 1)
        if name in ("Subject", "X-Cron-Env", "User-Agent", "X-Mailer",
                    "Auto-Submitted", "Precedence"):
            assert value in [str(v) for v in message.get_all(name)], line
    body = case.stdin.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]
    assert message.is_multipart() or \
        message.get_payload(decode=True).replace(b"\r\n", b"\n") == body
    if case.gone:
        assert case.gone not in envelope.content


# Flags --------------------------------------------------------------------

@pytest.mark.parametrize("args", [
    "-Am", "-Ac", "-A m", "-G", "-U", "-m", "-n", "-x", "-h 3", "-h3",
    "-p smtp", "-psmtp", "-d", "-d0.1", "-em", "-e m", "-om", "-o7", "-oem",
    "-odb", "-odq", "-oep", "-O MaxHopCount=3", "-OTimeout.queuereturn=1d",
    "-L tag", "-Ltag", "-bm", "-b m", "-B 7BIT", "-vnG", "-mi"])
def test_flags_without_effect(run_mitto, relay, args):
    result = run_mitto("sendmail", *args.split(), "-f", ANA, BOB,
                       stdin=PLAIN)
    assert result.status == 0, result
    assert "v" in args or result.err == "", result
    assert relay.messages[0].rcpt_tos == [BOB]


@pytest.mark.parametrize("args", [
    ["-z"], ["-tz"], ["-bd"], ["-ba"], ["-bv"], ["-bt"], ["-b"], ["-f"],
    ["-i", "-F"], ["--help"], ["--to", BOB], ["-s", "subject", BOB], ["-k"]])
def test_other_flags_are_refused_in_one_line(sendmail, relay, args):
    result = sendmail(*args, stdin=PLAIN, status=64)
    assert result.err.startswith("mitto: "), result
    assert result.err.count("\n") == 1, result
    assert relay.commands == []


def test_a_bare_o_has_no_value(sendmail, relay):
    sendmail("-o", BOB, stdin=PLAIN)
    assert relay.rcpts == [BOB]


def test_nothing_at_all(sendmail, relay):
    """The way out of it is no flag of sendmail."""
    said = sendmail(BOB, stdin=b"", status=66).err
    assert said == "mitto: the message is empty\n"


def test_operands_and_header(sendmail, relay):
    sendmail("-t", CAROL, stdin=PLAIN)
    assert sorted(relay.rcpts) == [BOB, CAROL]
    assert b"carol" not in relay.messages[0].content


def test_without_t_the_header_names_nobody(sendmail, relay):
    sendmail(CAROL, stdin=PLAIN)
    assert relay.rcpts == [CAROL]


def test_no_recipient(sendmail, relay):
    assert "no recipient" in sendmail(stdin=PLAIN, status=64).err
    assert relay.commands == []


def test_delivery_reports(run_mitto):
    server = Server(offers=["DSN"])
    try:
        result = run_mitto(
            "sendmail", "-N", "success,failure", "-R", "HDRS", "-V", "a+b",
            "-f", ANA, BOB, stdin=PLAIN,
            env={"MITTO_SERVER": server.address, "MITTO_TLS": "plain"})
        assert result.status == 0, result
        said = "\n".join(server.said)
        assert "RET=HDRS" in said and "ENVID=a+2Bb" in said
        assert "NOTIFY=SUCCESS,FAILURE" in said
    finally:
        server.stop()


# The sender ---------------------------------------------------------------

def test_full_name_of_an_added_from(sendmail, relay):
    sendmail("-F", "Ana Malá", "-f", ANA, BOB, stdin=PLAIN)
    message = read(relay.messages[0].content)
    assert message["From"] == "Ana Malá <ana@home.example>"


def test_a_from_in_the_text_stays(sendmail, relay):
    sendmail("-f", "bounce@home.example", "-t", stdin=PHPMAILER)
    assert relay.messages[0].mail_from == "bounce@home.example"
    message = read(relay.messages[0].content)
    assert message["From"] == "Ana <ana@home.example>"


def test_a_bare_sender_is_that_of_the_account(run_mitto, server, config):
    config("[account relay]\nserver = %s\nfrom = host@relay.example\n"
           "[alias]\nroot = bob@example.org\n" % server.url)
    result = run_mitto("sendmail", "-t", "-f", "root", stdin=CRONIE)
    assert result.status == 0, result
    assert server.messages[0].mail_from == "host@relay.example"
    assert server.rcpts == [BOB]


def test_the_sender_chooses_the_account(run_mitto, serve, config):
    one, two = serve(), serve()
    config("[defaults]\naccount = one\n"
           "[account one]\nserver = %s\n[account two]\nserver = %s\n"
           "match = *@two.example\n" % (one.url, two.url))
    result = run_mitto("sendmail", "-f", "x@two.example", BOB, stdin=PLAIN)
    assert result.status == 0, result
    assert (len(one.messages), len(two.messages)) == (0, 1)


def test_what_a_configuration_says_of_writing(run_mitto, server, config):
    """It is for messages that mitto writes; an archive is for all."""
    config("[defaults]\nsubject = default\nheader = X-Foo: bar\n"
           "reply-to = eve@home.example\nthread = x\npriority = high\n"
           "bcc = carol@example.org\n"
           "[account relay]\nserver = %s\n" % server.url)
    text = b"Reply-To: fred@home.example\n" + PHPMAILER
    result = run_mitto("sendmail", "-i", "-f", ANA, BOB, stdin=text)
    assert result.status == 0, result
    assert server.messages[0].content == text.replace(b"\n", b"\r\n")
    assert sorted(server.rcpts) == [BOB, CAROL]


# The input ----------------------------------------------------------------

def test_a_body_alone(sendmail, relay):
    sendmail("-f", ANA, "root", stdin=b"hi\n")
    message = read(relay.messages[0].content)
    assert message.get_payload() == "hi\r\n"


DOTTED = b"To: bob@example.org\n\none\n.\ntwo\n"


@pytest.mark.parametrize("args", ["-t", "-t -oem", "-t -f ana@home.example"])
def test_a_lone_dot_ends_it(run_mitto, relay, args):
    result = run_mitto("sendmail", *args.split(), stdin=DOTTED)
    assert result.status == 0, result
    assert "lone dot" in result.err and result.err.count("\n") == 1, result
    assert relay.messages[0].content.endswith(b"\r\n\r\none\r\n")


@pytest.mark.parametrize("args", ["-ti", "-t -i", "-t -oi", "-it", "-oi -t"])
def test_with_i_it_does_not(sendmail, relay, args):
    sendmail(*args.split(), stdin=DOTTED)
    assert relay.messages[0].content.endswith(b"one\r\n.\r\ntwo\r\n")


def test_dots_with_more_behind_them_stay(sendmail, relay):
    sendmail("-t", stdin=b"To: bob@example.org\n\n..\n.x\n. \n")
    assert relay.messages[0].content.endswith(b"\r\n..\r\n.x\r\n. \r\n")


def test_a_dot_ends_an_open_pipe(make_env, relay):
    """The caller need not close it."""
    with subprocess.Popen([MITTO, "sendmail", BOB], stdin=subprocess.PIPE,
                          env=make_env(), stderr=subprocess.PIPE) as process:
        process.stdin.write(b"Subject: x\n\nhi\n.\n")
        process.stdin.flush()
        assert process.wait(20) == 0
    assert relay.rcpts == [BOB]


@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_large_input(sendmail, relay, size):
    text = b"0123456789abcde\n" * (size // 16)
    sendmail("-f", ANA, BOB, stdin=b"Subject: x\n\n" + text)
    assert relay.messages[0].content.split(b"\r\n\r\n", 1)[1] == \
        text.replace(b"\n", b"\r\n")


def test_a_terminal_is_read_in_silence(on_terminal, relay):
    status, shown = on_terminal("sendmail", BOB,
                                typed=b"Subject: x\n\nhi\n.\n")
    assert status == 0, shown
    assert relay.rcpts == [BOB]
    echo = shown.replace("\r", "")
    assert echo in ("", "Subject: x\n\nhi\n.\n"), shown


# Statuses -----------------------------------------------------------------

@pytest.mark.parametrize("reply, status", [
    ("550 5.7.1 not you", 69), ("451 4.3.0 later", 75)])
def test_refused(run_mitto, serve, config, reply, status):
    server = serve(replies={"DATA": reply})
    config("[account relay]\nserver = %s\n" % server.url)
    result = run_mitto("sendmail", "-f", ANA, BOB, stdin=PLAIN)
    assert result.status == status, result
    assert reply[10:] in result.err and result.out == b"", result


def test_some_refused(run_mitto, serve, config):
    server = serve(replies={CAROL: "550 5.1.1 no such user"})
    config("[account relay]\nserver = %s\n" % server.url)
    result = run_mitto("sendmail", "-f", ANA, BOB, CAROL, stdin=PLAIN)
    assert result.status == 69, result
    assert "no such user" in result.err, result
    assert server.rcpts == [BOB]


def test_nobody_listens(run_mitto, config, closed_port):
    config("[account relay]\nserver = smtp://127.0.0.1:%d\n" % closed_port)
    result = run_mitto("sendmail", "-f", ANA, BOB, stdin=PLAIN)
    assert result.status == 75, result


# Nothing that is named is touched -------------------------------------------

@pytest.mark.parametrize("args", [
    ["-X", "{}"], ["-X{}"], ["-C", "{}"], ["-C{}"], ["-oQ{}"],
    ["-OQueueDirectory={}"], ["-O", "QueueDirectory={}"], ["-oA{}"],
    ["-OAliasFile={}"], ["-tX{}"], ["-iC{}"], ["-D", "{}"], ["-L{}"],
    ["-p", "{}"]])
@pytest.mark.parametrize("exists", [False, True])
def test_files_are_left_alone(run_mitto, relay, tmp_path, strace, args,
                              exists):
    named = tmp_path / "named.php"
    if exists:
        named.write_text("[account evil]\nserver = smtp://192.0.2.1\n")
    trace = tmp_path / "trace"
    result = run_mitto("sendmail", *[a.format(named) for a in args], "-f",
                       ANA, BOB, stdin=PLAIN,
                       wrapper=[strace, "-f", "-e", "trace=file", "-o",
                                trace])
    known = "-D" not in args
    assert result.status == (0 if known else 64), result
    calls = "".join(line for line in trace.read_text().splitlines(True)
                    if "execve(" not in line)
    assert calls != "" and "named.php" not in calls
    assert named.exists() == exists
    assert len(relay.messages) == known


@pytest.mark.parametrize("args", [
    # CVE-2016-10033 and -10045: the sender's address became words of this.
    ["-t", "-i", "-fattacker\\", "-oQ{}/", "-X{}/x.php", 'some"@email.com'],
    ["-t", "-i", '-f"attacker" -oQ{}/ -X{}/x.php some"@email.com'],
    ["-t", "-i", "-f\"attacker\\'", "-oQ{}/", "-X{}/x.php",
     "some\"@email.com'"],
    ["-t", "-i", "-fa@x.example", "-C/etc/passwd", "-X{}/x.php"],
    ["-t", "-i", "-fa@x.example", "-be", "${{run{{touch {}/x.php}}}}"],
    ["--", "-X{}/x.php", "-oQ{}", BOB], [BOB, "-X{}/x.php"],
    [BOB, "-OQueueDirectory={}", "-C", "{}/x.php"],
    ["-i", "--", "|touch {}/x.php"], ["-i", "--", "{}/x.php"],
    ["-i", "--", ":include:{}/x.php"]])
def test_injected_words(run_mitto, relay, tmp_path, args):
    place = tmp_path / "place"
    place.mkdir()
    result = run_mitto("sendmail", *[a.format(*[place] * 4) for a in args],
                       stdin=PHPMAILER + b"<?php evil(); ?>\n")
    assert list(place.iterdir()) == [], result
    assert result.status in (0, 64, 65), result


def test_an_address_with_a_dash(sendmail, relay):
    sendmail("-f", ANA, "--", "-oQ@example.org", stdin=PLAIN)
    assert relay.rcpts == ["-oQ@example.org"]


# Names ----------------------------------------------------------------------

@pytest.mark.parametrize("name", [
    "sendmail", "/usr/sbin/sendmail", "/usr/lib/sendmail", "send-mail",
    "./sendmail"])
def test_called_by_name(make_env, tmp_path, relay, name):
    path = tmp_path / "input"
    path.write_bytes(PLAIN)
    with open(path, "rb") as stdin:
        done = subprocess.run([name, "-t"], executable=MITTO, stdin=stdin,
                              env=make_env(), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert relay.rcpts == [BOB]


@pytest.mark.parametrize("name", ["sendmail.old", "mysendmail", "mitto"])
def test_other_names(make_env, relay, name):
    done = subprocess.run([name, "-bi"], executable=MITTO, env=make_env(),
                          stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 64


@pytest.mark.parametrize("words", [
    ["newaliases"], ["sendmail", "-bi"], ["sendmail", "-I"],
    ["/usr/bin/newaliases"]])
def test_newaliases(make_env, words):
    def run(*args):
        by_name = "/" in words[0]
        return subprocess.run(
            [*(words if by_name else ["mitto", *words]), *args],
            executable=MITTO, env=make_env(), stdin=subprocess.DEVNULL,
            capture_output=True)
    quiet, loud = run(), run("-v")
    assert (quiet.returncode, quiet.stdout + quiet.stderr) == (0, b"")
    assert loud.returncode == 0
    assert b"nothing to do" in loud.stderr


@pytest.mark.parametrize("name", ["hoststat", "/usr/bin/purgestat"])
def test_what_only_a_server_has(make_env, name):
    done = subprocess.run([name], executable=MITTO, env=make_env(),
                          stdin=subprocess.DEVNULL, capture_output=True)
    assert (done.returncode, done.stdout) == (69, b"")
    assert done.stderr.count(b"\n") == 1


def test_those_are_no_words_of_mitto(run_mitto, relay):
    assert run_mitto("hoststat", stdin=b"x\n").status == 0
    assert relay.rcpts == ["hoststat@home.example"]


# What is shown ----------------------------------------------------------------

def test_v_shows_the_steps(run_mitto, relay):
    result = run_mitto("sendmail", "-v", BOB, stdin=PLAIN)
    assert result.status == 0 and " connect " in result.err, result
    assert "\x1b" not in result.err
    more = run_mitto("sendmail", "-v", "-v", BOB, stdin=PLAIN)
    assert "RCPT TO" in more.err, more


def test_no_colour(run_mitto, config, closed_port):
    config("[account relay]\nserver = smtp://127.0.0.1:%d\n" % closed_port)
    result = run_mitto("sendmail", BOB, stdin=PLAIN,
                       env={"FORCE_COLOR": "1", "MITTO_COLOR": "always"})
    assert "\x1b" not in result.err, result


def test_no_json(sendmail, relay):
    sendmail("-f", ANA, BOB, stdin=PLAIN, env={"MITTO_JSON": "yes"})


# The log ----------------------------------------------------------------------

IN_OWN_DEV = r"""
set -e
mkdir -p "$1/dev"
mount -t tmpfs none "$1/dev"
for each in null zero random urandom tty; do
	touch "$1/dev/$each"
	mount --bind "/dev/$each" "$1/dev/$each"
done
touch "$1/dev/log"
mount --bind "$1/log" "$1/dev/log"
mount --rbind "$1/dev" /dev
shift
exec "$@"
"""


@pytest.fixture
def syslog(tmp_path):
    """(wrapper, lines): a command line under which /dev/log is ours."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        pytest.skip("only root can have a /dev/log of his own")
    path = tmp_path / "s"
    path.mkdir()
    wrapper = [unshare, "-m", "--propagation", "private", "sh", "-c",
               IN_OWN_DEV, "sh", path]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(path / "log"))
        if subprocess.run([*wrapper, "true"],
                          capture_output=True).returncode != 0:
            pytest.skip("no mount namespace here")
        log.setblocking(False)

        def lines():
            found = []
            try:
                while True:
                    found.append(log.recv(65536).decode())
            except BlockingIOError:
                return found
        yield wrapper, lines


def test_one_line_for_each_message(sendmail, relay, syslog):
    wrapper, lines = syslog
    sendmail("-f", ANA, BOB, CAROL, stdin=PLAIN, wrapper=wrapper)
    line, = lines()
    assert re.search(r" mitto\[\d+\]: sent exit=0 .*from=ana@home\.example "
                     r"recipients=2 .*size=\d+ .*kept as 1", line), line


def test_queued_first_is_logged_twice(sendmail, relay, syslog):
    wrapper, lines = syslog
    sendmail("-odb", "-L", "backup", "-f", ANA, BOB, stdin=PLAIN,
             wrapper=wrapper, env={"MITTO_QUEUE": "fail"})
    queued, sent = lines()
    assert re.search(r" backup\[\d+\]: queued exit=0 .*queue=q-", queued)
    assert re.search(r" backup\[\d+\]: sent exit=0 .*kept as 1", sent)


def test_the_log_has_its_own_name(sendmail, relay, syslog):
    wrapper, lines = syslog
    sendmail("-L", "backup", "-f", ANA, BOB, stdin=PLAIN, wrapper=wrapper)
    line, = lines()
    assert re.search(r" backup\[\d+\]: sent", line), line


@pytest.mark.parametrize("tag", ["a\nsshd: root came in", "sshd[1]: x", "\x1b"])
def test_the_log_is_not_forged(sendmail, relay, tag):
    assert "one word" in sendmail("-L", tag, BOB, stdin=PLAIN, status=65).err
    assert relay.messages == []


def test_failures_are_logged(run_mitto, serve, config, syslog):
    wrapper, lines = syslog
    server = serve(replies={"DATA": "554 5.7.1 looks like spam"})
    config("[account relay]\nserver = %s\n" % server.url)
    run_mitto("sendmail", "-f", ANA, BOB, stdin=PLAIN, wrapper=wrapper)
    run_mitto("sendmail", "-z", BOB, stdin=PLAIN, wrapper=wrapper)
    config("[account relay]\nserverr = x\n")
    run_mitto("sendmail", BOB, stdin=PLAIN, wrapper=wrapper)
    refused, usage, broken = lines()
    assert "exit=69" in refused and "looks like spam" in refused
    assert "exit=64" in usage and "'-z'" in usage
    assert "exit=78" in broken


def test_no_log_no_noise(sendmail, relay):
    sendmail("-f", ANA, BOB, stdin=PLAIN)

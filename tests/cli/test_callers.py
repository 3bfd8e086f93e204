# SPDX-License-Identifier: MIT
"""Real programs that call a sendmail, with mitto in its place.

Each is skipped only where its package is missing (cron also where there is
no root to make a namespace).
"""

import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from program import MITTO, SLOW
from receive import body_of, leaves, read

BOB, ANA = "bob@example.org", "ana@home.example"
CAROL = "carol@example.org"


def needs(path, package):
    found = shutil.which(path) or (path if os.path.exists(path) else None)
    if found is None:
        pytest.skip("no %s (Debian: %s)" % (path, package))
    return found


def needs_perl(module, package):
    perl = needs("perl", "perl")
    if subprocess.run([perl, "-M" + module, "-e", "1"],
                      capture_output=True).returncode != 0:
        pytest.skip("no %s (Debian: %s)" % (module, package))
    return perl


@pytest.fixture
def sendmail(tmp_path):
    """The path of a link called sendmail."""
    path = tmp_path / "bin" / "sendmail"
    path.parent.mkdir()
    path.symlink_to(MITTO)
    return path


@pytest.fixture
def call(make_env, tmp_path, relay):
    """call(*words) runs a program and hands back the only message, or what
    it said; status is its own, None for any."""
    def run(*words, status=0, messages=1, env=None, **kwargs):
        kwargs.setdefault("stdin", subprocess.DEVNULL
                          if "input" not in kwargs else None)
        if kwargs["stdin"] is None:
            del kwargs["stdin"]
        done = subprocess.run(
            [str(word) for word in words], env=make_env(env), cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=60 * SLOW, **kwargs)
        assert b"Sanitizer" not in done.stdout, done.stdout
        assert status in (done.returncode, None), done.stdout.decode()
        assert len(relay.messages) == messages, done.stdout.decode()
        return relay.messages[-1] if relay.messages else done.stdout
    return run


# git ------------------------------------------------------------------------

IDENTITY = {"GIT_AUTHOR_NAME": "Ana Malá", "GIT_AUTHOR_EMAIL": ANA,
            "GIT_COMMITTER_NAME": "Ana Malá", "GIT_COMMITTER_EMAIL": ANA}


@pytest.fixture
def patch(make_env, tmp_path):
    """A repository with one commit, as a patch."""
    needs("/usr/lib/git-core/git-send-email", "git-email")
    needs_perl("Mail::Address", "libmailtools-perl")
    env = make_env(IDENTITY)

    def git(*words):
        subprocess.run(["git", *words], cwd=tmp_path / "tree", env=env,
                       check=True, capture_output=True)
    (tmp_path / "tree").mkdir()
    git("init")
    (tmp_path / "tree" / "a").write_text("café\n.\n")
    git("add", "a")
    git("commit", "-m", "Say café\n\nWith a dot.")
    git("format-patch", "--root", "-o", str(tmp_path))
    return next(tmp_path.glob("*.patch"))


@pytest.mark.parametrize("args", [[], ["--envelope-sender", ANA]])
def test_git_send_email(call, sendmail, patch, args):
    got = call("git", "send-email", "--smtp-server", sendmail, "--from",
               "Ana <%s>" % ANA, "--to", BOB, "--cc", CAROL, "--confirm",
               "never", "--suppress-cc", "all", *args, patch, env=IDENTITY)
    assert (got.mail_from, got.rcpt_tos) == (ANA, [BOB, CAROL])
    message = read(got.content, seven_bit=False)
    assert message["Subject"] == "[PATCH] Say café"
    assert b"+caf\xc3\xa9\r\n+.\r\n" in body_of(message)


def test_git_sendmail_cmd(call, patch):
    got = call("git", "-c", "sendemail.sendmailCmd=%s sendmail" % MITTO,
               "send-email", "--from", ANA, "--to", BOB, "--confirm",
               "never", "--suppress-cc", "all", patch, env=IDENTITY)
    assert got.rcpt_tos == [BOB]


# Mail programs ----------------------------------------------------------------

def test_mutt(call, sendmail, tmp_path):
    mutt = needs("mutt", "mutt")
    (tmp_path / "a.txt").write_text("attached\n")
    got = call(mutt, "-n", "-F", "/dev/null", "-e",
               'set sendmail="%s -oem -oi" from=%s use_envelope_from=yes '
               'copy=no dsn_notify="failure" dsn_return="hdrs"' % (
                   sendmail, ANA),
               "-s", "café", "-b", CAROL, "-a", "a.txt", "--", BOB,
               input="text\n.\nmore\n".encode())
    assert (got.mail_from, sorted(got.rcpt_tos)) == (ANA, [BOB, CAROL])
    message = read(got.content)
    text, attached = leaves(message)
    assert body_of(text) == b"text\r\n.\r\nmore\r\n"
    assert body_of(attached).replace(b"\r\n", b"\n") == b"attached\n"
    assert b"carol" not in got.content


def test_mutt_tells_of_a_failure(call, sendmail, relay):
    mutt = needs("mutt", "mutt")
    relay.replies[BOB] = "550 5.1.1 no such user"
    said = call(mutt, "-n", "-F", "/dev/null", "-e",
                'set sendmail="%s -oem -oi" from=%s copy=no' % (
                    sendmail, ANA), "--", BOB, input=b"text\n", status=1,
                messages=0)
    assert b"exited 67" in said


def test_s_nail(call, sendmail):
    nail = needs("s-nail", "s-nail")
    got = call(nail, "-n", "-Smta=%s" % sendmail, "-r", ANA, "-s", "hi",
               "-b", CAROL, BOB, input=b"text\n")
    assert (got.mail_from, sorted(got.rcpt_tos)) == (ANA, [BOB, CAROL])
    assert read(got.content)["Subject"] == "hi"
    assert b"carol" not in got.content


@pytest.fixture
def mailx(call, sendmail, tmp_path):
    """mailx(*words, **kwargs): bsd-mailx, told of our sendmail."""
    program = needs("bsd-mailx", "bsd-mailx")
    if subprocess.run([program, "-n", "-H", "-f", os.devnull],
                      capture_output=True).returncode == 127:
        pytest.skip("bsd-mailx lacks a library (Debian: liblockfile1)")
    (tmp_path / "rc").write_text("set sendmail=%s\n" % sendmail)

    def run(*words, **kwargs):
        return call(program, "-n", *words,
                    env={"MAILRC": tmp_path / "rc", "LC_ALL": "C.UTF-8"},
                    **kwargs)
    return run


def test_bsd_mailx(mailx):
    got = mailx("-r", ANA, "-s", "hi", "-c", CAROL, BOB,
                input=b"one\n.\n..two\n")
    assert (got.mail_from, got.rcpt_tos) == (ANA, [BOB, CAROL])
    message = read(got.content)
    assert (message["Subject"], message["Cc"]) == ("hi", CAROL)
    assert body_of(message) == b"one\r\n.\r\n..two\r\n"


def test_bsd_mailx_bcc_and_header(mailx):
    got = mailx("-a", "X-Loop: me@home.example", "-b", CAROL, "-s", "café",
                BOB, input="é\n".encode())
    assert got.rcpt_tos == [BOB, CAROL]
    message = read(got.content, seven_bit=False)
    assert message["X-Loop"] == "me@home.example"
    assert message["Subject"] == "café"
    assert body_of(message) == "é\r\n".encode()
    assert b"carol" not in got.content


def test_bsd_mailx_to_a_name_without_domain(mailx):
    assert mailx("-s", "hi", "root", input=b"x\n").rcpt_tos == [
        "root@home.example"]


def test_bsd_mailx_tells_of_a_failure(mailx, relay):
    relay.replies[BOB] = "550 5.1.1 no such user"
    said = mailx("-s", "hi", BOB, input=b"x\n", status=None, messages=0)
    assert b"no such user" in said


# Languages --------------------------------------------------------------------

PHP = ('exit(mail("bob@example.org", "caf\u00e9", "one\\n.\\ntwo\\n", '
       '"From: ana@home.example\\r\\nCc: carol@example.org"%s) ? 0 : 1);')


@pytest.mark.parametrize("more, sender", [
    ("", ANA), (', "-fbounce@home.example"', "bounce@home.example")])
def test_php_mail(call, sendmail, more, sender):
    php = needs("php", "php-cli")
    got = call(php, "-n", "-d", "sendmail_path=%s -t -i" % sendmail, "-r",
               PHP % more)
    assert got.mail_from == sender
    assert got.rcpt_tos == [BOB, CAROL]
    message = read(got.content)
    assert message["From"] == ANA and message["Subject"] == "café"
    assert body_of(message).startswith(b"one\r\n.\r\ntwo\r\n")


def test_php_mail_learns_of_a_failure(call, sendmail, relay):
    php = needs("php", "php-cli")
    relay.replies["DATA"] = "451 4.3.0 later"
    call(php, "-n", "-d", "sendmail_path=%s -t -i" % sendmail, "-r", PHP % "",
         status=1, messages=0)


def test_php_mail_with_a_hostile_sender(call, sendmail, tmp_path, relay):
    """CVE-2016-10033: PHP escapes for the shell once too little."""
    php = needs("php", "php-cli")
    loot = tmp_path / "loot.php"
    code = PHP % (r""", "-f\"x\\\" -oQ/tmp/ -X%s x\"@home.example" """ % loot)
    done = subprocess.run(
        [php, "-n", "-d", "sendmail_path=%s -t -i" % sendmail, "-r", code],
        capture_output=True, stdin=subprocess.DEVNULL, cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
             "MITTO_SERVER": relay.url})
    assert done.returncode in (0, 1), done
    assert not loot.exists()


PERL = r"""
use Email::Sender::Simple qw(sendmail);
use Email::Sender::Transport::Sendmail;
use Email::Simple;
my $mail = Email::Simple->create(
    header => [ From => 'ana@home.example', To => 'bob@example.org',
                Subject => 'hi' ],
    body => "one\n.\ntwo\n");
sendmail($mail, { from => 'bounce@home.example',
    transport => Email::Sender::Transport::Sendmail->new(
        { sendmail => $ARGV[0] }) });
"""


def test_perl_email_sender(call, sendmail):
    perl = needs_perl("Email::Sender", "libemail-sender-perl")
    got = call(perl, "-e", PERL, sendmail)
    assert (got.mail_from, got.rcpt_tos) == ("bounce@home.example", [BOB])
    assert body_of(read(got.content)) == b"one\r\n.\r\ntwo\r\n"


# Jobs -------------------------------------------------------------------------

def test_at(call, sendmail):
    """What atd does, by hand."""
    got = call(sendmail, "-i", "root",
               input=b"Subject: Output from your job        7\n"
               b"To: root\n\nhello\n")
    assert got.rcpt_tos == ["root@home.example"]
    assert got.content.endswith(b"\r\n\r\nhello\r\n")


# A machine on which cron runs one job, once, when it starts; nothing outside
# changes.  /usr/sbin is taken away, and with it all daemons but this one.
CRON = r"""
set -e
cp "$1" "$2/cron"
for each in /usr/sbin /etc/cron.d /var/spool/cron /run; do
	mkdir -p "$each"
	mount -t tmpfs none "$each"
done
mkdir -p /var/spool/cron/crontabs
touch "$2/empty"
mount --bind "$2/empty" /etc/crontab
cp "$2/sendmail.sh" /usr/sbin/sendmail
cp "$2/crontab" /var/spool/cron/crontabs/root
chmod 755 /usr/sbin/sendmail
chmod 600 /var/spool/cron/crontabs/root
exec "$2/cron" -f
"""


def test_cron(relay, home, tmp_path):
    cron = needs("/usr/sbin/cron", "cron")
    unshare = needs("unshare", "util-linux")
    if os.geteuid() != 0:
        pytest.skip("cron needs root")
    space = [unshare, "-m", "--propagation", "private"]
    if subprocess.run([*space, "mount", "-t", "tmpfs", "none", "/mnt"],
                      capture_output=True).returncode != 0:
        pytest.skip("no mount namespace here")
    if not pathlib.Path("/etc/crontab").exists():
        pytest.skip("no /etc/crontab to cover")
    path = tmp_path / "cron"
    path.mkdir()
    (path / "sendmail.sh").write_text(
        '#!/bin/sh\nMITTO_CONFIG=%s exec %s sendmail "$@"\n' % (
            home / ".config" / "mitto" / "config", MITTO))
    (path / "crontab").write_text(
        'MAILTO=bob@example.org\nCONTENT_TYPE="text/plain; charset=UTF-8"\n'
        '@reboot echo "café"; echo .; echo more\n')
    with subprocess.Popen(
            [*space, "sh", "-c", CRON, "sh", cron, path],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert relay.arrived.wait(60 * SLOW), "no mail from cron"
        finally:
            process.send_signal(signal.SIGKILL)
            said = process.communicate()[0]
    got = relay.messages[0]
    assert got.rcpt_tos == [BOB], said
    assert got.mail_from == "root@home.example"
    message = read(got.content, seven_bit=False)
    assert "echo" in message["Subject"]
    assert any("MAILTO=" in value for value in message.get_all("X-Cron-Env"))
    assert body_of(message) == "café\r\n.\r\nmore\r\n".encode()

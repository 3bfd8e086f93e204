# SPDX-License-Identifier: MIT
"""The recipes of mitto-cookbook(7), run as they stand there.

A block of the page that has ".\\" try: NAME" before it is taken by its name;
only hosts and directories of the system are put in place of those it names.
"""

import os
import re
import shutil
import subprocess

import pytest

from program import MITTO, SRCDIR
from receive import attachments, body_of, leaves, read, text

PAGE = SRCDIR / "man" / "mitto-cookbook.7.in"
RECIPES = {name: block.replace("\\e", "\\") for name, block in re.findall(
    r'(?ms)^\.\\" try: (\S+)\n\.Bd [^\n]*\n(.*?)^\.Ed$', PAGE.read_text())}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44"
    "ae426082")
PROGRAMS = {
    "restic": "echo 'Fatal: no space'; exit 3",
    "apt-get": "echo 'W: trouble'",
    "ss": "echo 'LISTEN 0.0.0.0:22'",
    "pg_dump": "echo 'no such database' >&2; exit 1",
    "df": "echo '/dev/sda1 97%'",
}


@pytest.fixture
def kitchen(make_env, server, home, tmp_path):
    """A folder with all that the recipes name, and how to run one."""
    class Kitchen:
        folder, programs = tmp_path / "kitchen", tmp_path / "bin"
        env = make_env({"MITTO_SERVER": server.url,
                        "EMAIL": "jana@example.org",
                        "PATH": "%s:%s" % (tmp_path / "bin",
                                           os.environ["PATH"])})

        def write(self, name, content):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            return path

        def run(self, script, stdin=b"", status=0, shell="sh"):
            before = len(server.messages)
            result = subprocess.run(
                [shell, "-c", script], cwd=self.folder, input=stdin,
                capture_output=True, timeout=60, env=self.env)
            assert result.returncode == status, result
            self.out = result.stdout.decode()
            self.err = result.stderr.decode()
            self.envelopes = server.messages[before:]
            return [read(m.content) for m in self.envelopes]

        def cook(self, name, **kwargs):
            message, = self.run(RECIPES[name], **kwargs)
            return message

    made = Kitchen()
    made.programs.mkdir()
    (made.programs / "mitto").symlink_to(os.path.abspath(MITTO))
    for name, body in PROGRAMS.items():
        (made.programs / name).write_text("#!/bin/sh\n%s\n" % body)
        (made.programs / name).chmod(0o755)
    for name, content in {
            "report.pdf": b"%PDF-1.4\n", "a.jpg": b"a", "b.jpg": b"b",
            "docs/a.txt": b"one\n", "app.log": b"line\n" * 300,
            "out.tmp": b"1,2\n", "logo.png": PNG, "chart.png": PNG,
            "letter.eml": b"From: x@example.org\nSubject: S\n\nold\n",
            "news.html": b'<p>New</p><img src="logo.png">',
            "news.txt": b"New, in words\n", "text.txt": b"Come!\n",
            "sales.html": b'<p>Up</p><img src="cid:chart.png">',
            "addresses.txt": b"kim@example.org\nlee@example.org\n"}.items():
        made.write(name, content)
    return made


def names(message):
    return [part.get_filename() for part in attachments(message)]


def types(message):
    return [part.get_content_type() for part in leaves(message)]


# Files and pipes -----------------------------------------------------------------

def test_file(kitchen):
    assert names(kitchen.cook("file")) == ["report.pdf"]


def test_files(kitchen):
    assert names(kitchen.cook("files")) == ["a.jpg", "b.jpg"]


def test_folder(kitchen):
    file, = attachments(kitchen.cook("folder"))
    assert file.get_filename() == "docs.tgz"
    listed = subprocess.run(["tar", "tzf", "-"], input=body_of(file),
                            capture_output=True, check=True).stdout
    assert b"docs/a.txt" in listed


def test_outputs(kitchen):
    message = kitchen.cook("outputs", shell="bash")
    assert names(message) == ["disks.txt", "ports.txt"]
    assert b"97%" in body_of(attachments(message)[0])


def test_log(kitchen):
    message = kitchen.cook("log")
    assert message["Subject"] == "log of " + os.uname().nodename
    assert text(message) == "line\n" * 100


def test_renamed(kitchen):
    file, = attachments(kitchen.cook("renamed"))
    assert file.get_filename() == "march 2026.csv"
    assert file.get_content_type() == "text/csv"


def test_header(kitchen):
    message = kitchen.cook("header")
    assert message["To"] == "Bob <bob@example.org>"
    assert text(message) == "Tuesday at ten?\n"


def test_eml(kitchen):
    assert text(kitchen.cook("eml")) == "old\n"


# HTML ----------------------------------------------------------------------------

def test_html(kitchen):
    message = kitchen.cook("html")
    assert types(message) == ["text/plain", "text/html", "image/png"]


def test_both(kitchen):
    message = kitchen.cook("both")
    assert text(message) == "New, in words\n"
    assert types(message) == ["text/plain", "text/html", "image/png"]


def test_cid(kitchen):
    message = kitchen.cook("cid")
    assert types(message) == ["text/plain", "text/html", "image/png"]


def test_look(kitchen):
    assert kitchen.run(RECIPES["look"]) == []
    written = (kitchen.folder / "news.eml").read_bytes()
    assert types(read(written))[1] == "text/html"


# Cron ----------------------------------------------------------------------------

@pytest.mark.parametrize("name, status, subject", [
    ("cron-fail", 3, r"\[FAIL 3\] restic on "),
    ("cron-output", 0, r"\[OK\] apt-get on "),
    ("cron-change", 0, r"\[OK\] ports on "),
    ("cron-pipe", 1, r"\[FAIL 1\] dump on "),
    ("cron-always", 0, r"disks$"),
])
def test_cron(kitchen, name, status, subject):
    line = re.sub(r"\\\n\s*", "", RECIPES[name])
    schedule = re.match(r"(?:[\d*/]+ ){5} *", line)
    line = line[schedule.end():]
    if "pipefail" in line:
        line = line.replace("sh -c", "bash -c")
    message, = kitchen.run(line, status=status)
    assert re.match(subject, message["Subject"])
    assert (kitchen.out, kitchen.err) == ("", "")
    if name == "cron-change":
        assert kitchen.run(line) == []


# systemd -------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["unit", "onfailure", "credential"])
def test_systemd(kitchen, name):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze")
    failure = (SRCDIR / "contrib" / "mitto-failure@.service").read_bytes()
    mitto = b"ExecStart=" + os.fsencode(MITTO) + b" "
    kitchen.write("units/mitto-failure@.service",
                  failure.replace(b"ExecStart=mitto ", mitto))
    block = RECIPES[name].encode().replace(b"ExecStart=mitto ", mitto)
    if b"ExecStart" not in block:
        block += b"[Service]\nExecStart=/bin/true\n"
    path = kitchen.write("units/job.service", block)
    kitchen.run("systemd-analyze verify --man=no --recursive-errors=no %s"
                % path)
    assert kitchen.err == ""


# Accounts ------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["gmail", "microsoft", "oauth", "two",
                                  "machine"])
def test_accounts(kitchen, name):
    kitchen.write("config", RECIPES[name].encode())
    assert kitchen.run("mitto config check config") == []
    assert kitchen.out == "config: ok\n"


def test_first_account(kitchen, home):
    assert kitchen.run(RECIPES["init"]) == []
    path = home / ".config" / "mitto" / "config"
    assert "provider" in path.read_text()
    assert "mitto probe gmail" in kitchen.out
    assert kitchen.out.endswith("config: ok\n") and kitchen.err == ""


def test_account_of_msmtp(kitchen, home):
    (home / ".msmtprc").write_text("account work\nhost smtp.work.example\n"
                                   "tls on\nsocket /run/x\n")
    assert kitchen.run(RECIPES["import"]) == []
    assert kitchen.out.count("[account work]") == 2
    assert kitchen.err.count(".msmtprc:4: socket: ") == 2
    path = home / ".config" / "mitto" / "config"
    assert "server = smtp.work.example\n" in path.read_text()


def test_root_is_somebody(kitchen):
    kitchen.write("config", RECIPES["machine"].encode())
    kitchen.run("mitto -C config -n -m x root")
    assert "ops@example.org" in kitchen.out


def test_check(kitchen):
    assert kitchen.run(RECIPES["check"]) == []


# In the place of others ------------------------------------------------------------

def test_sendmail(kitchen):
    assert text(kitchen.cook("sendmail")) == "It works.\n"


def test_sendmail_by_a_link(kitchen):
    kitchen.run(RECIPES["sendmail-link"].replace("/usr/sbin",
                                                 str(kitchen.programs)))
    message, = kitchen.run("sendmail -t", stdin=b"To: a@example.org\n\nx\n")
    assert text(message) == "x\n"


def test_mail_by_a_link(kitchen):
    message, = kitchen.run(RECIPES["mail-link"].replace(
        "/usr/local/bin", str(kitchen.programs)))
    assert message["Subject"] == "test" and text(message) == "It works.\n"


def test_php(kitchen):
    if not shutil.which("php"):
        pytest.skip("no php")
    kitchen.write("php.ini", RECIPES["php"].encode())
    message, = kitchen.run(
        "php -n -c php.ini -r \"exit(mail('a@example.org', 'S', 'T') "
        "? 0 : 1);\"")
    assert message["Subject"] == "S" and text(message) == "T\n"


@pytest.fixture
def repository(kitchen):
    if not shutil.which("git"):
        pytest.skip("no git")
    kitchen.run("git init -q && git config user.email jana@example.org && "
                "git config user.name Jana && git add text.txt && "
                "git commit -qm 'Ask to come'")


def test_git_log(kitchen, repository):
    message = kitchen.cook("git-log")
    assert "Ask to come" in text(message)
    assert message["To"] == "team@example.org"


def test_git_send_email(kitchen, repository):
    if b"send-email" not in subprocess.run(
            ["git", "help", "-a"], capture_output=True).stdout:
        pytest.skip("no git send-email")
    kitchen.run(RECIPES["git-send-email"])
    kitchen.run("git format-patch -q -1 --stdout > 1.patch")
    message, = kitchen.run(
        "git send-email -q --confirm=never --to bob@example.org 1.patch")
    assert message["Subject"] == "[PATCH] Ask to come"


# Containers ------------------------------------------------------------------------

def test_container(kitchen, serve):
    other = serve(login=("app", "pw"))
    secret = kitchen.write("secret", b"pw\n")
    secret.chmod(0o600)
    kitchen.run(RECIPES["container"]
                .replace("smtp://relay.example:587", other.url)
                .replace("/run/secrets/smtp", str(secret)))
    message = read(other.messages[0].content)
    assert message["From"] == "app@example.org"
    assert text(message) == "120 rows.\n"


def test_capture(kitchen, server):
    message, = kitchen.run(RECIPES["capture"].replace("localhost:1025",
                                                      server.address))
    assert text(message) == "hello\n"


# Scripts and diagnosis ---------------------------------------------------------------

def test_status(kitchen, serve, closed_port):
    kitchen.cook("status")
    assert kitchen.out == "sent\n"
    kitchen.env["MITTO_SERVER"] = serve(
        replies={"MAIL": "451 4.3.0 Later"}).url
    kitchen.run("MITTO_QUEUE=never\nexport MITTO_QUEUE\n" + RECIPES["status"])
    assert kitchen.out == "later, perhaps\n"
    (kitchen.folder / "report.pdf").unlink()
    kitchen.run(RECIPES["status"])
    assert kitchen.out.startswith("not sent")


def test_thread(kitchen):
    message = kitchen.cook("thread")
    assert message["References"] == kitchen.cook("thread")["References"]
    assert message["Importance"] == "high"


def test_bcc(kitchen):
    message = kitchen.cook("bcc")
    assert sorted(kitchen.envelopes[0].rcpt_tos) == [
        "kim@example.org", "lee@example.org"]
    assert "kim" not in str(message)


def test_conversation(kitchen):
    kitchen.cook("conversation")
    assert "MAIL FROM:<jana@example.org>" in kitchen.err


def test_transcript(kitchen):
    kitchen.cook("transcript")
    assert "RCPT TO" in (kitchen.folder / "talk.txt").read_text()


def test_explain(kitchen):
    (kitchen.folder / "bounce.eml").write_text(
        "Diagnostic-Code: smtp; 552 5.2.2 full\n")
    assert kitchen.run(RECIPES["explain"]) == []
    for word in ("5.7.8 ", "76 ", "5.2.2 "):
        assert word in kitchen.out


def test_config_show(kitchen):
    assert kitchen.run(RECIPES["config-show"]) == []
    assert "server = " in kitchen.out


def test_every_recipe_is_tried():
    with open(__file__) as file:
        source = file.read()
    assert len(RECIPES) > 30
    assert [n for n in RECIPES if '"%s"' % n not in source] == []

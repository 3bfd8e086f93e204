# SPDX-License-Identifier: MIT
"""mitto config import: files as people have them, and what becomes of them."""

import os
import re
import socket
import stat
import subprocess

import pytest

MSMTP = """\
# Set default values for all following accounts.
defaults
auth           on
tls            on
tls_trust_file /etc/ssl/certs/ca-certificates.crt
logfile        ~/.msmtp.log
timeout        30

# Gmail
account        gmail
host           smtp.gmail.com
port           587
from           jana@gmail.com
user           jana@gmail.com
passwordeval   "gpg --quiet --for-your-eyes-only --decrypt ~/.msmtp-gmail.gpg"

# A freemail service
account        freemail
host           smtp.freemail.example
tls_starttls   off
from           "Jana Novak <jana@freemail.example>"
from           *@lists.freemail.example
user           jana
password       canary 'with' #hash
dsn_notify     failure,delay
dsn_return     headers
tls_fingerprint 11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:12:34:56:78
socket         /run/smtp.sock

account freemail2 : freemail
from j2@freemail.example
proxy_host 127.0.0.1
proxy_port 9050

account lan
host   mail.lan
tls    off
auth   off
domain host17.lan
eval   echo port 26

account default : gmail
"""

MSMTP_IS = """\
[defaults]
cacert  = /etc/ssl/certs/ca-certificates.crt
log     = ~/.msmtp.log
timeout = 30
account = gmail

[account gmail]
port             = 587
from             = jana@gmail.com
user             = jana@gmail.com
password-command = gpg --quiet --for-your-eyes-only --decrypt ~/.msmtp-gmail.gpg
server           = smtp.gmail.com
tls              = starttls

[account freemail]
from     = Jana Novak <jana@freemail.example>
match    = *@lists.freemail.example
user     = jana
password = canary 'with' #hash
notify   = failure,delay
return   = hdrs
server   = smtp.freemail.example
tls      = ssl

[account freemail2]
inherit = freemail
from    = j2@freemail.example
proxy   = socks5h://127.0.0.1:9050

[account lan]
helo   = host17.lan
server = mail.lan
tls    = plain
port   = 25
auth   = off
"""

SSMTP = """\
#
# Config file for sSMTP sendmail
#
# The person who gets all mail for userids < 1000
root=ops@work.example

# The place where the mail goes.
mailhub=smtp.gmail.com:587

rewriteDomain=work.example
hostname=host17.work.example
FromLineOverride=YES
UseTLS=YES
UseSTARTTLS=YES
AuthUser=relay@work.example
AuthPass=canary#1 =x
AuthMethod=LOGIN
TLS_CA_File=/etc/ssl/certs/ca-certificates.crt
MinUserId=1000
Debug=NO
"""

REVALIASES = """\
# local:sender:mailhub
root:root@work.example:smtp2.work.example:25
www-data:web@work.example
"""

SSMTP_IS = """\
[account ssmtp]
default-domain = work.example
helo           = host17.work.example
user           = relay@work.example
password       = canary#1 =x
auth           = login
cacert         = /etc/ssl/certs/ca-certificates.crt
server         = smtp.gmail.com
port           = 587
tls            = starttls
from-header    = keep

[alias]
root = ops@work.example

[account root]
inherit = ssmtp
from    = root@work.example
match   = root@*
server  = smtp2.work.example
port    = 25

[account www-data]
inherit = ssmtp
from    = web@work.example
match   = www-data@*
"""

REMOTES = """\
# where all of it goes
smtp.work.example smtp --port=465 --ssl --user=host17 --pass='can ary' --auth-login
backup.work.example smtp --starttls --x509cafile=/etc/ssl/own.pem --frobnicate
"""

NULLMAILER_IS = """\
[account nullmailer]
server   = smtp.work.example
port     = 465
user     = host17
password = can ary
tls      = ssl
auth     = login

[account nullmailer2]
server = backup.work.example
cacert = /etc/ssl/own.pem
tls    = starttls
port   = 25

[defaults]
account             = nullmailer
default-domain      = host17.work.example
helo                = mail.work.example
from                = robot@work.example
allow-from-override = no

[alias]
default = ops@work.example
"""

DMA = """\
# $Id$
#
# Your smarthost (also called relayhost).
SMARTHOST smtp.work.example
PORT 587
ALIASES /etc/aliases
SPOOLDIR /var/spool/dma
AUTHPATH {auth}
SECURETRANSFER
STARTTLS
#OPPORTUNISTIC_TLS
MASQUERADE work.example
MAILNAME host17.work.example
DEFER
FULLBOUNCE
"""

AUTH = """\
# user|smarthost:password
me|other.example:wrong
host17|smtp.work.example:can:ary
"""

DMA_IS = """\
[account dma]
port                = 587
alias-file          = /etc/aliases
server              = smtp.work.example
tls                 = starttls
queue               = always
helo                = host17.work.example
from                = %u@work.example
allow-from-override = no
user                = host17
password            = can:ary
"""

MUTT = """\
# -*- muttrc -*-
set my_user = "jana"
set realname = 'Jana Nováková'
set from="jana@work.example"   # my address
set use_from=yes envelope_from
set smtp_url="smtp://$my_user@smtp.work.example:587/"
set smtp_pass="`pass show mail/work`"
set ssl_starttls=yes
set ssl_force_tls = yes
unset ssl_verify_dates
set sendmail="/usr/bin/msmtp -a work"
set hostname=work.example
set sort=threads sort_aux=last-date-received
set index_format="%4C %Z %{%b %d} %-15.15L (%?l?%4l&%4c?) %s"
color index yellow default "~N"
bind index,pager \\Ck sidebar-prev
macro index A ":set delete=no\\n"
my_hdr X-Team: people; \\
  and others
my_hdr Bcc: archive@work.example
alias ana Ana Malá <ana@work.example>
alias -group team boris boris@work.example, ana@work.example (Ana)
alias broken a@b@c
source ~/.mutt/more
source "gpg -d ~/.mutt/pass.gpg |"
folder-hook work 'set from=jana@other.example'
folder-hook lists 'set sort=date'
"""

MUTT_MORE = "set dsn_notify='failure,delay' dsn_return=hdrs\n"

MUTT_IS = """\
[account mutt]
from-name        = Jana Nováková
from             = jana@work.example
password-command = pass show mail/work
default-domain   = work.example
header           = X-Team: people; and others
bcc              = archive@work.example
notify           = failure,delay
return           = hdrs
user             = jana
server           = smtp.work.example
port             = 587
tls              = starttls

[alias]
ana   = Ana Malá <ana@work.example>
boris = boris@work.example, ana@work.example (Ana)
"""

GIT = """\
[user]
\tname = Jana Nováková
\temail = jana@work.example ; at work
[core]
\teditor = vim
[sendemail]
\tsmtpServer = smtp.gmail.com
\tsmtpserverport = 587
\tsmtpencryption = tls
\tsmtpuser = jana@gmail.com
\tconfirm = auto
\tsuppresscc = self
\tto = list@work.example
\tbcc = archive@work.example
\tidentity = work
\tsmtpbatchsize = 1
[sendemail "work"]
\tsmtpserver = smtp.work.example
\tsmtpencryption = ssl
\tfrom = "Jana #2 <jana@work.example>"
\tsmtpuser = jana
\tsmtppass = "can\\"ary;x"
[alias]
\tco = checkout
"""

GIT_IS = """\
[account git]
port = 587
user = jana@gmail.com
bcc = archive@work.example
server = smtp.gmail.com
tls = starttls
from = Jana Nováková <jana@work.example>

[account work]
from = Jana #2 <jana@work.example>
user = jana
password = can"ary;x
inherit = git
server = smtp.work.example
tls = ssl

[defaults]
account = work
"""


@pytest.fixture
def imported(run_mitto, tmp_path):
    """imported(program, text, *args) -> the result."""
    def run(program, text, *args, name="rc", status=0, **kwargs):
        (tmp_path / name).write_text(text)
        result = run_mitto("config", "import", program, name, *args, **kwargs)
        assert result.status == status, result
        assert "canary" not in result.err
        return result
    return run


def lost(result):
    """What did not come over: {line: key}."""
    return {int(line): key for line, key in re.findall(
        r"(?m)^rc:(\d+): ([^:]+): .", result.err)}


def plain(text):
    """Without the blanks before equals signs."""
    return re.sub(r"(?m)^([\w-]+) +=", r"\1 =", text)


def is_right(run_mitto, result, tmp_path):
    """What was printed is a config file without mistakes."""
    path = tmp_path / "made"
    path.write_bytes(result.out)
    path.chmod(0o600)
    shown = run_mitto("config", "show", "made")
    assert shown.status == 0, shown


def test_msmtp(imported, run_mitto, tmp_path):
    result = imported("msmtp", MSMTP)
    assert result.out.decode() == MSMTP_IS
    assert lost(result) == {27: "tls_fingerprint", 28: "socket", 40: "eval"}
    assert "3 settings did not come over" in result.err
    is_right(run_mitto, result, tmp_path)


@pytest.mark.parametrize("lines, says", [
    ("host h.example", ["server = h.example", "tls = plain", "port = 25"]),
    ("host h.example\ntls", ["tls = starttls", "port = 25"]),
    ("host h.example\ntls on\ntls_starttls off", ["tls = ssl"]),
    ("host 2001:db8::1\ntls on\nport 587", ["server = [2001:db8::1]"]),
    ("host h.example\nuser u", ["user = u", "auth = off"]),
    ("host h.example\nauth cram-md5\nuser u", ["auth = cram-md5"]),
    ("host h.example\nset_from_header on\nfrom a@b.example",
     ["from-header = force"]),
    ("host h.example\nfrom %U+%H@work.example",
     ["from = %u+%h@work.example"]),
    ("host h.example\ntls_certcheck off", ["insecure = yes"]),
    ("host h.example\nallow_from_override off",
     ["allow-from-override = no"]),
    ("host h.example\nsyslog LOG_MAIL", ["syslog = yes"]),
    ("host h.example\ntls_fingerprint " + ":".join(["AB"] * 32),
     ["fingerprint = " + ":".join(["AB"] * 32)]),
    ("host h.example\naliases /etc/aliases\ntimeout off",
     ["alias-file = /etc/aliases"]),
], ids=range(13))
def test_msmtp_keys(imported, lines, says):
    result = imported("msmtp", "account a\n" + lines + "\n")
    made = plain(result.out.decode()).splitlines()
    assert [line for line in says if line not in made] == []
    assert result.err == ""


@pytest.mark.parametrize("line, key", [
    ("auth scram-sha-256", "auth"), ("protocol lmtp", "protocol"),
    ("timeout soon", "timeout"), ("frobnicate 5", "frobnicate"),
    ("logfile -", "logfile"), ("domain %H", "domain"),
    ("remove_bcc_headers off", "remove_bcc_headers"),
    ("tls maybe", "tls"), ("tls_priorities NORMAL", "tls_priorities"),
    ("account b : nobody", "account"), ("account b : b", "account"),
    ("account b : a, b", "account"), ("defaults\nfrom *@x.example", "from"),
    ("from a@b@c", "from"), ("user a:b", "user")])
def test_msmtp_that_has_no_counterpart(imported, line, key):
    result = imported("msmtp", "account a\nhost h.example\n" + line + "\n")
    assert set(lost(result).values()) <= {key} and ": %s: " % key in result.err
    assert "1 setting did not come over" in result.err


def test_ssmtp(imported, run_mitto, tmp_path):
    (tmp_path / "revaliases").write_text(REVALIASES)
    result = imported("ssmtp", SSMTP)
    assert result.out.decode() == SSMTP_IS
    assert lost(result) == {19: "MinUserId", 20: "Debug"}
    is_right(run_mitto, result, tmp_path)


@pytest.mark.parametrize("lines, says", [
    ("mailhub=mail", ["server = mail", "port = 25", "tls = plain"]),
    ("mailhub=h.example\nUseTLS=YES", ["tls = ssl"]),
    ("mailhub=h.example\nusestarttls=yes", ["tls = starttls"]),
    ("mailhub=[2001:db8::1]:26", ["server = [2001:db8::1]", "port = 26"]),
    ("mailhub=2001:db8::1", ["server = [2001:db8::1]", "port = 25"])])
def test_ssmtp_keys(imported, lines, says):
    made = plain(imported("ssmtp", lines).out.decode()).splitlines()
    assert [line for line in says if line not in made] == []


def test_nullmailer(imported, run_mitto, tmp_path):
    for name, value in (("adminaddr", "ops@work.example"),
                        ("me", "host17.work.example"),
                        ("helohost", "mail.work.example"),
                        ("allmailfrom", "robot@work.example"),
                        ("pausetime", "60")):
        (tmp_path / name).write_text(value + "\n")
    result = imported("nullmailer", REMOTES)
    assert result.out.decode() == NULLMAILER_IS
    assert lost(result) == {3: "frobnicate"}
    assert "rc:3: backup.work.example: " in result.err
    assert "pausetime: " in result.err
    is_right(run_mitto, result, tmp_path)


def test_dma(imported, run_mitto, tmp_path):
    (tmp_path / "auth.conf").write_text(AUTH)
    result = imported("dma", DMA.format(auth=tmp_path / "auth.conf"))
    assert result.out.decode() == DMA_IS
    assert lost(result) == {7: "SPOOLDIR", 15: "FULLBOUNCE"}
    assert "auth.conf:2: other.example: " in result.err
    is_right(run_mitto, result, tmp_path)


def test_dma_without_a_smarthost(imported):
    result = imported("dma", "SECURETRANSFER\n", status=78)
    assert "SMARTHOST" in result.err and "config init" in result.hint


def test_mutt(imported, run_mitto, tmp_path, home):
    (home / ".mutt").mkdir()
    (home / ".mutt" / "more").write_text(MUTT_MORE)
    result = imported("mutt", MUTT)
    assert result.out.decode() == MUTT_IS
    assert lost(result) == {10: "ssl_verify_dates", 11: "sendmail",
                            23: "alias", 25: "source", 26: "folder-hook"}
    is_right(run_mitto, result, tmp_path)


@pytest.mark.parametrize("lines, says", [
    ("set smtp_url=smtps://u@h.example", ["server = h.example", "tls = ssl",
                                          "user = u"]),
    ("set smtp_url=smtp://h.example/", ["port = 25", "tls = starttls"]),
    ("set smtp_url='smtp://a%40b.example:c%3Anary@h.example:26'",
     ["user = a@b.example", "password = c:nary", "port = 26"]),
    ("set smtp_url=smtps://me@gmail.com@smtp.gmail.com:465/",
     ["user = me@gmail.com", "server = smtp.gmail.com", "port = 465"]),
    ("set smtp_url=smtp://h.example\nset nossl_starttls ssl_force_tls=no",
     ["tls = plain"]),
    ("set smtp_url=smtps://h.example smtp_authenticators='xoauth2'\n"
     "set smtp_oauth_refresh_command='token.py x'",
     ["auth = xoauth2", "password-command = token.py x"]),
    ("set smtp_url=smtps://h.example smtp_pass=a\\ b",
     ["password = a b"])], ids=range(7))
def test_mutt_keys(imported, lines, says):
    made = plain(imported("mutt", lines + "\n").out.decode()).splitlines()
    assert [line for line in says if line not in made] == []


def test_mutt_runs_nothing(imported, tmp_path):
    result = imported(
        "mutt", "set smtp_url=smtps://h.example\n"
        "set from=`touch ran; echo a@b.example`\n"
        "source 'touch ran|'\n")
    assert lost(result) == {2: "from", 3: "source"}
    assert not (tmp_path / "ran").exists()


def test_mutt_without_a_url(imported):
    result = imported("mutt", "set from=a@b.example\n", status=78)
    assert "smtp_url" in result.err and "mitto sendmail" in result.hint


def test_git(imported, run_mitto, tmp_path):
    result = imported("git", GIT)
    made = result.out.decode()
    hint = [line for line in made.splitlines() if line.startswith("#")]
    assert len(hint) == 1 and "git credential fill" in hint[0]
    assert "smtp.gmail.com" in hint[0]
    assert plain("".join(
        line + "\n" for line in made.splitlines() if line != hint[0])) \
        == GIT_IS
    assert lost(result) == {13: "to", 16: "smtpbatchsize"}
    is_right(run_mitto, result, tmp_path)


def test_git_credential_hint_works(imported, run_mitto, tmp_path):
    """The line it suggests asks git, and gets the password."""
    made = imported("git", GIT).out.decode()
    command = re.search(r"(?m)^# password-command = (.*)$", made).group(1)
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\n[ \"$*\" = 'credential fill' ] || exit 1\n"
                    "cat >%s/asked\necho username=x\necho password=s3cret\n"
                    % tmp_path)
    fake.chmod(0o755)
    done = subprocess.run(["sh", "-c", command], capture_output=True,
                          env={"PATH": "%s:%s" % (fake.parent,
                                                  os.environ["PATH"])})
    assert done.stdout == b"s3cret\n", done
    assert (tmp_path / "asked").read_text() == (
        "protocol=smtp\nhost=smtp.gmail.com:587\nusername=jana@gmail.com\n\n")


def test_git_that_calls_a_program(imported):
    result = imported("git", "[sendemail]\nsmtpserver = /usr/bin/msmtp\n",
                      status=78)
    assert "smtpServer" in result.err and "mitto sendmail" in result.hint


def test_git_includes(imported, tmp_path):
    (tmp_path / "more").write_text("[sendemail]\nsmtpserver = h.example\n")
    made = imported("git", "[include]\npath = more\n").out.decode()
    assert "server = h.example" in plain(made)


# places, names, passwords --------------------------------------------------------

@pytest.mark.parametrize("program, place, text", [
    ("msmtp", ".msmtprc", MSMTP), ("msmtp", ".config/msmtp/config", MSMTP),
    ("mutt", ".muttrc", "set smtp_url=smtps://h.example\n"),
    ("mutt", ".mutt/muttrc", "set smtp_url=smtps://h.example\n"),
    ("git", ".gitconfig", GIT), ("git", ".config/git/config", GIT)])
def test_usual_places(run_mitto, home, program, place, text):
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    result = run_mitto("config", "import", program)
    assert result.status == 0 and b"[account " in result.out, result


@pytest.mark.parametrize("args, status, says", [
    ([], 64, "import PROGRAM"), (["postfix"], 64, "msmtp, ssmtp"),
    (["msmtp", "absent"], 66, "absent"), (["mutt"], 66, "muttrc"),
    (["msmtp", "a", "b"], 64, "'b'"), (["git", "."], 66, "directory")])
def test_nothing_to_import(run_mitto, args, status, says):
    result = run_mitto("config", "import", *args)
    assert result.status == status and says in result.err, result
    assert result.out == b""


@pytest.mark.parametrize("program", ["msmtp", "ssmtp", "nullmailer", "dma",
                                     "mutt", "git"])
@pytest.mark.parametrize("text", [
    "", "\n# nothing\n", "\0\1\2", "=" * 5000, "[" * 5000, "\\\n" * 50,
    "a" * 100000, "account\nhost\n", "set \"", "set a=`", "|:|\n::\n:",
    "source rc\n", "[include]\npath=rc\n"], ids=range(13))
def test_odd_files(imported, program, text, run_mitto, tmp_path):
    (tmp_path / "rc").write_text(text)
    result = run_mitto("config", "import", program, "rc")
    assert result.status in (0, 78), result
    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f]", result.err)


def test_name_of_the_account(imported):
    made = imported("ssmtp", SSMTP, "-A", "relay").out.decode()
    assert "[account relay]" in made and "[account ssmtp]" not in made


def test_no_password_on_a_screen(on_terminal, home):
    (home / ".msmtprc").write_text(MSMTP)
    status, shown = on_terminal("config", "import", "msmtp")
    assert status == 0 and "[account freemail]" in shown, shown
    assert "canary" not in shown
    assert "# password is not shown here" in shown


def test_no_password_in_json(imported):
    result = imported("msmtp", MSMTP, "--json")
    assert b"canary" not in result.out
    said = result.json()
    assert said["ok"] and said["program"] == "msmtp"
    assert said["files"] == ["rc"] and said["file"] is None
    assert said["lost"][1]["where"] == "rc:28"
    assert said["lost"][1]["key"] == "socket" and said["lost"][1]["why"]
    assert "[account lan]" in said["text"]


def test_write(imported, run_mitto, home):
    result = imported("msmtp", MSMTP, "--write")
    path = home / ".config" / "mitto" / "config"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert plain(path.read_text()) == plain(MSMTP_IS)
    assert b"canary" not in result.out
    assert ("%s: added" % path) in result.out.decode()
    assert run_mitto("config", "check").err == ""
    shown = run_mitto("config", "get", "server", "-A", "freemail2")
    assert shown.out == b"smtp.freemail.example\n"


def test_write_beside_what_is_there(imported, config):
    text = "# mine\n[defaults]\ntimeout = 5s\n\n[account lan]\nserver = x\n"
    path = config(text)
    result = imported("msmtp", MSMTP, "--write", status=78)
    assert "'lan'" in result.err and "--force" in result.hint
    assert path.read_text() == text
    imported("msmtp", MSMTP.replace("account lan", "account other"),
             "--write")
    made = path.read_text()
    assert made.startswith("# mine\n[defaults]\ntimeout = 5s\n")
    assert "server = x\n" in made and "[account other]" in made
    imported("msmtp", MSMTP, "--write", "--force")
    assert "server = x\n" not in path.read_text()
    assert "timeout = 30\n" in path.read_text()


def test_what_was_imported_sends(imported, run_mitto, serve, tls_context,
                                 cacert):
    server = serve(tls="starttls", context=tls_context,
                   login=("jana", "can#ary "))
    imported("msmtp", "account a\nhost localhost\nport %d\ntls on\nauth on\n"
             "tls_trust_file %s\nuser jana\npassword \"can#ary \"\n"
             "from jana@work.example\n" % (server.port, cacert), "--write")
    result = run_mitto("-m", "x", "bob@example.org")
    assert result.status == 0, result
    assert server.messages[0].mail_from == "jana@work.example"
    assert server.logins == [("jana", "can#ary ")]


def test_who_comes_from_msmtp_is_told(run_mitto, home):
    """What the hint says works when typed."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 25)) == 0:
            pytest.skip("something listens on port 25 here")
    args = ["-f", "a@home.example", "-m", "x", "bob@example.org"]
    assert "msmtp" not in run_mitto(*args).err
    (home / ".msmtprc").write_text(MSMTP)
    result = run_mitto(*args)
    assert result.status == 78, result
    typed = re.search(r"mitto (config import msmtp --write)", result.hint)
    assert run_mitto(*typed.group(1).split()).status == 0
    assert b"smtp.gmail.com" in run_mitto("config", "get", "server").out

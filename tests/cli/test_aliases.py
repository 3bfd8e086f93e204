# SPDX-License-Identifier: MIT
"""Names of recipients: alias files, the catch-all, names at this host."""

import os
import shutil
import socket
import subprocess

import pytest

HOST = socket.gethostname()
SHORT = HOST.split(".")[0]

FILE = """\
# local names
postmaster: root
Root: ops@work.example,
\tBoris Maly <boris@work.example>
www-data: \\root@work.example
"two words": two@work.example
prog: ana@work.example, "|/usr/bin/vacation ana"
box: /var/mail/ana
list: :include:/etc/list
nobody: /dev/null
"""


@pytest.fixture
def aliases(tmp_path):
    """aliases(text) writes an alias file -> the flags that name it."""
    def write(text=FILE, mode=0o644):
        path = tmp_path / "aliases"
        path.write_text(text)
        path.chmod(mode)
        return ["-O", "alias-file=%s" % path]
    return write


def rcpts(sent):
    return sorted(sent.envelope.rcpt_tos)


# The file ----------------------------------------------------------------

@pytest.mark.parametrize("given, want", [
    ("root", ["boris@work.example", "ops@work.example"]),
    ("ROOT", ["boris@work.example", "ops@work.example"]),
    ("postmaster", ["boris@work.example", "ops@work.example"]),
    ("www-data", ["root@work.example"]),
    ('"two words"', ["two@work.example"]),
    ("root, ana@home.example", ["ana@home.example", "boris@work.example",
                                "ops@work.example"]),
    ("root@localhost", ["boris@work.example", "ops@work.example"]),
    ("root@localhost.localdomain", ["boris@work.example",
                                    "ops@work.example"]),
    ("jana@localhost", ["jana@localhost"]),
    ("root@elsewhere.example", ["root@elsewhere.example"])])
def test_alias_file(send, aliases, given, want):
    sent = send(*aliases(), "-m", "x", given)
    assert rcpts(sent) == want
    assert sorted(a.addr_spec for a in sent.message["To"].addresses) == want


@pytest.mark.parametrize("name", sorted({HOST, SHORT, HOST.upper()}))
def test_names_of_this_host(send, aliases, name):
    sent = send(*aliases(), "-m", "x", "root@" + name)
    assert rcpts(sent) == ["boris@work.example", "ops@work.example"]


def test_names_at_the_default_domain(send, aliases):
    args = [*aliases(), "-O", "default-domain=dd.example", "-m", "x"]
    assert rcpts(send(*args, "root@dd.example")) == [
        "boris@work.example", "ops@work.example"]
    assert rcpts(send(*args, "jana@dd.example")) == ["jana@dd.example"]
    assert rcpts(send(*args, "jana")) == ["jana@dd.example"]


def test_config_key_and_environment(send, run_mitto, server, config, aliases,
                                    tmp_path):
    aliases()
    path = tmp_path / "aliases"
    config("[defaults]\nalias-file = %s\n" % path)
    assert rcpts(send("-m", "x", "www-data")) == ["root@work.example"]
    config("")
    sent = send("-m", "x", "www-data", env={"MITTO_ALIAS_FILE": path})
    assert rcpts(sent) == ["root@work.example"]


def test_section_goes_before_the_file(send, config, aliases):
    config("[alias]\nroot = mine@home.example\nops = www-data\n")
    args = aliases()
    assert rcpts(send(*args, "-m", "x", "root")) == ["mine@home.example"]
    assert rcpts(send(*args, "-m", "x", "postmaster")) == [
        "mine@home.example"]
    assert rcpts(send(*args, "-m", "x", "ops")) == ["root@work.example"]


@pytest.mark.parametrize("name, line, what", [
    ("prog", 7, "command"), ("box", 8, "file"), ("list", 9, "list"),
    ("nobody", 10, "file")])
def test_used_entry_that_is_no_address(refused, aliases, tmp_path, name, line,
                                       what):
    result = refused(78, *aliases(), "-m", "x", name, says=[
        r"aliases:%d: alias '%s' stands for a %s" % (line, name, what),
        "hint: .*%s = ADDRESS" % name])
    assert str(tmp_path) in result.err


def test_nothing_is_run_or_opened(run_mitto, server, aliases, strace,
                                  tmp_path):
    trace = tmp_path / "trace"
    run_mitto("-S", server.url, *aliases(), "-m", "x", "-f",
              "a@home.example", "prog", "box", "list",
              wrapper=[strace, "-f", "-e", "trace=execve,openat", "-o",
                       trace])
    shown = trace.read_text()
    assert "aliases" in shown
    for word in ("vacation", "/var/mail", "/etc/list", "/bin/sh"):
        assert word not in shown


def test_catch_all(send, aliases):
    args = aliases("default: ops@work.example\nana: ana@work.example\n")
    assert rcpts(send(*args, "-m", "x", "whoever")) == ["ops@work.example"]
    assert rcpts(send(*args, "-m", "x", "ana")) == ["ana@work.example"]
    assert rcpts(send(*args, "-m", "x", "x@localhost")) == [
        "ops@work.example"]
    sent = send(*args, "-O", "default-domain=dd.example", "-m", "x",
                "jana@dd.example")
    assert rcpts(sent) == ["jana@dd.example"]


@pytest.mark.parametrize("text, name, status, says", [
    ("a: b\nb: a\n", "a", 78, "contains itself"),
    ("a: a, b@x.example\n", "a", 78, "contains itself"),
    ("a:\n", "a", 78, "no members"),
    ("default: gone\n", "a", 65, "aliases:1: 'gone' has no domain"),
    ("a: b@c@d\n", "a", 78, "aliases:1: bad address"),
    ("a: b x@y.example\n", "a", 78, "aliases:1: bad address"),
    ("".join("a%d: a%d\n" % (i, i + 1) for i in range(20)), "a0", 78,
     "deeper")])
def test_wrong_entries(refused, aliases, text, name, status, says):
    refused(status, *aliases(text), "-m", "x", name, says=says)


def test_circle_with_a_domain_is_an_address(send, aliases):
    """root: root@thishost, as many have it, is no mistake."""
    sent = send(*aliases("root: root@localhost, ana@x.example\n"), "-m", "x",
                "root")
    assert rcpts(sent) == ["ana@x.example", "root@localhost"]


def test_fan_out(refused, aliases):
    rows = ["a%d: %s" % (i, ", ".join(["a%d" % (i + 1)] * 10))
            for i in range(9)]
    refused((65, 78), *aliases("\n".join(rows) + "\na9: x@y.example\n"),
            "-m", "x", "a0", timeout=10, says="recipients")


def test_bad_line_does_no_harm_and_is_named(send, refused, aliases):
    args = aliases("root ops@work.example\nana: ana@work.example\n")
    assert rcpts(send(*args, "-m", "x", "ana")) == ["ana@work.example"]


def test_bad_line_is_named(refused, aliases):
    result = refused(65, *aliases("root ops@work.example\n"), "-m", "x",
                     "root", says="'root' has no domain")
    assert "line 1" in result.hint and "root: YOU@DOMAIN" in result.hint


# Nobody knows ------------------------------------------------------------

def test_hint_is_the_line_to_write(refused, aliases, tmp_path):
    result = refused(65, *aliases(), "-m", "x", "rot",
                     says="'rot' has no domain")
    assert '"rot: YOU@DOMAIN"' in result.hint
    assert str(tmp_path / "aliases") in result.hint


def test_hint_without_a_file(refused):
    result = refused(65, "-O", "alias-file=none", "-m", "x", "root",
                     says="'root' has no domain")
    assert '"root = YOU@DOMAIN"' in result.hint
    assert "[alias]" in result.hint and "default-domain" in result.hint
    assert "mitto.conf" in result.hint or "mitto/config" in result.hint


# Whether it is believed --------------------------------------------------

def test_missing_file(refused, send):
    missing = ["-O", "alias-file=missing"]
    refused(78, *missing, "-m", "x", "root", says="'missing'")
    send(*missing, "-m", "x", "ana@x.example")


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o602])
def test_file_that_others_can_change(refused, aliases, mode):
    refused(77, *aliases(mode=mode), "-m", "x", "root",
            says=["others can change", "chmod go-w"])


def test_file_of_another_user(refused, aliases, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    args = aliases()
    os.chown(tmp_path / "aliases", 65534, 65534)
    refused(77, *args, "-m", "x", "root", says="another user")


@pytest.mark.parametrize("file", ["/dev/null", "/tmp"])
def test_no_regular_file(refused, file):
    refused(78, "-O", "alias-file=" + file, "-m", "x", "root",
            says="no regular file")


def test_bytes_that_are_no_text(refused, tmp_path):
    (tmp_path / "aliases").write_bytes(b"root: a@x.example\0, b@y.example\n")
    refused(78, "-O", "alias-file=aliases", "-m", "x", "root",
            says="no text")


# mitto config check ------------------------------------------------------

def test_config_check(run_mitto, config, aliases, tmp_path):
    path = tmp_path / "aliases"
    config("[defaults]\nalias-file = %s\n" % path)
    result = run_mitto("config", "check")
    assert result.status == 78 and "aliases" in result.err, result
    aliases(FILE)
    result = run_mitto("config", "check")
    assert result.status == 0, result
    assert "aliases: ok" in result.out.decode()
    aliases("root: ops@work.example\nbroken line\n")
    result = run_mitto("config", "check")
    assert result.status == 78, result
    assert "aliases:2: the line is no entry" in result.err


# The default file --------------------------------------------------------

@pytest.fixture
def other_etc(tmp_path):
    """other_etc(name=text, ...) -> a wrapper under which /etc has these."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare")
    etc = tmp_path / "etc"
    etc.mkdir()
    for name in ("passwd", "group", "hosts", "nsswitch.conf", "host.conf",
                 "resolv.conf"):
        if os.path.exists("/etc/" + name):
            shutil.copy("/etc/" + name, etc / name)
    command = [unshare, "-m" if os.geteuid() == 0 else "-rm", "sh", "-c",
               'mount --bind "$0" /etc && exec "$@"', str(etc)]
    if subprocess.run([*command, "true"], capture_output=True,
                      timeout=20).returncode != 0:
        pytest.skip("no mount namespaces here")

    def write(**files):
        for name, text in files.items():
            (etc / name).write_text(text)
            (etc / name).chmod(0o644)
        return command
    return write


def test_default_file(send, other_etc):
    wrapper = other_etc(aliases="root: ops@work.example\n")
    sent = send("-m", "x", "root", wrapper=wrapper)
    assert rcpts(sent) == ["ops@work.example"]


@pytest.mark.parametrize("args", [["-O", "alias-file=none"], ["-C", "none"]])
def test_default_file_can_be_left_out(refused, other_etc, args):
    refused(65, *args, "-m", "x", "root", says="'root' has no domain",
            wrapper=other_etc(aliases="root: ops@work.example\n"))


def test_unused_command_in_the_default_file(send, other_etc):
    wrapper = other_etc(aliases="root: |cmd\nbroken line\n")
    assert rcpts(send("-m", "x", "a@x.example", wrapper=wrapper)) == [
        "a@x.example"]


def test_mailname_is_this_host(send, other_etc):
    wrapper = other_etc(aliases="root: ops@work.example\n",
                        mailname="mail.home.example\n")
    sent = send("-m", "x", "root@mail.home.example", "jana@Mail.home.example",
                wrapper=wrapper)
    assert rcpts(sent) == ["jana@Mail.home.example", "ops@work.example"]


def test_full_name_of_the_hosts_file(send, other_etc):
    wrapper = other_etc(
        aliases="root: ops@work.example\n",
        hosts="127.0.0.1 localhost\n127.0.1.1 box.home.example %s\n" % HOST)
    sent = send("-m", "x", "root@box.home.example", wrapper=wrapper)
    assert rcpts(sent) == ["ops@work.example"]


# Shown in a message that has its header ----------------------------------

def finished(*lines):
    return "\n".join(("From: ana@home.example",) + lines
                     + ("", "text", "")).encode()


def test_header_is_completed(send, aliases):
    sent = send("-t", *aliases(), sender=None, stdin=finished(
        "To: Root, carl@x.example", "Cc: www-data (the web)",
        "Subject: kept", "Bcc: postmaster"))
    assert rcpts(sent) == ["boris@work.example", "carl@x.example",
                           "ops@work.example", "root@work.example"]
    assert str(sent.message["To"]) == (
        "ops@work.example, Boris Maly <boris@work.example>, carl@x.example")
    assert str(sent.message["Cc"]) == "root@work.example"
    head = sent.content.split(b"\r\n\r\n")[0]
    assert head.index(b"\r\nTo:") < head.index(b"\r\nCc:") < head.index(
        b"\r\nSubject:")


def test_default_domain_completes_the_header(send):
    sent = send("-t", "-O", "default-domain=dd.example", sender=None,
                stdin=finished("To: Jana <jana>, team: bo, x@x.example;",
                               "Reply-To: help"))
    assert str(sent.message["To"]) == (
        "Jana <jana@dd.example>, team: bo@dd.example, x@x.example;")
    assert str(sent.message["Reply-To"]) == "help@dd.example"


def test_encoded_names_stay_what_they_were(send, aliases):
    sent = send("-t", *aliases(), sender=None, stdin=finished(
        "To: =?utf-8?q?=C5=BDluva?= <x@x.example>, www-data"))
    assert str(sent.message["To"]) == (
        "Žluva <x@x.example>, root@work.example")


def test_raw_is_completed_too(send):
    """cron: the recipient is an operand, To names the user."""
    sent = send("--raw", "ops@work.example", "-O", "alias-file=none",
                stdin=finished("To: stranger"), sender=None)
    assert rcpts(sent) == ["ops@work.example"]
    address, = sent.message["To"].addresses
    assert address.username == "stranger" and address.domain


def test_complete_addresses_are_not_touched(send, aliases):
    line = "To: \"B, M\"  <b@x.example> (note),\n\tc@x.example"
    sent = send("-t", *aliases(), sender=None, stdin=finished(line))
    assert line.replace("\n", "\r\n").encode() in sent.content

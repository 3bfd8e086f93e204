# SPDX-License-Identifier: MIT
"""Hostile values: each ends with its status and text, and nothing is sent."""

import ctypes
import os
import re
import time

import pytest

from program import MITTO, SLOW
from receive import body_of, check_wire, leaves, read, text

BOB = "bob@example.org"
CONTROLS = {"lf": "\n", "cr": "\r", "crlf": "\r\n", "bel": "\x07",
            "esc": "\x1b[31m", "del": "\x7f", "soh": "\x01"}

# Every option whose value goes into the message or the envelope, with a
# value that is right but for the place of the braces.
VALUES = [
    ("--subject", "a{}b"), ("--to", "a{}b@example.org"),
    ("--to", "Name{} <a@example.org>"), ("--to", "a@example.org{}"),
    ("--to", "a@example.org (comment{})"), ("--to", '"a{}b"@example.org'),
    ("--cc", "a{}b@example.org"), ("--bcc", "a{}b@example.org"),
    ("--from", "a{}b@example.org"), ("--from", "Name{} <a@example.org>"),
    ("--from-name", "Ana{}"), ("--reply-to", "a@ex{}ample.org"),
    ("--envelope-from", "a{}@example.org"), ("--header", "X-A: b{}c"),
    ("--header", "X-A{}: b"), ("--in-reply-to", "<a{}@example.org>"),
]
EVERY = bytes(range(256)) * 100
INJECTION = "\r\nBcc: hidden@example.net"


def sender_for(option):
    return None if option == "--from" else "ana@home.example"


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("option, value", VALUES)
def test_control_in_a_value(refused, option, value, control):
    refused(65, option, value.replace("{}", CONTROLS[control]), "-m", "x",
            BOB, sender=sender_for(option))


@pytest.mark.parametrize("option, value", VALUES)
def test_injection_names_the_culprit_and_escapes(refused, option, value):
    result = refused(65, option, value.replace("{}", INJECTION), "-m", "x",
                     BOB, sender=sender_for(option))
    assert re.search(option.lstrip("-") + "|recipient|address|header",
                     result.err)
    assert not re.search(r"(?m)^Bcc: hidden", result.err)


@pytest.mark.parametrize("char", ["\u0085", "\u2028", "\u2029", "\u202e",
                                  "\u2066", "\ufeff", "\t"], ids=ascii)
@pytest.mark.parametrize("option, value", [
    ("--subject", "a{}b"), ("--from-name", "a{}b"),
    ("--to", '"a{}b" <bob@example.org>'), ("--header", "X-A: a{}b")])
def test_odd_characters_are_refused_or_kept(run_mitto, server, option, value,
                                            char):
    """Such a character may travel encoded; it never acts."""
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       option, value.replace("{}", char), BOB)
    assert result.status in (0, 65), result
    assert char == "\t" or char not in result.err
    for envelope in server.messages:
        check_wire(envelope.content)
        message = read(envelope.content)
        name = {"--subject": "Subject", "--from-name": "From",
                "--to": "To", "--header": "X-A"}[option]
        assert re.search("a" + char + "b|a b", str(message[name]))


OTHERS = [
    ("--server", "127.0.0.1{}", (64, 65, 68)),
    ("--server", "smtp://127.0.0.1:25/%0d%0a{}", (64, 65)),
    ("--server", "smtp://h.example/a{}", (64, 65)),
    ("--port", "25{}", (64, 65)), ("--tls", "plain{}", (64, 65)),
    ("--timeout", "10{}", (64, 65)), ("--auth", "plain{}", (64, 65)),
    ("--helo", "a{}.example", (64, 65)), ("--account", "a{}", (64, 65, 78)),
    ("--provider", "gmail{}", (64, 65, 78)),
    ("--charset", "utf-8{}", (64, 65)),
    ("--type", "text/plain{}", (64, 65)), ("--priority", "high{}", (64, 65)),
    ("--max-size", "10{}", (64, 65)), ("--queue", "never{}", (64, 65)),
    ("--progress", "never{}", (64, 65)), ("--color", "never{}", (64, 65)),
    ("--set", "helo{}=a.example", (64, 65, 78)),
    ("--set", "helo=a{}.example", (64, 65, 78)),
    ("--set", "from-name=a{}b", (64, 65, 78)),
    ("--fingerprint", "00{}", (64, 65)), ("--proxy", "socks5://h{}", (64, 65)),
    ("--config", "a{}", (65, 66, 77, 78)),
    ("--cacert", "a{}", (0, 65, 66, 72, 78)),
    ("--body", "a{}", (66,)), ("--html", "a{}", (66,)),
    ("--attach", "a{}", (65, 66)), ("--inline", "a{}", (65, 66)),
    ("--interface", "lo{}", (64, 65, 75, 78)),
    ("--password-file", "a{}", (66, 77, 78, 0)),
]


@pytest.mark.parametrize("control", ["lf", "esc"])
@pytest.mark.parametrize("option, value, statuses", OTHERS)
def test_control_in_another_value(run_mitto, server, option, value, statuses,
                                  control):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       option, value.replace("{}", CONTROLS[control]), BOB)
    assert result.status in statuses, result
    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f]", result.err), result
    if result.status != 0:
        assert result.err.startswith("mitto: "), result
        assert server.messages == []


# Addresses ---------------------------------------------------------------

BAD = [
    "|sh", "/etc/passwd", ":include:/x", "|sh@", "a@b@c.example", "a@", "@b",
    "@", "a b@c.example", "<a@b.example", "a@b.example>", "<>",
    "a@b.example> SIZE=1", "<a@b.example> SIZE=1", "a@b.example<c@d.example>",
    "a@b.example, c@d.example; e@f.example", "a@b.example c@d.example",
    "a..b@c.example", ".a@c.example", "a.@c.example", "a@b..example",
    "a@.example", "a@b.example..", "a@b_c d", 'a"b"@c.example',
    '"unterminated@c.example', "a@[127.0.0.1", "a@[999.1.1.1]",
    "a@b.example (", "a@b.example )", "(" * 1000 + "a@b.example",
    "group: a@b.example", "a@" + "x" * 64 + ".example",
    "a@" + ".".join(["label"] * 60), "a,b@c.example", "a@b.example,,,;",
    "\\a@b.example", "a@exa mple.org", "a@-", "a:b@c.example",
    "a@b.example\u202e", "a@\u2028.example", "foo",
    "a@xn--\u00e9.example", "a@ex\u00adample\u2024org@x",
]


@pytest.mark.parametrize("address", BAD, ids=lambda a: ascii(a)[:40])
def test_bad_recipient(refused, address):
    started = time.monotonic()
    refused(65, "-m", "x", "--to", address, BOB)
    assert time.monotonic() - started < 5 * SLOW


@pytest.mark.parametrize("option", ["--cc", "--bcc", "--reply-to", "--from"])
@pytest.mark.parametrize("address", ["|sh", "a@b@c.example", "<a@b.example",
                                     "a@b.example> SIZE=1"])
def test_bad_address_elsewhere(refused, option, address):
    refused(65, option, address, "-m", "x", BOB,
            sender=None if option == "--from" else "ana@home.example")


def test_not_a_file_or_command(refused):
    refused(65, "-m", "x", "|sh", says="address")
    refused(65, "-m", "x", "/etc/passwd", says="address")
    refused(65, "-m", "x", ":include:/x", says="address")


def test_no_domain_is_named(refused):
    refused(65, "-m", "x", "foo", says=["foo", "domain"])


def test_position_of_the_mistake(refused):
    refused(65, "-m", "x", "a@b.example, c@d.example; e@f.example",
            says=[r"a@b\.example, c@d\.example; e@f\.example|;"])


@pytest.mark.parametrize("char", ["(", "<", '"', ",", "\\", ":", "[", "@",
                                  ".", " "])
def test_long_nonsense_is_quickly_refused(refused, char):
    started = time.monotonic()
    refused((64, 65), "-m", "x", "--", char * 100000)
    assert time.monotonic() - started < 5 * SLOW


def test_long_error_text_is_cut(refused):
    result = refused(65, "-m", "x", "a" * 50000 + "@@b")
    assert len(result.err) < 4000


def test_nested_comments(run_mitto, server):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "(" * 40 + ")" * 40 + " bob@example.org")
    assert result.status in (0, 65), result
    assert server.rcpts in ([], [BOB])


def test_dash_addresses(run_mitto, server, tmp_path):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "-Xlog@x")
    assert result.status == 64, result
    assert "--" in result.err
    assert os.listdir(tmp_path) == ["home"] and server.messages == []


def test_dash_address_after_the_dashes(send):
    sent = send("-m", "x", "--", "-Xlog@x.example")
    assert sent.envelope.rcpt_tos == ["-Xlog@x.example"]


def test_ten_thousand_and_one_recipients(refused):
    refused(65, "-m", "x", *["r%d@example.org" % i for i in range(10001)],
            says=r"10[ ,.']?000")


def test_two_mebibytes_of_recipients(refused):
    refused(65, "-m", "x", *["r%06d@example.org" % i for i in range(60000)])


def test_long_list_in_one_operand(refused):
    refused(65, "-m", "x", ",".join("r%d@x.eu" % i for i in range(10500)),
            says=r"10[ ,.']?000")


def test_thousands_of_recipients_go_in_batches(run_mitto, server):
    names = ["r%d@example.org" % i for i in range(2500)]
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       *[word for name in names for word in ("-b", name)])
    assert result.status == 0, result
    assert sorted(server.rcpts) == sorted(names)
    assert [len(m.rcpt_tos) for m in server.messages] == [1000, 1000, 500]
    assert len({m.content for m in server.messages}) == 1


# Headers that are not the user's to set -----------------------------------

@pytest.mark.parametrize("name", [
    "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    "Return-Path", "Bcc", "Resent-Bcc", "bcc", "BCC "])
def test_structural_headers(run_mitto, server, name):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "-H", name + ": hidden@example.net", BOB)
    assert result.status in (0, 64, 65), result
    for envelope in server.messages:
        assert b"hidden" not in envelope.content


@pytest.mark.parametrize("header", [
    "X Y: z", "X\tY: z", "X(Y): \x01", ":", ": x", "X", "X\x7f: y", "Ž: y",
    "x" * 100 + "\n: y", "From : eve@x.example\nX: y"])
def test_bad_header_names(refused, header):
    refused((64, 65), "-H", header, "-m", "x", BOB)


@pytest.mark.parametrize("header", ["From: eve@x.example",
                                    "To: eve@x.example",
                                    "Subject: other",
                                    "Sender: eve@x.example",
                                    "Reply-To: eve@x.example"])
def test_headers_with_options_of_their_own(run_mitto, server, header):
    """Taken for the option, or refused; never a second header."""
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "-s", "s", "--reply-to", "r@home.example",
                       "-H", header, BOB)
    assert result.status in (0, 64, 65), result
    for envelope in server.messages:
        read(envelope.content)


# The process -------------------------------------------------------------

def test_argc_zero(make_env):
    libc = ctypes.CDLL(None, use_errno=True)
    env = [("%s=%s" % pair).encode() for pair in make_env().items()]
    argv = (ctypes.c_char_p * 1)(None)
    envp = (ctypes.c_char_p * (len(env) + 1))(*env, None)
    pid = ctypes.c_int()
    assert libc.posix_spawn(ctypes.byref(pid), os.fsencode(MITTO), None,
                            None, argv, envp) == 0
    _, status = os.waitpid(pid.value, 0)
    assert os.waitstatus_to_exitcode(status) == 64


@pytest.mark.parametrize("name", [" ", "x" * 5000, "mitto\n", "./mitto",
                                  "\x1b[31m"], ids=ascii)
def test_odd_argv0(spawn, server, name):
    null = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    assert spawn([name, "-S", server.url, "-f", "a@home.example", "-m", "x",
                  BOB], null) == 0
    assert len(server.messages) == 1


@pytest.mark.parametrize("args", [[""], ["-"], ["--"], ["-m"], ["--subject"],
                                  ["--", ""], ["-s", "x", "--"], ["---"],
                                  ["--="], ["--=x"], ["-\x01", "x"],
                                  ["--\x1b[31m"], ["--subject\n=x"], ["-é"],
                                  ["--né"], ["-", BOB]])
def test_odd_arguments(refused, args):
    refused((64, 65), *args, sender=None)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2),
                                    (0, 1, 2)], ids=str)
def test_closed_descriptors(spawn, server, tmp_path, closed):
    """Nothing meant for the screen ends up in a file or a connection."""
    path = tmp_path / "a.bin"
    path.write_bytes(EVERY)
    actions = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0)
               for fd in (0, 1, 2)]
    actions += [(os.POSIX_SPAWN_CLOSE, fd) for fd in closed]
    status = spawn([MITTO, "-v", "-S", server.url, "-f", "a@home.example",
                    "-m", "hello", "-a", str(path), BOB], actions)
    assert status == 0 or (0 in closed and status in (66, 74))
    assert path.read_bytes() == EVERY
    assert len(server.messages) == (status == 0)
    for envelope in server.messages:
        assert body_of(leaves(read(envelope.content))[-1]) == EVERY


def test_closed_stdin_without_a_text(refused):
    refused(66, BOB, wrapper=["/bin/sh", "-c", 'exec "$@" <&-', "sh"],
            says="stdin|standard input")


def test_stdin_is_a_directory(refused, tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    refused((66, 74), BOB, stdin=fd)
    os.close(fd)


def test_stdin_for_writing_only(refused):
    fd = os.open(os.devnull, os.O_WRONLY)
    refused((66, 74), BOB, stdin=fd)
    os.close(fd)


def test_stdin_that_fails_while_it_is_read(run_mitto, server, tmp_path,
                                           strace):
    path = tmp_path / "body"
    path.write_bytes(b"line\n" * 100000)
    with open(path, "rb") as stdin:
        result = run_mitto(
            "-S", server.url, "-f", "a@home.example", BOB, stdin=stdin,
            wrapper=[strace, "-f", "-o", os.devnull, "-P", str(path),
                     "-e", "inject=read,pread64,readv,mmap:error=EIO:when=2"])
    assert server.messages == []
    assert result.status in (66, 74), result


def test_attachment_that_fails_while_it_is_read(run_mitto, server, tmp_path,
                                                strace):
    path = tmp_path / "a.bin"
    path.write_bytes(os.urandom(1 << 20))
    result = run_mitto(
        "-S", server.url, "-f", "a@home.example", "-m", "x", "-a", path, BOB,
        wrapper=[strace, "-f", "-o", os.devnull, "-P", str(path),
                 "-e", "inject=read,pread64,readv,mmap:error=EIO:when=3"])
    assert server.messages == []
    assert result.status in (66, 74), result


def test_no_home_no_user_no_directory(send, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    leave = 'case "$PWD" in */gone) /bin/rmdir "$PWD";; esac; exec "$@"'
    sent = send("-m", "x", BOB, cwd=gone, wrapper=["/bin/sh", "-c", leave, "sh"],
                env={"HOME": None, "USER": None, "LOGNAME": None,
                     "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None,
                     "XDG_RUNTIME_DIR": None, "LC_ALL": None, "PATH": None,
                     "TMPDIR": "/nonexistent", "TERM": None})
    assert text(sent.message) == "x\n"


def test_no_environment_at_all(send, make_env):
    sent = send("-m", "x", BOB, env={name: None for name in make_env()})
    assert text(sent.message) == "x\n"


def test_big_stdin_with_a_hostile_tmpdir(run_mitto, server):
    """The text may be too big to be kept without a file: 73 to 75, or sent."""
    body = b"line of text\n" * 400000
    result = run_mitto("-S", server.url, "-f", "a@home.example", BOB,
                       stdin=body, env={"TMPDIR": "/nonexistent"})
    assert result.status in (0, 73, 74, 75), result
    for envelope in server.messages:
        assert text(read(envelope.content)).encode() == body
    assert len(server.messages) == (result.status == 0)


def test_nothing_is_left_behind(send, tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    send(BOB, stdin=b"line of text\n" * 200000, env={"TMPDIR": folder})
    assert os.listdir(folder) == []


def test_files_of_magic_look(send, tmp_path):
    """Files made to upset libmagic cost a type at most."""
    rows = {
        "elf": b"\x7fELF\x02\x01\x01" + b"\xff" * 4096,
        "cdf": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4096,
        "zip": b"PK\x03\x04" + b"\xff" * 4096,
        "der": b"\x30\x84\xff\xff\xff\xff" * 500,
        "deep": b"{" * 100000,
    }
    for name, data in rows.items():
        (tmp_path / name).write_bytes(data)
        sent = send("-m", "x", "-a", name, BOB)
        assert body_of(leaves(sent.message)[-1]) == data


def test_server_words_are_escaped(run_mitto, serve):
    words = "550 5.1.1 \x1b]0;title\x07\x1b[31mred\u202e"
    server = serve(replies={BOB: words})
    for more in ([], ["-v"], ["-vv"], ["-vvv"], ["--json"]):
        result = run_mitto("-S", server.url, "-f", "a@home.example", "-m",
                           "x", BOB, *more)
        assert result.status == 67, result
        for output in (result.raw_err, result.out):
            assert not re.search(rb"[\0-\x08\x0b-\x1f\x7f]", output), result
            assert "\u202e".encode() not in output


@pytest.mark.parametrize("args", [
    ["-o", "-", "-m", "x", BOB], ["-n", "-m", "x", BOB], ["--help"],
    ["--version"], ["config", "show"], ["config", "check"],
    ["config", "path"]], ids=" ".join)
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_what_cannot_be_printed_is_an_error(run_mitto, args, redirection):
    if redirection == ">/dev/full" and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    result = run_mitto(*args, wrapper=[
        "/bin/sh", "-c", 'exec "$@" ' + redirection, "sh"])
    assert result.status == 74, result
    assert "cannot write" in result.err, result


def test_a_transcript_that_cannot_be_written_is_told(run_mitto, server):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    result = run_mitto("-S", server.url, "-X", "/dev/full", "-m", "x", BOB)
    assert result.status == 0 and len(server.messages) == 1, result
    assert "warning: the transcript" in result.err, result

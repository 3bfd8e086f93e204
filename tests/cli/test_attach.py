# SPDX-License-Identifier: MIT
"""Attachments: every byte, every name, the right type, or a clear refusal."""

import base64
import hashlib
import io
import os
import random
import threading
import zipfile

import pytest

from receive import attachments, body_of, leaves, read, text

BOB = "bob@example.org"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg==")
RANDOM = random.Random(1).randbytes(100000)


@pytest.fixture
def attach(send, tmp_path):
    """attach(name, data, suffix="") -> the part that arrived."""
    def run(name, data=b"x\n", suffix="", **kwargs):
        (tmp_path / name).write_bytes(data)
        sent = send("-a", name + suffix, "-m", "see", BOB, **kwargs)
        part, = attachments(sent.message)
        assert body_of(part) == data
        assert text(sent.message) == "see\n"
        return part
    return run


# Bytes -------------------------------------------------------------------

DATA = {
    "empty": b"",
    "one": b"x",
    "lf": b"one\ntwo\n",
    "crlf": b"one\r\ntwo\r\n",
    "mixed-ends": b"one\ntwo\r\nthree\rfour\n\r",
    "no-final-newline": b"one\ntwo",
    "trailing-blanks": b"one \ntwo\t\n   \n",
    "dots": b".\n..\n.\r\n.",
    "every-byte": bytes(range(256)) * 3,
    "nul": b"\0",
    "utf-8": "žluťoučký kůň\n".encode(),
    "latin-1": b"caf\xe9\n",
    "utf-16": "hello\n".encode("utf-16"),
    "bom": b"\xef\xbb\xbfhello\n",
    "long-line": b"x" * 100000,
    "from": b"From x\nFrom y\n",
    "random": RANDOM,
    "56": RANDOM[:56], "57": RANDOM[:57], "58": RANDOM[:58],
    "block-1": RANDOM[:65535], "block": RANDOM[:65536],
    "block+1": RANDOM[:65537],
}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("suffix", [".txt", ".bin"])
def test_every_byte_arrives(attach, name, suffix):
    attach("data" + suffix, DATA[name])


@pytest.mark.parametrize("name", DATA)
def test_every_byte_of_stdin_arrives(send, name):
    sent = send("-a", "-;name=data.bin", "-m", "see", BOB, stdin=DATA[name])
    part, = attachments(sent.message)
    assert body_of(part) == DATA[name]
    assert part.get_filename() == "data.bin"
    assert text(sent.message) == "see\n"


def test_ten_mebibytes(attach):
    data = random.Random(2).randbytes(10 << 20)
    part = attach("big.bin", data)
    assert hashlib.sha256(body_of(part)).digest() \
        == hashlib.sha256(data).digest()


def test_attachment_without_text(send, tmp_path):
    (tmp_path / "a.png").write_bytes(PNG)
    sent = send("-a", "a.png", "-s", "x", BOB, stdin=open(os.devnull, "rb"))
    part, = attachments(sent.message)
    assert body_of(part) == PNG


def test_stdin_is_still_the_body(send, tmp_path):
    (tmp_path / "a.png").write_bytes(PNG)
    sent = send("-a", "a.png", BOB, stdin=b"the body\n")
    assert text(sent.message) == "the body\n"
    assert len(attachments(sent.message)) == 1


def test_same_file_twice(send, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a\n")
    sent = send("-a", "a.txt", "--attach=a.txt", "-m", "x", BOB)
    assert [part.get_filename() for part in attachments(sent.message)] \
        == ["a.txt", "a.txt"]


def test_order_is_kept(send, tmp_path):
    names = ["%02d.txt" % i for i in range(20)]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    sent = send(*[word for name in names for word in ("-a", name)],
                "-m", "x", BOB)
    found = attachments(sent.message)
    assert [part.get_filename() for part in found] == names
    assert [body_of(part) for part in found] == [n.encode() for n in names]


def test_mutt_form(send, tmp_path):
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_bytes(b"x\n")
    sent = send("-m", "x", "-a", "a.txt", "b.txt", "c.txt", "--", BOB)
    assert [part.get_filename() for part in attachments(sent.message)] \
        == ["a.txt", "b.txt", "c.txt"]
    assert sent.envelope.rcpt_tos == [BOB]


def test_one_file_and_dashes(send, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x\n")
    sent = send("-m", "x", "-a", "a.txt", "--", BOB)
    assert sent.envelope.rcpt_tos == [BOB]


# Names -------------------------------------------------------------------

NAMES = [
    "plain.txt", "two words.txt", "café.pdf", "cenník.pdf",
    "žluťoučký kůň.txt",
    "馬🐎.bin", 'quo"te.txt', "back\\slash.txt", "semi;colon.txt",
    "100%.txt", "percent%20.txt", "it's.txt", "a'b'c.txt", "comma,.txt",
    "(paren).txt", "a=b.txt", "=?utf-8?q?x?=.txt", "star*.txt",
    "trailing dot.", " lead.txt", "trail ", ".hidden", "CON", "-dash.txt",
    "a:b.txt", "a@b.txt", "<angle>.txt", "[br].txt", "q?.txt",
    "x" * 200 + ".txt", "x" * 255, "ž" * 127, "馬" * 80 + ".txt",
    "no-break\u00a0space.txt", "combining e\u0301.txt",
    "%n%s.txt", "$(id).txt", "`id`.txt", "noextension",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
def test_name(attach, name, tmp_path):
    target = "./" + name if name.startswith("-") else name
    part = attach(target)
    # get_filename() would strip blanks.
    assert part["Content-Disposition"].params["filename"] == name
    assert part["Content-Type"].params["name"] == name
    assert part.get_content_disposition() == "attachment"


@pytest.mark.parametrize("name", ["café.pdf", "馬" * 80 + ".txt"])
def test_utf8_name_is_given_in_both_ways(send, tmp_path, name):
    (tmp_path / name).write_bytes(b"x\n")
    content = send("-a", name, "-m", "x", BOB).content
    assert b"filename*" in content and b"utf-8''" in content.lower()
    assert b"name=\"=?" in content.replace(b"\r\n ", b"").replace(
        b"\r\n\t", b"").lower()


def test_only_the_base_name_travels(send, tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "c.txt").write_bytes(b"x\n")
    sent = send("-a", tmp_path / "a" / "b" / ".." / "c.txt", "-m", "x", BOB)
    part, = attachments(sent.message)
    assert part.get_filename() == "c.txt"
    assert str(tmp_path).encode() not in sent.content


@pytest.mark.parametrize("name", ["a\nb.txt", "a\r\nBcc: x@x.example",
                                  "a\rb.txt", "a\x1b[31m.txt", "\x7f.txt",
                                  "tab\there.txt"],
                         ids=ascii)
def test_control_characters_in_a_name(run_mitto, server, tmp_path, name):
    """Refused, or encoded so that the name comes back as it was."""
    (tmp_path / name).write_bytes(b"x\n")
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-a", name,
                       "-m", "x", BOB)
    assert result.status in (0, 65), result
    assert "\x1b" not in result.err and "\r" not in result.err
    for envelope in server.messages:
        assert b"bcc" not in envelope.content.lower()
        part, = attachments(read(envelope.content))
        assert part.get_filename() == name


@pytest.mark.parametrize("name", ["gpj.\u202excod.exe", "a\u2066b.txt"],
                         ids=ascii)
def test_direction_overrides_in_a_name(refused, tmp_path, name):
    (tmp_path / name).write_bytes(b"x\n")
    refused(65, "-a", name, "-m", "x", BOB)


def test_direction_override_has_a_way_out(send, tmp_path):
    (tmp_path / "gpj.\u202excod.exe").write_bytes(b"x\n")
    sent = send("-a", "gpj.\u202excod.exe;name=clean.exe", "-m", "x", BOB)
    assert attachments(sent.message)[0].get_filename() == "clean.exe"


def test_name_that_is_not_utf8(run_mitto, server, tmp_path):
    name = b"caf\xe9.txt"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b"x\n")
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-a", name,
                       "-m", "x", BOB)
    assert result.status in (0, 65), result
    for envelope in server.messages:
        part, = attachments(read(envelope.content))
        assert part.get_filename().endswith(".txt")


def test_link(send, tmp_path):
    (tmp_path / "target.txt").write_bytes(b"x\n")
    (tmp_path / "link.txt").symlink_to("target.txt")
    sent = send("-a", "link.txt", "-m", "x", BOB)
    assert attachments(sent.message)[0].get_filename() == "link.txt"


def test_dangling_link(refused, tmp_path):
    (tmp_path / "dangling.txt").symlink_to("absent.txt")
    refused(66, "-a", "dangling.txt", "-m", "x", BOB, says="dangling.txt")


# Keys --------------------------------------------------------------------

def test_name_key(attach):
    assert attach("a.txt", suffix=";name=výkaz 1.txt").get_filename() \
        == "výkaz 1.txt"


def test_type_key(attach):
    part = attach("a.txt", suffix=";type=application/x-thing")
    assert part.get_content_type() == "application/x-thing"


def test_charset_key(attach):
    part = attach("a.txt", "žluť\n".encode("iso-8859-2"),
                  suffix=";type=text/plain;charset=iso-8859-2")
    assert part.get_content_charset() == "iso-8859-2"


def test_inline_key(attach):
    part = attach("a.png", PNG, suffix=";inline")
    assert part.get_content_disposition() == "inline"
    assert part.get_filename() == "a.png"


def test_cid_key(attach):
    part = attach("a.png", PNG, suffix=";inline;cid=logo@home.example")
    assert part["Content-ID"] == "<logo@home.example>"


def test_all_keys(attach):
    part = attach("a", b"x", ";name=b.txt;type=text/x-b;charset=utf-8"
                  ";inline;cid=c1")
    assert (part.get_filename(), part.get_content_type(),
            part.get_content_charset(), part.get_content_disposition(),
            part["Content-ID"]) == ("b.txt", "text/x-b", "utf-8", "inline",
                                    "<c1>")


def test_a_file_of_that_whole_name_wins(attach):
    part = attach("a;name=b.txt")
    assert part.get_filename() == "a;name=b.txt"


@pytest.mark.parametrize("value", ["a.txt;nmae=b", "a.txt;type",
                                   "a.txt;name=b;bogus=c"])
def test_unknown_keys(refused, tmp_path, value):
    """Not a key: then it is a file's name, and there is no such file."""
    (tmp_path / "a.txt").write_bytes(b"x\n")
    refused((64, 66), "-a", value, "-m", "x", BOB, says="a.txt")


@pytest.mark.parametrize("suffix", [
    ";type=nonsense", ";type=a/b\r\nX: y", ";type=text/plain; x=y\n",
    ";charset=no such", ";charset=a\r\nb", ";cid=a b", ";cid=<a>b",
    ";cid=a\r\nX: y", ";cid=", ";name=a\x07b"])
def test_bad_values_of_keys(refused, tmp_path, suffix):
    (tmp_path / "a.txt").write_bytes(b"x\n")
    refused((64, 65, 66), "-a", "a.txt" + suffix, "-m", "x", BOB)


def test_slash_in_the_name_key(run_mitto, server, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x\n")
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "-a", "a.txt;name=../../etc/passwd", BOB)
    assert result.status in (0, 64, 65), result
    for envelope in server.messages:
        name = attachments(read(envelope.content))[0].get_filename()
        assert "/" not in name


# Types -------------------------------------------------------------------

def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


TYPES = [
    ("a.png", PNG, "image/png"),
    ("png-without-extension", PNG, "image/png"),
    ("png-called.txt", PNG, "image/png"),
    ("a.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "application/pdf"),
    ("a.gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,", "image/gif"),
    ("a.json", b'{"a": [1, 2, 3]}\n', "application/json"),
    ("a.csv", b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "text/csv"),
    ("a.zip", zipped(readme="hello"), "application/zip"),
    ("a.svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/'
     b'svg" width="1" height="1"></svg>\n', "image/svg+xml"),
    ("a.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
     "text/calendar"),
    ("a.sh", b"#!/bin/sh\necho hi\n", "text/x-shellscript"),
    ("a.txt", b"just some words\n", "text/plain"),
    ("a.log", b"just some words\n", "text/plain"),
    ("words", b"just some words\n", "text/plain"),
    ("a.html", b"<p>a fragment\n", "text/html"),
    ("a.css", b"p { color: red }\n", "text/css"),
    ("a.md", b"# Title\n\ntext\n", "text/markdown"),
    ("a.bin", b"\x00\x01\x02\x03\xfe\xff", "application/octet-stream"),
    ("empty.bin", b"", "application/octet-stream"),
    ("empty", b"", "application/octet-stream"),
]


@pytest.mark.parametrize("name, data, kind", TYPES,
                         ids=[row[0] for row in TYPES])
def test_type(attach, name, data, kind):
    assert attach(name, data).get_content_type() == kind


def test_type_of_an_empty_text(attach):
    assert attach("empty.txt", b"").get_content_type() in (
        "text/plain", "application/octet-stream")


def test_charset_stands_with_text_only(attach):
    assert attach("a.txt", "žluť\n".encode()).get_content_charset() == "utf-8"
    assert attach("a.pdf", b"%PDF-1.4\n").get_content_charset() is None
    assert attach("a.png", PNG).get_content_charset() is None


def test_text_is_not_called_utf8_if_it_is_not(attach):
    assert attach("a.txt", b"caf\xe9 \xe0 la carte\n") \
        .get_content_charset() != "utf-8"


def test_no_magic_database(attach):
    """Without libmagic's database the name decides and the mail goes out."""
    env = {"MAGIC": "/nonexistent.mgc"}
    assert attach("a.pdf", b"%PDF-1.4\n", env=env, warns=True) \
        .get_content_type() == "application/pdf"


# Refusals ----------------------------------------------------------------

def test_missing(refused, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x\n")
    refused(66, "-a", "a.txt", "-a", "absent.pdf", "-m", "x", BOB,
            says="absent.pdf")


def test_missing_with_control_characters(refused):
    refused((65, 66), "-a", "ab\x1b[31msent\r.pdf", "-m", "x", BOB)


@pytest.mark.parametrize("name", ["", "absent/"])
def test_no_name(refused, name):
    refused((64, 66), "-a", name, "-m", "x", BOB)


def test_directory(refused, tmp_path):
    (tmp_path / "photos").mkdir()
    refused(66, "-a", "photos", "-m", "x", BOB, says=["photos", "tar"])


def test_fifo(refused, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    refused(66, "-a", "fifo", "-m", "x", BOB, says="regular file")


@pytest.fixture
def shell_pipe():
    """shell_pipe(data) -> the end to read of a pipe that another writes."""
    writers = []

    def run(data):
        reading, writing = os.pipe()

        def write():
            with open(writing, "wb") as end:
                end.write(data)
        writers.append(threading.Thread(target=write))
        writers[-1].start()
        return reading
    yield run
    for writer in writers:
        writer.join()


@pytest.mark.parametrize("folder", ["/dev/fd", "/proc/self/fd"])
@pytest.mark.parametrize("size", [0, 1, 3 << 20])
def test_output_of_a_command(send, shell_pipe, folder, size):
    data = random.Random(size).randbytes(size)
    with open(shell_pipe(data), "rb") as end:
        sent = send("-a", "%s/%d;name=x.bin" % (folder, end.fileno()), "-m",
                    "see", BOB, pass_fds=[end.fileno()])
    part, = attachments(sent.message)
    assert (part.get_filename(), body_of(part)) == ("x.bin", data)


def test_output_of_a_command_without_a_name(send, shell_pipe):
    with open(shell_pipe(b"x\n"), "rb") as end:
        sent = send("-a", "/dev/fd/%d" % end.fileno(), "-m", "see", BOB,
                    pass_fds=[end.fileno()])
    part, = attachments(sent.message)
    assert part.get_filename() == "attachment"


def test_output_of_a_command_as_text(send, shell_pipe):
    for flag in ["--body", "--html"]:
        with open(shell_pipe(b"made\n"), "rb") as end:
            sent = send(flag, "/dev/fd/%d" % end.fileno(), BOB,
                        pass_fds=[end.fileno()])
        assert text(sent.message) == "made\n"


def test_other_descriptors(refused, tmp_path):
    """Only what is a pipe; and nothing of the program's own."""
    for number in [0, 1, 2, 999]:
        refused(66, "-a", "/dev/fd/%d" % number, "-m", "x", BOB)
    refused(66, "-a", "/dev/fd/", "-m", "x", BOB)
    refused(66, "-a", "/dev/fd/3x", "-m", "x", BOB)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_device(refused, path):
    refused(66, "-a", path, "-m", "x", BOB, says=path)


@pytest.mark.parametrize("url", ["http://example.org/a.pdf",
                                 "https://example.org/a.pdf",
                                 "file:///etc/passwd", "ftp://h.example/x",
                                 "phar://x"])
def test_url(refused, url):
    refused(66, "-a", url, "-m", "x", BOB, says="URL|fetch")


def test_unreadable(humble, server):
    run, folder = humble
    path = folder / "secret.pdf"
    path.write_bytes(b"x")
    path.chmod(0)
    result = run("-S", server.url, "-f", "a@home.example", "-a", path,
                 "-m", "x", BOB)
    assert result.status in (66, 77), result
    assert "secret.pdf" in result.err
    assert server.messages == []


def test_stdin_alone(send):
    sent = send("-a", "-;name=x.txt", BOB, stdin=b"x\n")
    assert body_of(attachments(sent.message)[0]) == b"x\n"


@pytest.mark.parametrize("more", [["--body", "-"], ["-a", "-"],
                                  ["--html", "-"]])
def test_stdin_twice(refused, more):
    refused(64, "-a", "-", *more, BOB, stdin=b"x\n", says="stdin|standard")


@pytest.mark.parametrize("limit, size, fits", [
    ("10k", 20000, False), ("10k", 1000, True), ("1M", 20000, True),
    ("20000", 20000, False), ("1", 1, False)])
def test_max_size(refused, send, server, tmp_path, limit, size, fits):
    """The limit is that of the whole message as it travels."""
    (tmp_path / "a.bin").write_bytes(RANDOM[:size])
    args = ["--max-size", limit, "-a", "a.bin", "-m", "x", BOB]
    if fits:
        send(*args)
    else:
        refused(65, *args, says=r"\d")
        assert server.connections == 0


def test_max_size_of_stdin(refused, server):
    refused(65, "--max-size", "50k", BOB, stdin=b"word\n" * 20000)
    assert server.connections == 0


@pytest.mark.parametrize("value", ["", "x", "10x", "-1", "1 0", "1e3",
                                   "99999999999999999999", "k"])
def test_wrong_max_size(refused, value):
    refused(64, "--max-size=" + value, "-m", "x", BOB, says="max-size")


def test_size_offered_by_the_server(run_mitto, serve, tmp_path):
    server = serve(size=50000)
    (tmp_path / "a.bin").write_bytes(RANDOM)
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-a",
                       "a.bin", "-m", "x", BOB)
    assert result.status in (65, 69), result
    assert server.spoken("DATA") == [] and server.messages == []
    assert "50" in result.err


# A file that does not hold still -----------------------------------------

@pytest.mark.parametrize("change", ["truncate", "append"])
def test_file_changes_while_it_is_sent(run_mitto, serve, tmp_path, change):
    path = tmp_path / "a.bin"
    path.write_bytes(RANDOM * 80)

    def touch(_):
        if change == "truncate":
            os.truncate(path, 1000)
        else:
            with open(path, "ab") as file:
                file.write(RANDOM)
    server = serve(before_rcpt=touch)
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-a",
                       "a.bin", "-m", "x", BOB)
    assert result.status == 74, result
    assert "a.bin" in result.err and "changed" in result.err
    assert server.messages == []


def test_proc_file(run_mitto, server):
    """Files that say they are empty are read to their end, or refused."""
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-a",
                       "/proc/version", "-m", "x", BOB)
    assert result.status in (0, 66, 74), result
    for envelope in server.messages:
        part, = attachments(read(envelope.content))
        assert body_of(part) == open("/proc/version", "rb").read()


def test_parts_are_separate(send, tmp_path):
    """A text that holds the boundary's looks does not end a part."""
    (tmp_path / "a.eml").write_bytes(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n")
    sent = send("-a", "a.eml;type=text/plain", "-m", "--b\n--b--", BOB)
    assert len(leaves(sent.message)) == 2


@pytest.mark.parametrize("content, message", [
    (b"", False), (b"hello\r\nworld\r\n", False),
    (b"From ana Mon Nov 23 21:57:12 2026\r\nFrom: a@b.example\r\n", False),
    (b"Received: x\r\nno field\r\n", False),
    (b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n", True)])
def test_only_a_message_is_attached_as_one(send, tmp_path, content, message):
    (tmp_path / "a.eml").write_bytes(content)
    mail = send("-m", "x", "-a", "a.eml", BOB).message
    types = [part.get_content_type() for part in mail.walk()]
    assert ("message/rfc822" in types) == message
    if not message:
        assert body_of(leaves(mail)[1]) == content


@pytest.mark.parametrize("content", [
    b"x", b"x" * 3000, b"one\r\ntwo", b"one\r\n", b"", "ž".encode(),
    "ž\r\n".encode()])
def test_an_attachment_alone_keeps_its_end(send, content):
    """No boundary follows it, and a message ends in CRLF."""
    part = send("-a", "-;name=a.txt", BOB, stdin=content).message
    assert not part.is_multipart()
    assert body_of(part) == content

# SPDX-License-Identifier: MIT
"""Memory does not grow with the message.

The peak is VmHWM, read from /proc when the server has the whole message and
has not answered yet.  (ru_maxrss of wait4 would also count what the parent
was between fork and exec.)
"""

import os
import re
import subprocess

import pytest

from program import MITTO
from receive import Sink

BOB = "bob@example.org"
MIB = 1 << 20
ROOM = 4 * 1024  # kB
SIZE = (1024 if os.environ.get("MITTO_BIG") == "1" else 256) * MIB

pytestmark = pytest.mark.skipif(
    os.environ.get("MITTO_SANITIZED") == "1",
    reason="a sanitizer's memory says nothing about mitto's")


def peak(pid):
    with open("/proc/%d/status" % pid) as file:
        return int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1))


@pytest.fixture
def measure(make_env, tls_context, cacert, tmp_path):
    """measure(tls, *args, feed=0) -> (peak in kB, bytes of the message).

    words is a command line in place of that of mitto's own; before and after
    stand around what is fed.  With a command it is `mitto run`.
    """
    def run(tls, *args, feed=0, words=None, before=b"", after=b"",
            command=()):
        seen = {}

        def at_end():
            seen["peak"] = peak(process.pid)
        sink = Sink(tls_context if tls else None, at_end)
        process = subprocess.Popen(
            [MITTO, *words] if words else
            [MITTO, *["run"][:len(command)],
             "-S", "127.0.0.1:%d" % sink.port, "--tls",
             "ssl" if tls else "plain", "--cacert", cacert, "-f",
             "a@home.example", *args, BOB, *["--"][:len(command)], *command],
            env=make_env({"TMPDIR": tmp_path, "MITTO_TLS": "plain",
                          "MITTO_SERVER": "127.0.0.1:%d" % sink.port}),
            cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL)
        with process:
            line = b"a line of text, and one more of the same kind\n" * 1000
            process.stdin.write(before)
            while feed > 0:
                process.stdin.write(line)
                feed -= len(line)
            _, err = process.communicate(after, timeout=300)
        sink.close()
        assert process.returncode == 0, err
        return seen["peak"], sink.bytes
    return run


@pytest.fixture
def sparse(tmp_path):
    """sparse(size) -> a file of that many zeros which needs no disk."""
    def make(size):
        path = tmp_path / ("file-%d" % size)
        with open(path, "wb") as file:
            file.truncate(size)
        return path
    return make


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_attachment(measure, sparse, tls):
    small, _ = measure(tls, "-m", "x", "-a", sparse(1024))
    large, size = measure(tls, "-m", "x", "-a", sparse(SIZE))
    assert size > SIZE * 4 // 3
    assert large <= small + ROOM, (small, large)


def test_body_on_stdin(measure):
    small, _ = measure(False, feed=1024)
    large, size = measure(False, feed=SIZE)
    assert size > SIZE
    assert large <= small + ROOM, (small, large)


def test_attachment_on_stdin(measure):
    small, _ = measure(False, "-m", "x", "-a", "-;name=x.txt", feed=1024)
    large, size = measure(False, "-m", "x", "-a", "-;name=x.txt",
                          feed=SIZE // 4)
    assert size > SIZE // 4
    assert large <= small + ROOM, (small, large)


def test_finished_message(measure, tmp_path):
    path = tmp_path / "m.eml"
    with open(path, "wb") as file:
        file.write(b"From: a@home.example\nTo: b@example.org\n\n")
        for _ in range(SIZE // 4 // 64000):
            file.write((b"x" * 63 + b"\n") * 1000)
    small, _ = measure(False, "-m", "x")
    large, size = measure(False, "--raw", "--body", path)
    assert size > SIZE // 5
    assert large <= small + ROOM, (small, large)


HEADER = b"Subject: x\n\n"


@pytest.mark.parametrize("words, before, after", [
    (["sendmail", "-i", BOB], HEADER, b""),
    (["sendmail", BOB], HEADER, b".\n"),
    (["sendmail", "-bs"],
     b"MAIL FROM:<a@x.example>\nRCPT TO:<%s>\nDATA\n" % BOB.encode() + HEADER,
     b".\nQUIT\n")], ids=["whole", "to the dot", "SMTP"])
def test_in_place_of_sendmail(measure, words, before, after):
    small, _ = measure(False, words=words, before=before, after=after,
                       feed=1024)
    large, size = measure(False, words=words, before=before, after=after,
                          feed=SIZE)
    assert size > SIZE
    assert large <= small + ROOM, (small, large)


def test_output_of_a_command(measure):
    def output(size, source):
        return measure(False, "--on=always", "--max-size=1G", command=[
            "head", "-c", str(size), source])
    small, _ = output(MIB, "/dev/urandom")
    large, size = output(9 * MIB, "/dev/urandom")
    assert size > 9 * MIB
    assert large <= small + ROOM, (small, large)
    packed, _ = output(SIZE, "/dev/zero")
    assert packed <= small + ROOM, (small, packed)

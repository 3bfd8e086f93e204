# SPDX-License-Identifier: MIT
"""A small message is on its way in no time: what only some mails need is neither
loaded nor asked for by the others."""
import re
import shutil
import zlib

import pytest

BOB = "bob@example.org"

HOST = r"/passwd|/nscd|/mailname|/etc/hosts|/etc/host\.conf"
RAW = ("Date: Mon, 23 Nov 2026 12:00:00 +0000\nMessage-ID: <1@home.example>\n"
       "From: ana@home.example\nTo: bob@example.org\nSubject: x\n\nHello.\n")


@pytest.fixture
def asked(send, strace, tmp_path):
    """asked(*args) sends a message -> what was opened, asked or looked for."""
    def run(*args, **kwargs):
        log = tmp_path / "trace"
        send("-C", "none", *args, **kwargs, wrapper=[
            strace, "-f", "-o", log, "-e", "trace=openat,access,connect"])
        return log.read_text()
    return run


# libmagic ------------------------------------------------------------------

def test_no_file_no_libmagic(asked):
    assert "libmagic" not in asked("-s", "x", "-m", "Hello.", BOB)


def test_a_file_and_libmagic(asked, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\x89PNG\r\n")
    assert "libmagic" in asked("-s", "x", "-m", "y", "-a", "a.bin", BOB)


@pytest.mark.parametrize("library", ["empty", "another"])
def test_no_libmagic(send, tmp_path, library):
    """The name decides then, and the mail goes out."""
    fake = tmp_path / "lib" / "libmagic.so.1"
    fake.parent.mkdir()
    fake.touch()
    if library == "another":
        with open("/proc/self/maps", encoding="utf-8") as maps:
            found = re.search(r"/\S*/libz\.so\S*", maps.read())
        if found is None:
            pytest.skip("%s is built in here" % zlib.__name__)
        shutil.copyfile(found[0], fake)
    (tmp_path / "a.pdf").write_bytes(b"\x89PNG\r\n")
    sent = send("-v", "-s", "x", "-m", "y", "-a", "a.pdf", BOB, warns=True,
                env={"LD_LIBRARY_PATH": fake.parent})
    assert "file types are taken from names only: " in sent.result.err
    assert "libmagic.so.1: " in sent.result.err
    part, = [p for p in sent.message.walk() if p.get_filename()]
    assert part.get_content_type() == "application/pdf"


# The user and the names of the host ----------------------------------------

@pytest.mark.parametrize("args, stdin", [
    (["-s", "x", "-m", "Hello."], ""), (["--raw"], RAW), (["-t"], RAW)])
def test_the_sender_is_known(asked, args, stdin):
    """Nobody has to be asked who he is, nor what is at this host."""
    recipients = [] if "-t" in args else [BOB]
    assert not re.search(HOST, asked(*args, *recipients, stdin=stdin.encode()))


def test_the_sender_is_not_known(asked):
    assert re.search(r"/passwd|/nscd",
                     asked("-s", "x", "-m", "y", BOB, sender=None))


def test_a_name_alone(asked):
    """Its domain stands in a file of this host."""
    assert "/mailname" in asked(stdin=RAW.replace("bob@example.org", "bob")
                                .encode(), *["--raw", BOB])


def test_aliases_want_the_names(asked, tmp_path):
    """There, bob@thishost is as good as bob."""
    (tmp_path / "aliases").write_text("carl: bob\n")
    assert "/etc/hosts" in asked(
        "-O", "alias-file=aliases", "-s", "x", "-m", "y", BOB)

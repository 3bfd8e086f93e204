# SPDX-License-Identifier: MIT
"""Composing: text, headers, HTML and charsets, read back by Python's email."""

import base64
import datetime
import email.header
import email.utils
import os
import pty
import re
import threading

import pytest

from receive import (attachments, body_of, check_wire, leaves, plain,
                     raw_header, read, text, text_of)

BOB = "bob@example.org"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg==")


def types(message):
    return [part.get_content_type() for part in message.walk()]


# The text ----------------------------------------------------------------

def test_message_option(send):
    sent = send("-s", "Hi", "-m", "hello", BOB)
    assert text(sent.message) == "hello\n"
    assert sent.message["Subject"] == "Hi"
    assert sent.message["To"] == BOB
    assert sent.message["From"] == "ana@home.example"
    assert sent.envelope.mail_from == "ana@home.example"
    assert sent.envelope.rcpt_tos == [BOB]
    assert types(sent.message) == ["text/plain"]


def test_repeated_message_options_are_paragraphs(send):
    sent = send("-m", "one", "--message", "two", "--message=three", BOB)
    assert text(sent.message) == "one\n\ntwo\n\nthree\n"


def test_message_option_comes_before_stdin(send):
    sent = send("-m", "nightly log:", BOB, stdin=b"line 1\nline 2\n")
    assert re.fullmatch("nightly log:\n+line 1\nline 2\n",
                        text(sent.message))


def test_message_option_with_stdin_of_nothing(send):
    sent = send("-m", "hello", BOB, stdin=open(os.devnull, "rb"))
    assert text(sent.message) == "hello\n"


BODIES = {
    "plain": b"hello\nworld\n",
    "no-final-newline": b"hello",
    "blank-lines": b"\n\n  indented\n\n\nend\n\n",
    "crlf": b"hello\r\nworld\r\n",
    "tabs-and-trailing-blanks": b"\tcode  \n trailing \t\nend\n",
    "dot": b".\n",
    "dots": b"..\n.\n...\n.dot\n",
    "dot-first-middle-last": b".\nmiddle\n.\n\n.",
    "smuggle-lf": b"a\n.\nMAIL FROM:<x@x.example>\n",
    "smuggle-mixed": b"a\n.\r\nMAIL FROM:<x@x.example>\r\n",
    "from-line": b"From the start\n>From here\n\nFrom Ana\n",
    "tilde": b"~!id\n~r /etc/passwd\n~.\n~p\n",
    "equals": b"a=b =3D =\n=\n",
    "utf-8": "Grüße: žluťoučký kůň 馬 🐎\n".encode(),
    "long-line": b"x" * 999 + b"\n",
    "longest-7bit-line": b"x" * 998 + b"\n",
    "long-utf-8": "ž".encode() * 5000 + b"\n",
    "mebibyte-line": b"0123456789abcdef" * 65536 + b"\n",
    "header-like": b"Subject: not a header\nBcc: x@x.example\n\ntext\n",
    "boundary-like": b"--\n----\n--=_boundary\n-- \nsignature\n",
    "controls": b"bell \x07 escape \x1b[1m form \x0c end\n",
    "shell": b"$(id) `id` %n%s %1$*d\n",
}


def same_text(got, want):
    """Equal but for CRLF, and a newline that the end may have gained."""
    want = want.replace(b"\r\n", b"\n")
    return got in (want, want + b"\n")


@pytest.mark.parametrize("name", BODIES)
def test_body_from_stdin(send, server, name):
    sent = send(BOB, stdin=BODIES[name])
    assert same_text(text(sent.message).encode(), BODIES[name])
    assert len(server.spoken("MAIL")) == len(server.messages) == 1


@pytest.mark.parametrize("name", ["plain", "utf-8", "dots", "long-line"])
def test_body_from_file(send, tmp_path, name):
    (tmp_path / "body").write_bytes(BODIES[name])
    sent = send("--body", "body", BOB, stdin=b"not this")
    assert same_text(text(sent.message).encode(), BODIES[name])


def test_body_dash_is_stdin(send):
    assert text(send("--body", "-", BOB, stdin=b"hi\n").message) == "hi\n"


def test_body_missing(refused):
    refused(66, "--body", "absent.txt", BOB, says="absent.txt")


@pytest.mark.parametrize("body, encodings", [
    (b"short\n", ["7bit"]),
    (b"x" * 998 + b"\n", ["7bit"]),
    (b"x" * 999 + b"\n", ["quoted-printable", "base64"]),
    ("mostly ASCII, one ž in a line of it\n".encode() * 5,
     ["quoted-printable"]),
    ("řžčěšťů".encode() * 20 + b"\n", ["base64"]),
    (b"nul \0 here\n", ["base64"]),
], ids=["ascii", "998", "999", "mostly-ascii", "mostly-not", "nul"])
def test_encoding(send, body, encodings):
    sent = send(BOB, stdin=body)
    part, = leaves(sent.message)
    got = str(part["Content-Transfer-Encoding"] or "7bit")
    assert got.lower() in encodings
    assert same_text(body_of(part).replace(b"\r\n", b"\n"), body)


def test_no_bare_cr_in_text(send):
    """A bare CR is a line end, or travels encoded; it never is on the wire."""
    sent = send(BOB, stdin=b"one\rtwo\nthree\n")
    got = body_of(leaves(sent.message)[0]).replace(b"\r\n", b"\n")
    assert got in (b"one\rtwo\nthree\n", b"one\ntwo\nthree\n")


def test_bom_is_dropped(send):
    sent = send(BOB, stdin=b"\xef\xbb\xbfhello\n")
    assert text(sent.message) == "hello\n"


def test_empty_stdin(run_mitto, server):
    """Sent as an empty mail, or refused as no input; never anything else."""
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-s", "x",
                       BOB)
    assert result.status in (0, 66), result
    assert len(server.messages) == (result.status == 0)


def test_empty_message_option(send):
    assert text(send("-s", "x", "-m", "", BOB).message).strip() == ""


@pytest.mark.parametrize("flag", ["-E", "--skip-empty"])
def test_skip_empty(run_mitto, server, flag):
    result = run_mitto("-S", server.url, flag, "-s", "x", BOB)
    assert (result.status, result.out, result.err) == (0, b"", "")
    assert server.connections == 0


def test_skip_empty_with_something(send, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a\n")
    send("-E", "-a", "a.txt", BOB)
    send("-E", BOB, stdin=b"a\n")


def test_nothing_is_interpreted(send):
    sent = send("-s", "%n%s%1$*d $(id) `id`", BOB, stdin=b"%s%n\n")
    assert sent.message["Subject"] == "%n%s%1$*d $(id) `id`"


def test_edit(send, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nfor last; do :; done\n"
                      "echo 'and more' >>\"$last\"\n")
    editor.chmod(0o755)
    sent = send("-e", "-m", "a start", BOB, stdin=open(os.devnull, "rb"),
                env={"VISUAL": editor})
    assert text(sent.message) == "a start\nand more\n"
    sent = send("--edit", "-m", "a start", BOB, stdin=open(os.devnull, "rb"),
                env={"EDITOR": editor})
    assert text(sent.message) == "a start\nand more\n"


def test_edit_failing_sends_nothing(refused):
    refused((65, 66, 71, 74, 75, 78), "-e", "-m", "x", BOB,
            env={"VISUAL": "false"})


def test_terminal_is_read_to_its_end(run_mitto, server):
    """On a terminal one line on stderr says what to do, then Ctrl-D ends."""
    master, slave = pty.openpty()
    os.write(master, b"typed\n\x04")
    result = run_mitto("-S", server.url, "-f", "a@home.example", BOB,
                       stdin=slave)
    os.close(slave)
    os.close(master)
    assert result.status == 0, result
    assert "Ctrl-D" in result.err
    assert text(read(server.messages[0].content)) == "typed\n"


def test_message_option_of_several_lines(send):
    assert text(send("-m", "one\ntwo\n", BOB).message) == "one\ntwo\n"


# Recipients --------------------------------------------------------------

def test_cc_is_shown_and_bcc_is_not(send):
    sent = send("-c", "cc@example.org", "--cc", "Čeněk <cc2@example.org>",
                "-b", "hidden@example.net", "--bcc=hidden2@example.net",
                "--to", "eve@example.org", BOB, "-m", "x")
    assert sorted(sent.envelope.rcpt_tos) == sorted([
        BOB, "eve@example.org", "cc@example.org", "cc2@example.org",
        "hidden@example.net", "hidden2@example.net"])
    assert sent.message["Cc"] == (
        "cc@example.org, Čeněk <cc2@example.org>")
    assert {a.addr_spec for a in sent.message["To"].addresses} == {
        BOB, "eve@example.org"}
    assert b"hidden" not in sent.content
    assert not re.search(rb"(?im)^bcc", sent.content)


def test_bcc_alone(send):
    sent = send("-b", BOB, "-m", "x")
    assert sent.envelope.rcpt_tos == [BOB]
    assert b"bob@" not in sent.content


def test_bcc_by_header_option_never_travels(run_mitto, server):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "-H", "Bcc: hidden@example.net", BOB)
    assert result.status in (0, 64, 65), result
    for envelope in server.messages:
        assert b"hidden" not in envelope.content
        assert b"bcc" not in envelope.content.lower()


@pytest.mark.parametrize("given, rcpts, shown", [
    ("Bob Builder <bob@example.org>", [BOB], "Bob Builder <bob@example.org>"),
    ("<bob@example.org>", [BOB], BOB),
    ('"Builder, Bob" <bob@example.org>', [BOB],
     '"Builder, Bob" <bob@example.org>'),
    ("Boris Malý <bob@example.org>", [BOB], "Boris Malý <bob@example.org>"),
    ("bob@example.org (Bob)", [BOB], None),
    ("bob@example.org, eve@example.org", [BOB, "eve@example.org"],
     "bob@example.org, eve@example.org"),
    ("team: bob@example.org, Eve <eve@example.org>;",
     [BOB, "eve@example.org"], None),
    ('"a@evil b"@good.example', ['"a@evil b"@good.example'], None),
    ("user+detail@example.org", ["user+detail@example.org"],
     "user+detail@example.org"),
    ("bob@[127.0.0.1]", ["bob@[127.0.0.1]"], None),
    ("o'hara!#$%&*/=?^_`{|}~@example.org",
     ["o'hara!#$%&*/=?^_`{|}~@example.org"], None),
    ("bob@bücher.example", ["bob@xn--bcher-kva.example"], None),
    ("bob@BÜCHER.example", ["bob@xn--bcher-kva.example"], None),
], ids=["name", "angles", "quoted", "utf-8", "comment", "list", "group",
        "quoted-local", "plus", "literal", "atext", "idn", "idn-case"])
def test_recipient_forms(send, server, given, rcpts, shown):
    sent = send("-m", "x", "--", given)
    assert [re.match(r"TO:<(.*)>$", line).group(1).lower()
            for line in server.spoken("RCPT")] == rcpts
    if shown:
        assert str(sent.message["To"]) == shown
    assert len(sent.message["To"].addresses) == len(rcpts)


def test_idn_does_not_depend_on_the_locale(send):
    for locale in ("C", "C.UTF-8"):
        sent = send("-m", "x", "bob@bücher.example", env={"LC_ALL": locale})
        assert sent.envelope.rcpt_tos == ["bob@xn--bcher-kva.example"]


def test_utf8_local_part(send, server):
    sent = send("-m", "x", "böb@example.org", seven_bit=False)
    assert sent.envelope.rcpt_tos == ["böb@example.org"]
    assert "SMTPUTF8" in server.spoken("MAIL")[0]
    assert "To: böb@example.org\r\n".encode() in sent.content


def test_utf8_local_part_needs_the_server(run_mitto, serve):
    server = serve(utf8=False)
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "böb@example.org")
    assert result.status in (65, 69), result
    assert server.spoken("MAIL") == [] and server.messages == []


def test_duplicates_are_merged(send):
    sent = send("-m", "x", BOB, "bob@EXAMPLE.org", "-c", BOB, "-b", BOB)
    assert len(sent.envelope.rcpt_tos) == 1


def test_recipient_order_is_kept(send):
    names = ["r%02d@example.org" % i for i in range(30)]
    assert send("-m", "x", *names).envelope.rcpt_tos == names


def test_many_recipients_fold(send):
    names = ["Recipient Number %d <r%d@example.org>" % (i, i)
             for i in range(60)]
    sent = send("-m", "x", *names)
    assert [str(a) for a in sent.message["To"].addresses] == names
    assert max(map(len, raw_header(sent.content, "To").splitlines())) <= 78


# From and envelope -------------------------------------------------------

@pytest.mark.parametrize("flag", ["-f", "--from", "-r"])
def test_from(send, flag):
    sent = send(flag, "Ana Malá <ana@home.example>", "-m", "x", BOB,
                sender=None)
    assert sent.message["From"] == "Ana Malá <ana@home.example>"
    assert sent.envelope.mail_from == "ana@home.example"


@pytest.mark.parametrize("flag", ["-F", "--from-name"])
def test_from_name(send, flag):
    sent = send(flag, "Ana, \"the\" Malá", "-m", "x", BOB)
    address, = sent.message["From"].addresses
    assert address.display_name == "Ana, \"the\" Malá"
    assert address.addr_spec == "ana@home.example"


def test_long_from_name(send):
    """Read by the older parser: the newer one keeps blanks between words."""
    name = "žluťoučký kůň a " * 20 + "konec"
    sent = send("-F", name, "-m", "x", BOB)
    raw = email.message_from_bytes(sent.content)["From"]
    shown = str(email.header.make_header(email.header.decode_header(raw)))
    assert shown == name + " <ana@home.example>"


def test_envelope_from(send):
    sent = send("--envelope-from", "bounces@home.example", "-m", "x", BOB)
    assert sent.envelope.mail_from == "bounces@home.example"
    assert sent.message["From"] == "ana@home.example"
    assert b"bounces" not in sent.content


def test_null_sender(send, server):
    sent = send("--envelope-from", "<>", "-m", "x", BOB)
    assert server.spoken("MAIL")[0].startswith("FROM:<>")
    assert sent.message["From"] == "ana@home.example"


@pytest.mark.parametrize("given, status", [
    ("a@x.example, b@x.example", 65), ("", 64), ("a@b@c", 65),
    ("ana@home.example\n", 65), ("two words", 65),
])
def test_bad_from(refused, given, status):
    refused(status, "-f", given, "-m", "x", BOB, sender=None)


def test_from_of_the_account(send, config):
    config("[account home]\nfrom = Ana <ana@account.example>\n")
    sent = send("-m", "x", BOB, sender=None, env={"EMAIL": "e@x.example"})
    assert sent.message["From"] == "Ana <ana@account.example>"


def test_from_of_email_variable(send):
    sent = send("-m", "x", BOB, sender=None,
                env={"EMAIL": "Ana <ana@email.example>"})
    assert sent.message["From"].addresses[0].addr_spec == "ana@email.example"
    assert sent.envelope.mail_from == "ana@email.example"


def test_from_of_the_login(run_mitto, serve, secret_file):
    server = serve(login=("ana@login.example", "secret"))
    result = run_mitto("-S", server.url, "-u", "ana@login.example",
                       "--password-file", secret_file("secret\n"),
                       "-m", "x", BOB)
    assert result.status == 0, result
    assert server.messages[0].mail_from == "ana@login.example"


def test_from_of_the_default_domain(send):
    sent = send("-O", "default-domain=dd.example", "-m", "x", BOB,
                sender=None, env={"USER": None, "LOGNAME": None})
    assert sent.envelope.mail_from.endswith("@dd.example")
    sent = send("-O", "default-domain=dd.example", "-m", "x", "bob",
                "-f", "ana", sender=None)
    assert sent.envelope.mail_from == "ana@dd.example"
    assert sent.envelope.rcpt_tos == ["bob@dd.example"]
    assert sent.message["To"] == "bob@dd.example"


# Headers -----------------------------------------------------------------

def test_reply_to(send):
    sent = send("--reply-to", "Ana <r@home.example>", "-m", "x", BOB)
    assert sent.message["Reply-To"] == "Ana <r@home.example>"
    assert sent.envelope.rcpt_tos == [BOB]


def test_custom_headers(send):
    sent = send("-H", "X-Loop: me", "--header", "X-Word:žluťoučký kůň",
                "--header=X-Loop: again", "-m", "x", BOB)
    assert sent.message.get_all("X-Loop") == ["me", "again"]
    assert sent.message["X-Word"] == "žluťoučký kůň"


@pytest.mark.parametrize("name, value", [
    ("Date", "Fri, 21 Nov 1997 09:55:06 -0600"),
    ("Message-ID", "<given@home.example>"),
    ("Auto-Submitted", "no"),
    ("User-Agent", "test"),
    ("List-Unsubscribe", "<mailto:u@home.example>"),
])
def test_given_headers_are_not_doubled(send, name, value):
    sent = send("-H", "%s: %s" % (name, value), "-m", "x", BOB)
    assert sent.message.get_all(name) == [value]


@pytest.mark.parametrize("header, status, says", [
    ("Content-Type: text/html", 64, "--type"),
    ("No colon here", 64, "Name: value"),
    (": no name", (64, 65), ""),
    ("Bad Name: x", (64, 65), ""),
    ("Náme: x", (64, 65), ""),
    ("MIME-Version: 2.0", (64, 65), ""),
    ("Content-Transfer-Encoding: 8bit", (64, 65), ""),
])
def test_refused_headers(refused, header, status, says):
    refused(status, "-H", header, "-m", "x", BOB, says=says)


def test_in_reply_to(send):
    sent = send("--in-reply-to", "<first@home.example>", "-m", "x", BOB)
    assert sent.message["In-Reply-To"] == "<first@home.example>"
    assert "<first@home.example>" in sent.message["References"].split()


def test_thread(send):
    def references(key):
        message = send("--thread", key, "-m", "x", BOB).message
        assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message["References"])
        assert message["Message-ID"] != message["References"]
        return message["References"]
    assert references("disk full on db1") == references("disk full on db1")
    assert references("disk full on db1") != references("disk full on db2")


@pytest.mark.parametrize("word, number", [("high", "1"), ("low", "5")])
def test_priority(send, word, number):
    message = send("--priority", word, "-m", "x", BOB).message
    assert (message["Importance"] or "").lower() == word \
        or (message["X-Priority"] or "").startswith(number)


def test_priority_normal(send):
    message = send("--priority=normal", "-m", "x", BOB).message
    assert (message["Importance"] or "normal").lower() == "normal"
    assert (message["X-Priority"] or "3").startswith("3")


def test_priority_wrong(refused):
    refused(64, "--priority", "hihg", "-m", "x", BOB, says="high")


def test_date_and_message_id(send):
    before = datetime.datetime.now(datetime.timezone.utc)
    first = send("-m", "x", BOB).message
    second = send("-m", "x", BOB).message
    after = datetime.datetime.now(datetime.timezone.utc)
    date = first["Date"].datetime
    assert before.replace(microsecond=0) <= date <= after
    assert re.fullmatch(r"<[^<>@\s]+@home\.example>", first["Message-ID"])
    assert first["Message-ID"] != second["Message-ID"]


def test_two_at_once_have_two_ids(run_mitto, server):
    threads = [threading.Thread(target=run_mitto, args=(
        "-S", server.url, "-f", "a@home.example", "-m", "x", BOB))
        for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({read(envelope.content)["Message-ID"]
                for envelope in server.messages}) == 4


def test_message_id_is_never_of_localhost(send):
    sent = send("-f", "ana@localhost", "-m", "x", BOB, sender=None)
    assert "@localhost" not in sent.message["Message-ID"]


def test_date_follows_the_zone(send):
    sent = send("-m", "x", BOB, env={"TZ": "XYZ-5:30",
                                     "SOURCE_DATE_EPOCH": "1700000000"})
    date = sent.message["Date"].datetime
    assert date.timestamp() == 1700000000
    assert date.utcoffset() == datetime.timedelta(hours=5, minutes=30)


def test_auto_submitted_without_a_terminal(send):
    assert send("-m", "x", BOB).message["Auto-Submitted"] == "auto-generated"


def test_not_auto_submitted_from_a_terminal(on_terminal, server):
    """A person at a terminal is not a robot."""
    status, _ = on_terminal("-S", server.url, "-f", "a@home.example", "-m",
                            "x", BOB)
    assert status == 0
    message = read(server.messages[0].content)
    assert message["Auto-Submitted"] in (None, "no")


def test_nothing_of_the_machine_leaks(send, home, tmp_path):
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "a.txt").write_bytes(b"a\n")
    sent = send("-a", tmp_path / "dir" / "a.txt", "-m", "x", BOB,
                env={"USER": "canaryuser", "LOGNAME": "canaryuser"})
    for secret in (str(tmp_path), str(home), "canaryuser",
                   os.uname().nodename + ">"):
        assert secret.encode() not in sent.content


# Subjects ----------------------------------------------------------------

SUBJECTS = {
    "ascii": "Hello",
    "empty": "",
    "punctuation": "Re: [list] a=b? (c) \"d\" <e@f> ;,\\ 100%",
    "utf-8": "Žluťoučký kůň",
    "astral": "🐎🐎🐎 馬",
    "mixed": "plain words and ťažké slová and plain words again, for long",
    "encoded-word-like": "=?utf-8?q?x?= is not decoded",
    "long-ascii": "word " * 400 + "end",
    "long-utf-8": "ěščřžýáíé 馬🐎 " * 300 + "end",
    "one-long-utf-8-word": "ž" * 5000,
    "double-blanks": "two  blanks   three",
    "lone-high": "\u00a0nbsp\u00ad shy",
}


@pytest.mark.parametrize("name", SUBJECTS)
def test_subject(send, name):
    sent = send("-s", SUBJECTS[name], "-m", "x", BOB)
    assert sent.message["Subject"] == SUBJECTS[name]
    raw = raw_header(sent.content, "Subject")
    assert max(map(len, raw.splitlines())) <= 78
    for word in re.findall(rb"=\?[^?]+\?[bBqQ]\?[^?]*\?=", raw):
        assert len(word) <= 75
        charset, kind, data = re.match(
            rb"=\?([^?]+)\?([bBqQ])\?([^?]*)\?=", word).groups()
        if kind in b"bB":
            base64.b64decode(data, validate=True).decode(charset.decode())


def test_subject_of_blanks_is_sent(send):
    sent = send("-s", "   ", "-m", "x", BOB)
    assert sent.message["Subject"].strip() == ""


def test_long_token_in_subject(send):
    """A word that cannot be folded is encoded rather than left too long."""
    sent = send("-s", "x" * 2000, "-m", "x", BOB)
    assert sent.message["Subject"] == "x" * 2000


def test_subject_of_no_charset(refused):
    refused(65, "-s", b"caf\xe9", "-m", "x", BOB, says=["-s", "UTF-8"])


# Charsets ----------------------------------------------------------------

def test_utf8_is_recognised_by_its_bytes(send):
    for locale in ("C", "C.UTF-8"):
        sent = send("-m", "žluť", BOB, env={"LC_ALL": locale})
        assert plain(sent.message).get_content_charset() == "utf-8"
        assert text(sent.message) == "žluť\n"


def test_the_locale_changes_no_byte(run_mitto, tmp_path):
    (tmp_path / "kůň.txt").write_text("žluť\n")
    got = [run_mitto("-f", "Ána <ana@home.example>", "-s", "kůň",
                     "-a", "kůň.txt", "-o", "-", "Bób <bob@bücher.example>",
                     stdin="řeč\n".encode(),
                     env=dict(env, SOURCE_DATE_EPOCH="1700000000"))
           for env in ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"},
                       {"LC_ALL": None, "LANG": "C.UTF-8"},
                       {"LC_ALL": "nonsense"}, {"LC_ALL": None})]
    assert {result.status for result in got} == {0}
    assert len({result.out for result in got}) == 1


def test_ascii_is_us_ascii_or_utf8(send):
    part = plain(send("-m", "x", BOB).message)
    assert part.get_content_charset("us-ascii") in ("us-ascii", "utf-8")


def test_unknown_charset_travels_as_base64(send):
    body = "café à la crème\n".encode("latin-1")
    sent = send(BOB, stdin=body)
    part, = leaves(sent.message)
    assert part["Content-Transfer-Encoding"] == "base64"
    assert body_of(part) in (body, body.replace(b"\n", b"\r\n"))
    assert part.get_content_charset() != "utf-8"


@pytest.mark.parametrize("charset", ["iso-8859-1", "ISO-8859-2",
                                     "windows-1250", "koi8-r"])
def test_charset(send, charset):
    words = {"koi8-r": "привет"}.get(charset.lower(), "déjà" if
                                     charset == "iso-8859-1" else "žluťý")
    sent = send("--charset", charset, BOB,
                stdin=(words + "\n").encode(charset))
    assert text(sent.message) == words + "\n"


@pytest.mark.parametrize("charset", ["no-such-charset", "utf-8; x=y",
                                     "utf 8", "ž"])
def test_wrong_charset(refused, charset):
    refused((64, 65), "--charset", charset, BOB, stdin=b"caf\xe9\n")


def test_utf16_is_not_taken_for_text(run_mitto, server):
    body = "hello\n".encode("utf-16")
    result = run_mitto("-S", server.url, "-f", "a@home.example", BOB,
                       stdin=body)
    assert result.status in (0, 65), result
    for envelope in server.messages:
        assert body_of(leaves(read(envelope.content))[0]) == body


def test_epoch_gives_identical_messages(run_mitto, tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    (tmp_path / "a.html").write_text("<p>hi</p>")

    def build(text_, epoch="1700000000"):
        result = run_mitto("-f", "a@home.example", "-s", "x", "-m", text_,
                           "-a", "a.bin", "--html", "a.html", "-o", "-", BOB,
                           env={"SOURCE_DATE_EPOCH": epoch})
        assert result.status == 0, result
        check_wire(result.out)
        return result.out
    first = build("hello")
    assert first == build("hello")
    assert read(first)["Date"].datetime.timestamp() == 1700000000
    assert build("hello", "1700000001") != first


def test_epoch_that_is_no_number(run_mitto):
    result = run_mitto("-f", "a@home.example", "-m", "x", "-o", "-", BOB,
                       env={"SOURCE_DATE_EPOCH": "yesterday"})
    assert result.status in (0, 64, 65, 78), result


# Type of the body --------------------------------------------------------

@pytest.mark.parametrize("kind", ["text/html", "text/markdown",
                                  "text/calendar"])
def test_type(send, kind):
    sent = send("-M", kind, BOB, stdin=b"<p>hi</p>\n")
    part = leaves(sent.message)[-1]
    assert part.get_content_type() == kind
    assert text_of(part) == "<p>hi</p>\n"


@pytest.mark.parametrize("kind", ["html", "text", "text/", "/x", "a/b/c",
                                  "text/html\r\nX: y", "te xt/html"])
def test_wrong_type(refused, kind):
    refused((64, 65), "--type", kind, BOB, stdin=b"x\n")


# HTML --------------------------------------------------------------------

HTML = ("<html><head><title>Not text</title><style>p{color:red}</style>"
        "<script>alert(1)</script></head><body><h1>Novinky &amp; v&iacute;ce"
        "</h1><p>First <b>paragraph</b>.</p><ul><li>one</li><li>two</li></ul>"
        "<p>See <a href=\"https://example.org/x\">the page</a>.</p>"
        "</body></html>\n")


def test_html_gets_a_plain_part(send, tmp_path):
    (tmp_path / "news.html").write_text(HTML)
    sent = send("--html", "news.html", "-s", "News", BOB)
    assert types(sent.message) == ["multipart/alternative", "text/plain",
                                   "text/html"]
    shown = text(sent.message)
    for words in ("Novinky & více", "First", "paragraph", "one", "two",
                  "the page", "https://example.org/x"):
        assert words in shown
    for words in ("<", "color:red", "alert"):
        assert words not in shown
    assert text_of(leaves(sent.message)[1]) == HTML


def test_html_with_text(send, tmp_path):
    (tmp_path / "news.html").write_text(HTML)
    sent = send("--html", "news.html", "-m", "own words", BOB)
    assert types(sent.message) == ["multipart/alternative", "text/plain",
                                   "text/html"]
    assert text(sent.message) == "own words\n"


def test_html_and_text_from_files(send, tmp_path):
    (tmp_path / "news.html").write_text(HTML)
    (tmp_path / "news.txt").write_text("own words\n")
    sent = send("--html", "news.html", "--body", "news.txt", BOB)
    assert text(sent.message) == "own words\n"
    assert text_of(leaves(sent.message)[1]) == HTML


def test_inline_without_html_is_not_lost(run_mitto, server, tmp_path):
    (tmp_path / "logo.png").write_bytes(PNG)
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "-I", "logo.png", BOB)
    assert result.status in (0, 64), result
    for envelope in server.messages:
        assert PNG in [body_of(part)
                       for part in leaves(read(envelope.content))]


def test_html_from_stdin(send):
    sent = send("--html", "-", BOB, stdin=HTML.encode())
    assert text_of(leaves(sent.message)[-1]) == HTML


def test_html_missing(refused):
    refused(66, "--html", "absent.html", BOB, says="absent.html")


def the_image(message):
    image, = [part for part in leaves(message)
              if part.get_content_maintype() == "image"]
    return image, image["Content-ID"].strip("<>")


def test_inline_image(send, tmp_path):
    (tmp_path / "logo.png").write_bytes(PNG)
    (tmp_path / "news.html").write_text('<p><img src="cid:logo.png"></p>\n')
    sent = send("--html", "news.html", "-I", "logo.png", BOB)
    assert types(sent.message) == [
        "multipart/alternative", "text/plain", "multipart/related",
        "text/html", "image/png"]
    image, cid = the_image(sent.message)
    assert image.get_content_disposition() == "inline"
    assert body_of(image) == PNG
    html = text_of(leaves(sent.message)[1])
    assert 'src="cid:%s"' % cid in html


@pytest.mark.parametrize("source", [
    'src="picture.png"', "src='picture.png'", 'SRC = "picture.png"',
    'src="./picture.png"'])
def test_local_image_is_attached(send, tmp_path, source):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "picture.png").write_bytes(PNG)
    (folder / "news.html").write_text("<p>A <img %s alt=x> b</p>\n" % source)
    sent = send("--html", "news/news.html", BOB)
    image, cid = the_image(sent.message)
    assert body_of(image) == PNG
    html = text_of(leaves(sent.message)[1])
    assert "cid:" + cid in html and "picture.png\"" not in html.replace(
        "cid:" + cid, "")
    assert html.startswith("<p>A <img ") and html.endswith("alt=x> b</p>\n")


def test_local_image_twice_is_attached_once(send, tmp_path):
    (tmp_path / "p.png").write_bytes(PNG)
    (tmp_path / "n.html").write_text('<img src="p.png"><img src="p.png">\n')
    sent = send("--html", "n.html", BOB)
    _, cid = the_image(sent.message)
    assert text_of(leaves(sent.message)[1]).count("cid:" + cid) == 2


@pytest.mark.parametrize("source", [
    "https://example.org/p.png", "http://example.org/p.png",
    "//example.org/p.png", "data:image/gif;base64,R0lGODlhAQABAAAAACw="])
def test_remote_image_is_left_alone(send, tmp_path, source):
    html = '<p><img src="%s"></p>\n' % source
    (tmp_path / "news.html").write_text(html)
    sent = send("--html", "news.html", BOB)
    assert types(sent.message) == ["multipart/alternative", "text/plain",
                                   "text/html"]
    assert text_of(leaves(sent.message)[-1]) == html


def test_full_structure(send, tmp_path):
    (tmp_path / "logo.png").write_bytes(PNG)
    (tmp_path / "news.html").write_text('<p><img src="cid:logo.png"></p>\n')
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n%\xe2\xe3\n")
    sent = send("--html", "news.html", "-I", "logo.png", "-a", "a.pdf",
                "-m", "text", BOB)
    assert types(sent.message) == [
        "multipart/mixed", "multipart/alternative", "text/plain",
        "multipart/related", "text/html", "image/png", "application/pdf"]
    boundaries = [part.get_boundary() for part in sent.message.walk()
                  if part.is_multipart()]
    assert len(set(boundaries)) == 3
    assert len(attachments(sent.message)) == 2


def test_html_of_another_charset(send, tmp_path):
    (tmp_path / "n.html").write_bytes("<p>kůň</p>\n".encode())
    sent = send("--html", "n.html", BOB)
    assert text(sent.message).strip() == "kůň"
    assert leaves(sent.message)[1].get_content_charset() == "utf-8"


@pytest.mark.parametrize("html", [
    "", "<", "<p", "<!--", "<p>&#x110000;&#0;&bogus;&amp", "<" * 5000,
    "<div>" * 20000 + "deep", "<p>" + "x" * 300000, "<img src=", "\x00"],
    ids=["empty", "lt", "open-tag", "comment", "entities", "many-lt", "deep",
         "long", "open-src", "nul"])
def test_broken_html(run_mitto, server, tmp_path, html):
    """Whatever the markup, the message is well formed and the HTML kept."""
    (tmp_path / "n.html").write_text(html)
    result = run_mitto("-S", server.url, "-f", "a@home.example", "--html",
                       "n.html", BOB)
    assert result.status in (0, 65, 66), result
    for envelope in server.messages:
        message = read(envelope.content)
        got = body_of([part for part in leaves(message)
                       if part.get_content_type() == "text/html"][0])
        assert same_text(got.replace(b"\r\n", b"\n"), html.encode())


def test_date_is_rfc5322(send):
    sent = send("-m", "x", BOB)
    raw = raw_header(sent.content, "Date").decode().split(":", 1)[1].strip()
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} "
                        r"[A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", raw)
    assert email.utils.parsedate_to_datetime(raw)


def test_reply_to_is_a_whole_address(send, refused, config):
    refused(65, "--reply-to", "ana", "-m", "x", BOB, says="no domain")
    refused(65, "--reply-to", "ana@-x.example", "-m", "x", BOB,
            says="--reply-to")
    config("[defaults]\ndefault-domain = home.example\n"
           "[alias]\nteam = eva@work.example\n")
    sent = send("--reply-to", "ana, team", "-m", "x", BOB)
    assert sent.message["Reply-To"] == "ana@home.example, eva@work.example"


@pytest.mark.parametrize("args", [
    ["--reply-to", "žofie@home.example"],
    ["-H", "Sender: žofie@home.example"]], ids=lambda args: args[0])
def test_utf8_in_the_header_asks_for_smtputf8(serve, run_mitto, args):
    able, unable = serve(), serve(utf8=False)
    result = run_mitto("-S", able.url, *args, "-m", "x", BOB)
    assert result.status == 0, result
    assert "SMTPUTF8" in able.messages[0].mail_options
    result = run_mitto("-S", unable.url, *args, "-m", "x", BOB)
    assert result.status == 69 and "SMTPUTF8" in result.err, result
    assert unable.spoken("MAIL") == []


def test_utf8_in_a_finished_header_asks_for_smtputf8(server, run_mitto):
    result = run_mitto("-S", server.url, "-t", stdin=(
        "To: %s\nReply-To: žofie@home.example\n\nx\n" % BOB).encode())
    assert result.status == 0, result
    assert "SMTPUTF8" in server.messages[0].mail_options


def test_charset_of_the_text_of_m(send, refused):
    latin = "Příliš žluťoučký".encode("iso-8859-2")
    refused(65, "--charset", "iso-8859-2", "-m", "žluť", BOB, stdin=latin,
            says="-m is UTF-8")
    sent = send("--charset", "iso-8859-2", "-m", latin, BOB)
    assert plain(sent.message).get_content_charset() == "iso-8859-2"
    assert body_of(plain(sent.message)).rstrip() == latin
    sent = send("--charset", "iso-8859-2", "-m", latin, BOB, stdin=latin)
    assert body_of(plain(sent.message)).count(latin) == 2


def test_utf8_is_written_as_registered(send, refused, tmp_path):
    (tmp_path / "a.txt").write_text("plain\r\n")
    refused(65, "--charset", "utf8", BOB, stdin=b"caf\xe9\n", says="not UTF-8")
    for args in (["--charset", "utf8", "-m", "x"],
                 ["-m", "x", "-a", "a.txt;charset=UTF8"]):
        sent = send(*args, BOB)
        assert b"utf8" not in sent.content.lower()
        assert b"utf-8" in sent.content

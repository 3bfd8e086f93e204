# SPDX-License-Identifier: MIT
"""Finished messages: -t and --raw pass them on with few, named repairs."""

import re

import pytest

from receive import body_of, check_wire, leaves, raw_header, read, text

BOB = "bob@example.org"

FULL = b"""\
Received: from a.example by b.example; Fri, 21 Nov 1997 10:01:10 -0600
DKIM-Signature: v=1; a=rsa-sha256; d=home.example; s=s; h=from;
\tbh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=AAAA
From: Ana <ana@home.example>
To: Bob <bob@example.org>,
  eve@example.org
Cc: cc@example.org
Subject: =?utf-8?q?caf=C3=A9?=
Date: Fri, 21 Nov 1997 09:55:06 -0600
Message-ID: <1234@home.example>
X-Odd:   kept   as  it is\t
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain

hello
.
..two

--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

AAECAw==
--b--
epilogue
"""


def crlf(data):
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def message(*headers, body=b"text\n", ends=b"\n"):
    """A small finished message with these header lines more."""
    lines = [b"From: ana@home.example", b"To: bob@example.org"]
    lines += [line if isinstance(line, bytes) else line.encode()
              for line in headers]
    return ends.join(lines) + ends * 2 + body


# Passing on --------------------------------------------------------------

@pytest.mark.parametrize("args", [["-t"], ["--read-headers"],
                                  ["--raw", BOB], ["--raw", "-t"]])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_a_complete_message_passes_unchanged(send, args, ends):
    sent = send(*args, stdin=FULL.replace(b"\n", ends), sender=None)
    assert sent.content == crlf(FULL)


def test_recipients_of_read_headers(send):
    sent = send("-t", stdin=FULL, sender=None)
    assert sent.envelope.rcpt_tos == [BOB, "eve@example.org",
                                      "cc@example.org"]
    assert sent.envelope.mail_from == "ana@home.example"


def test_raw_takes_recipients_from_the_line_only(send):
    sent = send("--raw", "fred@example.org", stdin=FULL, sender=None)
    assert sent.envelope.rcpt_tos == ["fred@example.org"]


def test_operands_are_added(send):
    sent = send("-t", "fred@example.org", BOB, stdin=FULL, sender=None)
    assert sorted(sent.envelope.rcpt_tos) == sorted([
        BOB, "eve@example.org", "cc@example.org", "fred@example.org"])


def test_sender_option_is_the_envelope(send):
    sent = send("-t", "--envelope-from", "bounces@home.example", stdin=FULL,
                sender=None)
    assert sent.envelope.mail_from == "bounces@home.example"
    assert sent.message["From"] == "Ana <ana@home.example>"


@pytest.mark.parametrize("stdin", [
    b"From: ana@home.example\nSubject: x\n\ntext\n",
    b"From: ana@home.example\nTo:\nSubject: x\n\ntext\n",
    b"From: ana@home.example\nTo: undisclosed-recipients:;\n\ntext\n"],
    ids=["none", "empty", "empty-group"])
def test_no_recipient(refused, stdin):
    refused((64, 65), "-t", stdin=stdin, sender=None, says="recipient")


def test_raw_without_recipient(refused):
    refused(64, "--raw", stdin=FULL, sender=None, says="recipient")


@pytest.mark.parametrize("stdin", [
    b"hello bob\n\nhow are you?\n", b"\nhello\n", b"<html>\n", b""],
    ids=["text", "blank-first", "markup", "nothing"])
def test_read_headers_of_no_headers(refused, stdin):
    refused((65, 66, 64), "-t", stdin=stdin)


def test_hint_when_the_first_line_is_no_header(refused):
    result = refused(65, "-t", BOB, stdin=b"hello bob\n\nhow are you?\n")
    assert "recipient" in result.err


def test_headers_without_a_body(send):
    sent = send("-t", stdin=b"From: ana@home.example\nTo: bob@example.org\n"
                b"Subject: x\n", sender=None)
    assert sent.message["Subject"] == "x"
    assert text(sent.message).strip() == ""


def test_headers_without_a_last_newline(send):
    sent = send("-t", stdin=b"From: ana@home.example\nTo: bob@example.org",
                sender=None)
    assert sent.envelope.rcpt_tos == [BOB]


@pytest.mark.parametrize("body", [b"x", b".\n", b".", b"\n\n", b"..\n",
                                  b"From me\n", b"trailing \n \n"])
def test_bodies(send, body):
    sent = send("-t", stdin=message(body=body), sender=None)
    want = body.replace(b"\n", b"\r\n")
    got = sent.content.split(b"\r\n\r\n", 1)[1]
    assert got in (want, want + b"\r\n")


def test_attachments_are_not_forgotten(run_mitto, server, tmp_path):
    """-t with -a: both go, or the combination is refused."""
    (tmp_path / "a.bin").write_bytes(b"\0\1")
    result = run_mitto("-S", server.url, "-t", "-a", "a.bin",
                       stdin=message())
    assert result.status in (0, 64), result
    for envelope in server.messages:
        parts = leaves(read(envelope.content))
        assert [body_of(part) for part in parts][1:] == [b"\0\1"]


@pytest.mark.parametrize("args", [["-s", "other"], ["-m", "other"],
                                  ["-c", "other@example.org"],
                                  ["-H", "X-Other: other"],
                                  ["--html", "other"]])
def test_options_are_not_forgotten(run_mitto, server, tmp_path, args):
    """What a finished message cannot take is refused, not dropped."""
    (tmp_path / "other").write_text("other")
    result = run_mitto("-S", server.url, "-t", *args,
                       stdin=message("X-A: b"))
    assert result.status in (0, 64), result
    for envelope in server.messages:
        assert b"other" in envelope.content or "other@example.org" \
            in envelope.rcpt_tos


# Bcc ---------------------------------------------------------------------

BCC = [
    b"Bcc: hidden@example.net",
    b"bCC : hidden@example.net",
    b"BCC:hidden@example.net",
    b"Bcc:\n hidden@example.net",
    b"Bcc: a@example.net,\n\thidden@example.net,\n  b@example.net",
    b"Bcc: Hidden Name\n  <hidden@example.net>\n\t(hidden comment)",
    b"Bcc: x@example.net\nBcc: hidden@example.net",
    b"Bcc: team: hidden@example.net;",
]


@pytest.mark.parametrize("header", BCC, ids=range(len(BCC)))
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_bcc_is_stripped(run_mitto, server, header, ends):
    stdin = message(header, "X-After: here").replace(b"\n", ends)
    result = run_mitto("-S", server.url, "-t", stdin=stdin)
    if b"bCC :" in header:
        assert result.status in (0, 65), result
    elif header.count(b"Bcc") == 2:
        assert result.status in (0, 65), result
    else:
        assert result.status == 0, result
    for envelope in server.messages:
        assert "hidden@example.net" in envelope.rcpt_tos
        assert b"hidden" not in envelope.content.lower()
        assert not re.search(rb"(?im)^bcc", envelope.content)
        assert read(envelope.content)["X-After"] == "here"


@pytest.mark.parametrize("header", BCC[:6], ids=range(6))
def test_raw_strips_bcc_and_sends_nothing_there(run_mitto, server, header):
    result = run_mitto("-S", server.url, "--raw", BOB,
                       stdin=message(header, "X-After: here"))
    assert result.status in (0, 65), result
    for envelope in server.messages:
        assert envelope.rcpt_tos == [BOB]
        assert b"hidden" not in envelope.content.lower()


def test_bcc_in_the_body_stays(send):
    sent = send("-t", stdin=message(body=b"Bcc: shown@example.net\n"),
                sender=None)
    assert text(sent.message) == "Bcc: shown@example.net\n"
    assert sent.envelope.rcpt_tos == [BOB]


def test_only_bcc(send):
    sent = send("-t", stdin=b"From: ana@home.example\nBcc: bob@example.org\n"
                b"Subject: x\n\ntext\n", sender=None)
    assert sent.envelope.rcpt_tos == [BOB]
    assert b"bob@" not in sent.content


# Resent ------------------------------------------------------------------

def test_resent_block_decides(send):
    sent = send("-t", stdin=(
        b"Resent-From: rita@home.example\nResent-To: new@example.org\n"
        b"Resent-Bcc: hidden@example.net\n"
        b"Resent-Date: Fri, 21 Nov 1997 09:55:06 -0600\n"
        b"Resent-Message-ID: <r@home.example>\n") + FULL, sender=None)
    assert sorted(sent.envelope.rcpt_tos) == ["hidden@example.net",
                                              "new@example.org"]
    assert b"hidden" not in sent.content
    assert sent.message["To"] == "Bob <bob@example.org>, eve@example.org"
    assert sent.message["Message-ID"] == "<1234@home.example>"


def test_resent_bcc_folded(send):
    sent = send("-t", stdin=(
        b"Resent-To: new@example.org\nResent-Bcc:\n\thidden@example.net,\n"
        b" hidden2@example.net\n") + FULL, sender=None)
    assert b"hidden" not in sent.content
    assert len(sent.envelope.rcpt_tos) == 3


# What is missing ---------------------------------------------------------

def test_missing_headers_are_added_once(send):
    sent = send("-t", stdin=b"To: bob@example.org\nSubject: x\n\ntext\n")
    assert sent.message["From"] == "ana@home.example"
    assert sent.message["Message-ID"].endswith("@home.example>")
    assert sent.message["Date"].datetime
    for name in ("Date", "Message-ID", "From", "MIME-Version", "To"):
        assert len(sent.message.get_all(name)) == 1
    assert text(sent.message) == "text\n"


@pytest.mark.parametrize("name, value", [
    ("date", "Fri, 21 Nov 1997 09:55:06 -0600"),
    ("MESSAGE-id", "<x@home.example>"), ("mime-VERSION", "1.0")])
def test_present_headers_are_found_in_any_case(send, name, value):
    sent = send("-t", stdin=message("%s: %s" % (name, value)), sender=None)
    assert sent.message.get_all(name) == [value]
    assert ("%s: %s\r\n" % (name, value)).encode() in sent.content


@pytest.mark.parametrize("header", ["Date:", "Message-ID:", "Date: \n ",
                                    "Message-ID: nonsense", "Date: soon"])
def test_present_but_wrong(run_mitto, server, header):
    """Repaired or refused, but never two and never none."""
    result = run_mitto("-S", server.url, "-t", stdin=message(header))
    assert result.status in (0, 65), result
    for envelope in server.messages:
        name = header.split(":")[0].encode()
        head = envelope.content.split(b"\r\n\r\n")[0].lower()
        assert len(re.findall(rb"(?m)^" + name.lower() + rb":", head)) == 1


def test_from_without_a_domain(run_mitto, server):
    """cron's own From: it is completed, never sent as it is."""
    result = run_mitto("-S", server.url, "-t", "-O",
                       "default-domain=dd.example",
                       stdin=b"From: root (Cron Daemon)\n"
                       b"To: bob@example.org\n\nx\n")
    assert result.status == 0, result
    assert server.messages[0].mail_from == "root@dd.example"


def test_to_without_a_domain(run_mitto, server, config):
    config("[alias]\nroot = ops@example.org\n")
    result = run_mitto("-S", server.url, "-t", stdin=b"From: a@home.example\n"
                       b"To: root\n\nx\n")
    assert result.status == 0, result
    assert server.messages[0].rcpt_tos == ["ops@example.org"]
    # No receiver could answer "root": the field gets what the envelope has.
    assert b"\r\nTo: ops@example.org\r\n" in server.messages[0].content


# What is taken away ------------------------------------------------------

@pytest.mark.parametrize("first", [
    b"From ana@home.example Fri Nov 21 09:55:06 1997\n",
    b">From ana@home.example Fri Nov 21 09:55:06 1997\n",
    b"From ana\r\n", b"From ana Fri Nov 21\n>From bob Fri Nov 21\n"])
def test_mbox_line_is_dropped(send, first):
    sent = send("-t", stdin=first + FULL, sender=None)
    assert sent.content == crlf(FULL)


@pytest.mark.parametrize("header", [
    b"Return-Path: <x@x.example>\n", b"return-path:\n <x@x.example>\n"])
def test_return_path_is_dropped(send, header):
    sent = send("-t", stdin=header + FULL, sender=None)
    assert sent.content == crlf(FULL)


def test_bom_is_dropped(run_mitto, server):
    result = run_mitto("-S", server.url, "-t", stdin=b"\xef\xbb\xbf" + FULL)
    assert result.status in (0, 65), result
    for envelope in server.messages:
        assert envelope.content == crlf(FULL)


# Line ends ---------------------------------------------------------------

@pytest.mark.parametrize("body", [
    b"one\r\ntwo\nthree\n", b"one\rtwo\n", b"\r\r\n\n", b"x\r",
    b"a\n.\r\nMAIL FROM:<x@x.example>\r\n", b"a\r.\rb\n", b"a\r\n.\rb\n",
    b"a\n.\rb\n", b"a\r.\nb\n"])
def test_only_crlf_leaves(send, server, body):
    sent = send("-t", stdin=message("MIME-Version: 1.0",
                                    "Content-Type: text/plain", body=body),
                sender=None)
    check_wire(sent.content)
    assert len(server.messages) == 1
    assert len(server.spoken("MAIL")) == 1
    got = re.sub(rb"\r\n?|\n", b"\n", body_of(leaves(sent.message)[0]))
    want = re.sub(rb"\r+\n|\r|\n", b"\n", body)
    assert got.replace(b"\n", b"") == want.replace(b"\n", b"")


def test_crlf_headers_and_lf_body(send):
    """What PHP's mail() gives."""
    sent = send("-t", stdin=b"From: ana@home.example\r\n"
                b"To: bob@example.org\r\nSubject: x\r\n\r\none\ntwo\n",
                sender=None)
    assert text(sent.message) == "one\ntwo\n"


# Long lines and bytes beyond ASCII ---------------------------------------

LONG = b"word " * 400


@pytest.mark.parametrize("headers", [
    [], ["MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii"],
    ["MIME-Version: 1.0", "Content-Type: text/html",
     "Content-Transfer-Encoding: 7bit"]], ids=["bare", "typed", "7bit"])
def test_long_lines_are_encoded(send, headers):
    sent = send("-t", stdin=message(*headers, body=LONG + b"\nend\n"),
                sender=None)
    part, = leaves(sent.message)
    assert body_of(part).replace(b"\r\n", b"\n") == LONG + b"\nend\n"
    assert part["Content-Transfer-Encoding"] in ("quoted-printable",
                                                 "base64")


def test_eight_bit_without_mime(send):
    sent = send("-t", stdin=message("Subject: x",
                                    body="Grüße žluť\n".encode()),
                sender=None)
    assert text(sent.message) == "Grüße žluť\n"
    assert sent.message.get_content_charset() == "utf-8"


def test_eight_bit_of_no_known_charset(send):
    sent = send("-t", stdin=message(body=b"caf\xe9\n"), sender=None)
    part, = leaves(sent.message)
    assert body_of(part).replace(b"\r\n", b"\n") == b"caf\xe9\n"
    assert part.get_content_charset() != "utf-8"


def test_eight_bit_with_a_charset_but_no_encoding(send):
    sent = send("-t", stdin=message(
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=iso-8859-1",
        body=b"caf\xe9\n"), sender=None)
    assert text(sent.message) == "café\n"


def test_declared_eight_bit_passes(send):
    """8BITMIME is offered, so what says that it is 8bit may stay it."""
    sent = send("-t", stdin=message(
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit", body="žluť\n".encode()),
        sender=None, seven_bit=False)
    assert text(sent.message) == "žluť\n"


def test_long_lines_in_a_part_of_a_multipart(send):
    body = (b"--b\nContent-Type: text/plain\n\n" + LONG + b"\n--b\n"
            b"Content-Type: text/html\n\n<p>short\n--b--\n")
    sent = send("-t", stdin=message(
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"', body=body),
        sender=None)
    first, second = leaves(sent.message)
    assert body_of(first).strip() == LONG.strip()
    assert body_of(second).strip() == b"<p>short"


def test_eight_bit_headers(send):
    sent = send("-t", stdin=message(
        "Subject: žluťoučký kůň", "X-Note: čau").replace(
            b"From: ana@", "From: Ána Malá <ana@".encode()).replace(
            b"home.example\n", b"home.example>\n"), sender=None)
    assert sent.message["Subject"] == "žluťoučký kůň"
    assert sent.message["X-Note"] == "čau"
    assert str(sent.message["From"]) == "Ána Malá <ana@home.example>"
    assert sent.envelope.mail_from == "ana@home.example"


def test_eight_bit_header_that_is_not_utf8(refused):
    refused(65, "-t", stdin=message(b"Subject: caf\xe9"), sender=None,
            says="subject|header|utf-8")


def test_long_headers_are_folded(send):
    sent = send("-t", stdin=message("Subject: " + "word " * 400,
                                    "X-Long: " + "word " * 400), sender=None)
    assert sent.message["Subject"].split() == ["word"] * 400


def test_long_list_of_recipients_folds(send):
    many = ", ".join("r%d@example.org" % i for i in range(99))
    sent = send("-t", stdin=("From: a@home.example\nTo: %s\n\nx\n"
                             % many).encode(), sender=None)
    assert len(sent.envelope.rcpt_tos) == 99
    assert str(sent.message["To"]) == many


@pytest.mark.parametrize("header", [b"X-Long: " + b"x" * (1 << 20),
                                    b"Subject: " + b"y" * 5000])
def test_header_that_cannot_be_folded(run_mitto, server, header):
    result = run_mitto("-S", server.url, "-t", stdin=message(header))
    assert result.status in (0, 65), result
    for envelope in server.messages:
        message_ = read(envelope.content)
        name, value = header.decode().split(": ", 1)
        assert message_[name] == value


def test_nul_in_the_body(run_mitto, server):
    for place in (0, 100, 8191, 8192):
        body = b"x" * place + b"\0" + b"y\n"
        result = run_mitto("-S", server.url, "-t", stdin=message(body=body))
        assert result.status in (0, 65), result
        if result.status == 0:
            part, = leaves(read(server.messages[-1].content))
            assert body_of(part).replace(b"\r\n", b"\n") == body


# Refused -----------------------------------------------------------------

@pytest.mark.parametrize("name, value", [
    ("From", "eve@home.example"), ("To", "eve@example.org"),
    ("Subject", "again"), ("Date", "Fri, 21 Nov 1997 09:55:06 -0600"),
    ("Message-ID", "<second@home.example>"), ("Reply-To", "r@home.example"),
    ("Sender", "s@home.example"), ("Cc", "c@example.org"),
    ("MIME-Version", "1.0"), ("Content-Type", "text/plain"),
    ("In-Reply-To", "<x@x.example>"), ("References", "<x@x.example>"),
    ("Content-Transfer-Encoding", "7bit")])
def test_duplicates_are_refused(refused, name, value):
    line = "%s: %s" % (name, value)
    refused(65, "-t", stdin=message(line, line.swapcase()
                                    if name == "Subject" else line),
            sender=None, says=name)


@pytest.mark.parametrize("header", [
    b"Subject: a\0b", b"X: \x1b[31m", b"To: a@b@c", b"From: <a@b",
    b"X-Y: \x7f"])
def test_broken_headers_are_refused(refused, header):
    refused(65, "-t", stdin=b"Cc: bob@example.org\n" + header + b"\n\nx\n")


def test_blank_before_the_colon(run_mitto, server):
    result = run_mitto("-S", server.url, "-t",
                       stdin=message("Subject : spaced"))
    assert result.status in (0, 65), result
    for envelope in server.messages:
        assert raw_header(envelope.content, "Subject") \
            == b"Subject: spaced\r\n"


def test_first_line_that_is_no_header_starts_the_body(run_mitto, server):
    """Lost headers or a lost line would both be wrong."""
    result = run_mitto("-S", server.url, "-t",
                       stdin=b"From: a@home.example\nTo: bob@example.org\n"
                       b"this is text\nmore\n")
    assert result.status in (0, 65), result
    for envelope in server.messages:
        assert text(read(envelope.content)) == "this is text\nmore\n"


def test_attack_through_the_sender(run_mitto, tmp_path, server):
    run_mitto("-S", server.url, "-t", "-f",
              '"attacker\\" -oQ/tmp/ -X%s/shell.php  some"@email.com'
              % tmp_path, stdin=message())
    assert not (tmp_path / "shell.php").exists()


def test_finished_message_to_a_file(run_mitto, tmp_path):
    result = run_mitto("-t", "-o", "out.eml", stdin=FULL)
    assert result.status == 0, result
    assert (tmp_path / "out.eml").read_bytes() == crlf(FULL)


@pytest.mark.parametrize("flags", [["-t"], ["--raw", BOB]], ids=str)
def test_a_message_in_a_loop_is_refused(refused, send, flags):
    head = b"To: " + BOB.encode() + b"\nFrom: ana@home.example\n"
    hop = b"Received: from a by b; Mon, 23 Nov 2026 21:57:12 +0100\n"
    refused(65, *flags, stdin=hop * 51 + head + b"\nx\n", says="loop")
    sent = send(*flags, stdin=hop * 50 + head + b"\nx\n")
    assert len(sent.message.get_all("Received")) == 50


def test_a_header_without_an_empty_line_is_told(run_mitto):
    result = run_mitto("-t", "-v", "-n", "-f", "ana@home.example",
                       stdin=b"To: bob@example.org\ntext at once\n")
    assert result.status == 0, result
    assert b"no empty line" in result.out, result


# A text without a header -------------------------------------------------

TEXTS = [
    b"hi\n", b"hi", b"\nhi\n", b"hello bob\n\nhow: are you?\n",
    b"Warning: disk full\n", b"Warning: disk full",
    b"Warning: disk full\nonly 3 MB are left\n",
    b"Warning: disk full\n\nplease look\n",
    b"Error: a\nError: b\nError: c\nthat is all\n",
    b"Date: 2024-02-30\nall is well\n", b"Date: today\n\nall is well\n",
    b"12:30: started\n12:31: ended\n", b"http://x.example/ is down\n",
    b"X-ray: broken\nbones: two\nnothing else\n",
    b": a line with a colon in front\n", b"From here on all is text\n",
    b"key: value\n :more\n", b"  indented\n", b"\ttab\n",
    b"Status: \x1b[31mred\x1b[0m\nall: done\n",
    "Hinweis: Gr\u00fc\u00dfe\n\u017elu\u0165\n".encode(),
    b"".join(b"key%d: value\n" % i for i in range(1500)),
    b"Note: " + b"x" * 5000 + b"\nend\n",
    b"Mode: binary\n\0\1\2\n",
]


@pytest.mark.parametrize("stdin", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_text_without_a_header_is_a_body(send, stdin, ends):
    sent = send("--raw", BOB, stdin=stdin.replace(b"\n", ends))
    part, = leaves(sent.message)
    got = body_of(part).replace(b"\r\n", b"\n")
    assert got.rstrip(b"\n") == stdin.rstrip(b"\n")
    assert str(sent.message["To"]) == BOB
    assert sent.message["From"] == "ana@home.example"
    for name in ("Warning", "Error", "Status", "Note", "key"):
        assert name not in sent.message


@pytest.mark.parametrize("stdin, name", [
    (b"Subject: x\n\nWarning: text\n", "Subject"),
    (b"subject: x\nWarning text\n", "Subject"),
    (b"Warning: x\nSubject: x\n\ntext\n", "Warning"),
    (b"X-Job: x\n\ntext\n", "X-Job"), (b"Subject: x\n", "Subject"),
    (b"Content-Type: text/plain\n\ntext\n", "Content-Type")])
def test_text_with_a_header(send, stdin, name):
    sent = send("--raw", BOB, stdin=stdin)
    assert name in sent.message
    assert b"x\r\n\r\n" in sent.content or b"text/plain\r\n" in sent.content


def test_text_without_a_header_and_read_headers(send):
    """--raw -t: a text is no mistake where somebody is named to get it."""
    sent = send("--raw", "-t", BOB, stdin=b"Warning: disk full\n")
    assert text(sent.message) == "Warning: disk full\n"


def test_read_headers_of_nobody(refused):
    refused(65, "--raw", "-t", stdin=b"hi\n", says="header")


def test_text_without_a_header_of_a_child(send):
    """As cron would: no terminal, no flags, a name of this host."""
    sent = send("--raw", "root", "-O", "default-domain=dd.example",
                stdin=b"/bin/sh: 1: nonsense: not found\n", sender=None)
    assert sent.envelope.rcpt_tos == ["root@dd.example"]
    assert sent.message["Auto-Submitted"] == "auto-generated"
    assert text(sent.message) == "/bin/sh: 1: nonsense: not found\n"


# Resent, more than once --------------------------------------------------

def test_first_resent_block_decides(send):
    """Nothing of an earlier resending below it counts."""
    stdin = (b"Resent-From: rita@home.example\nResent-To: new@example.org\n"
             b"Resent-Date: Fri, 21 Nov 1997 09:55:06 -0600\n"
             b"Resent-From: old@home.example\nResent-To: old@example.org\n"
             b"Resent-Cc: older@example.org\n"
             b"Resent-Bcc: hidden@example.net\n") + FULL
    sent = send("-t", stdin=stdin, sender=None)
    assert sent.envelope.rcpt_tos == ["new@example.org"]
    assert b"hidden" not in sent.content
    want = crlf(stdin.replace(b"Resent-Bcc: hidden@example.net\n", b""))
    assert sent.content == want


def test_trace_field_ends_a_resent_block(send):
    stdin = (b"Resent-From: rita@home.example\nResent-To: new@example.org\n"
             b"Received: from a by b; Fri, 21 Nov 1997 10:01:10 -0600\n"
             b"Resent-Cc: old@example.org\n") + FULL
    sent = send("-t", stdin=stdin, sender=None)
    assert sent.envelope.rcpt_tos == ["new@example.org"]
    assert sent.content == crlf(stdin)


def test_who_resends_gets_the_bounces(send):
    block = (b"Resent-From: Rita <rita@home.example>\n"
             b"Resent-To: new@example.org\n")
    for args in (["-t"], ["--raw", "new@example.org"]):
        sent = send(*args, stdin=block + FULL, sender=None)
        assert sent.envelope.mail_from == "rita@home.example"
        assert sent.message["From"] == "Ana <ana@home.example>"
    sent = send("-t", stdin=b"Resent-Sender: sam@home.example\n" + block
                + FULL, sender=None)
    assert sent.envelope.mail_from == "sam@home.example"


def test_resent_block_of_no_recipients(send):
    sent = send("-t", stdin=b"Resent-From: rita@home.example\n" + FULL,
                sender=None)
    assert len(sent.envelope.rcpt_tos) == 3
    assert sent.envelope.mail_from == "ana@home.example"


def test_resent_message_keeps_its_author(send):
    stdin = (b"Resent-From: root@localhost\n"
             b"Resent-To: new@example.org\n") + FULL
    sent = send("-t", "-O", "from-header=force", sender=None, stdin=stdin,
                env={"MITTO_FROM": "me@mail.example"})
    assert sent.message["From"] == "Ana <ana@home.example>"
    assert sent.message["Resent-From"] == "me@mail.example"
    assert sent.envelope.mail_from == "me@mail.example"
    sent = send("-t", sender="rita@home.example", stdin=stdin)
    assert sent.message["From"] == "Ana <ana@home.example>"
    assert sent.envelope.mail_from == "rita@home.example"


@pytest.mark.parametrize("field", [
    b"Sender: root at home", b"Sender: a@x.example, b@x.example",
    b"Resent-To: bob@example.org\nResent-From: rita at home"])
def test_senders_that_cannot_be_read_pass(run_mitto, server, field):
    """It is their writer's business, and no reason to lose a mail."""
    result = run_mitto("-S", server.url, "-t", stdin=field + b"\n" + FULL)
    assert result.status == 0, result
    assert server.messages[0].content == crlf(field + b"\n" + FULL)
    assert server.messages[0].mail_from == "ana@home.example"


# Who wrote it ------------------------------------------------------------

@pytest.mark.parametrize("args", [["-t"], ["--raw", BOB]])
def test_machines_say_so(send, args):
    """cron and scripts leave Date and Message-ID to the mailer."""
    sent = send(*args, stdin=message(), sender=None)
    assert sent.message["Auto-Submitted"] == "auto-generated"
    sent = send(*args, stdin=message("Auto-Submitted: auto-replied"),
                sender=None)
    assert sent.message.get_all("Auto-Submitted") == ["auto-replied"]
    sent = send(*args, sender=None, stdin=message(
        "Date: Fri, 21 Nov 1997 09:55:06 -0600", "Message-ID: <1@x.example>"))
    assert "Auto-Submitted" not in sent.message


# No destination ----------------------------------------------------------

@pytest.mark.parametrize("stdin", [
    b"From: ana@home.example\nBcc: bob@example.org\n\nx\n",
    b"From: ana@home.example\nTo:\nCc: \nBcc: bob@example.org\n\nx\n"],
    ids=["only-bcc", "empty"])
def test_nobody_is_shown(send, stdin):
    for args in (["-t"], ["--raw", BOB]):
        sent = send(*args, stdin=stdin, sender=None)
        assert sent.envelope.rcpt_tos == [BOB]
        assert str(sent.message["To"]) == "undisclosed-recipients:;"
        assert "Cc" not in sent.message and b"bob@" not in sent.content


@pytest.mark.parametrize("field", ["To: carl@example.org",
                                   "Cc: carl@example.org"])
def test_somebody_is_shown(send, field):
    sent = send("--raw", BOB, sender=None, stdin=(
        "From: ana@home.example\n%s\n\nx\n" % field).encode())
    assert b"undisclosed" not in sent.content


# Empty fields, and hops --------------------------------------------------

@pytest.mark.parametrize("name", ["Date", "Message-ID", "From", "To", "Cc",
                                  "Reply-To", "Sender", "References",
                                  "MIME-Version"])
@pytest.mark.parametrize("value", ["", " ", "\n \t"],
                         ids=["none", "blank", "folded"])
def test_empty_fields_are_missing(send, name, value):
    """PHP scripts write "Cc: " when nobody gets a copy."""
    sent = send("-t", BOB, stdin=(
        "%s:%s\nSubject: x\n\ntext\n" % (name, value)).encode())
    assert sent.message[name] != ""
    assert not re.search(rb"(?m)^%s: *\r$" % name.encode(), sent.content)
    assert sent.message["Subject"] == "x"


def test_empty_subject_stays(send):
    sent = send("-t", stdin=message("Subject:"), sender=None)
    assert b"\r\nSubject:\r\n" in sent.content


HOP = b"Received: from a by b; Fri, 21 Nov 1997 10:01:10 -0600\n"


def test_many_hops(send):
    sent = send("-t", stdin=HOP * 50 + message(), sender=None)
    assert sent.content.count(b"Received:") == 50

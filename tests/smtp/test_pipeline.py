# SPDX-License-Identifier: MIT
"""What only our own lane does, and the traps on its way."""

import time

import pytest

from server import Close, Delay, Hang

BIG = (b"x" * 70 + b"\n") * 100000
HUNDRED = ["LIMITS RCPTMAX=100"]
ODD = "\u00fc"


@pytest.fixture
def lane():
    return "grouped"


SHORT = (b"From: ana@home.example\r\nSubject: x\r\n"
         b"Message-ID: <1@home.example>\r\n\r\nhello\r\n")


def people(count):
    return ["p%04d@x.example" % i for i in range(count)]


def states(result):
    return [r["state"] for r in result.answer["recipients"]]


# Groups -------------------------------------------------------------------

@pytest.mark.parametrize("count", [1, 2, 10, 100, 1000])
def test_two_flights(script, mail, count):
    """After EHLO: the envelope; the message with QUIT."""
    server = script(join=True)
    result = mail(server, "--raw", text=SHORT, to=people(count))
    assert result.status == 0, result
    assert server.flights == 2 + 2  # greeting and EHLO before
    assert server.verbs()[-1] == "QUIT"


@pytest.mark.parametrize("count", [101, 250, 1000])
def test_next_envelope_rides_on_the_dot(script, mail, count):
    server = script(join=True, offers=HUNDRED)
    result = mail(server, "--raw", text=SHORT, to=people(count))
    transactions = -(-count // 100)
    assert result.status == 0, result
    assert server.flights == 2 + transactions + 1
    assert server.connections == 1
    assert sum((m.recipients for m in server.messages), []) == people(count)


def test_long_envelope(script, mail):
    """Too long to ride in the record of the dot."""
    to = ["%s%03d@%s.example" % ("l" * 60, i, "d" * 60) for i in range(250)]
    server = script(join=True)
    result = mail(server, to=to)
    assert result.status == 0, result
    assert sum((m.recipients for m in server.messages), []) == to
    assert server.connections == 1


def test_one_at_a_time(script, mail):
    server = script(join=True, pipelining=False)
    result = mail(server, to=people(3))
    assert result.status == 0, result
    assert server.flights == 2 + 7  # MAIL, 3 RCPT, DATA, dot, QUIT


def test_last_ehlo_counts(script, mail, tls_context, cacert):
    """PIPELINING before TLS only is no PIPELINING."""
    server = script(tls=tls_context, pipelining=False, join=True,
                    offers=lambda tls: [] if tls else ["PIPELINING"])
    result = mail(server, "--cacert", cacert, mode="starttls", to=people(3))
    assert result.status == 0, result
    assert server.flights == 4 + 7


def test_refused_ehlo_offers_nothing(script, mail):
    """Whatever the lines of the refusal say."""
    server = script(join=True, replies={
        "EHLO": "502-no\n502-PIPELINING\n502 CHUNKING"})
    result = mail(server, to=people(3))
    assert result.status == 0, result
    assert server.flights == 3 + 7 and server.count("BDAT") == 0


def test_more_recipients_where_announced(script, mail):
    server = script(offers=["LIMITS RCPTMAX=500 MAILMAX=10"])
    result = mail(server, to=people(700))
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages] == [500, 200]


def test_fewer_recipients_where_announced(script, mail):
    server = script(offers=["LIMITS RCPTMAX=40"], join=True)
    result = mail(server, "--raw", text=SHORT, to=people(100))
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages] == [40, 40, 20]
    assert server.flights == 2 + 3 + 1


def test_deaf(script, mail):
    """PIPELINING was a lie: a time-out, and nothing in doubt."""
    server = script(deaf=True)
    result = mail(server, "--timeout=1s", to=people(3))
    assert result.status == 75, result
    assert result.answer["state"] == "failed"
    assert states(result) == ["deferred"] * 3
    assert "--lane=engine" in result.hint
    assert server.messages == []


def test_nobody_but_354(script, mail):
    """An empty message, as RFC 2920 wants it, and the refusals count."""
    server = script(strict=False, replies={"RCPT": "550 5.1.1 no"})
    result = mail(server, to=people(3))
    assert result.status == 67, result
    assert states(result) == ["refused"] * 3
    assert [m.content for m in server.messages] == [b""]
    assert server.verbs()[-1] == "QUIT"


@pytest.mark.parametrize("replies, status", [
    ({"MAIL": Hang("550 5.7.1 no")}, 69),
    ({"MAIL": Close("550 5.7.1 no")}, 69),
    ({"RCPT": "550 5.1.1 no", "DATA": Hang()}, 67),
    ({"RCPT": "550 5.1.1 no", "DATA": Close()}, 67),
    ({"RCPT": "550 5.1.1 no", "BODY": Close()}, 67)])
def test_refused_and_gone(script, mail, replies, status):
    """What comes behind a refusal, or does not come, adds nothing to it."""
    server = script(strict=False, replies=replies)
    result = mail(server, "--timeout=1s", to=people(3))
    assert result.status == status, result
    assert states(result) == ["refused"] * 3


def test_no_sender_but_354(script, mail):
    server = script(strict=False, replies={"MAIL": "550 5.7.1 no"})
    result = mail(server, to=people(3))
    assert result.status == 69, result
    assert result.answer["stage"] == "mail"
    assert [m.content for m in server.messages] == [b""]


def test_reset_after_refusal(script, mail):
    refused = dict.fromkeys(people(100), "550 5.1.1 no")
    server = script(replies={"RCPT": refused}, offers=HUNDRED)
    result = mail(server, to=people(150))
    assert result.status == 69, result
    assert states(result) == ["refused"] * 100 + ["accepted"] * 50
    assert server.connections == 1
    verbs = server.verbs()
    assert verbs[verbs.index("RSET") + 1] == "MAIL"


def test_refused_with_the_next_envelope_out(script, mail):
    """The second transaction is not carried on with."""
    server = script(replies={"BODY": ["554 5.7.1 spam", "250 ok"]},
                    offers=HUNDRED)
    result = mail(server, to=people(150))
    assert result.status == 69, result
    assert "accepted" not in states(result)
    assert len(server.messages) == 1


@pytest.mark.parametrize("join", [False, True])
def test_gone_with_the_next_envelope_out(script, mail, join):
    server = script(join=join, offers=HUNDRED,
                    replies={"BODY": [Close("250 ok"), "250 ok"]})
    result = mail(server, to=people(150))
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages] == [100, 50]


def test_long_replies(script, mail):
    """More than fits the buffers of both sides."""
    long = "\n".join(["250-" + "y" * 70] * 300) + "\n250 ok"
    server = script(replies={"RCPT": long})
    result = mail(server, to=people(100))
    assert result.status == 0, result


@pytest.mark.parametrize("join", [False, True])
def test_cut_anywhere(script, mail, join):
    """The server's words come in two pieces, cut at every byte."""
    total = 400
    for position in range(1, total, 3):
        server = script(join=join, cut=(position, 0.003))
        result = mail(server, to=people(4))
        assert result.status == 0, (position, result)
        assert len(server.messages) == 1


# In the middle of a message -----------------------------------------------

@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("reply, status", [
    ("552 5.3.4 too big", 69), ("421 4.3.2 closing", 75)])
@pytest.mark.parametrize("action", [Close, lambda reply: reply])
def test_refusal_stops_the_upload(script, mail, tls_context, cacert, tls,
                                  reply, status, action):
    server = script(during=(200000, action(reply)),
                    tls=tls_context if tls else None)
    result = mail(server, "--cacert", cacert, text=BIG * 3,
                  mode="starttls" if tls else "plain")
    assert result.status == status, result
    assert result.answer["code"] == int(reply[:3])
    assert result.answer["reply"] == reply[10:]
    assert result.answer["stage"] == "body"
    assert states(result) == ["refused" if status == 69 else "deferred"]
    assert server.got < len(BIG) * 2
    assert server.messages == []


def test_slow_refusal(script, mail):
    """A reply of two lines that takes its time."""
    server = script(during=(100000, "552-5.3.4 too\n552 5.3.4 big"),
                    replies={}, cut=(110, 0.2))
    result = mail(server, text=BIG)
    assert result.status == 69, result
    assert result.answer["reply"] == "too\nbig"


@pytest.mark.parametrize("reply", ["250 2.0.0 ok", "354 go on"])
def test_too_early_a_yes(script, mail, reply):
    """Before the dot it can mean nothing."""
    server = script(during=(100000, reply))
    result = mail(server, text=BIG * 4)
    assert result.status == 76, result
    assert result.answer["state"] == "failed"
    assert server.messages == []


@pytest.mark.parametrize("mode", ["plain", "starttls"])
def test_slow_reader(script, mail, tls_context, cacert, mode):
    """Writes that do not go through at once, in TLS with the same buffer."""
    server = script(pace=0.01, tls=tls_context if mode != "plain" else None)
    text = b".%d\n" * 200 + BIG
    result = mail(server, "--cacert", cacert, text=text, mode=mode)
    assert result.status == 0, result
    assert server.messages[0].content.endswith(text.replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("mode", ["plain", "starttls"])
def test_hangs_with_buffers_full(script, mail, tls_context, cacert, mode):
    server = script(during=(100000, Hang()), pace=0.001,
                    tls=tls_context if mode != "plain" else None)
    start = time.monotonic()
    result = mail(server, "--cacert", cacert, "--timeout=1s", text=BIG * 4,
                  mode=mode)
    assert result.status == 75 and "took no more" in result.err, result
    assert result.answer["state"] == "failed"
    assert time.monotonic() - start < 8


# The last word --------------------------------------------------------------

@pytest.mark.parametrize("end, state", [
    (Close(), "in-doubt"), (Close(reset=True), "in-doubt"),
    (Hang(), "in-doubt"), (Close("250 ok"), "sent"),
    (Close("250 ok", reset=True), "sent"), (Delay(0.5, "250 ok"), "sent"),
    (b"250 o", "in-doubt"), (b"250-ok\r\n", "in-doubt")])
def test_after_the_dot(script, mail, end, state):
    if isinstance(end, bytes):
        end = Hang(end)
    server = script(replies={"BODY": end})
    result = mail(server, "--timeout=1s")
    assert result.answer["state"] == state, result


def test_no_notes_of_libcurl(script, mail):
    """Some releases note each read."""
    result = mail(script(), "-vvv")
    assert result.status == 0 and "easy.c" not in result.err, result


# Parameters -----------------------------------------------------------------

@pytest.mark.parametrize("offers, tail", [
    ([], ""), (["SIZE"], " SIZE=%d"), (["size 10000"], " SIZE=%d"),
    (["8BITMIME", "DSN"], "")])
def test_parameters(script, mail, offers, tail):
    server = script(offers=offers)
    result = mail(server)
    assert result.status == 0, result
    size = len(server.messages[0].content)
    want = tail % size if tail else ""
    assert server.said[1] == "MAIL FROM:<ana@home.example>" + want


@pytest.mark.parametrize("offer", ["SMTPUTF8", "smtputf8"])
def test_utf8(script, mail, offer):
    server = script(offers=[offer, "8BITMIME"])
    result = mail(server, to=["j%srgen@x.example" % ODD])
    assert result.status == 0, result
    assert server.said[1].endswith(" SMTPUTF8")


@pytest.mark.parametrize("flags, mail_tail, rcpt_tail", [
    (["-N", "success,Delay"], "", " NOTIFY=SUCCESS,DELAY"),
    (["--notify=never"], "", " NOTIFY=NEVER"),
    (["-R", "hdrs"], " RET=HDRS", ""), (["--return=full"], " RET=FULL", ""),
    (["--envid=a b+c=d"], " ENVID=a+20b+2Bc+3Dd", ""),
    (["--notify=failure", "--return=full", "--envid=7"], " RET=FULL ENVID=7",
     " NOTIFY=FAILURE")])
def test_reports(script, mail, flags, mail_tail, rcpt_tail):
    server = script(offers=["DSN"])
    result = mail(server, *flags, to=["bob+x@there.example"])
    assert result.status == 0, result
    assert server.said[1] == "MAIL FROM:<ana@home.example>" + mail_tail
    assert server.said[2] == ("RCPT TO:<bob+x@there.example>" + rcpt_tail +
                              " ORCPT=rfc822;bob+2Bx@there.example")
    assert result.err == ""


def test_reports_not_offered(script, mail):
    server = script()
    result = mail(server, "--notify=success")
    assert result.status == 0 and "DSN" in result.err, result
    assert "NOTIFY" not in server.said[2]


def test_reports_for_utf8(script, mail):
    server = script(offers=["DSN", "SMTPUTF8"])
    result = mail(server, "-Nnever", to=["j%srgen@x.example" % ODD])
    assert result.status == 0, result
    assert server.said[2].endswith("> NOTIFY=NEVER")

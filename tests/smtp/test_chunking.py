# SPDX-License-Identifier: MIT
"""BDAT (RFC 3030): a small message travels with its envelope."""

import pytest

from server import Close, Hang

TEXT = (b"From: ana@home.example\r\nSubject: x\r\n"
        b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
        b"Message-ID: <1@home.example>\r\n\r\n.one\r\n..two\r\n.\r\nend\r\n")


@pytest.fixture(params=["single", "grouped"])
def lane(request):
    return request.param


@pytest.fixture
def chunky(script):
    """A scripted server that offers CHUNKING."""
    def start(**options):
        return script(chunking=True, **options)
    return start


def people(count):
    return ["p%04d@x.example" % i for i in range(count)]


def states(result):
    return [r["state"] for r in result.answer["recipients"]]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_one_flight(chunky, mail, lane, count):
    server = chunky(join=True)
    result = mail(server, "--raw", text=TEXT, to=people(count))
    assert result.status == 0, result
    assert [m.recipients for m in server.messages] == [people(count)]
    assert "DATA" not in server.verbs() and server.verbs()[-1] == "QUIT"
    # Greeting and EHLO before; or MAIL, each RCPT, BDAT, QUIT.
    assert server.flights == 2 + (1 if lane == "grouped" else count + 3)


def test_bytes_are_the_same(chunky, script, mail):
    """Nothing is doubled, nothing is lost."""
    chunk, data = chunky(), script()
    for server in (chunk, data):
        assert mail(server, "--raw", text=TEXT).status == 0
    assert chunk.messages[0].raw == data.messages[0].content
    assert b"\r\n.\r\n" in chunk.messages[0].raw
    assert data.count("BDAT") == 0


def test_answer_is_the_same(chunky, script, mail):
    answers = []
    for server in (chunky(), script()):
        answer = mail(server, "--raw", text=TEXT).answer
        for name in ("elapsed_ms", "server"):
            del answer[name]
        answers.append(answer)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("how", ["flag", "config", "environment"])
def test_switched_off(chunky, run_mitto, tmp_path, how):
    server = chunky()
    config = tmp_path / "config"
    config.write_text("[defaults]\nchunking = never\n" if how == "config"
                      else "")
    result = run_mitto(
        "-C", config, "-S", server.address, "-f", "a@x.example",
        *(["--chunking=never"] if how == "flag" else []), "b@x.example",
        stdin=b"hello\n",
        env={"MITTO_CHUNKING": "never"} if how == "environment" else {})
    assert result.status == 0, result
    assert server.count("BDAT") == 0 and server.count("DATA") == 1


@pytest.mark.parametrize("size,verb", [(20000, "BDAT"), (40000, "DATA")])
def test_large_messages_wait(chunky, mail, size, verb):
    """They would be sent in vain where nobody is accepted."""
    server = chunky()
    result = mail(server, text=(b"x" * 70 + b"\n") * (size // 71))
    assert result.status == 0, result
    assert server.count(verb) == 1
    assert server.count("BDAT") + server.count("DATA") == 1


def test_over_tls(chunky, mail, tls_context, cacert):
    server = chunky(tls=tls_context, join=True)
    text = (b"x" * 70 + b"\n") * 400
    result = mail(server, "--cacert", cacert, mode="starttls", text=text,
                  to=people(300))
    assert result.status == 0, result
    assert text.replace(b"\n", b"\r\n") in server.messages[0].content


@pytest.mark.parametrize("code,status,state", [
    (554, 69, "refused"), (452, 75, "deferred")])
def test_refused(chunky, mail, code, status, state):
    server = chunky(replies={"BODY": "%d %d.7.1 no" % (code, code // 100)})
    result = mail(server, to=people(2))
    assert result.status == status, result
    assert states(result) == [state] * 2
    assert result.answer["stage"] == "body"
    assert server.count("BDAT") == 1


def test_nobody_accepted(chunky, mail, lane):
    server = chunky(replies={"RCPT": "550 5.1.1 no such user"})
    result = mail(server, to=people(2))
    assert result.status == 67, result
    assert result.answer["stage"] == "rcpt"
    assert server.messages == []
    assert server.count("BDAT") == (1 if lane == "grouped" else 0)


def test_sender_refused(chunky, mail):
    server = chunky(replies={"MAIL": "550 5.7.1 not you"})
    result = mail(server, to=people(2))
    assert result.status == 69, result
    assert result.answer["stage"] == "mail"
    assert result.answer["reply"] == "not you"


def test_some_accepted(chunky, mail):
    server = chunky(replies={"RCPT": {"p0001@x.example": "550 5.1.1 no"}})
    result = mail(server, to=people(3))
    assert result.status == 69, result
    assert states(result) == ["accepted", "refused", "accepted"]


def test_too_many(chunky, mail, lane):
    """The rest follows in chunks of its own; QUIT is out before it is known
    that there is a rest."""
    server = chunky(most=40)
    result = mail(server, to=people(100))
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages] == [40, 40, 20]
    assert server.connections == (2 if lane == "grouped" else 1)


def test_promised_too_much(script, mail):
    """The offer of CHUNKING was empty: the message goes in the usual way, on a
    new connection, as this one may hold it for commands."""
    server = script(chunking="no")
    result = mail(server, "--raw", text=TEXT, to=people(2))
    assert result.status == 0, result
    assert server.connections == 2
    assert [m.recipients for m in server.messages] == [people(2)]


def test_promised_too_much_and_gone(script, mail):
    """What the first connection said counts no more."""
    server = script(chunking="no", replies={
        "GREETING": ["220 hi", Close("421 4.3.2 closing")]})
    result = mail(server, to=people(2))
    assert result.status == 75, result
    assert server.connections == 2
    assert states(result) == ["deferred"] * 2
    assert [r["code"] for r in result.answer["recipients"]] == [None] * 2


@pytest.mark.parametrize("end", [Close(), Close(reset=True), Hang()])
def test_in_doubt(chunky, mail, end):
    server = chunky(replies={"BODY": end})
    result = mail(server, "--timeout=1s")
    assert result.status == 75, result
    assert result.answer["state"] == "in-doubt"
    assert states(result) == ["unknown"]


def test_gone_after_mail(chunky, mail, lane):
    """One at a time, nothing of the message has left yet."""
    server = chunky(replies={"MAIL": Close()})
    result = mail(server)
    assert result.status == 75, result
    assert result.answer["state"] == (
        "in-doubt" if lane == "grouped" else "failed")


def test_check(chunky, mail):
    server = chunky()
    result = mail(server, "--check")
    assert result.status == 0, result
    assert server.count("BDAT") == 0 and server.messages == []


def test_file_that_changes(chunky, mail, tmp_path):
    """Read before its length is promised."""
    path = tmp_path / "text"
    path.write_bytes(b"hello\n")
    server = chunky()
    result = mail(server, "--body", path)
    assert result.status == 0, result
    assert b"hello\r\n" in server.messages[0].content


@pytest.mark.parametrize("end", [Close(), Hang()])
def test_nobody_accepted_nothing_in_doubt(chunky, mail, end):
    """Not even if no word is said of the chunk."""
    server = chunky(replies={"RCPT": "550 5.1.1 no such user", "BODY": end},
                    strict=False)
    result = mail(server, "--timeout=1s", to=people(2))
    assert result.status == 67, result
    assert result.answer["state"] == "failed"
    assert states(result) == ["refused"] * 2


@pytest.mark.parametrize("end", [Close, Hang])
def test_sender_refused_nothing_in_doubt(chunky, mail, end):
    server = chunky(replies={"MAIL": end("550 5.7.1 not you")})
    result = mail(server, "--timeout=1s", to=people(2))
    assert result.status == 69, result
    assert result.answer["state"] == "failed"
    assert result.answer["reply"] == "not you"
    assert states(result) == ["refused"] * 2


def test_odd_reply_to_mail(chunky, mail):
    server = chunky(replies={"MAIL": "354 what?"})
    result = mail(server, to=people(2))
    assert result.status == 76, result
    assert result.answer["state"] == "failed"


def test_crowd_ends_the_session(chunky, mail):
    """421 among the recipients: then by the hundred."""
    server = chunky(replies={"RCPT": ["250 ok"] * 149 + [
        Close("421 4.7.0 too many of them"), "250 ok"]})
    result = mail(server, to=people(250))
    assert result.status == 0, result
    assert sorted(sum((m.recipients for m in server.messages),
                      [])) == people(250)

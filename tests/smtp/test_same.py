# SPDX-License-Identifier: MIT
"""The same server does the same to both lanes: status, JSON, bytes stored."""

import pytest

from server import Close, Delay
from story import HEAD, PEOPLE, story

SECOND = PEOPLE[1]
OWN = [dict(pipelining=False), dict(pipelining=True),
       dict(pipelining=True, join=True)]


@pytest.fixture
def lane():
    """Each test here runs them all itself."""
    return "engine"


@pytest.fixture
def same(script, mail):
    """same(make, **send): run it on each lane; the stories and the words."""
    def run(make, *args, text=b"hello\n", **kwargs):
        def tell(lane, **more):
            server = script(**dict(make(), **more))
            result = mail(server, "--raw", "--lane=" + lane, *args,
                          text=HEAD + text, **kwargs)
            return story(result, server), result
        first, result = tell("engine", pipelining=False)
        for more in OWN:
            other, second = tell("pipeline", **more)
            assert other == first, (more, result, second)
        return first
    return run


STAGES = ["GREETING", "EHLO", "MAIL", "RCPT", "SECOND", "DATA", "BODY",
          "QUIT"]
CODES = ["150 wait", "200 fine", "250 2.0.0 ok", "251 2.1.5 will forward",
         "334 more", "354 go on",
         "421 4.3.2 closing", "450 4.2.0 busy", "452 4.5.3 too many",
         "452 4.2.2 full", "500 5.5.1 what", "530 5.7.0 log in", "550 5.1.1 no",
         "552 5.3.4 too big", "554 5.7.1 no", "550 no enhanced",
         "550-5.7.1 two\n550 5.7.1 lines"]


def at(stage, action):
    """That action at that stage; SECOND is the second RCPT."""
    if stage == "SECOND":
        return dict(replies={"RCPT": {SECOND: action}})
    return dict(replies={stage: action})


def cases():
    for stage in STAGES:
        for reply in CODES:
            # How much of the message has left by then, and whether the end
            # is heard before the reply is judged, is a matter of luck.
            odd = reply[0] in {"MAIL": "3", "DATA": "23"}.get(stage, "")
            for end in ("stays", "closes", "together"):
                if not odd or end == "stays":
                    yield stage, reply, end


@pytest.mark.parametrize("stage, reply, end", cases())
def test_each_reply_at_each_stage(same, stage, reply, end):
    action = reply if end == "stays" else Close(
        reply, together=end == "together")
    same(lambda: at(stage, action), to=PEOPLE)


# Without a greeting a reset may hit the connecting as well.
@pytest.mark.parametrize("stage, reset", [
    (stage, reset) for stage in STAGES for reset in (False, True)
    if (stage, reset) != ("GREETING", True)])
def test_closed_at_each_stage(same, stage, reset):
    same(lambda: at(stage, Close(reset=reset)), to=PEOPLE)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "SECOND", "DATA", "BODY"])
@pytest.mark.parametrize("reply", [
    b"25\r\n", b"999 hi\r\n", b"hello\r\n", b"250-one\r\n251 two\r\n",
    b"\r\n", b"250:ok\r\n", b"250 \xff\x00\xfe\r\n", b"250\r\n", b"354 x\r\n",
    b"354 go\n"])
def test_odd_replies(same, stage, reply):
    same(lambda: at(stage, reply), "--timeout=3s", to=PEOPLE)


@pytest.mark.parametrize("batch", [
    ["250 ok", "452 4.5.3 too many", "250 ok"],
    ["452 4.5.3 too many"], ["250 ok", "550 5.1.1 no", "451 4.3.0 later"]])
def test_recipients(same, batch):
    same(lambda: dict(replies={"RCPT": list(batch)}), to=PEOPLE)


@pytest.mark.parametrize("body", ["250 ok", "451 4.3.0 no", "554 5.7.1 spam",
                                  Close(), Close("250 ok"), Close("421 bye")])
def test_many_recipients(same, body):
    """Two transactions; the first ends in each of these."""
    people = ["p%03d@x.example" % i for i in range(150)]
    same(lambda: dict(replies={"BODY": [body, "250 ok"]}), to=people)


@pytest.mark.parametrize("people", [PEOPLE, PEOPLE[:1]])
@pytest.mark.parametrize("refused", [
    ("MAIL", "550 5.7.1 no"), ("RCPT", "550 5.1.1 no"),
    ("DATA", "451 4.3.0 no")])
def test_check(same, people, refused):
    same(lambda: dict(replies=dict([refused])), "--check", to=people)


@pytest.mark.parametrize("text", [
    b"", b".", b".\r\n", b"..\r\n.\r\n", b"a\r\n.\r\n.\r\n", b".x\r\n" * 50000,
    (b"x" * 70 + b"\r\n") * 4000, (b".\r\n" + b"y" * 900 + b"\r\n") * 1000,
    b"z" * 131060 + b"\r\n.\r\n"])
def test_bytes(same, text):
    stored = same(lambda: dict(offers=["SIZE", "8BITMIME"]), text=text)
    assert stored["status"] == 0


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
@pytest.mark.parametrize("replies", [
    {}, {"RCPT": {SECOND: "550 5.1.1 no"}}, {"BODY": Close()},
    {"BODY": "554 5.7.1 no"}, {"MAIL": Close("421 4.3.2 no")}])
def test_in_tls(same, login, tls_context, cacert, mode, replies):
    same(lambda: dict(tls=tls_context, implicit=mode == "ssl",
                      login=("joe", "secret"), replies=dict(replies)),
         "--cacert", cacert, *login("joe", "secret"), mode=mode, to=PEOPLE)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "BODY"])
def test_slow(same, stage):
    reply = "354 go" if stage == "DATA" else "250 ok"
    same(lambda: dict(replies={stage: Delay(0.3, reply)}), to=PEOPLE)

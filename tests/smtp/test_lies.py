# SPDX-License-Identifier: MIT
"""Servers that offer PIPELINING and cannot count: whatever they make of a
group, nobody counts as served who may not have been."""

import pytest

ENGINE = "--lane=engine"
PEOPLE = ("a@x.example", "b@x.example", "c@x.example")


@pytest.fixture
def lane():
    return "grouped"


def states(result):
    return [r["state"] for r in result.answer["recipients"]]


def test_only_the_first_of_a_group_is_heard(script, mail):
    server = script(deaf=True, join=True)
    result = mail(server, "--timeout=1s", to=PEOPLE)
    assert result.status == 75 and ENGINE in result.hint, result
    assert result.answer["stage"] == "rcpt"
    assert states(result) == ["deferred"] * 3
    assert server.verbs() == ["EHLO", "MAIL"]


@pytest.mark.parametrize("mute, stage", [
    ({"RCPT": b""}, "rcpt"), ({"RCPT": {PEOPLE[1]: b""}}, "data"),
    ({"MAIL": b""}, "data"), ({"DATA": b""}, "data")])
def test_only_some_of_a_group_are_answered(script, mail, mute, stage):
    """One reply is missing at the end, whichever it was."""
    server = script(strict=False, replies=mute, join=True)
    result = mail(server, "--timeout=1s", to=PEOPLE)
    assert result.status == 75 and ENGINE in result.hint, result
    assert result.answer["stage"] == stage
    assert set(states(result)) == {"deferred"}
    assert server.messages == []


@pytest.mark.parametrize("join", [False, True])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
def test_one_reply_too_many(script, mail, stage, join):
    """DATA is then answered by what belongs to the last RCPT."""
    server = script(replies={stage: b"250 ok\r\n250 ok again\r\n"},
                    join=join)
    result = mail(server, to=PEOPLE)
    assert result.status == 76 and "DATA" in result.err, result
    assert "accepted" not in states(result)
    assert server.messages == []


def test_the_yes_comes_with_354(script, mail):
    """The message cannot have been seen, so it is not even sent."""
    server = script(replies={"DATA": b"354 go\r\n250 queued\r\n"}, join=True)
    result = mail(server, to=PEOPLE)
    assert result.status == 76, result
    assert result.answer["state"] == "failed"
    assert "accepted" not in states(result)


@pytest.mark.parametrize("extra", ["250 and again", "354 go on",
                                   "550 5.1.1 no"])
def test_two_answers_to_the_message(script, mail, extra):
    """The next envelope rides on the dot, and the extra reply is taken for
    one of its own: only the first hundred count as served."""
    people = ["p%03d@x.example" % i for i in range(150)]
    server = script(join=True, offers=["LIMITS RCPTMAX=100"], replies={
        "BODY": [b"250 ok\r\n%s\r\n" % extra.encode(), "250 ok"]})
    result = mail(server, "--timeout=1s", to=people)
    assert result.status in (69, 75, 76), result
    assert states(result)[:100] == ["accepted"] * 100
    assert "accepted" not in states(result)[100:]
    assert len(server.messages) == 1


@pytest.mark.parametrize("pause", [0, 0.01])
def test_an_answer_nobody_asked_for(script, mail, pause):
    """Behind that of EHLO.  libcurl throws it away when it has read it with
    that one, else it stands where MAIL's should: never a false yes."""
    ehlo = b"250-x\r\n250 PIPELINING\r\n"
    server = script(cut=(len(b"220 test.example ESMTP\r\n" + ehlo), pause),
                    replies={"EHLO": ehlo + b"250 and welcome\r\n"})
    result = mail(server, to=PEOPLE)
    assert result.status in (0, 76), result
    assert ("accepted" in states(result)) == (result.status == 0)
    assert [m.recipients for m in server.messages] == (
        [list(PEOPLE)] if result.status == 0 else [])

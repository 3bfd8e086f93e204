# SPDX-License-Identifier: MIT
"""Each recipient's own fate, and the status of them all together."""

import pytest

from server import Close

A, B, C = "a@x.example", "b@x.example", "c@x.example"
ALL = (A, B, C)


def states(result):
    return [r["state"] for r in result.answer["recipients"]]


def codes(result):
    return [r["code"] for r in result.answer["recipients"]]


@pytest.mark.parametrize("reply, status, state", [
    ("550 5.1.1 no such user", 69, "refused"),
    ("450 4.2.0 greylisted", 75, "deferred"),
])
def test_one_of_three(script, mail, reply, status, state):
    server = script(replies={"RCPT": {B: reply}})
    result = mail(server, to=ALL)
    assert result.status == status, result
    assert states(result) == ["accepted", state, "accepted"]
    assert codes(result) == [250, int(reply[:3]), 250]
    assert result.answer["state"] == "partial"
    assert server.messages[0].recipients == [A, C]
    assert B in result.err and reply[10:] in result.err


def test_mixed_refusals(script, mail):
    server = script(replies={"RCPT": {A: "550 5.1.1 no", B: "451 4.3.0 later"}})
    result = mail(server, to=ALL)
    assert result.status == 69
    assert states(result) == ["refused", "deferred", "accepted"]


def test_the_refusal_for_good_is_the_one_told(script, mail):
    server = script(replies={"RCPT": {A: "451 4.7.1 grey", B: "550 5.1.1 no"}})
    result = mail(server, to=(A, B))
    assert result.status == 69
    assert result.answer["code"] == 550 and result.answer["reply"] == "no"


@pytest.mark.parametrize("replies, status", [
    ("550 5.1.1 no such user", 67),
    ("550 no such user", 69),
    ("550 5.7.1 relaying denied", 69),
    ("530 5.7.0 authentication required", 77),
    ("451 4.7.1 greylisted", 75),
    (["550 5.1.1 no", "550 5.1.6 moved", "550 5.1.2 no domain"], 67),
    (["550 5.1.1 no", "550 5.7.1 no", "550 5.1.1 no"], 69),
    (["550 5.1.1 no", "450 4.2.0 later", "450 4.2.0 later"], 69),
])
def test_all_refused(script, mail, lane, replies, status):
    server = script(replies={"RCPT": replies})
    result = mail(server, to=ALL)
    assert result.status == status, result
    assert "accepted" not in states(result)
    assert server.count("RCPT") == 3 and server.messages == []
    assert server.count("DATA") == (lane == "grouped")
    assert result.answer["stage"] == "rcpt"


def test_forwarded(script, mail):
    """251 and 252 are yes."""
    server = script(replies={"RCPT": ["251 will forward", "252 will try"]})
    result = mail(server, to=(A, B))
    assert result.status == 0, result
    assert codes(result) == [251, 252]


@pytest.mark.parametrize("reply", ["251 forwarded", "200 thanks"])
def test_other_final_yes(script, mail, reply):
    """libcurl takes 250 only."""
    result = mail(script(replies={"BODY": reply}))
    assert result.status == 0, result
    assert result.answer["code"] == int(reply[:3])


@pytest.mark.data
@pytest.mark.parametrize("reply", [
    "452 4.5.3 too many recipients", "552 5.5.3 too many",
    "452 too many", "552 Too many recipients"])
def test_too_many(script, mail, reply):
    """The rest follows in a second transaction on the same connection."""
    ok = "250 ok"
    server = script(replies={"RCPT": [ok, ok, reply, ok]})
    result = mail(server, to=ALL)
    assert result.status == 0, result
    assert [m.recipients for m in server.messages] == [[A, B], [C]]
    assert server.messages[0].content == server.messages[1].content
    assert server.connections == 1


def test_too_many_for_ever(script, mail):
    """Nobody gets further: no endless loop."""
    server = script(replies={"RCPT": {C: "452 4.5.3 too many"}})
    result = mail(server, to=ALL)
    assert result.status == 75, result
    assert states(result) == ["accepted", "accepted", "deferred"]
    assert [m.recipients for m in server.messages] == [[A, B]]


def test_full_mailbox_is_not_too_many(script, mail):
    server = script(replies={"RCPT": {B: "452 4.2.2 mailbox full"}})
    result = mail(server, to=ALL)
    assert result.status == 75, result
    assert len(server.messages) == 1


PEOPLE = ["p%04d@x.example" % i for i in range(1200)]


def test_thousand_at_once(script, mail):
    """More than a server must take, as most take them; but not without end."""
    server = script()
    result = mail(server, to=PEOPLE)
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages] == [1000, 200]
    assert sum((m.recipients for m in server.messages), []) == PEOPLE
    assert server.connections == 1


@pytest.mark.data
@pytest.mark.parametrize("most", [100, 50, 1])
def test_server_takes_fewer(script, mail, most):
    """What it was seen to take once is what it gets from then on."""
    server = script(most=most)
    result = mail(server, to=PEOPLE[:5 * most // 2])
    assert result.status == 0, result
    assert sum((m.recipients for m in server.messages),
               []) == PEOPLE[:5 * most // 2]
    assert server.connections == 1
    assert server.count("RCPT") == 5 * most // 2 + 3 * most // 2


@pytest.mark.data
@pytest.mark.parametrize("stage,reply,connections", [
    ("DATA", "554 5.5.3 too many recipients", 1),
    ("DATA", "550 Too many recipients for you", 1),
    ("BODY", "552 5.5.3 too many recipients", 1),
    ("RCPT", "421 4.7.0 too many of them", 2),
    ("RCPT", Close(), 2),
    ("RCPT", Close(reset=True), 2),
])
def test_crowd_is_refused(script, mail, lane, stage, reply, connections):
    """Too many for one message, and not told with 452: then by the hundred."""
    if stage == "RCPT":
        # A reply of its own for the 150th; then the defaults.
        close = reply if isinstance(reply, Close) else Close(reply)
        replies = {"RCPT": ["250 ok"] * 149 + [close, "250 ok"]}
    else:
        yes = "354 go" if stage == "DATA" else "250 ok"
        replies = {stage: [reply, yes]}
    server = script(replies=replies)
    result = mail(server, to=PEOPLE[:250])
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages][-3:] == [100, 100, 50]
    # QUIT went out behind the message.
    connections += stage == "BODY" and lane == "grouped"
    if lane != "engine":
        assert server.connections == connections


@pytest.mark.data
def test_hundred_are_no_crowd(script, mail):
    server = script(replies={"DATA": "554 5.5.3 too many recipients"})
    result = mail(server, to=PEOPLE[:100])
    assert result.status == 69, result
    assert server.count("DATA") == 1


def test_second_batch_lost(script, mail):
    """What the first one carried stays told as sent."""
    server = script(replies={"MAIL": ["250 ok", "451 4.3.0 disk full"]},
                    most=100)
    result = mail(server, to=PEOPLE[:150])
    assert result.status == 75, result
    assert states(result) == ["accepted"] * 100 + ["deferred"] * 50
    assert "100 of 150" in result.err


def test_gone_among_recipients(script, mail):
    server = script(replies={"RCPT": {B: Close("421 4.3.2 shutting down")}})
    result = mail(server, to=ALL)
    assert result.status == 75, result
    assert states(result) == ["deferred"] * 3
    assert server.count("DATA") == 0


def test_check(script, mail):
    server = script(replies={"RCPT": {B: "550 5.1.1 no such user"}})
    result = mail(server, "--check", to=(A, C))
    assert result.status == 0, result
    assert result.answer["state"] == "checked"
    assert states(result) == ["accepted", "accepted"]
    assert server.count("DATA") == 0
    result = mail(server, "--check", to=ALL)
    assert result.status == 69, result
    assert states(result) == ["accepted", "refused", "accepted"]
    assert server.count("DATA") == 0

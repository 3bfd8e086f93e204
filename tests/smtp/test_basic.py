# SPDX-License-Identifier: MIT
"""One good delivery, and what must be true of each."""

import pytest


@pytest.mark.data
def test_plain(script, mail):
    server = script(offers=["SIZE 100000"])
    result = mail(server)
    assert result.status == 0, result
    assert server.verbs() == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    message = server.messages[0]
    assert message.sender == "ana@home.example"
    assert message.recipients == ["bob@there.example"]
    assert b"\r\n\r\nhello\r\n" in message.content
    assert "SIZE=%d" % len(message.content) in server.said[1]
    answer = result.answer
    assert answer["state"] == "sent" and answer["stage"] == "done"
    assert answer["code"] == 250 and answer["enhanced"] == "2.0.0"
    assert answer["reply"] == "queued as 4711"
    assert answer["tls"] is None and answer["server"] == server.address
    assert answer["recipients"] == [{
        "address": "bob@there.example", "state": "accepted", "code": 250,
        "enhanced": "2.1.5", "reply": "recipient ok"}]

# SPDX-License-Identifier: MIT
"""What a delivery comes to, in a form that two of them can be compared by."""

import json

HEAD = (b"From: ana@home.example\r\nTo: bob@there.example\r\n"
        b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
        b"Message-ID: <1@home.example>\r\nSubject: x\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n")
PEOPLE = ("a@x.example", "b@x.example", "c@x.example")


def story(result, server):
    """What must depend neither on the lane nor on how the bytes came."""
    answer = json.loads(
        json.dumps(result.answer).replace(str(server.port), "PORT"))
    del answer["elapsed_ms"]
    if answer["reply"]:  # of EHLO, when nothing came behind it
        answer["reply"] = answer["reply"].replace("\nPIPELINING", "")
    return dict(status=result.status, answer=answer, messages=[
        (m.sender, m.recipients, m.content, m.tls, m.login)
        for m in server.messages])

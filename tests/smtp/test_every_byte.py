# SPDX-License-Identifier: MIT
"""Where the server's words are cut makes no difference, at no byte of them."""

import concurrent.futures

import pytest

from server import Server
from story import HEAD, PEOPLE, story

PAUSE = 0.002  # seconds; enough for the two pieces to be read one by one
REPLIES = {
    "GREETING": "220-test.example\n220 ESMTP",
    "RCPT": {PEOPLE[1]: "550-5.1.1 no such\n550 5.1.1 person"},
    "BODY": "250-2.0.0 thank you\n250 2.0.0 queued as 4711"}


@pytest.fixture(params=["engine", "single", "grouped"])
def lane(request):
    return request.param


@pytest.mark.parametrize("join", [False, True])
def test_cut_at_every_byte(mail, lane, join):
    def tell(position):
        server = Server(offers=["SIZE", "8BITMIME"], replies=REPLIES,
                        pipelining=lane == "grouped", join=join,
                        cut=(position, PAUSE))
        try:
            result = mail(server, "--raw", text=HEAD + b"hello\r\n", to=PEOPLE)
            return story(result, server), server.spoken
        finally:
            server.stop()
    whole, length = tell(0)
    assert whole["status"] == 69 and len(whole["messages"]) == 1
    assert length > 250
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tell, range(1, length)))
    for position, (cut, _) in enumerate(told, 1):
        assert cut == whole, position

# SPDX-License-Identifier: MIT
"""How bytes leave: at once and together, not waiting for each other."""

import re

import pytest

LINE = b"x" * 70 + b"\n"


@pytest.fixture
def traced(mail, strace, tmp_path):
    """traced(server, *args, calls=...) -> the lines of strace."""
    def run(server, *args, calls, **kwargs):
        trace = tmp_path / "trace"
        result = mail(server, *args, wrapper=[
            strace, "-f", "-e", "trace=" + calls, "-o", trace], **kwargs)
        assert result.status == 0, result
        return trace.read_text().splitlines()
    return run


def test_nothing_waits_for_an_acknowledgement(script, traced):
    """Nagle's algorithm is off on the connection before anything is said:
    else a late ACK of the other side costs 40 ms for each small write."""
    server = script()
    calls = traced(server, calls="socket,setsockopt,connect,sendto,write")
    connected = [i for i, call in enumerate(calls)
                 if "connect(" in call and "htons(%d)" % server.port in call]
    fd = re.search(r"connect\((\d+),", calls[connected[0]])[1]
    off = [i for i, call in enumerate(calls) if re.search(
        r"setsockopt\(%s, SOL_TCP, TCP_NODELAY, \[1\]" % fd, call)]
    said = [i for i, call in enumerate(calls) if "EHLO" in call]
    assert off and said and off[0] < said[0], calls


@pytest.mark.parametrize("lane", ["grouped"], indirect=True)
@pytest.mark.parametrize("lines, most", [(10, 1), (10000, 8)])
def test_a_flight_is_one_write(script, traced, lines, most):
    """The envelope goes in one write, and the end of the message with the
    dot and QUIT: a server that reads slowly gets no smaller pieces."""
    server = script()
    writes = [call for call in traced(
        server, calls="sendto,sendmsg,write", text=LINE * lines,
        to=["a@x.example", "b@x.example"])
        if re.search(r"(sendto|sendmsg)\(", call)]
    start = next(i for i, call in enumerate(writes) if "MAIL FROM" in call)
    envelope = int(re.search(r"= (\d+)$", writes[start])[1])
    assert envelope == sum(len(said) + 2 for said in server.said[1:5])
    assert 1 <= len(writes) - start - 1 <= most, writes


@pytest.mark.parametrize("lane", ["grouped"], indirect=True)
def test_records_leave_together(script, traced, tls_context, cacert):
    """A block is many records of TLS, but one write where there is room."""
    server = script(tls=tls_context)
    text = LINE * 20000
    writes = [int(found[1]) for call in traced(
        server, "--cacert", cacert, calls="sendto,sendmsg,write", text=text,
        mode="starttls")
        if (found := re.search(r"(?:sendto|sendmsg)\(.* = (\d+)$", call))]
    records = sum(writes) // 16384
    assert server.messages[0].content.endswith(text.replace(b"\n", b"\r\n"))
    assert records >= 85, writes
    assert sum(size > 8192 for size in writes) < records // 3, writes

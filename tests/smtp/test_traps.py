# SPDX-License-Identifier: MIT
"""The traps of libcurl's CONNECT_ONLY sessions and of groups of commands, one
by one.  Each of these tests is known to fail without the code it guards.

More of them are in test_pipeline.py, where they belong to something larger.
"""

import os
import re
import signal
import socket
import subprocess

import pytest

from listener import Listener
from server import Close, Delay

HUNDRED = ["LIMITS RCPTMAX=100"]
BIG = (b"x" * 70 + b"\n") * 100000


@pytest.fixture
def lane():
    return "grouped"


def people(count):
    return ["p%04d@x.example" % i for i in range(count)]


# Groups (RFC 2920) ----------------------------------------------------------

def test_last_ehlo_decides(script, mail, tls_context, cacert):
    """What is offered in TLS only is an offer; see also test_pipeline.py."""
    server = script(tls=tls_context, pipelining=False, join=True,
                    offers=lambda tls: ["PIPELINING"] if tls else [])
    result = mail(server, "--cacert", cacert, mode="starttls",
                  to=people(10))
    assert result.status == 0, result
    assert server.flights == 4 + 2


@pytest.mark.parametrize("data", [["451 4.3.0 no"],
                                  ["354 go", "451 4.3.0 no"]])
def test_data_ends_its_group(script, mail, data):
    """What was sent behind DATA without waiting for 354 would be read as
    commands; the second time it rides behind a message itself."""
    server = script(offers=HUNDRED, replies={"DATA": data})
    mail(server, to=people(100 * len(data)))
    assert set(server.verbs()) <= {"EHLO", "MAIL", "RCPT", "DATA", "RSET",
                                   "QUIT"}, server.said
    assert len(server.messages) == len(data) - 1
    assert server.count("QUIT") == 1


def test_each_reply_is_that_of_its_command(script, mail):
    to = people(60)
    replies = {
        address: "%d 5.%d.%d said to %s" % (550 + i % 5, i % 8, i, address)
        if i % 3 else "250 2.1.5 yes, " + address
        for i, address in enumerate(to)}
    server = script(replies={"RCPT": replies}, join=True)
    result = mail(server, to=to)
    assert [r["address"] for r in result.answer["recipients"]] == to
    for r in result.answer["recipients"]:
        said = replies[r["address"]]
        assert r["state"] == ("accepted" if said[0] == "2" else "refused")
        assert "%d %s %s" % (r["code"], r["enhanced"], r["reply"]) == said
    assert server.messages[0].recipients == to[::3]


def test_nobody_left_means_no_message(script, mail):
    """354 after every RCPT was refused: nothing of it may be given away."""
    server = script(strict=False, replies={"RCPT": "550 5.1.1 no"},
                    join=True)
    result = mail(server, text=BIG, to=people(100))
    assert result.status == 67, result
    assert [m.content for m in server.messages] == [b""]
    assert server.got < 100


# The session ----------------------------------------------------------------

class Trickle:
    """A way to `port` on which the server's words come byte by byte."""

    def __init__(self, port):
        self.port = port
        self.listener = Listener(self.carry)
        self.address = self.listener.address
        self.listener.start()

    def carry(self, client, number):
        del number
        server = socket.create_connection(("127.0.0.1", self.port))
        self.listener.keep(server)
        self.listener.thread(self.forward, client, server)
        while data := server.recv(65536):
            for i in range(len(data)):
                client.send(data[i:i + 1])
        client.shutdown(socket.SHUT_WR)

    @staticmethod
    def forward(client, server):
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.mark.parametrize("tls", [False, True])
def test_a_woken_for_nothing(script, mail, tls_context, cacert, tls):
    """The socket is readable and there is nothing to read: most of a TLS
    record is still to come."""
    server = script(tls=tls_context if tls else None)
    way = Trickle(server.port)
    result = mail(way, "--cacert", cacert, mode="starttls" if tls else "plain",
                  to=people(10))
    way.listener.stop()
    assert result.status == 0, result
    assert len(server.messages) == 1


def test_a_nothing_stays_decoded(script, mail, tls_context, cacert):
    """Half of a TLS record fills the room up, and the other half is where no
    poll sees it: in the hands of TLS.  (Watched waits end after a second, so
    that the guard's absence shows as one for each reply.)"""
    long = "250-%s\n250 %s" % ("y" * 40000, "y" * 29000)
    server = script(tls=tls_context, pipelining=False, pieces=10000,
                    replies={"RCPT": long})
    result = mail(server, "--cacert", cacert, mode="starttls", to=people(90))
    assert result.status == 0, result


@pytest.mark.parametrize("end", [
    Close(), Close(notify=True), Close(reset=True), Close(noise=True)],
    ids=["closed", "notified", "reset", "noise"])
@pytest.mark.parametrize("stage, state", [
    ("MAIL", "failed"), ("DATA", "failed"), ("BODY", "in-doubt")])
def test_a_every_end_of_tls(script, mail, tls_context, cacert, stage, state,
                            end):
    """With close_notify and without, and broken."""
    server = script(tls=tls_context, replies={stage: end})
    result = mail(server, "--cacert", cacert, mode="starttls")
    assert result.status == 75, result
    assert result.answer["state"] == state, result
    assert "closed the connection" in result.err


# b: test_pipeline.py::test_slow_reader[starttls]

@pytest.mark.parametrize("tls", [False, True])
def test_c_reads_while_it_writes(script, mail, tls_context, cacert, tls):
    """A server that does not read on before all it says is taken, which is
    more than the buffers between the two hold."""
    line = "552-5.3.4 " + "z" * 60000
    flood = "\n".join([line] * 400 + ["552 5.3.4 too big"])
    server = script(during=(200000, flood),
                    tls=tls_context if tls else None)
    result = mail(server, "--cacert", cacert, "--timeout=5s", text=BIG * 4,
                  mode="starttls" if tls else "plain")
    assert result.status == 69, result
    assert result.answer["code"] == 552


def test_d_no_limit_over_all(script, mail, tls_context, cacert, login):
    """Each step has its time, however long they take together: those of
    libcurl, and those it knows nothing of."""
    slow = {stage: Delay(0.6, reply) for stage, reply in (
        ("GREETING", "220 hi"), ("STARTTLS", "220 go"), ("AUTH", "235 ok"),
        ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go"))}
    server = script(tls=tls_context, replies=slow, login=("joe", "secret"))
    result = mail(server, "--cacert", cacert, *login("joe", "secret"),
                  "--timeout=1600ms", mode="starttls")
    assert result.status == 0, result
    assert server.connections == 1


@pytest.mark.parametrize("replies", [
    {}, {"MAIL": "550 5.7.1 no"}, {"RCPT": "550 5.1.1 no"},
    {"RCPT": {people(1)[0]: "550 5.1.1 no"}}, {"DATA": "451 4.3.0 no"},
    {"BODY": "554 5.7.1 no"}])
@pytest.mark.parametrize("count", [3, 120])
@pytest.mark.parametrize("pipelining", [False, True])
def test_e_quit_is_ours(script, mail, replies, count, pipelining):
    """libcurl says none for a session of this kind; one, and as the last."""
    if pipelining and count == 120 and "BODY" in replies:
        replies = {"BODY": ["250 ok", "554 5.7.1 no"]}
    server = script(offers=HUNDRED, pipelining=pipelining, replies=replies)
    mail(server, to=people(count))
    assert server.count("QUIT") == server.connections == 1
    assert server.verbs()[-1] == "QUIT"


def test_f_one_greeting_a_session(script, mail, tls_context, cacert, login):
    """A session carries every transaction, and nothing is asked twice."""
    server = script(offers=HUNDRED, tls=tls_context,
                    login=("joe", "secret"))
    result = mail(server, "--cacert", cacert, *login("joe", "secret"),
                  mode="starttls", to=people(250))
    assert result.status == 0, result
    assert server.connections == 1 and len(server.messages) == 3
    assert server.verbs()[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert server.count("EHLO") == 2 and server.count("AUTH") == 1


@pytest.mark.parametrize("reset", [False, True])
def test_f_a_new_session_is_a_whole_one(script, mail, tls_context, cacert,
                                        login, reset):
    """After a loss: connection, TLS and login from the beginning."""
    server = script(
        offers=HUNDRED, tls=tls_context, login=("joe", "secret"),
        replies={"BODY": [Close("250 ok", reset=reset), "250 ok"]})
    result = mail(server, "--cacert", cacert, *login("joe", "secret"),
                  mode="starttls", to=people(150))
    assert result.status == 0, result
    assert server.connections == 2
    assert [(m.tls, m.login, m.connection) for m in server.messages] == [
        (True, "joe", 1), (True, "joe", 2)]


def test_g_authorities_are_not_all_read(script, mail, make_context, tmp_path,
                                        strace):
    """libcurl's cache of them does not serve such a session, so that each
    would cost them all: of a hashed directory only what is asked for is
    read."""
    context = make_context("127.0.0.1")
    folder = tmp_path / "hashed"
    folder.mkdir()
    (folder / "ours.pem").write_bytes(context.pem.read_bytes())
    for i in range(20):
        (folder / ("%d.pem" % i)).write_bytes(
            make_context("n%d.example" % i).pem.read_bytes())
    subprocess.run(["openssl", "rehash", folder], check=True)
    server = script(tls=context)
    trace = tmp_path / "trace"
    result = mail(server, mode="starttls", env={"SSL_CERT_DIR": folder},
                  wrapper=[strace, "-f", "-e", "trace=open,openat", "-o",
                           trace])
    assert result.status == 0, result
    opened = re.findall(r'"([^"]*(?:\.pem|\.crt|/[0-9a-f]{8}\.\d))".* = \d',
                        trace.read_text())
    assert 1 <= len(opened) <= 2, opened
    assert all(path.startswith(str(folder)) for path in opened)


# h: test_pipeline.py::test_no_notes_of_libcurl

def test_i_our_own_commands_are_told(script, mail, tmp_path):
    """libcurl shows nothing of what goes through curl_easy_send."""
    server = script(offers=HUNDRED, join=True)
    transcript = tmp_path / "transcript"
    result = mail(server, "-vv", "-X", transcript, to=people(120))
    assert result.status == 0, result
    for told in (result.err, transcript.read_text()):
        for said in server.said:
            assert len(re.findall("(?m)%s\r?$" % re.escape(said),
                                  told)) == server.said.count(said), said
        assert told.count("recipient ok") == 120
        assert told.count("bytes of message]") == 2
        assert told.count("queued as 4711") == 2


def test_j_no_signal_for_a_closed_pipe(script, mail):
    """OpenSSL writes to those that are gone without asking for no signal, and
    libcurl was told to leave signals alone."""
    told, ignored = os.pipe(), []

    def look(arg):
        del arg
        with open("/proc/%s/status" % os.read(told[0], 20).decode(),
                  encoding="ascii") as status:
            ignored.append(int(re.search(
                r"SigIgn:\s*(\w+)", status.read())[1], 16))
        return "250 ok"
    server = script(replies={"MAIL": look})
    result = mail(server,
                  preexec_fn=lambda: os.write(told[1], b"%d" % os.getpid()))
    os.close(told[0])
    os.close(told[1])
    assert result.status == 0, result
    assert ignored[0] >> (signal.SIGPIPE - 1) & 1

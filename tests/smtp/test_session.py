# SPDX-License-Identifier: MIT
"""Connections: kept, lost, refused, through proxies, and what EHLO says."""

import re
import socket

import pytest

from listener import Listener
from server import Close

PEOPLE = ["p%03d@x.example" % i for i in range(150)]


@pytest.mark.data
@pytest.mark.parametrize("end", [Close("250 ok"), Close("250 ok", reset=True)])
def test_kept_connection_dies(script, mail, end):
    """A new one is made for the second transaction."""
    server = script(replies={"BODY": [end, "250 ok"]}, most=100)
    result = mail(server, to=PEOPLE)
    assert result.status == 0, result
    assert server.connections == 2
    assert [len(m.recipients) for m in server.messages] == [100, 50]


@pytest.mark.data
def test_kept_connection_says_421(script, mail):
    server = script(replies={"MAIL": ["250 ok", Close("421 4.4.2 idle"),
                                      "250 ok"]}, most=100)
    result = mail(server, to=PEOPLE)
    assert result.status == 0, result
    assert [len(m.recipients) for m in server.messages] == [100, 50]


def test_first_421_counts(script, mail):
    server = script(replies={"MAIL": [Close("421 4.4.2 no"), "250 ok"]})
    result = mail(server)
    assert result.status == 75 and server.connections == 1, result


class Nobody:
    """A port on which nothing listens."""

    def __init__(self, port):
        self.address = "127.0.0.1:%d" % port


def test_refused(mail, closed_port):
    result = mail(Nobody(closed_port))
    assert result.status == 75, result
    assert "Connection refused" in result.err and "--port" in result.hint
    assert result.answer["stage"] == "connect"
    assert result.answer["recipients"][0]["state"] == "deferred"


def test_no_server(run_mitto):
    """Only where nothing listens on port 25, which a test cannot arrange."""
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", 25)) == 0:
            pytest.skip("something listens on port 25")
    result = run_mitto("-C", "none", "-f", "a@x.example", "b@x.example")
    assert result.status == 78, result
    assert "no server is configured" in result.err
    assert "--server" in result.hint


def test_unknown_host(run_mitto):
    """68, but 75 while DNS does not answer."""
    name = "smtp.gmial.com.invalid"
    try:
        socket.getaddrinfo(name, 25)
        pytest.skip("this resolver knows everything")
    except socket.gaierror as why:
        status = 75 if why.errno == socket.EAI_AGAIN else 68
    result = run_mitto("-C", "none", "-S", name, "-f", "a@x.example",
                       "b@x.example")
    assert result.status == status, result
    assert name in result.err


def test_bad_interface(script, mail):
    result = mail(script(), "--interface=nosuchif0")
    assert result.status == 78, result


@pytest.mark.parametrize("given, said", [
    ("mx.home.example", "mx.home.example"), ("b\u00fccher.example",
                                             "xn--bcher-kva.example"),
    ("[192.0.2.1]", "[192.0.2.1]"), ("[IPv6:2001:db8::1]",
                                     "[IPv6:2001:db8::1]")])
def test_helo_given(script, mail, given, said):
    server = script()
    result = mail(server, "--helo", given)
    assert result.status == 0, result
    assert server.said[0] == "EHLO " + said


def test_helo_default(script, mail):
    """A full name or an address literal, never "localhost" or half a name."""
    server = script()
    mail(server)
    host = socket.gethostname()
    name = server.said[0].split(" ")[1]
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) and host[:9] != "localhost":
        assert name == host
    else:
        assert name == "[127.0.0.1]"


def test_ipv6(script, mail):
    try:
        server = script(host="::1")
    except OSError:
        pytest.skip("no IPv6")
    server.host = "[::1]"
    result = mail(server)
    assert result.status == 0, result
    assert result.answer["server"] == server.address


def test_environment_does_not_choose(script, mail, closed_port):
    """No proxy, no netrc, that was not asked for."""
    server = script()
    proxy = "http://127.0.0.1:%d" % closed_port
    result = mail(server, env={"ALL_PROXY": proxy, "smtp_proxy": proxy,
                               "all_proxy": proxy})
    assert result.status == 0, result


@pytest.mark.parametrize("mode", ["plain", "starttls"])
def test_proxy(script, mail, tunnel, tls_context, cacert, tmp_path, mode):
    server = script(tls=tls_context if mode == "starttls" else None)
    transcript = tmp_path / "transcript"
    result = mail(server, "--cacert", cacert, "-X", transcript, mode=mode,
                  env={"MITTO_PROXY": tunnel.url})
    assert result.status == 0, result
    assert tunnel.asked[0].startswith(b"CONNECT " + server.address.encode())
    assert len(server.messages) == 1
    assert b"Proxy-Authorization" not in transcript.read_bytes()
    assert b"HTTP/" not in transcript.read_bytes()


def test_proxy_is_not_loopback(script, mail, tunnel, login):
    """What the proxy calls 127.0.0.1 is not this machine."""
    server = script(login=("joe", "secret"))
    through = {"env": {"MITTO_PROXY": tunnel.url}}
    result = mail(server, mode="try", **through)
    assert result.status == 0 and "without TLS" in result.err, result
    for mode in ("plain", "try"):
        result = mail(server, *login("joe", "secret"), mode=mode, **through)
        assert result.status == 78, result
        assert "--allow-plain-login" in result.hint
    assert server.count("AUTH") == 0
    result = mail(server, *login("joe", "secret"), "--allow-plain-login",
                  **through)
    assert result.status == 0 and server.messages[-1].login == "joe", result


def test_proxy_refuses(script, mail, closed_port):
    server = script(replies={"GREETING": b"HTTP/1.1 403 no\r\n\r\n"})
    result = mail(script(), "--proxy", "http://" + server.address)
    assert result.status == 75 and "403" in result.err, result
    result = mail(script(), "--proxy", "http://127.0.0.1:%d" % closed_port)
    assert result.status == 75 and "proxy" in result.err, result


@pytest.mark.data
def test_transcript(script, mail, tmp_path):
    path = tmp_path / "transcript"
    server = script()
    result = mail(server, "-vv", "-X", path)
    assert result.status == 0, result
    for text in ("< 220 test.example ESMTP", "> EHLO ", "> MAIL FROM:<ana@",
                 "< 354 go ahead", "bytes of message]",
                 "< 250 2.0.0 queued as 4711"):
        assert text in result.err and text in path.read_text()

# SPDX-License-Identifier: MIT
"""Exit statuses and error texts: each case provoked for real."""

import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from listener import Listener
from program import MITTO
from receive import read, server_context

BOB, EVE, FRED = "bob@example.org", "eve@example.org", "fred@example.org"
UNKNOWN = "550 5.1.1 No such user here"


@pytest.fixture
def ends(run_mitto):
    """ends(status, where, *args, says=(), hint="") -> the result."""
    def run(status, where, *args, says=(), hint="", **kwargs):
        where = getattr(where, "url", where)
        result = run_mitto("-S", where, "-f", "ana@home.example", "-s", "x",
                           "-m", "x", *(args or [BOB]), **kwargs)
        assert result.status == status, result
        if status:
            assert result.err.startswith("mitto: "), result
        for text in [says] if isinstance(says, str) else says:
            assert re.search(text, result.err), (text, result)
        if hint:
            assert re.search(hint, result.hint, re.S), (hint, result)
        return result
    return run


@pytest.fixture
def talk():
    """talk(function) -> the port of a server whose function gets the peer."""
    listeners = []

    def start(function):
        def one(peer, _):
            peer.settimeout(20)
            function(peer)
        listeners.append(Listener(one).start())
        return listeners[-1].port
    yield start
    for listener in listeners:
        listener.stop()


def says(*lines):
    """A server that sends these lines, one after each line it gets."""
    def function(peer):
        reader = peer.makefile("rb")
        for line in lines:
            peer.sendall(line.encode() + b"\r\n")
            if not reader.readline():
                return
    return function


def silent(peer):
    peer.recv(1)
    while peer.recv(4096):
        pass


# 0, 67, 69, 75: what the server decides ------------------------------------

def test_sent(ends, server):
    ends(0, server)
    assert len(server.messages) == 1


@pytest.mark.parametrize("replies, rcpts, status, reached", [
    ({BOB: UNKNOWN}, [BOB], 67, []),
    ({BOB: UNKNOWN, EVE: UNKNOWN}, [BOB, EVE], 67, []),
    ({BOB: UNKNOWN}, [BOB, EVE], 69, [EVE]),
    ({BOB: UNKNOWN}, [EVE, BOB, FRED], 69, [EVE, FRED]),
    ({BOB: "550 5.7.1 Not wanted"}, [BOB], 69, []),
    ({BOB: "450 4.2.1 Greylisted"}, [BOB], 75, []),
    ({BOB: "450 4.2.1 Greylisted"}, [BOB, EVE], 75, [EVE]),
    ({BOB: "450 4.2.1 Later", EVE: UNKNOWN}, [BOB, EVE, FRED], 69, [FRED]),
    ({BOB: "452 4.5.3 Too many"}, [BOB], 75, []),
    ({"MAIL": "553 5.7.1 Not owned by you"}, [BOB], 69, []),
    ({"MAIL": "451 4.3.0 Try later"}, [BOB], 75, []),
    ({"MAIL": "552 5.3.4 Message too big"}, [BOB], 69, []),
    ({"DATA": "554 5.7.1 Spam"}, [BOB], 69, []),
    ({"DATA": "451 4.7.1 Later"}, [BOB], 75, []),
    ({"DATA": "552 5.3.4 Too big"}, [BOB], 69, []),
])
def test_replies(ends, serve, replies, rcpts, status, reached):
    server = serve(replies=replies)
    result = ends(status, server, *rcpts)
    assert server.rcpts == reached
    for reply in replies.values():
        assert reply.split(" ", 2)[2] in result.err, result
    for address in replies:
        if address in rcpts:
            assert address in result.err
    assert not any(address in result.err for address in reached) \
        or "accepted" in result.err or "sent" in result.err


def test_sender_refused_names_the_sender(ends, serve):
    ends(69, serve(replies={"MAIL": "553 5.7.1 Not yours"}),
         says=["Not yours", "ana@home.example"])


def test_multiline_reply(ends, talk):
    port = talk(says("220 x ESMTP", "250 x", "250 ok",
                     "550-5.7.1 Your mail is\r\n550-5.7.1 not wanted, see\r\n"
                     "550 5.7.1 https://x.example/why", "250 ok", "221 bye"))
    ends(69, "127.0.0.1:%d" % port,
         says=["Your mail is", "not wanted", "x.example/why"])


# 75: the network ---------------------------------------------------------

def test_connection_refused(ends, closed_port):
    result = ends(75, "127.0.0.1:%d" % closed_port,
                  says="127.0.0.1:%d" % closed_port)
    assert result.hint


def test_greeting_421(ends, talk):
    ends(75, "127.0.0.1:%d" % talk(says("421 4.3.2 Shutting down")),
         says="Shutting down")


def test_greeting_554(ends, talk):
    ends(69, "127.0.0.1:%d" % talk(says("554 5.7.1 Go away")),
         says="Go away")


def test_closed_after_the_greeting(ends, talk):
    ends(75, "127.0.0.1:%d" % talk(lambda peer: peer.sendall(b"220 x\r\n")))


def test_closed_at_once(ends, talk):
    ends(75, "127.0.0.1:%d" % talk(lambda peer: None))


def test_silence_ends_by_the_timeout(ends, talk):
    started = time.monotonic()
    ends(75, "127.0.0.1:%d" % talk(silent), "--timeout", "1", BOB,
         says="time|greeting")
    assert time.monotonic() - started < 8


def test_no_server_configured(run_mitto):
    """localhost:25 is tried; if nothing is there, say what is missing."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 25)) == 0:
            pytest.skip("something listens on port 25 here")
    result = run_mitto("-f", "a@home.example", "-m", "x", BOB)
    assert result.status in (75, 78), result
    assert re.search("no server is configured", result.err)
    assert "server" in result.hint
    assert "config init" not in result.hint, "there is no such command"


# 68: no such name --------------------------------------------------------

def test_no_such_host(ends):
    try:
        socket.getaddrinfo("no-such-host.invalid", 25)
        pytest.skip("this resolver knows every name")
    except socket.gaierror as error:
        status = 75 if error.errno == socket.EAI_AGAIN else 68
    ends(status, "no-such-host.invalid:25", "--tls=plain", BOB,
         says="no-such-host.invalid")


# 76: TLS and protocol ----------------------------------------------------

def test_ssl_on_a_plain_port(ends, server):
    ends(76, "smtps://%s" % server.address, hint="--tls=(plain|starttls)")
    assert server.messages == []


def test_ssl_on_a_starttls_port(ends, serve, tls_context):
    server = serve(tls="starttls", context=tls_context)
    ends(76, "smtps://%s" % server.address, hint="--tls=starttls")


@pytest.mark.parametrize("tls", ["plain", "starttls", "try"])
def test_plain_on_an_ssl_port(run_mitto, serve, tls_context, tls):
    server = serve(tls="ssl", context=tls_context)
    result = run_mitto("-S", server.address, "--tls", tls, "--timeout", "2",
                       "-f", "a@home.example", "-m", "x", BOB)
    assert result.status in (75, 76), result
    assert "--tls=ssl" in result.hint
    assert server.messages == []


def test_starttls_is_not_offered(ends, server):
    ends(76, "smtp+starttls://%s" % server.address,
         says="STARTTLS|encryption", hint="--tls=(plain|off)|trust")
    assert server.spoken("MAIL") == []


def test_try_warns_when_there_is_no_tls(run_mitto, server):
    result = run_mitto("-S", server.address, "--tls=try", "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result
    assert re.search("TLS|encrypt", result.err) or "127.0.0.1" \
        in server.address


def test_try_takes_tls_when_it_is_there(run_mitto, serve, tls_context,
                                        cacert):
    server = serve(tls="starttls", context=tls_context)
    result = run_mitto("-S", server.address, "--tls=try", "--cacert", cacert,
                       "-f", "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result
    assert server.spoken("STARTTLS") == [""]


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_unknown_authority(ends, serve, tls_context, tls):
    server = serve(tls=tls, context=tls_context)
    result = ends(76, server, says="certificate")
    assert server.messages == [] and server.spoken("MAIL") == []
    assert "--fingerprint" in result.hint or "--cacert" in result.hint


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_wrong_name(ends, serve, authority, cacert, tls):
    server = serve(tls=tls,
                   context=server_context(authority, "other.example"))
    ends(76, server, "--cacert", cacert, BOB, says="certificate|name")
    assert server.messages == []


@pytest.mark.parametrize("flag", ["-k", "--insecure"])
@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_insecure_says_so(ends, serve, tls_context, tls, flag):
    server = serve(tls=tls, context=tls_context)
    result = ends(0, server, flag, BOB)
    assert len(server.messages) == 1
    assert re.search("not (checked|verified)|insecure", result.err)


def test_cacert(ends, serve, tls_context, cacert):
    server = serve(tls="ssl", context=tls_context)
    ends(0, server, "--cacert", cacert, BOB)


@pytest.mark.parametrize("form", [
    lambda digest: digest.hexdigest(),
    lambda digest: digest.hexdigest().upper(),
    lambda digest: digest.digest().hex(":").upper()])
@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_fingerprint(ends, serve, authority, tls, form):
    """Exactly this certificate is trusted, whoever signed it."""
    certificate = authority.issue_cert("other.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    der = ssl.PEM_cert_to_DER_cert(
        certificate.cert_chain_pems[0].bytes().decode())
    server = serve(tls=tls, context=context)
    ends(0, server, "--fingerprint", form(hashlib.sha256(der)), BOB)
    assert len(server.messages) == 1
    ends(76, server, "--fingerprint", form(hashlib.sha256(der + b"x")), BOB,
         says="fingerprint")
    assert len(server.messages) == 1


def test_client_certificate(ends, serve, authority, cacert, tmp_path):
    context = server_context(authority, "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    mine = authority.issue_cert("client.example")
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    (tmp_path / "key.pem").chmod(0o600)
    server = serve(tls="ssl", context=context)
    ends(0, server, "--cacert", cacert, "--cert", "cert.pem", "--key",
         "key.pem", BOB)
    assert len(server.messages) == 1


def test_not_an_smtp_server(ends, talk):
    port = talk(lambda peer: peer.sendall(
        b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"))
    ends(76, "127.0.0.1:%d" % port, "--timeout", "3", BOB,
         says="SMTP|mail server")


def test_other_replies_out_of_place(ends, talk):
    port = talk(says("220 x", "354 what", "354 what", "354 what"))
    ends(76, "127.0.0.1:%d" % port, "--timeout", "3", BOB)


# 77: logins --------------------------------------------------------------

@pytest.fixture
def login(ends, secret_file):
    """login(status, server, *args) logs in as ana with "secret"."""
    def run(status, server, *args, **kwargs):
        return ends(status, server, "--user", "ana", "--password-file",
                    secret_file("secret\n"), *args, BOB, **kwargs)
    return run


def test_login(login, serve):
    server = serve(login=("ana", "secret"))
    login(0, server)
    assert server.messages[0].login == ("ana", "secret")


@pytest.mark.parametrize("word", ["plain", "login"])
def test_login_mechanism(login, serve, word):
    server = serve(login=("ana", "secret"))
    login(0, server, "--auth", word)
    assert server.spoken("AUTH")[0].lower().startswith(word)


def test_login_refused(login, serve):
    server = serve(login=("ana", "other"))
    result = login(77, server, says=["535", "ana"])
    assert result.hint and "secret" not in result.err
    assert server.spoken("MAIL") == []


def test_login_not_offered(login, server):
    login(77, server, says="login|AUTH")
    assert server.spoken("MAIL") == [] and server.messages == []


def test_login_mechanism_not_offered(login, serve):
    server = serve(login=("ana", "secret"))
    login(77, server, "--auth", "xoauth2", says="(?i)xoauth2")
    assert server.spoken("AUTH") == [] and server.spoken("MAIL") == []


def test_login_off(login, server):
    login(0, server, "--auth", "off")


def test_login_needed_but_none_set(ends, serve):
    server = serve(login=("ana", "secret"))
    result = ends(77, server, says="530|login|Authentication")
    assert "user" in result.hint


def test_no_password_over_a_plain_connection(login, serve, tmp_path):
    """The peer is loopback here, so this only asks that the flag exists."""
    server = serve(login=("ana", "secret"))
    login(0, server, "--allow-plain-login")


def test_password_stays_home_without_tls(run_mitto, secret_file):
    """Not loopback and no TLS: refused before anything is connected."""
    result = run_mitto("-S", "smtp+plain://192.0.2.1:25", "--timeout", "2",
                       "-u", "ana", "--password-file",
                       secret_file("secret\n"), "-f", "a@home.example", "-m",
                       "x", BOB)
    assert result.status in (76, 77, 78), result
    assert "--allow-plain-login" in result.err


# The machine -------------------------------------------------------------

def test_ca_file_missing(ends, serve, tls_context):
    server = serve(tls="ssl", context=tls_context)
    ends(72, server, "--cacert", "absent.pem", BOB, says="absent.pem")
    assert server.messages == []


@pytest.mark.parametrize("args, status", [
    (["-Z"], 64), ([], 64), (["a@b@c"], 65), (["-a", "absent", BOB], 66),
    (["-o", "absent/file", BOB], 73), (["-o", "/dev/full", BOB], 74),
    (["-C", "absent", BOB], 78)])
def test_before_any_connection(run_mitto, server, args, status):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       *args)
    assert result.status == status, result
    assert server.connections == 0


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130)])
def test_interrupted(make_env, talk, number, status):
    arrived = threading.Event()

    def function(peer):
        arrived.set()
        silent(peer)
    port = talk(function)
    with subprocess.Popen(
            [MITTO, "-S", "127.0.0.1:%d" % port, "-f", "a@home.example",
             "-m", "x", BOB], env=make_env(), stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE) as process:
        assert arrived.wait(10)
        process.send_signal(number)
        _, err = process.communicate(timeout=10)
    assert process.returncode in (status, -number), err
    assert process.returncode == status, err


def test_interrupted_while_reading(make_env):
    with subprocess.Popen(
            [MITTO, "-S", "127.0.0.1:1", "-f", "a@home.example", BOB],
            env=make_env(), stdin=subprocess.PIPE,
            stderr=subprocess.PIPE) as process:
        process.stdin.write(b"text")
        process.stdin.flush()
        wait_until_reading(process.pid)
        process.send_signal(signal.SIGINT)
        process.wait(10)
        assert process.returncode == 130


def wait_until_reading(pid):
    """Wait until the process sleeps in a read of its stdin."""
    for _ in range(500):
        try:
            with open("/proc/%d/syscall" % pid) as file:
                words = file.read().split()
            if words[:2] == ["0", "0x0"]:
                return
        except OSError:
            pass
        time.sleep(0.01)


def test_a_peer_that_goes_away_does_not_kill(ends, talk, tmp_path):
    """No death by SIGPIPE when the server resets in the middle of DATA."""
    def function(peer):
        reader = peer.makefile("rb")
        peer.sendall(b"220 x\r\n")
        for reply in (b"250 x", b"250 ok", b"250 ok", b"354 go"):
            reader.readline()
            peer.sendall(reply + b"\r\n")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        b"\1\0\0\0\0\0\0\0")
        reader.close()
    (tmp_path / "a.bin").write_bytes(os.urandom(8 << 20))
    ends(75, "127.0.0.1:%d" % talk(function), "-a", "a.bin", BOB)


def test_every_attempt_has_one_message(ends, server):
    for _ in range(3):
        ends(0, server)
    assert len({read(m.content)["Message-ID"]
                for m in server.messages}) == 3


def test_no_address_of_the_family(ends, closed_port):
    ends(75, "127.0.0.1:%d" % closed_port, "-6", BOB, says="no IPv6 address",
         hint="without -4 and -6")


def test_no_login_is_offered_by_name(ends, talk, secret_file):
    port = talk(says("220 x", "250-x\r\n250 AUTH ", "221 bye"))
    ends(77, "127.0.0.1:%d" % port, "-u", "ana", "--password-file",
         secret_file("secret"), BOB, says="offers.*: nothing$|offers no login")


@pytest.mark.parametrize("scheme", ["http", "socks4", "socks5", "socks5h"])
def test_the_proxy_has_no_such_name(ends, closed_port, scheme):
    """No name is looked up outside: .invalid ends at every resolver."""
    ends(68, "127.0.0.1:%d" % closed_port, "-x",
         scheme + "://nowhere.invalid:1080", BOB, says="name of the proxy")

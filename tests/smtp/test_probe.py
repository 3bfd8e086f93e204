# SPDX-License-Identifier: MIT
"""mitto probe: what it finds out, what it advises, and that it ends."""

import json
import re
import signal
import socket
import ssl
import subprocess

import pytest

from listener import Listener
from program import MITTO, SRCDIR
from server import Close, Hang

OFFERS = ["SIZE 35882577", "8BITMIME", "SMTPUTF8", "DSN", "XODD thing"]


KINDS = {"string": str, "integer": int, "boolean": bool, "null": type(None),
         "array": list, "object": dict}
SCHEMA = json.loads(
    (SRCDIR / "contrib" / "schema" / "probe.json").read_text())


def fits(value, schema):
    """Does the value fit the schema, as far as this one goes?"""
    if "enum" in schema:
        return value in schema["enum"]
    kinds = schema["type"]
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if type(value) not in [KINDS[kind] for kind in kinds]:
        return False
    if isinstance(value, list):
        return all(fits(item, schema["items"]) for item in value)
    if isinstance(value, dict):
        return (list(value) == schema["required"] ==
                list(schema["properties"]) and
                all(fits(value[name], inner) for name, inner
                    in schema["properties"].items()))
    return True


@pytest.fixture
def lane():
    """No lane: nothing is sent."""
    return "single"


@pytest.fixture
def probe(run_mitto):
    """probe(server, *args) -> the result, with its JSON in .answer and the
    port's part of it in .port."""
    def run(server, *args, **kwargs):
        target = server if isinstance(server, str) else server.address
        result = run_mitto("probe", target, "--json", *args, **kwargs)
        result.answer = result.json()
        assert fits(result.answer, SCHEMA), result.answer
        assert result.answer["exit"] == result.status
        assert result.answer["ok"] == (result.status == 0)
        if result.answer["ports"]:
            result.port = result.answer["ports"][0]
        return result
    return run


def said_nothing_else(server):
    """No login, no mail."""
    assert set(server.verbs()) <= {"EHLO", "HELO", "STARTTLS", "QUIT"}
    assert server.messages == []


# What a port speaks ---------------------------------------------------------

def test_starttls(script, probe, tls_context, cacert):
    server = script(offers=OFFERS, tls=tls_context, login=("u", "p"),
                    mechanisms="PLAIN XOAUTH2")
    result = probe(server, "--cacert", cacert)
    port = result.port
    assert result.status == 0, result
    assert (port["mode"], port["tls"]) == ("starttls", "TLSv1.3")
    assert port["cipher"].startswith("TLS_")
    assert port["greeting"] == "test.example ESMTP"
    assert port["capabilities"][:5] == OFFERS
    assert "STARTTLS" not in port["capabilities"]
    assert port["size"] == 35882577
    assert port["logins"] == ["PLAIN", "XOAUTH2"]
    assert all(port["times"][step] >= 0
               for step in ("connect", "tls", "greeting", "ehlo"))
    assert result.answer["best"] == server.port
    assert ("server = smtp+starttls://%s\n" % server.address
            in result.answer["config"])
    assert "QUIT" in server.verbs()
    said_nothing_else(server)


@pytest.mark.parametrize("how", [["--tls=ssl"], ["--timeout=300ms"]])
def test_tls_at_once(script, probe, tls_context, cacert, how):
    """Told, or proved by a handshake where no greeting comes."""
    server = script(offers=OFFERS, tls=tls_context, implicit=True,
                    login=("u", "p"))
    result = probe(server, "--cacert", cacert, *how)
    assert result.status == 0, result
    assert (result.port["mode"], result.port["tls"]) == ("ssl", "TLSv1.3")
    assert result.port["logins"] == ["PLAIN", "LOGIN"]
    assert "server = smtps://" in result.answer["config"]
    said_nothing_else(server)


def test_starttls_where_tls_was_expected(script, probe, tls_context, cacert):
    server = script(tls=tls_context)
    result = probe(server, "--cacert", cacert, "--tls=ssl")
    assert result.status == 0, result
    assert result.port["mode"] == "starttls"


def test_old_tls_at_once(script, probe, authority):
    """It is TLS, and no second connection can tell more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    server = script(tls=context, implicit=True)
    result = probe(server, "--tls=ssl", "--timeout=300ms")
    assert result.status == 76 and "no TLS with" in result.port["error"], result


def test_certificate(script, probe, make_context):
    context = make_context("127.0.0.1", "mail.example")
    server = script(tls=context, offers=OFFERS)
    result = probe(server)
    first = result.port["certificates"][0]
    assert result.status == 76, result
    assert first["sha256"] == context.sha256
    assert first["names"] == "127.0.0.1, mail.example"
    assert first["days_left"] in (29, 30)
    assert "Test of 127.0.0.1" in first["subject"] == first["issuer"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", first["until"])
    # It looks behind it all the same.
    assert result.port["capabilities"] == OFFERS
    assert "fingerprint = " + context.sha256 in result.answer["config"]
    said_nothing_else(server)


@pytest.mark.parametrize("names, days, words", [
    (("127.0.0.1",), (-9, -2), "has expired"),
    (("mail.example", "smtp.example"), (-1, 9), "mail.example, smtp.example"),
    (("127.0.0.1",), (-1, 9), "not trusted")])
def test_bad_certificates(script, probe, make_context, names, days, words):
    context = make_context(*names, days=days)
    server = script(tls=context, implicit=True)
    trust = ["--cacert", context.pem] if "trusted" not in words else []
    result = probe(server, "--tls=ssl", *trust)
    assert result.status == 76 and words in result.port["error"], result
    assert result.answer["best"] is None
    assert "--fingerprint=" + context.sha256 in result.hint
    assert probe(server, "--tls=ssl",
                 "--fingerprint=" + context.sha256).status == 0
    assert probe(server, "--tls=ssl", "--fingerprint=" + "0" * 64).status == 76
    assert probe(server, "--tls=ssl", "--insecure").status == 0


def test_chain(script, probe, tls_context, cacert):
    """The certificates that were sent, the server's own first."""
    result = probe(script(tls=tls_context), "--cacert", cacert)
    chain = result.port["certificates"]
    assert chain and all(len(link["sha256"]) == 64 for link in chain)
    assert all(a["issuer"] == b["subject"] for a, b in zip(chain, chain[1:]))


# What is wrong --------------------------------------------------------------

@pytest.mark.parametrize("replies, status, words", [
    ({"GREETING": "SSH-2.0-OpenSSH"}, 76, "SSH server"),
    ({"GREETING": "HTTP/1.1 400 Bad Request"}, 76, "web server"),
    ({"GREETING": "554 5.7.1 go away"}, 69, "refuses to take mail"),
    ({"GREETING": "421 4.3.2 later"}, 75, "takes no mail now"),
    ({"GREETING": Hang()}, 75, "no greeting within 0.4 s"),
    ({"GREETING": Close()}, 75, "closed the connection"),
    ({"EHLO": Hang()}, 75, "did not answer EHLO"),
    ({"EHLO": "550 5.7.1 no", "HELO": "550 5.7.1 no"}, 69, "refused HELO")])
def test_trouble(script, probe, replies, status, words):
    server = script(replies=replies)
    result = probe(server, "--timeout=400ms")
    assert result.status == status, result
    assert words in result.port["error"] == result.answer["error"], result
    assert result.answer["best"] is None and result.answer["config"] is None
    said_nothing_else(server)


def test_starttls_refused(script, probe, tls_context):
    server = script(tls=tls_context, replies={"STARTTLS": "454 4.7.0 later"})
    result = probe(server)
    assert result.status == 75 and "STARTTLS" in result.port["error"], result
    assert server.count("EHLO") == 1


def test_nothing_listens(probe, closed_port):
    result = probe("127.0.0.1:%d" % closed_port)
    assert result.status == 75, result
    assert result.port["mode"] is None
    assert "Connection refused" in result.port["error"]
    assert result.answer["addresses"] == [
        {"address": "127.0.0.1", "family": "ipv4", "reached": False,
         "ms": None, "error": "Connection refused"}]


def test_no_address(probe, run_mitto):
    result = probe("127.0.0.1", "-6")
    assert result.status == 68 and result.answer["addresses"] == [], result
    assert "-4" in result.hint
    # Where nobody can be asked, nobody can say that it does not exist.
    result = run_mitto("probe", "no-such-host.invalid")
    assert result.status in (68, 75), result
    assert "no-such-host.invalid" in result.err


class Tunnel:
    """An HTTP proxy that leads to one server whatever is asked for."""

    def __init__(self, server):
        self.server, self.asked = server, []
        self.listener = Listener(self.serve)
        self.url = "http://" + self.listener.address
        self.listener.start()

    def serve(self, client, _):
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        self.asked.append(request.split(b" ")[1].decode())
        server = socket.create_connection((self.server.host, self.server.port))
        client.sendall(b"HTTP/1.1 200 fine\r\n\r\n")
        self.listener.keep(server)
        self.listener.thread(self.copy, server, client)
        self.copy(client, server)

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture
def tunnel():
    running = []

    def start(server):
        running.append(Tunnel(server))
        return running[-1]
    yield start
    for one in running:
        one.listener.stop()


def test_no_encryption(script, probe, tunnel):
    """Good enough on this machine; elsewhere only for who says so."""
    server = script()
    assert probe(server).port["mode"] == "plain"
    proxy = tunnel(server).url
    result = probe("mail.example:25", "--proxy", proxy)
    assert result.status == 76 and "no encryption" in result.answer["error"]
    assert result.port["mode"] == "plain"
    assert result.answer["addresses"] == []
    assert "--tls=plain" in result.hint
    for mode in ("plain", "try"):
        result = probe("mail.example:25", "--proxy", proxy, "--tls=" + mode)
        assert result.status == 0, result
        assert "smtp+plain://mail.example:25" in result.answer["config"]


def test_servers_of_an_address(script, probe, tunnel):
    """That of the preset; else by custom."""
    way = tunnel(script())
    result = probe("jana@gmail.com", "--proxy", way.url, "--tls=try")
    assert result.status == 0, result
    assert result.answer["host"] == "smtp.gmail.com"
    assert way.asked and all(a.startswith("smtp.gmail.com:") for a in way.asked)
    assert [p["port"] for p in result.answer["ports"]] == [465, 587, 25, 2525]
    assert "from = jana@gmail.com\n" in result.answer["config"]
    result = probe("jana@mail.no-such-host.invalid")
    assert result.status in (68, 75), result
    assert "smtp.mail.no-such-host.invalid" in result.err


# Which port to use ----------------------------------------------------------

def test_the_best_of_several(script, probe, tls_context, cacert, closed_port):
    plain = script()
    login = script(tls=tls_context, login=("u", "p"))
    bare = script(tls=tls_context)
    ports = [closed_port, plain.port, bare.port, login.port]
    result = probe("127.0.0.1:" + ",".join(map(str, ports)), "--cacert", cacert)
    assert result.status == 0, result
    assert result.answer["best"] == login.port
    assert [port["port"] for port in result.answer["ports"]] == ports
    assert [port["ok"] for port in result.answer["ports"]] == [
        False, True, True, True]


def test_given_ports(script, probe):
    server = script()
    for args in (["127.0.0.1", "-p", server.port],
                 ["smtp://" + server.address],
                 ["localhost", "--port", server.port]):
        result = probe(*args)
        assert result.status == 0, result
        assert [p["port"] for p in result.answer["ports"]] == [server.port]
    for ports in ("0", "25,", "25,70000", "25,x", "1,2,3,4,5,6,7,8,9"):
        result = probe("127.0.0.1:" + ports)
        assert result.status == 64, result


# Accounts -------------------------------------------------------------------

@pytest.fixture
def account(tmp_path):
    """account(server, *lines) writes a config file with the account work, whose
    password must not be asked for."""
    def write(server, *lines):
        path = tmp_path / "mitto.conf"
        trap = tmp_path / "asked"
        path.write_text("[account work]\nserver = %s\nfrom = ana@home.example\n"
                        "user = ana\npassword-command = touch %s\n%s\n" % (
                            server.address, trap, "\n".join(lines)))
        path.chmod(0o600)
        return path, trap
    return write


@pytest.mark.parametrize("word", ["work", "ana@home.example", None])
def test_account(script, run_mitto, tls_context, cacert, account, word):
    server = script(tls=tls_context, login=("ana", "p"))
    path, trap = account(server, "cacert = %s" % cacert)
    result = run_mitto("probe", *([word] if word else []), "--json",
                       "-C", path)
    answer = result.json()
    assert result.status == 0, result
    assert (answer["account"], answer["best"]) == ("work", server.port)
    assert [port["port"] for port in answer["ports"]] == [
        server.port, 465, 587, 25, 2525]
    assert answer["config"] == (
        "[account work]\nserver = smtp+starttls://%s\nuser = ana\n"
        % server.address)
    assert not trap.exists()
    said_nothing_else(server)


def test_the_schema_sees_mistakes(script, probe):
    answer = probe(script()).answer
    for change in ({"exit": "0"}, {"more": 1}, {"addresses": [{}]},
                   {"best": True}):
        assert not fits(dict(answer, **change), SCHEMA)


def test_no_server_is_configured(run_mitto):
    result = run_mitto("probe", "-C", "none")
    assert result.status == 78 and "mitto probe HOST" in result.hint, result
    assert result.out == b""


def test_section_works_when_pasted(script, run_mitto, make_context, tmp_path,
                                   secret_file):
    server = script(tls=make_context("mail.example"), login=("ana", "p"),
                    offers=OFFERS)
    shown = run_mitto("probe", server.address).out.decode()
    section = shown[shown.index("[account mail]"):]
    path = tmp_path / "mitto.conf"
    path.write_text(section)
    path.chmod(0o600)
    assert run_mitto("config", "check", path).status == 0
    result = run_mitto("-C", path, "-f", "ana@home.example", "-u", "ana",
                       "--password-file", secret_file("p"), "-m", "x",
                       "bob@there.example")
    assert result.status == 0, result
    assert server.messages[0].login == "ana" and server.messages[0].tls


@pytest.mark.parametrize("offered, key", [
    ("XOAUTH2 PLAIN", None), ("XOAUTH2", "auth = xoauth2"),
    ("OAUTHBEARER", "auth = oauthbearer"), ("EXTERNAL", "auth = external")])
def test_section_names_the_login(script, probe, offered, key):
    section = probe(script(login=("u", "p"), mechanisms=offered)
                    ).answer["config"]
    assert (key in section) if key else "auth =" not in section
    assert "# user = " in section


# For people -----------------------------------------------------------------

def test_words(script, run_mitto, tls_context, cacert):
    server = script(offers=OFFERS + ["SIZE"], tls=tls_context,
                    login=("u", "p"), pipelining=True,
                    replies={"GREETING": "220 hi \x1b[31m there"})
    result = run_mitto("probe", server.address, "--cacert", cacert)
    shown = result.out.decode()
    assert (result.status, result.raw_err) == (0, b""), result
    for words in ("port %d" % server.port, " ok ", "STARTTLS, TLSv1.3 TLS_",
                  r"hi \e[31m there", "127.0.0.1", "reached in",
                  "8-bit text (8BITMIME)", "addresses in UTF-8 (SMTPUTF8)",
                  "commands in groups (PIPELINING)", "XODD thing",
                  "days left", "--fingerprint=", "login by   PLAIN LOGIN",
                  "TLS ", "greeting ", "EHLO ",
                  "use port %d with STARTTLS:" % server.port,
                  "then: mitto --check ADDRESS"):
        assert words in shown, (words, shown)
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) < 200


def test_size_in_words(script, run_mitto):
    shown = run_mitto("probe", script(offers=OFFERS).address).out
    assert b"messages up to 35.9 MB (SIZE)" in shown
    shown = run_mitto("probe", script(offers=["SIZE 0"]).address).out
    assert b"messages without a limit (SIZE)" in shown


def test_failure_in_words(script, run_mitto):
    server = script(replies={"GREETING": "554 5.7.1 go away"})
    result = run_mitto("probe", server.address)
    assert result.status == 69, result
    assert b"failed  " + server.address.encode() in result.out
    assert b"554 go away" in result.out
    assert result.err.startswith("mitto: ") and result.hint


def test_marks_on_a_terminal(script, on_terminal):
    address = script().address
    status, shown = on_terminal("probe", address, env={
        "LC_ALL": "C.UTF-8", "NO_COLOR": "1"})
    assert status == 0 and "✓" in shown and "looking at 127.0.0.1" in shown
    _, shown = on_terminal("probe", address, "--color=always",
                           env={"LC_ALL": "C"})
    assert "✓" not in shown and "\x1b[32mok\x1b[0m" in shown


def test_conversation(script, run_mitto, tmp_path):
    path = tmp_path / "transcript"
    result = run_mitto("probe", script().address, "-v", "-X", path)
    assert "> EHLO" not in result.err and result.err != "", result
    assert "> EHLO" in path.read_text()
    assert "> EHLO" in run_mitto("probe", script().address, "-vv").err


def test_quiet(script, run_mitto):
    result = run_mitto("probe", script().address, "-q")
    assert (result.status, result.out, result.raw_err) == (0, b"", b"")


@pytest.mark.parametrize("args", [
    ["a.example", "b.example"], ["--no-such-flag"], ["http://a.example"],
    ["a.example:x"], ["a b"]])
def test_usage(run_mitto, args):
    result = run_mitto("probe", *args)
    assert result.status == 64 and result.out == b"", result


def test_help(run_mitto):
    for args in (["probe", "--help"], ["help", "probe"]):
        result = run_mitto(*args)
        assert result.status == 0 and b"usage: mitto probe" in result.out
        assert max(map(len, result.out.splitlines())) < 80


# The end --------------------------------------------------------------------

def test_interrupted(make_env, script):
    server = script(replies={"GREETING": "220 hello", "EHLO": Hang()})
    with subprocess.Popen([MITTO, "probe", server.address, "-vv"],
                          env=make_env(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        while b"220 hello" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and b"interrupted" in err


def test_each_port_has_its_time(script, probe):
    """One that keeps silent does not hide the next."""
    mute = [script(replies={"EHLO": Hang()}) for _ in range(2)]
    good = script()
    ports = [server.port for server in mute + [good]]
    result = probe("127.0.0.1:" + ",".join(map(str, ports)),
                   "--timeout=300ms")
    assert result.status == 0 and result.answer["best"] == good.port, result
    assert [server.count("EHLO") for server in mute] == [1, 1]

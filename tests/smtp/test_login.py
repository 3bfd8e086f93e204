# SPDX-License-Identifier: MIT
"""Which mechanism is taken, and what a refusal is called."""

import base64

import pytest

CANARY = "c4nary-p4ssw0rd"


def auths(server):
    return [text for text in server.said if text.startswith("AUTH")]


@pytest.mark.parametrize("offered, taken, connections", [
    ("PLAIN LOGIN CRAM-MD5", "PLAIN", 1),
    ("CRAM-MD5 LOGIN", "LOGIN", 1),
    ("GSSAPI NTLM DIGEST-MD5 PLAIN", "PLAIN", 1),
    ("CRAM-MD5", "CRAM-MD5", 2),
])
def test_auto_in_tls(script, mail, login, tls_context, cacert, offered, taken,
                     connections):
    server = script(tls=tls_context, login=("joe@home.example", CANARY),
                    mechanisms=offered,
                    offers=lambda tls: [])
    result = mail(server, *login("joe@home.example", CANARY), "--cacert",
                  cacert, mode="starttls")
    assert result.status == 0, result
    assert auths(server)[-1].split()[1] == taken
    assert len(auths(server)) == 1 and server.connections == connections
    assert server.messages[0].login and server.messages[0].tls


@pytest.mark.parametrize("offered, taken", [
    ("PLAIN LOGIN CRAM-MD5", "CRAM-MD5"), ("LOGIN PLAIN", "PLAIN"),
    ("LOGIN", "LOGIN")])
def test_auto_without_tls(script, mail, login, offered, taken):
    server = script(login=("joe", CANARY), mechanisms=offered)
    result = mail(server, *login("joe", CANARY))
    assert result.status == 0, result
    assert auths(server)[0].split()[1] == taken


@pytest.mark.parametrize("mode, offered", [
    ("plain", "PLAIN LOGIN CRAM-MD5"), ("login", "PLAIN LOGIN CRAM-MD5"),
    ("cram-md5", "PLAIN LOGIN CRAM-MD5"), ("xoauth2", "PLAIN XOAUTH2"),
    ("oauthbearer", "PLAIN XOAUTH2 OAUTHBEARER")])
def test_asked_for(script, mail, login, mode, offered):
    server = script(login=("joe", CANARY), mechanisms=offered)
    result = mail(server, *login("joe", CANARY, "--auth=" + mode))
    assert result.status == 0, result
    assert auths(server)[0].split()[1].lower() == mode
    assert server.connections == 1


def test_odd_credentials(script, mail, login):
    user, secret = "d\u00fcr+er@x", "p:@ \u00e4\\\"'"
    server = script(login=(user, secret))
    result = mail(server, *login(user, secret))
    assert result.status == 0, result


def test_initial_response(script, mail, login):
    server = script(login=("joe", CANARY), mechanisms="PLAIN")
    mail(server, *login("joe", CANARY))
    assert len(auths(server)[0].split()) == 3


def test_off(script, mail, login):
    server = script(login=("joe", CANARY))
    result = mail(server, *login("joe", CANARY, "--auth=off"))
    assert result.status == 0 and auths(server) == []


@pytest.mark.parametrize("reply, status", [
    ("535 5.7.8 Username and Password not accepted", 77),
    ("454 4.7.0 Temporary authentication failure", 75),
    ("504 5.5.4 Unrecognized authentication type", 77),
    ("534 5.7.9 Application-specific password required", 77),
    ("530 5.7.0 Must issue STARTTLS first", 77),
    ("421 4.3.0 too many errors", 75),
])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_refused(script, mail, login, mechanism, reply, status):
    server = script(login=("joe", "other"), mechanisms=mechanism,
                    replies={"REFUSED": reply})
    result = mail(server, *login("joe", CANARY))
    assert result.status == status, result
    assert result.answer["stage"] == "auth"
    assert result.answer["code"] == int(reply[:3])
    assert reply[10:] in result.err and "'joe'" in result.err
    assert server.count("MAIL") == 0 and len(auths(server)) == 1


def test_token_refused(script, mail, login):
    """XOAUTH2 says why in a 334; the words are in base64."""
    server = script(login=("joe", "other"), mechanisms="XOAUTH2")
    result = mail(server, *login("joe", CANARY, "--auth=xoauth2"))
    assert result.status == 77, result
    assert '"status":"400"' in result.err and "token" in result.hint
    assert result.answer["code"] == 334
    server = script(login=("joe", "other"), mechanisms="OAUTHBEARER")
    result = mail(server, *login("joe", CANARY, "--auth=oauthbearer"))
    assert result.status == 77 and result.answer["code"] == 535, result


def test_login_gone(script, mail, login):
    from server import Close
    server = script(login=("joe", CANARY), replies={"AUTH": Close()})
    result = mail(server, *login("joe", CANARY))
    assert result.status == 75, result


def test_external(script, mail, authority, tmp_path):
    """The client certificate is the login."""
    import ssl
    import receive
    context = receive.server_context(authority, "localhost", "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    client = authority.issue_cert("joe@home.example")
    pem, key = tmp_path / "client.pem", tmp_path / "client.key"
    client.cert_chain_pems[0].write_to_path(str(pem))
    client.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    server = script(tls=context, login=("joe", ""),
                    mechanisms="PLAIN EXTERNAL")
    result = mail(server, "--auth=external", "--cert", pem, "--key", key,
                  "--cacert", ca, mode="starttls")
    assert result.status == 0, result
    assert auths(server)[0].split()[1] == "EXTERNAL"


def test_external_without_certificate(script, mail):
    result = mail(script(), "--auth=external")
    assert result.status == 78, result


@pytest.mark.data
@pytest.mark.parametrize("mechanism, mode", [
    ("PLAIN", "auto"), ("LOGIN", "auto"), ("CRAM-MD5", "auto"),
    ("XOAUTH2", "xoauth2"), ("OAUTHBEARER", "oauthbearer")])
@pytest.mark.parametrize("right", [True, False])
def test_no_secret_leaks(script, mail, login, tmp_path, mechanism, mode,
                         right):
    """Nor does one that the server itself repeats."""
    def blab(arg):
        return "535 5.7.8 wrong: %s %s" % (CANARY, arg)
    server = script(login=("joe", CANARY if right else "other"),
                    mechanisms=mechanism, replies={"REFUSED": blab})
    transcript = tmp_path / "transcript"
    result = mail(server, *login("joe", CANARY, "--auth=" + mode), "-vvv",
                  "-X", transcript, "--log", tmp_path / "log")
    assert result.status == (0 if right else 77), result
    said = result.raw_err + result.out + transcript.read_bytes()
    if (tmp_path / "log").exists():
        said += (tmp_path / "log").read_bytes()
    assert b"AUTH " + mechanism.encode() in said and b"********" in said
    for i in range(3):
        part = base64.b64encode(b"\0" * i + CANARY.encode())[4:-4]
        assert part not in said
    for text in server.said:
        if not text[:4] in ("EHLO", "MAIL", "RCPT", "DATA", "QUIT"):
            secret = text.split()[-1].encode()
            assert secret == mechanism.encode() or secret not in said
    assert CANARY.encode() not in said

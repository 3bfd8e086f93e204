# SPDX-License-Identifier: MIT
"""TLS modes, wrong modes, and certificates."""

import ssl

import pytest

from server import Hang

MODES = [("starttls", False), ("ssl", True)]


@pytest.mark.parametrize("mode, implicit", MODES)
def test_good(script, mail, tls_context, cacert, mode, implicit):
    server = script(tls=tls_context, implicit=implicit)
    result = mail(server, "--cacert", cacert, "-v", mode=mode)
    assert result.status == 0, result
    assert server.messages[0].tls
    assert result.answer["tls"] == "TLSv1.3"
    assert "TLSv1.3 TLS_" in result.err and "days left" in result.err


def test_default_trust_does_not_know_it(script, mail, tls_context):
    result = mail(script(tls=tls_context), mode="starttls")
    assert result.status == 76, result


@pytest.mark.parametrize("mode, implicit", MODES)
def test_untrusted(script, mail, make_context, mode, implicit):
    context = make_context("127.0.0.1")
    server = script(tls=context, implicit=implicit)
    result = mail(server, mode=mode)
    assert result.status == 76, result
    assert "not trusted" in result.err and "self" in result.err
    for text in ("subject", "issuer", "Test of 127.0.0.1", "valid 20",
                 context.sha256):
        assert text in result.err
    assert "--fingerprint=" + context.sha256 in result.hint
    assert server.count("MAIL") == 0


@pytest.mark.parametrize("mode, implicit", MODES)
def test_wrong_name(script, mail, make_context, mode, implicit):
    context = make_context("mx1.there.example", "mx2.there.example",
                           "192.0.2.7")
    server = script(tls=context, implicit=implicit)
    result = mail(server, "--cacert", context.pem, mode=mode)
    assert result.status == 76, result
    assert ("mx1.there.example, mx2.there.example, 192.0.2.7" in
            result.err), result
    assert server.count("MAIL") == 0


@pytest.mark.parametrize("days, words", [
    ((-30, -1), "has expired"), ((1, 30), "not valid yet")])
def test_expired(script, mail, make_context, days, words):
    context = make_context("127.0.0.1", days=days)
    server = script(tls=context)
    result = mail(server, "--cacert", context.pem, mode="starttls")
    assert result.status == 76, result
    assert words in result.err and context.sha256 in result.hint
    assert server.count("MAIL") == 0


@pytest.mark.parametrize("mode, implicit", MODES)
@pytest.mark.parametrize("change", [
    lambda x: x, str.upper,
    lambda x: ":".join(x[i:i + 2] for i in range(0, 64, 2))])
def test_fingerprint(script, mail, make_context, mode, implicit, change):
    """It alone decides: no authority, no name, no date."""
    context = make_context("elsewhere.example", days=(-30, -1))
    server = script(tls=context, implicit=implicit)
    result = mail(server, "--fingerprint", change(context.sha256), mode=mode)
    assert result.status == 0, result
    assert server.messages[0].tls


@pytest.mark.parametrize("mode, implicit", MODES)
@pytest.mark.parametrize("more", [[], ["-k"]])
def test_wrong_fingerprint(script, mail, tls_context, cacert, mode, implicit,
                           more):
    """Also for a certificate that would be good otherwise."""
    server = script(tls=tls_context, implicit=implicit)
    result = mail(server, "--cacert", cacert, "--fingerprint", "a1" * 32,
                  *more, mode=mode)
    assert result.status == 76, result
    assert "--fingerprint" in result.err
    assert server.count("MAIL") == 0


@pytest.mark.parametrize("text", ["a1" * 31, "a1" * 33, "xy" * 32])
def test_bad_fingerprint(script, mail, tls_context, text):
    server = script(tls=tls_context)
    result = mail(server, "--fingerprint=" + text, mode="starttls")
    assert result.status in (64, 78), result
    assert server.connections == 0


def test_insecure(script, mail, make_context):
    server = script(tls=make_context("elsewhere.example"))
    for _ in range(2):
        result = mail(server, "-k", mode="starttls")
        assert result.status == 0, result
        assert "not checked" in result.err


def test_cacert_missing(script, mail, tls_context, tmp_path):
    server = script(tls=tls_context)
    result = mail(server, "--cacert", tmp_path / "none.pem", mode="starttls")
    assert result.status == 72, result
    assert str(tmp_path / "none.pem") in result.err
    assert server.connections == 0


def test_cacert_empty(script, mail, tls_context, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing\n")
    result = mail(script(tls=tls_context), "--cacert", tmp_path / "empty.pem",
                  mode="starttls")
    assert result.status == 72, result
    assert "empty.pem" in result.err


def test_environment_trust(script, mail, make_context, tmp_path):
    context = make_context("127.0.0.1")
    server = script(tls=context)
    result = mail(server, mode="starttls", env={"SSL_CERT_FILE": context.pem})
    assert result.status == 0, result
    hashed = tmp_path / "hashed"
    hashed.mkdir()
    result = mail(server, mode="starttls", env={"SSL_CERT_DIR": hashed})
    assert result.status == 72, result
    import subprocess
    (hashed / "ca.pem").write_bytes(context.pem.read_bytes())
    subprocess.run(["openssl", "rehash", hashed], check=True)
    for flags, env in (([], {"SSL_CERT_DIR": hashed}),
                       (["--cacert", hashed], {})):
        result = mail(server, *flags, mode="starttls", env=env)
        assert result.status == 0, result


def test_ssl_on_a_starttls_port(script, mail):
    server = script()
    result = mail(server, mode="ssl")
    assert result.status == 76, result
    assert "--tls=starttls" in result.hint and str(server.port) in result.hint


@pytest.mark.parametrize("mode", ["plain", "starttls", "try"])
def test_plain_on_an_ssl_port(script, mail, tls_context, mode):
    server = script(tls=tls_context, implicit=True)
    result = mail(server, "--timeout=1s", mode=mode)
    assert result.status == 76, result
    assert "--tls=ssl" in result.hint and str(server.port) in result.hint


def test_slow_greeting_is_no_ssl_port(script, mail):
    from server import Delay
    server = script(replies={"GREETING": Delay(4, "220 at last")})
    result = mail(server)
    assert result.status == 0, result
    assert server.connections == 2


def test_try_with(script, mail, tls_context, cacert):
    server = script(tls=tls_context)
    result = mail(server, "--cacert", cacert, mode="try")
    assert result.status == 0 and server.messages[0].tls, result


@pytest.mark.parametrize("bad", [{}, {"EHLO": "502 what?"}])
def test_try_without(script, mail, bad):
    """Nothing is sent on the connection that asked."""
    server = script(replies=bad)
    result = mail(server, mode="try")
    assert result.status == 0, result
    assert not server.messages[0].tls and server.messages[0].connection == 2
    assert "warning" not in result.err


def test_try_is_not_tricked(script, mail, login, tls_context, make_context):
    """Refused or broken TLS is an error, not a reason to go on without."""
    server = script(tls=tls_context, replies={"STARTTLS": "454 4.7.0 no"},
                    login=("joe", "secret"))
    result = mail(server, *login("joe", "secret"), mode="try")
    assert result.status == 75, result
    assert server.count("AUTH") == 0 and server.count("MAIL") == 0
    server = script(tls=make_context("127.0.0.1"), login=("joe", "secret"))
    result = mail(server, *login("joe", "secret"), mode="try")
    assert result.status == 76, result
    assert server.connections == 1 and server.count("AUTH") == 0


def test_try_asks_for_the_mechanism_again(script, mail, login):
    """Without TLS the order of preference is another one."""
    server = script(login=("joe", "secret"), mechanisms="PLAIN CRAM-MD5")
    result = mail(server, *login("joe", "secret"), mode="try")
    assert result.status == 0, result
    assert any(x.startswith("AUTH CRAM-MD5") for x in server.said)


def test_old_tls(script, mail, authority, cacert):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    server = script(tls=context)
    result = mail(server, "--cacert", cacert, mode="starttls")
    assert result.status == 76, result
    assert server.count("MAIL") == 0


def test_client_certificate_wanted(script, mail, authority, cacert):
    import receive
    context = receive.server_context(authority, "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    result = mail(script(tls=context), "--cacert", cacert, mode="starttls")
    assert result.status in (75, 76), result


def test_bad_client_certificate(script, mail, tls_context, cacert, tmp_path):
    (tmp_path / "c.pem").write_text("x")
    result = mail(script(tls=tls_context), "--cacert", cacert, "--cert",
                  tmp_path / "c.pem", mode="starttls")
    assert result.status == 78 and "c.pem" in result.err, result


def test_handshake_hangs(script, mail, tls_context):
    """A server that says go ahead and then nothing."""
    server = script(offers=["STARTTLS"], replies={
        "STARTTLS": Hang("220 go ahead")})
    result = mail(server, "--timeout=1s", mode="starttls")
    assert result.status == 75 and "TLS handshake" in result.err, result
    server = script(replies={"GREETING": Hang()})
    result = mail(server, "--timeout=1s", mode="ssl")
    assert result.status == 75 and "TLS handshake" in result.err, result

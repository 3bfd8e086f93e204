# SPDX-License-Identifier: MIT
"""What has to stop before MAIL, where libcurl alone would go on."""

import pytest


def before_mail(server, result, status):
    assert result.status == status, result
    assert server.count("MAIL") == 0, server.said
    assert server.messages == []


@pytest.mark.parametrize("mode", ["plain", "starttls"])
def test_login_not_offered(script, mail, login, tls_context, cacert, mode):
    server = script(tls=tls_context if mode == "starttls" else None)
    result = mail(server, *login("joe", "secret"), "--cacert", cacert,
                  mode=mode)
    before_mail(server, result, 77)
    assert "no login" in result.err and "587" in result.hint
    assert server.count("AUTH") == 0


def test_old_auth_form(script, mail, login):
    server = script(offers=["AUTH=PLAIN LOGIN"])
    result = mail(server, *login("joe", "secret"))
    before_mail(server, result, 77)
    assert "AUTH=" in result.err


@pytest.mark.parametrize("offer", ["auth plain login", "AUTH plain login"])
def test_lower_case(script, mail, login, offer):
    """Older libcurls overlook it: say that, do not go on without."""
    server = script(offers=[offer])
    result = mail(server, *login("joe", "secret"))
    before_mail(server, result, 76)
    assert "lower case" in result.err and "libcurl" in result.hint


def test_no_common_mechanism(script, mail, login):
    server = script(login=("joe", "secret"), mechanisms="SCRAM-SHA-256 NTLM")
    result = mail(server, *login("joe", "secret"))
    before_mail(server, result, 77)
    assert "SCRAM-SHA-256 NTLM" in result.err
    assert server.count("AUTH") == 0


def test_tokens_only(script, mail, login):
    server = script(login=("joe", "secret"), mechanisms="XOAUTH2")
    result = mail(server, *login("joe", "secret"))
    before_mail(server, result, 77)
    assert "xoauth2" in result.hint


def test_starttls_not_offered(script, mail, login):
    server = script(login=("joe", "secret"))
    result = mail(server, *login("joe", "secret"), mode="starttls")
    before_mail(server, result, 76)
    assert server.verbs() == ["EHLO"]
    assert "STARTTLS" in result.err and "--tls=plain" in result.hint


def test_starttls_lower_case(script, mail):
    server = script(offers=["starttls"])
    result = mail(server, mode="starttls")
    before_mail(server, result, 76)
    assert "lower case" in result.err


@pytest.mark.parametrize("reply, status", [
    ("454 4.7.0 TLS not available", 75), ("554 5.7.0 no", 76)])
def test_starttls_refused(script, mail, tls_context, reply, status):
    server = script(tls=tls_context, replies={"STARTTLS": reply})
    result = mail(server, mode="starttls")
    before_mail(server, result, status)
    assert result.answer["stage"] == "tls", result
    assert result.answer["code"] == int(reply[:3])


@pytest.mark.parametrize("flags, mode", [
    (["-u", "joe"], "plain"), ([], "starttls")])
def test_helo_is_not_enough(script, mail, secret_file, flags, mode):
    server = script(replies={"EHLO": "502 what?"})
    if flags:
        flags = flags + ["--password-file", secret_file("secret")]
    result = mail(server, *flags, mode=mode)
    before_mail(server, result, 76)
    assert server.verbs() == ["EHLO"]


def test_helo_after_tls(script, mail, tls_context, cacert, login):
    """EHLO is refused inside TLS only."""
    server = script(tls=tls_context, replies={
        "EHLO": ["250-test.example\n250 STARTTLS", "502 what?"]})
    result = mail(server, *login("joe", "secret"), "--cacert", cacert,
                  mode="starttls")
    before_mail(server, result, 76)
    assert server.count("AUTH") == 0


def test_size(script, mail):
    server = script(offers=["SIZE 100"])
    result = mail(server)
    before_mail(server, result, 65)
    assert " 100" in result.err
    assert str(result.answer["size"]) in result.err


@pytest.mark.parametrize("offer", ["SIZE", "SIZE 0", "SIZE 99999999"])
def test_size_is_enough(script, mail, offer):
    assert mail(script(offers=[offer])).status == 0


def test_smtputf8_missing(script, mail):
    server = script()
    result = mail(server, to=["j\u00fcrgen@x.example"])
    before_mail(server, result, 69)
    assert "SMTPUTF8" in result.err


def test_smtputf8(script, mail):
    server = script(offers=["SMTPUTF8", "8BITMIME"])
    result = mail(server, to=["j\u00fcrgen@x.example"])
    assert result.status == 0, result
    assert "SMTPUTF8" in server.said[1]
    assert server.messages[0].recipients == ["j\u00fcrgen@x.example"]


def test_injected_after_starttls(script, mail, tls_context, cacert):
    server = script(tls=tls_context, replies={
        "STARTTLS": b"220 go ahead\r\n250 injected\r\n"})
    result = mail(server, "--cacert", cacert, mode="starttls")
    before_mail(server, result, 76)

# SPDX-License-Identifier: MIT
"""Presets: those of the table, those of config files, and their limits."""

import re

import pytest

BOB = "bob@there.example"
OWN = """\
[provider work]
server = smtps://smtp.work.example
user = jana
note = the password of the intranet
url = https://intra.example/mail
daily = 3
recipients = 2
max-size = 5M

[provider gmail]
note = ask the help desk

[account a]
provider = work
from = jana@work.example
"""


def server_of(result):
    assert result.status == 0, result
    return result.json()["server"]


def test_of_a_config_file(run_mitto, config):
    config(OWN)
    result = run_mitto("-n", "-m", "x", BOB)
    assert result.status == 0, result
    for word in (b"smtp.work.example:465, TLS at once, login jana",
                 b"takes 5.2 MB: fine"):
        assert word in result.out, result


def test_a_row_is_changed(run_mitto, config):
    config(OWN)
    shown = run_mitto("explain", "gmail").out.decode()
    assert "smtp.gmail.com:465" in shown and "ask the help desk" in shown
    assert "16 letters" not in shown


def test_they_are_listed(run_mitto, config):
    config(OWN)
    shown = run_mitto("help", "providers").out.decode()
    assert re.search(r"(?m)^gmail +smtp.gmail.com:465, ssl; also 587 starttls$",
                     shown)
    assert re.search(r"(?m)^work +smtp.work.example, ssl$", shown)
    assert "at most messages of 25 MB, 500 a day" in shown
    config("[provider\n")
    assert b"gmail" in run_mitto("help", "providers").out


def test_server_of_a_row_is_replaced(run_mitto, config):
    config("[provider gmail]\nserver = mail.example\n")
    result = run_mitto("-n", "--json", "--provider=gmail", "-f",
                       "a@home.example", "-m", "x", BOB)
    assert server_of(result) == "mail.example:587"


@pytest.mark.parametrize("flags, server", [
    (["--region=eu-central-1"], "email-smtp.eu-central-1.amazonaws.com:465"),
    (["--region", "us-east-1", "--port=587"],
     "email-smtp.us-east-1.amazonaws.com:587"),
])
def test_region(run_mitto, flags, server):
    result = run_mitto("-n", "--json", "--provider=ses", *flags, "-f",
                       "a@home.example", "-m", "x", BOB)
    assert server_of(result) == server


def test_region_is_missing(run_mitto, config):
    config("[account a]\nprovider = ses\nfrom = a@home.example\n")
    result = run_mitto("-n", "-m", "x", BOB)
    assert result.status == 78 and "--region" in result.hint, result
    result = run_mitto("-n", "--json", "-m", "x", "--region=eu-west-1", BOB)
    assert result.status == 0, result


@pytest.mark.parametrize("text, line, guess", [
    ("[provider]\n", 1, "[provider NAME]"),
    ("[provider x]\nserver = h.example\nsubject = x\n", 3, "server, port"),
    ("[provider x]\nnote = x\n", 2, "server = HOST"),
    ("[provider x]\n", None, "server = HOST"),
    ("[provider gmail]\nport = smtp\n", 2, ""),
    ("[provider gmail]\ndaily = many\n", 2, "1 or more"),
    ("[provider gmail]\nrecipients = 0\n", 2, "1 or more"),
    ("[defaults]\nprovider = wrk\n[provider work]\nserver = h\n", 2,
     "did you mean work?"),
    ("[provder x]\n", 1, "did you mean [provider NAME]?"),
])
def test_mistakes(run_mitto, config, text, line, guess):
    config(text)
    result = run_mitto("config", "check")
    assert result.status == 78, result
    assert line is None or "config:%d:" % line in result.err, result
    assert guess in result.err, result


def test_limits_are_warned_of(run_mitto, config):
    config(OWN)
    people = ["p%d@there.example" % n for n in range(4)]
    result = run_mitto("-n", "-m", "x", *people)
    shown = result.out.decode() + result.err
    assert "4 recipients, work takes 2 of a message" in shown, result
    assert "4 recipients, work takes 3 a day" in shown, result
    result = run_mitto("-n", "--body", "-", BOB, stdin=b"0123456789\n" * 600000)
    shown = result.out.decode() + result.err
    assert "the message has 7.2 MB on the wire, work takes 5.2 MB" in shown
    assert result.status == 0, result
    assert b"takes" not in run_mitto("-n", "-m", "x", BOB).err.encode()


def test_the_warning_comes_before_it_is_sent(run_mitto, serve, config):
    """A warning: the server itself says what holds today."""
    server = serve()
    config("[provider small]\nserver = %s\nmax-size = 1k\n" % server.url)
    flags = ["--provider=small", "--user=", "-f", "a@home.example", "-v", BOB]
    result = run_mitto(*flags, stdin=b"hello\n" * 1000)
    assert result.status == 0, result
    assert result.err.index("small takes 1.0 kB") < result.err.index(
        "connect  "), result
    assert len(server.messages) == 1


def test_hints_know_the_note(run_mitto, serve, config, secret_file):
    """By the provider's name, and by its server."""
    server = serve(login=("jana", "right"))
    config("[provider work]\nserver = %s\nnote = the password of the "
           "intranet\nurl = https://intra.example/mail\n" % server.url)
    result = run_mitto("--provider=work", "-u", "jana", "--password-file",
                       secret_file("wrong"), "-f", "a@home.example", "-m",
                       "x", BOB)
    assert result.status == 77, result
    assert re.search(r"hint:  work takes the password of the intranet "
                     r"\(https://intra.example/mail\):\n +mitto explain work$",
                     result.err.rstrip()), result
    assert b"intranet" in run_mitto("explain", "work").out

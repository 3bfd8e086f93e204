# SPDX-License-Identifier: MIT
"""mitto explain: what it means, who must act, what to try."""

import json
import os
import re

import pytest

from program import SRCDIR

SCHEMA = SRCDIR / "contrib" / "schema" / "explain.json"
TYPES = {"string": str, "null": type(None), "boolean": bool, "integer": int,
         "array": list}


def check(answer, schema):
    """All that is required and no more, each of its type or words."""
    assert sorted(answer) == sorted(schema["required"])
    assert sorted(answer) == sorted(schema["properties"])
    for name, value in answer.items():
        kind = schema["properties"][name]
        if "enum" in kind:
            assert value in kind["enum"], (name, value)
            continue
        types = kind["type"]
        types = types if isinstance(types, list) else [types]
        assert type(value) in [TYPES[word] for word in types], (name, value)
        for each in value if isinstance(value, list) else []:
            check(each, kind["items"])


def checked(result):
    answer = result.json()
    check(answer, json.loads(SCHEMA.read_text()))
    assert (answer["ok"], answer["exit"]) == (result.status == 0,
                                              result.status)
    return answer


@pytest.fixture
def explain(run_mitto):
    """explain(*words, stdin=b"") -> the findings; {code: finding}."""
    def run(*words, stdin=b""):
        result = run_mitto("explain", "--json", *words, stdin=stdin)
        assert result.status == 0 and result.err == "", result
        answer = checked(result)
        assert answer["error"] is None and answer["hint"] is None
        assert all(each["meaning"] for each in answer["findings"])
        return {each["code"]: each for each in answer["findings"]}
    return run


@pytest.mark.parametrize("word, kind, who, meaning, advice", [
    ("5.7.8", "enhanced", "you", "password", "--user"),
    ("4.2.2", "enhanced", "recipient", "for now: .*full", "-Q"),
    ("2.1.5", "enhanced", "nobody", "accepted", "Nothing"),
    ("5.7.26", "enhanced", "you", "SPF nor DKIM", "domain"),
    ("5.7.99", "enhanced", "you", "security", "words"),
    ("535", "reply", "you", "login", "mitto help providers"),
    ("421", "reply", "server", "ends the connection", "-Q"),
    ("250", "reply", "nobody", "done", "Nothing"),
    ("559", "reply", "you", "refused for good", "words"),
    ("76", "status", "you", "TLS", "--tls=ssl"),
    ("130", "status", "nobody", "interrupted", "again"),
    ("0", "status", "nobody", "sent", "Nothing"),
])
def test_a_code(explain, word, kind, who, meaning, advice):
    found = explain(word)
    assert list(found) == [word]
    assert found[word]["kind"] == kind and found[word]["who"] == who
    assert re.search(meaning, found[word]["meaning"]), found
    assert advice in found[word]["try"], found


@pytest.mark.parametrize("words", [
    ["exit 76"], ["exit", "76"], ["status", "76"], ["exit status 76"],
    ["status=76/PROTOCOL"], ["status 0x4c"]])
def test_an_exit_status(explain, words):
    assert {code: each["kind"] for code, each in explain(*words).items()} == {
        "76": "status"}


@pytest.mark.parametrize("status", [0, *range(64, 79), 130])
def test_every_status_of_the_manual(explain, status):
    assert explain(str(status))[str(status)]["kind"] == "status"


@pytest.mark.parametrize("text, code, who, advice", [
    ("error:0A00010B:SSL routines::wrong version number",
     "wrong version number", "you", "--tls=starttls"),
    ("SSL certificate problem: self signed certificate",
     "self signed certificate", "you", "--fingerprint"),
    ("curl: (6) Could not resolve host: smtp.gmial.com",
     "could not resolve host", "you", "--server"),
    ("Connection refused", "connection refused", "you", "--port=587"),
    ("curl: (67) Login denied", "login denied", "you", "--user"),
    ("curl: (8) Weird server reply", "weird server reply", "you", "-vv"),
    ("Relay access denied", "relay access denied", "you", "--user"),
])
def test_words(explain, text, code, who, advice):
    found = explain(text)
    assert list(found) == [code]
    assert found[code]["who"] == who and advice in found[code]["try"]


def test_a_whole_reply(explain):
    found = explain("535", "5.7.8", "Username and Password not accepted.")
    assert list(found) == ["username and password not accepted", "535",
                           "5.7.8"]


BOUNCE = b"""\
From: MAILER-DAEMON@mx.example
Date: Tue, 24 Nov 2026 04:05:50 +0000
Received: from 127.0.0.1 by mx.example 5.10.0-23; 220 things
Subject: Undelivered

Final-Recipient: rfc822; bob@there.example\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550-5.1.1 <bob@there.example>: User unknown\r
    550 5.1.1 in the table
    250 2.0.0 fine
"""


def test_a_bounce(explain):
    found = explain(stdin=BOUNCE)
    assert list(found) == ["5.1.1", "user unknown", "550"]


def test_what_mitto_said(explain):
    found = explain(stdin=b"""\
mitto: not sent: smtp.gmail.com:465 refused the login of 'jana@gmail.com'
       535 5.7.8 Username and Password not accepted.
""")
    assert found["gmail"]["kind"] == "provider"
    assert found["gmail"]["try"].startswith("https://")
    assert found["5.7.8"]["kind"] == "enhanced"


def test_for_people(run_mitto):
    result = run_mitto("explain", "5.7.8")
    assert result.status == 0 and result.err == "", result
    assert re.match(
        rb"5\.7\.8   the name .*\n  who   you\n  try   Check [^\n]*\n",
        result.out), result
    assert max(map(len, result.out.decode().split("\n"))) < 80


@pytest.mark.parametrize("name, words", [
    ("gmail", ["smtp.gmail.com:465", "app password", "apppasswords",
               "500 a day"]),
    ("GMail", ["smtp.gmail.com"]),
    ("ses", ["amazonaws.com", "50 recipients a message"]),
])
def test_a_provider(run_mitto, name, words):
    result = run_mitto("explain", name)
    assert result.status == 0, result
    assert all(word in result.out.decode() for word in words), result


@pytest.mark.parametrize("word, guess", [
    ("gmial", "mitto explain 'gmail'"),
    ("relay acess denied", "mitto explain 'relay access denied'"),
    ("577", "mitto help providers"), ("5.9.1", "mitto help providers"),
    ("nothing in particular", "mitto help providers"),
    ("", "mitto help providers")])
def test_unknown(run_mitto, word, guess):
    result = run_mitto("explain", word)
    assert result.status == 64 and result.out == b"", result
    assert result.err.startswith("mitto: nothing is known of '")
    assert result.err.rstrip().endswith(guess), result
    guessed = guess.split(" ", 1)[1].replace("'", "").split(" ", 1)
    assert run_mitto(*guessed).status == 0


def test_unknown_as_json(run_mitto):
    result = run_mitto("explain", "--json", "qqq")
    answer = checked(result)
    assert result.status == 64 and answer["findings"] == []
    assert answer["error"] == "nothing is known of 'qqq'" and answer["hint"]
    answer = checked(run_mitto("explain", "--json", "--wrong"))
    assert answer["exit"] == 64 and "--wrong" in answer["error"]


def test_hostile_text(run_mitto):
    result = run_mitto("explain", "\x1b[2J" + "x" * 5000)
    assert result.status == 64 and "\x1b" not in result.err, result
    assert len(result.err) < 500
    result = run_mitto("explain", stdin=b"\0\xff 550 5.1.1 \x1b[2J\0" * 9)
    assert result.status == 0 and b"\x1b" not in result.out, result


def test_too_much(run_mitto):
    result = run_mitto("explain", stdin=b"x" * (2 << 20))
    assert result.status == 66, result


def test_needs_no_config(run_mitto, config, home):
    config("[defaults]\nnonsense\n")
    assert run_mitto("explain", "5.7.8").status == 0
    result = run_mitto("explain", "5.7.8", env={"HOME": "/nonexistent"})
    assert result.status == 0 and result.err == "", result


def test_options(run_mitto):
    assert run_mitto("explain", "535", "--json").json()["findings"]
    assert run_mitto("explain", "--help").out.startswith(b"usage: ")
    result = run_mitto("explain", "--jsn", "535")
    assert result.status == 64 and "--jsn" in result.err, result
    assert run_mitto("explain", "--", "535").status == 0


def test_nothing_asked_for_on_a_terminal(on_terminal):
    status, shown = on_terminal("explain")
    assert status == 64 and "usage: mitto explain" in shown


def test_no_word_for_a_full_disk(run_mitto):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        result = run_mitto("explain", "535", stdout=full)
    assert result.status == 74, result


def test_what_hints_say_is_known(run_mitto):
    """Each "mitto explain" of the hint table has something to say."""
    table = (SRCDIR / "src" / "smtp" / "hints.def").read_text()
    for word in re.findall(r'"mitto explain ([\w.]+)"', table):
        assert run_mitto("explain", word).status == 0, word


def test_json_is_documented():
    page = (SRCDIR / "man" / "mitto.1.in").read_text()
    schema = json.loads(SCHEMA.read_text())
    inner = schema["properties"]["findings"]["items"]
    for word in [*schema["required"], *inner["required"],
                 *inner["properties"]["kind"]["enum"],
                 *inner["properties"]["who"]["enum"]]:
        assert re.search(r"\b%s\b" % word, page), word

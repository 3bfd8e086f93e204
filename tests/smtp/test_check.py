# SPDX-License-Identifier: MIT
"""--check: every step, good or not, up to RCPT and never beyond."""

import pytest

from server import Close, Hang

STEPS = ["name", "connect", "tls", "certificate", "ehlo", "login", "mail",
         "rcpt"]


@pytest.fixture
def lane():
    return "single"


@pytest.fixture
def check(run_mitto):
    """check(server, *args, to=...) -> the result; .steps are its lines as
    (mark, step, text), which JSON confirms."""
    def run(server, *args, to=("bob@there.example",), mode="starttls"):
        words = ["--check", "-C", "none", "-f", "ana@home.example", "--tls=" +
                 mode, "-S", getattr(server, "address", server), *args, *to]
        result = run_mitto(*words)
        assert b"\x1b" not in result.out
        result.steps = [tuple(line.split(None, 2))
                        for line in result.out.decode().splitlines()]
        again = run_mitto("--json", *words)
        assert again.status == result.status
        assert [(s["step"], s["ok"]) for s in again.json()["steps"]] == [
            (step[1], step[0] == "ok") for step in result.steps]
        return result
    return run


def test_all_is_good(script, check, login, tls_context, cacert):
    server = script(tls=tls_context, login=("joe", "secret"))
    result = check(server, *login("joe", "secret"), "--cacert", cacert)
    assert result.status == 0 and result.err == "", result
    assert [step[:2] for step in result.steps] == [
        ("ok", step) for step in STEPS]
    texts = [step[2] for step in result.steps]
    assert texts[0] == "127.0.0.1"
    assert texts[1] == server.address + " -> 127.0.0.1"
    assert texts[2].startswith("TLSv1.3 TLS_")
    assert "days left" in texts[3]
    assert texts[5:] == ["joe", "<ana@home.example>", "<bob@there.example>"]
    assert server.count("DATA") == 0 and server.messages == []


def test_without_tls_and_login(script, check):
    result = check(script(), mode="plain")
    assert result.status == 0, result
    assert ("ok", "tls", "none") in result.steps
    assert ("ok", "login", "none wanted") in result.steps
    assert "certificate" not in [step[1] for step in result.steps]


def failed(result):
    """The last line, the only one that is not good."""
    assert all(step[0] == "ok" for step in result.steps[:-1]), result
    assert result.steps[-1][0] == "failed", result
    return result.steps[-1][1:]


@pytest.mark.parametrize("replies, status, step, words", [
    ({"GREETING": "554 5.7.1 go away"}, 69, "ehlo", "554 5.7.1 go away"),
    ({"GREETING": "SSH-2.0-x"}, 76, "ehlo", "SSH server"),
    ({"GREETING": Hang()}, 75, "ehlo", "no greeting"),
    ({"EHLO": Close()}, 75, "ehlo", "closed the connection"),
    ({"REFUSED": "535 5.7.8 no \x1b[1m"}, 77, "login",
     r"535 5.7.8 no \e[1m"),
    ({"MAIL": "550 5.7.1 not yours"}, 69, "mail", "550 5.7.1 not yours"),
    ({"MAIL": Close()}, 75, "mail", "closed the connection"),
    ({"RCPT": "550 5.1.1 unknown"}, 67, "rcpt",
     "<bob@there.example>: 550 5.1.1 unknown")])
def test_what_fails(script, check, login, replies, status, step, words):
    right = "other" if "REFUSED" in replies else "secret"
    server = script(login=("joe", right), replies=replies)
    result = check(server, *login("joe", "secret"), "--timeout=500ms",
                   mode="plain")
    assert result.status == status, result
    assert failed(result)[0] == step, result
    assert words in failed(result)[1]
    # The whole story, with what to do, comes last.
    assert result.err.startswith("mitto: ")
    assert server.count("DATA") == 0


def test_no_name(check):
    result = check("127.0.0.1:2", "-6")
    assert result.status in (68, 75), result
    assert failed(result)[0] in ("name", "connect")


def test_nothing_listens(check, closed_port):
    result = check("127.0.0.1:%d" % closed_port)
    assert (result.status, failed(result)[0]) == (75, "connect"), result
    assert "Connection refused" in result.steps[-1][2] and result.hint


def test_no_starttls(script, check):
    result = check(script())
    assert (result.status, failed(result)[0]) == (76, "tls"), result
    assert "--tls=" in result.hint


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
def test_certificate(script, check, make_context, mode):
    context = make_context("127.0.0.1")
    server = script(tls=context, implicit=mode == "ssl")
    result = check(server, mode=mode)
    assert (result.status, failed(result)[0]) == (76, "certificate"), result
    assert "--fingerprint=" + context.sha256 in result.hint
    assert ("ok", "connect", server.address + " -> 127.0.0.1") in result.steps
    good = check(server, "--fingerprint=" + context.sha256, mode=mode)
    assert good.status == 0, good


def test_tls_where_none_is(script, check):
    result = check(script(), mode="ssl")
    assert (result.status, failed(result)[0]) == (76, "tls"), result


def test_each_recipient(script, check):
    people = ["%s@there.example" % name for name in "abc"]
    server = script(replies={"RCPT": {people[1]: "550 5.1.1 unknown"}})
    result = check(server, mode="plain", to=people)
    assert result.status == 69, result
    assert [step[0] for step in result.steps if step[1] == "rcpt"] == [
        "ok", "failed", "ok"]
    assert result.steps[-2][2] == "<%s>: 550 5.1.1 unknown" % people[1]


def test_marks(script, on_terminal):
    def run(**env):
        return on_terminal("--check", "-C", "none", "-f", "ana@home.example",
                           "-S", script().address, "-m", "x", "--tls=plain",
                           "bob@there.example", env=env)
    status, shown = run(LC_ALL="C.UTF-8", NO_COLOR="1")
    assert status == 0 and "✓  connect " in shown
    _, shown = run(LC_ALL="C", NO_COLOR="1")
    assert "ok      connect " in shown and shown.isascii()
    _, shown = run(LC_ALL="C.UTF-8", FORCE_COLOR="1")
    assert "\x1b[32m✓\x1b[0m  connect" in shown


def test_quiet_is_silent(script, run_mitto):
    result = run_mitto("--check", "-q", "-C", "none", "-S", script().address,
                       "--tls=plain", "-f", "ana@home.example",
                       "bob@there.example")
    assert (result.status, result.out, result.raw_err) == (0, b"", b"")

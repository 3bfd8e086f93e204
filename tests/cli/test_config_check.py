# SPDX-License-Identifier: MIT
"""mitto config check: each finding, with its place, and nothing else."""

import re

import pytest

GOOD = """\
[account home]
server = smtp://smtp.home.example
from = ana@home.example
user = ana
password-command = pass show home
"""


@pytest.fixture
def check(run_mitto, config):
    """check(text, *args, status) -> the result; it shows no password."""
    def run(text, *args, status=78, mode=0o600, **kwargs):
        path = config(text, mode)
        result = run_mitto("config", "check", *args, **kwargs)
        assert result.status == status, result
        assert "canary" not in result.err + result.out.decode()
        if "--json" not in args:
            assert (b": ok" in result.out) == (status == 0), result
        result.path = path
        return result
    return run


def test_good(check):
    result = check(GOOD, status=0)
    assert result.err == "" and b"config: ok\n" in result.out


def test_sample_of_the_manual_needs_no_login(check):
    result = check("[account test]\nserver = smtp://localhost:1025\n"
                   "tls = off\n", status=0)
    assert result.err == ""


FINDINGS = {
    "syntax": (GOOD + "nonsense\n", ":6:1: ", "no '='", "KEY = VALUE"),
    "key": (GOOD + "pasword-file = x\n", ":6:1: ", "unknown key",
            "did you mean password-file"),
    "value": (GOOD + "queue = fail   # when offline\n", ":6:9: ", "queue",
              "a comment needs a line of its own"),
    "provider": ("[account a]\nprovider = gmial\n", ":2:12: ",
                 "unknown provider 'gmial'", "did you mean gmail"),
    "account": (GOOD + "[defaults]\naccount = hoem\n", ":7:11: ",
                "no account 'hoem'", "one of: home"),
    "alias": ("[alias]\na = a\nb = a@x.example\n", ":2:5: ", "contains itself", ""),
    "same from": (GOOD + "[account two]\nserver = h.example\n"
                  "from = Ana <ana@home.example>\n",
                  ":8:8: ", "account 'two' is for the same address as "
                  "account 'home'", "-A"),
    "from in match": ("[account all]\nserver = h.example\n"
                      "match = *@home.example\n" + GOOD, ":6:8: ",
                      "account 'home' is for the same address as account "
                      "'all'", "-A"),
    "same match": ("[account a]\nserver = a.example\nmatch = *@x.example\n"
                   "[account b]\nserver = b.example\nmatch = *@X.example\n",
                   ":6:9: ", "same match", "-A"),
    "clear login": (GOOD + "tls = off\n", ":6:7: ", "login without TLS",
                    "tls = starttls"),
    "clear login by scheme": (
        GOOD.replace("smtp://", "smtp+plain://"), ":2:10: ",
        "login without TLS", "tls = starttls"),
    "465 with starttls": (GOOD + "port = 465\ntls = starttls\n", ":7:7: ",
                          "port 465", "tls = ssl"),
    "465 with starttls by scheme": (
        "[account a]\nserver = smtp+starttls://h.example:465\n", ":2:10: ",
        "port 465", "tls = ssl"),
    "alias-file": ("[defaults]\nalias-file = /nonexistent/a\n", "",
                   "/nonexistent/a", ""),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_finding(check, name):
    text, place, what, hint = FINDINGS[name]
    result = check(text)
    assert re.search("^%s.*%s" % (re.escape("~/.config/mitto/config" + place)
                                  if place else "", re.escape(what)),
                     result.err, re.M), result
    assert hint in result.err and "1 error" in result.err, result
    said = check(text, "--json").json()
    assert (said["ok"], said["exit"]) == (False, 78)
    found = [f for f in said["findings"] if f["severity"] == "error"]
    assert len(found) == 1 and what in found[0]["text"], said
    assert (found[0]["where"] or "").endswith(place.strip(": "))
    assert hint in (found[0]["hint"] or "")


WARNINGS = {
    "password-file": (
        "[account a]\nserver = h.example\nuser = u\n"
        "password-file = /nonexistent/p\n", ":4:17: ",
        "account 'a': cannot read '/nonexistent/p'"),
    "587 with ssl": (GOOD + "port = 587\ntls = ssl\n", ":7:7: ",
                     "587 speaks STARTTLS"),
    "allowed": (GOOD + "tls = off\nallow-plain-login = yes\n", ":6:7: ",
                "can read the password"),
    "no source": ("[account a]\nserver = h.example\nuser = u\n", ":3:8: ",
                  "no source of its password"),
    "password-env": ("[account a]\nserver = h.example\nuser = u\n"
                     "password-env = NOT_HERE\n", ":4:16: ", "$NOT_HERE"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_warning(check, name):
    text, place, what = WARNINGS[name]
    result = check(text, status=0)
    assert re.search("config%swarning: .*%s" % (place, re.escape(what)),
                     result.err), result
    assert "error" not in result.err


def test_inherited_address_is_no_double(check):
    """-A chooses between two ways for one sender."""
    assert check(GOOD + "[account two]\ninherit = home\nhelo = x.example\n",
                 status=0).err == ""


def test_everything_at_once(check):
    result = check(GOOD + "tls = off\n[account two]\nserver = h.example:465\n"
                   "tls = starttls\nfrom = ana@home.example\nuser = u\n")
    assert "3 errors, 1 warning" in result.err
    assert result.err.count("config:") == 4


def test_a_slip_hides_no_other_mistake(check):
    result = check(GOOD + "tls = off\nbogus = 1\n[alias]\na = a\n")
    for what in ("unknown key 'bogus'", "login without TLS",
                 "contains itself"):
        assert what in result.err
    assert "3 errors" in result.err


def test_permissions(check):
    result = check(GOOD + "[account b]\npassword = canary\n", mode=0o644)
    assert "others can read it" in result.err and "chmod 600" in result.err
    result = check(GOOD, mode=0o666, status=77)
    assert "others can change" in result.err and "chmod go-w" in result.err


def test_unreadable(humble):
    run, folder = humble
    path = folder / ".config" / "mitto" / "config"
    path.parent.mkdir(parents=True)
    path.write_text(GOOD)
    path.chmod(0)
    result = run("config", "check")
    assert result.status == 77 and "Permission denied" in result.err, result


def test_unreadable_include(check):
    result = check("include = absent\n" + GOOD)
    assert ":1:11: include:" in result.err and "absent" in result.err


def test_a_file_that_is_named(run_mitto, config, tmp_path):
    config("[nonsense\n")
    (tmp_path / "other").write_text(GOOD)
    result = run_mitto("config", "check", "other")
    assert result.status == 0 and b"other: ok" in result.out, result
    for args in (["other", "x"], ["absent"]):
        assert run_mitto("config", "check", *args).status in (64, 78)


@pytest.mark.parametrize("command, says", [
    ("printf can%sry a", None), ("exit 3", "status 3"), ("true", "no password")])
def test_secrets(check, tmp_path, command, says):
    """Fetched only when asked for, and never shown."""
    text = GOOD.replace("pass show home",
                        "touch %s/fetched; %s" % (tmp_path, command))
    assert check(text, status=0).err == ""
    assert not (tmp_path / "fetched").exists()
    result = check(text, "--secrets", status=78 if says else 0)
    assert (tmp_path / "fetched").exists()
    if says:
        assert ":5:20: account 'home': " in result.err
        assert says in result.err


@pytest.mark.parametrize("name", ["password-file", "password-env"])
def test_secrets_that_are_named_must_be_there(check, name):
    text, place, _ = WARNINGS[name]
    result = check(text, "--secrets")
    assert place in result.err and name in result.err
    assert "1 error" in result.err and "warning" not in result.err


def test_secrets_from_nowhere(check):
    result = check("[account a]\nserver = h.example\nuser = u\n", "--secrets")
    assert "no password" in result.err and "netrc" in result.err
    assert "password-command" in result.err


def test_json_of_a_good_one(run_mitto, config):
    path = config(GOOD)
    assert run_mitto("config", "check", "--json").json() == {
        "ok": True, "exit": 0, "error": None, "hint": None,
        "files": [str(path)], "findings": []}


def test_json_of_warnings(run_mitto, config):
    config(WARNINGS["no source"][0])
    said = run_mitto("config", "check", "--json").json()
    assert said["ok"] and said["findings"][0]["severity"] == "warning"


def test_environment_chooses_no_account_here(check):
    assert check(GOOD + "[account two]\nserver = h.example\n"
                 "from = b@home.example\n", status=0,
                 env={"MITTO_ACCOUNT": "two"}).err == ""


def test_environment_changes_no_finding(check):
    env = {"MITTO_SERVER": "smtp://else.example:465", "MITTO_TLS": "starttls",
           "MITTO_USER": "u"}
    assert check(GOOD, status=0, env=env).err == ""
    assert "port 465" in check(*FINDINGS["465 with starttls"][:1],
                               env={"MITTO_PORT": "587"}).err

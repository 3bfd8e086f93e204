# SPDX-License-Identifier: MIT
"""mitto config --json is what contrib/schema/config.json says."""

import json

import pytest

from program import SRCDIR
from schema import mistakes

TEXT = """\
[account home]
server = smtp://smtp.home.example:465
tls = starttls
from = ana@home.example
user = ana
match = *@home.example
[alias]
root = ana@home.example
"""

CALLS = [
    ("check", 78, ["check"]), ("check", 78, ["check", "absent"]),
    ("check", 78, ["check", "--secrets"]), ("show", 0, ["show"]),
    ("show", 0, ["show", "--origin"]), ("show", 78, ["show", "absent"]),
    ("show", 0, ["show", "-C", "none"]),
    ("path", 0, ["path"]), ("path", 0, ["path", "-C", "none"]),
    ("get", 0, ["get", "server"]), ("get", 0, ["get", "account.home.match"]),
    ("get", 78, ["get", "helo"]), ("get", 64, ["get", "serve"]),
    ("set", 0, ["set", "timeout", "5s"]), ("set", 64, ["set", "timeout"]),
    ("set", 78, ["set", "timeout", "soon"]),
    ("set", 0, ["unset", "account.home.match"]),
    ("set", 78, ["unset", "timeout"]),
    ("edit", 0, ["edit"]), ("init", 0, ["init", "jana@gmail.com"]),
    ("init", 0, ["init", "-n", "jana@gmail.com"]),
    ("init", 0, ["init", "-S", "h.example", "a@b.example"]),
    ("init", 65, ["init", "jana"]), ("import", 0, ["import", "msmtp", "rc"]),
    ("import", 0, ["import", "msmtp", "rc", "--write"]),
    ("import", 66, ["import", "msmtp", "absent"]),
    ("import", 64, ["import", "pine"]),
]


@pytest.fixture(scope="module")
def schema():
    path = SRCDIR / "contrib" / "schema" / "config.json"
    return json.loads(path.read_text())


@pytest.mark.parametrize("name, status, args", CALLS,
                         ids=lambda v: " ".join(v)
                         if isinstance(v, list) else None)
def test_answers_fit_the_schema(run_mitto, config, tmp_path, schema, name,
                                status, args):
    config(TEXT)
    (tmp_path / "rc").write_text("account a\nhost h.example\nsocket /x\n")
    result = run_mitto("config", *args, "--json", env={"EDITOR": "true"})
    assert result.status == status, result
    said = result.json()
    assert mistakes(said, schema["$defs"][name], schema) == []
    assert mistakes(said, schema, schema) == []
    assert (said["ok"], said["exit"]) == (status == 0, status)
    assert (said["error"] is None) == (status == 0)
    if status == 0:
        assert set(said) == set(schema["$defs"][name]["properties"])


def test_the_schema_sees_mistakes(schema):
    good = {"ok": True, "exit": 0, "error": None, "hint": None}
    for said in ({}, dict(good, ok=1), dict(good, exit="0"),
                 dict(good, more=1), dict(good, files=["x", 1]),
                 dict(good, findings=[{"severity": "bad", "where": None,
                                       "text": "", "hint": None}])):
        assert mistakes(said, schema["$defs"]["check"], schema) != []

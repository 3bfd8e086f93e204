# SPDX-License-Identifier: MIT
"""mitto config show, path, get, set, unset and edit."""

import os
import re
import stat

import pytest

TEXT = """\
# all of it
[defaults]
account = home

[account home]
; who I am
provider         = gmail
from             = Jana <jana@gmail.com>
password-command = pass show mail/gmail

[account work]
\tserver=smtps://smtp.work.example
\tmatch=*@work.example
\tmatch=boss@*
\tuser=jana

# people
[alias]
root = ops@work.example
"""


@pytest.fixture
def conf(run_mitto):
    """conf(*args, status=0) -> the result of mitto config."""
    def run(*args, status=0, **kwargs):
        result = run_mitto("config", *args, **kwargs)
        assert result.status == status, result
        return result
    return run


def lines(result):
    return result.out.decode().splitlines()


# show, path -----------------------------------------------------------------

def test_show_is_a_config_file(conf, config, tmp_path):
    config(TEXT)
    shown = conf("show").out
    (tmp_path / "again").write_bytes(shown)
    assert conf("show", tmp_path / "again").out == shown
    assert b"[account home]" in shown and b"root = ops@work.example" in shown


def test_show_origin(conf, config):
    path = config(TEXT + "[account work]\ninsecure = yes\npassword = canary\n"
                  )
    result = conf("show", "--origin")
    short = "~" + str(path).split("/home", 1)[1]
    assert "from = Jana <jana@gmail.com>  (%s:8:20)" % short in lines(result)
    assert "server = smtp.gmail.com  (provider gmail)" in lines(result)
    assert "insecure = yes  (%s:21:12)" % short in lines(result)
    assert "root = ops@work.example  (%s:19:8)" % short in lines(result)
    assert "canary" not in result.out.decode() + result.err


def test_show_json(conf, config):
    config(TEXT)
    said = conf("show", "--json").json()
    assert said["ok"] and said["exit"] == 0
    home, work = said["accounts"]
    assert home["name"] == "home" and work["name"] == "work"
    assert home["settings"]["port"]["value"] == "465"
    assert home["settings"]["port"]["origin"] == "provider gmail"
    assert work["settings"]["match"]["value"] == "*@work.example, boss@*"
    assert said["aliases"][0]["name"] == "root"


def test_path_tells_which_is_read(conf, config, home):
    path = config("[defaults]\n")
    (home / ".mitto").write_text("[defaults]\n")
    shown = lines(conf("path"))
    assert str(path) in shown
    assert shown[-1] == "%s  (not read: the one above is there)" % (
        home / ".mitto")
    path.unlink()
    assert str(home / ".mitto") in lines(conf("path"))
    assert "%s  (not there)" % path in lines(conf("path"))
    files = conf("path", "--json").json()["files"]
    assert {"path": str(home / ".mitto"), "exists": True,
            "read": True} in files
    assert lines(conf("path", "-C", "x")) == ["x  (not there)"]


# get ------------------------------------------------------------------------

@pytest.mark.parametrize("args, wanted", [
    (["account.home.from"], ["Jana <jana@gmail.com>"]),
    (["account.work.match"], ["*@work.example", "boss@*"]),
    (["defaults.account"], ["home"]), (["alias.root"], ["ops@work.example"]),
    (["alias.ROOT"], ["ops@work.example"]),
    # KEY alone is what counts, from wherever it comes.
    (["server"], ["smtp.gmail.com"]), (["port"], ["465"]),
    (["server", "-A", "work"], ["smtps://smtp.work.example"]),
    (["user"], ["jana@gmail.com"])], ids=lambda v: " ".join(v))
def test_get(conf, config, args, wanted):
    config(TEXT)
    assert lines(conf("get", *args)) == wanted


def test_get_from_the_environment(conf, config):
    config(TEXT)
    result = conf("get", "helo", "--json", env={"MITTO_HELO": "x.example"})
    assert result.json()["values"] == ["x.example"]
    assert result.json()["origin"] == "MITTO_HELO"


@pytest.mark.parametrize("key, status, says", [
    ("helo", 78, "not set"), ("account.home.helo", 78, "not set"),
    ("account.none.server", 78, "not set"), ("alias.nobody", 78, "not set"),
    ("timeut", 64, "timeout"), ("account.home.serve", 64, "server"),
    ("home.server", 64, "account.NAME.KEY"), ("account.home", 64, "KEY"),
    ("dry-run", 64, "command line only"), ("", 64, "key")])
def test_get_nothing(conf, config, key, status, says):
    config(TEXT)
    result = conf("get", key, status=status)
    assert says in result.err and result.out == b"", result


def test_get_shows_no_password(conf, config):
    config("[account a]\nserver = h.example\nuser = u\npassword = canary\n")
    for args in (["account.a.password"], ["password"],
                 ["password", "--json"]):
        result = conf("get", *args)
        assert b"****" in result.out and b"canary" not in result.out


# set ------------------------------------------------------------------------

def changed(old, new):
    """The lines that differ: (those that went, those that came)."""
    before, after = old.splitlines(), new.splitlines()
    return ([x for x in before if x not in after],
            [x for x in after if x not in before])


@pytest.mark.parametrize("key, values, gone, come", [
    ("account.home.from", ["Ana <ana@gmail.com>"],
     ["from             = Jana <jana@gmail.com>"],
     ["from             = Ana <ana@gmail.com>"]),
    ("account.work.user", ["ana"], ["\tuser=jana"], ["\tuser=ana"]),
    ("account.work.port", ["2465"], [], ["\tport=2465"]),
    ("account.home.helo", ["x.example"], [],
     ["helo             = x.example"]),
    ("defaults.timeout", ["90s"], [], ["timeout = 90s"]),
    ("timeout", ["90s"], [], ["timeout = 90s"]),
    ("account.work.match", ["a@*", "b@*", "c@*"],
     ["\tmatch=*@work.example", "\tmatch=boss@*"],
     ["\tmatch=a@*", "\tmatch=b@*", "\tmatch=c@*"]),
    ("alias.root", ["x@y.example"], ["root = ops@work.example"],
     ["root = x@y.example"]),
    ("alias.team", ["a@y.example, root"], [],
     ["team = a@y.example, root"]),
    ("account.new.server", ["h.example"], [],
     ["[account new]", "server = h.example"]),
    ("defaults.from-name", ["  two  "], [], ['from-name = "  two  "']),
    ("defaults.from-name", ['"q\\'], [], ['from-name = "q\\']),
    ("defaults.from-name", ['"q\\"'], [], ['from-name = "\\"q\\\\\\""']),
    ("defaults.from-name", ["# no ; comment"], [],
     ["from-name = # no ; comment"]),
    ("defaults.helo", [""], [], ["helo    ="]),
], ids=lambda v: v if isinstance(v, str) else None)
def test_set(conf, config, key, values, gone, come):
    path = config(TEXT)
    conf("set", key, *values)
    assert changed(TEXT, path.read_text()) == (gone, come)
    if values != [""]:
        assert lines(conf("get", key)) == values


def test_set_by_account(conf, config):
    path = config(TEXT)
    conf("set", "-A", "work", "helo", "w.example")
    assert "[account work]\n\tserver=" in path.read_text()
    assert "\tuser=jana\n\thelo=w.example\n" in path.read_text()
    assert lines(conf("get", "helo", "-A", "work")) == ["w.example"]


def test_set_stands_where_it_counts(conf, config):
    """Of two sections of one name the later one wins."""
    path = config("[defaults]\nhelo = a.example\n[alias]\nr = a@b.example\n"
                  "[defaults]\nport = 25\n")
    conf("set", "defaults.timeout", "5s")
    assert path.read_text().endswith("[defaults]\nport = 25\ntimeout = 5s\n")


@pytest.mark.parametrize("old, key, new", [
    (b"", "timeout", b"[defaults]\ntimeout = 5s\n"),
    (b"[defaults]", "timeout", b"[defaults]\ntimeout = 5s\n"),
    (b"[defaults]\r\nport = 25\r\n", "timeout",
     b"[defaults]\r\nport = 25\r\ntimeout = 5s\r\n"),
    (b"\xef\xbb\xbf[defaults]\nport=25", "timeout",
     b"\xef\xbb\xbf[defaults]\nport=25\ntimeout=5s\n"),
    (b"[ defaults ]\n\ttimeout  =  1s\t\n# end", "timeout",
     b"[ defaults ]\n\ttimeout  =  5s\n# end"),
    (b"[defaults]\ntimeout =\n", "timeout", b"[defaults]\ntimeout = 5s\n"),
    (b"[alias]\nr = a@b.example", "timeout",
     b"[alias]\nr = a@b.example\n\n[defaults]\ntimeout = 5s\n"),
], ids=range(7))
def test_set_keeps_every_byte(conf, config, old, key, new):
    path = config(old)
    conf("set", key, "5s")
    assert path.read_bytes() == new


@pytest.mark.parametrize("args, status, says", [
    (["timeout", "soon"], 78, "timeout"), (["port", "0"], 78, "65535"),
    (["tls", "startls"], 78, "starttls"), (["provider", "gmial"], 78,
                                           "did you mean gmail"),
    (["account", "hoem"], 78, "no account 'hoem'"),
    (["account.work.inherit", "work"], 78, "inherits from itself"),
    (["account.a/b.port", "25"], 78, "cannot name an account"),
    (["account.a]b.port", "25"], 78, "config:"),
    (["defaults.match", "x@*"], 78, "an \\[account NAME\\] only"),
    (["alias.a@b", "x@y.example"], 78, "without a domain"),
    (["alias.a\nport", "x@y.example"], 78, "config:"),
    (["alias.root", "|sh"], 78, "root"),
    (["timeut", "5s"], 64, "timeout"), (["timeout"], 64, "set KEY VALUE"),
    (["timeout", "5", "s"], 64, "one value"), ([], 64, "set KEY VALUE"),
    (["helo", "a\nport = 26"], 78, "helo"),
], ids=range(17))
def test_set_refuses(conf, config, args, status, says):
    path = config(TEXT)
    result = conf("set", *args, status=status)
    assert re.search(says, result.err), result
    assert path.read_text() == TEXT
    assert os.listdir(path.parent) == ["config"]


def test_set_no_password(conf, config):
    path = config(TEXT)
    result = conf("set", "account.home.password", "canary", status=64)
    assert "ps" in result.err and "password-command" in result.hint
    assert "canary" not in result.err and path.read_text() == TEXT


def test_set_can_mend_a_broken_file(conf, config):
    path = config("[defaults]\ntimeout = soon\nbogus = 1\n")
    conf("set", "timeout", "5s")
    assert path.read_text() == "[defaults]\ntimeout = 5s\nbogus = 1\n"
    result = conf("set", "port", "26", status=78)
    assert "bogus" in result.err and "not changed" in result.err


def test_set_makes_the_file(conf, home):
    conf("set", "account.home.server", "h.example")
    path = home / ".config" / "mitto" / "config"
    assert path.read_text() == "[account home]\nserver = h.example\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_set_in_the_file_that_counts(conf, home, tmp_path):
    (home / ".mitto").write_text("[defaults]\n")
    conf("set", "helo", "x.example")
    assert (home / ".mitto").read_text() == "[defaults]\nhelo = x.example\n"
    conf("set", "-C", "here", "helo", "y.example")
    assert (tmp_path / "here").read_text() == "[defaults]\nhelo = y.example\n"
    conf("set", "helo", "z.example", env={"MITTO_CONFIG": tmp_path / "here"})
    assert "z.example" in (tmp_path / "here").read_text()
    conf("set", "-C", "none", "helo", "y.example", status=64)


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o400])
def test_set_keeps_mode_and_owner(conf, config, mode):
    path = config("[defaults]\n", mode)
    if os.geteuid() == 0:
        os.chown(path, 0, 65534)
    before = path.stat()
    conf("set", "helo", "x.example")
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode, before.st_uid, before.st_gid)
    assert "x.example" in path.read_text()
    assert os.listdir(path.parent) == ["config"]


@pytest.mark.parametrize("there", [True, False])
def test_set_follows_links(conf, home, tmp_path, there):
    target = tmp_path / "dots" / "mitto"
    target.parent.mkdir()
    if there:
        target.write_text("[defaults]\n")
    link = home / ".config" / "mitto" / "config"
    link.parent.mkdir(parents=True)
    link.symlink_to("../../../dots/mitto")
    conf("set", "helo", "x.example")
    assert link.is_symlink()
    assert target.read_text() == "[defaults]\nhelo = x.example\n"


def test_set_where_nothing_can_be_written(humble):
    run, folder = humble
    path = folder / ".config" / "mitto" / "config"
    path.parent.mkdir(parents=True)
    path.write_text("[defaults]\n")
    path.parent.chmod(0o555)
    result = run("config", "set", "helo", "x.example")
    assert result.status == 73, result
    assert path.read_text() == "[defaults]\n"


def test_set_json(conf, config):
    path = config(TEXT)
    said = conf("set", "timeout", "5s", "--json").json()
    assert said == {"ok": True, "exit": 0, "error": None, "hint": None,
                    "key": "timeout", "file": str(path)}
    said = conf("set", "timeut", "5s", "--json", status=64).json()
    assert not said["ok"] and said["exit"] == 64
    assert "timeut" in said["error"] and "timeout" in said["hint"]


# unset ----------------------------------------------------------------------

def test_unset(conf, config):
    path = config(TEXT)
    conf("unset", "account.work.match")
    conf("unset", "alias.ROOT")
    assert changed(TEXT, path.read_text()) == (
        ["\tmatch=*@work.example", "\tmatch=boss@*",
         "root = ops@work.example"], [])
    result = conf("unset", "account.work.match", status=78)
    assert "not set" in result.err
    conf("unset", "account.work.match", "x", status=64)


# edit -----------------------------------------------------------------------

@pytest.fixture
def editor(tmp_path):
    """editor(text) -> the environment with an editor that writes it."""
    def make(*texts):
        for i, text in enumerate(texts):
            (tmp_path / ("new%d" % i)).write_text(text)
        script = tmp_path / "editor"
        script.write_text(
            "#!/bin/sh\nn=$(cat %s/count 2>/dev/null || echo 0)\n"
            "cp \"$1\" %s/seen$n\ncat %s/new$n >\"$1\"\n"
            "echo $((n + 1)) >%s/count\n" % ((tmp_path,) * 4))
        script.chmod(0o755)
        return {"EDITOR": script}
    return make


def test_edit(conf, config, editor, tmp_path):
    path = config(TEXT)
    new = TEXT + "\n[account new]\nserver = h.example\n"
    result = conf("edit", env=editor(new))
    assert path.read_text() == new and b": changed" in result.out
    assert (tmp_path / "seen0").read_text() == TEXT
    assert os.listdir(path.parent) == ["config"]


def test_edit_without_a_change(conf, config):
    path = config(TEXT)
    before = path.stat()
    result = conf("edit", env={"EDITOR": "true"})
    assert b"not changed" in result.out
    assert path.stat().st_ino == before.st_ino


def test_edit_that_fails(conf, config):
    path = config(TEXT)
    result = conf("edit", env={"EDITOR": "false"}, status=74)
    assert "nothing was changed" in result.err
    assert path.read_text() == TEXT
    assert os.listdir(path.parent) == ["config"]


def test_edit_makes_the_file(conf, home, editor):
    conf("edit", env=editor("[defaults]\nhelo = x.example\n"))
    path = home / ".config" / "mitto" / "config"
    assert path.read_text() == "[defaults]\nhelo = x.example\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_edit_with_a_mistake_keeps_both(conf, config, editor):
    """Nobody to ask: the file stays, and what was written too."""
    path = config(TEXT)
    result = conf("edit", env=editor("[defaults]\nbogus = 1\n"), status=78,
                  start_new_session=True)
    assert "unknown key 'bogus'" in result.err and "^" in result.err
    kept = re.search(r"what you wrote is in (\S+)", result.err).group(1)
    with open(kept) as file:
        assert file.read() == "[defaults]\nbogus = 1\n"
    assert path.read_text() == TEXT
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600


@pytest.mark.parametrize("answer, status, then", [
    (b"e\n", 0, "[defaults]\nhelo = x.example\n"), (b"q\n", 78, TEXT),
    (b"w\n", 0, "[defaults]\nbogus = 1\n")], ids=["again", "quit", "write"])
def test_edit_asks_after_a_mistake(on_terminal, config, editor, tmp_path,
                                   answer, status, then):
    path = config(TEXT)
    found, shown = on_terminal(
        "config", "edit", env=editor("[defaults]\nbogus = 1\n",
                                     "[defaults]\nhelo = x.example\n"),
        answers=(b"all the same? ", answer))
    assert found == status, shown
    assert "unknown key 'bogus'" in shown
    assert path.read_text() == then
    if answer == b"e\n":
        assert (tmp_path / "seen1").read_text() == "[defaults]\nbogus = 1\n"


def test_edit_loses_no_other_change(conf, config, tmp_path):
    """Somebody else writes while the editor is open."""
    path = config(TEXT)
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\necho '[alias]' >>\"$1\"\n"
                      "echo '# theirs' >>%s\n" % path)
    script.chmod(0o755)
    result = conf("edit", env={"EDITOR": script}, status=75)
    assert "meanwhile" in result.err and "what you wrote is in" in result.err
    assert path.read_text() == TEXT + "# theirs\n"


# the words ------------------------------------------------------------------

def test_help(conf):
    for args in (["--help"], ["-h"]):
        shown = conf(*args).out.decode()
        for word in ("check", "show", "path", "get", "set", "unset", "edit",
                     "init", "import", "--origin", "--write", "--force",
                     "--autoconfig", "--dns", "--secrets"):
            assert word in shown


def test_no_verb(conf):
    assert "check, show" in conf(status=64).err
    assert "sett" in conf("sett", "x", status=64).err


def test_its_flags_are_its_own(run_mitto):
    result = run_mitto("--origin", "a@b.example")
    assert result.status == 64 and "mitto config" in result.err, result


def test_provider_beside_accounts(conf, home):
    """A preset of one's own is a section like any other."""
    path = home / ".config" / "mitto" / "config"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[provider house]\nserver = mail.house.example\n"
                    "daily = 100\n[account home]\nprovider = house\n"
                    "from = a@house.example\n")
    path.chmod(0o600)
    assert conf("get", "provider.house.daily").out == b"100\n"
    assert conf("get", "account.home.provider").out == b"house\n"
    conf("set", "provider.house.daily", "200")
    assert conf("get", "provider.house.daily").out == b"200\n"
    conf("get", "provider.other.daily", status=78)

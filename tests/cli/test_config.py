# SPDX-License-Identifier: MIT
"""Configuration files, the environment, accounts, aliases and secrets."""

import os
import re
import shutil
import subprocess

import pytest

from program import BUILDDIR, MITTO
from receive import read

BOB = "bob@example.org"
ODD = r"""p#a$s&s:w"o;r\d %41 'x' = ` end"""


@pytest.fixture
def mail(run_mitto):
    """mail(*args) sends with nothing but the configuration to go by."""
    def run(*args, status=0, stdin=b"", **kwargs):
        result = run_mitto("-m", "x", *args, BOB, stdin=stdin, **kwargs)
        assert result.status == status, result
        return result
    return run


@pytest.fixture
def helo(mail, server):
    """helo(*args) -> the name mitto called itself by."""
    def run(*args, **kwargs):
        mail("-S", server.url, "-f", "a@home.example", *args, **kwargs)
        return server.messages[-1].helo
    return run


@pytest.fixture
def broken(run_mitto, server, config):
    """broken(text, *says) -> the result of a run with a wrong file."""
    def run(text, *says, status=78, args=(), **kwargs):
        path = config(text)
        result = run_mitto("-S", server.url, "-f", "a@home.example", "-m",
                           "x", *args, BOB, **kwargs)
        assert result.status == status, result
        assert server.messages == [] and server.spoken("MAIL") == []
        for text_ in says:
            assert re.search(text_, result.err), (text_, result)
        result.path = path
        return result
    return run


# Where files are looked for ----------------------------------------------

def test_user_file(helo, config):
    config("[defaults]\nhelo = user.example\n")
    assert helo() == "user.example"


def test_user_file_without_xdg(helo, config):
    config("[defaults]\nhelo = user.example\n")
    assert helo(env={"XDG_CONFIG_HOME": None}) == "user.example"


def test_xdg_config_home(helo, tmp_path):
    (tmp_path / "xdg" / "mitto").mkdir(parents=True)
    (tmp_path / "xdg" / "mitto" / "config").write_text(
        "[defaults]\nhelo = xdg.example\n")
    assert helo(env={"XDG_CONFIG_HOME": tmp_path / "xdg"}) == "xdg.example"


def test_dot_mitto(helo, home, config):
    (home / ".mitto").write_text("[defaults]\nhelo = dot.example\n")
    assert helo() == "dot.example"
    config("[defaults]\nhelo = user.example\n")
    assert helo() == "user.example"


def test_config_option_replaces_them_all(helo, config, tmp_path):
    config("[defaults]\nhelo = user.example\n[alias]\n")
    (tmp_path / "c").write_text("[defaults]\ntimeout = 30s\n")
    assert helo("-C", "c") != "user.example"
    (tmp_path / "c").write_text("[defaults]\nhelo = c.example\n")
    assert helo("--config=c") == "c.example"
    assert helo(env={"MITTO_CONFIG": tmp_path / "c"}) == "c.example"
    assert helo("-C", "c", env={"MITTO_CONFIG": "/absent"}) == "c.example"


def test_no_config(helo, config):
    config("[defaults]\nhelo = user.example\n")
    assert helo("-C", "none") != "user.example"
    assert helo(env={"MITTO_CONFIG": "none"}) != "user.example"


def test_none_does_not_even_read_a_broken_file(helo, config):
    config("[nonsense\n")
    helo("-C", "none")


def test_missing_config(run_mitto, server):
    result = run_mitto("-C", "absent.conf", "-S", server.url, "-m", "x", BOB)
    assert result.status == 78 and "absent.conf" in result.err, result


def test_unreadable_config(humble, server):
    run, folder = humble
    (folder / "c").write_text("[defaults]\n")
    (folder / "c").chmod(0)
    result = run("-C", "c", "-S", server.url, "-m", "x", BOB)
    assert result.status in (77, 78), result
    assert "c" in result.err and server.messages == []


def test_config_is_a_directory(run_mitto, server, tmp_path):
    result = run_mitto("-C", tmp_path, "-S", server.url, "-m", "x", BOB)
    assert result.status in (77, 78), result


# Precedence --------------------------------------------------------------

def test_flag_over_environment_over_file(helo, config):
    config("[defaults]\nhelo = file.example\n")
    env = {"MITTO_HELO": "env.example"}
    assert helo() == "file.example"
    assert helo(env=env) == "env.example"
    assert helo("--helo", "flag.example", env=env) == "flag.example"
    assert helo("-O", "helo=set.example", env=env) == "set.example"


def test_account_over_defaults(helo, config):
    config("[defaults]\nhelo = defaults.example\n"
           "[account a]\nhelo = account.example\n")
    assert helo("-A", "a") == "account.example"


def sysconfdir():
    text = os.environ.get("SYSCONFDIR")
    makefile = BUILDDIR / "Makefile"
    if text or not makefile.exists():
        return text
    values = dict(re.findall(r"(?m)^(prefix|sysconfdir) = (.*)$",
                             makefile.read_text()))
    return values["sysconfdir"].replace("${prefix}", values["prefix"])


@pytest.fixture
def system(tmp_path, make_env, server):
    """system(files, *args) -> the EHLO name, with files below SYSCONFDIR.

    A mount namespace puts a directory of ours in SYSCONFDIR's place.
    """
    where = sysconfdir()
    if os.geteuid() != 0 or not shutil.which("unshare") or not where:
        pytest.skip("needs root, unshare and a known SYSCONFDIR")
    if not os.path.isdir(where):
        pytest.skip("there is no %s to mount over" % where)

    def run(files, *args):
        for name, content in files.items():
            path = tmp_path / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        if where == "/etc":
            for name in ("hosts", "passwd", "nsswitch.conf", "resolv.conf"):
                if os.path.exists("/etc/" + name):
                    shutil.copy("/etc/" + name, tmp_path / "etc")
        result = subprocess.run(
            ["unshare", "-m", "sh", "-c",
             'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh",
             tmp_path / "etc", where, MITTO, "-S", server.url, "-f",
             "a@home.example", "-m", "x", *args, BOB], env=make_env(),
            capture_output=True, stdin=subprocess.DEVNULL)
        if b"unshare:" in result.stderr or b"mount:" in result.stderr:
            pytest.skip("no mount namespace here")
        assert result.returncode == 0, result
        return server.messages[-1].helo
    return run


def test_system_files(system, config):
    main = {"mitto.conf": "[defaults]\nhelo = main.example\n"}
    assert system(main) == "main.example"
    main["mitto/conf.d/10-a.conf"] = "[defaults]\nhelo = ten.example\n"
    main["mitto/conf.d/20-b.conf"] = "[defaults]\nhelo = twenty.example\n"
    main["mitto/conf.d/30-c.off"] = "[defaults]\nhelo = off.example\n"
    assert system(main) == "twenty.example"
    config("[defaults]\nhelo = user.example\n")
    assert system(main) == "user.example"
    assert system(main, "-C", "none") != "main.example"


# The grammar of a file ----------------------------------------------------

def test_blanks_comments_and_case(helo, config):
    config("\n# a comment\n  ; another\n[defaults]\n"
           "   helo   =   a.example   \n#helo = no.example\n\n")
    assert helo() == "a.example"


@pytest.mark.parametrize("text", [
    b"\xef\xbb\xbf[defaults]\nhelo = a.example\n",
    b"[defaults]\r\nhelo = a.example\r\n", b"[defaults]\nhelo=a.example",
    b"\xef\xbb\xbf[defaults]\r\n\r\n; c\r\nhelo = a.example\r\n"],
    ids=["bom", "crlf", "no-newline", "both"])
def test_bom_crlf_and_no_last_newline(helo, config, text):
    config(text)
    assert helo() == "a.example"


def test_no_comment_behind_a_value(mail, server, config):
    config("[defaults]\nserver = %s\nfrom = a@home.example\n"
           "from-name = Ana # not ; a comment\n" % server.url)
    mail()
    message = read(server.messages[0].content)
    assert message["From"].addresses[0].display_name \
        == "Ana # not ; a comment"


@pytest.mark.parametrize("written, meant", [
    (ODD, ODD),
    ('"' + ODD.replace("\\", "\\\\").replace('"', '\\"') + '"', ODD),
    ('"  blanks kept  "', "  blanks kept  "),
    (r'"\x41\102\\\""', 'AB\\"'),
    ('"half', '"half'), ('half"', 'half"'), ('a"b"c', 'a"b"c'),
    (r"\x41\n", r"\x41\n"), ("žluť", "žluť"), ("'single'", "'single'"),
    ("# hash", "# hash"), ("a = b", "a = b"),
    ("${HOME} ~/x %h", "${HOME} ~/x %h"),
], ids=range(13))
def test_values_are_verbatim(mail, serve, config, written, meant):
    server = serve(login=("ana", meant))
    config("[account a]\nserver = %s\nfrom = a@home.example\nuser = ana\n"
           "password = %s\n" % (server.url, written))
    mail()
    assert server.logins == [("ana", meant)]


def test_a_long_value(mail, server, config):
    config("[defaults]\nserver = %s\nfrom = a@home.example\n"
           "header = X-Long: %s\n" % (server.url, "word " * 2000 + "end"))
    mail()
    assert read(server.messages[0].content)["X-Long"] \
        == "word " * 2000 + "end"


def test_a_list_is_the_key_again(mail, server, config):
    config("[defaults]\nserver = %s\nfrom = a@home.example\n"
           "header = X-A: 1\nheader = X-B: 2\ncc = c@example.org\n"
           "cc = d@example.org\n" % server.url)
    mail("-c", "e@example.org")
    message = read(server.messages[0].content)
    assert (message["X-A"], message["X-B"]) == ("1", "2")
    assert message["Cc"] == "c@example.org, d@example.org, e@example.org"


@pytest.mark.parametrize("word, status", [
    ("yes", 0), ("true", 0), ("on", 0), ("no", 76), ("off", 76),
    ("false", 76)])
def test_flags_in_a_file(mail, serve, tls_context, config, word, status):
    server = serve(tls="ssl", context=tls_context)
    config("[defaults]\nserver = %s\nfrom = a@home.example\n"
           "insecure = %s\n" % (server.url, word))
    mail(status=status)


# Mistakes ----------------------------------------------------------------

def test_every_mistake_in_one_run(broken):
    result = broken(
        "[defaults]\n"
        "timeout   = 60s\n"
        "tls       = startls\n"
        "\n"
        "[account home]\n"
        "pasword-command = pass show x\n"
        "port = smtp\n"
        "no equals sign\n"
        "[acount work]\n",
        r"config:3:\d+: .*startls", "starttls", r"config:6:1: .*pasword-comm",
        "password-command", r"config:7:\d+: .*port", r"config:8:\d+: ",
        r"config:9:\d+: .*acount", "account")
    lines = result.err.splitlines()
    at = [n for n, line in enumerate(lines) if ":6:1:" in line][0]
    assert lines[at + 1].strip() == "pasword-command = pass show x"
    assert re.fullmatch(r" *\^~{14}( .*)?", lines[at + 2])
    assert lines[at + 2].index("^") == lines[at + 1].index("pasword")
    assert "did you mean" in result.err
    assert "5 errors" in result.err


def test_column_and_caret_of_a_value(broken):
    result = broken("[defaults]\n  progress  =  soemtimes\n",
                    r"config:2:16: .*progress")
    lines = result.err.splitlines()
    at = [n for n, line in enumerate(lines) if ":2:16:" in line][0]
    assert lines[at + 2].index("^") == lines[at + 1].index("soemtimes")
    for word in ("auto", "always", "never"):
        assert word in result.err


def test_caret_counts_columns_not_bytes(broken):
    result = broken("[account žluť]\nporrt = 25\n", r"config:2:1: .*porrt")
    assert result.status == 78


@pytest.mark.parametrize("text, line", [
    ("[defaults]\nbogus = 1\n", 2), ("helo = a.example\n[defaults", 2),
    ("[defaults]\nnonsense\n", 2), ("[]\n", 1), ("[bogus section]\n", 1),
    ("[defaults]\n= x\n", 2), ("[account]\n", 1), ("[account a\n", 1),
    ("[defaults]\nport = 0\n", 2), ("[defaults]\nport = 65536\n", 2),
    ("[defaults]\nport = smtp\n", 2), ("[defaults]\ntimeout = soon\n", 2),
    ("[defaults]\ntls = maybe\n", 2), ("[defaults]\nauth = magic\n", 2),
    ("[defaults]\nhelo = \"\\q\"\n", 2), ("[defaults]\nhelo = \"\\x\"\n", 2),
    ("[defaults]\nserver = h:0\n", 2), ("[defaults]\ninsecure = maybe\n", 2),
    ("[defaults]\nmax-size = big\n", 2), ("[defaults]\nfrom = a@b@c\n", 2),
    ("[alias]\nroot = |sh\n", 2), ("[alias]\nroot = /etc/passwd\n", 2),
    ("[alias]\nroot = :include:/x\n", 2), ("[alias]\nroot = a@b@c\n", 2),
    ("[defaults]\nprovider = gmial\n", 2),
    ("[defaults]\nfrom-name = a\x1b[31mb\n", 2),
])
def test_mistakes(broken, text, line):
    result = broken(text, r"config:%d:\d+: " % line)
    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f]", result.err)
    assert "^" in result.err


@pytest.mark.parametrize("text", [b"[defaults]\nhelo = a\0b\n", b"\0",
                                  b"[defaults]\nhelo = \xff\xfe\n",
                                  b"\xff\xfe[\0d\0"],
                         ids=["nul", "only-nul", "not-utf8", "utf-16"])
def test_bytes_that_are_no_text(broken, text):
    broken(text, "config")


def test_one_mistake_is_told_once(broken):
    result = broken("[defaults]\nbogus = 1\n")
    assert result.err.count("unknown key") == 1


def test_guess_for_a_provider(broken):
    broken("[defaults]\nprovider = gmial\n", "gmail")


def test_unknown_account_lists_the_known(run_mitto, server, config):
    config("[account home]\nfrom = a@home.example\n"
           "[account work]\nfrom = a@work.example\n")
    result = run_mitto("-S", server.url, "-A", "wrok", "-m", "x", BOB)
    assert result.status == 78, result
    assert "wrok" in result.err and "home" in result.err
    assert "work" in result.err


def test_wrong_value_in_the_environment(run_mitto, server):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       BOB, env={"MITTO_PORT": "smtp"})
    assert result.status in (64, 78) and "MITTO_PORT" in result.err, result


@pytest.mark.parametrize("value", ["bogus=1", "noequals", "=x", "",
                                   "port=smtp"])
def test_wrong_set(run_mitto, server, value):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-O", value,
                       "-m", "x", BOB)
    assert result.status in (64, 78), result
    assert server.messages == []


def test_huge_and_odd_files(broken):
    broken("[defaults]\n" + "bogus = 1\n" * 2000, "bogus")
    broken("[" * 100000, "config:1:")
    broken("[defaults]\nbogus = " + "x" * 200000 + "\n", "bogus")


# Permissions -------------------------------------------------------------

@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_password_that_others_can_read(broken, config, run_mitto, server,
                                       mode):
    path = config("[account a]\nserver = %s\nfrom = a@home.example\n"
                  "user = ana\npassword = canary\n" % server.url, mode)
    result = run_mitto("-m", "x", BOB)
    assert result.status == 78 or (result.status, mode) == (77, 0o660), result
    assert "chmod" in result.err and str(path) in result.err
    assert "canary" not in result.err
    assert server.connections == 0


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o400])
def test_file_without_a_password_may_be_read(helo, config, mode):
    config("[defaults]\nhelo = a.example\n", mode)
    assert helo() == "a.example"


def test_password_file_that_others_can_read(run_mitto, serve, tmp_path):
    server = serve(login=("ana", "canary"))
    path = tmp_path / "password"
    path.write_text("canary\n")
    path.chmod(0o644)
    result = run_mitto("-S", server.url, "-u", "ana", "--password-file",
                       path, "-f", "a@home.example", "-m", "x", BOB)
    assert result.status in (77, 78), result
    assert "chmod" in result.err and "canary" not in result.err
    assert server.logins == []


# Accounts ----------------------------------------------------------------

@pytest.fixture
def accounts(config, server, run_mitto):
    """accounts(extra) writes three; -> a function giving the chosen one."""
    def write(extra=""):
        config("[defaults]\nserver = %s\n%s\n"
               "[account home]\nfrom = Ana <ana@home.example>\n"
               "helo = home.example\n"
               "[account work]\nfrom = ana@work.example\n"
               "match = *@work.example\nmatch = boss@*\n"
               "helo = work.example\n"
               "[account relay]\nmatch = *@host17.example\n"
               "helo = relay.example\n" % (server.url, extra))

        def chosen(*args, status=0, **kwargs):
            result = run_mitto("-m", "x", *args, BOB, **kwargs)
            assert result.status == status, result
            return server.messages[-1].helo.split(".")[0]
        return chosen
    return write


@pytest.mark.parametrize("args, account", [
    (["-A", "work"], "work"), (["--account=home"], "home"),
    (["-f", "ana@home.example"], "home"), (["-f", "x@work.example"], "work"),
    (["-f", "X <boss@else.example>"], "work"),
    (["-f", "root@host17.example"], "relay"),
    (["-f", "ROOT@HOST17.EXAMPLE"], "relay"),
    (["-f", "ana+detail@home.example"], "home"),
    (["-A", "home", "-f", "root@host17.example"], "home"),
    ([], "relay"),
])
def test_choice_of_account(accounts, args, account):
    assert accounts("account = relay")(
        *args, env={"EMAIL": "x@y.example"} if not args else {}) == account


def test_account_by_environment(accounts):
    assert accounts("account = relay")(
        env={"MITTO_ACCOUNT": "work"}) == "work"


def test_the_only_account(mail, server, config):
    config("[account one]\nserver = %s\nfrom = ana@one.example\n"
           "helo = one.example\n" % server.url)
    mail()
    assert server.messages[0].helo == "one.example"
    assert server.messages[0].mail_from == "ana@one.example"


def test_default_account_that_is_not_there(broken):
    broken("[defaults]\naccount = hoem\n[account home]\n"
           "from = a@home.example\n", "hoem", "home")


def test_json_names_the_account(accounts, run_mitto, server):
    accounts("account = relay")
    result = run_mitto("--json", "-A", "work", "-m", "x", BOB)
    assert result.json()["account"] == "work"


# Aliases -----------------------------------------------------------------

ALIASES = ("[alias]\nroot = ops@work.example\n"
           "team = ana@work.example, Boris Malý <boris@work.example>, root\n"
           "admin = team\n")


@pytest.mark.parametrize("given, rcpts", [
    ("root", ["ops@work.example"]),
    ("team", ["ana@work.example", "boris@work.example", "ops@work.example"]),
    ("admin", ["ana@work.example", "boris@work.example",
               "ops@work.example"]),
    ("ROOT", ["ops@work.example"])])
def test_alias(send, config, given, rcpts):
    config(ALIASES)
    sent = send("-m", "x", given)
    assert sorted(sent.envelope.rcpt_tos) == sorted(rcpts)
    assert all(address.domain for address in sent.message["To"].addresses)


def test_alias_in_bcc(send, config):
    config(ALIASES)
    sent = send("-m", "x", "-b", "team", BOB)
    assert len(sent.envelope.rcpt_tos) == 4
    assert b"work.example" not in sent.content


def test_alias_cycles(refused, config):
    config("[alias]\na = b\nb = c\nc = a\nself = self\n")
    refused((65, 78), "-m", "x", "a", says="alias")
    refused((65, 78), "-m", "x", "self", says="alias")


def test_alias_fan_out(run_mitto, server, config):
    """Ten aliases of ten: many steps, one address; it must not take long."""
    rows = ["a%d = %s" % (i, ", ".join(["a%d" % (i + 1)] * 10))
            for i in range(9)]
    config("[alias]\n%s\na9 = x@y.example\n" % "\n".join(rows))
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "a0", timeout=10)
    assert result.status in (0, 65, 78), result
    assert server.rcpts == ["x@y.example"] * (result.status == 0)


def test_unknown_local_name(refused, config):
    config(ALIASES)
    result = refused(65, "-m", "x", "rot", says="rot")
    assert "alias" in result.err


# mitto config ------------------------------------------------------------

def test_config_check(run_mitto, config):
    path = config("[defaults]\nhelo = a.example\n")
    assert run_mitto("config", "check").status == 0
    path.write_text("[defaults]\nbogus = 1\nporrt = 25\n")
    result = run_mitto("config", "check")
    assert result.status == 78, result
    shown = result.out.decode() + result.err
    assert re.search(r"config:2:1: .*bogus", shown)
    assert re.search(r"config:3:1: .*porrt", shown)
    assert "did you mean port" in shown and "2 errors" in shown


def test_config_show(run_mitto, config):
    config("[account work]\nserver = smtp://h.example\nuser = ana\n"
           "password = canary\n")
    result = run_mitto("config", "show")
    assert result.status == 0, result
    assert b"h.example" in result.out
    assert b"canary" not in result.out and "canary" not in result.err


def test_config_path(run_mitto, config):
    path = config("[defaults]\n")
    result = run_mitto("config", "path")
    assert result.status == 0, result
    assert str(path).encode() in result.out


@pytest.mark.parametrize("args", [["config", "bogus"], ["config", "chekc"]])
def test_config_unknown(run_mitto, args):
    assert run_mitto(*args).status == 64


# Environment alone -------------------------------------------------------

def test_mitto_variables(run_mitto, serve, secret_file):
    server = serve(login=("ana", "secret"))
    result = run_mitto("-m", "x", BOB, env={
        "MITTO_SERVER": server.url, "MITTO_USER": "ana",
        "MITTO_PASSWORD_FILE": secret_file("secret\n"),
        "MITTO_FROM": "a@home.example", "MITTO_HELO": "env.example"})
    assert result.status == 0, result
    assert server.messages[0].helo == "env.example"
    assert server.logins == [("ana", "secret")]


def test_smtp_variables(run_mitto, serve):
    server = serve(login=("ana", "secret"))
    env = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": server.port,
           "SMTP_USERNAME": "ana", "SMTP_PASSWORD": "secret",
           "SMTP_FROM": "ana@home.example"}
    result = run_mitto("-m", "x", BOB, env=env)
    assert result.status == 0, result
    assert server.messages[0].mail_from == "ana@home.example"
    assert server.logins == [("ana", "secret")]


def test_mitto_variables_come_first(run_mitto, server, closed_port):
    result = run_mitto("-m", "x", BOB, env={
        "MITTO_SERVER": server.url, "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": closed_port, "SMTP_FROM": "ana@home.example"})
    assert result.status == 0, result


def test_smtp_variables_do_not_touch_an_account(run_mitto, server, config,
                                                closed_port):
    config("[account a]\nserver = %s\nfrom = ana@home.example\n" % server.url)
    result = run_mitto("-m", "x", BOB, env={
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": closed_port})
    assert result.status == 0, result


# Secrets -----------------------------------------------------------------

@pytest.fixture
def secret(run_mitto, serve, config, secret_file):
    """secret(keys, *args) -> the password that was tried.

    keys are lines of the account; {file} stands for a file of a password.
    """
    def run(keys, *args, status=77, env=None, **kwargs):
        server = serve(login=("ana", "never right"))
        config("[account work]\nserver = %s\nfrom = a@home.example\n"
               "user = ana\n%s\n" % (server.url, keys.format(
                   file=secret_file("of-file\n"))))
        result = run_mitto("--no-input", "-m", "x", *args, BOB, env=env,
                           **kwargs)
        assert result.status == status, result
        assert server.spoken("MAIL") == []
        for word in ("of-file", "of-command", "of-env", "of-key",
                     "of-credential", "of-netrc"):
            assert word not in result.err, result
        if not server.logins:
            return result
        assert {login for login, _ in server.logins} == {"ana"}
        return server.logins[0][1]
    return run


KEYS = ["password-command = echo of-command", "password-file = {file}",
        "password-env = CANARY", "password = of-key"]
FOUND = ["of-command", "of-file", "of-env", "of-key"]


@pytest.mark.parametrize("first", range(4))
def test_order_of_keys(secret, first):
    assert secret("\n".join(reversed(KEYS[first:])),
                  env={"CANARY": "of-env"}) == FOUND[first]


@pytest.mark.parametrize("option, value", [
    ("--password-command", "echo by-flag"), ("--password-file", "flagfile")])
def test_flags_come_first(secret, secret_file, option, value):
    secret_file("by-flag\n", "flagfile")
    assert secret("\n".join(KEYS), option, value,
                  env={"CANARY": "of-env"}) == "by-flag"


def test_keys_before_the_credential(secret, secret_file, tmp_path):
    secret_file("of-credential\n", "mitto.work.password")
    assert secret(KEYS[3], env={"CREDENTIALS_DIRECTORY": tmp_path}) \
        == "of-key"


def test_credential_before_netrc(secret, secret_file, tmp_path, home):
    secret_file("of-credential\n", "mitto.work.password")
    netrc(home)
    assert secret("", env={"CREDENTIALS_DIRECTORY": tmp_path}) \
        == "of-credential"


def netrc(home, mode=0o600):
    path = home / ".netrc"
    path.write_text("machine other.example login ana password wrong\n"
                    "machine 127.0.0.1 login eve password wrong\n"
                    "machine 127.0.0.1\n\tlogin ana\n\tpassword of-netrc\n")
    path.chmod(mode)


def test_netrc(secret, home):
    netrc(home)
    assert secret("") == "of-netrc"


def test_netrc_that_others_can_read(secret, home):
    netrc(home, 0o644)
    result = secret("", status=78)
    assert not isinstance(result, str)


def test_no_password_anywhere(secret):
    result = secret("", status=78)
    assert not isinstance(result, str), "tried an empty password"
    assert "password" in result.err and "work" in result.err
    for tried in ("netrc", "secret-tool", "password-command"):
        assert tried in result.err


@pytest.mark.parametrize("content, meant", [
    (b"plain", "plain"), (b"newline\n", "newline"), (b"crlf\r\n", "crlf"),
    (b" blanks \n", " blanks "), (b"#$\"\\%\n", "#$\"\\%")], ids=range(5))
def test_password_file_is_read_raw(secret, tmp_path, secret_file, content,
                                   meant):
    secret_file(content, "raw")
    assert secret("password-file = %s" % (tmp_path / "raw")) == meant


def test_password_command_gives_its_first_line(secret):
    assert secret("password-command = printf 'first\\nsecond\\n'") == "first"


def test_password_command_has_no_stdin_and_knows_the_account(secret):
    assert secret("password-command = cat; echo "
                  "\"$MITTO_ACCOUNT-$MITTO_USER\"",
                  stdin=b"") == "work-ana"


@pytest.mark.parametrize("command", ["exit 1", "true", "echo", "echo oops "
                                     ">&2; exit 3", "/nonexistent",
                                     "kill -9 $$",
                                     "head -c 1048576 /dev/zero | tr '\\0' x"])
def test_password_command_that_fails(run_mitto, serve, config, command):
    server = serve(login=("ana", ""))
    config("[account work]\nserver = %s\nfrom = a@home.example\nuser = ana\n"
           "password-command = %s\n" % (server.url, command))
    result = run_mitto("-m", "x", BOB)
    assert result.status in (77, 78), result
    assert server.logins == [] and server.messages == []
    assert "password-command" in result.err
    if "oops" in command:
        assert "oops" in result.err and "3" in result.err


def test_password_env_that_is_not_set(run_mitto, serve, config):
    server = serve(login=("ana", ""))
    config("[account work]\nserver = %s\nfrom = a@home.example\nuser = ana\n"
           "password-env = CANARY\n" % server.url)
    result = run_mitto("-m", "x", BOB)
    assert result.status in (77, 78) and "CANARY" in result.err, result
    assert server.logins == []


def test_password_file_that_is_missing_or_empty(run_mitto, serve,
                                                secret_file):
    server = serve(login=("ana", ""))
    for path in ("absent", secret_file(""), secret_file("\n")):
        result = run_mitto("-S", server.url, "-u", "ana", "--password-file",
                           path, "-f", "a@home.example", "-m", "x", BOB)
        assert result.status in (66, 77, 78), result
        assert server.logins == [] and server.messages == []


def test_account_among_none(run_mitto, config):
    config("[defaults]\naccount = home\n")
    result = run_mitto("-n", "-m", "x", "bob@example.org")
    assert result.status == 78, result
    assert "no account is configured" in result.err, result
    assert "one of" not in result.err, result


def test_check_follows_every_alias(run_mitto, config):
    path = config("[alias]\none = two, ana@home.example\ntwo = one\n"
                  "root = ops\nself = self\nouter = one\n")
    result = run_mitto("config", "check")
    assert result.status == 78, result
    for line, name in ((2, "one"), (3, "two"), (5, "self")):
        assert re.search(r":%d:\d+: alias '%s' contains itself" % (
            line, name), result.err), result
    assert "3 errors" in result.err and result.out == b"", result
    path.write_text("[alias]\nroot = ops\nops = ana@home.example\n")
    assert run_mitto("config", "check").status == 0

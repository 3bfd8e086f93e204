# SPDX-License-Identifier: MIT
"""mitto run: a command's status, its output in the mail, and when it is sent."""

import gzip
import os
import re
import shlex
import shutil
import signal
import subprocess

import pytest

from program import MITTO, SRCDIR
from receive import attachments, body_of, read, text

ANA = "ana@home.example"
BOB = "bob@example.org"


@pytest.fixture
def job(run_mitto, server):
    """job(*options, command=[...]) -> (result, messages that came of it)"""
    def run(*options, command, to=(BOB,), **kwargs):
        before = len(server.messages)
        result = run_mitto("run", "-S", server.url, "-f", ANA, *options, *to,
                           "--", *command, **kwargs)
        return result, server.messages[before:]
    return run


@pytest.fixture
def mailed(job):
    """The same where one mail has to come; the parsed message."""
    def run(*options, status=None, **kwargs):
        result, sent = job(*options, **kwargs)
        assert len(sent) == 1 and result.err == "", result
        assert status is None or result.status == status, result
        return read(sent[0].content)
    return run


def sh(script, *args):
    return ["sh", "-c", script, "sh", *args]


def facts(message):
    """The lines before the output, as a dictionary, and the output."""
    head, _, output = text(message).partition("\n\n")
    return dict(re.split(r"\s+", line, maxsplit=1)
                for line in head.splitlines()), output


# Status ------------------------------------------------------------------

@pytest.mark.parametrize("script, status, subject, told", [
    ("exit 0", 0, r"\[OK\] ", "exit status 0"),
    ("exit 1", 1, r"\[FAIL 1\] ", "exit status 1"),
    ("exit 12", 12, r"\[FAIL 12\] ", "exit status 12"),
    ("exit 255", 255, r"\[FAIL 255\] ", "exit status 255"),
    ("kill -KILL $$", 137, r"\[FAIL SIGKILL\] ", "ended by SIGKILL"),
    ("kill -TERM $$", 143, r"\[FAIL SIGTERM\] ", "ended by SIGTERM"),
    ("kill -SEGV $$", 139, r"\[FAIL SIGSEGV\] ", "ended by SIGSEGV"),
    ("kill -35 $$", 163, r"\[FAIL signal 35\] ", "ended by signal 35"),
])
def test_status(mailed, script, status, subject, told):
    message = mailed("--on=always", command=sh("ulimit -c 0; " + script),
                     status=status)
    host = os.uname().nodename
    assert re.fullmatch(subject + r"sh on %s - \d+\.\ds" % re.escape(host),
                        message["Subject"])
    assert message["X-Mitto-Exit"] == str(status)
    found, _ = facts(message)
    assert found["Result"] == told and found["Host"] == host
    assert found["Output"] == "none"


def test_command_not_found(mailed):
    message = mailed(command=["no-such-command", "-x"], status=127)
    assert "no-such-command on" in message["Subject"]
    assert facts(message)[1] == ("mitto: cannot run 'no-such-command': "
                                 "No such file or directory\n")


def test_command_not_found_beside_a_closed_folder(mailed, tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    message = mailed(command=["no-such-command"], status=127, env={
        "PATH": "%s::%s" % (tmp_path / "closed", os.environ["PATH"])})
    assert "No such file or directory" in text(message)


def test_command_not_executable(mailed, tmp_path):
    (tmp_path / "job").write_text("#!/bin/sh\n")
    message = mailed(command=["./job"], status=126)
    assert "cannot run './job': Permission denied" in text(message)
    mailed(command=["job"], status=126, env={"PATH": tmp_path})
    mailed(command=[tmp_path], status=126)


def test_no_shell(mailed):
    message = mailed("--on=always", command=["echo", "$HOME; *", "a'b"])
    found, output = facts(message)
    assert output == "$HOME; * a'b\n"
    assert shlex.split(found["Command"]) == ["echo", "$HOME; *", "a'b"]


def test_words_behind_the_dashes_are_the_command_s(mailed):
    message = mailed("--on", "always", command=["echo", "-s", "--on=fail",
                                                "--", "-n"])
    assert facts(message)[1] == "-s --on=fail -- -n\n"


# When --------------------------------------------------------------------

@pytest.mark.parametrize("options, script, comes", [
    ((), "echo x", False),
    ((), "exit 3", True),
    (("--on=fail",), "echo x", False),
    (("--on=fail",), "echo x; exit 1", True),
    (("--on", "fail"), "kill -TERM $$", True),
    (("--on=output",), "true", False),
    (("--on=output",), "echo x", True),
    (("--on=output",), "echo x >&2", True),
    (("--on=output",), "exit 1", False),
    (("--on=always",), "true", True),
    (("--on=always",), "exit 1", True),
    (("--on=fail", "--on=always"), "true", True),
])
def test_on(job, options, script, comes):
    result, sent = job(*options, command=sh(script))
    assert len(sent) == comes, result
    assert result.out == b"" and result.err == "", result


def test_on_change(job, tmp_path):
    def comes(output, *options, status=0):
        (tmp_path / "output").write_text(output)
        result, sent = job("--on=change", *options, command=sh(
            "cat output; exit $(cat status)"))
        assert result.err == "", result
        return len(sent) == 1
    (tmp_path / "status").write_text("0")
    assert comes("a\n")
    assert not comes("a\n")
    assert comes("b\n")
    assert comes("a\n")
    (tmp_path / "status").write_text("1")
    assert comes("a\n")
    assert not comes("a\n")
    # Another job knows nothing of it; the name makes the job.
    assert comes("a\n", "--job=other")
    assert not comes("a\n", "--job=other")


def test_change_is_not_forgotten_when_it_could_not_be_mailed(
        run_mitto, job, serve):
    refusing = serve(replies={"MAIL": "451 4.3.0 Later"})
    command = ["echo", "news"]
    result = run_mitto("run", "--on=change", "-S", refusing.url, "-f", ANA,
                       BOB, "--", *command)
    assert result.status == 0 and "Later" in result.err, result
    result, sent = job("--on=change", command=command)
    assert len(sent) == 1, result
    result, sent = job("--on=change", command=command)
    assert sent == [], result


def test_a_dry_run_is_no_news(job):
    result, sent = job("--on=change", "-n", command=["echo", "news"])
    assert sent == [] and b"echo on " in result.out, result
    result, sent = job("--on=change", command=["echo", "news"])
    assert len(sent) == 1, result


def test_change_without_a_place_for_it(job, tmp_path):
    """Nothing can be remembered: it is mailed, and said."""
    (tmp_path / "file").write_text("")
    for _ in range(2):
        result, sent = job("--on=change", command=["echo", "x"],
                           env={"XDG_STATE_HOME": tmp_path / "file"})
        assert len(sent) == 1 and result.status == 0, result
        assert "cannot remember" in result.err, result


# The mail ----------------------------------------------------------------

def test_order_of_both_outputs(mailed):
    message = mailed("--on=always", command=sh(
        "for i in 1 2 3 4 5 6 7 8; do echo out $i; echo err $i >&2; done"))
    assert facts(message)[1] == "".join(
        "out %d\nerr %d\n" % (i, i) for i in range(1, 9))
    assert attachments(message) == []


def test_headers(mailed):
    message = mailed("--on=always", command=["true"])
    assert message["Auto-Submitted"] == "auto-generated"
    message = mailed("--on=always", "-H", "Auto-Submitted: no", "-s", "own",
                     "-c", "cc@example.org", command=["true"])
    assert message.get_all("Auto-Submitted") == ["no"]
    assert message["Subject"] == "own" and message["Cc"] == "cc@example.org"


def test_automatic_also_at_a_terminal(on_terminal, server):
    status, seen = on_terminal("run", "--on=always", "-S", server.url, "-f",
                               ANA, BOB, "--", "true")
    assert status == 0, seen
    message = read(server.messages[0].content)
    assert message["Auto-Submitted"] == "auto-generated"


def test_outputs_that_the_command_closes(mailed):
    """It is waited for all the same."""
    message = mailed(command=sh("echo x; exec >&- 2>&-; kill -0 $$; exit 5"),
                     status=5)
    assert facts(message)[1] == "x\n"


def test_a_flood_from_the_background_is_no_wait(mailed):
    mailed(command=sh("yes & exit 6"), status=6)


def test_ignored_children(mailed):
    """A parent that ignores SIGCHLD hands that down."""
    mailed(command=sh("exit 7"), status=7, wrapper=[
        "sh", "-c", "trap '' CHLD; exec \"$@\"", "sh"])


def test_one_thread_for_each_job(mailed):
    def thread(*options, command):
        message = mailed("--on=always", *options, command=command)
        assert message["References"] == message["In-Reply-To"]
        return message["References"]
    first = thread(command=["echo", "1"])
    assert thread(command=["echo", "1"]) == first
    assert thread(command=["echo", "2"]) != first
    named = thread("--job=nightly", command=["echo", "1"])
    assert named != first
    assert thread("--job=nightly", command=["echo", "2"]) == named
    keyed = thread("--thread=mine", command=["echo", "1"])
    assert keyed == thread("--thread=mine", command=["echo", "2"])


def test_job_name(mailed):
    message = mailed("--on=always", "--job", "noční záloha",
                     command=["/bin/echo"])
    assert message["Subject"].startswith("[OK] noční záloha on ")


def test_message_and_files_of_one_s_own(mailed, tmp_path):
    """-a may name what the command writes."""
    message = mailed("--on=always", "-m", "See the wiki.", "-a", "report.txt",
                     command=sh("echo new > report.txt; echo done"))
    assert text(message).startswith("See the wiki.\n\nCommand  sh ")
    assert text(message).endswith("\n\ndone\n")
    report, = attachments(message)
    assert body_of(report) == b"new\n"


# Output of any kind --------------------------------------------------------

@pytest.mark.parametrize("output, shown, attached", [
    (b"\x1b[1;31mred\x1b[0m\n", "red\n", False),
    (b" 10%\r100%\r\ndone", " 10%\n100%\ndone\n", False),
    ("žluťoučký 🐎\n".encode(), "žluťoučký 🐎\n", False),
    (b".\n..\nFrom x\n", ".\n..\nFrom x\n", False),
    (b"Subject: x\n\nBcc: y\n", "Subject: x\n\nBcc: y\n", False),
    (b"x" * 5000 + b"\n", "x" * 5000 + "\n", False),
    (b"a\0b\n", "a\\x00b\n", True),
    (b"caf\xe9\n", "caf\\xE9\n", True),
    (b"a\bb\x07\n", "a\\x08b\\x07\n", True),
    (bytes(range(256)), None, True),
], ids=["ansi", "progress", "utf-8", "dots", "header", "long line", "nul",
        "latin1", "controls", "all bytes"])
def test_any_bytes(mailed, tmp_path, output, shown, attached):
    (tmp_path / "output").write_bytes(output)
    message = mailed("--on=always", command=["cat", "output"])
    if shown is not None:
        found = facts(message)[1]
        assert found == shown or found + "\n" == shown
    files = attachments(message)
    assert len(files) == attached
    if attached:
        assert body_of(files[0]) == output
        assert files[0].get_filename() == "output.log"


def test_charset_of_the_output(mailed, tmp_path):
    (tmp_path / "output").write_bytes("příliš\n".encode("iso-8859-2"))
    message = mailed("--on=always", "--charset=iso-8859-2",
                     command=["cat", "output"])
    assert facts(message)[1] == "příliš\n" and attachments(message) == []


def lines(first, last):
    return "".join("%d\n" % n for n in range(first, last + 1))


@pytest.mark.parametrize("options, count, shown", [
    ((), 200, lines(1, 200)), ((), 201, lines(2, 201)),
    (("--tail=1",), 3, "3\n"), (("--tail", "3"), 3, lines(1, 3)),
    (("--tail=2",), 3, lines(2, 3)),
])
def test_tail(mailed, options, count, shown):
    message = mailed("--on=always", *options, command=["seq", str(count)])
    found, output = facts(message)
    assert output == shown
    assert found["Output"].startswith("%d lines, " % count)
    files = attachments(message)
    assert len(files) == (shown != lines(1, count))
    for file in files:
        assert body_of(file).decode() == lines(1, count)


def test_long_output_is_compressed(mailed):
    message = mailed(command=sh("seq 100000; exit 1"))
    assert facts(message)[1] == lines(99801, 100000)
    file, = attachments(message)
    assert file.get_filename() == "output.log.gz"
    assert file.get_content_type() == "application/gzip"
    assert gzip.decompress(body_of(file)).decode() == lines(1, 100000)
    assert len(body_of(file)) < 300000


def test_output_too_large_for_a_mail_stays_behind(mailed, home):
    size = 12 << 20
    message = mailed("--on=always", command=["head", "-c", str(size),
                                             "/dev/urandom"])
    file, = home.glob("mitto.output.*")
    assert "kept in %s, packed by gzip" % file in facts(message)[0]["Output"]
    assert attachments(message) == [] and file.stat().st_mode & 0o77 == 0
    assert len(gzip.decompress(file.read_bytes())) == size


@pytest.mark.parametrize("limit, size, attached", [
    ("4M", 2_300_000, True), ("4M", 3_200_000, False),
    ("30M", 12 << 20, True), (None, 6_000_000, True),
    (None, 7_500_000, False)])
def test_the_size_of_a_message_decides(job, home, limit, size, attached):
    """Also that of the account; what is not attached comes as a mail too."""
    result, sent = job("--on=always", command=[
        "head", "-c", str(size), "/dev/urandom"],
        env={"MITTO_MAX_SIZE": limit})
    assert result.status == 0 and result.err == "", result
    message = read(sent[0].content)
    assert len(attachments(message)) == attached
    assert len(list(home.glob("mitto.output.*"))) == (not attached)
    if limit is not None:
        assert len(sent[0].content) <= int(limit[:-1]) << 20
    for file in attachments(message):
        assert len(gzip.decompress(body_of(file))) == size


def test_the_provider_of_the_account_decides(run_mitto, config, home):
    config("[account a]\nprovider = gmail\nfrom = ana@gmail.com\n")
    made = home / "made.eml"
    for size, attached in ((17_000_000, 1), (19_000_000, 0)):
        result = run_mitto("run", "--on=always", "-o", made, BOB, "--",
                           "head", "-c", size, "/dev/urandom")
        assert result.status == 0 and result.err == "", result
        message = read(made.read_bytes())
        assert len(attachments(message)) == attached
        made.unlink()


def test_one_endless_line_is_cut_between_characters(mailed):
    message = mailed("--on=always", command=sh("yes é | head -n 50000 | "
                                               "tr -d '\\n'"))
    shown = facts(message)[1]
    assert set(shown) == {"é", "\n"} and 32000 < len(shown) < 33000
    file, = attachments(message)
    assert gzip.decompress(body_of(file)).decode() == "é" * 50000


def test_no_room_for_the_output(mailed):
    """The command goes on; the mail says what became of the rest."""
    message = mailed(command=sh("seq 200000; exit 4"), status=4,
                     wrapper=["prlimit", "--fsize=400000", "--"])
    found, _ = facts(message)
    assert "what came then is lost" in found["Output"]
    assert "File too large" in found["Output"]
    assert attachments(message) != []


# The command and its surroundings --------------------------------------------

def test_standard_input_is_the_command_s(mailed):
    message = mailed("--on=always", command=["cat"],
                     stdin=b"typed\nmore")
    found, output = facts(message)
    assert output == "typed\nmore\n"
    assert found["Output"] == "2 lines, 10 bytes"


def test_cron_s_surroundings(server, tmp_path):
    """A bare environment, no terminal, sh -c, stdin closed."""
    line = "%s run -S %s -f %s %s -- sh -c 'echo trouble; exit 2' <&-" % (
        MITTO, server.url, ANA, BOB)
    result = subprocess.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True,
        stdin=subprocess.DEVNULL, start_new_session=True,
        env={"PATH": "/usr/bin:/bin"})
    assert (result.returncode, result.stdout, result.stderr) == (2, b"", b"")
    assert "trouble\n" in text(read(server.messages[0].content))


def test_a_daemon_left_behind_is_not_waited_for(mailed, tmp_path):
    message = mailed("--on=always", command=sh(
        "sleep 1000 & echo $! > pid; echo started"))
    pid = int((tmp_path / "pid").read_text())
    os.kill(pid, signal.SIGKILL)
    assert facts(message)[1] == "started\n"


@pytest.fixture
def started(make_env, tmp_path, server):
    """started(script) -> (process, a line of what the script says)"""
    def start(script, wrapper=()):
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        process = subprocess.Popen(
            [*wrapper, MITTO, "run", "-S", server.url, "-f", ANA, BOB, "--",
             "sh", "-c", script], env=make_env(), cwd=tmp_path,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with open(fifo) as file:
            return process, file.readline()
    return start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT,
                                    signal.SIGHUP])
def test_signals_go_on_to_the_command(started, server, number):
    process, _ = started(
        "trap 'echo caught; exit 9' TERM INT HUP; "
        "sleep 1000 & echo ready > fifo; wait; kill $!")
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 9 and err == b"", err
    assert "caught\n" in text(read(server.messages[0].content))


def test_a_command_killed_by_the_signal_is_mailed(started, server):
    process, pid = started("echo $$ > fifo; exec sleep 1000")
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 143 and err == b"", err
    assert "SIGTERM" in read(server.messages[0].content)["Subject"]


def test_ctrl_c_at_a_terminal(on_terminal, server):
    status, seen = on_terminal(
        "run", "-S", server.url, "-f", ANA, BOB, "--",
        *sh("echo ready > /dev/tty; exec sleep 1000"),
        answers=(b"ready", b"\x03"))
    assert status == 130 and len(server.messages) == 1, seen
    assert "FAIL SIGINT" in read(server.messages[0].content)["Subject"]


def test_nohup(started, server):
    """What is ignored stays so, for the command too."""
    process, pid = started(
        "grep SigIgn /proc/$$/status > ignored; echo $$ > fifo; "
        "exec sleep 1000", wrapper=["nohup"])
    process.send_signal(signal.SIGHUP)
    os.kill(int(pid), signal.SIGHUP)
    os.kill(int(pid), signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143


def test_signals_are_those_of_a_fresh_program(mailed):
    """What mitto ignores or blocks for itself is not handed on."""
    message = mailed("--on=always", command=[
        "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"])
    blocked, ignored = re.findall(r":\s+(\w+)", facts(message)[1])
    assert int(blocked, 16) == 0
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
        assert int(ignored, 16) >> (number - 1) & 1 == 0


# A mail that cannot go -------------------------------------------------------

def kept(home):
    file, = home.glob("dead.letter.*")
    return file


@pytest.mark.parametrize("status", [0, 5])
def test_refused(run_mitto, serve, server, home, status):
    refusing = serve(replies={BOB: "550 5.1.1 No such user"})
    result = run_mitto("run", "--on=always", "-S", refusing.url, "-f", ANA,
                       BOB, "--", *sh("echo precious; exit $1", str(status)))
    assert result.status == status, result
    assert "No such user" in result.err, result
    assert str(kept(home)) in result.err.splitlines()[-1]
    again = run_mitto("-S", server.url, "--raw", "-f", ANA,
                      "eve@example.org", stdin=kept(home).read_bytes())
    assert again.status == 0, again
    assert "precious\n" in text(read(server.messages[0].content))


def test_no_server(run_mitto, closed_port, home):
    result = run_mitto("run", "-S", "127.0.0.1:%d" % closed_port, "-f", ANA,
                       BOB, "--", *sh("echo precious; exit 7"))
    assert result.status == 7, result
    assert "cannot connect" in result.err, result
    assert b"precious" in kept(home).read_bytes()


def test_broken_configuration(run_mitto, home, tmp_path):
    """The command runs all the same, and its bare output is kept."""
    (tmp_path / "config").write_text("[defaults]\nsubjekt = x\n")
    result = run_mitto("run", "-C", "config", BOB, "--",
                       *sh("echo precious; exit 7"))
    assert result.status == 7 and "subjekt" in result.err, result
    assert kept(home).read_bytes() == b"precious\n"
    assert "the output is kept in %s" % kept(home) in result.err


def test_missing_attachment(job, home):
    result, sent = job("-a", "nothing.pdf", command=sh("echo x; exit 7"))
    assert result.status == 7 and "nothing.pdf" in result.err, result
    assert sent == [] and kept(home).read_bytes() == b"x\n"


def test_without_a_home(run_mitto, closed_port, tmp_path):
    result = run_mitto("run", "-S", "127.0.0.1:%d" % closed_port, "-f", ANA,
                       BOB, "--", *sh("echo precious; exit 7"),
                       env={"HOME": None})
    assert result.status == 7, result
    path = re.search(r"kept in (/\S+);", result.err).group(1)
    with open(path, "rb") as file:
        assert b"precious" in file.read()
    os.unlink(path)


def test_json(job):
    result, sent = job("--json", "--on=always", command=["echo", "x"])
    assert result.json()["state"] == "sent" and len(sent) == 1, result


# Wrong command lines -----------------------------------------------------------

@pytest.mark.parametrize("args, says", [
    ((BOB,), "no command"),
    ((BOB, "--"), "no command"),
    (("--", "touch", "ran"), "no recipient"),
    (("--on=sometimes", BOB, "--", "touch", "ran"), "sometimes"),
    (("--on", "--", "touch", "ran"), "--on needs a value"),
    (("--tail=0", BOB, "--", "touch", "ran"), "--tail"),
    (("--tial=3", BOB, "--", "touch", "ran"), "did you mean --tail"),
    (("-t", "--", "touch", "ran"), "no recipient"),
    (("-t", BOB, "--", "touch", "ran"), "-t does not go with run"),
    (("--raw", BOB, "--", "touch", "ran"), "--raw does not go"),
    (("-e", BOB, "--", "touch", "ran"), "-e does not go"),
    (("-E", BOB, "--", "touch", "ran"), "-E does not go"),
    (("--body=x", BOB, "--", "touch", "ran"), "--body does not go"),
    (("--html=x", BOB, "--", "touch", "ran"), "--html does not go"),
    (("-M", "text/html", BOB, "--", "touch", "ran"), "-M does not go"),
    (("-a", "-", BOB, "--", "touch", "ran"), "-a does not go"),
    (("-a", "-;name=x", BOB, "--", "touch", "ran"), "-a does not go"),
])
def test_wrong_words_run_nothing(run_mitto, tmp_path, args, says):
    result = run_mitto("run", *args)
    assert result.status == 64 and says in result.err, result
    assert not (tmp_path / "ran").exists()


def test_bad_address(run_mitto, tmp_path):
    result = run_mitto("run", "a@@b", "--", "touch", "ran")
    assert result.status == 65, result
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("flag", ["--on=fail", "--tail=3", "--job=x"])
def test_flags_of_run_are_not_mitto_s(refused, flag):
    refused(64, flag, BOB, says="belongs to mitto run")


def test_help(run_mitto):
    for args in (("run", "--help"), ("--help=run",), ("help", "run")):
        shown = run_mitto(*args)
        assert shown.status == 0 and shown.err == "", shown
        assert shown.out.startswith(b"usage: mitto run ")
        for flag in (b"--on WHEN", b"--tail LINES", b"--job NAME"):
            assert flag in shown.out
    assert run_mitto("run", "--version").out.startswith(b"mitto ")


# systemd ---------------------------------------------------------------------

UNIT = SRCDIR / "contrib" / "mitto-failure@.service"


@pytest.fixture
def unit(tmp_path):
    """The unit for backup.service, with the mitto under test."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze")
    path = tmp_path / "mitto-failure@backup.service.service"
    path.write_text(UNIT.read_text().replace("ExecStart=mitto ",
                                             "ExecStart=%s " % MITTO))
    return path


def test_failure_unit_is_clean(unit):
    result = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no",
         unit], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


STATUS = """\
\u00d7 backup.service - Backup of /home
     Loaded: loaded (/etc/systemd/system/backup.service; static)
     Active: failed (Result: exit-code) since Tue 2026-11-24 03:00:07 UTC
    Process: 4711 ExecStart=/usr/bin/restic backup /home (code=exited)
   Main PID: 4711 (code=exited, status=1/FAILURE)

Nov 24 03:00:07 db1 restic[4711]: Fatal: unable to open repository
"""

SYSTEMCTL = """\
#!/bin/sh
test "$*" = "status --full --no-pager --lines=50 $WANTED" || exit 4
cat %s
exit 3
"""


def words_of_unit(variables, instance, host):
    """The words that systemd makes of ExecStart, and what it adds to the
    environment.  It unquotes first: what it puts in stays one word."""
    unit = UNIT.read_text()
    variables = dict(re.findall(r"(?m)^Environment=(\w+)=(.*)", unit),
                     **variables)
    line, = re.findall(r"(?m)^ExecStart=(.*)", unit)
    words = []
    for word in shlex.split(line):
        for name, value in variables.items():
            word = word.replace("${%s}" % name, value)
        words.append(word.replace("%i", instance).replace("%H", host))
    return words, variables


@pytest.mark.parametrize("instance, mailto, rcpts", [
    ("backup.service", None, ["ops@home.example"]),
    ("dev-disk-by\\x2did-x.device", "ops@example.org, bob@example.org",
     ["ops@example.org", BOB])])
def test_failure_unit_mails(config, make_env, server, tmp_path, instance,
                            mailto, rcpts):
    """What systemd runs, in the bare environment that it gives a service."""
    path = config("[defaults]\nserver = %s\n[alias]\nroot = ops@home.example\n"
                  % server.url)
    (tmp_path / "status").write_text(STATUS)
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "mitto").symlink_to(MITTO)
    (bin_ / "systemctl").write_text(SYSTEMCTL % (tmp_path / "status"))
    (bin_ / "systemctl").chmod(0o755)
    words, variables = words_of_unit(
        {"MAILTO": mailto} if mailto else {}, instance, "db1")
    bare = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
                          "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "LC_ALL"))
    result = subprocess.run(
        [bin_ / words[0], *words[1:]], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, cwd="/", env=make_env(dict(
            bare, **variables, LANG="C.UTF-8", WANTED=instance,
            INVOCATION_ID="0123456789abcdef0123456789abcdef",
            PATH="%s:%s" % (bin_, os.environ["PATH"]), MITTO_CONFIG=path)))
    assert (result.returncode, result.stdout, result.stderr) == (3, "", "")
    got, = server.messages
    assert got.rcpt_tos == rcpts
    message = read(got.content)
    assert message["Subject"] == "%s failed on db1" % instance
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Mitto-Exit"] == "3"
    found, output = facts(message)
    assert output == STATUS and found["Result"] == "exit status 3"
    assert attachments(message) == []
    allowed = re.search(r"SuccessExitStatus=(.*)", UNIT.read_text())
    assert "3" in allowed.group(1).split()

# SPDX-License-Identifier: MIT
"""Fixtures of the whole-program tests: run mitto, and servers to run it at.

Nothing of the machine shows through: HOME and the XDG directories are fresh,
the locale is C, no configuration and no MITTO_* or SMTP_* variable is set.
"""

import os
import pathlib
import pty
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

import pytest

import receive
from program import MITTO, SLOW, Result

sys.dont_write_bytecode = True

# What a sanitizer, a coverage run or valgrind needs to reach the program.
KEPT = re.compile(r"(ASAN|UBSAN|LSAN|TSAN|MSAN|LLVM|GCOV|LD)_\w+$")

NOBODY = 65534


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def base_env(home):
    env = {name: value for name, value in os.environ.items()
           if KEPT.match(name)}
    env.update(PATH=os.environ.get("PATH", os.defpath), HOME=str(home),
               XDG_CONFIG_HOME=str(home / ".config"),
               XDG_STATE_HOME=str(home / ".state"),
               XDG_CACHE_HOME=str(home / ".cache"),
               XDG_RUNTIME_DIR=str(home / ".run"), LC_ALL="C",
               # Statuses are those of the server; tests of the queue set
               # MITTO_QUEUE themselves.
               MITTO_QUEUE="never", MITTO_SPOOL=str(home / "spool"))
    return env


@pytest.fixture
def make_env(base_env):
    """The clean environment with changes; None takes a variable away."""
    def make(changes=None):
        env = dict(base_env)
        for name, value in (changes or {}).items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = str(value)
        return env
    return make


@pytest.fixture
def run_mitto(make_env, tmp_path):
    """run_mitto(*args, stdin=b"", env=None, cwd=None, timeout=20) -> Result

    stdin is bytes, or a file, descriptor or subprocess constant.  Other
    named arguments go to subprocess.Popen; wrapper is a command to run it
    under.
    """
    if not os.path.exists(MITTO):
        pytest.fail("there is no %s; set MITTO or BUILDDIR" % MITTO)

    def run(*args, stdin=b"", env=None, cwd=None, timeout=20, wrapper=(),
            **popen):
        args = [arg if isinstance(arg, bytes) else str(arg) for arg in args]
        stream = isinstance(stdin, (bytes, bytearray))
        with subprocess.Popen(
                [*wrapper, MITTO, *args], env=make_env(env),
                cwd=cwd or tmp_path,
                stdin=subprocess.PIPE if stream else stdin,
                stdout=popen.pop("stdout", subprocess.PIPE),
                stderr=popen.pop("stderr", subprocess.PIPE),
                **popen) as process:
            try:
                out, err = process.communicate(
                    stdin if stream else None, timeout * SLOW)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                pytest.fail("no end after %s s: %r" % (
                    timeout, Result(None, out or b"", err or b"", args)))
        result = Result(process.returncode, out or b"", err or b"", args)
        assert result.status >= 0, result
        assert "Sanitizer" not in result.err, result
        assert "runtime error" not in result.err, result
        return result
    return run


@pytest.fixture
def spawn(make_env):
    """spawn(argv, file_actions) -> status of mitto with exactly this argv."""
    def run(argv, actions=()):
        pid = os.posix_spawn(MITTO, argv, make_env(), file_actions=actions)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return run


@pytest.fixture
def on_terminal(make_env):
    """on_terminal(*args, env=None, typed=b"", answers=None)
    -> (status, what it showed)

    mitto has a terminal of 80 columns of its own, on all three descriptors.
    answers = (prompt, text): what is typed when the prompt has appeared.
    """
    def run(*args, env=None, typed=b"", answers=None):
        pid, master = pty.fork()
        if pid == 0:
            try:
                os.execve(MITTO, [MITTO, *map(str, args)], make_env(dict(
                    {"TERM": "xterm", "COLUMNS": "80"}, **(env or {}))))
            finally:
                os._exit(127)
        shown = []

        def drain():
            waiting = answers
            try:
                while block := os.read(master, 65536):
                    shown.append(block)
                    if waiting and waiting[0] in b"".join(shown):
                        os.write(master, waiting[1])
                        waiting = None
            except OSError:
                pass
        os.write(master, typed)
        reader = threading.Thread(target=drain)
        reader.start()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        reader.join(10)
        os.close(master)
        return status, b"".join(shown).decode("utf-8", "replace")
    return run


@pytest.fixture
def serve():
    """serve(**options) starts a receive.Server; all stop at the end."""
    running = []

    def start(**options):
        running.append(receive.Server(**options).start())
        return running[-1]
    yield start
    for server in running:
        server.stop()


@pytest.fixture
def server(serve):
    """A plain server without a login."""
    return serve()


@pytest.fixture
def send(run_mitto, server):
    """send(*args) mails to `server` and hands back what arrived there.

    The message is parsed and checked; .envelope, .content and .result of
    the returned value tell the rest.
    """
    class Sent:
        def __init__(self, result, seven_bit):
            self.result = result
            self.envelope = server.messages[-1]
            self.content = self.envelope.content
            self.message = receive.read(self.content, seven_bit)

    def run(*args, sender="ana@home.example", seven_bit=True, warns=False,
            **kwargs):
        before = len(server.messages)
        options = ["-S", server.url] + (["-f", sender] if sender else [])
        result = run_mitto(*options, *args, **kwargs)
        assert result.status == 0, result
        assert warns or result.err == "", result
        assert len(server.messages) == before + 1, result
        return Sent(result, seven_bit)
    return run


@pytest.fixture
def relay(server, config):
    """The server, and a configuration that leads there."""
    config("[defaults]\ndefault-domain = home.example\n"
           "[account relay]\nserver = %s\n" % server.url)
    return server


@pytest.fixture
def refused(run_mitto, server):
    """refused(status, *args, says=()) expects an error before any MAIL."""
    def run(status, *args, says=(), sender="ana@home.example", **kwargs):
        options = ["-S", server.url] + (["-f", sender] if sender else [])
        result = run_mitto(*options, *args, **kwargs)
        wanted = status if isinstance(status, tuple) else (status,)
        assert result.status in wanted, result
        complain(result, says)
        assert server.messages == [], result
        assert server.spoken("MAIL") == [], result
        return result

    def complain(result, says):
        assert result.err.startswith("mitto: "), result
        assert not re.search(r"[\0-\x08\x0b-\x1f\x7f\x80-\x9f"
                             "\u200e\u200f\u2028-\u202e\u2066-\u2069]",
                             result.err), result
        for text in [says] if isinstance(says, str) else says:
            assert re.search(text, result.err, re.I | re.S), (text, result)
    return run


@pytest.fixture(scope="session")
def authority():
    trustme = pytest.importorskip("trustme")
    return trustme.CA()


@pytest.fixture(scope="session")
def tls_context(authority):
    """A server's context; its certificate is good for the loopback names."""
    return receive.server_context(authority, "localhost", "127.0.0.1")


@pytest.fixture
def cacert(authority, tmp_path):
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def closed_port():
    """A port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def secret_file(tmp_path):
    """secret_file(text) -> a file only its owner can read."""
    def write(text, name="password"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o600)
        return path
    return write


@pytest.fixture
def config(home):
    """config(text) writes the user's configuration file (mode 0600)."""
    def write(text, mode=0o600):
        path = home / ".config" / "mitto" / "config"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path
    return write


@pytest.fixture
def humble(run_mitto):
    """For tests of permissions: (run, directory) of one who is not root.

    As root the program is run under another uid, in a directory of its own.
    """
    if os.geteuid() != 0:
        path = pathlib.Path(tempfile.mkdtemp(prefix="mitto-"))
        yield run_mitto, path
        shutil.rmtree(path)
        return
    path = pathlib.Path(tempfile.mkdtemp(prefix="mitto-"))
    os.chown(path, NOBODY, NOBODY)

    def run(*args, env=None, cwd=None, **kwargs):
        env = dict({"HOME": path, "XDG_CONFIG_HOME": path / ".config",
                    "XDG_STATE_HOME": path / ".state"}, **(env or {}))
        return run_mitto(*args, env=env, cwd=cwd or path, user=NOBODY,
                         group=NOBODY, extra_groups=[], **kwargs)
    try:
        try:
            run("--version")
        except PermissionError:
            pytest.skip("another user cannot reach the program")
        yield run, path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def strace():
    if os.environ.get("MITTO_SANITIZED") == "1":
        pytest.skip("the leak sanitizer cannot work under strace")
    path = shutil.which("strace")
    if path is None:
        pytest.skip("no strace")
    if subprocess.run([path, "-o", os.devnull, "true"],
                      capture_output=True).returncode != 0:
        pytest.skip("strace may not trace here")
    return path

# SPDX-License-Identifier: MIT
"""Fixtures of the tests of the queue."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "smtp"))

from server import Server  # noqa: E402

SENDER = "ana@home.example"
BOB = "bob@there.example"


class Spool:
    """The queue's directory, looked at from outside."""

    def __init__(self, path):
        self.path = path

    def names(self, box):
        folder = self.path / box
        return sorted(path.name for path in folder.iterdir()) \
            if folder.exists() else []

    def ids(self, box="queue"):
        return [name for name in self.names(box)
                if name.startswith("q-") and not name.endswith(".state")]

    def file(self, box="queue", number=0):
        return self.path / box / self.ids(box)[number]

    def temporary(self):
        return [name for name in self.names("queue")
                if name.startswith("tmp.")]


def content(data):
    """The message in the bytes of an entry."""
    head, rest = data.split(b"\nM", 1)
    size, rest = rest.split(b":", 1)
    assert head.startswith(b"mitto-spool 1\n")
    return rest[:int(size)]


@pytest.fixture
def spool(home):
    return Spool(home / "spool")


@pytest.fixture
def script():
    """script(**options) starts a scripted server; see smtp/server.py."""
    running = []

    def start(**options):
        running.append(Server(**options))
        return running[-1]
    yield start
    for server in running:
        server.stop()


@pytest.fixture
def mail(run_mitto):
    """mail(server, *args) pipes a message in, with the queue in use.

    The result's .json() is in .answer; server is a server or HOST:PORT.
    """
    def run(server, *args, to=(BOB,), text=b"hello\n", env=None, **kwargs):
        result = run_mitto(
            "-C", "none", "-S", getattr(server, "address", server),
            "--tls=plain", "-f", SENDER, "-s", "test", "--json", *args, *to,
            stdin=text, env=dict({"MITTO_QUEUE": "fail"}, **(env or {})),
            **kwargs)
        result.answer = result.json() if result.out else None
        return result
    return run


@pytest.fixture
def queue(run_mitto):
    """queue(verb, *args, at=None) -> the result; .answer is its JSON.

    at is the time of day it believes in.
    """
    def run(*args, at=None, env=None, **kwargs):
        env = dict({"MITTO_QUEUE": "fail"}, **(env or {}))
        if at is not None:
            env["SOURCE_DATE_EPOCH"] = str(int(at))
        result = run_mitto("queue", *args, "--json", "-C", "none", env=env,
                           **kwargs)
        result.answer = json.loads(result.out)
        return result
    return run


@pytest.fixture
def listed(queue):
    """listed() -> the messages of `mitto queue list --json`."""
    return lambda: queue("list").answer["messages"]

# SPDX-License-Identifier: MIT
"""What the benchmarks share: the sink, a distance, costs of a run, a table.

Every figure stands beside another one of the same run: peers take turns, their
medians are compared, and nobody fails because a clock was slow.
"""
import collections
import contextlib
import os
import random
import queue
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PARTS = os.environ.get("BENCH_PARTS") or os.path.dirname(__file__)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
ONE_WAY = 0.020
MESSAGE = (b"From: ana@example.org\r\nTo: bob@example.org\r\nSubject: bench\r\n"
           b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
           b"Message-ID: <bench@example.org>\r\n\r\n" + b"Hello.\r\n" * 100)

Cost = collections.namedtuple("Cost", "wall cpu peak")  # ms, ms, KiB


def run(argv, stdin=b""):
    """What a run of a program costs; it must end well."""
    with tempfile.TemporaryFile() as text:
        text.write(stdin)
        text.seek(0)
        told = subprocess.run(
            [os.path.join(PARTS, "launch"), *argv], stdin=text, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wall, user, system, peak, status = map(int, told.stdout.split())
    if status != 0:
        sys.exit("%s ended with %#x: %s" % (
            argv[0], status, told.stderr.decode("utf-8", "replace")[:500]))
    return Cost(wall / 1000, (user + system) / 1000, peak)


class Costs(dict):
    """{name: Cost}, the medians; .rounds has the Cost of each."""

    def ratio(self, ours, theirs, field):
        """The median of the ratios of each round: its runs were neighbours, so
        what else the machine did counts for both."""
        return statistics.median(
            getattr(a, field) / getattr(b, field)
            for a, b in zip(self.rounds[ours], self.rounds[theirs]))


def compare(peers, rounds, stdin=b""):
    """{name: argv} -> Costs of runs that take turns, in another order each
    time (who follows a peer that sleeps finds a cold processor), after one that
    does not count."""
    names = list(peers)
    costs = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in random.Random(number).sample(names, len(names)):
            cost = run(peers[name], stdin)
            if number > 0:
                costs[name].append(cost)
    result = Costs({name: Cost(*map(statistics.median, zip(*costs[name])))
                    for name in names})
    result.rounds = costs
    return result


def row(what, ours, theirs, goal=None, unit="ms", ratio=None):
    """A line of the table; names and figures come in pairs."""
    if ratio is None:
        ratio = ours[1] / theirs[1] if theirs[1] else 0
    met = "" if goal is None else "   goal %s %.2f: %s" % (
        *goal, "met" if (ratio < goal[1] if goal[0] == "<" else
                         ratio >= goal[1]) else "missed")
    print("%-38s %-9s %9.1f %-4s  %-9s %9.1f %-4s  ratio %5.2f%s" % (
        what, *ours, unit, *theirs, unit, ratio, met), flush=True)


class Sink:
    """bench/sink on a port; .flights are those of the connections so far."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [os.path.join(PARTS, "sink"), *options], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def told(self):
        """(flights, bytes) of one connection that has ended."""
        return tuple(map(int, self.process.stdout.readline().split()))

    def stop(self):
        self.process.kill()
        self.process.communicate()


@contextlib.contextmanager
def sink(*options):
    server = Sink(*options)
    try:
        yield server
    finally:
        server.stop()


class Far:
    """The port of `near`, seen from so far that a round trip takes 40 ms;
    bytes that leave together arrive together."""

    def __init__(self, near):
        self.near = near
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.near))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, target in ((client, server), (server, client)):
                way = queue.SimpleQueue()
                for work, sock in ((self.take, source), (self.give, target)):
                    threading.Thread(target=work, args=(sock, way),
                                     daemon=True).start()

    @staticmethod
    def take(source, way):
        data = b"x"
        while data:
            try:
                data = source.recv(65536)
            except OSError:
                data = b""
            way.put((time.monotonic() + ONE_WAY, data))

    @staticmethod
    def give(target, way):
        while True:
            when, data = way.get()
            time.sleep(max(when - time.monotonic(), 0))
            try:
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
            except OSError:
                return


def certificate(folder):
    """(file for the sink, file for the clients), or None without trustme."""
    try:
        import trustme
    except ImportError:
        return None
    authority = trustme.CA()
    own = authority.issue_cert("127.0.0.1", "localhost")
    server = os.path.join(folder, "server.pem")
    with open(server, "wb") as f:
        f.write(own.private_key_pem.bytes())
        for blob in own.cert_chain_pems:
            f.write(blob.bytes())
    clients = os.path.join(folder, "authority.pem")
    authority.cert_pem.write_to_path(clients)
    return server, clients


def private(folder, name, text):
    """A file that only its owner can read."""
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w",
              encoding="ascii") as f:
        f.write(text)
    return path


def mitto_flags(mitto, port, folder, authority=None):
    """The program with a server; STARTTLS and a login with `authority`."""
    flags = [mitto, "-C", "none", "-q", "--queue=never",
             "-f", "ana@example.org", "-S"]
    if authority is None:
        return flags + ["smtp+plain://127.0.0.1:%d" % port]
    return flags + ["smtp+starttls://127.0.0.1:%d" % port, "--cacert",
                    authority, "-u", "joe", "--password-file",
                    private(folder, "password", "secret")]


def msmtp_flags(port, folder, authority=None):
    """The same for msmtp, or None where there is none."""
    if not shutil.which("msmtp"):
        return None
    text = ("account default\nhost 127.0.0.1\nport %d\n"
            "from ana@example.org\n" % port)
    if authority is not None:
        text += ("tls on\ntls_trust_file %s\nauth plain\nuser joe\n"
                 "password secret\n" % authority)
    name = "msmtprc-%d" % port
    return ["msmtp", "-C", private(folder, name, text), "--"]


def curl_flags(port, authority=None):
    """The same for the curl program, for one recipient."""
    if not shutil.which("curl"):
        return None
    argv = ["curl", "-s", "smtp://127.0.0.1:%d/client.example" % port,
            "--mail-from", "ana@example.org", "--mail-rcpt",
            "bob@example.org", "-T", "-"]
    if authority is not None:
        argv += ["--ssl-reqd", "--cacert", authority, "-u", "joe:secret",
                 "--sasl-ir"]
    return argv


def start():
    """The program to measure, with nothing of the environment in its way."""
    for name in list(os.environ):
        if name.startswith(("MITTO_", "SMTP_")):
            del os.environ[name]
    os.environ.update(LC_ALL="C")
    return sys.argv[1]

# SPDX-License-Identifier: MIT
"""Both lanes and a peer in one run: prints figures, passes no verdict.

    lanes.py MITTO

Round trips and wall time for N recipients at a round trip of 40 ms (msmtp sends
the same message to the same server), processor time for a large attachment.
"""
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SIZE = int(os.environ.get("BENCH_SIZE", str(1 << 30)))
ONE_WAY = 0.020
MESSAGE = (b"From: ana@example.org\r\nTo: bob@example.org\r\nSubject: bench\r\n"
           b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
           b"Message-ID: <bench@example.org>\r\n\r\n" + b"Hello.\r\n" * 100)


class Sink:
    """Answers at once, what came in one flight in one; keeps nothing."""

    def __init__(self):
        self.flights = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.listener.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.talk, args=(conn,),
                             daemon=True).start()

    def talk(self, conn):
        room = memoryview(bytearray(1 << 20))
        data, answer, body, last = b"", b"220 sink ESMTP\r\n", False, b"\r\n"
        while True:
            if answer:
                self.flights += 1
                conn.sendall(answer)
                answer = b""
            n = conn.recv_into(room)
            if n == 0:
                return
            if body and n == len(room):
                last = bytes(room[n - 4:n])
                continue
            data += bytes(room[:n])
            while data:
                if body:
                    end = (last + data).find(b"\r\n.\r\n")
                    if end < 0:
                        last, data = (last + data)[-4:], b""
                        break
                    data = (last + data)[end + 5:]
                    answer += b"250 2.0.0 ok\r\n"
                    body = False
                    continue
                if b"\n" not in data:
                    break
                line, data = data.split(b"\n", 1)
                verb = line[:4].upper()
                body, last = verb == b"DATA", b"\r\n"
                if verb == b"EHLO":
                    answer += (b"250-sink\r\n250-PIPELINING\r\n"
                               b"250 SIZE 9000000000\r\n")
                elif body:
                    answer += b"354 go\r\n"
                else:
                    answer += b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


class Far:
    """The port of `near`, seen from so far that a round trip takes 40 ms."""

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
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=ends,
                                 daemon=True).start()

    @staticmethod
    def carry(source, target):
        try:
            while data := source.recv(65536):
                time.sleep(ONE_WAY)
                target.sendall(data)
            time.sleep(ONE_WAY)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def run(argv, text):
    start = time.perf_counter()
    subprocess.run(argv, input=text, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def recipients(mitto, folder):
    sink = Sink()
    far = Far(sink.port)
    config = os.path.join(folder, "msmtprc")
    with open(config, "w", encoding="ascii") as f:
        f.write(f"defaults\nauth off\ntls off\naccount default\n"
                f"host 127.0.0.1\nport {far.port}\nfrom ana@example.org\n")
    os.chmod(config, 0o600)
    peers = {lane: [mitto, "-C", "none", "-q", "--raw", "--lane=" + lane, "-S",
                    f"smtp://127.0.0.1:{far.port}", "-f", "ana@example.org"]
             for lane in ("pipeline", "engine")}
    if shutil.which("msmtp"):
        peers["msmtp"] = ["msmtp", "-C", config, "--"]
    for count in (1, 10, 100, 1000):
        to = [f"p{i:04}@example.org" for i in range(count)]
        cells = []
        for name, argv in peers.items():
            rounds = 1 if name == "engine" and count == 1000 else ROUNDS
            sink.flights = 0
            times = [run(argv + to, MESSAGE) for _ in range(rounds)]
            time.sleep(0.1)
            cells.append(f"{name} {statistics.median(times):7.0f} ms "
                         f"{sink.flights / rounds:6.1f} flights")
        print(f"{count:5} recipients, RTT 40 ms   " + "   ".join(cells))


def attachment(mitto, folder):
    sink = Sink()
    path = os.path.join(folder, "data.bin")
    with open(path, "wb") as f:
        block = os.urandom(1 << 20)
        for _ in range(SIZE >> 20):
            f.write(block)
    for lane in ("pipeline", "engine"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ms = run([mitto, "-C", "none", "-q", "--lane=" + lane, "-S",
                  f"smtp://127.0.0.1:{sink.port}", "-f", "ana@example.org",
                  "-s", "bench", "-a", path, "bob@example.org"], b"")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        user = after.ru_utime - before.ru_utime
        system = after.ru_stime - before.ru_stime
        print(f"attachment of {SIZE >> 20} MiB, {lane:8}  wall {ms / 1000:6.2f} s"
              f"   user {user:5.2f} s   system {system:5.2f} s"
              f"   largest {after.ru_maxrss >> 10} MiB")


def main():
    mitto = sys.argv[1]
    os.environ.update(LC_ALL="C")
    with tempfile.TemporaryDirectory() as folder:
        recipients(mitto, folder)
        attachment(mitto, folder)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Figures beside a peer's, in one run: prints ratios, passes no verdict.

    bench.py MITTO

One small plain message as whole processes (mitto against the curl program sending
the same bytes to the same server), and the base64 of coreutils for scale.
"""
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "30"))
MESSAGE = (b"From: ana@example.org\r\nTo: bob@example.org\r\nSubject: bench\r\n"
           b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
           b"Message-ID: <bench@example.org>\r\n\r\nHello.\r\n")


def serve(listener):
    """The least server: answers at once, keeps nothing."""
    while True:
        conn, _ = listener.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(conn,), daemon=True).start()


def talk(conn):
    with conn, conn.makefile("rb") as lines:
        conn.sendall(b"220 sink ESMTP\r\n")
        for line in lines:
            verb = line[:4].upper()
            if verb == b"EHLO":
                conn.sendall(b"250-sink\r\n250 SIZE 2000000000\r\n")
            elif verb == b"DATA":
                conn.sendall(b"354 go\r\n")
                for text in lines:
                    if text == b".\r\n":
                        break
                conn.sendall(b"250 2.0.0 ok\r\n")
            elif verb == b"QUIT":
                conn.sendall(b"221 bye\r\n")
                return
            else:
                conn.sendall(b"250 ok\r\n")


def timed(argv, stdin):
    start = time.perf_counter()
    subprocess.run(argv, input=stdin, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def row(name, ours, theirs, peer):
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{name:32} mitto {a:8.2f} ms   {peer} {b:8.2f} ms   ratio {a / b:5.2f}")


def small_message(mitto):
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    port = listener.getsockname()[1]
    raw = [mitto, "-C", "none", "--raw", "-S", f"smtp://127.0.0.1:{port}",
           "bob@example.org"]
    built = [mitto, "-C", "none", "-S", f"smtp://127.0.0.1:{port}", "-f",
             "ana@example.org", "-s", "bench", "bob@example.org"]
    curl = ["curl", "-s", f"smtp://127.0.0.1:{port}/client.example", "--mail-from",
            "ana@example.org", "--mail-rcpt", "bob@example.org", "-T", "-"]
    times = {"raw": [], "built": [], "curl": []}
    for number in range(ROUNDS + 2):
        for name, argv, text in (("raw", raw, MESSAGE), ("built", built, b"Hello.\n"),
                                 ("curl", curl, MESSAGE)):
            ms = timed(argv, text)
            if number >= 2:
                times[name].append(ms)
    row("small message, the same bytes", times["raw"], times["curl"], "curl")
    row("small message, composed", times["built"], times["curl"], "curl")
    ours = [timed([mitto, "--version"], b"") for _ in range(ROUNDS)]
    theirs = [timed(["curl", "--version"], b"") for _ in range(ROUNDS)]
    row("--version", ours, theirs, "curl")


def encoding(mitto):
    size = 256 << 20
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.bin")
        with open(path, "wb") as f:
            block = os.urandom(1 << 20)
            for _ in range(size >> 20):
                f.write(block)
        ours = [timed([mitto, "-C", "none", "-f", "a@example.org", "-o", "-", "-a", path,
                       "b@example.org"], b"") for _ in range(3)]
        theirs = [timed(["base64", path], b"") for _ in range(3)]
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{'attachment of 256 MiB to stdout':32} mitto {size / a / 1e3:8.0f} MB/s"
          f"   base64 {size / b / 1e3:6.0f} MB/s   ratio {b / a:5.2f}")


def main():
    mitto = sys.argv[1]
    os.environ.update(LC_ALL="C")
    if shutil.which("curl"):
        small_message(mitto)
    else:
        print("small message: skipped, no curl program")
    encoding(mitto)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Several writers, two runners, a server that fails now and then: every message
that was promised arrives exactly once."""

import collections
import concurrent.futures
import os
import random
import re
import subprocess
import threading

from conftest import BOB, SENDER
from program import MITTO
from server import Close

COUNT = 1000 if os.environ.get("MITTO_BIG") == "1" else 200
CARL = "carl@there.example"


def test_nothing_lost_nothing_twice(script, make_env, tmp_path, spool):
    chance = random.Random(20261124)
    lock = threading.Lock()

    def sometimes(bad, good):
        def reply(arg):
            with lock:
                return bad if chance.random() < 0.1 else good
        return reply
    # Failures before the final dot only: what they leave is never in doubt.
    server = script(replies={
        "GREETING": sometimes("421 4.3.2 busy", "220 test.example ESMTP"),
        "MAIL": sometimes(Close(), "250 2.1.0 ok"),
        "RCPT": sometimes("451 4.3.0 later", "250 2.1.5 ok"),
        "DATA": sometimes("451 4.3.0 later", "354 go")})
    env = make_env({"MITTO_QUEUE": "fail"})
    flags = ["-C", "none", "-S", server.address, "--tls=plain"]

    def run(*args, text=b""):
        return subprocess.run([MITTO, *args], env=env, cwd=tmp_path,
                              input=text, capture_output=True, timeout=120)

    def write(number):
        how = ["-Q"] if number % 2 else []
        return run(*flags, *how, "-f", SENDER, "-s", "number %d" % number,
                   BOB, CARL, text=b"x\n")

    done = threading.Event()

    def flush():
        while not done.is_set():
            result = run("queue", "retry", "all")
            assert result.returncode in (0, 66, 75), result

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        runners = [pool.submit(flush) for _ in range(2)]
        results = list(pool.map(write, range(COUNT)))
        done.set()
        for runner in runners:
            runner.result()
    # 75: accepted by one, the other queued (SPEC 4).
    assert {r.returncode for r in results} <= {0, 75}, results
    for _ in range(200):
        if not spool.ids():
            break
        run("queue", "retry", "all")
    assert spool.names("queue") == [] and spool.names("failed") == []
    assert spool.names("corrupt") == []
    final = collections.Counter()
    for message in server.messages:
        number = int(re.search(rb"Subject: number (\d+)", message.content)[1])
        for recipient in message.recipients:
            final[number, recipient] += 1
    assert final == {(number, to): 1 for number in range(COUNT)
                     for to in (BOB, CARL)}


# SPDX-License-Identifier: MIT
"""A large attachment: to standard output beside base64, to a server beside a
floor that only encodes and sends, in TLS beside libcurl's lane and the floor,
and memory beside that of a small message.

    attachment.py MITTO

BENCH_MIB is the size (1024), BENCH_BULK_ROUNDS the runs of each (3).
"""
import os
import shutil
import tempfile

import parts

MIB = int(os.environ.get("BENCH_MIB", "1024"))
ROUNDS = int(os.environ.get("BENCH_BULK_ROUNDS", "3"))


def make_file(folder):
    path = os.path.join(folder, "data.bin")
    with open(path, "wb") as f:
        for _ in range(MIB):
            f.write(os.urandom(1 << 20))
    return path


def send(flags, path, *more):
    return flags + ["-s", "bench", *more, "-a", path, "bob@example.org"]


def rows(what, ours, theirs, goals):
    """Processor time, and MiB of the file a second."""
    parts.row(what + ", processor", (ours[0], ours[1].cpu),
              (theirs[0], theirs[1].cpu), goals[0])
    parts.row(what + ", throughput", *(
        (name, MIB * 1000 / cost.wall) for name, cost in (ours, theirs)),
        goals[1], unit="MiB/s")


def to_output(mitto, path):
    if not shutil.which("base64"):
        print("%d MiB to standard output: no base64 here: skipped" % MIB)
        return
    costs = parts.compare({
        "mitto": [mitto, "-C", "none", "-f", "ana@example.org", "-o", "-",
                  "-a", path, "bob@example.org"],
        "base64": ["base64", path]}, ROUNDS)
    rows("%d MiB, output" % MIB, *costs.items(), (None, None))


def plain(mitto, folder, path):
    with parts.sink() as sink:
        flags = parts.mitto_flags(mitto, sink.port, folder)
        costs = parts.compare({
            "mitto": send(flags, path),
            "floor": [os.path.join(parts.PARTS, "floor"), str(sink.port),
                      path]}, ROUNDS)
        little = os.path.join(folder, "little.bin")
        with open(little, "wb") as f:
            f.write(os.urandom(100))
        small = parts.compare({"small": send(flags, little)}, 9)["small"]
    rows("%d MiB, plain" % MIB, ("mitto", costs["mitto"]),
         ("floor", costs["floor"]), (("<", 1.25), (">=", 0.9)))
    more = (costs["mitto"].peak - small.peak) / 1024
    print("%-38s %.1f MiB, small message %.1f MiB: %.1f MiB more"
          "   goal <= 4: %s" % (
              "%d MiB, peak memory" % MIB, costs["mitto"].peak / 1024,
              small.peak / 1024, more, "met" if more <= 4 else "missed"))


def in_tls(mitto, folder, path):
    made = parts.certificate(folder)
    if made is None:
        print("%d MiB, TLS: no trustme here: skipped" % MIB)
        return
    with parts.sink("-t", made[0]) as sink:
        flags = parts.mitto_flags(mitto, sink.port, folder, made[1])
        peers = {lane: send(flags, path, "--lane=" + lane)
                 for lane in ("pipeline", "engine")}
        peers["floor"] = [os.path.join(parts.PARTS, "floor"), "-t",
                          str(sink.port), path]
        costs = parts.compare(peers, ROUNDS)
    ours, engine, floor = costs.items()
    rows("%d MiB, TLS" % MIB, ours, engine, (None, (">=", 1.8)))
    rows("%d MiB, TLS" % MIB, ours, floor, (None, None))


def main():
    mitto = parts.start()
    with tempfile.TemporaryDirectory(
            dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        path = make_file(folder)
        to_output(mitto, path)
        plain(mitto, folder, path)
        in_tls(mitto, folder, path)


if __name__ == "__main__":
    main()

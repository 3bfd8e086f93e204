# SPDX-License-Identifier: MIT
"""The queue: entering beside a bare loop of write, fsync, link and fsync; a
large queue listed and flushed.

    spool.py MITTO
"""
import os
import subprocess
import sys
import tempfile

import parts

SIZES = [int(n) for n in os.environ.get(
    "BENCH_QUEUE", "5000 10000 20000").split()]


def entering(folder):
    enter = os.path.join(parts.PARTS, "enter")
    told = subprocess.run([enter, os.path.join(folder, "rate"), "15"],
                          check=True, stdout=subprocess.PIPE)
    ours, floor = map(float, told.stdout.split())
    # Rates are compared: the floor's time by ours.
    parts.row("entering a message of 4 KiB", ("floor", floor),
              ("mitto", ours), (">", 0.6), "us")


def large(mitto, folder, count):
    """List it, and try it at a port where nothing listens; then at a sink."""
    spool = os.path.join(folder, "spool%d" % count)
    subprocess.run([os.path.join(parts.PARTS, "enter"), spool, "fill",
                    str(count)], check=True)
    flags = [mitto, "queue"]
    os.environ.update(MITTO_SPOOL=spool)
    listing = parts.run([*flags, "list", "--json"])
    with parts.sink() as sink:
        os.environ.update(MITTO_SERVER="127.0.0.1:%d" % sink.port,
                          MITTO_TLS="plain")
        flush = parts.run([*flags, "flush"])
    print("%6d messages: list %8.1f ms, %5.1f us each, peak %5.1f MiB; "
          "flush %8.1f ms, %5.1f us each, peak %5.1f MiB" % (
              count, listing.wall, 1000 * listing.wall / count,
              listing.peak / 1024, flush.wall, 1000 * flush.wall / count,
              flush.peak / 1024), flush=True)
    left = os.listdir(os.path.join(spool, "queue"))
    if left:
        sys.exit("%d files are left" % len(left))


def main():
    mitto = sys.argv[1]
    os.environ.update(LC_ALL="C")
    # Not in a file system in memory, where nothing has to be waited for.
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DISK", ".")
                                     ) as folder:
        entering(folder)
        for count in SIZES:
            large(mitto, os.path.abspath(folder), count)


if __name__ == "__main__":
    main()

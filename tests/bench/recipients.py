# SPDX-License-Identifier: MIT
"""Many recipients of one message, far away: time at a round trip of 40 ms
beside msmtp, and how often the server has to answer; many messages over one
session beside as many round trips.

    recipients.py MITTO
"""
import os
import statistics
import tempfile

import parts


def people(count):
    return ["p%04d@example.org" % i for i in range(count)]


def far(what, mitto, folder, options, authority):
    with parts.sink(*options) as sink:
        port = parts.Far(sink.port).port
        flags = {"mitto": parts.mitto_flags(
            mitto, port, folder, authority) + ["--raw"]}
        msmtp = parts.msmtp_flags(port, folder, authority)
        if msmtp:
            flags["msmtp"] = msmtp
        for count in (1, 10, 100):
            name = "%s, %d recipients" % (what, count)
            costs = parts.compare(
                {peer: argv + people(count) for peer, argv in flags.items()},
                parts.ROUNDS, parts.MESSAGE)
            if msmtp:
                parts.row(name, ("mitto", costs["mitto"].wall),
                          ("msmtp", costs["msmtp"].wall), ("<", 1))
            else:
                print("%-38s mitto %.1f ms, no msmtp here" % (
                    name, costs["mitto"].wall))


def flights(mitto, folder):
    """Counted at the server; the clock has no part in it."""
    for what, options in (("PIPELINING", []), ("CHUNKING too", ["-c"])):
        with parts.sink(*options) as sink:
            cells = []
            for count in (1, 10, 100, 1000):
                counted = []
                for _ in range(3):
                    parts.run(parts.mitto_flags(mitto, sink.port, folder) +
                              ["--raw", *people(count)], parts.MESSAGE)
                    counted.append(sink.told()[0])
                cells.append("N=%d: %d" % (count, statistics.median(counted)))
        print("%-38s %s" % ("flights, " + what, "   ".join(cells)))


def messages(options, word, flights):
    """Ten over one session: the next envelope on the dot of the last."""
    many = os.path.join(parts.PARTS, os.pardir, "smtp", "many")
    with parts.sink(*options) as sink:
        port = parts.Far(sink.port).port
        cost = parts.compare({"many": [many, "127.0.0.1:%d" % port, "10",
                                       "1", *word]}, parts.ROUNDS)["many"]
    parts.row("RTT 40 ms, 10 messages%s" % (", TLS" if word else ""),
              ("mitto", cost.wall), ("waits", flights * 40), ("<", 1.3))


def main():
    mitto = parts.start()
    with tempfile.TemporaryDirectory() as folder:
        flights(mitto, folder)
        far("RTT 40 ms, plain", mitto, folder, [], None)
        # Greeting, EHLO, envelope, ten messages.
        messages([], [], 13)
        made = parts.certificate(folder)
        if made is None:
            print("RTT 40 ms, STARTTLS: no trustme here: skipped")
            return
        far("RTT 40 ms, TLS", mitto, folder, ["-t", made[0]], made[1])
        # STARTTLS, TLS and another EHLO as well.
        messages(["-t", made[0]], ["starttls"], 16)


if __name__ == "__main__":
    main()

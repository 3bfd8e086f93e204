# SPDX-License-Identifier: MIT
"""One small message as a whole process, plain and with STARTTLS and a login,
beside msmtp and the curl program sending the same bytes.

    small.py MITTO
"""
import tempfile

import parts

ROUNDS = max(parts.ROUNDS, 30)


def measure(what, mitto, folder, options, authority):
    with parts.sink(*options) as sink:
        peers = {
            "mitto": parts.mitto_flags(
                mitto, sink.port, folder, authority) + ["--raw",
                                                        "bob@example.org"],
            "curl": parts.curl_flags(sink.port, authority),
            "msmtp": parts.msmtp_flags(sink.port, folder, authority)}
        if peers["msmtp"]:
            peers["msmtp"] = peers["msmtp"] + ["bob@example.org"]
        peers = {name: argv for name, argv in peers.items() if argv}
        costs = parts.compare(peers, ROUNDS, parts.MESSAGE)
    for peer in ("curl", "msmtp"):
        if peer not in costs:
            print("%-38s no %s here: skipped" % (what, peer))
            continue
        for figure in ("wall", "cpu"):
            parts.row(
                "%s, %s" % (what, figure),
                ("mitto", getattr(costs["mitto"], figure)),
                (peer, getattr(costs[peer], figure)), ("<", 1))


def main():
    mitto = parts.start()
    with tempfile.TemporaryDirectory() as folder:
        measure("small message, plain", mitto, folder, [], None)
        made = parts.certificate(folder)
        if made is None:
            print("small message, STARTTLS: no trustme here: skipped")
            return
        measure("small message, STARTTLS and login", mitto, folder,
                ["-t", made[0]], made[1])


if __name__ == "__main__":
    main()

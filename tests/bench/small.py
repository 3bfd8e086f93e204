# SPDX-License-Identifier: MIT
"""One small message as a whole process, plain and with STARTTLS and a login,
beside msmtp and the curl program sending the same bytes.

    small.py MITTO
"""
import shutil
import tempfile

import parts

ROUNDS = max(parts.ROUNDS, 100)


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
        parts.row(what, ("mitto", costs["mitto"].wall),
                  (peer, costs[peer].wall), ("<", 1),
                  ratio=costs.ratio("mitto", peer, "wall"))
        parts.row("  processor", ("mitto", costs["mitto"].cpu),
                  (peer, costs[peer].cpu),
                  ratio=costs.ratio("mitto", peer, "cpu"))


def version(mitto):
    """What loading the libraries alone costs."""
    costs = parts.compare({
        name: [path, "--version"]
        for name, path in (("mitto", mitto), ("curl", "curl"))
        if shutil.which(path)}, ROUNDS)
    if "curl" in costs:
        parts.row("--version", ("mitto", costs["mitto"].wall),
                  ("curl", costs["curl"].wall))


def main():
    mitto = parts.start()
    version(mitto)
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

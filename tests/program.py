# SPDX-License-Identifier: MIT
"""Where the program and its sources are, and what one run of it gives."""

import json
import os
import pathlib
import re

TESTS = pathlib.Path(__file__).resolve().parent
SRCDIR = pathlib.Path(os.environ.get("SRCDIR") or TESTS.parent).resolve()
BUILDDIR = pathlib.Path(os.environ.get("BUILDDIR") or SRCDIR).resolve()
MITTO = os.environ.get("MITTO") or str(BUILDDIR / "src" / "mitto")

# How much longer things may take in a sanitized build.
SLOW = 8 if os.environ.get("MITTO_SANITIZED") == "1" else 1


class Result:
    """What one run of mitto left behind."""

    def __init__(self, status, out, err, args):
        self.status, self.out, self.args = status, out, args
        if SLOW > 1:  # said once by whoever runs more than one stack
            err = re.sub(rb"(?m)^==\d+==WARNING: ASan doesn't fully support "
                         rb"makecontext.*\n", b"", err)
        self.raw_err = err
        self.err = err.decode("utf-8", "backslashreplace")

    def json(self):
        assert self.out.count(b"\n") == 1 and self.out.endswith(b"\n"), self
        return json.loads(self.out)

    @property
    def hint(self):
        """What stands after "hint:", to the end."""
        match = re.search(r"(?ms)^hint:\s*(.*)", self.err)
        return match.group(1) if match else ""

    def __repr__(self):
        return "mitto %s\nstatus %s\nout %r\nerr %s" % (
            " ".join(repr(arg)[:100] for arg in self.args[:40]),
            self.status, self.out[:2000], self.err[:3000])

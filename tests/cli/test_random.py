# SPDX-License-Identifier: MIT
"""Messages made at random from awkward pieces; all of it must come back.

Every case has its own seed, which stands in the test's name.
"""

import random

import pytest

from receive import attachments, body_of, leaves, read, text

PIECES = [
    "a", "word", " ", "  ", "\t", "=", "=3D", "?", "=?utf-8?q?x?=", "_", ".",
    "..", "From ", ">From ", "-", "--", "--=_", "é", "ž", "馬", "🐎", "\u00a0",
    "e\u0301", '"', "\\", "(", ")", "<", ">", ",", ";", ":", "@", "%", "$(x)",
    "x" * 70, "y" * 75, "z" * 200, "ž" * 40, "%0d%0a", "&amp;", "'", "`", "~",
]
ENDS = ["\n", "\n", "\n\n", " \n", "\t\n", "\r\n"]
COUNT = 60


def line(chance, most=12):
    return "".join(chance.choice(PIECES)
                   for _ in range(chance.randrange(most)))


def one_line(chance):
    """A value of a header: no tabs, no blanks at its ends."""
    return " ".join(line(chance).replace("\t", " ").split()) or "x"


def body(chance):
    made = "".join(line(chance) + chance.choice(ENDS)
                   for _ in range(chance.randrange(1, 12)))
    if chance.random() < 0.2:
        made += "x" * chance.choice((997, 998, 999, 5000)) + "\n"
    return made if made.endswith("\n") else made + "\n"


def name(chance):
    made = one_line(chance).replace("/", "").encode()[:120]
    return made.decode("utf-8", "ignore").strip() or "x"


def data(chance):
    size = chance.choice((0, 1, 2, 3, 56, 57, 58, 100, 4095, 4096, 8193))
    if chance.random() < 0.5:
        return body(chance).encode()
    return chance.randbytes(size)


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_message(run_mitto, tmp_path, seed):
    chance = random.Random(seed)
    subject = one_line(chance)
    # Python 3.11 keeps the blanks between the words of a longer one.
    person = one_line(chance)[:10].strip()
    words = body(chance)
    files = [(name(chance), data(chance))
             for _ in range(chance.randrange(4))]
    args = ["-f", "ana@home.example", "-F", person, "-s", subject, "-o", "-"]
    for number, (_, content) in enumerate(files):
        (tmp_path / ("%d" % number)).write_bytes(content)
        if ";" in files[number][0]:
            # ";" ends a name on the command line; a file may be called so.
            files[number] = (files[number][0].replace(";", "-"), content)
        args += ["-a", "%d;name=%s" % (number, files[number][0])]
    result = run_mitto(*args, "bob@example.org", stdin=words.encode())
    assert result.status == 0, result
    message = read(result.out)
    assert message["Subject"] == subject
    address, = message["From"].addresses
    assert address.display_name == person
    assert text(message) == words.replace("\r\n", "\n")
    parts = attachments(message)
    assert [(part["Content-Disposition"].params["filename"], body_of(part))
            for part in parts] == files
    assert [part["Content-Type"].params["name"] for part in parts] \
        == [each for each, _ in files]
    assert len(leaves(message)) == 1 + len(files)


@pytest.mark.parametrize("seed", range(COUNT // 2))
def test_random_finished_message(run_mitto, seed):
    """-t: whatever body and headers come, the same are read afterwards."""
    chance = random.Random(seed)
    # An encoded-word that is given is one already.
    subject = one_line(chance).replace("=?utf-8?q?x?=", "") or "x"
    subject, words = subject.strip(), body(chance)
    given = ("From: ana@home.example\nTo: bob@example.org\n"
             "Subject: %s\n\n%s" % (subject, words)).encode()
    result = run_mitto("-t", "-o", "-", stdin=given)
    assert result.status == 0, result
    message = read(result.out)
    assert message["Subject"] == subject
    assert text(message) == words.replace("\r\n", "\n")

# SPDX-License-Identifier: MIT
"""mitto merge: rows in, a message for each; nothing lost, nothing twice."""

import collections
import csv
import itertools
import json
import random
import resource
import signal
import subprocess
import sys
import threading
import time

import pytest

import receive
from program import MITTO, SLOW, SRCDIR, TESTS
from schema import mistakes

sys.path.insert(0, str(TESTS / "smtp"))

from server import Close, Delay, Server  # noqa: E402

ME = "ana@home.example"
ROWS = ("email,name,n\nbob@x.example,Bob,1\ncarl@x.example,\"Carl, Jr.\",2\n"
        "dora@y.example,Dóra,3\n")


@pytest.fixture
def script():
    running = []

    def start(**options):
        options.setdefault("pipelining", True)
        running.append(Server(**options))
        return running[-1]
    yield start
    for each in running:
        each.stop()


@pytest.fixture
def rows(tmp_path):
    """rows(text, name) writes a data file."""
    def write(text=ROWS, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path
    return write


def words(server, data, *args):
    return ["merge", data, "-C", "none", "-S", server.address, "--tls=plain",
            "-f", ME, *args]


@pytest.fixture
def merge(run_mitto):
    """merge(server, data, *args): with a subject and a text if none is
    given."""
    def run(server, data, *args, **kwargs):
        if "-s" not in args:
            args = ("-s", "Hi {{name}}", "-m", "You are {{n}}.", *args)
        return run_mitto(*words(server, data, *args), **kwargs)
    return run


def arrived(server):
    return {m.recipients[0]: receive.read(m.content) for m in server.messages}


def table(count, begin=0):
    return "email,name,n\n" + "".join(
        "u%d@x%d.example,Name %d,%d\n" % (i, i % 7, i, i)
        for i in range(begin, begin + count))


# What is sent ----------------------------------------------------------------

def test_a_message_for_each_row(script, rows, merge):
    server = script()
    result = merge(server, rows(), "{{name}} <{{email}}>")
    assert result.status == 0 and result.err == "", result
    got = arrived(server)
    assert sorted(got) == ["bob@x.example", "carl@x.example", "dora@y.example"]
    for number, (address, name) in enumerate(
            [("bob@x.example", "Bob"), ("carl@x.example", "Carl, Jr."),
             ("dora@y.example", "Dóra")], 1):
        message = got[address]
        assert message["Subject"] == "Hi " + name
        assert [(a.display_name, a.addr_spec) for a in
                message["To"].addresses] == [(name, address)]
        assert message.get_content() == "You are %d.\r\n" % number
    assert len({m["Message-ID"] for m in got.values()}) == 3


@pytest.mark.parametrize("heading", ["email", "E-Mail", "mail", "Address"])
def test_the_column_of_the_address(script, rows, merge, heading):
    server = script()
    data = rows(ROWS.replace("email", heading))
    assert merge(server, data).status == 0
    assert len(arrived(server)) == 3


def test_columns_everywhere(script, rows, merge, tmp_path):
    (tmp_path / "bills").mkdir()
    for number in "123":
        (tmp_path / "bills" / (number + ".txt")).write_text("bill " + number)
    (tmp_path / "page.html").write_text(
        "<p>{{name}} &amp; {{{name}}} <img src='dot.png'></p>")
    (tmp_path / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    server = script()
    data = rows(ROWS.replace("Bob", "<b>B</b>"))
    result = merge(
        server, data, "-s", "{{n}}: {{name|you}}", "--html", "page.html",
        "-H", "X-Number: {{n}}", "--reply-to", "answers+{{n}}@home.example",
        "--envelope-from", "bounces+{{n}}@home.example", "-a",
        "bills/{{n}}.txt;name=bill-{{n}}.txt", "-b", "archive@home.example",
        "--unsubscribe", "https://home.example/off?who={{n}}", "-m",
        "plain {{name}}")
    assert result.status == 0, result
    message = arrived(server)["bob@x.example"]
    assert message["Subject"] == "1: <b>B</b>"
    assert message["X-Number"] == "1"
    assert message["Reply-To"] == "answers+1@home.example"
    assert message["List-Unsubscribe"] == "<https://home.example/off?who=1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    parts = {p.get_content_type(): p for p in message.walk()}
    assert parts["text/html"].get_content().startswith(
        "<p>&lt;b&gt;B&lt;/b&gt; &amp; <b>B</b> <img src='cid:")
    assert "image/png" in parts
    files = [p for p in message.iter_attachments()]
    assert [f.get_filename() for f in files] == ["bill-1.txt"]
    assert files[0].get_content() == "bill 1"
    assert [m.sender for m in server.messages if "bob@x.example" in
            m.recipients] == ["bounces+1@home.example"]
    assert all("archive@home.example" in m.recipients
               for m in server.messages)
    assert b"archive@" not in b"".join(m.raw for m in server.messages)


def test_text_from_elsewhere(script, rows, merge, tmp_path):
    server = script()
    assert merge(server, rows(), "-s", "x", stdin=b"Dear {{name}},\n").status == 0
    assert arrived(server)["bob@x.example"].get_content() == "Dear Bob,\r\n"
    (tmp_path / "text").write_text("Hello {{name}}\n")
    server = script()
    assert merge(server, rows(name="b.csv"), "-s", "x", "--body",
                 "text").status == 0
    assert arrived(server)["bob@x.example"].get_content() == "Hello Bob\r\n"


def test_rows_from_standard_input(script, merge):
    server = script()
    result = merge(server, "-", stdin=ROWS.encode())
    assert result.status == 64 and "--journal" in result.hint, result
    result = merge(server, "-", "--journal=j", stdin=ROWS.encode())
    assert result.status == 0, result
    assert len(arrived(server)) == 3


def test_a_file_for_all_is_read_once(script, rows, merge, strace, tmp_path):
    (tmp_path / "all.bin").write_bytes(bytes(range(256)) * 2000)
    server = script()
    log = tmp_path / "log"
    result = merge(server, rows(table(20)), "-a", "all.bin",
                   wrapper=[strace, "-f", "-o", log, "-e", "trace=openat"])
    assert result.status == 0, result
    assert log.read_text().count("all.bin") == 1
    for message in arrived(server).values():
        files = [p for p in message.iter_attachments()]
        assert files[0].get_content() == bytes(range(256)) * 2000


def test_json_lines(script, rows, merge):
    server = script()
    data = rows('{"email":"bob@x.example","name":"Bob","n":1}\n\n'
                '{"email":"eve@x.example","n":2.5,"name":null}\n'
                '{"n":true,"name":"\\u010c","email":"f@x.example"}',
                "list.jsonl")
    result = merge(server, data, "-s", "{{name|nobody}} {{n}}")
    if "built without" in result.err:
        pytest.skip("built without jansson")
    assert result.status == 0, result
    got = {k: v["Subject"] for k, v in arrived(server).items()}
    assert got == {"bob@x.example": "Bob 1", "eve@x.example": "nobody 2.5",
                   "f@x.example": "Č true"}
    bad = rows('{"email":"bob@x.example"}\n[1]\n{"email":["x"]}\n{\n', "b.json")
    result = merge(server, bad, "-s", "x")
    assert result.status == 65, result
    for line in 2, 3, 4:
        assert "row %d (line %d)" % (line, line) in result.err


@pytest.mark.parametrize("separator, end", [(";", "\r\n"), ("\t", "\n")])
def test_what_spreadsheets_write(script, rows, merge, separator, end):
    server = script()
    text = "\ufeffemail,name,n\nbob@x.example,\"Bob\nB\",1\n".replace(
        ",", separator).replace("\n", end)
    result = merge(server, rows(text), "-s", "x", "-m", "{{name}}")
    assert result.status == 0, result
    assert arrived(server)["bob@x.example"].get_content() == "Bob\r\nB\r\n"


# What is refused, before anything is sent --------------------------------------

@pytest.mark.parametrize("text, args, says", [
    ("email,name,n\nbob@x.example,B,1\nnobody,C,2\nx@,D\n", (),
     ["row 2 (line 3): --to: 'nobody' has no domain", "row 3 (line 4): 2 fields",
      "2 of 3 rows are wrong: nothing was sent"]),
    ("email,name,n\n\"a@x.example, b@x.example\",B,1\n", (), ["row 1"]),
    ("email,name,n\nroot,B,1\n", (), ["'root' has no domain"]),
    ("email,name,n\n,B,1\n", (), ["row 1"]),
    ("email,name,n\na@x.example,B,1\n", ("-s", "{{nam}}"),
     ["-s: no column is called 'nam'", "did you mean {{name}}?"]),
    ("email,name,n\na@x.example,B,1\n", ("-s", "x", "-m", "{{nickname}}"),
     ["-m: no column is called 'nickname'"]),
    ("email,name,n\na@x.example,B,1\n", ("-s", "{{name"),
     ["'{{' without the name"]),
    ("email,name,n\na@x.example,B,1\n", ("-s", "x", "-a", "no-{{n}}.txt"),
     ["row 1 (line 2): -a", "no-1.txt"]),
    ("email,email\na,b\n", (), ["two columns are called 'email'"]),
    ("name,n\nx,1\n", (), ["no recipient, and no column named email"]),
    ("", (), ["the file is empty"]),
    ("email,name,n\n", (), ["has no rows"]),
    ("email,name,n\na@x.example,\"B,1\n", (), ["a quoted field has no end"]),
    (b"email,name,n\na@x.example,J\xe1n,1\n", (),
     ["column 'name' is not UTF-8", "iconv"]),
    ("email,name,n\na@x.example,B,1\n", ("--rate=often",), ["no rate"]),
    ("email,name,n\na@x.example,B,1\n", ("--jobs=0",), ["--jobs"]),
    ("email,name,n\na@x.example,B,1\n", ("-t",), ["does not go with merge"]),
    ("email,name,n\na@x.example,B,1\n", ("-Q",), ["does not go with merge"]),
])
def test_mistakes(script, rows, merge, text, args, says):
    server = script()
    result = merge(server, rows(text), *args)
    assert result.status in (64, 65, 66, 78), result
    for each in says:
        assert each in result.err, (each, result)
    assert server.messages == [] and server.connections == 0


@pytest.mark.parametrize("value", [
    "x\nBcc: evil@x.example", "x\r\n\r\nbody", "x\x00y", "x\x1b[2J"])
@pytest.mark.parametrize("args", [
    ("-s", "{{name}}"), ("-s", "x", "-H", "X-Name: {{name}}"),
    ("-s", "x", "{{name}} <{{email}}>"),
    ("-s", "x", "--thread", "{{name}}"),
    ("-s", "x", "--unsubscribe", "https://x.example/{{name}}")])
def test_no_value_makes_a_header(script, rows, merge, args, value):
    server = script()
    text = 'email,name,n\na@x.example,"%s",1\n' % value
    result = merge(server, rows(text), *args)
    assert result.status == 65, result
    assert server.messages == []


@pytest.mark.parametrize("name, address", [
    ("evil@x.example, Bob", "a@x.example"), ("<evil@x.example>", "a@x.example"),
    ("\"\"), evil@x.example (\"\"", "a@x.example"), ("a: b@x.example;", "a@x.example"),
    ("{{n}} {{email}}", "a@x.example"), ("\\\"\" <evil@x.example>,", "a@x.example")])
def test_no_value_makes_an_address(script, rows, merge, name, address):
    server = script()
    text = 'email,name,n\n%s,"%s",1\n' % (address, name)
    result = merge(server, rows(text), "-s", "{{name}}", "-m", "{{name}}",
                   "{{name}} <{{email}}>")
    assert result.status == 0, result
    assert [m.recipients for m in server.messages] == [["a@x.example"]]
    name = name.replace('""', '"')
    message = arrived(server)["a@x.example"]
    assert message["To"].addresses[0].display_name == name
    assert message["Subject"] == name
    assert message.get_content() == name + "\r\n"


@pytest.mark.parametrize("value", ["../secret", "/etc/passwd", "a/../../b"])
def test_no_value_leaves_the_folder(script, rows, merge, tmp_path, value):
    (tmp_path / "bills").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    server = script()
    text = "email,name,n\na@x.example,B,%s\n" % value
    result = merge(server, rows(text), "-s", "x", "-m", "y", "-a",
                   "bills/{{n}}.txt")
    assert result.status == 65 and "slash" in result.err, result
    assert server.messages == []


def test_columns_name_no_header(script, rows, merge):
    for header in "{{name}}: x", "To: {{email}}", "Cc: {{email}}":
        result = merge(script(), rows(), "-s", "x", "-H", header)
        assert result.status == 64, result


def test_dry_run(script, rows, merge, tmp_path):
    server = script()
    result = merge(server, rows(), "-n")
    assert result.status == 0, result
    assert b"Hi Bob" in result.out
    assert "the first of 3; nothing was sent" in result.err
    assert server.connections == 0
    assert not (tmp_path / "list.csv.journal").exists()


def test_rows_that_say_the_same(script, rows, merge):
    server = script()
    result = merge(server, rows(ROWS + "bob@x.example,Bob,1\n"))
    assert result.status == 0, result
    assert "row 4 (line 5) says the same" in result.err
    assert len(server.messages) == 3


# Once, and again ----------------------------------------------------------------

def test_again_is_nothing(script, rows, merge):
    server = script()
    data = rows()
    assert merge(server, data).status == 0
    result = merge(server, data, "-v")
    assert result.status == 0 and "3 were done before" in result.err, result
    assert len(server.messages) == 3 and server.connections <= 3
    data.write_text(ROWS + "new@x.example,New,4\n")
    assert merge(server, data).status == 0
    assert len(server.messages) == 4


def test_another_mailing(script, rows, merge):
    server = script()
    data = rows()
    assert merge(server, data).status == 0
    result = merge(server, data, "-s", "Other", "-m", "text")
    assert result.status == 65 and "no journal of this mailing" in result.err
    assert "rm " in result.hint
    assert merge(server, data, "-s", "Other", "-m", "text",
                 "--journal=other").status == 0
    assert len(server.messages) == 6


def test_two_at_once(script, rows, merge, tmp_path):
    server = script(replies={"GREETING": Delay(1, "220 hi")})
    data = rows()
    first = threading.Thread(target=merge, args=(server, data))
    first.start()
    while not (tmp_path / "list.csv.journal").exists():
        time.sleep(0.01)
    result = merge(server, data)
    first.join()
    assert result.status == 75 and "another mitto merge" in result.err, result
    assert len(server.messages) == 3


def test_refused_rows(script, rows, merge, tmp_path):
    server = script(replies={"RCPT": {
        "carl@x.example": "550 5.1.1 no such user", None: "250 ok"}})
    data = rows()
    result = merge(server, data, "--result=out.csv")
    assert result.status == 69, result
    assert "row 2" in result.err and "no such user" in result.err
    assert "2 sent, 1 refused" in result.err
    with open(tmp_path / "out.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {r["recipient"]: (r["state"], r["code"], r["enhanced"])
            for r in lines} == {
        "bob@x.example": ("sent", "250", "2.0.0"),
        "carl@x.example": ("refused", "550", "5.1.1"),
        "dora@y.example": ("sent", "250", "2.0.0")}
    ids = {m["Message-ID"] for m in arrived(server).values()}
    assert ids == {r["message_id"] for r in lines if r["state"] == "sent"}
    assert merge(server, data).status == 0
    assert len(server.messages) == 2


def test_json_result(script, rows, merge, tmp_path):
    server = script()
    result = merge(server, rows(), "--json", "--result=out.jsonl")
    assert result.status == 0
    said = result.json()
    assert said["ok"] and said["sent"] == said["rows"] == 3, said
    schema = json.loads(
        (SRCDIR / "contrib" / "schema" / "merge.json").read_text())
    assert mistakes(said, schema, schema) == []
    lines = [json.loads(line) for line in open(tmp_path / "out.jsonl")]
    assert sorted(r["row"] for r in lines) == [1, 2, 3]
    assert {r["state"] for r in lines} == {"sent"}


def test_in_doubt(script, rows, merge):
    """The connection ends after the dot, without a word."""
    server = script(replies={"BODY": ["250 ok", Close(), "250 ok"]})
    data = rows()
    result = merge(server, data, "--jobs=1")
    assert result.status == 75 and "1 in doubt" in result.err, result
    assert "--resend-doubtful" in result.err
    assert len(server.messages) == 3
    result = merge(server, data)
    assert result.status == 75 and "row 2 (line 3) is in doubt" in result.err
    assert len(server.messages) == 3
    assert merge(server, data, "--resend-doubtful").status == 0
    assert len(server.messages) == 4


# Servers with limits ------------------------------------------------------------

def once_each(server, count):
    """Each row's message was taken exactly once."""
    taken = collections.Counter(
        m.recipients[0] for m in server.messages)
    assert len(taken) == count and set(taken.values()) == {1}, taken


@pytest.mark.parametrize("end", [
    Close(), Close("421 4.7.0 too many messages"),
    Close("421 4.7.0 too many messages", reset=True)])
def test_limit_of_messages_of_a_connection(script, rows, merge, end):
    """The third MAIL of each."""
    seen = collections.Counter()

    def mail(_):
        number = server.commands[-1].connection
        seen[number] += 1
        return end if seen[number] == 3 else "250 ok"
    server = script(replies={"MAIL": mail})
    result = merge(server, rows(table(30)), "--jobs=3", timeout=60)
    assert result.status == 0, result
    once_each(server, 30)


def test_closes_after_each(script, rows, merge):
    server = script(replies={"BODY": Close("250 ok")})
    result = merge(server, rows(table(12)), "--jobs=3", timeout=60)
    assert result.status == 0, result
    once_each(server, 12)


def test_greylisting(script, rows, merge):
    seen = set()

    def rcpt(address):
        first = address not in seen
        seen.add(address)
        return "451 4.7.1 greylisted, come back" if first else "250 ok"
    server = script(replies={"RCPT": rcpt})
    result = merge(server, rows(table(20)), "--retry=200ms", timeout=60)
    assert result.status == 0, result
    once_each(server, 20)


def test_throttled(script, rows, merge):
    """Two pass, then it wants to be left alone for a while."""
    count = itertools.count(1)

    def mail(_):
        return ("450 4.7.28 too fast" if next(count) in (3, 4, 6)
                else "250 ok")
    server = script(replies={"MAIL": mail})
    result = merge(server, rows(table(8)), "--retry=100ms", timeout=90)
    assert result.status == 0, result
    once_each(server, 8)


def test_one_connection_only(script, rows, merge):
    """The others are greeted with 421: one does all the work."""
    lock = threading.Lock()

    def greeting(_):
        with lock:
            busy = server.busy
            server.busy = True
        return Close("421 4.7.0 too many connections") if busy else "220 hi"
    server = script(replies={"GREETING": greeting})
    server.busy = False
    result = merge(server, rows(table(10)), "--jobs=4", timeout=60)
    assert result.status == 0, result
    once_each(server, 10)


def test_put_off_for_good(script, rows, merge):
    """What the server never takes is left for the next call."""
    refuse = [True]

    def rcpt(address):
        return ("450 4.2.1 later" if refuse[0] and "u3@" in address
                else "250 ok")
    server = script(replies={"RCPT": rcpt})
    data = rows(table(6))
    result = merge(server, data, "--retry=10ms", timeout=60)
    assert result.status == 75 and "5 sent, 1 left" in result.err, result
    assert "the same command again" in result.err
    refuse[0] = False
    assert merge(server, data).status == 0
    once_each(server, 6)


def test_login_refused_stops_all(script, rows, merge, secret_file):
    server = script(login=("ana", "right"))
    result = merge(server, rows(table(20)), "-u", "ana", "--password-file",
                   secret_file("wrong"))
    assert result.status == 77, result
    assert server.messages == [] and server.connections <= 4


def test_nobody_listens(rows, run_mitto, closed_port):
    result = run_mitto("merge", rows(), "-C", "none", "-f", ME, "-s", "x",
                       "-m", "y", "-S", "smtp+plain://127.0.0.1:%d" % closed_port)
    assert result.status == 75 and "refused" in result.err, result
    assert "0 sent, 3 left" in result.err


def test_more_than_the_provider_takes(script, rows, run_mitto, config):
    server = script()
    config("[provider small]\nserver = %s\ntls = plain\ndaily = 2\n"
           % server.address)
    result = run_mitto("merge", rows(), "--provider=small", "--user=", "-f",
                       ME, "-s", "x", "-m", "y")
    assert result.status == 0, result
    assert "3 messages, small takes 2 a day" in result.err


# Pace ---------------------------------------------------------------------------

def times(server):
    return sorted(c.time for c in server.commands if c.text.startswith("MAIL"))


@pytest.mark.parametrize("flag", ["--rate=10/s", "--pause=100ms"])
def test_pace(script, rows, merge, flag):
    """Never faster; slower than asked for is no mistake of the program."""
    server = script()
    assert merge(server, rows(table(6)), flag, "--jobs=1").status == 0
    at = times(server)
    assert at[-1] - at[0] >= 0.45, at
    once_each(server, 6)


# Signals and kills ----------------------------------------------------------------

class Running:
    def __init__(self, args, env, cwd):
        self.process = subprocess.Popen(
            [MITTO, *[str(a) for a in args]], env=env, cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def end(self, timeout=30):
        out, err = self.process.communicate(timeout=timeout * SLOW)
        return self.process.returncode, err.decode()


@pytest.fixture
def begin(make_env, tmp_path):
    running = []

    def run(server, data, *args):
        running.append(Running(words(
            server, data, "-s", "Hi {{name}}", "-m", "You are {{n}}.", *args),
            make_env(), tmp_path))
        return running[-1]
    yield run
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def test_interrupted(script, rows, merge, begin):
    """What is under way is finished, and the end says how to go on."""
    at, go = threading.Event(), threading.Event()

    def body(_):
        if len(server.messages) >= 3:
            at.set()
            go.wait(20)
        return "250 ok"
    server = script(replies={"BODY": body})
    data = rows(table(40))
    run = begin(server, data, "--jobs=2")
    assert at.wait(20)
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    go.set()
    status, err = run.end()
    assert status == 130, err
    assert "to go on: the same command again" in err
    assert "in doubt" not in err
    sent = len(server.messages)
    assert 3 <= sent < 12
    assert merge(server, data).status == 0
    once_each(server, 40)


def test_interrupted_twice(script, rows, begin):
    """The second breaks off what hangs."""
    at = threading.Event()

    def mail(_):
        at.set()
        return Delay(60, "250 ok")
    server = script(replies={"MAIL": mail})
    run = begin(server, rows(table(10)))
    assert at.wait(20)
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert run.process.poll() is None
    run.process.send_signal(signal.SIGINT)
    status, err = run.end()
    assert status == 130 and "left" in err, err


@pytest.mark.parametrize("seed", range(50 if SLOW == 1 else 5))
def test_killed(script, rows, merge, begin, seed):
    """At a random moment of a run: every row once, but for those in doubt,
    which are listed."""
    chance = random.Random(seed)
    count = 200
    stop = chance.randrange(1, count)
    run = None

    def body(_):
        # Between the message and the reply, too.
        if len(server.messages) == stop:
            run.process.kill()
        return "250 ok"
    server = script(replies={"BODY": body})
    data = rows(table(count))
    run = begin(server, data, "--jobs=%d" % chance.choice([1, 4, 10]))
    run.end()
    result = merge(server, data, timeout=60)
    doubtful = [line for line in result.err.split("\n")
                if "is in doubt" in line]
    assert (result.status == 75) == bool(doubtful), result
    assert len(doubtful) <= 10, result
    taken = collections.Counter(m.recipients[0] for m in server.messages)
    assert set(taken.values()) == {1}, taken
    unsure = {"u%d@x%d.example" % (n, n % 7) for n in (
        int(line.split("row ")[1].split()[0]) - 1 for line in doubtful)}
    everybody = {"u%d@x%d.example" % (n, n % 7) for n in range(count)}
    assert everybody - set(taken) <= unsure


def test_journal_that_was_torn(script, rows, merge, tmp_path):
    """Half a line at its end says nothing, and the next one stands apart."""
    server = script()
    data = rows(table(4))
    assert merge(server, data).status == 0
    journal = tmp_path / "list.csv.journal"
    lines = journal.read_text().split("\n")
    handed = [line for line in lines if line.startswith("H ")]
    journal.write_text("\n".join([lines[0], handed[0], "S " + handed[1][2:9]]))
    result = merge(server, data)
    assert result.status == 75 and "1 in doubt" in result.err, result
    assert len(server.messages) == 7
    assert merge(server, data, "--resend-doubtful").status == 0
    assert len(server.messages) == 8


def test_disk_full(script, rows, merge):
    """No message leaves that the journal could not tell of."""
    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))
    server = script()
    data = rows()
    result = merge(server, data, preexec_fn=little_room)
    assert result.status == 74 and "cannot write the journal" in result.err
    assert server.messages == []
    assert merge(server, data).status == 0
    once_each(server, 3)


def test_journal_is_a_file(script, rows, merge):
    server = script()
    result = merge(server, rows(), "--journal=/dev/null")
    assert result.status == 73 and "no regular file" in result.err, result
    assert server.messages == []


def test_memory(script, rows, make_env, tmp_path):
    """Ten thousand rows are no more than ten."""
    if SLOW != 1:
        pytest.skip("the sanitizer's memory is not the program's")
    code = ("import resource, subprocess, sys;"
            "subprocess.run(sys.argv[1:], check=True);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    server = script()
    sizes = []
    for count in 10, 10000:
        args = words(server, rows(table(count), "%d.csv" % count), "-s", "x",
                     "-m", "{{name}}", "-q", "--jobs=10")
        done = subprocess.run(
            [sys.executable, "-c", code, MITTO, *map(str, args)],
            capture_output=True, check=True, cwd=tmp_path, env=make_env())
        sizes.append(int(done.stdout.split()[-1]))
    assert len(server.messages) == 10010
    assert sizes[1] < 32 * 1024 and sizes[1] - sizes[0] < 6000, sizes

# SPDX-License-Identifier: MIT
"""What is shown: nothing, steps, the conversation, a tree, JSON, a bar."""

import base64
import re

import pytest

from receive import attachments, body_of, check_wire, read, text

BOB = "bob@example.org"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg==")
SECRET = "canary p=ss&word"


@pytest.fixture
def go(run_mitto, server):
    """go(*args) -> the result of a mail to `server`, which must succeed."""
    def run(*args, status=0, **kwargs):
        result = run_mitto("-S", server.url, "-f", "ana@home.example", *args,
                           **kwargs)
        assert result.status == status, result
        return result
    return run


def no_secret(data):
    """The password is there neither plain nor as AUTH would send it."""
    if isinstance(data, str):
        data = data.encode()
    for form in (SECRET, "\0ana\0" + SECRET):
        for bare in (form.encode(), base64.b64encode(form.encode())):
            assert bare.rstrip(b"=") not in data
    assert b"canary" not in data


# Silence -----------------------------------------------------------------

def test_success_is_silent(go):
    result = go("-m", "x", BOB)
    assert (result.out, result.raw_err) == (b"", b"")


def test_success_on_a_terminal_is_one_line(on_terminal, server):
    status, shown = on_terminal("-S", server.url, "-f", "a@home.example",
                                "-m", "x", BOB, "-c", "eve@example.org",
                                "--color=never")
    assert status == 0
    line = shown.replace("\x1b[K", "").strip().splitlines()[-1]
    line = line.split("\r")[-1]
    assert line.startswith("sent to") and BOB in line
    assert "eve@example.org" in line and "250" in line


@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet(on_terminal, server, flag):
    status, shown = on_terminal("-S", server.url, "-f", "a@home.example",
                                "-m", "x", flag, BOB)
    assert (status, shown) == (0, "")


def test_quiet_still_tells_errors(run_mitto, closed_port):
    result = run_mitto("-q", "-S", "127.0.0.1:%d" % closed_port, "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 75 and result.err.startswith("mitto: ")


# -v and the transcript ---------------------------------------------------

@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_steps(go, server, flag):
    result = go(flag, "-m", "x", BOB)
    assert result.out == b""
    assert "127.0.0.1" in result.err and str(server.port) in result.err
    assert "Ok: kept as 1" in result.err
    assert "EHLO" not in result.err


def conversation(shown):
    return [match.group(1) for match in re.finditer(
        r"(?m)[><] ((?:EHLO|MAIL|RCPT|DATA|QUIT|\d\d\d).*)$", shown)]


@pytest.mark.parametrize("args", [["-vv"], ["-v", "-v"], ["-vvv"]])
def test_conversation(go, args):
    shown = go(*args, "-m", "x", BOB).err
    spoken = " ".join(conversation(shown))
    for words in ("220", "EHLO", "MAIL FROM:<ana@home.example>", "2.1.0",
                  "RCPT TO:<bob@example.org>", "354",
                  "2.0.0 Ok: kept as 1"):
        assert words in spoken, shown
    assert spoken.index("EHLO") < spoken.index("MAIL") < spoken.index("RCPT")


def test_message_is_not_in_the_conversation(go):
    shown = go("-vv", "-m", "the-body-of-it", BOB).err
    assert "the-body-of-it" not in shown


@pytest.mark.parametrize("tls", [None, "starttls", "ssl"])
@pytest.mark.parametrize("auth", ["auto", "plain", "login"])
def test_no_secret_is_shown(run_mitto, serve, tls_context, cacert, tmp_path,
                            secret_file, tls, auth):
    server = serve(tls=tls, context=tls_context, login=("ana", SECRET))
    result = run_mitto("-vvv", "-X", "transcript", "--json", "--log", "log",
                       "-S", server.url, "--cacert", cacert, "-u", "ana",
                       "--auth", auth, "--password-file",
                       secret_file(SECRET + "\n"), "-f", "a@home.example",
                       "-m", "x", BOB)
    assert result.status == 0, result
    assert server.logins == [("ana", SECRET)]
    transcript = (tmp_path / "transcript").read_bytes()
    for data in (result.out, result.raw_err, transcript,
                 (tmp_path / "log").read_bytes()):
        no_secret(data)
    assert b"AUTH" in transcript and b"AUTH" in result.raw_err
    assert result.json()["tls"] == (None if tls is None else "TLSv1.3")


def test_no_secret_in_a_refusal(run_mitto, serve, tmp_path, secret_file):
    server = serve(login=("ana", "another"))
    result = run_mitto("-vvv", "-X", "transcript", "--json", "-S",
                       server.url, "-u", "ana", "--password-file",
                       secret_file(SECRET), "-f", "a@home.example", "-m",
                       "x", BOB)
    assert result.status == 77, result
    no_secret(result.out)
    no_secret(result.raw_err)
    no_secret((tmp_path / "transcript").read_bytes())


@pytest.mark.parametrize("flag", ["-X", "--transcript"])
def test_transcript(go, tmp_path, flag):
    result = go(flag, "file", "-m", "x", BOB)
    assert result.err == ""
    spoken = " ".join(conversation((tmp_path / "file").read_text()))
    assert "EHLO" in spoken and "MAIL FROM:<ana@home.example>" in spoken
    assert "2.0.0 Ok: kept as 1" in spoken


def test_transcript_of_a_failure(go, server, tmp_path):
    server.replies[BOB] = "550 5.1.1 No such user"
    go("-X", "file", "-m", "x", BOB, status=67)
    assert "No such user" in (tmp_path / "file").read_text()


def test_transcript_that_cannot_be_written(go, server):
    result = go("-X", "absent/file", "-m", "x", BOB, status=73)
    assert "absent/file" in result.err
    assert server.messages == []


def test_log(go, tmp_path):
    for _ in range(2):
        go("--log", "log", "-m", "x", BOB)
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 2
    assert all(BOB in line and "250" in line for line in lines)


def test_syslog_without_a_daemon(go):
    assert go("--syslog", "-m", "x", BOB).err == ""


# Dry run -----------------------------------------------------------------

@pytest.fixture
def news(tmp_path):
    (tmp_path / "logo.png").write_bytes(PNG)
    (tmp_path / "cenník.pdf").write_bytes(b"%PDF-1.4\n" + bytes(300000))
    (tmp_path / "news.html").write_text(
        '<p>žluť <img src="cid:logo.png"></p>\n')
    return ["--html", "news.html", "-I", "logo.png", "-a", "cenník.pdf",
            "-s", "Novinky", "-b", "hidden@example.org", BOB]


@pytest.mark.parametrize("flag", ["-n", "--dry-run"])
def test_dry_run(go, server, news, flag):
    result = go(flag, *news)
    shown = result.out.decode() + result.err
    assert server.connections == 0
    assert "nothing was sent" in result.err.splitlines()[-1]
    for words in (r"from +.*ana@home\.example", r"to +bob@example\.org",
                  r"bcc +hidden@example\.org", r"subject +Novinky",
                  "127.0.0.1", "multipart/mixed", "multipart/alternative",
                  "text/plain", "multipart/related", "text/html",
                  "image/png", "cid:logo.png", "application/pdf",
                  "attachment", "base64", "quoted-printable", "news.html",
                  r"cenník\.pdf", r"\d+(\.\d+)? (B|kB|MB)\b"):
        assert re.search(words, shown), (words, shown)
    order = ["multipart/mixed", "multipart/alternative", "text/plain",
             "multipart/related", "text/html", "image/png",
             "application/pdf"]
    places = [shown.index(kind) for kind in order]
    assert places == sorted(places)


def test_dry_run_draws_by_the_locale(go, news):
    assert "├─" not in go("-n", *news).out.decode()
    assert "├─" in go("-n", *news, env={"LC_ALL": "C.UTF-8"}).out.decode()


def test_dry_run_shows_the_alias(go, config):
    config("[alias]\nteam = ana@work.example, boris@work.example\n")
    shown = go("-n", "-m", "x", "-b", "team", BOB).out.decode()
    assert re.search("bcc +.*ana@work.example.*boris@work.example", shown)


def test_dry_run_with_headers(go, news):
    shown = go("-n", "-v", *news).out.decode()
    assert re.search("(?m)^Message-ID: <", shown)
    assert "Subject: Novinky" in shown


def test_dry_run_warns_of_a_missing_image(go, tmp_path):
    (tmp_path / "n.html").write_text('<img src="cid:photo.jpg">\n')
    result = go("-n", "--html", "n.html", BOB)
    assert "cid:photo.jpg" in result.out.decode() + result.err


@pytest.mark.parametrize("args, status", [
    (["-a", "absent.pdf"], 66), (["--to", "a@b@c"], 65),
    (["-H", "No colon"], 64)])
def test_dry_run_finds_mistakes(go, args, status):
    go("-n", "-m", "x", *args, BOB, status=status)


def test_dry_run_needs_no_server(run_mitto):
    result = run_mitto("-n", "-f", "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result


def test_dry_run_asks_for_no_password(run_mitto):
    result = run_mitto("-n", "-S", "smtps://h.example", "-u", "ana", "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result


# Writing the message -----------------------------------------------------

def test_output_file(go, server, news, tmp_path):
    result = go("-o", "out.eml", *news)
    assert server.connections == 0
    assert (result.out, result.err) == (b"", "")
    message = read((tmp_path / "out.eml").read_bytes())
    assert message["Subject"] == "Novinky"
    assert [part.get_filename() for part in attachments(message)] \
        == ["logo.png", "cenník.pdf"]


def test_output_is_what_would_be_sent(go, server, news, tmp_path):
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    go("--output", "out.eml", *news, env=env)
    go(*news, env=env)
    assert (tmp_path / "out.eml").read_bytes() == server.messages[0].content


def test_output_to_stdout(go, server):
    result = go("-o", "-", "-m", "hello", BOB)
    assert server.connections == 0
    assert text(read(result.out)) == "hello\n"


def test_dry_run_with_output(go):
    result = go("-n", "-o", "-", "-m", "hello", BOB)
    assert b"\r\n\r\nhello\r\n" in result.out


def test_output_without_recipients(run_mitto):
    """A file needs no envelope, but a mail without recipients is odd."""
    result = run_mitto("-f", "a@home.example", "-o", "-", "-m", "hello")
    assert result.status in (0, 64), result


def test_output_to_a_full_disk(go):
    with open("/dev/full", "wb") as full:
        result = go("-o", "-", "-m", "x", BOB, stdout=full, status=74)
    assert "space" in result.err
    result = go("-o", "/dev/full", "-m", "x", BOB, status=74)


def test_output_that_cannot_be_made(go):
    assert "absent/out" in go("-o", "absent/out", "-m", "x", BOB,
                              status=73).err


def test_output_that_fails_leaves_nothing_half(go, tmp_path):
    go("-o", "out.eml", "-a", "absent", "-m", "x", BOB, status=66)
    assert not (tmp_path / "out.eml").exists()


# JSON --------------------------------------------------------------------

KEYS = {"ok": bool, "exit": int, "state": str, "message_id": str,
        "account": (str, type(None)), "server": (str, type(None)),
        "tls": (str, type(None)), "size": int, "stage": str,
        "code": (int, type(None)), "enhanced": (str, type(None)),
        "reply": (str, type(None)), "hint": (str, type(None)),
        "queue_id": (str, type(None)), "elapsed_ms": int,
        "recipients": list}
RECIPIENT = {"address": str, "state": str, "code": (int, type(None)),
             "enhanced": (str, type(None)), "reply": (str, type(None))}
STATES = {"sent", "queued", "partial", "failed", "in-doubt", "dry-run",
          "written", "checked"}
STAGES = {"connect", "tls", "greeting", "auth", "mail", "rcpt", "data",
          "body", "done"}


def check_json(result, more=()):
    found = result.json()
    assert list(found) == [*KEYS, *more]
    for name, kind in KEYS.items():
        assert isinstance(found[name], kind), (name, found[name])
        assert kind is not int or not isinstance(found[name], bool)
    assert found["exit"] == result.status
    assert found["ok"] == (result.status == 0)
    assert found["state"] in STATES and found["stage"] in STAGES
    for recipient in found["recipients"]:
        assert list(recipient) == list(RECIPIENT)
        for name, kind in RECIPIENT.items():
            assert isinstance(recipient[name], kind), (name, recipient)
        assert recipient["state"] in ("accepted", "refused", "deferred",
                                      "unknown")
    return found


def test_json_of_a_sent_mail(go, server):
    found = check_json(go("--json", "-m", "x", BOB, "-b", "h@example.org"))
    envelope = server.messages[0]
    assert found["state"] == "sent" and found["stage"] == "done"
    assert found["code"] == 250 and found["enhanced"] == "2.0.0"
    assert "kept as 1" in found["reply"]
    assert found["message_id"] == read(envelope.content)["Message-ID"]
    assert found["size"] == len(envelope.content)
    assert found["server"] == server.address
    assert (found["tls"], found["account"], found["queue_id"],
            found["hint"]) == (None, None, None, None)
    assert [(r["address"], r["state"], r["code"], r["enhanced"])
            for r in found["recipients"]] == [
        (BOB, "accepted", 250, "2.1.5"),
        ("h@example.org", "accepted", 250, "2.1.5")]


def test_json_of_a_partial_mail(go, server):
    server.replies["eve@example.org"] = "550 5.1.1 No \"such\" user\\"
    found = check_json(go("--json", "-m", "x", BOB, "eve@example.org",
                          status=69))
    assert found["state"] == "partial" and not found["ok"]
    assert [(r["state"], r["code"], r["enhanced"])
            for r in found["recipients"]] == [
        ("accepted", 250, "2.1.5"), ("refused", 550, "5.1.1")]
    assert 'No "such" user\\' in found["recipients"][1]["reply"]


def test_json_of_a_deferred_mail(go, server):
    server.replies[BOB] = "451 4.7.1 Greylisted"
    found = check_json(go("--json", "-m", "x", BOB, status=75))
    assert found["state"] == "failed" and found["stage"] == "rcpt"
    assert (found["code"], found["enhanced"]) == (451, "4.7.1")
    assert found["recipients"][0]["state"] == "deferred"


def test_json_without_a_connection(run_mitto, closed_port):
    found = check_json(run_mitto(
        "--json", "-S", "127.0.0.1:%d" % closed_port, "-f",
        "a@home.example", "-m", "x", BOB))
    assert (found["exit"], found["state"], found["stage"]) \
        == (75, "failed", "connect")
    assert found["code"] is None and found["hint"]
    assert found["recipients"][0]["address"] == BOB


@pytest.mark.parametrize("args, state", [
    (["-n"], "dry-run"), (["-o", "out.eml"], "written"),
    (["--check"], "checked")])
def test_json_of_what_is_not_sent(go, server, args, state):
    found = check_json(go("--json", *args, "-m", "x", BOB),
                       ["steps"] if state == "checked" else [])
    assert found["state"] == state and found["ok"]
    assert server.messages == []


def test_json_of_an_error(go):
    result = go("--json", "-m", "x", "a@b@c", status=65)
    assert result.err.startswith("mitto: ")
    found = result.json()
    assert found["ok"] is False and found["exit"] == 65


def test_json_keeps_unicode(go):
    found = check_json(go("--json", "-m", "x", "böb@example.org",
                          "-s", "žluť \" \\"))
    assert found["recipients"][0]["address"] == "böb@example.org"


# --check -----------------------------------------------------------------

def test_check(go, server):
    result = go("--check", "-m", "x", BOB)
    assert server.messages == [] and server.spoken("DATA") == []
    assert len(server.spoken("RCPT")) == 1
    assert result.status == 0


def test_check_finds_a_refusal(go, server):
    server.replies[BOB] = "550 5.1.1 No such user"
    assert "No such user" in go("--check", BOB, status=67).err


# Progress and colour -----------------------------------------------------

@pytest.fixture
def big(tmp_path):
    (tmp_path / "big.bin").write_bytes(bytes(3 << 20))
    return ["-a", tmp_path / "big.bin", "-m", "x", BOB]


def test_no_progress_without_a_terminal(go, big):
    assert go(*big).err == ""


def test_progress_always(go, big):
    result = go("--progress=always", *big)
    assert re.search(r"100 ?%|\d+(\.\d+)? of \d+(\.\d+)? MB", result.err)
    assert result.out == b""


def test_bar_is_drawn_by_the_locale(go, big):
    assert go("--progress=always", *big).err.isascii()
    assert not go("--progress=always", *big,
                  env={"LC_ALL": "C.UTF-8"}).err.isascii()


@pytest.mark.parametrize("args, shown", [
    ([], True), (["--progress=auto"], True), (["--progress=never"], False),
    (["-q"], False)])
def test_progress_on_a_terminal(on_terminal, server, big, args, shown):
    status, seen = on_terminal("-S", server.url, "-f", "a@home.example",
                               *args, *big)
    assert status == 0
    assert bool(re.search(r"\d ?%", seen)) == shown


def test_no_progress_for_a_small_mail(on_terminal, server):
    status, seen = on_terminal("-S", server.url, "-f", "a@home.example",
                               "-m", "x", BOB)
    assert status == 0 and "%" not in seen


def test_bar_does_not_touch_the_message(on_terminal, server, big):
    on_terminal("-S", server.url, "-f", "a@home.example", *big)
    check_wire(server.messages[0].content)
    part, = attachments(read(server.messages[0].content))
    assert body_of(part) == bytes(3 << 20)


@pytest.mark.parametrize("args, env, coloured", [
    ([], {}, True), (["--color=always"], {"NO_COLOR": "1"}, True),
    (["--color=never"], {}, False), ([], {"NO_COLOR": "1"}, False),
    ([], {"TERM": "dumb"}, False), (["--color=auto"], {}, True)])
def test_colour_on_a_terminal(on_terminal, args, env, coloured):
    status, seen = on_terminal(*args, "-m", "x", "a@b@c", env=env)
    assert status == 65
    assert ("\x1b[" in seen) == coloured


def test_colour_without_a_terminal(go):
    assert "\x1b[" not in go("-m", "x", "a@b@c", status=65).err
    assert "\x1b[" in go("--color=always", "-m", "x", "a@b@c", status=65).err

# SPDX-License-Identifier: MIT
"""What a hostile user found: each case failed once."""

import re

import pytest

BOB = "bob@example.org"
ANA = "ana@home.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def look(run_mitto):
    """look(*args, env=None) -> what -n shows."""
    def run(*args, env=None):
        result = run_mitto("-n", "-f", ANA, "-m", "x", *args, BOB, env=env)
        assert result.status == 0, result
        return result.out.decode()
    return run


# Another server is another server ------------------------------------------

@pytest.mark.parametrize("url, words", [
    ("smtps://far.example", "far.example:465, TLS at once"),
    ("smtp+starttls://far.example", "far.example:587, STARTTLS"),
    ("far.example", "far.example:587, STARTTLS")])
def test_server_voids_the_mode_below(look, config, url, words):
    assert words in look("-S", url, env={"MITTO_TLS": "plain"})
    config("[account a]\nserver = near.example\ntls = plain\nport = 26\n"
           "from = %s\n" % ANA)
    assert words in look("-S", url)


def test_login_is_not_shown_to_another_host(look, config):
    config("[account a]\nserver = near.example\nuser = jane\n"
           "password = geheim\nfrom = %s\n" % ANA)
    assert "login jane" in look()
    assert "login jane" in look("-S", "near.example:2525")
    assert "no login" in look("-S", "far.example")
    assert "login jane" in look("-S", "far.example", "-A", "a")


def test_container_variables_belong_together(look):
    smtp = {"SMTP_HOST": "near.example", "SMTP_USERNAME": "jane",
            "SMTP_PASSWORD": "geheim", "SMTP_PORT": "26"}
    assert "near.example:26" in look(env=smtp)
    assert "login jane" in look(env=smtp)
    other = look("-S", "far.example", env=smtp)
    assert "far.example:587" in other and "no login" in other


def test_accounts_of_which_none_fits(run_mitto, config):
    config("[account a]\nserver = a.example\nmatch = *@a.example\n"
           "[account b]\nserver = b.example\nmatch = *@b.example\n")
    result = run_mitto("-f", ANA, "-m", "x", BOB)
    assert result.status == 78, result
    assert ANA in result.err and "-A: a, b" in result.err


# Secrets -------------------------------------------------------------------

def test_password_from_the_terminal_alone(on_terminal, serve):
    server = serve(login=("jane", "geheim"))
    status, seen = on_terminal(
        "-S", server.url, "-f", ANA, "-u", "jane", "-m", "x", BOB,
        answers=(b"assword", b"geheim\n"))
    assert len(server.messages) == 1, seen
    assert status == 0, seen
    assert "sent to" in seen and "geheim" not in seen


def test_proxy_login_is_not_shown(run_mitto, config):
    result = run_mitto("-S", "far.example", "-f", ANA, "-m", "x", "-x",
                       "http://u:geheim@proxy.invalid:3128", BOB)
    assert result.status == 64 and "geheim" not in result.err, result
    result = run_mitto("-S", "far.example", "-f", ANA, "-m", "x", BOB,
                       env={"MITTO_PROXY": "junk://u:geheim@proxy.invalid"})
    assert result.status == 78 and "geheim" not in result.err, result
    config("[defaults]\nproxy = http://u:geheim@p.invalid:1\n")
    result = run_mitto("config", "show")
    assert result.status == 0 and b"p.invalid" in result.out, result
    assert b"geheim" not in result.out


def test_password_in_the_login_name(run_mitto, config):
    config("[defaults]\nuser = jane:geheim\n")
    result = run_mitto("-n", "-f", ANA, "-m", "x", BOB)
    assert result.status == 78 and "geheim" not in result.err, result
    config("")
    for how in ({"args": ["-O", "user=jane:geheim"]},
                {"env": {"MITTO_USER": "jane:geheim"}}):
        result = run_mitto("-n", "-f", ANA, "-m", "x", *how.get("args", ()),
                           BOB, env=how.get("env"))
        assert result.status in (64, 78), result
        assert "geheim" not in result.err + result.out.decode(), result


@pytest.mark.parametrize("flag", [
    ["--fingerprint", "ab" * 32], ["--cert", "client.pem"],
    ["--key", "client.key"]])
def test_certificate_without_tls(refused, flag):
    refused(78, *flag, "-m", "x", BOB, says="--tls=starttls")


# Pictures ------------------------------------------------------------------

def test_only_pictures_of_the_folder_are_attached(send, tmp_path):
    page = tmp_path / "page"
    page.mkdir()
    (page / ".netrc").write_text("machine x login y password geheim\n")
    (tmp_path / "outside.png").write_bytes(PNG)
    (page / "link.png").symlink_to("../outside.png")
    (page / "good.png").write_bytes(PNG)
    html = page / "news.html"
    html.write_text('<img src=".netrc"><img src="link.png">'
                    '<img src="good.png"><img src="../outside.png">')
    sent = send("--html", html, "-s", "x", BOB)
    pictures = [part.get_filename() for part in sent.message.walk()
                if part.get_content_maintype() == "image"]
    assert pictures == ["good.png"]
    assert b"geheim" not in sent.content
    page = sent.message.get_body(("html",)).get_content()
    assert re.findall('src="([^"]*)"', page) == [
        ".netrc", "link.png", "cid:good.png", "../outside.png"]


# Text that only fingers had --------------------------------------------------

def test_editor_without_a_terminal(refused, tmp_path):
    """No file is begun for it, either."""
    place = tmp_path / "tmp"
    place.mkdir()
    refused(64, "-e", "-m", "x", BOB, says="terminal|EDITOR",
            env={"TMPDIR": place})
    assert list(place.iterdir()) == []


def test_edited_text_is_kept(run_mitto, serve, tmp_path, home):
    server = serve(replies={BOB: "550 5.1.1 No"})
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "written with care" >> "$1"\n')
    editor.chmod(0o755)
    result = run_mitto("-S", server.url, "-f", ANA, "-s", "x", "-e", "-m", "x",
                       BOB, env={"EDITOR": editor})
    assert result.status == 67, result
    kept = list(home.glob("dead.letter.*"))
    assert len(kept) == 1 and str(kept[0]) in result.err.splitlines()[-1]
    assert b"written with care" in kept[0].read_bytes()
    result = run_mitto("-S", server.url, "--raw", "-n", BOB,
                       stdin=kept[0].read_bytes())
    assert result.status == 0, result


def test_typed_text_is_kept_though_no_message_came_of_it(on_terminal, home):
    status, seen = on_terminal("-f", ANA, "-s", "x", "-a", "nothing.pdf", BOB,
                               typed=b"typed with care\n\x04")
    assert status == 66 and "nothing.pdf" in seen, seen
    kept = list(home.glob("dead.letter.*"))
    assert len(kept) == 1 and str(kept[0]) in seen
    assert kept[0].read_bytes() == b"typed with care\n"


def test_missing_file_is_told_before_the_editor_opens(refused, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\ntouch opened\n")
    editor.chmod(0o755)
    refused(66, "-e", "-a", "nothing.pdf", BOB, env={"EDITOR": editor},
            says="nothing.pdf")
    assert not (tmp_path / "opened").exists()


# Charsets --------------------------------------------------------------------

def test_utf8_is_recognised_whatever_is_said(send):
    sent = send("-s", "x", "-m", "é", "--charset", "iso-8859-1", BOB)
    assert sent.message.get_content() == "é\r\n"
    assert sent.message.get_content_charset() == "utf-8"


def test_charset_that_does_not_fit(refused):
    refused(65, "--charset", "us-ascii", BOB, stdin=b"caf\xe9\n",
            says="us-ascii")
    refused(65, "--charset", "iso-8859-1", "-m", "é", BOB, stdin=b"caf\xe9\n",
            says="-m")


def test_type_with_parameters_has_a_hint(refused):
    refused(64, "-M", "text/html; charset=utf-8", BOB, stdin=b"x",
            says="--charset")


# Output ------------------------------------------------------------------------

def test_steps_come_in_their_order(run_mitto, serve, tls_context, cacert):
    server = serve(tls="ssl", context=tls_context)
    result = run_mitto("-S", server.url, "--cacert", cacert, "-f", ANA, "-m",
                       "x", "-s", "x", "-vv", BOB)
    assert result.status == 0, result
    lines = [line.split(None, 1)[1] for line in result.err.splitlines()]
    assert lines[0].startswith("connect "), lines
    assert lines[1].split()[:2] == ["tls", "TLSv1.3"], lines
    greeting = next(i for i, text in enumerate(lines) if text[:5] == "< 220")
    assert greeting > 1 and not any(text[0] in "<>" for text in
                                    lines[:greeting]), lines


def test_result_that_cannot_be_written(run_mitto, server):
    with open("/dev/full", "wb") as full:
        result = run_mitto("-S", server.url, "-f", ANA, "-m", "x", "--json",
                           BOB, stdout=full)
    assert len(server.messages) == 1
    assert result.status == 0 and "standard output" in result.err, result


def test_two_for_one_output(refused):
    refused(64, "--json", "-o", "-", "-m", "x", BOB, says="--json")


def test_one_answer_is_told_once(run_mitto, serve):
    server = serve(replies={"MAIL": "550 5.7.1 Not from there"})
    result = run_mitto("-S", server.url, "-f", ANA, "-m", "x", BOB,
                       "eva@example.org")
    assert result.status == 69, result
    assert result.err.count("Not from there") == 1, result


# Finished messages, header, files ---------------------------------------------

def test_bad_date(refused):
    refused(65, "-t", stdin=b"From: a@home.example\nTo: bob@example.org\n"
            b"Date: gestern\n\nx\n", says="gestern")


def test_priority_twice(refused):
    refused(64, "--priority", "high", "-H", "Importance: low", "-m", "x", BOB,
            says="priority")


def test_folder_for_temporary_files_that_is_not_there(send):
    text = b"a line of text\n" * 100000
    sent = send("-s", "x", BOB, stdin=text, env={"TMPDIR": "/nonexistent"})
    assert sent.message.get_content().replace("\r\n", "\n").encode() == text


# mitto config --------------------------------------------------------------------

def test_config_path_and_show(run_mitto, config, tmp_path):
    path = config("[defaults]\ntimeout = 60s\n[account a]\nserver = h.example\n"
                  "password = geheim\n")
    result = run_mitto("config", "show", "--origin")
    assert result.status == 0 and result.err == "", result
    shown = result.out.decode()
    assert "[account a]" in shown and "geheim" not in shown
    assert re.search(r"server = h.example  \(.*:4:10\)", shown), shown
    assert re.search(r"timeout = 1m  \(.*:2:11\)", shown), shown
    assert str(path) in run_mitto("config", "path").out.decode()
    other = tmp_path / "other"
    result = run_mitto("config", "path", env={"MITTO_CONFIG": other})
    assert result.out.decode() == "%s  (not there)\n" % other
    assert run_mitto("config", "path",
                     env={"MITTO_CONFIG": "none"}).out == b""
    assert run_mitto("config", "-h").status == 0
    config("[defaults]\nbogus = 1\n")
    result = run_mitto("config", "check")
    assert result.status == 78 and result.err.count("bogus") == 2, result

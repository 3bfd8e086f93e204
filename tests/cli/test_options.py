# SPDX-License-Identifier: MIT
"""The command line: its grammar, its habits from other mailers, its help."""

import os
import re
import subprocess

import pytest

from program import MITTO
from receive import attachments, read, text

BOB = "bob@example.org"

# Every option of this release, as the contract spells them.
OPTIONS = """
--subject --to --cc --bcc --from --from-name --reply-to --envelope-from
--header --in-reply-to --thread --priority --message --body --html --type
--read-headers --raw --edit --skip-empty --charset --attach --inline
--max-size --account --provider --server --port --tls --user --auth
--password-file --password-command --insecure --cacert --cert --key
--fingerprint --proxy --helo --interface --timeout --allow-plain-login
--config --set --dry-run --check --output --queue --quiet --json --progress
--color --transcript --log --syslog --no-input --help --version
--lane --notify --return --envid --spool --region
""".split()
SHORT = "sfrFcbHmMtaIASpukx46CnovqXhVieEONRQ"

FLAGS = ["--read-headers", "--raw", "--edit", "--skip-empty", "--insecure",
         "--allow-plain-login", "--dry-run", "--check", "--quiet", "--json",
         "--syslog"]


# Grammar -----------------------------------------------------------------

@pytest.mark.parametrize("given, guess", [
    ("--sujbect", "--subject"), ("--subjct=x", "--subject"),
    ("--atach", "--attach"), ("--dryrun", "--dry-run"),
    ("--replyto", "--reply-to"), ("--no-jsno", "--no-json|--json"),
    ("--passwordfile", "--password-file"), ("--hepl", "--help"),
    ("--ccc", "--cc")])
def test_did_you_mean(refused, given, guess):
    refused(64, given, "-m", "x", BOB, says=["did you mean", guess])


@pytest.mark.parametrize("given", ["--subj", "--att", "--dry", "--in", "--j",
                                   "--sub=x", "--password", "--no-sub"])
def test_no_abbreviations(refused, given):
    refused(64, given, "x", "-m", "x", BOB)


@pytest.mark.parametrize("given", ["--bogus", "--bogus=x", "-Z", "-@",
                                   "--no-bogus", "--Subject", "-nZ"])
def test_unknown(refused, given):
    result = refused(64, given, "-m", "x", BOB, says="--help|did you mean")
    assert given.split("=")[0] in result.err or "Z" in result.err


@pytest.mark.parametrize("args", [
    ["--subject=hi"], ["--subject", "hi"], ["-s", "hi"], ["-shi"],
    ["-ishi"], ["-is", "hi"], ["-s", "first", "--subject=hi"],
    ["--subject=first", "-shi"]])
def test_ways_to_give_a_value(send, args):
    assert send(*args, "-m", "x", BOB).message["Subject"] == "hi"


def test_value_may_look_like_an_option(send):
    assert send("-s", "--attach", "-m", "-x", BOB).message["Subject"] \
        == "--attach"
    assert send("--subject=-n", "-m", "x", BOB).message["Subject"] == "-n"


def test_value_may_hold_an_equals_sign(send):
    assert send("--subject=a=b", "-m", "x", BOB).message["Subject"] == "a=b"
    assert send("-s=a", "-m", "x", BOB).message["Subject"] == "=a"


def test_empty_value(send):
    assert send("--subject=", "-m", "x", BOB).message["Subject"] == ""


@pytest.mark.parametrize("option", ["--subject", "-s", "-ns", "--attach",
                                    "-S", "--config"])
def test_missing_value(refused, option):
    refused(64, "-m", "x", BOB, option,
            says=option if option != "-ns" else "-s|subject")


@pytest.mark.parametrize("option", FLAGS)
def test_flags_take_no_value(refused, option):
    refused(64, option + "=x", "-m", "x", BOB, says=option)


@pytest.mark.parametrize("option", FLAGS)
def test_every_flag_has_its_no(send, option):
    no = "--no-" + option[2:]
    sent = send(option, no, "-m", "x", BOB)
    assert text(sent.message) == "x\n"
    assert sent.result.out == b""


def test_last_of_a_flag_and_its_no_wins(run_mitto, server):
    result = run_mitto("-S", server.url, "-f", "a@home.example", "-m", "x",
                       "--no-dry-run", "--dry-run", BOB)
    assert result.status == 0 and server.connections == 0


@pytest.mark.parametrize("option", ["--no-subject", "--no-attach",
                                    "--no-help=x"])
def test_only_flags_have_a_no(refused, option):
    refused(64, option, "-m", "x", BOB)


def test_any_order(send):
    sent = send(BOB, "-m", "x", "eve@example.org", "-s", "hi", "-i",
                "fred@example.org", "--cc=c@example.org")
    assert sent.envelope.rcpt_tos == [BOB, "eve@example.org",
                                      "fred@example.org", "c@example.org"]
    assert sent.message["Subject"] == "hi"


def test_dashes_end_the_options(send):
    sent = send("-m", "x", "--", "-s@example.org", "--subject@example.org")
    assert sent.envelope.rcpt_tos == ["-s@example.org",
                                      "--subject@example.org"]


def test_lists_append(send):
    sent = send("-c", "a@example.org", "-c", "b@example.org", "--cc",
                "c@example.org, d@example.org", "-m", "x", BOB)
    assert sent.message["Cc"] == ("a@example.org, b@example.org, "
                                  "c@example.org, d@example.org")


@pytest.mark.parametrize("option, bad, good", [
    ("--tls", "startls", "starttls"), ("--tls", "SSL3", "ssl"),
    ("--auth", "plian", "plain"), ("--priority", "hgih", "high"),
    ("--progress", "allways", "always"), ("--color", "neve", "never"),
    ("--queue", "nevr", "never")])
def test_wrong_word(refused, option, bad, good):
    refused(64, option, bad, "-m", "x", BOB, says=[option, bad, good])


@pytest.mark.parametrize("value", ["99999999999999999999", "-1", "10x", "",
                                   "x", "1.5.2", "0x10", " 10"])
def test_wrong_timeout(refused, value):
    refused(64, "--timeout=" + value, "-m", "x", BOB, says="timeout")


@pytest.mark.parametrize("value", ["5", "5s", "1m", "1h"])
def test_right_timeout(send, value):
    send("--timeout", value, "-m", "x", BOB)


@pytest.mark.parametrize("value", ["0", "65536", "smtp", "-1", "25x", "",
                                   "99999999999999999999"])
def test_wrong_port(refused, value):
    refused(64, "--port=" + value, "-m", "x", BOB, says="port")


@pytest.mark.parametrize("value", ["h:", "h:0", "h:65536", "h:smtp",
                                   "http://h", "smtp://", "smtp:/h",
                                   "smtp://u:p@h", "h h", "smtp://h:25:26",
                                   "smtpx://h", "[::1", "-h"])
def test_wrong_server(refused, value):
    refused((64, 65), "--server=" + value, "-m", "x", BOB)


def test_port_option(run_mitto, server):
    result = run_mitto("-S", "127.0.0.1", "-p", server.port, "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result
    assert len(server.messages) == 1


@pytest.mark.parametrize("given, server, words", [
    ("h.example", "h.example:587", "STARTTLS"),
    ("smtp://h.example", "h.example:587", "STARTTLS"),
    ("smtps://h.example", "h.example:465", "TLS at once"),
    ("h.example:465", "h.example:465", "TLS at once"),
    ("h.example:2465", "h.example:2465", "TLS at once"),
    ("h.example:25", "h.example:25", "STARTTLS"),
    ("smtps://h.example:2525", "h.example:2525", "TLS at once"),
    ("smtp+starttls://localhost", "localhost:25", "STARTTLS"),
    ("smtp+plain://h.example", "h.example:587", "no TLS"),
    ("localhost", "localhost:25", "no TLS"),
    ("127.0.0.1", "127.0.0.1:25", "no TLS"),
    ("127.9.9.9:587", "127.9.9.9:587", "no TLS"),
    ("[::1]", "[::1]:25", "no TLS"),
    ("[2001:db8::1]:465", "[2001:db8::1]:465", "TLS at once"),
    ("bücher.example", "xn--bcher-kva.example:587", "STARTTLS"),
])
def test_server_and_mode(run_mitto, given, server, words):
    args = ["-n", "-S", given, "-f", "a@home.example", "-m", "x", BOB]
    result = run_mitto("--json", *args)
    assert result.status == 0, result
    assert result.json()["server"] == server
    assert words in run_mitto(*args).out.decode().splitlines()[0]


@pytest.mark.parametrize("name, server", [
    ("gmail", "smtp.gmail.com:465"), ("outlook", "smtp-mail.outlook.com:587"),
    ("microsoft365", "smtp.office365.com:587"),
    ("yahoo", "smtp.mail.yahoo.com:465"), ("icloud", "smtp.mail.me.com:587"),
    ("fastmail", "smtp.fastmail.com:465"), ("zoho", "smtp.zoho.com:465"),
    ("gmx", "mail.gmx.net:465"), ("web.de", "smtp.web.de:465"),
    ("seznam", "smtp.seznam.cz:465"), ("yandex", "smtp.yandex.com:465"),
    ("mail.ru", "smtp.mail.ru:465"), ("posteo", "posteo.de:465"),
    ("proton-bridge", "127.0.0.1:1025"),
    ("sendgrid", "smtp.sendgrid.net:587"),
    ("mailgun", "smtp.mailgun.org:587"),
    ("postmark", "smtp.postmarkapp.com:587"),
    ("brevo", "smtp-relay.brevo.com:587"),
    ("mailjet", "in-v3.mailjet.com:587"),
    ("sparkpost", "smtp.sparkpostmail.com:587"),
    ("resend", "smtp.resend.com:465"),
    ("mailtrap", "live.smtp.mailtrap.io:587"),
    ("mailtrap-sandbox", "sandbox.smtp.mailtrap.io:2525"),
    ("websupport", "smtp.websupport.sk:465"), ("mailpit", "localhost:1025")])
def test_provider(run_mitto, name, server):
    result = run_mitto("-n", "--json", "--provider", name, "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result
    assert result.json()["server"] == server


def test_provider_unknown(refused):
    refused((64, 78), "--provider", "gmial", "-m", "x", BOB, says="gmail")


@pytest.mark.parametrize("word", ["plain", "off", "none", "auto", "on"])
def test_words_for_tls(run_mitto, server, word):
    result = run_mitto("-S", server.address, "--tls", word, "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result


@pytest.mark.parametrize("scheme", ["smtp://", "smtp+plain://", ""])
def test_schemes(run_mitto, server, scheme):
    result = run_mitto("-S", scheme + server.address, "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status == 0, result


@pytest.mark.parametrize("flag", ["-4", "--ipv4", "-i", "--ignore-dots"])
def test_harmless_flags(send, flag):
    send(flag, "-m", "x", BOB)


@pytest.mark.parametrize("flag", ["-6", "--ipv6"])
def test_ipv6_only_does_not_reach_ipv4(refused, flag):
    refused((64, 68, 75), flag, "--timeout", "2", "-m", "x", BOB)


def test_helo(send):
    assert send("--helo", "me.example", "-m", "x", BOB).envelope.helo \
        == "me.example"


def test_helo_is_never_localhost(send):
    assert send("-m", "x", BOB).envelope.helo.lower() not in (
        "localhost", "localhost.localdomain", "")


def test_interface(run_mitto, server):
    result = run_mitto("-S", server.url, "--interface", "lo", "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status in (0, 71, 75), result


def test_queue_never(send):
    send("--queue", "never", "-m", "x", BOB)


@pytest.mark.parametrize("option", [
    "--notify=x", "--notify=never,success", "--notify=success,",
    "--notify=delay,delay", "--return=all", "--envid=a\nb",
    "--envid=" + "x" * 101, "--envid=\u00fc", "--lane=fast"])
def test_bad_reports_and_lanes(refused, option):
    refused((64, 65), option, "-m", "x", BOB)


@pytest.mark.parametrize("option", ["-Nnever", "-Rhdrs", "--envid=x"])
def test_engine_asks_for_no_reports(refused, option):
    refused(64, option, "--lane=engine", "-m", "x", BOB, says="pipeline")


def test_no_input(run_mitto, server):
    """--no-input: nothing is asked, a missing password is an error."""
    result = run_mitto("-S", server.url, "--no-input", "-u", "ana", "-f",
                       "a@home.example", "-m", "x", BOB)
    assert result.status in (77, 78), result
    assert server.messages == []


# No recipient, no arguments ----------------------------------------------

def test_no_recipient(refused):
    refused(64, "-s", "x", stdin=b"text\n", says=["no recipient", "-t"])


def test_nothing_at_all(run_mitto):
    result = run_mitto(stdin=b"")
    assert result.status == 64, result


def test_nothing_at_all_on_a_terminal(on_terminal):
    status, shown = on_terminal()
    assert status == 64
    assert "usage" in shown.lower() and "--help" in shown
    assert shown.count("\n") <= 24


# Other mailers' habits (1.7 of the notes) ----------------------------------

def test_a_with_a_header(refused):
    result = refused(66, "-a", "X-Loop: me@example.org", "-m", "x", BOB,
                     says="no such (file|attachment)")
    assert "-a attaches a file here" in result.hint
    assert "-H 'X-Loop: me@example.org'" in result.hint


def test_a_with_an_account(refused, config):
    config("[account work]\nfrom = ana@work.example\n")
    result = refused(66, "-a", "work", "-m", "x", BOB)
    assert "-A" in result.hint


def test_A_with_a_file(refused, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"x")
    result = refused((64, 78), "-A", "report.pdf", "-m", "x", BOB)
    assert "-a" in result.hint


@pytest.mark.parametrize("mode", ["-bp", "-bs", "-bm"])
def test_b_with_a_sendmail_mode(refused, mode):
    result = refused((64, 65), mode, "-m", "x", BOB, says="sendmail")
    assert result.hint


def test_C_with_a_header(refused):
    result = refused((64, 78), "-C", "X-Loop: me", "-m", "x", BOB)
    assert "-H" in result.hint


@pytest.mark.parametrize("flag, better", [("-d", ("-v", "-n")),
                                          ("-P", ("-n",))])
def test_letters_not_given(refused, flag, better):
    result = refused(64, flag, "-m", "x", BOB)
    assert all(word in result.hint for word in better)


def test_f_with_a_mailbox(refused, tmp_path):
    (tmp_path / "mbox").write_bytes(b"From x\n")
    result = refused((64, 65), "-f", "mbox", "-m", "x", BOB, sender=None)
    assert "does not read mail" in result.err


def test_H_without_a_colon(refused):
    refused(64, "-H", "draft", "-m", "x", BOB, says="Name: value")


def test_H_with_a_draft(refused, tmp_path):
    (tmp_path / "draft").write_bytes(b"To: x@x.example\n\nx\n")
    result = refused(64, "-H", "draft", "-m", "x", BOB)
    assert "-t" in result.hint and "<" in result.hint


def test_M_without_a_slash(refused):
    refused((64, 65), "-M", "html", "-m", "x", BOB, says="html")


@pytest.mark.parametrize("value", ["-oi", "-oem", "-odi"])
def test_o_with_a_sendmail_letter(refused, value, tmp_path):
    result = refused(64, value, "-m", "x", BOB)
    assert "drop it" in result.hint or "default" in result.hint
    assert os.listdir(tmp_path) == ["home"]


def test_S_with_a_variable(refused):
    result = refused((64, 65), "-S", "sendmail=/bin/x", "-m", "x", BOB,
                     sender=None)
    assert "-O" in result.hint


def test_t_with_a_name_in_the_text(refused):
    result = refused((64, 65), "-t", BOB, stdin=b"hello there\n")
    assert "recipient" in result.err


def test_u_with_a_password(refused):
    result = refused(64, "-u", "ana:canary-secret", "-m", "x", BOB,
                     says="password")
    assert "ps" in result.err
    assert "canary-secret" not in result.err


def test_u_with_a_subject(refused):
    result = refused(64, "-u", "my subject", "-m", "x", BOB)
    assert "subject is -s" in result.hint or "-s" in result.hint


@pytest.mark.parametrize("args", [["--password", "canary-secret"],
                                  ["--password=canary-secret"],
                                  ["--pass", "canary-secret"]])
def test_there_is_no_password_flag(refused, args):
    result = refused(64, *args, "-u", "ana", "-m", "x", BOB)
    assert "canary-secret" not in result.err
    if "--pass" not in args:
        assert "--password-file" in result.err
        assert "--password-command" in result.err


def test_i_takes_no_argument(send):
    assert send("-i", BOB, "-m", "x").envelope.rcpt_tos == [BOB]


def test_n_says_so_last(run_mitto, server):
    result = run_mitto("-S", server.url, "-n", "-f", "a@home.example", "-m",
                       "x", BOB)
    assert result.status == 0, result
    assert "nothing was sent" in result.err.splitlines()[-1]


def test_hints_are_in_one_form(refused):
    """Problem first, hint last, and the guess is never acted on."""
    result = refused(66, "-a", "X-Loop: me@example.org", "-m", "x", BOB)
    lines = result.err.splitlines()
    assert lines[0].startswith("mitto: ")
    assert [line for line in lines if line.startswith("hint:")]
    assert lines.index([line for line in lines
                        if line.startswith("hint:")][0]) >= 1


# A command word ----------------------------------------------------------

def test_command_word_counts_only_as_the_first_word(refused):
    """Later it is a recipient, and has no domain."""
    refused(65, "-m", "x", "--", "queue", says="queue")
    refused(65, "-m", "x", "--to", "queue", says="queue")


# Help and version --------------------------------------------------------

@pytest.mark.parametrize("args", [["--help"], ["-h"], [BOB, "-s", "x", "-h"],
                                  ["-nh"]])
def test_help_fits_a_screen(run_mitto, args):
    result = run_mitto(*args)
    assert (result.status, result.err) == (0, ""), result
    lines = result.out.decode("ascii").splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("usage: mitto")
    assert "--help=all" in result.out.decode()


def test_help_all_names_every_option(run_mitto):
    result = run_mitto("--help=all")
    assert (result.status, result.err) == (0, ""), result
    shown = result.out.decode()
    assert max(map(len, shown.splitlines())) <= 80
    for option in OPTIONS:
        assert re.search(r"(?<![\w-])%s(?![\w-])" % option, shown), option
    for letter in SHORT:
        assert re.search(r"(?<![\w-])-[\w-]*%s(?![\w-])" % letter, shown), \
            letter


def test_every_option_of_the_contract_is_known(run_mitto, tmp_path):
    """No option is listed that the parser does not know, or kept from it."""
    shown = run_mitto("--help=all").out.decode()
    for option in sorted(set(re.findall(r"--[a-z0-9-]*[a-z0-9](?![\w-])",
                                        shown))):
        result = run_mitto(option)
        assert "unknown option" not in result.err, option


@pytest.mark.parametrize("topic", ["all", "attach", "message", "server",
                                   "subject"])
def test_help_topics(run_mitto, topic):
    result = run_mitto("--help=" + topic)
    assert result.status == 0 and result.out, result


def test_help_of_no_topic(run_mitto):
    result = run_mitto("--help=bogus")
    assert result.status == 64, result


@pytest.mark.parametrize("args", [["--version"], ["-V"]])
def test_version(run_mitto, args):
    result = run_mitto(*args)
    assert (result.status, result.err) == (0, ""), result
    assert re.match(rb"mitto \d+\.\d+", result.out)


@pytest.mark.parametrize("args", [["--help"], ["--help=all"], ["--version"]])
def test_help_and_version_touch_nothing(strace, make_env, tmp_path, args):
    """No network, no CA bundle, no magic database, no configuration."""
    log = tmp_path / "trace"
    subprocess.run([strace, "-f", "-o", log, "-e", "trace=network,openat",
                    MITTO, *args], env=make_env(), check=True,
                   stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    trace = log.read_text()
    assert not re.search(r"\b(socket|connect)\(", trace)
    assert not re.search(r"magic\.mgc|misc/magic|/certs|\.pem|\.crt", trace)
    assert "mitto.conf" not in trace and ".config/mitto" not in trace


def test_help_to_a_full_disk(run_mitto):
    with open("/dev/full", "wb") as full:
        assert run_mitto("--help", stdout=full).status in (73, 74)


# What the mutt form and the rest must not swallow ---------------------------

def test_a_twice_without_the_dashes(send, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a")
    sent = send("-m", "x", "-a", "a.txt", BOB)
    assert sent.envelope.rcpt_tos == [BOB]
    assert len(attachments(sent.message)) == 1


def test_typed_text_on_a_terminal(on_terminal, server):
    status, shown = on_terminal(
        "-S", server.url, "-f", "a@home.example", "-s", "x", BOB,
        "--color=never", typed=b"typed\n\x04")
    assert status == 0
    assert "Ctrl-D" in shown
    assert text(read(server.messages[0].content)) == "typed\n"
    assert "sent to " + BOB in shown


@pytest.mark.parametrize("flag, guess", [
    ("--subj", "did you mean --subject\\?"), ("--att", "--attach\\?"),
    ("--tim", "--timeout\\?"), ("--re", "--help=all"),
    ("--a", "--help=all"), ("--no-subject", "--subject=$"),
    ("--no-insecur", "--no-insecure\\?")])
def test_a_shortened_name_is_guessed_only(run_mitto, flag, guess):
    result = run_mitto(flag, "x", "bob@example.org")
    assert result.status == 64, result
    assert re.search(guess, result.hint.strip()), result
    assert "mean " + flag + "?" not in result.hint, result


@pytest.mark.parametrize("args", [
    ["-x", "socks5h://ana:canary@h.example:1"],
    ["-O", "proxy=socks5h://ana:canary@h.example:1"],
    ["-O", "user=ana:canary"]], ids=" ".join)
def test_no_secret_by_any_flag(run_mitto, args):
    result = run_mitto(*args, "-n", "-m", "x", "bob@example.org")
    assert result.status == 64 and "password" in result.err, result
    assert "canary" not in result.err, result

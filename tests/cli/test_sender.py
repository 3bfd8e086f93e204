# SPDX-License-Identifier: MIT
"""Whether the sender fits the account, and what is done if not."""

import os
import pwd
import socket

import pytest

from receive import raw_header

HOST = socket.gethostname()
SHORT = HOST.split(".")[0]
ME = "me@mail.example"


def cron(sender="root (Cron Daemon)", *more):
    """What Debian's cron writes."""
    return "\n".join(("From: " + sender, "To: ops@work.example",
                      "Subject: Cron <root@box> job",
                      "X-Cron-Env: <SHELL=/bin/sh>") + more
                     + ("", "output", "")).encode()


def author(sent):
    address, = sent.message["From"].addresses
    return address.display_name, address.addr_spec


@pytest.fixture
def account(config, server):
    """account(*lines) writes one account with a sender of its own."""
    def write(*lines):
        config("\n".join(("[account a]", "server = " + server.url,
                          "from = Me Myself <%s>" % ME) + lines) + "\n")
    return write


@pytest.fixture
def go(send, account):
    """go(*args, keys=(), ...) sends through that account."""
    def run(*args, keys=(), **kwargs):
        account(*keys)
        return send(*args, sender=None, **kwargs)
    return run


# A sender that only this host knows ----------------------------------------

LOCAL = ["root", "root@localhost", "root@localhost.localdomain",
         "root@LOCALHOST", "root@" + HOST, "root@" + SHORT]


@pytest.mark.parametrize("local", LOCAL)
def test_local_sender_of_a_text(go, local):
    sent = go("-t", stdin=cron(local))
    assert sent.envelope.mail_from == ME
    assert author(sent)[1] == ME
    assert sent.message["Message-ID"].endswith("@mail.example>")
    assert "Reply-To" not in sent.message


@pytest.mark.parametrize("local", LOCAL)
def test_local_sender_of_flags(go, local):
    sent = go("-f", local, "-m", "x", "ops@work.example")
    assert (sent.envelope.mail_from, author(sent)[1]) == (ME, ME)
    sent = go("--envelope-from", local, "-m", "x", "ops@work.example")
    assert (sent.envelope.mail_from, author(sent)[1]) == (ME, ME)


@pytest.mark.parametrize("value, name", [
    ("root (Cron Daemon)", "Cron Daemon"),
    ('"(Cron Daemon)" <root>', "(Cron Daemon)"),
    ("Web Server <www-data@localhost>", "Web Server"),
    ("=?utf-8?q?St=C5=99e=C5=BEe=C5=88?= <root@localhost>", "Střežeň"),
    ("root", "Me Myself"), ("root@localhost", "Me Myself")])
def test_display_name_is_kept(go, value, name):
    sent = go("-t", stdin=cron(value))
    assert author(sent) == (name, ME)


def test_cronie(go):
    """sendmail -FCronDaemon -i -odi -oem -oi -t -f root"""
    sent = go("-t", "--envelope-from", "root",
              stdin=cron('"(Cron Daemon)" <root>'))
    assert sent.envelope.mail_from == ME
    assert author(sent) == ("(Cron Daemon)", ME)


def test_login_is_the_sender_where_no_other_is_set(run_mitto, serve, config,
                                                   secret_file):
    """An account at a provider, with a login and nothing else."""
    server = serve(login=(ME, "secret"))
    config("[account a]\nserver = %s\nuser = %s\npassword-file = %s\n"
           % (server.url, ME, secret_file("secret")))
    for stdin in (cron(), cron("root@localhost"), cron("root@" + HOST)):
        result = run_mitto("-t", stdin=stdin)
        assert result.status == 0, result
        assert server.messages[-1].mail_from == ME
        assert ME.encode() in raw_header(server.messages[-1].content, "From")


def test_environment_is_an_account(run_mitto, server):
    """A container: SMTP_* or MITTO_* alone."""
    for env in ({"SMTP_HOST": "127.0.0.1", "SMTP_PORT": server.port,
                 "SMTP_FROM": ME},
                {"MITTO_SERVER": server.url, "MITTO_FROM": ME}):
        result = run_mitto("-t", stdin=cron("www-data@localhost"), env=env)
        assert result.status == 0, result
        assert server.messages[-1].mail_from == ME


def test_nothing_is_known(send):
    """Without any sender of its own the host is all there is."""
    sent = send("-t", "-O", "default-domain=dd.example", stdin=cron(),
                sender=None)
    assert author(sent) == ("Cron Daemon", "root@dd.example")
    assert sent.envelope.mail_from == "root@dd.example"
    sent = send("-t", stdin=cron("root@box.example"), sender=None)
    assert author(sent)[1] == "root@box.example"


def test_account_at_the_host_itself(send, config, server):
    """Where the account is at this host's domain, all who are there send."""
    config("[account a]\nserver = %s\nfrom = me@%s\n" % (server.url, HOST))
    sent = send("-t", stdin=cron("root@" + HOST), sender=None)
    assert author(sent)[1] == "root@" + HOST


def test_other_senders_stay(go):
    sent = go("-t", stdin=cron("Bob <bob@elsewhere.example>"))
    assert author(sent) == ("Bob", "bob@elsewhere.example")
    assert sent.envelope.mail_from == "bob@elsewhere.example"
    sent = go("-f", "bob@elsewhere.example", "-m", "x", "ops@work.example")
    assert author(sent)[1] == "bob@elsewhere.example"


def test_null_sender_stays(go):
    sent = go("-t", "--envelope-from", "<>", stdin=cron())
    assert sent.envelope.mail_from in ("", "<>")
    assert author(sent)[1] == ME


# from-header = keep --------------------------------------------------------

KEEP = ["from-header = keep"]


def test_keep(go):
    sent = go("-t", stdin=cron("root@localhost"), keys=KEEP)
    assert author(sent)[1] == "root@localhost"
    assert sent.envelope.mail_from == "root@localhost"
    sent = go("-f", "root@localhost", "-m", "x", "ops@work.example",
              keys=KEEP)
    assert author(sent)[1] == "root@localhost"


def test_keep_still_makes_it_legal(go):
    sent = go("-t", "-O", "default-domain=dd.example", keys=KEEP,
              stdin=cron())
    assert author(sent) == ("Cron Daemon", "root@dd.example")
    sent = go("-t", keys=KEEP, stdin=b"To: ops@work.example\n\nx\n")
    assert author(sent) == ("Me Myself", ME)


# from-header = force -------------------------------------------------------

FORCE = ["from-header = force"]


def test_force(go):
    sent = go("-t", stdin=cron("Bob <bob@elsewhere.example>"), keys=FORCE)
    assert author(sent) == ("Me Myself", ME)
    assert str(sent.message["Reply-To"]) == "Bob <bob@elsewhere.example>"
    assert sent.envelope.mail_from == ME


def test_force_with_a_flag(go):
    sent = go("-f", "Bob <bob@elsewhere.example>", "-m", "x",
              "ops@work.example", keys=FORCE)
    assert author(sent) == ("Me Myself", ME)
    assert str(sent.message["Reply-To"]) == "Bob <bob@elsewhere.example>"
    assert sent.envelope.mail_from == ME


def test_force_with_a_flag_over_a_text(go):
    sent = go("-t", "-f", "bob@elsewhere.example", keys=FORCE,
              stdin=cron("carl@elsewhere.example"))
    assert author(sent)[1] == ME
    assert str(sent.message["Reply-To"]) == "bob@elsewhere.example"


def test_force_leaves_an_answer_address(go):
    sent = go("-t", stdin=cron("bob@elsewhere.example",
                               "Reply-To: carl@elsewhere.example"),
              keys=FORCE)
    assert str(sent.message["Reply-To"]) == "carl@elsewhere.example"
    for flag in (["--reply-to", "carl@elsewhere.example"],
                 ["-H", "Reply-To: carl@elsewhere.example"]):
        sent = go("-f", "bob@elsewhere.example", *flag, "-m", "x",
                  "ops@work.example", keys=FORCE)
        assert str(sent.message["Reply-To"]) == "carl@elsewhere.example"
        sent = go("-t", *flag, keys=FORCE,
                  stdin=cron("bob@elsewhere.example"))
        assert str(sent.message["Reply-To"]) == "carl@elsewhere.example"


@pytest.mark.parametrize("value", LOCAL)
def test_force_sends_no_answers_to_this_host(go, value):
    sent = go("-t", stdin=cron(value), keys=FORCE)
    assert author(sent)[1] == ME
    assert "Reply-To" not in sent.message


def test_force_of_what_fits_changes_nothing(go):
    line = "From: \"Myself, I\"  <%s>" % ME
    sent = go("-t", stdin=cron(line[6:]), keys=FORCE)
    assert (line + "\r\n").encode() in sent.content
    assert "Reply-To" not in sent.message


def test_force_of_several_authors(go):
    sent = go("-t", keys=FORCE, stdin=cron(
        "a@elsewhere.example, b@elsewhere.example",
        "Sender: a@elsewhere.example"))
    assert author(sent)[1] == ME
    assert str(sent.message["Reply-To"]) == (
        "a@elsewhere.example, b@elsewhere.example")
    assert "Sender" not in sent.message


def test_force_takes_the_sender_field_along(go):
    sent = go("-t", keys=FORCE, stdin=cron(
        "bob@elsewhere.example", "Sender: root@elsewhere.example"))
    assert "Sender" not in sent.message


def test_force_without_a_sender_of_the_account(send):
    sent = send("-t", "-O", "from-header=force", sender=None,
                stdin=cron("bob@elsewhere.example"))
    assert author(sent)[1] == "bob@elsewhere.example"


# Sender --------------------------------------------------------------------

def test_local_sender_field_goes(go):
    sent = go("-t", stdin=cron("bob@elsewhere.example",
                               "Sender: root@localhost"))
    assert author(sent)[1] == "bob@elsewhere.example"
    assert "Sender" not in sent.message
    sent = go("-t", stdin=cron("bob@elsewhere.example",
                               "Sender: carl@elsewhere.example"))
    assert str(sent.message["Sender"]) == "carl@elsewhere.example"


def test_several_authors_keep_a_sender(go):
    sent = go("-t", stdin=cron("a@elsewhere.example, b@elsewhere.example",
                               "Sender: root"))
    assert len(sent.message["From"].addresses) == 2
    assert sent.message["Sender"].address.addr_spec == ME


# allow-from-override -------------------------------------------------------

BOUND = ["allow-from-override = no"]


def test_override_is_allowed_by_default(go):
    for keys in ([], ["allow-from-override = yes"]):
        sent = go("-f", "bob@elsewhere.example", "-m", "x",
                  "ops@work.example", keys=keys)
        assert sent.envelope.mail_from == "bob@elsewhere.example"
        sent = go("--envelope-from", "bob@elsewhere.example", "-m", "x",
                  "ops@work.example", keys=keys)
        assert sent.envelope.mail_from == "bob@elsewhere.example"


@pytest.mark.parametrize("flag", ["-f", "--envelope-from"])
def test_no_override(go, flag):
    sent = go(flag, "bob@elsewhere.example", "-m", "x", "ops@work.example",
              keys=BOUND)
    assert sent.envelope.mail_from == ME
    assert author(sent) == ("Me Myself", ME)


def test_no_override_leaves_the_text_alone(go):
    sent = go("-t", "--envelope-from", "bob@elsewhere.example", keys=BOUND,
              stdin=cron("carl@elsewhere.example"))
    assert sent.envelope.mail_from == ME
    assert author(sent)[1] == "carl@elsewhere.example"


def test_no_override_of_both(go):
    sent = go("-t", "-f", "bob@elsewhere.example", keys=BOUND + FORCE,
              stdin=cron("carl@elsewhere.example"))
    assert sent.envelope.mail_from == ME
    assert author(sent)[1] == ME
    assert str(sent.message["Reply-To"]) == "carl@elsewhere.example"


def test_no_override_leaves_the_null_sender(go):
    sent = go("--envelope-from", "<>", "-m", "x", "ops@work.example",
              keys=BOUND)
    assert sent.envelope.mail_from in ("", "<>")


def test_no_override_without_a_sender_of_the_account(send):
    sent = send("-O", "allow-from-override=no", "-m", "x",
                "ops@work.example")
    assert sent.envelope.mail_from == "ana@home.example"


@pytest.mark.parametrize("key, value", [
    ("allow-from-override", "perhaps"), ("from-header", "always")])
def test_wrong_values(run_mitto, config, key, value):
    config("[defaults]\n%s = %s\n" % (key, value))
    result = run_mitto("-m", "x", "a@x.example")
    assert result.status == 78 and value in result.err, result


# What -v says --------------------------------------------------------------

@pytest.mark.parametrize("keys, args, says", [
    ([], ["-f", "root@localhost"],
     "From root@localhost becomes %s: that is a name of this host" % ME),
    ([], ["-f", "root"], "From root becomes %s: it has no domain" % ME),
    ([], ["--envelope-from", "root@localhost"],
     "envelope sender root@localhost becomes %s" % ME),
    (FORCE, ["-f", "bob@x.example"],
     "From bob@x.example becomes %s: from-header = force" % ME),
    (BOUND, ["-f", "bob@x.example"],
     "sender bob@x.example is ignored, it is %s: allow-from-override = no"
     % ME),
    (BOUND, ["-H", "From: bob@x.example"],
     "sender bob@x.example is ignored, it is %s: allow-from-override = no"
     % ME)])
def test_steps(go, keys, args, says):
    sent = go(*args, "-v", "-m", "x", "ops@work.example", keys=keys,
              warns=True)
    assert sent.result.err.count(says) == 1, sent.result
    sent = go(*args, "-m", "x", "ops@work.example", keys=keys)
    assert sent.result.err == ""


# Placeholders --------------------------------------------------------------

def test_user_and_host_in_from(send, config, server):
    user = pwd.getpwuid(os.geteuid()).pw_name
    config("[account a]\nserver = %s\nfrom = %%u on %%h <%%u+%s@mail.example>"
           "\n" % (server.url, "ana%home"))
    sent = send("-m", "x", "ops@work.example", sender=None)
    assert author(sent) == ("%s on %s" % (user, HOST),
                            "%s+ana%%home@mail.example" % user)


# A From by -H --------------------------------------------------------------

def test_header_flag_goes_before_the_account(go):
    sent = go("-H", "From: Bob <bob@elsewhere.example>", "-m", "x",
              "ops@work.example")
    assert author(sent) == ("Bob", "bob@elsewhere.example")
    sent = go("-H", "From: root@localhost", "-m", "x", "ops@work.example")
    assert author(sent)[1] == ME

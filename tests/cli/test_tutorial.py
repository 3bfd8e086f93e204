# SPDX-License-Identifier: MIT
"""What people write with Python's smtplib, done by mitto.

Each case sends the same mail twice, by a program as tutorials print it and
by one mitto command, to the same server; envelope, headers, text, login and
TLS must be the same.
"""

import email.message
import smtplib
import ssl

import pytest

from receive import attachments, body_of, read, text

SENDER = "my@home.example"
RECEIVER = "your@example.org"
SUBJECT = "Hi there"
BODY = "This message is sent from Python.\n"


def letter():
    message = email.message.EmailMessage()
    message["Subject"] = SUBJECT
    message["From"] = SENDER
    message["To"] = RECEIVER
    message.set_content(BODY)
    return message


@pytest.fixture
def same(run_mitto, serve, secret_file, tls_context):
    """same(program, *args, **options of the server) compares the two."""
    def run(program, *args, message=None, **options):
        server = serve(context=tls_context, **options)
        program(server.port, message or letter())
        if server.login:
            args = ["-u", server.login[0], "--password-file",
                    secret_file(server.login[1] + "\n"), *args]
        result = run_mitto("-S", "127.0.0.1:%d" % server.port, "-f", SENDER,
                           "-s", SUBJECT, *args, RECEIVER,
                           stdin=BODY.encode())
        assert result.status == 0, result
        theirs, ours = server.messages
        assert (ours.mail_from, ours.rcpt_tos, ours.login, ours.tls) == (
            theirs.mail_from, theirs.rcpt_tos, theirs.login, theirs.tls)
        got = read(ours.content)
        want = email.message_from_bytes(theirs.content,
                                        policy=email.policy.default)
        for name in ("Subject", "From", "To"):
            assert got[name] == want[name]
        assert text(got) == BODY
        assert [(part.get_filename(), part.get_content_type(),
                 body_of(part)) for part in attachments(got)] == [
            (part.get_filename(), part.get_content_type(), body_of(part))
            for part in attachments(want)]
        return server
    return run


def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_local_debugging_server(same):
    def program(port, message):
        with smtplib.SMTP("localhost", port) as smtp:
            smtp.sendmail(SENDER, RECEIVER, message.as_string())
    same(program)


def test_sandbox_with_a_login(same):
    def program(port, message):
        with smtplib.SMTP("localhost", port) as smtp:
            smtp.login("inbox", "sandbox#pass")
            smtp.sendmail(SENDER, RECEIVER, message.as_string())
    same(program, login=("inbox", "sandbox#pass"))


def test_attachment(same, tmp_path):
    words = b"one\ntwo\nthree\n" * 100
    (tmp_path / "words.txt").write_bytes(words)
    message = letter()
    message.add_attachment(words, maintype="text", subtype="plain",
                           filename="words.txt")

    def program(port, message):
        with smtplib.SMTP("localhost", port) as smtp:
            smtp.send_message(message)
    same(program, "-a", "words.txt", message=message)


def test_starttls_with_a_login(same, authority, cacert):
    def program(port, message):
        with smtplib.SMTP("localhost", port) as smtp:
            smtp.starttls(context=trusting(authority))
            smtp.login("my", "secret")
            smtp.sendmail(SENDER, RECEIVER, message.as_string())
    same(program, "--tls=starttls", "--cacert", cacert, tls="starttls",
         login=("my", "secret"))


def test_ssl_with_a_login(same, authority, cacert):
    def program(port, message):
        with smtplib.SMTP_SSL("localhost", port,
                              context=trusting(authority)) as smtp:
            smtp.login("my", "secret")
            smtp.sendmail(SENDER, RECEIVER, message.as_string())
    same(program, "--tls=ssl", "--cacert", cacert, tls="ssl",
         login=("my", "secret"))


def test_ssl_where_starttls_is_spoken(run_mitto, serve, tls_context, cacert):
    server = serve(tls="starttls", context=tls_context,
                   login=("my", "secret"))
    result = run_mitto("-S", server.address, "--tls=ssl", "--cacert", cacert,
                       "-f", SENDER, "-s", SUBJECT, RECEIVER,
                       stdin=BODY.encode())
    assert result.status == 76, result
    assert "--tls=starttls" in result.hint
    assert server.messages == [] and server.logins == []

# SPDX-License-Identifier: MIT
"""Each row of hints.def: provoked, compared, and what it says to type typed.

What is told has the problem in the first line, then the server's words, then
the hint: a cause, and as the last line the cure, which works.
"""

import collections
import re
import shlex
import socket
import subprocess

import pytest

from program import SRCDIR, TESTS
from server import Close, Hang, Server

ROWS = (SRCDIR / "src" / "smtp" / "hints.def").read_text()
SENDER, RECEIVER, OWN = ("ana@home.example", "bob@there.example",
                         "jana@own.example")
LOGIN = (OWN, "secret")
HIGH = "127.0.0.77"  # where nobody else listens on the well-known ports


@pytest.fixture
def lane():
    """The words do not depend on it."""
    return "grouped"


# Telling and typing --------------------------------------------------------

def told(result, first, words, cause, cure):
    """The shape of what was told, and its parts."""
    lines = result.err.rstrip("\n").split("\n")
    assert lines[0].startswith("mitto: "), result
    assert re.search(first, lines[0]), (first, result)
    hint = [n for n, line in enumerate(lines) if line.startswith("hint:")]
    assert len(hint) == 1, result
    said = "\n".join(lines[1:hint[0]])
    for word in [words] if words else []:
        assert word in said, (word, result)
    assert re.search(cause, " ".join(lines[hint[0]:-1])), (cause, result)
    assert lines[-1].strip() == cure, result
    assert lines[-1].startswith("       "), result


def typed(result, known):
    """The words of the last line, those in capitals replaced."""
    words = shlex.split(result.err.rstrip("\n").split("\n")[-1])
    for name, value in known.items():
        words = [re.sub(r"\b%s\b" % re.escape(name), lambda _: str(value),
                        word) for word in words]
    return words


class Follow:
    """Runs mitto, and again with what the last line says."""

    def __init__(self, mail, run_mitto, known):
        self.mail, self.run, self.known = mail, run_mitto, known

    def __call__(self, server, args, kwargs, first, words, cause, cure,
                 status=None):
        result = self.mail(server, *args, **kwargs)
        assert result.status != 0, result
        assert status is None or result.status == status, result
        told(result, first, words, cause, cure)
        more = typed(result, dict(self.known, HOST=server.address))
        if more[0] == "mitto":
            again = self.run(*more[1:])
        elif more[0] == "curl":
            again = None
        else:
            again = self.mail(server, *args, *more, **kwargs)
        assert again is None or again.status == 0, (result, again)
        return again


@pytest.fixture
def follow(mail, run_mitto, secret_file, tls_context, cacert):
    return Follow(mail, run_mitto, {
        "FILE": secret_file("secret", "right"), "CMD": "echo secret",
        "NAME.DOMAIN": "box.home.example", "USER@DOMAIN": SENDER,
        "ADDRESS": OWN, "DOMAIN": "there.example", "NAME": "joe"})


# What servers say ----------------------------------------------------------

Case = collections.namedtuple(
    "Case", "stage reply first cause cure flags mode login mechanisms offers")
CASES = []


def case(stage, reply, first, cause, cure, flags=(), mode="plain", login=None,
         mechanisms="PLAIN LOGIN XOAUTH2", offers=()):
    CASES.append(Case(stage, reply, first, cause, cure, flags, mode, login,
                      mechanisms, offers))


TOKEN = "--auth=xoauth2 --password-command=CMD"
PASSWORD = "--user=%s --password-file=FILE" % OWN
EXPLAIN = "mitto explain "
NO_PORT = ("--from=" + SENDER,)

case("REFUSED", "550 5.7.30 Basic authentication is not supported for Client "
     "Submission.", "refused the login", "password logins off", TOKEN)
case("REFUSED", "535 5.7.139 Authentication unsuccessful, basic "
     "authentication is disabled.", "refused the login", "switched off",
     TOKEN)
case("REFUSED", "535 5.7.139 Authentication unsuccessful, "
     "SmtpClientAuthentication is disabled for the Tenant", "refused the "
     "login", "allow SMTP AUTH", TOKEN)
case("REFUSED", "535 5.7.3 Authentication unsuccessful", "refused the login",
     "take no passwords", TOKEN)
case("REFUSED", "538 5.7.11 Encryption required", "refused the login",
     "in TLS only", "--tls=starttls")
case("REFUSED", "504 5.5.4 Unrecognized authentication type", "refused the "
     "login", "does not know", "--auth=auto", ("--auth=login",))
case("REFUSED", "535-5.7.8 Username and Password not accepted. For more\n"
     "535 5.7.8 information, go to the help", "refused the login of '%s'" %
     OWN, "gmail takes an app password .16 letters.*https://myaccount",
     EXPLAIN + "gmail", ("--provider=gmail",))
case("REFUSED", "535 5.7.8 Authentication failed", "refused the login",
     "user is the word apikey", EXPLAIN + "sendgrid", ("--provider=sendgrid",))
case("REFUSED", "535 5.7.8 Authentication failed", "refused the login",
     "an SMTP key, not an API key", EXPLAIN + "brevo", ("--provider=brevo",))
case("REFUSED", "535 5.7.3 Authentication unsuccessful", "refused the login",
     "microsoft365 takes no passwords", TOKEN, ("--provider=microsoft365",))
case("REFUSED", "535 5.7.3 Authentication unsuccessful", "refused the login",
     "outlook takes no passwords", TOKEN,
     ("--provider=outlook", "--auth=login"))
case("REFUSED", "534 5.7.9 Application-specific password required",
     "refused the login", "an app password, not the account's", PASSWORD)
case("REFUSED", "535 5.7.8 authentication failed", "refused the login",
     "check the name and the password", PASSWORD)

case("EHLO", "550 5.7.1 bad HELO name", "refused HELO", "full name",
     "--helo=NAME.DOMAIN")
case("GREETING", "554 5.7.1 no mail from your network", "refuses to take mail",
     "from this network.*with a login",
     "--server=HOST --user=NAME --password-file=FILE")

SEND_AS = "the login '%s' may not send as <root@box.example>" % OWN
ROOT = ("--from=root@box.example",)
case("MAIL", "550 5.7.60 SMTP; Client does not have permissions to send as "
     "this sender", "refused the sender <root@box.example>", SEND_AS,
     "--from=" + OWN, ROOT, login=LOGIN)
case("MAIL", "553 5.7.1 <root@box.example>: Sender address rejected: not owned "
     "by user jana", "refused the sender", SEND_AS, "--from=" + OWN, ROOT,
     login=LOGIN)
case("MAIL", "550 5.7.0 not owned by user", "refused the sender", SEND_AS,
     "--from=" + OWN, ROOT, login=LOGIN)
case("MAIL", "530 5.7.0 not authorized to send as this", "without a login|"
     "refused the sender", SEND_AS, "--from=" + OWN, ROOT, login=LOGIN)
case("BODY", "554 5.2.252 SendAsDenied; jana not allowed", "refused the "
     "message", SEND_AS, "--from=" + OWN, ROOT, login=LOGIN)
case("MAIL", "530 5.7.0 Must issue a STARTTLS command first", "without a login",
     "wants TLS", "--tls=starttls")
case("MAIL", "530 5.7.0 Authentication required", "no mail without a login",
     "wants a login", PASSWORD, ("--from=" + OWN,))
case("RCPT", "554 5.7.1 <bob@there.example>: Relay access denied",
     "refused the recipient <bob@there.example>", "only with a login",
     PASSWORD, ("--from=" + OWN,))
case("RCPT", "501 5.1.3 Bad recipient address syntax: must contain a domain",
     "refused the recipient", "an alias", "--set=default-domain=DOMAIN")
case("RCPT", "504 5.5.2 <bob>: Recipient address rejected: need "
     "fully-qualified address", "refused the recipient", "an alias",
     "--set=default-domain=DOMAIN")
case("RCPT", "504 5.5.2 <localhost>: Helo command rejected: need "
     "fully-qualified hostname", "refused the recipient", "full name",
     "--helo=NAME.DOMAIN", ("--helo=localhost",))
case("MAIL", "504 5.5.2 <root>: need a domain", "refused the sender",
     "sender with a full domain", "--from=USER@DOMAIN")
case("RCPT", "450 4.1.8 <root>: Sender address rejected: need fully-qualified "
     "address", "does not take mail", "sender with a full domain",
     "--from=USER@DOMAIN")
case("BODY", "550 5.7.25 The IP address sending this message does not have a "
     "PTR record", "refused the message", "no name in DNS", "-4")
case("BODY", "550 5.7.1 This message does not meet IPv6 sending guidelines "
     "regarding PTR records", "refused the message", "IPv6 address", "-4")
case("RCPT", "552 5.2.2 mailbox full", "refused the recipient", "full",
     EXPLAIN + "5.2.2")
case("MAIL", "552 5.3.4 Message size exceeds fixed limit",
     r"finds the message too big: \d+ bytes on the wire .6 bytes before "
     "encoding., limit 9.0 MB", "send less", "--dry-run",
     offers=("SIZE 9000000",))
case("BODY", "552 5.2.3 message too large", "too big", "send less",
     "--dry-run")
case("BODY", "552 message exceeds limit", "too big", "send less", "--dry-run")
case("BODY", "421 bare LF received", "does not take the message now|ended",
     "line ends", "--tls=starttls")
case("BODY", "552 5.6.0 bare LF not allowed", "refused the message",
     "line ends", "--tls=starttls")
case("BODY", "550 5.6.0 line too long", "refused the message", "shorter lines",
     EXPLAIN + "5.6.0")
case("BODY", "500 line too long", "refused the message", "shorter lines",
     EXPLAIN + "500")
case("BODY", "550 5.7.1 Messages missing a valid Message-ID header are not "
     "accepted", "refused the message", "one Message-ID", "--dry-run -v")
case("BODY", "550 5.7.1 This message is not RFC 5322 compliant",
     "refused the message", "one Message-ID", "--dry-run -v")
case("BODY", "550 5.7.1 duplicate headers", "refused the message",
     "one Message-ID", "--dry-run -v")
LATER = ("--queue=never",)
case("RCPT", "450 4.2.0 Greylisted, see the web", "does not take mail",
     "greylisted.*minutes later", "-Q", LATER)
case("RCPT", "451 4.7.1 please try again", "does not take mail", "greylisted",
     "-Q", LATER)
case("RCPT", "450 you are greylisted", "does not take mail", "greylisted",
     "-Q", LATER)
case("RCPT", "450 graylisted", "does not take mail", "greylisted", "-Q", LATER)
case("RCPT", "550 5.1.1 <bob@there.example>: User unknown",
     "refused the recipient <bob@there.example>", "spelling",
     EXPLAIN + "5.1.1")
OWN_ONLY = "does not take <root@box.example> as a sender"
case("MAIL", "553 no such sender", "refused the sender <root@box.example>",
     OWN_ONLY, "--from=" + OWN, ROOT, login=LOGIN)
case("MAIL", "550 5.7.1 not you", "refused the sender", OWN_ONLY,
     "--from=" + OWN, ROOT, login=LOGIN)
case("MAIL", "550 5.1.8 sender's domain not found", "refused the sender",
     OWN_ONLY, "--from=ADDRESS", ROOT)
case("MAIL", "550 no", "refused the sender", OWN_ONLY, "--from=" + OWN, ROOT,
     login=LOGIN)
case("DATA", "451 4.3.0 later", "does not take the message now", "take it "
     "later", "-Q", LATER)
case("BODY", "554 5.7.1 spam message rejected", "refused the message",
     "what it means", EXPLAIN + "5.7.1")
case("BODY", "554 no", "refused the message", "what it means",
     EXPLAIN + "554")

GOOD = {"GREETING": "220 test.example ESMTP", "MAIL": "250 2.1.0 ok",
        "RCPT": "250 2.1.5 ok", "DATA": "354 go", "BODY": "250 2.0.0 ok"}


def refuse_once(each):
    """The replies of a server that refuses, and then is content."""
    if each.stage == "REFUSED":
        return {"REFUSED": each.reply}
    if each.stage == "EHLO":
        return {name: lambda arg: "250 test.example"
                if arg == "box.home.example" else each.reply
                for name in ("EHLO", "HELO")}
    return {each.stage: [each.reply, GOOD[each.stage]]}


@pytest.mark.parametrize("each", CASES, ids=lambda c: "%s %.40s" % (
    c.stage, c.reply.replace("\n", " ")))
def test_replies(script, follow, login, tls_context, cacert, each):
    """The server refuses; what the hint says works with it."""
    flags = list(each.flags) + ["--cacert", cacert]
    wants_login = each.stage == "REFUSED"
    if wants_login:
        flags += login(OWN, "wrong")
    elif each.login:
        flags += login(*each.login)
    server = script(
        replies=refuse_once(each), offers=each.offers,
        tls=tls_context if "starttls" in each.cure else None,
        login=LOGIN if wants_login or each.login or "user" in each.cure
        else None, mechanisms=each.mechanisms)
    if each.cure in ("--tls=starttls", "--auth=auto") and wants_login:
        # Here it was not the password.
        flags[flags.index("--password-file") + 1] = login(OWN, "secret")[3]
        server.replies["AUTH"] = [each.reply, "235 2.7.0 accepted"]
    if "--server=HOST" in each.cure:
        server.login = ("joe", "secret")
    words = each.reply.split("\n")[0][4:]
    if re.match(r"\d\.", words):
        words = words.split(" ", 1)[1]
    follow(server, flags, {"mode": each.mode}, each.first, words,
           each.cause, each.cure)


# Every row is provoked -------------------------------------------------------

STAGES = {"AUTH": {"REFUSED"}, "GREETING": {"GREETING", "EHLO"},
          "MAIL": {"MAIL"}, "RCPT": {"RCPT"}}
SETS = {"ENVELOPE": {"MAIL", "RCPT"}, "CONTENT": {"DATA", "BODY"},
        "MESSAGE": {"MAIL", "RCPT", "DATA", "BODY"},
        "ANY": {"GREETING", "EHLO", "REFUSED", "MAIL", "RCPT", "DATA",
                "BODY"}}


def rows():
    """(stages, code, enhanced, words, provider, cause) of each REPLY."""
    string = r'(?:NULL|(?:"[^"]*"\s*)+)'
    for match in re.finditer(
            r"(?m)^REPLY\(([\w()| ]+), (\d+), (%s),\s*(%s),\s*(%s),\s*(%s)," %
            (string, string, string, string), ROWS):
        stages = set()
        for word in re.findall(r"AT\((\w+)\)", match.group(1)):
            stages |= STAGES[word]
        for word in re.findall(r"\b(%s)\b" % "|".join(SETS), match.group(1)):
            stages |= SETS[word]
        text = ["".join(re.findall('"([^"]*)"', match.group(n))) or None
                for n in (3, 4, 5, 6)]
        yield (stages, int(match.group(2)), *text)


def fits(row, each):
    stages, code, enhanced, words, provider, cause = row
    number, rest = int(each.reply[:3]), each.reply[4:]
    found = re.match(r"\d\.\d+\.\d+", rest)
    found = found.group() if found else ""
    return (each.stage in stages and code in (0, number, number // 100) and
            (not enhanced or found == enhanced or
             enhanced.endswith(".") and found.startswith(enhanced)) and
            (not words or words.lower() in rest.lower()) and
            (not provider or "--provider=" + provider.strip("*") in
             " ".join(each.flags)) and
            ("{user}" not in cause or each.login is not None or
             each.stage == "REFUSED"))


def test_every_row_is_provoked():
    table = list(rows())
    assert len(table) == ROWS.count("\nREPLY(") > 40
    hit = {next(n for n, row in enumerate(table) if fits(row, each))
           for each in CASES}
    assert [row for n, row in enumerate(table) if n not in hit] == []


# What mitto saw itself -------------------------------------------------------

def situations():
    return re.findall(r"(?m)^SITUATION\((\w+),", ROWS)


def test_every_situation_is_provoked():
    source = "".join(
        (TESTS / name).read_text() for name in (
            "smtp/test_hints.py", "cli/test_oauth.py"))  # by OAuth
    assert len(situations()) > 25
    missing = [name for name in situations()
               if not re.search(r'"""%s\b' % name, source)]
    assert missing == []


def test_ssl(script, follow, tls_context, cacert):
    """USE_SSL"""
    server = script(tls=tls_context, implicit=True)
    follow(server, ["--cacert", cacert, "--timeout=2s"], {}, "sent no greeting",
           None, "port %d speaks TLS at once:" % server.port, "--tls=ssl", 76)


def test_starttls(script, follow, tls_context, cacert):
    """USE_STARTTLS"""
    server = script(tls=tls_context)
    follow(server, ["--cacert", cacert], {"mode": "ssl"},
           "does not speak TLS from the first byte", None,
           "port %d does not start with TLS" % server.port, "--tls=starttls",
           76)


def test_plain(script, follow):
    """USE_PLAIN: the probe sees that there is no STARTTLS either."""
    server = script()
    follow(server, [], {"mode": "ssl"},
           "does not speak TLS from the first byte", None,
           "does not start with TLS and has no --tls=starttls.*only there",
           "--tls=plain", 76)


def test_the_probe_asks_once(script, mail):
    server = script()
    mail(server, mode="ssl")
    assert server.connections == 2, server.said
    asked = [each.text.split(" ")[0] for each in server.commands
             if each.connection == 2]
    assert asked in (["EHLO"], ["EHLO", "QUIT"])


def test_no_starttls(script, follow):
    """NO_STARTTLS"""
    follow(script(), [], {"mode": "starttls"}, "offers no encryption", None,
           "on a network you trust, and only there:", "--tls=plain", 76)


def test_no_starttls_and_a_login(script, mail, login, tunnel):
    """NO_STARTTLS_LOGIN"""
    server = script(login=LOGIN)
    result = mail(server, *login(*LOGIN), mode="starttls",
                  env={"MITTO_PROXY": tunnel.url})
    told(result, "offers no encryption", None, "a password needs TLS",
         "--port=465 --tls=ssl")


def test_try_says_so(script, mail, tunnel):
    """No error: sent, but never without a word."""
    result = mail(script(), mode="try", env={"MITTO_PROXY": tunnel.url})
    assert result.status == 0 and "without TLS" in result.err, result


def test_self_signed(script, follow, make_context):
    """UNTRUSTED"""
    context = make_context("127.0.0.1")
    follow(script(tls=context), [], {"mode": "starttls"}, "certificate of",
           "SHA-256 " + context.sha256, "exactly this certificate:",
           "--fingerprint=" + context.sha256, 76)


def test_names(script, follow, make_context):
    """WRONG_NAME: nothing in it that could be typed."""
    context = make_context("*.there.example", "192.0.2.7")
    follow(script(tls=context), ["--cacert", context.pem],
           {"mode": "starttls"},
           "is for other names: .*there.example, 192.0.2.7", "subject",
           "use one of these names", "--fingerprint=" + context.sha256, 76)


def test_the_name_that_was_meant(script, follow, make_context):
    """OTHER_NAME"""
    context = make_context("localhost", "*.there.example")
    server = script(tls=context)
    follow(server, ["--cacert", context.pem], {"mode": "starttls"},
           "is for other names: localhost", "subject", "may be the server",
           "--server=localhost:%d" % server.port, 76)


def test_the_nearest_of_its_names(script, mail, make_context):
    context = make_context("a.there.example", "b.home.example")
    result = mail(script(tls=context), "--cacert", context.pem,
                  mode="starttls")
    assert result.err.rstrip().endswith(context.sha256), result


def test_expired(script, follow, make_context):
    """EXPIRED"""
    context = make_context("127.0.0.1", days=(-30, -1))
    follow(script(tls=context), ["--cacert", context.pem],
           {"mode": "starttls"}, "has expired", "valid 20", "has to renew it",
           "--fingerprint=" + context.sha256, 76)


def test_pinned(script, follow, make_context):
    """PINNED"""
    context = make_context("127.0.0.1")
    follow(script(tls=context), ["--fingerprint=" + "00" * 32],
           {"mode": "starttls"}, "is not the one of --fingerprint", "subject",
           "renewed it:", "--fingerprint=" + context.sha256, 76)


def test_cacert(script, follow, tls_context, cacert, tmp_path):
    """CACERT"""
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    follow.known["FILE"] = cacert
    follow(script(tls=tls_context), ["--cacert", empty], {"mode": "starttls"},
           "CA certificates|empty.pem", None, "ca-certificates",
           "--cacert=FILE", 72)


def test_family(script, follow):
    """FAMILY"""
    follow(script(), ["-6"], {}, "no IPv6 address", None, "any kind of address",
           "--no-ipv4 --no-ipv6", 75)


def test_token_only(script, follow, login):
    """TOKEN_ONLY"""
    server = script(login=LOGIN, mechanisms="XOAUTH2")
    follow(server, login(OWN, "password"), {}, "offers no login that can be "
           "used; it offers: XOAUTH2", None, "takes no passwords", TOKEN, 77)


def test_bearer_only(script, follow, login):
    """BEARER_ONLY"""
    server = script(login=LOGIN, mechanisms="OAUTHBEARER")
    follow(server, login(OWN, "password"), {}, "offers no login that can be "
           "used", None, "takes no passwords",
           "--auth=oauthbearer --password-command=CMD", 77)


def test_external_only(script, mail, login):
    """EXTERNAL_ONLY"""
    server = script(login=LOGIN, mechanisms="EXTERNAL")
    told(mail(server, *login(*LOGIN)), "offers no login that can be used",
         None, "client certificate", "--auth=external --cert=FILE --key=FILE")


def test_mechanism(script, follow, login):
    """MECHANISM"""
    server = script(login=LOGIN, mechanisms="PLAIN LOGIN")
    follow(server, login(*LOGIN) + ["--auth=cram-md5"], {},
           "offers no login by CRAM-MD5; it offers: PLAIN LOGIN", None,
           "choose one", "--auth=auto", 77)


def test_token_refused(script, follow, login):
    """TOKEN_REFUSED"""
    server = script(login=LOGIN, mechanisms="XOAUTH2")
    follow(server, login(OWN, "old") + ["--auth=xoauth2"], {},
           "refused the token", None, "has expired", "--password-command=CMD",
           77)


def test_no_login_offered(script, follow, login):
    """NO_LOGIN_OFFERED"""
    follow(script(), login(*LOGIN), {}, "offers no login", None,
           "another port", "--auth=off", 77)


def test_password_without_tls(script, follow, login, tunnel, tls_context,
                              cacert):
    """CLEAR_PASSWORD"""
    server = script(login=LOGIN, tls=tls_context)
    args = ["--cacert", cacert, *login(*LOGIN)]
    through = {"env": {"MITTO_PROXY": tunnel.url}}
    follow(server, args, through, "no password is sent to", None,
           "could read it", "--tls=starttls", 78)


def test_lower_case(mail, script, login):
    """LOWER_CASE"""
    result = mail(script(offers=["auth plain"]), *login(*LOGIN))
    if result.status != 76:
        pytest.skip("this libcurl reads lower case")
    told(result, "in lower case, which libcurl", None, "8.18",
         "curl --version")


def test_too_big(script, follow):
    """TOO_BIG: before it is uploaded."""
    server = script(offers=["SIZE 20000000"])
    text = b"x" * 70 + b"\n"
    follow(server, ["--type=application/octet-stream"],
           {"text": text * 300000},
           r"has 29\.\d MB on the wire \(21\.3 MB before encoding\), .* takes "
           r"at most 20\.0 MB", None, "send less", "--dry-run", 65)
    assert server.count("MAIL") == 0


def test_a_little_too_big(script, mail):
    """Where rounding hides the difference, the bytes are told."""
    result = mail(script(offers=["SIZE 1000"]), text=b"x" * 40 + b"\n",
                  to=["b%d@there.example" % n for n in range(40)])
    size = result.answer["size"]
    result = mail(script(offers=["SIZE %d" % (size - 1)]),
                  text=b"x" * 40 + b"\n",
                  to=["b%d@there.example" % n for n in range(40)])
    assert ("has %d bytes on the wire" % size in result.err and
            "at most %d\n" % (size - 1) in result.err), result


def test_smtputf8(script, mail, follow):
    """SMTPUTF8"""
    other = script(offers=["SMTPUTF8", "8BITMIME"])
    follow.known["HOST"] = other.address
    server = script()
    args = ["--from=ána@home.example"]
    result = mail(server, *args)
    told(result, "does not take the address 'ána@home.example'", None,
         "an ASCII address", "--server=HOST")
    again = mail(server, *args, "--server=" + other.address)
    assert again.status == 0 and len(other.messages) == 1, again


def test_in_doubt(script, follow):
    """IN_DOUBT"""
    follow(script(replies={"BODY": Close()}), ["--queue=never"], {},
           "before it confirmed", None, "may arrive twice",
           "mitto queue list", 75)


def test_content_refused_names_the_message(script, mail):
    result = mail(script(replies={"BODY": "554 5.7.1 no"}))
    lines = result.err.split("\n")
    assert lines[1].strip() == RECEIVER + ": 554 5.7.1 no", result
    assert lines[2].strip() == "Message-ID: " + result.answer["message_id"]


def test_not_smtp(script, mail):
    """NOT_SMTP"""
    server = script(replies={"GREETING": b"HTTP/1.1 400 Bad Request\r\n\r\n"})
    result = mail(server)
    told(result, "is not a mail server but a web server; it says: HTTP/1.1",
         None, "the right server", "--port=587 --tls=starttls")
    assert result.status == 76, result


def test_refused(mail, closed_port):
    """REFUSED"""
    result = mail(Nobody("127.0.0.1", closed_port), "--queue=never")
    told(result, "cannot connect.*Connection refused", None, "other ports",
         "--port=587 --tls=starttls")
    assert result.status == 75, result


def test_silent(script, mail):
    """SILENT: no TLS behind it either."""
    result = mail(script(replies={"GREETING": Hang()}), "--timeout=1s",
                  "--queue=never")
    told(result, "sent no greeting within 1 s", None, "the right port",
         "--port=587 --tls=starttls")


class Nobody:
    def __init__(self, host, port):
        self.address = "%s:%d" % (host, port)


@pytest.fixture
def submission(tls_context):
    """A server on port 587 of an address of this test's own."""
    try:
        server = Server(host=HIGH, port=587, tls=tls_context, login=LOGIN)
    except OSError as error:
        pytest.skip("port 587: %s" % error)
    yield server
    server.stop()


@pytest.fixture
def port(tls_context):
    """port(number, **options): another server there."""
    running = []

    def start(number, **options):
        running.append(Server(host=HIGH, port=number, **options))
        return running[-1]
    yield start
    for server in running:
        server.stop()


@pytest.fixture
def trusting(make_context, submission):
    """Flags with which the server's certificate is good."""
    context = make_context(HIGH)
    submission.tls = context
    return ["--cacert", context.pem]


def test_port_25_is_blocked(submission, trusting, follow):
    """REFUSED_25"""
    with socket.socket() as probe:
        if probe.connect_ex((HIGH, 25)) == 0:
            pytest.skip("something listens on port 25")
    again = follow(Nobody(HIGH, 25), trusting + ["--queue=never"], {},
                   "cannot connect", None, "many networks block port 25",
                   "--port=587 --tls=starttls", 75)
    assert again.answer["server"] == submission.address
    assert len(submission.messages) == 1


def test_no_login_on_port_25(submission, trusting, port, follow, login):
    """NO_LOGIN_25"""
    relay = port(25)
    again = follow(relay, trusting + login(*LOGIN), {}, "offers no login",
                   None, "port 25 is for servers",
                   "--port=587 --tls=starttls", 77)
    assert again.answer["server"] == submission.address
    assert relay.count("MAIL") == 0


def test_a_web_server(submission, trusting, script, follow, port):
    """The same as NOT_SMTP, and its cure works."""
    web = port(2580, replies={"GREETING": b"HTTP/1.1 400 no\r\n\r\n"})
    follow(web, trusting, {}, "a web server", None, "the right server",
           "--port=587 --tls=starttls", 76)


def test_nothing_listens(submission, trusting, follow, closed_port):
    follow(Nobody(HIGH, closed_port), trusting + ["--queue=never"], {},
           "cannot connect", None, "other ports",
           "--port=587 --tls=starttls", 75)


def test_no_server(run_mitto, script):
    """NO_SERVER"""
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", 25)) == 0:
            pytest.skip("something listens on port 25")
    args = ["-C", "none", "-f", SENDER, RECEIVER, "--tls=plain"]
    result = run_mitto(*args)
    told(result, "no server is configured", None, "name the server",
         "--server=HOST")
    server = script()
    assert run_mitto(*args, "--server=" + server.address).status == 0


@pytest.fixture
def no_dns(tmp_path):
    """A wrapper under which names are those of /etc/hosts alone."""
    switch = tmp_path / "nsswitch.conf"
    switch.write_text("passwd: files\ngroup: files\nhosts: files\n")
    wrapper = ["unshare", "-m", "sh", "-c",
               'mount --bind "$0" /etc/nsswitch.conf && exec "$@"',
               str(switch)]
    try:
        subprocess.run([*wrapper, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no namespace of one's own here")
    return wrapper


def test_a_slip_in_the_name(script, follow, no_dns):
    """DID_YOU_MEAN"""
    server = script()
    follow(Nobody("localhsot", server.port), [], {"wrapper": no_dns},
           "no server with the name 'localhsot'", None,
           r"did you mean localhost\?",
           "--server=localhost:%d" % server.port, 68)
    assert len(server.messages) == 1


def test_unknown_name(mail, script, no_dns):
    """UNKNOWN_HOST"""
    args = {"wrapper": no_dns}
    nobody = Nobody("nowhere.example", 25)
    result = mail(nobody, **args)
    told(result, "no server with the name 'nowhere.example'", None,
         "check the spelling", "--server=HOST")
    assert result.status == 68, result
    server = script()
    assert mail(nobody, "--server=" + server.address, **args).status == 0


def test_the_hosts_of_providers(mail, no_dns):
    result = mail(Nobody("smtp.gmial.com", 587), wrapper=no_dns)
    told(result, "no server with the name", None,
         r"did you mean smtp.gmail.com\?", "--server=smtp.gmail.com:587")

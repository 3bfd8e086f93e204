# SPDX-License-Identifier: MIT
"""mitto config init: where a server is looked for, and what comes of it."""

import re
import socket
import stat

import pytest

import listener
import receive
from nameserver import NameServer, mx, srv


@pytest.fixture
def name_server():
    running = []

    def start(zone=None):
        running.append(NameServer(zone))
        return running[-1]
    yield start
    for server in running:
        server.stop()


@pytest.fixture
def init(run_mitto, name_server):
    """init(address, *args, zone=None) -> the result; .asked is what DNS was
    asked for."""
    def run(*args, zone=None, status=0, **kwargs):
        server = name_server(zone)
        result = run_mitto("config", "init", "--dns", server.address, *args,
                           **kwargs)
        assert result.status == status, result
        result.asked = server.asked
        return result
    return run


@pytest.fixture
def written(home):
    return home / ".config" / "mitto" / "config"


# where from -------------------------------------------------------------------

@pytest.mark.parametrize("address, provider", [
    ("jana@gmail.com", "gmail"), ("Jana <jana@GoogleMail.com>", "gmail"),
    ("x@hotmail.com", "outlook"), ("x@gmx.de", "gmx"), ("x@me.com", "icloud"),
    ("x@seznam.cz", "seznam"), ("x@yandex.ru", "yandex")])
def test_preset_by_domain(init, written, address, provider):
    result = init(address)
    assert result.asked == []
    assert written.read_text() == (
        "[account %s]\nprovider = %s\nfrom     = %s\n" % (
            provider, provider, address))
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


@pytest.mark.parametrize("records, server", [
    ({"_submissions": [srv(0, 1, 465, "smtp.work.example")]},
     "smtps://smtp.work.example"),
    ({"_submissions": [srv(0, 1, 4650, "SMTP.Work.Example")]},
     "smtps://smtp.work.example:4650"),
    ({"_submission": [srv(0, 1, 587, "smtp.work.example")]},
     "smtp+starttls://smtp.work.example"),
    ({"_submission": [srv(0, 1, 25, "smtp.work.example")]},
     "smtp+starttls://smtp.work.example:25"),
    # TLS from the first byte goes before STARTTLS (RFC 8314).
    ({"_submission": [srv(0, 1, 587, "b.work.example")],
      "_submissions": [srv(9, 1, 465, "a.work.example")]},
     "smtps://a.work.example"),
    # Priority, then weight.
    ({"_submissions": [srv(20, 9, 465, "c.work.example"),
                       srv(10, 1, 465, "b.work.example"),
                       srv(10, 5, 465, "a.work.example")]},
     "smtps://a.work.example"),
    # The target "." says that there is no such service.
    ({"_submissions": [srv(0, 0, 0, "")],
      "_submission": [srv(0, 1, 587, "smtp.work.example")]},
     "smtp+starttls://smtp.work.example"),
], ids=range(7))
def test_srv(init, written, records, server):
    zone = {(service + "._tcp.work.example", "SRV"): data
            for service, data in records.items()}
    result = init("jana@work.example", zone=zone)
    assert written.read_text() == (
        "[account work]\nserver = %s\nuser   = jana@work.example\n"
        "from   = jana@work.example\n" % server)
    assert result.err == ""


def test_srv_elsewhere_is_told(init):
    zone = {("_submissions._tcp.work.example", "SRV"): [
        srv(0, 1, 465, "smtp.evilwork.example")]}
    result = init("jana@work.example", zone=zone)
    assert "smtp.evilwork.example is not within work.example" in result.err


@pytest.mark.parametrize("host, provider", [
    ("aspmx.l.google.com", "gmail"),
    ("work-example.mail.protection.outlook.com", "microsoft365"),
    ("in1-smtp.messagingengine.com", "fastmail")])
def test_preset_by_exchanger(init, written, host, provider):
    zone = {("work.example", "MX"): [mx(20, "backup.example"), mx(10, host)]}
    init("jana@work.example", zone=zone)
    assert "provider = %s\n" % provider in written.read_text()


def test_exchanger_that_says_nothing(init, written):
    for host in ("mx.work.example", "notgoogle.com"):
        result = init("jana@work.example", status=78,
                      zone={("work.example", "MX"): [mx(10, host)]})
        assert "work.example" in result.err
        assert "--autoconfig" in result.hint and "-S" in result.hint
    assert [name for name, _ in result.asked] == [
        "_submissions._tcp.work.example", "_submission._tcp.work.example",
        "work.example"]
    assert not written.exists()


def test_domain_beyond_ascii(init, written):
    result = init("jana@bücher.example", zone={
        ("_submissions._tcp.xn--bcher-kva.example", "SRV"): [
            srv(0, 1, 465, "smtp.xn--bcher-kva.example")]})
    assert result.err == ""
    assert "server = smtps://smtp.xn--bcher-kva.example\n" \
        in written.read_text()
    assert "from   = jana@bücher.example\n" in written.read_text()


@pytest.mark.parametrize("target", [
    "a b.example", "-x;y", "a\nb = c", "\x1b[31m", "x" * 60 + "%s"])
def test_srv_that_is_no_host(init, written, target):
    init("jana@work.example", status=78, zone={
        ("_submissions._tcp.work.example", "SRV"): [srv(0, 1, 465, target)]})
    assert not written.exists()


@pytest.mark.parametrize("answer", [
    b"", b"\x81\x80", b"\x81\x80\0\1\xff\xff\0\0\0\0",
    b"\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c" + b"\xc0\x0c" * 9,
    b"\x81\x82\0\0\0\0\0\0\0\0"], ids=range(5))
def test_nonsense_from_dns(init, written, answer):
    result = init("jana@work.example", timeout=60, status=75, zone={
        ("_submissions._tcp.work.example", "SRV"): answer})
    assert "DNS" in result.err and not written.exists()


def test_no_name_server(run_mitto, written):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % taken.getsockname()[1]
    result = run_mitto("config", "init", "jana@work.example", timeout=60,
                       env={"MITTO_DNS": address})
    assert result.status == 75, result
    assert address in result.hint and not written.exists()


@pytest.mark.parametrize("args", [
    ["--dns", "ns.example"], ["--dns", "::1"], ["--dns", "smtp://127.0.0.1"],
    ["--dns", "127.0.0.1:0"]])
def test_wrong_name_server(run_mitto, args):
    result = run_mitto("config", "init", "a@b.example", *args)
    assert result.status == 64 and "--dns" in result.err, result


# said by flags -----------------------------------------------------------------

def test_the_server_is_named(init, written):
    result = init("-S", "smtp.x.example:2465", "-u", "jj", "--tls=ssl",
                  "jana@work.example")
    assert result.asked == []
    assert written.read_text() == (
        "[account work]\nserver = smtp.x.example:2465\ntls    = ssl\n"
        "user   = jj\nfrom   = jana@work.example\n")


def test_the_provider_is_named(init, written):
    init("--provider", "sendgrid", "-A", "bulk", "news@work.example")
    assert written.read_text() == (
        "[account bulk]\nprovider = sendgrid\nfrom     = "
        "news@work.example\n")


# what is written -----------------------------------------------------------------

def test_dry_run_prints_a_file(init, written, run_mitto, tmp_path):
    result = init("-n", "Jana <jana@gmail.com>")
    assert not written.exists() and not written.parent.exists()
    (tmp_path / "c").write_bytes(result.out)
    shown = run_mitto("config", "get", "user", "-C", "c")
    assert shown.out == b"jana@gmail.com\n", shown
    assert "next:" in result.err


def test_what_is_there_stays(init, config):
    text = ("# mine\n[account work]\nserver = h.example\n"
            "from = w@work.example\n\n[alias]\nroot = w@work.example\n")
    path = config(text)
    init("jana@gmail.com")
    assert path.read_text() == text + (
        "\n[account gmail]\nprovider = gmail\nfrom     = jana@gmail.com\n")


def test_no_account_is_overwritten(init, config):
    text = ("[account gmail]\nprovider = gmail\nfrom = old@gmail.com\n"
            "password-command = pass x\n\n# others\n[alias]\nr = a@b.example\n")
    path = config(text)
    result = init("jana@gmail.com", status=78)
    assert path.read_text() == text
    assert "'gmail'" in result.err
    assert "-A" in result.hint and "--force" in result.hint
    init("-A", "two", "jana@gmail.com")
    assert path.read_text().startswith(text)
    init("--force", "jana@gmail.com")
    assert "old@gmail.com" not in path.read_text()
    assert "# others\n[alias]\nr = a@b.example\n" in path.read_text()
    assert path.read_text().count("[account gmail]") == 1


def test_next_steps(init, run_mitto, written):
    """What it says to type works when typed."""
    result = init("jana@gmail.com")
    said = result.out.decode()
    assert "%s: added" % written in said
    assert "https://myaccount.google.com/apppasswords" in said
    step = re.search(r"(?m)^  mitto (config set \S+ '.*')$", said).group(1)
    words = re.fullmatch(r"(config) (set) (\S+) '(.*)'", step).groups()
    assert run_mitto(*words).status == 0
    assert "password-command = pass show mail/gmail" in written.read_text()
    assert "  mitto probe gmail\n" in said
    assert "  mitto --check -A gmail jana@gmail.com\n" in said
    assert run_mitto("config", "check").status == 0


def test_json(init, written):
    said = init("--json", "jana@gmail.com").json()
    assert said["ok"] and said["account"] == "gmail"
    assert said["provider"] == "gmail" and said["file"] == str(written)
    assert said["source"] == "the presets" and said["server"] is None
    assert "[account gmail]" in said["text"]
    said = init("--json", "-n", "x@work.example", status=78).json()
    assert not said["ok"] and "work.example" in said["error"]


@pytest.mark.parametrize("args, status", [
    ([], 64), (["a@b.example", "c@d.example"], 64), (["jana"], 65),
    (["a@b@c"], 65), (["a@[127.0.0.1]"], 65),
    (["-A", "a]b", "jana@gmail.com"], 64)])
def test_wrong_words(init, written, args, status):
    assert init(*args, status=status).asked == []
    assert not written.exists()


def test_first_mail_of_a_newcomer(init, run_mitto, serve, tls_context,
                                  cacert, secret_file):
    """From nothing but an address and DNS to a message that arrived."""
    server = serve(tls="starttls", context=tls_context, login=("jana@new."
                                                               "example",
                                                               "geheim"))
    zone = {("_submission._tcp.new.example", "SRV"): [
        srv(0, 1, server.port, "localhost")]}
    init("jana@new.example", zone=zone)
    for key, value in (("password-file", secret_file("geheim\n")),
                       ("cacert", cacert)):
        result = run_mitto("config", "set", "account.new." + key, value)
        assert result.status == 0, result
    assert run_mitto("config", "check", "--secrets").status == 0
    result = run_mitto("-m", "x", "bob@example.org")
    assert result.status == 0, result
    assert server.messages[0].mail_from == "jana@new.example"


# autoconfig ----------------------------------------------------------------------

DOCUMENT = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="work.example">
<domain>work.example</domain>
<incomingServer type="imap"><hostname>imap.work.example</hostname>
<port>993</port><socketType>SSL</socketType></incomingServer>
<outgoingServer type="smtp"><hostname>plain.work.example</hostname>
<port>25</port><socketType>plain</socketType></outgoingServer>
<outgoingServer type="smtp">
  <hostname> smtp.work.example </hostname>
  <port>587</port><socketType>STARTTLS</socketType>
  <username>%EMAILLOCALPART%</username>
  <authentication>password-cleartext</authentication>
</outgoingServer></emailProvider></clientConfig>
"""


class Web:
    """An http proxy that is every https server behind it."""

    def __init__(self, authority, documents):
        self.documents, self.asked = documents, []
        names = [host for host, _ in documents] or ["nothing.example"]
        self.context = receive.server_context(authority, *names)
        self.listener = listener.Listener(self.serve).start()
        self.url = "http://" + self.listener.address

    def serve(self, sock, _):
        try:
            head = self.head(sock)
            host = head.split()[1].decode().rsplit(":", 1)[0]
            if not any(host == known for known, _ in self.documents):
                self.asked.append((host, None))
                sock.sendall(b"HTTP/1.1 502 no\r\nContent-Length: 0\r\n\r\n")
                return
            sock.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
            with self.context.wrap_socket(sock, server_side=True) as tls:
                path = self.head(tls).split()[1].decode()
                self.asked.append((host, path))
                text = self.documents.get((host, path))
                status = b"200 ok" if text is not None else b"404 no"
                text = (text or "").encode()
                tls.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n"
                            b"Connection: close\r\n\r\n%s" % (
                                status, len(text), text))
        except (OSError, IndexError):
            pass

    @staticmethod
    def head(sock):
        head = b""
        while b"\r\n\r\n" not in head:
            block = sock.recv(4096)
            if not block:
                break
            head += block
        return head


@pytest.fixture
def web(authority, init, cacert):
    """web(documents, *args) -> the result; .web tells what was asked."""
    running = []

    def run(documents, *args, **kwargs):
        site = Web(authority, documents)
        running.append(site)
        result = init("--proxy", site.url, *args, "jana@work.example",
                      env={"SSL_CERT_FILE": cacert}, **kwargs)
        result.web = site.asked
        return result
    yield run
    for site in running:
        site.listener.stop()


OWN = ("autoconfig.work.example", "/mail/config-v1.1.xml")
WELL_KNOWN = ("work.example",
              "/.well-known/autoconfig/mail/config-v1.1.xml")
COMMON = ("autoconfig.thunderbird.net", "/v1.1/work.example")


@pytest.mark.parametrize("place", [OWN, WELL_KNOWN, COMMON])
def test_autoconfig(web, written, place):
    result = web({place: DOCUMENT}, "--autoconfig")
    assert written.read_text() == (
        "[account work]\nserver = smtp+starttls://smtp.work.example\n"
        "user   = jana\nfrom   = jana@work.example\n")
    assert result.web[-1] == place
    assert not any("jana" in (path or "") for _, path in result.web)


def test_autoconfig_only_when_allowed(web, written):
    result = web({OWN: DOCUMENT}, status=78)
    assert result.web == [] and not written.exists()


def test_autoconfig_that_knows_nothing(web, written):
    result = web({OWN: None, WELL_KNOWN: "<html>hello</html>"},
                 "--autoconfig", status=78)
    assert "nor the web" in result.err and "-S SERVER" in result.hint
    assert [host for host, _ in result.web] == [
        OWN[0], WELL_KNOWN[0], COMMON[0]]


def test_autoconfig_after_dns(web):
    result = web({OWN: DOCUMENT}, "--autoconfig", zone={
        ("_submissions._tcp.work.example", "SRV"): [
            srv(0, 1, 465, "smtp.work.example")]})
    assert result.web == []


@pytest.mark.parametrize("old, new, says", [
    ("STARTTLS", "SSL", "smtps://smtp.work.example:587"),
    ("587", "2587", "smtp+starttls://smtp.work.example:2587"),
    ("%EMAILLOCALPART%", "%EMAILADDRESS%", "user   = jana@work.example"),
    ("%EMAILLOCALPART%", "a&amp;%EMAILDOMAIN%", "user   = a&work.example"),
    ("<username>%EMAILLOCALPART%</username>", "",
     "user   = jana@work.example"),
    ("password-cleartext", "OAuth2", "auth   = xoauth2"),
])
def test_autoconfig_reads(web, written, old, new, says):
    web({OWN: DOCUMENT.replace(old, new)}, "--autoconfig")
    assert says in written.read_text()


@pytest.mark.parametrize("old, new", [
    ("smtp.work.example", "a b"), ("smtp.work.example", "x\ny = z"),
    ("smtp.work.example", "x" * 300), ("587", "0"), ("587", "65536"),
    ("587", "5x"), ("</outgoingServer></email", "</email"),
    ("STARTTLS", "plain")], ids=range(8))
def test_autoconfig_that_is_odd(web, written, old, new):
    web({OWN: DOCUMENT.replace(old, new)}, "--autoconfig", status=78)
    assert not written.exists()


def test_autoconfig_cannot_add_lines(web, written):
    """A user name of two lines is none."""
    web({OWN: DOCUMENT.replace("%EMAILLOCALPART%", "x\npassword = y")},
        "--autoconfig")
    assert "password" not in written.read_text()
    assert "user   = jana@work.example\n" in written.read_text()

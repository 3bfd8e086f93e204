# SPDX-License-Identifier: MIT
"""mitto login: both ways in, what is kept, and mail that goes out with it."""

import base64
import contextlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.parse

import pytest

import oauth
from oauth import CANARY, CLIENT, log_in, visit
from program import MITTO, SLOW, TESTS

sys.path.insert(0, str(TESTS / "smtp"))

from server import Server  # noqa: E402

USER = "jana@home.example"
MAIL = ("-s", "test", "bob@there.example")


WITHOUT = "built without jansson"


@pytest.fixture(scope="module")
def can_log_in(tmp_path_factory):
    path = tmp_path_factory.mktemp("login") / "config"
    path.write_text("[account home]\nserver = x.example\nuser = u\n"
                    "oauth-client-id = x\n")
    path.chmod(0o600)
    shown = subprocess.run([MITTO, "login", "-C", path, "home"],
                           stdin=subprocess.DEVNULL, capture_output=True,
                           text=True).stderr
    return WITHOUT not in shown


@pytest.fixture(autouse=True)
def jansson(request, can_log_in):
    if can_log_in == (request.function is test_built_without):
        pytest.skip("built with%s jansson" % ("" if can_log_in else "out"))


def test_built_without(run_mitto, account, service):
    account(service())
    for words in ["login", "home"], ["-A", "home", *MAIL]:
        result = run_mitto(*words)
        assert result.status == 78 and WITHOUT in result.err, result
        assert "password-command" in result.hint
    assert run_mitto("login", "--help").status == 0


@pytest.fixture
def service():
    """service(**options) starts a login service."""
    running = []

    def start(**options):
        running.append(oauth.Service(**options))
        return running[-1]
    yield start
    for each in running:
        each.stop()


@pytest.fixture
def smtp():
    """smtp(mechanisms) starts a mail server that takes tokens."""
    running = []

    def start(mechanisms="XOAUTH2", token="none yet"):
        running.append(Server(login=(USER, token), mechanisms=mechanisms))
        return running[-1]
    yield start
    for each in running:
        each.stop()


@pytest.fixture
def account(config):
    """account(service, smtp, *more) writes [account home]."""
    def write(service, smtp=None, *more, **which):
        server = smtp.address if smtp else "127.0.0.1:9"
        return config("[account home]\nserver = smtp+plain://%s\nuser = %s\n"
                      "from = %s\n%s%s" % (
                          server, USER, USER, service.keys(**which),
                          "".join(line + "\n" for line in more)))
    return write


class Login:
    """A running `mitto login`."""

    def __init__(self, args, env, cwd):
        self.process = subprocess.Popen(
            [MITTO, "login", *args], env=env, cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.lines, self.changed = [], threading.Condition()
        self.out = b""
        self.threads = [threading.Thread(target=self._read_err, daemon=True),
                        threading.Thread(target=self._read_out, daemon=True)]
        for thread in self.threads:
            thread.start()

    def _read_err(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line.decode().rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def _read_out(self):
        self.out = self.process.stdout.read()

    @property
    def err(self):
        return "\n".join(line for line in self.lines if line is not None)

    @property
    def hint(self):
        found = re.search(r"(?m)^hint:\s*(.*)", self.err)
        return found.group(1) if found else ""

    def until(self, pattern):
        """The first group of the first line that fits."""
        def find():
            return [m for m in (re.search(pattern, line or "")
                                for line in self.lines) if m]
        with self.changed:
            self.changed.wait_for(
                lambda: find() or None in self.lines, 20 * SLOW)
            assert find(), self.err
            return find()[0].group(1)

    def url(self):
        return self.until(r"^  (http\S+)$")

    def end(self):
        self.process.wait(20 * SLOW)
        for thread in self.threads:
            thread.join(10)
        assert "Sanitizer" not in self.err, self.err
        assert "runtime error" not in self.err, self.err
        return self.process.returncode


@pytest.fixture
def login(make_env, tmp_path):
    """login(*args, env=None) starts `mitto login`."""
    running = []

    def start(*args, env=None):
        running.append(Login([str(a) for a in args], make_env(env),
                             tmp_path))
        return running[-1]
    yield start
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
            each.end()


@pytest.fixture
def logged_in(login, account, service):
    """A service, with account home logged in there by its device flow."""
    def make(smtp=None, *args, more=(), env=None, **options):
        made = service(**options)
        account(made, smtp, *more)
        made.says["device"] = [lambda form: None]
        run = login("--device", *args, "home", env=env)
        run.url()
        made.settle("allowed")
        assert run.end() == 0, run.err
        return made
    return make


def folder(home):
    return home / ".state" / "mitto" / "login"


def record(home, name="home"):
    """What is kept, as a dict."""
    lines = (folder(home) / (name + ".login")).read_text().splitlines()
    assert lines[0] == "mitto-login 1"
    return dict(line.split(" ", 1) for line in lines[1:])


def age(home, seconds, name="home"):
    """Let the access token be so many seconds older."""
    path = folder(home) / (name + ".login")
    text = path.read_text()
    expires = int(re.search(r"(?m)^expires (\d+)$", text).group(1))
    path.write_text(text.replace("expires %d" % expires,
                                 "expires %d" % (expires - seconds)))


def auths(server):
    return [text for text in server.said if text.startswith("AUTH")]


# The browser ---------------------------------------------------------------

def test_browser(login, account, service, home):
    made = service(secret=CANARY + "-client-secret")
    account(made, device=False)
    run = login("home")
    url = run.url()
    back = log_in(url)
    assert back.startswith("http://127.0.0.1:") and "/?" not in back
    status, page = visit(back)
    assert status == 200 and "terminal" in page and CANARY not in page
    assert run.end() == 0, run.err
    out = run.out.decode()
    assert "account home is logged in as " + USER in out
    assert "mitto --check -A home " + USER in out
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    form, = made.asked("token")
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == asked["redirect_uri"]
    assert 43 <= len(form["code_verifier"]) <= 128
    assert asked["login_hint"] == USER
    kept = record(home)
    assert kept["access"] == made.access[-1]
    assert kept["refresh"] in made.refresh
    assert CANARY not in run.err + out


def test_what_is_kept_is_the_owners_alone(logged_in, home):
    logged_in()
    assert stat.S_IMODE(folder(home).stat().st_mode) == 0o700
    for path in folder(home).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert sorted(p.name for p in folder(home).iterdir()) == [
        "home.lock", "home.login"]


def test_wrong_state_is_sent_away(login, account, service):
    made = service()
    account(made)
    run = login("home")
    right = log_in(run.url())
    wrong = re.sub(r"state=[^&]*", "state=" + "A" * 43, right)
    assert visit(wrong)[0] == 400
    assert visit(re.sub(r"[?&]state=[^&]*", "", right))[0] == 400
    assert visit(right.replace("?", "/favicon.ico?"))[0] == 404
    assert made.asked("token") == []
    assert run.process.poll() is None
    assert visit(right)[0] == 200
    assert run.end() == 0, run.err


def test_idle_and_odd_connections_hold_nothing_up(login, account, service):
    made = service()
    account(made)
    run = login("home")
    right = log_in(run.url())
    address = urllib.parse.urlsplit(right)
    with contextlib.ExitStack() as stack:
        for data in [b"", b"GET", b"\0\0\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n",
                     b"x" * 20000, b"GET /?state=%zz&code HTTP/1.1\r\n\r\n",
                     b"GET /?\r\n\r\n", b"", b"", b"", b""]:
            sock = stack.enter_context(socket.create_connection(
                (address.hostname, address.port), 20))
            with contextlib.suppress(OSError):
                sock.sendall(data)
        assert visit(right)[0] == 200
    assert run.end() == 0, run.err


def test_denied_in_the_browser(login, account, service, home):
    account(service())
    run = login("home")
    state = re.search(r"state=([\w-]+)", run.url()).group(1)
    redirect = urllib.parse.unquote(
        re.search(r"redirect_uri=([^&]+)", run.url()).group(1))
    status, page = visit(
        redirect + "?error=access_denied&state=" + state +
        "&error_description=no%1b%5b31m+way%3Cb%3E")
    assert status == 200 and "refused" in page and "way" not in page
    assert run.end() == 77
    assert "access_denied" in run.err and r"no\e[31m way" in run.err
    assert not folder(home).joinpath("home.login").exists()


def test_code_is_refused(login, account, service):
    made = service()
    account(made)
    run = login("home")
    back = log_in(run.url())
    made.codes.clear()
    assert visit(back)[0] == 200
    assert run.end() == 77
    assert "invalid_grant" in run.err


def test_interrupted(login, account, service, home):
    account(service())
    run = login("home")
    run.url()
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 130
    assert not folder(home).joinpath("home.login").exists()


def test_google_and_microsoft_are_known(login, config):
    for provider, page, redirect, scope in [
            ("gmail", "https://accounts.google.com/o/oauth2/v2/auth",
             "http://127.0.0.1", "https://mail.google.com/"),
            ("microsoft365", "https://login.microsoftonline.com/common/"
             "oauth2/v2.0/authorize", "http://localhost",
             "https://outlook.office.com/SMTP.Send offline_access"),
            ("outlook", "https://login.microsoftonline.com/common/"
             "oauth2/v2.0/authorize", "http://localhost",
             "https://outlook.office.com/SMTP.Send offline_access")]:
        config("[account home]\nprovider = %s\nfrom = %s\n"
               "oauth-client-id = abc\n" % (provider, USER))
        run = login("home")
        url = run.url()
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert url.startswith(page + "?")
        assert asked["redirect_uri"].startswith(redirect + ":")
        assert asked["scope"] == scope
        assert ("access_type" in asked) == (provider == "gmail")
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 130


def test_google_has_no_codes_for_mail(run_mitto, config):
    config("[account home]\nprovider = gmail\nfrom = %s\n"
           "oauth-client-id = abc\n" % USER)
    result = run_mitto("login", "--device", "home")
    assert result.status == 78
    assert "Google" in result.err and "mitto login home" in result.hint


# The code --------------------------------------------------------------------

def test_device(login, account, service, home):
    made = service()
    account(made)
    run = login("home", "--device")
    assert run.url() == made.url("verify")
    assert run.until(r"^  ([A-Z]{4}-[A-Z]{4})$") == "WDJB-MJHT"
    made.wait_for("token", 2)
    assert run.process.poll() is None
    made.settle("allowed")
    assert run.end() == 0, run.err
    form = made.asked("token")[-1]
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"
    assert form["client_id"] == CLIENT
    assert record(home)["refresh"] in made.refresh
    assert CANARY not in run.err + run.out.decode()


def test_device_is_the_way_where_there_is_no_page(login, account, service):
    made = service()
    account(made, browser=False)
    run = login("home")
    assert run.url() == made.url("verify")
    made.settle("allowed")
    assert run.end() == 0, run.err


def test_device_denied(login, account, service):
    made = service()
    account(made)
    run = login("--device", "home")
    run.url()
    made.settle("denied")
    assert run.end() == 77
    assert "access_denied" in run.err


def test_device_expired(login, account, service):
    made = service()
    account(made)
    made.says["token"] = [(400, {"error": "authorization_pending"}),
                          (400, {"error": "expired_token"})]
    run = login("--device", "home")
    assert run.end() == 77
    assert "in time" in run.err
    assert run.hint == "mitto login --device home"
    assert len(made.asked("token")) == 2


def test_slow_down_is_heeded(login, account, service):
    """After it the next question is 5 s away, when the code is too old."""
    made = service(code_lasts=5)
    account(made)
    made.says["token"] = [(400, {"error": "slow_down"})]
    run = login("--device", "home")
    assert run.end() == 77
    assert "in time" in run.err
    assert len(made.asked("token")) == 1


def test_interval_of_the_service_is_heeded(login, account, service):
    """Without one it is 5 s; a code that lasts 4 is too old by then."""
    for interval in 7, "7", None, -1, "soon":
        made = service(code_lasts=4, interval=interval)
        account(made)
        run = login("--device", "home")
        assert run.end() == 77
        assert made.asked("token") == []


def test_service_that_hangs_up_is_asked_again(login, account, service):
    made = service()
    account(made)
    made.says["token"] = [None, (503, b"busy")]
    run = login("--device", "home")
    run.url()
    made.settle("allowed")
    assert run.end() == 0, run.err
    assert len(made.asked("token")) == 3


# Answers that make no sense --------------------------------------------------

@pytest.mark.parametrize("answer, says", [
    ((200, b"<html>no</html>"), "no JSON object"),
    ((200, b""), "no JSON object"),
    ((200, b"[1]"), "no JSON object"),
    ((200, b'{"device_code":"a","user_code":"b","verification_uri":"c"'),
     "no JSON object"),
    ((200, {}), "no code in it"),
    ((200, {"device_code": 5, "user_code": "b", "verification_uri": "c"}),
     "a token is no text"),
    ((200, {"device_code": "a\n", "user_code": "b",
            "verification_uri": "c"}), "odd characters"),
    ((200, {"device_code": "a" * 7000, "user_code": "b",
            "verification_uri": "c"}), "too long"),
    ((200, b" " * 70000), "more than 65536 bytes"),
    ((404, b"gone"), "HTTP 404"),
    ((302, b"elsewhere"), "HTTP 302"),
])
def test_odd_answers_to_the_device(run_mitto, account, service, answer, says):
    made = service()
    account(made)
    made.says["device"] = [answer]
    result = run_mitto("login", "--device", "home")
    assert result.status == 76, result
    assert says in result.err, result


@pytest.mark.parametrize("answer, says", [
    ((200, {}), "no bearer token"),
    ((200, {"access_token": "x", "token_type": "mac"}), "no bearer token"),
    ((200, {"access_token": CANARY + "\u00e9", "token_type": "bearer"}),
     "odd characters"),
    ((200, {"access_token": "", "token_type": "bearer"}), "no token in it"),
    ((200, {"access_token": CANARY * 2000, "token_type": "bearer"}),
     "too long"),
    ((200, {"access_token": CANARY, "token_type": "bearer",
            "refresh_token": [CANARY]}), "no text"),
    ((200, b'{"access_token":"%s","access_token":"x",'
      b'"token_type":"bearer"}' % CANARY.encode()), "no JSON object"),
    ((400, b"{}"), "HTTP 400"),
])
def test_odd_tokens(run_mitto, account, service, home, answer, says):
    made = service()
    account(made)
    made.says["token"] = [answer]
    result = run_mitto("login", "--device", "home")
    assert result.status == 76, result
    assert says in result.err, result
    assert CANARY not in result.err
    assert not folder(home).joinpath("home.login").exists()


@pytest.mark.parametrize("error, key", [
    ("invalid_client", "oauth-client-id"), ("invalid_scope", "oauth-scope")])
def test_wrong_keys(run_mitto, account, service, error, key):
    made = service()
    account(made)
    made.says["device"] = [(400, {"error": error, "error_description":
                                  "it\x1b[2J is wrong"})]
    result = run_mitto("login", "--device", "home")
    assert result.status == 77
    assert error in result.err and r"it\e[2J is wrong" in result.err
    assert key in result.hint


def test_service_is_down(run_mitto, account, service):
    made = service()
    account(made)
    made.stop()
    result = run_mitto("login", "--device", "home")
    assert result.status == 75, result
    assert "no answer from '127.0.0.1'" in result.err
    assert CLIENT not in result.err
    made._server.server_close()


def test_https_is_checked(login, run_mitto, account, service, tls_context,
                          cacert):
    made = service(context=tls_context)
    account(made)
    result = run_mitto("login", "--device", "home")
    assert result.status == 76, result
    assert made.requests == []
    run = login("--device", "home", env={"SSL_CERT_FILE": cacert})
    run.url()
    made.settle("allowed")
    assert run.end() == 0, run.err


# Accounts --------------------------------------------------------------------

@pytest.mark.parametrize("keys, status, says, hint", [
    ("provider = gmail\nuser = u\n", 78, "no oauth-client-id, and there is no keyring",
     "oauth-client-id"),
    ("provider = gmail\n", 78, "no login name", "user"),
    ("server = smtp.x.example\nuser = u\noauth-client-id = x\n", 78,
     "not known where", "oauth-token-url"),
    ("provider = gmail\nuser = u\noauth-client-id = x\nauth = plain\n", 78,
     "with a password", "auth"),
    ("provider = gmail\nuser = u\noauth-client-id = x\n"
     "password-command = true\n", 78, "with a password", "password-command"),
    ("provider = gmail\noauth-client-id = x\n", 78, "no login name", "user"),
    ("oauth-token-url = http://login.example/\n", 78, "no https URL",
     ""),
    ("oauth-token-url = http://127.0.0.1.evil.example/\nserver = x.example\n"
     "user = u\noauth-client-id = x\noauth-device-url = http://localhost.evil."
     "example/\n", 78, "cannot be used", "https"),
])
def test_account_cannot_log_in(run_mitto, config, keys, status, says, hint):
    config("[account home]\n" + keys)
    result = run_mitto("login", "home")
    assert result.status == status, result
    assert says in result.err and hint in result.err, result


def test_words(run_mitto, account, service):
    account(service())
    assert run_mitto("login", "nobody").status == 78
    assert run_mitto("login", "home", "work").status == 64
    assert run_mitto("login", "--devise", "home").status == 64
    wrong = run_mitto("--device", "bob@x.example")
    assert wrong.hint == "mitto login --help\n" and "mitto login" in wrong.err
    shown = run_mitto("login", "--help")
    assert shown.status == 0 and b"--keyring" in shown.out
    assert b"--forget" in shown.out
    assert run_mitto("help", "login").out == shown.out


def test_json(login, run_mitto, account, service, config):
    made = service()
    account(made)
    run = login("--device", "--json", "home")
    run.url()
    made.settle("allowed")
    assert run.end() == 0, run.err
    assert json.loads(run.out) == {
        "ok": True, "exit": 0, "account": "home", "user": USER,
        "kept": "file", "error": None, "hint": None}
    made.says["device"] = [(400, {"error": "invalid_client"})]
    result = run_mitto("login", "--device", "--json", "home")
    answer = json.loads(result.out)
    assert answer["ok"] is False and answer["exit"] == result.status == 77
    assert answer["hint"] == result.hint.strip()
    result = run_mitto("login", "--json", "nobody")
    assert json.loads(result.out)["exit"] == result.status == 78


# Mail ------------------------------------------------------------------------

@pytest.mark.parametrize("mechanisms, taken", [
    ("PLAIN LOGIN XOAUTH2", "XOAUTH2"), ("OAUTHBEARER", "OAUTHBEARER"),
    ("XOAUTH2 OAUTHBEARER", "OAUTHBEARER")])
def test_mail_goes_out_with_the_token(run_mitto, logged_in, smtp, mechanisms,
                                      taken):
    server = smtp(mechanisms)
    made = logged_in(server)
    server.login = USER, made.access[-1]
    result = run_mitto("-A", "home", *MAIL, stdin=b"hello\n")
    assert result.status == 0, result
    assert server.messages[0].login
    assert auths(server)[0].split()[1] == taken
    assert len(made.asked("token")) == 1


def test_auth_names_one(run_mitto, logged_in, smtp):
    server = smtp("XOAUTH2 OAUTHBEARER")
    made = logged_in(server, more=["auth = xoauth2"])
    server.login = USER, made.access[-1]
    assert run_mitto("-A", "home", *MAIL).status == 0
    assert auths(server)[0].split()[1] == "XOAUTH2"


def test_server_takes_passwords_only(run_mitto, logged_in, smtp):
    server = smtp("PLAIN")
    logged_in(server)
    result = run_mitto("-A", "home", *MAIL)
    assert result.status == 77, result
    assert "no login by token" in result.err


def test_token_is_renewed_when_it_is_old(run_mitto, logged_in, smtp, home):
    server = smtp()
    made = logged_in(server)
    old = record(home)
    age(home, 3600 - 30)
    made.says["token"] = [lambda form: server.__dict__.update(
        login=(USER, CANARY + "-next")) or (200, {
            "access_token": CANARY + "-next", "token_type": "bearer",
            "expires_in": "3600"})]
    assert run_mitto("-A", "home", *MAIL).status == 0
    assert len(made.asked("token")) == 2
    assert made.asked("token")[-1]["refresh_token"] == old["refresh"]
    new = record(home)
    assert new["access"] == CANARY + "-next"
    assert new["refresh"] == old["refresh"]
    assert int(new["expires"]) > time.time() + 3500
    assert run_mitto("-A", "home", *MAIL).status == 0
    assert len(made.asked("token")) == 2


def test_new_refresh_token_takes_the_old_ones_place(
        run_mitto, logged_in, smtp, home):
    server = smtp()
    made = logged_in(server, rotates=True)
    for _ in range(3):
        old = record(home)
        age(home, 3600)
        result = run_mitto("-A", "home", "--check", "bob@there.example")
        assert result.status == 77, result  # not the token it knows
        assert record(home)["refresh"] != old["refresh"]
        assert record(home)["refresh"] in made.refresh


def test_revoked(run_mitto, logged_in, smtp, home):
    server = smtp()
    made = logged_in(server)
    age(home, 3600)
    made.refresh.clear()
    result = run_mitto("-A", "home", "--json", *MAIL)
    assert result.status == 77, result
    assert "no longer good" in result.err and "revoked" in result.err
    assert result.hint.strip() == "mitto login home"
    assert result.json()["hint"] == "mitto login home"
    assert server.connections == 0


def test_not_logged_in(run_mitto, account, service, smtp):
    server = smtp()
    account(service(), server)
    result = run_mitto("-A", "home", *MAIL)
    assert result.status == 77
    assert result.hint.strip() == "mitto login home"
    assert server.connections == 0


@pytest.mark.parametrize("change", [
    ("user = " + USER, "user = other@home.example"),
    ("oauth-client-id = " + CLIENT, "oauth-client-id = other"),
    ("/token\n", "/token2\n")])
def test_tokens_go_to_nobody_else(run_mitto, logged_in, smtp, home, change):
    server = smtp()
    made = logged_in(server)
    path = home / ".config" / "mitto" / "config"
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    before = len(made.requests)
    result = run_mitto("-A", "home", "-f", USER, *MAIL)
    assert result.status == 77
    assert result.hint.strip() == "mitto login home"
    assert server.connections == 0 and len(made.requests) == before


def test_token_does_not_follow_to_another_server(run_mitto, logged_in, smtp):
    server = smtp()
    made = logged_in(server)
    result = run_mitto("-S", "smtp+plain://localhost:%d" % server.port,
                       "-f", USER, *MAIL)
    assert auths(server) == []
    assert CANARY not in result.err
    assert len(made.asked("token")) == 1


def test_refused_token_is_renewed_once(run_mitto, logged_in, smtp):
    server = smtp()
    made = logged_in(server)
    made.says["token"] = [lambda form: server.__dict__.update(
        login=(USER, CANARY + "-next")) or (200, {
            "access_token": CANARY + "-next", "token_type": "bearer"})]
    result = run_mitto("-A", "home", "-v", *MAIL, stdin=b"hello\n")
    assert result.status == 0, result
    assert server.connections == 2 and len(server.messages) == 1
    assert "trying a new one" in result.err


def test_token_that_is_refused_for_good(run_mitto, logged_in, smtp):
    """LOG_IN_AGAIN, of the hints."""
    for mechanisms in "XOAUTH2", "OAUTHBEARER":
        server = smtp(mechanisms)
        made = logged_in(server)
        result = run_mitto("-A", "home", *MAIL)
        assert result.status == 77, result
        assert result.err.rstrip().endswith(
            "the token is no longer good:\n       mitto login home"), result
        assert len(made.asked("token")) == 2
        assert server.connections == 2


def test_service_down_while_mail_waits(run_mitto, logged_in, smtp, home):
    server = smtp()
    made = logged_in(server)
    age(home, 3600)
    made.says["token"] = [(503, b""), (503, b"")]
    result = run_mitto("-A", "home", *MAIL)
    assert result.status == 75, result
    assert server.connections == 0
    result = run_mitto("-A", "home", *MAIL, env={"MITTO_QUEUE": "fail"})
    assert result.status == 0, result
    assert "HTTP 503" in result.err
    server.login = USER, CANARY + "-next"
    made.says["token"] = [(200, {"access_token": CANARY + "-next",
                                 "token_type": "bearer"})]
    result = run_mitto("queue", "flush")
    assert result.status == 0, result
    assert len(server.messages) == 1 and server.messages[0].login


def test_queue_renews_what_was_refused(run_mitto, logged_in, smtp, home):
    server = smtp()
    made = logged_in(server)
    assert run_mitto("-A", "home", "-Q", *MAIL,
                     env={"MITTO_QUEUE": None}).status == 0
    assert "account 'home' waits" in run_mitto("queue", "flush").err
    assert record(home)["expires"] == "0"
    server.login = USER, CANARY + "-next"
    made.says["token"] = [(200, {"access_token": CANARY + "-next",
                                 "token_type": "bearer"})]
    assert run_mitto("queue", "retry", "all").status == 0
    assert len(server.messages) == 1


def test_two_at_once_renew_once(make_env, logged_in, smtp, home, tmp_path):
    server = smtp()
    made = logged_in(server, rotates=True)
    age(home, 3600)
    give = made.give

    def once(refresh):
        answer = give(refresh)
        server.login = USER, answer["access_token"]
        return answer
    made.give = once
    runs = [subprocess.Popen([MITTO, "-A", "home", *MAIL], env=make_env(),
                             cwd=tmp_path, stdin=subprocess.DEVNULL,
                             stderr=subprocess.PIPE) for _ in range(6)]
    said = [run.communicate(timeout=60 * SLOW)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 6, said
    assert len(server.messages) == 6
    assert len(made.asked("token")) == 2
    assert record(home)["refresh"] in made.refresh


def test_damaged_or_readable_files(run_mitto, logged_in, smtp, home):
    logged_in(smtp())
    path = folder(home) / "home.login"
    path.chmod(0o644)
    result = run_mitto("-A", "home", *MAIL)
    assert result.status == 78 and "chmod 600" in result.hint
    path.chmod(0o600)
    for text in "", "junk\n", "mitto-login 1\n", "mitto-login 2\nclient x\n":
        path.write_text(text)
        result = run_mitto("-A", "home", *MAIL)
        assert result.status in (77, 78), result
        assert result.status == 78 or "mitto login home" in result.hint


def test_login_that_cannot_be_renewed(run_mitto, logged_in, smtp, home):
    server = smtp()
    made = logged_in(server, renewable=False)
    assert "refresh" not in record(home)
    server.login = USER, made.access[-1]
    assert run_mitto("-A", "home", *MAIL).status == 0
    age(home, 3600)
    result = run_mitto("-A", "home", *MAIL)
    assert result.status == 77
    assert result.hint.strip() == "mitto login home"


def test_forget(run_mitto, logged_in, home):
    logged_in()
    result = run_mitto("login", "--forget", "home")
    assert result.status == 0 and b"forgotten" in result.out
    assert not folder(home).joinpath("home.login").exists()
    result = run_mitto("login", "--forget", "home")
    assert result.status == 0 and b"not logged in" in result.out


# Secrets ---------------------------------------------------------------------

def forms(secret):
    """How a secret may look when it leaks."""
    yield secret
    yield urllib.parse.quote(secret, safe="")
    for text in (secret, "user=%s\1auth=Bearer %s\1\1" % (USER, secret)):
        for pad in range(3):
            coded = base64.b64encode(b"x" * pad + text.encode()).decode()
            yield coded[4:-4]


@pytest.mark.parametrize("mechanisms", ["XOAUTH2", "OAUTHBEARER"])
def test_nothing_leaks(run_mitto, login, account, service, smtp, home,
                       tmp_path, mechanisms):
    server = smtp(mechanisms)
    made = service(secret=CANARY + "-client-secret", rotates=True)
    account(made, server)
    shown = []
    for way in ["--device"], []:
        run = login(*way, "-vvv", "-X", tmp_path / "login.txt", "home")
        url = run.url()
        if way:
            made.settle("allowed")
        else:
            visit(log_in(url))
        assert run.end() == 0, run.err
        shown.append(run.err + run.out.decode())
    talk = ("-vvv", "--json", "-X", tmp_path / "talk.txt", "--log",
            tmp_path / "log.txt")
    for state in "good", "old", "refused", "revoked":
        server.login = USER, made.access[-1]
        if state == "old":
            age(home, 3600)
        if state == "refused":
            server.login = USER, "other"
        if state == "revoked":
            made.refresh.clear()
            age(home, 3600)
        result = run_mitto("-A", "home", *talk, *MAIL)
        assert (result.status == 0) == (state == "good"), result
        shown.append(result.err + result.out.decode())
    shown.append(run_mitto("config", "show").out.decode())
    for path in "login.txt", "talk.txt", "log.txt":
        with contextlib.suppress(FileNotFoundError):
            shown.append((tmp_path / path).read_text())
    secrets = {value for request in made.requests
               for name, value in request.form.items()
               if name in ("client_secret", "code", "code_verifier",
                           "device_code", "refresh_token")}
    secrets |= set(made.access)
    assert len(secrets) > 8
    for secret in secrets:
        for form in forms(secret):
            assert form not in "".join(shown), (secret, form)


def test_no_secret_on_a_command_line(logged_in, keyring, tmp_path):
    made = logged_in(None, env=keyring.env)
    words = keyring.log()
    assert words and CANARY not in words
    assert "store" in words and len(made.refresh) == 1


# The keyring -----------------------------------------------------------------

@pytest.fixture
def keyring(tmp_path):
    """A secret-tool that keeps what it gets in files, and its words."""
    place = tmp_path / "keyring"
    place.mkdir()
    tool = place / "secret-tool"
    tool.write_text("""#!/bin/sh
cd "%s" || exit 1
echo "$*" >>words
[ -e broken ] && { echo "no daemon" >&2; exit 1; }
case $1 in
store) cat >entry;;
lookup) cat entry;;
clear) rm -f entry;;
esac
""" % place)
    tool.chmod(0o755)

    class Keyring:
        env = {"PATH": "%s:%s" % (place, os.environ["PATH"]),
               "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
        entry = place / "entry"
        broken = place / "broken"

        @staticmethod
        def log():
            path = place / "words"
            return path.read_text() if path.exists() else ""
    return Keyring


def test_keyring(run_mitto, logged_in, smtp, home, keyring):
    server = smtp()
    made = logged_in(server, env=keyring.env, rotates=True)
    assert keyring.entry.read_text() in made.refresh
    assert "refresh" not in record(home)
    assert record(home)["keyring"] == "yes"
    age(home, 3600)
    give = made.give

    def once(refresh):
        answer = give(refresh)
        server.login = USER, answer["access_token"]
        return answer
    made.give = once
    assert run_mitto("-A", "home", *MAIL, env=keyring.env).status == 0
    assert keyring.entry.read_text() in made.refresh
    assert "refresh" not in record(home)
    # Without the desktop the token that is still good will do.
    assert run_mitto("-A", "home", *MAIL).status == 0
    age(home, 3600)
    result = run_mitto("-A", "home", *MAIL)
    assert result.status == 77 and "keyring" in result.err
    assert "--keyring=never" in result.hint
    result = run_mitto("login", "--forget", "home", env=keyring.env)
    assert result.status == 0 and not keyring.entry.exists()


def test_keyring_that_is_not_wanted(logged_in, home, keyring):
    logged_in(None, "--keyring=never", env=keyring.env)
    assert not keyring.entry.exists()
    assert "refresh" in record(home)


def test_keyring_that_does_not_work(login, logged_in, home, keyring):
    keyring.broken.touch()
    made = logged_in(None, env=keyring.env)
    assert record(home)["refresh"] in made.refresh
    run = login("--keyring=always", "--device", "home", env=keyring.env)
    run.url()
    made.settle("allowed")
    assert run.end() == 73 and "no daemon" in run.err


def test_keyring_that_is_not_there(login, account, service):
    made = service()
    account(made)
    run = login("--keyring=always", "--device", "home")
    run.url()
    made.settle("allowed")
    assert run.end() == 73 and "no keyring" in run.err


# Passwords -------------------------------------------------------------------

@pytest.fixture
def password_account(config, smtp):
    server = smtp("PLAIN", CANARY + "-password")
    config("[account home]\nserver = smtp+plain://%s\nuser = %s\nfrom = %s\n"
           % (server.address, USER, USER))
    return server


def test_password_goes_into_the_keyring(on_terminal, run_mitto, keyring,
                                        password_account):
    status, shown = on_terminal(
        "login", "home", env=keyring.env,
        answers=(b"Password of", CANARY.encode() + b"-password\n"))
    assert status == 0, shown
    assert "is in the keyring" in shown and CANARY not in shown
    assert keyring.entry.read_text() == CANARY + "-password"
    assert "host 127.0.0.1 service smtp user " + USER in keyring.log()
    assert CANARY not in keyring.log()
    result = run_mitto("-A", "home", *MAIL, env=keyring.env)
    assert result.status == 0, result
    assert password_account.messages[0].login
    result = run_mitto("login", "--forget", "home", env=keyring.env)
    assert result.status == 0 and not keyring.entry.exists()
    result = run_mitto("login", "--forget", "home", env=keyring.env)
    assert b"not logged in" in result.out


def test_password_needs_a_person(run_mitto, on_terminal, keyring,
                                 password_account):
    result = run_mitto("login", "home", env=keyring.env)
    assert result.status == 78 and "nobody to ask" in result.err
    status, shown = on_terminal("login", "home", env=keyring.env,
                                answers=(b"Password of", b"\x03"))
    assert status == 130, shown
    keyring.broken.touch()
    status, shown = on_terminal("login", "home", env=keyring.env,
                                answers=(b"Password of", b"secret\n"))
    assert status == 73 and "no daemon" in shown
    for words in ["--device"], ["--keyring=never"]:
        result = run_mitto("login", *words, "home", env=keyring.env)
        assert result.status == 78 and "no oauth-client-id" in result.err


def test_outlook_takes_no_passwords(run_mitto, config, keyring):
    config("[account home]\nprovider = outlook\nfrom = %s\n" % USER)
    result = run_mitto("login", "home", env=keyring.env)
    assert result.status == 78 and "no oauth-client-id" in result.err


def test_what_a_provider_takes_is_told(on_terminal, config, keyring):
    config("[account home]\nprovider = gmail\nfrom = %s\n" % USER)
    status, shown = on_terminal("login", "home", env=keyring.env,
                                answers=(b"Password of", b"\x03"))
    assert status == 130
    assert "app password" in shown
    assert "https://myaccount.google.com/apppasswords" in shown


def test_config_check_knows_of_tokens(run_mitto, account, service, smtp):
    """An account that logs in by OAuth needs no source of a password."""
    account(service(), smtp())
    plain = run_mitto("config", "check")
    assert plain.status == 0 and "no source" not in plain.err, plain
    fetched = run_mitto("config", "check", "--secrets")
    assert fetched.status == 77, fetched
    assert "nobody has logged in" in fetched.err
    assert "mitto login home" in fetched.err

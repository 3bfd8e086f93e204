# SPDX-License-Identifier: MIT
"""A small login service (RFC 6749, 7636, 8628) on a free loopback port.

It hands out tokens that carry the word CANARY, checks what it is given as a
strict service would, and keeps every request.  `says` maps a path to answers
that take the place of the right ones, used up one by one: a function of the
form that gives an answer or None (then the right one follows), or an answer:
(status, JSON object), (status, bytes), or None to hang up.
"""

import base64
import collections
import hashlib
import http.client
import http.server
import json
import secrets
import threading
import urllib.parse

CANARY = "c4nary"
CLIENT = "mitto-test-client"

Request = collections.namedtuple("Request", "path form headers")


class Service:
    """secret      the client secret that is wanted, if any
    lasts       expires_in of an access token; None says nothing
    rotates     a refresh token is good once, and a new one comes with each
    interval    of the device flow, as is
    code_lasts  expires_in of a device code
    renewable   are there refresh tokens at all?
    context     an ssl.SSLContext: https
    """

    def __init__(self, secret=None, lasts=3600, rotates=False, interval=0,
                 code_lasts=900, renewable=True, context=None):
        self.secret, self.lasts, self.rotates = secret, lasts, rotates
        self.interval, self.code_lasts = interval, code_lasts
        self.renewable = renewable
        self.requests, self.says = [], {}
        self.codes = {}      # code -> (challenge, redirect URI)
        self.refresh = set()  # those that are good
        self.access = []      # those given out, the newest last
        self.devices = {}     # device code -> "waiting", "allowed", "denied"
        self.changed = threading.Condition()
        self._made = 0
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(service.authorize(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(service.post(self.path, body.decode("ascii"),
                                         self.headers))

            def answer(self, answer):
                self.close_connection = True
                if answer is None:
                    return
                status, body = answer
                if not isinstance(body, bytes):
                    body = json.dumps(body).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", len(body))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._scheme = "http"
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever,
                                        args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def url(self, path):
        return "%s://127.0.0.1:%d/%s" % (
            self._scheme, self._server.server_address[1], path)

    def keys(self, device=True, browser=True):
        """The lines of the config file that lead here."""
        lines = ["oauth-client-id = " + CLIENT,
                 "oauth-token-url = " + self.url("token"),
                 "oauth-scope = mail offline"]
        if self.secret:
            lines.append("oauth-client-secret = " + self.secret)
        if device:
            lines.append("oauth-device-url = " + self.url("device"))
        if browser:
            lines.append("oauth-auth-url = " + self.url("authorize"))
        return "\n".join(lines) + "\n"

    # What the client asks ---------------------------------------------------

    def post(self, path, body, headers):
        form = dict(urllib.parse.parse_qsl(
            body, keep_blank_values=True, strict_parsing=True))
        path = path.strip("/")
        with self.changed:
            self.requests.append(Request(path, form, headers))
            self.changed.notify_all()
            answers = self.says.get(path)
            if answers:
                answer = answers.pop(0)
                if callable(answer):
                    answer = answer(form)
                    if answer is not None:
                        return answer
                else:
                    return answer
            if form.get("client_id") != CLIENT or (
                    self.secret and form.get("client_secret") != self.secret):
                return 401, {"error": "invalid_client"}
            return {"token": self.token, "device": self.device}[path](form)

    def token(self, form):
        grant = form["grant_type"].rpartition(":")[2]
        if grant == "authorization_code":
            challenge, redirect = self.codes.pop(form["code"], (None, None))
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if challenge != shown or redirect != form["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
        elif grant == "device_code":
            state = self.devices.get(form["device_code"])
            if state == "waiting":
                return 400, {"error": "authorization_pending"}
            if state != "allowed":
                return 400, {"error": "access_denied"}
        elif form["refresh_token"] not in self.refresh:
            return 400, {"error": "invalid_grant",
                         "error_description": "Token has been revoked."}
        elif self.rotates:
            self.refresh.discard(form["refresh_token"])
        return 200, self.give(self.rotates or grant != "refresh_token")

    def give(self, refresh):
        self.access.append(self.make("access"))
        answer = {"access_token": self.access[-1], "token_type": "Bearer"}
        if self.lasts is not None:
            answer["expires_in"] = self.lasts
        if refresh and self.renewable:
            answer["refresh_token"] = self.make("refresh")
            self.refresh.add(answer["refresh_token"])
        return answer

    def make(self, what):
        self._made += 1
        return "%s-%s-%d-%s" % (CANARY, what, self._made,
                                secrets.token_urlsafe(24))

    def device(self, form):
        assert form["scope"] == "mail offline"
        code = self.make("device")
        self.devices[code] = "waiting"
        answer = {"device_code": code, "user_code": "WDJB-MJHT",
                  "verification_uri": self.url("verify"),
                  "verification_uri_complete":
                      self.url("verify?user_code=WDJB-MJHT"),
                  "expires_in": self.code_lasts}
        if self.interval is not None:
            answer["interval"] = self.interval
        return 200, answer

    # What a person does ------------------------------------------------------

    def authorize(self, path):
        """The login page: who comes is let in at once."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query,
                                            strict_parsing=True))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["scope"] == "mail offline"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 43
        code = self.make("code") + "/+ &%"
        self.codes[code] = asked["code_challenge"], asked["redirect_uri"]
        return 200, {"redirect": asked["redirect_uri"] + "?" +
                     urllib.parse.urlencode({"code": code,
                                             "state": asked["state"]})}

    def settle(self, state):
        with self.changed:
            for code in self.devices:
                self.devices[code] = state

    def wait_for(self, path, count=1, seconds=30):
        """Until `count` requests for a path have come."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: len(self.asked(path)) >= count, seconds)

    def asked(self, path):
        return [r.form for r in self.requests if r.path == path]


def visit(url):
    """GET url as a browser would; (status, body)."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port,
                                            timeout=20)
    try:
        connection.request("GET", urllib.parse.urlunsplit(
            ("", "", parts.path or "/", parts.query, "")))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def log_in(url):
    """Visit the login page and go where it leads, as a person's browser."""
    status, body = visit(url)
    assert status == 200
    return json.loads(body)["redirect"]

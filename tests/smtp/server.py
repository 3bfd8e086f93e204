# SPDX-License-Identifier: MIT
"""A server that misbehaves on order: every reply is scripted.

    Server(offers=["SIZE 1000"], replies={"MAIL": "550 5.7.1 not you"})

A reply is a text (lines separated by LF), bytes as they are, an action below,
a list of these used up one by one (the last one stays), or a function of the
command's argument that gives one.  Stages: GREETING EHLO HELO STARTTLS AUTH
MAIL RCPT DATA BODY RSET QUIT; RCPT may also be a dict from address to reply.
What came is kept: every command with its time, every message with its bytes
before and after the dots were unstuffed.
"""

import base64
import collections
import hashlib
import hmac
import re
import socket
import ssl
import struct
import threading
import time

from listener import Listener

Command = collections.namedtuple("Command", "time connection tls text")
Message = collections.namedtuple(
    "Message", "sender recipients raw content login tls connection")


class Close:
    """Say `reply`, if any, and hang up: with `reset` like a crash, with
    `together` so that the reply and the end arrive as one, `mute` without the
    replies that were still to be sent (join), with `notify` so that TLS ends
    before the connection, with `noise` that is no TLS."""

    def __init__(self, reply=None, reset=False, together=False, mute=False,
                 notify=False, noise=False):
        self.reply, self.reset, self.together = reply, reset, together
        self.mute, self.notify, self.noise = mute, notify, noise


class Hang:
    """Say `reply`, if any, then nothing until the server is stopped."""

    def __init__(self, reply=None):
        self.reply = reply


class Delay:
    """Say `reply` after `seconds`."""

    def __init__(self, seconds, reply):
        self.seconds, self.reply = seconds, reply


class Flood:
    """Say these bytes again and again, as long as the client is there."""

    def __init__(self, data):
        self.data = data


class Closed(Exception):
    """The conversation is over."""


DEFAULTS = {
    "GREETING": "220 test.example ESMTP",
    "HELO": "250 test.example",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 accepted",
    "MAIL": "250 2.1.0 sender ok",
    "RCPT": "250 2.1.5 recipient ok",
    "DATA": "354 go ahead",
    "BODY": "250 2.0.0 queued as 4711",
    "RSET": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
    "REFUSED": "535 5.7.8 authentication failed",
}


class Server:
    """Serves on a free loopback port until stop(); one thread a client.

    offers      lines of the EHLO reply; a function of "in TLS?" gives them too
    tls         an ssl.SSLContext: STARTTLS is offered, or with
    implicit    TLS from the first byte
    login       (user, secret): AUTH is checked against it
    mechanisms  offered after AUTH, separated by blanks
    during      (bytes, reply): what is done when so much of a body came
    pace        seconds to wait before each read of a body
    pipelining  PIPELINING is among the offers
    most        recipients of one message; more are put off with 452
    strict      RCPT is refused without MAIL, DATA without a recipient
    join        replies wait until there is nothing more to read
    cut         (position, seconds): what is said pauses there
    port        to listen on, 0 = a free one
    pieces      what is said leaves in writes of so many bytes at most
    deaf        forgets what came behind a command (never pipeline to it)
    chunking    CHUNKING is among the offers; if "no", BDAT is unknown all the
                same; such messages have raw and content alike
    """

    def __init__(self, offers=(), replies=None, tls=None, implicit=False,
                 login=None, mechanisms="PLAIN LOGIN", during=None, pace=0,
                 host="127.0.0.1", pipelining=False, strict=True,
                 join=False, cut=None, deaf=False, chunking=False,
                 most=None, pieces=None, port=0):
        self.offers, self.tls, self.implicit = offers, tls, implicit
        self.replies = {
            stage: list(reply) if isinstance(reply, list) else reply
            for stage, reply in dict(DEFAULTS, **(replies or {})).items()}
        self.login, self.mechanisms = login, mechanisms
        self.during, self.pace = during, pace
        self.pipelining, self.strict = pipelining, strict
        self.join, self.cut, self.deaf = join, cut, deaf
        self.chunking, self.most = chunking, most
        self.pieces = pieces
        self.commands, self.messages = [], []
        self.connections = 0
        self.flights = 0  # times it answered
        self.spoken = 0  # bytes it said
        self.got = 0  # bytes of bodies
        self.partial = b""
        self.stopping = threading.Event()
        self.listener = Listener(self._serve, host, port)
        if pace:
            self.listener.receive_buffer(65536)
        self.host, self.port = self.listener.host, self.listener.port
        self.address = self.listener.address
        self.listener.start()

    def stop(self):
        self.stopping.set()
        self.listener.stop()

    @property
    def said(self):
        """The commands, without their times."""
        return [command.text for command in self.commands]

    def verbs(self):
        return [text.split(" ")[0].upper() for text in self.said]

    def count(self, verb):
        return self.verbs().count(verb)

    def _serve(self, sock, number):
        self.connections += 1
        client = _Client(self, sock, number)
        try:
            client.serve()
        except (Closed, ssl.SSLError, ValueError):
            pass
        finally:
            client.sock.close()


class _Client:
    """One connection."""

    def __init__(self, server, sock, number):
        self.server, self.sock, self.number = server, sock, number
        self.in_tls = False
        self.user = None
        self.buffer = b""
        self.waiting, self.spoken = b"", 0
        self.sender, self.recipients = None, []

    # --- replies

    def reply(self, stage, arg=""):
        """Carry out what is scripted for a stage; the code it said."""
        action = self.server.replies[stage]
        if isinstance(action, dict):
            address = arg[arg.find("<") + 1:arg.rfind(">")]
            action = action.get(address, DEFAULTS[stage])
        return self.act(action, arg)

    def act(self, action, arg=""):
        if callable(action):
            action = action(arg)
        if isinstance(action, list):
            action = action.pop(0) if len(action) > 1 else action[0]
        if isinstance(action, Close):
            if action.mute:
                self.waiting = b""
            self.say(action.reply, socket.MSG_MORE if action.together else 0)
            self.close(action)
        if isinstance(action, Hang):
            self.say(action.reply)
            self.flush()
            self.server.stopping.wait()
            raise Closed
        if isinstance(action, Flood):
            while True:
                self.say(action.data)
                self.flush()
        if isinstance(action, Delay):
            self.flush()
            if self.server.stopping.wait(action.seconds):
                raise Closed
            return self.act(action.reply, arg)
        self.say(action)
        return int(action[:3]) if action[:3].isdigit() else 0

    def say(self, text, flags=0):
        if text is None:
            return
        if isinstance(text, str):
            text = text.replace("\n", "\r\n").encode() + b"\r\n"
        self.waiting += text
        if not self.server.join:
            self.flush(flags)

    def flush(self, flags=0):
        text, self.waiting = self.waiting, b""
        self.server.flights += text != b""
        self.server.spoken += len(text)
        if self.server.cut is not None:
            position, seconds = self.server.cut
            first = max(position - self.spoken, 0)
            self.spoken += len(text)
            if 0 < first < len(text):
                self.sock.sendall(text[:first])
                time.sleep(seconds)
                text = text[first:]
        pieces = self.server.pieces or len(text)
        while text:
            self.sock.sendall(text[:pieces], flags)
            text = text[pieces:]

    def close(self, action):
        self.flush()
        if action.notify:
            # close_notify goes out at once, theirs is not waited for.
            self.sock.setblocking(False)
            try:
                self.sock.unwrap()
            except OSError:
                pass
        if action.noise:
            socket.socket.send(self.sock, b"noise " * 100)
        if action.reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
        raise Closed

    # --- input

    def fill(self):
        self.flush()
        data = self.sock.recv(65536)
        if not data:
            raise Closed
        self.buffer += data

    def line(self):
        while b"\n" not in self.buffer:
            self.fill()
        line, self.buffer = self.buffer.split(b"\n", 1)
        if self.server.deaf:
            self.buffer = b""
        return line.rstrip(b"\r").decode("utf-8", "surrogateescape")

    def start_tls(self):
        self.flush()
        self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)
        self.server.listener.keep(self.sock)
        self.in_tls = True
        self.buffer = b""

    # --- the conversation

    def serve(self):
        if self.server.implicit:
            self.start_tls()
        self.reply("GREETING")
        while True:
            text = self.line()
            self.server.commands.append(
                Command(time.monotonic(), self.number, self.in_tls, text))
            verb, _, arg = text.partition(" ")
            handler = getattr(self, "do_" + verb.lower(), None)
            if handler is None:
                self.say("500 5.5.1 what?")
            else:
                handler(arg)

    def do_ehlo(self, arg):
        if "EHLO" in self.server.replies:
            self.reply("EHLO", arg)
            return
        offers = self.server.offers
        lines = list(offers(self.in_tls) if callable(offers) else offers)
        if self.server.pipelining:
            lines.append("PIPELINING")
        if self.server.chunking:
            lines.append("CHUNKING")
        if self.server.tls is not None and not self.in_tls:
            lines.append("STARTTLS")
        if self.server.login is not None:
            lines.append("AUTH " + self.server.mechanisms)
        lines = ["test.example"] + lines
        self.say("\n".join("250%s%s" % (
            "-" if line is not lines[-1] else " ", line) for line in lines))

    def do_helo(self, arg):
        self.reply("HELO", arg)

    def do_starttls(self, arg):
        if self.reply("STARTTLS", arg) == 220:
            self.start_tls()

    def do_mail(self, arg):
        self.sender, self.recipients = None, []
        if self.reply("MAIL", arg) // 100 == 2:
            self.sender = arg[arg.find("<") + 1:arg.rfind(">")]

    def do_rcpt(self, arg):
        if self.sender is None and self.server.strict:
            self.say("503 5.5.1 MAIL first")
        elif len(self.recipients) == self.server.most:
            self.say("452 4.5.3 too many recipients")
        elif self.reply("RCPT", arg) // 100 == 2:
            self.recipients.append(arg[arg.find("<") + 1:arg.rfind(">")])

    def do_rset(self, arg):
        self.sender, self.recipients = None, []
        self.reply("RSET", arg)

    def do_quit(self, arg):
        self.reply("QUIT", arg)
        self.flush()
        raise Closed

    def do_data(self, arg):
        if not self.recipients and self.server.strict:
            self.say("554 5.5.1 no valid recipients")
            return
        if self.reply("DATA", arg) != 354:
            return
        raw = self.body()
        self.server.messages.append(Message(
            self.sender, self.recipients, raw,
            re.sub(rb"(?m)^\.", b"", raw), self.user, self.in_tls,
            self.number))
        self.recipients = []
        self.reply("BODY")

    def do_bdat(self, arg):
        if not self.server.chunking or self.server.chunking == "no":
            self.say("502 5.5.1 what?")
            return
        size, _, last = arg.partition(" ")
        while len(self.buffer) < int(size):
            self.fill()
        raw, self.buffer = self.buffer[:int(size)], self.buffer[int(size):]
        if not self.recipients and self.server.strict:
            self.say("503 5.5.1 no valid recipients")
            return
        assert last == "LAST"
        self.server.messages.append(Message(
            self.sender, self.recipients, raw, raw, self.user, self.in_tls,
            self.number))
        self.recipients = []
        self.reply("BODY")

    def body(self):
        during = self.server.during
        chunks, last, size = [], b"\r\n", 0
        while True:
            # The end may be split over two reads.
            chunk, self.buffer = self.buffer, b""
            chunks.append(chunk)
            size += len(chunk)
            self.server.got += len(chunk)
            tail = last + chunk
            if b"\r\n.\r\n" in tail:
                raw = b"".join(chunks)
                end = (b"\r\n" + raw).find(b"\r\n.\r\n")
                self.buffer = raw[end + 3:]
                return raw[:end]
            last = tail[-4:]
            self.server.partial = b"".join(chunks) if size < 1 << 20 else b""
            if during is not None and size >= during[0]:
                self.act(during[1])
                during = None
            if self.server.pace:
                time.sleep(self.server.pace)
            self.fill()

    # --- login

    def challenge(self, text):
        self.say("334 " + text)
        answer = self.line()
        self.server.commands.append(
            Command(time.monotonic(), self.number, self.in_tls, answer))
        return answer

    def do_auth(self, arg):
        mechanism, _, initial = arg.partition(" ")
        check = getattr(self, "auth_" + mechanism.lower().replace("-", "_"),
                        None)
        if check is None:
            self.say("504 5.5.4 unknown mechanism")
        elif check(initial):
            self.user = self.server.login[0]
            self.reply("AUTH", arg)
        else:
            self.reply("REFUSED", arg)

    def auth_plain(self, initial):
        fields = _decode(initial or self.challenge("")).split(b"\0")
        return fields[1:] == [_bytes(x) for x in self.server.login]

    def auth_login(self, initial):
        user = _decode(initial or self.challenge(_encode(b"Username:")))
        secret = _decode(self.challenge(_encode(b"Password:")))
        return (user, secret) == tuple(_bytes(x) for x in self.server.login)

    def auth_cram_md5(self, initial):
        del initial
        nonce = b"<1896.697170952@test.example>"
        answer = _decode(self.challenge(_encode(nonce)))
        user, secret = (_bytes(x) for x in self.server.login)
        digest = hmac.new(secret, nonce, hashlib.md5).hexdigest().encode()
        return answer == user + b" " + digest

    def bearer(self, initial, wanted, error):
        if _decode(initial or self.challenge("")) == wanted:
            return True
        self.challenge(_encode(error))
        return False

    def auth_xoauth2(self, initial):
        user, token = (_bytes(x) for x in self.server.login)
        return self.bearer(
            initial, b"user=%s\1auth=Bearer %s\1\1" % (user, token),
            b'{"status":"400","schemes":"Bearer","scope":"https://mail/"}')

    def auth_oauthbearer(self, initial):
        user, token = (_bytes(x) for x in self.server.login)
        data = _decode(initial or self.challenge(""))
        if (data.startswith(b"n,a=" + user + b",") and
                b"\1auth=Bearer " + token + b"\1" in data):
            return True
        self.challenge(_encode(b'{"status":"invalid_token"}'))
        return False

    def auth_external(self, initial):
        del initial
        return bool(self.in_tls and self.sock.getpeercert())


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def _encode(data):
    return base64.b64encode(data).decode()


def _decode(text):
    return b"" if text == "=" else base64.b64decode(text)

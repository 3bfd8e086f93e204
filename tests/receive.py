# SPDX-License-Identifier: MIT
"""The other side: servers that keep what they are given, and a reader of it.

Server is aiosmtpd on a free loopback port; every server of a run shares one
event loop in one thread.  Sink takes gigabytes and keeps nothing.  read()
parses a message with Python's email package, which shares no code with
mitto, and insists that nothing in it is out of order.
"""

import asyncio
import atexit
import collections
import email
import email.policy
import re
import socket
import ssl
import threading

from aiosmtpd.smtp import SMTP, AuthResult

Envelope = collections.namedtuple(
    "Envelope", "mail_from rcpt_tos content mail_options helo login tls")


class _Loop:
    """One event loop in one thread, started when first needed."""

    loop = None

    @classmethod
    def get(cls):
        if cls.loop is None:
            cls.loop = asyncio.new_event_loop()
            cls.loop.set_exception_handler(lambda loop, context: None)
            threading.Thread(target=cls.loop.run_forever,
                             daemon=True).start()
            atexit.register(cls.loop.call_soon_threadsafe, cls.loop.stop)
        return cls.loop

    @classmethod
    def run(cls, coroutine):
        return asyncio.run_coroutine_threadsafe(
            coroutine, cls.get()).result(10)


class _Protocol(SMTP):
    """aiosmtpd that notes each command in the words of the wire."""

    def __init__(self, owner, **options):
        self.owner = owner
        super().__init__(owner, **options)

    def connection_made(self, transport):
        if self.transport is None:
            self.owner.connections += 1
        super().connection_made(transport)

    def _note(self, verb, arg):
        self.owner.commands.append(verb + (" " + arg if arg else ""))

    async def smtp_EHLO(self, arg):
        self._note("EHLO", arg)
        await super().smtp_EHLO(arg)

    async def smtp_STARTTLS(self, arg):
        self._note("STARTTLS", arg)
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        self._note("AUTH", arg)
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        self._note("MAIL", arg)
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        self._note("RCPT", arg)
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        self._note("DATA", arg)
        await super().smtp_DATA(arg)


class Server:
    """A receiving server.

    tls is None, "starttls" or "ssl" (then context is a server's SSLContext);
    login is a (user, password) pair that must be given before MAIL; size is
    the limit it offers; replies maps "MAIL", "DATA" or a recipient's address
    to the reply it gets instead of 250; before_rcpt is called at each RCPT.
    """

    def __init__(self, tls=None, context=None, login=None, size=None,
                 utf8=True, replies=None, before_rcpt=None):
        self.tls, self.context, self.login = tls, context, login
        self.size, self.utf8 = size, utf8
        self.replies = dict(replies or {})
        self.before_rcpt = before_rcpt
        self.messages, self.commands, self.logins = [], [], []
        self.connections = 0
        self.arrived = threading.Event()  # there is a message
        self._server = None

    def start(self):
        async def listen():
            return await _Loop.get().create_server(
                self._protocol, "127.0.0.1", 0,
                ssl=self.context if self.tls == "ssl" else None)
        self._server = _Loop.run(listen())
        return self

    def stop(self):
        async def close():
            self._server.close()
        if self._server is not None:
            _Loop.run(close())
            self._server = None

    def _protocol(self):
        starttls = self.tls == "starttls"
        return _Protocol(
            self, loop=_Loop.get(), hostname="server.example", timeout=60,
            enable_SMTPUTF8=self.utf8, data_size_limit=self.size or 2 ** 31,
            tls_context=self.context if starttls else None,
            require_starttls=starttls,
            auth_required=self.login is not None,
            auth_require_tls=starttls,
            auth_exclude_mechanism=(
                None if self.login else ["PLAIN", "LOGIN"]),
            authenticator=self._authenticate)

    def _authenticate(self, server, session, envelope, mechanism, data):
        pair = (data.login.decode(), data.password.decode())
        self.logins.append(pair)
        return AuthResult(success=pair == self.login, handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.before_rcpt is not None:
            self.before_rcpt(address)
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.messages.append(Envelope(
            envelope.mail_from, list(envelope.rcpt_tos), envelope.content,
            list(envelope.mail_options), session.host_name,
            self.logins[-1] if session.authenticated else None,
            self.tls is not None))
        self.arrived.set()
        return "250 2.0.0 Ok: kept as %d" % len(self.messages)

    @property
    def port(self):
        return self._server.sockets[0].getsockname()[1]

    @property
    def address(self):
        return "127.0.0.1:%d" % self.port

    @property
    def url(self):
        scheme = {None: "smtp", "ssl": "smtps",
                  "starttls": "smtp+starttls"}[self.tls]
        return "%s://%s" % (scheme, self.address)

    @property
    def rcpts(self):
        """The recipients of all messages, as RCPT named them."""
        return [rcpt for envelope in self.messages
                for rcpt in envelope.rcpt_tos]

    def spoken(self, verb):
        """The arguments of every command with this verb."""
        return [line[len(verb):].strip() for line in self.commands
                if line.split(" ")[0] == verb]


class Sink:
    """Takes one message of any size, counts it and throws it away.

    at_end is called when the final dot has come and before the 250 goes.
    """

    def __init__(self, context=None, at_end=None):
        self.context, self.at_end = context, at_end
        self.bytes = None
        self.error = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(30)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()

    def _serve(self):
        try:
            peer, _ = self._listener.accept()
            with peer:
                peer.settimeout(60)
                if self.context is not None:
                    peer = self.context.wrap_socket(peer, server_side=True)
                self._talk(peer)
        except OSError as error:
            self.error = error

    def _talk(self, peer):
        peer.sendall(b"220 sink.example ESMTP\r\n")
        reader = peer.makefile("rb")
        for line in reader:
            verb = line[:4].upper()
            if verb == b"EHLO":
                peer.sendall(b"250-sink.example\r\n250-8BITMIME\r\n"
                             b"250 SIZE 4294967296\r\n")
            elif verb == b"DATA":
                peer.sendall(b"354 Go on\r\n")
                self.bytes = self._swallow(reader)
                if self.at_end is not None:
                    self.at_end()
                peer.sendall(b"250 2.0.0 Ok\r\n")
            elif verb == b"QUIT":
                peer.sendall(b"221 2.0.0 Bye\r\n")
                return
            else:
                peer.sendall(b"250 2.0.0 Ok\r\n")

    @staticmethod
    def _swallow(reader):
        count, tail = 0, b"\r\n"
        while True:
            block = reader.read1(1 << 18)
            if not block:
                raise OSError("closed before the final dot")
            count += len(block)
            tail = (tail + block)[-5:]
            if tail == b"\r\n.\r\n":
                return count - 3


# What a message must be --------------------------------------------------

SINGLE = ("Date", "From", "Sender", "Reply-To", "To", "Cc", "Message-ID",
          "In-Reply-To", "References", "Subject", "MIME-Version",
          "Content-Type", "Content-Transfer-Encoding",
          "Content-Disposition", "Content-ID")
NEEDED = ("Date", "From", "Message-ID")

# RFC 2047 forbids an encoded-word in a quoted string; name= holds one all
# the same since Outlook reads nothing else, so this defect is wanted.
OUTLOOK = ("encoded word inside quoted string",
           "missing trailing whitespace after encoded-word")


def check_wire(content, seven_bit=True):
    """Every line ends in CRLF, is not too long and (mostly) ASCII."""
    assert content.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n", content), "bare LF"
    assert not re.search(rb"\r(?!\n)", content), "bare CR"
    assert b"\0" not in content
    longest = max(content.split(b"\r\n"), key=len)
    assert len(longest) <= 998, longest[:100]
    if seven_bit:
        assert content.isascii(), re.search(rb"[\x80-\xff].*", content)
    head = content.split(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^(resent-)?bcc[ \t]*:", head)


def check_part(part, seven_bit=True):
    assert part.defects == [], (part.defects, part.items())
    names = [name.lower() for name in part.keys()]
    for name in SINGLE:
        assert names.count(name.lower()) <= 1, name
    for name, value in part.items():
        found = [str(defect) for defect in getattr(value, "defects", ())]
        if name.lower() == "content-type":
            found = [defect for defect in found if defect not in OUTLOOK]
        if not seven_bit:
            found = [defect for defect in found
                     if "non-ascii" not in defect.lower()]
        assert found == [], (name, value, found)
        assert not re.search(r"[\0-\x08\x0a-\x1f\x7f]", str(value)), name
    if part.is_multipart():
        return
    encoding = str(part["Content-Transfer-Encoding"] or "7bit").lower()
    assert encoding in ("7bit", "8bit", "quoted-printable", "base64")
    if encoding in ("quoted-printable", "base64"):
        body = part.get_payload()
        longest = max(body.splitlines() or [""], key=len)
        assert len(longest) <= 76, (encoding, longest)
    part.get_payload(decode=True)
    assert part.defects == [], part.defects


def read(content, seven_bit=True):
    """Parse a message and check everything that holds for all of them."""
    check_wire(content, seven_bit)
    message = email.message_from_bytes(content, policy=email.policy.default)
    for name in NEEDED:
        assert message[name] is not None, name
    assert message["MIME-Version"] == "1.0"
    for part in message.walk():
        check_part(part, seven_bit)
    return message


def body_of(part):
    """The decoded bytes of one part."""
    return part.get_payload(decode=True)


def text_of(part):
    """The text of one part, with LF at the end of lines."""
    charset = part.get_content_charset("us-ascii")
    return body_of(part).decode(charset).replace("\r\n", "\n")


def leaves(message):
    return [part for part in message.walk() if not part.is_multipart()]


def attachments(message):
    """The parts that are not the text: those with a disposition."""
    return [part for part in leaves(message)
            if part.get_content_disposition() is not None]


def plain(message):
    """The one text/plain part that is no attachment."""
    found = [part for part in leaves(message)
             if part.get_content_type() == "text/plain"
             and part.get_content_disposition() is None]
    assert len(found) == 1, [part.items() for part in leaves(message)]
    return found[0]


def text(message):
    return text_of(plain(message))


def raw_header(content, name):
    """The raw lines of one header, folded as they came; None if absent."""
    head = content.split(b"\r\n\r\n")[0] + b"\r\n"
    match = re.search(rb"(?im)^" + name.encode() +
                      rb":(?:.*\r\n)(?:[ \t].*\r\n)*", head)
    return match.group(0) if match else None


def server_context(authority, *names):
    """A server's TLS context with a certificate of a trustme authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context

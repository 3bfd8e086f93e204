# SPDX-License-Identifier: MIT
"""Fixtures of the tests against scripted servers."""

import datetime
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server import Server
from tunnel import Tunnel

LANES = {"engine": "engine", "single": "pipeline", "grouped": "pipeline",
         "chunked": "pipeline"}


def pytest_collection_modifyitems(config, items):
    """What is marked `data` looks at DATA and at its reply: a message that
    travels with its envelope has neither."""
    kept, dropped = [], []
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        away = (params.get("lane") == "chunked" and
                item.get_closest_marker("data") is not None)
        (dropped if away else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@pytest.fixture
def script(lane):
    """script(**options) starts a scripted server; see server.py."""
    running = []

    def start(**options):
        options.setdefault("pipelining", lane in ("grouped", "chunked"))
        options.setdefault("chunking", lane == "chunked")
        running.append(Server(**options))
        return running[-1]
    yield start
    for server in running:
        server.stop()


@pytest.fixture(params=["engine", "single", "grouped", "chunked"])
def lane(request):
    """Every test runs four times: libcurl says MAIL, RCPT and DATA; we do, one
    at a time; we do, and the server offers PIPELINING; CHUNKING, too."""
    return request.param


@pytest.fixture
def run_mitto(run_mitto, lane):
    """The program, told which lane to use."""
    def run(*args, env=None, **kwargs):
        return run_mitto(*args, env=dict({"MITTO_LANE": LANES[lane]}, **(env or {})),
                         **kwargs)
    return run


@pytest.fixture
def mail(run_mitto):
    """mail(server, *args) sends to bob@there.example with --json.

    `to` are the recipients, `text` the message on stdin, `mode` the --tls.
    The result's .json() is in .answer.
    """
    def run(server, *args, to=("bob@there.example",), text=b"hello\n",
            mode="plain", **kwargs):
        subject = [] if "--raw" in args else ["-s", "test"]
        result = run_mitto(
            "-C", "none", "-S", server.address, "--tls=" + mode,
            "-f", "ana@home.example", *subject, "--json", *args, *to,
            stdin=text, **kwargs)
        result.answer = result.json()
        return result
    return run


@pytest.fixture
def tunnel():
    made = Tunnel()
    yield made
    made.listener.stop()


@pytest.fixture
def login(secret_file):
    """login(user, password, *more) -> the flags of a login."""
    def flags(user, password, *more):
        return ["-u", user, "--password-file", secret_file(password), *more]
    return flags


@pytest.fixture
def make_context(tmp_path):
    """make_context(names, days=(-1, 30)) -> an SSLContext whose certificate is
    signed by itself, valid for these days from today, and its SHA-256."""
    def make(*names, days=(-1, 30)):
        now = datetime.datetime.utcnow()
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(
            x509.NameOID.COMMON_NAME, "Test of " + names[0])])
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days[0]))
            .not_valid_after(now + datetime.timedelta(days[1]))
            .add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(x509.SubjectAlternativeName(
                [_general_name(name) for name in names]), False))
        cert = builder.sign(key, hashes.SHA256())
        path = tmp_path / (cert.fingerprint(hashes.SHA256()).hex() + ".pem")
        pem = cert.public_bytes(serialization.Encoding.PEM)
        path.write_bytes(key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()) + pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        authority = tmp_path / (path.name + ".ca")
        authority.write_bytes(pem)
        context.pem = authority
        context.sha256 = cert.fingerprint(hashes.SHA256()).hex()
        return context
    return make


def _general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)

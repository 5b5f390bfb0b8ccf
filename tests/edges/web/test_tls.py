"""Behind a TLS that ends before the house: real TLS to a proxy on loopback, cookies that no other host can set, and no way back to plain HTTP."""

import datetime
import ipaddress
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import SHUT_RDWR, create_connection, create_server, socket

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.edges.web.running import HEADERS, Running
from tocsin.cli.settings import SystemClock
from tocsin.kernel import from_instant


def certified(folder: Path) -> Path:
    """A key and a certificate for this machine's own address, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = from_instant(SystemClock().now())
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
                   .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1))
                   .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
                   .sign(key, hashes.SHA256()))
    path = folder / "tls.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                     + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def tls_before(port: int, pem: Path) -> Iterator[int]:
    """A proxy that speaks TLS and tells the house so, one request a connection, as those do that stand before such a house."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def serve(near: socket) -> None:
        with suppress(OSError), context.wrap_socket(near, server_side=True) as heard, create_connection(("127.0.0.1", port)) as house:
            said = b""
            while b"\r\n\r\n" not in said:
                said += heard.recv(65_536)
            first, _, rest = said.partition(b"\r\n")
            head, _, body = rest.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            while length and len(body) < int(length[1]):
                body += heard.recv(65_536)
            house.sendall(first + b"\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n" + head + b"\r\n\r\n" + body)
            while part := house.recv(65_536):
                heard.sendall(part)

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(near,), daemon=True).start()

    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(SHUT_RDWR)
            thread.join(10)


@pytest.fixture
def secure(floor: Running, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client that believes this certificate alone."""
    pem = certified(tmp_path)
    with tls_before(floor.port, pem) as port, httpx.Client(base_url=f"https://127.0.0.1:{port}", headers=HEADERS, trust_env=False, timeout=10,
                                                           verify=ssl.create_default_context(cafile=str(pem))) as client:
        yield client


def test_over_tls_the_cookie_is_bound_to_the_host_and_the_way_back_is_shut(floor: Running, secure: httpx.Client) -> None:
    answer = secure.post("/api/sign-in", json={"name": "dispatcher", "password": "pass word dispatcher"})
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-tocsin_session=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=strict"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert secure.get("/api/me").json()["name"] == "dispatcher", "the client sends it back over TLS"
    value = answer.cookies["__Host-tocsin_session"]
    with floor.client(cookie=value) as plain:  # the same value under the plain name, over plain HTTP
        assert plain.headers["cookie"].startswith("tocsin_session=")
        assert "strict-transport-security" not in plain.get("/api/me").headers
    secure.cookies.clear()
    planted = secure.get("/api/me", headers={"cookie": f"tocsin_session={value}"})
    assert planted.status_code == 401, "over TLS a cookie without the prefix, which another host could have set, lets nobody in"

"""Mail to a real server on loopback (aiosmtpd): STARTTLS, a password, and what its answers mean."""

import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tocsin.cli.settings import SystemClock
from tocsin.edges.gateways.calling.mail import MailSender
from tocsin.edges.gateways.calling.senders import Letter, Outcome, Reach
from tocsin.kernel import from_instant
from tocsin.rooms.calling.model import Mail

LETTER = Letter(text={"en": "E7: you are called.", "zh": "E7：正在呼叫您。"})
TO = Reach(mail="crew.one@city.example", lang="zh")


class Box:
    """What a mail server has taken; `says` is its answer to each mail and `knows` to each address."""

    def __init__(self) -> None:
        self.took: list[Envelope] = []
        self.says, self.knows = "250 taken", "250 known"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.knows.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.knows

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.took.append(envelope)
        return self.says


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's own certificate for localhost, and a client's trust in it alone."""
    at, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]), from_instant(SystemClock().now())
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1).not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, SHA256()))
    file: Path = at / "both.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(file))
    server.load_cert_chain(file)
    return server, client


@pytest.fixture
def box(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[tuple[Box, int]]:
    made = Box()

    def right(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"tocsin", b"the key"), handled=False)

    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(made, hostname="localhost", port=port, tls_context=tls[0], authenticator=right, auth_require_tls=True)
    server.start()
    try:
        yield made, port
    finally:
        server.stop()


def sender(port: int, trust: ssl.SSLContext | None, key: str = "the key") -> MailSender:
    table = Mail(host="localhost", port=port, sender="tocsin@city.example", user="tocsin", key=key)
    return MailSender(table, trust=trust)


def test_a_mail_goes_over_tls_with_a_password_in_its_readers_language(box: tuple[Box, int], tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    held, port = box
    assert sender(port, tls[1]).send("crew 1", TO, LETTER) == Outcome()
    [envelope] = held.took
    assert (envelope.mail_from, envelope.rcpt_tos) == ("tocsin@city.example", ["crew.one@city.example"])
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=policy.default)
    assert (read["subject"], read.get_content().strip()) == ("E7：正在呼叫您。", "E7：正在呼叫您。")


@pytest.mark.parametrize(("attribute", "answer", "expected"), [
    ("says", "451 later", Outcome(code="smtp_451")), ("says", "554 no", Outcome(code="smtp_554", lasting=True)),
    ("knows", "550 nobody", Outcome(code="smtp_550", lasting=True)), ("knows", "450 busy", Outcome(code="smtp_450")),
])
def test_what_a_server_answers(box: tuple[Box, int], tls: tuple[ssl.SSLContext, ssl.SSLContext], attribute: str, answer: str, expected: Outcome) -> None:
    setattr(box[0], attribute, answer)
    assert sender(box[1], tls[1]).send("crew 1", TO, LETTER) == expected


def test_a_wrong_password_and_a_server_that_is_not_who_it_says(box: tuple[Box, int], tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    held, port = box
    assert sender(port, tls[1], key="wrong").send("crew 1", TO, LETTER) == Outcome(code="smtp_535", lasting=True)
    assert sender(port, None).send("crew 1", TO, LETTER) == Outcome(code="smtp_refused")
    assert sender(9, None).send("crew 1", TO, LETTER) == Outcome(code="unreachable")
    assert not held.took

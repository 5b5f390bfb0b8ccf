"""Web Push against a push service that is really there, on loopback: it opens what came with the browser's own keys, as the browser would."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.edges.gateways.calling.standing import Taking, taking
from tests.edges.gateways.calling.test_outbox import reaches
from tests.floor import StillClock
from tocsin.edges.gateways.calling.push import PushSender, known
from tocsin.edges.gateways.calling.reaches import MOST_PUSHES, Reaches
from tocsin.edges.gateways.calling.sealed_push import NoKey, Signer, of_text, seal
from tocsin.edges.gateways.calling.senders import Letter, Outcome, Subscription
from tocsin.rooms.calling.model import Push

LETTER = Letter(text={"en": "E7: you are called.", "zh": "E7：正在呼叫您。"}, data={"about": "assigned", "of": "31", "tag": "E7/crew 1/3"}, keep_s=45)


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Browser:
    """The other end of a push: keys that never leave it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.auth = b"sixteen bytes ok"

    def at(self, endpoint: str, lang: str = "en") -> Subscription:
        return Subscription(endpoint=endpoint, p256dh=text(self.point), auth=text(self.auth), lang="zh" if lang == "zh" else "en")

    def opened(self, body: bytes) -> bytes:
        """By RFC 8291, section 3.4, written from the other side."""
        salt, length = body[:16], body[20]
        theirs, box = body[21:21 + length], body[21 + length:]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = HKDF(SHA256(), 32, self.auth, b"WebPush: info\x00" + self.point + theirs).derive(shared)
        key, nonce = (HKDF(SHA256(), size, salt, b"Content-Encoding: " + name + b"\x00").derive(secret) for name, size in ((b"aes128gcm", 16), (b"nonce", 12)))
        opened = AESGCM(key).decrypt(nonce, box, None)
        assert opened.rstrip(b"\x00")[-1:] == b"\x02"
        return opened[:-1]


@pytest.fixture
def service() -> Iterator[Taking]:
    with taking() as server:
        yield server


@pytest.fixture
def held(tmp_path: Path) -> Reaches:
    return reaches(tmp_path, StillClock(), set())


def sender(held: Reaches, contact: str = "") -> PushSender:
    return PushSender(Push(contact=contact), Signer(b"k" * 32), held, StillClock(), timeout_s=2, loopback=True)


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    """Appendix A: its keys, its salt, its words, its body."""
    own = ec.derive_private_key(int.from_bytes(of_text("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1())
    body = seal(b"When I grow up, I want to be a watermelon",
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg",
                own, of_text("DGv6ra1nlYgDCS1FRnbzlw"))
    assert text(body) == ("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB"
                          "St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")


def test_a_push_is_opened_by_its_own_browser_and_says_who_sends_it(service: Taking, held: Reaches) -> None:
    browser = Browser()
    held.subscribe("crew 1", browser.at(f"{service.at}/push/1"))
    assert sender(held, "mailto:duty@city.example").send("crew 1", held.of("crew 1"), LETTER) == Outcome()
    [(path, headers, body)] = service.came
    assert path == "/push/1"
    assert json.loads(browser.opened(body)) == {"text": "E7: you are called.", "press": "", "about": "assigned", "of": "31", "tag": "E7/crew 1/3"}
    assert b"called" not in body
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "45", "high")
    assert 0 < len(headers["topic"]) <= 32
    scheme, token, key = headers["authorization"].replace("t=", "").replace("k=", "").replace(",", "").split()
    assert scheme == "vapid"
    assert key == Signer(b"k" * 32).public != Signer(b"j" * 32).public
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), of_text(key))
    claims = jwt.decode(token, ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)), algorithms=["ES256"]).claims
    now_s = StillClock().now() // 1_000_000
    assert claims["aud"] == service.at
    assert claims["sub"] == "mailto:duty@city.example"
    assert now_s < claims["exp"] <= now_s + 86_400


def test_each_browser_is_told_in_its_own_language_and_one_that_is_gone_is_forgotten(service: Taking, held: Reaches) -> None:
    one, other = Browser(), Browser()
    held.subscribe("crew 1", one.at(f"{service.at}/push/1"))
    held.subscribe("crew 1", other.at(f"{service.at}/push/2", "zh"))
    service.answers = [410, 201]
    assert sender(held).send("crew 1", held.of("crew 1"), LETTER) == Outcome()
    assert json.loads(other.opened(service.came[1][2]))["text"] == "E7：正在呼叫您。"
    assert [subscribed.endpoint for subscribed in held.of("crew 1").pushes] == [f"{service.at}/push/2"]
    service.answers = [404]
    assert sender(held).send("crew 1", held.of("crew 1"), LETTER) == Outcome(code="gone", lasting=True)
    assert held.ways("crew 1") == ()


@pytest.mark.parametrize(("status", "expected"), [(500, Outcome(code="http_500")), (429, Outcome(code="http_429")), (403, Outcome(code="http_403", lasting=True)),
                                                  (301, Outcome(code="http_301", lasting=True))])
def test_what_a_service_answers(service: Taking, held: Reaches, status: int, expected: Outcome) -> None:
    held.subscribe("crew 1", Browser().at(f"{service.at}/push/1"))
    service.answers = [status]
    assert sender(held).send("crew 1", held.of("crew 1"), LETTER) == expected
    assert len(service.came) == 1, "and no redirect is followed"
    assert held.ways("crew 1") == ("push",)


@pytest.mark.parametrize("endpoint", [
    "https://evil.example/push", "http://fcm.googleapis.com/x", "https://127.0.0.1/x", "http://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest", "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com.evil.example/x", "https://fcm.googleapis.com@evil.example/x", "https://user:word@fcm.googleapis.com/x", "https://evilnotify.windows.com/x",
    "https://notify.windows.com/x", "file:///etc/passwd", "https://", "", "https://fcm.googleapis.com:port/x", "//fcm.googleapis.com/x",
])
def test_nothing_is_sent_to_any_other_address(endpoint: str, held: Reaches) -> None:
    assert not known(endpoint, Push())
    held.subscribe("crew 1", Browser().at(endpoint or "somewhere"))
    sent = PushSender(Push(), Signer(b"k" * 32), held, StillClock()).send("crew 1", held.of("crew 1"), LETTER)
    assert sent == Outcome(code="service_unknown", lasting=True)


def test_the_known_services_are_known() -> None:
    for endpoint in ("https://fcm.googleapis.com/fcm/send/a:b", "https://updates.push.services.mozilla.com/wpush/v2/a", "https://web.push.apple.com/Q",
                     "https://wns2-par02p.notify.windows.com/w/?token=a", "https://fcm.googleapis.com:443/x"):
        assert known(endpoint, Push()), endpoint


def test_keys_that_are_none_are_said_to_be(held: Reaches, service: Taking) -> None:
    for p256dh, auth in (("AAAA", text(b"sixteen bytes ok")), (text(Browser().point), "AAAA"), (text(b"\x04" + bytes(64)), text(b"sixteen bytes ok")), ("A", "A")):
        with pytest.raises(NoKey):
            seal(b"words", p256dh, auth)
    held.subscribe("crew 1", Subscription(endpoint=f"{service.at}/push/1", p256dh="AAAA", auth="AAAA"))
    assert sender(held).send("crew 1", held.of("crew 1"), LETTER) == Outcome(code="key_wrong", lasting=True)


def test_a_person_has_at_most_so_many_browsers_and_each_once(held: Reaches) -> None:
    browser = Browser()
    for number in (*range(MOST_PUSHES + 1), MOST_PUSHES):
        held.subscribe("crew 1", browser.at(f"https://push.example/{number}"))
    assert [one.endpoint[-1] for one in held.of("crew 1").pushes] == ["1", "2", "3", "4", "5"]

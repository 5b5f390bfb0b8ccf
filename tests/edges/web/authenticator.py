"""An authenticator made of software, for tests without a browser: it makes passkeys and answers challenges as WebAuthn says."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _HOLDS = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One authenticator with at most one passkey; `count` is its signature counter, `verifies` whether it looks at its person."""

    origin: str
    rp: str = "localhost"
    count: int = 1
    verifies: bool = True
    handle: str = ""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def id(self) -> bytes:
        """The credential's id."""
        return hashlib.sha256(self._numbers()).digest()

    def make(self, options: str) -> str:
        """A new passkey, as the browser hands it on."""
        asked = json.loads(options)
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        self.handle = asked["user"]["id"]
        numbers = self._key.public_key().public_numbers()
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        data = self._data(_HOLDS) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        return self._said({"clientDataJSON": self._client("webauthn.create", asked["challenge"]),
                           "attestationObject": bytes_to_base64url(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data}))})

    def answer(self, options: str) -> str:
        """A sign-in, counted."""
        asked = json.loads(options)
        assert asked["userVerification"] == "required"
        self.count += 1
        client = self._client("webauthn.get", asked["challenge"])
        data = self._data(0)
        raw = base64url_to_bytes(client)
        signature = self._key.sign(data + hashlib.sha256(raw).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said({"clientDataJSON": client, "authenticatorData": bytes_to_base64url(data), "signature": bytes_to_base64url(signature),
                           "userHandle": self.handle})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp.encode()).digest() + bytes([flags | _PRESENT | (_VERIFIED if self.verifies else 0)]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str) -> str:
        return bytes_to_base64url(json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode())

    def _said(self, response: dict[str, Any]) -> str:
        number = bytes_to_base64url(self.id)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})

    def _numbers(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")

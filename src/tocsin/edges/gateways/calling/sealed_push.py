"""A push sealed for one browser (RFC 8291, with the content coding aes128gcm of RFC 8188), and who sends it, signed (VAPID, RFC 8292)."""

import base64
import secrets
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2, section 2.4.2): private keys lie below it."""
MOST_BYTES = 3_993
"""What may stand in one push (RFC 8291, section 4)."""
_RECORD = 4096
_LASTS_S = 12 * 3600
"""RFC 8292 allows a day at the most."""


class NoKey(ValueError):
    """What a browser gave is no key for sealing."""


def seal(words: bytes, p256dh: str, auth: str, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None) -> bytes:
    """The body of a push for the browser with these keys; raises NoKey. `own` and `salt` are made for each push, and given in tests alone."""
    assert len(words) <= MOST_BYTES, "too long for a push"
    theirs, shared = of_text(p256dh), of_text(auth)
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs)
    except ValueError as wrong:
        raise NoKey("p256dh is no point of P-256") from wrong
    if len(theirs) != 65 or len(shared) != 16:
        raise NoKey("p256dh has 65 bytes and auth 16")
    own, salt = own or ec.generate_private_key(_CURVE), salt or secrets.token_bytes(16)
    point = raw(own)
    secret = _derived(own.exchange(ec.ECDH(), key), shared, b"WebPush: info\0" + theirs + point, 32)
    box = AESGCM(_derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16))
    sealed = box.encrypt(_derived(secret, salt, b"Content-Encoding: nonce\0", 12), words + b"\x02", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([len(point)]) + point + sealed


class Signer:
    """Signs for push services; its key follows from the one that seals secrets, so that every node has the same and none more is kept."""

    def __init__(self, secret: bytes) -> None:
        number = int.from_bytes(_derived(secret, b"", b"tocsin vapid p-256", 48), "big") % (_ORDER - 1) + 1
        self._key = ec.derive_private_key(number, _CURVE)
        self._signs = ECKey.import_key(self._key)
        self.public = as_text(raw(self._key))
        """What a browser subscribes with (`applicationServerKey`)."""

    def header(self, endpoint: str, contact: str, now_s: int) -> str:
        """The `authorization` of a push to this endpoint."""
        parts = urlsplit(endpoint)
        claims: dict[str, str | int] = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + _LASTS_S}
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims | ({"sub": contact} if contact else {}), self._signs)
        return f"vapid t={token}, k={self.public}"


def raw(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point of a key, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def of_text(text: str) -> bytes:
    """Bytes of base64url without padding; raises NoKey."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as wrong:
        raise NoKey("no base64url") from wrong


def as_text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)

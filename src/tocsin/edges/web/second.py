"""The second factor: codes by the clock (RFC 6238), each good once, and recovery codes that are each good once."""

import hashlib
import hmac
import io
import secrets

import msgspec
import pyotp
import segno

from tocsin.edges.web.credentials import Person
from tocsin.edges.web.private import Sealing
from tocsin.kernel import Clock

STEP_S = 30
_RECOVERY = 10
_S = 1_000_000
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Second:
    """Makes, shows and checks second factors."""

    def __init__(self, sealing: Sealing, clock: Clock) -> None:
        self._sealing, self._clock = sealing, clock

    def right_step(self, secret: str, code: str, after: int) -> int | None:
        """The step of a right code, one step early or late allowed; None where it is wrong or not later than `after`."""
        now = self._clock.now() // (STEP_S * _S)
        one = pyotp.TOTP(secret, interval=STEP_S)
        found = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(one.generate_otp(max(0, step)).encode(), code.encode())]
        return next((step for step in found if step > after), None)

    def used(self, person: Person, code: str) -> Person | None:
        """The person with this code used up; None where it is not right. A code is six digits, or one of the recovery codes."""
        code = code.replace(" ", "").replace("-", "").upper()
        if len(code) == 6 and code.isascii() and code.isdigit():
            step = self.right_step(self._sealing.open(person.second, person.name), code, person.last_step)
            return None if step is None else msgspec.structs.replace(person, last_step=step)
        spent = digest(code)
        left = tuple(one for one in person.recovery if not hmac.compare_digest(one, spent))
        return None if len(left) == len(person.recovery) else msgspec.structs.replace(person, recovery=left)

    def given(self, person: Person, secret: str, step: int) -> tuple[Person, tuple[str, ...]]:
        """The person with a new second factor, whose first code was just shown, and its recovery codes to show once."""
        codes = tuple("".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(_RECOVERY))
        changed = msgspec.structs.replace(person, second=self._sealing.seal(secret, person.name), last_step=step,
                                          recovery=tuple(digest(code) for code in codes))
        return changed, tuple("-".join(code[at:at + 4] for at in range(0, 16, 4)) for code in codes)


def fresh_secret() -> str:
    """A new secret of 160 bits, as RFC 4226 (section 4) asks."""
    return pyotp.random_base32(32)


def address(secret: str, name: str, issuer: str) -> str:
    """What an authenticator reads from the picture."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=issuer)


def picture(text: str) -> str:
    """The QR code as an SVG, drawn here: no outside host learns of a secret."""
    into = io.BytesIO()
    segno.make(text, error="m").save(into, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, nl=False, svgns=True)
    return into.getvalue().decode()


def digest(code: str) -> str:
    """What is kept of a recovery code; it has 80 bits of chance, so a slow hash would add nothing."""
    return hashlib.sha256(code.encode()).hexdigest()

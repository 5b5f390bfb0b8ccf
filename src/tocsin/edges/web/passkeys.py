"""Passkeys: registering one and signing in with one (WebAuthn Level 3), each answer checked against a challenge of ours."""

import json
from typing import Any

import msgspec
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tocsin.edges.web.challenges import Challenges
from tocsin.edges.web.credentials import Passkey, Person
from tocsin.kernel import Clock, Refused

MOST = 10
_MOST_BYTES = 16_000
_TIMEOUT_MS = 120_000
_SIGN_IN = "passkey sign-in"


class Place(msgspec.Struct, frozen=True):
    """Where the browser stands: the host name that passkeys belong to, and its whole origin."""

    rp: str
    origin: str


def place(host: str, *, secure: bool) -> Place:
    """The place of a request by its host name, which the gate has looked at. An address by number can have no passkeys."""
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    if not name or name.startswith("[") or name.replace(".", "").isdigit() or not (secure or name == "localhost"):
        raise Refused("passkey_needs_name", "Open this page by its host name over HTTPS (or as localhost) to use a passkey.",
                      "请用主机名通过 HTTPS（或 localhost）打开本页，才能使用通行密钥。", status=422)
    return Place(name.lower(), f"{'https' if secure else 'http'}://{host.lower()}")


class Passkeys:
    """Asks authenticators and believes none without a check."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._challenges = Challenges(clock)

    def ask_new(self, person: Person, at: Place, about: str) -> str:
        """What to ask an authenticator for a new passkey of this person; `about` is the ticket under which it is made."""
        asked = webauthn.generate_registration_options(
            rp_id=at.rp, rp_name="Tocsin", user_name=person.name, user_id=base64url_to_bytes(person.handle), challenge=self._challenges.give(about),
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True, user_verification=UserVerificationRequirement.REQUIRED),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in person.passkeys])
        return str(webauthn.options_to_json(asked))

    def new(self, credential: str, at: Place, about: str, label: str) -> Passkey:
        """The passkey that an authenticator made; its challenge is used up by it."""
        said = _read(credential)
        challenge = _challenge(said)
        self._stands(challenge, about)
        try:
            made = webauthn.verify_registration_response(credential=said, expected_challenge=challenge, expected_rp_id=at.rp,
                                                         expected_origin=at.origin, require_user_verification=True)
        except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
            raise wrong() from fault
        self._use(challenge, about)
        return Passkey(id=bytes_to_base64url(made.credential_id), public_key=bytes_to_base64url(made.credential_public_key),
                       count=made.sign_count, label=label, made=self._clock.now(), rp=at.rp)

    def ask(self, at: Place) -> str:
        """What to ask an authenticator for a sign-in: any passkey that it holds for this house."""
        asked = webauthn.generate_authentication_options(rp_id=at.rp, challenge=self._challenges.give(_SIGN_IN), timeout=_TIMEOUT_MS,
                                                         user_verification=UserVerificationRequirement.REQUIRED)
        return str(webauthn.options_to_json(asked))

    def check(self, credential: str, held: Passkey, handle: str, at: Place) -> Passkey:
        """The passkey, counted on, if this answer is its own. Its challenge is used up by it.

        A counter that did not grow, where there is one, means that the passkey was copied (WebAuthn, section 6.1.1): refused.
        """
        said = _read(credential)
        challenge = _challenge(said)
        self._stands(challenge, _SIGN_IN)
        told = said.get("response", {}).get("userHandle")
        if held.rp != at.rp or (told and told != handle):
            raise wrong()
        try:
            proved = webauthn.verify_authentication_response(
                credential=said, expected_challenge=challenge, expected_rp_id=at.rp, expected_origin=at.origin,
                credential_public_key=base64url_to_bytes(held.public_key), credential_current_sign_count=held.count, require_user_verification=True)
        except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
            raise wrong() from fault
        self._use(challenge, _SIGN_IN)
        return msgspec.structs.replace(held, count=proved.new_sign_count, used=self._clock.now())

    def _stands(self, challenge: bytes, what: str) -> None:
        if not self._challenges.stands(challenge, what):
            raise _late()

    def _use(self, challenge: bytes, what: str) -> None:
        if not self._challenges.use(challenge, what):
            raise _late()


def credential_id(credential: str) -> str:
    """Which passkey an answer says it is of."""
    return str(_read(credential).get("id", ""))[:1400]


def handle_of(digest: str) -> str:
    """A user handle that says nothing about its person, from a digest in hexadecimal."""
    return bytes_to_base64url(bytes.fromhex(digest))


def wrong() -> Refused:
    """One answer for every passkey that does not fit, so that it says nothing about which part failed."""
    return Refused("passkey_wrong", "That passkey is not one of this house's, or its answer was not right.",
                   "该通行密钥不属于本系统，或验证未通过。", status=401)


def _late() -> Refused:
    return Refused("passkey_late", "That took too long, or was used before. Try the passkey again.", "验证已超时或已使用过，请重新使用通行密钥。", status=401)


def _read(credential: str) -> dict[str, Any]:
    if len(credential) > _MOST_BYTES:
        raise wrong()
    try:
        said = json.loads(credential)
    except (ValueError, RecursionError) as fault:
        raise wrong() from fault
    if not isinstance(said, dict) or not isinstance(said.get("response"), dict):
        raise wrong()
    return said


def _challenge(said: dict[str, Any]) -> bytes:
    try:
        return bytes(parse_client_data_json(base64url_to_bytes(str(said["response"]["clientDataJSON"]))).challenge)
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise wrong() from fault

"""Short messages by a gateway that takes an HTTP POST: which fields and headers it wants, the table says."""

import re

import httpx

from tocsin.edges.gateways.calling.senders import TIMEOUT_S, Letter, Outcome, Reach, of_status
from tocsin.rooms.calling.model import Sms

_MARK = re.compile(r"\{(?:number|text|key)\}")


class SmsSender:
    """Sends to the one address of the table, follows no redirect, and reads nothing of an answer but its status."""

    def __init__(self, table: Sms, timeout_s: float = TIMEOUT_S) -> None:
        self._table = table
        self._client = httpx.Client(timeout=timeout_s, trust_env=False, follow_redirects=False)

    def send(self, person: str, reach: Reach, letter: Letter) -> Outcome:
        filled = {"{number}": reach.sms, "{text}": letter.text[reach.lang], "{key}": self._table.key}
        fields = {name: _filled(text, filled) for name, text in self._table.fields.items()}
        headers = {name: _filled(text, filled) for name, text in self._table.headers.items()}
        try:
            with self._client.stream("POST", self._table.url, headers=headers, data=fields if self._table.form else None, json=None if self._table.form else fields) as answer:
                return of_status(answer.status_code)
        except httpx.HTTPError as error:
            return Outcome(code="timeout" if isinstance(error, httpx.TimeoutException) else "unreachable")

    def close(self) -> None:
        self._client.close()


def _filled(text: str, filled: dict[str, str]) -> str:
    """All at once: what was filled in is not looked at again, or a text with a mark in it would be given the key."""
    return _MARK.sub(lambda found: filled[found[0]], text)

"""Carries what this house has to tell its neighbours: letters in order until each is acknowledged, and where lent units are."""

import logging
import threading
from collections.abc import Sequence

import httpx
import msgspec

from tocsin.house import Asker, House
from tocsin.kernel import Refused
from tocsin.rooms.aid.commands import TakeLetter
from tocsin.rooms.aid.model import AidTable, Neighbour
from tocsin.rooms.aid.views import LetterRow, LoanRow

LOG = logging.getLogger("tocsin.aid")
LETTERS, POSITIONS = "/api/aid/letters", "/api/aid/positions"
TIMEOUT_S = 8.0
_EVERY_S, _LONGEST_S = 1.0, 15.0
_FOR_GOOD = ("aid_unknown", "loan_unknown")
"""Only what the other room of aid itself says so: a wrong address, key or version is mended, and then the letter is brought."""
_MOST_FIXES = 200
_COURIER = Asker("courier", frozenset())


class Courier:
    """One thread for each neighbour, so that one who does not answer keeps no other waiting. It remembers nothing that the ledger does not
    say: a letter is due from the fact that asks for it until the fact that it was taken, whoever is started or stopped between."""

    def __init__(self, house: House, table: AidTable, timeout_s: float = TIMEOUT_S) -> None:
        self._house, self._stopped = house, threading.Event()
        self._roads = {code: _Road(house, code, one, timeout_s) for code, one in table.neighbours.items()}
        self._threads = [threading.Thread(target=self._run, args=(road,), name=f"tocsin-aid-{code}", daemon=True) for code, road in self._roads.items()]

    def start(self) -> None:
        """Begin to carry."""
        self._house.on_change(self._changed)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for the letter that is under way, so that none meets a closed house."""
        self._stopped.set()
        self._changed("ledger")
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for road in self._roads.values():
            road.close()

    def carry(self, code: str) -> bool:
        """Bring one neighbour everything that is due now; False where it did not take it all."""
        return self._roads[code].carry()

    def _changed(self, what: str) -> None:
        if what == "ledger":
            for road in self._roads.values():
                road.woken.set()

    def _run(self, road: "_Road") -> None:
        wait_s = _EVERY_S
        while not self._stopped.is_set():
            road.woken.clear()
            try:
                wait_s = _EVERY_S if road.carry() else min(_LONGEST_S, 2 * wait_s)
            except Exception:
                LOG.exception("a letter could not be carried; it is tried again")
                wait_s = _LONGEST_S
            if wait_s > _EVERY_S:
                self._stopped.wait(wait_s)  # one that does not answer is not asked more often because more happens here
            else:
                road.woken.wait(wait_s)


class _Road:
    """The way to one neighbour."""

    def __init__(self, house: House, code: str, to: Neighbour, timeout_s: float) -> None:
        self._house, self._code, self.woken = house, code, threading.Event()
        self._sent: dict[str, int] = {}
        self._client = httpx.Client(base_url=to.address.rstrip("/"), timeout=timeout_s, headers={"x-tocsin": "1", "authorization": f"Bearer {to.key}"},
                                    trust_env=False)

    def carry(self) -> bool:
        if not self._house.ledger.leads:
            return True
        try:
            while due := self._due():
                if not self._brought(due[0]):
                    return False
            return self._positions()
        except httpx.HTTPError as error:
            LOG.warning("neighbour %s does not answer: %s", self._code, type(error).__name__)
            return False

    def close(self) -> None:
        self._client.close()

    def _due(self) -> Sequence[LetterRow]:
        return [row for row in self._house.rows("letter").values() if isinstance(row, LetterRow) and row.to == self._code and not row.code]

    def _brought(self, row: LetterRow) -> bool:
        body = msgspec.json.encode({"key": row.id, "letter": row.letter})
        answer = self._client.post(LETTERS, content=body, headers={"content-type": "application/json"})
        code = ""
        if answer.status_code >= 300:
            code = _code_of(answer)
            LOG.warning("neighbour %s answered %d %s", self._code, answer.status_code, code)
            if code not in _FOR_GOOD:
                return False
        try:
            self._house.keep_own(TakeLetter(letter=row.id, to=self._code, code=code), _COURIER, "response", f"courier:{row.id}")
        except Refused:  # a full disk: the letter is brought again, and kept there once
            return False
        return all(one.id != row.id for one in self._due())

    def _positions(self) -> bool:
        """Where lent units are, for the city that sends them; only what is newer than it has."""
        lent = [row.unit for row in self._house.rows("loan").values() if isinstance(row, LoanRow) and not row.borrowed and row.city == self._code]
        if not lent:
            self._sent.clear()
            return True
        at = self._house.positions()
        new = [at[unit] for unit in lent if unit in at and at[unit].device_at > self._sent.get(unit, 0)][:_MOST_FIXES]
        if not new:
            return True
        fixes = [{"unit": one.id, "lon": one.lon, "lat": one.lat, "device_at": one.device_at, "accuracy_m": one.accuracy_m, "speed_mps": one.speed_mps,
                  "heading_deg": one.heading_deg} for one in new]
        answer = self._client.post(POSITIONS, json={"fixes": fixes})
        if answer.status_code >= 300:
            return False
        self._sent.update({one.id: one.device_at for one in new})
        return True


def _code_of(answer: httpx.Response) -> str:
    """The code of a problem; of what is none, its status."""
    try:
        return msgspec.json.decode(answer.content, type=_Problem).code[:40]
    except msgspec.DecodeError:
        return f"http_{answer.status_code}"


class _Problem(msgspec.Struct):
    code: str

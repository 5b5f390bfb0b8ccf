"""Own details of the staff: sealed beside their credentials, made ready when somebody is shown something, gone with their access."""

import msgspec

from tocsin.edges.web.credentials import Person
from tocsin.edges.web.private import Sealing
from tocsin.engines.own_use import Own, OwnIn

_BOUND_IN = "own:"


class OwnDetails:
    """Seals, opens and remembers them while the house runs."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing
        self._ready: dict[str, tuple[str, OwnIn]] = {}

    def given(self, person: Person, own: Own) -> Person:
        """The person with these own details instead of what was kept; with empty ones none are."""
        sealed = self._sealing.seal(msgspec.json.encode(own).decode(), _BOUND_IN + person.name) if own.kinds() else ""
        return msgspec.structs.replace(person, own=sealed)

    def read(self, person: Person) -> Own:
        """Somebody's own details."""
        return msgspec.json.decode(self._sealing.open(person.own, _BOUND_IN + person.name), type=Own) if person.own else Own()

    def ready(self, person: Person) -> OwnIn | None:
        """The same, made ready to be looked for; None where there are none."""
        if not person.own:
            self._ready.pop(person.name, None)
            return None
        held = self._ready.get(person.name)
        if held is None or held[0] != person.own:
            held = self._ready[person.name] = (person.own, OwnIn(self.read(person)))
        return held[1]

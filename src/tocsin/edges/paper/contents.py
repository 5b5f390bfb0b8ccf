"""What a paper pack holds, in no language yet; plain structs, so that the printing process loads nothing of the house."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import Need
from tocsin.facts.planning import Answer
from tocsin.kernel import Instant, View, Words


class Contact(msgspec.Struct, frozen=True):
    """A post that can be rung up; never a person's own number."""

    en: str
    zh: str
    number: str


class Contacts(msgspec.Struct, frozen=True):
    """The centre's contacts, from its file."""

    contacts: tuple[Contact, ...] = ()
    sample: bool = False


class Step(View, frozen=True, kw_only=True):
    """One thing that was done: when, which unit, and what in one word (`sent`, a state, `stood_down`, `priority`)."""

    at: Instant
    unit: str
    what: str


class Record(View, frozen=True, kw_only=True):
    """A unit's handling record as paper may have it: each question of its form with what was chosen or counted. What was written freely is sealed and not here."""

    at: Instant
    unit: str
    number: int
    """Counts from 1; a later one corrects the one before."""
    answers: tuple[tuple[Words, Words], ...]


class PackIncident(View, frozen=True, kw_only=True):
    """An open incident as paper needs it. Neither caller nor notes: those are sealed, and paper lies about."""

    id: str
    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    unmet: tuple[Need, ...]
    units: tuple[str, ...]
    called_at: Instant
    steps: tuple[Step, ...]
    records: tuple[Record, ...] = ()
    """The latest handling record of each unit."""


class PackUnit(View, frozen=True, kw_only=True):
    """A unit on duty."""

    id: str
    unit_kind: str
    skills: tuple[str, ...]
    station: str
    state: str
    since: Instant
    incident: str


class RunCard(View, frozen=True, kw_only=True):
    """What must go to one kind of incident, by priority."""

    kind: str
    needs: dict[str, tuple[Need, ...]]


class Pack(View, frozen=True, kw_only=True):
    """The pack as of one moment, in no language yet: codes with their words in both."""

    at: Instant
    position: int
    city: str
    zone: str
    demo: bool
    incidents: tuple[PackIncident, ...]
    left_out: int
    """Open incidents beyond those that are in the pack; the most pressing are in it."""
    units: tuple[PackUnit, ...]
    closures: tuple[str, ...]
    plan_sample: bool
    cards: tuple[RunCard, ...]
    kinds: dict[str, Words]
    skills: dict[str, Words]
    states: dict[str, Words]
    unit_kinds: dict[str, Words]
    contacts: Contacts


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a study's adoption: when, what in one word, who, and why."""

    at: Instant
    what: str
    by: str
    because: str = ""


class CouncilPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A study as the council reads it. `outlines` are the cells', lon, lat, lon, lat … round a ring, in the order of the answer's."""

    study: str
    at: Instant
    city: str
    zone: str
    demo: bool
    question: Words
    answer: Answer
    decisions: tuple[Decision, ...]
    outlines: tuple[tuple[float, ...], ...]


STEP_WORDS = {"sent": Words("sent", "派出"), "stood_down": Words("stood down", "撤回"), "priority": Words("priority", "优先级"), "closed": Words("closed", "结案")}
"""Words of the steps that are no unit's state."""

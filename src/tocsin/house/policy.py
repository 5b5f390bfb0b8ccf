"""The policy: readable text that says which personal fields are shown to which roles for which purpose, and the rule that decided."""

from collections.abc import Iterable
from threading import Lock
from typing import get_args

import cedarpy
import msgspec

from tocsin.kernel import FIELDS, Field, Role, Words
from tocsin.rooms.access.views import Right, RuleSaid

STAFF_ROLES: frozenset[str] = frozenset(get_args(Role)) - {"device", "partner", "neighbour"}
PURPOSES: dict[str, Words] = {
    "response": Words("Responding to an incident", "处置警情"),
    "duty": Words("Running the shift", "勤务运行"),
    "continuity": Words("Going on by paper", "纸面延续作业"),
    "planning": Words("Planning where units wait", "规划单位布点"),
    "oversight": Words("Overseeing how records are used", "监督记录使用"),
    "review": Words("Reviewing how something was handled", "复核处置过程"),
    "disclosure": Words("Preparing what is given out", "准备对外提供材料"),
    "access": Words("Sign-in and rights", "登录与权限"),
    "operation": Words("Keeping the system running", "系统运行"),
    "break_glass": Words("Breaking the glass", "紧急访问"),
}
"""Every purpose that a door may name, in words."""
GLASS = "break_glass"


class BadPolicy(Exception):
    """A policy that cannot be read, or that leaves a rule without its name or its words."""


class Shows(msgspec.Struct, frozen=True):
    """What one purpose shows to one set of roles, and the rules that say so, by name."""

    fields: frozenset[Field]
    rules: tuple[str, ...]


class Policy:
    """A policy as it was read, its answers kept: there are few sets of roles and few purposes, and reads are many."""

    def __init__(self, text: str) -> None:
        try:
            self._set = cedarpy.PolicySet.from_str(text)
            listed = msgspec.json.decode(cedarpy.policies_to_json_str(text), type=_Listed).static
        except (ValueError, msgspec.ValidationError) as error:
            raise BadPolicy(str(error).splitlines()[0]) from error
        self.rules: dict[str, Words] = {}
        for policy in listed.values():
            said = policy.annotations
            name, en, zh = said.get("id"), said.get("en"), said.get("zh")
            if not name or not en or not zh:
                raise BadPolicy(f"every rule has an @id and its sentence as @en and @zh; look at {name or 'the one without @id'}")
            if name in self.rules:
                raise BadPolicy(f"two rules are called {name}")
            self.rules[name] = Words(en, zh)
        self._held: dict[tuple[frozenset[str], str], Shows] = {}
        self._lock = Lock()

    def shows(self, roles: Iterable[str], purpose: str) -> Shows:
        """What these roles are shown for this purpose."""
        asked = (frozenset(roles), purpose)
        held = self._held.get(asked)
        if held is None:
            with self._lock:
                held = self._held[asked] = self._decided(*asked)
        return held

    def rights(self, roles: Iterable[str]) -> tuple[Right, ...]:
        """Each purpose with what it shows to these roles and by which rules; those that show nothing come last."""
        found = [Right(purpose=purpose, says=says, fields=tuple(name for name in FIELDS if name in shows.fields),
                       rules=tuple(RuleSaid(rule=rule, says=self.rules[rule]) for rule in shows.rules))
                 for purpose, says in PURPOSES.items() for shows in (self.shows(roles, purpose),)]
        return tuple(sorted(found, key=lambda right: not right.fields))

    def _decided(self, roles: frozenset[str], purpose: str) -> Shows:
        groups = [{"uid": {"type": "Role", "id": role}, "attrs": {},
                   "parents": [{"type": "Role", "id": "staff"}] if role in STAFF_ROLES else []} for role in sorted(roles)]
        asker = {"uid": {"type": "Asker", "id": "asker"}, "attrs": {}, "parents": [{"type": "Role", "id": role} for role in sorted(roles)]}
        entities = cedarpy.Entities.from_json_str(msgspec.json.encode([asker, {"uid": {"type": "Role", "id": "staff"}, "attrs": {}, "parents": []}, *groups]).decode())
        fields: set[Field] = set()
        rules: dict[str, None] = {}
        for name in FIELDS:
            answer = cedarpy.is_authorized(
                {"principal": 'Asker::"asker"', "action": 'Action::"see"', "resource": f'Field::"{name}"', "context": {"purpose": purpose}},
                self._set, entities)
            if answer.diagnostics.errors:
                raise BadPolicy(f"a rule cannot be decided: {answer.diagnostics.errors[0]}")
            if answer.allowed:
                fields.add(name)
                rules |= dict.fromkeys(answer.diagnostics.id_annotations_by_reason.values())
        return Shows(frozenset(fields), tuple(rules))


class _Rule(msgspec.Struct, frozen=True):
    annotations: dict[str, str] = {}


class _Listed(msgspec.Struct, frozen=True):
    static: dict[str, _Rule] = msgspec.field(name="staticPolicies", default_factory=dict)

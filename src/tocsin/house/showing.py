"""Under which purpose somebody is shown something, which fields that gives, and what is kept of it before they are shown."""

from collections.abc import Mapping, Sequence

import msgspec

from tocsin.engines.own_use import OWN_KINDS, OwnKind
from tocsin.facts.access import Medium, RecordShown
from tocsin.house.asker import Asker
from tocsin.house.checks import role_missing
from tocsin.house.policy import GLASS, PURPOSES, STAFF_ROLES, Policy
from tocsin.kernel import FIELDS, Door, Field, Instant, Refused, Row
from tocsin.rooms.access.views import GlassRow, standing


class Place(msgspec.Struct, frozen=True):
    """A door as far as showing goes: its path, who may ask, for which purposes, and whether broken glass opens it."""

    path: str
    roles: Sequence[str]
    purposes: Sequence[str]
    glass: bool = False

    @classmethod
    def of(cls, door: Door) -> "Place":
        """A door of the menu."""
        return cls(door.path, door.roles, (door.purpose, *door.also), door.glass)


class Showing(msgspec.Struct, frozen=True):
    """What this asker is shown at this door: the purpose, the classes of field, the rules that say so, and the broken glass if it is one."""

    purpose: str
    fields: frozenset[Field]
    rules: tuple[str, ...]
    glass: str = ""
    no: Refused | None = None
    """Why nothing personal may be shown at all: the purpose that was stated is none of the door's."""

    def fact(self, by: Asker, record: str, door: str, fields: set[Field], incident: str, medium: Medium, own: set[OwnKind]) -> RecordShown:
        """What is kept of a record before it is shown."""
        return RecordShown(record=record, door=door, fields=tuple(name for name in FIELDS if name in fields), incident=incident,
                           rule=" ".join(self.rules), roles=tuple(sorted(by.roles)), medium=medium, glass=self.glass, own=tuple(kind for kind in OWN_KINDS if kind in own))


def showing(policy: Policy, place: Place, by: Asker, glasses: Mapping[str, Row], now: Instant) -> Showing:
    """Under which purpose they are shown what the door shows; refused where neither roles nor broken glass open it.

    A purpose that was stated holds, and one that is none of the door's is refused as soon as anything personal would be opened. Where none was, it is the door's first that shows these roles anything; and while one's glass
    is broken, that, unless one's own work shows everything already.
    """
    row = standing(glasses, by.name, now) if place.glass and by.roles & STAFF_ROLES else None
    if not by.roles & set(place.roles):
        if row is None or by.purpose not in ("", GLASS):
            raise role_missing(place.path, place.roles, glass=place.glass and bool(by.roles & STAFF_ROLES))
        return _under_glass(policy, by, row)
    if by.purpose == GLASS:
        if row is None:
            raise Refused("glass_not_broken", "You have no broken glass now; break it first, with a reason.",
                          "您当前没有进行中的紧急访问，请先说明理由启动。", field="purpose", status=403)
        return _under_glass(policy, by, row)
    if by.purpose:
        if by.purpose not in place.purposes:
            return Showing(by.purpose, frozenset(), (), no=_not_for(by.purpose, place.purposes))
        return _own(policy, by, by.purpose)
    own = next((found for purpose in place.purposes if (found := _own(policy, by, purpose)).fields), None)
    if row is not None and (own is None or len(own.fields) < len(FIELDS)):
        return _under_glass(policy, by, row)
    return own or _own(policy, by, place.purposes[0])


def must_show(policy: Policy, found: Showing, field: Field, by: Asker) -> None:
    """Refuse where a whole thing, a file for example, is of a class that is withheld; says which rule would show it and how to get it."""
    if found.no is not None:
        raise found.no
    if field in found.fields:
        return
    elsewhere = [right for right in policy.rights(by.roles) if field in right.fields]
    en = "; ".join(f"rule {rule.rule} shows it for the purpose {right.purpose}" for right in elsewhere for rule in right.rules) or "no rule shows it to your roles"
    zh = "；".join(f"规则 {rule.rule} 在用途“{right.says.zh}”下可查看" for right in elsewhere for rule in right.rules) or "没有规则允许您的角色查看"
    raise Refused("field_withheld", f"This is withheld for the purpose {found.purpose}: {en}. State that purpose, or ask your supervisor.",
                  f"该内容在用途“{PURPOSES[found.purpose].zh}”下不予显示：{zh}。请选择相应用途，或联系主管。", field="purpose", status=403)


def _own(policy: Policy, by: Asker, purpose: str) -> Showing:
    shows = policy.shows(by.roles, purpose)
    return Showing(purpose, shows.fields, shows.rules)


def _under_glass(policy: Policy, by: Asker, row: GlassRow) -> Showing:
    shows = policy.shows(by.roles, GLASS)
    return Showing(GLASS, shows.fields, shows.rules, row.id)


def _not_for(stated: str, purposes: Sequence[str]) -> Refused:
    known = [PURPOSES[purpose] for purpose in purposes]
    return Refused("purpose_not_here", f"This may be used for {', '.join(purposes)}, not for {stated[:40]}; state one of those, or none.",
                   f"此处可用的用途为{'、'.join(words.zh for words in known)}；请选择其中之一，或不填写。", field="purpose", status=403)

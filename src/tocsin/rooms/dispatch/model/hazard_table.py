"""The city's table of hazards: which kinds there are, how long each may stand without a look, and how one is known; none tells of a person."""

import re
from collections.abc import Iterator

import msgspec

from tocsin.kernel import Words
from tocsin.rooms.dispatch.commands.hazards import MOST_RADIUS_M

_LONGEST_H = 366 * 24
_OF_A_PERSON = re.compile(
    r"\b((person|people|man|men|woman|women|child|children|resident|tenant|occupant|patient|suspect|offender|criminal|convict|addict|gang|gun|knife|weapon|"
    r"armed|drug|drunk|hiv|race|migrant)s?\b|violen|aggressi|assault|mental|psych|disab|infect|racial|religio|ethnic|protest)"
    r"|人员|人群|居民|住户|租户|病人|患者|嫌疑|前科|罪|吸毒|醉|精神|残疾|传染|艾滋|暴力|凶|持械|持刀|持枪|黑恶|民族|宗教|上访|重点人", re.IGNORECASE)


class HazardKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind: its words, how many hours it stands at most without a renewal, and for how long and how far round it is usually marked.
    Without a radius it is usually of an incident alone."""

    en: str
    zh: str
    longest_h: float
    usual_h: float
    radius_m: int = 0

    @property
    def longest_s(self) -> int:
        """The longest that one may be marked or renewed for, in seconds."""
        return round(self.longest_h * 3600)


class HazardTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All kinds, and the ways in which a hazard is known. Without kinds nothing can be marked."""

    version: str = ""
    sample: bool = False
    kinds: dict[str, HazardKind] = {}
    sources: dict[str, Words] = {}


NO_HAZARDS = HazardTable()


def hazard_faults(table: HazardTable) -> Iterator[str]:
    """What is wrong with a table, in sentences. A kind that tells of a person is refused by its words; what no list of words can know, readers must."""
    if table.kinds and not table.sources:
        yield "there are kinds, and no way in which one is known"
    for code, kind in table.kinds.items():
        for said in (code.replace("_", " "), kind.en, kind.zh):
            if found := _OF_A_PERSON.search(said):
                yield f"kind {code}: {found[0]} tells of a person; hazards are of places and incidents"
        if not 0 < kind.usual_h <= kind.longest_h <= _LONGEST_H:
            yield f"kind {code}: it is usually marked for longer than 0 h, at most for longest_h, and that is {_LONGEST_H} h at most"
        if not 0 <= kind.radius_m <= MOST_RADIUS_M:
            yield f"kind {code}: a radius is {MOST_RADIUS_M} m at most"

"""The fixed words of what is given out, in both languages; those in pairs say the same, and which of two stands there marks the copy."""

import re

from tocsin.engines.marks import Seen

Pair = tuple[str, str]

PAIRS: dict[str, dict[str, tuple[Pair, ...]]] = {
    "standing": {"en": (("still open", "open as yet"), ("case closed", "case ended")), "zh": (("处置中", "尚未结案"), ("已结案", "已办结"))},
    "sent": {"en": (("nobody sent", "no unit sent"), ("unit dispatched", "unit despatched")), "zh": (("未派单位", "未出动单位"), ("已派单位", "已出动单位"))},
    "reached": {"en": (("scene not reached", "nobody at the scene"), ("reached the scene", "got to the scene")),
                "zh": (("未到现场", "未抵现场"), ("已到现场", "已抵现场"))},
    "happened": {"en": (("happened at", "took place at"),), "zh": (("发生于", "发生在"),)},
    "entered": {"en": (("entered by", "written by"),), "zh": (("录入人", "记录人"),)},
    "kept": {"en": (("kept at", "put on record at"),), "zh": (("保存于", "留存于"),)},
    "who": {"en": (("by staff", "by a member of staff"), ("by the system", "by Tocsin itself")), "zh": (("工作人员", "值守人员"), ("自动生成", "自动录入"))},
    "late": {"en": (("at once", "right away"), ("entered later", "added later")), "zh": (("即时", "当即"), ("事后录入", "事后补录"))},
}
"""By slot and language: the pairs that may stand there. No phrase is part of another of its slot."""

SAYS: dict[str, Pair] = {
    "copy": ("Copy No.", "副本编号"), "for": ("Copy for", "提供给"), "withheld": ("withheld", "不公布"), "total": ("total", "合计"), "none": ("none", "无"),
    "other": ("other kinds", "其他类别"), "caller": ("Caller", "报警人"), "number": ("Number", "号码"), "notes": ("Notes", "备注"), "incident": ("Incident", "警情"),
    "court": ("court", "法院"), "agency": ("agency", "机构"), "insurer": ("insurer", "保险机构"), "researcher": ("researcher", "研究人员"),
    "person": ("the person themselves", "本人"),
}
_NAME = re.compile(r"#\d+|\b\d{6}-\d{4,5}\b")
_MOST_LINES = 200_000


def said(word: str, tongue: str) -> str:
    """A fixed word in this language."""
    return SAYS[word][tongue == "zh"]


def seen(text: str) -> list[Seen]:
    """The choices that stand in a text, whatever else was done to it: each line's name, and which of a slot's two phrases."""
    found = []
    for line in text.splitlines()[:_MOST_LINES]:
        named = _NAME.search(line)
        if named is None:
            continue
        plain = re.sub(r"\s+", " ", line)
        for slot, tongues in PAIRS.items():
            there = {at for pairs in tongues.values() for pair in pairs for at in (0, 1) if pair[at] in plain}
            if len(there) == 1:
                found.append(Seen(f"{named[0]}/{slot}", there == {1}))
    return found

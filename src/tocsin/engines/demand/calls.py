"""What may come in: residents' own calls as place, instant and kind; every other column is refused, and what police began themselves stays out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tocsin.kernel import Refused

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

COLUMNS = ("cell", "at", "kind")
"""All that a forecast is made of."""

_OF_PEOPLE = re.compile(
    r"\b(\w*names?|persons?|people|callers?|victims?|suspects?|subjects?|offenders?|arrest\w*|charge[ds]?|warrants?|stops?|stopped|search\w*|frisk\w*|race|racial|"
    r"ethnic\w*|nationality|gender|sex|age|birth\w*|dob|phone\w*|licen[cs]e|plates?|gangs?|groups?|scores?|risks?|officers?|badge|units?|\w*initiat\w*|on ?view\w*)\b|"
    r"姓名|人员|嫌疑|逮捕|拘|盘查|种族|民族|性别|年龄|生日|身份证|电话|手机|车牌|团伙|群体|警员|民警|评分", re.IGNORECASE)
_OF_PLACES = re.compile(r"\b(street|road|place|town|city|area|station|district|neighbou?rhood|beat|zone) ?names?\b", re.IGNORECASE)
"""Names of places are no names of people."""
_OWN_DOING = re.compile(
    r"(officer|self|unit|police|deputy|patrol)[\W_]{0,2}(initiated|generated|observed)|on\W?view|(traffic|pedestrian|vehicle|subject|person|bicycle) stop|"
    r"field (interview|contact)|stop (and|&) (frisk|search)|(?<!cardiac )(?<!respiratory )(?<!resp )\barrest|\bwarrant|(patrol|premise|business|building|area|extra) (check|patrol|request patrol)|directed patrol|"
    r"surveillance|stake.?out|key person|盘查|盘问|逮捕|拘留|布控|重点人员|(民警|主动)(发现|巡)|巡逻检查|蹲守",
    re.IGNORECASE)


@dataclass(frozen=True)
class Calls:
    """n calls: `cell` uint64[n], where; `at` int64[n], the instant in microseconds UTC; `kind` int32[n], its place in `kinds`.

    There is no field for anything else. `left_out` says how many rows did not come in, by the reason.
    """

    cell: npt.NDArray[np.uint64]
    at: npt.NDArray[np.int64]
    kind: Ints
    kinds: tuple[str, ...]
    left_out: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.at)


def admit(columns: Mapping[str, Any], left_out: Mapping[str, int] | None = None) -> Calls:
    """Calls out of the columns cell, at and kind (the kind's words), of equal length; kinds that police began themselves are left out.

    Raises Refused `demand.column-refused` for any other column, and `demand.no-calls` where nothing is left.
    """
    refuse_columns(columns, COLUMNS)
    words = [str(word) for word in columns["kind"]]
    own = {word: began_themselves(word) for word in set(words)}
    keep = np.array([not own[word] for word in words], np.bool_)
    missing = dict(left_out or {})
    if not keep.all():
        missing["began by police themselves"] = missing.get("began by police themselves", 0) + int((~keep).sum())
    if not keep.any():
        raise Refused("demand.no-calls", "No call is left to forecast from.", "没有可用于预测的报警记录。", status=422)
    kinds = tuple(sorted({word for word in words if not own[word]}))
    number = {word: place for place, word in enumerate(kinds)}
    kind = np.array([number[word] for word in words if not own[word]], np.int32)
    return Calls(np.asarray(columns["cell"], np.uint64)[keep], np.asarray(columns["at"], np.int64)[keep], kind, kinds, missing)


def refuse_columns(names: Iterable[str], allowed: Iterable[str]) -> None:
    """Refused `demand.column-refused` for the first name that is not among those allowed."""
    fine = set(allowed)
    for name in names:
        if name not in fine:
            raise Refused("demand.column-refused",
                          f"The column “{name}” does not come in: a forecast of demand reads the place, the time and the kind of residents' own calls, and nothing else.",
                          f"不接受“{name}”这一列：需求预测只读取居民报警的地点、时间和类型，不读取其他任何内容。", field=name, status=422)


def refuse_people(names: Iterable[str]) -> None:
    """Refused `demand.column-of-people` for a column that tells of people, or of what police did by themselves.

    Such a column cannot merely be passed over: where a file has one, its rows may be stops and arrests, and only whoever made the
    file can take those rows out.
    """
    for name in names:
        if _OF_PEOPLE.search(_OF_PLACES.sub("", re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", name))):
            raise Refused("demand.column-of-people",
                          f"The file has a column “{name}”, which tells of people or of what police did by themselves. "
                          "Take out the rows that are not residents' own calls, then that column, and hand in what is left.",
                          f"文件中有“{name}”一列，涉及个人信息或警方自行开展的活动。请先删去并非居民报警的行，再删去该列，然后重新提交。", field=name, status=422)


def began_themselves(kind: str) -> bool:
    """Whether a kind names something that police began by themselves (a stop, an arrest, a patrol), which is no demand."""
    return _OWN_DOING.search(kind) is not None

"""What a called person is told outside the house: their unit, and no more than the table allows; never a caller's words, name or number."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.edges.gateways.calling.senders import Lang, Letter
from tocsin.kernel import Words
from tocsin.rooms.calling.model import Means
from tocsin.rooms.calling.views import CalloutRow

_HOUSE_NUMBER = re.compile(r"^\s*\d+\S?(?:\s+|$)|[\s,]+\d+\s?[A-Za-z]?\s*$|\d+\s*号.*$")
_FOUND = ("number", "street", "crossing", "address")
"""Places whose words are the city's own; others may be what somebody typed while the caller spoke."""
_PRESS: Mapping[Lang, str] = {"en": "Acknowledge", "zh": "确认收到"}
_LANGS: tuple[Lang, ...] = ("en", "zh")


def letter(row: CalloutRow, means: Means, incident: Any, kinds: Mapping[str, Words]) -> Letter:
    """What is said for one callout. `incident` is its row on the board, where it is about one; a place is its street without a number."""
    said = Words(f"{row.unit}: you are called.", f"{row.unit}：正在呼叫您。")
    kind, place = Words("", ""), ""
    if means.says and row.about == "assigned" and incident is not None:
        name = kinds.get(incident.kind, Words(incident.kind, incident.kind))
        kind = Words(f" {name.en}, priority {incident.priority}.", f"{name.zh}，优先级 {incident.priority}。")
        if means.says == "kind+place" and incident.place.source in _FOUND and (street := _street(incident.place.text)):
            place = f" {street}"
    elif means.says and row.about == "message":
        kind = Words(" An urgent message.", "紧急消息。")
    elif means.says and row.about == "help":
        kind = Words(f" {row.of} calls for help.", f"{row.of} 呼救。")
    text = {lang: getattr(said, lang) + getattr(kind, lang) + place for lang in _LANGS}
    return Letter(text=text, keep_s=means.wait_s, press=_PRESS if row.about == "assigned" else {}, data={"about": row.about, "of": row.of, "unit": row.unit, "tag": row.id})


def _street(text: str) -> str:
    return _HOUSE_NUMBER.sub("", text).strip(" ,")[:60]

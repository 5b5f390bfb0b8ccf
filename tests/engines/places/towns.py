"""Two made towns for the tests of the address search: one with Chinese names, one with Finnish and English ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tocsin.engines.places.compile import Shapes

Entries = list[dict[str, Any]]


def examples(name: str) -> list[tuple[str, Any]]:
    """What is typed and what must come of it; in a file, since the phone's own search is held to the same."""
    return [(typed, wanted) for typed, wanted in json.loads(Path(__file__).with_name("typed.json").read_text(encoding="utf-8"))[name]]

XINCHENG_STREETS = [
    {"name": "新华路", "name_zh": "新华路", "name_en": "Xinhua Road"},
    {"name": "中山路", "name_zh": "中山路", "name_en": "Zhongshan Road"},
    {"name": "人民路", "name_zh": "人民路", "name_en": "Renmin Road"},
    {"name": "中山北路", "name_zh": "中山北路", "name_en": "North Zhongshan Road"},
    {"name": "解放大道", "name_zh": "解放大道", "name_en": "Jiefang Avenue"},
    {"name": "和平街", "name_zh": "和平街", "name_en": "Heping Street"},
    {"name": "柳巷", "name_zh": "柳巷", "name_en": None},
]
"""A grid: 新华路 and 人民路 run east, 中山路, 中山北路 and 解放大道 north."""


def xincheng() -> tuple[list[dict[str, Any]], Entries]:
    """(streets, entries) of a made town with Chinese names: odd numbers on one side, even ones on the other, some missing."""
    entries: Entries = []
    for street, (lat, last) in {0: (30.500, 200), 2: (30.510, 300), 5: (30.520, 60)}.items():
        for number in range(1, last, 3):
            at = {"lon": round(114.30 + number * 1e-4, 6), "lat": round(lat + (2e-4 if number % 2 else -2e-4), 6)}
            entries.append({"kind": "number", "street": street, "number": str(number), **at})
    for street, (lon, last) in {1: (114.305, 150), 4: (114.315, 900), 6: (114.302, 20)}.items():
        for number in range(2, last, 5):
            at = {"lon": round(lon + (2e-4 if number % 2 else -2e-4), 6), "lat": round(30.495 + number * 5e-5, 6)}
            entries.append({"kind": "number", "street": street, "number": f"{number}号", **at})
    for east, lat in ((0, 30.500), (2, 30.510), (5, 30.520)):
        for north, lon in ((1, 114.305), (4, 114.315), (3, 114.309)):
            entries.append({"kind": "crossing", "streets": [east, north], "lon": lon, "lat": lat})
    for name, what, lon, lat in (
        ("新城市第一人民医院", "hospital", 114.3061, 30.5032),
        ("新城市第二人民医院", "hospital", 114.3161, 30.5132),
        ("中山路派出所", "police", 114.3052, 30.5055),
        ("解放大道消防救援站", "fire_station", 114.3152, 30.5075),
        ("万达广场A座", "mall", 114.3102, 30.5011),
        ("火车站", "station", 114.3202, 30.5081),
        ("新城大学", "university", 114.3222, 30.5191),
    ):
        entries.append({"kind": "place", "name": name, "name_zh": name, "what": what, "lon": lon, "lat": lat})
    entries.append({"kind": "area", "name": "新城市"})
    entries.append({"kind": "area", "name": "江岸区", "lon": 114.31, "lat": 30.51})
    return XINCHENG_STREETS, entries


LAHTELA_STREETS = [
    {"name": "Mannerheimintie", "name_zh": None, "name_en": None},
    {"name": "Töölönkatu", "name_zh": None, "name_en": None},
    {"name": "Fredrikinkatu", "name_zh": None, "name_en": None},
    {"name": "Hämeentie", "name_zh": None, "name_en": None},
    {"name": "Rantakuja", "name_zh": None, "name_en": None},
]


def lahtela() -> tuple[list[dict[str, Any]], Entries, Shapes]:
    """(streets, entries, shapes) of a made town with Finnish names; Rantakuja has a number range and no numbers."""
    entries: Entries = []
    for number, lon in (("10", 24.930), ("12", 24.931), ("12 B", 24.9311), ("14-18", 24.932), ("20", 24.933), ("11", 24.9305)):
        entries.append({"kind": "number", "street": 0, "number": number, "lon": lon, "lat": 60.170})
    for number in range(1, 40, 2):
        entries.append({"kind": "number", "street": 1, "number": str(number), "lon": 24.92 + number * 2e-4, "lat": 60.175})
    entries.append({"kind": "number", "street": 2, "number": "5a", "lon": 24.935, "lat": 60.168})
    entries.append({"kind": "number", "street": 3, "number": "7", "lon": 24.95, "lat": 60.18})
    entries.append({"kind": "crossing", "streets": [0, 2], "lon": 24.934, "lat": 60.169})
    entries.append({"kind": "crossing", "streets": [4, 3], "lon": 24.96, "lat": 60.19})
    entries.append({"kind": "range", "street": 4, "segment": 1, "left": [1, 21], "right": [2, 20]})
    entries.append({"kind": "place", "name": "Meilahden sairaala", "name_en": "Meilahti", "what": "hospital", "lon": 24.91, "lat": 60.19})
    entries.append({"kind": "area", "name": "Lahtela"})
    shapes = Shapes(np.array([0, 2, 5]), np.array([0.0, 1.0, 24.96, 24.965, 24.97]), np.array([0.0, 1.0, 60.19, 60.19, 60.19]))
    return LAHTELA_STREETS, entries, shapes

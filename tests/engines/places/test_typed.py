"""What people type, in both languages, and what must come first."""

import pytest

from tests.shared import needs_data
from tocsin.engines.places import Places

SF = needs_data("roads", "san_francisco", "sf_addresses_eas_2025.csv.gz")


@pytest.mark.parametrize(("typed", "label"), [
    ("新华路13号", "新华路13号"),
    ("新华路１３号", "新华路13号"),
    ("新华路十三号", "新华路13号"),
    ("新华路 13", "新华路13号"),
    ("13 xinhua rd", "新华路13号"),
    ("新城市江岸区新华路13号", "新华路13号"),
    ("解放大道12号3栋2单元", "解放大道12号"),
    ("新花路13号", "新华路13号"),
    ("中山路与人民路", "中山路与人民路路口"),
    ("中山路和人民路", "中山路与人民路路口"),
    ("中山路人民路", "中山路与人民路路口"),
    ("中山路 人民路 路口", "中山路与人民路路口"),
    ("人民路路口中山路", "人民路与中山路路口"),
    ("中山北路和平街", "中山北路与和平街路口"),
    ("zhongshan rd & renmin rd", "中山路与人民路路口"),
    ("市第一医院", "新城市第一人民医院"),
    ("一医院", "新城市第一人民医院"),
    ("二院", "新城市第二人民医院"),
    ("派出所", "中山路派出所"),
    ("police station", "中山路派出所"),
    ("消防站", "解放大道消防救援站"),
    ("火车", "火车站"),
    ("广场A座", "万达广场A座"),
    ("中山", "中山路"),
    ("xinhualu 13", "新华路13号"),
    ("xin hua lu 13", "新华路13号"),
    ("xhl 13", "新华路13号"),
    ("zsbl", "中山北路"),
    ("jiefangdadao12", "解放大道12号"),
    ("zhongshanlu & renminlu", "中山路与人民路路口"),
    ("diyirenminyiyuan", "新城市第一人民医院"),
    ("和平", "和平街"),
    ("江岸", "江岸区"),
    ("北纬30.5 东经114.3", "30.50000° N, 114.30000° E"),
])  # fmt: skip
def test_chinese(chinese: Places, typed: str, label: str) -> None:
    assert chinese.search(typed)[0].label == label


@pytest.mark.parametrize(("typed", "label"), [
    ("mannerheimintie 12", "Mannerheimintie 12"),
    ("12 mannerheimintie", "Mannerheimintie 12"),
    ("Mannerheimintie 12 B", "Mannerheimintie 12 B"),
    ("mannerheimintie 12b", "Mannerheimintie 12 B"),
    ("mannerheimintie 12 C 45", "Mannerheimintie 12"),
    ("mannerheimintie 14-18", "Mannerheimintie 14-18"),
    ("mannerheimintie 18", "Mannerheimintie 14-18"),
    ("mannerhemintie 12", "Mannerheimintie 12"),
    ("manenrheimitnie 12", "Mannerheimintie 12"),
    ("mannerh", "Mannerheimintie"),
    ("toolonkatu 7", "Töölönkatu 7"),
    ("Töölönk 7", "Töölönkatu 7"),
    ("fredrikink 5a", "Fredrikinkatu 5a"),
    ("Hameentie 7, Lahtela", "Hämeentie 7"),
    ("mannerheimintie ja fredrikinkatu", "Mannerheimintie & Fredrikinkatu"),
    ("fredrik/mannerh", "Fredrikinkatu & Mannerheimintie"),
    ("hospital", "Meilahden sairaala"),
    ("医院", "Meilahden sairaala"),
    ("meilahti", "Meilahden sairaala"),
])  # fmt: skip
def test_finnish(finnish: Places, typed: str, label: str) -> None:
    assert finnish.search(typed)[0].label == label


@SF
@pytest.mark.parametrize(("typed", "label"), [
    ("505 mission bay blvd north", "505 MISSION BAY BLVD NORTH"),
    ("mission & 18th", "MISSION ST & 18TH ST"),
    ("mission/18", "MISSION ST & 18TH ST"),
    ("mission at 18", "MISSION ST & 18TH ST"),
    ("18th mission", "18TH ST & MISSION ST"),
    ("24 st & misson", "24TH ST & MISSION ST"),
    ("first st", "01ST ST"),
    ("21 1st street", "21 01ST ST"),
    ("vanness", "VAN NESS AVE"),
    ("s van ness", "SOUTH VAN NESS AVE"),
    ("2162 missoin", "2162 MISSION ST"),
    ("2162 misson st", "2162 MISSION ST"),
    ("837 broadway, san francisco", "837 BROADWAY"),
    ("o'farrell", "OFARRELL ST"),
    ("avenue h", "AVENUE H"),
    ("saint marys", "SAINT MARYS AVE"),
    ("st marys", "SAINT MARYS AVE"),
    ("mis", "MISSION ST"),
    ("888 clay", "888 CLAY ST"),
])  # fmt: skip
def test_san_francisco(san_francisco: Places, typed: str, label: str) -> None:
    assert san_francisco.search(typed)[0].label == label


@SF
def test_a_typed_name_grows_towards_its_street(san_francisco: Places) -> None:
    """From the third letter on, every keystroke of '2162 mission st' keeps the street among the first eight lines."""
    text = "2162 mission st"
    for size in range(len("2162 mis"), len(text) + 1):
        assert "MISSION ST" in {hit.street for hit in san_francisco.search(text[:size])}, text[:size]

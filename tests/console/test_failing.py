"""When things fail, in a real browser: the server is stopped and the pack still opens; forms come back; banners in both languages."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, map_settled, obstacles, picture, seated, served
from tests.floor import corner


def _printed(page: Page) -> None:
    """Open the sheet, have the pack refreshed, and wait until it lies on this console's disk."""
    for _ in range(200):  # asked again and again from here: what the page may evaluate by itself, its policy forbids
        if page.evaluate("navigator.serviceWorker.controller !== null"):
            break
        page.wait_for_timeout(100)
    page.keyboard.press("d")
    page.get_by_role("button", name=re.compile("Refresh now|立即更新")).click()
    page.get_by_role("link", name=re.compile("Open the pack|打开应急包")).wait_for(timeout=120_000)


def test_the_pack_opens_when_the_server_is_gone_and_the_console_comes_back(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, demo=True) as floor:
        floor.on_duty("E7", "engine", corner(1, 1))
        incident = floor.take(corner(2, 2), "medical")
        one = seated(browser, floor.url, "dispatcher")
        page = one.page
        _printed(page)
        assert not obstacles(page)
        picture(page, "paper-sheet-dark-en")
        kept = page.evaluate("caches.open('tocsin-pack').then((kept) => kept.keys()).then((all) => all.map((one) => new URL(one.url).pathname))")
        assert sorted(kept) == ["/paper/forms-en.pdf", "/paper/pack-en.pdf", "/paper/pack.json"]
    page.goto(floor.url)
    expect(page.locator("h1")).to_have_text("The server does not answer: work on paper")
    expect(page.locator(".age")).to_contain_text("kept")
    expect(page.locator("tr")).to_contain_text(incident)
    head = page.evaluate("fetch('/paper/pack-en.pdf').then((found) => found.arrayBuffer()).then((all) => new TextDecoder().decode(all.slice(0, 5)))")
    assert head == "%PDF-"
    assert page.evaluate("fetch('/api/board').then(() => 'answered', () => 'not answered')") == "not answered", "no door is ever served stale"
    assert not obstacles(page)
    picture(page, "paper-gone-en")


def test_signing_out_takes_the_pack_off_the_disk(browser: Browser, town: Served) -> None:
    page = seated(browser, town.url, "dispatcher").page
    _printed(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    page.locator("input[name=name]").wait_for()
    assert not page.evaluate("caches.has('tocsin-pack')")


def test_a_form_is_entered_back_by_keys_with_its_true_times(browser: Browser, town: Served) -> None:
    one = seated(browser, town.url, "dispatcher")
    page = one.page
    receipt = page.evaluate("""() => fetch('/api/paper/blocks', { method: 'POST', headers: { 'X-Tocsin': '1', 'Content-Type': 'application/json' }, body: '{}' }).then((one) => one.json())""")
    block = receipt["subject"].removeprefix("paper:")
    page.keyboard.press("d")
    now = town.clock.now()
    zone = town.city.manifest.timezone
    clock = lambda ago_s: page.evaluate("([at, zone]) => new Date(at / 1000).toLocaleTimeString('sv-SE', { timeZone: zone })", [now - ago_s * 1_000_000, zone])  # noqa: E731 - one word for a time
    line = page.locator(".grid [role=group] input")

    def write(*cells: str) -> None:
        line.nth(0).focus()
        for cell in cells:
            page.keyboard.press("Control+a")
            page.keyboard.type(cell)
            page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")

    write(f"{block}/02", "Mission Street & 1st Street", "medical", clock(10), "A4 " + clock(20), "", "", "")
    expect(page.locator(".said")).to_contain_text("A4 cannot have been sent before the call")
    write(f"{block}/02", "Mission Street & 1st Street", "medical", clock(3000), f"A4 {clock(2940)} {clock(2700)} {clock(1800)}", "treated", clock(1700), "desk two")
    expect(page.locator(".said").first).to_contain_text("kept as", timeout=30_000)
    page.locator(".paper form input").fill(block)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text(f"Missing: {block}/01")).to_be_visible()
    page.get_by_role("button", name=f"Void {block}/01").click()
    expect(page.get_by_text("1 entered, 1 void, none missing below the last.")).to_be_visible()
    assert not obstacles(page)
    picture(page, "paper-entered-en")
    incident = (page.locator(".said").first.text_content() or "").removeprefix("kept as ").strip()
    kept = [one for one in town.house.history(f"call:{incident}", f"incident:{incident}") if one.entry.kind != "dispatch.note-added"]
    assert {one.entry.purpose for one in kept} == {"paper-entry"}
    happened = [one.entry.happened_at // 1_000_000 for one in kept]
    assert happened == sorted(happened)
    assert abs(happened[0] - (now // 1_000_000 - 3000)) <= 1
    one.quiet()


def test_banners_say_what_still_works_in_both_languages(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as floor:
        floor.on_duty("E7", "engine", corner(1, 1))
        basemap = floor.city.path / "basemap.pmtiles"
        away = basemap.with_suffix(".away")
        basemap.rename(away)
        try:
            page = seated(browser, floor.url, "dispatcher").page
            map_settled(page)
            expect(page.locator(".banner")).to_contain_text("The map's streets are missing.")
            before = page.locator(".board").bounding_box()
            assert not obstacles(page)
            picture(page, "banner-dark-en")
            page.locator(".who button").first.click()
            page.locator(".who button").nth(1).click()
            expect(page.locator(".banner")).to_contain_text("地图底图缺失")
            assert not obstacles(page)
            page.keyboard.press("d")
            picture(page, "paper-sheet-light-zh")
            page.keyboard.press("d")
            picture(page, "banner-light-zh")
        finally:
            away.rename(basemap)
        expect(page.locator(".banner p")).to_have_count(0, timeout=20_000)
        assert page.locator(".board").bounding_box() == before, "nothing moves for a banner"

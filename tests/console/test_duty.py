"""The page of the system itself, opened by its key: what stands well, what fails in words with what to do, what was told before where nobody answers."""

from playwright.sync_api import Browser, Page, Route, expect

from tests.console.desk import Served, obstacles, picture, seated

_BUSY = '{"status":503,"code":"overloaded","title":"Too much at once; try again in a moment.","title_zh":"当前过于繁忙，请稍后再试。"}'


def _other_look(page: Page) -> None:
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()


def test_the_system_on_one_page_well_unwell_busy_and_gone(browser: Browser, town: Served) -> None:
    watched = seated(browser, town.url, "supervisor", width=1440, height=900)
    page = watched.page
    page.keyboard.press("y")
    room = page.locator(".duty .room")
    expect(room).to_be_focused()
    parts = room.get_by_role("list", name="What the floor leans on")
    first = parts.get_by_role("listitem").first
    expect(first).to_contain_text("Ledger")
    for words in ("All parts are well.", "Calls and sendings", "never tried: `tocsin restore --drill`", "None."):
        expect(room).to_contain_text(words)
    assert not obstacles(page)
    picture(page, "duty-dark-en")

    basemap = town.city.path / "basemap.pmtiles"
    away = basemap.rename(basemap.with_suffix(".away"))
    try:
        expect(first).to_contain_text("The map's streets are missing.")
        _other_look(page)
        expect(page.locator(".duty .parts li").first).to_contain_text("故障")
        expect(page.locator(".duty h3").first).to_contain_text("个需要处理")
        assert not obstacles(page)
        picture(page, "duty-unwell-light-zh")
        _other_look(page)
    finally:
        away.rename(basemap)
    expect(first).to_contain_text("Ledger")
    watched.quiet()

    page.set_viewport_size({"width": 1280, "height": 800})
    page.route("**/api/duty", lambda route: route.fulfill(status=503, content_type="application/problem+json", body=_BUSY))
    expect(room.get_by_role("alert")).to_contain_text("Too much at once")
    expect(room).to_contain_text("What is shown is")
    expect(first).to_contain_text("Ledger")
    picture(page, "duty-busy-dark-en")
    page.keyboard.press("y")
    expect(room).to_have_count(0)
    page.unroute("**/api/duty")
    page.route("**/api/duty", lambda route: route.abort())
    page.keyboard.press("y")
    expect(room.get_by_role("alert")).to_contain_text("The server does not answer.")
    picture(page, "duty-gone-dark-en")
    page.unroute("**/api/duty")
    expect(first).to_contain_text("Ledger")


def test_the_nodes_of_a_house_with_one_that_went_silent(browser: Browser, town: Served) -> None:
    watched = seated(browser, town.url, "supervisor", width=1440, height=900, worker=False)
    page = watched.page
    node = {"head": 812, "lag": 0, "version": "0.1.0", "heard_s": None, "silent": False, "ahead_s": 0.004}

    def several(route: Route) -> None:
        said = route.fetch().json()
        said["nodes"] = [node | {"node": "north", "leads": True, "address": "http://10.0.0.1:8110"},
                         node | {"node": "south", "leads": False, "address": "http://10.0.0.2:8110", "heard_s": 0.6, "ahead_s": -0.9},
                         node | {"node": "west", "leads": False, "address": "http://10.0.0.3:8110", "heard_s": 74.2, "silent": True, "lag": 31, "head": 781}]
        route.fulfill(json=said)

    page.route("**/api/duty", several)
    page.keyboard.press("y")
    rows = page.locator(".duty tbody tr").filter(has_text="http://10.0.0.")
    expect(rows).to_have_count(3)
    for row, words in enumerate((("north", "writes", "this one", "4.0 ms slow"), ("south", "follows", "00:01 ago", "900 ms fast"), ("west", "silent", "01:14 ago", "31"))):
        for one in words:
            expect(rows.nth(row)).to_contain_text(one)
    assert not obstacles(page)
    picture(page, "duty-nodes-dark-en")
    _other_look(page)
    for words_zh in ("无消息", "本机", "慢 4.0 ms"):
        expect(page.locator(".duty")).to_contain_text(words_zh)
    picture(page, "duty-nodes-light-zh")
    page.unroute("**/api/duty")

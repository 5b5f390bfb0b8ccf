"""The phone's disk and its page: full, shared by two pages, exchanged for a newer one, and installed; whatever happens, each action is kept once."""

import json
import os
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.console.conftest import leave
from tests.console.desk import CHROMIUM, Served, Watched, served
from tests.console.pocket import SHAPE, Phone, comes, phone
from tests.console.test_field import called, on_the_road, plain, said, states
from tests.floor import corner
from tests.waiting import until
from tocsin.cli.settings import CONSOLE

_USED = "navigator.storage.estimate().then((one) => one.usage)"


def noisy(side: int = 1_500) -> bytes:
    """A photo of a megabyte or so."""
    out = BytesIO()
    Image.effect_noise((side, side), 90).save(out, "JPEG", quality=90)
    return out.getvalue()


def photographed(one: Phone, content: bytes) -> None:
    one.page.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content})


def test_a_full_disk_is_said_plainly_and_what_was_written_down_is_sent_once(browser: Browser, town: Served, tmp_path: Path) -> None:
    with on_disk(browser, tmp_path) as context:
        fills_up(phone(browser, town, plain, context=context), town)


def on_disk(browser: Browser, folder: Path) -> BrowserContext:
    """A profile of its own on the disk, as a phone's is: what is kept in memory alone is gone when the page is, and can never be installed."""
    return browser.browser_type.launch_persistent_context(folder / "profile", executable_path=CHROMIUM, args=["--no-sandbox"], **SHAPE)


def fills_up(one: Phone, town: Served) -> None:
    """The phone keeps what it can, says when it cannot, and the house has each thing once in the end."""
    one.sign_on()
    one.ready()
    called(one)
    one.page.wait_for_timeout(2_000)  # the picture is kept once a second at most
    one.away()
    one.act("Acknowledge")
    one.page.get_by_label("Note for the incident").fill("before it was full")
    one.act("Keep note")
    line = one.context.new_cdp_session(one.page)
    room(one, line, int(one.page.evaluate(_USED)) + 300_000)
    assert one.waiting() == ["acknowledge", "note"]
    photographed(one, noisy())
    expect(one.page.get_by_text("storage is full: what comes next may not be kept")).to_be_visible()
    expect(one.page.get_by_role("alert").filter(has_text="did not keep it")).to_be_visible()
    one.looks_right("full")
    assert one.waiting() == ["acknowledge", "note"], "what was written down is there still, and nothing is said to be kept that is not"

    room(one, line, 1)  # now nothing at all goes in, whatever else is given up for it
    one.key("En route")
    one.page.wait_for_timeout(1_000)
    assert one.waiting()[:2] == ["acknowledge", "note"]
    one.back()
    until(lambda: len(one.facts("dispatch.note-added")) == 1, 40)
    one.page.wait_for_timeout(1_500)
    room(one, line, 0)
    one.sent()
    photographed(one, noisy())
    until(lambda: len(one.facts("dispatch.file-attached")) == 1, 40)
    one.sent()
    expect(one.page.get_by_text("storage is full")).to_have_count(0)
    assert [said(one, kept) for kept in one.facts("dispatch.note-added")] == ["before it was full"]
    assert len(one.facts("dispatch.assignment-acknowledged")) == 1


def room(one: Phone, line: CDPSession, size: int) -> None:
    """How much this page's origin may keep (0: as much as before), as it finds it when it is opened anew: an open store goes by what it was told before."""
    line.send("Storage.overrideQuotaForOrigin", {"origin": one.url, **({"quotaSize": size} if size else {})})
    one.page.goto("about:blank")
    one.page.wait_for_timeout(3_000)
    one.page.goto(f"{one.url}/field")
    expect(one.page.locator("article h1")).to_have_text("Building fire")


def test_two_pages_on_one_phone_do_each_thing_once(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    called(one)
    page = one.context.new_page()
    page.goto(f"{town.url}/field")
    expect(page.locator("article h1")).to_have_text("Building fire")
    other = Phone(town, one.context, Watched(page), town.url)
    one.away()
    one.act("Acknowledge")
    one.act("En route")
    expect(other.page.locator("footer .great")).to_have_text("At scene")
    other.act("At scene")
    other.page.get_by_label("Note for the incident").fill("from the second page")
    other.act("Keep note")
    expect(one.page.locator("header .rest")).to_contain_text("4 queued")
    one.back()
    one.sent()
    other.sent()
    assert states(one) == ["en_route", "at_scene"]
    assert [len(one.facts(kind)) for kind in ("dispatch.assignment-acknowledged", "dispatch.note-added")] == [1, 1]
    assert [action["stand"] for action in one.queue()] == ["kept"] * len(one.queue())
    one.page.close()
    other.act("Clearing")
    other.sent()
    assert states(one)[-1] == "clearing"


@pytest.mark.timeout(900)
def test_a_newer_page_takes_over_when_nothing_is_in_the_making(browser: Browser, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        shutil.copytree(CONSOLE, folder, copy_function=os.link)
    mark = "<!-- the newer page -->"
    changed(new / "field.html", "</body>", f"{mark}</body>")
    version = (new / "field-sw.js").read_text(encoding="utf-8").split("VERSION = '", 1)[1].split("'", 1)[0]
    changed(new / "field-sw.js", version, "newer")
    with served(tmp_path, demo=True, console=old) as floor:
        floor.on_duty("E7", "engine", corner(1, 1))
        one = on_the_road(browser, floor)
        called(one)
        port, clock = floor.port, floor.clock
    one.act("Acknowledge")
    one.page.get_by_label("Note for the incident").fill("half a sentence")
    with served(tmp_path, demo=True, port=port, clock=clock, console=new) as floor:
        one.floor = floor
        one.sent()
        one.page.evaluate("navigator.serviceWorker.getRegistration('/field').then((one) => one.update())")
        # On a busy machine Chromium may let the new worker wait although it asked not to; it looks again every five minutes.
        expect(one.page.get_by_role("button", name="A newer page is here")).to_be_visible(timeout=620_000)
        one.looks_right("newer")
        seen(one)
        assert mark not in one.page.content(), "not while something is being written"
        expect(one.page.get_by_label("Note for the incident")).to_have_value("half a sentence")
        one.act("Keep note")
        seen(one)
        comes(one.page, "document.documentElement.outerHTML.includes('the newer page')")
        expect(one.page.locator("article h1")).to_have_text("Building fire")
        one.sent()
        assert [said(one, kept) for kept in one.facts("dispatch.note-added")] == ["half a sentence"]
        assert len(one.facts("dispatch.assignment-acknowledged")) == 1
        leave(browser)


def changed(file: Path, before: str, after: str) -> None:
    """Another file in its place: the first is linked to by others."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.unlink()
    file.write_text(text.replace(before, after), encoding="utf-8")


def seen(one: Phone) -> None:
    """The page is put away and taken up again, as far as it can tell."""
    one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    one.page.wait_for_timeout(500)


def test_the_page_can_be_installed(browser: Browser, town: Served, tmp_path: Path) -> None:
    with on_disk(browser, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{town.url}/field")
        comes(page, "navigator.serviceWorker.getRegistration('/field').then((one) => Boolean(one?.active))")
        installable(page, town.url)


def installable(page: Page, url: str) -> None:
    """Nothing stands against it, and every icon is what the manifest says of it."""
    line = page.context.new_cdp_session(page)
    assert line.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    found = line.send("Page.getAppManifest")
    assert found["errors"] == []
    told = json.loads(found["data"])
    assert (told["start_url"], told["scope"], told["display"]) == ("/field", "/field", "standalone")
    for icon in told["icons"]:
        answer = page.context.request.get(f"{url}{icon['src']}")
        assert answer.ok
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            with Image.open(BytesIO(answer.body())) as drawn:
                assert f"{drawn.width}x{drawn.height}" == icon["sizes"]
    assert {purpose for icon in told["icons"] for purpose in icon.get("purpose", "any").split()} == {"any", "maskable"}

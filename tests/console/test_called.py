"""Being called, in a real browser: a push is shown and its key acknowledges, and a unit that could not be called is marked on the board.

No push service can be reached from here: the push is handed to the browser as its own service would hand it on, and all from there is real.
"""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import leave
from tests.console.desk import DESK, SHIFT, Served, Watched, obstacles, picture, seated, served
from tests.console.pocket import phone
from tests.floor import corner
from tests.waiting import until
from tocsin.rooms.calling.commands import GiveUp
from tocsin.rooms.calling.model import CallingTable, Means
from tocsin.rooms.dispatch.commands import AcknowledgeAssignment, AssignUnit

_SHOWN = """() => navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map(({ title, data, tag, actions }) => (
  { title, data, tag, actions: actions.map((one) => one.action) })))"""
_PRESS = """() => self.registration.getNotifications().then(([notification]) => {
  try { self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: 'acknowledge' })); } catch { /* a made event waits for nothing */ }
})"""


def pushed(page: Page, url: str, said: dict[str, str]) -> None:
    """A push comes to this page's worker."""
    line = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    line.send("ServiceWorker.enable")
    for _ in range(100):
        if found:
            break
        page.wait_for_timeout(50)
    line.send("ServiceWorker.deliverPushMessage", {"origin": url, "registrationId": found[-1]["registrationId"], "data": json.dumps(said)})


def shown(page: Page) -> list[dict[str, Any]]:
    """The notifications of this page's worker."""
    found: list[dict[str, Any]] = page.evaluate(_SHOWN)
    return found


def test_a_push_is_shown_and_its_key_acknowledges(browser: Browser, town: Served) -> None:
    one = phone(browser, town, lambda page, url: Watched(page))
    one.context.grant_permissions(["notifications"], origin=town.url)
    one.sign_on()
    one.ready()
    incident = town.take(corner(2, 2), "fire", 1)
    town.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK)
    one.key("Unit")
    pushed(one.page, town.url, {"text": "E7: you are called.", "press": "Acknowledge", "about": "assigned", "of": incident, "tag": "E7/responder/3"})
    for _ in range(100):
        if shown(one.page):
            break
        one.page.wait_for_timeout(50)
    assert shown(one.page) == [{"title": "E7: you are called.", "data": {"about": "assigned", "of": incident}, "tag": "E7/responder/3", "actions": ["acknowledge"]}]
    assert not one.facts("dispatch.assignment-acknowledged")
    worker = next(held for held in one.context.service_workers if held.url.endswith("/field-sw.js"))
    worker.evaluate(_PRESS)
    expect(one.page.locator("article h1")).to_have_text("Building fire")
    until(lambda: len(one.facts("dispatch.assignment-acknowledged")) == 1)
    assert [row["what"] for row in one.queue() if row["what"] == "acknowledge"] == ["acknowledge"], "by the page's own queue"


def test_a_unit_that_could_not_be_called_is_marked_in_both_languages(browser: Browser, town: Served) -> None:
    one = phone(browser, town, lambda page, url: Watched(page))
    one.sign_on()
    incident = town.take(corner(2, 2), "fire", 1)
    because = town.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK).position
    town.house.keep_own(GiveUp(unit="E7", shift=SHIFT, person="responder", about="assigned", of=incident, because=because, code="no_answer"), DESK, "response", "")
    desk = browser.new_context(viewport={"width": 1600, "height": 900}).new_page()
    for tongue, words in (("en", "could not be called: use the radio"), ("zh", "呼叫未送达：请用电台")):
        desk.add_init_script(f"localStorage.setItem('tocsin.tongue', '{tongue}')")
        answer = desk.context.request.post(f"{town.url}/api/sign-in", data={"name": "dispatcher", "password": "pass word dispatcher"}, headers={"x-tocsin": "1"})
        assert answer.ok
        desk.goto(town.url)
        expect(desk.get_by_title(words).first).to_be_visible()
    town.house.do(AcknowledgeAssignment(incident=incident, unit="E7", shift=SHIFT), DESK)
    expect(desk.get_by_title("呼叫未送达：请用电台")).to_have_count(0)


def test_ones_number_and_mail_are_given_at_the_account_page_in_both_languages(browser: Browser, tmp_path: Path) -> None:
    table = CallingTable(means=(Means(kind="push", wait_s=30), Means(kind="sms", wait_s=60)))
    with served(tmp_path, calling=table) as floor:
        for tongue, theme, account, number, keep, kept in (("en", "dark", "Account", "Number for short messages", "Keep", "Kept."), ("zh", "light", "账户", "短信号码", "保存", "已保存。")):
            watched = seated(browser, floor.url, "supervisor", tongue=tongue, theme=theme)
            page = watched.page
            page.keyboard.press("v")
            page.get_by_role("tab", name=account).click()
            page.get_by_label(number).fill("+49 170 123-4567")
            page.get_by_label(number).press("Enter")
            expect(page.get_by_role("status").filter(has_text=kept)).to_be_visible()
            expect(page.get_by_label(number)).to_have_value("+491701234567")
            expect(page.get_by_role("button", name=keep, exact=True)).to_be_visible()
            assert obstacles(page) == []
            picture(page, f"called-account-{theme}-{tongue}")
            watched.quiet()
        leave(browser)


def test_a_phone_that_no_push_service_can_be_reached_from_says_that_it_did_not_work(browser: Browser, town: Served) -> None:
    one = phone(browser, town, lambda page, url: Watched(page))
    one.context.grant_permissions(["notifications"], origin=town.url)
    one.sign_on()
    one.ready()
    one.key("Unit")
    one.looks_right("being-called")
    one.key("Call this phone")
    expect(one.page.get_by_text("That did not work")).to_be_visible()
    expect(one.page.get_by_role("button", name="Call this phone")).to_have_attribute("aria-pressed", "false")

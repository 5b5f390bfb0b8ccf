"""A phone in a crew's pocket: a small window, its own session, a network that goes and comes back, and what lies in its queue."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.desk import SHIFT, Served, Watched, obstacles, picture, still
from tests.waiting import until
from tocsin.kernel import Kept

_QUEUE = """() => new Promise((kept, failed) => {
  const opening = indexedDB.open('tocsin-field');
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const all = opening.result.transaction('actions').objectStore('actions').getAll();
    all.onsuccess = () => { opening.result.close(); kept(all.result.map(({ file, ...one }) => one)); };
  };
})"""
_ALL = """async () => {
  const base = await new Promise((kept) => { const opening = indexedDB.open('tocsin-field'); opening.onsuccess = () => kept(opening.result); });
  const read = (store, how) => new Promise((kept) => { const asked = base.transaction(store).objectStore(store)[how](); asked.onsuccess = () => kept(asked.result); });
  const found = { names: await read('kept', 'getAllKeys'), text: JSON.stringify([await read('kept', 'getAll'), await read('actions', 'getAll')]) };
  base.close();
  for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) found.text += ` ${one.url}`;
  return found;
}"""
_SIDEWAYS = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && one.checkVisibility({ visibilityProperty: true }) && !one.closest('.map, .unseen');
}).map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)"""
_SMALL = """() => [...document.querySelectorAll('button, input, textarea, select')].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility({ visibilityProperty: true }) && box.width > 0 && (box.height < 51 || box.width < 56);
}).map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 20)} ${Math.round(one.getBoundingClientRect().height)}`)"""


SHAPE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "has_touch": True, "is_mobile": True}
"""What every phone here is."""


def comes(page: Page, what: str) -> None:
    """Wait until this is so on the page; asked from outside, since the page itself may evaluate nothing."""
    for _ in range(300):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came to be so: {what}")


@dataclass
class Phone:
    """One phone, and the floor that it belongs to."""

    floor: Served
    context: BrowserContext
    watched: Watched
    url: str

    @property
    def page(self) -> Page:
        return self.watched.page

    def key(self, name: str) -> None:
        """Press the key of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def act(self, name: str) -> None:
        """Press a key that does something, and wait until that lies on the phone."""
        before = len(self.queue())
        self.key(name)
        for _ in range(100):
            if len(self.queue()) > before:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{name} was not written down")

    def sign_on(self, unit: str = "E7") -> None:
        """Say which unit one is on, with its kit in order, and wait until the house has it."""
        self.page.get_by_role("button", name=unit).click()
        self.key("All of it is there")
        self.key(f"Sign on to {unit}")
        until(lambda: len(self.facts("fleet.crew-signed-on")) == 1)

    def ready(self) -> None:
        """Wait until the page and the city's map lie on the phone."""
        for _ in range(300):
            if self.page.evaluate("navigator.serviceWorker.controller !== null && caches.open('tocsin-city').then((one) => one.keys()).then((all) => all.length >= 3)"):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("the page does not come to lie on the phone")

    def away(self) -> None:
        """No network any more."""
        self.context.set_offline(True)
        expect(self.page.locator("header.away")).to_be_visible()

    def back(self) -> None:
        """The network is there again."""
        self.context.set_offline(False)

    def queue(self) -> list[dict[str, Any]]:
        """What lies on the phone, done or not, in order."""
        found: list[dict[str, Any]] = self.page.evaluate(_QUEUE)
        return found

    def held(self) -> tuple[set[str], str]:
        """Everything that lies on the phone: the names it is kept by, and all of it as one text."""
        found = self.page.evaluate(_ALL)
        return set(found["names"]), found["text"]

    def waiting(self) -> list[str]:
        """What has not been sent, in order."""
        return [str(one["body"].get("state") or one["what"]) for one in self.queue() if one["stand"] == "queued"]

    def sent(self) -> None:
        """Wait until nothing waits on the phone."""
        expect(self.page.locator("header .rest")).to_contain_text("all sent", timeout=40_000)

    def facts(self, *kinds: str) -> list[Kept]:
        """The facts of these kinds about the unit's shift or its incidents, in order."""
        return [kept for kept in self.floor.house.history(f"unit:E7@{SHIFT}", *(f"incident:{row}" for row in self.incidents)) if kept.entry.kind in kinds]

    @property
    def incidents(self) -> list[str]:
        return sorted(self.floor.house.rows("incident"))

    def looks_right(self, name: str) -> None:
        """Nothing spills, all is large enough for gloves, axe finds nothing; a picture of it."""
        still(self.page)
        html = self.page.locator("html")
        found = [*self.page.evaluate(_SIDEWAYS), *self.page.evaluate(_SMALL), *obstacles(self.page)]
        picture(self.page, f"field-{name}-{html.get_attribute('data-theme')}-{(html.get_attribute('lang') or '')[:2]}")
        assert found == [], f"{name}: {found}"


def phone(browser: Browser, floor: Served, watched: Callable[[Page, str], Watched], *, url: str = "", theme: str = "dark", tongue: str = "en",
          context: BrowserContext | None = None) -> Phone:
    """A phone whose crew member is signed in, at its page; in a browser of its own, where one is given."""
    url = url or floor.url
    context = context or browser.new_context(**SHAPE)
    page = context.new_page()
    page.add_init_script(f"localStorage.getItem('tocsin.theme') || (localStorage.setItem('tocsin.theme', '{theme}'), localStorage.setItem('tocsin.tongue', '{tongue}'))")
    answer = context.request.post(f"{url}/api/sign-in", data={"name": "responder", "password": "pass word responder"}, headers={"x-tocsin": "1"})
    assert answer.ok, answer.text()
    made = Phone(floor, context, watched(page, url), url)
    page.goto(f"{url}/field")
    page.locator(".field").wait_for()
    return made

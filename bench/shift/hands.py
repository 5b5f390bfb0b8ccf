"""A dispatcher's hands at the keyboard of a real browser; what it decides by is what any desk may read of the board."""

from dataclasses import dataclass, field
from re import Pattern
from time import monotonic
from typing import Any

from playwright.sync_api import Page, TimeoutError

_SHORT_MS = 10_000
"""After this long a key has no answer; a busy machine takes seconds for one."""
_PROPOSED_MS = 4_000
_NOBODY_MS = 1_500
"""After this long without a unit recommended, nobody can go now."""


@dataclass
class Tally:
    """What was done and how long each took, in wall seconds from the first key to the screen's answer."""

    took_s: dict[str, list[float]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def add(self, what: str, since: float) -> None:
        """One more."""
        self.took_s.setdefault(what, []).append(monotonic() - since)


class Hands:
    """One desk. Every act is typed; nothing is done behind the page's back."""

    def __init__(self, page: Page, tally: Tally) -> None:
        self.page, self.tally = page, tally
        self._url = page.url.rstrip("/")

    def board(self) -> dict[str, dict[str, Any]]:
        """The open incidents by number, as the board has them."""
        rows = self.page.request.get(f"{self._url}/api/board").json()["rows"]
        return {row["id"]: row for row in rows if row["row"] == "incident"}

    def key(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.page.keyboard.press(key)

    def rest(self) -> None:
        """Back to the board, whatever is open; at most three steps."""
        for _ in range(3):
            self.key("Escape")

    def say(self, line: str, answer: str | Pattern[str], what: str) -> bool:
        """Give one line to the command bar and wait for the status line's answer."""
        began = monotonic()
        self.rest()
        self.key("Control+k")
        self.page.keyboard.insert_text(line)
        try:
            self.page.locator(".will kbd").wait_for(timeout=_SHORT_MS)
            self.key("Enter")
            self.page.locator("footer p", has_text=answer).last.wait_for(timeout=_SHORT_MS)
        except TimeoutError:
            self.tally.misses.append(f"{what}: {line!r}: {self.page.locator('footer p').last.inner_text()!r} {self._will()!r}")
            self.rest()
            return False
        self.tally.add(what, began)
        return True

    def _will(self) -> str:
        found = self.page.locator(".will")
        return found.inner_text() if found.count() else ""

    def take(self, words: str, kind: str, priority: int, *, join: bool = False) -> str:
        """Take a call through the intake: place, kind, Enter; the new incident's number, or nothing.

        `join`: with Alt+J, into the open incident that the screen proposes; empty where it proposes none, and the call is its own then.
        """
        began = monotonic()
        before = set(self.board())
        self.rest()
        self.key("n")
        self.page.keyboard.insert_text(words)
        try:
            self.page.locator(".intake [role=option]").first.wait_for(timeout=_SHORT_MS)
            self.key("Enter")
            self.page.keyboard.insert_text(kind.replace("_", " "))
            self.key("Tab")
            self.page.keyboard.press(str(priority))
            if join and self._proposed():
                self.key("Alt+j")
                self.page.locator("footer p", has_text="joined into").last.wait_for(timeout=_SHORT_MS)
                self.tally.add("join", began)
                return ""
            self.key("Enter")
            self.page.locator("footer p", has_text="taken").last.wait_for(timeout=_SHORT_MS)
        except TimeoutError:
            self.tally.misses.append(f"take: {words!r} {kind}: {self.page.locator('footer p').last.inner_text()!r}")
            self.rest()
            return ""
        fresh = set(self.board()) - before
        self.tally.add("take", began)
        return max(fresh) if fresh else ""

    def _proposed(self) -> bool:
        try:
            self.page.locator(".intake .chance.strong").first.wait_for(timeout=_PROPOSED_MS)
        except TimeoutError:
            return False
        return True

    def divert(self) -> bool:
        """Take the better way for the selected incident where the first is a diversion, or a unit taken from less; False where it is not."""
        first = self.page.locator(".incident .what", has_text="Divert").first
        try:
            first.wait_for(timeout=1_200)
        except TimeoutError:
            return False
        began = monotonic()
        place = self.page.locator(".incident .one").evaluate_all("all => all.findIndex((one) => one.querySelector('.what')?.textContent === 'Divert')")
        self.key("g", str(place + 1), "Enter")
        try:
            self.page.locator("footer p", has_text="diverted to").last.wait_for(timeout=_SHORT_MS)
        except TimeoutError:
            self.tally.misses.append(f"divert: {self.page.locator('footer p').last.inner_text()!r}")
            return False
        self.tally.add("divert", began)
        return True

    def send(self) -> bool:
        """Send what is recommended for the incident that is selected; False where nobody can go."""
        began = monotonic()
        try:
            self.page.locator(".offer [aria-selected=true]").first.wait_for(timeout=_NOBODY_MS)
            self.page.locator(".offer [role=listbox]").focus()
            self.key("Enter")
            self.page.locator("footer p", has_text="sent to").last.wait_for(timeout=_SHORT_MS)
        except TimeoutError:
            return False
        self.tally.add("send", began)
        return True

    def select(self, number: str) -> bool:
        """Select an incident by its number and wait until the pane shows it."""
        self.rest()
        self.key("Control+k")
        self.page.keyboard.insert_text(number)
        self.key("Enter")
        try:
            self.page.locator(".incident h2", has_text=f"{int(number.rsplit('-', 1)[1])} ·").wait_for(timeout=_SHORT_MS)
        except TimeoutError:
            return False
        return True

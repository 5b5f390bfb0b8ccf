"""One story of accountable access, told in order in real browsers against one house: six people who would rather not be seen, and six who see."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.console.conftest import leave
from tests.console.desk import Served, Watched, obstacles, picture, served, sign_in, watch
from tests.console.test_watching import other_look
from tests.edges.web.running import JumpingClock
from tests.edges.web.test_tlog import forge
from tests.floor import StillClock, asker, corner
from tocsin.cli import main
from tocsin.edges.gateways.witness import look
from tocsin.house import Witnesses, Witnessing
from tocsin.kernel import Row
from tocsin.ledger import Ledger, sqlite
from tocsin.rooms.access.views import GlassRow
from tocsin.rooms.calls.commands import TakeCall

TAKER = asker("taker 1", "call_taker")
CALLER = "Aino Example"
REASON = "the caller is a patient of ours and unconscious"
CALLS, A_DAY_AND_MORE_S = 14, 25 * 3600


@dataclass
class Told:
    """What the chapters share: the house, the people's pages that stay open, and where copies of files are taken to."""

    browser: Browser
    floor: Served
    clock: JumpingClock
    witness: Witnessing
    folder: Path
    calls: list[str] = field(default_factory=list)
    pages: dict[str, Watched] = field(default_factory=dict)

    def of(self, role: str, theme: str = "dark") -> Page:
        """The page of somebody with this role, who signs in when they first come."""
        if role not in self.pages:
            self.pages[role] = watch(self.browser, self.floor.url, width=1440, height=900, theme=theme)
            sign_in(self.pages[role].page, role)
        return self.pages[role].page

    def leaves(self, role: str) -> None:
        """Somebody's part is over: nothing was complained of on their page, and it is closed, since each draws a map of its own."""
        page = self.pages.pop(role)
        page.quiet()
        page.page.context.close()

    def outside(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What `tocsin` says in a process of its own, which has these words and files and nothing else."""
        return subprocess.run([sys.executable, "-m", "tocsin.cli", *words], capture_output=True, text=True, cwd=self.folder, timeout=120)


def test_what_six_people_did_and_who_saw_it(browser: Browser, tmp_path: Path) -> None:
    data, clock = tmp_path / "data", JumpingClock()
    with Ledger.open(data / "house" / "ledger", StillClock(), name="floor") as ledger:
        witness = Witnessing(tmp_path / "oversight", "oversight", ledger.verifier, clock)
    watched_over = Witnesses(witnesses=(witness.witness.line,), within_s=600)
    with served(data, demo=True, clock=clock, witnesses=watched_over) as floor:
        floor.on_duty("E7", "engine", corner(1, 1))
        told = Told(browser, floor, clock, witness, tmp_path)
        _a_curious_clerk_is_found(told)
        _a_night_of_broken_glass(told)
        _a_leak_is_traced(told)
        _an_auditor_has_the_public_key_alone(told)
        _a_resident_reads_their_own_trail(told)
        for role in ("supervisor", "dispatcher", "person"):
            told.leaves(role)
        position = _an_administrator_edits_a_row(told)
        leave(browser)
    _and_makes_the_tree_agree(data, position)
    with served(data, demo=True, clock=clock, witnesses=watched_over) as floor:
        _what_the_witness_says(Told(browser, floor, clock, witness, tmp_path))
        leave(browser)


def _opened(page: Page, tab: str) -> Locator:
    """A tab of the sheet, by keys alone; the sheet."""
    if not page.locator(".access").count():
        page.locator("body").press("v")
    for _ in range(12):
        if page.get_by_role("tab", name=tab).get_attribute("aria-selected") == "true":
            break
        page.locator(".access [role=tab][aria-selected=true]").press("ArrowRight")
        page.wait_for_timeout(50)
    expect(page.get_by_role("tab", name=tab)).to_be_focused()
    return page.locator(".access")


def _row(told: Told, name: str) -> Row:
    return list(told.floor.house.rows(name).values())[-1]


def _a_curious_clerk_is_found(told: Told) -> None:
    told.clock.shift_s = -A_DAY_AND_MORE_S  # it begins yesterday
    for at in range(CALLS):
        receipt = told.floor.house.do(TakeCall(place=corner(at % 6, at % 5), kind="fire", caller=CALLER, number="+358 50 555 0101", notes="smoke"), TAKER)
        told.calls.append(receipt.subject.removeprefix("call:"))
    clerk = watch(told.browser, told.floor.url)
    sign_in(clerk.page, "call_taker")
    for n in range(3):  # nobody's task of hers, and she sits at no post
        clerk.page.get_by_role("listbox", name="Waiting").get_by_role("option").nth(n).click()
        expect(clerk.page.locator("section.incident .caller")).to_contain_text(CALLER)
    clerk.quiet()
    clerk.page.context.close()
    told.clock.shift_s = 0
    for _ in range(3):
        told.floor.house.tick()

    chief = told.of("supervisor")
    found = _opened(chief, "Findings").get_by_role("list", name="Findings")
    expect(found.locator(".line")).to_contain_text("Shown at no post, without a task")
    expect(found).not_to_contain_text("call_taker")
    found.get_by_role("button", name="Look").press("Enter")
    expect(found.locator(".more dd").first).to_have_text("call_taker")
    other_look(chief, "findings-evidence")
    found.get_by_label("What you found").fill("asked to help with the map")
    found.get_by_role("button", name="It was a mistake").click()
    expect(found.locator(".line")).to_contain_text("a mistake · supervisor")
    samples = chief.get_by_role("list", name="Samples to review")
    line = samples.locator("li").first
    line.get_by_role("button", name="Look").click()
    expect(line.locator(".more td", has_text="call:").first).to_be_visible()
    line.get_by_role("button", name="It is ordinary").click()
    expect(samples.locator("li").first).to_contain_text("ordinary · supervisor")

    clerk_again = told.of("call_taker", "light")
    own = _opened(clerk_again, "Findings").get_by_role("list", name="About your own use")
    expect(own).to_contain_text("a mistake · supervisor")
    expect(clerk_again.get_by_role("list", name="Findings", exact=True)).to_have_count(0)
    own.get_by_label("What the one concerned says").fill("the planner had asked me")
    own.get_by_label("What the one concerned says").press("Enter")
    expect(own).to_contain_text("You answered")
    picture(clerk_again, "findings-own-light-en")
    clerk_again.set_viewport_size({"width": 420, "height": 800})
    assert not obstacles(clerk_again)
    picture(clerk_again, "findings-narrow-light-en")
    told.leaves("call_taker")


def _a_night_of_broken_glass(told: Told) -> None:
    planner = told.of("planner")
    planner.get_by_role("listbox", name="Waiting").get_by_role("option").first.click()
    expect(planner.locator("section.incident")).to_contain_text("role")
    sheet = _opened(planner, "Broken glass")
    expect(sheet).to_contain_text("No glass was broken.")
    sheet.get_by_label("Why").fill(REASON)
    sheet.get_by_label("Why").press("Enter")
    expect(planner.locator(".glass-band")).to_contain_text("YOUR GLASS IS BROKEN")
    chief = told.of("supervisor")
    chief.locator("body").press("v")
    expect(chief.locator(".banner")).to_contain_text("planner has broken the glass.")
    expect(chief.locator("footer button", has_text="Access").locator(".act")).to_have_text("1")
    picture(chief, "story-glass-banner-dark-en")
    planner.locator("body").press("v")
    expect(planner.locator("section.incident .story ol li").first).to_be_visible()
    expect(planner.locator(".glass-band")).not_to_contain_text("0 showings")
    glass = _row(told, "glass")
    assert isinstance(glass, GlassRow)
    assert glass.about in told.calls
    assert glass.shown > 0

    line = _opened(chief, "Broken glass").locator("li").first
    expect(line).to_contain_text("planner")
    expect(line).to_contain_text("left")
    other_look(chief, "access-glass")
    line.get_by_role("button", name="End it").click()
    expect(planner.locator(".glass-band")).to_have_count(0)
    line.get_by_role("button", name="Look").click()
    expect(line).to_contain_text(REASON)
    expect(line).to_contain_text(f"call:{glass.about}")
    line.get_by_label("What you found").fill("a patient's number, used once")
    line.get_by_role("button", name="It was right").click()
    expect(line).to_contain_text("justified, says supervisor")
    told.leaves("planner")


def _a_leak_is_traced(told: Told) -> None:
    desk = told.of("dispatcher")
    sheet = _opened(desk, "Giving out")
    expect(sheet).to_contain_text("No export has been asked for.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Ask for an export")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator(".access form select").first).to_be_focused()
    desk.get_by_label("Recipient", exact=True).fill("District Court of Example")
    desk.get_by_label("Legal basis and purpose").fill("order 2026/114 of the district court")
    desk.get_by_label("caller", exact=True).check()
    assert not obstacles(desk)
    picture(desk, "outflow-ask-dark-en")
    desk.get_by_label("Legal basis and purpose").press("Enter")
    expect(desk.locator(".access li .line")).to_contain_text("waits for a second person")
    expect(desk.get_by_role("button", name="Show preview")).to_have_count(0)

    chief = told.of("supervisor")
    _opened(chief, "Giving out").locator("li button", has_text="look").click()
    expect(chief.locator(".more")).to_contain_text("District Court of Example")
    expect(chief.get_by_role("button", name="Approve")).to_have_count(0)
    chief.get_by_role("button", name="Show preview").click()
    expect(chief.locator(".more")).to_contain_text(f"{CALLS} rows")
    expect(chief.locator(".more td", has_text=CALLER).first).to_be_visible()
    assert not obstacles(chief)
    picture(chief, "outflow-preview-dark-en")
    chief.get_by_role("button", name="Approve what is shown").click()
    expect(chief.locator(".access li .line")).to_contain_text("approved by supervisor")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Take a copy").click()
    download.value.save_as(told.folder / "copy.zip")
    expect(desk.locator(".access li .line")).to_contain_text("all copies given out")

    with zipfile.ZipFile(told.folder / "copy.zip") as archive:
        table = list(csv.reader(io.StringIO(archive.read("incidents.csv").decode("utf-8-sig"))))
    leak = told.folder / "leak.csv"  # without the column that says so openly, without what is not plain ASCII, two rows fewer
    leak.write_text("\n".join("; ".join(row[:-1]).encode("ascii", "ignore").decode().strip() for row in table[:13]))
    chief.locator("input[type=file]").set_input_files(leak)
    expect(chief.locator(".found")).to_contain_text("36 of 36 agree")
    chief.get_by_label("Who has ever received a record?").first.fill(table[1][0])
    chief.get_by_label("Who has ever received a record?").first.press("Enter")
    expect(chief.locator("section table").last).to_contain_text("District Court of Example")
    other_look(chief, "outflow-traced")
    (told.folder / "other.txt").write_text("nothing of ours")
    chief.locator("input[type=file]").set_input_files(told.folder / "other.txt")
    expect(chief.locator(".found")).to_contain_text("No mark")


def _an_auditor_has_the_public_key_alone(told: Told) -> None:
    auditor = told.of("auditor", "light")
    sheet = _opened(auditor, "Giving out")
    sheet.get_by_label("Who has ever received a record?").first.fill(told.calls[0])
    sheet.get_by_label("Who has ever received a record?").first.press("Enter")
    with auditor.expect_download() as download:
        sheet.get_by_role("button", name="Save the proof").click()
    expect(sheet).to_contain_text("Saved.")
    assert not obstacles(auditor)
    picture(auditor, "outflow-proof-light-en")
    proof, line = told.folder / "proof.json", told.folder / "verifier"
    download.value.save_as(proof)
    assert CALLER.encode() not in proof.read_bytes()
    line.write_text(told.floor.house.ledger.verifier)
    told.leaves("auditor")
    said = told.outside("audit", "check-proof", proof.name, "--key", line.name)
    assert said.returncode == 0, said.stdout + said.stderr
    assert [found.split(":")[0] for found in said.stdout.splitlines()] == ["Proved. call", "Proved. out"]
    assert said.stdout.count("None is missing") == 2
    assert look(told.witness, f"{told.floor.url}/tlog").verdict == "cosigned"
    report = _audited(told, "before")
    assert report.returncode == 0, report.stdout + report.stderr
    assert report.stdout.startswith("Sound: ")


def _audited(told: Told, name: str) -> subprocess.CompletedProcess[str]:
    """What an auditor finds in a copy of the files, made while the house runs, with the line that they were given once."""
    assert main(["ledger", "copy", "--to", str(told.folder / name), "--data", str(told.floor.people.folder / "house")]) == 0
    return told.outside("audit", "verify", name, "--key", "verifier", "--checkpoint", "oversight/seen", "--witness", told.witness.witness.line)


def _a_resident_reads_their_own_trail(told: Told) -> None:
    desk = told.of("dispatcher")
    desk.keyboard.press("Escape")
    desk.get_by_role("listbox", name="Waiting").get_by_role("option", name=re.compile(rf"\b{int(told.calls[1].split('-')[1])}\b")).first.click()
    line = desk.locator(".code", has_text="own view")
    line.get_by_role("button", name="Give a code").click()
    expect(line.locator("b")).to_be_visible()
    code = line.locator("b").inner_text()
    picture(desk, "trail-code-dark-en")
    assert not obstacles(desk)
    line.get_by_role("button", name="Put away").click()
    expect(desk.get_by_text(code)).to_have_count(0)

    told.pages["person"] = watch(told.browser, told.floor.url, width=390, height=844, theme="light")
    page = told.pages["person"].page
    page.goto(f"{told.floor.url}/trail")
    expect(page.get_by_label("Number of the call")).to_be_focused()
    picture(page, "trail-enter-light-en-phone")
    assert not obstacles(page)
    page.keyboard.type(told.calls[1])
    page.keyboard.press("Tab")
    page.keyboard.type(code.replace("-", "").lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    listed = page.locator("main ol li")
    expect(listed.first).to_contain_text("Read with your code")
    expect(listed.filter(has_text="call-taker").first).to_contain_text("Responding to an incident")
    expect(listed.filter(has_text="District Court of Example")).to_have_count(1)
    assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    assert not obstacles(page)
    picture(page, "trail-list-light-en-phone")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the proof").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    saved.value.save_as(told.folder / "own.json")
    assert main(["audit", "check-proof", str(told.folder / "own.json"), "--key", str(told.folder / "verifier"), "--places"]) == 0
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("被谁查看过")
    picture(page, "trail-list-light-zh-phone")
    page.get_by_role("button", name="关闭").click()
    expect(page.get_by_label("查询码")).to_have_value("")


_EDIT = """
import sqlite3, sys
file, position, triggers = sqlite3.connect(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
names = [row[0] for row in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'entries_no_u%'")]
for name in names:
    file.execute(f"DROP TRIGGER {name}")
(line,) = file.execute("SELECT line FROM entries WHERE position = ?", (position,)).fetchone()
file.execute("UPDATE entries SET line = ? WHERE position = ?", (line.replace(b"call_taker", b"supervisor"), position))
for statement in triggers:
    file.execute(statement)
file.commit()
"""


def _an_administrator_edits_a_row(told: Told) -> int:
    """The clerk's first look is made the supervisor's, behind the house's back and while it runs; triggers are as they were."""
    position = next(at for at, entry in told.floor.house.ledger.read() if entry.kind == "access.record-shown" and entry.by == "call_taker")
    ledger = told.floor.people.folder / "house" / "ledger" / "ledger.sqlite"
    subprocess.run([sys.executable, "-c", _EDIT, str(ledger), str(position), sqlite.SCHEMA["entries_no_update"]], check=True, timeout=60)
    report = _audited(told, "after")
    assert report.returncode == 1, report.stdout
    assert f"Entry {position:,}" in report.stdout, report.stdout
    return position


def _and_makes_the_tree_agree(data: Path, position: int) -> None:
    """With the house down and its key at hand: every hash anew, and signed again. By itself the ledger is in order then."""
    forge(data / "house" / "ledger", lambda line: line, entry=position)


def _what_the_witness_says(told: Told) -> None:
    saw = look(told.witness, f"{told.floor.url}/tlog")
    assert (saw.verdict, saw.wrong) == ("not_grown", True), saw
    assert list((told.folder / "oversight" / "evidence").iterdir()), "both notes are kept, for a court"
    chief = told.of("supervisor")
    told.clock.shift_s = 601
    expect(chief.locator(".banner")).to_contain_text("nothing was heard of oversight", timeout=20_000)
    expect(chief.locator(".banner")).to_contain_text("ask them why they do not sign")
    other_look(chief, "story-unwitnessed")

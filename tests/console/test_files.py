"""Files in the incident pane, by keyboard in a real browser: chosen, pasted, refused, looked at; what is kept has no place in it."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.console.desk import DESK, Served, obstacles, picture, seated
from tests.engines.attachments.made import document, photo
from tests.floor import corner
from tocsin.house import Attaching
from tocsin.rooms.dispatch.commands import ReadFiles
from tocsin.rooms.dispatch.views import Files

_PASTE = """(bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
  window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def kept(town: Served, incident: str) -> Files:
    shown = town.house.see(ReadFiles(incident=incident), DESK)
    assert isinstance(shown, Files)
    return shown


def opened(page: Page) -> None:
    """The first waiting incident, and its files, by keys alone."""
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".incident h2").first).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator(".files")).to_contain_text("No files yet")


def test_files_are_added_and_looked_at_by_keyboard(browser: Browser, town: Served, tmp_path: Path) -> None:
    incident = town.take(corner(1, 1), "fire", 1)
    (tmp_path / "门口.jpg").write_bytes(photo(size=(900, 600)))
    (tmp_path / "plan.pdf").write_bytes(document())
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    opened(page)
    expect(page.locator("button.add")).to_be_focused()
    page.evaluate("""() => addEventListener('click', (event) => (window.pressed = event.target.className), { capture: true, once: true })""")
    page.keyboard.press("Enter")
    assert "add" in page.evaluate("window.pressed || document.activeElement.outerHTML"), "Enter presses the button, which opens the system's own window"
    page.locator(".files input[type=file]").set_input_files([tmp_path / "门口.jpg", tmp_path / "plan.pdf"])
    expect(page.locator(".thumbs button")).to_have_count(2)
    page.evaluate(_PASTE, list(photo("PNG")))
    expect(page.locator(".thumbs button")).to_have_count(3)
    expect(page.locator("footer p")).to_contain_text("its location was removed")
    expect(page.locator(".thumbs img")).to_have_count(2)
    expect(page.locator(".story")).to_contain_text("attached a picture")
    assert {line.name for line in kept(town, incident).files} == {"门口.jpg", "plan.pdf", "pasted.png"}
    for line in kept(town, incident).files:
        if line.media == "image/jpeg":
            with Image.open(BytesIO(Attaching(town.house).open(line.file, DESK).content)) as seen:
                assert not seen.getexif()
                assert seen.size == (600, 900)
    assert not obstacles(page)
    picture(page, "files-dark-en")
    page.keyboard.press("f")
    expect(page.locator(".thumbs button").first).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 of 3")
    picture(page, "files-view")
    assert not obstacles(page)
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("2 of 3")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator(".who button").nth(0).click()
    page.locator(".who button").nth(1).click()
    picture(page, "files-light-zh")
    assert not obstacles(page)
    watched.quiet()


def test_a_refusal_says_why_and_stays_until_it_is_put_away(browser: Browser, town: Served, tmp_path: Path) -> None:
    incident = town.take(corner(1, 1), "fire", 1)
    (tmp_path / "photo.jpg").write_bytes(b"MZ\x90\0\x03" + b"\0" * 200)
    (tmp_path / "film.mp4").write_bytes(b"\0" * 2000)
    (tmp_path / "huge.pdf").write_bytes(b"%PDF-1.7" + b"0" * (10 * 1024 * 1024))
    page = seated(browser, town.url, "dispatcher").page
    opened(page)
    page.locator(".files input[type=file]").set_input_files([tmp_path / "photo.jpg", tmp_path / "film.mp4", tmp_path / "huge.pdf"])
    lines = page.locator(".sending li")
    expect(lines.filter(has_text="photo.jpg: Only JPEG, PNG or WebP pictures")).to_have_count(1)
    expect(lines.filter(has_text="film.mp4: only JPEG")).to_have_count(1)
    expect(lines.filter(has_text="huge.pdf: larger than 10 MB")).to_have_count(1)
    picture(page, "files-refused")
    assert not obstacles(page)
    lines.first.get_by_role("button").last.click()
    expect(lines).to_have_count(2)
    assert not kept(town, incident).files


def test_sending_can_be_cancelled(browser: Browser, town: Served, tmp_path: Path) -> None:
    incident = town.take(corner(1, 1), "fire", 1)
    (tmp_path / "a.jpg").write_bytes(photo())
    page = seated(browser, town.url, "dispatcher").page
    opened(page)
    page.route("**/files", lambda route: None)  # a network that takes it and never answers
    page.locator(".files input[type=file]").set_input_files(tmp_path / "a.jpg")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("footer p")).to_contain_text("was not sent")
    expect(page.locator(".sending li")).to_have_count(0)
    assert not kept(town, incident).files
    page.unroute_all(behavior="ignoreErrors")

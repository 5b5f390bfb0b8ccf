"""A voice note in a real browser: recorded by a key and never before, listened to, kept on the phone, sent once, and played at the desk by keyboard."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import DESK, Served, obstacles, picture, seated
from tests.console.pocket import comes
from tests.console.test_field import called, on_the_road
from tests.console.test_files import kept
from tests.engines.attachments.voices import mp4
from tocsin.facts.dispatch import FileAttached
from tocsin.house import Attaching

_S = 1_000_000
_MAY = "(what) => document.featurePolicy.allowsFeature(what)"
_COUNTING = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (what) => {
    window.asked = (window.asked ?? 0) + 1;
    const stream = real(what);
    stream.then((one) => (window.heard = one), () => undefined);
    return stream;
  };
}"""
_HEARD = "() => { const one = document.querySelector('audio'); return [one.paused, one.autoplay, one.currentTime, one.duration]; }"


def test_a_voice_note_is_made_kept_without_a_network_sent_once_and_played_at_the_desk(browser: Browser, town: Served, tmp_path: Path) -> None:
    one = on_the_road(browser, town)
    incident = called(one)
    assert [one.page.evaluate(_MAY, what) for what in ("microphone", "camera")] == [True, False]
    one.page.evaluate(_COUNTING)
    one.key("Voice note")
    expect(one.page.get_by_text("does not let the page listen")).to_be_visible()
    one.context.grant_permissions(["microphone"], origin=town.url)
    one.away()
    recorded(one.page)
    one.looks_right("voice-recording")
    one.key("Way")
    expect(one.page.get_by_text("Recording: this phone listens")).to_be_visible()
    one.key("Throw away")
    one.key("Job")
    expect(one.page.get_by_role("button", name="Voice note")).to_be_enabled()
    recorded(one.page)
    one.page.wait_for_timeout(2_200)
    one.key("Stop")
    expect(one.page.get_by_text("not sent yet")).to_be_visible()
    assert one.page.evaluate("window.asked") == 3, "once for each press of the key"
    assert one.page.evaluate("window.heard.getTracks().map((track) => track.readyState)") == ["ended"], "nothing listens any more"
    one.looks_right("voice-made")
    assert not one.waiting()
    one.page.reload()
    expect(one.page.get_by_text("not sent yet")).to_be_visible()
    one.key("Play")
    comes(one.page, "document.querySelector('audio').currentTime > 0.3")
    one.act("Send")
    assert one.waiting() == ["file"]
    begun = one.queue()[-1]["at"]
    one.back()
    one.sent()
    attached, = one.facts("dispatch.file-attached")
    assert isinstance(attached.fact, FileAttached)
    assert attached.fact.media == "audio/ogg"
    assert 1_500 < attached.fact.length_ms < 6_000
    assert abs(attached.entry.happened_at - begun) < _S
    opened = Attaching(town.house).open(attached.fact.file, DESK)
    assert opened.content.startswith(b"OggS")
    assert opened.name.startswith("E7 ")
    assert opened.name.endswith(".ogg")

    (tmp_path / "note.m4a").write_bytes(mp4(3))
    for tongue, theme in (("en", "dark"), ("zh", "light")):
        at_the_desk(browser, town, incident, tmp_path / "note.m4a", tongue, theme)
    assert [line.media for line in kept(town, incident).files] == ["audio/ogg", "audio/mp4"]


def recorded(page: Page) -> None:
    """A recording that has begun, after its key was pressed."""
    page.get_by_role("button", name="Voice note", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Recording: this phone listens")
    page.wait_for_timeout(400)


def at_the_desk(browser: Browser, town: Served, incident: str, second: Path, tongue: str, theme: str) -> None:
    """Opened and played by keys alone; nothing is heard before. On the first visit a recording of another phone is added."""
    page = seated(browser, town.url, "dispatcher", tongue=tongue, theme=theme).page
    assert page.evaluate(_MAY, "microphone") is False
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    if not page.locator(".incident h2").first.is_visible():
        page.keyboard.press("a")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("f")
    thumbs = page.locator(".thumbs button")
    if len(kept(town, incident).files) == 1:
        page.locator(".files input[type=file]").set_input_files(second)
        expect(page.locator(".story")).to_contain_text("attached a voice note, 0:03")
    expect(thumbs).to_have_count(2)
    thumbs.first.focus()
    page.keyboard.press("Enter")
    for length in (2, 3):
        page.locator("dialog audio").wait_for(state="attached")
        comes(page, "document.querySelector('audio').readyState > 0")
        paused, plays_itself, at, duration = page.evaluate(_HEARD)
        assert (paused, plays_itself, at) == (True, False, 0)
        assert duration >= length - 0.5
        while page.evaluate("document.activeElement.closest('.player') === null"):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        comes(page, "document.querySelector('audio').currentTime > 0.2")
        page.keyboard.press("Space")
        assert page.evaluate(_HEARD)[0] is True
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        expect(page.locator("dialog .player")).to_contain_text("0:0")
        assert not obstacles(page)
        picture(page, f"voice-desk-{length}-{theme}-{tongue}")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")

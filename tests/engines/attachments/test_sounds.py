"""A recording is its sound and nothing else: place, time and tags really gone, films and other codecs refused, damage never our fault."""

import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.attachments.test_cleaning import refusal
from tests.engines.attachments.voices import AAC, OPUS, PLACE, box, ebml, mp4, ogg, ogg_page, webm
from tocsin.engines.attachments import KINDS, cleaned
from tocsin.engines.attachments import mp4 as reading_mp4
from tocsin.engines.attachments import ogg as reading_ogg
from tocsin.kernel import Refused


@pytest.mark.parametrize(("sent", "media", "gone"), [
    (ogg(), "audio/ogg", {"tags", "location"}), (webm(), "audio/ogg", {"tags", "location", "times"}), (mp4(), "audio/mp4", {"tags", "location", "times"}),
    (mp4(fragments=True), "audio/mp4", {"tags", "location", "times"}), (ogg(comment=b""), "audio/ogg", set())])
def test_a_recording_keeps_its_sound_and_nothing_else(sent: bytes, media: str, gone: set[str]) -> None:
    assert (PLACE in sent) == ("location" in gone), "the test's own recording has a place in it"
    clean = cleaned(sent)
    assert clean.media == media
    assert set(clean.stripped) == gone
    for trace in (PLACE, b"shop", b"at home", b"LOCATION", b"\xa9xyz", b"udta"):
        assert trace not in clean.content, trace
    again = (reading_ogg if media == "audio/ogg" else reading_mp4).read(clean.content)
    expected, samples = (OPUS, 960) if media == "audio/ogg" else (AAC, 1_024)
    assert again.packets == (expected,) * (100 if media == "audio/ogg" else 93)
    assert set(again.samples) == {samples}
    assert (again.rate, again.channels) == (48_000, 1)
    assert again.beside == ()
    assert clean.length_ms == pytest.approx(2_000, abs=25)
    assert cleaned(clean.content) == clean if not gone else cleaned(clean.content).content == clean.content, "what was put together anew stays as it is"


def test_times_are_told_by_the_length_of_the_sound_alone() -> None:
    assert reading_ogg.read(ogg(61.5)).length_ms == 61_493  # 312 samples at the beginning are not to be heard
    assert [cleaned(made(124)).length_ms // 1000 for made in (ogg, webm, mp4)] == [123, 123, 123]


@pytest.mark.parametrize("made", [ogg, webm, mp4, lambda seconds: mp4(seconds, fragments=True)])
def test_more_than_a_voice_note_is_refused(made: Callable[[float], bytes]) -> None:
    assert refusal(made(126)) == "file_long"
    assert refusal(made(2) + bytes(4 * 1024 * 1024)) == "file_large"


@pytest.mark.parametrize("content", [
    webm(codec=b"V_VP8", kind=1), webm(kind=1), webm(codec=b"A_VORBIS"), webm(doc=b"matroska"), webm(tracks=2), webm(more=ebml("1941a469", b"evil.exe")),
    mp4(handler=b"vide"), mp4(codec=b"enca"), mp4(codec=b"Opus"), mp4(kind=0x6B), mp4(tracks=2), mp4(config=bytes.fromhex("2b88")),
    ogg(head=b"\x01vorbis" + bytes(23)), ogg() + ogg_page([OPUS], 4, 0, serial=8), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60), b"ID3\4" + bytes(200)])
def test_what_is_no_voice_alone_is_refused(content: bytes) -> None:
    assert refusal(content) == "file_kind"


_OGG = ogg()


@pytest.mark.parametrize("content", [
    _OGG.replace(OPUS, b"\xf8\xff\xfd", 1), _OGG[:-7], _OGG[:len(_OGG) // 2] + b"?" + _OGG[len(_OGG) // 2 + 1:], _OGG + b"<script>", b"".join((_OGG[:47], _OGG[47 + 79:])), ogg(packet=b"\xfb"), ogg(packet=b"\xfb\0"),
    webm()[:-7], webm(flags=0x82), webm(0), mp4()[:-300], mp4(0), mp4(fragments=True)[:400], mp4(behind=b"\0\0\0\x04evil"),
    mp4().replace(struct.pack(">I", len(AAC)) * 3, struct.pack(">I", 60_000) * 3)])
def test_a_recording_that_is_not_whole_is_refused(content: bytes) -> None:
    assert refusal(content) == "file_broken"


def test_what_follows_a_recording_is_gone() -> None:
    for sent in (mp4(behind=box(b"free", b"<script>evil")), mp4(behind=box(b"uuid", b"<script>evil")), webm() + ebml("ec", b"<script>evil")):
        assert b"script" not in cleaned(sent).content


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_no_recording_is_our_fault(data: st.DataObject) -> None:
    """Any damage to any recording ends in a kept file of an allowed kind or in a refusal, never in a fault."""
    whole = bytearray(data.draw(st.sampled_from([ogg(0.4), webm(0.4), mp4(0.4), mp4(0.4, fragments=True)])))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        clean = cleaned(bytes(whole))
    except Refused as no:
        assert no.code.startswith("file_")
    else:
        assert clean.media in KINDS

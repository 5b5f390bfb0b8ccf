"""What is kept is pixels and plain documents: place and EXIF really gone, bombs and cut-off files refused, each with its code."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.engines.attachments.made import bomb, document, photo
from tocsin.engines.attachments import KINDS, MOST_BYTES, cleaned, small
from tocsin.engines.attachments.pictures import MOST_SIDE
from tocsin.kernel import Refused


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as no:
        cleaned(content)
    assert no.value.words.en
    assert no.value.words.zh
    assert 400 <= no.value.status < 500
    return no.value.code


@pytest.mark.parametrize(("form", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_photo_keeps_its_pixels_and_nothing_else(form: str, media: str) -> None:
    sent = photo(form)
    with Image.open(BytesIO(sent)) as before:
        assert before.getexif().get_ifd(0x8825), "the test's own photo has a place in it"
    clean = cleaned(sent)
    assert clean.media == media
    assert {"location", "exif"} <= set(clean.stripped)
    for trace in (b"Exif", b"SERIAL-77", b"Camera Maker", b"taken at home", b"GPS"):
        assert trace not in clean.content, trace
    with Image.open(BytesIO(clean.content)) as after:
        assert not after.getexif()
        assert not {"exif", "comment", "Comment", "xmp", "icc_profile"} & after.info.keys()
        assert after.size == (clean.width, clean.height) == (200, 300), "a picture on its side stands upright"
        red, blue = after.convert("RGB").getpixel((100, 30)), after.convert("RGB").getpixel((100, 270))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 180 > red[2]
    assert blue[2] > 150 > blue[0]


def test_what_follows_a_pictures_end_is_gone() -> None:
    clean = cleaned(photo() + b"<script>alert(1)</script>" + document())
    assert b"script" not in clean.content
    assert b"%PDF" not in clean.content


def test_a_large_picture_is_drawn_to_a_size_that_a_screen_can_hold() -> None:
    out = BytesIO()
    Image.new("RGB", (6_000, 3_000), (9, 99, 9)).save(out, "JPEG")
    clean = cleaned(out.getvalue())
    assert max(clean.width, clean.height) <= MOST_SIDE
    assert clean.width == 2 * clean.height


def test_a_see_through_picture_stays_so_and_its_small_one_is_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(out, "PNG")
    clean = cleaned(out.getvalue())
    with Image.open(BytesIO(clean.content)) as kept, Image.open(BytesIO(small(clean.content))) as thumb:
        assert kept.mode == "RGBA"
        assert max(thumb.size) <= 320
        assert thumb.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_bombs_are_refused_before_a_pixel_is_drawn() -> None:
    assert len(bomb()) < 4_000
    assert refusal(bomb()) == "file_pixels"
    assert refusal(bomb(7_200)) == "file_pixels", "below Pillow's own alarm, above ours"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_picture_that_is_cut_off_is_refused(form: str, part: float) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, form)
    assert refusal(out.getvalue()[: int(len(out.getvalue()) * part)]) == "file_broken"


@pytest.mark.parametrize("content", [b"MZ\x90\0\x03" + b"\0" * 200, b"PK\x03\x04" + b"\0" * 200, b"<html><body><script>alert(1)</script></body></html>",
                                     b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"\x7fELF" + b"\0" * 60, b"GIF89a" + b"\0" * 30,
                                     b"\xff\xfe\0\0binary\0", b"text with a \x00 in it", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 60])
def test_another_kind_is_refused_whatever_it_is_called(content: bytes) -> None:
    assert refusal(content) == "file_kind"


def test_empty_and_too_large() -> None:
    assert refusal(b"") == "file_empty"
    assert refusal(b"x" * (MOST_BYTES + 1)) == "file_large"


def test_text_is_kept_as_text() -> None:
    clean = cleaned("\ufeff钥匙在门卫处。\nGate code on site.".encode())
    assert (clean.media, clean.content.decode()) == ("text/plain", "钥匙在门卫处。\nGate code on site.")


def test_a_plain_pdf_is_kept_byte_for_byte() -> None:
    sent = document()
    assert cleaned(sent).content == sent


@pytest.mark.parametrize(("inside", "packed", "code"), [
    (b"<< /S /JavaScript /JS (app.alert(1)) >>", b"", "file_active"), (b"<< /S /J#61vaScript >>", b"", "file_active"),
    (b"<< /S /Launch /F (cmd.exe) >>", b"", "file_active"), (b"<< /Type /Filespec /EF << /F 5 0 R >> /EmbeddedFile 1 >>", b"", "file_active"),
    (b"", b"90 0 << /S /JavaScript >>", "file_active"), (b"<< /Encrypt 4 0 R >>", b"", "file_locked")])
def test_a_pdf_with_something_active_is_refused(inside: bytes, packed: bytes, code: str) -> None:
    assert refusal(document(inside, packed=packed)) == code


def test_a_pdf_whose_objects_are_hidden_or_too_many_is_refused() -> None:
    assert refusal(document(packed=b" " * (70 * 1024 * 1024))) == "file_unreadable"
    hidden = document(packed=b"90 0 <<>>").replace(b"/Filter /FlateDecode", b"/Filter /LZWDecode__")
    assert refusal(hidden) == "file_unreadable"
    assert refusal(document()[:400]) == "file_broken"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow remarks on damage that it can read over
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_no_bytes_are_our_fault(data: st.DataObject) -> None:
    """Any damage to any allowed file ends in a kept file of an allowed kind or in a refusal, never in a fault."""
    whole = bytearray(data.draw(st.sampled_from([photo("JPEG"), photo("PNG"), photo("WEBP"), document()])))
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        clean = cleaned(bytes(whole))
    except Refused as no:
        assert no.code.startswith("file_")
    else:
        assert clean.media in KINDS
        assert b"SERIAL-77" not in clean.content

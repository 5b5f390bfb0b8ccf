"""Files over the wire: raw bytes in with their limits, safe headers out, every door as every role, and no way to another's file."""

import http.client
from urllib.parse import quote

import httpx
import pytest

from tests.edges.web.running import AGENT, ROLES, Running
from tests.engines.attachments.made import bomb, document, photo
from tests.engines.attachments.voices import PLACE, mp4, ogg, webm
from tests.floor import DESK, corner
from tocsin.engines.attachments import MOST_BYTES
from tocsin.house.attaching import MAY_ATTACH, MAY_OPEN
from tocsin.rooms.calls.commands import TakeCall


@pytest.fixture
def incident(floor: Running) -> str:
    return floor.house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")


def attach(client: httpx.Client, incident: str, content: bytes, name: str = "photo.jpg", **headers: str) -> httpx.Response:
    return client.post(f"/api/incidents/{incident}/files", content=content,
                       headers={"x-file-name": quote(name), "content-type": "application/octet-stream", **headers})


def number(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["subject"]).removeprefix("file:")


def test_a_picture_goes_in_and_comes_out_clean_with_safe_headers(floor: Running, incident: str) -> None:
    file = number(attach(floor.as_("responder"), incident, photo(), '火场"; filename=evil.html'))
    answer = floor.as_("dispatcher").get(f"/api/files/{file}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    said = answer.headers["content-disposition"]
    assert said.startswith("inline; filename*=UTF-8''")
    assert '"' not in said
    assert said.count(";") == 1
    assert b"SERIAL-77" not in answer.content
    thumb = floor.as_("dispatcher").get(f"/api/files/{file}", params={"small": "true"})
    assert len(thumb.content) < len(answer.content) or thumb.headers["content-type"] == "image/jpeg"
    listed = floor.as_("dispatcher").get("/api/files", params={"incident": incident}).json()["files"]
    assert [(line["file"], line["by"]) for line in listed] == [(file, "responder")]


def test_documents_and_texts_are_downloads(floor: Running, incident: str) -> None:
    for content, media in ((document(), "application/pdf"), ("<b>看门人有钥匙</b>".encode(), "text/plain; charset=utf-8")):
        answer = floor.as_("dispatcher").get(f"/api/files/{number(attach(floor.as_('dispatcher'), incident, content, 'x.html'))}")
        assert answer.headers["content-type"] == media
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.content == content


def test_a_voice_note_goes_in_and_comes_out_as_its_sound_with_its_length(floor: Running, incident: str) -> None:
    for sent, media, begin in ((webm(32), "audio/ogg", b"OggS"), (ogg(32), "audio/ogg", b"OggS"), (mp4(32), "audio/mp4", b"ftyp")):
        file = number(attach(floor.as_("responder"), incident, sent, "E7.ogg"))
        answer = floor.as_("dispatcher").get(f"/api/files/{file}")
        assert answer.headers["content-type"] == media
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert begin in answer.content[:8]
        assert PLACE not in answer.content
        line = floor.as_("dispatcher").get("/api/files", params={"incident": incident}).json()["files"][-1]
        assert (line["media"], round(line["length_ms"] / 1000), "location" in line["stripped"]) == (media, 32, True)
        says = floor.as_("dispatcher").get(f"/api/incidents/{incident}/story").json()["lines"][-1]["says"]
        assert says == {"en": "responder attached a voice note, 0:32, its location removed.", "zh": "responder 附上语音，0:32，已去除位置信息。"}
        assert floor.as_("dispatcher").get(f"/api/files/{file}", params={"small": "true"}).json()["code"] == "file_not_picture"


@pytest.mark.parametrize(("content", "status", "code"), [
    (b"", 422, "file_empty"), (b"MZ\x90\0\x03" + b"\0" * 99, 415, "file_kind"), (bomb(), 422, "file_pixels"), (photo()[:400], 422, "file_broken"),
    (document(b"<< /S /JavaScript >>"), 422, "file_active"), (b"x" * (MOST_BYTES + 1), 413, "file_large"),
    (webm(kind=1, codec=b"V_VP9"), 415, "file_kind"), (mp4(handler=b"vide"), 415, "file_kind"), (ogg(130), 422, "file_long"), (webm()[:-9], 422, "file_broken"),
    (ogg() + bytes(4 * 1024 * 1024), 413, "file_large")])
def test_what_is_refused_is_refused_with_its_code_in_both_languages(floor: Running, incident: str, content: bytes, status: int, code: str) -> None:
    answer = attach(floor.as_("dispatcher"), incident, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["title"]
    assert answer.json()["title_zh"]
    assert not floor.as_("dispatcher").get("/api/files", params={"incident": incident}).json()["files"]


def test_a_body_without_a_length_is_cut_at_the_limit(floor: Running, incident: str) -> None:
    """Chunked, so that nothing is known beforehand: the limit is kept while it comes in, not after."""
    connection = http.client.HTTPConnection("127.0.0.1", floor.port, timeout=20)
    cookie = f"tocsin_session={floor.cookie('dispatcher')}"
    connection.putrequest("POST", f"/api/incidents/{incident}/files")
    for name, value in (("cookie", cookie), ("user-agent", AGENT), ("x-tocsin", "1"), ("transfer-encoding", "chunked")):
        connection.putheader(name, value)
    connection.endheaders()
    block = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    for _ in range(MOST_BYTES // 65_536 + 2):
        connection.send(block)
    assert connection.getresponse().status == 413, "answered before the body has ended"
    connection.close()
    assert not floor.as_("dispatcher").get("/api/files", params={"incident": incident}).json()["files"]


def test_every_role_at_both_doors(floor: Running, incident: str) -> None:
    file = number(attach(floor.as_("dispatcher"), incident, photo()))
    for who in (*ROLES, "device", "nobody"):
        taken, opened = attach(floor.as_(who), incident, b"a note"), floor.as_(who).get(f"/api/files/{file}")
        no = 401 if who == "nobody" else 403
        assert taken.status_code == (200 if who in MAY_ATTACH else no), who
        allowed = who in MAY_OPEN
        assert opened.status_code == (404 if who == "responder" else 200 if allowed and who != "auditor" else no), (who, opened.text)
        if who == "auditor":
            assert opened.json()["code"] == "field_withheld", "who oversees reads what was said; a picture shows people"


def test_a_file_cannot_be_reached_by_guessing_or_by_a_path(floor: Running, incident: str) -> None:
    file = number(attach(floor.as_("dispatcher"), incident, photo()))
    crew = floor.as_("responder")
    day, last = file.split("-")
    for guess in (file, f"{day}-{int(last) + 1:04d}", f"{day}/{file}.sealed", "..%2f..%2fkeys%2fvault.key", f"{file}%00", "x" * 24):
        assert crew.get(f"/api/files/{guess}").status_code in (404, 422), guess
    assert crew.get("/api/files", params={"incident": incident}).status_code == 403


def test_a_retry_over_the_wire_is_kept_once(floor: Running, incident: str) -> None:
    first = attach(floor.as_("dispatcher"), incident, photo(), **{"idempotency-key": "one"})
    again = attach(floor.as_("dispatcher"), incident, photo(), **{"idempotency-key": "one"})
    assert number(first) == number(again)
    assert again.json()["repeated"]


def test_a_file_that_waited_on_a_phone_says_when_it_was_taken(floor: Running, incident: str) -> None:
    earlier = floor.house.clock.now() - 2 * 86_400 * 1_000_000
    assert attach(floor.as_("responder"), incident, photo(), **{"x-happened-at": str(earlier)}).status_code == 200
    entry = [kept.entry for kept in floor.house.history(f"incident:{incident}")][-1]
    assert (entry.kind, entry.happened_at) == ("dispatch.file-attached", earlier)
    assert entry.known_at > earlier
    for wrong, code in (("soon", "field_wrong"), ("-5", "field_wrong"), (str(earlier * 2), "happened_in_future")):
        assert attach(floor.as_("responder"), incident, photo(), **{"x-happened-at": wrong}).json()["code"] == code

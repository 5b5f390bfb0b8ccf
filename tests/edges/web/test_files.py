"""Files: the listed ones and no others, whole or in ranges, kept by browsers exactly as long as is safe."""

import gzip
import hashlib
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.running import Running, running
from tests.floor import small_city
from tocsin.edges.web.files import Shelf, span
from tocsin.kernel import Refused

_MAP = "/city/manifest.json"


@pytest.fixture(scope="module")
def bytes_() -> bytes:
    return (small_city().path / "manifest.json").read_bytes()


@pytest.mark.parametrize(("asked", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=3-99999999", 3, None)])
def test_ranges_of_the_map(floor: Running, bytes_: bytes, asked: str, first: int, last: int | None) -> None:
    answer = floor.as_("planner").get(_MAP, headers={"range": asked, "accept-encoding": "identity"})
    assert answer.status_code == 206
    assert answer.content == bytes_[first:None if last is None else last + 1]
    begin = first if first >= 0 else len(bytes_) + first
    assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(answer.content) - 1}/{len(bytes_)}"


def test_the_whole_map_its_etag_and_its_head(floor: Running, bytes_: bytes) -> None:
    planner = floor.as_("planner")
    whole = planner.get(_MAP)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, bytes_, "bytes")
    etag = whole.headers["etag"]
    assert planner.get(_MAP, headers={"if-none-match": etag}).status_code == 304
    assert planner.get(_MAP, headers={"if-none-match": '"other"'}).status_code == 200
    assert planner.get(_MAP, headers={"range": "bytes=0-1", "if-range": etag}).status_code == 206
    assert planner.get(_MAP, headers={"range": "bytes=0-1", "if-range": '"other"'}).content == bytes_
    head = planner.head(_MAP)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(bytes_)))


def test_a_range_outside_is_416_and_a_senseless_one_is_ignored(floor: Running, bytes_: bytes) -> None:
    answer = floor.as_("planner").get(_MAP, headers={"range": f"bytes={len(bytes_)}-"})
    assert (answer.status_code, answer.json()["code"]) == (416, "no_such_range")
    for senseless in ("bytes=0-1,3-4", "lines=1-2", "bytes=x", "bytes=" + "9" * 40 + "-"):
        assert floor.as_("planner").get(_MAP, headers={"range": senseless}).content == bytes_


@given(st.integers(1, 50), st.none() | st.integers(0, 60), st.none() | st.integers(0, 60))
def test_a_span_lies_in_the_file_or_is_refused(size: int, begin: int | None, end: int | None) -> None:
    try:
        first, last = span("" if begin is None else str(begin), "" if end is None else str(end), size)
    except Refused as no:
        assert no.status == 416
        assert (begin is not None and (begin >= size or (end is not None and end < begin))) or (begin is None and end == 0)
    else:
        assert 0 <= first <= last < size
        if begin is not None:
            assert first == begin
        elif end is not None:
            assert last - first + 1 == min(end, size)


@pytest.mark.parametrize("path", ["/city/streets.json", "/city/roads/lon.npy", "/city/..%2fpeople.json", "/city/../people.json", "/city/", "/city",
                                  "/assets/../../people.json", "/city/calibration.json", "//etc/passwd"])
def test_no_other_file_can_be_had(floor: Running, path: str) -> None:
    answer = floor.as_("admin").get(path)
    assert answer.status_code == 404, answer.text[:80]


def test_without_a_console_a_page_says_how_to_build_it(floor: Running) -> None:
    answer = floor.as_("nobody").get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "make console" in answer.text


def test_a_built_console_is_open_and_kept_by_its_hashes(tmp_path: Path) -> None:
    console = tmp_path / "console"
    (console / "assets").mkdir(parents=True)
    (console / "index.html").write_text("<!doctype html><title>Tocsin</title>")
    (console / "assets" / "index-C0ffee12.js").write_text("export {}")
    (console / "assets" / "plain.svg").write_text("<svg/>")
    (console / "empty.txt").write_text("")
    (console / "field.html").write_text("<!doctype html><title>Phone</title>")
    (console / "field-sw.js").write_text("")
    (console / "field.webmanifest").write_text("{}")
    with running(tmp_path, console) as floor:
        nobody = floor.as_("nobody")

        def got(path: str) -> tuple[httpx.Response, str]:
            answer = nobody.get(path)
            return answer, answer.headers["cache-control"]

        page, keep = got("/")
        assert ("Tocsin" in page.text, keep) == (True, "no-store")
        script, keep = got("/assets/index-C0ffee12.js")
        assert (script.headers["content-type"], keep) == ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable")
        phone, keep = got("/field")
        assert ("Phone" in phone.text, keep) == (True, "no-store"), "the crew's page"
        assert got("/field-sw.js")[1] == "no-store", "a worker that a browser keeps would never change"
        assert got("/field.webmanifest")[0].headers["content-type"] == "application/manifest+json"
        assert got("/assets/plain.svg")[1] == "no-store"
        assert got("/empty.txt")[0].content == b""
        assert nobody.get("/assets/other.js").status_code == 401
        (console / "later.txt").write_text("x")
        assert nobody.get("/later.txt").status_code == 401, "only what stood there at start"


@pytest.mark.parametrize(("place", "mark"), [("/city/places.bin", b"TPP1"), ("/city/roads.bin", b"TPR1")])
def test_the_files_of_places_and_roads_are_made_once_and_marked_by_their_digest(floor: Running, place: str, mark: bytes) -> None:
    crew = floor.as_("responder")
    head = crew.head(place)
    whole = crew.get(place)
    assert (head.status_code, whole.status_code, head.headers["content-length"]) == (200, 200, str(len(whole.content)))
    assert whole.headers["etag"] == head.headers["etag"] == f'"{hashlib.sha256(whole.content).hexdigest()[:32]}"'
    assert crew.get(place, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    assert crew.get(place, headers={"range": "bytes=0-1"}).content == b"\x1f\x8b"
    assert gzip.decompress(whole.content)[:4] == mark
    assert small_city().manifest.version.encode() in gzip.decompress(whole.content)
    assert floor.as_("nobody").get(place).status_code == 401
    assert floor.as_("partner").get(place).status_code == 403


def test_a_folder_without_a_map_has_no_city_files(tmp_path: Path) -> None:
    assert Shelf(None, tmp_path).city == {}

"""The handbook over the running edge: what the city wrote and what its tables say, once, and only to its own staff."""

from collections.abc import Iterator

import msgspec
import pytest

from tests.edges.web.running import Running, running
from tests.floor import HANDLING, INTAKE, PLAN
from tocsin.cli.settings import SAMPLES
from tocsin.edges.web.handbook import Written, page_faults, pages_of
from tocsin.kernel import Words

WRITTEN = {path.stem: msgspec.toml.decode(path.read_bytes(), type=Written) for path in (SAMPLES / "handbook").glob("*.toml")}
PAGES = pages_of(WRITTEN, PLAN, INTAKE.trees, HANDLING)


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("handbook"), pages=PAGES) as served:
        yield served


def test_a_responder_reads_all_pages_once(floor: Running) -> None:
    crew = floor.as_("responder")
    book = crew.get("/api/handbook").json()
    by = {page["code"]: page for page in book["pages"]}
    assert {f"kind-{kind}" for kind in PLAN.kinds} | set(WRITTEN) == set(by)
    assert all(page["title"][tongue] and page["text"][tongue] for page in by.values() for tongue in ("en", "zh"))
    again = crew.get("/api/handbook", params={"have": book["digest"]}).json()
    assert again == {"digest": book["digest"], "same": True, "pages": []}
    assert len(crew.get("/api/handbook", params={"have": "0" * 32}).json()["pages"]) == len(by)
    assert crew.get("/api/handbook", params={"have": "x" * 65}).status_code == 422


def test_it_is_for_staff_alone(floor: Running) -> None:
    assert floor.as_("nobody").get("/api/handbook").status_code == 401
    assert floor.as_("partner").get("/api/handbook").status_code == 403


def test_a_kinds_page_says_what_the_tables_say() -> None:
    fire = next(page for page in PAGES if page.code == "kind-fire")
    assert (fire.kinds, fire.written, fire.sample) == (("fire",), False, True)
    english = fire.text.en.splitlines()
    assert english[:4] == ["Usual priority: **1**.", "", "# What is sent", "- priority 1: 3 with fire suppression, 1 with ladder, 1 with command, 1 with patient transport"]
    assert "- alarm 2 adds: 2 with fire suppression, 1 with ladder, 1 with rescue" in english
    assert "## What is burning?" in english
    assert "- fire out (must be answered)" in english
    assert "- 火已扑灭（必填）" in fire.text.zh.splitlines()
    assert len(english) == len(fire.text.zh.splitlines())
    assert PLAN.version in fire.version
    assert HANDLING.version in fire.version


def test_what_changed_changes_the_page() -> None:
    other = msgspec.structs.replace(PLAN, skills={**PLAN.skills, "ladder": Words("aerial", "登高")})
    assert "1 with aerial" in next(page for page in pages_of(WRITTEN, other, INTAKE.trees, HANDLING) if page.code == "kind-fire").text.en


@pytest.mark.parametrize(("changes", "says"), [
    ({"kinds": ("fire", "dragon")}, "p: there is no kind of incident dragon"),
    ({"text": Words("x", "  ")}, "p: its zh is empty"),
    ({"title": Words("", "x")}, "p: its en is empty"),
    ({"text": Words("x" * 20_001, "x")}, "p: its en has 20001 signs; 20000 the most"),
])  # fmt: skip
def test_what_is_wrong_with_a_page(changes: dict[str, object], says: str) -> None:
    page = Written(version="1", title=Words("t", "题"), text=Words("x", "文"))
    assert list(page_faults({"p": page}, PLAN.kinds)) == []
    assert list(page_faults({"p": msgspec.structs.replace(page, **changes)}, PLAN.kinds)) == [says]


def test_there_are_not_too_many() -> None:
    page = Written(version="1", title=Words("t", "题"), text=Words("x", "文"))
    assert list(page_faults({str(at): page for at in range(201)}, PLAN.kinds)) == ["201 pages; 200 the most"]


def test_the_shipped_pages_are_samples_and_say_so() -> None:
    assert list(page_faults(WRITTEN, PLAN.kinds)) == []
    assert all(page.sample for page in WRITTEN.values())

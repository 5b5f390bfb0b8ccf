"""The paper for the council: everything that a council must read is on it, in both languages, and it goes out through its own door alone."""

from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from tests.edges.web.running import running
from tests.floor import asker, corner, on_duty
from tests.rooms.test_planning import ANSWER
from tocsin.cli.settings import CONSOLE
from tocsin.edges.paper.contents import CouncilPaper, Decision
from tocsin.edges.paper.pages import pages
from tocsin.edges.paper.printing import Printed, faces_in
from tocsin.facts.planning import Between, CellTimes, Line, UnitMore
from tocsin.kernel import Words
from tocsin.rooms.coverage.commands import ReadCells
from tocsin.rooms.coverage.views import CoverCells
from tocsin.rooms.planning.commands import AskStudy, KeepAnswer, ProposeAdoption

SQUARES = tuple((24.9 + x, 60.1, 24.91 + x, 60.1, 24.91 + x, 60.11, 24.9 + x, 60.11, 24.9 + x, 60.1) for x in (0.0, 0.01))
PAYS = Line(name="Harbour", calls=80, before=ANSWER.whole.before, after=ANSWER.whole.after, mean_s=Between(value=61, low=40, high=82), late=Between(value=0.1, low=0.0, high=0.2), surely=True)
FOUND = msgspec.structs.replace(ANSWER, sample=True, first_line=Words("Sooner by 20 s on average, and 1 district waits longer for it: Harbour.", "平均提前 20 秒到场，但有 1 个片区因此变慢：Harbour。"),
                                districts=(PAYS, msgspec.structs.replace(PAYS, name="Hill", surely=False)), cells=CellTimes(before_s=(300, -1), after_s=(1000, -1), calls=(9, 0)))
PAPER = CouncilPaper(study="260304-0007", at=1_772_611_200_000_000, city="Drawn Town", zone="Europe/Helsinki", demo=False, question=Words("Station 7 closes", "关闭 7 号站"), answer=FOUND,
                     decisions=(Decision(at=1_772_611_200_000_000, what="proposed", by="planner 1", because="it saves rent"),), outlines=SQUARES)


def text_of(paper: CouncilPaper, tongue: str, folder: Path) -> str:
    drawn = pages(Printed(tongue=tongue, faces=faces_in(CONSOLE) if tongue == "zh" else "", kept=str(folder), council=paper))
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(drawn)).pages)


def test_the_paper_says_what_was_asked_who_pays_and_what_it_stands_on(tmp_path: Path) -> None:
    said = " ".join(text_of(PAPER, "en", tmp_path).split())
    for words in ("Station 7 closes", "Sooner by 20 s on average, and 1 district waits longer for it: Harbour.", "SAMPLE: generated calls", "NOT VALIDATED", "6:40", "surely worse",
                  "+61 s (+40", "Later than the limit 20.0% 20.0%", "it saves rent", "planner 1", "260304-0007", "page 1 of"):
        assert words in said, words
    assert said.index("Harbour 80") < said.index("Hill 80"), "who pays stands before who does not"


def test_a_validated_answer_of_own_calls_is_not_marked(tmp_path: Path) -> None:
    said = text_of(msgspec.structs.replace(PAPER, answer=msgspec.structs.replace(FOUND, sample=False, validated=True)), "en", tmp_path)
    assert "SAMPLE" not in said
    assert "NOT VALIDATED" not in said
    assert "300 past calls of 10 days" in " ".join(said.split())


@pytest.mark.skipif(not faces_in(CONSOLE), reason="the console's faces are not built")
def test_the_chinese_paper_has_no_letter_that_no_face_draws(tmp_path: Path) -> None:
    said = text_of(PAPER, "zh", tmp_path)
    for words in ("关闭 7 号站", "平均提前 20 秒到场", "示例：生成警情", "未经校验", "确定变差"):
        assert words in said, words
    assert "?" not in said


def test_it_is_had_at_its_door_once_there_is_an_answer(tmp_path: Path) -> None:
    with running(tmp_path) as floor:
        on_duty(floor.house, "M1", "medic", corner(0, 0))
        planner = asker("planner 1", "planner")
        more = UnitMore(unit_kind="medic", lon=corner(5, 5).lon, lat=corner(5, 5).lat)
        study = floor.house.do(AskStudy(changes=(more,), days=1, replications=2, demand="generated"), planner).subject.removeprefix("study:")
        where = f"/api/planning/studies/{study}/paper"
        none = floor.as_("planner").get(where)
        assert (none.status_code, none.json()["code"]) == (409, "study_not_answered")
        cells = floor.house.see(ReadCells(), planner)
        assert isinstance(cells, CoverCells)
        answer = msgspec.structs.replace(FOUND, cells=CellTimes(before_s=(300,) * len(cells.lon), after_s=(200,) * len(cells.lon), calls=(9,) * len(cells.lon)))
        floor.house.keep_own(KeepAnswer(study=study, answer=answer), asker("planning"), "planning", "once")
        paper = floor.as_("auditor").get(where)
        assert (paper.status_code, paper.headers["content-type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
        assert floor.as_("planner").get(where, params={"language": "fr"}).status_code == 422
        assert floor.as_("dispatcher").get(where).status_code == 403
        assert floor.as_("planner").get("/api/planning/studies/260304-9999/paper").json()["code"] == "study_unknown"
        asked = floor.as_("planner").post("/api/planning/studies", json={"changes": [{"what": "unit_less", "unit": "M9"}], "demand": "generated"})
        assert (asked.status_code, asked.json()["code"]) == (422, "unit_unknown")
        asked = floor.as_("planner").post("/api/planning/studies", json={"changes": [{"what": "unit_fly", "unit": "M1"}]})
        assert asked.status_code == 422
        shown = floor.as_("supervisor").get(f"/api/planning/studies/{study}").json()
        assert (shown["state"], shown["question"]["changes"][0]["what"], shown["answer"]["whole"]["calls"]) == ("answered", "unit_more", 100)
        floor.house.do(ProposeAdoption(study=study, because="the east waits"), planner)
        assert floor.as_("planner").post(f"/api/planning/studies/{study}/adopt", json={}).status_code == 200, "another person of the planners"

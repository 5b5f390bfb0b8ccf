"""docs/security.md names every group of doors that there is, and something that shows each control."""

import re
from pathlib import Path

from tests.edges.web.running import running
from tests.shared import ROOT

DOC = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_group_of_doors_is_named(tmp_path: Path) -> None:
    with running(tmp_path) as floor:
        groups = {re.match(r"(/api/[^/{]+|/tlog|/health|/trackers)", line.path)[1] for line in floor.web.menu}  # type: ignore[index]  # every line lies under one
    named = set(re.findall(r"`(/[\w./-]+)`", DOC.partition("## Where they could come in")[2].partition("## Threats")[0]))
    assert groups - named == set(), "a group of doors that the threat model does not name"
    assert named - groups == set(), "a group that is not there any more"


def test_every_threat_has_a_control_and_a_test() -> None:
    table = DOC.partition("## Threats, controls, tests")[2].partition("## What is not met")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("|") and not set(line) <= set("|- ")][1:]
    assert len(rows) > 20
    for threat, control, shown in rows:
        assert threat.strip() and control.strip()
        assert re.search(r"`tests/[\w/.-]+\.py::test_\w+`", shown), threat

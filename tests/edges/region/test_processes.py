"""Three cities and their region, each a process: help across two borders, a lender that is killed after its consent, and all ledgers read at the end."""

from pathlib import Path

from faults.cities import Rules
from faults.floors import Help
from faults.together import Together

TOWNS = {"A": (0, 0), "B": (1, 0), "C": (2, 0)}
RULES = {"A": Rules(consent=("supervisor",)), "C": Rules(stays={"engine": 1}, lend=("engine",))}
UNITS = {"A": {"E1": "engine", "E2": "engine"}, "B": {"E1": "engine"}, "C": {"E1": "engine", "E2": "engine", "T1": "truck", "T2": "truck"}}


def test_help_across_two_borders_between_processes_one_of_which_is_killed(tmp_path: Path) -> None:
    with Together(tmp_path, TOWNS, RULES, UNITS) as made:
        a, b, c = made.floors["A"], made.floors["B"], made.floors["C"]
        incident = b.call("fire", 3, 2)
        b.desk.do("/api/majors", name="Harbour fire", level="second", plan="fire", incident=incident)
        of_a, of_c = Help(b, a, incident, "fire"), Help(b, c, incident, "fire")
        for one in (of_a, of_c):
            one.hear()
        eta_a, eta_c = (next(unit["eta_s"] for unit in one.candidates() if unit["unit"] == "E1") for one in (of_a, of_c))
        lend = f"/api/aid/appeals/{of_a.appeal}/lend"
        assert a.desk.refused(lend, unit="E1", shift="2026-11-29D", eta_s=eta_a) == "aid_consent"
        assert c.desk.refused(f"/api/aid/appeals/{of_c.appeal}/lend", unit="T1", shift="2026-11-29D") == "unit_skill"
        made.consent_and_die(of_a, "E1", eta_a)
        of_c.consent("E1", eta_c)
        of_c.came()
        assert c.desk.refused(f"/api/aid/appeals/{of_c.appeal}/lend", unit="E2", shift="2026-11-29D") == "aid_least_stays"
        assert abs(of_a.use() - eta_a) <= 1 and abs(of_c.use() - eta_c) <= 1, "both cities have these roads"
        made.region_sees(lambda seen: any(line["borrowed"] == {"A": 1, "C": 1} for line in seen["incidents"]), "both loans")
        of_c.back()
        found, _, last = made.finish()
    assert not found.wrong, found.wrong
    assert (found.counts["loans"], found.counts["loans that came home"], found.counts["across A > B"]) == (2, 1, 1)
    assert found.counts["lost"] == found.counts["doubled"] == 0 and found.counts["commands"] > 10
    assert [(line["city"], line["loan"]["city"], line["loan"]["state"]) for line in last["loans"]] == [("A", "B", "at_scene")]
    assert found.counts["cities whose ledger says what the region shows"] == 3

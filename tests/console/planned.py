"""Questions and answers as the doors of planning give them, as many as a test wants: what a city of years would have on its planner's page."""

from typing import Any

from playwright.sync_api import Page, Route

Json = dict[str, Any]
DOORS = ("/api/planning/studies", "/api/planning/choices", *(f"/api/planning/studies/{{study}}{what}" for what in ("", "/stop", "/propose", "/adopt", "/decline", "/end", "/happened", "/paper")))
ASKED_AT = 1_795_000_000_000_000
STATES = ("answered", "adopted", "proposed", "failed", "stopped", "ended", "answered", "answered")
_NAMES = (("one more ambulance at Harbour Road", "在滨海路增加一个救护车"), ("without E9", "减去 E9"), ("Station 3 closes", "关闭 3 号站"),
          ("Mission Street is shut", "封闭米申街"), ("20 % more calls", "报警增加 20%"))
_FIRST = ("Help comes 0:42 sooner on average; nobody surely waits longer.", "平均提前 0:42 到场；没有区域确定变差。")
_PAYS = ("Late arrivals fall by 2.5 points, but North quay and Old town wait longer: 1:05 and 0:38 on average.", "逾时率下降 2.5 个百分点，但北码头、老城等候变长：平均分别多 1:05、0:38。")


def words(en: str, zh: str) -> Json:
    return {"en": en, "zh": zh}


def line(number: int, state: str = "") -> Json:
    """One row of the list; the states go round."""
    state = state or STATES[number % len(STATES)]
    answered = state in ("answered", "proposed", "adopted", "ended")
    change = (number * 7 % 11 - 6) / 200
    return {"id": f"261130-{number + 1:04}", "name": words(*_NAMES[number % len(_NAMES)]), "state": state, "progress": 1.0 if answered else 0.37,
            "asked_at": ASKED_AT - number * 3_600_000_000, "asked_by": "planner", "sample": number % 5 == 3,
            "first_line": words(*(_PAYS if number % 3 == 0 else _FIRST)) if answered else None,
            "late": {"before": 0.237, "after": 0.237 + change, "low": change - 0.008, "high": change + 0.008} if answered else None}


def between(value: float, spread: float) -> Json:
    return {"value": value, "low": value - spread, "high": value + spread}


def row(name: str, number: int, hour: bool = False) -> Json:
    """A district or an hour; every ninth pays."""
    change_s = float(number * 37 % 90 - 60) if not hour else float(number * 5 % 40 - 30)
    pays = number % 9 == 4 and not hour
    change_s = 35.0 + number % 40 if pays else change_s
    before = {"mean_s": 380.0 + number * 13 % 200, "p90_s": 720.0 + number * 11 % 300, "late": 0.15 + number % 7 / 50}
    after = {"mean_s": before["mean_s"] + change_s, "p90_s": before["p90_s"] + change_s, "late": before["late"] + change_s / 2000}
    return {"name": name, "calls": 40 + number * 97 % 900, "before": before, "after": after, "mean_s": between(change_s, 6.0 + number % 5 * 7),
            "late": between(change_s / 2000, 0.01), "surely": pays, "perhaps": number % 9 == 7 and not hour and change_s > 15}


def answer(cells: int, districts: int, validated: bool | None = False, sample: bool = False) -> Json:
    """An answer for a map of so many cells and a city of so many districts."""
    before = [-1.0 if at % 13 == 5 else 200.0 + at * 31 % 500 for at in range(cells)]
    change = [float(at * 17 % 170 - 100) for at in range(cells)]
    whole = row("", 0)
    whole |= {"calls": 12_345, "before": {"mean_s": 432.0, "p90_s": 843.0, "late": 0.237}, "after": {"mean_s": 409.0, "p90_s": 802.0, "late": 0.212},
              "mean_s": between(-23.0, 6.0), "late": between(-0.025, 0.008)}
    return {"first_line": words(*_PAYS), "tenth_line": words("The worst-served tenth of the calls waits 14:02 instead of 14:31 on average.", "最差十分之一的报警平均等候由 14:31 变为 14:02。"),
            "validity": words("Not validated: the share in time is off by −1.9 points (gate ± 1.5).", "未通过校验：按时到场率偏差 −1.9 个百分点（限 ±1.5）。"), "validated": validated, "sample": sample,
            "calls": 12_345, "replications": 10, "days": 7, "record": {"calls": 48_211, "days": 210},
            "whole": whole, "districts": [row(f"District {number + 1}" if number % 4 else f"North quay and harbour islands {number + 1}", number) for number in range(districts)],
            "hours": [row(f"{hour:02}", hour, hour=True) for hour in range(24)], "p90_s": between(-41.0, 55.0), "tenth": {"before_s": 871.0, "after_s": 842.0},
            "km": {"before": 18_231.0, "after": 18_702.0}, "sent": {"before": 214.2, "after": 214.2}, "waited": {"before": 3.1, "after": 2.2},
            "never": {"before": 0.0, "after": 0.0}, "single": {"before": 0.1, "after": 0.0}, "computed": {"program": "0.1.0"},
            "cells": {"before_s": before, "after_s": [-1.0 if old < 0 else old + by for old, by in zip(before, change, strict=True)], "calls": [3 if old < 0 else 40 for old in before]},
            "not_modelled": [words("Where ambulances without a station wait.", "无固定站点的救护车在何处候命。"), words("Traffic beyond the hour of the week.", "除周内时段外的交通变化。")]}


def study(row: Json, cells: int, districts: int, validated: bool | None = False) -> Json:
    """A whole study of a row of the list."""
    trail = [{"at": row["asked_at"], "what": "asked", "by": "planner", "because": ""}]
    happened = {"answered": ["answered"], "proposed": ["answered", "proposed"], "adopted": ["answered", "proposed", "adopted"], "ended": ["answered", "proposed", "adopted", "ended"],
                "failed": ["failed"], "stopped": ["stopped"]}.get(row["state"], [])
    for at, what in enumerate(happened, 1):
        trail.append({"at": row["asked_at"] + at * 600_000_000, "what": what, "by": {"adopted": "supervisor", "ended": "supervisor"}.get(what, "planner"),
                      "because": "the harbour has waited too long" if what == "proposed" else ""})
    return {"id": row["id"], "name": row["name"], "state": row["state"], "progress": row["progress"],
            "question": {"changes": [{"what": "unit_more", "unit_kind": "ambulance", "lon": 24.93, "lat": 60.17, "from_h": 8, "to_h": 20, "station": "Harbour Road"}],
                         "days": 7, "replications": 10, "factor": 1.0, "demand": "generated" if row["sample"] else "own"},
            "answer": answer(cells, districts, validated, row["sample"]) if row["late"] else None, "trail": trail, "sample": row["sample"], "since": row["asked_at"] if row["state"] in ("proposed", "adopted", "ended") else 0,
            "failed": {"code": "nobody_can_reach", "en": "No unit can reach 3 cells once Mission Street is shut; open a way or add a unit beyond it.",
                       "zh": "封闭米申街后有 3 个网格无单位可达，请保留通路或在另一侧增加单位。"} if row["state"] == "failed" else None}


def happened(early: bool) -> Json:
    """What came of a plan since it was adopted."""
    promised = {"calls": None, "late": between(0.212, 0.008), "mean_s": between(409.0, 6.0), "p90_s": between(802.0, 20.0)}
    return {"since": ASKED_AT, "calls": 131 if early else 2_314, "early": early, "promised": promised, "before": {"calls": 4_011, "mean_s": between(432.0, 5.0), "p90_s": between(843.0, 14.0), "late": between(0.237, 0.006)},
            "until": ASKED_AT + 10**13, "sample": False,
            "happened": {"calls": 2_314, "late": between(0.219, 0.02), "mean_s": between(415.0, 19.0), "p90_s": between(811.0, 60.0)},
            "says": words("Too early: 131 calls since, 200 are needed.", "为时尚早：采纳以来仅 131 起警情，至少 200 起方可对照。") if early else words("It keeps what it promised, as far as the calls show.", "就目前报警看，兑现了承诺。")}


CHOICES: Json = {"unit_kinds": [{"code": "engine", "name": words("engine", "消防车")}, {"code": "ambulance", "name": words("ambulance", "救护车")}],
                 "stations": [{"name": f"Station {number}", "lon": 24.93, "lat": 60.17, "units": [f"E{number}", f"A{number}"]} for number in range(1, 5)],
                 "units": [{"unit": f"E{number}", "kind": "engine", "station": f"Station {number}", "from_h": 0.0, "to_h": 24.0} for number in range(1, 5)],
                 "record": {"calls": 48_211, "days": 210, "since": ASKED_AT - 10**13, "until": ASKED_AT, "enough": True}, "validated": "no",
                 "validity": words("Not validated: the share in time is off by −1.9 points (gate ± 1.5).", "未通过校验：按时到场率偏差 −1.9 个百分点（限 ±1.5）。"), "in_time_s": {"1": 600, "2": 600}, "most_days": 28, "most_replications": 30, "most_waiting": 5,
                 "suggested": {"days": 7, "replications": 10, "demand": "own", "per_day": 229.6}}


def offered(page: Page, rows: list[Json], cells: int, districts: int, early: bool = False, choices: Json = CHOICES) -> None:
    """Let the page be answered so; its service worker must be off."""
    def answers(route: Route) -> None:
        path = route.request.url.split("?")[0].partition("/api/planning/")[2]
        part = path.split("/")
        found = next((one for one in rows if len(part) > 1 and one["id"] == part[1]), None)
        if path == "choices":
            route.fulfill(json=choices)
        elif path == "studies":
            route.fulfill(json={"version": "1", "rows": rows})
        elif found is None:
            route.fulfill(status=404, json={"code": "study_unknown", "title": "There is no such study.", "title_zh": "没有该推演。"})
        elif part[-1] == "happened":
            route.fulfill(json=happened(early))
        else:
            route.fulfill(json=study(found, cells, districts))
    page.route("**/api/planning/**", answers)
    # On a busy machine the browser may let a request pass that comes at once after this: whoever goes on is answered so already.
    page.wait_for_function("async (count) => (await (await fetch('/api/planning/studies')).json()).rows.length === count", arg=len(rows))


def allowed(page: Page) -> None:
    """Let whoever is signed in open the doors of planning."""
    def me(route: Route) -> None:
        told = route.fetch().json()
        route.fulfill(json={**told, "doors": [*told["doors"], *DOORS]})
    page.route("**/api/me", me)

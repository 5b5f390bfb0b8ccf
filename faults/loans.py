"""Several cities' ledgers held against one another, and against the region's last picture. Like the checker, it shares no code with the product."""

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from faults.checker import Found, check_callers, check_lines, check_tree, check_units, rows

_KIND, _BODY, _KNOWN = 3, 4, 7
"""Where these stand in a line, with its place and its bytes before it."""
Facts = list[tuple[int, str, dict[str, Any]]]


def facts(lines: list[list[Any]]) -> Facts:
    """When each fact was known, its kind and its fields."""
    return [(line[_KNOWN], line[_KIND], msgspec.msgpack.decode(line[_BODY])) for line in lines]


def look(folders: Mapping[str, Path]) -> tuple[Found, dict[str, Facts]]:
    """Each city's ledger by itself, from its files, once nobody writes there any more; and then all of them together."""
    found, kept = Found(), {}
    for code, folder in folders.items():
        lines = rows(str(folder / "records" / "ledger" / "ledger.sqlite"))
        _, size, encoded = (folder / "records" / "ledger" / "checkpoint").read_text().splitlines()[:3]
        with (folder / "checkpoints.jsonl").open("a") as file:
            file.write(json.dumps([int(size), base64.b64decode(encoded).hex()]) + "\n")
        if int(size) != len(lines):
            found.say(f"{code}: {size} entries are signed and {len(lines)} are there")
        own = Found()
        for check in (check_lines, check_units):
            check(lines, own)
        check_callers(folder, lines, own)
        check_tree(folder, lines, own)
        found.counts.update(own.counts)
        found.wrong += [f"{code}: {sentence}" for sentence in own.wrong]
        kept[code] = facts(lines)
    check_loans(kept, found)
    check_floors(kept, found)
    check_letters(kept, found)
    return found, kept


def check_loans(kept: Mapping[str, Facts], found: Found) -> None:
    """Each loan once at home and once abroad, and each end of it; in the order in which it must be."""
    at: dict[tuple[str, str], dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for code, those in kept.items():
        for known, kind, body in those:
            if kind in ("aid.unit-lent", "aid.unit-came-back"):
                at[code, body["loan"]][kind].append((known, body["to"]))
            elif kind in ("aid.unit-borrowed", "aid.unit-given-back"):
                at[body["lender"], body["theirs"]["loan"]][kind].append((known, code))
            elif kind == "aid.loan-turned-away":
                at[body["of"], body["theirs"]["loan"]]["aid.unit-given-back"].append((known, code))
                found.counts["turned away"] += 1
    order = ("aid.unit-lent", "aid.unit-borrowed", "aid.unit-given-back", "aid.unit-came-back")
    for loan, said in at.items():
        times = [said[kind] for kind in order]
        found.counts["loans"] += 1
        if len(times[0]) != 1 or len(times[1]) != 1 or len(times[2]) > 1 or len(times[3]) != len(times[2]):
            found.counts["loans lost" if not all(times[:2]) else "loans doubled"] += 1
            found.say(f"loan {loan}: lent, borrowed, given back and home again {[len(one) for one in times]} times")
            continue
        flat = [one[0] for one in times if one]
        if flat != sorted(flat):
            found.say(f"loan {loan}: its facts came in another order: {flat}")
        if len({(loan[0], one[1]) for one in flat}) != 1:
            found.say(f"loan {loan}: its facts are not of one border: {flat}")
        found.counts["loans that came home"] += len(times[3])
        found.counts[f"across {loan[0]} > {flat[0][1]}"] += 1


def check_floors(kept: Mapping[str, Facts], found: Found) -> None:
    """No unit is on two incidents at one time, in whichever of the cities: a borrowed one is the same vehicle as at home."""
    moves: list[tuple[int, tuple[str, str], str]] = []
    for code, those in kept.items():
        lenders: dict[str, str] = {}
        for known, kind, body in those:
            if kind == "aid.unit-borrowed":
                lenders[body["shift"]] = body["lender"]
            lender = lenders.get(body.get("shift", ""), "")
            unit = (lender, body["unit"].removeprefix(f"{lender}.")) if lender else (code, body.get("unit", ""))
            if kind == "dispatch.unit-assigned":
                moves.append((known, unit, f"{code} {body['incident']}"))
            elif kind in ("dispatch.unit-stood-down", "aid.unit-given-back") or (kind == "fleet.unit-state-changed" and body["state"] in ("available", "out_of_service")):
                moves.append((known, unit, ""))
            elif kind == "aid.unit-lent":
                moves.append((known, unit, f"{code} lent"))
            elif kind == "aid.unit-came-back":
                moves.append((known, unit, f"{code} back"))
    on: dict[tuple[str, str], str] = {}
    lent: set[tuple[str, str]] = set()
    for known, unit, where in sorted(moves):
        if where.endswith(" lent"):
            lent.add(unit)
            if on.get(unit):
                found.say(f"{known}: {unit} was lent while it was out for {on[unit]}")
        elif where.endswith(" back"):
            lent.discard(unit)
            if on.get(unit):
                found.say(f"{known}: {unit} was home again while it was out for {on[unit]}")
        else:
            if where and on.get(unit):
                found.say(f"{known}: {unit} was sent to {where} while it was out for {on[unit]}")
            if where and (unit in lent) == where.startswith(f"{unit[0]} "):
                found.say(f"{known}: {unit} was sent to {where} by a city that did not have it")
            on[unit] = where
    found.counts["units sent abroad"] = sum(1 for _, unit, where in moves if where and where.split(" ")[0] != unit[0])


def check_letters(kept: Mapping[str, Facts], found: Found) -> None:
    """Each letter was taken once, and none was refused for good."""
    for code, those in kept.items():
        taken = Counter(body["letter"] for _, kind, body in those if kind == "aid.letter-taken")
        found.counts["letters"] += len(taken)
        found.wrong += [f"{code}: letter {letter} was taken {count} times" for letter, count in taken.items() if count != 1]
        found.wrong += [f"{code}: letter {body['letter']} was refused: {body['code']}" for _, kind, body in those if kind == "aid.letter-taken" and body.get("code")]
        due = [f"asked/{body['aid']}" for _, kind, body in those if kind == "aid.asked"]
        due += [f"lent/{body['loan']}" for _, kind, body in those if kind == "aid.unit-lent"]
        due += [f"over/{body['shift']}" for _, kind, body in those if kind == "aid.unit-given-back"]
        due += [f"ended/{body['aid']}" for _, kind, body in those if kind == "aid.ended"]
        found.wrong += [f"{code}: letter {letter} is not known to have arrived" for letter in due if not taken[letter]]


def picture(kept: Mapping[str, Facts]) -> dict[str, dict[str, Any]]:
    """What a region should show of each city: open incidents with their priority and units, its own units by state, loans, and what it asks for."""
    return {code: _city(those) for code, those in kept.items()}


def _city(those: Facts) -> dict[str, Any]:
    incidents: dict[str, int] = {}
    units: dict[str, tuple[str, str]] = {}
    ours: dict[str, str] = {}
    loans: dict[str, list[str]] = {}
    asks: dict[str, str] = {}
    for _, kind, body in those:
        unit = body.get("unit", "")
        if kind in ("dispatch.incident-opened", "dispatch.priority-changed", "dispatch.kind-changed"):
            incidents[body["incident"]] = body["priority"]
        elif kind == "dispatch.incident-closed":
            incidents.pop(body["incident"], None)
        elif kind in ("fleet.shift-started", "aid.unit-borrowed"):
            units[unit] = ("available", "")
            if kind == "fleet.shift-started":
                ours[unit] = body["shift"]
        elif kind in ("fleet.shift-ended", "aid.unit-given-back"):
            units.pop(unit, None)
        elif kind == "dispatch.unit-assigned":
            units[unit] = ("assigned", body["incident"])
        elif kind == "dispatch.unit-stood-down":
            units[unit] = ("available", "")
        elif kind in ("fleet.unit-state-changed", "aid.unit-lent", "aid.unit-came-back"):
            units[unit] = (body["state"], "" if body["state"] in ("available", "out_of_service") else units[unit][1])
        if kind == "aid.unit-lent":
            loans[body["loan"]] = [body["to"], unit, "lent"]
        elif kind == "aid.state-heard":
            loans[body["loan"]][2] = body["state"]
        elif kind == "aid.unit-came-back":
            loans.pop(body["loan"], None)
        elif kind == "aid.asked":
            asks[body["aid"]] = body["of"]
    on: dict[str, list[str]] = {incident: sorted(unit for unit, (_, where) in units.items() if where == incident) for incident in incidents}
    return {"incidents": {incident: [priority, on[incident]] for incident, priority in incidents.items()},
            "units": dict(Counter(state for unit, (state, _) in units.items() if unit in ours)), "loans": loans, "asks": _still(those, asks)}


def _still(those: Facts, asks: Mapping[str, str]) -> dict[str, str]:
    """Those askings that are not ended, or of which a unit is still here."""
    here = Counter(body["aid"] for _, kind, body in those if kind == "aid.unit-borrowed")
    here.subtract(body["aid"] for _, kind, body in those if kind == "aid.unit-given-back")
    ended = {body["aid"] for _, kind, body in those if kind == "aid.ended"}
    return {aid: of for aid, of in asks.items() if aid not in ended or here[aid] > 0}


def shown(region: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The region's picture in the same form."""
    seen: dict[str, dict[str, Any]] = {line["code"]: {"incidents": {}, "units": line["units"], "loans": {}, "asks": {}} for line in region["cities"]}
    for line in region["incidents"]:
        one = line["incident"]
        seen[line["city"]]["incidents"][one["id"]] = [one["priority"], sorted(one["units"])]
    for line in region["loans"]:
        seen[line["city"]]["loans"][line["loan"]["id"]] = [line["loan"]["city"], line["loan"]["unit"], line["loan"]["state"]]
    for line in region["aid"]:
        seen[line["city"]]["asks"][line["aid"]["id"]] = line["aid"]["city"]
    return seen


def boarded(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What a city's own board shows, in the same form."""
    seen: dict[str, Any] = {"incidents": {}, "units": {}, "loans": {}, "asks": {}}
    for row in rows:
        if row["row"] == "incident":
            seen["incidents"][row["id"]] = [row["priority"], sorted(row["units"])]
        elif row["row"] == "unit" and not row["lender"]:
            seen["units"][row["state"]] = seen["units"].get(row["state"], 0) + 1
        elif row["row"] == "loan" and not row["borrowed"]:
            seen["loans"][row["id"]] = [row["city"], row["unit"], row["state"]]
        elif row["row"] == "aid" and row["ours"]:
            seen["asks"][row["id"]] = row["city"]
    return seen

"""A tiny record of past calls in the drawn town, written by hand as a file and read by the real reader."""

from pathlib import Path

from tests.floor import corner
from tocsin.city.record import Record, read_record
from tocsin.city.record_mapping import Codes, Columns, Mapping, Priorities, Stations

HEAD = "call,unit,type,seq,received,dispatch,response,scene,transport,hospital,available,kind,prio,end,lon,lat"

MAPPING = Mapping(
    format=1, name="Drawn Town", zone="Europe/Helsinki", time_format="%Y-%m-%d %H:%M:%S",
    columns=Columns(call="call", unit="unit", received="received", unit_kind="type", sequence="seq", dispatch="dispatch",
                    response="response", on_scene="scene", transport="transport", hospital="hospital", available="available",
                    kind="kind", priority="prio", disposition="end", lon="lon", lat="lat"),
    unit_kinds=Codes(otherwise="hovercraft", words={"ENG": "engine", "MED": "medic"}),
    kinds=Codes(otherwise="other", words={"Medical": "medical", "Fire": "outside_fire"}),
    dispositions=Codes(otherwise="other", words={"Done": "resolved", "Hospital": "transported"}),
    priorities=Priorities(otherwise=3, words={"1": 1, "2": 2}),
    stations=Stations(file="stations.csv", name="name", lon="lon", lat="lat", unit_pattern=r"^E(\d+)$"))


def row(call: int, unit: str, *times: str, kind: str = "Medical", prio: str = "2", end: str = "Done", column: int = 2,
        row: int = 2, seq: int = 1, place: bool = True) -> str:
    """One line: times are HH:MM:SS of one day from receipt to available, "" where the record has none."""
    at = corner(column, row)
    days = [f"2026-03-04 {time}" if time else "" for time in times]
    sort = {"E": "ENG", "M": "MED"}.get(unit[0], "ODD")
    where = f"{at.lon},{at.lat}" if place else ","
    return ",".join([str(call), unit, sort, str(seq), *days, kind, prio, end, where])


def read(folder: Path, *rows: str, mapping: Mapping = MAPPING) -> Record:
    """The record of these rows, with a station 1 in the south-west of the town and a station 2 in its north-east."""
    a, b = corner(0, 0), corner(5, 5)
    (folder / "stations.csv").write_text(f"name,lon,lat\n1,{a.lon},{a.lat}\n2,{b.lon},{b.lat}\n", encoding="utf-8")
    file = folder / "calls.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return read_record(file, mapping)

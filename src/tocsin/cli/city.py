"""`tocsin city`: compile, sketch, calibrate, observe and show a city."""

import argparse
from pathlib import Path

import msgspec

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate import calibrate, tell
from tocsin.city.manifest import Manifest
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.city.sketch import sketch
from tocsin.cli import observing
from tocsin.cli.settings import Commands, leaf


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    city = commands.add_parser("city", help="compile, sketch, calibrate, observe, show a city").add_subparsers(required=True, metavar="ACTION")
    command = leaf(city, "build", "compile a city folder from an OSM extract or a city's own files", _build)
    command.add_argument("sources", type=Path, nargs="+", metavar="SOURCE", help=".osm.pbf, .osm.gz, .osm.bz2, or the files a mapping names")
    command.add_argument("--out", type=Path, required=True, help="the folder to write; replaced as a whole at the end")
    command.add_argument("--map", type=Path, help="a TOML mapping, for a city's own files (docs/examples)")
    command.add_argument("--name", help="the city's name (default: from the source)")
    command = leaf(city, "sketch", "make up a city of any size, for tests and exercises, always labelled as made", _sketch)
    command.add_argument("--seed", type=int, required=True, help="the same seed and size make the same city")
    command.add_argument("--size", type=int, required=True, help="about how many junctions")
    command.add_argument("--out", type=Path, required=True, help="the folder to write")
    command.add_argument("--name", help="its name")
    command = leaf(city, "calibrate", "fit drive times to a record of past calls, and report the error on days the fit did not see", _calibrate)
    command.add_argument("city", type=Path, metavar="CITY", help="the city folder; calibration.json is written into it")
    command.add_argument("calls", type=Path, metavar="CALLS", help="the record: a CSV, .csv.gz or .zip")
    command.add_argument("--map", type=Path, required=True, help="the TOML mapping of the record (docs/examples)")
    command.add_argument("--stations", type=Path, help="a file of stations, in place of the mapping's")
    command.add_argument("--kind", default="engine", help="the kind of unit whose first arrivals are judged (default: engine)")
    observing.words(city)
    command = leaf(city, "show", "say what a city folder holds, and what was odd in its sources", _show)
    command.add_argument("city", type=Path, metavar="CITY", help="the city folder")


def _say(line: str) -> None:
    print(line, flush=True)


def _done(manifest: Manifest, out: Path) -> int:
    odd = sum(int(found["count"]) for found in manifest.odd.values())
    print(f"{out}: {manifest.name}, version {manifest.version}; {odd} oddities in the sources ({', '.join(manifest.odd) or 'none'})")
    return 0


def _build(arguments: argparse.Namespace) -> int:
    return _done(build(arguments.sources, arguments.out, mapping=arguments.map, name=arguments.name, say=_say), arguments.out)


def _sketch(arguments: argparse.Namespace) -> int:
    return _done(sketch(arguments.seed, arguments.size, arguments.out, name=arguments.name, say=_say), arguments.out)


def _calibrate(arguments: argparse.Namespace) -> int:
    city = City.open(arguments.city)
    record = read_record(arguments.calls, read_mapping(arguments.map), stations=arguments.stations)
    found = calibrate(city, record, arguments.kind)
    found.save(city.calibration_path)
    print("\n".join([*tell(found), f"Kept as {city.calibration_path}, calibration {found.version}."]))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    manifest = City.open(arguments.city).manifest
    print(msgspec.json.format(msgspec.json.encode({name: getattr(manifest, name) for name in (
        "name", "made", "version", "attribution", "timezone", "bounds", "counts", "odd", "sources")}), indent=1).decode())
    return 0

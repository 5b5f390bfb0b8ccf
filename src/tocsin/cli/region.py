"""`tocsin region`: one picture of several cities, read from their live streams; it decides nothing and keeps nothing."""

import argparse
from pathlib import Path

import msgspec
import uvicorn

from tocsin.cli.settings import CONSOLE, Commands, Stop, SystemClock, leaf, port_words
from tocsin.edges import journal
from tocsin.edges.region.following import Followers
from tocsin.edges.region.picture import Region
from tocsin.edges.region.serving import RegionWeb
from tocsin.edges.region.table import RegionTable, faults


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "region", "follow several cities and serve one picture of them", _serve)
    command.add_argument("--table", type=Path, required=True, help="the table of the region: cities, their keys, and who may read")
    port_words(command)


def read_region(path: Path) -> RegionTable:
    """The table from its file, checked, with each city's key from the file that it names; Stop with the first fault."""
    try:
        table = msgspec.toml.decode(path.read_bytes(), type=RegionTable)
        for fault in faults(table):
            raise Stop(f"{path}: {fault}")
        cities = {code: msgspec.structs.replace(one, key=(path.parent / one.key_file).read_text(encoding="utf-8").strip()) if one.key_file else one
                  for code, one in table.cities.items()}
    except (OSError, msgspec.DecodeError) as error:
        raise Stop(f"{path}: {error}") from error
    return msgspec.structs.replace(table, cities=cities)


def _serve(arguments: argparse.Namespace) -> int:
    journal.begin(arguments.log)
    table = read_region(arguments.table)
    region = Region(table.names(), SystemClock(), table.says())
    followers = Followers(region, table.cities)
    followers.start()
    print(f"tocsin: a region of {len(table.cities)} cities at http://{arguments.host}:{arguments.port}/region", flush=True)
    uvicorn.run(RegionWeb(region, table.readers, CONSOLE if (CONSOLE / "index.html").is_file() else None), host=arguments.host, port=arguments.port, log_config=None, access_log=False, server_header=False, lifespan="off")
    followers.stop()
    return 0

"""The words and settings of trackers that speak something else than HTTP, and the doors that they open beside it."""

import argparse
import os

from tocsin.cli.settings import Stop
from tocsin.edges.gateways.trackers.lines import PROTOCOL, Lines
from tocsin.edges.gateways.trackers.listening import Listening
from tocsin.edges.web.app import Web


def tracker_words(command: argparse.ArgumentParser) -> None:
    """Where trackers are heard."""
    command.add_argument("--nmea", default=os.environ.get("TOCSIN_NMEA", ""), metavar="HOST:PORT", help="hear receivers that send NMEA 0183 over TCP, on a net of your own alone: it is not encrypted (TOCSIN_NMEA; default: none)")


def hear_trackers(arguments: argparse.Namespace, web: Web) -> None:
    """Open what is named, with the edge; Stop where an address is none."""
    if arguments.nmea:
        host, port = place(arguments.nmea, "--nmea")
        door = Listening(PROTOCOL, host, port, web.taking, Lines(web.taking).talk)
        web.listens(door.start, door.stop)


def place(said: str, word: str) -> tuple[str, int]:
    """Host and port of an address; Stop."""
    host, colon, port = said.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise Stop(f"{word} {said}: say HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)

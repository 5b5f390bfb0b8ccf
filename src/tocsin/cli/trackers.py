"""The words and settings of trackers that speak something else than HTTP, and the doors that they open beside it."""

import argparse
import os
import resource
import ssl
from pathlib import Path

from tocsin.cli.reading import read_fleet
from tocsin.cli.settings import Stop
from tocsin.edges.gateways.trackers import lines as nmea
from tocsin.edges.gateways.trackers import tak
from tocsin.edges.gateways.trackers.broker import Broker, broker_address
from tocsin.edges.gateways.trackers.drawing import Drawing
from tocsin.edges.gateways.trackers.listening import Listening, Talk
from tocsin.edges.web.app import Web
from tocsin.house import House

_HELD_BYTES = 64 * 1024
"""Set aside for each connection that is held: 8 to 11 KB of this process were measured (`bench/bench_trackers.py`); the rest is for what the
system holds for a socket and what is under way on it."""
_MOST_HELD, _MEMORY_SHARE = 20_000, 8
_FILES_BESIDE = 1_000
"""Files that a floor opens for all else: its own, consoles, connections that have shown nothing yet."""


def tracker_words(command: argparse.ArgumentParser) -> None:
    """Where trackers are heard."""
    command.add_argument("--connections", type=int, default=os.environ.get("TOCSIN_CONNECTIONS", "0"), metavar="N",
                         help="how many connections are held that have shown a valid key, over HTTP and at each port of trackers beside it "
                              "(TOCSIN_CONNECTIONS; default: by memory and by the files that this process may open, 20000 at most)")
    command.add_argument("--cot", default=os.environ.get("TOCSIN_COT", ""), metavar="HOST:PORT", help="hear and show phones with ATAK or iTAK over TCP, on a net of your own alone (TOCSIN_COT; default: none)")
    command.add_argument("--cot-tls", default=os.environ.get("TOCSIN_COT_TLS", ""), metavar="HOST:PORT", help="the same over TLS (TOCSIN_COT_TLS; needs --cot-cert; default: none)")
    command.add_argument("--cot-cert", type=Path, metavar="FILE", help="the certificates of --cot-tls with their key, as PEM (default: none)")
    command.add_argument("--mqtt", default=os.environ.get("TOCSIN_MQTT", ""), metavar="ADDRESS",
                         help="hear OwnTracks by way of a broker: mqtt://USER:PASSWORD@HOST:PORT, mqtts:// over any net that is not your own (TOCSIN_MQTT; default: none)")
    command.add_argument("--nmea", default=os.environ.get("TOCSIN_NMEA", ""), metavar="HOST:PORT", help="hear receivers that send NMEA 0183 over TCP, on a net of your own alone: it is not encrypted (TOCSIN_NMEA; default: none)")


def held(arguments: argparse.Namespace) -> int:
    """How many connections are held at each door, as said or by what this machine has. Stop where they would need more files than this process may open:
    a process without any keeps out consoles too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    doors = 1 + sum(bool(one) for one in (arguments.nmea, arguments.cot, arguments.cot_tls))
    files = _MOST_HELD if hard == resource.RLIM_INFINITY else max(0, hard - _FILES_BESIDE) // doors
    if not arguments.connections:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEMORY_SHARE
        return max(1, min(_MOST_HELD, files, memory // _HELD_BYTES // doors))
    if not 0 < arguments.connections <= max(files, 1):
        raise Stop(f"--connections {arguments.connections}: this process may open {hard:,} files, which is room for {files:,} at each of {doors} doors; raise LimitNOFILE or ulimit -n")
    return int(arguments.connections)


def hear_trackers(arguments: argparse.Namespace, web: Web, house: House, most: int) -> None:
    """Open what is named, with the edge, each for so many connections; Stop where an address is none."""
    if arguments.nmea:
        _open(web, nmea.PROTOCOL, place(arguments.nmea, "--nmea"), nmea.Lines(web.taking).talk, most)
    if arguments.mqtt:
        at = broker_address(arguments.mqtt)
        if at is None:
            raise Stop("--mqtt: say mqtt://USER:PASSWORD@HOST:PORT or mqtts://")
        broker = Broker(web.taking, at, arguments.name)
        web.listens(broker.start, broker.stop)
        web.taking.open["owntracks-mqtt"] = f"{at.host}:{at.port}"
    if arguments.cot or arguments.cot_tls:
        phones = tak.Phones(web.taking, Drawing(house, {code: kind.cot for code, kind in read_fleet(arguments.fleet).kinds.items()}))
        if arguments.cot:
            _open(web, tak.PROTOCOL, place(arguments.cot, "--cot"), phones.talk, most)
        if arguments.cot_tls:
            _open(web, tak.PROTOCOL, place(arguments.cot_tls, "--cot-tls"), phones.talk, most, _tls(arguments.cot_cert))


def _open(web: Web, protocol: str, at: tuple[str, int], talk: Talk, most: int, tls: ssl.SSLContext | None = None) -> None:
    door = Listening(protocol, *at, web.taking, talk, tls, most=most)
    web.listens(door.start, door.stop)
    web.taking.open[protocol if tls is None else f"{protocol}-tls"] = str(at[1])


def _tls(certificate: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later with the certificates of a file; Stop where it is none."""
    if certificate is None:
        raise Stop("--cot-tls needs --cot-cert: certificates and their key, as PEM")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as fault:
        raise Stop(f"{certificate} holds no certificate with its key: {fault}") from fault
    return context


def place(said: str, word: str) -> tuple[str, int]:
    """Host and port of an address; Stop."""
    host, colon, port = said.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise Stop(f"{word} {said}: say HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)

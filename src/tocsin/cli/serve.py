"""`tocsin serve` and `tocsin warm`: the console and the doors of a floor."""

import argparse
import sys
import time
from pathlib import Path

from tocsin.city import City
from tocsin.cli.calling import calling_words, start_calling
from tocsin.cli.reading import (
    open_house,
    read_aid,
    read_calling,
    read_contacts,
    read_handbook,
    read_oidc,
    read_outflow,
    read_plan,
    read_posts,
)
from tocsin.cli.settings import CONSOLE, TRACES, Commands, Stop, SystemClock, house_words, leaf, port_words, site_words
from tocsin.cli.site import SiteFile
from tocsin.cli.studying import studies_of
from tocsin.cli.trackers import hear_trackers, held, tracker_words
from tocsin.edges import journal
from tocsin.edges.gateways.aid import Courier
from tocsin.edges.sites.floor import FloorLine
from tocsin.edges.sites.mandate import SiteTable
from tocsin.edges.traces import NoTraces, Tracing
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import serve
from tocsin.house import House
from tocsin.kernel import Words


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "serve", "serve the console and the doors of a floor", _serve)
    house_words(command)
    port_words(command)
    command.add_argument("--answer-to", action="append", default=[], metavar="HOST", help="a host name beside localhost that it answers to")
    command.add_argument("--oidc", type=Path, help="the settings of a city's own sign-in (default: none)")
    site_words(command)
    tracker_words(command)
    calling_words(command)
    command.add_argument("--sites", type=Path, help="the table of this floor's remote sites (default: none; needs --nats)")


def _serve(arguments: argparse.Namespace) -> int:
    journal.begin(arguments.log, arguments.node)
    clock, city, calling = SystemClock(), City.open(arguments.city), read_calling(arguments.calling)
    house = open_house(arguments, arguments.data, city, clock, steady=time.monotonic)
    line = _line(arguments, house)
    people = People(arguments.data, clock, house.ledger.papers)
    edge = app(house, people=people, console=CONSOLE, city_folder=city.path, demo=False, hosts=arguments.answer_to,
                   contacts=read_contacts(arguments.contacts), outflow=read_outflow(arguments.outflow), posts=read_posts(arguments.posts), pages=read_handbook(arguments),
                   city_sign_in=read_oidc(arguments.oidc) if arguments.oidc else None, tracing=_tracing(arguments.node),
                   parts=line.parts if line else tuple, done=[line.close] if line else (), calling=calling)

    def ready(port: int) -> None:
        print(f"tocsin: http://{arguments.host}:{port}/{'' if house.ledger.leads else ' (follows)'}", flush=True)
        if not len(people) and house.ledger.leads:
            link, token = edge.links.give("first", "", roles=("admin",))
            where = f"https://{arguments.answer_to[0]}" if arguments.answer_to else f"http://localhost:{port}"
            print(f"tocsin: nobody may sign in yet; the first administrator does by this link, once, within {(link.until - link.given) // 60_000_000} minutes:\n"
                  f"    {where}/#link={token}", flush=True)

    most = held(arguments)
    hear_trackers(arguments, edge, house, most)
    if line is not None:
        line.start()
    courier = Courier(house, read_aid(arguments.aid))
    edge.litestar.on_shutdown.insert(0, courier.stop)  # before the house closes
    courier.start()
    start_calling(calling, edge, house, {code: Words(kind.en, kind.zh) for code, kind in read_plan(arguments.plan).kinds.items()})
    studies = studies_of(arguments, house, arguments.data)
    edge.litestar.on_shutdown.insert(0, studies.stop)
    studies.start()
    serve(edge, arguments.host, arguments.port, ready=ready, kept=most)
    if house.fault is not None:
        raise house.fault
    return 0


def _tracing(node: str) -> Tracing | None:
    """Where spans are to be sent; a floor does not stay shut because they cannot be made."""
    if not TRACES:
        return None
    try:
        return Tracing(TRACES, node)
    except NoTraces as why:
        print(f"tocsin: without traces: {why}", file=sys.stderr)
        return None


def _line(arguments: argparse.Namespace, house: House) -> FloorLine | None:
    """The line to the remote sites, where NATS is named."""
    if not arguments.nats:
        if arguments.sites:
            raise Stop("remote sites need NATS: set --nats or TOCSIN_NATS")
        return None
    return FloorLine(house, arguments.nats, arguments.name, SiteFile(arguments.sites, house) if arguments.sites else SiteTable)

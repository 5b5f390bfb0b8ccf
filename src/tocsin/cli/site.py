"""`tocsin site`: a remote site or a mobile command post that follows a floor over NATS, and goes on by itself while its line is cut."""

import argparse
import logging
import os
from functools import partial
from pathlib import Path

from tocsin.city import City
from tocsin.cli.reading import open_house, read_contacts, read_handbook, read_outflow, read_posts, read_sites
from tocsin.cli.settings import CONSOLE, DATA, Commands, Stop, SystemClock, leaf, port_words, site_words, table_words
from tocsin.edges import journal
from tocsin.edges.sites.following import SiteLine
from tocsin.edges.sites.mandate import SiteTable, printed, site_key
from tocsin.edges.sites.standing import Standing
from tocsin.edges.sites.web import site_web
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import serve
from tocsin.house import House
from tocsin.house.apart import Apart, BadNote, read_verifier

LOG = logging.getLogger("tocsin.sites")


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    site = commands.add_parser("site", help="a remote site of a floor").add_subparsers(required=True, metavar="ACTION")
    command = leaf(site, "key", "make the key of this site and print its public half, for the floor's table of sites", _key)
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command = leaf(site, "serve", "follow a floor over NATS and serve its console here; go on by itself while the line is cut", _serve)
    command.add_argument("--site", required=True, metavar="NAME", help="the name of this site in the floor's table")
    command.add_argument("--floor", required=True, metavar="LINE", help="the floor's verifier line, or a file that holds it")
    command.add_argument("--city", type=Path, required=True, help="the city folder that `tocsin city build` wrote")
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    site_words(command)
    table_words(command, name=False)
    port_words(command)
    command.add_argument("--answer-to", action="append", default=[], metavar="HOST", help="a host name beside localhost that it answers to")


class SiteFile:
    """A table of sites that is read again when its file has changed; one with a fault changes nothing, and the log says so."""

    def __init__(self, path: Path, city: House) -> None:
        self._path, self._house = path, city
        self._stamp, self._table = self._changed(), read_sites(path, city)

    def __call__(self) -> SiteTable:
        stamp = self._changed()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._table = read_sites(self._path, self._house)
            except Stop as fault:
                LOG.error("the table of sites was not taken: %s", fault)
        return self._table

    def _changed(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0


def _key(arguments: argparse.Namespace) -> int:
    print(printed(site_key(arguments.data)))
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    journal.begin(arguments.log)
    clock, city = SystemClock(), City.open(arguments.city)
    if not arguments.nats:
        raise Stop("a site needs the address of NATS: set --nats or TOCSIN_NATS")
    given = Path(arguments.floor)
    verifier = (given.read_text() if given.is_file() else arguments.floor).strip()
    try:
        origin, _ = read_verifier(verifier)
    except BadNote as error:
        raise Stop(f"that is not a floor's verifier line: {error}") from error
    arguments.name = floor = origin.removeprefix("tocsin/")
    house = open_house(arguments, arguments.data, city, clock, copies=verifier)
    line = SiteLine(house, arguments.data, arguments.nats, floor, arguments.site, site_key(arguments.data))

    def forked(folder: Path, apart: Apart) -> House:
        told = argparse.Namespace(**{**vars(arguments), "name": f"{floor}.{apart.mark}"})
        return open_house(told, folder, city, clock, upon=arguments.data / "ledger", apart=apart)

    standing = Standing(house, line, arguments.data, arguments.site, clock, forked)
    people = People(arguments.data, clock, house.ledger.papers)
    edge = site_web(house, line, standing, people, partial(
        app, console=CONSOLE, city_folder=city.path, demo=False, hosts=arguments.answer_to, contacts=read_contacts(arguments.contacts),
        outflow=read_outflow(arguments.outflow), posts=read_posts(arguments.posts), pages=read_handbook(arguments)))

    def ready(port: int) -> None:
        print(f"tocsin: http://{arguments.host}:{port}/ (site {arguments.site} of {floor})", flush=True)
        if not len(people):
            print(f"tocsin: nobody may sign in yet; add people with: tocsin people add --data {os.fspath(arguments.data)}", flush=True)

    serve(edge, arguments.host, arguments.port, ready=ready)
    if house.fault is not None:
        raise house.fault
    return 0

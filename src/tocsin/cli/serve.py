"""`tocsin serve` and `tocsin warm`: the console and the doors of a floor."""

import argparse
from pathlib import Path

from tocsin.city import City
from tocsin.cli.settings import (
    CONSOLE,
    Commands,
    SystemClock,
    house_words,
    leaf,
    open_house,
    port_words,
    read_contacts,
    read_oidc,
    read_outflow,
    read_posts,
)
from tocsin.edges import web
from tocsin.engines.roads import warm


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "serve", "serve the console and the doors of a floor", _serve)
    house_words(command)
    port_words(command)
    command.add_argument("--answer-to", action="append", default=[], metavar="HOST", help="a host name beside localhost that it answers to")
    command.add_argument("--oidc", type=Path, help="the settings of a city's own sign-in (default: none)")
    leaf(commands, "warm", "compile the road engine's machine code, so that the first start is quick", _warm)


def _serve(arguments: argparse.Namespace) -> int:
    clock, city = SystemClock(), City.open(arguments.city)
    house = open_house(arguments, arguments.data, city, clock)
    people = web.People(arguments.data, clock)
    edge = web.app(house, people=people, console=CONSOLE, city_folder=city.path, demo=False, hosts=arguments.answer_to,
                   contacts=read_contacts(arguments.contacts), outflow=read_outflow(arguments.outflow), posts=read_posts(arguments.posts),
                   city_sign_in=read_oidc(arguments.oidc) if arguments.oidc else None)

    def ready(port: int) -> None:
        print(f"tocsin: http://{arguments.host}:{port}/", flush=True)
        if not len(people):
            link, token = edge.links.give("first", "", roles=("admin",))
            where = f"https://{arguments.answer_to[0]}" if arguments.answer_to else f"http://localhost:{port}"
            print(f"tocsin: nobody may sign in yet; the first administrator does by this link, once, within {(link.until - link.given) // 60_000_000} minutes:\n"
                  f"    {where}/#link={token}", flush=True)

    web.serve(edge, arguments.host, arguments.port, ready=ready)
    return 0


def _warm(arguments: argparse.Namespace) -> int:
    warm()
    return 0

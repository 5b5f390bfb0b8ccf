"""`tocsin serve` and `tocsin warm`: the console and the doors of a floor."""

import argparse
import sys

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
    read_outflow,
)
from tocsin.edges import web
from tocsin.engines.roads import warm


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "serve", "serve the console and the doors of a floor", _serve)
    house_words(command)
    port_words(command)
    command.add_argument("--answer-to", action="append", default=[], metavar="HOST", help="a host name beside localhost that it answers to")
    leaf(commands, "warm", "compile the road engine's machine code, so that the first start is quick", _warm)


def _serve(arguments: argparse.Namespace) -> int:
    clock, city = SystemClock(), City.open(arguments.city)
    house = open_house(arguments, arguments.data, city, clock)
    people = web.People(arguments.data, clock)
    if not len(people):
        print("tocsin: nobody may sign in yet; add people with `tocsin people add`", file=sys.stderr)
    edge = web.app(house, people=people, console=CONSOLE, city_folder=city.path, demo=False, hosts=arguments.answer_to,
                   contacts=read_contacts(arguments.contacts), outflow=read_outflow(arguments.outflow))
    web.serve(edge, arguments.host, arguments.port, ready=lambda port: print(f"tocsin: http://{arguments.host}:{port}/", flush=True))
    return 0


def _warm(arguments: argparse.Namespace) -> int:
    warm()
    return 0

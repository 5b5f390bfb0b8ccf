"""The words of being called for the commands that serve, and the outbox that they make."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from tocsin.cli.settings import SAMPLES
from tocsin.edges.gateways.calling.mail import MailSender
from tocsin.edges.gateways.calling.outbox import Outbox
from tocsin.edges.gateways.calling.push import PushSender
from tocsin.edges.gateways.calling.senders import Sender
from tocsin.edges.gateways.calling.sms import SmsSender
from tocsin.edges.web.app import Web
from tocsin.house import House
from tocsin.kernel import Words
from tocsin.rooms.calling.model import CallingTable


def calling_words(command: argparse.ArgumentParser) -> None:
    """By what people are called."""
    command.add_argument("--calling", type=Path, default=SAMPLES / "calling.toml", help="the table of calling: by which means people on duty are called, in which order, what is said (default: the sample, by push alone)")


def start_calling(table: CallingTable, edge: Web, house: House, kinds: Mapping[str, Words]) -> None:
    """Call people by what the table says until this edge ends; the house closes after that."""
    senders: dict[str, Sender] = {"push": PushSender(table.push, edge.signer(), edge.reaches, house.clock)} if table.means else {}
    if table.sms is not None:
        senders["sms"] = SmsSender(table.sms)
    if table.mail is not None:
        senders["mail"] = MailSender(table.mail)
    outbox = Outbox(house, table, edge.reaches, senders, kinds, edge.called)
    edge.litestar.on_shutdown.insert(0, outbox.stop)
    outbox.start()

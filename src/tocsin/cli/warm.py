"""`tocsin warm`: the road engine's machine code, compiled before the first start."""

import argparse

from tocsin.cli.settings import Commands, leaf
from tocsin.engines.roads import warm


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    leaf(commands, "warm", "compile the road engine's machine code, so that the first start is quick", _warm)


def _warm(arguments: argparse.Namespace) -> int:
    warm()
    return 0

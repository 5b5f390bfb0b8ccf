"""A process that takes calls into a house and says each receipt aloud, so that a test can kill it at any moment."""

import sys
from pathlib import Path

from tests.floor import DESK, StillClock, corner, small_house
from tocsin.rooms.calls.commands import TakeCall


def main(data: Path) -> None:
    """Take calls until killed; a line is printed only after its call was acknowledged."""
    clock = StillClock()
    house = small_house(data, clock)
    print("ready", flush=True)
    while True:
        clock.pass_s(1)
        receipt = house.do(TakeCall(place=corner(1, 1), kind="fire", number="555-0100"), DESK)
        print(receipt.subject, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""A simulated person's hands: commands go to the house as anybody's do, and every refusal is counted by its code."""

from collections import Counter
from collections.abc import Sequence

from tocsin.house import Asker, House, Receipt
from tocsin.kernel import Command, Refused
from tocsin.trail import Fix


class Desk:
    """One asker at the house. A refusal is an expected no: it is counted with an example, and nothing is retried here."""

    def __init__(self, house: House, asker: Asker) -> None:
        self.house, self.asker = house, asker
        self.refused: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def do(self, command: Command, about: str = "") -> Receipt | None:
        """Do a command; None where it was refused. `about` names what it was for in the example kept."""
        try:
            return self.house.do(command, self.asker)
        except Refused as no:
            self.count(no.code, f"{about}: {no.words.en}" if about else no.words.en)
            return None

    def report(self, fixes: Sequence[Fix]) -> None:
        """Report positions, at most a thousand at a time as at the door."""
        for begin in range(0, len(fixes), 1000):
            for code in self.house.report(fixes[begin : begin + 1000], self.asker):
                if code:
                    self.count(code, "a position")

    def count(self, code: str, example: str) -> None:
        """Count one refusal."""
        self.refused[code] += 1
        self.examples.setdefault(code, example)

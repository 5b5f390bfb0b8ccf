"""A simulated person's hands: commands go to the house as anybody's do, and every refusal is counted by its code."""

from collections import Counter
from collections.abc import Sequence

from tocsin.house import Asker, House, Receipt
from tocsin.kernel import Command, Refused
from tocsin.trail import Fix


class Desk:
    """One asker at the house. A refusal is an expected no: it is counted with an example, and nothing is retried here.

    A house that could not decide (its disk is full, too much is waiting) has refused with a status of 500 or more. `strict`
    raises that, for an asker to whom it must not look like a no; else `unheard` says that the last command met it.
    """

    def __init__(self, house: House, asker: Asker, *, strict: bool = False) -> None:
        self.house, self.asker, self._strict = house, asker, strict
        self.unheard = False
        self.refused: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def do(self, command: Command, about: str = "") -> Receipt | None:
        """Do a command; None where it was refused. `about` names what it was for in the example kept."""
        self.unheard = False
        try:
            return self.house.do(command, self.asker)
        except Refused as no:
            self.unheard = no.status >= 500
            if self.unheard and self._strict:
                raise
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

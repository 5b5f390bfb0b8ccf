"""The lines of a centre: which number was dialled, which kinds come first on it, and within which time it must be answered."""

from collections.abc import Container

import msgspec

from tocsin.kernel import Words


class Target(msgspec.Struct, frozen=True):
    """So great a share of contacts answered within so many seconds; by default that of NENA-STA-020.1-2020."""

    within_s: int = 15
    share: float = 0.9


class Line(msgspec.Struct, frozen=True):
    """One number, or another entry: its names, the kinds that come first on its screen, its answer target."""

    en: str
    zh: str
    kinds: tuple[str, ...] = ()
    target: Target = Target()

    @property
    def says(self) -> Words:
        return Words(self.en, self.zh)


class Lines(msgspec.Struct, frozen=True):
    """The table of lines. A number that is not in it is let in all the same, under its own digits."""

    lines: dict[str, Line] = {}
    sample: bool = False

    def target(self, line: str) -> Target:
        """The answer target of a line, known or not."""
        known = self.lines.get(line)
        return known.target if known else Target()


def faults(table: Lines, kinds: Container[str]) -> list[str]:
    """What is wrong with a table of lines, in sentences; empty where it is sound."""
    found = []
    for code, line in table.lines.items():
        found += [f"line {code}: no words in {tongue}" for tongue, text in (("English", line.en), ("Chinese", line.zh)) if not text.strip()]
        found += [f"line {code}: there is no kind {kind}" for kind in line.kinds if kind not in kinds]
        if len(code) > 20:
            found.append(f"line {code}: longer than 20")
        if line.target.within_s < 1 or not 0 < line.target.share <= 1:
            found.append(f"line {code}: {line.target.share:g} within {line.target.within_s} s is no target")
    return found

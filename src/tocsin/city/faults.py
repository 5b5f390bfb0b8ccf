"""What can be wrong with a source or a city folder: `CityFault` stops a build with one line, `Odd` counts what was
strange and kept or left.
"""

from dataclasses import dataclass, field

from tocsin.kernel import Fault


class CityFault(Fault):
    """A city cannot be built from these sources, or opened from this folder.

    The command line prints the sentence and the code, and leaves with status 2. Nothing has been written when it is raised.
    """


EXAMPLES = 5


@dataclass(slots=True)
class Odd:
    """Counts of what was strange in the input, each under a code with its first few examples; it ends in the manifest."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def note(self, code: str, example: str, count: int = 1) -> None:
        """Count one oddity (or several alike) and keep the example while there are fewer than five of the code."""
        self.counts[code] = self.counts.get(code, 0) + count
        kept = self.examples.setdefault(code, [])
        if len(kept) < EXAMPLES:
            kept.append(example[:120])

    def report(self) -> dict[str, dict[str, object]]:
        """Return the oddities as the manifest shows them, in the order of their codes."""
        return {code: {"count": self.counts[code], "examples": self.examples[code]} for code in sorted(self.counts)}

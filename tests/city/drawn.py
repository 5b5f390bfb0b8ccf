"""A street map drawn as text, written as an OSM file: letters are nodes, a way is a word, a restriction is three names."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from tocsin.city.access import EMERGENCY, ORDINARY
from tocsin.city.arrays import Ground, lay
from tocsin.city.osm import read_osm
from tocsin.city.survey import Survey

STEP = 0.001  # degrees between neighbouring characters
ORIGIN = (0.0112, 0.0105)  # so that a small drawing lies in one tile
Tags = dict[str, str]


class Drawing:
    """A map as text and what runs on it; `write` makes the .osm file, `read` what the compiler sees of it."""

    def __init__(
        self,
        text: str,
        ways: dict[str, Tags],
        nodes: dict[str, Tags] | None = None,
        turns: list[tuple[str, str, str, Tags]] | None = None,
        missing: str = "",
    ) -> None:
        self.at = {
            letter: (ORIGIN[0] + column * STEP, ORIGIN[1] - row * STEP)
            for row, line in enumerate(text.splitlines())
            for column, letter in enumerate(line)
            if letter.isalnum()
        }
        self.ways, self.nodes, self.turns, self.missing = ways, nodes or {}, turns or [], missing

    def write(self, path: Path) -> Path:
        """Write the drawing as OSM XML; way i has the id 100 + i, node 'A' the id of its letter."""
        ids = {word: 100 + number for number, word in enumerate(self.ways)}
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
        for letter in sorted(self.at):
            lon, lat = self.at[letter]
            if letter not in self.missing:
                tags = _tags(self.nodes.get(letter, {}))
                lines.append(f'<node id="{ord(letter)}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
        for word, signs in self.ways.items():
            refs = "".join(f'<nd ref="{ord(letter)}"/>' for letter in word)
            lines.append(f'<way id="{ids[word]}" version="1">{refs}{_tags({"highway": "residential"} | signs)}</way>')
        for number, (origin, via, target, signs) in enumerate(self.turns):
            middle = (
                f'<member type="way" ref="{ids[via]}" role="via"/>'
                if via in ids
                else f'<member type="node" ref="{ord(via)}" role="via"/>'
            )
            lines.append(
                f'<relation id="{500 + number}" version="1"><member type="way" ref="{ids[origin]}" role="from"/>{middle}'
                f'<member type="way" ref="{ids[target]}" role="to"/>{_tags({"type": "restriction"} | signs)}</relation>'
            )
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path

    def read(self, folder: Path) -> "Seen":
        """Read the drawing back through the compiler."""
        return Seen(self, read_osm([self.write(folder / "drawn.osm")], lambda line: None))


class Seen:
    """What the compiler made of a drawing, in the drawing's letters."""

    def __init__(self, drawing: Drawing, survey: Survey) -> None:
        self.survey = survey
        self.ground: Ground = lay(survey)
        network = self.ground.network
        where = {(round(lon, 7), round(lat, 7)): letter for letter, (lon, lat) in drawing.at.items()}
        self.letter = [where.get((round(lon, 7), round(lat, 7)), "·") for lon, lat in zip(network.lon, network.lat, strict=True)]
        self.arcs = [self.letter[tail] + self.letter[head] for tail, head in zip(network.tail, network.head, strict=True)]

    def open_to(self, bit: int) -> str:
        """Return the arcs that a profile may use, as 'AB BA', sorted; '·' is a node of the compiler's own."""
        return " ".join(sorted(arc for arc, access in zip(self.arcs, self.ground.access, strict=True) if access & bit))

    @property
    def ordinary(self) -> str:
        """Return the ordinary car's arcs."""
        return self.open_to(ORDINARY)

    @property
    def emergency(self) -> str:
        """Return the emergency vehicle's arcs."""
        return self.open_to(EMERGENCY)

    @property
    def bans(self) -> str:
        """Return the forbidden turns as 'AB>BC', sorted."""
        network = self.ground.network
        return " ".join(sorted(f"{self.arcs[a]}>{self.arcs[b]}" for a, b in zip(network.ban_from, network.ban_to, strict=True)))

    def reaches(self, start: str, end: str, bit: int) -> bool:
        """Tell whether a profile can drive from one letter to another, turn bans aside."""
        network = self.ground.network
        usable = (self.ground.access & bit) > 0
        found = np.zeros(len(self.letter), dtype=bool)
        found[self.letter.index(start)] = True
        for _ in self.letter:
            found[network.head[usable][found[network.tail[usable]]]] = True
        return bool(found[self.letter.index(end)])

    @property
    def odd(self) -> dict[str, int]:
        """Return the counts of oddities."""
        return self.survey.odd.counts


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())

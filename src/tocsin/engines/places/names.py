"""Names of streets, places and areas: an inverted index in memory, and how well each name that it offers fits what was typed."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import tantivy
from rapidfuzz.distance import OSA, LCSseq
from tantivy import Occur

from tocsin.engines.places.tables import Names
from tocsin.engines.places.words import Unit, long_forms, ordinal, same, units

CANDIDATES = 100
"""Names that are compared in full; the index's own order decides which, its order is by fit and then by size."""
NOISE = 0.25
"""A name that meets less than this share of what the best one meets is not weighed: a crossing's two names share the text."""
EXACT = 0.97
"""From here on a word or a name counts as met: the same but for a short spelling (18 for 18th, St for Saint)."""
TAIL = 5
"""The fewest letters by which a word is found from its middle or end."""
MAX_UNITS, MAX_WORDS = 48, 12
"""Units that are weighed and words among them that are matched; no address has more, and the work grows with each."""
_JOINED = 0.97
_PREFIX, _PREFIX_LAST = 0.65, 0.80
MAX_SLIPPED = 6
"""Words that are searched with slips; a text of more is a sentence, and has enough words to be found by."""
_INSIDE = 0.55
_EDIT = 0.9
WHAT = {
    "hospital": "医院", "clinic": "诊所 卫生院", "fire_station": "消防站 消防救援站", "police": "派出所 公安局 police station",
    "school": "学校", "university": "大学", "pharmacy": "药店", "station": "车站 火车站", "bus_station": "汽车站",
}  # fmt: skip
"""What people call a kind of place in the other language, so that 'hospital' and '医院' find one whatever its own name."""


class Part(NamedTuple):
    """One word of a name, or two adjacent ones written together; `bits` are the words it stands for.

    A part without weight is no word of the name but of its kind: it answers for a typed word and covers nothing.
    """

    text: str
    weight: float
    bits: int


class Name(NamedTuple):
    """One spelling of one street, place or area (`ref`: its index among its kind)."""

    kind: Literal["street", "place", "area"]
    ref: int
    parts: tuple[Part, ...]
    han: str
    kind_han: tuple[str, ...]
    total: float
    spelled: tuple[str, ...]
    prior: float


class Match(NamedTuple):
    """How a name met the query: `got` 0 to 1 for each unit, `mask` the units met, `cover` how much of the name was met.

    `met` is the weight of the units met, each by its fit.
    """

    name: Name
    got: tuple[float, ...]
    mask: int
    cover: float
    met: float


class Query:
    """A text's units with what is worked out about them once, for all names; a bold one takes shorter words for slips."""

    def __init__(self, parts: list[Unit], bold: bool = False) -> None:
        self.units = parts[:MAX_UNITS]
        self.bold = bold
        self.han = "".join(unit.text for unit in self.units if unit.kind == "han")
        self.han_at = [at for at, unit in enumerate(self.units) if unit.kind == "han"]
        self.word_at = [at for at, unit in enumerate(self.units) if unit.kind in ("word", "number")][:MAX_WORDS]
        self.last = self.word_at[-1] if self.word_at and self.word_at[-1] == len(self.units) - 1 else -1
        texts = [unit.text for unit in self.units]
        self.pairs = [(at, after, texts[at] + texts[after]) for at, after in pairwise(self.word_at) if after == at + 1]
        self.telling = any(self.units[at].weight > 0.5 for at in self.word_at if self.units[at].kind == "word") or bool(self.han)
        self._known: list[dict[str, float]] = [{} for _ in self.units]

    def likeness(self, at: int, word: str) -> float:
        """0 to 1: how far unit `at` is this word: the same, its beginning, or a slip of the fingers away from it."""
        known = self._known[at].get(word)
        if known is None:
            known = self._known[at][word] = _likeness(self.units[at], word, at == self.last, self.bold)
        return known


class NameIndex:
    """All names, indexed in memory when opened; a search answers with the best matches, unordered."""

    def __init__(self, names: Names, sizes: Iterable[int]) -> None:
        self._names = sorted(_spellings(names, list(sizes)), key=lambda name: -name.prior)
        builder = tantivy.SchemaBuilder()
        for field in ("terms", "tails"):
            builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for name in self._names:
            writer.add_document(tantivy.Document(terms=[" ".join(_terms(name))], tails=[" ".join(_tails(name))]))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        assert self._searcher.num_segments <= 1, "names outgrew the writer's memory; their order is their row"

    def __len__(self) -> int:
        return len(self._names)

    def match(self, query: Query) -> list[Match]:
        """The names that share something with the query, each aligned with it."""
        clauses = list(self._clauses(query))
        if not clauses:
            return []
        found = self._searcher.search(tantivy.Query.boolean_query(clauses), limit=CANDIDATES, count=False)
        matches = [_align(query, self._names[address.doc]) for _, address in found.hits]
        worth = max((match.met for match in matches), default=0.0) * NOISE
        return [match for match in matches if match.mask and match.met >= worth]

    def _clauses(self, query: Query) -> Iterator[tuple[Occur, tantivy.Query]]:
        """What may bring a name in: the same words before their beginnings before slips; Han pairs before single ones."""
        for at in query.word_at:
            unit = query.units[at]
            if query.telling and unit.weight < 0.5:
                continue  # 'st' brings in half the city; it only tells apart what the other words brought
            slips = _slips(unit.text, query.bold) if at in query.word_at[:MAX_SLIPPED] else 0
            for weight, clause in self._word(unit, at == query.last, slips):
                yield Occur.Should, tantivy.Query.boost_query(clause, weight)
        for _, _, joined in query.pairs:
            yield Occur.Should, tantivy.Query.boost_query(self._term(joined), 2.0)
        signs = [unit.text for unit in query.units if unit.kind == "han" and unit.weight > 0.25]
        for sign in dict.fromkeys(signs or query.han):
            yield Occur.Should, self._term(sign)
        for pair in dict.fromkeys(map("".join, pairwise(query.han))):
            yield Occur.Should, tantivy.Query.boost_query(self._term(pair), 2.0)

    def _word(self, unit: Unit, last: bool, slips: int) -> Iterator[tuple[float, tantivy.Query]]:
        yield 3.0, self._term(unit.text)
        if unit.kind == "number":
            if unit.text.isdecimal():
                yield 2.5, self._term(ordinal(int(unit.text)))
            if last:
                yield 0.5, self._near(unit.text, 0, prefix=True)
            return
        yield 1.0, self._near(unit.text, 0, prefix=True)
        if last and unit.raw != unit.text:
            yield 1.0, self._near(unit.raw, 0, prefix=True)
        if slips:
            yield 0.8, self._near(unit.text, slips, prefix=False)
            if last:
                yield 0.5, self._near(unit.text, 1, prefix=True)
        if len(unit.text) >= TAIL and unit.text.isalpha():
            yield 0.5, tantivy.Query.fuzzy_term_query(self._schema, "tails", unit.text, 0, True, True)

    def _term(self, text: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "terms", text, "basic")

    def _near(self, text: str, slips: int, prefix: bool) -> tantivy.Query:
        return tantivy.Query.fuzzy_term_query(self._schema, "terms", text, slips, True, prefix)


def _spellings(names: Names, sizes: list[int]) -> Iterator[Name]:
    """Every spelling of everything named; a bigger street stands before a smaller one that fits as well."""
    biggest = max(sizes, default=0) + 1
    for ref, street in enumerate(names.streets):
        prior = 0.5 + 0.5 * sizes[ref] / biggest
        for text in dict.fromkeys(filter(None, (street.name, street.name_zh, street.name_en))):
            yield _name("street", ref, text, prior)
        if street.sound:
            yield _sounded("street", ref, street.sound, prior)
    for ref, spot in enumerate(names.spots):
        kind: Literal["place", "area"] = "area" if spot.kind == "area" else "place"
        own = dict.fromkeys(filter(None, (spot.name, spot.name_zh, spot.name_en)))
        what = f"{spot.what.replace('_', ' ')} {WHAT.get(spot.what, '')}" if spot.what else ""
        for text in own:
            yield _name(kind, ref, text, 0.4, what)
        if spot.sound:
            yield _sounded(kind, ref, spot.sound, 0.4)


def _name(kind: Literal["street", "place", "area"], ref: int, text: str, prior: float, what: str = "") -> Name:
    found = units(text)[:24]
    words = [unit for unit in found if unit.kind in ("word", "number")]
    parts = [Part(unit.text, unit.weight, 1 << at) for at, unit in enumerate(words)]
    parts += [
        Part(left.text + right.text, left.weight + right.weight, left.bits | right.bits)
        for left, right in pairwise(parts)
        if left.text.isalpha() and right.text.isalpha() and left.weight + right.weight > 1
    ]
    total = sum(unit.weight for unit in found)
    han = "".join(unit.text for unit in found if unit.kind == "han")
    kinds, kind_han = _kind_words(what)
    parts += [Part(word, 0.0, 1 << 24 + at) for at, word in enumerate(kinds)]
    return Name(kind, ref, tuple(parts), han, kind_han, total or 1.0, tuple(unit.text for unit in found), prior)


def _sounded(kind: Literal["street", "place", "area"], ref: int, sound: str, prior: float) -> Name:
    """A Han name as it is typed in pinyin: its syllables apart, all together, or their first letters."""
    syllables = sound.split()
    every = (1 << len(syllables)) - 1
    parts = [Part(syllable, 1.0, 1 << at) for at, syllable in enumerate(syllables)]
    if len(syllables) > 1:
        parts += [Part(left.text + right.text, 2.0, left.bits | right.bits) for left, right in pairwise(parts)]
        parts.append(Part("".join(syllable[0] for syllable in syllables), float(len(syllables)), every))
    if len(syllables) > 2:
        parts.append(Part("".join(syllables), float(len(syllables)), every))
    return Name(kind, ref, tuple(parts), "", (), float(len(syllables)), tuple(syllables), prior)


@lru_cache(maxsize=1024)
def _kind_words(what: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words and the Han words of a kind of place."""
    words = tuple(dict.fromkeys(unit.text for unit in units(what) if unit.kind == "word"))
    return words, tuple(word for word in what.split() if not word.isascii())


def _terms(name: Name) -> Iterator[str]:
    yield from (part.text for part in name.parts)
    for han in (name.han, *name.kind_han):
        yield from han
        yield from map("".join, pairwise(han))


def _tails(name: Name) -> Iterator[str]:
    """The ends of long words and of whole sounds: `esplanadi` is how people look for Pohjoisesplanadi."""
    for part in name.parts:
        if part.weight and part.bits.bit_count() != 2 and part.text.isalpha():
            yield from (part.text[start:] for start in range(2, len(part.text) - TAIL + 1))


def _slips(word: str, bold: bool) -> int:
    """How many slips of the fingers a word may hold: one from four letters (bold: three), two from eight, none beside digits."""
    return 0 if len(word) < 4 - bold or not word.isalpha() else 1 if len(word) < 8 else 2


def _likeness(unit: Unit, word: str, last: bool, bold: bool) -> float:
    typed = unit.text
    if typed == word:
        return 1.0
    if unit.kind == "number":
        if typed.isdecimal() and ordinal(int(typed)) == word:
            return EXACT
        return 0.7 if last and word.startswith(typed) else 0.0
    if len(typed) > 1 and any(long.startswith(typed) for long in long_forms(word)):
        return 0.9
    if same(typed, word):
        return EXACT
    if last and unit.raw != typed and word.startswith(unit.raw):
        return _PREFIX_LAST + 0.15 * len(unit.raw) / len(word)
    if word.startswith(typed):
        return (_PREFIX_LAST if last else _PREFIX) + 0.15 * len(typed) / len(word)
    slips = _slips(typed, bold)
    off = OSA.distance(typed, word, score_cutoff=slips) if slips else 1
    if off <= slips:
        return 1 - _EDIT * off / len(typed)
    if len(typed) >= TAIL and typed in word:
        return _INSIDE + 0.15 * len(typed) / len(word)
    if slips and last and len(word) > len(typed):
        off = min(OSA.distance(typed, word[:size], score_cutoff=1) for size in range(len(typed) - 1, len(typed) + 2))
        if off <= 1:
            return _PREFIX_LAST - _EDIT * off / len(typed)
    return 0.0


def _align(query: Query, name: Name) -> Match:
    """Give each unit of the query the part of the name that it fits best, the surest pairs first."""
    got = [0.0] * len(query.units)
    covered, used, mask = 0.0, 0, 0
    fits = [(fit, -at, part) for at in query.word_at for part in name.parts if (fit := query.likeness(at, part.text)) > 0]
    pairs = [(_JOINED, at, after, part) for at, after, text in query.pairs for part in name.parts if part.text == text]
    for fit, at, after, part in pairs:
        if not used & part.bits and not got[at] and not got[after]:
            got[at] = got[after] = fit
            used, mask, covered = used | part.bits, mask | 1 << at | 1 << after, covered + part.weight
    for fit, minus_at, part in sorted(fits, reverse=True):
        at = -minus_at
        if not used & part.bits and not got[at]:
            got[at] = fit if part.bits.bit_count() == 1 else fit * _JOINED
            used, mask, covered = used | part.bits, mask | 1 << at, covered + part.weight * fit
    if query.han and (name.han or name.kind_han):
        for place, fit, own in _han(query.han, name):
            at = query.han_at[place]
            got[at], mask = fit, mask | 1 << at
            covered += query.units[at].weight * fit if own else 0.0
    met = sum(fit * unit.weight for fit, unit in zip(got, query.units, strict=True) if fit)
    return Match(name, tuple(got), mask, min(1.0, covered / name.total), met)


def _han(typed: str, name: Name) -> Iterator[tuple[int, float, bool]]:
    """The places in `typed` that the name meets, how well, and whether by its own signs or by those of its kind."""
    met: dict[int, float] = {}
    if name.han:
        start = typed.find(name.han)
        if start >= 0:
            met = dict.fromkeys(range(start, start + len(name.han)), 1.0)
        elif typed in name.han:
            met = dict.fromkeys(range(len(typed)), 1.0)
        else:
            for block in LCSseq.opcodes(typed, name.han):
                if block.tag == "equal":
                    fit = 0.95 if block.src_end - block.src_start > 1 else 0.7
                    met |= dict.fromkeys(range(block.src_start, block.src_end), fit)
    yield from ((place, fit, True) for place, fit in met.items())
    for word in name.kind_han:
        start = typed.find(word)
        if start >= 0:
            yield from ((place, 1.0, False) for place in range(start, start + len(word)) if place not in met)

"""Text as people type it, folded and cut into units that the search can match: words, numbers, single Han characters, joins."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

UnitKind = Literal["word", "number", "han", "join"]

_LONG_FORMS = {
    "st": "street", "ave": "avenue av avenida", "blvd": "boulevard boul bd", "rd": "road", "dr": "drive", "ln": "lane",
    "ct": "court", "pl": "place", "plz": "plaza", "ter": "terrace terr", "cir": "circle", "hwy": "highway", "aly": "alley",
    "pkwy": "parkway pky", "sq": "square", "stwy": "stairway", "expy": "expressway", "fwy": "freeway", "xing": "crossing",
    "n": "north", "s": "south", "e": "east", "w": "west",
}  # fmt: skip
_SAME = frozenset({("saint", "st"), ("doctor", "dr"), ("mount", "mt"), ("fort", "ft"), ("junior", "jr")})
"""Words that are short for a name's own word; two of them are also types, so they are only alike, not one spelling."""
_SHORT = {long: short for short, longs in _LONG_FORMS.items() for long in longs.split()}
_LONGS = {short: tuple(longs.split()) for short, longs in _LONG_FORMS.items()}
NUMBER_FIRST = frozenset({*_LONG_FORMS, *_SHORT, "way", "rue", "chemin"}) - frozenset("nsew") - {"avenida"}
"""Street types, as they are written, of the languages that put a house number before the street's name."""
_LIGHT = frozenset({*_LONG_FORMS, "way", "rue", "rua", "calle", "via", "the", "of", "de", "la", "del", "jr", "and", "or"})
_ROAD_ENDS = frozenset("路街道巷弄里")
JOINS = frozenset("&@/+x与與和跟") | {"and", "at", "och", "ja"}
CROSSING_TAIL = frozenset("路口交叉汇处岔")
_NUMBER_MARKS = frozenset("号號")

_ONES = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
    "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
]  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS = {word: at + 1 for at, word in enumerate(_ONES)} | {f"{tens[:-1]}ieth": value for tens, value in _TENS.items()}

_HAN = "\u3007\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNIT = re.compile(
    rf"(?P<han>[{_HAN}])"
    rf"|(?P<number>\d{{1,9}}(?:-\d{{1,9}})?[a-z]?(?![^\W_{_HAN}]))"
    rf"|(?P<word>[^\W\d_{_HAN}]{{3,}}(?=\d)|[^\W_{_HAN}]+)"
    r"|(?P<join>[&@/+,])"
)
_ORDINAL = re.compile(r"0*(\d+)(?:st|nd|rd|th)")
_DOOR = re.compile(r"(\d{1,9}[a-z]{1,3})\d{0,4}")
"""A number with its door and perhaps its flat in one word: 12bis, 12b45."""
_HAN_NUMBER = re.compile(r"(?<=[路街道巷弄里段])([〇零一二三四五六七八九十百千两]{1,7})(?=[号號])")
_HAN_DIGIT = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_HAN_SCALE = {"十": 10, "百": 100, "千": 1000}


def tables() -> dict[str, object]:
    """The words that these rules stand on, as plain data: whoever cuts texts elsewhere, as a phone does, takes them from here."""
    return {
        "long_forms": {short: list(longs) for short, longs in _LONGS.items()}, "same": sorted(map(list, _SAME)), "light": sorted(_LIGHT),
        "road_ends": "".join(sorted(_ROAD_ENDS)), "joins": sorted(JOINS), "crossing_tail": "".join(sorted(CROSSING_TAIL)),
        "number_marks": "".join(sorted(_NUMBER_MARKS)), "ordinals": _ORDINALS, "tens": _TENS, "scales": _HAN_SCALE, "digits": _HAN_DIGIT,
        "plain": {chr(sign): letter or "" for sign, letter in _PLAIN.items()},
    }  # fmt: skip


class Unit(NamedTuple):
    """One piece of a text in its canonical spelling and as it was typed, which may be the beginning of a longer word.

    `weight` is how much it says about which place is meant; `after`, that a comma stood before it.
    """

    text: str
    kind: UnitKind
    weight: float
    raw: str
    after: bool = False


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text in one width, one case and without accents, so that `Töölö`, `TOOLO` and `Ｔｏｏｌｏ` are one word."""
    if text.isascii():
        return text.lower().translate(_PLAIN)
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(letter for letter in wide if not "\u0300" <= letter <= "\u036f")
    plain = unicodedata.normalize("NFC", bare).translate(_PLAIN)
    return _HAN_NUMBER.sub(lambda found: str(_han_value(found[1])), plain)


_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "–": "-", "—": "-", "'": None,
                        "’": None, "‘": None, "`": None, "´": None, "，": ",", "、": ","})  # fmt: skip


def _han_value(digits: str) -> int:
    """A number written in Han digits, by place (二〇五) or by scale (二百零五)."""
    if not any(digit in _HAN_SCALE for digit in digits):
        return int("".join(str(_HAN_DIGIT[digit]) for digit in digits))
    total, digit = 0, 0
    for sign in digits:
        if sign in _HAN_SCALE:
            total, digit = total + (digit or 1) * _HAN_SCALE[sign], 0
        else:
            digit = _HAN_DIGIT[sign]
    return total + digit


def ordinal(value: int) -> str:
    """`18` as it stands in a street's name: `18th`."""
    tail = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{tail}"


def canonical(word: str) -> str:
    """A folded word in the one spelling that names and queries share: `street` is `st`, `first` and `01st` are `1st`."""
    if found := _ORDINAL.fullmatch(word):
        return ordinal(int(found[1][:9]))
    if word in _ORDINALS:
        return ordinal(_ORDINALS[word])
    return _SHORT.get(word, word)


def long_forms(word: str) -> tuple[str, ...]:
    """What a canonical short form may stand for, for a long form that is half typed."""
    return _LONGS.get(word, ())


def same(one: str, other: str) -> bool:
    """Whether one word is the usual short spelling of the other (`St` of Saint, `Mt` of Mount)."""
    return (one, other) in _SAME or (other, one) in _SAME


def weight_of(word: str) -> float:
    """A name's own words say the most, its type and direction the least."""
    return 0.25 if word in _LIGHT else 1.0


def units(text: str) -> list[Unit]:
    """Cut a text into its units, canonical and in order; punctuation that joins nothing is dropped."""
    found: list[Unit] = []
    after = False
    for piece in _UNIT.finditer(fold(text)):
        kind, raw = piece.lastgroup, piece.group()
        if raw == ",":
            after = bool(found)
        elif kind == "han":
            light = raw in _ROAD_ENDS or raw in _NUMBER_MARKS
            found.append(Unit(raw, "han", 0.2 if light else 0.5, raw, after))
        elif kind == "join":
            found.append(Unit(raw, "join", 0.0, raw, after))
        elif kind == "number":
            found.append(Unit(raw, "number", 1.0, raw, after))
        elif found and found[-1].text in _TENS and _ORDINALS.get(raw, 10) < 10:
            found[-1] = Unit(ordinal(_TENS[found[-1].text] + _ORDINALS[raw]), "word", 1.0, raw, after)
        elif (door := _DOOR.fullmatch(raw)) and not _ORDINAL.fullmatch(raw):
            found.append(Unit(door[1], "number", 1.0, raw, after))
        else:
            word = canonical(raw)
            found.append(Unit(word, "word", weight_of(word), raw, after))
    return found


def is_join(unit: Unit) -> bool:
    """Whether the unit may stand between two streets that cross."""
    return unit.kind == "join" or unit.text in JOINS


def is_number_mark(unit: Unit) -> bool:
    """Whether the unit only says that a house number came before it (12号)."""
    return unit.text in _NUMBER_MARKS

"""Coordinates as people type or paste them: decimal degrees, degrees and minutes, hemispheres in letters or in Chinese."""

import re

_SIGNS = str.maketrans({**dict.fromkeys("°º度˚", "°"), **dict.fromkeys("'’′分", "m"), **dict.fromkeys('"”″秒', "t"),
                        "−": "-", "，": ",", "；": ";"})  # fmt: skip
_HEMISPHERES = {"北纬": "n", "南纬": "s", "东经": "e", "西经": "w", "北緯": "n", "南緯": "s", "東經": "e", "西經": "w"}
_NUMBER = r"[+-]?\d{1,3}(?:\.\d{1,12})?"
_HALF = re.compile(rf"({_NUMBER})\s*[°:]?\s*(?:(\d{{1,2}}(?:\.\d{{1,12}})?)\s*[m:]?\s*(?:(\d{{1,2}}(?:\.\d{{1,12}})?)\s*t?)?)?")
_SIDES = {"n": ("lat", 1), "s": ("lat", -1), "e": ("lon", 1), "w": ("lon", -1)}


def parse(text: str) -> tuple[float, float] | None:
    """(lon, lat) in degrees, or None where the text is not a pair of coordinates.

    Without hemispheres the order is latitude, longitude, as maps and phones write it, unless only the other order can
    be true. Two bare whole numbers are not coordinates: they are far more often a number and a street.
    """
    plain = text.translate(_SIGNS).lower().strip()
    for words, letter in _HEMISPHERES.items():
        plain = plain.replace(words, letter)
    letters = [letter for letter in plain if letter in _SIDES]
    halves = _lettered(plain, letters) if letters else re.split(r"\s*[,;/]\s*|\s+", plain)
    if len(halves) != 2:
        return None
    values = [_degrees(half) for half in halves]
    if values[0] is None or values[1] is None:
        return None
    if not letters and not all("." in half or "°" in half or ":" in half for half in halves):
        return None
    first, second = values[0], values[1]
    if letters:
        (axis, sign), (_, other) = _SIDES[letters[0]], _SIDES[letters[1]]
        first, second = first * sign, second * other
        lat, lon = (first, second) if axis == "lat" else (second, first)
    else:
        lat, lon = (second, first) if abs(first) > 90 else (first, second)
    return (lon, lat) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _lettered(plain: str, letters: list[str]) -> list[str]:
    """The two halves that hemisphere letters head or close; nothing unless one letter is of each axis."""
    if len(letters) != 2 or _SIDES[letters[0]][0] == _SIDES[letters[1]][0]:
        return []
    before, between, behind = re.split("[nsew]", plain)
    halves = (between, behind) if not before else (before, between) if not behind else ()
    return [half.strip(" ,;/") for half in halves]


def _degrees(half: str) -> float | None:
    """Degrees with their fraction, from up to three numbers; None where it is not one angle."""
    found = _HALF.fullmatch(half)
    if found is None:
        return None
    degrees, minutes, seconds = found[1], found[2], found[3]
    if any(part and ("." in whole or float(part) >= 60) for whole, part in ((degrees, minutes), (minutes, seconds))):
        return None
    size = abs(float(degrees)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -size if degrees.startswith("-") else size

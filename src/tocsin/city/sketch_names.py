"""Names for a made city, Chinese with their English forms; as many as are asked for, each different."""

from tocsin.city.survey import Street

# Plants, weather, virtues and landscape, as Chinese cities like to name streets; no person's and no one city's names.
_FIRST = [
    ("海", "Hai"),
    ("松", "Song"),
    ("云", "Yun"),
    ("明", "Ming"),
    ("清", "Qing"),
    ("和", "He"),
    ("长", "Chang"),
    ("金", "Jin"),
    ("玉", "Yu"),
    ("锦", "Jin"),
    ("兰", "Lan"),
    ("竹", "Zhu"),
    ("梅", "Mei"),
    ("桂", "Gui"),
    ("荷", "He"),
    ("柳", "Liu"),
    ("枫", "Feng"),
    ("银", "Yin"),
    ("紫", "Zi"),
    ("青", "Qing"),
    ("白", "Bai"),
    ("红", "Hong"),
    ("春", "Chun"),
    ("秋", "Qiu"),
    ("朝", "Zhao"),
    ("晚", "Wan"),
    ("天", "Tian"),
    ("星", "Xing"),
    ("月", "Yue"),
    ("文", "Wen"),
    ("书", "Shu"),
    ("学", "Xue"),
]
_SECOND = [
    ("棠", "tang"),
    ("山", "shan"),
    ("河", "he"),
    ("湖", "hu"),
    ("泉", "quan"),
    ("林", "lin"),
    ("园", "yuan"),
    ("桥", "qiao"),
    ("塘", "tang"),
    ("岭", "ling"),
    ("峰", "feng"),
    ("溪", "xi"),
    ("湾", "wan"),
    ("港", "gang"),
    ("门", "men"),
    ("台", "tai"),
    ("阳", "yang"),
    ("光", "guang"),
    ("风", "feng"),
    ("霞", "xia"),
    ("苑", "yuan"),
    ("田", "tian"),
    ("洲", "zhou"),
    ("浦", "pu"),
    ("华", "hua"),
    ("安", "an"),
    ("宁", "ning"),
    ("兴", "xing"),
    ("德", "de"),
    ("仁", "ren"),
    ("康", "kang"),
]
_KINDS = [("路", "Road"), ("街", "Street"), ("巷", "Lane"), ("里", "Alley")]
_SIDES = [("", ""), ("东", "East"), ("西", "West"), ("南", "South"), ("北", "North"), ("中", "Middle")]
_DIGITS = "零一二三四五六七八九"


def word(number: int) -> tuple[str, str]:
    """Return the number-th base word and its English form, neighbours in the list sounding unlike; they repeat after
    992.
    """
    number = (number * 397) % (len(_FIRST) * len(_SECOND))
    first, second = _FIRST[number % len(_FIRST)], _SECOND[number // len(_FIRST)]
    return first[0] + second[0], first[1] + second[1]


def street(number: int) -> Street:
    """Return the number-th local street name; all are different."""
    words = len(_FIRST) * len(_SECOND)
    base, english = word(number)
    number //= words
    kind = _KINDS[number % len(_KINDS)]
    number //= len(_KINDS)
    side = _SIDES[number % len(_SIDES)]
    number //= len(_SIDES)
    ordinal = f"{numeral(number)}" if number else ""
    name = f"{base}{side[0]}{ordinal}{kind[0]}"
    return Street(name, name, " ".join(part for part in (english, side[1], _ordinal(number) if number else "", kind[1]) if part))


def ring(number: int) -> Street:
    """Return the name of a ring road, counted from the middle."""
    return Street(f"{numeral(number)}环路", f"{numeral(number)}环路", f"{_ordinal(number)} Ring Road")


def avenue(number: int) -> Street:
    """Return the name of a radial avenue."""
    base, english = word(number * 7 + 3)
    more = number // 990
    name = f"{base}{numeral(more) if more else ''}大道"
    return Street(name, name, f"{english} {f'{_ordinal(more)} ' if more else ''}Avenue")


def numeral(number: int) -> str:
    """Return a number below ten thousand as it is spoken in Chinese street names."""
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return "十" + (_DIGITS[number - 10] if number > 10 else "")
    if number < 100:
        return _DIGITS[number // 10] + "十" + (_DIGITS[number % 10] if number % 10 else "")
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _ordinal(number: int) -> str:
    tail = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"

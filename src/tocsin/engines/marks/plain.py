"""A plain text of somebody else's with a mark round it: a line that says so before and after, and letters without width where they alter no word.

No choice of words can be made in what others wrote, so this is the weakest of the marks: it outlasts re-saving, re-wrapping and copying a
paragraph, in any coding that has all letters; it is gone where somebody keeps letters of the common scripts alone and cuts both lines off.
"""

import re

from tocsin.engines.marks.text import hidden

_WORD_AT_END = re.compile(r"[^\W\d_][.!?…。！？;:；：)\"'”’）」]*$")
_SPLITS = ",;\t|"
_LOOKED_AT = 40


def marked_plain(text: str, mark: int, says: str) -> str | None:
    """The text as it goes out; None where a line more would break what a program reads of it (JSON, XML).

    A table gets the line at its end alone, after a `#`, so that its head and its cells are what they were.
    """
    if text.lstrip()[:1] in ("{", "[", "<"):
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    unseen, whole = hidden(mark), text if text.endswith(("\n", "\r")) or not text else text + end
    if _is_table(text):
        return f"{whole}# {says}{unseen}{end}"
    lines = whole.splitlines(keepends=True)
    fenced = False
    for at, line in enumerate(lines):
        bare = line.rstrip("\r\n")
        fenced ^= bare.lstrip().startswith("```")
        last = at + 1 == len(lines) or not lines[at + 1].strip()
        if last and not fenced and _WORD_AT_END.search(bare):
            lines[at] = bare + unseen + line[len(bare):]
    return f"{says}{unseen}{end}{end}{''.join(lines)}{end}{says}{unseen}{end}"


def _is_table(text: str) -> bool:
    """Whether nearly every line is cut by one and the same sign, as often as the first."""
    lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    if len(lines) < 2:
        return False
    return any(lines[0].count(sign) and sum(line.count(sign) == lines[0].count(sign) for line in lines) >= 0.9 * len(lines) for sign in _SPLITS)

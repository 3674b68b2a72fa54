"""Right-to-left names in a left-to-right letter: joined Arabic letters, in the order they are drawn.

A PDF draws glyphs where it is told to; nobody reorders them later. This is the small part of the
Unicode bidirectional algorithm that a German letter needs: runs of right-to-left text inside a line.
"""

import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

from notifications.pdf.fonts import has_glyph

_RTL: Final = frozenset({"R", "AL"})
_NUMBER: Final = frozenset({"EN", "AN", "ES", "CS", "ET"})
_FORMS: Final = ("isolated", "final", "initial", "medial")
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_MIRROR: Final = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))
_LAM: Final = "\u0644"


def visual(line: str) -> str:
    """The characters of one line in drawing order, left to right. Most lines come back unchanged."""
    if not any(_is_rtl(char) for char in line):
        return line
    first = next(i for i, char in enumerate(line) if _is_rtl(char))
    start = first
    out = line[:start]
    while start < len(line):
        end = _run_end(line, start)
        out += _drawn(line[start:end])
        following = next((i for i in range(end, len(line)) if _is_rtl(line[i])), len(line))
        out += line[end:following]
        start = following
    return out


def _is_rtl(char: str) -> bool:
    return unicodedata.bidirectional(char) in _RTL


def _run_end(line: str, start: int) -> int:
    """The end of a right-to-left run: its last right-to-left letter before any left-to-right one."""
    end = start
    for i in range(start, len(line)):
        if unicodedata.bidirectional(line[i]) == "L":
            break
        if _is_rtl(line[i]) or unicodedata.combining(line[i]):
            end = i + 1
    # A bracket that opened inside the run also closes in it.
    while line[end : end + 1] in _PAIRS and line.count(_PAIRS[line[end]], start, end) > line.count(
        line[end], start, end
    ):
        end += 1
    return end


def _drawn(run: str) -> str:
    """A run back to front: marks stay behind their letter, numbers keep their order, brackets turn."""
    clusters: list[str] = []
    for numeric, chars in groupby(_shaped(run), key=lambda c: unicodedata.bidirectional(c) in _NUMBER):
        if numeric:
            clusters.append("".join(chars))
            continue
        for char in chars:
            if unicodedata.combining(char) and clusters:
                clusters[-1] += char
            else:
                clusters.append(_MIRROR.get(char, char))
    return "".join(reversed(clusters))


@cache
def _table() -> dict[str, dict[str, str]]:
    """Letters (and lam-alef pairs) with their joined forms, out of the Unicode database itself."""
    table: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD)):
        form, *base = unicodedata.decomposition(chr(code)).split()[:3] or [""]
        letters = "".join(chr(int(point, 16)) for point in base)
        if form.strip("<>") in _FORMS and has_glyph(chr(code)) and " " not in letters:
            table.setdefault(letters, {})[form.strip("<>")] = chr(code)
    return table


def _shaped(run: str) -> str:
    """Arabic letters of a run in the form that their neighbours ask for, still in reading order."""
    letters = _joined_lam_alef(run)
    out: list[str] = []
    for i, letter in enumerate(letters):
        forms = _table().get(letter)
        if forms is None:
            out.append(letter)
            continue
        before = "initial" in _table().get(_neighbour(letters, i, -1), {})
        after = "initial" in forms and "final" in _table().get(_neighbour(letters, i, 1), {})
        wanted = _FORMS[(1 if before else 0) + (2 if after else 0)]
        out.append(forms.get(wanted) or forms.get("isolated") or letter)
    return "".join(out)


def _joined_lam_alef(run: str) -> list[str]:
    letters: list[str] = []
    for char in run:
        if letters and letters[-1] == _LAM and _LAM + char in _table():
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _neighbour(letters: list[str], i: int, step: int) -> str:
    i += step
    while 0 <= i < len(letters) and unicodedata.combining(letters[i][0]):
        i += step
    return letters[i] if 0 <= i < len(letters) else ""

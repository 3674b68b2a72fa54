"""The two embedded fonts: registration, widths, and text made fit to be drawn and broken into lines."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FontName = Literal["DejaVuSans", "DejaVuSans-Bold"]
REGULAR: Final[FontName] = "DejaVuSans"
BOLD: Final[FontName] = "DejaVuSans-Bold"

#: Longer texts are cut with a visible mark: about six pages in a single field.
LONGEST_TEXT: Final = 20_000
CUT_MARK: Final = " [… gekürzt]"
MISSING_GLYPH: Final = "\ufffd"

_FOLDER = Path(__file__).resolve().parent.parent / "fonts"
_SPACES = re.compile(r"[^\S\n\u00a0\u202f]+")
# A line must not end with a section sign, nor start with a dash.
_GLUED = re.compile(r"(?<=§) (?=\d)| (?=– )")
# Invisible controls steer the order or shape of text and have no place in a letter; line feeds stay.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@cache
def _font(name: FontName) -> TTFont:
    font = TTFont(name, str(_FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFont(font)
    return font


def register() -> None:
    """Make both fonts known to ReportLab; cheap when done before."""
    _font(REGULAR)
    _font(BOLD)


def has_glyph(char: str) -> bool:
    """Whether both fonts can draw the character."""
    code = ord(char)
    return code in _font(REGULAR).face.charToGlyph and code in _font(BOLD).face.charToGlyph


def clean(text: str, limit: int = LONGEST_TEXT) -> str:
    """Text from people, fit to be drawn: composed, no controls, no missing glyphs, limited in length.

    Line feeds stay, other white space becomes single spaces, no-break spaces stay what they are.
    """
    # Cut before the costly steps: composing can only shorten what is left by a few characters.
    cut = len(text) > limit
    text = unicodedata.normalize("NFC", text[:limit].replace("\r\n", "\n").replace("\r", "\n"))
    drawn = "".join(_drawable(char) for char in text)
    return _GLUED.sub("\u00a0", _SPACES.sub(" ", drawn)).strip() + (CUT_MARK if cut else "")


@lru_cache(maxsize=4096)
def _drawable(char: str) -> str:
    if char.isspace():
        return char if char == "\n" or has_glyph(char) else " "
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    return char if has_glyph(char) else MISSING_GLYPH


def width_of(text: str, font: FontName, size: float) -> float:
    """Width in points. The fonts are set without kerning, so it is the sum of the characters."""
    face = _font(font).face
    widths, default = face.charWidths, face.defaultWidth
    return float(sum(widths.get(ord(char), default) for char in text)) * size / 1000


def wrap(text: str, font: FontName, size: float, width: float) -> list[str]:
    """Break cleaned text into lines not wider than ``width`` points, in time linear in its length.

    Breaks at spaces and line feeds; a word wider than a line is broken where the line ends.
    """
    return [line for paragraph in text.split("\n") for line in _wrap_paragraph(paragraph, font, size, width)]


def _wrap_paragraph(text: str, font: FontName, size: float, width: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    space = width_of(" ", font, size)
    for word in text.split(" "):
        for piece, piece_width in _pieces(word, font, size, width):
            if line and used + space + piece_width <= width:
                line, used = f"{line} {piece}", used + space + piece_width
                continue
            if line:
                lines.append(line)
            line, used = piece, piece_width
    return [*lines, line]


def _pieces(word: str, font: FontName, size: float, width: float) -> list[tuple[str, float]]:
    """The word with its width, or its parts that fit a line each."""
    whole = width_of(word, font, size)
    if whole <= width:
        return [(word, whole)]
    pieces: list[tuple[str, float]] = []
    start, used = 0, 0.0
    for i, char in enumerate(word):
        char_width = width_of(char, font, size)
        if used + char_width > width and i > start:
            pieces.append((word[start:i], used))
            start, used = i, 0.0
        used += char_width
    return [*pieces, (word[start:], used)]

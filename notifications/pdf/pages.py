"""What a laid-out letter is: pages of lines and rules, and the tree of tags that says what they mean."""

from dataclasses import dataclass, field
from typing import Final

from reportlab.lib.units import mm

from notifications.pdf.fonts import BOLD, REGULAR, FontName

# DIN 5008, form B, in points from the upper left corner of an A4 page.
PAGE_WIDTH: Final = 210 * mm
PAGE_HEIGHT: Final = 297 * mm
LEFT: Final = 25 * mm
WIDTH: Final = 165 * mm
TOP_OF_NEXT_PAGES: Final = 25 * mm
BOTTOM: Final = 276 * mm
FOLD_MARKS: Final = (105 * mm, 148.5 * mm, 210 * mm)


@dataclass(frozen=True)
class Style:
    """A font with its size, distance of lines, and space before, in points."""

    font: FontName
    size: float
    leading: float
    before: float = 0


BODY: Final = Style(REGULAR, 9.5, 13.2, 6.5)
STRONG: Final = Style(BOLD, 9.5, 13.2, 6.5)
SMALL: Final = Style(REGULAR, 8, 11, 8)
CELL: Final = Style(REGULAR, 8.5, 11.5)
CELL_STRONG: Final = Style(BOLD, 8.5, 11.5)
CAPTION: Final = Style(BOLD, 9.5, 13.5, 9)
HEADINGS: Final = {1: Style(BOLD, 11.5, 15), 2: Style(BOLD, 10, 14, 12), 3: Style(BOLD, 9.5, 13.5, 10)}
LETTERHEAD: Final = Style(BOLD, 14, 18)
DEPARTMENT: Final = Style(REGULAR, 9, 12)
RETURN_LINE: Final = Style(REGULAR, 6.5, 8)
INFO_LABEL: Final = Style(REGULAR, 7, 9, 2.5)
INFO_VALUE: Final = Style(REGULAR, 8.5, 11)


@dataclass(frozen=True)
class Line:
    """One drawn line; ``x`` and ``y`` (its base line) in points from the upper left corner."""

    x: float
    y: float
    text: str
    style: Style


@dataclass(frozen=True)
class Rule:
    """A thin straight line; never carries meaning."""

    x: float
    y: float
    to_x: float
    width: float = 0.5


@dataclass(eq=False)
class Run:
    """Lines of one element on one page: one marked-content sequence."""

    page: int
    mcid: int
    lines: list[Line]


@dataclass(eq=False)
class Element:
    """A node of the structure tree, with its parts in reading order."""

    tag: str
    kids: list["Element | Run"] = field(default_factory=list)
    scope: str = ""

    def add(self, tag: str, scope: str = "") -> "Element":
        """A new last child."""
        child = Element(tag, scope=scope)
        self.kids.append(child)
        return child


@dataclass(eq=False)
class Page:
    """Everything drawn on one page: tagged runs, and what is only decoration to a screen reader."""

    runs: list[tuple[str, Run]] = field(default_factory=list)
    decoration: list[Line] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


@dataclass(eq=False)
class Layout:
    """The finished letter."""

    pages: list[Page]
    root: Element

"""Placing text on pages from top to bottom, each line with the tag that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.pdf.fonts import clean, width_of, wrap
from notifications.pdf.pages import (
    BOTTOM,
    CELL,
    CELL_STRONG,
    LEFT,
    TOP_OF_NEXT_PAGES,
    WIDTH,
    Element,
    Line,
    Page,
    Rule,
    Run,
    Style,
)

_CELL_PADDING = 3.0
_ASCENT = 0.76  # of the font size, so that a line's y is its upper edge everywhere but in ``Line``


@dataclass(frozen=True)
class Cell:
    """A cell of a table row: its tag, text and place."""

    tag: str
    text: str
    x: float
    width: float
    style: Style
    scope: str = ""
    right: bool = False


class Flow:
    """A pen that moves down the page and turns to the next one."""

    def __init__(self, top: float) -> None:
        self.pages = [Page()]
        self.root = Element("Document")
        self.y = top

    @property
    def page(self) -> Page:
        """The page that is being written."""
        return self.pages[-1]

    @property
    def room(self) -> float:
        """Points left on this page."""
        return BOTTOM - self.y

    @property
    def at_top(self) -> bool:
        """Whether nothing has been placed on this page yet (never on the first, which has its head)."""
        return len(self.pages) > 1 and self.y == TOP_OF_NEXT_PAGES

    def turn(self) -> None:
        """Start the next page."""
        self.pages.append(Page())
        self.y = TOP_OF_NEXT_PAGES

    def keep(self, height: float) -> None:
        """Turn the page unless so many points are left; a fresh page is as good as it gets."""
        if height > self.room and not self.at_top:
            self.turn()

    def space(self, height: float) -> None:
        """Leave space, but none at the top of a page."""
        if not self.at_top:
            self.y += height

    def rule(self, x: float = LEFT, width: float = WIDTH, weight: float = 0.5) -> None:
        """A thin line where the pen is."""
        self.page.rules.append(Rule(x, self.y, x + width, weight))

    def place(self, element: Element, lines: Sequence[Line]) -> None:
        """Put lines on this page as part of an element."""
        run = Run(len(self.pages) - 1, len(self.page.runs), list(lines))
        element.kids.append(run)
        self.page.runs.append((element.tag, run))

    def text(
        self,
        parent: Element,
        tag: str,
        text: str,
        style: Style,
        *,
        x: float = LEFT,
        width: float = WIDTH,
        keep_with: float = 0,
    ) -> None:
        """A text that may run over pages, never with a single line of several left behind.

        Args: keep_with, points that must follow on the same page (a heading with its first lines).
        """
        lines = wrap(clean(text), style.font, style.size, width)
        self.space(style.before)
        self.keep(min(len(lines), 2) * style.leading + keep_with)
        element = parent.add(tag)
        while lines:
            fitting = max(1, int(self.room // style.leading))
            self.place(element, [self._next_line(line, x, style) for line in lines[:fitting]])
            lines = lines[fitting:]
            if lines:
                self.turn()

    def _next_line(self, text: str, x: float, style: Style) -> Line:
        line = Line(x, self.y + style.size * _ASCENT, text, style)
        self.y += style.leading
        return line

    def row(self, table: Element, cells: Sequence[Cell], head: Sequence[Cell] = ()) -> None:
        """A row of a table. It moves to the next page whole if it can, and is divided if it must.

        Args: head, the cells repeated as decoration at the top of each further page.
        """
        rest = [
            wrap(clean(cell.text), cell.style.font, cell.style.size, cell.width - 2 * _CELL_PADDING) for cell in cells
        ]
        leading = max(cell.style.leading for cell in cells)
        height = max(map(len, rest)) * leading + 2 * _CELL_PADDING
        if height > self.room and height <= BOTTOM - TOP_OF_NEXT_PAGES - 30:
            self._turn_in_table(head)
        element = table.add("TR")
        parts = [element.add(cell.tag, cell.scope) for cell in cells]
        while any(rest):
            fitting = int((self.room - 2 * _CELL_PADDING) // leading)
            if fitting < 1:
                self._turn_in_table(head)
                continue
            self._slice(parts, cells, [lines[:fitting] for lines in rest], leading)
            rest = [lines[fitting:] for lines in rest]

    def blank_row(self, height: float, head: Sequence[Cell], *, gap: float) -> None:
        """A row to write on by hand: a rule under each column, and nothing for a screen reader.

        Args: head, the cells of the columns, repeated on a further page; gap, points between two rules.
        """
        if height > self.room:
            self._turn_in_table(head)
        self.y += height
        for cell in head:
            self.rule(cell.x, cell.width - gap, 0.25)

    def _turn_in_table(self, head: Sequence[Cell]) -> None:
        self.turn()
        if head:
            self.page.decoration += [self._in_cell(cell, cell.text, 0, cell.style.leading) for cell in head]
            self.y += head[0].style.leading + 2 * _CELL_PADDING
            self.rule(weight=0.8)

    def _slice(
        self, parts: Sequence[Element], cells: Sequence[Cell], lines: Sequence[Sequence[str]], leading: float
    ) -> None:
        """The part of a row that stands on this page, with the rule below it."""
        for part, cell, own in zip(parts, cells, lines, strict=True):
            if own:
                self.place(part, [self._in_cell(cell, text, i, leading) for i, text in enumerate(own)])
        self.y += max(map(len, lines)) * leading + 2 * _CELL_PADDING
        self.rule(weight=0.25)

    def _in_cell(self, cell: Cell, text: str, index: int, leading: float) -> Line:
        style = cell.style
        x = cell.x + _CELL_PADDING
        if cell.right:
            x = cell.x + cell.width - _CELL_PADDING - width_of(text, style.font, style.size)
        return Line(x, self.y + _CELL_PADDING + index * leading + style.size * _ASCENT, text, style)


def cells(
    texts: Sequence[str],
    widths: Sequence[float],
    *,
    strong: bool = False,
    tag: str = "TD",
    scope: str = "",
    last_right: bool = True,
) -> list[Cell]:
    """Cells side by side over the whole width; ``widths`` are parts of 1."""
    out: list[Cell] = []
    x = LEFT
    for i, (text, part) in enumerate(zip(texts, widths, strict=True)):
        right = last_right and i == len(texts) - 1
        style = CELL_STRONG if strong else CELL
        out.append(Cell(tag, text, x, part * WIDTH, style, scope, right))
        x += part * WIDTH
    return out

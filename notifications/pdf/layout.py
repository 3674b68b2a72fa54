"""From blocks to pages: the letterhead of DIN 5008 form B or the plain head of a sheet, then each block below it."""

from dataclasses import replace
from functools import singledispatch
from typing import Final

from reportlab.lib.units import mm

from notifications.pdf.blocks import (
    AnswerLines,
    Block,
    Document,
    EmptyTable,
    Facts,
    FormLine,
    Heading,
    Items,
    NewPage,
    Para,
    Signature,
    Table,
    TickLine,
)
from notifications.pdf.data import Address
from notifications.pdf.flow import Cell, Flow, cells
from notifications.pdf.fonts import clean, wrap
from notifications.pdf.pages import (
    BODY,
    CAPTION,
    DEPARTMENT,
    HEADINGS,
    INFO_LABEL,
    INFO_VALUE,
    LEFT,
    LETTERHEAD,
    RETURN_LINE,
    SMALL,
    STRONG,
    WIDTH,
    Layout,
    Rule,
    Style,
)

_HEAD_TOP: Final = 16 * mm
_WINDOW_WIDTH: Final = 80 * mm
_RETURN_TOP: Final = 58.5 * mm
_ADDRESS_TOP: Final = 62.7 * mm
_ADDRESS_HEIGHT: Final = 27.3 * mm
_INFO_LEFT: Final = 125 * mm
_INFO_TOP: Final = 50 * mm
_INFO_WIDTH: Final = 70 * mm
_TEXT_TOP: Final = 103 * mm
# Below the head of a sheet, and between lines that are written on by hand.
_SHEET_GAP: Final = 8 * mm
_BY_HAND: Final = 8 * mm
_GAP: Final = 4
_HINT: Final = Style(SMALL.font, SMALL.size, SMALL.leading)
_BOX: Final = "\u2610"
_ADDRESS_STYLES: Final = [
    Style(BODY.font, 9.5, 12.5),
    Style(BODY.font, 8, 10.5),
    Style(BODY.font, 6.5, 8.5),
]


def lay_out(document: Document) -> Layout:
    """The pages of a letter with their tags. Pure: the same document gives the same pages."""
    flow = Flow(_HEAD_TOP)
    _letterhead(flow, document)
    if document.recipient is None:
        flow.y += _SHEET_GAP
    else:
        _address(flow, document, document.recipient)
        _info(flow, document)
        flow.y = _TEXT_TOP
    flow.text(flow.root, "H1", document.subject, HEADINGS[1])
    for block in document.blocks:
        _draw(block, flow)
    return Layout(flow.pages, flow.root)


@singledispatch
def _draw(block: Block, flow: Flow) -> None:
    """Place one block where the pen is; one function for each kind of block."""
    raise TypeError(f"{type(block).__name__} is no block of a letter")


def _letterhead(flow: Flow, document: Document) -> None:
    flow.text(flow.root, "P", document.sender.authority, LETTERHEAD)
    flow.text(flow.root, "P", document.sender.department, DEPARTMENT)
    flow.y += 4
    flow.rule(weight=1)


def _address(flow: Flow, document: Document, recipient: Address) -> None:
    """The address window: the sender's small line, then the recipient in the largest size that fits."""
    flow.y = _RETURN_TOP
    line = wrap(clean(document.sender.return_line()), RETURN_LINE.font, RETURN_LINE.size, _WINDOW_WIDTH)[0]
    flow.text(flow.root, "P", line, RETURN_LINE, width=_WINDOW_WIDTH)
    flow.page.rules.append(Rule(LEFT, flow.y, LEFT + _WINDOW_WIDTH, 0.25))
    flow.y = _ADDRESS_TOP
    address = "\n".join(clean(part) for part in recipient.lines())
    style, lines = _fitting(address)
    flow.text(flow.root, "P", "\n".join(lines), style, width=_WINDOW_WIDTH + 1)


def _fitting(address: str) -> tuple[Style, list[str]]:
    style, lines = _ADDRESS_STYLES[-1], [""]
    for style in _ADDRESS_STYLES:
        lines = wrap(address, style.font, style.size, _WINDOW_WIDTH)
        if len(lines) * style.leading <= _ADDRESS_HEIGHT:
            return style, lines
    # Longer than any envelope window: the name is cut there, the letter itself states it in full.
    most = int(_ADDRESS_HEIGHT // style.leading)
    return style, [*lines[: most - 2], *lines[-2:]]


def _info(flow: Flow, document: Document) -> None:
    flow.y = _INFO_TOP
    for label, value in document.info:
        flow.text(flow.root, "P", label, INFO_LABEL, x=_INFO_LEFT, width=_INFO_WIDTH)
        flow.text(flow.root, "P", value, INFO_VALUE, x=_INFO_LEFT, width=_INFO_WIDTH)


@_draw.register
def _heading(block: Heading, flow: Flow) -> None:
    flow.text(flow.root, f"H{block.level}", block.text, HEADINGS[block.level], keep_with=3 * BODY.leading)


@_draw.register
def _para(block: Para, flow: Flow) -> None:
    flow.text(flow.root, "P", block.text, STRONG if block.strong else SMALL if block.small else BODY)


@_draw.register
def _items(block: Items, flow: Flow) -> None:
    parent = flow.root.add("L", "Decimal" if block.numbered else "Disc")
    for number, text in enumerate(block.items, start=1):
        item = parent.add("LI")
        flow.space(4)
        flow.keep(2 * BODY.leading)
        top = flow.y
        tight = Style(BODY.font, BODY.size, BODY.leading)
        flow.text(item, "Lbl", f"{number}." if block.numbered else "•", tight, x=LEFT + 4, width=20)
        flow.y = top
        flow.text(item, "LBody", text, tight, x=LEFT + 26, width=WIDTH - 26)


@_draw.register
def _facts(block: Facts, flow: Flow) -> None:
    flow.space(7)
    table = flow.root.add("Table")
    for label, value in block.rows:
        head, _ = cells((label, ""), (0.3, 0.7), strong=True, tag="TH", scope="Row")
        _, body = cells(("", value), (0.3, 0.7), last_right=False)
        flow.row(table, (head, body))


@_draw.register
def _table(block: Table, flow: Flow) -> None:
    table = flow.root.add("Table")
    flow.text(table, "Caption", block.caption, CAPTION, keep_with=3 * CAPTION.leading)
    head = cells(block.head, block.widths, strong=True, tag="TH", scope="Column")
    flow.row(table, head)
    for row in block.rows:
        flow.row(table, _headed(cells(row, block.widths)), head)
    if block.total:
        flow.row(table, _headed(cells(block.total, block.widths, strong=True)), head)


def _headed(row: list[Cell]) -> list[Cell]:
    """The row with its first cell as the head of the row."""
    return [replace(row[0], tag="TH", scope="Row"), *row[1:]]


@_draw.register
def _signature(block: Signature, flow: Flow) -> None:
    lines = block.lines()
    flow.keep(len(lines) * (BODY.leading + 4) + 10)
    for i, line in enumerate(lines):
        flow.text(flow.root, "P", line, Style(BODY.font, BODY.size, BODY.leading, 2 if i else 10))


@_draw.register
def _form_line(block: FormLine, flow: Flow) -> None:
    flow.keep(60)
    flow.y += 38
    flow.rule(width=WIDTH * 0.6)
    flow.y += 3
    flow.text(flow.root, "P", block.label, Style(SMALL.font, SMALL.size, SMALL.leading))


@_draw.register
def _answer_lines(block: AnswerLines, flow: Flow) -> None:
    flow.text(flow.root, "P", block.label, STRONG, keep_with=_BY_HAND * 2 + (SMALL.leading if block.hint else 0))
    if block.hint:
        flow.text(flow.root, "P", block.hint, _HINT, keep_with=_BY_HAND)
    for _ in range(block.lines):
        flow.keep(_BY_HAND)
        flow.y += _BY_HAND
        flow.rule(weight=0.25)
    flow.y += _GAP


@_draw.register
def _tick_line(block: TickLine, flow: Flow) -> None:
    flow.space(_GAP)
    flow.keep(2 * BODY.leading)
    top = flow.y
    tight = Style(BODY.font, BODY.size, BODY.leading)
    flow.text(flow.root, "P", _BOX, Style(BODY.font, 12, BODY.leading), width=20)
    flow.y = top
    flow.text(flow.root, "P", block.label, tight, x=LEFT + 20, width=WIDTH - 20)
    if block.hint:
        flow.text(flow.root, "P", block.hint, _HINT, x=LEFT + 20, width=WIDTH - 20)


@_draw.register
def _empty_table(block: EmptyTable, flow: Flow) -> None:
    table = flow.root.add("Table")
    flow.text(table, "Caption", block.caption, CAPTION, keep_with=3 * _BY_HAND)
    head = cells(block.head, block.widths, strong=True, tag="TH", scope="Column", last_right=False)
    flow.row(table, head)
    for _ in range(block.rows):
        flow.blank_row(_BY_HAND, head, gap=_GAP)


@_draw.register
def _new_page(block: NewPage, flow: Flow) -> None:
    flow.turn()

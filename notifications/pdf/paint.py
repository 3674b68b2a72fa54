"""Drawing laid-out pages with ReportLab: each run inside its marked-content brackets."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from notifications.pdf.bidi import visual
from notifications.pdf.blocks import Document
from notifications.pdf.fonts import REGULAR, clean, register, width_of
from notifications.pdf.pages import (
    FOLD_MARKS,
    LEFT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL,
    WIDTH,
    Layout,
    Line,
    Page,
    Rule,
    Style,
)

_FOOTER_Y = PAGE_HEIGHT - 30
_HEADER_Y = 42.0
_FOOT = Style(REGULAR, 7, 9)


def paint(layout: Layout, document: Document) -> bytes:
    """The pages as a plain PDF; the same layout gives the same bytes."""
    register()
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, initialFontName=REGULAR)  # type: ignore[arg-type]  # the stubs take a font name for a number
    canvas.setTitle(clean(document.title))
    canvas.setAuthor(clean(document.sender.authority))
    canvas.setSubject(clean(document.subject))
    for number, page in enumerate(layout.pages, start=1):
        _decorate(canvas, page, document, number, len(layout.pages))
        for tag, run in page.runs:
            canvas.addLiteral(f"/{tag} <</MCID {run.mcid}>> BDC")
            for line in run.lines:
                _line(canvas, line)
            canvas.addLiteral("EMC")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _line(canvas: Canvas, line: Line) -> None:
    """One line. Reordered text carries the original, so that it is read aloud and copied as written."""
    drawn = visual(line.text)
    canvas.setFont(line.style.font, line.style.size)
    if drawn != line.text:
        actual = line.text.encode("utf-16-be").hex().upper()
        canvas.addLiteral(f"/Span <</ActualText <FEFF{actual}>>> BDC")
    # The space at the end keeps the last word from growing together with the next line when read aloud.
    canvas.drawString(line.x, PAGE_HEIGHT - line.y, f"{drawn} ")
    if drawn != line.text:
        canvas.addLiteral("EMC")


def _decorate(canvas: Canvas, page: Page, document: Document, number: int, total: int) -> None:
    """Everything that a screen reader skips: rules, fold marks, repeated heads, header and footer."""
    canvas.addLiteral("/Artifact BMC")
    marks = [Rule(11, y, 22, 0.4) for y in FOLD_MARKS] if number == 1 and document.recipient else []
    for rule in (*page.rules, *marks, Rule(LEFT, _FOOTER_Y - 12, LEFT + WIDTH, 0.25)):
        canvas.setLineWidth(rule.width)
        canvas.line(rule.x, PAGE_HEIGHT - rule.y, rule.to_x, PAGE_HEIGHT - rule.y)
    for line in (*page.decoration, *_header(document, number), *_footer(document, number, total)):
        canvas.setFont(line.style.font, line.style.size)
        canvas.drawString(line.x, PAGE_HEIGHT - line.y, visual(line.text))
    canvas.addLiteral("EMC")


def _header(document: Document, number: int) -> list[Line]:
    return [Line(LEFT, _HEADER_Y, clean(document.title), SMALL)] if number > 1 else []


def _footer(document: Document, number: int, total: int) -> list[Line]:
    sender = document.sender
    contact = " · ".join(part for part in (sender.return_line(), sender.phone, sender.web) if part)
    page = clean(document.page_words.format(number=number, total=total))
    right = LEFT + WIDTH - width_of(page, _FOOT.font, _FOOT.size)
    return [Line(LEFT, _FOOTER_Y, clean(contact, 120), _FOOT), Line(right, _FOOTER_Y, page, _FOOT)]

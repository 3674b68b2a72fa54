"""Drawings as server-rendered SVG, each with the table of its figures: no script, no inline style.

Pure functions; colours come from classes in ``static/css/miteinander.css``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.money import format_cents

Text = str | Promise

_WIDTH = 720
_BAR_HEIGHT = 44
_PLOT_TOP, _PLOT_HEIGHT, _PLOT_LEFT = 12, 220, 92
_TONES = ("1", "2", "3", "4", "5")
# The fills that have the colours of the lines 1 to 3 (mt-line-… in the sheet).
_LINE_TONES = ("1", "3", "4")


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar; ``tone`` is 1 to 6 or "rest" (pale, for what is left)."""

    label: Text
    cents: int
    tone: str = ""


@dataclass(frozen=True)
class Series:
    """A line; ``cents`` has one value for each place on the axis, None where nothing is known."""

    label: Text
    cents: Sequence[int | None]


@dataclass(frozen=True)
class LegendEntry:
    """A key of the legend."""

    label: Text
    tone: str


@dataclass(frozen=True)
class Chart:
    """What ``components/chart.html`` shows: the drawing and the same figures as a table.

    ``wide`` drawings carry words and scroll sideways on a phone instead of shrinking.
    """

    svg: SafeString
    caption: Text
    head: Sequence[Text]
    rows: Sequence[Sequence[Text]]
    legend: Sequence[LegendEntry] = field(default_factory=tuple)
    wide: bool = False


def stacked_bar(segments: Sequence[Segment], title: Text, desc: Text, *, chart_id: str = "bar") -> Chart:
    """One bar whose parts add up to the whole.

    Args:
        segments: the parts in order, in cents; parts of 0 are in the table but not in the bar.
        title: names the drawing and the table.
        desc: the drawing in a sentence, for who cannot see it.
        chart_id: unique on the page.

    Raises:
        ValueError: a part is negative.
    """
    if any(segment.cents < 0 for segment in segments):
        raise ValueError("a part of a stacked bar is never negative")
    toned = [(segment, segment.tone or _TONES[place % len(_TONES)]) for place, segment in enumerate(segments)]
    total = sum(segment.cents for segment in segments)
    svg = _frame(_bars(toned, total), title, desc, chart_id, _BAR_HEIGHT)
    figures = [*((segment.label, segment.cents) for segment in segments), (_("Total"), total)]
    rows = [(label, format_cents(cents), percent(cents, total)) for label, cents in figures]
    legend = [LegendEntry(segment.label, tone) for segment, tone in toned]
    return Chart(svg, title, (_("Part"), _("Amount"), _("Share of the whole")), rows, legend)


def _bars(toned: Sequence[tuple[Segment, str]], total: int) -> SafeString:
    starts = [0, *accumulate(segment.cents for segment, _tone in toned)]
    drawn = [
        (tone, _along(start, total), _along(start + segment.cents, total) - _along(start, total), segment)
        for (segment, tone), start in zip(toned, starts, strict=False)
        if segment.cents
    ]
    return format_html_join(
        "",
        '<rect class="mt-fill-{}" x="{}" y="0" width="{}" height="{}" stroke="#fff" stroke-width="2">'
        "<title>{}: {}</title></rect>",
        (
            (tone, f"{left:.1f}", f"{width:.1f}", _BAR_HEIGHT, segment.label, format_cents(segment.cents))
            for tone, left, width, segment in drawn
        ),
    )


def _along(cents: int, total: int) -> float:
    return cents / total * _WIDTH if total else 0.0


def percent(part: int, total: int) -> str:
    """A share as ``12,5 %``; of nothing, a dash."""
    if not total:
        return "–"
    tenths = (2000 * part + total) // (2 * total)
    return f"{tenths // 10},{tenths % 10}\u00a0%"


def line_chart(
    places: Sequence[Text],
    series: Sequence[Series],
    title: Text,
    desc: Text,
    *,
    limit_cents: int | None = None,
    chart_id: str = "lines",
) -> Chart:
    """Up to three lines over the same places (months), with an optional limit drawn across.

    Args:
        places: names along the axis.
        series: the lines, in cents; each has as many values as there are places.
        title: names the drawing and the table.
        desc: the drawing in a sentence.
        limit_cents: a level that matters, for example the appropriation.
        chart_id: unique on the page.

    Raises:
        ValueError: a line has another number of values than there are places, or there are more than three.
    """
    if len(series) > 3 or any(len(line.cents) != len(places) for line in series):
        raise ValueError("at most three lines, each with one value for each place")
    values = [value for line in series for value in line.cents if value is not None]
    top = round_up(max([*values, limit_cents or 0, 1]))
    content = format_html("{}{}{}", _grid(places, top), _limit(limit_cents, top), _lines(series, top))
    svg = _frame(content, title, desc, chart_id, _PLOT_TOP + _PLOT_HEIGHT + 32)
    rows = [(place, *(_amount(line.cents[number]) for line in series)) for number, place in enumerate(places)]
    legend = [LegendEntry(line.label, tone) for line, tone in zip(series, _LINE_TONES, strict=False)]
    return Chart(svg, title, (_("When"), *(line.label for line in series)), rows, legend, wide=True)


def round_up(cents: int) -> int:
    """The next round level for an axis: 1, 2 or 5 times a power of ten."""
    power = int("1".ljust(len(str(cents)), "0"))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= cents)


def _amount(cents: int | None) -> str:
    return "–" if cents is None else format_cents(cents)


def _x(number: int, count: int) -> float:
    room = _WIDTH - _PLOT_LEFT - 24
    return _PLOT_LEFT + (room * number / (count - 1) if count > 1 else room / 2)


def _y(cents: int, top: int) -> float:
    return _PLOT_TOP + _PLOT_HEIGHT * (1 - cents / top)


def _grid(places: Sequence[Text], top: int) -> SafeString:
    levels = format_html_join(
        "",
        '<line class="mt-axis" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_PLOT_LEFT, _WIDTH - 8, f"{y:.1f}", f"{y:.1f}", _PLOT_LEFT - 8, f"{y + 4:.1f}", words)
            for y, words in ((_y(top * part // 4, top), _axis_words(top * part // 4)) for part in range(5))
        ),
    )
    # Twelve words fit below the axis; of more, every second or third one is written.
    stride = max(1, -(-len(places) // 12))
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{_x(number, len(places)):.1f}", _PLOT_TOP + _PLOT_HEIGHT + 22, place)
            for number, place in enumerate(places)
            if number % stride == 0
        ),
    )
    return format_html("{}{}", levels, names)


def _axis_words(cents: int) -> str:
    return format_cents(cents).replace(",00", "")


def _limit(limit_cents: int | None, top: int) -> SafeString:
    if limit_cents is None:
        return SafeString("")
    y = f"{_y(limit_cents, top):.1f}"
    shape = '<line class="mt-limit" x1="{}" x2="{}" y1="{}" y2="{}"/>'
    return format_html(shape, _PLOT_LEFT, _WIDTH - 8, y, y)


def _lines(series: Sequence[Series], top: int) -> SafeString:
    return format_html_join(
        "",
        '<path class="mt-line-{}" d="{}"/>',
        ((number, _path(line.cents, top)) for number, line in enumerate(series, start=1)),
    )


def _path(values: Sequence[int | None], top: int) -> str:
    """Draw from value to value; a gap lifts the pen."""
    steps = []
    pen_down = False
    for number, value in enumerate(values):
        if value is not None:
            steps.append(f"{'L' if pen_down else 'M'}{_x(number, len(values)):.1f} {_y(value, top):.1f}")
        pen_down = value is not None
    return " ".join(steps)


def _frame(content: SafeString, title: Text, desc: Text, chart_id: str, height: int) -> SafeString:
    return format_html(
        '<svg role="img" viewBox="0 0 {width} {height}" aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc>{content}</svg>',
        width=_WIDTH,
        height=height,
        id=chart_id,
        title=title,
        desc=desc,
        content=content,
    )


def spread_bar(low: float, mean: float, high: float, *, maximum: float = 100) -> SafeString:
    """How far apart the sheets of one application are: a thin bar from lowest to highest, a mark at the mean.

    Decoration beside the figures, hidden from readers. Args: points, 0 to ``maximum``.
    """
    left, middle, right = (value / maximum * 100 for value in (low, mean, high))
    return format_html(
        '<svg class="mt-spread" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="mt-fill-rest" y="5" width="100" height="2"/>'
        '<rect class="mt-fill-2" x="{}" y="3" width="{}" height="6"/>'
        '<rect class="mt-fill-1" x="{}" y="0" width="1.6" height="12"/></svg>',
        f"{left:.1f}",
        f"{max(right - left, 1):.1f}",
        f"{min(max(middle - 0.8, 0), 98.4):.1f}",
    )

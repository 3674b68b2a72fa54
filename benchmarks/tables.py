"""The words of `make bench`: a table for each size, the bars, what was missed."""

from collections.abc import Sequence

from benchmarks.bars import BARS, Bar, Verdict, unmeasured
from benchmarks.figures import Figures, Sheet
from benchmarks.names import PAGES
from benchmarks.report import figure, machine, table

HEAD = ("Job", "SQL", "rows", "kB", "median ms", "p95 ms", "CPU web", "CPU database", "CPU worker", "per s", "× floor")
EXPLAINED = """\
CPU is milliseconds of processor time for one request or piece, of the web server (or whatever process acts), of \
PostgreSQL and of the workers. Median and p95 are milliseconds from the moment a request was due, at 40 % of the \
rate that eight clients reach; "per s" is that rate. The floor is a page of the product with nothing on it: frame, \
navigation, session and one query of its own. "bare" is a Django application on the same server without the product's \
middleware and frame. Eight clients and the server share the two cores."""


def bench_section(sheets: Sequence[Sheet], verdicts: Sequence[Verdict]) -> str:
    """Return the whole section of the measurement."""
    parts = ["## Speed (`make bench`)", machine() + ".", EXPLAINED, "### Bars", bars_table(sheets, verdicts)]
    for sheet in sheets:
        parts += [f"### {sheet.size:,} applications", size_table(sheet)]
        if sheet.facts:
            parts.append(", ".join(f"{name}: {value}" for name, value in sheet.facts.items()) + ".")
    return "\n\n".join(parts)


def bars_table(sheets: Sequence[Sheet], verdicts: Sequence[Verdict]) -> str:
    """Return what each bar wants and what was measured at each size; a miss is bold and says by how much."""
    head = ("Bar", "wanted", *(f"{sheet.size:,}" for sheet in sheets))
    rows = [(bar.words, _wanted(bar), *(_cell(bar, sheet, verdicts) for sheet in sheets)) for bar in BARS]
    return table(head, rows)


def _wanted(bar: Bar) -> str:
    return f"{'≥' if bar.least else '≤'} {bar.limit:,}"


def _cell(bar: Bar, sheet: Sheet, verdicts: Sequence[Verdict]) -> str:
    for verdict in verdicts:
        if verdict.bar == bar and verdict.size == sheet.size:
            shown = f"{verdict.value:,.2f}".removesuffix(".00")
            return shown if verdict.holds else f"**{shown}, missed {bar.miss(verdict.value)}**"
    return "–"


def size_table(sheet: Sheet) -> str:
    """Return the figures of one size, one line for each job."""
    return table(HEAD, [_line(each, sheet) for each in sheet.figures.values()])


def _line(each: Figures, sheet: Sheet) -> tuple[str, ...]:
    ratio = sheet.ratio(each.job, "floor", "cpu_ms") if each.job in PAGES else None
    return (
        each.job, figure(each.queries, 0), figure(each.rows, 0),
        figure(each.size / 1000 if each.size is not None else None),
        figure(each.median), figure(each.p95), figure(each.web_ms), figure(each.database_ms), figure(each.workers_ms),
        figure(each.per_second), figure(ratio),
    )  # fmt: skip


def missed(sheets: Sequence[Sheet], verdicts: Sequence[Verdict]) -> list[str]:
    """Return a line for each bar that was missed, or about which nothing is known."""
    lines = [str(verdict) for verdict in verdicts if not verdict.holds]
    return lines + [f"{bar.words}: not measured" for bar in unmeasured(sheets)]

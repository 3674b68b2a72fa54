"""The bars of `make bench`, literally: which figure of which job may be how large at most, or must be at least."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.figures import Sheet

LISTS = ("list", "list-filtered", "list-searched", "list-last")
LETTERS = ("award", "rejection", "receipt")
PLENTY = (10_000, 100_000)


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        job: whose figure.
        figure: its name, see `Figures`.
        limit: in the figure's own unit, or as a multiple of the same figure of the job `of`.
        least: the limit is the least, not the most.
        of: compare with the same figure of this job in the same run.
        sizes: for these only; none for all.
        words: what the reader calls it.
    """

    job: str
    figure: str
    limit: float
    words: str
    least: bool = False
    of: str = ""
    sizes: tuple[int, ...] = ()

    def value(self, sheet: Sheet) -> float | None:
        """Return the figure at this size, None where it was not measured or is not asked for."""
        if self.sizes and sheet.size not in self.sizes:
            return None
        return sheet.ratio(self.job, self.of, self.figure) if self.of else sheet.value(self.job, self.figure)

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit

    def miss(self, value: float) -> str:
        """Return by how much a value misses the bar, in percent of the bar."""
        if self.limit == 0:
            return f"by {value:,.0f}"
        return f"by {abs(value - self.limit) / self.limit:.0%}"


BARS: tuple[Bar, ...] = (
    *(Bar(name, "queries", 12, f"{name}: statements") for name in LISTS),
    *(Bar(name, "size", 60_000, f"{name}: bytes") for name in LISTS),
    *(Bar(name, "cpu_ms", 6, f"{name}: processor time, × floor", of="floor") for name in LISTS),
    Bar("dashboard", "cpu_ms", 8, "juror's dashboard: processor time, × floor", of="floor"),
    Bar("ranking", "cpu_ms", 15, "ranking of 153 × 6: processor time, × floor", of="floor"),
    Bar("score-submit", "queries", 15, "score submit: statements"),
    Bar("submit", "queries", 25, "submit: statements"),
    Bar("export", "ms_10000", 2000, "export: milliseconds for 10,000 rows", sizes=PLENTY),
    Bar("export", "queries_grown", 0, "export: statements more for all rows than for few"),
    Bar("export", "memory_mb", 16, "export: megabytes that a web process grows by"),
    Bar("list", "per_second", 0.4, "list: requests a second, of a bare list of its rows", least=True, of="bare-rows"),
    Bar("case", "per_second", 0.4, "case: requests a second, of a signed-in page", least=True, of="floor"),
    Bar("notices", "per_second", 300, "notices a second", least=True),
    Bar("letter-rejection", "per_second", 20, "two-page letters a second", least=True),
    *(
        Bar(f"letter-{name}", "per_second", 0.3, f"letters ({name}) a second, of drawing alone", True, f"draw-{name}")
        for name in LETTERS
    ),
    Bar(
        "notice-letter", "per_second", 0.25, "notices with a letter a second, of drawing and sending alone",
        least=True, of="draw-and-send",
    ),
    Bar("decisions", "per_second", 120, "decisions a second about one budget", least=True),
    Bar("books-million", "median", 5000, "books of a million transfers: milliseconds", sizes=(100_000,)),
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """How a bar fared at one size."""

    bar: Bar
    size: int
    value: float

    @property
    def holds(self) -> bool:
        return self.bar.holds(self.value)

    def __str__(self) -> str:
        sign = "at least" if self.bar.least else "at most"
        missed = "" if self.holds else f": missed {self.bar.miss(self.value)}"
        return f"{self.bar.words} at {self.size:,}: {self.value:,.2f}, {sign} {self.bar.limit:,}{missed}"


def judge(sheets: Iterable[Sheet], bars: Sequence[Bar] = BARS) -> list[Verdict]:
    """Return a verdict for each bar and size that was measured."""
    return [
        Verdict(bar, sheet.size, value) for sheet in sheets for bar in bars if (value := bar.value(sheet)) is not None
    ]


def unmeasured(sheets: Sequence[Sheet], bars: Sequence[Bar] = BARS) -> list[Bar]:
    """Return the bars about which the run says nothing; a bar that is not measured is not met."""
    return [bar for bar in bars if all(bar.value(sheet) is None for sheet in sheets)]

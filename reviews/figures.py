"""The arithmetic of the jury, exact: sheets, means, spreads, ranks. Pure, no database.

Every figure is a `Fraction` and is rounded once, where it is shown (`tenths`). A tie is exact equality.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

TOP_SCORE = 5

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Mark:
    """One answer on a sheet: a score from 0 to 5, or "cannot judge", or still open (neither)."""

    code: str
    weight: int
    value: int | None
    not_judged: bool = False

    @property
    def open(self) -> bool:
        """Tell whether the juror has not answered yet."""
        return self.value is None and not self.not_judged


@dataclass(frozen=True)
class Group:
    """Criteria that together must reach `percent` of their points; a flag, never an exclusion."""

    codes: frozenset[str]
    percent: int


@dataclass(frozen=True)
class Thresholds:
    """When a round flags a case: mean below `minimum`, sheets `spread` or more apart, a weak group."""

    minimum: int
    spread: int
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class CaseFigures:
    """What the sheets of one case say, with the flags that the round's thresholds raise."""

    totals: tuple[Fraction, ...]
    mean: Fraction | None
    spread: Fraction | None
    below_minimum: bool
    wide_spread: bool
    weak_groups: tuple[Group, ...]

    @property
    def sheets(self) -> int:
        """Number of sheets that count."""
        return len(self.totals)

    @property
    def flagged(self) -> bool:
        """Tell whether anything should be talked about."""
        return self.below_minimum or self.wide_spread or bool(self.weak_groups)


def sheet_total(marks: Sequence[Mark]) -> Fraction | None:
    """Return 100 · Σ(weight · score) / (5 · Σ weights judged).

    "Cannot judge" leaves both sums. None while a criterion is open, or when nothing was judged.
    """
    if not marks or any(mark.open for mark in marks):
        return None
    judged = [mark for mark in marks if mark.value is not None]
    weights = sum(mark.weight for mark in judged)
    points = sum(mark.weight * (mark.value or 0) for mark in judged)
    return Fraction(100 * points, TOP_SCORE * weights) if weights else None


def mean(values: Collection[Fraction]) -> Fraction | None:
    """Return the exact mean, None of nothing."""
    return sum(values, Fraction()) / len(values) if values else None


def spread(values: Collection[Fraction]) -> Fraction | None:
    """Return largest minus smallest, None of nothing."""
    return max(values) - min(values) if values else None


def group_mean(sheets: Iterable[Sequence[Mark]], codes: Collection[str]) -> Fraction | None:
    """Return the mean, over the sheets that judged any of `codes`, of the points in these criteria (0 to 100)."""
    parts = (sheet_total([mark for mark in marks if mark.code in codes]) for marks in sheets)
    return mean([part for part in parts if part is not None])


def case_figures(sheets: Sequence[Sequence[Mark]], thresholds: Thresholds) -> CaseFigures:
    """Work out a case from its counted sheets; leave recused jurors' sheets out before calling."""
    totals = tuple(total for total in map(sheet_total, sheets) if total is not None)
    middle, apart = mean(totals), spread(totals)
    weak = ((group, part) for group in thresholds.groups if (part := group_mean(sheets, group.codes)) is not None)
    return CaseFigures(
        totals=totals,
        mean=middle,
        spread=apart,
        below_minimum=middle is not None and middle < thresholds.minimum,
        wide_spread=apart is not None and len(totals) > 1 and apart >= thresholds.spread,
        weak_groups=tuple(group for group, part in weak if part < group.percent),
    )


def ranks(means: Mapping[K, Fraction | None]) -> dict[K, int | None]:
    """Return competition ranks (1, 2, 2, 4): one more than the number of better means; None without a mean."""
    ordered = sorted((value for value in means.values() if value is not None), reverse=True)
    first: dict[Fraction, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {key: None if value is None else first[value] for key, value in means.items()}


def tenths(value: Fraction) -> Decimal:
    """Round half up to one decimal, for display only."""
    return Decimal(math.floor(value * 10 + Fraction(1, 2))).scaleb(-1)

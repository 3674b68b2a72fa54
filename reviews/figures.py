"""The arithmetic of the jury, exact: sheets, means, spreads, ranks. Pure, no database.

Every figure is a `Fraction` and is rounded once, where it is shown (`tenths`). A tie is exact equality.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping
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


@dataclass(frozen=True)
class Sums:
    """Answers added up: of a whole sheet, or of its criteria in one group."""

    #: Σ weight · score of what was judged.
    points: int
    #: Σ weights of what was judged; "cannot judge" leaves both sums.
    weights: int
    #: Answers that are missing.
    open: int = 0

    @property
    def total(self) -> Fraction | None:
        """100 · points / (5 · weights); None while an answer is missing, or when nothing was judged."""
        if self.open or not self.weights:
            return None
        return Fraction(100 * self.points, TOP_SCORE * self.weights)


@dataclass(frozen=True)
class Sheet:
    """One juror's answers added up, whole and for each group of the round's thresholds."""

    whole: Sums
    groups: tuple[Sums, ...] = ()


def sums_of(marks: Iterable[Mark]) -> Sums:
    """Add answers up."""
    points = weights = missing = 0
    for mark in marks:
        missing += mark.open
        if mark.value is not None:
            points += mark.weight * mark.value
            weights += mark.weight
    return Sums(points, weights, missing)


def sheet_total(marks: Iterable[Mark]) -> Fraction | None:
    """Return what a sheet gives, from 0 to 100; None while a criterion is open, or when nothing was judged."""
    return sums_of(marks).total


def mean(values: Collection[Fraction]) -> Fraction | None:
    """Return the exact mean, None of nothing."""
    if not values:
        return None
    # Over one denominator in whole numbers: adding fractions one by one reduces each step anew.
    common = math.lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (common // value.denominator) for value in values), common * len(values))


def spread(values: Collection[Fraction]) -> Fraction | None:
    """Return largest minus smallest, None of nothing."""
    return max(values) - min(values) if values else None


def _mean_of(parts: Iterable[Sums]) -> Fraction | None:
    return mean([total for part in parts if (total := part.total) is not None])


def figures_of(sheets: Collection[Sheet], thresholds: Thresholds) -> CaseFigures:
    """Work out a case from its counted sheets, their groups in the order of the thresholds.

    Leave recused jurors' sheets out before calling.
    """
    totals = tuple(total for sheet in sheets if (total := sheet.whole.total) is not None)
    middle, apart = mean(totals), spread(totals)
    parts = ((group, _mean_of(s.groups[place] for s in sheets)) for place, group in enumerate(thresholds.groups))
    return CaseFigures(
        totals=totals,
        mean=middle,
        spread=apart,
        below_minimum=middle is not None and middle < thresholds.minimum,
        wide_spread=apart is not None and len(totals) > 1 and apart >= thresholds.spread,
        weak_groups=tuple(group for group, part in parts if part is not None and part < group.percent),
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
    return Decimal((20 * value.numerator + value.denominator) // (2 * value.denominator)).scaleb(-1)

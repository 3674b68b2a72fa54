"""Exact maths of sheets, means, spreads and ranks."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.figures import (
    CaseFigures,
    Group,
    Mark,
    Sheet,
    Thresholds,
    figures_of,
    mean,
    ranks,
    sheet_total,
    spread,
    sums_of,
    tenths,
)  # fmt: skip

WEIGHTS = {"AIM": 20, "PART": 20, "LOW": 15, "INNO": 15, "SUST": 10, "PLAN": 10, "TRAN": 5, "COST": 5}
LIMITS = Thresholds(60, 30, (Group(frozenset({"AIM", "PART"}), 50),))

marks = st.builds(
    lambda code, weight, value: Mark(code, weight, None if value == "x" else value, value == "x"),
    st.text("ABC", min_size=1, max_size=3),
    st.integers(1, 100),
    st.one_of(st.integers(0, 5), st.just("x")),
)
sheets = st.lists(marks, min_size=1, max_size=9)
figures = st.fractions(0, 100, max_denominator=40)


def case_figures(sheets: Sequence[Sequence[Mark]], limits: Thresholds) -> CaseFigures:
    """As the ranking has it from the database: each sheet added up, whole and by group."""
    parts = [[[m for m in marks if m.code in group.codes] for group in limits.groups] for marks in sheets]
    added = [Sheet(sums_of(marks), tuple(map(sums_of, groups))) for marks, groups in zip(sheets, parts, strict=True)]
    return figures_of(added, limits)


def sheet(value: int | None, **other: int | None) -> list[Mark]:
    return [Mark(code, weight, other.get(code, value)) for code, weight in WEIGHTS.items()]


@pytest.mark.parametrize(("value", "total"), [(0, 0), (1, 20), (3, 60), (5, 100)])
def test_equal_scores_give_their_share_of_a_hundred(value: int, total: int) -> None:
    assert sheet_total(sheet(value)) == total


def test_weights_count() -> None:
    assert sheet_total(sheet(3, AIM=5)) == 68


def test_open_criterion_leaves_no_total() -> None:
    assert sheet_total(sheet(3, COST=None)) is None
    assert sheet_total([]) is None


def test_cannot_judge_leaves_both_sums() -> None:
    judged = [Mark("A", 20, 5), Mark("B", 80, None, not_judged=True)]
    assert sheet_total(judged) == 100
    assert sheet_total([Mark("A", 20, None, not_judged=True)]) is None


def test_third_is_kept_exact() -> None:
    assert sheet_total([Mark("A", 1, 5), Mark("B", 2, 0)]) == Fraction(100, 3)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(1, 20), "0.1"), (Fraction(849, 10), "84.9"), (Fraction(8495, 100), "85.0"), (Fraction(100, 3), "33.3"),
     (Fraction(8494999, 100000), "84.9"), (Fraction(0), "0.0"), (Fraction(100), "100.0")],
)  # fmt: skip
def test_shown_with_one_decimal_rounded_half_up(value: Fraction, shown: str) -> None:
    assert tenths(value) == Decimal(shown)


def test_flags_stand_exactly_at_their_limits() -> None:
    at = case_figures([sheet(3), sheet(3)], LIMITS)
    below = case_figures([sheet(3), sheet(3, COST=2)], LIMITS)
    assert (at.mean, at.below_minimum) == (Fraction(60), False)
    assert (below.mean, below.below_minimum) == (Fraction(119, 2), True)


def test_spread_flag_at_thirty() -> None:
    wide = case_figures([sheet(5), sheet(4, AIM=3, LOW=3, INNO=3)], LIMITS)
    assert (wide.spread, wide.wide_spread) == (Fraction(30), True)
    close = case_figures([sheet(5), sheet(4, AIM=3, LOW=3, TRAN=3)], LIMITS)
    assert (close.spread, close.wide_spread) == (Fraction(28), False)


def test_weak_group_flags() -> None:
    weak = case_figures([sheet(5, AIM=2, PART=2)], LIMITS)
    half = case_figures([sheet(5, AIM=2, PART=3)], LIMITS)
    assert [bool(weak.weak_groups), bool(half.weak_groups)] == [True, False]


def test_no_sheets_no_figures() -> None:
    empty = case_figures([], LIMITS)
    assert (empty.mean, empty.spread, empty.sheets, empty.flagged) == (None, None, 0, False)


def test_equals_share_a_rank_and_the_next_one_is_skipped() -> None:
    means = {"a": Fraction(80), "b": Fraction(90), "c": Fraction(80), "d": None, "e": Fraction(70)}
    assert ranks(means) == {"a": 2, "b": 1, "c": 2, "d": None, "e": 4}


@given(sheets)
def test_total_lies_between_nought_and_a_hundred(answers: list[Mark]) -> None:
    total = sheet_total(answers)
    judged = [mark for mark in answers if mark.value is not None]
    assert (total is None) == (not judged)
    assert total is None or 0 <= total <= 100


@given(sheets, st.integers(1, 50))
def test_scaling_all_weights_changes_nothing(answers: list[Mark], factor: int) -> None:
    scaled = [Mark(m.code, m.weight * factor, m.value, m.not_judged) for m in answers]
    assert sheet_total(scaled) == sheet_total(answers)


@given(st.lists(figures, min_size=1, max_size=8))
def test_mean_lies_inside_and_order_is_no_matter(values: list[Fraction]) -> None:
    middle, apart = mean(values), spread(values)
    assert middle is not None
    assert min(values) <= middle <= max(values)
    assert (middle, apart) == (mean(values[::-1]), spread(values[::-1]))
    assert middle * len(values) == sum(values)


@given(st.lists(sheets, max_size=4))
def test_group_of_all_criteria_is_weak_where_the_case_is(answers: list[list[Mark]]) -> None:
    everything = Group(frozenset(mark.code for marks in answers for mark in marks), 60)
    found = case_figures(answers, Thresholds(60, 30, (everything,)))
    assert bool(found.weak_groups) == found.below_minimum


@given(st.dictionaries(st.integers(), st.one_of(st.none(), figures), max_size=12))
def test_rank_is_one_more_than_the_number_of_better_ones(means: dict[int, Fraction | None]) -> None:
    found = ranks(means)
    for key, value in means.items():
        better = [other for other in means.values() if other is not None and value is not None and other > value]
        assert found[key] == (None if value is None else 1 + len(better))


@given(figures)
def test_rounding_moves_by_at_most_half_a_tenth(value: Fraction) -> None:
    assert -Fraction(1, 20) < Fraction(tenths(value)) - value <= Fraction(1, 20)

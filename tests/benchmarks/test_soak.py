"""The words of the soak: what is held, what is missed and by how much."""

import pytest

from benchmarks.client import Answer
from benchmarks.soak.applicants import Draft, Seen
from benchmarks.soak.bars import Bar
from benchmarks.soak.deadline import Peak


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "held"),
    [(0, 0, False, True), (1, 0, False, False), (9, 10, True, False), (10, 10, True, True), (5, None, False, True)],
)
def test_a_bar_is_held_or_missed(value: float, limit: float | None, at_least: bool, held: bool) -> None:
    assert Bar("storm", "lost", value, limit, at_least=at_least).held is held


def test_a_miss_is_told_in_words() -> None:
    missed = Bar("deadline 10×", "page, p95", 612.4, 500, "ms")

    assert missed.missed_by == "deadline 10×: page, p95 is 612 ms, bar ≤ 500 ms, missed by 112"
    assert missed.row == ("deadline 10×", "page, p95", "612 ms", "≤ 500 ms", "**missed**")


def figures(*, numbers: list[str | None], late: bool = False, pressed_at: float = 0.0) -> dict[str, float]:
    """The figures of a peak in which each was acknowledged, the first one after having been turned away."""
    seen = [
        Seen(Draft(pk, 1, ""), acknowledged=True, turned_away=pk == 0, pressed_at=pressed_at)
        for pk in range(len(numbers))
    ]
    seen[0].answers.append(("submit", Answer(503, {"retry-after": "10"}, (), b"", 0, 0, 0, 0.2)))
    rows = {pk: (number, late) for pk, number in enumerate(numbers)}
    return {bar.name: bar.value for bar in Peak(1, "", seen, 0.0, 10.0, rows).bars()}


def test_a_crowd_is_judged_by_the_database() -> None:
    good, bad = figures(numbers=["A-1", "A-2"]), figures(numbers=["A-1", "A-1", None], late=True)

    assert (good["acknowledged and not in the database"], bad["acknowledged and not in the database"]) == (0, 1)
    assert (good["case numbers given twice"], bad["case numbers given twice"]) == (0, 1)
    assert (good["turned away in time, then called late"], bad["turned away in time, then called late"]) == (0, 1)
    assert figures(numbers=["A-1"], late=True, pressed_at=11.0)["turned away in time, then called late"] == 0

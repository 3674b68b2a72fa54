"""Drawings: the parts fill the bar, the table has the figures, and words stay words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.charts import LegendEntry, Segment, Series, line_chart, percent, round_up, spread_bar, stacked_bar


def widths(svg: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect [^>]*?width="([0-9.]+)"', svg)]


def test_bar_is_divided_by_amounts() -> None:
    chart = stacked_bar([Segment("Paid", 25_00), Segment("Open", 75_00, "rest")], "Budget", "A quarter is paid.")

    assert widths(chart.svg) == [180.0, 540.0]
    assert list(chart.legend) == [LegendEntry("Paid", "1"), LegendEntry("Open", "rest")]
    assert chart.rows[0] == ("Paid", "25,00\xa0€", "25,0\xa0%")
    assert chart.rows[-1][1:] == ("100,00\xa0€", "100,0\xa0%")


def test_bar_leaves_out_what_is_nothing_but_lists_it() -> None:
    chart = stacked_bar([Segment("Paid", 0), Segment("Open", 5)], "Budget", "Nothing is paid.")

    assert widths(chart.svg) == [720.0]
    assert chart.rows[0] == ("Paid", "0,00\xa0€", "0,0\xa0%")


def test_bar_of_nothing_at_all() -> None:
    chart = stacked_bar([Segment("Paid", 0)], "Budget", "Nothing.")

    assert widths(chart.svg) == []
    assert chart.rows[-1][2] == "–"


def test_bar_refuses_a_negative_part() -> None:
    with pytest.raises(ValueError, match="never negative"):
        stacked_bar([Segment("Paid", -1)], "Budget", "")


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=6))
def test_bar_is_filled_exactly(amounts: list[int]) -> None:
    chart = stacked_bar([Segment(str(cents), cents) for cents in amounts], "Budget", "")

    assert sum(widths(chart.svg)) == pytest.approx(720 if any(amounts) else 0, abs=0.5)


def test_words_never_become_markup() -> None:
    chart = stacked_bar([Segment("<script>", 5)], "<b>", "<i>")

    assert "<script>" not in chart.svg
    assert "&lt;script&gt;" in chart.svg
    assert "style=" not in chart.svg


def test_line_lifts_the_pen_where_nothing_is_known() -> None:
    chart = line_chart(["Jan", "Feb", "Mar"], [Series("Paid", [0, None, 200_00])], "Flow", "")

    path = re.search(r'class="mt-line-1" d="([^"]*)"', chart.svg)
    assert path is not None
    assert path[1] == "M92.0 232.0 M696.0 12.0"
    assert [row[1] for row in chart.rows] == ["0,00\xa0€", "–", "200,00\xa0€"]


def test_line_legend_has_the_colours_of_the_lines() -> None:
    lines = [Series("a", [1]), Series("b", [2]), Series("c", [3])]

    assert [entry.tone for entry in line_chart(["Jan"], lines, "Flow", "").legend] == ["1", "3", "4"]


def test_line_shows_the_limit() -> None:
    chart = line_chart(["Jan", "Feb"], [Series("Paid", [0, 100])], "Flow", "", limit_cents=200)

    assert 'class="mt-limit"' in chart.svg
    assert 'y1="12.0"' in chart.svg


def test_line_wants_as_many_values_as_places() -> None:
    with pytest.raises(ValueError, match="one value for each place"):
        line_chart(["Jan"], [Series("Paid", [1, 2])], "Flow", "")


@pytest.mark.parametrize(("cents", "top"), [(1, 1), (3, 5), (15_000_000, 20_000_000), (20, 20), (501, 1000)])
def test_axis_ends_at_a_round_level(cents: int, top: int) -> None:
    assert round_up(cents) == top


@pytest.mark.parametrize(
    ("part", "total", "words"), [(1, 3, "33,3\xa0%"), (2, 3, "66,7\xa0%"), (1, 2000, "0,1\xa0%"), (0, 0, "–")]
)
def test_percent_is_rounded_half_up(part: int, total: int, words: str) -> None:
    assert percent(part, total) == words


def test_spread_reaches_from_the_lowest_to_the_highest_sheet() -> None:
    assert widths(spread_bar(40, 60, 90)) == [100.0, 50.0, 1.6]
    assert 'x="40.0"' in spread_bar(40, 60, 90)
    assert 'x="59.2"' in spread_bar(40, 60, 90)
    assert widths(spread_bar(2, 2, 2, maximum=5)) == [100.0, 1.0, 1.6]

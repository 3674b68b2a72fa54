"""Periods of law against tables worked out by hand, and their properties against Hypothesis."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import dates
from notifications.dates import BERLIN

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-23", True),  # Monday
        ("2026-11-21", False),  # Saturday
        ("2026-11-22", False),  # Sunday
        ("2026-01-01", False),
        ("2026-04-03", False),  # Good Friday
        ("2026-04-06", False),  # Easter Monday
        ("2026-05-01", False),
        ("2026-05-14", False),  # Ascension
        ("2026-05-25", False),  # Whit Monday
        ("2026-06-04", True),  # Corpus Christi: no holiday in Lower Saxony
        ("2026-11-18", True),  # Buß- und Bettag: none either
        ("2024-10-31", False),  # Reformation Day, since 2018
        ("2024-11-01", True),  # All Saints: none
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2026-12-31", True),
    ],
)
def test_working_days_of_lower_saxony(day: str, works: bool) -> None:
    assert dates.is_working_day(d(day)) is works


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-02-28", 1, "2027-03-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 13, "2027-12-30"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2027-01-15", -1, "2026-12-15"),
    ],
)
def test_add_months(day: str, months: int, result: str) -> None:
    assert dates.add_months(d(day), months) == d(result)


@given(days, st.integers(0, 240))
def test_add_months_lands_in_the_right_month_and_never_after_the_same_number(day: date, months: int) -> None:
    later = dates.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("posted", "effective"),
    [
        ("2026-11-23", "2026-11-27"),
        ("2026-11-25", "2026-11-29"),  # a Sunday stays
        ("2026-12-21", "2026-12-25"),  # Christmas stays
        ("2026-12-31", "2027-01-04"),
        ("2028-02-26", "2028-03-01"),
        ("2026-04-02", "2026-04-06"),  # Easter Monday stays
    ],
)
def test_a_posted_letter_takes_effect_on_the_fourth_day_whatever_day_it_is(posted: str, effective: str) -> None:
    assert dates.deemed_announced(d(posted)) == d(effective)


def test_retrieval_counts_the_tenth_day_and_takes_effect_the_day_after() -> None:
    assert dates.retrieval_last_day(d("2026-12-18")) == d("2026-12-28")
    assert dates.retrieval_last_day(d("2026-12-22")) == d("2027-01-01")
    assert dates.announced_by_retrieval(d("2026-12-31")) == d("2027-01-01")


@pytest.mark.parametrize(
    ("announced", "months", "last_day"),
    [
        ("2026-11-27", 1, "2026-12-28"),  # 27 December is a Sunday
        ("2026-11-29", 1, "2026-12-29"),
        ("2026-11-24", 1, "2026-12-24"),  # Christmas Eve is a working day
        ("2026-11-25", 1, "2026-12-28"),  # over Christmas and the weekend
        ("2026-12-01", 1, "2027-01-04"),  # New Year's Day is a Friday
        ("2027-01-31", 1, "2027-03-01"),  # last day of February is a Sunday
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-03-03", 1, "2026-04-07"),  # Good Friday to Easter Monday
        ("2026-09-03", 1, "2026-10-05"),  # German Unity on a Saturday
        ("2024-09-30", 1, "2024-10-30"),
        ("2024-10-01", 1, "2024-11-01"),  # All Saints is no holiday here
        ("2025-09-30", 1, "2025-10-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-27", 12, "2027-11-29"),
    ],
)
def test_period_to_sue(announced: str, months: int, last_day: str) -> None:
    assert dates.period_to_sue_ends(d(announced), months) == d(last_day)
    assert dates.final_on(d(announced), months) == d(last_day) + timedelta(days=1)


def test_period_to_sue_moves_off_reformation_day() -> None:
    assert dates.period_to_sue_ends(d("2025-09-30")) == d("2025-10-30")
    assert dates.next_working_day(d("2025-10-31")) == d("2025-11-03")


@given(days, st.sampled_from([1, 12]))
def test_period_to_sue_ends_on_a_working_day_never_early_and_at_most_five_days_late(day: date, months: int) -> None:
    end, plain = dates.period_to_sue_ends(day, months), dates.add_months(day, months)
    assert dates.is_working_day(end)
    assert timedelta(0) <= end - plain <= timedelta(days=5)
    assert all(not dates.is_working_day(plain + timedelta(days=n)) for n in range((end - plain).days))


@given(days, days)
def test_a_later_announcement_never_ends_the_period_earlier(one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert dates.period_to_sue_ends(first) <= dates.period_to_sue_ends(second)


@pytest.mark.parametrize(
    ("booked", "months", "last_day"),
    [
        ("2026-12-31", 2, "2027-03-01"),  # 28 February 2027 is a Sunday
        ("2027-01-15", 2, "2027-03-15"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-10-26", 6, "2027-04-26"),
        ("2026-10-25", 2, "2026-12-28"),
    ],
)
def test_use_by(booked: str, months: int, last_day: str) -> None:
    assert dates.use_by(d(booked), months) == d(last_day)


def test_three_months_after_receipt_is_not_moved() -> None:
    assert dates.three_months_after(d("2026-11-30")) == d("2027-02-28")  # a Sunday
    assert dates.three_months_after(d("2026-09-25")) == d("2026-12-25")


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-22T22:59:59+00:00", "2026-11-22"),
        ("2026-11-22T23:00:00+00:00", "2026-11-23"),
        ("2026-07-01T21:59:59+00:00", "2026-07-01"),
        ("2026-07-01T22:00:00+00:00", "2026-07-02"),
        ("2026-12-31T23:30:00+00:00", "2027-01-01"),
    ],
)
def test_berlin_day(instant: str, day: str) -> None:
    assert dates.berlin_day(at(instant)) == d(day)


@pytest.mark.parametrize(
    ("arrival", "on_time"),
    [
        ("2026-09-30T21:59:58+00:00", True),
        ("2026-09-30T21:59:59+00:00", True),
        ("2026-09-30T21:59:59.999999+00:00", True),
        ("2026-09-30T22:00:00+00:00", False),
        ("2026-09-30T23:59:59.5+02:00", True),
    ],
)
def test_deadline_cuts_the_arrival_to_the_second_and_includes_the_whole_minute(arrival: str, on_time: bool) -> None:
    deadline = dates.deadline_from_minutes(at("2026-09-30T23:59"))
    assert deadline == at("2026-09-30T21:59:59+00:00")
    assert dates.deadline_includes(deadline, at(arrival)) is on_time


def test_deadline_in_the_doubled_hour_compares_instants() -> None:
    first = dates.deadline_from_minutes(at("2026-10-25T02:30"), fold=0)
    assert dates.deadline_includes(first, at("2026-10-25T02:30:59").replace(tzinfo=BERLIN, fold=0))
    assert not dates.deadline_includes(first, at("2026-10-25T02:30:00").replace(tzinfo=BERLIN, fold=1))


def test_instants_without_a_zone_are_refused() -> None:
    naive = at("2026-10-25T02:30")
    for call in (lambda: dates.berlin_day(naive), lambda: dates.deadline_includes(naive, naive)):
        with pytest.raises(ValueError, match="time zone"):
            call()


@pytest.mark.parametrize(
    ("local", "fold", "instant"),
    [
        ("2027-03-28T01:59", None, "2027-03-28T00:59+00:00"),
        ("2027-03-28T03:00", None, "2027-03-28T01:00+00:00"),
        ("2026-10-25T01:59", None, "2026-10-24T23:59+00:00"),
        ("2026-10-25T02:30", 0, "2026-10-25T00:30+00:00"),
        ("2026-10-25T02:30", 1, "2026-10-25T01:30+00:00"),
        ("2026-10-25T03:00", None, "2026-10-25T02:00+00:00"),
        ("2026-12-31T23:59", 1, "2026-12-31T22:59+00:00"),
    ],
)
def test_parse_berlin_local(local: str, fold: int | None, instant: str) -> None:
    assert fold is None or fold in (0, 1)
    parsed = dates.parse_berlin_local(at(local), None if fold is None else 1 if fold else 0)
    assert parsed == at(instant)
    assert parsed.tzinfo is UTC


def test_parse_berlin_local_refuses_what_does_not_exist_or_is_unclear() -> None:
    with pytest.raises(dates.MissingLocalTime):
        dates.parse_berlin_local(at("2027-03-28T02:30"))
    with pytest.raises(dates.MissingLocalTime):
        dates.parse_berlin_local(at("2027-03-28T02:30"), fold=1)
    with pytest.raises(dates.AmbiguousLocalTime):
        dates.parse_berlin_local(at("2026-10-25T02:30"))
    with pytest.raises(ValueError, match="no time zone"):
        dates.parse_berlin_local(at("2026-10-25T02:30+00:00"))


@given(st.integers(1_577_836_800, 2_871_763_200).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_parse_berlin_local_inverts_the_wall_clock(instant: datetime) -> None:
    wall = instant.astimezone(BERLIN)
    assert dates.parse_berlin_local(wall.replace(tzinfo=None), 1 if wall.fold else 0) == instant


def test_end_of_berlin_day_follows_summer_time() -> None:
    assert dates.end_of_berlin_day(d("2026-10-25")) == at("2026-10-25T22:59:59+00:00")
    assert dates.end_of_berlin_day(d("2026-10-24")) == at("2026-10-24T21:59:59+00:00")


def test_print() -> None:
    assert dates.fmt_day(d("2027-03-05")) == "05.03.2027"
    assert dates.fmt_day_long(d("2027-03-05")) == "5. März 2027"
    assert dates.fmt_day_long(d("2027-03-05"), "en") == "5 March 2027"
    assert dates.fmt_deadline(d("2027-03-05")) == "Freitag, 5. März 2027"
    assert dates.fmt_instant(at("2027-03-05T13:05:00+00:00")) == "05.03.2027, 14:05 Uhr"
    assert dates.fmt_instant(at("2027-07-05T13:05:00+00:00"), "en") == "5 July 2027, 15:05"

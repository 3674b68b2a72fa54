"""Periods and deadlines of German administrative law, as pure functions of days and instants.

Days are calendar days in Europe/Berlin; instants are aware. Nothing here asks a clock: callers pass
what they got from ``accounts.clock``. Lower Saxony applies the federal VwVfG through § 1 NVwVfG.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

import holidays
from django.utils.translation import override

from accounts import days

BERLIN: Final = ZoneInfo("Europe/Berlin")

#: § 41 (2) sentence 1 VwVfG in the version since 1 January 2025: the fourth day after posting.
DEEMED_DAYS: Final = 4
#: § 41 (2a) VwVfG: ten days from the sending of the notification to retrieve.
RETRIEVAL_DAYS: Final = 10

_SATURDAY = 5


class MissingLocalTime(ValueError):
    """A wall-clock time that Berlin skips when the clocks go forward."""


class AmbiguousLocalTime(ValueError):
    """A wall-clock time that Berlin has twice when the clocks go back, and nobody said which."""


# --- days ---------------------------------------------------------------------------------------


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="NI", years=year))


def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday in Lower Saxony (§ 2 NFeiertagsG)."""
    return day in _holidays_of(day.year)


def is_working_day(day: date) -> bool:
    """Whether a period may end on this day: neither Saturday, Sunday nor public holiday.

    Source: § 193 BGB, § 222 (2) ZPO, § 31 (3) VwVfG.
    """
    return day.weekday() < _SATURDAY and not is_holiday(day)


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it (§ 193 BGB)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_months(day: date, months: int) -> date:
    """The day of the same number that many calendar months later, or the month's last day.

    Source: § 188 (2) and (3) BGB: 31 January + 1 month is the last day of February.
    Args: months, also negative.
    """
    months_since_zero = day.year * 12 + day.month - 1 + months
    year, month = divmod(months_since_zero, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# --- announcement -------------------------------------------------------------------------------


def deemed_announced(posted: date, days: int = DEEMED_DAYS) -> date:
    """The day on which a posted letter counts as announced.

    The day of posting does not count (§ 187 (1) BGB). The day of effect is no end of a period: it
    never moves off a weekend or public holiday. A letter that proves to have come later or never is
    not covered (§ 41 (2) sentence 3 VwVfG).

    Source: § 41 (2) sentence 1 VwVfG.
    """
    return posted + timedelta(days=days)


def retrieval_last_day(sent: date, days: int = RETRIEVAL_DAYS) -> date:
    """The last day on which a retrieval from the portal still announces the letter.

    Args: sent, the Berlin day on which the notifying mail went out; it is not counted.
    Source: § 41 (2a) sentence 4 VwVfG.
    """
    return sent + timedelta(days=days)


def announced_by_retrieval(day: date) -> date:
    """The day of effect of a letter retrieved on ``day``: the day after, whatever day that is.

    Source: § 41 (2a) sentence 3 VwVfG.
    """
    return day + timedelta(days=1)


# --- legal remedy -------------------------------------------------------------------------------


def period_to_sue_ends(announced: date, months: int = 1) -> date:
    """The last day on which an action against the act can be filed.

    Args: announced, the day of effect, itself not counted; months, 1 with a correct instruction on
    legal remedy, 12 where it is missing or wrong (§ 58 (2) VwGO).
    Source: §§ 74, 57 (2) VwGO, § 222 ZPO, §§ 187 (1), 188 (2) and (3), 193 BGB.
    """
    return next_working_day(add_months(announced, months))


def final_on(announced: date, months: int = 1) -> date:
    """The first day on which the act is final: the day after the period to sue. Same arguments."""
    return period_to_sue_ends(announced, months) + timedelta(days=1)


def three_months_after(receipt: date) -> date:
    """The last day of the three months in which an application should be decided.

    Not moved off weekends: it is the office's own warning, and early is the safe side.
    Source: § 75 sentence 2 VwGO.
    """
    return add_months(receipt, 3)


def use_by(booked: date, months: int) -> date:
    """The last day on which money that was paid out must have been used.

    Args: booked, the day on which the bank booked the payment, itself not counted; months of the
    round's rule.
    Source: ANBest-P no. 1.4 with § 31 (1) and (3) VwVfG, §§ 187 (1), 188 (2), 193 BGB.
    """
    return next_working_day(add_months(booked, months))


# --- instants -----------------------------------------------------------------------------------


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant


def berlin_day(instant: datetime) -> date:
    """The calendar day in Berlin at this aware instant."""
    return _aware(instant).astimezone(BERLIN).date()


def deadline_includes(deadline_at: datetime, arrival: datetime) -> bool:
    """Whether an arrival is on time: cut to the whole second it is not after the deadline.

    The comparison is of instants in UTC, so the doubled hour in October causes no error.
    """
    return _aware(arrival).astimezone(UTC).replace(microsecond=0) <= _aware(deadline_at).astimezone(UTC)


def deadline_from_minutes(local: datetime, fold: Literal[0, 1] | None = None) -> datetime:
    """The deadline instant of an entry in minutes: it includes that whole minute (23:59 → 23:59:59).

    Args and raises: as ``parse_berlin_local``.
    """
    return parse_berlin_local(local.replace(second=59, microsecond=0), fold)


def parse_berlin_local(local: datetime, fold: Literal[0, 1] | None = None) -> datetime:
    """The instant (UTC) of a naive wall-clock time in Berlin.

    Args: local, without time zone; fold, which of two readings is meant in the doubled hour of
    October: 0 the first (summer time), 1 the second (winter time).
    Raises: MissingLocalTime in the hour that March skips; AmbiguousLocalTime in the doubled hour when
    no fold is given; ValueError for an aware time.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall-clock time has no time zone")
    first, second = (local.replace(tzinfo=BERLIN, fold=n).astimezone(UTC) for n in (0, 1))
    if first > second:
        raise MissingLocalTime(f"{local:%Y-%m-%d %H:%M} does not exist in Berlin")
    if first < second and fold is None:
        raise AmbiguousLocalTime(f"{local:%Y-%m-%d %H:%M} happens twice in Berlin")
    return second if fold == 1 else first


def end_of_berlin_day(day: date) -> datetime:
    """The last whole second of a Berlin day, as an instant in UTC; no clock change is at midnight."""
    return datetime.combine(day, time(23, 59, 59), BERLIN).astimezone(UTC)


# --- how letters and pages print them -----------------------------------------------------------


def fmt_day(day: date) -> str:
    """``05.03.2027``, as letters print a day."""
    return f"{day:%d.%m.%Y}"


@lru_cache(maxsize=512)
def fmt_day_long(day: date, language: str = "de") -> str:
    """``5. März 2027``, or ``5 March 2027`` in English."""
    with override(language):
        return days.day_words(day)


def fmt_deadline(day: date, language: str = "de") -> str:
    """``Freitag, 5. März 2027``: with the weekday, as a deadline is meant."""
    with override(language):
        return days.day_long(day)


def fmt_instant(instant: datetime, language: str = "de", *, seconds: bool = False) -> str:
    """``05.03.2027, 14:05 Uhr`` in Berlin time; with seconds where a deadline is at stake."""
    with override(language):
        return days.instant_seconds(_aware(instant)) if seconds else days.instant(_aware(instant))

"""The one clock: the database's time, so that all web servers judge a deadline alike.

Only the demo and tests may shift or stop it (a row); elsewhere the row is never read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from accounts.models.clock import ClockShift

BERLIN = ZoneInfo("Europe/Berlin")
_held: ContextVar[datetime | None] = ContextVar("held", default=None)
# The moment of a page, once something on it has looked at the clock.
_page: ContextVar[list[datetime] | None] = ContextVar("page", default=None)
# How far the database's clock was ahead of this machine's own when it was last read.
_ahead: Final = [timedelta()]

_PLAIN = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now'), 0, NULL",
    "postgresql": "SELECT clock_timestamp(), 0, NULL",
}
_SHIFTED = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now'),"
    " (SELECT days FROM accounts_clockshift), (SELECT frozen_at FROM accounts_clockshift)",
    "postgresql": "SELECT clock_timestamp(),"
    " (SELECT days FROM accounts_clockshift), (SELECT frozen_at FROM accounts_clockshift)",
}


class ClockIsFixed(Exception):
    """Somebody tried to move the clock outside demo and tests."""


def _instant(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def now() -> datetime:
    """Return this instant (UTC) by the database's clock; one query, none while it is held."""
    held, page = _held.get(), _page.get()
    if held is not None:
        return held
    if page:
        return page[0]
    moment = _read()
    if page is not None:
        page.append(moment)
    return moment


def _read() -> datetime:
    statement = (_SHIFTED if settings.DEMO else _PLAIN)[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement)
        moment, days, frozen_at = cursor.fetchone()
    read = _instant(moment) + timedelta(days=days or 0) if frozen_at is None else _instant(frozen_at)
    _ahead[0] = read - datetime.now(UTC)
    return read


def without_asking() -> datetime:
    """Return this instant (UTC) as the database would tell it, by the last look at its clock.

    For when it cannot be asked: it is away, or there is no time for it.
    """
    return datetime.now(UTC) + _ahead[0]


@contextmanager
def hold(moment: datetime) -> Iterator[datetime]:
    """Let everything inside happen at one moment, which the action has read from this clock: no more queries."""
    token = _held.set(moment)
    try:
        yield moment
    finally:
        _held.reset(token)


@contextmanager
def one_moment() -> Iterator[None]:
    """Let a page be drawn as of one moment: the clock is read when first asked for, and not again."""
    token = _page.set([])
    try:
        yield
    finally:
        _page.reset(token)


def berlin_day(moment: datetime) -> date:
    """Return the calendar day in Berlin of an instant."""
    return moment.astimezone(BERLIN).date()


def today() -> date:
    """Return today's calendar day in Berlin; one query."""
    return berlin_day(now())


def shift(*, days: int) -> None:
    """Move the clock so that it runs `days` ahead of the real one.

    Raises:
        ClockIsFixed: outside demo and tests.
    """
    _set(days=days, frozen_at=None)


def freeze(moment: datetime | None) -> None:
    """Stop the clock at `moment` (aware), or let it run again with None.

    Raises:
        ClockIsFixed: outside demo and tests.
    """
    _set(days=0, frozen_at=moment)


def _set(*, days: int, frozen_at: datetime | None) -> None:
    if not settings.DEMO:
        raise ClockIsFixed
    ClockShift.objects.update_or_create(id=1, defaults={"days": days, "frozen_at": frozen_at})

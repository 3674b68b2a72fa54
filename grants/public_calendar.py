"""The public dates of a fund as a calendar file (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from accounts.clock import berlin_day
from grants.models import Round
from grants.year import YearDate, year


def calendar(rounds: Iterable[Round], *, now: datetime, site: str, host: str) -> bytes:
    """Return the file: every date of these rounds that is fixed and not over for longer than a year.

    Each entry keeps its identity, so that a calendar that follows the address moves it and doubles nothing.

    Args:
        rounds: public ones, with their fund.
        now: when the file is made.
        site: start of the addresses.
        host: names the entries.
    """
    found = Calendar()
    found.add("prodid", "-//Miteinander//Dates of a fund//DE")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    for round_ in rounds:
        for event in _events(round_, now, site, host):
            found.add_component(event)
    written: bytes = found.to_ical()
    return written


def _events(round_: Round, now: datetime, site: str, host: str) -> Iterator[Event]:
    for one in year(round_, now):
        if one.day is None or one.about or one.day < berlin_day(now) - timedelta(days=366):
            continue
        event = Event()
        event.add("uid", f"{one.key}-round-{round_.pk}@{host}")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("summary", f"{one.title} – {round_.name}")
        link = f"{site}/calls/{round_.fund.slug}/{round_.slug}/"
        event.add("description", "\n".join(part for part in (one.text, link) if part))
        event.add("url", link)
        event.add("transp", "TRANSPARENT")
        _when(event, one)
        yield event


def _when(event: Event, one: YearDate) -> None:
    if one.at is not None:
        # In UTC: no description of a time zone is needed, and every program shows it in the reader's own.
        event.add("dtstart", one.at.astimezone(UTC))
        event.add("dtend", one.at.astimezone(UTC))
    elif one.on is not None:
        event.add("dtstart", one.on)
        event.add("dtend", one.on + timedelta(days=1))

"""The dates of a case as a calendar file (iCalendar, RFC 5545): days as whole days, a deadline to the minute."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from accounts.clock import berlin_day
from grants.applicant_view import TimelineItem

# A calendar program reminds of what the applicant must do so long before.
_REMIND: Final = (timedelta(days=7), timedelta(days=1))


@dataclass(frozen=True)
class Case:
    """Whose dates they are.

    Attributes:
        name: part of each title.
        uid: for the identities of the entries; the same for every file of the case.
        link: whole address of its page.
    """

    name: str
    uid: str
    link: str


def calendar(items: Iterable[TimelineItem], case: Case, *, now: datetime) -> bytes:
    """Return the file: one entry for each day of the way that is still to come.

    Each entry keeps its identity, so that a later file moves it and doubles nothing.

    Args:
        items: the way of the case.
        case: whose.
        now: when the file is made.
    """
    found = Calendar()
    found.add("prodid", "-//Miteinander//Dates of an application//DE")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    for item in items:
        for event in _events(item, case, now):
            found.add_component(event)
    written: bytes = found.to_ical()
    return written


def _events(item: TimelineItem, case: Case, now: datetime) -> Iterator[Event]:
    if item.phase == "done":
        return
    if item.days:
        for number, (name, day) in enumerate(item.days, start=1):
            if day >= berlin_day(now):
                yield _whole_day(f"{item.key}-{number}", name, day, item, case, now)
    elif item.due_at is not None and item.due_at > now:
        yield _instant(item, item.due_at, case, now)
    elif item.due_date is not None and item.due_date >= berlin_day(now):
        title = _("Last day: %(title)s") % {"title": item.title} if item.yours else item.title
        yield _whole_day(item.key, title, item.due_date, item, case, now)


def _whole_day(key: str, title: str, day: date, item: TimelineItem, case: Case, now: datetime) -> Event:
    event = _event(key, title, item, case, now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    return event


def _instant(item: TimelineItem, at: datetime, case: Case, now: datetime) -> Event:
    event = _event(item.key, _("Deadline: %(title)s") % {"title": item.title}, item, case, now)
    # In UTC: no description of a time zone is needed, and every program shows it in the reader's own.
    event.add("dtstart", at.astimezone(UTC))
    event.add("dtend", at.astimezone(UTC))
    return event


def _event(key: str, title: str, item: TimelineItem, case: Case, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{key}-{case.uid}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", f"{title} – {case.name}")
    who = ": ".join([_("Who acts"), item.who]) if item.who else ""
    event.add("description", "\n".join(part for part in (item.text, who, case.link) if part))
    event.add("url", case.link)
    event.add("transp", "TRANSPARENT")
    if item.yours:
        for before in _REMIND:
            event.add_component(_alarm(title, before))
    return event


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -before)
    return alarm

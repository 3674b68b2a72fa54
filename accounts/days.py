"""Days and instants as people read them, in the language of the page; instants on the wall clock of Hannover.

German and English have forms of their own here; any other language gets those that Django knows for it, so that a
new catalogue needs no code.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

BERLIN = ZoneInfo("Europe/Berlin")
Day = TypeVar("Day", date, datetime)


def day(value: date) -> str:
    """``22.11.2026``, ``22 November 2026`` in English. An instant is taken to its day in Hannover first."""
    known = _local_day(value)
    match _base_language():
        case "de":
            return f"{known:%d.%m.%Y}"
        case "en":
            return _words(known, "j F Y")
        case _:
            return _words(known, "SHORT_DATE_FORMAT")


def day_words(value: date) -> str:
    """``22. November 2026``, ``22 November 2026`` in English."""
    return _words(_local_day(value), "j F Y" if _base_language() == "en" else "DATE_FORMAT")


def day_long(value: date) -> str:
    """A day with its weekday, where a deadline is meant: ``Sonntag, 22. November 2026``."""
    known = _local_day(value)
    return _("%(weekday)s, %(day)s") % {"weekday": _words(known, "l"), "day": day_words(known)}


def instant(value: datetime) -> str:
    """``22.11.2026, 14:05 Uhr``."""
    return _at_time(day(value), value, "%H:%M")


def instant_seconds(value: datetime) -> str:
    """``22.11.2026, 14:05:09 Uhr``, where a deadline was at stake."""
    return _at_time(day(value), value, "%H:%M:%S")


def instant_long(value: datetime) -> str:
    """A deadline with its weekday: ``Sonntag, 22. November 2026, 14:05 Uhr``."""
    return _at_time(day_long(value), value, "%H:%M")


def later(form: Callable[[Day], str], value: Day | None) -> str | Promise:
    """Return words that are made when they are read: one message goes to people of several languages.

    Args: form, one of the functions above; value, nothing makes an empty text.
    """
    return lazy(form, str)(value) if value else ""


def _local_day(value: date) -> date:
    return value.astimezone(BERLIN).date() if isinstance(value, datetime) and value.tzinfo else value


def _words(value: date, form: str) -> str:
    return str(formats.date_format(value, form))


def _at_time(shown: str, value: datetime, form: str) -> str:
    return _("%(day)s, %(time)s") % {"day": shown, "time": value.astimezone(BERLIN).strftime(form)}


def _base_language() -> str:
    return (get_language() or "de").partition("-")[0]

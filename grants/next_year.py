"""How the days and the name of a round move on by a year."""

import re
from datetime import date, timedelta
from typing import Final

from notifications.dates import is_holiday, next_working_day

_YEAR: Final = timedelta(weeks=52)
_NAMED = re.compile(r"\b20[0-9]{2}\b")


def day_next_year(day: date) -> date:
    """Return the same weekday 52 weeks later; a public holiday moves on to the next working day."""
    moved = day + _YEAR
    return next_working_day(moved) if is_holiday(moved) else moved


def name_next_year(name: str, year: int) -> str:
    """Return the name with the years in it counted on by one; one without gets the year after `year` at its end."""
    named = _NAMED.sub(lambda found: str(int(found[0]) + 1), name)
    return named if named != name else f"{name} {year + 1}"

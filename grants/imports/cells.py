"""What a cell says: amounts, days, numbers and words, however people and spreadsheets write them."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation

from accounts.fields import BerlinDateField, normalise
from accounts.money import MAXIMUM_CENTS, BadAmount, parse_cents
from accounts.states import OrganisationKind
from accounts.text import search_key
from grants.imports.table import Cell, Flaw

# Day 0 of a spreadsheet, and the days that anybody means: from 1954 to 2119. Below them lie years and amounts.
_DAY_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(20_000, 80_001)
_DAYS: Final = BerlinDateField()
_TIME: Final = re.compile(r"(.+?)[ ,]+([0-2]?[0-9])[:.]([0-5][0-9])(?:[:.]([0-5][0-9]))?(?: ?Uhr)?", re.IGNORECASE)
_YES: Final = frozenset({"ja", "j", "yes", "y", "x", "1", "wahr", "true"})
_NO: Final = frozenset({"nein", "n", "no", "0", "falsch", "false", "-", "–"})
_LARGEST: Final = 2_000_000_000
_AMOUNTS: Final = {"negative": "amount_negative", "decimals": "amount_decimals", "size": "amount_size"}
_KINDS: Final = {
    "e.v.": OrganisationKind.ASSOCIATION, "e. v.": OrganisationKind.ASSOCIATION, "ev": OrganisationKind.ASSOCIATION,
    "gemeinnuetziger verein": OrganisationKind.ASSOCIATION, "dachverband": OrganisationKind.FEDERATION,
    "kirchengemeinde": OrganisationKind.PARISH, "religionsgemeinschaft": OrganisationKind.PARISH,
    "schule": OrganisationKind.SCHOOL_AUTHORITY, "kita": OrganisationKind.DAYCARE,
    "kindertagesstaette": OrganisationKind.DAYCARE, "kita-traeger": OrganisationKind.DAYCARE,
    "kommune": OrganisationKind.MUNICIPALITY, "stadt": OrganisationKind.MUNICIPALITY,
    "initiative": OrganisationKind.INITIATIVE, "gruppe": OrganisationKind.INITIATIVE,
    "person": OrganisationKind.PERSON, "einzelperson": OrganisationKind.PERSON,
    "privatperson": OrganisationKind.PERSON, "privat": OrganisationKind.PERSON,
}  # fmt: skip


class BadCell(ValueError):
    """A cell that does not say what its column asks for; `code` is one of `grants.imports.words.COMPLAINTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Moment(NamedTuple):
    """A day, with the time on the clock of Hannover where it is told."""

    day: date
    time: time | None


Reader = Callable[[Cell], Any]


def shown(cell: Cell) -> str:
    """Return a cell as the spreadsheet shows it, nearly."""
    if cell is None or isinstance(cell, Flaw):
        return ""
    if isinstance(cell, bool):
        return "WAHR" if cell else "FALSCH"
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y}" if cell.time() == time() else f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return f"{cell:%d.%m.%Y}" if isinstance(cell, date) else str(cell)


def line(cell: Cell) -> str:
    """Read a text of one line."""
    return normalise(shown(cell), lines=False)


def lines(cell: Cell) -> str:
    """Read a text that may have several lines."""
    return normalise(shown(cell), lines=True)


def postcode(cell: Cell) -> str:
    """Read a German postcode; a spreadsheet takes its first zero away."""
    text = line(cell)
    return text.zfill(5) if isinstance(cell, int) and len(text) == 4 else text


def cents(cell: Cell) -> int:
    """Read an amount in euros as cents."""
    if isinstance(cell, str):
        return _typed_cents(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise BadCell("amount")
    if cell < 0:
        raise BadCell("amount_negative")
    if cell * 100 > MAXIMUM_CENTS:
        raise BadCell("amount_size")
    # Sums that a spreadsheet has counted miss the cent by some trillionths.
    exact = round(Decimal(repr(cell)), 6) * 100
    if exact != int(exact):
        raise BadCell("amount_decimals")
    return int(exact)


def _typed_cents(text: str) -> int:
    try:
        return parse_cents(text)
    except BadAmount as error:
        raise BadCell(_AMOUNTS.get(error.code, "amount")) from error


def day(cell: Cell) -> date:
    """Read a day: a date, its number in a spreadsheet, or as it is typed in Germany."""
    if isinstance(cell, datetime):
        return _near(cell.date())
    if isinstance(cell, date):
        return _near(cell)
    if isinstance(cell, str) and re.fullmatch("[0-9]{5}", cell):
        return _from_serial(int(cell))
    if isinstance(cell, str):
        return _typed_day(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise BadCell("day")
    return _from_serial(cell)


def _near(found: date) -> date:
    if not 1900 <= found.year < 2200:
        raise BadCell("day")
    return found


def _from_serial(number: float) -> date:
    if int(number) not in _SERIALS:
        raise BadCell("day")
    return _DAY_ZERO + timedelta(days=int(number))


def _typed_day(text: str) -> date:
    try:
        found = _DAYS.to_python(text)
    except ValidationError as error:
        raise BadCell("day") from error
    if found is None:
        raise BadCell("day")
    return found


def moment(cell: Cell) -> Moment:
    """Read a day with or without a time."""
    if isinstance(cell, datetime):
        return Moment(day(cell), cell.time().replace(microsecond=0) if cell.time() != time() else None)
    if isinstance(cell, float) and math.isfinite(cell):
        minutes = min(round(cell % 1 * 1440), 1439)
        return Moment(day(cell), time(*divmod(minutes, 60)) if minutes else None)
    found = _TIME.fullmatch(cell) if isinstance(cell, str) else None
    if found is None:
        return Moment(day(cell), None)
    try:
        told = time(int(found[2]), int(found[3]), int(found[4] or 0))
    except ValueError as error:
        raise BadCell("day") from error
    return Moment(day(found[1]), told)


def yes(cell: Cell) -> bool:
    """Read yes or no."""
    if isinstance(cell, bool):
        return cell
    word = search_key(shown(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell("yes_no")


def number(cell: Cell) -> int:
    """Read a whole number, not negative."""
    text = shown(cell).replace(".", "") if isinstance(cell, str) else cell
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 12:
        text = int(text)
    if isinstance(text, bool) or not isinstance(text, int) or not 0 <= text <= _LARGEST:
        raise BadCell("number")
    return text


def year(cell: Cell) -> int:
    """Read a year of the calendar."""
    try:
        found = number(cell)
    except BadCell as error:
        raise BadCell("year") from error
    if not 1950 <= found <= 2199:
        raise BadCell("year")
    return found


def email(cell: Cell) -> str:
    """Read an e-mail address."""
    text = line(cell)
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadCell("email") from error
    return text


def kind(cell: Cell) -> str:
    """Read what kind of applicant it is, by our words in German or English or by usual ones."""
    found = _kinds().get(search_key(shown(cell)))
    if found is None:
        raise BadCell("kind")
    return found


@cache
def _kinds() -> dict[str, str]:
    words: dict[str, str] = {word: choice.value for word, choice in _KINDS.items()}
    for language in ("de", "en"):
        with translation.override(language):
            words |= {search_key(str(choice.label)): choice.value for choice in OrganisationKind}
    return words | {choice.value: choice.value for choice in OrganisationKind}

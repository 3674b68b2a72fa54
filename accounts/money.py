"""Euro amounts as integer cents: reading what people type, and printing it back.

Pure: no database, no clock. Every amount of the product is an ``int`` of cents in a name that ends
in ``_cents``; floats and decimals never hold money.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from num2words import num2words

#: Ten thousand million euros: far above any fund, far below what a 64-bit column holds.
MAXIMUM_CENTS: Final = 10**12

NBSP: Final = "\u00a0"
Language = Literal["de", "en"]
Code = Literal["empty", "negative", "decimals", "size", "format"]

_LONGEST_ENTRY = 60
_FULLWIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0C: ",", 0xFF0E: "."}
_CURRENCY = re.compile(r"(?:€|EUR|Euro)", re.IGNORECASE)
_GROUP_SPACES = re.compile("[\u00a0\u2009\u202f]")
# One reading each: groups of three by dot or space, or none; decimals after a comma. A dot before one
# or two digits is a decimal point, before exactly three it groups (German reading of "1.234").
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:,(?P<comma>[0-9]{1,2}))?")
_DOT_DECIMAL = re.compile(r"(?P<whole>[0-9]+)\.(?P<comma>[0-9]{1,2})")
_TOO_PRECISE = re.compile(r"[0-9. ]+,[0-9]{3,}|[0-9]+\.[0-9]{4,}|[0-9]{4,}\.[0-9]{3}")

_MESSAGES: Final[dict[Code, str | Promise]] = {
    "empty": _("Enter an amount in euros, for example 1.234,56."),
    "negative": _("The amount must not be negative."),
    "decimals": _("An amount has at most two digits after the comma, for example 1.234,56."),
    "size": _("The amount is too large."),
    "format": _("This is not an amount in euros. Write it like 1.234,56."),
}


class BadAmount(ValueError):
    """A text that is no amount; ``code`` says why, ``message`` says what to do (translated lazily)."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code
        self.message = _MESSAGES[code]


def parse_cents(text: str) -> int:
    """Read an amount in euros as a person in Germany types it.

    Takes ``1.234,56``, ``1234,56``, ``1234.56``, ``1 234,56 €``, ``1.234`` (one thousand …) and
    full-width digits. Never guesses: what has two readings or none is refused.

    Returns: cents, 0 to ``MAXIMUM_CENTS``.
    Raises: BadAmount.
    """
    entry = _tidy(text)
    if not entry:
        raise BadAmount("empty")
    if entry[0] in "-\u2212\u2013":
        raise BadAmount("negative")
    match = _AMOUNT.fullmatch(entry) or _DOT_DECIMAL.fullmatch(entry)
    if match is None:
        raise BadAmount("decimals" if _TOO_PRECISE.fullmatch(entry) else "format")
    whole = re.sub(r"[. ]", "", match["whole"])
    cents = int(whole) * 100 + int((match["comma"] or "").ljust(2, "0"))
    if cents > MAXIMUM_CENTS:
        raise BadAmount("size")
    return cents


def _tidy(text: str) -> str:
    """The entry without currency sign and outer space, inner group spaces made plain."""
    if len(text) > _LONGEST_ENTRY:
        raise BadAmount("format" if text.strip() else "empty")
    entry = _GROUP_SPACES.sub(" ", text.translate(_FULLWIDTH)).strip()
    sign = _CURRENCY.match(entry)
    if sign:
        return entry[sign.end() :].strip()
    sign = re.search(_CURRENCY.pattern + "$", entry, re.IGNORECASE)
    return entry[: sign.start()].strip() if sign else entry


def format_plain(cents: int) -> str:
    """``1.234,56`` without the currency, as it is put back into a form field."""
    euros, rest = divmod(abs(cents), 100)
    grouped = f"{euros:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{grouped},{rest:02d}"


def format_cents(cents: int) -> str:
    """``1.234,56 €`` with a no-break space, the one way an amount is shown anywhere."""
    return f"{format_plain(cents)}{NBSP}€"


def in_words(cents: int, language: Language = "de") -> str:
    """An amount spelled out for letters, for instance "zweitausenddreihundert Euro und fünfzig Cent".

    Args: cents, not negative; language of the words.
    Raises: ValueError for a negative amount, which no letter states.
    """
    if cents < 0:
        raise ValueError("an amount in words is never negative")
    euros, rest = divmod(cents, 100)
    if language == "de":
        spelled = f"{_german(euros)} Euro"
        return f"{spelled} und {_german(rest)} Cent" if rest else spelled
    spelled = f"{num2words(euros, lang='en')} euro{'' if euros == 1 else 's'}"
    return f"{spelled} and {num2words(rest, lang='en')} cent{'' if rest == 1 else 's'}" if rest else spelled


def _german(number: int) -> str:
    """A German number before a noun: "ein Euro", "eintausendein Euro", but "eine Million Euro"."""
    spelled = str(num2words(number, lang="de"))
    return spelled.removesuffix("s") if spelled.endswith("eins") else spelled


def share(amount_cents: int, numerator: int, denominator: int) -> int:
    """``amount × numerator ÷ denominator`` in cents, rounded half up once, without any float.

    Raises: ValueError for a negative part or a denominator that is not positive.
    """
    if amount_cents < 0 or numerator < 0 or denominator <= 0:
        raise ValueError("a share needs parts of 0 or more and a positive denominator")
    return (2 * amount_cents * numerator + denominator) // (2 * denominator)


def split(amount_cents: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts add up to it exactly, to the cent.

    Each part is its exact share cut to the cent; the cents left over go to the largest remainders,
    the earlier part first where they are equal.

    Raises: ValueError for a negative amount or weight, or when all weights are 0.
    """
    total = sum(weights)
    if amount_cents < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("a split needs an amount of 0 or more and weights with a positive sum")
    parts = [amount_cents * weight // total for weight in weights]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(amount_cents * weights[i] % total), i))
    for i in by_remainder[: amount_cents - sum(parts)]:
        parts[i] += 1
    return parts

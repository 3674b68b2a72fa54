"""Form fields for what people type: amounts, days, texts. Each message says what to type instead."""

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.money import BadAmount, format_cents, parse_cents
from accounts.widgets import AmountInput, DayInput, LongTextInput

_TOO_LONG = _("Shorten the text to at most %(limit_value)d characters (it has %(show_value)d).")
_NO_TEXT = _("Please fill in this field.")
_NO_AMOUNT = _("Enter an amount in euros, for example 1.234,56.")
_NO_DAY = _("Enter day, month and year, like 22.11.2026 or 22112026.")
_MISSING_DAY = _("This day does not exist. Enter a day like 22.11.2026.")
_FAR_DAY = _("Enter a day between 1900 and 2199.")
# Every number of so many digits fits into a column of 64 bits.
_DIGITS = 18
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
# The number pad of some telephones has no full stop, of others a comma only. A slash is not read: elsewhere the month
# stands before it.
_DAY = re.compile(r"([0-9]{1,2})[., -]\s?([0-9]{1,2})[., -]\s?([0-9]{4}|[0-9]{2})")
_BARE_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_CENTURY = 2000
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# Characters nobody sees (direction marks, zero-width spaces, soft hyphens) can make a text read differently
# from what it says, or two names look alike. Only the joiners belong to a script: Persian and Hindi need them.
_JOINERS = "\u200c\u200d"
_UNSEEN = ("Cc", "Cf", "Cs")
# Letters, figures, punctuation, symbols; accents and joiners alone are nothing.
_SEEN = "LNPS"
# Letters by their class, blanks by their look.
_FILLERS = dict.fromkeys([0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800])


def _asking(kwargs: dict[str, Any], required: object) -> dict[str, Any]:
    """Give a field our word for "missing", unless its form has a better one."""
    return {**kwargs, "error_messages": {"required": required, **(kwargs.get("error_messages") or {})}}


class AmountField(forms.Field):
    """An amount in euros, cleaned to integer cents.

    Reads ``1.234,56``, ``1234,56``, ``1234.56`` and ``1 234,56 €``; refuses ``1e9``, ``-5``, three decimals.
    """

    widget = AmountInput

    def __init__(
        self, *, min_cents: int = 0, max_cents: int | None = None, hide_optional: bool = False, **kwargs: Any
    ) -> None:
        """Take the limits.

        Args:
            min_cents: smallest amount that is taken, in cents.
            max_cents: largest amount that is taken, in cents; None leaves it to what can be read at all.
            hide_optional: leave "(optional)" out of the label, for cells of a plan.
            kwargs: as for every field.
        """
        super().__init__(**_asking(kwargs, _NO_AMOUNT))
        self.min_cents, self.max_cents, self.hide_optional = min_cents, max_cents, hide_optional

    def to_python(self, value: Any) -> int | None:
        """Read the text; None when it is empty."""
        if isinstance(value, int):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_cents(text)
        except BadAmount as error:
            raise ValidationError(str(error.message), code=error.code) from error

    def validate(self, value: Any) -> None:
        """Check presence and limits."""
        super().validate(value)
        if value is None:
            return
        if value < self.min_cents:
            message = _("Enter at least %(limit)s.")
            raise ValidationError(message, code="min", params={"limit": format_cents(self.min_cents)})
        if self.max_cents is not None and value > self.max_cents:
            message = _("Enter at most %(limit)s.")
            raise ValidationError(message, code="max", params={"limit": format_cents(self.max_cents)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as cents, so that ``10`` and ``10,00`` are the same."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


if TYPE_CHECKING:
    _Rows = forms.ModelMultipleChoiceField[Any]
else:
    _Rows = forms.ModelMultipleChoiceField


class RowsField(_Rows):
    """Boxes, one for each row of a table. What is no number of a row is no choice, be it ever so large."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: QuerySet[Any], *, hide_optional: bool = False, **kwargs: Any) -> None:
        """Take the rows; `hide_optional` leaves "(optional)" out of the label where none is a full answer too."""
        super().__init__(queryset, **kwargs)
        self.hide_optional = hide_optional

    def clean(self, value: Any) -> QuerySet[Any]:
        """Return the chosen rows."""
        for number in map(str, value or ()):
            if not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS):
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": number[:40]})
        return super().clean(value)


class BerlinDateField(forms.Field):
    """A day, typed as 22.11.2026, 22.11.26, 22112026 or 2026-11-22."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_asking(kwargs, _NO_DAY))

    def to_python(self, value: Any) -> date | None:
        """Read the text; None when it is empty."""
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = unicodedata.normalize("NFKC", str(value or "")).strip()
        return self._read(text) if text else None

    def _read(self, text: str) -> date:
        german, iso = _DAY.fullmatch(text) or _BARE_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
        if german:
            day, month, year = (int(part) for part in german.groups())
            year += _CENTURY if len(german[3]) == 2 else 0
        elif iso:
            year, month, day = (int(part) for part in iso.groups())
        else:
            raise ValidationError(_NO_DAY, code="form")
        try:
            found = date(year, month, day)
        except ValueError as error:
            raise ValidationError(_MISSING_DAY, code="missing_day") from error
        if not _EARLIEST <= found <= _LATEST:
            raise ValidationError(_FAR_DAY, code="range")
        return found


def normalise(text: str, *, lines: bool) -> str:
    """Clean a text without changing what it says.

    Drops what nobody sees (control and format characters, fillers), composes accents (NFC), makes all line
    ends alike; with ``lines`` false, any white space becomes one space.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = text.translate(_FILLERS)
    # Nearly every text holds only what is seen. Asking that of the whole costs a hundredth of asking each letter.
    if not text.replace("\n", "").isprintable():
        text = "".join(filter(_is_kept, text))
    return text.strip() if lines else " ".join(text.split())


def _is_kept(char: str) -> bool:
    return char == "\n" or char in _JOINERS or unicodedata.category(char) not in _UNSEEN


class NormalisedField(forms.CharField):
    """One line of text, cleaned by ``normalise``.

    A limit is told by a message. ``maxlength`` is never sent: a browser cuts a pasted text at it
    without a word.
    """

    lines = False

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(**_asking(kwargs, _NO_TEXT))
        self.max_length = max_length
        self.validators.append(MaxLengthValidator(max_length, _TOO_LONG))

    def to_python(self, value: Any) -> str:
        """Clean the text before the limit is checked; one without any sign that is seen is empty."""
        text = normalise(str(super().to_python(value) or ""), lines=self.lines)
        return text if any(unicodedata.category(char)[0] in _SEEN for char in text) else ""


class LongTextField(NormalisedField):
    """A text of several lines with a counter below."""

    lines = True
    widget = LongTextInput

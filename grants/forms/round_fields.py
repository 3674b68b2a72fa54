"""What the forms of a round share: short ways to their fields, and instants typed as day and time."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts.clock import BERLIN
from accounts.fields import BerlinDateField
from accounts.money import BadAmount, format_cents, parse_cents
from notifications.dates import AmbiguousLocalTime, MissingLocalTime, deadline_from_minutes, parse_berlin_local

_NUMBER_WIDGET = {"inputmode": "numeric", "autocomplete": "off", "class": "mt-short"}
MOST_CENTS = 100_000_000_00
_NO_CAP = _("Enter a percentage up to 100 %, or an amount with the sign €, for example 500 €.")


def number(label: StrPromise, minimum: int, maximum: int, help_text: Any = "") -> forms.IntegerField:
    """A whole number with its limits."""
    return forms.IntegerField(
        label=label,
        min_value=minimum,
        max_value=maximum,
        help_text=help_text,
        widget=forms.TextInput(dict(_NUMBER_WIDGET)),
    )


def choice(label: StrPromise, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    """One of several."""
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text)


def switch(label: StrPromise, help_text: Any = "") -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False, help_text=help_text)


def boxes(
    label: str | StrPromise, choices: Any, *, required: bool = True, help_text: Any = ""
) -> forms.MultipleChoiceField:
    """Several of several."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=required, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


class CapField(forms.Field):
    """How far a kind of cost counts: percent of the total cost, or an amount; empty without limit."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"class": "mt-short", "autocomplete": "off"})
        help_text = _("A percentage of the total cost, like 10 %, or an amount, like 500 €. Empty: no limit.")
        super().__init__(required=False, widget=widget, help_text=help_text, **kwargs)

    def to_python(self, value: Any) -> dict[str, int] | None:
        """Read the text; None when it is empty."""
        text = str(value or "").strip()
        if not text:
            return None
        percent = text.removesuffix("%").strip()
        if percent.isascii() and percent.isdecimal() and len(percent) <= 3 and int(percent) <= 100:
            return {"percent": int(percent)}
        try:
            cents = parse_cents(text)
        except BadAmount as error:
            raise forms.ValidationError(_NO_CAP, code="form") from error
        if "%" in text or not ("€" in text or "," in text) or cents > MOST_CENTS:
            raise forms.ValidationError(_NO_CAP, code="form")
        return {"cents": cents}

    def prepare_value(self, value: Any) -> Any:
        """Show percent or an amount as people type it."""
        if not isinstance(value, dict):
            return value
        return f"{value['percent']} %" if "percent" in value else format_cents(value["cents"])


class TimeOfDayField(forms.Field):
    """A time like 23:59."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"class": "mt-short", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> time | None:
        """Read the text; None when it is empty."""
        if isinstance(value, time) or not value:
            return value or None
        try:
            return time.fromisoformat(str(value).strip().replace(".", ":").zfill(5))
        except ValueError as error:
            raise forms.ValidationError(_("Enter a time like 23:59."), code="form") from error

    def prepare_value(self, value: Any) -> Any:
        """Show hours and minutes."""
        return f"{value:%H:%M}" if isinstance(value, time) else value


class InstantsMixin(forms.Form):
    """Days and times in Hannover that become instants; a deadline includes its whole last minute."""

    opens_on = BerlinDateField(label=_("Opens on"))
    opens_time = TimeOfDayField(label=_("Opens at"))
    deadline_on = BerlinDateField(label=_("Deadline: day"))
    deadline_time = TimeOfDayField(
        label=_("Deadline: time"), help_text=_("The whole minute counts, to its last second.")
    )

    def clean(self) -> dict[str, Any]:
        """Join days and times; the deadline comes after the opening."""
        cleaned = super().clean() or self.cleaned_data
        opens_at = read_instant(self, "opens_on", "opens_time", whole_minute=False)
        deadline_at = read_instant(self, "deadline_on", "deadline_time", whole_minute=True)
        if opens_at and deadline_at and deadline_at <= opens_at:
            self.add_error("deadline_on", _("The deadline must be after the opening."))
        return {**cleaned, "opens_at": opens_at, "deadline_at": deadline_at}


def read_instant(form: forms.Form, day_name: str, time_name: str, *, whole_minute: bool) -> datetime | None:
    """Return the instant that two fields of a form mean; what cannot be is told at the time."""
    day, clock = form.cleaned_data.get(day_name), form.cleaned_data.get(time_name)
    if not isinstance(day, date) or not isinstance(clock, time):
        return None
    local = datetime.combine(day, clock)
    try:
        return deadline_from_minutes(local) if whole_minute else parse_berlin_local(local)
    except MissingLocalTime:
        form.add_error(time_name, _("The clock skips this time on that day. Please choose another one."))
    except AmbiguousLocalTime:
        form.add_error(time_name, _("The clock shows this time twice on that day. Please choose another one."))
    return None


def split_instant(instant: datetime, day_name: str, time_name: str) -> dict[str, Any]:
    """Return day and time in Hannover as initial values."""
    local = instant.astimezone(BERLIN)
    return {day_name: local.date(), time_name: local.time().replace(second=0, microsecond=0)}

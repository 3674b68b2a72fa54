"""The parts of a round that have lines: criteria and committees."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.days import day_long
from accounts.fields import BerlinDateField, LongTextField, NormalisedField
from accounts.forms.versioned import VersionedForm
from accounts.rows import rows_of
from accounts.widgets import LongTextInput
from grants.bodies import meeting
from grants.models import BodySession, Round

_LOW = {"rows": 2}
_SHORT = {"inputmode": "numeric", "autocomplete": "off", "class": "mt-short"}


class CriterionForm(forms.Form):
    """One criterion with its anchors."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9]{1,7}$",
        label=_("Short code"),
        help_text=_("2 to 8 capital letters."),
        error_messages={"invalid": _("Enter 2 to 8 capital letters or digits, for example AIM.")},
    )
    name = NormalisedField(max_length=160, label=_("Criterion"))
    weight = forms.IntegerField(min_value=1, max_value=100, label=_("Weight"), widget=forms.TextInput(_SHORT))
    help = LongTextField(max_length=1000, required=False, label=_("What is it about?"), widget=LongTextInput(_LOW))
    anchor_low = LongTextField(max_length=300, required=False, label=_("0 points mean"), widget=LongTextInput(_LOW))
    anchor_middle = LongTextField(max_length=300, required=False, label=_("3 points mean"), widget=LongTextInput(_LOW))
    anchor_high = LongTextField(max_length=300, required=False, label=_("5 points mean"), widget=LongTextInput(_LOW))


class BodyForm(forms.Form):
    """A body of the chain; the last one decides. A planned session brings its body and day along."""

    session = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("Planned session"))
    body = NormalisedField(max_length=120, required=False, label=_("Body"))
    on = BerlinDateField(required=False, label=_("Session on"))

    def __init__(self, *args: Any, sessions: Sequence[BodySession] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sessions = {session.pk: session for session in sessions}
        if not sessions:
            del self.fields["session"]
            return
        known = [(pk, f"{session.body}, {day_long(session.on)}") for pk, session in self._sessions.items()]
        field = self.fields["session"]
        field.choices = [("", _("none of them")), *known]  # type: ignore[attr-defined]
        field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template

    def clean(self) -> dict[str, Any]:
        """Take body and day from the planned session, where one is chosen."""
        cleaned = super().clean() or self.cleaned_data
        chosen = self._sessions.get(cleaned.pop("session", None) or 0)
        if chosen is not None:
            return {**cleaned, "body": chosen.body.name, **meeting(chosen)}
        if not cleaned.get("body") and "body" not in self.errors:
            self.add_error("body", _("Please fill in this field."))
        on = cleaned.get("on")
        return {**cleaned, "on": on.isoformat() if on else None}


class SessionsForm(VersionedForm):
    """What stands beside the bodies: the day of the jury, which applicants read on the round's page."""

    jury_on = BerlinDateField(
        required=False,
        label=_("Session of the jury on"),
        help_text=_("As planned; applicants read it. The session itself is opened by the chair."),
    )

    def __init__(self, data: Any = None, *, round: Round) -> None:
        super().__init__(data, initial={"version": round.version, "jury_on": round.jury_on})
        if not round.jury_size:
            del self.fields["jury_on"]


CriterionRows = rows_of(CriterionForm, max_num=20, min_num=1)
BodyRows = rows_of(BodyForm, max_num=6, min_num=1)


def living(rows: Any) -> list[dict[str, Any]]:
    """Return the cleaned lines that are not removed."""
    return [
        {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
        for form in rows.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


def doubled_codes(lines: list[dict[str, Any]]) -> list[str]:
    """Return the codes that stand at more than one criterion."""
    codes = [line["code"] for line in lines]
    return sorted({code for code in codes if codes.count(code) > 1})


def rubric_lines(round: Round) -> list[dict[str, Any]]:
    """Return the criteria as initial values."""
    names = list(CriterionForm.base_fields)
    return [{name: getattr(criterion, name) for name in names} for criterion in round.criteria.all()]


def chain_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the chain of committees: all recommend, the last one decides."""
    return [{**line, "decides": place == len(lines)} for place, line in enumerate(lines, start=1)]

from typing import Any

from django import forms
from django.db.models import F, OrderBy, Q
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.fields import NormalisedField
from accounts.models import Person
from accounts.text import search_key
from grants import office
from grants.rules.entries import ELSEWHERE
from grants.states import UNSENT, ApplicationState

_ALL = ("", _("all"))
STATES = [(state.value, state.label) for state in ApplicationState if state not in UNSENT]
DUE = [
    _ALL,
    ("over", _("overdue")),
    ("week", _("within 7 days")),
    ("undecided", _("undecided for three months")),
    ("none", _("no date set")),
]
YES_NO = [_ALL, ("yes", _("yes")), ("no", _("no"))]

AGES = [_ALL, *((str(days), format_lazy(_("{days} days or more"), days=days)) for days in (14, 30, 60, 90))]
MINE, NOBODY = "me", "none"

_MORE = ("age", "late", "first", "municipality")

# What the address calls a column, and the column; ties go by the number of the row.
SORTS: dict[str, str] = {
    "received": "submitted_at",
    "amount": "requested_cents",
    "title": "title_key",
    "due": "due_date",
    "state": "state",
    "number": "case_number",
}
DEFAULT_SORT = "received"


class OfficeFilterForm(forms.Form):
    """The filters of the staff's list. What cannot be read filters nothing, so an old address still works."""

    q = NormalisedField(max_length=200, required=False, label=_("Search"), widget=forms.TextInput({"type": "search"}))
    round = forms.TypedChoiceField(required=False, label=_("Round"), coerce=int, empty_value=None)
    state = forms.ChoiceField(required=False, label=_("State"), choices=[_ALL, *STATES])
    due = forms.ChoiceField(required=False, label=_("Next due"), choices=DUE)
    officer = forms.ChoiceField(required=False, label=_("Case officer"))
    age = forms.ChoiceField(required=False, label=_("Waits since receipt"), choices=AGES)
    late = forms.ChoiceField(required=False, label=_("Received late"), choices=YES_NO)
    first = forms.ChoiceField(required=False, label=_("First application"), choices=YES_NO)
    municipality = forms.ChoiceField(required=False, label=_("Municipality"))

    def __init__(self, data: Any, *, person: Person) -> None:
        super().__init__(data)
        self._person = person
        rounds = office.rounds_offered(person, data.get("round", ""))
        officers = office.officers_offered(person)
        towns = sorted({str(place) for round in rounds for place in round.places}, key=search_key)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "round": [(round.pk, round.name) for round in rounds],
            "officer": [
                (MINE, _("my cases, and of whom I stand in for")),
                (NOBODY, _("nobody yet")),
                *((str(officer.pk), str(officer)) for officer in officers),
            ],
            "municipality": [*((town, town) for town in towns), (ELSEWHERE, _("Outside the area of the fund"))],
        }
        for name, found in choices.items():
            self.fields[name].choices = [_ALL, *found]  # type: ignore[attr-defined]  # a choice field
        for field in self.fields.values():
            field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template

    def first_fields(self) -> list[BoundField]:
        """Return the filters that are used every day."""
        return [self[name] for name in self.fields if name not in _MORE]

    def more_fields(self) -> list[BoundField]:
        """Return the filters that stand behind "more"."""
        return [self[name] for name in _MORE]

    def uses_more(self) -> bool:
        """Tell whether one of those is set."""
        return any(self.data.get(name) for name in _MORE)

    def condition(self) -> Q:
        """Return what a row must meet."""
        self.is_valid()
        found = self.cleaned_data
        wanted = self._words() & self._due() & self._officer() & office.age_condition(found.get("age", ""))
        for name, column in (("round", "round"), ("state", "state"), ("municipality",) * 2):
            if found.get(name):
                wanted &= Q(**{column: found[name]})
        for name, column in (("late", "late"), ("first", "first_application")):
            if found.get(name):
                wanted &= Q(**{column: found[name] == "yes"})
        return wanted

    def _words(self) -> Q:
        wanted = Q()
        for word in search_key(self.cleaned_data.get("q", "")).split()[:8]:
            wanted &= Q(search_key__contains=word)
        return wanted

    def gone(self) -> list[str]:
        """Return the names of the filters whose choice is no longer there, as a round whose fund one has left."""
        return [str(self.fields[name].label) for name in self.errors if name in self.fields and name != "q"]

    def _officer(self) -> Q:
        asked = self.cleaned_data.get("officer", "")
        if asked == MINE:
            return Q(officer__in=office.handled_by(self._person))
        if asked == NOBODY:
            return Q(officer=None)
        return Q(officer=int(asked)) if asked else Q()

    def _due(self) -> Q:
        return office.due_condition(self.cleaned_data.get("due", ""))


def ordering(asked: str) -> list[OrderBy]:
    """Return the order for `?sort=`; an unknown one is the default: what came first waits longest."""
    name = asked.removeprefix("-")
    column = F(SORTS.get(name, SORTS[DEFAULT_SORT]))
    # Only the due day may be missing; in any other column the clause would keep the database from its index.
    last = True if name == "due" else None
    if asked.startswith("-") and name in SORTS:
        return [column.desc(nulls_last=last), F("pk").desc()]
    return [column.asc(nulls_last=last), F("pk").asc()]

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LongTextField, NormalisedField
from accounts.models import Person, User
from grants import desk, office
from grants.forms.round_fields import boxes
from grants.states import UNSENT, ApplicationState, BulkKind

STATES = [(state.value, state.label) for state in ApplicationState if state not in UNSENT]


class BulkForm(forms.Form):
    """What a step for many cases needs to know; for some that is nothing."""

    def words(self) -> dict[str, Any]:
        """Return what the action is told."""
        return {}


class AssignForm(BulkForm):
    """To whom the cases are given."""

    to = forms.ModelChoiceField(
        User.objects.none(), label=_("Case officer"), empty_label=None, error_messages={"required": _("Choose one.")}
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data)
        field: Any = self.fields["to"]
        field.queryset = desk.officers_for(person)
        field.label_from_instance = lambda user: _("%(name)s (me)") % {"name": user} if user == person else str(user)
        self.initial["to"] = person.pk

    def words(self) -> dict[str, Any]:
        """Return the officer."""
        return {"officer": self.cleaned_data["to"]}


class WriteForm(BulkForm):
    """What the applicants are told."""

    text = LongTextField(
        max_length=2400,
        label=_("Message in German"),
        help_text=_("Each applicant gets it as a message in the case, and an e-mail that there is one."),
    )
    text_en = LongTextField(
        max_length=1400,
        required=False,
        label=_("The same in English"),
        help_text=_("Stands below the German text for those who chose another language than German."),
    )

    def words(self) -> dict[str, Any]:
        """Return both texts."""
        return {"text": self.cleaned_data["text"], "text_en": self.cleaned_data["text_en"]}


class WriteToStatesForm(WriteForm):
    """A message to all applicants of a round whose cases are in one of some states."""

    field_order = ("round", "states", "text", "text_en")
    round = forms.TypedChoiceField(coerce=int, label=_("Round"), error_messages={"required": _("Choose a round.")})
    states = boxes(_("To the applicants of all applications that are"), STATES)

    def __init__(self, data: Any = None, *, person: Person, chosen: str = "") -> None:
        super().__init__(data)
        rounds: Any = self.fields["round"]
        rounds.choices = [(round_.pk, round_.name) for round_ in office.rounds_offered(person, chosen)]
        self.fields["states"].error_messages["required"] = _("Choose at least one state.")
        self.initial["round"] = chosen


class FilterNameForm(forms.Form):
    """The name under which filters are kept."""

    name = NormalisedField(max_length=60, label=_("Name of the filter"))


FORMS: dict[str, type[BulkForm]] = {
    BulkKind.ASSIGN: AssignForm,
    BulkKind.CHECK: BulkForm,
    BulkKind.MESSAGE: WriteForm,
}


def form_for(kind: str, data: Any, *, person: Person) -> BulkForm:
    """Return the form of a step for many cases."""
    return AssignForm(data, person=person) if kind == BulkKind.ASSIGN else FORMS[kind](data)

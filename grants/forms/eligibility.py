from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import AmountField
from accounts.states import OrganisationKind
from grants.eligibility import OTHER_BODY, OTHER_PURPOSE, PARTY, Answers, Begun
from grants.models import Round
from grants.rules.entries import ELSEWHERE

FITS = "fits"


class EligibilityForm(forms.Form):
    """The five questions. None must be answered; what cannot be read counts as not answered."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("1. Who applies?"), required=False)
    seat = forms.ChoiceField(
        label=gettext_lazy("2. Where is your seat?"),
        help_text=gettext_lazy("For an initiative or a private person: where you live."),
        required=False,
    )
    place = forms.ChoiceField(label=gettext_lazy("And where does the project take place?"), required=False)
    begun = forms.ChoiceField(
        label=gettext_lazy("3. Has the project begun?"),
        help_text=gettext_lazy("Planning and asking for prices are no beginning."),
        choices=Begun.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    amount = AmountField(
        label=gettext_lazy("4. How much money do you want to ask for?"),
        help_text=gettext_lazy("Roughly is enough."),
        min_cents=1,
        required=False,
    )
    purpose = forms.ChoiceField(label=gettext_lazy("5. What is the project about?"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, round_: Round) -> None:
        super().__init__(data)
        towns = [("", _("Please choose")), *((town, town) for town in round_.places)]
        towns.append((ELSEWHERE, _("Outside the area of the fund")))
        self._choose("kind", [("", _("Please choose")), *OrganisationKind.choices, *_no_kinds()])
        self._choose("seat", towns)
        self._choose("place", towns)
        self._choose("purpose", _purposes(round_))
        self.fields["purpose"].help_text = "" if round_.priorities else round_.fund.purpose
        for field in self.fields.values():
            field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def answers(self) -> Answers:
        """Return what was answered and could be read."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return Answers(amount_cents=given.pop("amount", None), **given)


def _no_kinds() -> list[tuple[str, str]]:
    return [
        (OTHER_BODY, _("Something else, for instance a company")),
        (PARTY, _("A political party or its organisation")),
    ]


def _purposes(round_: Round) -> list[tuple[str, str]]:
    names = [str(name) for name in round_.priorities]
    fitting = [(name, name) for name in names] or [(FITS, _("It serves this purpose"))]
    return [("", _("Please choose")), *fitting, (OTHER_PURPOSE, _("Something else, or we are not sure"))]

"""Forms of the budget pages."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, BerlinDateField, LongTextField, NormalisedField
from accounts.models import Fund, User
from payments.queries.budget import funds_to_propose
from payments.states import SubBudget

# Number of an account and what was open of it, each below what a column holds.
_SEEN = re.compile(r"[0-9]{1,18}:[0-9]{1,18}")


class BudgetForm(forms.Form):
    """The budget of a year, as it was voted."""

    fund = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.none(), empty_label=None)
    year = forms.IntegerField(label=_("Budget year"), min_value=2000, max_value=2199, localize=False)
    sub_budget = forms.ChoiceField(label=_("Part of the budget"), choices=SubBudget.choices)
    amount_cents = AmountField(label=_("Appropriation"), min_cents=1)
    decree = NormalisedField(
        label=_("Decree"), max_length=160, help_text=_("For example: budget decree 2026 of 16 December 2025")
    )
    in_force_from = BerlinDateField(
        label=_("In force from"), help_text=_("No award can be signed from this budget before this day.")
    )
    reason = LongTextField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fund"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = funds_to_propose(person)


class ChangeForm(forms.Form):
    """A change of a budget with its reason; `seen_cents` is what the person decided by."""

    seen_cents = forms.IntegerField(widget=forms.HiddenInput, localize=False)
    amount_cents = AmountField(label=_("Amount"), min_cents=1)
    reason = LongTextField(label=_("Reason"), max_length=300)


class SeenCasesField(forms.MultipleChoiceField):
    """Ticked cases, each as `number:cents` with what was open of it on the page; cleaned to a mapping."""

    def valid_value(self, value: str) -> bool:
        """Take what was on the page; whether it is so still is the action's to say."""
        return _SEEN.fullmatch(value) is not None

    def clean(self, value: Any) -> dict[int, int]:
        """Return cents by number of the account."""
        pairs = (entry.split(":") for entry in super().clean(value))
        return {int(number): int(cents) for number, cents in pairs}


class CarryForm(forms.Form):
    """Which cases take their open money into the next year, and why."""

    cases = SeenCasesField(label=_("Cases"), error_messages={"required": _("Choose at least one case.")})
    reason = LongTextField(label=_("Reason"), max_length=300)


class NoteForm(forms.Form):
    """What the second person says; needed to decline."""

    note = LongTextField(label=_("Remark"), max_length=500, required=False, help_text=_("Needed if you decline."))


class CaseFilterForm(forms.Form):
    """Looks for cases of a budget."""

    q = NormalisedField(label=_("Search"), max_length=100, required=False)

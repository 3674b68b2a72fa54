"""Forms of the treasury."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LongTextField, NormalisedField
from payments.bank import PayeeCheck
from payments.exceptions import NameCheckMissing, NameDoubtful
from payments.models import Payment
from payments.states import NameCheck


class _ResultField(forms.ChoiceField):
    """May stay empty only where the payment is not chosen, so its label does not say "optional"."""

    hide_optional = True


class PayeeForm(forms.Form):
    """One payment of a file: whether it goes along, and what the bank said about the name of the payee."""

    result = _ResultField(
        label=_("Name compared by the bank"),
        choices=[("", _("Please choose")), *NameCheck.choices],
        required=False,
    )
    note = NormalisedField(label=_("Note"), max_length=300, required=False)

    @classmethod
    def of(cls, payment: Payment, data: Any = None) -> Self:
        """Return the row of a payment; with `data` as it was sent."""
        chosen = data is None or str(payment.pk) in data.getlist("payment")
        return cls(data, payment=payment, chosen=chosen)

    def __init__(self, data: Any = None, *, payment: Payment, chosen: bool) -> None:
        super().__init__(data, prefix=f"p{payment.pk}")
        self.payment, self.chosen = payment, chosen
        for name, field in self.fields.items():
            # A reader of the list hears which payment a field belongs to.
            field.widget.attrs["aria-label"] = f"{payment.end_to_end_id}, {self.fields[name].label}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.chosen and not cleaned.get("result"):
            self.add_error("result", str(NameCheckMissing.message))
        elif self.chosen and "note" in cleaned and self.check_of(cleaned).lacks_reason:
            self.add_error("note", str(NameDoubtful.message))
        return cleaned

    def check_of(self, cleaned: dict[str, Any]) -> PayeeCheck:
        """Return what the action needs to know of this payment."""
        return PayeeCheck(self.payment.pk, NameCheck(cleaned["result"]), cleaned["note"])


class ComparisonForm(forms.Form):
    """What the treasury learnt from the bank after a restore."""

    note = LongTextField(
        label=_("What you found"),
        max_length=500,
        help_text=_("For example: no file in this time. Or: one file of 3 November with two payments."),
    )

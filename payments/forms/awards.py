"""Forms of grantees."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, BerlinDateField, NormalisedField


class PaymentRequestForm(forms.Form):
    """How much money is needed now, and what for."""

    amount_cents = AmountField(label=_("Amount"), min_cents=1)
    purpose = NormalisedField(
        label=_("What the money is needed for"),
        max_length=300,
        help_text=_("Request only what you will use soon: it must be used within the time named in your letter."),
    )
    planned_use_by = BerlinDateField(
        label=_("You will have used it by"), help_text=_("The day on which the last of it will have been spent.")
    )

    def __init__(self, *args: Any, max_cents: int, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount_cents"]
        if isinstance(amount, AmountField):
            amount.max_cents = max_cents
        amount.help_text = hint

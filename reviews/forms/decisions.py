"""Forms of decisions that the office makes itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, LongTextField
from accounts.money import format_cents
from reviews.states import WithdrawalGround


class SmallGrantForm(forms.Form):
    """The amount of a small project's grant."""

    amount = AmountField(label=_("Granted amount"), min_cents=1)
    reason = LongTextField(label=_("Reason"), max_length=4000, required=False)

    def __init__(self, *args: Any, limit_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["amount"] = limit_cents
        self.fields["amount"].max_cents = limit_cents  # type: ignore[attr-defined]  # an amount
        self.fields["amount"].help_text = gettext("At most %(limit)s.") % {"limit": format_cents(limit_cents)}


class ReasonsForm(forms.Form):
    """Reasons that the file keeps and the letter can use."""

    reason = LongTextField(label=_("Reasons"), max_length=4000)


class WithdrawalForm(ReasonsForm):
    """Why a grant is taken back."""

    ground = forms.ChoiceField(
        label=_("Ground"), choices=WithdrawalGround.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a ground.")},
    )  # fmt: skip

    field_order = ["ground", "reason"]

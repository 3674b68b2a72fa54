"""Forms of letters: filters, drafts, approval and signature of exactly what was read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import BerlinDateField, LongTextField
from accounts.models import User
from grants.models import Round
from notifications.states import DocumentKind, LetterState
from payments.forms.common import lines_of

KINDS = {
    "formal": _("Formal reasons"),
    "late": _("Received after the deadline"),
    "merit": _("Other projects were ranked higher"),
    "budget": _("The budget is used up"),
}
_LETTERS = [
    (DocumentKind.AWARD.value, DocumentKind.AWARD.label),
    (DocumentKind.REJECTION.value, DocumentKind.REJECTION.label),
]


class LetterFilterForm(forms.Form):
    """Filters of the list; they live in the address."""

    state = forms.ChoiceField(label=_("State"), required=False)
    round = forms.ChoiceField(label=_("Round"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, rounds: Sequence[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(round_.pk), round_.name) for round_ in rounds]
        self.fields["round"].choices = [("", _("All")), *names]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("All")), *LetterState.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All")), *_LETTERS]  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """Approval or signature of exactly the bytes that were shown."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AddressForm(forms.Form):
    """Where a letter that came back reaches its addressee."""

    envelope = LongTextField(
        label=_("Address for the envelope"),
        max_length=400,
        help_text=_("Line by line, for the mail room to write. The letter itself stays as it was signed."),
    )
    reason = LongTextField(
        label=_("How you found it out"), max_length=500, help_text=_("For example: asked by telephone on 3 March.")
    )


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by their names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.get_full_name())


class _DraftForm(forms.Form):
    signatory = PersonChoice(
        label=_("Who signs"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("The name is printed under the letter. Only this person can sign it."),
    )
    letter_date = BerlinDateField(
        label=_("Date of the letter"),
        help_text=_("The letter has to be signed by this day. After it a new letter is needed."),
    )

    def __init__(self, *args: Any, signatories: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[user.pk for user in signatories])
        field = self.fields["signatory"]
        field.queryset = people  # type: ignore[attr-defined]
        # They are loaded already: no need to read them once more.
        field.choices = [(user.pk, user.get_full_name()) for user in signatories]  # type: ignore[attr-defined]


class AwardLetterForm(_DraftForm):
    """Draft of an award letter; reasons are needed where less than applied for is granted."""

    partial_reasons = LongTextField(
        label=_("Why less than applied for is granted"),
        max_length=2000,
        required=False,
        help_text=_("One reason a line. It stands in the letter."),
    )
    conditions = LongTextField(
        label=_("Special conditions"),
        max_length=2000,
        required=False,
        help_text=_("One condition a line. It stands in the letter."),
    )
    field_order = ("partial_reasons", "conditions", "signatory", "letter_date")

    def __init__(self, *args: Any, partial: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partial_reasons"].required = partial
        if not partial:
            del self.fields["partial_reasons"]

    def content(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = self.cleaned_data
        return {
            "signatory": data["signatory"],
            "letter_date": data["letter_date"],
            "conditions": lines_of(data["conditions"]),
            "partial_reasons": lines_of(data.get("partial_reasons", "")),
        }


class RejectionLetterForm(_DraftForm):
    """Draft of a rejection letter."""

    kind = forms.ChoiceField(label=_("Ground of the rejection"), widget=forms.RadioSelect)
    reasons = LongTextField(
        label=_("Reasons"), max_length=3000, help_text=_("One reason a line. They stand in the letter.")
    )
    field_order = ("kind", "reasons", "signatory", "letter_date")

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, KINDS[kind]) for kind in kinds]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = self.cleaned_data
        return {
            "signatory": data["signatory"],
            "letter_date": data["letter_date"],
            "kind": data["kind"],
            "reasons": lines_of(data["reasons"]),
        }


class PlanRequestForm(forms.Form):
    """Until when a revised plan is due, and what the applicant should know."""

    due = BerlinDateField(label=_("Revised plan due by"))
    reason = LongTextField(label=_("Note for the history"), max_length=500, required=False)


class PlanExtendForm(forms.Form):
    """Until when the plan is due instead, and why."""

    due = BerlinDateField(label=_("Revised plan due by"))
    reason = LongTextField(label=_("Reason"), max_length=500)

"""Forms of the session and of the committees."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, BerlinDateField, LongTextField, NormalisedField, RowsField
from accounts.forms.versioned import VersionedForm
from accounts.money import format_cents
from grants.models import Application
from reviews.models import Juror
from reviews.queries.committee import Body
from reviews.queries.ranking import bound_cents
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation
from reviews.steps import Ballot
from reviews.steps.committee import Word

SHORT = {"class": "mt-short", "inputmode": "numeric"}


def _needed_sometimes(form: forms.Form, *names: str) -> None:
    """Leave "(optional)" away: whether the field is needed depends on another one, and the form checks it."""
    for name in names:
        form.fields[name].hide_optional = True  # type: ignore[attr-defined]


class SessionForm(forms.Form):
    """Day, place and who is there."""

    held_on = BerlinDateField(label=_("Day of the session"))
    place = NormalisedField(label=_("Place"), max_length=160, required=False)
    present = RowsField(Juror.objects.none(), label=_("Present"), required=False, hide_optional=True)

    def __init__(self, data: Any = None, *, seats: QuerySet[Juror], today: Any) -> None:
        super().__init__(data, initial={"held_on": today})
        self.fields["present"].queryset = seats  # type: ignore[attr-defined]


class MinutesForm(VersionedForm):
    """What was said; the votes stand beside it."""

    minutes = LongTextField(label=_("Minutes"), max_length=20_000, required=False, widget=forms.Textarea({"rows": 8}))


class VoteForm(forms.Form):
    """The jury's proposal for one case."""

    recommendation = forms.ChoiceField(
        label=_("Proposal"), choices=Recommendation.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a proposal.")},
    )  # fmt: skip
    amount = AmountField(label=_("Amount"), required=False)
    rank = forms.IntegerField(
        label=_("Order among equals, or rank on the reserve list"),
        required=False,
        min_value=1,
        max_value=9_999,
        widget=forms.NumberInput(SHORT),
    )
    reason = LongTextField(label=_("Reason"), max_length=4000)
    yes = forms.IntegerField(label=_("In favour"), min_value=0, max_value=99, widget=forms.NumberInput(SHORT))
    no = forms.IntegerField(label=_("Against"), min_value=0, max_value=99, widget=forms.NumberInput(SHORT), initial=0)
    abstained = forms.IntegerField(
        label=_("Abstained"), min_value=0, max_value=99, widget=forms.NumberInput(SHORT), initial=0
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, application: Application, here: int) -> None:
        limit = bound_cents(application)
        super().__init__(data, initial={"amount": limit, "yes": here, "version": application.version})
        self.fields["amount"].max_cents = limit  # type: ignore[attr-defined]
        self.fields["amount"].help_text = gettext("At most %(limit)s.") % {"limit": format_cents(limit)}
        _needed_sometimes(self, "amount")

    def clean(self) -> dict[str, Any]:
        """Money is proposed with an amount, a rejection without."""
        word, amount = self.cleaned_data.get("recommendation"), self.cleaned_data.get("amount")
        if word and word != Recommendation.DECLINE and not amount and not self.has_error("amount"):
            self.add_error("amount", gettext("Enter the proposed amount."))
        return self.cleaned_data

    def ballot(self) -> Ballot:
        """Return what the jury said; a rejection proposes nothing."""
        data = self.cleaned_data
        word = Recommendation(data["recommendation"])
        cents = 0 if word == Recommendation.DECLINE else data["amount"]
        return Ballot(word, cents, data["reason"], data["yes"], data["no"], data["abstained"], data["rank"])


class DecisionForm(forms.Form):
    """What the next body said about one case."""

    outcome = forms.ChoiceField(
        label=_("What was decided"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was decided.")},
    )  # fmt: skip
    amount = AmountField(label=_("Amount"), required=False)
    rank = forms.IntegerField(
        label=_("Rank on the reserve list"),
        required=False,
        min_value=1,
        max_value=9_999,
        widget=forms.NumberInput(SHORT),
    )
    reason = LongTextField(
        label=_("Reason"), max_length=4000, required=False, help_text=_("Needed to reject and to postpone.")
    )
    decided_on = BerlinDateField(label=_("Day of the session"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, application: Application, body: Body, amount_cents: int, rank: int, today: Any
    ) -> None:
        limit = bound_cents(application)
        initial = {"amount": amount_cents or None, "rank": rank, "version": application.version,
                   "decided_on": body.meets_on or today}  # fmt: skip
        super().__init__(data, initial=initial)
        wanted = (O.FUND, O.RESERVE, O.DECLINE, O.POSTPONE) if body.decides else (O.RECOMMEND, O.POSTPONE)
        self.proposes_money = amount_cents > 0
        self.fields["outcome"].choices = [(o.value, o.label) for o in wanted]  # type: ignore[attr-defined]
        self.fields["amount"].max_cents = limit  # type: ignore[attr-defined]
        self.fields["amount"].help_text = gettext("At most %(limit)s.") % {"limit": format_cents(limit)}
        _needed_sometimes(self, "amount", "rank", "reason")
        if not body.decides:
            del self.fields["rank"]

    def clean(self) -> dict[str, Any]:
        """Each outcome has what it needs."""
        outcome, data = self.cleaned_data.get("outcome"), self.cleaned_data
        # A body that follows a proposal to decline recommends no money.
        paying = (O.FUND, O.RESERVE, O.RECOMMEND) if self.proposes_money else (O.FUND, O.RESERVE)
        if outcome in paying and not data.get("amount") and not self.has_error("amount"):
            self.add_error("amount", gettext("Enter the amount that was decided."))
        if outcome == O.RESERVE and not data.get("rank") and not self.has_error("rank"):
            self.add_error("rank", gettext("Enter the rank on the reserve list."))
        if outcome in (O.DECLINE, O.POSTPONE) and not data.get("reason") and not self.has_error("reason"):
            self.add_error("reason", gettext("Give the reason that the body gave."))
        return data

    def word(self) -> Word:
        """Return the decision; what an outcome does not need is left out."""
        data, outcome = self.cleaned_data, O(self.cleaned_data["outcome"])
        cents = data["amount"] or 0 if outcome in (O.FUND, O.RESERVE, O.RECOMMEND) else 0
        return Word(outcome, cents, data.get("rank") if outcome == O.RESERVE else None, data["reason"])

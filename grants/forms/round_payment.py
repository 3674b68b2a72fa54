"""The cards of a round about its money after the award: payment, keeping, proof of use, recovery."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField
from grants.forms.round_card import CardForm
from grants.forms.round_fields import MOST_CENTS, number, switch
from grants.models import Round

_INTERIM: Final = "on_interim"
# When an instalment can be requested, in the order of the project.
WHEN: Final = ("on_finality", _INTERIM, "after_proof")


def shares(plan: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many percent of a grant a plan of instalments pays at each point."""
    return {when: sum(int(part["percent"]) for part in plan if part["when"] == when) for when in WHEN}


class PaymentForm(CardForm):
    title = _("Payment")

    share_on_finality = number(
        _("Percent of the grant that can be requested once the award is final"),
        0,
        100,
        _("The three percentages give 100 together."),
    )
    share_on_interim = number(_("Percent after the interim proof"), 0, 100)
    share_after_proof = number(_("Percent after the proof of use was checked"), 0, 100)
    final_retention_percent = number(
        _("Percent kept back in any case until the proof of use was checked"), 0, 100, _("0: nothing is kept back.")
    )
    use_by_months = number(
        _("Months in which money must be used after it was paid"),
        1,
        24,
        _("Calendar months from the day after the bank booked; what is used later may bear interest."),
    )
    shift_tolerance_percent = number(_("Percent by which a position may rise if others fall"), 0, 100)
    bank_cooling_days = number(_("Days before a new bank account can be used"), 0, 30)

    def read(self, round: Round) -> dict[str, Any]:
        return {f"share_{when}": percent for when, percent in shares(round.instalments).items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = self._typed()
        if len(typed) == len(WHEN) and sum(typed.values()) != 100:
            self.add_error("share_on_finality", _("The three percentages must give 100 together."))
        if typed.get(_INTERIM) and not self.round.interim_proof:
            self.add_error(
                "share_on_interim", _("This round asks for no interim proof. Ask for one on its card first.")
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        found = {name: value for name, value in super().values().items() if not name.startswith("share_")}
        typed = self._typed()
        if typed == shares(self.round.instalments):
            return found
        parts = [{"percent": percent, "when": when} for when, percent in typed.items() if percent]
        return found | {"instalments": parts}

    def _typed(self) -> dict[str, int]:
        known = ((when, self.cleaned_data.get(f"share_{when}")) for when in WHEN)
        return {when: percent for when, percent in known if percent is not None}


class ProofForm(CardForm):
    title = _("Proof of use and recovery")

    interim_proof = switch(
        _("Ask for an interim proof"), _("In the middle of the project; an instalment can wait for it.")
    )
    proof_months = number(_("Months after the project until the proof of use is due"), 1, 24)
    basic_check_months = number(
        _("Months in which the office checks every proof in short"),
        1,
        24,
        _("The first stage: is it complete and sound?"),
    )
    sample_percent = number(
        _("Percent of the proofs that are checked in depth"),
        0,
        100,
        _("The second stage: drawn by risk and by chance."),
    )
    recovery_minimum_cents = AmountField(
        max_cents=MOST_CENTS,
        label=_("Claims below this amount are not recovered"),
        help_text=_("The guideline or the state's rules set it. 0: every claim is recovered."),
    )
    interest_points = number(_("Percentage points of interest above the base rate"), 0, 20)
    repaid_returns = switch(
        _("Money paid back in the same year returns to the fund"), _("Otherwise it goes to the general budget.")
    )

    def clean_interim_proof(self) -> bool:
        wanted = bool(self.cleaned_data["interim_proof"])
        if not wanted and shares(self.round.instalments)[_INTERIM]:
            raise ValidationError(_("An instalment waits for the interim proof. Change the instalments first."))
        return wanted


class KeepingForm(CardForm):
    title = _("Publication and keeping")

    publish_awards = switch(
        _("Publish the list of awards after the decision"),
        _("Organisation, project and amount; private persons only with their consent."),
    )
    keep_rejected_years = number(_("Years a rejected application is kept"), 1, 30)
    keep_funded_years = number(_("Years a funded application is kept"), 1, 30)

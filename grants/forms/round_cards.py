"""The settings of a round, card by card; each card is a form of its own."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, BerlinDateField, LongTextField, NormalisedField
from accounts.states import OrganisationKind
from grants.forms.round_card import CardForm
from grants.forms.round_documents import DocumentsCardForm
from grants.forms.round_fields import (
    MOST_CENTS,
    CapField,
    InstantsMixin,
    boxes,
    choice,
    number,
    split_instant,
    switch,
)
from grants.forms.round_payment import KeepingForm, PaymentForm, ProofForm
from grants.models import Round
from grants.states import (
    Announcement,
    CostKind,
    FundingType,
    LatePolicy,
    OthersVisible,
    RegionRule,
    RuleProfile,
    StartRule,
)


class BasicsForm(CardForm):
    title = _("Name and guideline")

    name = NormalisedField(max_length=160, label=_("Name"), help_text=_("Applicants see it."))
    guideline = NormalisedField(
        max_length=120,
        required=False,
        label=_("Version of the guideline"),
        help_text=_("For instance: Förderrichtlinie, Stand 01.09.2026. Needed to publish; letters name it."),
    )
    budget_year = number(_("Budget year"), 2000, 2199, _("The year the money comes from."))
    rule_profile = choice(
        _("Rules of the state"),
        RuleProfile.choices,
        _("Another choice also sets what it prescribes: when a project may begin, and the months to use the money."),
    )
    accessibility_checked = switch(
        _("The form was checked for accessibility"), _("Required by law before a round is published.")
    )


class DatesForm(InstantsMixin, CardForm):
    title = _("Dates")

    late_policy = choice(
        _("Applications after the deadline"),
        LatePolicy.choices,
        _("They are recorded in any case; this says what follows."),
    )
    draft_days = number(_("Days until an unused draft is discarded"), 1, 3650, _("Its authors are told before."))

    field_order = ["version", "opens_on", "opens_time", "deadline_on", "deadline_time"]

    def read(self, round: Round) -> dict[str, Any]:
        return split_instant(round.opens_at, "opens_on", "opens_time") | split_instant(
            round.deadline_at, "deadline_on", "deadline_time"
        )

    def values(self) -> dict[str, Any]:
        names = ("opens_at", "deadline_at", "late_policy", "draft_days")
        return {name: self.cleaned_data[name] for name in names}


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class ApplicantsForm(CardForm):
    title = _("Who may apply")

    applicant_types = boxes(_("These may apply"), OrganisationKind.choices)
    region_rule = choice(_("Link to the area"), RegionRule.choices)
    places = LongTextField(max_length=4000, label=_("Towns of the area"), help_text=_("One in each line."))
    max_applications = number(_("Applications per organisation"), 1, 100)
    priorities = LongTextField(
        max_length=2000, required=False, label=_("Priority fields to choose from"), help_text=_("One in each line.")
    )

    def read(self, round: Round) -> dict[str, Any]:
        return {"places": "\n".join(round.places), "priorities": "\n".join(str(p) for p in round.priorities)}

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {"places": _lines(found["places"]), "priorities": _lines(found["priorities"])}


class MoneyForm(CardForm):
    title = _("Amounts")

    minimum_cents = AmountField(max_cents=MOST_CENTS, label=_("Smallest grant that can be requested"))
    maximum_cents = AmountField(max_cents=MOST_CENTS, min_cents=1, label=_("Largest grant that can be requested"))
    announced_cents = AmountField(
        max_cents=MOST_CENTS,
        min_cents=1,
        required=False,
        label=_("Money for all projects of the round together"),
        help_text=_(
            "It stands on the public page. Leave it empty if it is not certain yet. The books do not follow it."
        ),
    )
    max_rate_percent = number(_("Grant in percent of the eligible costs, at most"), 1, 100)
    own_share_percent = number(_("Own share in percent of the total costs, at least"), 0, 100)
    fixed_up_to_cents = AmountField(
        max_cents=MOST_CENTS,
        label=_("Fixed amount up to a grant of"),
        help_text=_("Smaller grants are a fixed amount: single positions do not bind then."),
    )
    funding_type_above = choice(_("Above that the grant is"), FundingType.choices)
    max_duration_months = number(_("Months a project may take"), 1, 60)
    start_rule = choice(_("A project may begin"), StartRule.choices)
    start_rule_up_to_cents = AmountField(
        max_cents=MOST_CENTS,
        min_cents=1,
        required=False,
        label=_("… if all its costs together are at most"),
        help_text=_("Only where it may begin once the application is sent; a dearer one waits for the letter then."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("minimum_cents"), cleaned.get("maximum_cents")
        if low is not None and high is not None and high < low:
            self.add_error("maximum_cents", _("The largest grant must not be below the smallest."))
        return cleaned


class FastTrackForm(CardForm):
    title = _("Fast track for small projects")

    fast_track_max_cents = AmountField(
        max_cents=MOST_CENTS,
        label=_("The office may decide requests up to"),
        help_text=_("Without jury and committee, by two people. 0: every application goes to the jury."),
    )
    fast_track_budget_cents = AmountField(
        max_cents=MOST_CENTS,
        label=_("From the part of the budget for small projects this round may use"),
        help_text=_("Finance sets that part for the whole year. 0: this round may use all of it."),
    )

    def clean_fast_track_max_cents(self) -> int:
        cents = int(self.cleaned_data["fast_track_max_cents"])
        if cents > self.round.maximum_cents:
            raise ValidationError(_("This is more than the largest grant that can be requested."))
        return cents


class CostsForm(CardForm):
    title = _("Costs and own work")

    in_kind_rate_cents = AmountField(max_cents=10_000_00, label=_("Value of an hour of own work"))
    in_kind_cap_percent = number(_("Own work in percent of the eligible costs, at most"), 0, 100)

    def __init__(self, data: Any = None, *, round: Round) -> None:
        super().__init__(data, round=round)
        for kind in CostKind:
            name = f"cap_{kind}"
            self.fields[name] = CapField(label=kind.label)
            self.initial[name] = round.kind_caps.get(kind)

    def values(self) -> dict[str, Any]:
        typed = ((kind.value, self.cleaned_data.get(f"cap_{kind}")) for kind in CostKind)
        names = ("in_kind_rate_cents", "in_kind_cap_percent")
        kept = {name: self.cleaned_data[name] for name in names}
        return kept | {"kind_caps": {kind: cap for kind, cap in typed if cap is not None}}


class JuryForm(CardForm):
    title = _("Jury")

    jury_size = number(_("Seats in the jury"), 0, 50, _("0: no jury; the coordinator makes the proposal."))
    min_reviews = number(_("Sheets needed for each application"), 0, 50)
    quorum = number(_("Members present and not excluded when it votes"), 0, 50)
    others_visible = choice(_("A juror sees the sheets of others"), OthersVisible.choices)
    hide_jurors = switch(_("Jurors do not learn one another's names"))
    score_minimum = number(_("Points below which an application is flagged"), 0, 100, _("It flags, it never excludes."))
    spread_flag = number(_("Points between two sheets that are flagged for discussion"), 1, 100)
    reason_scores = boxes(_("Scores that need a reason"), [(str(n), str(n)) for n in range(6)], required=False)
    group_codes = boxes(_("These criteria together …"), [], required=False)
    group_percent = number(_("… should reach this share of their points (percent)"), 0, 100)

    def __init__(self, data: Any = None, *, round: Round) -> None:
        super().__init__(data, round=round)
        chosen = [(c.code, f"{c.code} – {c.name}") for c in round.criteria.all()]
        self.fields["group_codes"].choices = chosen  # type: ignore[attr-defined]
        for name in ("reason_scores", "group_codes"):
            self.fields[name].hide_optional = True  # type: ignore[attr-defined]  # read by the field's template

    def read(self, round: Round) -> dict[str, Any]:
        group = (round.group_minimum or [{"criteria": [], "percent": 0}])[0]
        scores = [str(score) for score in round.reason_scores]
        return {"group_codes": group["criteria"], "group_percent": group["percent"], "reason_scores": scores}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        size = cleaned.get("jury_size")
        for name in ("min_reviews", "quorum"):
            needed = cleaned.get(name)
            if size is None or needed is None:
                continue
            if needed > size:
                self.add_error(name, _("This cannot be more than there are seats."))
            elif size and not needed:
                self.add_error(name, _("Enter at least 1: without it, the jury decides nothing."))
        return cleaned

    def values(self) -> dict[str, Any]:
        found = super().values()
        codes, percent = found.pop("group_codes"), found.pop("group_percent")
        groups = [{"criteria": codes, "percent": percent}, *self.round.group_minimum[1:]]
        found["group_minimum"] = [group for group in groups if group["criteria"]]
        found["reason_scores"] = sorted(int(score) for score in found["reason_scores"])
        return found


class LettersForm(CardForm):
    title = _("Letters and announcement")

    announcement = choice(_("Letters are announced"), Announcement.choices)
    deemed_days = number(_("Days after posting on which a letter counts as announced"), 1, 30)
    retrieval_days = number(_("Days to retrieve a letter in the portal"), 1, 60)
    plan_deadline_days = number(_("Days to hand in a revised plan"), 1, 365)
    notify_decision = switch(
        _("Tell applicants the result before the letter"), _("It binds nobody; only the letter does.")
    )
    reserve_list_until = BerlinDateField(required=False, label=_("The reserve list holds until"))
    waiver = switch(_("Offer to waive the legal remedy, so that the money can be paid earlier"))
    remedy_text = LongTextField(
        max_length=2000,
        required=False,
        label=_("Instruction on legal remedy"),
        help_text=_("Empty: the usual text with the court of the fund."),
    )


CARDS: Mapping[str, type[CardForm]] = {
    "basics": BasicsForm,
    "dates": DatesForm,
    "applicants": ApplicantsForm,
    "documents": DocumentsCardForm,
    "money": MoneyForm,
    "fast-track": FastTrackForm,
    "costs": CostsForm,
    "jury": JuryForm,
    "letters": LettersForm,
    "payment": PaymentForm,
    "proof": ProofForm,
    "keeping": KeepingForm,
}

"""What of a round's rules becomes the terms of an award, and the texts that stand in its letter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Fund
from accounts.money import share
from accounts.states import OrganisationKind
from grants.models import Application, Round
from grants.states import FundingType
from notifications.pdf.data import Ancillary, Instalment
from payments.states import AwardState

# Version of the ancillary provisions that go with new letters (to be confirmed by the legal office).
ANCILLARY_VERSION = "Stand 01.01.2026"

ON_FINALITY = "on_finality"

_KEPT = (
    "maximum_cents", "max_rate_percent", "own_share_percent", "in_kind_rate_cents", "in_kind_cap_percent",
    "kind_caps", "start_rule", "start_rule_up_to_cents", "announcement", "deemed_days", "retrieval_days", "waiver",
    "instalments", "final_retention_percent", "use_by_months", "shift_tolerance_percent", "interim_proof",
    "proof_months", "basic_check_months", "sample_percent", "recovery_minimum_cents", "interest_points",
    "repaid_returns", "bank_cooling_days", "publish_awards", "keep_funded_years", "rule_profile", "guideline",
)  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """On what a letter rests: which body (or person) decided, and when."""

    decided_by: str
    decided_on: date


def frozen_terms(round_: Round) -> dict[str, Any]:
    """Return the rules of the round that an award keeps, as JSON values."""
    return {name: getattr(round_, name) for name in _KEPT}


def funding_type(round_: Round, amount_cents: int) -> FundingType:
    """Return how a grant of this amount is funded: fixed up to the round's limit, else as the round says."""
    if amount_cents <= round_.fixed_up_to_cents:
        return FundingType.FIXED
    return FundingType(round_.funding_type_above)


def ancillary_of(application: Application) -> Ancillary:
    """Return which ancillary provisions apply: those for municipalities, or those for everybody else."""
    organisation = application.organisation
    return "ANBest-Gk" if organisation and organisation.kind == OrganisationKind.MUNICIPALITY else "ANBest-P"


def remedy_of(round_: Round, fund: Fund) -> str:
    """Return the instruction on legal remedy: the round's own, else the fund's, else the usual one.

    In Niedersachsen it is a lawsuit, there is no Widerspruch in this field.
    """
    usual = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim {} erhoben werden."
    return round_.remedy_text or fund.remedy_text or usual.format(fund.court)


def instalments_of(round_: Round, amount_cents: int) -> tuple[Instalment, ...]:
    """Split the amount (cents) as the round says; the last instalment takes what rounding leaves."""
    parts = _split(round_.instalments, amount_cents)
    return tuple(
        Instalment(f"{number}. Rate", _CONDITIONS.get(when, _CONDITIONS[ON_FINALITY]), amount)
        for number, (when, amount) in enumerate(parts, start=1)
        if amount > 0
    )


def _split(plan: list[dict[str, Any]], amount_cents: int) -> list[tuple[str, int]]:
    """Return when and how much (cents) of each instalment; the last one takes what rounding leaves."""
    plan = plan or [{"percent": 100, "when": ON_FINALITY}]
    amounts = [share(amount_cents, int(part["percent"]), 100) for part in plan[:-1]]
    amounts.append(amount_cents - sum(amounts))
    return [(str(part.get("when", ON_FINALITY)), amount) for part, amount in zip(plan, amounts, strict=True)]


def withheld_cents(award_terms: dict[str, Any], amount_cents: int, state: str) -> int:
    """Return what of an award (cents) is not due yet: later instalments and the retention, until the first check."""
    if state in (AwardState.BASIC_CHECKED, AwardState.IN_DEPTH):
        return 0
    parts = _split(award_terms.get("instalments") or [], amount_cents)
    later = sum(amount for when, amount in parts if when != ON_FINALITY)
    retained = share(amount_cents, int(award_terms.get("final_retention_percent", 0)), 100)
    return max(later, retained)


_CONDITIONS = {
    ON_FINALITY: "auf Anforderung, sobald dieser Bescheid bestandskräftig ist",
    "on_interim": "auf Anforderung, nach Vorlage des Zwischennachweises",
    "after_proof": "nach Prüfung des Verwendungsnachweises",
}

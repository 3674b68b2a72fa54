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

# Version of the ancillary provisions that go with new letters (to be confirmed by the legal office).
ANCILLARY_VERSION = "Stand 01.01.2026"

_KEPT = (
    "maximum_cents", "max_rate_percent", "own_share_percent", "in_kind_rate_cents", "in_kind_cap_percent",
    "kind_caps", "announcement", "deemed_days", "retrieval_days", "waiver", "instalments",
    "final_retention_percent", "use_by_months", "shift_tolerance_percent", "interim_proof", "proof_months",
    "basic_check_months", "sample_percent", "recovery_minimum_cents", "interest_points", "repaid_returns",
    "bank_cooling_days", "publish_awards", "keep_funded_years", "rule_profile", "guideline",
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
    """Return the instruction on legal remedy; in Niedersachsen a lawsuit, there is no Widerspruch in this field."""
    return round_.remedy_text or (
        f"Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim {fund.court} erhoben werden."
    )


def instalments_of(round_: Round, amount_cents: int) -> tuple[Instalment, ...]:
    """Split the amount (cents) as the round says; the last instalment takes what rounding leaves."""
    plan = round_.instalments or [{"percent": 100, "when": "on_finality"}]
    amounts = [share(amount_cents, int(part["percent"]), 100) for part in plan[:-1]]
    amounts.append(amount_cents - sum(amounts))
    return tuple(
        Instalment(f"{number}. Rate", _CONDITIONS.get(part.get("when", ""), _CONDITIONS["on_finality"]), amount)
        for number, (part, amount) in enumerate(zip(plan, amounts, strict=True), start=1)
        if amount > 0
    )


_CONDITIONS = {
    "on_finality": "auf Anforderung, sobald dieser Bescheid bestandskräftig ist",
    "on_interim": "auf Anforderung, nach Vorlage des Zwischennachweises",
    "after_proof": "nach Prüfung des Verwendungsnachweises",
}

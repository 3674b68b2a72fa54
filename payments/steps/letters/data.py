"""What a letter states, frozen from the case as it is today."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

from accounts import letterhead
from accounts.clock import berlin_day
from accounts.models import Fund, Organisation, User
from grants.models import Application
from grants.queries import last_version_number
from grants.states import FundingType
from notifications.dates import add_months
from notifications.pdf import TEMPLATE_VERSION
from notifications.pdf.data import (
    Address,
    AwardLetterData,
    PlanLine,
    RejectionKind,
    RejectionLetterData,
    Sender,
)
from payments import terms
from payments.exceptions import NothingDecided, PlanNotAtAmount
from payments.terms import Basis

_FUNDING: Final[dict[FundingType, Literal["FIXED", "SHARE", "SHORTFALL", "FULL"]]] = {
    FundingType.FIXED: "FIXED",
    FundingType.SHARE: "SHARE",
    FundingType.SHORTFALL: "SHORTFALL",
    FundingType.FULL: "FULL",
}


def sender_of(fund: Fund, *, officer: User, signatory: User) -> Sender:
    """Return the letterhead of a fund as it stands in that record."""
    return Sender(
        authority=fund.authority,
        department=fund.office,
        street=fund.street,
        postcode=fund.postcode,
        city=fund.city,
        officer=officer.get_full_name(),
        phone=officer.phone or fund.phone,
        mail=fund.email,
        web=fund.website,
        closing=fund.closing,
        signatory=signatory.get_full_name(),
        function=fund.office,
    )


def recipient_of(organisation: Organisation, executing_unit: str = "") -> Address:
    """Return the legal entity as it stands on the envelope."""
    return Address(
        name=organisation.name,
        extra=executing_unit or organisation.representatives,
        street=organisation.street,
        postcode=organisation.postcode,
        city=organisation.city,
        country="",
    )


def _cost_lines(application: Application) -> tuple[PlanLine, ...]:
    return tuple(
        PlanLine(line.label or line.get_kind_display(), line.get_kind_display(), line.amount_cents, line.eligible)
        for line in application.cost_lines.all()
    )


def _financing_lines(application: Application, amount_cents: int) -> tuple[PlanLine, ...]:
    others = tuple(
        PlanLine(line.label or line.get_kind_display(), line.get_kind_display(), line.amount_cents)
        for line in application.funding_lines.all()
    )
    return (*others, PlanLine("Zuwendung", "dieser Bescheid", amount_cents))


def award_data(
    application: Application,
    *,
    amount_cents: int,
    basis: Basis,
    officer: User,
    signatory: User,
    letter_date: date,
    conditions: Sequence[str] = (),
    partial_reasons: Sequence[str] = (),
) -> AwardLetterData:
    """Freeze everything the award letter states. Raises: BadLetterData where the parts do not fit together."""
    round_, organisation = application.round, application.organisation
    if organisation is None or application.submitted_at is None:
        raise NothingDecided
    if application.starts_on is None or application.ends_on is None:
        raise PlanNotAtAmount
    fund = letterhead.on(application.fund, letter_date)
    return AwardLetterData(
        template_version=TEMPLATE_VERSION,
        sender=sender_of(fund, officer=officer, signatory=signatory),
        recipient=recipient_of(organisation, application.executing_unit),
        case_number=application.case_number or "",
        letter_date=letter_date,
        fund=application.fund.name,
        legal_basis=round_.guideline,
        budget_year=round_.budget_year,
        decided_by=basis.decided_by,
        decided_on=basis.decided_on,
        application_date=berlin_day(application.submitted_at),
        application_version=last_version_number(application) or 1,
        project_title=application.title,
        purpose=f"Durchführung des Projekts „{application.title}“",
        period_from=application.starts_on,
        period_to=application.ends_on,
        funding_type=_FUNDING[terms.funding_type(round_, amount_cents)],
        requested_cents=application.applied_cents or application.requested_cents,
        amount_cents=amount_cents,
        eligible_cents=application.eligible_cents,
        cost_lines=_cost_lines(application),
        financing_lines=_financing_lines(application, amount_cents),
        instalments=terms.instalments_of(round_, amount_cents),
        use_by_months=round_.use_by_months,
        shift_tolerance_percent=round_.shift_tolerance_percent,
        interest_points=round_.interest_points,
        proof_kind="Verwendungsnachweis aus Sachbericht und zahlenmäßigem Nachweis",
        proof_due=add_months(application.ends_on, round_.proof_months),
        ancillary=terms.ancillary_of(application),
        ancillary_version=terms.ANCILLARY_VERSION,
        ancillary_text=(),
        special_conditions=tuple(conditions),
        partial_reasons=tuple(partial_reasons),
        remedy=terms.remedy_of(round_, fund),
        waiver=round_.waiver,
    )


def rejection_data(
    application: Application,
    *,
    kind: RejectionKind,
    reasons: Sequence[str],
    basis: Basis,
    officer: User,
    signatory: User,
    letter_date: date,
) -> RejectionLetterData:
    """Freeze everything the rejection letter states."""
    round_, organisation = application.round, application.organisation
    if organisation is None or application.submitted_at is None:
        raise NothingDecided
    fund = letterhead.on(application.fund, letter_date)
    return RejectionLetterData(
        template_version=TEMPLATE_VERSION,
        sender=sender_of(fund, officer=officer, signatory=signatory),
        recipient=recipient_of(organisation, application.executing_unit),
        case_number=application.case_number or "",
        letter_date=letter_date,
        fund=application.fund.name,
        legal_basis=round_.guideline,
        decided_by=basis.decided_by,
        decided_on=basis.decided_on,
        application_date=berlin_day(application.submitted_at),
        application_version=last_version_number(application) or 1,
        deadline_at=round_.deadline_at,
        received_at=application.submitted_at,
        project_title=application.title,
        requested_cents=application.applied_cents or application.requested_cents,
        kind=kind,
        reasons=tuple(reasons),
        remedy=terms.remedy_of(round_, fund),
    )

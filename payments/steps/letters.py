"""Drafting and signing of award and rejection letters, and what a signature does to case and money."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

from django.urls import reverse

from accounts import audit
from accounts.clock import berlin_day
from accounts.exceptions import NotPossible
from accounts.models import SYSTEM, Fund, Organisation, Person, User
from accounts.money import format_cents
from grants.models import Application
from grants.states import ApplicationState, FundingType
from notifications import letters as letter_door
from notifications import outbox
from notifications.dates import add_months, fmt_day
from notifications.models import Letter
from notifications.pdf import TEMPLATE_VERSION
from notifications.pdf.data import (
    Address,
    AwardLetterData,
    PlanLine,
    RejectionKind,
    RejectionLetterData,
    Sender,
)
from notifications.states import DocumentKind, LetterState
from payments import ledger, terms
from payments.exceptions import LetterAlreadyDrafted, NothingDecided, PlanNotAtAmount
from payments.models import Award, CaseAccount, CaseLetter
from payments.queries import members, signing_owners
from payments.terms import Basis


_FUNDING: Final[dict[FundingType, Literal["FIXED", "SHARE", "SHORTFALL", "FULL"]]] = {
    FundingType.FIXED: "FIXED",
    FundingType.SHARE: "SHARE",
    FundingType.SHORTFALL: "SHORTFALL",
    FundingType.FULL: "FULL",
}


def sender_of(fund: Fund, *, officer: User, signatory: User) -> Sender:
    """Return the fund's letterhead as it is today."""
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
        closing="Im Auftrag",
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
    version = application.versions.order_by("-number").values_list("number", flat=True).first() or 1
    return AwardLetterData(
        template_version=TEMPLATE_VERSION,
        sender=sender_of(application.fund, officer=officer, signatory=signatory),
        recipient=recipient_of(organisation, application.executing_unit),
        case_number=application.case_number or "",
        letter_date=letter_date,
        fund=application.fund.name,
        legal_basis=round_.guideline,
        budget_year=round_.budget_year,
        decided_by=basis.decided_by,
        decided_on=basis.decided_on,
        application_date=berlin_day(application.submitted_at),
        application_version=version,
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
        remedy=terms.remedy_of(round_, application.fund),
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
    return RejectionLetterData(
        template_version=TEMPLATE_VERSION,
        sender=sender_of(application.fund, officer=officer, signatory=signatory),
        recipient=recipient_of(organisation, application.executing_unit),
        case_number=application.case_number or "",
        letter_date=letter_date,
        fund=application.fund.name,
        legal_basis=round_.guideline,
        decided_by=basis.decided_by,
        decided_on=basis.decided_on,
        application_date=berlin_day(application.submitted_at),
        application_version=1,
        deadline_at=round_.deadline_at,
        received_at=application.submitted_at,
        project_title=application.title,
        requested_cents=application.applied_cents or application.requested_cents,
        kind=kind,
        reasons=tuple(reasons),
        remedy=terms.remedy_of(round_, application.fund),
    )


def _refuse_second(application: Application) -> None:
    living = application.letters.exclude(letter__state=LetterState.VOID)
    if living.exists():
        raise LetterAlreadyDrafted


def _draft(
    application: Application,
    kind: DocumentKind,
    data: AwardLetterData | RejectionLetterData,
    *,
    amount_cents: int | None,
    by: User,
    signatory: User,
) -> Letter:
    if application.organisation is None:
        raise NothingDecided
    serial = application.letters.count() + 1
    letter = letter_door.draft(
        kind,
        key=f"{application.case_key}:{kind.value}:{serial}",
        fund=application.fund,
        case_key=application.case_key,
        number=f"{application.case_number}-{kind.value}-{serial}",
        title=application.title,
        addressee=application.organisation.name,
        amount_cents=amount_cents,
        data=data.to_json(),
        author=by,
        signatory=signatory,
        letter_date=data.letter_date,
    )
    CaseLetter.objects.create(application=application, letter=letter)
    return letter


def draft_award(
    application: Application,
    *,
    basis: Basis,
    by: User,
    signatory: User,
    letter_date: date,
    conditions: Sequence[str] = (),
    partial_reasons: Sequence[str] = (),
) -> Letter:
    """Draft the award letter for an approved case whose plan asks for exactly the decided amount.

    Raises:
        NothingDecided: the case is not approved, or no amount was decided.
        PlanNotAtAmount: the accepted plan is not balanced at the decided amount.
        LetterAlreadyDrafted: a letter that is not void exists.
    """
    fresh = audit.locked(application)
    amount_cents = decided_account(fresh).decided_cents
    if fresh.state != ApplicationState.APPROVED or not amount_cents:
        raise NothingDecided
    if fresh.requested_cents != amount_cents or not fresh.plan_balances():
        raise PlanNotAtAmount
    _refuse_second(fresh)
    data = award_data(
        fresh,
        amount_cents=amount_cents,
        basis=basis,
        officer=by,
        signatory=signatory,
        letter_date=letter_date,
        conditions=conditions,
        partial_reasons=partial_reasons,
    )
    return _draft(fresh, DocumentKind.AWARD, data, amount_cents=amount_cents, by=by, signatory=signatory)


def draft_rejection(
    application: Application,
    *,
    kind: RejectionKind,
    reasons: Sequence[str],
    basis: Basis,
    by: User,
    signatory: User,
    letter_date: date,
) -> Letter:
    """Draft the rejection letter for a case that was declined or found not eligible.

    Raises:
        NothingDecided: the case is in another state.
        LetterAlreadyDrafted: a letter that is not void exists.
    """
    fresh = audit.locked(application)
    if fresh.state not in (ApplicationState.DECLINED, ApplicationState.INELIGIBLE):
        raise NothingDecided
    _refuse_second(fresh)
    data = rejection_data(
        fresh, kind=kind, reasons=reasons, basis=basis, officer=by, signatory=signatory, letter_date=letter_date
    )
    return _draft(fresh, DocumentKind.REJECTION, data, amount_cents=None, by=by, signatory=signatory)


def decided_account(application: Application) -> CaseAccount:
    """Return the case account that carries the decided amount, locked after its budget.

    Raises:
        NothingDecided: no amount was decided.
    """
    budget = ledger.lock(ledger.budget_of(application))
    account = CaseAccount.objects.filter(budget=budget, application=application, decided_cents__gt=0).first()
    if account is None:
        raise NothingDecided
    return account


def issue_award(application: Application, letter: Letter, *, by: User, now: datetime, today: date) -> Award:
    """Do what the signature does: commit the money, release the rest, create the Award.

    The letter's own amount counts; it equals the decided amount or the ledger refuses.
    """
    account = decided_account(application)
    amount_cents = letter.amount_cents or 0
    if amount_cents != account.decided_cents:
        raise PlanNotAtAmount
    issued = audit.perform(application.issue_award, by=by)
    ledger.commit(account, amount_cents, key=f"letter:{letter.pk}:commit", by=by, on=today)
    ledger.release_all(account, key=f"letter:{letter.pk}:release", by=by)
    award = Award.objects.create(
        fund=application.fund,
        application=issued,
        letter=letter,
        account=account,
        amount_cents=amount_cents,
        funding_type=terms.funding_type(application.round, amount_cents),
        terms=terms.frozen_terms(application.round),
        period_from=application.starts_on or today,
        period_to=application.ends_on or today,
        created_at=now,
    )
    audit.record("issue", award, by=by, data={"amount": format_cents(amount_cents)})
    return award


def recall_award(application: Application, letter: Letter, *, by: User) -> None:
    """Take a signed award back before dispatch: the letter and the Award are void, the money is reserved again."""
    account = decided_account(application)
    award = application.awards.get(letter=letter)
    audit.perform(award.recall, by=by)
    audit.perform(application.recall_award, by=by)
    ledger.decommit(account, award.amount_cents, key=f"letter:{letter.pk}:decommit", by=by)
    ledger.reserve_to(account, target_cents=award.amount_cents, key=f"letter:{letter.pk}:reserve", by=by)


def recall_rejection(application: Application, *, by: User) -> None:
    """Take a signed rejection back before dispatch.

    Raises:
        NotPossible: the case is no longer rejected.
    """
    if application.state != ApplicationState.REJECTED:
        raise NotPossible
    audit.perform(application.recall_rejection, by=by)


def publish(case: CaseLetter, letter: Letter, *, now: datetime) -> Letter:
    """Put a released letter into the portal and tell its owners; the time to retrieve runs from that mail."""
    published: Letter = audit.perform(letter.publish, by=SYSTEM, at=now)
    for owner in signing_owners(case.organisation_id):
        outbox.owe(
            "N27",
            key=f"N27:{letter.pk}:{owner.pk}",
            to=owner,
            context={"case_number": case.application.case_number or "", "title": case.application.title},
            fund=case.application.fund,
            case_key=case.application.case_key,
            link=reverse("payments:letter", args=[letter.pk]),
        )
    return published


def owe_to_applicant(code: str, application: Application, *, key: str, context: dict[str, str], link: str) -> None:
    """Owe a notice to everybody who acts for the organisation of the case."""
    for member in members(application.organisation_id):
        outbox.owe(
            code,
            key=f"{key}:{member.pk}",
            to=member,
            context={"case_number": application.case_number or "", "title": application.title, **context},
            fund=application.fund,
            case_key=application.case_key,
            link=link,
        )


def owe_plan_notice(application: Application, *, offered_cents: int, due: date) -> None:
    """Owe N12: the amount, named as not yet the letter, and until when the plan is due."""
    owe_to_applicant(
        "N12",
        application,
        key=f"N12:{application.pk}:{due.isoformat()}",
        context={"amount": format_cents(offered_cents), "due": fmt_day(due)},
        link=reverse("grants:application", args=[application.pk]),
    )


def accept_plan(application: Application, *, by: Person) -> Application:
    """Accept the revised plan; the decision and the reservation follow the plan down, never up.

    Raises:
        PlanNotAtAmount: the plan does not balance, or asks for more than was decided.
    """
    account = decided_account(application)
    fresh = audit.locked(application)
    if not fresh.plan_balances() or not 0 < fresh.requested_cents <= (account.decided_cents or 0):
        raise PlanNotAtAmount
    accepted: Application = audit.perform(application.accept_plan, by=by)
    amount = fresh.requested_cents
    if amount < (account.decided_cents or 0):
        ledger.reserve_to(account, target_cents=amount, key=f"plan:{application.pk}:{fresh.version}", by=by)
        ledger.set_decided(account, amount, by=by)
    return accepted


def owe_expired(case: CaseLetter) -> None:
    """Owe N28: the letter was not retrieved and comes by post."""
    owe_to_applicant(
        "N28",
        case.application,
        key=f"N28:{case.letter_id}",
        context={},
        link=reverse("grants:application", args=[case.application_id]),
    )

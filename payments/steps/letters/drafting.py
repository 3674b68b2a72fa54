"""Drafting of award and rejection letters."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from accounts import audit, clock
from accounts.models import User
from grants.models import Application
from grants.states import ApplicationState
from notifications import letters as letter_door
from notifications.exceptions import BadLetter
from notifications.models import Letter
from notifications.pdf import BadLetterData
from notifications.pdf.data import AwardLetterData, RejectionKind, RejectionLetterData
from notifications.states import DocumentKind, LetterState
from payments.exceptions import (
    AboveEligible,
    LetterAlreadyDrafted,
    LetterDateTooEarly,
    NothingDecided,
    PlanNotAtAmount,
    ReasonsMissing,
    SignatoryMayNot,
    WrongRejectionKind,
)
from payments.models import CaseLetter
from payments.queries import may_sign
from payments.steps.letters.data import award_data, rejection_data
from payments.steps.letters.signing import decided_account
from payments.terms import Basis

# Which rejection fits which state. A recalled formal rejection is DECLINED as well, so all fit there.
REJECTION_KINDS: dict[str, tuple[RejectionKind, ...]] = {
    ApplicationState.INELIGIBLE: ("formal", "late"),
    ApplicationState.DECLINED: ("merit", "budget", "formal", "late"),
}


@contextmanager
def _friendly() -> Iterator[None]:
    """Turn what the letter's data refuse into a refusal that a person can act on."""
    try:
        yield
    except BadLetterData as error:
        raise BadLetter from error


def refuse_second_letter(application: Application) -> None:
    """Refuse what a letter that is not void stands in the way of. Raises: LetterAlreadyDrafted."""
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
    if data.letter_date < clock.today():
        raise LetterDateTooEarly
    if signatory == by or not may_sign(signatory, application.fund_id, amount_cents or 0):
        raise SignatoryMayNot
    serial = application.letters.count() + 1
    letter = letter_door.draft(
        kind,
        key=f"{application.case_key}:{kind.value}:{serial}",
        fund=application.fund,
        case_key=application.case_key,
        # Neutral: the number stands in mails, which never tell an award from a rejection.
        number=f"{application.case_number}-{serial}",
        title=application.title,
        addressee=application.organisation.name,
        amount_cents=amount_cents,
        data=data.to_json(),
        author=by,
        signatory=signatory,
        letter_date=data.letter_date,
        deemed_days=application.round.deemed_days,
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
        ReasonsMissing: less than applied for is granted without reasons (VwVfG § 39).
        AboveEligible, LetterDateTooEarly, SignatoryMayNot: such a letter could never be signed.
        BadLetter: its parts do not fit together.
    """
    # Money first, then the case: the fixed order of all who move money.
    amount_cents = decided_account(application).decided_cents
    fresh = audit.locked(application)
    if fresh.state != ApplicationState.APPROVED or not amount_cents:
        raise NothingDecided
    if fresh.requested_cents != amount_cents or not fresh.plan_balances():
        raise PlanNotAtAmount
    if amount_cents > fresh.eligible_cents:
        raise AboveEligible
    if amount_cents < (fresh.applied_cents or 0) and not partial_reasons:
        raise ReasonsMissing
    refuse_second_letter(fresh)
    with _friendly():
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
        WrongRejectionKind: this kind does not fit the case.
        ReasonsMissing: a rejection without reasons (VwVfG § 39).
        LetterAlreadyDrafted: a letter that is not void exists.
        LetterDateTooEarly, SignatoryMayNot: such a letter could never be signed.
        BadLetter: its parts do not fit together.
    """
    fresh = audit.locked(application)
    if fresh.state not in REJECTION_KINDS:
        raise NothingDecided
    if kind not in REJECTION_KINDS[fresh.state] or (kind == "late" and not fresh.late):
        raise WrongRejectionKind
    if not any(reason.strip() for reason in reasons):
        raise ReasonsMissing
    refuse_second_letter(fresh)
    with _friendly():
        data = rejection_data(
            fresh, kind=kind, reasons=reasons, basis=basis, officer=by, signatory=signatory, letter_date=letter_date
        )
    return _draft(fresh, DocumentKind.REJECTION, data, amount_cents=None, by=by, signatory=signatory)

"""What people do with letters that bind: draft, sign, release, retrieve. The signature moves the money."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.models import User
from accounts.permissions import may_bind
from grants.models import Application, Round
from grants.permissions import case_officer
from grants.states import RoundState
from notifications import steps as office
from notifications.models import Letter
from notifications.pdf.data import RejectionKind
from notifications.states import DocumentKind, LetterState
from notifications.steps import require_seen
from payments import ledger
from payments.exceptions import (
    AboveLimit,
    LetterDateAhead,
    LetterDatePassed,
    LettersMissing,
    NothingToRelease,
    RoundNotDecided,
    SignerReleases,
    WrongSignatory,
)
from payments.models import Award, CaseLetter
from payments.permissions import head_of_unit
from payments.queries import case_of, cases_without_letter, may_go_alone, may_sign, signed_letters
from payments.states import AwardState
from payments.steps import letters as steps
from payments.steps import portal
from payments.terms import Basis


def draft_award_letter(
    *,
    application: Application,
    basis: Basis,
    signatory: User,
    letter_date: date,
    conditions: Sequence[str],
    partial_reasons: Sequence[str],
    by: User,
) -> Letter:
    """Draft the award letter of an approved case. Raises: NotPermitted; as `steps.letters.draft_award`."""
    with transaction.atomic(durable=True):
        if not case_officer(application, by):
            raise NotPermitted
        return steps.draft_award(
            application, basis=basis, by=by, signatory=signatory, letter_date=letter_date,
            conditions=conditions, partial_reasons=partial_reasons,
        )  # fmt: skip


def draft_rejection_letter(
    *,
    application: Application,
    kind: RejectionKind,
    basis: Basis,
    signatory: User,
    letter_date: date,
    reasons: Sequence[str],
    by: User,
) -> Letter:
    """Draft the rejection letter of a case. Raises: NotPermitted; as `steps.letters.draft_rejection`."""
    with transaction.atomic(durable=True):
        if not case_officer(application, by):
            raise NotPermitted
        return steps.draft_rejection(
            application, kind=kind, reasons=reasons, basis=basis, by=by, signatory=signatory, letter_date=letter_date
        )


def sign_letter(*, letter: Letter, by: User, seen_sha256: str) -> Letter:
    """Sign a letter as its named signatory; an award letter commits the money and creates the Award.

    Args:
        letter: as the signatory saw it.
        by: the person whose name stands under the letter.
        seen_sha256: hash of the bytes that were shown.

    Raises:
        TextChanged: other bytes were shown than are stored.
        LostRace: somebody was faster.
        WrongSignatory, AboveLimit, LetterDatePassed: the signature would not be valid.
        ledger refusals: the money is not there, or the budget is not in force.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        application = case_of(letter).application
        if letter.kind == DocumentKind.AWARD:
            # Money first, then the case: the fixed order of all who move money.
            ledger.lock(ledger.budget_of(application))
        signed: Letter = audit.perform(letter.sign, by=by, at=now, sha256=seen_sha256)
        require_seen(signed, seen_sha256)
        _require_valid_signature(signed, by, on=clock.berlin_day(now))
        if letter.kind == DocumentKind.AWARD:
            steps.issue_award(application, signed, by=by, now=now, today=clock.berlin_day(now))
        else:
            audit.perform(application.issue_rejection, by=by)
        return signed


def _require_valid_signature(letter: Letter, by: User, *, on: date) -> None:
    if letter.signatory_id != by.pk:
        raise WrongSignatory
    if letter.letter_date < on:
        raise LetterDatePassed
    if not may_sign(by, letter.fund_id, letter.amount_cents or 0):
        raise AboveLimit


def release_letters(*, round_: Round, by: User) -> int:
    """Release all signed letters of a round together and return how many.

    Those postponed or on the reserve list are left out; formal rejections may have gone out singly before.

    Raises:
        NotPermitted: not head of unit.
        LettersMissing: a decided case has no signed letter yet.
        SignerReleases: the person signed one of them.
        LetterDateAhead: one of them bears a later day.
        RoundNotDecided, NothingToRelease.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(round_)
        if not head_of_unit(fresh, by):
            raise NotPermitted
        if fresh.state not in (RoundState.DECIDED, RoundState.RUNNING):
            raise RoundNotDecided
        if cases_without_letter(fresh).exists():
            raise LettersMissing
        cases = signed_letters(fresh)
        if not cases:
            raise NothingToRelease
        if any(case.letter.signed_by_id == by.pk for case in cases):
            raise SignerReleases
        for case in cases:
            _release(case, by=by)
        return len(cases)


def confirm_address(*, letter: Letter, envelope: str, reason: str, by: User) -> Letter:
    """Record where a letter that came back reaches its addressee: it can be posted again.

    Where its award was final already, that is over: the time to sue starts with the new announcement
    (VwVfG § 41 (2) sentence 3).

    Raises:
        NeedsReason: no address, or not how it was found out.
    """
    with transaction.atomic(durable=True):
        confirmed = office.confirm_address(letter, by=by, envelope=envelope, reason=reason)
        award = Award.objects.filter(letter=confirmed).first()
        if award is not None and award.state == AwardState.FINAL:
            audit.perform(award.letter_returned, by=by, reason=reason)
        return confirmed


def release_letter(*, letter: Letter, by: User) -> Letter:
    """Release one letter alone: a formal rejection, or any letter once the letters of its round are out.

    Raises:
        LettersMissing: the letters of the round go out together.
        LetterDateAhead: it bears a later day.
    """
    with transaction.atomic(durable=True):
        case = case_of(letter)
        if not may_go_alone(case):
            raise LettersMissing
        case.letter = letter
        return _release(case, by=by)


def _release(case: CaseLetter, *, by: User) -> Letter:
    """Let a letter go out, never before the day printed on it; signed it may be earlier."""
    now = clock.now()
    if case.letter.letter_date > clock.berlin_day(now):
        raise LetterDateAhead(case.letter.letter_date)
    released: Letter = audit.perform(case.letter.release, by=by, at=now)
    return portal.publish(case, released, now=now) if portal.may_be_published(case) else released


def retrieve_letter(*, letter: Letter, by: User) -> Letter:
    """Open a letter in the portal as an owner with representation: it counts as announced the day after.

    VwVfG § 41 (2a). Opening it again, or reading by others, changes nothing.

    Raises:
        NotPermitted: not an owner with representation of the addressed organisation.
        RetrievalOver: the time to open it is over.
    """
    with transaction.atomic(durable=True):
        case = case_of(letter)
        if not may_bind(by, case.organisation_id):
            raise NotPermitted
        fresh = audit.locked(letter)
        if fresh.state != LetterState.PUBLISHED:
            return fresh
        return portal.retrieve(case, fresh, by=by, now=clock.now())

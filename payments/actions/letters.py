"""What people do with letters that bind: sign, release, recall, retrieve. The signature moves the money."""

from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import Proposal, User
from accounts.permissions import may_bind, within_limit
from accounts.states import Outcome, Role
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from notifications.dates import announced_by_retrieval
from notifications.models import Letter
from notifications.states import DocumentKind, LetterState
from payments import ledger
from payments.exceptions import AboveLimit, LetterDatePassed, LettersMissing, WrongSignatory
from payments.models import CaseLetter
from payments.steps import letters as steps

RECALL = "recall_letter"
# A case in one of these still owes its letter when the letters of its round are released.
_OWES_LETTER = (ApplicationState.APPROVED, ApplicationState.PLAN_REVISION, ApplicationState.DECLINED)
_SINGLE_KINDS = ("formal", "late")


def sign_letter(*, letter: Letter, by: User, seen_sha256: str) -> Letter:
    """Sign a letter as its named signatory; an award letter commits the money and creates the Award.

    Args:
        letter: as the signatory saw it.
        by: the person whose name stands under the letter.
        seen_sha256: hash of the bytes that were shown.

    Raises:
        LostRace: other bytes were shown than are stored, or somebody was faster.
        WrongSignatory, AboveLimit, LetterDatePassed: the signature would not be valid.
        ledger refusals: the money is not there, or the budget is not in force.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        case = _case_of(letter)
        application = case.application
        if letter.kind == DocumentKind.AWARD:
            # Money first, then the case: the fixed order of all who move money.
            ledger.lock(ledger.budget_of(application))
        fresh = audit.locked(letter)
        if fresh.document.sha256 != seen_sha256:
            raise LostRace
        _require_valid_signature(fresh, by, on=clock.berlin_day(now))
        signed: Letter = audit.perform(letter.sign, by=by, at=now, sha256=seen_sha256)
        if letter.kind == DocumentKind.AWARD:
            steps.issue_award(application, signed, by=by, now=now, today=clock.berlin_day(now))
        else:
            audit.perform(application.issue_rejection, by=by)
        return signed


def _case_of(letter: Letter) -> CaseLetter:
    return CaseLetter.objects.select_related(
        "application__round", "application__organisation", "application__fund"
    ).get(letter=letter)


def _require_valid_signature(letter: Letter, by: User, *, on: date) -> None:
    if letter.signatory_id != by.pk:
        raise WrongSignatory
    if letter.letter_date < on:
        raise LetterDatePassed
    amount = letter.amount_cents or 0
    if not (
        within_limit(by, letter.fund_id, Role.SIGNATORY, amount)
        or within_limit(by, letter.fund_id, Role.HEAD_OF_UNIT, amount)
    ):
        raise AboveLimit


def release_letters(*, round_: Round, by: User) -> int:
    """Release all signed letters of a round together and return how many.

    Those postponed or on the reserve list are left out; formal rejections may have gone out singly before.

    Raises:
        LettersMissing: a decided case has no signed letter yet.
        NotPossible: the round is not decided, or there is nothing to release.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(round_)
        if fresh.state not in (RoundState.DECIDED, RoundState.RUNNING):
            raise NotPossible
        if fresh.applications.filter(state__in=_OWES_LETTER).exists():
            raise LettersMissing
        cases = _signed_of(fresh)
        if not cases:
            raise NotPossible
        for case in cases:
            _release(case, by=by)
        return len(cases)


def _signed_of(round_: Round) -> list[CaseLetter]:
    return list(
        CaseLetter.objects.filter(application__round=round_, letter__state=LetterState.SIGNED)
        .select_related("letter", "application__round", "application__organisation", "application__fund")
        .order_by("pk")
    )


def release_letter(*, letter: Letter, by: User) -> Letter:
    """Release one letter alone: a formal rejection, or any letter once the letters of its round are out.

    Raises:
        LettersMissing: the letters of the round go out together.
    """
    with transaction.atomic(durable=True):
        case = _case_of(letter)
        running = case.application.round.state in (RoundState.RUNNING, RoundState.ARCHIVED)
        formal = letter.document.data.get("kind") in _SINGLE_KINDS
        if not (running or formal):
            raise LettersMissing
        case.letter = letter
        return _release(case, by=by)


def _release(case: CaseLetter, *, by: User) -> Letter:
    now = clock.now()
    released: Letter = audit.perform(case.letter.release, by=by, at=now)
    if case.application.electronic_announcement and case.application.round.announcement == "portal":
        return steps.publish(case, released, now=now)
    return released


def propose_recall(*, letter: Letter, by: User, reason: str) -> Proposal:
    """First half of taking a signed letter back before dispatch.

    Raises:
        NeedsReason: no reason given.
        NotPossible: the letter has been dispatched, or a recall already waits.
        NotPermitted: not a signatory of the fund.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        fresh = audit.locked(letter)
        if "recall" not in audit.available(fresh, by):
            raise NotPermitted if fresh.state in (LetterState.SIGNED, LetterState.RELEASED) else NotPossible
        return audit.propose(RECALL, fresh, by=by, payload={}, reason=reason)


def confirm_recall(*, proposal: Proposal, by: User) -> Letter:
    """Second half: the letter is void, the case is decided but without a letter again, the books follow.

    Raises:
        SecondPersonNeeded: the author cannot confirm.
        LostRace: the letter went out meanwhile, or somebody decided already.
    """
    with transaction.atomic(durable=True):
        case = CaseLetter.objects.select_related("letter", "application__round", "application__fund").get(
            letter=proposal.subject_id
        )
        application, letter = case.application, case.letter
        if proposal.proposed_by_id == by.pk:
            raise SecondPersonNeeded
        if letter.kind == DocumentKind.AWARD:
            ledger.lock(ledger.budget_of(application))
        audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        voided: Letter = audit.perform(letter.recall, by=by, reason=proposal.reason)
        if letter.kind == DocumentKind.AWARD:
            steps.recall_award(application, voided, by=by)
        else:
            steps.recall_rejection(application, by=by)
        return voided


def retrieve_letter(*, letter: Letter, by: User) -> Letter:
    """Open a letter in the portal as an owner with representation: it counts as announced the day after.

    VwVfG § 41 (2a). Opening it again, or reading by others, changes nothing.

    Raises:
        NotPermitted: not an owner with representation of the addressed organisation.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        case = _case_of(letter)
        if not may_bind(by, case.organisation_id):
            raise NotPermitted
        fresh = audit.locked(letter)
        if fresh.state != LetterState.PUBLISHED:
            return fresh
        day = announced_by_retrieval(clock.berlin_day(now))
        retrieved: Letter = audit.perform(fresh.retrieve, by=by, at=now, announced_on=day)
        return retrieved


def request_plan(*, application: Application, due: date, by: User, reason: str = "") -> Application:
    """Ask for a plan at the decided amount, because less was decided than applied for; N12 names the amount.

    Raises:
        NothingDecided: no amount was decided.
    """
    with transaction.atomic(durable=True):
        account = steps.decided_account(application)
        offered = account.decided_cents or 0
        changed: Application = audit.perform(
            application.request_plan, by=by, reason=reason, due=due, offered_cents=offered
        )
        steps.owe_plan_notice(changed, offered_cents=offered, due=due)
        return changed


def accept_plan(*, application: Application, by: User) -> Application:
    """Accept the revised plan; what it leaves of the decided amount is released.

    Raises:
        PlanNotAtAmount: the plan does not balance, or asks for more than was decided.
    """
    with transaction.atomic(durable=True):
        return steps.accept_plan(application, by=by)


def void_letter(*, letter: Letter, by: User, reason: str) -> Letter:
    """Drop a draft or an approved letter before it is signed.

    Raises:
        NeedsReason: no reason given.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        dropped: Letter = audit.perform(letter.void, by=by, reason=reason)
        return dropped

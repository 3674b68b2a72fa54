from datetime import datetime

from accounts import audit
from accounts.clock import berlin_day
from accounts.exceptions import LostRace, NeedsReason, SecondPersonNeeded
from accounts.models import Proposal, User
from accounts.states import Outcome
from grants import permissions as may
from grants.check_note import rejected_note
from grants.checklist import failed_items
from grants.exceptions import LetterBegun, NoFailedItem, NotLate, NotReminded
from grants.models import Application, FormalCheck
from grants.office import rejected_by
from grants.queries import open_request
from grants.states import ApplicationState as S
from grants.states import LatePolicy
from grants.steps.checks.common import order_note, permit, refuse_while_proposed
from notifications import timers
from notifications.models import Letter
from notifications.states import DocumentKind, LetterState, TimerKind

# The transition that a rejection does, and the only state it starts from.
SOURCES = {"reject_formally": S.FORMAL_CHECK, "documents_missing": S.RETURNED, "reject_late": S.SUBMITTED}


def _check_grounds(application: Application, kind: str, now: datetime) -> list[str]:
    """Refuse a rejection that the record does not carry; return the reason codes it rests on."""
    if kind == "reject_late":
        if not application.late or application.round.late_policy != LatePolicy.REJECT:
            raise NotLate
        return ["late"]
    if kind == "documents_missing":
        request = open_request(application)
        if request is None or request.reminded_at is None or request.due_date >= berlin_day(now):
            raise NotReminded
        return ["documents_missing"]
    check = FormalCheck.objects.filter(application=application).first()
    failed = failed_items(check.answers if check else {})
    if not failed:
        raise NoFailedItem
    return failed


def propose_rejection(application: Application, kind: str, *, by: User, now: datetime, reason: str) -> Proposal:
    """Propose that a case is not eligible; a second officer confirms it.

    Args:
        application: as the page saw it.
        kind: one of REJECTIONS, the transition that the confirmation will do.
        by: the case officer.
        now: when.
        reason: in words that the letter can use.

    Raises:
        NotPermitted: not a case officer of the fund, or the case of one's own organisation.
        NeedsReason: an empty reason.
        LostRace: the case went on meanwhile.
        NotLate, NotReminded, NoFailedItem: the record does not carry this rejection.
        ProposalWaits: another one waits.
    """
    if not reason.strip():
        raise NeedsReason
    fresh = audit.locked(application)
    permit(fresh, by, may.case_officer)
    if fresh.state != application.state or fresh.state != SOURCES[kind]:
        raise LostRace
    refuse_while_proposed(fresh)
    codes = _check_grounds(fresh, kind, now)
    return audit.propose(kind, fresh, by=by, payload={"codes": codes}, reason=reason)


def confirm_rejection(application: Application, proposal: Proposal, *, by: User, now: datetime) -> Application:
    """Confirm a proposed rejection; its letter is written next.

    Raises:
        SecondPersonNeeded: the author cannot confirm.
        NotPermitted: neither case officer nor coordinator of the fund.
        LostRace: it was decided, or the case went on meanwhile.
    """
    fresh = audit.locked(application)
    if fresh.state != SOURCES[proposal.kind]:
        raise LostRace
    permit(fresh, by, may.case_second_officer)
    _check_grounds(fresh, proposal.kind, now)
    audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
    rejected: Application = audit.perform(getattr(fresh, proposal.kind), by=by, reason=proposal.reason)
    timers.stop_all(TimerKind.DOCUMENTS_DUE, _request_id(rejected), now)
    check = FormalCheck.objects.select_related("edited_by").filter(application=rejected).first()
    order_note(rejected, rejected_note(rejected, check, proposal, by=by, now=now))
    return rejected


def _request_id(application: Application) -> int:
    request = open_request(application)
    return request.pk if request else 0


def decline_rejection(application: Application, proposal: Proposal, *, by: User, note: str) -> Proposal:
    """Say no to a proposed rejection, with a note for its author; the case stays where it is.

    Raises:
        NeedsReason: no note.
        NotPermitted, SecondPersonNeeded, LostRace: as for `confirm_rejection`.
    """
    if not note.strip():
        raise NeedsReason
    permit(audit.locked(application), by, may.case_second_officer)
    return audit.decide(proposal, by=by, outcome=Outcome.DECLINED, note=note)


def withdraw_rejection(application: Application, proposal: Proposal, *, by: User) -> Proposal:
    """Take one's own proposal back. Raises: NotPermitted, LostRace."""
    audit.locked(application)
    return audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN)


def reopen(application: Application, *, by: User, reason: str) -> Application:
    """Check a case again that was found not eligible.

    Raises:
        NeedsReason: no reason.
        SecondPersonNeeded: who proposed or confirmed the rejection does not take it back.
        LetterBegun: a rejection letter is in preparation.
    """
    if not reason.strip():
        raise NeedsReason
    if rejected_by(application, by):
        raise SecondPersonNeeded
    letters = Letter.objects.filter(case_key=application.case_key, kind=DocumentKind.REJECTION)
    if letters.exclude(state=LetterState.VOID).exists():
        raise LetterBegun
    reopened: Application = audit.perform(application.reopen, by=by, reason=reason)
    return reopened

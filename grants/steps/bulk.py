"""A step for many cases: what it would do to each, and doing it to one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils import translation

from accounts import audit
from accounts.exceptions import Refused
from accounts.models import User
from grants import permissions as may
from grants.desk import CLOSED, proposed_rejections
from grants.exceptions import (
    CaseClosed,
    CaseMoved,
    CheckBegun,
    NotForYou,
    NotOfTheOffice,
    OfficerAlready,
    ProposalWaits,
    RoundStillOpen,
)
from grants.models import Application, BulkLine, BulkStep
from grants.states import ApplicationState as S
from grants.states import BulkKind, LineOutcome, MessageSide, RoundState
from grants.steps.checks import start_check
from grants.steps.checks.common import permit
from grants.steps.messages import write_message
from notifications.dates import deadline_includes

# A message goes out in both languages where the applicant chose another one than German.
_RULE = "\n\n———\n\n"


def assign_officer(application: Application, *, officer: User, by: User) -> Application:
    """Give a case to an officer; the state stays.

    Args:
        application: sent, in any state that somebody still works on.
        officer: who works on it from now on.
        by: a case officer, coordinator or head of unit of the fund.

    Raises:
        NotPermitted: without one of these roles, or of the organisation that applies.
        CaseClosed, NotOfTheOffice, OfficerAlready: there is nothing to give, or not to this person.
    """
    fresh = audit.locked(application)
    permit(fresh, by, may.case_assigner)
    if refusal := _not_to(fresh, officer):
        raise refusal
    fresh.officer = officer
    fresh.save(update_fields=["officer"])
    audit.record("assign_officer", fresh, by=by, reason=str(officer), data={"officer": officer.pk})
    return fresh


def _not_to(application: Application, officer: User) -> Refused | None:
    if application.state in CLOSED:
        return CaseClosed()
    if application.officer_id == officer.pk:
        return OfficerAlready()
    return None if may.case_officer(application, officer) else NotOfTheOffice()


@dataclass(frozen=True)
class Plan:
    """What a step would do, asked for each case without another query.

    Attributes:
        kind: of the step.
        by: who takes it.
        officer: to whom the cases are given.
        now: tells whether a round still takes applications.
        rejections: cases whose rejection waits for a second person.
    """

    kind: str
    by: User
    officer: User | None
    now: datetime
    rejections: Collection[int] = field(default=())

    def why_not(self, case: Application) -> Refused | None:
        """Return what keeps the step from this case; None when it will be done."""
        if not _MAY[self.kind](case, self.by):
            return NotForYou()
        if self.kind == BulkKind.ASSIGN and self.officer is not None:
            return _not_to(case, self.officer)
        return self._no_check(case) if self.kind == BulkKind.CHECK else None

    def _no_check(self, case: Application) -> Refused | None:
        if case.state != S.SUBMITTED:
            return CheckBegun()
        round_ = case.round
        if not case.late and round_.state == RoundState.OPEN and deadline_includes(round_.deadline_at, self.now):
            return RoundStillOpen()
        return ProposalWaits() if case.pk in self.rejections else None


_MAY: Final[dict[str, may.Predicate]] = {
    BulkKind.ASSIGN: may.case_assigner,
    BulkKind.CHECK: may.case_officer,
    BulkKind.MESSAGE: may.answers_applicant,
}


def lay_out(step: BulkStep, cases: Collection[Application], *, now: datetime) -> list[BulkLine]:
    """Write down for each case what would happen to it, and return the lines.

    Args:
        step: just made.
        cases: with round and organisation.
        now: when.
    """
    rejections = proposed_rejections([case.pk for case in cases]) if step.kind == BulkKind.CHECK else ()
    plan = Plan(step.kind, step.by, step.officer, now, rejections)
    return BulkLine.objects.bulk_create(_lines(step, cases, plan), batch_size=500)


def _lines(step: BulkStep, cases: Collection[Application], plan: Plan) -> Iterator[BulkLine]:
    for case in cases:
        refusal = plan.why_not(case)
        yield BulkLine(
            step=step,
            application=case,
            seen_state=case.state,
            seen_officer_id=case.officer_id,
            outcome=LineOutcome.LEFT_OUT if refusal else LineOutcome.WAITS,
            reason=str(refusal.message)[:300] if refusal else "",
        )


def do_line(line: BulkLine, step: BulkStep, *, by: User, now: datetime) -> None:
    """Do a confirmed step to one case as the preview showed it.

    Args:
        line: locked by the caller.
        step: of the line, with its officer.
        by: who confirmed the step.
        now: when.

    Raises:
        CaseMoved: the case has another state by now, or, where it is given away, another officer.
        Refused: whatever the step itself refuses.
    """
    case = audit.locked(Application(pk=line.application_id))
    if _moved(case, line, step):
        raise CaseMoved
    if step.kind == BulkKind.ASSIGN and step.officer is not None:
        assign_officer(case, officer=step.officer, by=by)
    elif step.kind == BulkKind.CHECK:
        start_check(case, by=by, now=now, officer=_keeps(case))
    else:
        _write(case, step, by=by, now=now)


def _moved(case: Application, line: BulkLine, step: BulkStep) -> bool:
    given = step.kind == BulkKind.ASSIGN and case.officer_id != line.seen_officer_id
    return given or case.state != line.seen_state


def _keeps(case: Application) -> User | None:
    """Return the officer to whom the case was given before its check began, if it may stay there."""
    officer = case.officer
    return officer if officer is not None and may.case_officer(case, officer) else None


def _write(case: Application, step: BulkStep, *, by: User, now: datetime) -> None:
    permit(case, by, may.answers_applicant)
    write_message(case, side=MessageSide.OFFICE, by=by, text=text_for(case, step), now=now)
    audit.record("write_to_many", case, by=by, data={"step": step.pk})


def text_for(case: Application, step: BulkStep) -> str:
    """Return the words that this applicant reads: German, and below it English where they chose another language."""
    if case.contact_language.startswith("de") or not step.text_en:
        return step.text
    return f"{step.text}{_RULE}{step.text_en}"


def words_of(refusal: Refused, reader: User) -> str:
    """Return why something was not done, in the language of who asked for it."""
    with translation.override(reader.language):
        return str(refusal.message)[:300]

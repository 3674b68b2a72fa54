"""A revised plan at the decided amount: asked for, and accepted."""

from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason
from accounts.models import User
from grants.exceptions import DayTooEarly
from grants.models import Application
from payments.exceptions import DayInThePast
from payments.steps import letters as steps


def request_plan(*, application: Application, due: date, by: User, reason: str = "") -> Application:
    """Ask for a plan at the decided amount, because less was decided than applied for; N12 names the amount.

    Raises:
        NothingDecided: no amount was decided.
        DayInThePast: the plan would be due before today.
        LetterAlreadyDrafted: a letter with the present plan as its annex waits; it has to be dropped first.
    """
    with transaction.atomic(durable=True):
        if due < clock.today():
            raise DayInThePast
        account = steps.decided_account(application)
        offered = account.decided_cents or 0
        steps.refuse_second_letter(application)
        changed: Application = audit.perform(
            application.request_plan, by=by, reason=reason, due=due, offered_cents=offered
        )
        steps.owe_plan_notice(changed, offered_cents=offered, due=due)
        return changed


def extend_plan(*, application: Application, due: date, reason: str, by: User) -> Application:
    """Set a later day for a revised plan that has not come, also after the first one; N12 names it.

    Raises:
        NeedsReason: no reason.
        DayTooEarly: not later than the day before, or not in the future.
        LostRace: the plan has come.
    """
    with transaction.atomic(durable=True):
        today = clock.today()
        if not reason.strip():
            raise NeedsReason
        if application.plan_sent_at is not None or application.due_date is None:
            raise LostRace
        if due <= max(application.due_date, today):
            raise DayTooEarly
        missed = application.due_date < today
        changed: Application = audit.perform(application.extend_plan, by=by, reason=reason, due=due, missed=missed)
        if changed.version != application.version + 1:
            raise LostRace
        steps.owe_plan_notice(changed, offered_cents=changed.offered_cents or 0, due=due)
        return changed


def accept_plan(*, application: Application, by: User) -> Application:
    """Accept the revised plan; what it leaves of the decided amount is released.

    Raises:
        PlanNotAtAmount: the plan does not balance, or asks for more than was decided.
    """
    with transaction.atomic(durable=True):
        return steps.accept_plan(application, by=by)

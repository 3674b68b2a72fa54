"""A revised plan at the decided amount: asked for, and accepted."""

from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.models import User
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


def accept_plan(*, application: Application, by: User) -> Application:
    """Accept the revised plan; what it leaves of the decided amount is released.

    Raises:
        PlanNotAtAmount: the plan does not balance, or asks for more than was decided.
    """
    with transaction.atomic(durable=True):
        return steps.accept_plan(application, by=by)

"""Taking a case back after the jury has it: its money and its open sheets go with it."""

from datetime import datetime

from accounts.audit import perform
from accounts.models import SYSTEM, User
from grants import steps as grants_steps
from grants.exceptions import TooLate
from grants.models import Application
from notifications.models import Letter
from notifications.states import LetterState
from payments import ledger
from reviews.models import Review
from reviews.states import ReviewState as S


def withdraw(application: Application, *, by: User, reason: str, now: datetime) -> Application:
    """Withdraw a case at the applicant's wish, before a letter is signed; one that is only drafted is void with it.

    Args:
        application: a case in any state from which it can be withdrawn, or with an offer of less to decline.
        by: owner who represents the organisation.
        reason: may stay empty.
        now: instant of the act.

    Raises:
        LostRace, NotPermitted, NotPossible: as every transition.
        TooLate: a letter is signed.
    """
    account = ledger.account_of(application)
    budget = ledger.lock(account.budget) if account else None
    _void_drafts(application)
    gone = grants_steps.withdraw(application, by=by, reason=reason, now=now)
    if account and budget:
        ledger.release_all(account, key=f"withdraw:{gone.pk}:{gone.version}", by=by)
    for sheet in Review.objects.filter(application=gone, state__in=[S.ASSIGNED, S.IN_PROGRESS]):
        perform(sheet.lapse, by=SYSTEM)
    return gone


def _void_drafts(application: Application) -> None:
    """Drop the letters that nobody has signed; who withdraws learns of none of them, nor of a signed one."""
    letters = Letter.objects.filter(case__application=application).exclude(state=LetterState.VOID)
    for letter in letters.order_by("pk"):
        if letter.state not in (LetterState.GENERATED, LetterState.APPROVED):
            raise TooLate
        perform(letter.void, by=SYSTEM)

"""The applicant's withdrawal once the jury has the case."""

from django.db import transaction

from accounts import clock
from accounts.models import User
from grants.models import Application
from reviews import steps
from reviews.exceptions import LetterInPreparation
from reviews.queries.committee import has_living_letter


def withdraw(*, application: Application, by: User, reason: str = "") -> Application:
    """Take a case back: reserved money is released, open sheets lapse, N03.

    Raises:
        NotPermitted: only an owner with representation withdraws.
        LostRace, NotPossible: the case went on, or its letter is signed.
        LetterInPreparation: a letter is being prepared; the office has to void it first.
    """
    with transaction.atomic(durable=True):
        if has_living_letter(application):
            raise LetterInPreparation
        return steps.withdraw(application, by=by, reason=reason, now=clock.now())

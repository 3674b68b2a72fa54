"""What a first person proposed about a case does not come about."""

from django.db import transaction

from accounts import audit
from accounts.exceptions import NotPermitted
from accounts.models import Proposal, User
from accounts.states import Outcome
from grants import permissions as may
from grants.models import Application


def drop(*, application: Application, proposal: Proposal, by: User, note: str = "") -> Proposal:
    """Decline a proposal as second person, or withdraw one's own; the case stays as it is.

    Raises:
        NotPermitted: no second person of this fund.
        LostRace: it was decided meanwhile.
    """
    with transaction.atomic(durable=True):
        if not may.case_second_person(application, by):
            raise NotPermitted
        own = proposal.proposed_by_id == by.pk
        return audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN if own else Outcome.DECLINED, note=note)

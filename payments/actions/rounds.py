from django.db import transaction

from accounts import audit
from accounts.exceptions import LostRace
from accounts.models import User
from grants.models import Round
from payments.steps import rounds


def publish_round(*, round_: Round, by: User, seen_version: int) -> Round:
    """Publish a round that has all it needs, its budget too.

    Args:
        round_: as the page saw it.
        by: the head of unit.
        seen_version: the version whose rules the person read.

    Raises:
        LostRace: somebody changed or published it meanwhile.
        RoundNotReady: a condition is not met.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(round_)
        if fresh.version != seen_version or fresh.state != round_.state:
            raise LostRace
        return rounds.publish(fresh, by=by)

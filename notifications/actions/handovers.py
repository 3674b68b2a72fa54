"""An organisation passes into other hands, and both of them are told."""

from django.db import transaction
from django.urls import reverse

from accounts import steps as people
from accounts.models import Membership, Organisation, User
from notifications import outbox


def hand_over(*, organisation: Organisation, by: User, to: Membership, stay: str = "") -> User:
    """Make another member owner and representative in one's own place; tell both, and return the new one.

    Whoever signs in with somebody else's password must not be able to give an organisation away unseen.

    Arguments and refusals are those of `accounts.steps.hand_over`.
    """
    with transaction.atomic(durable=True):
        line = people.hand_over(organisation=organisation, by=by, to=to, stay=stay)
        for person in (by, to.user):
            gone = person == by and not stay
            outbox.owe(
                "HANDOVER",
                key=f"HANDOVER:{line.pk}:{person.pk}",
                to=person,
                context={"organisation": organisation.name, "former": str(by), "heir": str(to.user)},
                link="" if gone else reverse("accounts:organisation", args=[organisation.pk]),
            )
        return to.user

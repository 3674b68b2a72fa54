"""What notifications keeps for a person's own export: notices to them, invitations of and by them."""

from typing import Any

from django.db.models import Q

from accounts.models import User
from notifications.models import Invitation
from notifications.queries import messages_of


def own_notices(person: User) -> list[dict[str, Any]]:
    """Return what was written to the person by e-mail, newest first; sign-in mails are erased once sent."""
    return [
        {
            "at": notice.owed_at.isoformat(),
            "to": notice.email,
            "subject": notice.subject,
            "text": notice.body,
            "read": notice.read_at.isoformat() if notice.read_at else None,
        }
        for notice in messages_of(person).order_by("-pk")
    ]


def own_invitations(person: User) -> list[dict[str, Any]]:
    """Return the invitations that the person accepted or sent, newest first."""
    rows = Invitation.objects.filter(Q(accepted_by=person) | Q(invited_by=person)).select_related("invited_by")
    return [
        {
            "at": invitation.invited_at.isoformat(),
            "by": str(invitation.invited_by),
            "to": invitation.email,
            "accepted": invitation.accepted_at.isoformat() if invitation.accepted_at else None,
        }
        for invitation in rows.order_by("-pk")
    ]

from collections.abc import Callable
from typing import Any

from accounts.exceptions import NotPermitted
from accounts.models import User
from accounts.permissions import forget_memberships, forget_roles
from grants.exceptions import ProposalWaits
from grants.models import Application
from grants.office import rejection_proposal
from notifications import documents
from notifications.pdf import NoteData
from notifications.states import DocumentKind


def permit(application: Application, by: User, predicate: Callable[[Any, Any], bool]) -> None:
    """Refuse whoever lacks the right by today's roles. Raises: NotPermitted."""
    forget_roles(by)
    forget_memberships(by)
    if not predicate(application, by):
        raise NotPermitted


def order_note(application: Application, data: NoteData) -> None:
    """Order the note on a check that has just ended; a check that is taken up again ends with another one."""
    documents.order(
        DocumentKind.CHECK_NOTE,
        key=f"D01:{application.case_key}:{application.version}",
        fund=application.fund,
        case_key=application.case_key,
        data=data.to_json(),
    )


def refuse_while_proposed(application: Application) -> None:
    """Refuse a step while a rejection waits for its second person. Raises: ProposalWaits."""
    if rejection_proposal(application) is not None:
        raise ProposalWaits

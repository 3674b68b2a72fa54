"""What a person does with their own account when they go."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.exceptions import NotPossible
from accounts.models import User
from accounts.permissions import forget_roles, roles_of
from grants import filestore
from reviews import steps
from reviews.queries.seats import seats_of


def end_account(*, by: User) -> None:
    """Close one's own account for good.

    Raises:
        NotPossible: the person holds a role, or a seat in a jury; an administrator ends these first.
        LastRepresentative: an application under way would have nobody who speaks for it.
    """
    with transaction.atomic(durable=True):
        user = audit.locked(by)
        forget_roles(user)
        if roles_of(user) or seats_of(user):
            raise NotPossible(_("You hold a role here. Please ask the administration to end it first."))
        paths = [file.path for file in steps.end_account(user)]
        transaction.on_commit(lambda: filestore.remove_all(paths), robust=True)

"""What people do with their own account, and how the first administrator comes in."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import audit, steps
from accounts.exceptions import AlreadyHeld
from accounts.models import FundRole, User
from accounts.states import Role


def edit_profile(*, by: User, full_name: str, language: str, phone: str) -> User:
    """Change one's own name, language and phone."""
    with transaction.atomic(durable=True):
        fresh = audit.locked(by)
        before = fresh.full_name
        fresh.full_name, fresh.language, fresh.phone = full_name, language, phone
        fresh.save()
        if before != full_name:
            audit.record("rename_person", fresh, by=by, data={"name": [before, full_name]})
        return fresh


def set_language(*, by: User, language: str) -> None:
    """Remember the language in which a person reads pages and mails."""
    with transaction.atomic(durable=True):
        User.objects.filter(pk=by.pk).update(language=language)


def create_first_administrator(*, email: str, full_name: str, password: str, today: date) -> User:
    """Make the person who names everybody else; used once, by whoever runs the installation.

    The person is made when the address is unknown; its e-mail address counts as confirmed. An empty password
    leaves the account as it is: a link from a mail or from the command line sets one.

    Raises:
        AlreadyHeld: the installation has an administrator, who gives further roles on the pages.
    """
    with transaction.atomic(durable=True):
        if FundRole.objects.filter(role=Role.ADMINISTRATOR, fund=None, ended_at__isnull=True).exists():
            raise AlreadyHeld
        user, _new = steps.create_person(email=email, full_name=full_name)
        if password:
            user.set_password(password)
            user.save()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        steps.give_role(user=user, role=Role.ADMINISTRATOR, fund=None, by=None, starts_on=today)
        return user

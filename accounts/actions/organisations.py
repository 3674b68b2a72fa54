"""What the people of an organisation do with it."""

from typing import Any

from django.db import transaction

from accounts import audit, clock, steps
from accounts.exceptions import LastRepresentative, LostRace, NotPermitted
from accounts.models import BankAccount, Membership, Organisation, User
from accounts.permissions import forget_memberships, may_bind, may_edit_for, owns
from accounts.states import MemberRole


def create_organisation(*, by: User, fields: dict[str, Any]) -> Organisation:
    """Create an organisation; whoever creates it owns and represents it."""
    with transaction.atomic(durable=True):
        return steps.add_organisation(by=by, fields=fields)


def edit_organisation(
    *, organisation: Organisation, by: User, seen_version: int, fields: dict[str, Any]
) -> Organisation:
    """Change what an organisation says about itself.

    Raises:
        NotPermitted: only owners and editors may.
        LostRace: somebody saved since the page was opened.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(organisation)
        forget_memberships(by)
        if not may_edit_for(by, fresh.pk):
            raise NotPermitted
        if fresh.version != seen_version:
            raise LostRace
        return steps.mend_organisation(fresh, by=by, fields=fields)


def change_membership(*, membership: Membership, by: User, role: str, represents: bool) -> Membership:
    """Give a member another role, or the mark to represent (owners only).

    Raises:
        NotPermitted: only owners may; only one who represents marks a representative.
        LastRepresentative: nobody who owns and represents would stay.
    """
    with transaction.atomic(durable=True):
        fresh = _locked_membership(membership, by)
        represents = represents and role == MemberRole.OWNER
        if represents and not fresh.represents and not may_bind(by, fresh.organisation_id):
            raise NotPermitted
        if fresh.represents and not represents:
            _another_represents(fresh)
        fresh.role, fresh.represents = role, represents
        fresh.save()
        data = {"person": str(fresh.user), "role": role, "represents": represents}
        audit.record("change_member", fresh.organisation, by=by, data=data)
        return fresh


def end_membership(*, membership: Membership, by: User) -> Membership:
    """Take a person off the organisation: an owner does it, or the person leaves.

    Raises:
        NotPermitted: neither an owner nor the person.
        LastRepresentative: nobody who owns and represents would stay.
    """
    with transaction.atomic(durable=True):
        fresh = _locked_membership(membership, by, or_self=True)
        if fresh.represents:
            _another_represents(fresh)
        fresh.ended_at = clock.now()
        fresh.save()
        forget_memberships(by)
        audit.record("end_member", fresh.organisation, by=by, data={"person": str(fresh.user)})
        return fresh


def _living(organisation: Organisation) -> dict[str, Any]:
    return {"organisation": organisation, "ended_at": None}


def _locked_membership(membership: Membership, by: User, or_self: bool = False) -> Membership:
    # The organisation is locked first: two owners who remove each other must not both succeed.
    organisation = audit.locked(membership.organisation)
    fresh = audit.locked(membership)
    forget_memberships(by)
    if not (owns(organisation, by) or (or_self and fresh.user_id == by.pk)):
        raise NotPermitted
    if fresh.ended_at is not None:
        raise LostRace
    return fresh


def _another_represents(leaving: Membership) -> None:
    others = Membership.objects.filter(
        organisation=leaving.organisation_id, represents=True, ended_at__isnull=True, user__is_active=True
    ).exclude(pk=leaving.pk)
    if not others.exists():
        raise LastRepresentative


def enter_bank_account(*, organisation: Organisation, by: User, holder: str, iban: str) -> BankAccount:
    """Enter a bank account; the office checks it before any money goes there.

    Raises:
        NotPermitted: only an owner with representation may.
        BankAccountKnown: it is entered already.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(organisation)
        forget_memberships(by)
        if not may_bind(by, fresh.pk):
            raise NotPermitted
        return steps.enter_bank_account(organisation=fresh, holder=holder, iban=iban, by=by)

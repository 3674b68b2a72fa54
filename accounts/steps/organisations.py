"""Writes about organisations, their people and their bank accounts; each inside an open transaction."""

from datetime import date
from typing import Any

from accounts import audit, clock
from accounts.exceptions import AlreadyMember, BankAccountKnown, LostRace, NotPermitted
from accounts.models import AuditEntry, BankAccount, Membership, Organisation, Person, User
from accounts.permissions import forget_memberships, may_bind
from accounts.states import MemberRole


def add_organisation(*, by: User, fields: dict[str, Any]) -> Organisation:
    """Create an organisation whose first owner, with representation, is `by`."""
    organisation = Organisation.objects.create(created_at=clock.now(), **fields)
    audit.record("create_organisation", organisation, by=by)
    add_member(organisation=organisation, user=by, role=MemberRole.OWNER, represents=True, by=by)
    return organisation


def enter_organisation(*, by: User, fields: dict[str, Any]) -> Organisation:
    """Enter an organisation for which nobody acts online yet: its application came on paper."""
    organisation = Organisation.objects.create(created_at=clock.now(), **fields)
    audit.record("enter_organisation", organisation, by=by)
    return organisation


def mend_organisation(organisation: Organisation, *, by: User, fields: dict[str, Any]) -> Organisation:
    """Change what an organisation says about itself, with both texts in its history; whether `by` may is the caller's.

    Args:
        organisation: locked by the caller.
        by: who changes it.
        fields: new values by name; nothing changed writes nothing.
    """
    known = {name: getattr(organisation, name) for name in fields}
    changes = {
        name: [str(known[name] or ""), str(value or "")] for name, value in fields.items() if known[name] != value
    }
    for name, value in fields.items():
        setattr(organisation, name, value)
    if changes:
        organisation.version += 1
        organisation.save()
        audit.record("edit_organisation", organisation, by=by, data=changes)
    return organisation


def add_member(
    *, organisation: Organisation, user: User, role: str, by: Person, represents: bool = False
) -> Membership:
    """Let a person act for the organisation.

    Raises:
        AlreadyMember: the person acts for it already.
    """
    if Membership.objects.filter(organisation=organisation, user=user, ended_at__isnull=True).exists():
        raise AlreadyMember
    membership = Membership.objects.create(
        organisation=organisation, user=user, role=role, represents=represents, joined_at=clock.now()
    )
    data = {"person": str(user), "role": role, "represents": represents}
    audit.record("add_member", organisation, by=by, data=data)
    return membership


def make_representative(*, organisation: Organisation, user: User) -> Membership:
    """Let a person who has proved it own and represent the organisation; who acts for it already is raised to that.

    Args:
        organisation: locked by the caller.
        user: the person, who is also the one that acts.
    """
    known = Membership.objects.filter(organisation=organisation, user=user, ended_at__isnull=True).first()
    if known is None:
        return add_member(organisation=organisation, user=user, role=MemberRole.OWNER, represents=True, by=user)
    known.role, known.represents = MemberRole.OWNER, True
    known.save()
    data = {"person": str(user), "role": MemberRole.OWNER.value, "represents": True}
    audit.record("change_member", organisation, by=user, data=data)
    return known


def hand_over(*, organisation: Organisation, by: User, to: Membership, stay: str = "") -> AuditEntry:
    """Make another member owner and representative in one's own place, in one act; return its line of the history.

    Args:
        organisation: which.
        by: an owner who represents it.
        to: a living membership of somebody else.
        stay: the role that remains for `by`; empty to leave.

    Raises:
        NotPermitted: `by` does not represent the organisation.
        LostRace: the other one left it meanwhile, or can no longer sign in.
    """
    fresh = audit.locked(organisation)
    forget_memberships(by)
    if not may_bind(by, fresh.pk) or to.user_id == by.pk:
        raise NotPermitted
    living = Membership.objects.filter(organisation=fresh, ended_at=None)
    heir, own = audit.locked(to), audit.locked(living.get(user=by))
    if heir.ended_at is not None or heir.organisation_id != fresh.pk or not heir.user.is_active:
        raise LostRace
    heir.role, heir.represents = MemberRole.OWNER, True
    heir.save()
    own.represents = False
    own.role, own.ended_at = (stay, None) if stay else (own.role, clock.now())
    own.save()
    forget_memberships(by)
    return audit.record("hand_over", fresh, by=by, data={"person": str(heir.user), "role": stay})


def enter_bank_account(*, organisation: Organisation, holder: str, iban: str, by: User) -> BankAccount:
    """Enter an account, unchecked. Accounts that nobody has checked yet give way to it.

    A checked account stays in use until the new one is checked too and its cooling-off days are over.

    Args:
        organisation: whose account it is.
        holder: exactly as at the bank.
        iban: compact, already validated.
        by: who enters it.

    Raises:
        BankAccountKnown: the same account is entered and not replaced.
    """
    now = clock.now()
    living = BankAccount.objects.filter(organisation=organisation, replaced_at__isnull=True)
    account = BankAccount(organisation=organisation, holder=holder, iban=iban, entered_by=by, entered_at=now)
    account.identify()
    if living.filter(iban_fingerprint=account.iban_fingerprint, holder=holder).exists():
        raise BankAccountKnown
    living.filter(checked_at__isnull=True).update(replaced_at=now)
    account.save()
    audit.record("enter_bank_account", organisation, by=by, data={"holder": holder, "iban_end": account.iban_end})
    return account


def check_bank_account(account: BankAccount, *, by: User, usable_from: date) -> BankAccount:
    """Confirm an account as its second person; from `usable_from` on money may go there.

    Whether `by` holds the right for it, and the notice to the old contacts, are the calling action's.
    """
    fresh = audit.locked(account)
    fresh.checked_by, fresh.checked_at, fresh.usable_from = by, clock.now(), usable_from
    fresh.save(update_fields=["checked_by", "checked_at", "usable_from"])
    audit.record("check_bank_account", fresh, by=by, data={"iban_end": fresh.iban_end})
    audit.record("check_bank_account", fresh.organisation, by=by, data={"iban_end": fresh.iban_end})
    return fresh

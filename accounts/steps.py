"""Writes that actions, invitations and the demo seed share; each runs inside an open transaction."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit, clock
from accounts.exceptions import (
    AlreadyHeld,
    AlreadyMember,
    BankAccountKnown,
    LostRace,
    NotPermitted,
    NotToOneself,
    RoleExcluded,
)
from accounts.models import (
    AuditEntry,
    BankAccount,
    Deputy,
    Fund,
    FundRole,
    LegalText,
    Membership,
    Organisation,
    Person,
    User,
)
from accounts.permissions import forget_memberships, may_bind
from accounts.states import EXCLUSIVE_ROLES, MemberRole, Role


def add_organisation(*, by: User, fields: dict[str, Any]) -> Organisation:
    """Create an organisation whose first owner, with representation, is `by`."""
    organisation = Organisation.objects.create(created_at=clock.now(), **fields)
    audit.record("create_organisation", organisation, by=by)
    add_member(organisation=organisation, user=by, role=MemberRole.OWNER, represents=True, by=by)
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


def give_role(
    *,
    user: User,
    role: str,
    fund: Fund | None,
    by: User | None,
    starts_on: date,
    ends_on: date | None = None,
    limit_cents: int | None = None,
) -> FundRole:
    """Give a person a role for a fund, or for all funds.

    Args:
        user: who gets it.
        role: value of Role.
        fund: the fund; None means all funds (auditor and administrator only).
        by: who gives it; None for the installation's first administrator.
        starts_on: first day.
        ends_on: last day; None leaves it open.
        limit_cents: largest amount of one act, in cents (signatory and finance B only).

    Raises:
        NotToOneself: `by` and `user` are the same person.
        AlreadyHeld: the person holds this role for this fund.
        RoleExcluded: one of the two roles is auditor or administrator.
    """
    if by is not None and by.pk == user.pk:
        raise NotToOneself
    # The person's row is locked: two administrators must not give roles that exclude each other.
    audit.locked(user)
    living = FundRole.objects.filter(user=user, ended_at__isnull=True)
    if living.filter(fund=fund, role=role).exists():
        raise AlreadyHeld
    if _excluded(user, role, starts_on, ends_on):
        raise RoleExcluded
    given = FundRole.objects.create(
        fund=fund,
        user=user,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        limit_cents=limit_cents,
        given_by=by,
        given_at=clock.now(),
    )
    audit.record("give_role", given, by=by or user, data=_role_data(given))
    return given


def _excluded(user: User, role: str, starts_on: date, ends_on: date | None) -> bool:
    others = FundRole.objects.filter(user=user, ended_at__isnull=True).exclude(role=role)
    others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        others = others.filter(starts_on__lte=ends_on)
    if role not in EXCLUSIVE_ROLES:
        others = others.filter(role__in=EXCLUSIVE_ROLES)
    return others.exists()


def _role_data(given: FundRole) -> dict[str, Any]:
    return {
        "person": str(given.user),
        "role": Role(given.role).value,
        "from": given.starts_on.isoformat(),
        "until": given.ends_on.isoformat() if given.ends_on else None,
        "limit_cents": given.limit_cents,
    }


def name_deputy(*, fund: Fund, principal: User, deputy: User, from_date: date, to_date: date, by: User) -> Deputy:
    """Let a person stand in for another one's roles in a fund, from day to day; whether they may is the caller's."""
    named = Deputy.objects.create(
        fund=fund,
        principal=principal,
        deputy=deputy,
        from_date=from_date,
        to_date=to_date,
        named_by=by,
        named_at=clock.now(),
    )
    data = {"from": from_date.isoformat(), "until": to_date.isoformat()}
    audit.record("name_deputy", named, by=by, data=data)
    return named


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


def create_person(*, email: str, full_name: str = "", language: str = "de") -> tuple[User, bool]:
    """Return the person with this address, made without a password when there is none, and whether it is new."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, full_name=full_name, language=language)
    except IntegrityError:
        return User.objects.get(email=email.strip().lower()), False
    return user, True


def publish_legal_text(*, slug: str, language: str, body: str, by: User) -> LegalText:
    """Publish a version of a legal page; those before it stay readable."""
    text = LegalText.objects.create(slug=slug, language=language, body=body, edited_by=by, edited_at=clock.now())
    audit.record("edit_legal_text", text, by=by)
    return text

"""Writes about people, their roles and deputies, and the legal pages; each inside an open transaction."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit, clock
from accounts.exceptions import AlreadyHeld, NotToOneself, RoleExcluded
from accounts.models import Deputy, Fund, FundRole, LegalText, User
from accounts.states import EXCLUSIVE_ROLES, Role


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

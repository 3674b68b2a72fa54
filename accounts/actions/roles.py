"""Who may do what: roles and deputies, named by administrators."""

from datetime import date

from django.db import transaction

from accounts import audit, clock, steps
from accounts.exceptions import LostRace, NotPermitted, NotPossible, NotToOneself, RoleExcluded
from accounts.models import Deputy, Fund, FundRole, User
from accounts.permissions import administers, forget_roles
from accounts.states import EXCLUSIVE_ROLES


def _administers(by: User, fund_id: int | None) -> None:
    forget_roles(by)
    if not administers(by, fund_id):
        raise NotPermitted


def give_role(
    *,
    user: User,
    role: str,
    fund: Fund | None,
    by: User,
    starts_on: date,
    ends_on: date | None = None,
    limit_cents: int | None = None,
) -> FundRole:
    """Give a person a role from one day to another (arguments as in `steps.give_role`).

    Raises:
        NotPermitted: `by` does not administer the fund (all funds, when `fund` is None).
        NotToOneself, AlreadyHeld, RoleExcluded: as in `steps.give_role`.
    """
    with transaction.atomic(durable=True):
        _administers(by, fund.pk if fund else None)
        return steps.give_role(
            user=user,
            role=role,
            fund=fund,
            by=by,
            starts_on=starts_on,
            ends_on=ends_on,
            limit_cents=limit_cents,
        )


def end_role(*, held: FundRole, by: User, reason: str) -> FundRole:
    """End a role at once; the row stays as evidence.

    Raises:
        NotPermitted: `by` does not administer the fund.
        NotToOneself: it is the administrator's own role.
        LostRace: it was ended meanwhile.
    """
    with transaction.atomic(durable=True):
        _administers(by, held.fund_id)
        fresh = audit.locked(held)
        if fresh.user_id == by.pk:
            raise NotToOneself
        if fresh.ended_at is not None:
            raise LostRace
        fresh.ended_by, fresh.ended_at = by, clock.now()
        fresh.save()
        audit.record("end_role", fresh, by=by, reason=reason, data={"person": str(fresh.user), "role": fresh.role})
        return fresh


def name_deputy(*, fund: Fund, principal: User, deputy: User, from_date: date, to_date: date, by: User) -> Deputy:
    """Name a person who stands in for another one's roles in a fund, from day to day.

    Raises:
        NotPermitted: `by` does not administer the fund.
        NotToOneself: nobody names themselves as deputy.
        NotPossible: both are the same person, or the principal holds no role of the fund.
        RoleExcluded: an auditor or administrator stands in for nobody and has no deputy.
    """
    with transaction.atomic(durable=True):
        _administers(by, fund.pk)
        if deputy.pk == by.pk:
            raise NotToOneself
        _fit(fund, principal, deputy)
        return steps.name_deputy(
            fund=fund, principal=principal, deputy=deputy, from_date=from_date, to_date=to_date, by=by
        )


def _fit(fund: Fund, principal: User, deputy: User) -> None:
    living = FundRole.objects.filter(ended_at__isnull=True)
    if living.filter(user__in=(principal, deputy), role__in=EXCLUSIVE_ROLES).exists():
        raise RoleExcluded
    if principal.pk == deputy.pk or not living.filter(user=principal, fund=fund).exists():
        raise NotPossible


def end_deputy(*, named: Deputy, by: User) -> Deputy:
    """End a deputyship before its last day.

    Raises:
        NotPermitted: `by` does not administer the fund.
        LostRace: it was ended meanwhile.
    """
    with transaction.atomic(durable=True):
        _administers(by, named.fund_id)
        fresh = audit.locked(named)
        if fresh.ended_at is not None:
            raise LostRace
        fresh.ended_at = clock.now()
        fresh.save()
        audit.record("end_deputy", fresh, by=by)
        return fresh

"""Tenants and their letterhead."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts import audit, clock, letterhead
from accounts.exceptions import DayIsPast, LostRace, NotPermitted
from accounts.models import SYSTEM, Fund, LetterheadChange, User
from accounts.permissions import administers, administers_all, forget_roles


def create_fund(*, by: User, fields: dict[str, Any]) -> Fund:
    """Create a fund.

    Raises:
        NotPermitted: `by` does not administer the installation.
    """
    with transaction.atomic(durable=True):
        forget_roles(by)
        if not administers_all(by):
            raise NotPermitted
        fund = Fund.objects.create(created_at=clock.now(), **fields)
        audit.record("create_fund", fund, by=by)
        return fund


def edit_fund(
    *, fund: Fund, by: User, fields: Mapping[str, Any], seen_version: int, valid_from: date | None = None
) -> Fund:
    """Change the texts of a fund at once, and its letterhead from a day on; letters already made keep theirs.

    Args:
        fund: as the page saw it.
        by: an administrator of the fund.
        fields: all entries of the page by name.
        seen_version: version of the page.
        valid_from: first Berlin day of what letters state; today when none is named.

    Raises:
        NotPermitted: `by` does not administer the fund.
        LostRace: somebody changed it since `seen_version`.
        DayIsPast: the day lies before today; what letters stated then stays.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(fund)
        forget_roles(by)
        if not administers(by, fresh.pk):
            raise NotPermitted
        if fresh.version != seen_version:
            raise LostRace
        today = clock.today()
        first = valid_from or today
        if first < today:
            raise DayIsPast
        changed = {name: str(value) for name, value in fields.items() if getattr(fresh, name) != value}
        heads = {name: value for name, value in changed.items() if name in letterhead.FIELDS}
        _keep(fresh, by, heads, first)
        _apply(fresh, by, changed if first == today else {n: v for n, v in changed.items() if n not in heads})
        return fresh


def _keep(fund: Fund, by: User, heads: Mapping[str, str], first: date) -> None:
    """Add what the letterhead says from a day on to what is kept of it."""
    if not heads:
        return
    before = letterhead.on(fund, first)
    values = {name: [getattr(before, name), value] for name, value in heads.items()}
    LetterheadChange.objects.create(fund=fund, valid_from=first, values=values, made_by=by, made_at=clock.now())
    if first > clock.today():
        audit.record("plan_letterhead", fund, by=by, data={"valid_from": first.isoformat(), **values})


def _apply(fund: Fund, by: User, changed: Mapping[str, str]) -> None:
    if not changed:
        return
    data = {name: [str(getattr(fund, name)), value] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(fund, name, value)
    fund.version += 1
    fund.save()
    audit.record("edit_fund", fund, by=by, data=data)


def bring_letterhead_into_force(*, fund: Fund) -> bool:
    """Let the fund's pages say what was planned for a day that has come; return whether there was anything to do.

    Letters look at their own day and wait for nothing.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(fund)
        planned = letterhead.on(fresh, clock.today())
        changed = [name for name in letterhead.FIELDS if getattr(planned, name) != getattr(fresh, name)]
        if not changed:
            return False
        for name in changed:
            setattr(fresh, name, getattr(planned, name))
        fresh.version += 1
        fresh.save()
        audit.record("letterhead_in_force", fresh, by=SYSTEM, data={"fields": changed})
        return True

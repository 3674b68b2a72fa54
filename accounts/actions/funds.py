"""Tenants and their letterhead."""

from typing import Any

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import Fund, User
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


def edit_fund(*, fund: Fund, by: User, fields: dict[str, Any], seen_version: int) -> Fund:
    """Change the letterhead and the texts of a fund; letters already made keep theirs.

    Raises:
        NotPermitted: `by` does not administer the fund.
        LostRace: somebody changed it since `seen_version`.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(fund)
        forget_roles(by)
        if not administers(by, fresh.pk):
            raise NotPermitted
        if fresh.version != seen_version:
            raise LostRace
        changed = {name: value for name, value in fields.items() if getattr(fresh, name) != value}
        if changed:
            data = {name: [str(getattr(fresh, name)), str(value)] for name, value in changed.items()}
            for name, value in changed.items():
                setattr(fresh, name, value)
            fresh.version += 1
            fresh.save()
            audit.record("edit_fund", fresh, by=by, data=data)
        return fresh

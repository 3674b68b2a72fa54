"""What the office does with a round before and beside the jury: one action, one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import clock
from accounts.exceptions import NotPermitted
from accounts.models import Fund, User
from accounts.permissions import forget_roles
from grants import permissions as may
from grants.models import Round
from grants.steps import rounds as steps


def _permit(record: Fund | Round, by: User) -> None:
    forget_roles(by)
    if not may.round_editor(record, by):
        raise NotPermitted


def create_round(
    *, fund: Fund, by: User, name: str, budget_year: int, opens_at: datetime, deadline_at: datetime
) -> Round:
    """Make the draft of a round; the errors are those of the step of the same name, here and below."""
    with transaction.atomic(durable=True):
        _permit(fund, by)
        return steps.create_round(
            fund, by=by, name=name, budget_year=budget_year, opens_at=opens_at, deadline_at=deadline_at
        )


def copy_round(
    *, former: Round, by: User, name: str, budget_year: int, opens_at: datetime, deadline_at: datetime
) -> Round:
    """Make the draft of a round like an earlier one of the same fund."""
    with transaction.atomic(durable=True):
        _permit(former, by)
        return steps.create_round(
            former.fund,
            by=by,
            name=name,
            budget_year=budget_year,
            opens_at=opens_at,
            deadline_at=deadline_at,
            former=former,
        )


def save_settings(*, round_: Round, by: User, seen_version: int, values: Mapping[str, Any]) -> Round:
    """Change settings of a draft."""
    with transaction.atomic(durable=True):
        _permit(round_, by)
        return steps.save_settings(round_, by=by, seen_version=seen_version, values=values)


def save_rubric(*, round_: Round, by: User, seen_version: int, lines: Sequence[Mapping[str, Any]]) -> Round:
    """Replace the criteria of a draft."""
    with transaction.atomic(durable=True):
        _permit(round_, by)
        return steps.save_rubric(round_, by=by, seen_version=seen_version, lines=lines)


def save_sessions(
    *, round_: Round, by: User, seen_version: int, sessions: Sequence[Mapping[str, Any]], jury_on: date | None
) -> Round:
    """Set the days on which the jury and the committees meet."""
    with transaction.atomic(durable=True):
        _permit(round_, by)
        return steps.save_sessions(round_, by=by, seen_version=seen_version, sessions=sessions, jury_on=jury_on)


def unpublish(*, round_: Round, by: User, reason: str) -> Round:
    """Take a published round back into preparation."""
    with transaction.atomic(durable=True):
        return steps.unpublish(round_, by=by, reason=reason)


def extend(*, round_: Round, by: User, deadline_at: datetime, reason: str) -> Round:
    """Move the deadline for everybody."""
    with transaction.atomic(durable=True):
        return steps.extend(round_, by=by, now=clock.now(), deadline_at=deadline_at, reason=reason)

"""What the office and the administrator do with the bodies of a fund."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.exceptions import NotPermitted
from accounts.models import Fund, User
from accounts.permissions import forget_roles
from grants import permissions as may
from grants.models import Body, BodyMember, BodySession
from grants.steps import bodies as steps


def _permit(record: Fund | Body, by: User) -> None:
    forget_roles(by)
    if not may.body_editor(record, by):
        raise NotPermitted


def save_body(*, body: Body | None, fund: Fund, by: User, seen_version: int, values: Mapping[str, Any]) -> Body:
    """Enter or change a body. Raises: NotPermitted; LostRace: somebody saved it meanwhile."""
    with transaction.atomic(durable=True):
        _permit(fund, by)
        return steps.save_body(body, fund=fund, by=by, seen_version=seen_version, values=values)


def save_member(
    *, body: Body, member: BodyMember | None, by: User, seen_version: int, values: Mapping[str, Any]
) -> BodyMember:
    """Give or change a seat. Raises: NotPermitted; LostRace: somebody saved it meanwhile."""
    with transaction.atomic(durable=True):
        _permit(body, by)
        return steps.save_member(body, member, by=by, seen_version=seen_version, values=values)


def save_session(
    *, body: Body, session: BodySession | None, by: User, seen_version: int, values: Mapping[str, Any]
) -> BodySession:
    """Plan, move or cancel a session. Raises: NotPermitted; LostRace: somebody saved it meanwhile."""
    with transaction.atomic(durable=True):
        _permit(body, by)
        return steps.save_session(body, session, by=by, seen_version=seen_version, values=values)

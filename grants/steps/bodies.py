"""Bodies, their members and their sessions; the rounds that name a session follow it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from accounts import audit
from accounts.exceptions import LostRace
from accounts.models import Fund, User
from grants import bodies
from grants.models import Body, BodyMember, BodySession, Round
from grants.steps.rounds import SESSIONS_OPEN

R = TypeVar("R", Body, BodyMember, BodySession)


def _changed(record: R, seen_version: int, values: Mapping[str, Any]) -> tuple[R, list[str]]:
    """Return the record locked and changed, with the names of what changed. Raises: LostRace."""
    fresh = audit.locked(record)
    if fresh.version != seen_version:
        raise LostRace
    names = sorted(name for name, value in values.items() if getattr(fresh, name) != value)
    for name in names:
        setattr(fresh, name, values[name])
    if names:
        fresh.version += 1
        fresh.save()
    return fresh, names


def save_body(body: Body | None, *, fund: Fund, by: User, seen_version: int, values: Mapping[str, Any]) -> Body:
    """Enter a body, or change it. Raises: LostRace."""
    if body is None:
        made = Body.objects.create(fund=fund, **values)
        audit.record("create_body", made, by=by)
        return made
    fresh, names = _changed(body, seen_version, values)
    if names:
        audit.record("edit_body", fresh, by=by, data={"fields": names})
    return fresh


def save_member(
    body: Body, member: BodyMember | None, *, by: User, seen_version: int, values: Mapping[str, Any]
) -> BodyMember:
    """Give somebody a seat, or change it; a seat is never taken away, its term ends. Raises: LostRace."""
    if member is None:
        made = BodyMember.objects.create(body=body, **values)
        audit.record("seat_member", body, by=by, data={"member": made.pk})
        return made
    fresh, names = _changed(member, seen_version, values)
    if names:
        audit.record("change_seat", body, by=by, data={"member": fresh.pk, "fields": names})
    return fresh


def save_session(
    body: Body, session: BodySession | None, *, by: User, seen_version: int, values: Mapping[str, Any]
) -> BodySession:
    """Plan a session, move or cancel it; rounds that name it and are not decided yet follow. Raises: LostRace."""
    if session is None:
        made = BodySession.objects.create(body=body, **values)
        audit.record("plan_session", body, by=by, data={"session": made.pk, "on": made.on.isoformat()})
        return made
    fresh, names = _changed(session, seen_version, values)
    if names:
        audit.record("move_session", body, by=by, data={"session": fresh.pk, "fields": names})
        _follow(body, fresh, by)
    return fresh


def _follow(body: Body, session: BodySession, by: User) -> None:
    # Which rounds name it stands in a list of theirs, so a fund's few undecided rounds are looked through.
    for round_ in Round.objects.filter(fund=body.fund_id, state__in=SESSIONS_OPEN).order_by("pk"):
        if not any(entry.get("session") == session.pk for entry in round_.committee_chain):
            continue
        fresh = audit.locked(round_)
        fresh.committee_chain = [_moved(entry, session) for entry in fresh.committee_chain]
        fresh.version += 1
        fresh.save(update_fields=["committee_chain", "version"])
        audit.record("edit_round", fresh, by=by, data={"fields": ["committee_chain"]})


def _moved(entry: dict[str, Any], session: BodySession) -> dict[str, Any]:
    if entry.get("session") != session.pk:
        return entry
    return {"body": entry["body"], "decides": entry.get("decides", False), **bodies.meeting(session)}

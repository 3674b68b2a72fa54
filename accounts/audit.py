"""The audit door: the only way to change a state, and the only writer of history."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db import connection, models
from django.db.models import QuerySet
from django_fsm import can_proceed, has_transition_perm

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import AuditEntry, Machine, Person, Proposal, User
from accounts.permissions import forget_memberships, forget_roles, principal_of
from accounts.states import Outcome

M = TypeVar("M", bound=Machine)


def locked(record: M) -> M:
    """Return the record fresh and locked until the transaction ends.

    Raises:
        LostRace: the record is gone.
    """
    model = type(record)
    rows: QuerySet[M] = model._base_manager.filter(pk=record.pk)  # type: ignore[assignment]
    if connection.features.has_select_for_update:
        # Without the key: rows that only refer to this one may still be inserted beside us.
        rows = rows.select_for_update(no_key=connection.features.has_select_for_no_key_update, of=("self",))
    fresh = rows.first()
    if fresh is None:
        raise LostRace
    return fresh


def perform(transition: Callable[..., Any], *, by: Person, reason: str = "", **arguments: Any) -> Any:
    """Do one transition of a record: lock, check, run, save, write history. Returns the fresh record.

    Args:
        transition: bound method of the record as the caller saw it; `arguments` are passed on to it.
        by: the acting person, or SYSTEM.
        reason: kept in the history in the person's own words.

    Raises:
        LostRace: the state is no longer the one the caller saw.
        NotPermitted: the person lacks the right by today's roles.
        NotPossible: there is no such step from this state, or a condition is not met.
    """
    seen = cast(Machine, getattr(transition, "__self__"))  # noqa: B009 - typed callables have no __self__
    name = transition.__name__
    if not connection.in_atomic_block:
        raise RuntimeError("perform() runs inside the action's transaction")
    fresh = locked(seen)
    if fresh.state != seen.state:
        raise LostRace
    bound = getattr(fresh, name)
    _check(bound, by)
    before = str(fresh.state)
    bound(**arguments)
    fresh.version += 1
    fresh.save()
    record(name, fresh, by=by, reason=reason, from_state=before, data=_plain(arguments))
    return fresh


def _check(bound: Any, by: Person) -> None:
    # Roles may have ended while a page lay open.
    forget_roles(by)
    forget_memberships(by)
    if not can_proceed(bound, check_conditions=False):
        raise NotPossible
    if not has_transition_perm(bound, cast(Any, by)):
        # A failed condition and a missing right look alike to the library; tell them apart.
        raise NotPermitted if can_proceed(bound) else NotPossible
    if not can_proceed(bound):
        raise NotPossible


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str | int | bool | None | list | dict) else str(value)
        for key, value in arguments.items()
        if not isinstance(value, models.Model)
    }


def subject_type(subject: models.Model) -> str:
    """Return the name under which a record's history is filed."""
    return subject._meta.label_lower


def record(
    action: str,
    subject: models.Model,
    *,
    by: Person,
    reason: str = "",
    from_state: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add a line to the history of any record (state changes come here through `perform`)."""
    fund_id = getattr(subject, "audit_fund_id", None) or getattr(subject, "fund_id", None)
    actor = by if isinstance(by, User) else None
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=actor,
        acting_for_id=_acting_for(by, fund_id),
        fund_id=fund_id,
        case_key=getattr(subject, "case_key", ""),
        subject_type=subject_type(subject),
        subject_id=subject.pk,
        subject_label=str(subject)[:200],
        action=action,
        from_state=from_state,
        to_state=str(getattr(subject, "state", "")),
        reason=reason,
        data=data or {},
    )


def _acting_for(by: Person, fund_id: int | None) -> int | None:
    held = by.__dict__.get("_held_roles") if isinstance(by, User) else None
    if not held:
        return None
    return principal_of(by, fund_id, *{h.role for h in held})


def history(subject: models.Model) -> QuerySet[AuditEntry]:
    """Return the lines of one record, oldest first."""
    return AuditEntry.objects.filter(subject_type=subject_type(subject), subject_id=subject.pk).select_related(
        "actor", "acting_for"
    )


def case_history(case_key: str) -> QuerySet[AuditEntry]:
    """Return the lines of a case and everything that belongs to it, oldest first."""
    return AuditEntry.objects.filter(case_key=case_key).select_related("actor", "acting_for")


def propose(kind: str, subject: models.Model, *, by: User, payload: dict[str, Any], reason: str = "") -> Proposal:
    """Record the first half of a step for two people.

    Raises:
        NotPossible: the same step already waits for its second person.
    """
    if open_proposal(kind, subject) is not None:
        raise NotPossible
    proposal = Proposal.objects.create(
        kind=kind,
        fund_id=getattr(subject, "audit_fund_id", None) or getattr(subject, "fund_id", None),
        case_key=getattr(subject, "case_key", ""),
        subject_type=subject_type(subject),
        subject_id=subject.pk,
        subject_label=str(subject)[:200],
        payload=payload,
        reason=reason,
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record(f"propose_{kind}", subject, by=by, reason=reason, data=payload)
    return proposal


def open_proposal(kind: str, subject: models.Model) -> Proposal | None:
    """Return the step of this kind that waits for its second person, if any."""
    return (
        Proposal.objects.filter(
            kind=kind, subject_type=subject_type(subject), subject_id=subject.pk, outcome=Outcome.OPEN
        )
        .select_related("proposed_by")
        .first()
    )


def decide(proposal: Proposal, *, by: User, outcome: Outcome, note: str = "") -> Proposal:
    """Close a proposal: CONFIRMED or DECLINED by another person, WITHDRAWN by its author.

    Raises:
        LostRace: it was decided meanwhile.
        SecondPersonNeeded: the author cannot confirm or decline.
        NotPermitted: only the author withdraws.
    """
    rows = Proposal.objects.filter(pk=proposal.pk, outcome=Outcome.OPEN)
    fresh = rows.select_for_update().first() if connection.features.has_select_for_update else rows.first()
    if fresh is None:
        raise LostRace
    if outcome == Outcome.WITHDRAWN and fresh.proposed_by_id != by.pk:
        raise NotPermitted
    if outcome != Outcome.WITHDRAWN and fresh.proposed_by_id == by.pk:
        raise SecondPersonNeeded
    fresh.outcome, fresh.decided_by, fresh.decided_at, fresh.decision_note = outcome, by, clock.now(), note
    fresh.save()
    return fresh


def available(obj: Machine, person: Person) -> list[str]:
    """Return the names of the transitions the person may do now, in the order they are declared."""
    return [t.name for t in obj.get_available_user_state_transitions(person)]  # type: ignore[attr-defined]

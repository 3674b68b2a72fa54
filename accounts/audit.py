"""The audit door: the only way to change a state, and the only writer of history."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import datetime
from inspect import signature
from typing import Any, NamedTuple, TypeVar, cast

from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_fsm import Transition

from accounts import bulk, clock
from accounts.exceptions import Busy, LostRace, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import AuditEntry, Machine, Person, Proposal, User
from accounts.permissions import forget_memberships, forget_roles, principal_behind, principal_of, roles_were_asked
from accounts.states import Outcome

M = TypeVar("M", bound=models.Model)
# PostgreSQL's code for a lock that was not got within `lock_timeout`.
LOCK_NOT_AVAILABLE = "55P03"


def locked(record: M) -> M:
    """Return the record fresh and locked until the transaction ends.

    Raises:
        LostRace: the record is gone.
        Busy: somebody else held it for too long.
    """
    # Not type(): the person of a request is wrapped.
    model = record.__class__
    rows: QuerySet[M] = model._base_manager.filter(pk=record.pk)
    if connection.features.has_select_for_update:
        # Without the key: rows that only refer to this one may still be inserted beside us.
        rows = rows.select_for_update(no_key=connection.features.has_select_for_no_key_update, of=("self",))
    try:
        fresh = rows.order_by().first()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise Busy from error
        raise
    if fresh is None:
        raise LostRace
    return fresh


def perform(transition: Callable[..., Any], *, by: Person, reason: str = "", **arguments: Any) -> Any:
    """Do one transition of a record: lock, check, run, save, write history. Returns the fresh record.

    Args:
        transition: bound method of the record as the caller saw it.
        by: the acting person, or SYSTEM; passed on to a transition that takes it.
        reason: kept in the history in the person's own words.
        arguments: passed on to the transition and kept in the history.

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
    acting_for = _check(_step(fresh, name), fresh, by)
    before, columns = str(fresh.state), _columns(fresh)
    actor = {"by": by} if "by" in signature(transition).parameters else {}
    getattr(fresh, name)(**arguments, **actor)
    fresh.version += 1
    fresh.index()
    # Only what has changed: a case has eighty columns, and others wait meanwhile for what the action has locked.
    fresh.save(update_fields=[name for name, value in _columns(fresh).items() if value != columns[name]])
    record(
        name,
        fresh,
        by=by,
        reason=reason,
        from_state=before,
        data=_plain(arguments),
        acting_for_id=acting_for,
    )
    return fresh


def _columns(record: Machine) -> dict[str, Any]:
    """Return the record's values; lists and tables are copied, because a step may change them in place."""
    values = ((field.attname, record.__dict__[field.attname]) for field in record._meta.concrete_fields)
    return {name: deepcopy(value) if isinstance(value, dict | list) else value for name, value in values}


def _step(fresh: Machine, name: str) -> Transition:
    steps: list[Transition] = list(fresh.get_all_state_transitions())  # type: ignore[attr-defined]
    found = next((step for step in steps if step.name == name and step.source in (fresh.state, "*")), None)
    if found is None:
        raise NotPossible
    return found


def _check(step: Transition, fresh: Machine, by: Person) -> int | None:
    """Refuse, or return for whom the person acts when only a deputyship gives the right."""
    # Roles may have ended while a page lay open.
    forget_roles(by)
    forget_memberships(by)
    # The right comes first: whoever lacks it learns nothing about conditions.
    if not step.has_perm(fresh, by):
        raise NotPermitted
    if not all(condition(fresh) for condition in step.conditions):
        raise NotPossible
    if not roles_were_asked(by):
        return None
    return principal_behind(by, lambda: bool(step.has_perm(fresh, by)))


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
    acting_for_id: int | None = None,
) -> AuditEntry:
    """Add a line to the history of any record (state changes come here through `perform`).

    Args:
        action: name of the step; `accounts.wording` has its sentence.
        subject: the record it happened to.
        by: the acting person, or SYSTEM.
        reason: in the person's own words.
        from_state: state before; the state after is read from the record.
        data: what a reader needs to understand the step; no secrets.
        acting_for_id: for whom the person acted; found from the roles when it is not given.
    """
    fund_id = getattr(subject, "audit_fund_id", None) or getattr(subject, "fund_id", None)
    actor = by if isinstance(by, User) else None
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=actor,
        acting_for_id=acting_for_id or _acting_for(by, fund_id),
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


class Line(NamedTuple):
    """A line of the history of something that happened elsewhere or earlier; fields as in `AuditEntry`."""

    at: datetime
    actor_id: int | None
    fund_id: int | None
    case_key: str
    subject_type: str
    subject_id: int
    subject_label: str
    action: str
    from_state: str = ""
    to_state: str = ""
    reason: str = ""
    data: dict[str, Any] = {}


def record_many(lines: Iterable[Line]) -> int:
    """Add the history that comes with imported or first data, in this order; return how many lines.

    What happens here and now is recorded by `perform` and `record`, one step at a time.
    """
    return bulk.write_values(AuditEntry, Line._fields, (list(line) for line in lines))


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
    try:
        with transaction.atomic():
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
    except IntegrityError as error:
        if open_proposal(kind, subject) is None:
            raise
        raise NotPossible(_("This step already waits for its second person.")) from error
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

    Whether `by` holds the role for the second half is the calling action's to check.
    """
    fresh = locked(proposal)
    if fresh.outcome != Outcome.OPEN:
        raise LostRace
    if outcome == Outcome.WITHDRAWN and fresh.proposed_by_id != by.pk:
        raise NotPermitted
    if outcome != Outcome.WITHDRAWN and fresh.proposed_by_id == by.pk:
        raise SecondPersonNeeded
    fresh.outcome, fresh.decided_by, fresh.decided_at, fresh.decision_note = outcome, by, clock.now(), note
    fresh.save()
    _record_decision(fresh, by=by, note=note)
    return fresh


def _record_decision(proposal: Proposal, *, by: User, note: str) -> None:
    verb = {Outcome.CONFIRMED: "confirm", Outcome.DECLINED: "decline", Outcome.WITHDRAWN: "withdraw"}
    AuditEntry.objects.create(
        at=proposal.decided_at or proposal.proposed_at,
        actor=by,
        acting_for_id=_acting_for(by, proposal.fund_id),
        fund_id=proposal.fund_id,
        case_key=proposal.case_key,
        subject_type=proposal.subject_type,
        subject_id=proposal.subject_id,
        subject_label=proposal.subject_label,
        action=f"{verb[Outcome(proposal.outcome)]}_{proposal.kind}",
        reason=note,
        data=proposal.payload,
    )


def available(obj: Machine, person: Person) -> list[str]:
    """Return the names of the transitions the person may do now, in the order they are declared."""
    return [t.name for t in obj.get_available_user_state_transitions(person)]  # type: ignore[attr-defined]

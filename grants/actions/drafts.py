from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.models import Organisation, User
from accounts.permissions import forget_memberships, may_edit_for
from grants import authors, filestore, queries, recording, steps
from grants import permissions as may
from grants.exceptions import AlreadySent, Changed, NotReopened, RecordingWaits, RoundNotOpen
from grants.models import Application, Round
from grants.sections import FIELDS, PLAN_FIELDS, Section
from grants.states import ApplicationState, RoundState


def start(
    *, round_: Round, by: User, organisation: Organisation | None, given: Mapping[str, Any] | None = None
) -> Application:
    """Begin a draft. A second press, with the same answers, finds the untouched draft of the first.

    Args:
        round_: must be open.
        by: the author; its name and address become the contact's.
        organisation: in whose name; None when that is still to be told.
        given: entries that were answered before the draft began.

    Raises:
        RoundNotOpen: the round takes no applications now.
        NotPermitted: the person does not write for the organisation.
    """
    with transaction.atomic(durable=True):
        if audit.locked(round_).state != RoundState.OPEN:
            raise RoundNotOpen
        if organisation is not None and not may_edit_for(by, organisation.pk):
            raise NotPermitted
        known = Application.objects.filter(
            round=round_,
            organisation=organisation,
            created_by=by,
            state=ApplicationState.DRAFT,
            version=1,
            **(given or {}),
        ).first()
        return known or steps.begin(round_, by=by, organisation=organisation, given=given)


def writable(application: Application, *, by: User, seen_version: int | None) -> Application:
    """Return the application locked, if the person may write in what was seen (inside an action).

    Args:
        application: as the page saw it.
        by: who writes.
        seen_version: the version of the whole that must still be there; None where single entries are compared.

    Raises:
        NotPermitted: not theirs, or only to read.
        AlreadySent: it left the state in which the page was opened.
        Changed: somebody saved it meanwhile.
    """
    fresh = audit.locked(application)
    forget_memberships(by)
    if not may.applicant_edits(fresh, by):
        raise NotPermitted
    if fresh.state != application.state or not queries.open_fields(fresh):
        raise AlreadySent
    if seen_version is not None and fresh.version != seen_version:
        raise Changed
    return fresh


def _refuse_clashes(fresh: Application, changed: Collection[str], seen_version: int, page: str) -> None:
    """Nobody's entry is written over by somebody who has not seen it."""
    clashes = authors.news(fresh, changed, seen_version=seen_version, page=page)
    if clashes:
        raise Changed(clashes)


# What a change by the applicant always sets.
_MARKS = ("edited_at", "entry_versions", "expiry_noticed_at", "plan_sent_at", "version")
# What lists search and sort by is made of these.
_INDEXED = frozenset({"organisation", "title", "municipality"})
_INDEX = ("search_key", "title_key")
# Files have rows of their own, which nobody writes over.
_FILES = frozenset(FIELDS[Section.FILES])


def mark_edited(
    application: Application, *, by: User, fields: Sequence[str], written: Collection[str] = (), page: str = ""
) -> Application:
    """Save a change by the applicant: a new version of the record; after sending also a line of history.

    Args:
        application: locked, with its new values.
        by: who made the change.
        fields: what was changed, in the words of the form.
        written: names of the record's own columns that have new values; the others are not written again.
        page: name of the open page on which it was typed.
    """
    application.edited_at = clock.now()
    application.expiry_noticed_at = None
    application.plan_sent_at = None
    application.version += 1
    authors.mark(application, (name for name in fields if name not in _FILES), by=by, page=page)
    application.save(update_fields=[*_MARKS, *written, *(_INDEX if _INDEXED & {*written} else ())])
    if application.state != ApplicationState.DRAFT:
        verb = "edit_on_behalf" if application.on_behalf else "edit"
        audit.record(verb, application, by=by, data={"fields": sorted(fields)})
    return application


def save_fields(
    *, application: Application, by: User, seen_version: int, values: Mapping[str, Any], page: str = ""
) -> Application:
    """Save entries of the form, in any state of completeness. Nothing changed leaves the version as it is.

    Entries that somebody else changed meanwhile are refused only where both changed the same one.

    Args:
        application: as the page saw it.
        by: who writes.
        seen_version: the version that the writer knows.
        values: cleaned values by name of field.
        page: name of the open page, so that its own earlier changes are no conflict.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        Changed: somebody else changed one of these entries meanwhile; nothing was saved.
        NotReopened: one of the entries is not open now.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=None)
        changed = {name: value for name, value in values.items() if getattr(fresh, name) != value}
        if set(changed) - queries.open_fields(fresh):
            raise NotReopened
        _refuse_clashes(fresh, changed, seen_version, page)
        organisation = changed.get("organisation")
        if organisation is not None and not may_edit_for(by, organisation.pk):
            raise NotPermitted
        # Who was told that the draft will go keeps it by saving once, also without a change.
        if not changed and fresh.expiry_noticed_at is None:
            return fresh
        for name, value in changed.items():
            setattr(fresh, name, value)
        dropped = _drop_foreign(fresh) if _BOUND & set(changed) else frozenset()
        _refuse_reversed_period(fresh, changed)
        names = {*changed, *dropped}
        return mark_edited(fresh, by=by, fields=sorted(names), written=names, page=page)


# Belong to one organisation, as the application does.
_BOUND = frozenset({"organisation", "bank_account", "follows"})


def _drop_foreign(application: Application) -> frozenset[str]:
    """An account or former case of another organisation does not stay when the organisation changes."""
    dropped = set()
    for name in ("bank_account", "follows"):
        kept = getattr(application, name)
        if kept is not None and kept.organisation_id != application.organisation_id:
            setattr(application, name, None)
            dropped.add(name)
    return frozenset(dropped)


def _refuse_reversed_period(application: Application, changed: Collection[str]) -> None:
    """Two people can each choose a day that fits, and the two days do not fit each other."""
    starts_on, ends_on = application.starts_on, application.ends_on
    if starts_on and ends_on and ends_on < starts_on:
        raise Changed({"starts_on", "ends_on"} & set(changed))


def save_plan(
    *,
    application: Application,
    by: User,
    seen_version: int,
    cost_lines: Sequence[steps.CostInput],
    funding_lines: Sequence[steps.FundingInput],
    requested_cents: int,
    smallest_cents: int | None,
    touched: Collection[str] = PLAN_FIELDS,
    page: str = "",
) -> Application:
    """Save the plan of a draft, a returned application or a revised plan; its sums are counted here.

    Args:
        application: as the page saw it.
        by: who writes.
        seen_version: the version that the writer knows.
        cost_lines: the cost plan.
        funding_lines: the financing plan without the grant.
        requested_cents: the grant asked for.
        smallest_cents: the smallest grant that still helps; None when there is none.
        touched: which of these four are meant; the others stay as they are stored.
        page: name of the open page, so that its own earlier changes are no conflict.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        Changed: somebody else changed one of the touched parts meanwhile; nothing was saved.
        NotReopened: the plan is not open now.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=None)
        if not queries.open_fields(fresh) >= PLAN_FIELDS:
            raise NotReopened
        # Its rules are fixed since it was published, and the page has read it already.
        fresh.round = application.round
        plan = steps.PlanInput(tuple(cost_lines), tuple(funding_lines), requested_cents, smallest_cents)
        changed = steps.changed_parts(fresh, plan, touched)
        _refuse_clashes(fresh, changed, seen_version, page)
        if not changed and fresh.expiry_noticed_at is None:
            return fresh
        written = steps.write_parts(fresh, plan, changed)
        return mark_edited(fresh, by=by, fields=sorted(changed), written=written, page=page)


def discard(*, application: Application, by: User) -> None:
    """Throw a draft away with everything personal in it.

    Raises:
        NotPermitted: not theirs.
        LostRace: it was sent meanwhile.
        RecordingWaits: the office has recorded it, and a second person is to confirm that.
    """
    with transaction.atomic(durable=True):
        if application.on_behalf and recording.proposal_of(audit.locked(application)) is not None:
            raise RecordingWaits
        paths = [file.path for file in steps.discard(application, by=by)]
        transaction.on_commit(lambda: filestore.remove_all(paths), robust=True)

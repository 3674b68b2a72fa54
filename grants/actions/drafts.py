from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.models import Organisation, User
from accounts.permissions import forget_memberships, may_edit_for
from grants import filestore, queries, steps
from grants import permissions as may
from grants.exceptions import AlreadySent, Changed, NotReopened, RoundNotOpen
from grants.models import Application, Round
from grants.sections import PLAN_FIELDS
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


# What a change by the applicant always sets.
_MARKS = ("edited_at", "expiry_noticed_at", "plan_sent_at", "version")
# What lists search and sort by is made of these.
_INDEXED = frozenset({"organisation", "title", "municipality"})
_INDEX = ("search_key", "title_key")


def mark_edited(
    application: Application, *, by: User, fields: Sequence[str], written: Collection[str] = ()
) -> Application:
    """Save a change by the applicant: a new version of the record; after sending also a line of history.

    Args:
        application: locked, with its new values.
        by: who made the change.
        fields: what was changed, in the words of the form.
        written: names of the record's own columns that have new values; the others are not written again.
    """
    application.edited_at = clock.now()
    application.expiry_noticed_at = None
    application.plan_sent_at = None
    application.version += 1
    application.save(update_fields=[*_MARKS, *written, *(_INDEX if _INDEXED & {*written} else ())])
    if application.state != ApplicationState.DRAFT:
        audit.record("edit", application, by=by, data={"fields": sorted(fields)})
    return application


def save_fields(*, application: Application, by: User, seen_version: int, values: Mapping[str, Any]) -> Application:
    """Save entries of the form, in any state of completeness. Nothing changed leaves the version as it is.

    Args:
        application: as the page saw it.
        by: who writes.
        seen_version: the version the page was made from.
        values: cleaned values by name of field.

    Raises:
        NotPermitted, AlreadySent, Changed: see `writable`.
        NotReopened: one of the entries is not open now.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=seen_version)
        changed = {name: value for name, value in values.items() if getattr(fresh, name) != value}
        if set(changed) - queries.open_fields(fresh):
            raise NotReopened
        organisation = changed.get("organisation")
        if organisation is not None and not may_edit_for(by, organisation.pk):
            raise NotPermitted
        # Who was told that the draft will go keeps it by saving once, also without a change.
        if not changed and fresh.expiry_noticed_at is None:
            return fresh
        for name, value in changed.items():
            setattr(fresh, name, value)
        written = {*changed}
        if written & _BOUND:
            _drop_foreign(fresh)
            written |= _BOUND
        return mark_edited(fresh, by=by, fields=list(changed), written=written)


# Belong to one organisation, as the application does.
_BOUND = frozenset({"organisation", "bank_account", "follows"})


def _drop_foreign(application: Application) -> None:
    """An account or former case of another organisation does not stay when the organisation changes."""
    account, former = application.bank_account, application.follows
    if account is not None and account.organisation_id != application.organisation_id:
        application.bank_account = None
    if former is not None and former.organisation_id != application.organisation_id:
        application.follows = None


def save_plan(
    *,
    application: Application,
    by: User,
    seen_version: int,
    cost_lines: Sequence[steps.CostInput],
    funding_lines: Sequence[steps.FundingInput],
    requested_cents: int,
    smallest_cents: int | None,
) -> Application:
    """Save the plan of a draft, a returned application or a revised plan; its sums are counted here.

    Raises:
        NotPermitted, AlreadySent, Changed: see `writable`.
        NotReopened: the plan is not open now.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=seen_version)
        if not queries.open_fields(fresh) >= PLAN_FIELDS:
            raise NotReopened
        steps.save_plan(
            fresh,
            cost_lines=cost_lines,
            funding_lines=funding_lines,
            requested_cents=requested_cents,
            smallest_cents=smallest_cents,
        )
        return mark_edited(fresh, by=by, fields=sorted(PLAN_FIELDS))


def discard(*, application: Application, by: User) -> None:
    """Throw a draft away with everything personal in it.

    Raises:
        NotPermitted: not theirs.
        LostRace: it was sent meanwhile.
    """
    with transaction.atomic(durable=True):
        paths = [file.path for file in steps.discard(application, by=by)]
        transaction.on_commit(lambda: filestore.remove_all(paths), robust=True)

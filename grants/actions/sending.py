from datetime import datetime

from django.db import connection, transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted, NotPossible
from accounts.models import Organisation, User
from grants import permissions as may
from grants import queries, rules, steps
from grants.actions.drafts import writable
from grants.exceptions import AlreadySent, Changed, Incomplete, RoundNotOpen
from grants.models import Application
from grants.states import ApplicationState as S


def submit(*, application: Application, by: User, seen_version: int, arrived_at: datetime | None = None) -> Application:
    """Send an application, once, whatever is pressed how often in how many tabs.

    Args:
        application: as the review page saw it.
        by: an owner who represents the organisation.
        seen_version: the version that the review page showed.
        arrived_at: when the request reached us; now, if not given. The wait for locks does not count.

    Raises:
        AlreadySent: it was sent before.
        Changed: what would be sent is not what was reviewed.
        NotPermitted: the person may not bind the organisation.
        RoundNotOpen: the round takes nothing in (not open yet, or archived).
        Incomplete: a rule of the round is not met; nothing was changed.
    """
    arrived_at = arrived_at or clock.now()
    with transaction.atomic(durable=True), clock.hold(arrived_at):
        fresh = audit.locked(application)
        if fresh.state != S.DRAFT:
            raise AlreadySent
        if fresh.version != seen_version:
            raise Changed
        # Read with the page a moment ago, in the same request.
        fresh.fund, fresh.round, fresh.organisation = application.fund, application.round, application.organisation
        _check(fresh, by)
        return steps.submit(fresh, by=by, now=arrived_at)


def _check(application: Application, by: User) -> None:
    # The door asks the roles of this very moment once more; this one is for the order of the answers.
    if application.organisation_id is not None and not may.applicant_binds(application, by):
        raise NotPermitted
    if application.round.state not in queries.INTAKE:
        raise RoundNotOpen
    lock_organisation(application.organisation)
    problems = rules.check(queries.load_draft(application))
    if problems:
        raise Incomplete(problems)


def lock_organisation(organisation: Organisation | None) -> None:
    """Two drafts of one organisation are sent one after the other, so that the limit of the round holds."""
    if organisation is not None and connection.features.has_select_for_update:
        list(Organisation.objects.filter(pk=organisation.pk).select_for_update(no_key=True).values_list("pk"))


def resubmit(*, application: Application, by: User, seen_version: int) -> Application:
    """Hand in what the office asked for; after the day it is taken with a late flag, never with wrong sums.

    Raises:
        NotPermitted, AlreadySent, Changed: see `writable`.
        NotPossible: nothing is asked for.
        Incomplete: a reopened field breaks a rule of the round, and the applicant can mend it online.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=seen_version)
        request = queries.open_request(fresh)
        if request is None:
            raise NotPossible
        problems = rules.check_open(queries.load_draft(fresh), queries.open_fields(fresh))
        # What came on paper is taken as it came.
        if problems and not fresh.on_behalf:
            raise Incomplete(problems)
        return steps.resubmit(fresh, request, by=by, now=clock.now())


def submit_plan(*, application: Application, by: User, seen_version: int) -> Application:
    """Hand in the revised plan.

    Raises:
        NotPermitted, AlreadySent, Changed: see `writable`.
        Incomplete: the plan does not balance at the offered amount or less.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=seen_version)
        if fresh.state != S.PLAN_REVISION:
            raise LostRace
        problems = rules.check_plan(queries.load_draft(fresh))
        if problems:
            raise Incomplete(problems)
        return steps.submit_plan(fresh, by=by, now=clock.now())

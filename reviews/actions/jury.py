"""The coordinator's acts: seats, affiliation groups, assignment, start and end of scoring."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import AffiliationGroup, Fund, Organisation, User
from accounts.permissions import has_role
from accounts.states import Role
from grants.models import Application, Round
from grants.states import RoundState
from reviews import steps
from reviews.models import Juror
from reviews.queries.sheets import undecided_sheets


def _check_coordinator(fund_id: int, by: User) -> None:
    if not has_role(by, fund_id, Role.COORDINATOR):
        raise NotPermitted


def appoint_juror(
    *,
    round: Round,
    user: User,
    by: User,
    chairs: bool = False,
    deputy_chair: bool = False,
    stand_in: bool = False,
) -> Juror:
    """Give a person a seat. Raises as `steps.appoint_juror`; NotPermitted: not the coordinator."""
    with transaction.atomic(durable=True):
        _check_coordinator(round.fund_id, by)
        return steps.appoint_juror(
            round, user, by=by, now=clock.now(), chairs=chairs, deputy_chair=deputy_chair, stand_in=stand_in
        )


def end_seat(*, juror: Juror, by: User, reason: str = "") -> Juror:
    """End a seat. Raises: NotPermitted: not the coordinator."""
    with transaction.atomic(durable=True):
        _check_coordinator(juror.fund_id, by)
        return steps.end_seat(juror, by=by, now=clock.now(), reason=reason)


def save_group(
    *,
    fund: Fund,
    group: AffiliationGroup | None,
    name: str,
    organisations: Collection[Organisation],
    people: Collection[User],
    by: User,
    seen_version: int = 0,
) -> AffiliationGroup:
    """Keep a federation; sheets of undecided cases are looked at again for conflicts.

    Raises:
        NotPermitted: not the coordinator of the fund.
        LostRace: somebody saved it since `seen_version`.
    """
    with transaction.atomic(durable=True):
        _check_coordinator(fund.pk, by)
        group = audit.locked(group) if group else AffiliationGroup(fund=fund, version=0)
        if group.version != seen_version:
            raise LostRace
        group.name, group.version = name, group.version + 1
        group.save()
        group.organisations.set(organisations)
        group.people.set(people)
        steps.refresh_hints(undecided_sheets().filter(application__fund=fund), fund_id=fund.pk)
        audit.record("save_affiliation_group", group, by=by)
        return group


def assign_jury(*, applications: Collection[Application], jurors: Collection[Juror], by: User) -> int:
    """Assign the jurors to each of the cases, all or nothing. Returns the number of cases.

    Raises:
        TooFewJurors: a case has too few jurors without a possible conflict.
        LostRace, NotPermitted: as every transition.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        for application in applications:
            _check_coordinator(application.fund_id, by)
            steps.assign(application, jurors, by=by, now=now, tell=False)
        if any(application.round.state != RoundState.CLOSED for application in applications):
            steps.tell_assigned(jurors, key=now.isoformat())
        return len(applications)


def start_scoring(*, round: Round, due_date: date, stragglers: Collection[int], by: User) -> Round:
    """Begin the scoring. Raises: StillInCheck, LostRace, NotPermitted."""
    with transaction.atomic(durable=True):
        return steps.start_scoring(round, by=by, now=clock.now(), due_date=due_date, stragglers=stragglers)


def close_scoring(*, applications: Collection[Application], by: User) -> int:
    """Close the scoring of these cases, all or nothing. Returns their number.

    Raises:
        TooFewSheets, ConflictOpen: what a case still lacks.
        LostRace, NotPermitted: as every transition.
    """
    with transaction.atomic(durable=True):
        for application in applications:
            steps.close_scoring(application, by=by)
        return len(applications)

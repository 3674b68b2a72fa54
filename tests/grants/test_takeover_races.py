"""Two people at the same moment with one code, and two officers who print one; on both engines."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from accounts import clock
from accounts.models import Membership, User
from grants.actions import recording as recorders
from grants.actions import takeover as actions
from grants.exceptions import CaseChanged, CodeWrong
from grants.models import Application, CaseCounter, TakeoverCode
from grants.states import AttachmentKind, IntakeChannel, RoundState
from tests.factories import make_organisation, make_user
from tests.grants.factories import make_attachment
from tests.grants.office_world import Office, make_office

InThreads = Callable[[Sequence[Callable[[], Any]]], list[Any]]

pytestmark = pytest.mark.committing


def on_paper(office: Office) -> Application:
    at = clock.now() - timedelta(days=2)
    return office.case(
        organisation=make_organisation(), by=office.officer, channel=IntakeChannel.PAPER, received_at=at,
        submitted_at=at, on_behalf=True,
    )  # fmt: skip


def entering(case: Application, code: str, by: User) -> Callable[[], Any]:
    return lambda: actions.redeem_code(case_number=case.case_number or "", code=code, by=User.objects.get(pk=by.pk))


def test_two_people_with_one_code(in_threads: InThreads) -> None:
    office = make_office(RoundState.OPEN)
    case = on_paper(office)
    code = actions.issue_code(application=case, by=office.officer, seen=0, reason="Brief")[1]

    results = in_threads([entering(case, code, make_user()) for _person in range(4)])

    assert sum(isinstance(result, Application) for result in results) == 1
    assert sum(isinstance(result, CodeWrong) for result in results) == 3
    assert Membership.objects.count() == 1


def test_guesses_side_by_side_are_all_counted(in_threads: InThreads) -> None:
    office = make_office(RoundState.OPEN)
    case = on_paper(office)
    actions.issue_code(application=case, by=office.officer, seen=0, reason="Brief")

    in_threads([entering(case, f"FALSCH{number}", make_user()) for number in range(8)])

    assert TakeoverCode.objects.get().tries == 8


def test_two_officers_print_one_code(in_threads: InThreads) -> None:
    office = make_office(RoundState.OPEN)
    case = on_paper(office)

    def press() -> Any:
        known = Application.objects.select_related("organisation").get(pk=case.pk)
        by = User.objects.get(pk=office.officer.pk)
        return actions.issue_code(application=known, by=by, seen=0, reason="Brief")

    results = in_threads([press] * 3)

    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, CaseChanged) for result in results) == 2


def test_a_recording_is_confirmed_once(in_threads: InThreads) -> None:
    office = make_office(RoundState.OPEN)
    receipt = recorders.Receipt(IntakeChannel.PAPER, clock.now() - timedelta(days=1))
    draft = recorders.begin_for(
        round_=office.round, organisation=make_organisation(), by=office.officer, receipt=receipt
    )
    Application.objects.filter(pk=draft.pk).update(title="Garten")
    make_attachment(draft, AttachmentKind.SCAN)
    proposal = recorders.propose_recording(application=draft, by=office.officer, seen_version=1, reason="Post")
    second = office.second

    def press() -> Any:
        known = Application.objects.select_related("round", "fund", "organisation").get(pk=draft.pk)
        by = User.objects.get(pk=second.pk)
        return recorders.confirm_recording(application=known, proposal=proposal, by=by)

    results = in_threads([press] * 3)

    assert sum(isinstance(result, Application) for result in results) == 1
    assert CaseCounter.objects.get().last == 1

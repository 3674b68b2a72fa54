"""Every transition of a sheet × every state × every kind of person."""

import pytest

from accounts.audit import available
from accounts.models import SYSTEM, Person
from accounts.states import Role
from reviews.states import ReviewState as S
from tests import factories as make
from tests.reviews.worlds import World, make_world

pytestmark = pytest.mark.django_db

OWN = {
    S.ASSIGNED: {"declare_no_conflict", "declare_conflict"},
    S.IN_PROGRESS: {"declare_conflict", "submit"},
    S.SUBMITTED: {"declare_conflict"},
    S.LOCKED: {"declare_conflict"},
    S.LAPSED: set(),
    S.RECUSED: set(),
}
CHAIR = {
    S.ASSIGNED: {"exclude"},
    S.IN_PROGRESS: {"exclude"},
    S.SUBMITTED: {"exclude", "reopen"},
    S.LOCKED: {"exclude"},
    S.LAPSED: set(),
    S.RECUSED: set(),
}
COORDINATOR = {state: {"close_scoring"} if state == S.SUBMITTED else set() for state in S}
CLOCK = {state: {"lapse"} if state in (S.ASSIGNED, S.IN_PROGRESS) else set() for state in S}
NOBODY: dict[S, set[str]] = {state: set() for state in S}


def people(world: World) -> dict[str, tuple[Person, dict[S, set[str]]]]:
    stranger = make_world()
    return {
        "own": (world.jurors[2].user, OWN),
        "other juror": (world.jurors[3].user, NOBODY),
        "chair": (world.chair.user, CHAIR),
        "deputy": (world.deputy.user, NOBODY),
        "coordinator": (world.coordinator, COORDINATOR),
        "clerk": (world.clerk, NOBODY),
        "head of unit": (world.head, NOBODY),
        "case officer": (world.officer, NOBODY),
        "signatory": (make.make_staff(world.fund, Role.SIGNATORY), NOBODY),
        "finance": (make.make_staff(world.fund, Role.FINANCE_A, Role.HEAD_OF_FINANCE), NOBODY),
        "auditor": (make.make_auditor(), NOBODY),
        "administrator": (make.make_administrator(), NOBODY),
        "applicant": (world.cases[0].created_by, NOBODY),
        "chair elsewhere": (stranger.chair.user, NOBODY),
        "coordinator elsewhere": (stranger.coordinator, NOBODY),
        "clock": (SYSTEM, CLOCK),
    }


@pytest.mark.parametrize("state", S)
def test_who_may_do_what_with_a_sheet(state: S) -> None:
    world = make_world()
    sheet = make.make_review(world.cases[0], world.jurors[2], state)
    found = {who: set(available(sheet, person)) for who, (person, _) in people(world).items()}
    assert found == {who: allowed[state] for who, (_, allowed) in people(world).items()} | {"applicant": set()}


@pytest.mark.parametrize("state", S)
def test_deputy_leads_on_the_sheet_of_the_chair(state: S) -> None:
    world = make_world()
    sheet = make.make_review(world.cases[0], world.chair, state)
    assert set(available(sheet, world.deputy.user)) == CHAIR[state]
    assert set(available(sheet, world.chair.user)) == OWN[state]


def test_ended_seat_has_no_rights() -> None:
    world = make_world()
    juror = world.jurors[2]
    sheet = make.make_review(world.cases[0], juror)
    juror.ended_at = world.cases[0].created_at
    juror.save()
    sheet.refresh_from_db()
    assert available(sheet, juror.user) == []


def test_open_match_takes_the_declaration_away_but_not_the_conflict() -> None:
    world = make_world()
    sheet = make.make_review(world.cases[0], world.jurors[2], conflict_hint="group|Verband")
    assert available(sheet, world.jurors[2].user) == ["declare_conflict"]

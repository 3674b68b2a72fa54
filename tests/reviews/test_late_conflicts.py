"""A juror who comes close to an applicant after having declared to be free is blocked until the chair decides."""

from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from reviews.actions import committee, jury
from reviews.actions import session as session_actions
from reviews.actions import sheets as actions
from reviews.actions.sweeping import look_for_conflicts
from reviews.exceptions import ConflictOpen
from reviews.queries.ranking import paper_preview, ranking
from reviews.queries.seats import affiliation_groups
from reviews.states import Recommendation
from reviews.states import ReviewState as S
from reviews.steps import Ballot
from tests import factories as make
from tests.reviews.test_recusal import organisation_of
from tests.reviews.worlds import DAY, World, fill, fresh, give_money, make_world, meet, score, start, vote

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def join(world: World, juror: int = 2, case: int = 0) -> None:
    """The juror becomes an owner of the applicant."""
    organisation = organisation_of(world.cases[case])
    Membership.objects.create(organisation=organisation, user=world.jurors[juror].user, role="owner", represents=True)


def ballot() -> Ballot:
    return Ballot(Recommendation.FUND, 80_000, "gut", yes=3)


def test_member_of_a_later_day_is_found_by_the_sweep_and_shut_out(client: Client) -> None:
    world = start(make_world())
    case, juror = world.cases[0], world.jurors[2]
    fill(world, case, juror, 4, hand_in=False)
    join(world)

    look_for_conflicts()
    look_for_conflicts()

    sheet = world.sheet(case, juror)
    assert (sheet.opened, sheet.conflict_hint) == (False, f"member|{organisation_of(case).name}")
    assert AuditEntry.objects.filter(action="conflict_hint").count() == 1
    client.force_login(juror.user)
    page = client.get(reverse("reviews:sheet", args=[sheet.pk])).content.decode()
    assert case.title not in page


def test_sheet_handed_in_before_the_sweep_stops_the_closing() -> None:
    world = start(make_world())
    for juror in world.jurors:
        fill(world, world.cases[0], juror, 4)
    join(world)

    with pytest.raises(ConflictOpen):
        jury.close_scoring(applications=[fresh(world.cases[0])], by=world.coordinator)


def test_locked_sheet_leaves_the_figures_until_the_chair_decides() -> None:
    world = score(start(make_world()), (5, 5, 0, 5))
    meet(world)
    join(world)
    before = ranking(world.round, world.coordinator).rows[0].figures.mean

    look_for_conflicts()

    figures = ranking(world.round, world.coordinator).rows[0].figures
    assert (before, figures.mean, figures.sheets) == (Fraction(75), Fraction(100), 3)
    sheet = world.sheet(world.cases[0], world.jurors[2])
    assert sheet.state == S.LOCKED
    actions.clear_hint(review=sheet, why="nur zum Schein eingetragen", by=world.chair.user)
    look_for_conflicts()
    assert ranking(world.round, world.coordinator).rows[0].figures.mean == 75


def test_no_vote_while_a_sheet_waits_even_before_the_sweep() -> None:
    world = score(start(make_world()))
    meet(world)
    join(world)
    case = fresh(world.cases[0])

    with pytest.raises(ConflictOpen):
        session_actions.record_vote(application=case, ballot=ballot(), seen_version=case.version, by=world.chair.user)

    look_for_conflicts()
    actions.exclude(review=world.sheet(case, world.jurors[2]), why="Mitglied", by=world.chair.user)
    voted = session_actions.record_vote(
        application=case, ballot=ballot(), seen_version=case.version, by=world.chair.user
    )
    assert [juror.pk for juror in voted.recused.all()] == [world.jurors[2].pk]


def test_no_paper_while_a_sheet_waits() -> None:
    world = score(start(make_world()))
    vote(world, meet(world), world.cases[0], 80_000)
    give_money(world, 1_000_000)
    join(world)
    world.round.refresh_from_db()

    with pytest.raises(ConflictOpen):
        committee.make_paper(
            round=world.round, number="1", title="Vorlage", paper_date=DAY, by=world.coordinator,
            seen=paper_preview(world.round).seal,
        )  # fmt: skip


@pytest.mark.parametrize("closed", [True, False])
def test_federation_saved_late_blocks_handed_in_and_locked_sheets(closed: bool) -> None:
    world = start(make_world())
    if closed:
        score(world)
    else:
        fill(world, world.cases[0], world.jurors[2], 4)

    jury.save_group(
        fund=world.fund, group=None, name="Verband", organisations=[organisation_of(world.cases[0])],
        people=[world.jurors[2].user], by=world.coordinator,
    )  # fmt: skip

    sheet = world.sheet(world.cases[0], world.jurors[2])
    assert (sheet.conflict_hint, sheet.opened) == ("group|Verband", False)


def test_second_federation_asks_the_chair_again() -> None:
    world = start(make_world())
    case, juror = world.cases[0], world.jurors[2]
    for name in ("Bund", "Zusammenschluss"):
        make.make_group(world.fund, organisation_of(case), juror.user, name=name)
        look_for_conflicts()
        actions.clear_hint(review=world.sheet(case, juror), why="ruht", by=world.chair.user)
    assert world.sheet(case, juror).conflict_hint == "group|Bund, Zusammenschluss"
    assert affiliation_groups(world.coordinator).count() == 2


def test_page_of_the_chair_that_showed_another_match_clears_nothing(client: Client) -> None:
    world = start(make_world())
    case, juror = world.cases[0], world.jurors[2]
    make.make_group(world.fund, organisation_of(case), juror.user, name="Bund")
    look_for_conflicts()
    seen = world.sheet(case, juror)
    join(world)
    look_for_conflicts()
    client.force_login(world.chair.user)
    url = reverse("reviews:sheet_chair", args=[seen.pk])
    sent = {"act": "clear", "why": "Der Bund ruht", "version": seen.version}

    old = client.post(url, sent)

    assert (old.status_code, "Der Bund ruht" in old.content.decode()) == (409, True)
    assert not world.sheet(case, juror).is_unblocked()
    now = client.post(url, sent | {"version": world.sheet(case, juror).version})
    assert (now.status_code, world.sheet(case, juror).is_unblocked()) == (302, True)

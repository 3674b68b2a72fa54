"""Lists ask the database equally often for 3 and for 300 cases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import User
from grants.models import Application, Criterion, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.models import Review, Score, Vote
from reviews.queries.dashboard import PER_PAGE
from reviews.states import ReviewState
from tests import factories as make
from tests.reviews.test_pages import opened, sheet_data
from tests.reviews.worlds import World, make_world, start, to_committee

# The counts are those of PostgreSQL, where the product runs in earnest.
pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

Counter = Callable[..., Any]


def crowd(world: World, number: int, state: str, sheets: str, round_state: str) -> World:
    """Fill the round with cases and counted sheets, by bulk."""
    organisation = make.make_organisation()
    by = make.make_member(organisation)
    first = make.make_application(round=world.round, organisation=organisation, by=by, state=state)
    copies = Application.objects.bulk_create(
        Application(
            fund=world.fund, round=world.round, organisation=organisation, created_by=by, state=state,
            case_number=f"X-{world.round.pk}-{n}", submitted_at=first.submitted_at, submitted_by=by,
            title=f"Projekt X{n}", requested_cents=80_000, cost_cents=100_000, eligible_cents=100_000,
            funding_cents=20_000,
        )
        for n in range(number - 1)
    )  # fmt: skip
    now = clock.now()
    reviews = Review.objects.bulk_create(
        Review(application=case, juror=juror, state=sheets, declared_at=now)
        for case in [first, *copies]
        for juror in world.jurors
    )
    rubric = list(Criterion.objects.filter(round=world.round))
    Score.objects.bulk_create(
        Score(review=review, criterion=c, value=(review.pk + c.pk) % 6, weight=c.weight, question=c.name)
        for review in reviews
        for c in rubric
    )
    Round.objects.filter(pk=world.round.pk).update(state=round_state)
    world.round.refresh_from_db()
    world.cases = [first, *copies]
    return world


def scored(number: int) -> World:
    return crowd(make_world(cases=0), number, A.REVIEWED, ReviewState.LOCKED, RoundState.JURY)


PAGES: dict[str, tuple[str, Callable[[World], User], int]] = {
    "ranking of the chair": ("ranking", lambda w: w.chair.user, 10),
    "ranking of the coordinator": ("ranking", lambda w: w.coordinator, 10),
    "scoring": ("scoring", lambda w: w.coordinator, 9),
    "overview": ("round", lambda w: w.coordinator, 10),
    "jurors": ("jurors", lambda w: w.coordinator, 8),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("number", [3, 300])
def test_round_pages(client: Client, django_assert_num_queries: Counter, page: str, number: int) -> None:
    name, who, count = PAGES[page]
    world = scored(number)
    client.force_login(who(world))
    with django_assert_num_queries(count):
        assert client.get(reverse(f"reviews:{name}", args=[world.round.pk])).status_code == 200


@pytest.mark.parametrize("number", [3, 300])
def test_dashboard_of_a_juror(client: Client, django_assert_num_queries: Counter, number: int) -> None:
    world = crowd(make_world(cases=0), number, A.IN_REVIEW, ReviewState.IN_PROGRESS, RoundState.SCORING)
    client.force_login(world.jurors[2].user)
    with django_assert_num_queries(10):
        page = client.get(reverse("reviews:jury"))
    board = page.context["board"]
    assert (board.seats[0].total, len(board.lines)) == (number, min(number, PER_PAGE))


def test_dashboard_shows_open_sheets_first_page_by_page(client: Client) -> None:
    world = crowd(make_world(cases=0), PER_PAGE + 5, A.IN_REVIEW, ReviewState.LOCKED, RoundState.SCORING)
    mine = world.jurors[2].reviews.order_by("pk")
    last = mine.last()
    assert last is not None
    mine.filter(pk=last.pk).update(state=ReviewState.IN_PROGRESS)
    client.force_login(world.jurors[2].user)

    boards = [client.get(reverse("reviews:jury"), {"page": page}).context["board"] for page in ("1", "2")]

    done = list(mine.exclude(pk=last.pk).values_list("pk", flat=True))
    assert [line.pk for board in boards for line in board.lines] == [last.pk, *done]
    assert [board.next_sheet for board in boards] == [last.pk, last.pk]
    assert (boards[0].seats[0].done, boards[0].seats[0].total) == (PER_PAGE + 4, PER_PAGE + 5)


def test_dashboard_of_two_juries_shows_the_sheets_of_one(client: Client) -> None:
    world = crowd(make_world(cases=0), 2, A.IN_REVIEW, ReviewState.IN_PROGRESS, RoundState.SCORING)
    old = crowd(make_world(cases=0), 3, A.AWARDED, ReviewState.LOCKED, RoundState.RUNNING)
    person = world.jurors[2].user
    old.round.jurors.filter(pk=old.jurors[2].pk).update(user=person)
    client.force_login(person)

    now = client.get(reverse("reviews:jury"))
    past = client.get(reverse("reviews:jury"), {"round": str(old.round.pk)})

    assert (len(now.context["board"].lines), len(past.context["board"].lines)) == (2, 3)
    assert f'href="?round={old.round.pk}"' in now.content.decode()
    assert past.context["board"].next_sheet == now.context["board"].next_sheet


@pytest.mark.parametrize("number", [3, 300])
def test_paper_and_decisions(client: Client, django_assert_num_queries: Counter, number: int) -> None:
    world = crowd(make_world(cases=0), number, A.RANKED, ReviewState.LOCKED, RoundState.JURY)
    session = world.round.jury_sessions.create(held_on=clock.today(), opened_by=world.chair.user)
    Vote.objects.bulk_create(
        Vote(
            application=case, session=session, recommendation="fund", amount_cents=80_000, reason="gut",
            recorded_by=world.chair.user,
        )
        for case in world.cases
    )  # fmt: skip
    client.force_login(world.coordinator)
    with django_assert_num_queries(10):
        assert client.get(reverse("reviews:paper", args=[world.round.pk])).status_code == 200


def test_handing_in_a_sheet(client: Client, django_assert_num_queries: Counter) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    data = sheet_data(world, sheet)
    # 15 and the savepoint that stands for the transaction in a test, set and released.
    with django_assert_num_queries(17):
        assert client.post(reverse("reviews:sheet", args=[sheet.pk]), data).status_code == 302


def test_reading_a_sheet(client: Client, django_assert_num_queries: Counter) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    with django_assert_num_queries(13):
        assert client.get(reverse("reviews:sheet", args=[sheet.pk])).status_code == 200


def test_decision_list(client: Client, django_assert_num_queries: Counter) -> None:
    world = to_committee(cases=3)
    client.force_login(world.clerk)
    with django_assert_num_queries(10):
        assert client.get(reverse("reviews:decisions", args=[world.round.pk])).status_code == 200

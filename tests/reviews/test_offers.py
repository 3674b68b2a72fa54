"""Nobody is offered a button that can only be refused; a link leads only to pages that open."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.models import User
from accounts.states import Role
from grants.states import RoundState
from notifications.dates import is_working_day
from reviews.queries.tasks import tasks_of
from reviews.states import DecisionOutcome
from reviews.steps import record_decision, recuse
from reviews.steps.committee import Word
from reviews.templatetags.jury import initials
from tests import factories as make
from tests.reviews.worlds import make_world, meet, past_day, score, start, to_committee, to_last_body, within

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def read(person: User, name: str, *args: int) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="accounts.backends.AuthenticationBackend")
    return client.get(reverse(name, args=args)).content.decode()


def titles(person: User) -> set[str]:
    with translation.override("en"):
        return {str(task.title) for task in tasks_of(person)}


def test_session_is_offered_once_nothing_is_being_scored() -> None:
    world = start(make_world(cases=2))
    page = read(world.chair.user, "reviews:session", world.round.pk)
    assert "Applications still being scored: 2." in page
    assert 'name="held_on"' not in page

    score(world)

    assert 'name="held_on"' in read(world.chair.user, "reviews:session", world.round.pk)


def test_jury_that_has_met_is_not_asked_to_vote() -> None:
    world = to_committee()

    page = read(world.chair.user, "reviews:session", world.round.pk)

    assert "The jury has met." in page
    assert "Open another session" not in page


def test_round_is_closed_only_when_every_decision_is_there() -> None:
    world = to_committee()
    page = read(world.clerk, "reviews:decisions", world.round.pk)
    assert "waiting for their last decision: 1." in page
    assert reverse("reviews:finish_round", args=[world.round.pk]) not in page

    last = to_last_body(world, world.cases[0])
    word = Word(DecisionOutcome.FUND, 80_000)
    within(lambda: record_decision(last, word, by=world.clerk, decided_on=past_day(), now=clock.now()))

    assert reverse("reviews:finish_round", args=[world.round.pk]) in read(
        world.clerk, "reviews:decisions", world.round.pk
    )


def test_ranking_links_a_deputy_only_where_the_chair_may_not_lead() -> None:
    world = score(start(make_world(cases=2)))
    meet(world)
    sheet = world.sheet(world.cases[0], world.chair)
    within(lambda: recuse(sheet, by=world.chair.user, why="Vorstand", now=clock.now(), own=True))
    votes = [reverse("reviews:vote", args=[case.pk]) for case in world.cases]

    def linked(person: User) -> list[bool]:
        page = read(person, "reviews:ranking", world.round.pk)
        return [f'href="{address}"' in page for address in votes]

    assert linked(world.deputy.user) == [True, False]
    assert linked(world.chair.user) == [False, True]
    assert linked(world.jurors[2].user) == [False, False]
    assert linked(world.coordinator) == [False, False]


def test_each_link_of_the_ranking_opens() -> None:
    world = score(start(make_world(cases=2)))
    meet(world)
    client = Client()
    client.force_login(world.chair.user, backend="accounts.backends.AuthenticationBackend")

    for case in world.cases:
        assert client.get(reverse("reviews:vote", args=[case.pk])).status_code == 200


@pytest.mark.parametrize(
    ("name", "short"),
    [("Prof. Dr. Jan Reuter", "JR"), ("Gülay Özdemir", "GÖ"), ("Anna-Lena Vogt", "ALV"), ("", "")],
)
def test_initials_leave_titles_out(name: str, short: str) -> None:
    assert initials(name) == short


def test_desk_of_a_new_fund_begins_with_budget_and_round() -> None:
    fund = make.make_fund()
    coordinator, finance = make.make_staff(fund, Role.COORDINATOR), make.make_staff(fund, Role.FINANCE_A)
    assert titles(coordinator) == {"Make the first round"}
    assert titles(finance) == {"Set the first budget"}

    make.make_round(fund, RoundState.DRAFT)
    make.make_budget(fund, 2026, 1_000)

    assert titles(coordinator) == set()
    assert titles(finance) == set()


def test_desk_of_the_administrator_shows_gaps_and_first_steps() -> None:
    admin = make.make_administrator()
    assert titles(admin) == {"Legal pages with gaps to fill in", "First: enter the fund"}
    fund = make.make_fund()
    assert titles(admin) == {"Legal pages with gaps to fill in", "Next: invite the people of the fund"}

    make.make_staff(fund, Role.COORDINATOR)

    assert titles(admin) == {"Legal pages with gaps to fill in"}


def test_proposed_last_day_of_documents_is_a_working_day() -> None:
    world = make_world(state="FORMAL_CHECK", round_state=RoundState.CLOSED)
    client = Client()
    client.force_login(world.officer, backend="accounts.backends.AuthenticationBackend")

    form = client.get(reverse("grants:office_documents", args=[world.cases[0].pk])).context["form"]

    due: date = form.initial["due_date"]
    assert is_working_day(due)

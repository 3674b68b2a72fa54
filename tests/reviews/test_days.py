"""What happened is entered with a day that can be true: not after today, not before what had to come first."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from grants.models import Application
from grants.states import ApplicationState, RoundState
from reviews import steps
from reviews.exceptions import AmountOutOfBounds
from reviews.models import Decision, JurySession, Paper
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation
from reviews.steps.committee import Word
from tests import factories as make
from tests.reviews.worlds import (
    DAY,
    fresh,
    give_money,
    hand_in,
    make_world,
    meet,
    score,
    start,
    to_committee,
    vote,
    within,
)

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
EARLIER = DAY - timedelta(days=1)
FUTURE = "Dieser Tag liegt in der Zukunft. Geben Sie den Tag an, an dem es geschehen ist."


def tomorrow() -> date:
    return clock.today() + timedelta(days=1)


def errors(client: Client, page: str, pk: int, **data: object) -> dict[str, list[str]]:
    """What a page says to a form that it does not take; nothing typed is lost."""
    answer = client.post(reverse(page, args=[pk]), data)
    assert answer.status_code == 200
    assert all(str(value) in answer.content.decode() for value in data.values() if isinstance(value, str))
    return {name: [str(error) for error in found] for name, found in answer.context["form"].errors.items()}


def test_a_session_is_neither_still_to_come_nor_before_the_last_one(client: Client) -> None:
    world = score(start(make_world()))
    session = meet(world)
    client.force_login(world.chair.user)
    present = [juror.pk for juror in world.jurors]

    def refused(day: date) -> dict[str, list[str]]:
        return errors(client, "reviews:session", world.round.pk, held_on=day.isoformat(), present=present)

    assert refused(tomorrow()) == {"held_on": [FUTURE]}
    assert refused(EARLIER) == {
        "held_on": ["Die Jury hat bereits am 20.11.2026 getagt. Geben Sie diesen oder einen späteren Tag an."]
    }
    assert JurySession.objects.get() == session


def test_a_paper_is_neither_still_to_come_nor_before_the_session(client: Client) -> None:
    world = score(start(make_world()))
    give_money(world, 1_000_000)
    vote(world, meet(world), world.cases[0], 80_000)
    client.force_login(world.coordinator)

    def refused(day: date) -> dict[str, list[str]]:
        return errors(client, "reviews:paper", world.round.pk, number="7/26", title="Liste", paper_date=day.isoformat())

    assert refused(tomorrow()) == {"paper_date": [FUTURE]}
    assert refused(EARLIER) == {
        "paper_date": ["Die Jury hat am 20.11.2026 getagt. Geben Sie diesen oder einen späteren Tag an."]
    }
    assert not Paper.objects.exists()


def test_a_decision_is_neither_still_to_come_nor_before_what_came_first(client: Client) -> None:
    world = to_committee()
    case = world.cases[0]
    client.force_login(world.clerk)

    def refused(case: Application, outcome: str, day: date) -> dict[str, list[str]]:
        return errors(
            client, "reviews:decision", case.pk,
            outcome=outcome, amount="800,00", decided_on=day.isoformat(), version=str(case.version),
        )  # fmt: skip

    assert refused(case, "recommend", tomorrow()) == {"decided_on": [FUTURE]}
    assert refused(case, "recommend", EARLIER) == {
        "decided_on": ["Die Vorlage ist vom 20.11.2026. Geben Sie diesen oder einen späteren Tag an."]
    }
    word, day = Word(O.RECOMMEND, 80_000), DAY + timedelta(days=1)
    within(lambda: steps.record_decision(case, word, by=world.clerk, decided_on=day, now=clock.now()))
    (said,) = refused(fresh(case), "fund", DAY)["decided_on"]
    assert said.startswith("Das vorherige Gremium hat am 21.11.2026 entschieden.")
    assert Decision.objects.count() == 1


def test_nobody_recommends_a_grant_of_nothing(client: Client) -> None:
    world = to_committee()
    case = world.cases[0]
    client.force_login(world.clerk)

    found = errors(
        client, "reviews:decision", case.pk,
        outcome="recommend", amount="0", decided_on=DAY.isoformat(), version=str(case.version),
    )  # fmt: skip

    assert list(found) == ["amount"]
    with pytest.raises(AmountOutOfBounds):
        within(lambda: steps.record_decision(case, Word(O.RECOMMEND), by=world.clerk, decided_on=DAY, now=clock.now()))
    assert not Decision.objects.exists()


def test_a_proposal_to_decline_is_followed_without_money() -> None:
    world = score(start(make_world()))
    case = vote(world, meet(world), world.cases[0], 0, Recommendation.DECLINE)
    hand_in(world)

    word = Word(O.RECOMMEND)
    within(lambda: steps.record_decision(fresh(case), word, by=world.clerk, decided_on=DAY, now=clock.now()))

    assert Decision.objects.get().amount_cents == 0


def test_who_has_only_begun_a_draft_is_not_among_the_organisations_of_federations(client: Client) -> None:
    world = make_world(cases=1)
    draft = make.make_application(round=make.make_round(world.fund, RoundState.OPEN), state=ApplicationState.DRAFT)
    client.force_login(world.coordinator)

    page = client.get(reverse("reviews:group_new")).content.decode()

    assert str(world.cases[0].organisation) in page
    assert str(draft.organisation) not in page

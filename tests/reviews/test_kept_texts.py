"""Nothing typed on the pages of jury and committees is lost or overwritten in silence."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AffiliationGroup
from accounts.states import Role
from grants.models import Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from payments import ledger
from payments.models import Budget
from reviews.actions import session as actions
from reviews.models import JurySession, Paper
from tests import factories as make
from tests.reviews.worlds import (
    World,
    fresh,
    give_money,
    make_world,
    meet,
    money,
    score,
    start,
    to_committee,
    vote,
    within,
)

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

LONG = "Das ist lang. " * 60


def test_too_long_a_reason_to_send_the_list_back_is_told_at_the_field(client: Client) -> None:
    world = to_committee()
    client.force_login(world.clerk)

    answer = client.post(reverse("reviews:send_back", args=[world.round.pk]), {"why": LONG})

    page = answer.content.decode()
    assert (answer.status_code, LONG.strip() in page) == (200, True)
    assert "why" in answer.context["form"].errors
    assert Round.objects.get(pk=world.round.pk).state == RoundState.COMMITTEE


def test_too_long_a_reason_to_vote_again_is_told_at_the_field(client: Client) -> None:
    world = score(start(make_world()))
    case = vote(world, meet(world), world.cases[0], 80_000)
    client.force_login(world.chair.user)

    answer = client.post(reverse("reviews:reopen_ranking", args=[case.pk]), {"why": LONG})

    assert (answer.status_code, LONG.strip() in answer.content.decode()) == (200, True)
    assert "why" in answer.context["why"].errors
    assert fresh(case).state == A.RANKED


def test_refused_step_shows_what_was_typed(client: Client) -> None:
    world = to_committee()
    client.force_login(world.clerk)
    Round.objects.filter(pk=world.round.pk).update(state=RoundState.JURY)

    answer = client.post(reverse("reviews:send_back", args=[world.round.pk]), {"why": "Zahlen fehlen"})

    assert (answer.status_code, "Zahlen fehlen" in answer.content.decode()) == (409, True)


class TestPaper:
    """What the coordinator saw is what is handed in."""

    def seen(self, world: World, client: Client) -> dict[str, str]:
        give_money(world, 1_000_000)
        client.force_login(world.coordinator)
        page = client.get(reverse("reviews:paper", args=[world.round.pk]))
        return {"number": "7", "title": "Vorlage", "paper_date": "20.11.2026", "seen": page.context["preview"].seal}

    def test_vote_changed_after_the_preview(self, client: Client) -> None:
        world = score(start(make_world()))
        session = meet(world)
        case = vote(world, session, world.cases[0], 80_000)
        sent = self.seen(world, client)
        actions.reopen_ranking(application=case, reason="Rechenfehler", by=world.chair.user)
        vote(world, session, case, 10_000)
        url = reverse("reviews:paper", args=[world.round.pk])

        answer = client.post(url, sent | {"title": "Meine Vorlage"})

        page = answer.content.decode()
        assert (answer.status_code, "Meine Vorlage" in page, "100,00" in page) == (409, True, True)
        assert not Paper.objects.exists()
        again = client.post(url, sent | {"seen": answer.context["form"]["seen"].value()})
        assert (again.status_code, money(world)) == (302, (990_000, 10_000))

    def test_money_changed_after_the_preview(self, client: Client) -> None:
        world = score(start(make_world()))
        vote(world, meet(world), world.cases[0], 80_000)
        sent = self.seen(world, client)
        budget = Budget.objects.get()
        within(lambda: ledger.supplement(budget, 5, key="more", by=world.head))

        answer = client.post(reverse("reviews:paper", args=[world.round.pk]), sent)

        assert (answer.status_code, Paper.objects.count()) == (409, 0)


class TestMinutes:
    def test_second_writer_sees_both_texts_and_decides(self, client: Client) -> None:
        world = score(start(make_world()))
        session = meet(world)
        url = reverse("reviews:minutes", args=[world.round.pk])
        client.force_login(world.coordinator)
        assert client.post(url, {"minutes": "Von der Koordination", "version": 1}).status_code == 302
        client.force_login(world.chair.user)

        answer = client.post(url, {"minutes": "Vom Vorsitz", "version": 1})

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Von der Koordination" in page
        assert "Vom Vorsitz" in page
        session.refresh_from_db()
        assert session.minutes == "Von der Koordination"
        assert client.post(url, {"minutes": "Beides", "version": 2}).status_code == 302
        assert JurySession.objects.get().minutes == "Beides"

    @pytest.mark.parametrize("state", [RoundState.DECIDED, RoundState.RUNNING, RoundState.ARCHIVED])
    def test_closed_once_the_round_is_decided(self, client: Client, state: str) -> None:
        world = score(start(make_world()))
        meet(world)
        Round.objects.filter(pk=world.round.pk).update(state=state)
        client.force_login(world.coordinator)

        answer = client.post(reverse("reviews:minutes", args=[world.round.pk]), {"minutes": "Später", "version": 1})

        assert (answer.status_code, "Später" in answer.content.decode()) == (409, True)
        assert JurySession.objects.get().minutes == ""
        assert b"<textarea" not in client.get(reverse("reviews:session", args=[world.round.pk])).content


def test_second_coordinator_does_not_drop_the_others_organisations(client: Client) -> None:
    world = make_world(cases=2)
    group = make.make_group(world.fund, name="Verband")
    first, second = (case.organisation_id for case in world.cases)
    url = reverse("reviews:group", args=[group.pk])
    sent = {"fund": world.fund.pk, "name": "Verband", "people": "", "version": 1}
    client.force_login(world.coordinator)
    assert client.post(url, sent | {"organisations": [first]}).status_code == 302
    client.force_login(make.make_staff(world.fund, Role.COORDINATOR))

    answer = client.post(url, sent | {"organisations": [second]})

    assert answer.status_code == 409
    assert list(AffiliationGroup.objects.get().organisations.values_list("pk", flat=True)) == [first]
    assert answer.context["form"]["version"].value() == "2"

"""Withdrawing once the jury has the case: money and sheets go with it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from grants.states import ApplicationState as A
from notifications.models import Notice
from payments.actions import plans
from reviews.states import ReviewState as S
from tests import factories as make
from tests.payments import chain
from tests.reviews.worlds import fill, fresh, make_world, money, start, to_committee

pytestmark = pytest.mark.django_db


def test_withdrawal_before_the_committee_releases_the_reservation(client: Client) -> None:
    world = to_committee(cases=2)
    case = world.cases[0]
    client.force_login(case.created_by)
    url = reverse("reviews:withdraw", args=[case.pk])
    assert client.get(url).status_code == 200

    client.post(url, {"reason": ""})

    assert fresh(case).state == A.WITHDRAWN
    assert money(world) == (920_000, 80_000)


def test_withdrawal_while_scoring_ends_the_open_sheets(client: Client) -> None:
    world = start(make_world())
    case = world.cases[0]
    fill(world, case, world.jurors[0], 4)
    client.force_login(case.created_by)

    client.post(reverse("reviews:withdraw", args=[case.pk]), {"reason": ""})

    assert fresh(case).state == A.WITHDRAWN
    assert sorted(case.reviews.values_list("state", flat=True)) == [S.LAPSED] * 3 + [S.SUBMITTED]
    client.force_login(world.jurors[0].user)
    sheet = world.sheet(case, world.jurors[0])
    assert client.get(reverse("reviews:sheet", args=[sheet.pk])).status_code == 404


def test_only_an_owner_with_representation_withdraws(client: Client) -> None:
    world = to_committee()
    case = world.cases[0]
    assert case.organisation is not None
    editor = make.make_member(case.organisation, role="editor")
    for person in (editor, world.officer, make.make_user()):
        client.force_login(person)
        assert client.post(reverse("reviews:withdraw", args=[case.pk]), {"reason": ""}).status_code == 404
    assert fresh(case).state == A.IN_COMMITTEE


def test_an_offer_of_less_can_be_declined(client: Client) -> None:
    case = chain.make_case(decided_cents=200_000, requested_cents=250_000)
    plans.request_plan(application=case.application, due=clock.today() + timedelta(days=14), by=case.office.officer)
    client.force_login(case.owner)
    page = client.get(reverse("grants:application", args=[case.application.pk]))
    url = reverse("reviews:withdraw", args=[case.application.pk])
    assert url in page.text

    client.post(url, {"reason": ""})

    assert case.reload().state == A.WITHDRAWN
    assert (case.books, case.available) == ((0, 0, 0, 0), 1_000_000)
    assert Notice.objects.filter(code="N03").count() == 1
    assert [entry.action for entry in audit.history(case.application)][-1] == "decline_offer"

"""Withdrawing once the jury has the case: money and sheets go with it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from grants.models import Application
from grants.states import ApplicationState as A
from notifications.models import Letter, Notice
from notifications.states import LetterState
from payments.actions import plans
from reviews.actions import withdrawals
from reviews.states import ReviewState as S
from tests import factories as make
from tests.payments import chain
from tests.reviews.worlds import fill, fresh, make_world, money, start, to_committee

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


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


@pytest.mark.parametrize("approved", [False, True])
def test_a_letter_that_nobody_has_signed_is_void_with_it(client: Client, approved: bool) -> None:
    case = chain.make_case()
    letter = chain.draft(case)
    if approved:
        chain.approve(case, letter)
    client.force_login(case.owner)
    url = reverse("reviews:withdraw", args=[case.application.pk])
    before = client.get(url).text

    assert client.post(url, {"reason": ""}).status_code == 302

    assert (case.reload().state, Letter.objects.get().state) == (A.WITHDRAWN, LetterState.VOID)
    assert "Bescheid" not in before.partition("<main")[2].partition("</main")[0]
    assert case.books == (0, 0, 0, 0)


def test_formal_rejection_that_is_only_drafted_is_void_too() -> None:
    case = chain.make_case(state=A.INELIGIBLE)
    letter = chain.draft_rejection(case, kind="formal")

    withdrawals.withdraw(application=case.application, by=case.owner)

    letter.refresh_from_db()
    assert (case.reload().state, letter.state) == (A.WITHDRAWN, LetterState.VOID)


def test_signed_letter_stands_in_the_way_without_a_word_about_it(client: Client) -> None:
    case = chain.make_case()
    chain.signed(case)
    Application.objects.filter(pk=case.application.pk).update(state=A.APPROVED)
    client.force_login(case.owner)

    answer = client.post(reverse("reviews:withdraw", args=[case.application.pk]), {"reason": "Kein Raum"})

    said = answer.text.partition("<main")[2].partition("</main")[0]
    assert (answer.status_code, "Bescheid" in said, "Kein Raum" in said) == (409, False, True)
    assert case.reload().state == A.APPROVED

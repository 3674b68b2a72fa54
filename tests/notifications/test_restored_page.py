"""The page on which an administrator of all funds lets clocks and mails run again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import User
from accounts.states import Role
from grants.tasks import sweep as grants_sweep
from notifications.actions import restorations
from notifications.models import Restoration
from notifications.tasks import sweep
from payments.tasks import sweep as payments_sweep
from reviews.tasks import sweep as reviews_sweep
from tests import factories as make
from tests.notifications.factories import make_notice

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def restored() -> Restoration:
    clock.freeze(clock.now())
    make_notice()
    return restorations.stand_still(source="20261122T020000Z", taken_at=clock.now())


def seen(client: Client, restored: Restoration) -> str:
    return client.get(reverse("notifications:restored", args=[restored.pk])).content.decode()


def send(client: Client, restored: Restoration, step: str, version: int) -> int:
    address = reverse("notifications:restored", args=[restored.pk])
    return client.post(address, {"step": step, "version": version}).status_code


def as_(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_administrator_lets_clocks_run_then_mails(client: Client, restored: Restoration) -> None:
    as_(client, make.make_administrator(language="en"))
    client.cookies["django_language"] = "en"
    assert "Let the clocks run" in seen(client, restored)
    assert "A backup was restored." in client.get(reverse("notifications:outbox")).content.decode()

    assert send(client, restored, "clocks", 1) == 302
    assert "Not every clock has run yet." in seen(client, restored)
    assert send(client, restored, "send", 2) == 409

    for one in (sweep, grants_sweep, payments_sweep, reviews_sweep):
        one()
    assert "The clocks are catching up." in seen(client, restored)
    clock.freeze(clock.now() + timedelta(minutes=4))
    for one in (sweep, grants_sweep, payments_sweep, reviews_sweep):
        one()
    assert "The clocks have caught up." in seen(client, restored)
    assert send(client, restored, "clocks", 2) == 409
    assert send(client, restored, "send", 2) == 302

    restored.refresh_from_db()
    assert restored.state == "RELEASED"
    assert "What you can do" not in seen(client, restored)
    assert "A backup was restored." not in client.get(reverse("notifications:outbox")).content.decode()


def test_stale_page_does_nothing(client: Client, restored: Restoration) -> None:
    as_(client, make.make_administrator())

    assert send(client, restored, "clocks", 7) == 409
    restored.refresh_from_db()
    assert restored.state == "STILL"


def test_others_look_or_do_not_see_it(client: Client, restored: Restoration) -> None:
    fund = make.make_fund()
    as_(client, make.make_staff(fund, Role.CASE_OFFICER))
    assert seen(client, restored).count('name="step"') == 0
    assert send(client, restored, "clocks", 1) == 404

    as_(client, make.make_staff(fund, Role.TREASURY))
    assert client.get(reverse("notifications:restored", args=[restored.pk])).status_code == 404

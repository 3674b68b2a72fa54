"""The seats of a jury are as many as its round says, with one chair and one deputy of the chair."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import clock
from reviews import steps
from reviews.exceptions import DeputyTaken, SeatsTaken
from reviews.models import Juror
from tests import factories as make
from tests.reviews.worlds import World, make_world, within

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def appoint(world: World, **marks: bool) -> Juror:
    made: Juror = within(
        lambda: steps.appoint_juror(world.round, make.make_user(), by=world.coordinator, now=clock.now(), **marks)
    )
    return made


def test_only_stand_ins_come_beside_the_seats() -> None:
    world = make_world(jurors=4)

    with pytest.raises(SeatsTaken, match="4"):
        appoint(world)
    appoint(world, stand_in=True)
    within(lambda: steps.end_seat(world.jurors[3], by=world.coordinator, now=clock.now()))
    appoint(world)

    assert Juror.objects.filter(round=world.round, ended_at=None, stand_in=False).count() == 4


def test_a_full_jury_says_so_on_the_page(client: Client) -> None:
    world = make_world(jurors=4)
    someone = make.make_user()
    client.force_login(world.coordinator)

    answer = client.post(reverse("reviews:jurors", args=[world.round.pk]), {"email": someone.email, "seat": "member"})

    assert answer.status_code == 200
    assert "Diese Jury hat 4 Sitze" in answer.content.decode()
    assert someone.email in answer.content.decode()


def test_the_chair_has_one_deputy() -> None:
    world = make_world(jurors=4, jury_size=5)

    with pytest.raises(DeputyTaken):
        appoint(world, deputy_chair=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Juror.objects.filter(pk=world.jurors[2].pk).update(deputy_chair=True)

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django.asserts import assertNumQueries
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.models import ClockShift

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_now_is_the_database_time_in_one_query() -> None:
    with assertNumQueries(1):
        now = clock.now()

    assert now.tzinfo is not None
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_page_looks_once_and_the_next_page_again() -> None:
    clock.freeze(NOON)
    with assertNumQueries(1), clock.one_moment():
        assert clock.now() == clock.now() == NOON
    clock.freeze(NOON + timedelta(hours=1))
    with clock.one_moment():
        assert clock.now() == NOON + timedelta(hours=1)


def test_an_action_on_a_page_keeps_its_own_moment() -> None:
    clock.freeze(NOON)
    with clock.one_moment(), clock.hold(NOON + timedelta(minutes=1)):
        assert clock.now() == NOON + timedelta(minutes=1)


def test_without_asking_tells_what_the_database_would() -> None:
    clock.shift(days=3)
    clock.now()

    with assertNumQueries(0):
        told = clock.without_asking()

    assert abs(told - datetime.now(UTC) - timedelta(days=3)) < timedelta(minutes=1)


def test_freeze_and_let_go() -> None:
    clock.freeze(NOON)
    assert clock.now() == NOON
    clock.freeze(None)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_shift_is_from_the_real_day_and_ends_a_stop() -> None:
    clock.freeze(NOON)
    clock.shift(days=3)
    clock.shift(days=5)

    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=5)) < timedelta(minutes=1)
    assert ClockShift.objects.count() == 1


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_today_is_the_day_in_berlin(moment: datetime, day: date) -> None:
    clock.freeze(moment)

    assert clock.today() == day


def test_production_refuses_to_move_and_never_reads_the_row(settings: Settings) -> None:
    clock.freeze(NOON)
    settings.DEMO = False

    with pytest.raises(clock.ClockIsFixed):
        clock.shift(days=1)
    with pytest.raises(clock.ClockIsFixed):
        clock.freeze(NOON)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)

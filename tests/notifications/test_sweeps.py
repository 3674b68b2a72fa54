"""One sweep at a time, and when each was last done."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from accounts import clock
from notifications import claims, sweeps
from notifications.models import Sweep

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_sweep_is_written_down_when_it_is_done() -> None:
    with clock.hold(NOON):
        sweeps.alone("some.sweep")(lambda: None)()

    [row] = Sweep.objects.all()
    assert (row.name, row.begun_at, row.done_at, row.findings) == ("some.sweep", NOON, NOON, "")
    assert (row.lease_token, row.lease_until) == ("", None)


def test_findings_stand_until_the_next_run_finds_none() -> None:
    sweeps.alone("some.sweep")(lambda: "The books are wrong.")()
    assert Sweep.objects.get().findings == "The books are wrong."

    sweeps.alone("some.sweep")(lambda: None)()
    assert Sweep.objects.get().findings == ""


def test_failed_sweep_is_not_done_and_keeps_nobody_out() -> None:
    def fails() -> None:
        raise ValueError

    with clock.hold(NOON):
        sweeps.alone("some.sweep")(lambda: None)()
    with clock.hold(NOON + timedelta(minutes=1)), pytest.raises(ValueError):  # noqa: PT011 - the very one
        sweeps.alone("some.sweep")(fails)()

    row = Sweep.objects.get()
    assert (row.begun_at, row.done_at) == (NOON + timedelta(minutes=1), NOON)
    assert row.lease_token == ""


def test_second_run_at_the_same_time_returns_at_once() -> None:
    runs: list[int] = []

    def inner() -> None:
        runs.append(1)
        if len(runs) == 1:
            run()

    run = sweeps.alone("some.sweep")(inner)
    run()
    assert runs == [1]

    run()
    assert runs == [1, 1]


def hold_lease(token: str) -> None:
    Sweep.objects.create(name="some.sweep", lease_token=token, lease_until=NOON + sweeps.LEASE)


def runs_at(moment: datetime) -> bool:
    ran: list[bool] = []
    with clock.hold(moment):
        sweeps.alone("some.sweep")(lambda: ran.append(True))()
    return bool(ran)


def test_sweep_of_a_killed_process_is_taken_over_at_once() -> None:
    # No process has this number: it is above what the kernel hands out.
    hold_lease(claims.token_of(2**22 + 1))

    assert runs_at(NOON)


def test_sweep_of_a_machine_that_is_gone_is_taken_over_at_the_next_turn(settings: Settings) -> None:
    hold_lease("othervm1.1.abc")

    turn = timedelta(seconds=settings.CELERY_BEAT_SCHEDULE["notifications.sweep"]["schedule"])
    assert not runs_at(NOON + sweeps.LEASE - timedelta(seconds=1))
    assert runs_at(NOON + turn)


def test_pulse_tells_what_is_late(settings: Settings) -> None:
    settings.SWEEPS_LATE_AFTER = {"a.sweep": 180, "b.sweep": 180, "c.sweep": 180}
    Sweep.objects.create(name="a.sweep", done_at=NOON - timedelta(seconds=180), findings="x")
    Sweep.objects.create(name="b.sweep", done_at=NOON - timedelta(seconds=181))

    found = [(pulse.name, pulse.age_seconds, pulse.late, pulse.findings) for pulse in sweeps.pulses(NOON)]

    assert found == [("a.sweep", 180.0, False, "x"), ("b.sweep", 181.0, True, ""), ("c.sweep", None, True, "")]


def test_clockwork_stands_where_it_is_late_for_longest(settings: Settings) -> None:
    settings.SWEEPS_LATE_AFTER = {"a.sweep": 180, "b.sweep": 180}
    for name, minutes in (("a.sweep", 4), ("b.sweep", 5)):
        Sweep.objects.create(name=name, done_at=NOON - timedelta(minutes=minutes))
    standing = sweeps.standing(NOON)
    assert standing is not None
    assert standing.name == "b.sweep"

    Sweep.objects.update(done_at=NOON)
    assert sweeps.standing(NOON) is None

"""After a restore nothing is sent and no clock runs until an administrator of all funds has said so, twice."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import AuditEntry
from accounts.states import Role
from grants.tasks import sweep as grants_sweep
from notifications import delivery, queries, standstill
from notifications.actions import notices, restorations
from notifications.exceptions import ClocksBehind
from notifications.models import Notice, Restoration, Sweep
from notifications.states import NoticeState, RestorationState
from notifications.tasks import sweep
from payments.tasks import sweep as payments_sweep
from reviews.tasks import sweep as reviews_sweep
from tests import factories as make
from tests.notifications.factories import make_notice
from tests.services import SmtpSink

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def noon() -> datetime:
    now = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    clock.freeze(now)
    return now


def stand_still() -> Restoration:
    return restorations.stand_still(source="20261122T020000Z", taken_at=clock.now() - timedelta(hours=9))


def all_sweeps() -> None:
    for one in (sweep, grants_sweep, payments_sweep, reviews_sweep):
        one()


def states() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))


def test_restored_backup_holds_what_it_owed_and_sends_nothing_new(noon: datetime, smtp_sink: SmtpSink) -> None:
    make_notice()
    restored = stand_still()
    make_notice()

    assert delivery.deliver_due(seconds=5)
    all_sweeps()

    assert (restored.held, states(), smtp_sink.received) == (1, ["HELD", "OWED"], [])
    assert [entry.action for entry in audit.history(restored)] == ["restore_backup"]


def test_clocks_stand_still_then_hold_what_they_owe_then_run(noon: datetime) -> None:
    admin = make.make_administrator()

    @standstill.minded
    def owes() -> None:
        make_notice()

    restored = stand_still()
    owes()
    assert states() == []

    restored = restorations.run_clocks(restored=restored, by=admin)
    owes()
    assert states() == ["HELD"]

    clock.freeze(noon + 4 * MINUTE)
    all_sweeps()
    restorations.send_from_now(restored=restored, by=admin)
    owes()
    assert states() == ["HELD", "OWED"]


def test_release_waits_for_every_sweep(noon: datetime) -> None:
    admin = make.make_administrator()
    restored = restorations.run_clocks(restored=stand_still(), by=admin)
    all_sweeps()

    clock.freeze(noon + 4 * MINUTE)
    for one in (sweep, grants_sweep, payments_sweep):
        one()
    with pytest.raises(ClocksBehind):
        restorations.send_from_now(restored=restored, by=admin)
    assert queries.sweeps_behind(noon + MINUTE) == ["reviews.sweep"]

    reviews_sweep()
    assert restorations.send_from_now(restored=restored, by=admin).state == RestorationState.RELEASED


def test_release_waits_until_the_clocks_owe_nothing_more(noon: datetime) -> None:
    admin = make.make_administrator()
    restored = restorations.run_clocks(restored=stand_still(), by=admin)

    clock.freeze(noon + 4 * MINUTE)
    make_notice(state=NoticeState.HELD)
    all_sweeps()
    with pytest.raises(ClocksBehind):
        restorations.send_from_now(restored=restored, by=admin)

    clock.freeze(noon + 8 * MINUTE)
    all_sweeps()
    assert restorations.send_from_now(restored=restored, by=admin).released_by == admin


def test_release_sends_what_people_caused_and_leaves_what_was_held(
    noon: datetime, smtp_sink: SmtpSink, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    admin = make.make_administrator()
    held = make_notice()
    restored = restorations.run_clocks(restored=stand_still(), by=admin)
    new = make_notice()
    clock.freeze(noon + 4 * MINUTE)
    all_sweeps()

    with django_capture_on_commit_callbacks(execute=True):
        restorations.send_from_now(restored=restored, by=admin)
    delivery.deliver_due(seconds=5)
    assert [mail.message_id for mail in smtp_sink.received] == [new.message_id]

    notices.send_again(notices=[held], by=admin)
    delivery.deliver_due(seconds=5)
    assert [mail.message_id for mail in smtp_sink.received] == [new.message_id, held.message_id]


def test_only_an_administrator_of_all_funds_lets_it_run_again(noon: datetime) -> None:
    fund = make.make_fund()
    restored = stand_still()

    for person in (make.make_staff(fund, Role.ADMINISTRATOR), make.make_staff(fund, Role.HEAD_OF_UNIT)):
        with pytest.raises(NotPermitted):
            restorations.run_clocks(restored=restored, by=person)
    admin = make.make_administrator()
    restorations.run_clocks(restored=restored, by=admin)
    with pytest.raises(LostRace):
        restorations.run_clocks(restored=restored, by=admin)


def test_second_restore_takes_the_place_of_the_first(noon: datetime) -> None:
    first, second = stand_still(), stand_still()

    first.refresh_from_db()
    assert (first.state, second.state) == (RestorationState.SUPERSEDED, RestorationState.STANDS_STILL)
    assert list(queries.unreleased()) == [second]


def test_state_of_data_restored_by_other_means_is_that_of_its_history(noon: datetime) -> None:
    assert restorations.stand_still(source="by hand").taken_at == noon
    clock.freeze(noon + MINUTE)

    assert restorations.stand_still(source="by hand").taken_at == AuditEntry.objects.earliest("at").at == noon


def test_every_sweep_of_the_scheduler_is_asked_for() -> None:
    names = {name for name in settings.CELERY_BEAT_SCHEDULE if name.endswith(".sweep")}

    assert names == {f"{app}.sweep" for app in ("notifications", "grants", "payments", "reviews")}
    assert set(queries.sweeps_behind(clock.now())) == names
    assert not Sweep.objects.exists()

"""Timers as rows, and the commands of the operator."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts import clock
from notifications import timers
from notifications.models import Notice, Timer
from notifications.states import NoticeState, TimerKind
from tests.notifications.factories import make_letter, make_notice

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)


def start(key: str = "plan:1", due_at: datetime = NOON) -> Timer:
    timers.start(TimerKind.DOCUMENTS_DUE, key=key, fund=None, case_key="case:1", subject_id=1, due_at=due_at)
    return Timer.objects.get(key=key)


def test_timer_is_due_from_its_instant_on() -> None:
    timer = start()

    assert list(timers.due(TimerKind.DOCUMENTS_DUE, NOON - timedelta(microseconds=1))) == []
    assert list(timers.due(TimerKind.DOCUMENTS_DUE, NOON)) == [timer]
    assert list(timers.due(TimerKind.LETTER_DEEMED, NOON)) == []


def test_the_same_key_moves_an_open_timer_and_leaves_a_done_one() -> None:
    first = start()
    moved = start(due_at=NOON + timedelta(days=1))
    assert (moved.pk, moved.due_at) == (first.pk, NOON + timedelta(days=1))

    assert timers.finish(moved, NOON)
    done = start(due_at=NOON + timedelta(days=9))

    assert (done.due_at, done.done_at) == (NOON + timedelta(days=1), NOON)
    assert Timer.objects.count() == 1


def test_timer_is_finished_by_one_worker_only() -> None:
    timer = start()

    assert [timers.finish(timer, NOON), timers.finish(timer, NOON)] == [True, False]
    assert list(timers.due(TimerKind.DOCUMENTS_DUE, NOON)) == []


def test_stopped_timer_never_falls_due() -> None:
    start("plan:1")
    start("plan:2")

    assert [timers.stop("plan:1", NOON), timers.stop("plan:1", NOON)] == [True, False]
    assert timers.stop_all(TimerKind.DOCUMENTS_DUE, 1, NOON) == 1
    assert list(timers.due(TimerKind.DOCUMENTS_DUE, NOON + timedelta(days=365))) == []


def test_restored_backup_sends_nothing_without_a_person() -> None:
    kept = make_notice()
    sent = make_notice(state=NoticeState.SENT, sent_at=clock.now())
    make_letter(rendered=False)
    out = StringIO()

    call_command("hold_outbox", stdout=out)
    call_command("drain_outbox", stdout=out)

    assert dict(Notice.objects.values_list("pk", "state")) == {kept.pk: "HELD", sent.pk: "SENT"}
    assert out.getvalue() == (
        "1 notices held back; decide about them in the outbox.\n"
        "A restored backup is not released: nothing is sent before the outbox page says so.\n"
        "notices: 0 wait for a later try, 1 need a person\n"
        "documents: 0 wait for a later try, 0 need a person\n"
    )

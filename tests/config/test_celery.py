"""The scheduler's list, and what workers and scheduler do when they begin."""

import pytest
from celery import signals
from django.conf import settings
from pytest_django.fixtures import Settings

from config.celery import app, sweep_at_once
from tests.services import Broker, Worker, wait_until


def test_every_sweep_exists_and_is_scheduled() -> None:
    app.loader.import_default_modules()
    sweeps = {name for name in app.tasks if name.endswith(".sweep")}

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == sweeps | {"payments.check_books"}


def test_monitoring_knows_how_often_each_sweep_comes() -> None:
    assert set(settings.SWEEPS_LATE_AFTER) == {entry["task"] for entry in app.conf.beat_schedule.values()}


@pytest.mark.once
def test_scheduler_begins_with_every_sweep(broker: Broker, worker: Worker) -> None:
    sweep_at_once()

    scheduled = [entry["task"] for entry in app.conf.beat_schedule.values()]
    wait_until(lambda: all(f"Task {task}[" in worker.log for task in scheduled), 30, "each sweep")


@pytest.mark.once
def test_scheduler_begins_without_a_broker(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    broker.kill()

    sweep_at_once()

    assert "broker_away" in caplog.text


@pytest.mark.django_db
def test_worker_looks_around_before_it_begins(settings: Settings) -> None:
    settings.DEMO = False
    settings.MEDIA_ROOT = settings.DATA_DIR / "nowhere"

    with pytest.raises(SystemExit, match="MEDIA_ROOT"):
        signals.worker_init.send(sender=None)

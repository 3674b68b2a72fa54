"""The scheduler's list."""

from config.celery import app


def test_every_sweep_exists_and_is_scheduled() -> None:
    app.loader.import_default_modules()
    sweeps = {name for name in app.tasks if name.endswith(".sweep")}

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == sweeps

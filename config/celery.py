"""The queue's application. Run it with ``celery -A config worker`` and ``celery -A config beat``."""

import logging
import os
from logging.config import dictConfig
from typing import Any

import structlog
from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_init,
    setup_logging,
    task_failure,
    task_prerun,
    task_rejected,
    task_retry,
    task_revoked,
    task_success,
    task_unknown,
    worker_init,
    worker_shutting_down,
)
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from django_structlog.celery.receivers import CeleryReceiver
from django_structlog.celery.signals import modify_context_before_task_publish
from kombu import Queue
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

log = structlog.get_logger(__name__)

app = Celery("miteinander")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name) for name in ("notices", "letters", "slow")]
app.autodiscover_tasks()


@celeryd_init.connect
def be_patient(conf: Any, **_: Any) -> None:
    """Give a worker the options of a consumer: it may wait for the broker, a web request may not."""
    conf.broker_transport_options = conf.worker_transport_options
    conf.broker_connection_timeout = 4


@setup_logging.connect
def speak_as_the_web(loglevel: int, **_: Any) -> None:
    """Let worker and scheduler write the same lines as the web; in the demo as few as the command line asks for."""
    dictConfig(settings.LOGGING)
    if settings.DEMO:
        logging.getLogger().setLevel(loglevel)


@celeryd_init.connect
def keep_to_lines(**_: Any) -> None:
    """Let nothing but lines of the log leave a worker: Celery says its farewell as plain text on standard output."""
    if not settings.DEMO:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@worker_shutting_down.connect
def say_farewell(how: str, **_: Any) -> None:
    """Say in a line of the log how the worker ends."""
    log.info("worker_ends", how=how)


# Signals hold their receivers weakly; publishing is connected by the library itself, in every process.
_lines = CeleryReceiver()


@celeryd_init.connect
def trace_tasks(**_: Any) -> None:
    """Let each line of a task bear the task's id and the name of the request that woke it."""
    task_prerun.connect(_lines.receiver_task_prerun)
    task_success.connect(_lines.receiver_task_success)
    task_failure.connect(_lines.receiver_task_failure)
    task_retry.connect(_lines.receiver_task_retry)
    task_revoked.connect(_lines.receiver_task_revoked)
    task_unknown.connect(_lines.receiver_task_unknown)
    task_rejected.connect(_lines.receiver_task_rejected)


@modify_context_before_task_publish.connect
def tell_the_request_only(context: dict[str, Any], **_: Any) -> None:
    """Leave out of a message whatever else the web's lines bear, as who sent the request."""
    for name in context.keys() - {"request_id"}:
        del context[name]


@worker_init.connect
def look_around(**_: Any) -> None:
    """Refuse to work in an installation that is not ready. The scheduler needs no more than the broker."""
    # It knows models, which are there only once the settings are read.
    import_string("config.readiness.refuse_if_wrong")(serves=False)
    # What is opened here is not for the processes that are forked from this one.
    connections.close_all()


@beat_init.connect
def sweep_at_once(**_: Any) -> None:
    """Begin with every sweep, so that what waited while there was no scheduler waits no longer."""
    for entry in app.conf.beat_schedule.values():
        try:
            app.send_task(entry["task"], **entry["options"])
        except OperationalError as error:
            # They begin with their first turn, within a minute.
            log.warning("broker_away", error=str(error))
            return

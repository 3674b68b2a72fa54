"""The queue's application. Run it with ``celery -A config worker`` and ``celery -A config beat``."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("miteinander")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name) for name in ("notices", "letters", "slow")]
app.autodiscover_tasks()


@celeryd_init.connect
def be_patient(conf: Any, **_: Any) -> None:
    """Give a worker the options of a consumer: it may wait for the broker, a web request may not."""
    conf.broker_transport_options = conf.worker_transport_options
    conf.broker_connection_timeout = 4

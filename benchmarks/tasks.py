"""A task that does nothing: what the queue itself can do."""

from celery import shared_task

NOOP = "benchmarks.noop"


@shared_task(name=NOOP)
def noop() -> None:
    """Do nothing."""

"""The demo's time machine."""

from django.db import transaction

from accounts import clock


def move_clock(*, days: int) -> None:
    """Let the demo's clock run `days` ahead of the real one (0 brings it back).

    Raises:
        ClockIsFixed: outside the demo.
    """
    with transaction.atomic(durable=True):
        clock.shift(days=days)

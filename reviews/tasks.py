"""What the scheduler asks of this floor."""

from celery import shared_task

from notifications import standstill, sweeps
from reviews.actions import sweeping


@shared_task(name="reviews.sweep")
@sweeps.alone("reviews.sweep")
@standstill.minded
def sweep() -> None:
    """Remind jurors, end seats of staff, find conflicts that came later, end reserve lists whose last day is over."""
    sweeping.remind_jurors()
    sweeping.end_seats_of_staff()
    sweeping.look_for_conflicts()
    sweeping.expire_reserve_lists()

"""What the scheduler asks of this floor."""

from celery import shared_task

from reviews.actions import sweeping


@shared_task(name="reviews.sweep")
def sweep() -> None:
    """Remind jurors, end seats of people who took up a role, end reserve lists whose last day has passed."""
    sweeping.remind_jurors()
    sweeping.end_seats_of_staff()
    sweeping.expire_reserve_lists()

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund
from notifications.states import TimerKind


class Timer(models.Model):
    """Something that falls due: a row swept by the scheduler, never a delayed task in the broker."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=20, choices=TimerKind.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="timers")
    case_key = models.CharField(max_length=40, blank=True)
    # The record it is about, by the id in the table that the kind implies.
    subject_id = models.BigIntegerField()
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["kind", "due_at"], condition=Q(done_at=None), name="timer_open"),
            models.Index(fields=["case_key"], name="timer_of_case"),
        ]
        constraints = [models.CheckConstraint(condition=Q(kind__in=TimerKind.values), name="timer_known_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"

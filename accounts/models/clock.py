from django.db import models
from django.db.models import Q


class ClockShift(models.Model):
    """The one row by which demo and tests move the clock (`accounts.clock` reads it; production never does)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.IntegerField(default=0)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="clockshift_single_row")]

    def __str__(self) -> str:
        return f"{self.days:+d} days"

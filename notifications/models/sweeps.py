from django.db import models


class Sweep(models.Model):
    """When a task of the scheduler was last done: its silence is how the loss of scheduler or worker is noticed.

    The lease keeps a second scheduler, started by mistake, from running the same sweep beside the first.
    """

    name = models.CharField(max_length=60, unique=True)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # What a check that runs as a sweep has found to be wrong; empty when all is well.
    findings = models.TextField(blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "sweep"
        verbose_name_plural = "sweeps"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
